package rehearse

import (
	"fmt"
	"strings"

	"github.com/ladder-platform/ladder/sandbox"
)

// rungs of the order inside one up (docs/adr/0006-addon-order.md): two add-ons
// come before the nodes, which cannot become ready without them.
var rungs = []string{"control plane", "CNI and agent", "node group", "add-on", "chart"}

// rungOf an event, -1 for what has none.
func rungOf(e sandbox.Event) int {
	switch e.Type {
	case "aws:eks/cluster:Cluster":
		return 0
	case "aws:eks/addon:Addon":
		if strings.HasSuffix(e.Name, "vpc-cni") || strings.HasSuffix(e.Name, "eks-pod-identity-agent") {
			return 1
		}
		return 3
	case "aws:eks/nodeGroup:NodeGroup":
		return 2
	case "kubernetes:helm.sh/v3:Release":
		return 4
	}
	return -1
}

// clusterOf is the part of a logical name that says which cluster it is of.
func clusterOf(name string) string {
	parts := strings.SplitN(name, "-", 3)
	return strings.Join(parts[:min(2, len(parts))], "-")
}

// misordered says what the engine began before a lower rung of the same cluster
// had ended, in the order of its events. Removals go last and downwards, so
// they are left out.
func misordered(events []sandbox.Event) []string {
	changes := func(e sandbox.Event) bool {
		return e.Op == "create" || e.Op == "update" || e.Op == "create-replacement" || e.Op == "replace"
	}
	ended := map[string]int{} // place of the last event of each resource
	for i, e := range events {
		if e.Done && changes(e) {
			ended[e.URN] = i
		}
	}
	var out []string
	for i, later := range events {
		if later.Done || !changes(later) || rungOf(later) < 0 {
			continue
		}
		for _, earlier := range events {
			if earlier.Done || !changes(earlier) || rungOf(earlier) < 0 || rungOf(earlier) >= rungOf(later) || clusterOf(earlier.Name) != clusterOf(later.Name) {
				continue
			}
			if at, ok := ended[earlier.URN]; !ok || at > i {
				out = append(out, fmt.Sprintf("order: %s of %s %s began before %s of %s %s had ended",
					later.Op, rungs[rungOf(later)], later.Name, earlier.Op, rungs[rungOf(earlier)], earlier.Name))
			}
		}
	}
	return out
}
