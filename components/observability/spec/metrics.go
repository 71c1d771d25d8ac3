package spec

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/ladder-platform/ladder/internal/finding"
)

// Stores of metrics beyond what a Prometheus keeps.
const (
	StoreThanos  = "thanos"
	StoreManaged = "managed"
)

// Limits with their sources.
const (
	// rawBeforeFive and fiveBeforeHour are ages at which the compactor makes
	// blocks of 5 minutes out of raw ones and of an hour out of those, in days,
	// rounded up from 40 hours: what is deleted before is never made coarser.
	// Source: Thanos v0.42, docs/components/compact.md, "Downsampling".
	rawBeforeFive  = 2
	fiveBeforeHour = 10
	// managedDefault and managedMost are days that a workspace of Amazon Managed
	// Service for Prometheus keeps samples. Source: its user guide, quotas,
	// "Retention time for ingested data", from memory (medium).
	managedDefault = 150
	managedMost    = 1095
	// uploadHours until a block of Prometheus is in the store: it is cut every
	// two hours and uploaded when it is complete. Thanos asks for three times
	// that locally. Source: Thanos v0.42, docs/components/sidecar.md.
	uploadHours = 6
	// expiryMargin is the time between the compactor's deletion and that of the
	// bucket, in days: blocks go 48 hours after they are marked. Source: Thanos,
	// compact.md, --delete-delay.
	expiryMargin = 3
	maxDays      = 3650 // a limit of sense: ten years
	maxReplicas  = 6    // a limit of sense: each replica scrapes everything
	maxVolumeGiB = 16384
)

// Volumes of a size that nobody has to choose.
const (
	// AlertmanagerGiB holds silences and what was sent.
	AlertmanagerGiB = 2
	// StoreGatewayGiB holds the headers of blocks' indexes, a few thousandths of the blocks.
	StoreGatewayGiB = 20
)

// Metrics are Prometheus servers, what they scrape, and the store behind them.
type Metrics struct {
	// Store is where metrics go for good: thanos (S3, queried in the cluster) or
	// managed (Amazon Managed Service for Prometheus). Empty means thanos.
	Store string `json:"store,omitempty" jsonschema:"enum=thanos,enum=managed"`
	// Prometheus scrapes, and evaluates the rules of alerts.
	Prometheus Prometheus `json:"prometheus,omitzero"`
	// Alertmanagers are how many pods the cluster of Alertmanagers has, 2 to 6;
	// 0 means 2.
	Alertmanagers int `json:"alertmanagers,omitempty" jsonschema:"minimum=0"`
	// Retention is how long metrics are wanted; the store has to keep them as long.
	Retention Retention `json:"retention,omitzero"`
	// Thanos sizes the store in S3. With store managed it is the old store:
	// nothing is written to it any more, and it is read until this is removed.
	Thanos *Thanos `json:"thanos,omitempty"`
	// Managed sizes the workspace. With store thanos it is the old store: it is
	// kept, readable, until this is removed.
	Managed *Managed `json:"managed,omitempty"`
	// AcknowledgeSingle says why one Prometheus or one Alertmanager is enough,
	// for a stage that wants two.
	AcknowledgeSingle string `json:"acknowledgeSingle,omitempty"`
}

// Prometheus is a pair of servers that scrape the same, in different zones.
type Prometheus struct {
	// Replicas, each with a volume, 1 to 6; 0 means 2.
	Replicas int `json:"replicas,omitempty" jsonschema:"minimum=0"`
	// RetentionHours that a server keeps on its volume, 6 or more; 0 means 24.
	RetentionHours int `json:"retentionHours,omitempty" jsonschema:"minimum=0"`
	// VolumeGiB of each server; 0 means 50.
	VolumeGiB int `json:"volumeGiB,omitempty" jsonschema:"minimum=0"`
	// ScrapeSeconds between two looks at a target, 10 to 120; 0 means 30.
	ScrapeSeconds int `json:"scrapeSeconds,omitempty" jsonschema:"minimum=0"`
	// CPUMillis and MemoryMiB that each server asks for; 0 means 500 and 2048.
	// Memory is its limit too: about 8 KiB for each series that is scraped.
	CPUMillis int `json:"cpuMillis,omitempty" jsonschema:"minimum=0"`
	MemoryMiB int `json:"memoryMiB,omitempty" jsonschema:"minimum=0"`
}

// Retention in days, by resolution.
type Retention struct {
	// RawDays of samples as they were scraped; 0 means 30.
	RawDays int `json:"rawDays,omitempty" jsonschema:"minimum=0"`
	// FiveMinuteDays and OneHourDays of downsampled ones, with Thanos only; 0
	// means 180 and 730 there.
	FiveMinuteDays int `json:"fiveMinuteDays,omitempty" jsonschema:"minimum=0"`
	OneHourDays    int `json:"oneHourDays,omitempty" jsonschema:"minimum=0"`
}

// Longest of the retentions, in days.
func (r Retention) Longest() int { return max(r.RawDays, r.FiveMinuteDays, r.OneHourDays) }

// Thanos keeps metrics in S3.
type Thanos struct {
	// Bucket is the bucket's name, the same for all clusters of the stack being
	// impossible: <bucket>-<cluster key>. Empty means a name that AWS makes unique.
	Bucket string `json:"bucket,omitempty"`
	// ExpireDays after which S3 deletes an object, whatever Thanos thinks of it;
	// longer than every retention. 0 means the longest retention and 30 days.
	ExpireDays int `json:"expireDays,omitempty" jsonschema:"minimum=0"`
	// Replicas of the querier, of its front end and of the store gateway; 0 means 2.
	Replicas int `json:"replicas,omitempty" jsonschema:"minimum=0"`
	// CompactorVolumeGiB is scratch space: the largest block, twice; 0 means 50.
	CompactorVolumeGiB int `json:"compactorVolumeGiB,omitempty" jsonschema:"minimum=0"`
	// EmptyOnDelete deletes the metrics with the bucket when the stack or this
	// section goes. Left out, AWS refuses to delete a bucket that holds any.
	EmptyOnDelete bool `json:"emptyOnDelete,omitempty"`
}

// Managed is a workspace of Amazon Managed Service for Prometheus.
type Managed struct {
	// RetentionDays that the workspace keeps samples, up to 1095; 0 means 150,
	// what AWS does unasked.
	RetentionDays int `json:"retentionDays,omitempty" jsonschema:"minimum=0"`
}

func (m *Metrics) defaults() {
	or(&m.Store, StoreThanos)
	or(&m.Prometheus.Replicas, 2)
	or(&m.Prometheus.RetentionHours, 24)
	or(&m.Prometheus.VolumeGiB, 50)
	or(&m.Prometheus.ScrapeSeconds, 30)
	or(&m.Prometheus.CPUMillis, 500)
	or(&m.Prometheus.MemoryMiB, 2048)
	or(&m.Alertmanagers, 2)
	or(&m.Retention.RawDays, 30)
	if m.Store == StoreThanos {
		or(&m.Retention.FiveMinuteDays, 180)
		or(&m.Retention.OneHourDays, 730)
		if m.Thanos == nil {
			m.Thanos = &Thanos{}
		}
	}
	if m.Store == StoreManaged && m.Managed == nil {
		m.Managed = &Managed{}
	}
	if m.Thanos = copied(m.Thanos); m.Thanos != nil {
		or(&m.Thanos.ExpireDays, m.Retention.Longest()+30)
		or(&m.Thanos.Replicas, 2)
		or(&m.Thanos.CompactorVolumeGiB, 50)
	}
	if m.Managed = copied(m.Managed); m.Managed != nil {
		or(&m.Managed.RetentionDays, managedDefault)
	}
}

// or fills in a value that is left out.
func or[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

func (m Metrics) validate(c Config, in Input) finding.List {
	var out finding.List
	word(&out, "store", m.Store, StoreThanos, StoreManaged)
	out.Join("prometheus", m.Prometheus.validate())
	between(&out, "alertmanagers", m.Alertmanagers, 1, maxReplicas, "Alertmanagers")
	out.Join("retention", m.validateRetention())
	if m.Thanos != nil {
		out.Join("thanos", m.validateThanos(c, in))
	}
	if m.Managed != nil {
		between(&out, "managed.retentionDays", m.Managed.RetentionDays, 1, managedMost, "days")
	}
	if m.AcknowledgeSingle != "" && m.Prometheus.Replicas > 1 && m.Alertmanagers > 1 {
		out.Warn("acknowledgeSingle", "remove it", "acknowledges something that is not so")
	}
	for _, key := range c.On(keys(in.Clusters)) {
		if zones := len(in.Clusters[key].Zones); m.Prometheus.Replicas > 1 && zones == 1 {
			out.Warn("prometheus.replicas", "use a network of two or more zones", "all Prometheus of cluster %q are in its only zone", key)
		}
	}
	return out
}

func (p Prometheus) validate() finding.List {
	var out finding.List
	between(&out, "replicas", p.Replicas, 1, maxReplicas, "replicas")
	between(&out, "retentionHours", p.RetentionHours, uploadHours, 24*maxDays, "hours")
	between(&out, "volumeGiB", p.VolumeGiB, 1, maxVolumeGiB, "GiB")
	between(&out, "scrapeSeconds", p.ScrapeSeconds, 10, 120, "seconds")
	between(&out, "cpuMillis", p.CPUMillis, 50, 64000, "thousandths of a CPU")
	between(&out, "memoryMiB", p.MemoryMiB, 512, 512*1024, "MiB")
	return out
}

// validateRetention: what is wanted is what the store keeps.
func (m Metrics) validateRetention() finding.List {
	var out finding.List
	r := m.Retention
	if m.Store == StoreManaged {
		if r.FiveMinuteDays > 0 || r.OneHourDays > 0 {
			out.Add("", "remove fiveMinuteDays and oneHourDays", "Amazon Managed Service for Prometheus keeps samples as they are, and no coarser ones")
		}
		if m.Managed != nil && r.RawDays > m.Managed.RetentionDays {
			out.Add("rawDays", fmt.Sprintf("use %d or less, or raise managed.retentionDays (at most %d)", m.Managed.RetentionDays, managedMost),
				"%d days are more than the store keeps, which is %d", r.RawDays, m.Managed.RetentionDays)
		}
		return out
	}
	between(&out, "rawDays", r.RawDays, rawBeforeFive, maxDays, "days")
	between(&out, "fiveMinuteDays", r.FiveMinuteDays, fiveBeforeHour, maxDays, "days")
	between(&out, "oneHourDays", r.OneHourDays, fiveBeforeHour, maxDays, "days")
	if r.RawDays > r.FiveMinuteDays {
		out.Add("fiveMinuteDays", "use rawDays or more", "%d is less than the %d days of raw samples, which are larger", r.FiveMinuteDays, r.RawDays)
	}
	if r.FiveMinuteDays > r.OneHourDays {
		out.Add("oneHourDays", "use fiveMinuteDays or more", "%d is less than the %d days of finer samples, which are larger", r.OneHourDays, r.FiveMinuteDays)
	}
	if local := (m.Prometheus.RetentionHours + 23) / 24; local > r.RawDays {
		out.Add("rawDays", fmt.Sprintf("use %d or more, or fewer prometheus.retentionHours", local), "%d days are less than Prometheus itself keeps, %d hours", r.RawDays, m.Prometheus.RetentionHours)
	}
	return out
}

func (m Metrics) validateThanos(c Config, in Input) finding.List {
	var out finding.List
	t := m.Thanos
	between(&out, "replicas", t.Replicas, 1, maxReplicas, "replicas")
	between(&out, "compactorVolumeGiB", t.CompactorVolumeGiB, 1, maxVolumeGiB, "GiB")
	if longest := m.Retention.Longest(); t.ExpireDays < longest+expiryMargin {
		out.Add("expireDays", fmt.Sprintf("use %d or more, or shorten retention", longest+expiryMargin),
			"S3 deletes after %d days what metrics.retention wants for %d, and Thanos takes %d days to delete", t.ExpireDays, longest, expiryMargin)
	} else if t.ExpireDays > maxDays+expiryMargin+30 {
		out.Add("expireDays", fmt.Sprintf("use at most %d", maxDays), "%d days are longer than ten years", t.ExpireDays)
	}
	for _, key := range c.On(keys(in.Clusters)) {
		if t.Bucket != "" {
			bucketName(&out, "bucket", t.Name(key))
		}
	}
	return out
}

// Name of the bucket of a cluster; "" for one that AWS makes unique.
func (t Thanos) Name(cluster string) string {
	if t.Bucket == "" {
		return ""
	}
	return t.Bucket + "-" + cluster
}

// Names of S3 buckets. Source: facts/platform.json name_and_limit_rules, "s3 bucket".
var (
	bucketPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$`)
	// reservedBuckets are prefixes and suffixes that S3 keeps for itself.
	// Source: S3 user guide, "General purpose bucket naming rules".
	reservedPrefixes = []string{"xn--", "sthree-", "amzn-s3-demo-"}
	reservedSuffixes = []string{"-s3alias", "--ol-s3", "--x-s3", "--table-s3"}
)

// bucketName demands a name that S3 takes. Dots are legal and refused: TLS to
// such a bucket has no certificate.
func bucketName(out *finding.List, path, name string) {
	fix := "use 3 to 63 lower-case letters, digits and hyphens"
	switch {
	case !bucketPattern.MatchString(name):
		out.Add(path, fix, "%q is not a bucket's name", name)
	case hasAny(name, strings.HasPrefix, reservedPrefixes) || hasAny(name, strings.HasSuffix, reservedSuffixes):
		out.Add(path, "use another one", "%q begins or ends with what S3 keeps for itself", name)
	}
}

func hasAny(s string, has func(s, part string) bool, parts []string) bool {
	for _, p := range parts {
		if has(s, p) {
			return true
		}
	}
	return false
}

// charts that metrics install.
func (m Metrics) charts() []string {
	out := []string{ChartOperator, ChartPrometheus}
	if m.Thanos != nil {
		out = append(out, ChartThanos)
	}
	return out
}

// single parts of metrics. Thanos's compactor is one by design: two of them
// on one bucket destroy each other's blocks.
func (m Metrics) single() []Single {
	if len(strings.Fields(m.AcknowledgeSingle)) > 1 {
		return nil
	}
	var out []Single
	add := func(path string, replicas int, loses string) {
		if replicas == 1 {
			out = append(out, Single{Path: "metrics." + path, Acknowledge: "metrics.acknowledgeSingle", Loses: loses})
		}
	}
	add("prometheus.replicas", m.Prometheus.Replicas, "nothing is measured and no alert rings while its node or zone is away")
	add("alertmanagers", m.Alertmanagers, "no alert is delivered while its node or zone is away")
	if m.Thanos != nil {
		add("thanos.replicas", m.Thanos.Replicas, "no dashboard shows anything while its node or zone is away")
	}
	return out
}
