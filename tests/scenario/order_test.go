package scenario

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/tests/rig"
)

// rung is a step of the order inside an environment (design: cluster, node
// groups, add-ons; two add-ons before the nodes, because nodes cannot become
// ready without them: docs/adr/0006).
type rung int

const (
	controlPlane rung = iota
	beforeNodes
	nodes
	addons
	charts
	none rung = -1
)

var rungNames = map[rung]string{controlPlane: "control plane", beforeNodes: "CNI and agent", nodes: "node group", addons: "add-on", charts: "chart"}

func rungOf(op sandbox.Operation) rung {
	switch op.Type {
	case "aws:eks/cluster:Cluster":
		return controlPlane
	case "aws:eks/nodeGroup:NodeGroup":
		return nodes
	case "aws:eks/addon:Addon":
		if strings.HasSuffix(op.Name, "vpc-cni") || strings.HasSuffix(op.Name, "eks-pod-identity-agent") {
			return beforeNodes
		}
		return addons
	case "kubernetes:helm.sh/v3:Release":
		return charts
	}
	return none
}

// mustClimb fails when an operation began before one of an earlier rung had
// ended; down turns the order round, for a destroy.
func mustClimb(t *testing.T, r *sandbox.Result, down bool) {
	t.Helper()
	counts := map[rung]int{}
	ops := r.Changes()
	for _, later := range ops {
		counts[rungOf(later)]++
		for _, earlier := range ops {
			a, b := rungOf(earlier), rungOf(later)
			if a == none || b == none || a == b || (a < b) == down || cluster(earlier.Name) != cluster(later.Name) {
				continue
			}
			if later.Start < earlier.End {
				t.Errorf("%s of %s %q began at %v, before %s of %s %q had ended at %v",
					later.Op, rungNames[b], later.Name, later.Start, earlier.Op, rungNames[a], earlier.Name, earlier.End)
			}
		}
	}
	for _, step := range []rung{controlPlane, beforeNodes, nodes, addons, charts} {
		if counts[step] == 0 {
			t.Errorf("the run has no operation on a %s: this test would prove nothing", rungNames[step])
		}
	}
}

// cluster is the part of a logical name that says which cluster it is of.
func cluster(name string) string {
	parts := strings.SplitN(name, "-", 3)
	return strings.Join(parts[:min(2, len(parts))], "-")
}

func TestTheOrderInsideAnEnvironment(t *testing.T) {
	for _, name := range []string{"dev", "karpenter", "two-clusters"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rig.New(t, rig.Options{})
			mustClimb(t, r.MustUp(r.Program(name)), false)
			open := r.Edited(name, "protect: true", "protect: false")
			r.MustUp(open)
			mustClimb(t, r.MustDestroy(open), true)
		})
	}
}

// TestAnUpgradeClimbsInTheSameOrder moves a stack one release up.
func TestAnUpgradeClimbsInTheSameOrder(t *testing.T) {
	t.Parallel()
	r := rig.New(t, rig.Options{})
	r.MustUp(r.Edited("dev", `"2026.11"`, `"2026.08"`))
	climb := r.MustUp(r.Program("dev"))
	ops := climb.Changes()
	for _, op := range ops {
		if strings.Contains(op.Op, "replace") || op.Op == "delete" {
			t.Errorf("the climb has a %s of %s %q %v", op.Op, op.Type, op.Name, op.Keys)
		}
	}
	var order []rung
	for _, op := range ops {
		if s := rungOf(op); s != none && s != charts && s != beforeNodes {
			order = append(order, s)
		}
	}
	if !slices.IsSorted(order) || !slices.Contains(order, controlPlane) || !slices.Contains(order, nodes) || !slices.Contains(order, addons) {
		t.Errorf("the climb's order is %v, want control plane, node groups, add-ons, each with an operation", order)
	}
}

// TestTheFirstUpIsAsQuickAsItsUnavoidableChain compares the virtual critical
// path with network ∥ cluster → CNI and agent → node group → add-on.
func TestTheFirstUpIsAsQuickAsItsUnavoidableChain(t *testing.T) {
	t.Parallel()
	r := rig.New(t, rig.Options{})
	p := r.Program("dev")
	said := r.MustPreview(p) // what ladder plan time prints
	up := r.MustUp(p)
	if diff := cmp.Diff(said.Timeline.Critical, up.Timeline.Critical); diff != "" || said.Timeline.Makespan != up.Timeline.Makespan {
		t.Errorf("the preview says %v, the up takes %v; critical path (-preview +up):\n%s", said.Timeline.Makespan, up.Timeline.Makespan, diff)
	}
	longest := map[rung]time.Duration{}
	for _, op := range up.Changes() {
		if s := rungOf(op); s != none {
			longest[s] = max(longest[s], op.Latency)
		}
	}
	chain := longest[controlPlane] + longest[beforeNodes] + longest[nodes] + longest[addons]
	ratio := float64(up.Timeline.Makespan) / float64(chain)
	t.Logf("critical path %v, unavoidable chain %v, ratio %.2f", up.Timeline.Makespan, chain, ratio)
	if ratio > 1.1 {
		t.Errorf("the first up takes %v, %.2f times its unavoidable chain of %v; the path is:\n%s", up.Timeline.Makespan, ratio, chain, strings.Join(up.Timeline.Critical, "\n"))
	}
}
