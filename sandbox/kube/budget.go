package kube

import (
	"math"
	"strconv"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/world"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// BudgetStatus is a PodDisruptionBudget as its controller sees it.
type BudgetStatus struct {
	// ID is "<namespace>/<name>".
	ID string
	// Pods that it selects, Healthy ones, how many have to stay, and how many
	// may go now.
	Pods, Healthy, Wanted, Allowed int
}

// Budgets are the budgets of a cluster by ID. It only reads.
func Budgets(tx *world.Tx, endpoint string) []BudgetStatus {
	a := &api{tx: tx, scope: endpoint, minor: defaultMinor}
	if cluster := clusterAt(tx, endpoint); cluster != nil {
		a.adopt(cluster)
	}
	work, ready := a.workloads(), readyOf(a.schedule())
	var out []BudgetStatus
	for _, b := range a.budgets() {
		out = append(out, b.status(work, ready))
	}
	return out
}

// readyOf counts the ready pods of each workload.
func readyOf(placements map[string]*placement) map[string]int {
	out := map[string]int{}
	for key, p := range placements {
		out[key] = p.ready
	}
	return out
}

// disruptionBudget is a PodDisruptionBudget.
type disruptionBudget struct {
	id       string
	selector labels.Selector
	spec     map[string]any
}

func (a *api) budgets() []disruptionBudget {
	var out []disruptionBudget
	for _, o := range a.list("policy/v1", "PodDisruptionBudget") {
		b := disruptionBudget{id: o.ID, selector: labels.Nothing(), spec: nested.Object(o.Attrs, "spec")}
		if s := nested.Object(b.spec, "selector"); s != nil {
			b.selector = selectorOf(s)
		}
		out = append(out, b)
	}
	return out
}

// selectorOf reads a label selector; an empty one selects every pod.
func selectorOf(s map[string]any) labels.Selector {
	var ls metav1.LabelSelector
	if nested.At(s, "matchLabels") != nil {
		ls.MatchLabels = map[string]string{}
		for k := range nested.Object(s, "matchLabels") {
			ls.MatchLabels[k] = nested.Text(s, "matchLabels", k)
		}
	}
	for _, e := range nested.List(s, "matchExpressions") {
		m, _ := e.(map[string]any)
		r := metav1.LabelSelectorRequirement{Key: nested.Text(m, "key"), Operator: metav1.LabelSelectorOperator(nested.Text(m, "operator"))}
		for _, v := range nested.List(m, "values") {
			if value, is := v.(string); is {
				r.Values = append(r.Values, value)
			}
		}
		ls.MatchExpressions = append(ls.MatchExpressions, r)
	}
	out, err := metav1.LabelSelectorAsSelector(&ls)
	if err != nil {
		return labels.Nothing()
	}
	return out
}

func (b disruptionBudget) selects(w workload) bool {
	ns, _ := splitID(w.obj.ID)
	own, _ := splitID(b.id)
	set := labels.Set{}
	for k := range w.labels {
		set[k] = nested.Text(w.labels, k)
	}
	return ns == own && !w.daemon && w.obj.Kind != "kube:batch/v1/Job" && b.selector.Matches(set)
}

// status is what the disruption controller computes. Source: k8s.io/kubernetes
// 1.36, pkg/controller/disruption: percentages round up, both ways.
func (b disruptionBudget) status(work []workload, ready map[string]int) BudgetStatus {
	out := BudgetStatus{ID: b.id}
	for _, w := range work {
		if b.selects(w) {
			out.Pods += w.replicas
			out.Healthy += ready[w.key()]
		}
	}
	switch {
	case b.spec["maxUnavailable"] != nil:
		out.Wanted = max(0, out.Pods-scaled(b.spec["maxUnavailable"], out.Pods))
	case b.spec["minAvailable"] != nil:
		out.Wanted = scaled(b.spec["minAvailable"], out.Pods)
	}
	if out.Pods > 0 {
		out.Allowed = max(0, out.Healthy-out.Wanted)
	}
	return out
}

// scaled is a number, or a share of all in percent, rounded up.
func scaled(v any, all int) int {
	switch x := v.(type) {
	case float64:
		return int(x)
	case int:
		return x
	case string:
		percent, err := strconv.ParseFloat(strings.TrimSuffix(x, "%"), 64)
		if err != nil {
			return 0
		}
		return int(math.Ceil(percent * float64(all) / 100))
	}
	return 0
}
