package scenario

import (
	"testing"

	"github.com/ladder-platform/ladder/sandbox/trace"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/tests/rig"
)

// TestTheFirstUpEndsWithAURLThatAnswers: dev has the sample, whose host is an
// output; a request for it goes all the way to a pod. Without the sample there
// is no such output, and nobody answers.
func TestTheFirstUpEndsWithAURLThatAnswers(t *testing.T) {
	const url = "https://hello.dev.example.com/"
	tests := map[string]struct {
		edit    []string
		want    any
		answers string
	}{
		"as shipped":         {nil, url, "sample/sample:80"},
		"without the sample": {[]string{"  ladder:sample:\n    host: hello.dev.example.com\n", ""}, nil, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rig.New(t, rig.Options{})
			p := r.Edited("dev", tt.edit...)
			r.MustUp(p)
			outputs, err := r.Outputs(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			if got := outputs["url"]; got != tt.want {
				t.Errorf("output url is %v, want %v", got, tt.want)
			}
			var seen trace.Trace
			r.World().View(func(tx *world.Tx) { seen, err = trace.Follow(tx, trace.Request{URL: url, Method: "GET"}) })
			if err != nil {
				t.Fatal(err)
			}
			if seen.Service != tt.answers || (seen.Outcome == trace.Reached) != (tt.answers != "") {
				t.Errorf("the request ends as %q at %q, want %q", seen, seen.Service, tt.answers)
			}
		})
	}
}
