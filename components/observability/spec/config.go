package spec

import (
	"maps"
	"slices"

	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/internal/strict"
)

// Config is the observability section of a stack: what watches its clusters.
// Each part is optional. Config: observability.
type Config struct {
	// Clusters that are watched, by key; empty means every cluster of the stack.
	Clusters []string `json:"clusters,omitempty"`
	// Metrics are Prometheus and a store that keeps more than it can; nil means none.
	Metrics *Metrics `json:"metrics,omitempty"`
	// Grafana shows what the stores hold; nil means none.
	Grafana *Grafana `json:"grafana,omitempty"`
	// Kiali draws the mesh from metrics and traces; nil means none.
	Kiali *Kiali `json:"kiali,omitempty"`
	// Logs of pods, nodes and control planes; nil means none.
	Logs *Logs `json:"logs,omitempty"`
	// Traces of requests; nil means none.
	Traces *Traces `json:"traces,omitempty"`
	// OpenSearch stores logs and traces; nil means no domain.
	OpenSearch *OpenSearch `json:"openSearch,omitempty"`
	// Kafka stands between collectors and stores; nil means none.
	Kafka *Kafka `json:"kafka,omitempty"`
	// Alerts and who gets them; nil means none.
	Alerts *Alerts `json:"alerts,omitempty"`
}

// SingleSignOn is an OpenID Connect client of the company's identity provider.
type SingleSignOn struct {
	// Issuer is the URL of the provider; its endpoints are those of OpenID
	// Connect discovery below it unless given.
	Issuer string `json:"issuer"`
	// AuthorizeURL, TokenURL and UserInfoURL of the provider; empty means those
	// that Keycloak has below Issuer.
	AuthorizeURL string `json:"authorizeUrl,omitempty"`
	TokenURL     string `json:"tokenUrl,omitempty"`
	UserInfoURL  string `json:"userInfoUrl,omitempty"`
	// ClientID that the provider knows.
	ClientID string `json:"clientId"`
	// ClientEntry is the name of an entry of Secrets Manager whose property
	// client-secret holds the client's secret. The cluster's External Secrets
	// must be allowed to read it.
	ClientEntry string `json:"clientEntry"`
	// AdminGroup and EditorGroup are values of the claim groups that may change
	// things; everybody else who signs in looks. Empty means nobody.
	AdminGroup  string `json:"adminGroup,omitempty"`
	EditorGroup string `json:"editorGroup,omitempty"`
}

// ClusterInput is what the rules of the section need to know of a cluster.
type ClusterInput struct {
	// Network is the key of its network, Zones the network's zone IDs.
	Network string
	Zones   []string
	// Mesh says whether the cluster has Istio, Ambient whether its data plane is
	// ambient.
	Mesh, Ambient bool
	// SecretPrefixes are what External Secrets may read of Secrets Manager; nil
	// without External Secrets.
	SecretPrefixes []string
	// Release that the cluster runs, for example 2026.08.
	Release string
}

// Input is what the section itself does not say.
type Input struct {
	Stack, Region, AccountID string
	// Clusters of the stack by key.
	Clusters map[string]ClusterInput
}

// On are the keys of the clusters that the section watches, sorted, those that
// the stack does not have left out.
func (c Config) On(all []string) []string {
	out := slices.Sorted(slices.Values(all))
	if len(c.Clusters) == 0 {
		return out
	}
	return slices.DeleteFunc(out, func(key string) bool { return !slices.Contains(c.Clusters, key) })
}

// Empty says that the section asks for nothing.
func (c Config) Empty() bool {
	return c.Metrics == nil && c.Grafana == nil && c.Kiali == nil && c.Logs == nil && c.Traces == nil && c.Alerts == nil
}

// WithDefaults is the section with everything filled in; c stays as it is.
func (c Config) WithDefaults() Config {
	c.Metrics, c.Grafana, c.Kiali = copied(c.Metrics), copied(c.Grafana), copied(c.Kiali)
	c.Logs, c.Traces, c.Alerts = copied(c.Logs), copied(c.Traces), copied(c.Alerts)
	c.OpenSearch, c.Kafka = copied(c.OpenSearch), copied(c.Kafka)
	if c.OpenSearch != nil {
		c.OpenSearch.defaults()
	}
	if c.Kafka != nil {
		c.Kafka.defaults()
	}
	if c.Metrics != nil {
		c.Metrics.defaults()
	}
	if c.Grafana != nil {
		c.Grafana.defaults()
	}
	if c.Kiali != nil {
		c.Kiali.defaults()
	}
	if c.Logs != nil {
		c.Logs.defaults()
	}
	if c.Traces != nil {
		c.Traces.defaults()
	}
	if c.Alerts != nil {
		c.Alerts.defaults()
	}
	return c
}

// copied is a shallow copy: defaults replaces pointers, maps and lists below it
// and never writes through them.
func copied[T any](p *T) *T {
	if p == nil {
		return nil
	}
	v := *p
	return &v
}

// Validate is every finding of the section. path is observability. Defaults may
// be filled in or not.
func (c Config) Validate(path string, in Input) finding.List {
	var out finding.List
	c = c.WithDefaults()
	known := slices.Sorted(maps.Keys(in.Clusters))
	for i, key := range c.Clusters {
		switch at := index("clusters", i); {
		case !slices.Contains(known, key):
			out.Add(at, strict.Suggest(key, known), "there is no cluster %q", key)
		case slices.Index(c.Clusters, key) < i:
			out.Add(at, "remove one", "%q is there twice", key)
		}
	}
	if c.Empty() {
		out.Add("", "add metrics, logs, traces or alerts, or remove the section", "asks for nothing")
	}
	// A part sees the whole section, since parts lean on each other.
	if c.Metrics != nil {
		out.Join("metrics", c.Metrics.validate(c, in))
	}
	if c.Grafana != nil {
		out.Join("grafana", c.Grafana.validate(c, in))
	}
	if c.Kiali != nil {
		out.Join("kiali", c.Kiali.validate(c, in))
	}
	if c.OpenSearch != nil {
		out.Join("openSearch", c.OpenSearch.validate(c, in))
	}
	if c.Kafka != nil {
		out.Join("kafka", c.Kafka.validate(c, in))
	}
	if c.Logs != nil {
		out.Join("logs", c.Logs.validate(c, in))
	}
	if c.Traces != nil {
		out.Join("traces", c.Traces.validate(c, in))
	}
	if c.Alerts != nil {
		out.Join("alerts", c.Alerts.validate(c, in))
	}
	var under finding.List
	under.Join(path, out)
	return under
}

// NeedsOpenSearch says whether logs or traces are stored in OpenSearch.
func (c Config) NeedsOpenSearch() bool {
	return c.LogsInOpenSearch() || (c.Traces != nil && c.Traces.needsOpenSearch())
}

// NeededCharts are the names of the charts in the release catalogue that the
// section installs, sorted.
func (c Config) NeededCharts() []string {
	c = c.WithDefaults()
	var out []string
	if c.Metrics != nil {
		out = append(out, c.Metrics.charts()...)
	}
	if c.Grafana != nil {
		out = append(out, c.Grafana.charts()...)
	}
	if c.Kiali != nil {
		out = append(out, c.Kiali.charts()...)
	}
	if c.Logs != nil {
		out = append(out, c.Logs.charts()...)
	}
	if c.Traces != nil {
		out = append(out, c.Traces.charts()...)
	}
	if c.Alerts != nil {
		out = append(out, c.Alerts.charts()...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
