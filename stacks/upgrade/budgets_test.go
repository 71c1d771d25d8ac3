package upgrade

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	cluster "github.com/ladder-platform/ladder/components/cluster/spec"
)

const shop = `
apiVersion: v1
kind: List
items:
- {apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop}, spec: {replicas: 3, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}}}}
- {apiVersion: v1, kind: ConfigMap, metadata: {name: x, namespace: shop}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec: {serviceName: db, selector: {matchLabels: {app: db}}, template: {metadata: {labels: {app: db, tier: data}}}}
---
`

func budget(name, spec string) string {
	return "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: " + name + ", namespace: shop, generation: 1}\n" + spec + "\n---\n"
}

func TestBudgetsThatStopADrain(t *testing.T) {
	const never, now = "can never let a pod go: it selects ", "lets no pod go now: "
	for name, c := range map[string]struct {
		budgets string
		want    []string
	}{
		"one may go":                       {budget("web", "spec: {maxUnavailable: 1, selector: {matchLabels: {app: web}}}"), nil},
		"a third may go":                   {budget("web", "spec: {maxUnavailable: 1%, selector: {matchLabels: {app: web}}}"), nil},
		"none may go":                      {budget("web", "spec: {maxUnavailable: 0, selector: {matchLabels: {app: web}}}"), []string{"shop/web (maxUnavailable 0) " + never + "3 of Deployment web"}},
		"as many must stay as there are":   {budget("web", "spec: {minAvailable: 3, selector: {matchLabels: {app: web}}}"), []string{"shop/web (minAvailable 3) " + never + "3 of Deployment web"}},
		"one less must stay":               {budget("web", "spec: {minAvailable: 2, selector: {matchLabels: {app: web}}}"), nil},
		"a share that rounds up to all":    {budget("web", "spec: {minAvailable: 67%, selector: {matchLabels: {app: web}}}"), []string{"shop/web (minAvailable 67%) " + never}},
		"a share that rounds up to two":    {budget("web", "spec: {minAvailable: 66%, selector: {matchLabels: {app: web}}}"), nil},
		"the only replica must stay":       {budget("db", "spec: {minAvailable: 1, selector: {matchLabels: {app: db}}}"), []string{"shop/db (minAvailable 1) " + never + "1 of StatefulSet db"}},
		"an expression that selects both":  {budget("all", "spec: {minAvailable: 4, selector: {matchExpressions: [{key: app, operator: Exists}]}}"), []string{"shop/all (minAvailable 4) " + never + "4 of Deployment web, StatefulSet db"}},
		"a budget of nobody":               {budget("old", "spec: {minAvailable: 1, selector: {matchLabels: {app: old}}}"), nil},
		"a budget of nobody that never":    {budget("old", "spec: {maxUnavailable: 0, selector: {matchLabels: {app: old}}}"), []string{"warning: clusters.main: PodDisruptionBudget shop/old (maxUnavailable 0) lets no pod go, whatever it selects"}},
		"a live budget of nobody":          {budget("old", "spec: {maxUnavailable: 0, selector: {matchLabels: {app: old}}}\nstatus: {observedGeneration: 1, expectedPods: 0, disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0}"), nil},
		"pods that are not healthy now":    {budget("web", "spec: {minAvailable: 2, selector: {matchLabels: {app: web}}}\nstatus: {observedGeneration: 1, expectedPods: 3, disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2}"), []string{"shop/web (minAvailable 2) " + now + "2 of 3 pods are healthy, and 2 have to stay"}},
		"live pods of another kind":        {budget("op", "spec: {minAvailable: 2, selector: {matchLabels: {app: op}}}\nstatus: {observedGeneration: 1, expectedPods: 2, disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2}"), []string{"shop/op (minAvailable 2) " + never + "2 of others"}},
		"two budgets of the same pods":     {budget("a", "spec: {maxUnavailable: 1, selector: {matchLabels: {app: web}}}") + budget("b", "spec: {maxUnavailable: 1, selector: {}}"), []string{"Deployment shop/web has more than one PodDisruptionBudget (a, b)"}},
		"a budget of another namespace":    {strings.ReplaceAll(budget("web", "spec: {maxUnavailable: 0, selector: {matchLabels: {app: web}}}"), "shop", "other"), []string{"warning: clusters.main: PodDisruptionBudget other/web"}},
		"a budget without a rule for pods": {budget("web", "spec: {selector: {matchLabels: {app: web}}}"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			w, err := ReadWorkloads(strings.NewReader(shop + c.budgets))
			if err != nil {
				t.Fatal(err)
			}
			got := w.Blocking("clusters.main")
			if len(got) != len(c.want) {
				t.Fatalf("findings %v, want %d", got, len(c.want))
			}
			for i, want := range c.want {
				if !strings.Contains(got[i].String(), want) || got[i].Fix == "" {
					t.Errorf("finding %q, want %q in it", got[i], want)
				}
			}
		})
	}
}

func TestReadWorkloadsRefuses(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"nothing":                    {"", "there is no workload in it"},
		"only others":                {"apiVersion: v1\nkind: ConfigMap\n", "there is no workload in it"},
		"no YAML":                    {"a: [", "document 1 is not readable"},
		"a wrong type":               {"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\nspec: {replicas: many}\n", "document 1, item 1: Deployment"},
		"a selector that is none":    {budget("x", "spec: {selector: {matchExpressions: [{key: a, operator: Is}]}}"), "PodDisruptionBudget shop/x"},
		"the second document of two": {shop + "a: [", "document 3 is not readable"},
	} {
		if _, err := ReadWorkloads(strings.NewReader(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestABudgetBlocksAClimbThatMovesPods(t *testing.T) {
	w, err := ReadWorkloads(strings.NewReader(shop + budget("web", "spec: {maxUnavailable: 0, selector: {matchLabels: {app: web}}}")))
	if err != nil {
		t.Fatal(err)
	}
	in := input(t)
	in.Workloads = map[string]Workloads{"main": w}
	const want = `clusters.main: PodDisruptionBudget shop/web (maxUnavailable 0) can never let a pod go: it selects 3 of Deployment web, all of which have to stay; every drain stops at it`
	p := New(in)
	if diff := cmp.Diff([]string{want}, errorsOf(p)); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
	if p.Budgets != "main: 2 workloads, 1 budget" {
		t.Errorf("looked at %q", p.Budgets)
	}
	c := in.Stack.Clusters["main"]
	c.NodeGroups = map[string]cluster.NodeGroup{}
	in.Stack.Clusters["main"] = c
	if got := errorsOf(New(in)); len(got) != 0 {
		t.Errorf("no pod moves, and it is blocked: %q", got)
	}
}
