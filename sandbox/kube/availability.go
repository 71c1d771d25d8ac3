package kube

import (
	"fmt"
	"slices"
	"time"

	"github.com/ladder-platform/ladder/sandbox/world"
)

// Sample is what ran in a cluster at one instant within an operation: after
// each round of evictions, when the replacements are ready, and when nodes went
// with pods on them. Between operations Placement says the same of the world.
//
// Whoever opens a sandbox gets samples by sandbox.Options.OnSample, in order,
// while the operation's transaction is under way: the receiver must not touch
// the world. An operation that is refused afterwards (a budget that cannot be
// met) has had its samples all the same, as evictions do happen before it ends.
type Sample struct {
	// At is virtual time since the operation began; OnOperation is told of the
	// same operation, with its whole latency, when it has ended.
	At time.Duration
	// URN is the resource whose operation it is: a node group that rolls, a drain Job.
	URN string
	// Cluster is the EKS cluster's name.
	Cluster string
	// Cause says what has just happened: "evicted 2 pods of node a",
	// "replacements ready", "node a gone".
	Cause string
	// Nodes are the ready nodes, Open those of them that take new pods: not
	// cordoned and without a NoSchedule or NoExecute taint.
	Nodes, Open int
	// CPU is what the ready nodes offer to pods in thousandths of a core, FreeCPU
	// what is left of it on Open nodes.
	CPU, FreeCPU int64
	// Workloads are the cluster's Deployments and StatefulSets, by kind and ID.
	Workloads []Availability
}

// Availability is one workload at the instant of a Sample.
type Availability struct {
	// Kind is Deployment or StatefulSet, ID "<namespace>/<name>".
	Kind, ID string
	// Desired pods, and Ready ones: on a ready node and not just evicted.
	Desired, Ready int
	// Minimum is how many pods the budget asks to stay, 0 without one; Budget
	// is the PodDisruptionBudget's ID, "" without one.
	Minimum int
	Budget  string
	// Bound says that a TargetGroupBinding registers the pods. Healthy is how
	// many of the ready ones the load balancer sends to: those that it has found
	// healthy. Gated: new pods become ready only then.
	Bound, Gated bool
	Healthy      int
}

// sample tells whoever listens what runs now.
func (a *api) sample(after time.Duration, urn, cause string, ready map[string]int) {
	if a.onSample == nil {
		return
	}
	nodes := a.nodes()
	s := Sample{At: after, URN: urn, Cluster: a.name, Cause: cause}
	for _, n := range nodes {
		if n.ready {
			s.Nodes++
			s.CPU += n.cpu
		}
	}
	placements := a.placeOn(nodes)
	if ready == nil {
		ready = readyOf(placements)
	}
	for _, n := range nodes {
		if n.ready && !n.cordon && tolerated(nil, n.taints) == nil {
			s.Open++
			s.FreeCPU += n.cpu
		}
	}
	s.Workloads = a.availabilities(ready)
	for i, w := range s.Workloads {
		s.Workloads[i].Healthy = max(0, w.Healthy-a.unproven("kube:apps/v1/"+w.Kind+" "+w.ID, after))
	}
	a.onSample(s)
}

// lost samples the end of a node that took pods with it.
func (a *api) lost(node *world.Object) {
	if node == nil || a.onSample == nil {
		return
	}
	gone, ready := 0, readyOf(a.schedule())
	for key, b := range a.bound() {
		was := len(b.nodes)
		b.nodes = slices.DeleteFunc(b.nodes, func(n string) bool { return n == node.ID })
		ready[key] = min(ready[key], len(b.nodes))
		gone += was - len(b.nodes)
	}
	if gone > 0 {
		a.sample(0, node.URN, fmt.Sprintf("%d pods went with node %s", gone, node.ID), ready)
	}
}
