package spec

import (
	"cmp"
	"slices"

	"github.com/ladder-platform/ladder/internal/finding"
)

// Stores of logs.
const (
	LogsOpenSearch = "openSearch"
	LogsLoki       = "loki"
)

// Where logs come from.
const (
	SourcePods         = "pods"
	SourceNodes        = "nodes"
	SourceControlPlane = "controlPlane"
)

// Sources are all of them.
var Sources = []string{SourcePods, SourceNodes, SourceControlPlane}

// Things that redaction knows the shape of.
const (
	RedactEmail  = "email"
	RedactBearer = "bearer"
	RedactJWT    = "jwt"
	RedactAWSKey = "awsKey"
	RedactCard   = "card"
)

// Redactions are all of them.
var Redactions = []string{RedactAWSKey, RedactBearer, RedactCard, RedactEmail, RedactJWT}

// Logs of pods, nodes and control planes: collected on each node, without what
// is to be dropped or redacted, and kept in one store. Config: observability.logs.
type Logs struct {
	// Store that new logs go to: openSearch (observability.openSearch) or loki
	// (logs.loki). Empty means the one whose section is there. With both
	// sections, the other store stays for reading until its section is removed.
	Store string `json:"store,omitempty" jsonschema:"enum=openSearch,enum=loki"`
	// RetentionDays after which logs are deleted; 0 means 30.
	RetentionDays int `json:"retentionDays,omitempty" jsonschema:"minimum=0"`
	// DailyGiB is how much each cluster logs a day, before compression. Disks and
	// the time until something is lost are reckoned from it; 0 means 5.
	DailyGiB int `json:"dailyGiB,omitempty" jsonschema:"minimum=0"`
	// Sources: pods, nodes (kubelet, containerd and kernel) and controlPlane
	// (what the cluster writes to CloudWatch). Empty means all three.
	Sources []string `json:"sources,omitempty"`
	// Kafka sends logs through observability.kafka.
	Kafka bool `json:"kafka,omitempty"`
	// BufferGiB on the disk of each node, for what cannot be sent; 0 means 5.
	BufferGiB int `json:"bufferGiB,omitempty" jsonschema:"minimum=0"`
	// Drop is what is not worth keeping. What all fields of one entry say of is dropped.
	Drop []Drop `json:"drop,omitempty"`
	// Redact is what must not be kept.
	Redact *Redact `json:"redact,omitempty"`
	// Loki in the cluster, on S3; nil means none.
	Loki *Loki `json:"loki,omitempty"`
}

// Drop is a kind of record that is not kept.
type Drop struct {
	// Namespace and Container of the pod; empty means any.
	Namespace string `json:"namespace,omitempty"`
	Container string `json:"container,omitempty"`
	// Contains is text of the line, as it stands there; empty means any.
	Contains string `json:"contains,omitempty"`
}

// Redact replaces what must not be kept, before anything leaves the node.
type Redact struct {
	// Values by their shape: awsKey, bearer, card, email, jwt. Left out means
	// awsKey, bearer and jwt; an empty list means none.
	Values []string `json:"values,omitzero"`
	// Fields of structured logs whose value is replaced whatever it is, at any
	// depth, without regard to case. Left out means authorization, cookie,
	// password, secret, set-cookie and token.
	Fields []string `json:"fields,omitzero"`
}

// Loki in the cluster: three replicas of one process, and a bucket that keeps
// what they wrote.
type Loki struct {
	// Replicas, at least 2; 0 means 3, one in each of three zones.
	Replicas int `json:"replicas,omitempty" jsonschema:"minimum=0"`
	// VolumeGiB of each replica, for what is not in S3 yet; 0 means 20.
	VolumeGiB int `json:"volumeGiB,omitempty" jsonschema:"minimum=0"`
	// BucketDays after which S3 deletes objects that Loki's own retention left;
	// 0 means retentionDays and a week.
	BucketDays int `json:"bucketDays,omitempty" jsonschema:"minimum=0"`
	// DeleteData empties the bucket when it is destroyed. A protected stack
	// cannot; without it destroying fails as long as the bucket holds logs.
	DeleteData bool `json:"deleteData,omitempty"`
}

// Charts in the release catalogue.
const (
	ChartFluentBit = "fluent-bit"
	ChartLoki      = "loki"
	ChartCollector = "opentelemetry-collector"
)

// ImageAWSCLI in the release catalogue runs the set-up Job.
const ImageAWSCLI = "aws-cli"

// Limits and defaults.
const (
	defaultRetention = 30
	defaultDaily     = 5
	defaultBuffer    = 5 // GiB; a node's root volume is 20 or more
	maxRetention     = 3653
	maxBuffer        = 100
	defaultLokiCount = 3
	minLokiCount     = 2
	maxLokiCount     = 15
	defaultLokiDisk  = 20 // GiB
	// lokiGrace are days in which Loki's compactor deletes before S3 does.
	lokiGrace = 7
)

func (l *Logs) defaults() {
	for field, value := range map[*int]int{&l.RetentionDays: defaultRetention, &l.DailyGiB: defaultDaily, &l.BufferGiB: defaultBuffer} {
		if *field == 0 {
			*field = value
		}
	}
	if len(l.Sources) == 0 {
		l.Sources = slices.Clone(Sources)
	}
	r := Redact{}
	if l.Redact != nil {
		r = *l.Redact
	}
	if r.Values == nil {
		r.Values = []string{RedactAWSKey, RedactBearer, RedactJWT}
	}
	if r.Fields == nil {
		r.Fields = []string{"authorization", "cookie", "password", "secret", "set-cookie", "token"}
	}
	l.Redact = &r
	if l.Loki != nil {
		k := *l.Loki
		k.Replicas = cmp.Or(k.Replicas, defaultLokiCount)
		k.VolumeGiB = cmp.Or(k.VolumeGiB, defaultLokiDisk)
		k.BucketDays = cmp.Or(k.BucketDays, l.RetentionDays+lokiGrace)
		l.Loki = &k
	}
}

// LogStore is the store that new logs of the section go to, "" without logs or
// when the section does not say.
func (c Config) LogStore() string {
	switch {
	case c.Logs == nil:
		return ""
	case c.Logs.Store != "":
		return c.Logs.Store
	case c.OpenSearch != nil && c.Logs.Loki == nil:
		return LogsOpenSearch
	case c.Logs.Loki != nil && c.OpenSearch == nil:
		return LogsLoki
	}
	return ""
}

// From says whether logs of a source are collected.
func (l Logs) From(source string) bool { return slices.Contains(l.Sources, source) }

// LogsInOpenSearch says whether new logs go to OpenSearch.
func (c Config) LogsInOpenSearch() bool { return c.LogStore() == LogsOpenSearch }

// charts that logs install.
func (l Logs) charts() []string {
	out := []string{ChartFluentBit}
	if l.From(SourceControlPlane) {
		out = append(out, ChartCollector)
	}
	if l.Loki != nil {
		out = append(out, ChartLoki)
	}
	return out
}

func (l Logs) validate(c Config, in Input) finding.List {
	var out finding.List
	between(&out, "retentionDays", l.RetentionDays, 1, maxRetention, "days")
	between(&out, "bufferGiB", l.BufferGiB, 1, maxBuffer, "GiB")
	if l.DailyGiB < 1 {
		out.Add("dailyGiB", "use 1 or more", "%d GiB is not an amount", l.DailyGiB)
	}
	for i, s := range l.Sources {
		word(&out, index("sources", i), s, Sources...)
	}
	l.validateStore(&out, c, in)
	if l.Kafka && c.Kafka == nil {
		out.Add("kafka", "add observability.kafka, or remove it", "logs go through Kafka, and there is none")
	}
	if l.Loki != nil {
		out.Join("loki", l.Loki.validate(l))
	}
	l.validateRules(&out)
	return out
}

// What a release must have for logs. The collector that reads control plane
// logs is that of traces.
var (
	logCharts = []string{ChartFluentBit, ChartLoki}
	logImages = []string{ImageAWSCLI}
)
