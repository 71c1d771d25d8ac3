// Package address holds where one component finds what another one runs in the
// same cluster. Components do not import each other; they agree here.
package address

// The collector of traces, an OTLP receiver that observability runs.
const (
	// ObservabilityNamespace holds collector and Prometheus.
	ObservabilityNamespace = "observability"
	// Collector is its host name; CollectorPort takes OTLP over gRPC.
	Collector     = "collector." + ObservabilityNamespace + ".svc.cluster.local"
	CollectorPort = 4317 // the port that IANA and the OTLP specification give to OTLP/gRPC
	// CollectorHTTPPort takes OTLP over HTTP.
	CollectorHTTPPort = 4318 // as above, for OTLP/HTTP
)

// DashboardPorts are the ports of the pods in ObservabilityNamespace that people
// look at: Grafana, Kiali, Prometheus, Alertmanager, Jaeger. Each is the
// project's own default.
var DashboardPorts = []int{3000, 20001, 9090, 9093, 16686}
