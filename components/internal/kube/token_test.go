package kube

import "testing"

func TestTokenOf(t *testing.T) {
	tests := map[string]struct {
		data map[string]string
		want string
		ok   bool
	}{
		"a token":            {map[string]string{"token": "YWJj", "ca.crt": "eA=="}, "abc", true},
		"not filled yet":     {map[string]string{}, "", false},
		"an empty token":     {map[string]string{"token": ""}, "", false},
		"no base64 at all":   {map[string]string{"token": "%"}, "", false},
		"no data whatsoever": {nil, "", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := tokenOf(tt.data)
			if got != tt.want || (err == nil) != tt.ok {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}
