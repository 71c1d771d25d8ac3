package scenario

import (
	"testing"

	"github.com/ladder-platform/ladder/sandbox/flow"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/tests/rig"
)

// mustFlow checks the flows of every cluster: those that the mesh lives on pass,
// those that it must not have are refused, and no line of a NetworkPolicy is
// there that no flow needs: without any one of them a named flow breaks.
func mustFlow(t *testing.T, r *rig.Rig) {
	t.Helper()
	for name, c := range clusters(r) {
		for _, wrong := range c.Wrong() {
			t.Errorf("cluster %s: %s", name, wrong)
		}
		lines := 0
		for _, p := range c.Policies {
			for _, direction := range []string{flow.Ingress, flow.Egress} {
				for i := range p.Lines(direction) {
					lines++
					broken := flow.Broken(c, c.Without(p, direction, i))
					if len(broken) == 0 {
						t.Errorf("cluster %s: %s, %s %d: no flow needs it", name, p, direction, i)
						continue
					}
					t.Logf("cluster %s: without %s, %s %d: %s", name, p, direction, i, broken[0])
				}
			}
		}
		t.Logf("cluster %s: %d flows, %d lines of %d policies, each of them needed", name, len(c.Flows()), lines, len(c.Policies))
	}
}

// clusters are the clusters of a world by name, as flows see them.
func clusters(r *rig.Rig) map[string]flow.Cluster {
	out := map[string]flow.Cluster{}
	r.World().View(func(tx *world.Tx) {
		for _, o := range tx.Find("aws:eks/cluster:Cluster", "", nil) {
			if endpoint, ok := o.Attrs["endpoint"].(string); ok {
				out[o.ID] = flow.Read(tx, endpoint)
			}
		}
	})
	return out
}

// TestTheAmbientStacksHaveLinesToLose keeps mustFlow from passing over a mesh without policies.
func TestTheAmbientStacksHaveLinesToLose(t *testing.T) {
	t.Parallel()
	r := rig.New(t, rig.Options{})
	r.MustUp(r.Program("dev"))
	mustFlow(t, r)
	for name, c := range clusters(r) {
		if !c.Enforced || !c.RegistryOnly || len(c.Policies) == 0 || len(c.Flows()) == 0 {
			t.Errorf("cluster %s: policies enforced %t, registry only %t, %d policies, %d flows", name, c.Enforced, c.RegistryOnly, len(c.Policies), len(c.Flows()))
		}
	}
}
