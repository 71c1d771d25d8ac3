package spec

import "testing"

func TestVersionsAreComparedByNumber(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{{"1.30.5", "1.31.1", true}, {"1.31.1", "1.30.5", false}, {"1.9.0", "1.10.0", true}, {"1.31.1", "1.31.1", false}, {"1.31", "1.31.1", true}} {
		if got := IstioBefore(tt.a, tt.b); got != tt.want {
			t.Errorf("%s before %s: %t", tt.a, tt.b, got)
		}
	}
}
