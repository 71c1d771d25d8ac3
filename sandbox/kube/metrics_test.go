package kube

import (
	"strings"
	"testing"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
)

// prometheusValues are those that make two servers with a sidecar.
func prometheusValues() m {
	return m{
		"fullnameOverride":   "metrics",
		"prometheusOperator": m{"prometheusConfigReloader": m{"resources": m{"requests": m{"cpu": "10m", "memory": "64Mi"}}}},
		"prometheus": m{"prometheusSpec": m{
			"replicas": 2., "resources": m{"requests": m{"cpu": "500m", "memory": "2Gi"}},
			"thanos": m{"resources": m{"requests": m{"cpu": "50m", "memory": "256Mi"}}},
		}},
	}
}

func metricsRelease(t *testing.T, b *bench, values m) error {
	t.Helper()
	b.must(tokenRelease, "crds", chartRelease("crds", "prometheus-operator-crds", prometheusCommunity, "31.0.1", nil))
	return b.apply(tokenRelease, "metrics", chartRelease("metrics", "kube-prometheus-stack", prometheusCommunity, "88.5.3", values))
}

func TestASidecarWithoutItsRoleStopsPrometheus(t *testing.T) {
	b := newBench(t)
	b.node("large", nil)
	err := metricsRelease(t, b, prometheusValues())
	if err == nil || !strings.Contains(err.Error(), `no AWS credentials for service account "metrics-prometheus"`) {
		t.Errorf("%v", err)
	}
}

func TestAPodOfPrometheusAsksForAllItsContainers(t *testing.T) {
	objs, err := renderPrometheusStack(render{chart: &chart{name: "kube-prometheus-stack"}, release: "metrics", namespace: "x", values: prometheusValues(), minor: 36})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range objs {
		if nested.Text(o, "kind") != "StatefulSet" || nested.Text(o, "metadata", "name") != "prometheus-metrics-prometheus" {
			continue
		}
		c, _ := nested.List(o, "spec", "template", "spec", "containers")[0].(map[string]any)
		if cpu, memory := nested.Text(c, "resources", "requests", "cpu"), nested.Text(c, "resources", "requests", "memory"); cpu != "560m" || memory != "2368Mi" {
			t.Errorf("asks for %s and %s, want 500+10+50 and 2048+64+256", cpu, memory)
		}
		return
	}
	t.Error("the operator made no StatefulSet of the servers")
}
