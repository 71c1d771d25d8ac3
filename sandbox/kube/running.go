package kube

import (
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/world"
)

// Running is what runs in a cluster between two operations: its Deployments and
// StatefulSets with their budgets, as a Sample has them inside an operation. It
// only reads.
func Running(tx *world.Tx, endpoint string) []Availability {
	a := &api{tx: tx, scope: endpoint, minor: defaultMinor}
	if cluster := clusterAt(tx, endpoint); cluster != nil {
		a.adopt(cluster)
	}
	return a.availabilities(readyOf(a.schedule()))
}

// availabilities are the workloads that budgets can be about, with so many
// ready pods each.
func (a *api) availabilities(ready map[string]int) []Availability {
	var out []Availability
	budgets := a.budgets()
	for _, w := range a.workloads() {
		kind := gvkOfWorld(w.obj.Kind).Kind
		if kind != "Deployment" && kind != "StatefulSet" {
			continue
		}
		one := Availability{Kind: kind, ID: w.obj.ID, Desired: w.replicas, Ready: ready[w.key()]}
		if one.Bound, one.Gated = a.gated(w); one.Bound {
			one.Healthy = one.Ready
		}
		for _, b := range budgets {
			if b.selects(w) {
				one.Budget, one.Minimum = b.id, b.status([]workload{w}, ready).Wanted
			}
		}
		out = append(out, one)
	}
	slices.SortStableFunc(out, func(x, y Availability) int { return strings.Compare(x.Kind+x.ID, y.Kind+y.ID) })
	return out
}
