package finding

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestString(t *testing.T) {
	tests := map[string]struct {
		in   Finding
		want string
	}{
		"everything":    {Finding{Severity: Error, File: "Pulumi.prd.yaml", Line: 7, Path: "a.b", Message: "is wrong", Fix: "make it right"}, "Pulumi.prd.yaml:7: a.b: is wrong; make it right"},
		"a warning":     {Finding{Severity: Warning, File: "f", Path: "a", Message: "m"}, "f: warning: a: m"},
		"message alone": {Finding{Message: "m"}, "m"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := tt.in.String(); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestList(t *testing.T) {
	var inner, l List
	inner.Add("", "fix", "the whole")
	inner.Add("[1].x", "fix", "%q", "v")
	inner.Warn("c", "", "careful")
	l.Join("a.b", inner)
	l.Sort()
	want := List{
		{Severity: Error, Path: "a.b", Message: "the whole", Fix: "fix"},
		{Severity: Warning, Path: "a.b.c", Message: "careful"},
		{Severity: Error, Path: "a.b[1].x", Message: `"v"`, Fix: "fix"},
	}
	if diff := cmp.Diff(want, l); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := l.Err(); err == nil || err.Error() != "a.b: the whole; fix\na.b[1].x: \"v\"; fix" {
		t.Errorf("error is %v", err)
	}
	if err := (List{want[1]}).Err(); err != nil {
		t.Errorf("a warning stops nothing, and is the error %v", err)
	}
}
