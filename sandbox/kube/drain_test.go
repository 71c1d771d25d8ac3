package kube

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/sandbox/deps"
	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/world"
)

const typeBudget = "kubernetes:policy/v1:PodDisruptionBudget"

func budgetInputs(name, app string, spec m) m {
	return with(inSystem(name), m{"spec": with(spec, m{"selector": m{"matchLabels": m{"app": app}}})})
}

// drainInputs is a Job that drains node a (label zone=za) from node b.
func drainInputs(more ...string) m {
	args := []any{"drain", "--selector=zone=za", "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=15m"}
	for _, a := range more {
		args = append(args, a)
	}
	return m{"metadata": m{"name": "drain", "namespace": "kube-system", "annotations": m{replaceUnready: "true"}}, "spec": m{
		"backoffLimit": 0, "template": m{"spec": m{
			"serviceAccountName": "drain", "restartPolicy": "Never", "nodeSelector": m{"zone": "zb"},
			"containers": []any{m{"name": "drain", "image": "registry.k8s.io/kubectl:v1.36.2", "args": args}},
		}},
	}}
}

// drainAccount lets the service account drain do what kubectl drain does.
func drainAccount(b *bench) {
	rule := func(group, resource string, verbs ...any) m {
		return m{"apiGroups": []any{group}, "resources": []any{resource}, "verbs": verbs}
	}
	b.must("kubernetes:core/v1:ServiceAccount", "drain", inSystem("drain"))
	b.must("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", "drain", m{"metadata": m{"name": "drain"}, "rules": []any{
		rule("", "nodes", "get", "list", "patch"), rule("", "pods", "get", "list"), rule("", "pods/eviction", "create"), rule("apps", "daemonsets", "get"),
	}})
	b.must("kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding", "drain", m{"metadata": m{"name": "drain"},
		"roleRef":  m{"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "drain"},
		"subjects": []any{m{"kind": "ServiceAccount", "name": "drain", "namespace": "kube-system"}}})
}

// podsOf are the nodes of a Deployment's pods.
func (b *bench) podsOf(name string) (out []string) {
	b.world.View(func(tx *world.Tx) {
		a := &api{tx: tx, scope: endpoint, minor: 36}
		out = a.schedule()["kube:apps/v1/Deployment kube-system/"+name].nodes
	})
	return out
}

// listen collects the samples of one Deployment as "cause: ready of desired, minimum".
func (b *bench) listen(name string) *[]string {
	var out []string
	b.inside.Listen(func(s Sample) {
		for _, w := range s.Workloads {
			if w.ID == "kube-system/"+name {
				out = append(out, fmt.Sprintf("%v %s: %d of %d, minimum %d, %d of %d nodes open", s.At, s.Cause, w.Ready, w.Desired, w.Minimum, s.Open, s.Nodes))
			}
		}
	})
	return &out
}

func TestADrainMovesPodsWithinTheirBudget(t *testing.T) {
	b := newBench(t)
	drainAccount(b)
	b.must(typeDeployment, "web", deploymentInputs("web", 6, "10m")) // two of them on a, beside both CoreDNS pods
	b.must(typeBudget, "web", budgetInputs("web", "web", m{"maxUnavailable": 1}))
	seen := b.listen("web")
	b.must(typeJob, "drain", drainInputs())
	if got := strings.Join(b.podsOf("web"), " "); got != "b b b b b b" {
		t.Errorf("the pods are on %q, want all on b", got)
	}
	want := []string{
		"0s evicted 2 pods of a: 5 of 6, minimum 5, 1 of 2 nodes open", // one of web, one of CoreDNS
		"30s replacements ready: 6 of 6, minimum 5, 1 of 2 nodes open",
		"30s evicted 2 pods of a: 5 of 6, minimum 5, 1 of 2 nodes open",
		"1m0s replacements ready: 6 of 6, minimum 5, 1 of 2 nodes open",
	}
	if diff := cmp.Diff(want, *seen); diff != "" {
		t.Errorf("samples (-want +got):\n%s", diff)
	}
	if last := b.ops[len(b.ops)-1]; last.Latency != time.Minute {
		t.Errorf("the Job took %v, two rounds of evictions take a minute", last.Latency)
	}
	b.must(typeDeployment, "late", deploymentInputs("late", 1, "10m"))
	if got := b.podsOf("late"); len(got) != 1 || got[0] != "b" {
		t.Errorf("a new pod is on %q: node a must stay cordoned", got)
	}
}

func TestADrainWithoutBudgetTakesAllPodsOfANodeAtOnce(t *testing.T) {
	b := newBench(t)
	drainAccount(b)
	in := deploymentInputs("web", 2, "10m")
	b.must(typeDeployment, "web", in)
	b.tx(func(tx *world.Tx) { // both pods on node a
		a := b.inside.open(tx, endpoint)
		p := a.schedule()
		p["kube:apps/v1/Deployment kube-system/web"].nodes = []string{"a", "a"}
		a.bind(p)
	})
	seen := b.listen("web")
	b.must(typeJob, "drain", drainInputs())
	if len(*seen) == 0 || !strings.Contains((*seen)[0], "0 of 2, minimum 0") {
		t.Errorf("samples %q: no budget keeps a pod, so none is ready for a moment", *seen)
	}
}

func TestADrainWithNowhereToGoIsBlockedByTheBudget(t *testing.T) {
	b := newBench(t)
	drainAccount(b)
	b.must(typeDeployment, "web", deploymentInputs("web", 2, "1000m")) // one fits on a node
	b.must(typeBudget, "web", budgetInputs("web", "web", m{"maxUnavailable": "50%"}))
	b.must(typeBudget, "other", budgetInputs("other", "nobody", m{"minAvailable": 1}))
	err := b.apply(typeJob, "drain", drainInputs())
	// The first pod goes, finds no place, and the budget is used up; nothing of web is left on node a.
	if err != nil {
		t.Fatalf("one of two may go: %v", err)
	}
	b.world.View(func(tx *world.Tx) {
		want := []BudgetStatus{
			{"kube-system/coredns", 2, 2, 1, 1}, {"kube-system/other", 0, 0, 1, 0}, {"kube-system/web", 2, 1, 1, 0},
		}
		if diff := cmp.Diff(want, Budgets(tx, endpoint)); diff != "" {
			t.Errorf("budgets (-want +got):\n%s", diff)
		}
	})
}

func TestABlockedDrainIsMadeAnewWhenItIsMended(t *testing.T) {
	b := newBench(t)
	drainAccount(b)
	b.must(typeDeployment, "web", deploymentInputs("web", 4, "10m"))
	b.must(typeBudget, "web", budgetInputs("web", "web", m{"minAvailable": "100%"}))
	err := b.apply(typeJob, "drain", drainInputs())
	for _, want := range []string{
		"Job has reached the specified backoff limit",
		`container "drain" completed with exit code 1: error when evicting pods/"kube-system/web": Cannot evict pod as it would violate the pod's disruption budget`,
		`container "budgets": kube-system/web: Cannot evict pod`,
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
	if last := b.ops[len(b.ops)-1]; last.Latency != 15*time.Minute {
		t.Errorf("the Job gave up after %v, its timeout is 15m", last.Latency)
	}
	d := b.diff(typeJob, "drain", drainInputs())
	if len(d.ReplaceKeys) != 1 || !d.DeleteBeforeReplace {
		t.Errorf("the failed Job is not replaced: %+v", d)
	}
	if err := b.apply(typeJob, "drain", drainInputs()); err == nil {
		t.Error("an update of the failed Job succeeds")
	}
	b.must(typeBudget, "web", budgetInputs("web", "web", m{"minAvailable": "50%"}))
	if err := b.remove(typeJob, "drain"); err != nil {
		t.Fatal(err)
	}
	b.must(typeJob, "drain", drainInputs())
	if d := b.diff(typeJob, "drain", drainInputs()); len(d.ReplaceKeys) != 0 {
		t.Errorf("a Job that has completed is replaced: %+v", d.ReplaceKeys)
	}
}

func TestATaintLeavesWhatRunsAndNoExecuteDoesNot(t *testing.T) {
	for effect, want := range map[string]string{"NO_SCHEDULE": "a b b b", "NoSchedule": "a b b b", "NoExecute": "b b b b"} {
		b := newBench(t)
		b.must(typeDeployment, "web", deploymentInputs("web", 4, "10m"))
		b.tx(func(tx *world.Tx) {
			n, _ := tx.Get(world.Key{Kind: kindNode, Scope: endpoint, ID: "a"})
			n.Attrs["taints"] = []any{m{"key": "ladder/draining", "value": "true", "effect": effect}}
			tx.Put(n)
			b.inside.open(tx, endpoint).reconcile()
		})
		if got := strings.Join(sortedCopy(b.podsOf("web")), " "); got != want {
			t.Errorf("%s: the pods are on %q, want %q", effect, got, want)
		}
	}
}

func TestANodeThatGoesTakesItsPodsAndIsSeen(t *testing.T) {
	b := newBench(t)
	b.must(typeDeployment, "web", deploymentInputs("web", 4, "10m"))
	seen := b.listen("web")
	b.tx(func(tx *world.Tx) { b.inside.NodeRemoved(tx, endpoint, "a") })
	if len(*seen) != 1 || !strings.Contains((*seen)[0], "3 pods went with node a: 3 of 4") {
		t.Errorf("samples %q", *seen)
	}
	if got := strings.Join(b.podsOf("web"), " "); got != "b b b b" {
		t.Errorf("the pods are on %q", got)
	}
}

func TestANewTemplateIsPlacedAnew(t *testing.T) {
	b := newBench(t)
	b.must(typeDeployment, "web", deploymentInputs("web", 4, "10m"))
	in := deploymentInputs("web", 4, "10m")
	in["spec"].(m)["template"].(m)["spec"].(m)["nodeSelector"] = m{"zone": "zb"}
	b.must(typeDeployment, "web", in)
	if got := strings.Join(b.podsOf("web"), " "); got != "b b b b" {
		t.Errorf("the pods are on %q, the selector says b", got)
	}
}

func TestNodesAreDrainedSideBySideAndGoWhenTheyAreEmpty(t *testing.T) {
	b := newBench(t)
	b.node("c", nil)
	b.must(typeDeployment, "web", deploymentInputs("web", 3, "10m"))
	b.must(typeBudget, "web", budgetInputs("web", "web", m{"minAvailable": 2}))
	var gone []string
	b.tx(func(tx *world.Tx) {
		took, blocked := b.inside.Drain(tx, endpoint, deps.Drain{URN: "u", Nodes: []string{"a", "b"}, AtOnce: 2, Each: 400 * time.Second,
			Gone: func(n string) { gone = append(gone, n); b.inside.NodeRemoved(tx, endpoint, n) }})
		if blocked != nil || took != 400*time.Second {
			t.Errorf("took %v, blocked %+v", took, blocked)
		}
	})
	if got := strings.Join(gone, " ") + ": " + strings.Join(b.podsOf("web"), " "); got != "a b: c c c" {
		t.Errorf("got %q", got)
	}
}

func TestHowManyPodsABudgetKeeps(t *testing.T) {
	pod := func(kind, id, app string, replicas int) workload {
		return workload{obj: &world.Object{Kind: "kube:apps/v1/" + kind, ID: id}, replicas: replicas, labels: m{"app": app}, daemon: kind == "DaemonSet"}
	}
	work := []workload{pod("Deployment", "x/a", "web", 3), pod("StatefulSet", "x/b", "web", 4), pod("Deployment", "x/c", "db", 5),
		pod("Deployment", "y/a", "web", 9), pod("DaemonSet", "x/d", "web", 9)}
	ready := map[string]int{}
	for _, w := range work {
		ready[w.key()] = w.replicas
	}
	ready[work[0].key()] = 2
	for name, c := range map[string]struct {
		spec m
		want BudgetStatus
	}{
		"a number that stays":                {m{"minAvailable": 4., "selector": m{"matchLabels": m{"app": "web"}}}, BudgetStatus{"x/p", 7, 6, 4, 2}},
		"a share that stays rounds up":       {m{"minAvailable": "50%", "selector": m{"matchLabels": m{"app": "web"}}}, BudgetStatus{"x/p", 7, 6, 4, 2}},
		"a number that may go":               {m{"maxUnavailable": 1., "selector": m{"matchLabels": m{"app": "web"}}}, BudgetStatus{"x/p", 7, 6, 6, 0}},
		"a share that may go rounds up":      {m{"maxUnavailable": "50%", "selector": m{"matchLabels": m{"app": "web"}}}, BudgetStatus{"x/p", 7, 6, 3, 3}},
		"all must stay":                      {m{"minAvailable": "100%", "selector": m{"matchLabels": m{"app": "web"}}}, BudgetStatus{"x/p", 7, 6, 7, 0}},
		"more than there are":                {m{"minAvailable": 9., "selector": m{"matchLabels": m{"app": "web"}}}, BudgetStatus{"x/p", 7, 6, 9, 0}},
		"an empty selector is the namespace": {m{"maxUnavailable": 2., "selector": m{}}, BudgetStatus{"x/p", 12, 11, 10, 1}},
		"no selector is nobody":              {m{"maxUnavailable": 2.}, BudgetStatus{ID: "x/p"}},
		"an expression":                      {m{"maxUnavailable": 2., "selector": m{"matchExpressions": []any{m{"key": "app", "operator": "In", "values": []any{"db"}}}}}, BudgetStatus{"x/p", 5, 5, 3, 2}},
	} {
		b := disruptionBudget{id: "x/p", spec: c.spec}
		if s := nested.Object(c.spec, "selector"); s != nil {
			b.selector = selectorOf(s)
		} else {
			b.selector = selectorOf(m{"matchExpressions": []any{m{"key": "", "operator": "broken"}}})
		}
		if diff := cmp.Diff(c.want, b.status(work, ready)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func sortedCopy(in []string) []string {
	out := append([]string(nil), in...)
	slices.Sort(out)
	return out
}
