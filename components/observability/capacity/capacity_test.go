package capacity

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/components/observability/spec"
)

// TestEveryWorkloadIsBounded: requests, a limit that is no lower, and a reason.
func TestEveryWorkloadIsBounded(t *testing.T) {
	c := spec.Config{
		Metrics: &spec.Metrics{Thanos: &spec.Thanos{}}, Grafana: &spec.Grafana{}, Kiali: &spec.Kiali{}, OpenSearch: &spec.OpenSearch{}, Kafka: &spec.Kafka{},
		Logs: &spec.Logs{Loki: &spec.Loki{}}, Traces: &spec.Traces{Jaeger: &spec.Jaeger{}, Tempo: &spec.Tempo{}},
	}.WithDefaults()
	seen := map[string]bool{}
	for _, w := range Of(c) {
		if seen[w.Name] || w.CPU <= 0 || w.Memory <= 0 || w.Limit() < w.Memory || w.Why == "" || (w.Kind == DaemonSet) != (w.Replicas == 0) {
			t.Errorf("%+v", w)
		}
		seen[w.Name] = true
	}
	for _, name := range []string{Prometheus, Grafana, Kiali, Loki, LogsAgent, Agent, Gateway, Jaeger, Tempo} {
		if !seen[name] {
			t.Errorf("%s is not counted", name)
		}
	}
	if none := Of(spec.Config{}); len(none) > 0 {
		t.Errorf("a section that asks for nothing runs %v", none)
	}
}

func TestResourcesOfAChart(t *testing.T) {
	want := map[string]any{
		"requests": map[string]any{"cpu": "250m", "memory": "1024Mi"}, "limits": map[string]any{"memory": "2048Mi"},
	}
	if diff := cmp.Diff(want, Workload{CPU: 250, Memory: 1024, MemoryLimit: 2048}.Resources()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
