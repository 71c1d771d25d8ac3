package kube

import (
	"fmt"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/world"
)

// Karpenter, much simplified: while its controller runs and a pod fits on no node,
// the first NodePool (by name) whose taints the pod tolerates gets nodes of one
// size, up to its CPU limit; deleting the pool takes its nodes away. No
// consolidation, no drift, no price.
//
// A node has 8 vCPU and 32 GiB less the usual reservation and 58 pods, which is an
// m7i.2xlarge (facts/platform.json eni_limits: 4 interfaces of 15 addresses).
const (
	karpenterCPU    = 7910.
	karpenterMemory = 30 << 30
	karpenterPods   = 58.
)

const karpenterOwner = "service:karpenter"

// karpenterNodes are the nodes of a NodePool, or of all.
func (a *api) karpenterNodes(pool string) []*world.Object {
	return a.tx.Find("kube:v1/Node", a.scope, func(o *world.Object) bool {
		return o.Owner == karpenterOwner && (pool == "" || nested.Text(o.Attrs, "nodePool") == pool)
	})
}

// provision launches nodes until every pod fits or no pool may grow.
func (a *api) provision() {
	pools := a.list("karpenter.sh/v1", "NodePool")
	if len(pools) == 0 || !a.running("karpenter") {
		return
	}
	for a.grow(pools) {
	}
}

// grow adds one node for the first unschedulable pod, and tells whether it did.
func (a *api) grow(pools []*world.Object) bool {
	placements := a.schedule()
	for _, w := range a.workloads() {
		p := placements[w.obj.Kind+" "+w.obj.ID]
		if w.daemon || p == nil || len(p.nodes) >= p.desired {
			continue
		}
		for _, pool := range pools {
			if a.launch(pool, w) {
				return true
			}
		}
	}
	return false
}

func (a *api) launch(pool *world.Object, w workload) bool {
	spec := nested.Object(pool.Attrs, "spec", "template", "spec")
	have := a.karpenterNodes(pool.ID)
	limit := amount(nested.At(pool.Attrs, "spec", "limits", "cpu"), true)
	cpu, memory := requests(w.pod)
	labels := map[string]any{"karpenter.sh/nodepool": pool.ID, "kubernetes.io/os": "linux"}
	for k, v := range nested.Object(pool.Attrs, "spec", "template", "metadata", "labels") {
		labels[k] = v
	}
	for _, r := range nested.List(spec, "requirements") {
		m, _ := r.(map[string]any)
		if values := nested.List(m, "values"); nested.Text(m, "operator") == "In" && len(values) > 0 {
			labels[nested.Text(m, "key")] = values[0]
		}
	}
	n := &node{labels: labels, taints: nested.List(spec, "taints")}
	class := nested.Text(spec, "nodeClassRef", "name")
	_, classExists := a.tx.Get(world.Key{Kind: "kube:karpenter.k8s.aws/v1/EC2NodeClass", Scope: a.scope, ID: class})
	switch {
	case limit > 0 && int64(len(have)+1)*8000 > limit, cpu > karpenterCPU, memory > karpenterMemory,
		!classExists, tolerated(w.pod, n.taints) != nil, !selected(w.pod, n),
		nested.Text(pool.Attrs, "metadata", "deletionTimestamp") != "":
		return false
	}
	a.putKarpenterNode(pool, class, labels, n.taints)
	return true
}

func (a *api) putKarpenterNode(pool *world.Object, class string, labels map[string]any, taints []any) {
	cluster := clusterAt(a.tx, a.scope)
	if cluster == nil {
		return
	}
	asker := "karpenter " + a.scope + " " + pool.ID
	instance := a.tx.NewID("i-", asker, 17)
	name := fmt.Sprintf("%s.karpenter.internal", strings.TrimPrefix(instance, "i-"))
	a.tx.Put(&world.Object{
		Kind: "kube:v1/Node", Scope: a.scope, ID: name, Name: name, Owner: karpenterOwner, Created: a.tx.Now(),
		Attrs: map[string]any{
			"labels": labels, "taints": taints, "ready": true, "nodePool": pool.ID, "nodeClass": class, "instanceId": instance,
			"kubeletVersion": fmt.Sprintf("v1.%d", a.minor),
			"allocatable":    map[string]any{"cpu": fmt.Sprintf("%dm", int(karpenterCPU)), "memory": fmt.Sprint(karpenterMemory), "pods": karpenterPods},
		},
	})
	a.tx.Put(&world.Object{
		Kind: "hidden:ec2/Instance", Scope: cluster.Scope, ID: instance, Owner: karpenterOwner, State: "running", Created: a.tx.Now(),
		Attrs: map[string]any{"clusterName": a.name, "nodePool": pool.ID, "nodeName": name},
	})
}

// removeKarpenterNodes terminates the nodes of a pool that is deleted.
func (a *api) removeKarpenterNodes(pool *world.Object) {
	cluster := clusterAt(a.tx, a.scope)
	for _, n := range a.karpenterNodes(pool.ID) {
		a.tx.Delete(n.Key())
		if cluster != nil {
			a.tx.Delete(world.Key{Kind: "hidden:ec2/Instance", Scope: cluster.Scope, ID: nested.Text(n.Attrs, "instanceId")})
		}
	}
}
