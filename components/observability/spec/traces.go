package spec

import (
	"cmp"

	"github.com/ladder-platform/ladder/internal/finding"
)

// Stores of traces, by what writes to them.
const (
	TracesJaeger = "jaeger"
	TracesTempo  = "tempo"
)

// Charts that traces install, and the image that the chart of Jaeger does not
// pin as new as it must be. Requests to a managed OpenSearch that have a body are
// signed wrongly before 2.20.0 (jaegertracing/jaeger 8760, fixed by 8768).
const (
	ChartJaeger = "jaeger"
	ChartTempo  = "tempo"
	ImageJaeger = "jaeger"
)

var (
	traceCharts = []string{ChartCollector, ChartJaeger, ChartTempo}
	traceImages = []string{ImageJaeger}
)

// Traces of requests: a collector on each node, gateways that see whole traces
// and choose which to keep, and a store. Config: observability.traces.
type Traces struct {
	// Store that new traces go to: jaeger (in observability.openSearch) or tempo
	// (in S3). Empty means the one whose section is there. With both sections the
	// other one stays for reading until its section is removed.
	Store string `json:"store,omitempty" jsonschema:"enum=jaeger,enum=tempo"`
	// Jaeger writes to observability.openSearch and answers queries; nil means none.
	Jaeger *Jaeger `json:"jaeger,omitempty"`
	// Tempo writes to a bucket of its own and answers queries; nil means none.
	Tempo *Tempo `json:"tempo,omitempty"`
	// RetentionDays of traces, 1 to 90; 0 means 7.
	RetentionDays int `json:"retentionDays,omitempty" jsonschema:"minimum=0"`
	// KeepPercent of the traces that are neither broken nor slow are kept; those
	// that are always are. 1 to 100; 0 means 10.
	KeepPercent int `json:"keepPercent,omitempty" jsonschema:"minimum=0,maximum=100"`
	// SlowMilliseconds: a trace that takes longer is kept; 0 means 1000.
	SlowMilliseconds int `json:"slowMilliseconds,omitempty" jsonschema:"minimum=0"`
	// DecisionSeconds that a gateway waits for the spans of a trace before it
	// chooses, 2 to 120; 0 means 10. What waits is lost when its gateway ends.
	DecisionSeconds int `json:"decisionSeconds,omitempty" jsonschema:"minimum=0"`
	// Gateways, 2 to 20, over the zones; 0 means 2.
	Gateways int `json:"gateways,omitempty" jsonschema:"minimum=0"`
	// SpansPerSecond that each cluster is planned for, before any choice; 0 means
	// 1000. Memory of the gateways and the bound on loss follow from it.
	SpansPerSecond int `json:"spansPerSecond,omitempty" jsonschema:"minimum=0"`
	// QueueGiB is the disk of each gateway, where kept traces wait while the
	// store does not answer, 1 to 500; 0 means 10.
	QueueGiB int `json:"queueGiB,omitempty" jsonschema:"minimum=0"`
	// Kafka sends kept traces through observability.kafka, from which Jaeger reads.
	Kafka bool `json:"kafka,omitempty"`
}

// Jaeger, version 2. Config: observability.traces.jaeger.
type Jaeger struct {
	// Replicas, 2 to 20, over the zones; 0 means 2.
	Replicas int `json:"replicas,omitempty" jsonschema:"minimum=0"`
}

// Tempo: some replicas of one process, and a bucket that keeps what they wrote.
// Config: observability.traces.tempo.
type Tempo struct {
	// Replicas, 3 to 15; 0 means 3, one in each of three zones: what is not in S3
	// yet has three copies, and a write needs two of them.
	Replicas int `json:"replicas,omitempty" jsonschema:"minimum=0"`
	// VolumeGiB of each replica, for what is not in S3 yet; 0 means 10.
	VolumeGiB int `json:"volumeGiB,omitempty" jsonschema:"minimum=0"`
	// DeleteData deletes the bucket with what it holds when the section goes. A
	// protected stack cannot; without it the bucket stays in AWS.
	DeleteData bool `json:"deleteData,omitempty"`
}

// Limits, and defaults with their sources.
const (
	// Requests here end sooner than the 30 seconds that tail sampling waits unless
	// told. Source: opentelemetry-collector-contrib,
	// processor/tailsamplingprocessor, README, 0.158.
	defaultDecision = 10
	leastDecision   = 2
	mostDecision    = 120

	defaultKeep       = 10
	defaultSlow       = 1000
	mostSlow          = 60 * 60 * 1000
	defaultTraceDays  = 7 // as many as Jaeger's own index cleaner leaves
	mostTraceDays     = 90
	defaultTraceCount = 2
	mostTraceCount    = 20
	defaultSpans      = 1000
	mostSpans         = 200_000
	defaultQueue      = 10 // GiB
	mostQueue         = 500
	// TempoCopies of what is not in S3 yet. Source: grafana/tempo, ingester ring,
	// replication_factor.
	TempoCopies      = 3
	mostTempo        = 15
	defaultTempoDisk = 10 // GiB
	mostTempoDisk    = 500
)

func (t *Traces) defaults() {
	t.RetentionDays = cmp.Or(t.RetentionDays, defaultTraceDays)
	t.KeepPercent = cmp.Or(t.KeepPercent, defaultKeep)
	t.SlowMilliseconds = cmp.Or(t.SlowMilliseconds, defaultSlow)
	t.DecisionSeconds = cmp.Or(t.DecisionSeconds, defaultDecision)
	t.Gateways = cmp.Or(t.Gateways, defaultTraceCount)
	t.SpansPerSecond = cmp.Or(t.SpansPerSecond, defaultSpans)
	t.QueueGiB = cmp.Or(t.QueueGiB, defaultQueue)
	if t.Jaeger != nil {
		t.Jaeger = &Jaeger{Replicas: cmp.Or(t.Jaeger.Replicas, defaultTraceCount)}
	}
	if t.Tempo != nil {
		m := *t.Tempo
		m.Replicas, m.VolumeGiB = cmp.Or(m.Replicas, TempoCopies), cmp.Or(m.VolumeGiB, defaultTempoDisk)
		t.Tempo = &m
	}
	if t.Store == "" {
		t.Store = t.only()
	}
}

// only is the store whose section alone is there, "" when it does not say.
func (t Traces) only() string {
	switch {
	case t.Jaeger != nil && t.Tempo == nil:
		return TracesJaeger
	case t.Tempo != nil && t.Jaeger == nil:
		return TracesTempo
	}
	return ""
}

func (t Traces) validate(c Config, in Input) finding.List {
	var out finding.List
	t.validateStore(&out, c)
	between(&out, "retentionDays", t.RetentionDays, 1, mostTraceDays, "days")
	between(&out, "keepPercent", t.KeepPercent, 1, 100, "percent")
	between(&out, "slowMilliseconds", t.SlowMilliseconds, 1, mostSlow, "milliseconds")
	between(&out, "decisionSeconds", t.DecisionSeconds, leastDecision, mostDecision, "seconds")
	between(&out, "gateways", t.Gateways, 2, mostTraceCount, "gateways")
	between(&out, "spansPerSecond", t.SpansPerSecond, 1, mostSpans, "spans a second")
	between(&out, "queueGiB", t.QueueGiB, 1, mostQueue, "GiB")
	if t.Jaeger != nil {
		between(&out, "jaeger.replicas", t.Jaeger.Replicas, 2, mostTraceCount, "replicas")
	}
	if t.Tempo != nil {
		between(&out, "tempo.replicas", t.Tempo.Replicas, TempoCopies, mostTempo, "replicas")
		between(&out, "tempo.volumeGiB", t.Tempo.VolumeGiB, 1, mostTempoDisk, "GiB")
	}
	if limit := t.DecisionSeconds * 1000; t.SlowMilliseconds > limit && t.SlowMilliseconds <= mostSlow {
		out.Add("slowMilliseconds", "raise decisionSeconds, or lower it",
			"%d is longer than the %d ms that a gateway waits: a slow trace would be judged before it is known to be slow", t.SlowMilliseconds, limit)
	}
	return out
}

// validateStore: traces go somewhere, and that is there.
func (t Traces) validateStore(out *finding.List, c Config) {
	switch {
	case t.Jaeger == nil && t.Tempo == nil:
		out.Add("", "add traces.jaeger or traces.tempo", "no store: traces would be collected for nobody")
		return
	case t.Store == "":
		out.Add("store", "use "+TracesJaeger+" or "+TracesTempo, "is missing, and both have a section")
	default:
		word(out, "store", t.Store, TracesJaeger, TracesTempo)
	}
	if (t.Store == TracesJaeger && t.Jaeger == nil) || (t.Store == TracesTempo && t.Tempo == nil) {
		out.Add("store", "add traces."+t.Store+", or use the other one", "traces go to %s, which is off: it has no section", t.Store)
	}
	if t.Jaeger != nil && c.OpenSearch == nil {
		out.Add("jaeger", "add observability.openSearch, or use tempo", "Jaeger stores in OpenSearch, which is off: it has no section")
	}
	switch {
	case t.Kafka && c.Kafka == nil:
		out.Add("kafka", "add observability.kafka, or remove it", "traces go through Kafka, and there is none")
	case t.Kafka && t.Store != TracesJaeger:
		out.Add("kafka", "remove it, or use store jaeger", "nothing reads traces from Kafka into %q", t.Store)
	}
}

// needsOpenSearch says whether traces are stored in OpenSearch.
func (t Traces) needsOpenSearch() bool {
	return t.Store == TracesJaeger || (t.Store == "" && t.only() == TracesJaeger)
}

// charts that traces install.
func (t Traces) charts() []string {
	out := []string{ChartCollector}
	if t.Jaeger != nil {
		out = append(out, ChartJaeger)
	}
	if t.Tempo != nil {
		out = append(out, ChartTempo)
	}
	return out
}
