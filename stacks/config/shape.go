package config

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/internal/strict"
)

// Difference is one place where two stages have not the same shape.
type Difference struct {
	// Path in the stack file, for example "networks.main.nat.mode".
	Path string
	// Upstream and Here are the two values as JSON; "" means that it is not there.
	Upstream, Here string
}

// treatment is how a value counts when shapes are compared.
type treatment int

const (
	asIs     treatment = iota // compared by value
	ignored                   // size, address, account or name: stages may differ
	presence                  // only whether there is one
	number                    // only how many there are
	asSet                     // members in any order
)

// treatments by path pattern, * for one key, [] for list items. What is not
// named here is compared as it is, so a new key counts as shape until somebody
// says that it is size.
var treatments = map[string]treatment{
	"networks.*.cidr":                   presence,
	"networks.*.podCidr":                presence,
	"networks.*.allowPublicRange":       ignored,
	"networks.*.zones":                  number,
	"networks.*.nat.addresses":          ignored,
	"networks.*.endpoints":              asSet,
	"networks.*.flowLogs.retentionDays": ignored,
	"networks.*.quotas":                 ignored,
	"networks.*.peering":                number,
	"networks.*.existing":               presence,

	"clusters.*.release":                             ignored,
	"clusters.*.state":                               ignored, // the state of a move
	"clusters.*.serviceCidr":                         ignored,
	"clusters.*.endpoint.publicCidrs":                presence,
	"clusters.*.endpoint.acknowledgeOpenToWorld":     ignored,
	"clusters.*.logs.types":                          asSet,
	"clusters.*.logs.retentionDays":                  ignored,
	"clusters.*.access":                              ignored,
	"clusters.*.instanceTypes":                       ignored,
	"clusters.*.bastion":                             presence,
	"clusters.*.externalSecrets":                     presence,
	"clusters.*.nodeGroups.*.min":                    ignored,
	"clusters.*.nodeGroups.*.max":                    ignored,
	"clusters.*.nodeGroups.*.desired":                ignored,
	"clusters.*.nodeGroups.*.diskGiB":                ignored,
	"clusters.*.nodeGroups.*.maxUnavailable":         ignored,
	"clusters.*.nodeGroups.*.zones":                  number,
	"clusters.*.nodeGroups.*.slots":                  ignored, // the state of a climb, not shape
	"clusters.*.nodeGroups.*.instanceTypes":          ignored, // but see architecture below
	"clusters.*.karpenter.nodePools.*.cpuLimit":      ignored,
	"clusters.*.karpenter.nodePools.*.instanceTypes": ignored,
	"clusters.*.karpenter.nodePools.*.capacity":      asSet,

	"edge.domain.name":               presence,
	"edge.domain.zone":               ignored, // where the zone is, not what the stack does with it
	"edge.shift":                     ignored, // the state of a move
	"edge.application.name":          ignored,
	"edge.application.hosts":         ignored, // what is deployed, which has stages of its own
	"edge.application.redirects":     presence,
	"edge.application.certificate":   ignored,
	"edge.management.name":           ignored,
	"edge.management.allow":          presence,
	"edge.management.hosts":          presence,
	"edge.management.certificate":    ignored,
	"edge.waf.rateLimit.requests":    ignored,
	"edge.waf.allow":                 presence,
	"edge.waf.deny":                  presence,
	"edge.waf.logging.retentionDays": ignored,
	"edge.waf.logging.redactHeaders": asSet,
	"edge.waf.managed.*.countRules":  asSet,
	"edge.accessLogs.retentionDays":  ignored,
	"edge.certManager.email":         ignored,

	"mesh.trustDomain":             ignored,
	"mesh.id":                      ignored,
	"mesh.hub":                     ignored,
	"mesh.controlPlane":            ignored,
	"mesh.egressProxy":             ignored,
	"mesh.external.*.hosts":        number,
	"mesh.awsServices":             asSet,
	"mesh.gateways.*.min":          ignored,
	"mesh.gateways.*.max":          ignored,
	"mesh.namespaces.*.labels":     ignored,
	"mesh.namespaces.*.waypoint":   presence,
	"mesh.namespaces.*.revision":   ignored, // the state of a climb, not shape
	"mesh.revisions":               ignored,
	"mesh.tags":                    ignored,
	"mesh.clusters.*.revisions":    ignored,
	"mesh.clusters.*.tags":         ignored,
	"mesh.tracing.samplingPercent": ignored,
	"mesh.tracing.collector":       ignored,
	"mesh.ca.roots":                presence,
	"mesh.ca.issuing":              ignored,
	"mesh.ca.until":                ignored,
	"mesh.ca.signingAlgorithm":     ignored,

	"mesh.clusters.*.eastWestAddresses": ignored,

	"observability.clusters":                          asSet,
	"observability.metrics.acknowledgeSingle":         ignored,
	"observability.metrics.prometheus.retentionHours": ignored,
	"observability.metrics.prometheus.volumeGiB":      ignored,
	"observability.metrics.prometheus.scrapeSeconds":  ignored,
	"observability.metrics.prometheus.cpuMillis":      ignored,
	"observability.metrics.prometheus.memoryMiB":      ignored,
	"observability.metrics.retention":                 ignored,
	"observability.metrics.thanos.bucket":             presence,
	"observability.metrics.thanos.expireDays":         ignored,
	"observability.metrics.thanos.compactorVolumeGiB": ignored,
	"observability.metrics.thanos.emptyOnDelete":      ignored,
	"observability.metrics.managed.retentionDays":     ignored,
	"observability.grafana.adminEntry":                presence,
	"observability.grafana.url":                       presence,
	"observability.grafana.singleSignOn":              presence,
	"observability.grafana.acknowledgeSingle":         ignored,
	"observability.traces.retentionDays":              ignored,
	"observability.traces.keepPercent":                ignored,
	"observability.traces.slowMilliseconds":           ignored,
	"observability.traces.decisionSeconds":            ignored,
	"observability.traces.spansPerSecond":             ignored,
	"observability.traces.queueGiB":                   ignored,
	"observability.traces.gateways":                   ignored,
	"observability.traces.tempo.volumeGiB":            ignored,
	"observability.traces.tempo.deleteData":           ignored,
	"observability.alerts.receivers":                  ignored,
	"observability.alerts.routes":                     ignored,
	"observability.alerts.heartbeat":                  presence,
	"observability.alerts.runbooks":                   ignored,
	"observability.alerts.silent":                     ignored,
	"observability.kiali.url":                         presence,
	"observability.kiali.singleSignOn":                presence,
	"observability.kiali.acknowledgeSingle":           ignored,
	"observability.openSearch.instanceType":           ignored,
	"observability.openSearch.masterType":             ignored,
	"observability.openSearch.nodes":                  ignored,
	"observability.openSearch.volumeGiB":              ignored,
	"observability.openSearch.serviceLinkedRole":      ignored, // a matter of the account
	"observability.openSearch.warm.instanceType":      ignored,
	"observability.openSearch.warm.nodes":             ignored,
	"observability.openSearch.warm.afterDays":         ignored,
	"observability.openSearch.warm.coldAfterDays":     presence,
	"observability.kafka.instanceType":                ignored,
	"observability.kafka.brokers":                     ignored,
	"observability.kafka.volumeGiB":                   ignored,
	"observability.kafka.retentionHours":              ignored,
	"observability.kafka.partitions":                  ignored,
	"observability.logs.retentionDays":                ignored,
	"observability.logs.dailyGiB":                     ignored,
	"observability.logs.bufferGiB":                    ignored,
	"observability.logs.sources":                      asSet,
	"observability.logs.drop":                         ignored, // what is noise differs by what runs there
	"observability.logs.redact.values":                asSet,
	"observability.logs.redact.fields":                asSet,
	"observability.logs.loki.volumeGiB":               ignored,
	"observability.logs.loki.bucketDays":              ignored,
	"observability.logs.loki.deleteData":              ignored,
}

// shaped are the sections whose shape counts.
var shaped = []string{"networks", "clusters", "mesh", "edge", "observability"}

// Differences are the places where a stack has not the shape of the one
// upstream of it, sorted by path. Stages may differ in size, addresses,
// accounts and names; a soak upstream proves nothing about another shape.
func Differences(up, down Stack) []Difference { return differences(Shape(up), Shape(down)) }

// Unacknowledged are the differences of a stack from a shape that upstream
// recorded, without those that promotion.differences names.
func Unacknowledged(up map[string]string, down Stack) []Difference {
	return slices.DeleteFunc(differences(up, Shape(down)), func(d Difference) bool {
		return slices.ContainsFunc(down.Promotion.Differences, func(pattern string) bool { return acknowledges(pattern, d.Path) })
	})
}

// String is the difference in words.
func (d Difference) String() string {
	return fmt.Sprintf("%s is %s here, %s there", d.Path, said(d.Here), said(d.Upstream))
}

func differences(a, b map[string]string) []Difference {
	var out []Difference
	for _, path := range sortedKeys(b) {
		if a[path] != b[path] {
			out = append(out, Difference{path, a[path], b[path]})
		}
	}
	for _, path := range sortedKeys(a) {
		if _, ok := b[path]; !ok {
			out = append(out, Difference{path, a[path], ""})
		}
	}
	slices.SortFunc(out, func(x, y Difference) int { return strings.Compare(x.Path, y.Path) })
	return outermost(out)
}

// outermost drops differences below another: a network that is not there is
// one difference, not one for each of its settings.
func outermost(in []Difference) []Difference {
	var out []Difference
	for _, d := range in {
		if !slices.ContainsFunc(in, func(o Difference) bool { return strings.HasPrefix(d.Path, o.Path+".") }) {
			out = append(out, d)
		}
	}
	return out
}

// Shape flattens networks, clusters, mesh, edge and observability, defaults filled in,
// to values by path. The sample is left out: a stage may have it or not, since it
// proves the way in and nothing of the platform depends on it.
func Shape(s Stack) map[string]string {
	s = s.withoutSample().WithDefaults()
	b, err := json.Marshal(map[string]any{"networks": s.Networks, "clusters": s.Clusters})
	if err != nil {
		panic(fmt.Sprintf("config: shape: %v", err)) // plain values only: cannot be
	}
	var tree map[string]any
	if err := json.Unmarshal(b, &tree); err != nil {
		panic(fmt.Sprintf("config: shape: %v", err))
	}
	out := map[string]string{}
	for _, section := range sortedKeys(tree) {
		entries, _ := tree[section].(map[string]any)
		for key, v := range entries {
			out[section+"."+key] = "present"
			flatten(out, section+"."+key, section+".*", v)
		}
	}
	if s.Mesh != nil {
		out["mesh"] = "present"
		flatten(out, "mesh", "mesh", plain(s.Mesh))
	}
	if s.Edge != nil {
		out["edge"] = "present"
		flatten(out, "edge", "edge", plain(s.Edge))
	}
	if s.Observability != nil {
		out["observability"] = "present"
		flatten(out, "observability", "observability", plain(s.Observability))
	}
	for key, c := range s.Clusters {
		for group, g := range c.NodeGroups {
			out["clusters."+key+".nodeGroups."+group+".instanceTypes"] = architecture(c, g.InstanceTypes)
		}
		if c.Karpenter != nil {
			for pool, p := range c.Karpenter.NodePools {
				out["clusters."+key+".karpenter.nodePools."+pool+".instanceTypes"] = architecture(c, p.InstanceTypes)
			}
		}
	}
	return out
}

// plain is a section as its JSON is.
func plain(section any) any {
	b, err := json.Marshal(section)
	if err != nil {
		panic(fmt.Sprintf("config: shape: %v", err)) // plain values only: cannot be
	}
	var out any
	if err := json.Unmarshal(b, &out); err != nil {
		panic(fmt.Sprintf("config: shape: %v", err))
	}
	return out
}

// architecture of instance types is shape, their size is not.
func architecture(c clusterConfig, types []string) string {
	a, _ := c.Architecture(types)
	return a
}

// keyed are the patterns whose keys users choose.
var keyed = []string{
	"clusters.*.nodeGroups", "clusters.*.karpenter.nodePools", "clusters.*.storage.efs.fileSystems", "clusters.*.addons", "clusters.*.amis",
	"mesh.external", "mesh.gateways", "mesh.namespaces", "mesh.namespaces.*.allow", "mesh.namespaces.*.plainPorts", "mesh.namespaces.*.services",
	"edge.waf.managed",
	"mesh.clusters", "mesh.links", "mesh.links.*.services", "mesh.externalAuthorization", "mesh.envoyFilters",
}

func flatten(out map[string]string, path, pattern string, v any) {
	switch treatments[pattern] {
	case ignored:
		return
	case presence:
		out[path] = "present"
		return
	case number:
		if l, ok := v.([]any); ok {
			out[path] = fmt.Sprintf("%d of them", len(l))
		}
		return
	case asSet:
		if l, ok := v.([]any); ok {
			slices.SortFunc(l, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		}
	}
	m, ok := v.(map[string]any)
	if !ok {
		b, err := json.Marshal(v)
		if err != nil {
			panic(fmt.Sprintf("config: shape: %s: %v", path, err))
		}
		out[path] = string(b)
		return
	}
	chosen := slices.Contains(keyed, pattern)
	for _, key := range sortedKeys(m) {
		next := pattern + "." + key
		if chosen {
			next = pattern + ".*"
			out[path+"."+key] = "present"
		}
		flatten(out, path+"."+key, next, m[key])
	}
}

// acknowledges says whether a pattern of promotion.differences covers a path:
// element by element, * for any one, and everything below.
func acknowledges(pattern, path string) bool {
	want, got := strings.Split(pattern, "."), strings.Split(path, ".")
	if len(want) > len(got) {
		return false
	}
	for i, w := range want {
		if w != "*" && w != got[i] {
			return false
		}
	}
	return true
}

// CheckShape reports every difference from upstream that the stack does not
// acknowledge, and every acknowledgement that nothing needs any more.
func CheckShape(up, down Stack) finding.List {
	var out finding.List
	after := down.Promotion.After
	needed := map[int]bool{}
	for _, d := range Differences(up, down) {
		covered := false
		for i, pattern := range down.Promotion.Differences {
			if acknowledges(pattern, d.Path) {
				covered, needed[i] = true, true
			}
		}
		if !covered {
			out.Add(d.Path, fmt.Sprintf("make them the same, or add %s to promotion.differences", d.Path),
				"has another shape than in %s, so what runs there proves nothing for it here: %s here, %s there", after, said(d.Here), said(d.Upstream))
		}
	}
	for i, pattern := range down.Promotion.Differences {
		if !needed[i] {
			out.Warn(fmt.Sprintf("promotion.differences[%d]", i), "remove it", "%q acknowledges a difference that does not exist", pattern)
		}
	}
	return out
}

func said(value string) string {
	if value == "" {
		return "nothing"
	}
	return value
}

// compareUpstream reads the stack that s follows from dir and compares the two.
func compareUpstream(dir string, s Stack) finding.List {
	var out finding.List
	after := s.Promotion.After
	path := filepath.Join(dir, "Pulumi."+after+".yaml")
	up, found := readQuietly(path)
	if found != nil {
		known, _ := filepath.Glob(filepath.Join(dir, "Pulumi.*.yaml"))
		for i, k := range known {
			known[i] = strings.TrimSuffix(strings.TrimPrefix(filepath.Base(k), "Pulumi."), ".yaml")
		}
		out.Add("promotion.after", strict.Suggest(after, known), "the stack file of %q %s", after, found[0].Message)
		return out
	}
	if a, b := slices.Index(stages, up.Environment.Stage), slices.Index(stages, s.Environment.Stage); a > b && b >= 0 {
		out.Add("promotion.after", "follow a stack of an earlier stage", "%q is stage %s, which comes after %s", after, up.Environment.Stage, s.Environment.Stage)
	}
	if s.Promotion.Reader == nil {
		fix := "give roleArn and region of a role there that may read /ladder/" + after + "/*"
		switch {
		case s.Environment.AccountID != up.Environment.AccountID:
			out.Add("promotion.reader", fix, "is missing, and %s is in another account (%s), whose record cannot be read from here", after, up.Environment.AccountID)
		case s.Environment.Region != up.Environment.Region:
			out.Add("promotion.reader", fix, "is missing, and %s is in another region (%s), whose parameters cannot be read from here", after, up.Environment.Region)
		}
	}
	if r := s.Promotion.Reader; r != nil {
		if m := rolePattern.FindStringSubmatch(r.RoleARN); m != nil && m[1] != up.Environment.AccountID {
			out.Add("promotion.reader.roleArn", "use a role of that account", "is of account %s, %s is in %s", m[1], after, up.Environment.AccountID)
		}
		if r.Region != up.Environment.Region {
			out.Add("promotion.reader.region", "use "+up.Environment.Region, "is %q, %s is in %q", r.Region, after, up.Environment.Region)
		}
	}
	out.Join("", CheckShape(up, s))
	out.Join("", CheckBuckets(up, s))
	return out
}
