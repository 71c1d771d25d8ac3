package rehearse

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/sandbox"
)

// rungs of the order inside one up (docs/adr/0006-addon-order.md): two add-ons
// come before the nodes, which cannot become ready without them; Karpenter and
// its nodes come after the add-ons and before other charts (0008).
var rungs = []string{"control plane", "CNI and agent", "node group", "drain", "add-on", "Karpenter", "node pool", "Karpenter nodes", "chart"}

// Rungs by index.
const (
	rungControlPlane = iota
	rungPrerequisite
	rungNodes
	rungDrain
	rungAddon
	rungKarpenter
	rungPool
	rungPoolNodes
	rungChart
	noRung = -1
)

// rungOf an event, noRung for what has none.
func rungOf(e sandbox.Event) int {
	switch e.Type {
	case "aws:eks/cluster:Cluster":
		return rungControlPlane
	case "aws:eks/addon:Addon":
		if strings.HasSuffix(e.Name, "vpc-cni") || strings.HasSuffix(e.Name, "eks-pod-identity-agent") {
			return rungPrerequisite
		}
		return rungAddon
	case "aws:eks/nodeGroup:NodeGroup":
		return rungNodes
	case "kubernetes:helm.sh/v3:Release":
		if strings.HasSuffix(e.Name, "-karpenter") || strings.HasSuffix(e.Name, "-karpenter-crd") {
			return rungKarpenter
		}
		return rungChart
	case "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass", "kubernetes:karpenter.sh/v1:NodePool":
		return rungPool
	case "kubernetes:batch/v1:Job":
		switch {
		case strings.Contains(e.Name, "-drain-"):
			return rungDrain
		case strings.HasSuffix(e.Name, "-node-release"):
			return rungPoolNodes
		}
	}
	return noRung
}

// clusterOf is the part of a logical name that says which cluster it is of,
// whichever room made it: cluster-main-…, mesh-main-… and edge-main-….
func clusterOf(name string) string {
	parts := strings.SplitN(name, "-", 3)
	return parts[min(1, len(parts)-1)]
}

// takesTurns says whether a resource belongs to what must be done in one cluster
// before the next begins: the cluster and its mesh. The edge is over all of them.
func takesTurns(name string) bool {
	return strings.HasPrefix(name, "cluster-") || strings.HasPrefix(name, "mesh-")
}

// makes says whether an event is of what creates or changes.
func makes(e sandbox.Event) bool {
	return slices.Contains([]string{"create", "update", "create-replacement", "replace"}, e.Op)
}

func removes(e sandbox.Event) bool { return strings.HasPrefix(e.Op, "delete") }

// Order says what the engine did out of order, from its own events: what it
// began before a lower rung of the same cluster had ended, and what it began in
// a cluster before the cluster before it in the stack was done. Removals go
// last and downwards; OrderDown looks at them.
func Order(events []sandbox.Event) []string {
	return append(before(events, makes, func(earlier, later sandbox.Event) bool {
		return clusterOf(earlier.Name) == clusterOf(later.Name) && rungOf(earlier) < rungOf(later)
	}), before(events, makes, func(earlier, later sandbox.Event) bool {
		return takesTurns(earlier.Name) && takesTurns(later.Name) && clusterOf(earlier.Name) < clusterOf(later.Name)
	})...)
}

// OrderDown says what a destroy took away out of order: a lower rung before a
// higher one of the same cluster was gone.
func OrderDown(events []sandbox.Event) []string {
	return before(events, removes, func(earlier, later sandbox.Event) bool {
		return clusterOf(earlier.Name) == clusterOf(later.Name) && rungOf(earlier) > rungOf(later)
	})
}

// before lists what began before something that comes first had ended. Only
// events of a rung count, and of those what matters says.
func before(events []sandbox.Event, matters func(sandbox.Event) bool, first func(earlier, later sandbox.Event) bool) []string {
	counts := func(e sandbox.Event) bool { return matters(e) && rungOf(e) != noRung }
	ended := map[string]int{} // place of the last event of each resource
	for i, e := range events {
		if e.Done && counts(e) {
			ended[e.URN] = i
		}
	}
	var out []string
	for i, later := range events {
		if later.Done || !counts(later) {
			continue
		}
		for _, earlier := range events {
			if earlier.Done || !counts(earlier) || !first(earlier, later) {
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

// tainted says which slots began to drain before another slot of their group
// had its nodes: the taint keeps pods off, and there is nowhere else to go.
// draining are the logical names of node groups that drain.
func tainted(events []sandbox.Event, draining map[string]string) []string {
	var out []string
	for _, line := range before(events, makes, func(earlier, later sandbox.Event) bool {
		group, drains := draining[later.Name]
		_, also := draining[earlier.Name]
		return drains && !also && rungOf(earlier) == rungNodes && rungOf(later) == rungNodes && earlier.Op == "create" && strings.HasPrefix(earlier.Name, group)
	}) {
		out = append(out, strings.Replace(line, "order: ", "taint before capacity: ", 1))
	}
	return out
}
