package scenario

import (
	"strings"
	"testing"

	"github.com/ladder-platform/ladder/stacks/contract"
	"github.com/ladder-platform/ladder/tests/rig"
)

// TestEachKindOfChangeShowsItsTrueCost previews changes of a running dev.
func TestEachKindOfChangeShowsItsTrueCost(t *testing.T) {
	t.Parallel()
	r := rig.New(t, rig.Options{})
	r.MustUp(r.Program("dev"))

	t.Run("a tag is changed in place", func(t *testing.T) {
		result := r.MustPreview(r.Edited("dev", "cost-center: platform-dev", "cost-center: shared"))
		if len(result.Changes()) == 0 {
			t.Fatal("the preview shows no change")
		}
		for _, op := range result.Changes() {
			if op.Op != "update" {
				t.Errorf("%s of %s, want only updates", op.Op, op.URN)
			}
		}
	})

	refused := map[string]struct {
		edit []string
		want []string
	}{
		"another instance type of live nodes is refused, and the new slot spelled out": {
			[]string{"instanceTypes: [m6i.large]\n", "instanceTypes: [m7i.large]\n"},
			[]string{"clusters.main.nodeGroups.system", "upgrade: blueGreen", "next: { instanceTypes: [m7i.large]"},
		},
		"another VPC block is a replacement, and refused by protection": {
			[]string{"cidr: 10.20.0.0/16", "cidr: 10.21.0.0/16"},
			[]string{"network-main-vpc", "protect"},
		},
		"a cluster that is taken out of the file is refused": {
			[]string{"\n  ladder:clusters:\n    main:\n", "\n  ladder:clusters:\n    other:\n"},
			[]string{"clusters.main", "the stack runs this cluster and the file no longer has it"},
		},
	}
	for name, c := range refused {
		t.Run(name, func(t *testing.T) {
			result, err := r.Preview(t.Context(), r.Edited("dev", c.edit...))
			if err == nil {
				t.Fatal("the preview passed")
			}
			said := err.Error()
			if result != nil {
				said += "\n" + strings.Join(result.Diagnostics, "\n")
			}
			for _, want := range c.want {
				if !strings.Contains(said, want) {
					t.Errorf("the refusal lacks %q:\n%s", want, said)
				}
			}
		})
	}
}

// TestTheContractIsWhatOtherTeamsCanDecode reads the outputs of a running
// stack as another team's program would.
func TestTheContractIsWhatOtherTeamsCanDecode(t *testing.T) {
	t.Parallel()
	r := rig.New(t, rig.Options{})
	up := r.MustUp(r.Program("two-clusters"))
	got, err := contract.Decode(up.Outputs["contract"], true)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Clusters) != 2 {
		t.Errorf("the contract has %d clusters, want 2", len(got.Clusters))
	}
	for key, c := range got.Clusters {
		if c.Endpoint == "" || c.OIDCIssuer == "" || c.NodeRoleARN == "" {
			t.Errorf("cluster %q: a value is empty: %+v", key, c)
		}
	}
}
