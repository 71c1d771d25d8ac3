package spec

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRevisions(t *testing.T) {
	two := map[string]Revision{"2026-08": {Release: "2026.08"}, "2026-11": {Release: "2026.11"}}
	tests := map[string]struct {
		config Config
		want   []string
	}{
		"one control plane": {Config{Namespaces: map[string]Namespace{"a": {}}}, nil},
		"half way": {Config{Revisions: two, Tags: map[string]string{"stable": "2026-08"},
			Namespaces: map[string]Namespace{"a": {Revision: "2026-11"}, "b": {Revision: "stable"}}}, nil},
		"from the default one": {Config{Revisions: map[string]Revision{"default": {}, "2026-11": {Release: "2026.11"}},
			Namespaces: map[string]Namespace{"a": {}, "b": {Revision: "2026-11"}}}, nil},
		"a namespace that nobody serves": {Config{Revisions: two, Namespaces: map[string]Namespace{"a": {}, "b": {Revision: "2026-1"}, "out": {DataPlane: None}}}, []string{
			`namespaces.a.revision: "default" is neither a revision nor a tag: no control plane would serve the namespace; use one of 2026-08, 2026-11`,
			`namespaces.b.revision: "2026-1" is neither a revision nor a tag: no control plane would serve the namespace; did you mean "2026-11"?`}},
		"a tag that leads nowhere": {Config{Revisions: two, Tags: map[string]string{"stable": "2026-05", "2026-11": "2026-08"}}, []string{
			"tags.2026-11: is the name of a revision; choose another name",
			`tags.stable: leads to "2026-05", which is no revision; did you mean "2026-08"?`}},
		"a revision that is not named after its release": {Config{Revisions: map[string]Revision{"blue": {Release: "2026.11"}, "green": {}}}, []string{
			`revisions.blue: is not named after its release "2026.11", and a revision never changes its release; call it 2026-11`,
			"revisions.green.release: is missing; name it, so that the control plane stays what it is when the stack's release moves on"}},
		"three at once": {Config{Revisions: map[string]Revision{"2026-05": {Release: "2026.05"}, "2026-08": {Release: "2026.08"}, "2026-11": {Release: "2026.11"}}}, []string{
			"revisions: has 3 control planes; finish one upgrade before the next: remove the oldest"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			own, _ := tt.config.For("main")
			if diff := cmp.Diff(tt.want, said(own.checkRevisions())); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// A tag is resolved before anything is made, so the cluster sees revisions only.
func TestATagLeadsToItsRevision(t *testing.T) {
	c := Config{Revisions: map[string]Revision{"2026-08": {Release: "2026.08"}}, Tags: map[string]string{"stable": "2026-08"},
		Namespaces: map[string]Namespace{"a": {Revision: "stable"}}}
	own, _ := c.For("main")
	if got := own.Namespaces["a"].Revision; got != "2026-08" {
		t.Errorf("the namespace's revision is %q", got)
	}
	if diff := cmp.Diff(map[string]string{"a": "2026-08"}, own.ServedBy()); diff != "" {
		t.Error(diff)
	}
}
