package rehearse

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/deps"
	"github.com/ladder-platform/ladder/sandbox/fault"
	"github.com/ladder-platform/ladder/sandbox/kube"
	"github.com/ladder-platform/ladder/sandbox/world"
)

func TestOrder(t *testing.T) {
	const cluster, group, addon, chart = "aws:eks/cluster:Cluster", "aws:eks/nodeGroup:NodeGroup", "aws:eks/addon:Addon", "kubernetes:helm.sh/v3:Release"
	begin := func(kind, op, name string) sandbox.Event {
		return sandbox.Event{URN: "urn::" + name, Type: kind, Name: name, Op: op}
	}
	end := func(kind, op, name string) sandbox.Event {
		e := begin(kind, op, name)
		e.Done = true
		return e
	}
	both := func(kind, name string) []sandbox.Event {
		return []sandbox.Event{begin(kind, "update", name), end(kind, "update", name)}
	}
	join := func(parts ...[]sandbox.Event) (out []sandbox.Event) {
		for _, p := range parts {
			out = append(out, p...)
		}
		return out
	}
	tests := map[string]struct {
		events []sandbox.Event
		want   []string
	}{
		"control plane, CNI, nodes, add-ons, charts": {join(both(cluster, "cluster-main-eks"), both(addon, "cluster-main-addon-vpc-cni"),
			both(group, "cluster-main-ng-a"), both(addon, "cluster-main-addon-coredns"), both(chart, "cluster-main-x")), nil},
		"an add-on before the nodes": {join(both(addon, "cluster-main-addon-coredns"), both(group, "cluster-main-ng-a")),
			[]string{"order: update of add-on cluster-main-addon-coredns began before update of node group cluster-main-ng-a had ended"}},
		"nodes while the control plane climbs": {[]sandbox.Event{begin(cluster, "update", "cluster-main-eks"), begin(group, "update", "cluster-main-ng-a"),
			end(cluster, "update", "cluster-main-eks"), end(group, "update", "cluster-main-ng-a")},
			[]string{"order: update of node group cluster-main-ng-a began before update of control plane cluster-main-eks had ended"}},
		"nodes after a control plane that did not end": {[]sandbox.Event{begin(cluster, "update", "cluster-main-eks"), begin(group, "update", "cluster-main-ng-a")},
			[]string{"order: update of node group cluster-main-ng-a began before update of control plane cluster-main-eks had ended"}},
		"two node groups side by side": {[]sandbox.Event{begin(group, "update", "cluster-main-ng-a"), begin(group, "update", "cluster-main-ng-b"),
			end(group, "update", "cluster-main-ng-b"), end(group, "update", "cluster-main-ng-a")}, nil},
		"the cluster before is done": {join(both(addon, "cluster-blue-addon-coredns"), both(cluster, "cluster-main-eks"), both(group, "cluster-main-ng-a")), nil},
		"two clusters together": {join(both(cluster, "cluster-main-eks"), both(cluster, "cluster-blue-eks")),
			[]string{"order: update of control plane cluster-main-eks began before update of control plane cluster-blue-eks had ended"}},
		"the mesh of a cluster is part of its turn": {join(both(cluster, "cluster-main-eks"), both(chart, "mesh-blue-istiod")),
			[]string{"order: update of control plane cluster-main-eks began before update of chart mesh-blue-istiod had ended"}},
		"a mesh before its cluster's add-ons": {join(both(chart, "mesh-main-istiod"), both(addon, "cluster-main-addon-coredns")),
			[]string{"order: update of chart mesh-main-istiod began before update of add-on cluster-main-addon-coredns had ended"}},
		"the edge is over all clusters": {join(both(cluster, "cluster-blue-eks"), both(chart, "mesh-blue-istiod"), both(cluster, "cluster-main-eks"), both(chart, "edge-blue-controller"),
			both(chart, "mesh-main-istiod"), both(chart, "edge-main-controller")), nil},
		"what stays":       {join([]sandbox.Event{begin(addon, "same", "cluster-main-addon-coredns")}, both(group, "cluster-main-ng-a")), nil},
		"removals go last": {join(both(addon, "cluster-main-addon-coredns"), []sandbox.Event{begin(group, "delete", "cluster-main-ng-a")}), nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, Order(tt.events)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestOrderDown(t *testing.T) {
	gone := func(kind, name string) []sandbox.Event {
		e := sandbox.Event{URN: "urn::" + name, Type: kind, Name: name, Op: "delete"}
		end := e
		end.Done = true
		return []sandbox.Event{e, end}
	}
	const cluster, group, addon = "aws:eks/cluster:Cluster", "aws:eks/nodeGroup:NodeGroup", "aws:eks/addon:Addon"
	right := slices.Concat(gone(addon, "cluster-main-addon-coredns"), gone(group, "cluster-main-ng-a"), gone(addon, "cluster-main-addon-vpc-cni"), gone(cluster, "cluster-main-eks"))
	if got := OrderDown(right); got != nil {
		t.Errorf("the right order is refused: %v", got)
	}
	wrong := slices.Concat(gone(addon, "cluster-main-addon-vpc-cni"), gone(group, "cluster-main-ng-a"))
	want := []string{"order: delete of CNI and agent cluster-main-addon-vpc-cni began before delete of node group cluster-main-ng-a had ended"}
	if diff := cmp.Diff(want, OrderDown(wrong)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTaintedBeforeThereIsCapacity(t *testing.T) {
	event := func(op, name string, done bool) sandbox.Event {
		return sandbox.Event{URN: "urn::" + name, Type: "aws:eks/nodeGroup:NodeGroup", Name: name, Op: op, Done: done}
	}
	const blue, green, other = "cluster-main-ng-general-blue", "cluster-main-ng-general-green", "cluster-main-ng-system-main"
	drains := map[string]string{blue: "cluster-main-ng-general-"}
	tests := map[string]struct {
		events []sandbox.Event
		want   []string
	}{
		"the new slot is there first": {[]sandbox.Event{event("create", green, false), event("create", green, true), event("update", blue, false), event("update", blue, true)}, nil},
		"both at once": {[]sandbox.Event{event("update", blue, false), event("create", green, false), event("create", green, true), event("update", blue, true)},
			[]string{"taint before capacity: update of node group cluster-main-ng-general-blue began before create of node group cluster-main-ng-general-green had ended"}},
		"a group that has nothing to do with it": {[]sandbox.Event{event("update", blue, false), event("create", other, false), event("create", other, true), event("update", blue, true)}, nil},
		"a slot that was there before":           {[]sandbox.Event{event("update", blue, false), event("update", green, false), event("update", green, true), event("update", blue, true)}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tainted(tt.events, drains)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAWatchIsToldFromInsideATransactionAndOutside(t *testing.T) {
	w, watch := world.New(1, time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)), WatchBudgets()
	done := make(chan error, 1)
	told := make(chan struct{})
	go func() {
		done <- w.Tx(func(*world.Tx) error {
			go func() {
				watch.Operation(w, deps.Operation{Verb: deps.Update})
				close(told)
			}()
			time.Sleep(50 * time.Millisecond) // time for the other to take what it would hold
			watch.Sample(kube.Sample{Cause: "evicted 1 pod"})
			return nil
		})
	}()
	select {
	case err := <-done:
		if err != nil {
			t.Fatal(err)
		}
		<-told
	case <-time.After(10 * time.Second):
		t.Fatal("a sample and an operation wait for each other")
	}
}

func TestReadWorkloads(t *testing.T) {
	const list = `apiVersion: v1
kind: List
items:
- apiVersion: apps/v1
  kind: Deployment
  metadata: { name: shop, namespace: apps, labels: { app: shop }, resourceVersion: "7", uid: x }
  spec: { replicas: 4 }
  status: { readyReplicas: 4 }
---
{"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "shop", "namespace": "apps"}, "spec": {"minAvailable": "75%"}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db }
spec: { replicas: 3 }
`
	got, err := ReadWorkloads("w.yaml", []byte(list))
	if err != nil {
		t.Fatal(err)
	}
	want := []*world.Object{
		{Kind: "kube:apps/v1/Deployment", ID: "apps/shop", Name: "shop", Attrs: map[string]any{"apiVersion": "apps/v1", "kind": "Deployment",
			"metadata": map[string]any{"name": "shop", "namespace": "apps", "labels": map[string]any{"app": "shop"}}, "spec": map[string]any{"replicas": 4.}}},
		{Kind: "kube:policy/v1/PodDisruptionBudget", ID: "apps/shop", Name: "shop", Attrs: map[string]any{"apiVersion": "policy/v1", "kind": "PodDisruptionBudget",
			"metadata": map[string]any{"name": "shop", "namespace": "apps"}, "spec": map[string]any{"minAvailable": "75%"}}},
		{Kind: "kube:apps/v1/StatefulSet", ID: "default/db", Name: "db", Attrs: map[string]any{"apiVersion": "apps/v1", "kind": "StatefulSet",
			"metadata": map[string]any{"name": "db", "namespace": "default"}, "spec": map[string]any{"replicas": 3.}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for name, tt := range map[string]struct{ text, says string }{
		"a kind that is none":      {"apiVersion: v1\nkind: Pod\nmetadata: { name: a }\n", `"v1 Pod" is no workload that a rehearsal takes`},
		"a workload without name":  {"apiVersion: apps/v1\nkind: Deployment\nmetadata: {}\n", "has no metadata.name"},
		"nothing":                  {"# nothing\n", "holds no workload"},
		"a list of nothing":        {"apiVersion: v1\nkind: List\nitems: []\n", "holds no workload"},
		"a second document broken": {"apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: a }\n---\n{", "document 2 is not readable"},
	} {
		if _, err := ReadWorkloads("w.yaml", []byte(tt.text)); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: error %v, want %q", name, err, tt.says)
		}
	}
}

func TestParseFaults(t *testing.T) {
	for name, tt := range map[string]struct {
		args []string
		want Faults
		says string
	}{
		"nothing":            {nil, Faults{}, ""},
		"all":                {[]string{"all"}, Faults{All: true}, ""},
		"a sample":           {[]string{"12"}, Faults{Sample: 12}, ""},
		"a fault":            {[]string{"update:aws:eks/nodeGroup:NodeGroup:lost"}, Faults{Chosen: []fault.Fault{{Verb: "update", Type: "aws:eks/nodeGroup:NodeGroup", Kind: fault.Lost}}}, ""},
		"none at all":        {[]string{"0"}, Faults{}, "try at least one"},
		"a word":             {[]string{"some"}, Faults{}, `"some" is neither all, nor a number, nor a fault`},
		"a slow one":         {[]string{"*:*:slow"}, Faults{}, "changes virtual time only"},
		"a kind that is not": {[]string{"*:*:late"}, Faults{}, `the kind "late" is not`},
	} {
		got, err := ParseFaults(tt.args)
		switch {
		case tt.says != "":
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%s: error %v, want %q", name, err, tt.says)
			}
		case err != nil:
			t.Errorf("%s: %v", name, err)
		default:
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
	}
}
