package tags

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNew(t *testing.T) {
	tests := map[string]struct {
		stage, owner string
		user         map[string]string
		want         Set
	}{
		"a user's tag is kept": {
			stage: "dev", owner: "platform", user: map[string]string{"cost-centre": "42"},
			want: Set{"stage": "dev", "owner": "platform", "managed-by": "ladder", "cost-centre": "42"},
		},
		"a user's tag cannot contradict stage or managed-by": {
			stage: "prd", owner: "platform", user: map[string]string{"stage": "dev", "managed-by": "hand"},
			want: Set{"stage": "prd", "owner": "platform", "managed-by": "ladder"},
		},
		"no owner makes no empty tag": {stage: "dev", want: Set{"stage": "dev", "managed-by": "ladder"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, New(tt.stage, tt.owner, tt.user)); diff != "" {
				t.Errorf("tags (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNamedLeavesTheSetAlone(t *testing.T) {
	s := New("dev", "platform", nil)
	named := s.Named("cluster-main")
	if named[Name] != "cluster-main" {
		t.Errorf("Name is %q", named[Name])
	}
	if _, ok := s[Name]; ok {
		t.Errorf("Named changed its receiver: %v", s)
	}
	if in := s.For("x"); len(in) != len(s)+1 {
		t.Errorf("For has %d tags, want %d", len(in), len(s)+1)
	}
}
