package promotion

import (
	"fmt"
	"strings"
	"testing"
)

func TestHealthRule(t *testing.T) {
	many := func(n int) (out []string) {
		for i := range n {
			out = append(out, fmt.Sprintf("alarm-%03d", i))
		}
		return out
	}
	tests := map[string]struct {
		names      []string
		want, says string
	}{
		"no alarm":                   {nil, "FALSE", ""},
		"one":                        {[]string{"a"}, `ALARM("a")`, ""},
		"in a stable order, and one": {[]string{"b", "a", "b"}, `ALARM("a") OR ALARM("b")`, ""},
		"as many as a rule takes":    {many(100), "", ""},
		"one more":                   {many(101), "", "health alarm: 101 alarms"},
		"too long":                   {[]string{strings.Repeat("x", 10240)}, "", "a rule of 10249 characters"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := HealthRule(tt.names)
			switch {
			case tt.says != "" && (err == nil || !strings.Contains(err.Error(), tt.says)):
				t.Errorf("error %v, want %q", err, tt.says)
			case tt.says == "" && err != nil:
				t.Error(err)
			case tt.want != "" && got != tt.want:
				t.Errorf("rule %q, want %q", got, tt.want)
			}
		})
	}
}
