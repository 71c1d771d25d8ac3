package spec

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/internal/finding"
)

// objectName is a namespace or container: a DNS label (RFC 1123).
var objectName = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$`)

// validateStore says whether somebody keeps the logs, and for as long as asked.
func (l Logs) validateStore(out *finding.List, c Config, in Input) {
	if l.Store != "" {
		word(out, "store", l.Store, LogsOpenSearch, LogsLoki)
	}
	store := c.LogStore()
	switch {
	case c.OpenSearch == nil && l.Loki == nil:
		out.Add("store", "add observability.openSearch or logs.loki, or remove logs", "logs are collected, and neither OpenSearch nor Loki keeps them")
	case store == "":
		out.Add("store", "say openSearch or loki; the other one stays for reading", "there are two stores, and nothing says which one gets new logs")
	case store == LogsOpenSearch && c.OpenSearch == nil:
		out.Add("store", "add observability.openSearch", "new logs go to OpenSearch, and there is none")
	case store == LogsLoki && l.Loki == nil:
		out.Add("store", "add logs.loki", "new logs go to Loki, and there is none")
	case store == LogsOpenSearch:
		l.fits(out, *c.OpenSearch, c, in)
	}
}

// fits says whether the data nodes of each cluster's domain hold the logs of
// the time that they spend there.
func (l Logs) fits(out *finding.List, o OpenSearch, c Config, in Input) {
	if o.Warm != nil && max(o.Warm.AfterDays, o.Warm.ColdAfterDays) >= l.RetentionDays {
		out.Add("retentionDays", fmt.Sprintf("use more than %d, or leave the tier out", max(o.Warm.AfterDays, o.Warm.ColdAfterDays)),
			"logs are deleted after %d days, before they move to the next tier", l.RetentionDays)
	}
	for _, key := range c.On(keys(in.Clusters)) {
		zones := len(StoreZones(in.Clusters[key].Zones))
		nodes := o.NodesIn(zones)
		need, have := o.HotGiB(l.DailyGiB, l.RetentionDays), nodes*o.VolumeGiB
		if zones == 0 || need <= have {
			continue
		}
		out.Add("retentionDays", fmt.Sprintf("use openSearch.volumeGiB %d, more nodes, openSearch.warm or fewer days", (need+nodes-1)/nodes),
			"%d days of %d GiB on data nodes, with a replica and AWS's factor of 1.45, are %d GiB, and the domain of cluster %q has %d × %d GiB",
			o.HotDays(l.RetentionDays), l.DailyGiB, need, key, nodes, o.VolumeGiB)
	}
}

func (k Loki) validate(l Logs) finding.List {
	var out finding.List
	between(&out, "replicas", k.Replicas, minLokiCount, maxLokiCount, "replicas")
	if k.VolumeGiB < 1 {
		out.Add("volumeGiB", "use 1 or more", "%d GiB is not a size", k.VolumeGiB)
	}
	if k.BucketDays < l.RetentionDays {
		out.Add("bucketDays", fmt.Sprintf("use %d or more", l.RetentionDays), "the bucket deletes after %d days what logs.retentionDays keeps for %d", k.BucketDays, l.RetentionDays)
	}
	return out
}

// validateRules are those of what is dropped and redacted.
func (l Logs) validateRules(out *finding.List) {
	for i, d := range l.Drop {
		at := index("drop", i)
		if d == (Drop{}) {
			out.Add(at, "name a namespace, a container or text", "would drop everything")
		}
		for _, name := range []struct{ field, value string }{{"namespace", d.Namespace}, {"container", d.Container}} {
			if name.value != "" && !objectName.MatchString(name.value) {
				out.Add(at+"."+name.field, "use a name as Kubernetes has it", "%q is not the name of one", name.value)
			}
		}
		plainText(out, at+".contains", d.Contains)
	}
	if l.Redact == nil {
		return
	}
	for i, v := range l.Redact.Values {
		word(out, index("redact.values", i), v, Redactions...)
	}
	for i, f := range l.Redact.Fields {
		at := index("redact.fields", i)
		if f == "" || slices.Index(l.Redact.Fields, f) < i {
			out.Add(at, "remove it", "%q is empty or there twice", f)
		}
		plainText(out, at, f)
	}
}

// plainText goes into a chart's values, which are a template themselves.
func plainText(out *finding.List, path, text string) {
	if strings.Contains(text, "{{") || strings.ContainsAny(text, "\n\r\x00") {
		out.Add(path, "use text of one line without {{", "%q cannot be written into the collector's rules", text)
	}
}
