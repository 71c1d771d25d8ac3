package spec

import (
	"github.com/ladder-platform/ladder/internal/finding"
)

// Stores of traces.
const (
	TracesInOpenSearch = "openSearch"
	TracesInS3         = "s3"
)

// Charts that traces install.
const (
	ChartCollector = "opentelemetry-collector"
	ChartJaeger    = "jaeger"
	ChartTempo     = "tempo"
)

// Traces of requests: a collector on each node, gateways that see whole traces
// and choose which to keep, and a store. Config: observability.traces.
type Traces struct {
	// Store is openSearch (Jaeger writes to the domain that logs have too) or s3
	// (Tempo, with a bucket of its own). Empty means openSearch.
	Store string `json:"store,omitempty" jsonschema:"enum=openSearch,enum=s3"`
	// KeepPercent of the traces that are neither broken nor slow are kept; those
	// that are always are. 1 to 100; 0 means 10.
	KeepPercent int `json:"keepPercent,omitempty" jsonschema:"minimum=0,maximum=100"`
	// SlowMilliseconds: a trace that takes longer is kept; 0 means 1000.
	SlowMilliseconds int `json:"slowMilliseconds,omitempty" jsonschema:"minimum=0"`
	// DecisionSeconds that a gateway waits for the spans of a trace before it
	// chooses, 2 to 120; 0 means 10. What waits is lost when its gateway ends.
	DecisionSeconds int `json:"decisionSeconds,omitempty" jsonschema:"minimum=0"`
	// RetentionDays of traces, 1 to 90; 0 means 7.
	RetentionDays int `json:"retentionDays,omitempty" jsonschema:"minimum=0"`
	// Replicas of the gateways and of Jaeger, 2 to 20, over the zones; 0 means 2.
	Replicas int `json:"replicas,omitempty" jsonschema:"minimum=0"`
	// SpansPerSecond that the whole cluster is planned for, before any choice; 0
	// means 1000. Memory of the gateways and the bound on loss follow from it.
	SpansPerSecond int `json:"spansPerSecond,omitempty" jsonschema:"minimum=0"`
	// QueueGiB is the disk of each gateway, where kept traces wait while the
	// store does not answer, 1 to 500; 0 means 10.
	QueueGiB int `json:"queueGiB,omitempty" jsonschema:"minimum=0"`
	// Stream sends kept traces through the brokers that logs have (MSK): they
	// hold what a store does not take. Only with store openSearch.
	Stream bool `json:"stream,omitempty"`
}

// Limits, and defaults with their sources.
const (
	// decision_wait of the tail sampling processor is 30s unless given; requests
	// here end sooner. Source: opentelemetry-collector-contrib,
	// processor/tailsamplingprocessor, README, 0.158.
	defaultDecision = 10
	leastDecision   = 2
	mostDecision    = 120

	defaultKeep      = 10
	defaultSlow      = 1000
	mostSlow         = 60 * 60 * 1000
	defaultTraceDays = 7 // Jaeger's own index cleaner keeps 7
	mostTraceDays    = 90
	defaultTraceSize = 2
	mostTraceSize    = 20
	defaultSpans     = 1000
	mostSpans        = 200_000
	defaultQueueGiB  = 10
	mostQueueGiB     = 500
	// tempoReplicas: three copies of what is not in S3 yet, so that a write needs
	// two and a zone may be lost. Source: grafana/tempo, ingester ring,
	// replication_factor 3.
	tempoReplicas = 3
)

func (t *Traces) defaults() {
	fill := func(field *int, otherwise int) {
		if *field == 0 {
			*field = otherwise
		}
	}
	if t.Store == "" {
		t.Store = TracesInOpenSearch
	}
	fill(&t.KeepPercent, defaultKeep)
	fill(&t.SlowMilliseconds, defaultSlow)
	fill(&t.DecisionSeconds, defaultDecision)
	fill(&t.RetentionDays, defaultTraceDays)
	fill(&t.Replicas, defaultTraceSize)
	fill(&t.SpansPerSecond, defaultSpans)
	fill(&t.QueueGiB, defaultQueueGiB)
}

func (t Traces) validate(c Config, in Input) finding.List {
	var out finding.List
	word(&out, "store", t.Store, TracesInOpenSearch, TracesInS3)
	between(&out, "keepPercent", t.KeepPercent, 1, 100, "percent")
	between(&out, "slowMilliseconds", t.SlowMilliseconds, 1, mostSlow, "milliseconds")
	between(&out, "decisionSeconds", t.DecisionSeconds, leastDecision, mostDecision, "seconds")
	between(&out, "retentionDays", t.RetentionDays, 1, mostTraceDays, "days")
	between(&out, "replicas", t.Replicas, 2, mostTraceSize, "replicas")
	between(&out, "spansPerSecond", t.SpansPerSecond, 1, mostSpans, "spans a second")
	between(&out, "queueGiB", t.QueueGiB, 1, mostQueueGiB, "GiB")
	if t.SlowMilliseconds > t.DecisionSeconds*1000 {
		out.Add("slowMilliseconds", "raise decisionSeconds, or lower it",
			"%d ms is longer than the %d s that a gateway waits: a slow trace would be judged before it is known to be slow", t.SlowMilliseconds, t.DecisionSeconds)
	}
	if t.Stream && t.Store != TracesInOpenSearch {
		out.Add("stream", "remove it, or use store openSearch", "nothing reads traces from the brokers into %q", t.Store)
	}
	return out
}

// needsOpenSearch says whether traces are stored in OpenSearch.
func (t Traces) needsOpenSearch() bool { return t.Store == "" || t.Store == TracesInOpenSearch }

// StoreReplicas is the number of servers that write to the store.
func (t Traces) StoreReplicas() int {
	if t.Store == TracesInS3 {
		return tempoReplicas
	}
	return t.Replicas
}

// charts that traces install.
func (t Traces) charts() []string {
	if t.Store == TracesInS3 {
		return []string{ChartCollector, ChartTempo}
	}
	return []string{ChartCollector, ChartJaeger}
}
