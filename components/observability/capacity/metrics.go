package capacity

import "github.com/ladder-platform/ladder/components/observability/spec"

// Names of the workloads of metrics, Grafana and Kiali.
const (
	Operator       = "metrics-operator"
	Prometheus     = "prometheus-metrics-prometheus"
	Alertmanager   = "alertmanager-metrics-alertmanager"
	StateMetrics   = "metrics-kube-state-metrics"
	NodeExporter   = "metrics-prometheus-node-exporter"
	ThanosQuery    = "thanos-query"
	ThanosFrontend = "thanos-query-frontend"
	ThanosStore    = "thanos-store-gateway"
	ThanosCompact  = "thanos-compact"
	Grafana        = "grafana"
	Kiali          = "kiali"
)

// What containers beside the main one ask for: the reloader of configuration in
// pods of prometheus-operator, Thanos's sidecar, and Grafana's two watchers.
const (
	ReloaderCPU, ReloaderMemory = 10, 64
	SidecarCPU, SidecarMemory   = 50, 256
	WatcherCPU, WatcherMemory   = 20, 96
	watchers                    = 2
)

// Metrics are the workloads of metrics, Grafana and Kiali.
func Metrics(c spec.Config) []Workload {
	var out []Workload
	if m := c.Metrics; m != nil {
		out = append(out, collecting(*m)...)
		if t := m.Thanos; t != nil {
			out = append(out, thanos(*t)...)
		}
	}
	if g := c.Grafana; g != nil {
		out = append(out, Workload{
			Name: Grafana, Kind: Deployment, Replicas: g.Replicas, CPU: 100 + watchers*WatcherCPU, Memory: 384 + watchers*WatcherMemory,
			Why: "estimate: a few dozen dashboards without a database of its own",
		})
	}
	if k := c.Kiali; k != nil {
		out = append(out, Workload{
			Name: Kiali, Kind: Deployment, Replicas: k.Replicas, CPU: 50, Memory: 256, MemoryLimit: 1024,
			Why: "the chart asks for 10m, 64Mi and at most 1Gi; a cluster's whole configuration is held in memory",
		})
	}
	return out
}

func collecting(m spec.Metrics) []Workload {
	p := Workload{
		Name: Prometheus, Kind: StatefulSet, Replicas: m.Prometheus.Replicas, Volume: true,
		CPU: m.Prometheus.CPUMillis + ReloaderCPU, Memory: m.Prometheus.MemoryMiB + ReloaderMemory,
		Why: "metrics.prometheus.cpuMillis and memoryMiB, and the containers beside it",
	}
	if m.Store == spec.StoreThanos {
		p.CPU, p.Memory = p.CPU+SidecarCPU, p.Memory+SidecarMemory
	}
	return []Workload{
		{Name: Operator, Kind: Deployment, Replicas: 1, CPU: 50, Memory: 128, MemoryLimit: 256, Why: "estimate: it writes configuration, and samples pass it by"},
		p,
		{Name: Alertmanager, Kind: StatefulSet, Replicas: m.Alertmanagers, Volume: true, CPU: 20 + ReloaderCPU, Memory: 128 + ReloaderMemory, Why: "estimate: alerts and silences of five days"},
		{Name: StateMetrics, Kind: Deployment, Replicas: 1, CPU: 50, Memory: 256, Why: "README of kube-state-metrics: 250MiB and 0.1 cores for a cluster of up to 100 nodes"},
		{Name: NodeExporter, Kind: DaemonSet, CPU: 20, Memory: 64, Why: "estimate: one process that reads /proc"},
	}
}

func thanos(t spec.Thanos) []Workload {
	return []Workload{
		{Name: ThanosQuery, Kind: Deployment, Replicas: t.Replicas, CPU: 100, Memory: 512, MemoryLimit: 1024, Why: "estimate: what a query reads is in memory"},
		{Name: ThanosFrontend, Kind: Deployment, Replicas: t.Replicas, CPU: 50, Memory: 128, MemoryLimit: 512, Why: "estimate: it splits queries and keeps answers in memory"},
		{Name: ThanosStore, Kind: StatefulSet, Replicas: t.Replicas, Volume: true, CPU: 100, Memory: 512, MemoryLimit: 1024, Why: "estimate: headers of the index are on its disk, chunks in memory"},
		{Name: ThanosCompact, Kind: StatefulSet, Replicas: 1, Volume: true, CPU: 100, Memory: 512, MemoryLimit: 1024, Why: "estimate: one block at a time; slower is allowed"},
	}
}
