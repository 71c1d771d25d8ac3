package aws_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/sandbox/kube"
	"github.com/ladder-platform/ladder/sandbox/world"
)

// rolled is a group of nodes in two zones that has been given another release,
// with an application of three and its budget on it.
func rolled(t *testing.T, nodes, unavailable int, budget map[string]any) (b *bench, err error) {
	t.Helper()
	b = newBench(t, nil)
	b.inside.Listen(func(s kube.Sample) { b.samples = append(b.samples, s) })
	b.given("eks.node-group-downgrade")
	in := map[string]any{
		"clusterName": "prd", "nodeGroupName": "general", "nodeRoleArn": b.lookup("node.arn", ""), "subnetIds": []any{b.lookup("a", ""), b.lookup("b", "")},
		"instanceTypes": []any{"m7i.large"}, "version": "1.35", "releaseVersion": "1.35.6-20260818",
		"scalingConfig": map[string]any{"minSize": 1, "maxSize": 20, "desiredSize": nodes}, "updateConfig": map[string]any{"maxUnavailable": unavailable},
	}
	must(t, b.update(groupType, "g", in))
	endpoint := b.lookup("c.endpoint", "")
	labels := map[string]any{"app": "web"}
	budget["selector"] = map[string]any{"matchLabels": labels}
	must(t, b.w.Tx(func(tx *world.Tx) error {
		meta := map[string]any{"name": "web", "namespace": "default"}
		tx.Put(&world.Object{Kind: "kube:apps/v1/Deployment", Scope: endpoint, ID: "default/web", Attrs: map[string]any{"metadata": meta, "spec": map[string]any{"replicas": 3.,
			"template": map[string]any{"metadata": map[string]any{"labels": labels}, "spec": map[string]any{"containers": []any{map[string]any{"name": "web"}}}}}}})
		tx.Put(&world.Object{Kind: "kube:policy/v1/PodDisruptionBudget", Scope: endpoint, ID: "default/web", Attrs: map[string]any{"metadata": meta, "spec": budget}})
		b.inside.NodeAdded(tx, endpoint, nil)
		return nil
	}))
	b.samples = nil
	in["releaseVersion"] = "1.35.7-20261003"
	return b, b.update(groupType, "g", in)
}

func TestARollKeepsCapacityBudgetsAndZones(t *testing.T) {
	for _, c := range []struct {
		nodes, unavailable int
		takes              time.Duration
	}{{1, 1, 400 * time.Second}, {4, 1, 1600 * time.Second}, {5, 2, 1200 * time.Second}} {
		t.Run(fmt.Sprintf("%d nodes, %d at a time", c.nodes, c.unavailable), func(t *testing.T) {
			b, err := rolled(t, c.nodes, c.unavailable, map[string]any{"minAvailable": 2.})
			must(t, err)
			zones := map[string]int{}
			for _, n := range b.objects("kube:v1/Node") {
				if n.Attrs["releaseVersion"] != "1.35.7-20261003" {
					t.Errorf("node %s is on %v", n.ID, n.Attrs["releaseVersion"])
				}
				zone, _ := n.Attrs["zone"].(string)
				zones[zone]++
			}
			var sizes []int
			for _, n := range zones {
				sizes = append(sizes, n)
			}
			slices.Sort(sizes)
			want := []int{c.nodes / 2, (c.nodes + 1) / 2}
			if c.nodes == 1 {
				want = []int{1}
			}
			if diff := cmp.Diff(want, sizes); diff != "" {
				t.Errorf("nodes of each zone (-want +got):\n%s", diff)
			}
			if took := b.ops[len(b.ops)-1].Latency; took != c.takes {
				t.Errorf("the roll took %v, want %v", took, c.takes)
			}
			evictions := 0
			for _, s := range b.samples {
				for _, w := range s.Workloads {
					if w.ID != "default/web" {
						continue
					}
					if w.Ready < w.Minimum || w.Minimum != 2 {
						t.Errorf("%v %s: %d ready, %d have to stay", s.At, s.Cause, w.Ready, w.Minimum)
					}
					if w.Ready < w.Desired {
						evictions++
					}
				}
				if s.Nodes < c.nodes {
					t.Errorf("%v %s: %d nodes, the group has %d", s.At, s.Cause, s.Nodes, c.nodes)
				}
			}
			if evictions == 0 {
				t.Error("no pod of the application moved: this test would prove nothing")
			}
		})
	}
}

func TestARollThatABudgetStopsChangesNothing(t *testing.T) {
	b, err := rolled(t, 2, 1, map[string]any{"maxUnavailable": "0%"})
	if err == nil {
		t.Fatal("the roll passed a budget of none")
	}
	for _, n := range b.objects("kube:v1/Node") {
		if n.Attrs["releaseVersion"] != "1.35.6-20260818" || n.Attrs["unschedulable"] != nil {
			t.Errorf("node %s is changed: %v", n.ID, n.Attrs)
		}
	}
}
