package observability

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/components/observability/alerts"
	"github.com/ladder-platform/ladder/components/observability/measure"
	"github.com/ladder-platform/ladder/components/observability/spec"
)

// exporter says which monitor brings series whose names begin so. What the chart of
// Prometheus scrapes itself, kubelets and kube-state-metrics, is not here.
var exporter = map[string]string{
	"awscni_":      "aws-node",
	"certmanager_": "cert-manager",
	"controller_runtime_reconcile_errors_total": "aws-load-balancer-controller",
	"external_dns_":        "external-dns",
	"externalsecret_":      "external-secrets",
	"istio_requests_total": "istio-proxies",
	"pilot_":               "istiod",
}

// TestWhatAlertsReadIsScraped: an alert over series that nobody brings never rings.
func TestWhatAlertsReadIsScraped(t *testing.T) {
	var read strings.Builder
	for _, g := range alerts.Groups(alerts.Input{
		Stack: "dev", Stage: "dev", Cluster: "dev-main", Release: "2026.11", PodAddresses: map[string]int{"apne2-az1": 16379},
		Mesh: &alerts.Mesh{ControlNamespace: "istio-system", Ambient: true}, Edge: &alerts.Edge{GatewayNamespace: "istio-ingress", ExternalDNS: true},
	}) {
		for _, r := range g.Rules {
			read.WriteString(r.Expr + "\n")
		}
	}
	config := spec.Config{Metrics: &spec.Metrics{}}.WithDefaults()
	var scraped []string
	for _, o := range measure.Monitors(measure.Input{Config: config, Mesh: true}) {
		scraped = append(scraped, o.Name)
	}
	for series, monitor := range exporter {
		if !strings.Contains(read.String(), series) {
			t.Errorf("no rule reads %s*: nothing was proved of %s", series, monitor)
		}
		if !slices.Contains(scraped, monitor) {
			t.Errorf("rules read %s*, and there is no monitor %s", series, monitor)
		}
	}
}

// TestExternalDNSIsFound: by the namespace of the edge's release, and the label and
// the port of the chart's pods. Source: kubernetes-sigs/external-dns,
// charts/external-dns/templates/deployment.yaml and _helpers.tpl, read 2026-11.
func TestExternalDNSIsFound(t *testing.T) {
	r := watch(t, metricsInThanos)
	want := map[string]any{
		"namespaceSelector":   map[string]any{"matchNames": []any{"external-dns"}},
		"selector":            map[string]any{"matchLabels": map[string]any{"app.kubernetes.io/name": "external-dns"}},
		"podMetricsEndpoints": []any{map[string]any{"port": "http"}},
	}
	if diff := cmp.Diff(want, r[find(t, r, "PodMonitor", "podmonitor-external-dns")].Plain()["spec"]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
