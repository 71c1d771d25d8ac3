package scenario

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/cmd/ladder/rehearse"
	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/tests/rig"
)

// watched is a rig whose engine's events are kept: the order is judged by what
// the engine said it began and ended, not by what a plan makes of it.
type watched struct {
	*rig.Rig
	t      *testing.T
	lock   sync.Mutex
	events []sandbox.Event
}

func watch(t *testing.T) *watched {
	t.Helper()
	w := &watched{t: t}
	w.Rig = rig.New(t, rig.Options{OnEvent: func(e sandbox.Event) {
		w.lock.Lock()
		defer w.lock.Unlock()
		w.events = append(w.events, e)
	}})
	return w
}

// taken are the events since the last time.
func (w *watched) taken() []sandbox.Event {
	w.lock.Lock()
	defer w.lock.Unlock()
	out := w.events
	w.events = nil
	return out
}

// up runs an up in order, which must have operations of every kind named.
func (w *watched) up(p sandbox.Program, kinds ...string) []sandbox.Event {
	w.t.Helper()
	w.taken()
	w.MustUp(p)
	events := w.taken()
	for _, problem := range rehearse.Order(events) {
		w.t.Error(problem)
	}
	w.has(events, "", kinds)
	return events
}

// destroy takes a stack down in order.
func (w *watched) destroy(p sandbox.Program, kinds ...string) []sandbox.Event {
	w.t.Helper()
	w.taken()
	w.MustDestroy(p)
	events := w.taken()
	for _, problem := range rehearse.OrderDown(events) {
		w.t.Error(problem)
	}
	w.has(events, "delete", kinds)
	return events
}

// follows fails unless the first thing of a kind was done before the next began.
func (w *watched) follows(events []sandbox.Event, op, next, first string) {
	w.t.Helper()
	at := func(kind string, done bool) int {
		return slices.IndexFunc(events, func(e sandbox.Event) bool {
			return e.Op == op && e.Done == done && strings.HasSuffix(e.Type+"::"+e.Name, kind)
		})
	}
	if done, begun := at(first, true), at(next, false); done < 0 || begun < 0 || begun < done {
		w.t.Errorf("%s of %s began at event %d, that of %s ended at %d: want it to follow", op, next, begun, first, done)
	}
}

// has fails where a kind has no operation: the order would prove nothing.
func (w *watched) has(events []sandbox.Event, op string, kinds []string) {
	w.t.Helper()
	for _, kind := range kinds {
		if !slices.ContainsFunc(events, func(e sandbox.Event) bool {
			return strings.Contains(e.Type+" "+e.Name, kind) && e.Op != "same" && (op == "" || strings.HasPrefix(e.Op, op))
		}) {
			w.t.Errorf("nothing happened to %q: this test would prove nothing", kind)
		}
	}
}

// Parts of types and names that events are known by.
const (
	aControlPlane = "eks/cluster:Cluster"
	aCNI          = "-addon-vpc-cni"
	aNodeGroup    = "eks/nodeGroup:NodeGroup"
	anAddon       = "-addon-coredns"
	aChart        = "helm.sh/v3:Release"
)

var everyRung = []string{aControlPlane, aCNI, aNodeGroup, anAddon, aChart}

// TestTheOrderOfEvents is the order inside an environment, by the engine's own
// events (docs/adr/0006, 0008, 0013), in every way in which one comes and goes.
func TestTheOrderOfEvents(t *testing.T) {
	tests := map[string]func(t *testing.T, w *watched){
		"first up and destroy": func(_ *testing.T, w *watched) {
			up := w.up(w.Program("dev"), everyRung...)
			open := w.Edited("dev", "protect: true", "protect: false")
			w.up(open)
			down := w.destroy(open, everyRung...)
			for _, permission := range []string{"RolePolicy::cluster-main-service-key", "RolePolicyAttachment::cluster-main-service-cluster", "Key::cluster-main-key"} {
				w.follows(up, "create", "-eksCluster", permission)
				w.follows(down, "delete", permission, "-eksCluster")
			}
		},
		"a rolling upgrade": func(t *testing.T, w *watched) {
			w.up(w.Edited("dev", `"2026.11"`, `"2026.08"`), everyRung...)
			for _, e := range w.up(w.Program("dev"), everyRung...) {
				if strings.Contains(e.Op, "replace") || e.Op == "delete" {
					t.Errorf("the climb has a %s of %s %s", e.Op, e.Type, e.Name)
				}
			}
		},
		"a blue/green upgrade": func(_ *testing.T, w *watched) {
			const green = "            green:\n              desired: 3\n"
			const blue = "            blue: # what ran before; its entry goes when it is drained\n              release: \"2026.08\"\n              state: draining\n"
			w.up(w.Edited("blue-green", blue, "            blue: {}\n", green, "", `ladder:release: "2026.11"`, `ladder:release: "2026.08"`), everyRung...)
			w.up(w.Edited("blue-green", "              state: draining\n", ""), aControlPlane, aCNI, "ng-general-green", anAddon, aChart)
			w.up(w.Program("blue-green"), "ng-general-blue", "-drain-general-blue")
			w.up(w.Edited("blue-green", blue, ""), "ng-general-blue")
		},
		"Karpenter": func(_ *testing.T, w *watched) {
			kinds := append(slices.Clone(everyRung), "EC2NodeClass", "NodePool", "-node-release")
			w.up(w.Edited("karpenter", `"2026.11"`, `"2026.08"`), kinds...)
			w.up(w.Program("karpenter"), kinds...)
			open := w.Edited("karpenter", "protect: true", "protect: false")
			w.up(open)
			w.destroy(open, append(slices.Clone(everyRung), "EC2NodeClass", "NodePool")...)
		},
		"two clusters": func(_ *testing.T, w *watched) {
			const pinned = "      release: \"2026.08\"\n"
			w.up(w.Edited("two-clusters", `ladder:release: "2026.11"`, `ladder:release: "2026.08"`, pinned, ""), "cluster-batch-eks", "cluster-main-eks")
			w.up(w.Edited("two-clusters", pinned, ""), "cluster-batch-eks-eksCluster", "cluster-main-eks-eksCluster", "cluster-batch-ng", "cluster-main-ng")
			open := w.Edited("two-clusters", pinned, "", "protect: true", "protect: false")
			w.up(open)
			w.destroy(open, everyRung...)
		},
		"a node group is added during an upgrade": func(_ *testing.T, w *watched) {
			w.up(w.Edited("dev", `"2026.11"`, `"2026.08"`))
			w.up(w.Edited("dev", "        general:\n", "        extra: { instanceTypes: [m6i.large], min: 1, max: 2 }\n        general:\n"), append(slices.Clone(everyRung), "ng-extra-main", "ng-general-main")...)
		},
	}
	for name, run := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, watch(t))
		})
	}
}

// TestTheFirstUpIsAsQuickAsItsUnavoidableChain compares the virtual critical
// path with network ∥ cluster → CNI and agent → node group → add-on → the mesh's
// charts in Istio's order → the name of an entrance, and with the search domain
// → its setup → a chart, whichever is longer.
func TestTheFirstUpIsAsQuickAsItsUnavoidableChain(t *testing.T) {
	t.Parallel()
	r := rig.New(t, rig.Options{})
	p := r.Program("dev")
	said := r.MustPreview(p) // what ladder plan time prints
	up := r.MustUp(p)
	if diff := cmp.Diff(said.Timeline.Critical, up.Timeline.Critical); diff != "" || said.Timeline.Makespan != up.Timeline.Makespan {
		t.Errorf("the preview says %v, the up takes %v; critical path (-preview +up):\n%s", said.Timeline.Makespan, up.Timeline.Makespan, diff)
	}
	cluster := chainOf(t, up, aControlPlane, aCNI, aNodeGroup, anAddon, "-istio-base", "-istiod", "-istio-cni", "-ztunnel", "-gateway-application", "Record edge-name-")
	store := chainOf(t, up, "opensearch/domain:Domain", "-stores-setup", aChart)
	chain := max(cluster, store)
	ratio := float64(up.Timeline.Makespan) / float64(chain)
	t.Logf("critical path %v, unavoidable chain %v, ratio %.2f", up.Timeline.Makespan, chain, ratio)
	if ratio > 1.1 {
		t.Errorf("the first up takes %v, %.2f times its unavoidable chain of %v; the path is:\n%s", up.Timeline.Makespan, ratio, chain, strings.Join(up.Timeline.Critical, "\n"))
	}
}

// chainOf sums the longest change of each kind.
func chainOf(t *testing.T, up *sandbox.Result, kinds ...string) time.Duration {
	t.Helper()
	var chain time.Duration
	for _, kind := range kinds {
		var longest time.Duration
		for _, op := range up.Changes() {
			if strings.Contains(op.Type+" "+op.Name, kind) {
				longest = max(longest, op.Latency)
			}
		}
		if longest == 0 {
			t.Errorf("nothing takes time of %q: this test would prove less", kind)
		}
		chain += longest
	}
	return chain
}
