package scenario

import (
	"strings"
	"testing"

	"github.com/ladder-platform/ladder/cmd/ladder/observe"
	"github.com/ladder-platform/ladder/sandbox/aws"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/tests/rig"
)

// TestBadHealthIsObserved: what goes wrong in a cluster after an up, the next
// observation says, though no refresh sees it.
func TestBadHealthIsObserved(t *testing.T) {
	t.Parallel()
	r := rig.New(t, rig.Options{ClustersOnly: true})
	p := r.Program("dev")
	r.MustUp(p)
	var scope, coredns string
	r.World().View(func(tx *world.Tx) {
		for _, o := range tx.Find("aws:eks/addon:Addon", "", func(o *world.Object) bool { return o.Attrs["addonName"] == "coredns" }) {
			scope, coredns = o.Scope, o.ID
		}
	})
	cluster, _, _ := strings.Cut(coredns, ":")
	reasons := func() string {
		t.Helper()
		seen, err := observe.Run(t.Context(), observe.Simulated{World: r.World(), Scope: scope}, "dev", []string{cluster}, r.World().Now())
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(seen.Reasons, "\n")
	}
	if got := reasons(); got != "" {
		t.Fatalf("after the up: %s", got)
	}

	if err := aws.Degrade(r.World(), coredns, "ConfigurationConflict"); err != nil {
		t.Fatal(err)
	}
	if got, want := reasons(), "add-on "+cluster+"/coredns is DEGRADED: ConfigurationConflict"; got != want {
		t.Errorf("a degraded add-on: %q, want %q", got, want)
	}
	refresh := r.MustRefresh(p)
	if drift := found(refresh); len(drift) > 0 || refresh.Counts["update"] != 0 {
		t.Errorf("the refresh sees %v, %v: no provider reads an add-on's health, and the stack's own record is no drift", drift, refresh.Counts)
	}
	if err := aws.Degrade(r.World(), coredns, ""); err != nil {
		t.Fatal(err)
	}
	if got := reasons(); got != "" {
		t.Errorf("mended: %s", got)
	}

	var nodes []*world.Object
	set := func(f func(tx *world.Tx)) {
		if err := r.World().Tx(func(tx *world.Tx) error { f(tx); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	set(func(tx *world.Tx) {
		nodes = tx.Find("kube:v1/Node", "", nil)
		for _, n := range nodes {
			tx.Delete(n.Key())
		}
	})
	if got, want := reasons(), "add-on "+cluster+"/coredns is DEGRADED: InsufficientNumberOfReplicas (The add-on is unhealthy because it doesn't have the desired number of replicas."; len(nodes) == 0 || !strings.Contains(got, want) {
		t.Errorf("without its %d nodes: %q, want %q", len(nodes), got, want)
	}
	set(func(tx *world.Tx) {
		for _, n := range nodes {
			tx.Put(n)
		}
	})
	if got := reasons(); got != "" {
		t.Errorf("with its nodes again: %s", got)
	}
}
