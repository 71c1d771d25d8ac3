package capacity

import "github.com/ladder-platform/ladder/components/observability/spec"

// Names of the workloads of traces.
const (
	// Agent is the collector on each node; its Service is the constant address
	// to which everything sends (components/internal/address).
	Agent = "collector"
	// Gateway are the collectors that see whole traces and choose.
	Gateway = "collector-gateway"
	// Jaeger writes to OpenSearch and answers queries.
	Jaeger = "jaeger"
	// Tempo writes to S3 and answers queries.
	Tempo = "tempo"
)

// What a waiting span takes of a gateway's memory: about 1 KiB on the wire
// (OpenTelemetry's own benchmarks use spans of that size) and as much again for
// the decoded structure.
const spanKiB = 2

// Traces are the workloads of the section; none without it.
func Traces(t *spec.Traces) []Workload {
	if t == nil {
		return nil
	}
	out := []Workload{
		{Name: Agent, Kind: DaemonSet, CPU: 50, Memory: 160, Why: "passes spans on without keeping them"},
		{Name: Gateway, Kind: StatefulSet, Replicas: t.Gateways, CPU: 200, Memory: gatewayMemory(*t), Volume: true,
			Why: "256Mi, and 2 KiB for each span that waits for the decision, twice, with one gateway lost"},
	}
	if t.Jaeger != nil {
		out = append(out, Workload{Name: Jaeger, Kind: Deployment, Replicas: t.Jaeger.Replicas, CPU: 200, Memory: 512,
			Why: "batches of the gateways, and answers of a few thousand spans"})
	}
	if t.Tempo != nil {
		out = append(out, Workload{Name: Tempo, Kind: StatefulSet, Replicas: t.Tempo.Replicas, CPU: 300, Memory: 1536, Volume: true,
			Why: "blocks in the making, and compaction"})
	}
	return out
}

// gatewayMemory is what the spans that wait take of one gateway in MiB, when
// one of them is gone.
func gatewayMemory(t spec.Traces) int {
	waiting := t.SpansPerSecond * t.DecisionSeconds * spanKiB / 1024
	return 256 + 2*waiting/max(1, t.Gateways-1)
}
