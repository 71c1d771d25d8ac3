package kube

import (
	"strings"
	"testing"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
)

func chartNamed(t *testing.T, name string) *chart {
	t.Helper()
	for i := range charts {
		if charts[i].name == name {
			return &charts[i]
		}
	}
	t.Fatalf("the library has no chart %s", name)
	return nil
}

func TestTheCollectorChartRefusesWhatHelmWould(t *testing.T) {
	image := m{"repository": "otel/opentelemetry-collector-contrib"}
	for sentence, c := range map[string]struct {
		values m
		want   string
	}{
		"nothing said of the image":    {m{"mode": "daemonset"}, "'image.repository' must be set"},
		"nothing said of the mode":     {m{"image": image}, "'mode' must be set"},
		"a mode that it does not have": {m{"image": image, "mode": "job"}, "'mode' must be set"},
		"a key that it does not have":  {m{"image": image, "mode": "daemonset", "replicas": 2.}, "additional properties 'replicas' not allowed"},
		"what it needs and no more":    {m{"image": image, "mode": "statefulset"}, ""},
	} {
		t.Run(sentence, func(t *testing.T) {
			ch := chartNamed(t, "opentelemetry-collector")
			err := ch.refuses(render{chart: ch, release: "collector", namespace: "observability", values: c.values, minor: 36})
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

func TestWhatTheChartsOfTracesMake(t *testing.T) {
	ports := m{"otlp": m{"enabled": true, "servicePort": 4317., "containerPort": 4317.}, "zipkin": m{"enabled": false}}
	resources := m{"requests": m{"cpu": "200m", "memory": "256Mi"}}
	for sentence, c := range map[string]struct {
		chart, release string
		values         m
		want           []string
	}{
		"a collector on each node, with a service where it is asked for": {
			"opentelemetry-collector", "collector", m{"mode": "daemonset", "fullnameOverride": "collector", "service": m{"enabled": true}, "clusterRole": m{"create": true}, "ports": ports},
			[]string{"ClusterRole collector", "ClusterRoleBinding collector", "ConfigMap collector", "DaemonSet collector", "Service collector", "ServiceAccount collector"},
		},
		"gateways with a budget, and a monitor": {
			"opentelemetry-collector", "collector-gateway", m{
				"mode": "statefulset", "fullnameOverride": "collector-gateway", "replicaCount": 3., "resources": resources, "ports": ports,
				"podDisruptionBudget": m{"enabled": true, "maxUnavailable": 1.}, "podMonitor": m{"enabled": true}, "service": m{"clusterIP": "None"},
			},
			[]string{"ConfigMap collector-gateway", "PodDisruptionBudget collector-gateway", "PodMonitor collector-gateway", "Service collector-gateway", "ServiceAccount collector-gateway", "StatefulSet collector-gateway"},
		},
		"Jaeger with a configuration of its own": {
			"jaeger", "jaeger", m{"jaeger": m{"replicas": 2.}, "userconfig": m{"extensions": m{"sigv4auth": m{"region": "x"}}}},
			[]string{"ConfigMap user-config", "Deployment jaeger", "Service jaeger", "ServiceAccount jaeger"},
		},
		"Tempo": {
			"tempo", "tempo", m{"replicas": 3.}, []string{"ConfigMap tempo", "Service tempo", "ServiceAccount tempo", "StatefulSet tempo"},
		},
	} {
		t.Run(sentence, func(t *testing.T) {
			ch := chartNamed(t, c.chart)
			made, err := ch.render(render{chart: ch, release: c.release, namespace: "observability", values: c.values, minor: 36})
			if err != nil {
				t.Fatal(err)
			}
			mustBeMade(t, made, c.want)
		})
	}
}

// TestJaegerNeedsCredentialsWhereItSigns: without the extension it asks nobody.
func TestJaegerNeedsCredentialsWhereItSigns(t *testing.T) {
	ch := chartNamed(t, "jaeger")
	for config, want := range map[string]string{"sigv4auth": "jaeger", "basicauth": ""} {
		made, err := ch.render(render{chart: ch, release: "jaeger", namespace: "observability", minor: 36, values: m{"userconfig": m{"extensions": m{config: m{"region": "x"}}}}})
		if err != nil {
			t.Fatal(err)
		}
		if got := nested.Text(made[1], sandboxKey, "identity"); got != want {
			t.Errorf("%s: identity %q, want %q", config, got, want)
		}
	}
}
