package kube

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/world"
	"k8s.io/apimachinery/pkg/api/resource"
)

// placement is how many pods of a workload want to run, how many do, and why the others do not.
type placement struct {
	desired, ready int
	reasons        []string
	nodes          []string // one entry per scheduled pod
}

// node is what the scheduler knows of a kube:v1/Node.
type node struct {
	name          string
	labels        map[string]any
	taints        []any
	cpu, memory   int64 // free, in millicores and bytes
	pods          int64 // free
	ready, cordon bool
	group         string
}

// workload is anything that wants pods.
type workload struct {
	obj      *world.Object
	replicas int
	daemon   bool
	pod      map[string]any
	labels   map[string]any // of its pods
}

// key is the workload's in placements and bindings.
func (w workload) key() string { return w.obj.Kind + " " + w.obj.ID }

// workloadKinds in the order in which they are placed: daemons first, as they are bound to each node.
var workloadKinds = []struct{ apiVersion, kind string }{
	{"apps/v1", "DaemonSet"}, {"apps/v1", "Deployment"}, {"apps/v1", "StatefulSet"}, {"batch/v1", "Job"}, {"v1", "Pod"},
}

// schedule says where the pods of every workload are, and returns a placement
// per workload, by world kind and ID. A pod that has a node keeps it (bindings.go);
// the others are placed on the cluster's nodes, first come first served. Daemons
// come first, as their priority lets them push others off a full node. It is a
// count against allocatable CPU, memory and pods with taints, node selectors and
// required node affinity; no priorities beyond that, no spreading.
func (a *api) schedule() map[string]*placement {
	nodes := a.nodes()
	return a.placeOn(nodes)
}

// placeOn is schedule on nodes whose free resources the caller reads afterwards.
func (a *api) placeOn(nodes []*node) map[string]*placement {
	a.untainted(nodes)
	out := map[string]*placement{}
	work := a.workloads()
	bound := a.bound()
	for _, w := range work {
		p := &placement{desired: w.replicas}
		out[w.key()] = p
		if w.daemon {
			cpu, memory := requests(w.pod)
			placeDaemon(p, nodes, w, cpu, memory)
		}
	}
	for _, w := range work {
		keep(out[w.key()], nodes, w, bound[w.key()])
	}
	kept := map[string]int{}
	for _, w := range work {
		p := out[w.key()]
		kept[w.key()] = len(p.nodes)
		if cpu, memory := requests(w.pod); !w.daemon {
			for range w.replicas - len(p.nodes) {
				place(p, nodes, w, cpu, memory)
			}
		}
		p.ready = len(p.nodes)
		if crash := a.crashes(w); crash != "" {
			p.ready, p.reasons = 0, []string{crash}
		}
	}
	a.meshed(work, out)
	a.refusedPods(work, out, kept)
	return out
}

func placeDaemon(p *placement, nodes []*node, w workload, cpu, memory int64) {
	for _, n := range nodes {
		if tolerated(w.pod, n.taints) != nil || !selected(w.pod, n) {
			continue
		}
		p.desired++
		if n.take(cpu, memory) {
			p.nodes = append(p.nodes, n.name)
		} else {
			p.reasons = append(p.reasons, fmt.Sprintf("Insufficient resources on node %q", n.name))
		}
	}
}

func place(p *placement, nodes []*node, w workload, cpu, memory int64) {
	why := map[string]int{}
	// The emptiest node first, so that replicas spread as the scheduler's default scoring makes them.
	order := slices.Clone(nodes)
	slices.SortStableFunc(order, func(x, y *node) int { return int(y.pods - x.pods) })
	for _, n := range order {
		switch taint := tolerated(w.pod, n.taints); {
		case !n.ready:
			why["node(s) were not ready"]++
		case n.cordon:
			why["node(s) were unschedulable"]++
		case taint != nil:
			why[fmt.Sprintf("node(s) had untolerated taint {%s: %s}", nested.Text(taint, "key"), nested.Text(taint, "value"))]++
		case !selected(w.pod, n):
			why["node(s) didn't match Pod's node affinity/selector"]++
		case apart(w.pod) && slices.Contains(p.nodes, n.name):
			why["node(s) didn't match pod anti-affinity rules"]++
		case n.pods < 1:
			why["Too many pods"]++
		case n.cpu < cpu:
			why["Insufficient cpu"]++
		case n.memory < memory:
			why["Insufficient memory"]++
		default:
			n.take(cpu, memory)
			p.nodes = append(p.nodes, n.name)
			return
		}
	}
	if len(nodes) == 0 {
		p.reasons = append(p.reasons, "no nodes available to schedule pods")
		return
	}
	var parts []string
	for _, r := range sorted(why) {
		parts = append(parts, fmt.Sprintf("%d %s", why[r], r))
	}
	p.reasons = append(p.reasons, fmt.Sprintf("0/%d nodes are available: %s.", len(nodes), strings.Join(parts, ", ")))
}

func (n *node) take(cpu, memory int64) bool {
	if n.pods < 1 || n.cpu < cpu || n.memory < memory || !n.ready {
		return false
	}
	n.pods, n.cpu, n.memory = n.pods-1, n.cpu-cpu, n.memory-memory
	return true
}

func (a *api) nodes() []*node {
	var out []*node
	for _, o := range a.list("v1", "Node") {
		ready, said := o.Attrs["ready"].(bool)
		cordon, _ := o.Attrs["unschedulable"].(bool)
		out = append(out, &node{
			name: o.ID, labels: nested.Object(o.Attrs, "labels"), taints: nested.List(o.Attrs, "taints"),
			cpu: amount(nested.At(o.Attrs, "allocatable", "cpu"), true), memory: amount(nested.At(o.Attrs, "allocatable", "memory"), false),
			pods: amount(nested.At(o.Attrs, "allocatable", "pods"), false), ready: ready || !said, cordon: cordon,
			group: nested.Text(o.Attrs, "nodegroup"),
		})
	}
	return out
}

// amount reads a quantity: text as Kubernetes writes it, or a number of cores or bytes. CPU comes back in thousandths.
func amount(v any, cpu bool) int64 {
	q := resource.Quantity{}
	switch x := v.(type) {
	case string:
		parsed, err := resource.ParseQuantity(x)
		if err != nil {
			return 0
		}
		q = parsed
	case float64:
		if cpu {
			return int64(x * 1000)
		}
		return int64(x)
	case int:
		return amount(float64(x), cpu)
	case int64:
		return amount(float64(x), cpu)
	default:
		return 0
	}
	if cpu {
		return q.MilliValue()
	}
	return q.Value()
}

func (a *api) workloads() []workload {
	var out []workload
	for _, k := range workloadKinds {
		objs := a.list(k.apiVersion, k.kind)
		slices.SortStableFunc(objs, func(x, y *world.Object) int { return x.Created.Compare(y.Created) })
		for _, o := range objs {
			w := workload{obj: o, replicas: int(number(o.Attrs, 1, "spec", "replicas")), pod: nested.Object(o.Attrs, "spec", "template", "spec"),
				labels: nested.Object(o.Attrs, "spec", "template", "metadata", "labels")}
			switch k.kind {
			case "DaemonSet":
				w.daemon, w.replicas = true, 0
			case "Job":
				if number(o.Attrs, 0, "status", "succeeded") > 0 || ended(o) {
					continue // its pods have ended
				}
				w.replicas = int(number(o.Attrs, 1, "spec", "parallelism"))
			case "Pod":
				w.replicas, w.pod, w.labels = 1, nested.Object(o.Attrs, "spec"), nested.Object(o.Attrs, "metadata", "labels")
			}
			out = append(out, w)
		}
	}
	return out
}

// requests sums the containers' requests; a limit without a request counts as one.
func requests(pod map[string]any) (cpu, memory int64) {
	for _, c := range nested.List(pod, "containers") {
		m, _ := c.(map[string]any)
		pick := func(name string) any {
			if v := nested.At(m, "resources", "requests", name); v != nil {
				return v
			}
			return nested.At(m, "resources", "limits", name)
		}
		cpu += amount(pick("cpu"), true)
		memory += amount(pick("memory"), false)
	}
	return cpu, memory
}

// tolerated returns the first taint that keeps the pod off, or nil.
func tolerated(pod map[string]any, taints []any) map[string]any {
	for _, t := range taints {
		taint, _ := t.(map[string]any)
		effect := strings.ReplaceAll(strings.ToLower(nested.Text(taint, "effect")), "_", "")
		if effect == "prefernoschedule" {
			continue
		}
		if !slices.ContainsFunc(nested.List(pod, "tolerations"), func(v any) bool {
			tol, _ := v.(map[string]any)
			e := strings.ToLower(nested.Text(tol, "effect"))
			if e != "" && e != effect {
				return false
			}
			if nested.Text(tol, "operator") == "Exists" {
				return nested.Text(tol, "key") == "" || nested.Text(tol, "key") == nested.Text(taint, "key")
			}
			return nested.Text(tol, "key") == nested.Text(taint, "key") && nested.Text(tol, "value") == nested.Text(taint, "value")
		}) {
			return taint
		}
	}
	return nil
}

// selected tells whether nodeSelector and required node affinity let the pod onto the node.
func selected(pod map[string]any, n *node) bool {
	for k, want := range nested.Object(pod, "nodeSelector") {
		if n.labels[k] != want {
			return false
		}
	}
	terms := nested.List(pod, "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms")
	if len(terms) == 0 {
		return true
	}
	return slices.ContainsFunc(terms, func(v any) bool {
		term, _ := v.(map[string]any)
		return !slices.ContainsFunc(nested.List(term, "matchExpressions"), func(e any) bool {
			expr, _ := e.(map[string]any)
			return !matches(expr, n.labels)
		})
	})
}

// apart tells whether the pods of a workload must be on different nodes.
func apart(pod map[string]any) bool {
	return slices.ContainsFunc(nested.List(pod, "affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution"), func(v any) bool {
		term, _ := v.(map[string]any)
		return nested.Text(term, "topologyKey") == "kubernetes.io/hostname"
	})
}

func matches(expr, labels map[string]any) bool {
	value, has := labels[nested.Text(expr, "key")]
	in := slices.Contains(nested.List(expr, "values"), value)
	switch nested.Text(expr, "operator") {
	case "In":
		return has && in
	case "NotIn":
		return !has || !in
	case "Exists":
		return has
	case "DoesNotExist":
		return !has
	}
	return false
}
