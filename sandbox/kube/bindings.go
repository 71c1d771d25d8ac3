package kube

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"reflect"
	"slices"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/world"
)

// Pods are no objects of their own in this simulation, but each keeps its node:
// a hidden object per cluster says where the pods of every workload are, from
// one write to the next. Without it a taint would move what runs already.
const (
	kindBindings = "hidden:kube/Bindings"
	bindingsID   = "pods"
)

// binding is where the pods of a workload are. template is of the pods: when it
// changes, the workload rolls out, and its pods are placed anew.
type binding struct {
	nodes    []string
	template string
}

// bound reads the bindings.
func (a *api) bound() map[string]binding {
	o, ok := a.tx.Get(world.Key{Kind: kindBindings, Scope: a.scope, ID: bindingsID})
	if !ok {
		return nil
	}
	out := map[string]binding{}
	for key := range o.Attrs {
		b := binding{template: nested.Text(o.Attrs, key, "template")}
		for _, n := range nested.List(o.Attrs, key, "nodes") {
			if name, is := n.(string); is {
				b.nodes = append(b.nodes, name)
			}
		}
		out[key] = b
	}
	return out
}

// keep leaves pods where they are: on ready nodes without a NoExecute taint
// against them, as long as there is room beside the daemons.
func keep(p *placement, nodes []*node, w workload, was binding) {
	if w.daemon || was.template != templateOf(w) {
		return
	}
	cpu, memory := requests(w.pod)
	for _, name := range was.nodes {
		i := slices.IndexFunc(nodes, func(n *node) bool { return n.name == name })
		if i < 0 || len(p.nodes) >= w.replicas || tolerated(w.pod, evicting(nodes[i].taints)) != nil {
			continue
		}
		if nodes[i].take(cpu, memory) {
			p.nodes = append(p.nodes, name)
		}
	}
}

// evicting are the taints that end pods that run already.
func evicting(taints []any) []any {
	var out []any
	for _, t := range taints {
		taint, _ := t.(map[string]any)
		if effect := nested.Text(taint, "effect"); effect == "NoExecute" || effect == "NO_EXECUTE" {
			out = append(out, t)
		}
	}
	return out
}

// templateOf is a short digest of what the pods are made from.
func templateOf(w workload) string {
	raw, err := json.Marshal(w.pod)
	if err != nil {
		return "" // cannot be: the world holds JSON
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:4])
}

// bind writes down where every pod is now; daemons follow the nodes by themselves.
func (a *api) bind(placements map[string]*placement) {
	attrs := map[string]any{}
	for _, w := range a.workloads() {
		if p := placements[w.key()]; p != nil && !w.daemon && len(p.nodes) > 0 {
			where := make([]any, len(p.nodes))
			for i, n := range p.nodes {
				where[i] = n
			}
			attrs[w.key()] = map[string]any{"nodes": where, "template": templateOf(w)}
		}
	}
	key := world.Key{Kind: kindBindings, Scope: a.scope, ID: bindingsID}
	was, there := a.tx.Get(key)
	switch {
	case len(attrs) == 0 && there:
		a.tx.Delete(key)
	case len(attrs) > 0 && (!there || !reflect.DeepEqual(was.Attrs, attrs)):
		a.tx.Put(&world.Object{Kind: kindBindings, Scope: a.scope, ID: bindingsID, Owner: "service:eks", Attrs: attrs})
	}
}
