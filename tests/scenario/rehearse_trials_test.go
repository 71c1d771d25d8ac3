//go:build trials

package scenario

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/cmd/ladder/rehearse"
	"github.com/ladder-platform/ladder/tests/rig"
)

// TestSlotsAndClustersAreRehearsed: a rung of a blue/green group is three ups,
// and a cluster that the file holds back follows the others in one of its own.
func TestSlotsAndClustersAreRehearsed(t *testing.T) {
	tests := map[string][]string{
		"blue-green":   {"first deployment", "climb to release 2026.11", "move the pods off the old slots", "remove the old slots, once they are empty"},
		"two-clusters": {"first deployment", "climb to release 2026.11", "cluster batch: climb to release 2026.11"},
	}
	for stack, want := range tests {
		t.Run(stack, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, c := range rehearsed(t, stack, []string{"2026.08", "2026.11"}, nil).Climbs {
				got = append(got, c.Title)
				if c.From != "" && len(c.Operations) == 0 {
					t.Errorf("%s changed nothing", c.Title)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("ups (-want +got):\n%s", diff)
			}
		})
	}
}

// TestFaultsOfARehearsal tries chosen faults and a sample.
func TestFaultsOfARehearsal(t *testing.T) {
	t.Parallel()
	faults, err := rehearse.ParseFaults([]string{"update:aws:eks/cluster:Cluster:lost", "2"})
	if err != nil {
		t.Fatal(err)
	}
	report := rehearsed(t, "dev", []string{"2026.08", "2026.11"}, func(o *rehearse.Options) {
		o.Stages[0].File, o.Faults = rig.ClustersOnly(t, "dev"), faults
	})
	got := report.Climbs[1].Faults
	if report.Climbs[0].Faults != nil || got == nil || got.Tried != 3 || got.Converged != 3 || got.Operations < 10 {
		t.Errorf("faults: %+v, want a lost answer of the control plane and two more, all converged", got)
	}
}
