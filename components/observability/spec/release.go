package spec

import "github.com/ladder-platform/ladder/components/internal/address"

// Namespace of everything that observability runs.
const Namespace = address.ObservabilityNamespace

// Charts by the names that the release catalogue uses.
const (
	ChartPrometheus = "kube-prometheus-stack"
	ChartOperator   = "prometheus-operator-crds"
	ChartThanos     = "thanos"
	ChartGrafana    = "grafana"
	ChartKiali      = "kiali"
)

// Images that no chart pins alone.
const (
	// ImageThanos is a tag: the sidecar in Prometheus's pods and what the chart
	// of Thanos runs are one version.
	ImageThanos = "thanos"
)

// Charts and Images are all that a release must have, because some accepted
// configuration needs it. Each kind of signal names its own.
var (
	Charts = concat(metricCharts, logCharts, traceCharts)
	Images = concat(metricImages, logImages, traceImages)

	metricCharts = []string{ChartPrometheus, ChartOperator, ChartThanos, ChartGrafana, ChartKiali}
	metricImages = []string{ImageThanos}
)

func concat(lists ...[]string) []string {
	var out []string
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}
