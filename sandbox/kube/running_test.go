package kube

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/world"
)

// TestExternalSecretsHasBudgetsWhereValuesAskForThem: the chart has one for each
// of its three Deployments, off by default.
func TestExternalSecretsHasBudgetsWhereValuesAskForThem(t *testing.T) {
	on := map[string]any{"podDisruptionBudget": map[string]any{"enabled": true, "minAvailable": 2.}}
	tests := map[string]struct {
		values map[string]any
		want   map[string]any // minAvailable by name
	}{
		"by default none":     {map[string]any{}, map[string]any{}},
		"of the operator":     {map[string]any{"podDisruptionBudget": map[string]any{"enabled": true}}, map[string]any{"external-secrets-pdb": 1.}},
		"of the webhook":      {map[string]any{"webhook": on}, map[string]any{"external-secrets-webhook-pdb": 2.}},
		"of the certificates": {map[string]any{"certController": on}, map[string]any{"external-secrets-cert-controller-pdb": 2.}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, err := findChart("external-secrets", "https://charts.external-secrets.io")
			if err != nil {
				t.Fatal(err)
			}
			objects, err := renderExternalSecrets(render{chart: c, release: "external-secrets", namespace: "es", values: tt.values})
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]any{}
			for _, o := range objects {
				if o["kind"] == "PodDisruptionBudget" {
					got[nested.Text(o, "metadata", "name")] = nested.At(o, "spec", "minAvailable")
					if nested.At(o, "spec", "maxUnavailable") != nil {
						t.Error("the budget has both limits")
					}
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestRunningIsWhatBudgetsAreAbout: Deployments and StatefulSets with the pods
// that are ready, and what their budget asks for.
func TestRunningIsWhatBudgetsAreAbout(t *testing.T) {
	const endpoint = "https://x"
	w := world.New(1, start)
	put := func(kind, id string, attrs map[string]any) {
		if err := w.Tx(func(tx *world.Tx) error {
			tx.Put(&world.Object{Kind: kind, Scope: endpoint, ID: id, Name: id, Attrs: attrs})
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	app := func(name string, replicas float64) map[string]any {
		labels := map[string]any{"app": name}
		return map[string]any{"metadata": map[string]any{"namespace": "a", "name": name}, "spec": map[string]any{"replicas": replicas,
			"template": map[string]any{"metadata": map[string]any{"labels": labels}, "spec": map[string]any{"containers": []any{}}}}}
	}
	put("kube:v1/Node", "n", map[string]any{"ready": true, "allocatable": map[string]any{"cpu": "4", "memory": "8Gi", "pods": 4.}})
	put("kube:apps/v1/Deployment", "a/web", app("web", 3))
	put("kube:apps/v1/StatefulSet", "a/db", app("db", 2))
	put("kube:apps/v1/DaemonSet", "a/agent", app("agent", 0))
	put("kube:policy/v1/PodDisruptionBudget", "a/web", map[string]any{"metadata": map[string]any{"namespace": "a"},
		"spec": map[string]any{"maxUnavailable": 1., "selector": map[string]any{"matchLabels": map[string]any{"app": "web"}}}})
	var got []Availability
	w.View(func(tx *world.Tx) { got = Running(tx, endpoint) })
	want := []Availability{
		{Kind: "Deployment", ID: "a/web", Desired: 3, Ready: 3, Minimum: 2, Budget: "a/web"},
		{Kind: "StatefulSet", ID: "a/db", Desired: 2, Ready: 0},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
