package capacity

import "github.com/ladder-platform/ladder/components/observability/spec"

// Names of the workloads of logs.
const (
	// LogsAgent is on each node.
	LogsAgent = "logs-agent"
	// LogsRelay takes what no agent collects, and what waits in Kafka.
	LogsRelay = "logs-relay"
	// LogsCloud reads the control plane's logs out of CloudWatch.
	LogsCloud = "logs-control-plane"
	// Loki writes to S3 and answers queries.
	Loki = "loki"
)

// LogsRelays is how many relays share the work.
const LogsRelays = 2

// Logs are the workloads of the section; none without it. The chunks that
// Fluent Bit holds in memory are logpipe's: 64 and 32 of 2 MB.
func Logs(c spec.Config) []Workload {
	if c.Logs == nil {
		return nil
	}
	out := []Workload{{Name: LogsAgent, Kind: DaemonSet, CPU: 50, Memory: 128, MemoryLimit: 320, Why: "64 chunks of 2 MB at most, the queue of Kafka's client and the process"}}
	if c.Logs.From(spec.SourceControlPlane) || c.Kafka != nil {
		out = append(out, Workload{Name: LogsRelay, Kind: Deployment, Replicas: LogsRelays, CPU: 50, Memory: 128, MemoryLimit: 256, Why: "32 chunks of 2 MB at most and the process"})
	}
	if c.Logs.From(spec.SourceControlPlane) {
		out = append(out, Workload{Name: LogsCloud, Kind: StatefulSet, Replicas: 1, CPU: 50, Memory: 192, Volume: true,
			Why: "one reader: two would store everything twice; while it is away CloudWatch keeps the logs"})
	}
	if k := c.Logs.Loki; k != nil {
		out = append(out, Workload{Name: Loki, Kind: StatefulSet, Replicas: k.Replicas, CPU: 250, Memory: 1024, MemoryLimit: 2048, Volume: true,
			Why: "estimate: chunks in the making, an index and queries of one process for a few tens of GiB a day"})
	}
	return out
}
