package spec

import (
	"fmt"
	"maps"
	"slices"
)

// Words of the configuration.
const (
	Ambient = "ambient"
	Sidecar = "sidecar"
	// None leaves a namespace out of the mesh.
	None = "none"

	Strict     = "strict"
	Permissive = "permissive"

	RegistryOnly = "registryOnly"
	AllowAny     = "allowAny"

	Deny   = "deny"
	Allows = "allow"

	TLS  = "tls"
	HTTP = "http"
	TCP  = "tcp"

	// DefaultRevision is the control plane that a mesh without revisions has.
	DefaultRevision = "default"
)

// Namespaces that the mesh makes for itself.
const (
	SystemNamespace  = "istio-system"
	IngressNamespace = "istio-ingress"
	EgressNamespace  = "istio-egress"
)

// Defaults with their sources.
const (
	// defaultTrustDomain is Istio's own (istio.io/api mesh/v1alpha1, trustDomain).
	defaultTrustDomain = "cluster.local"
	// defaultHub: charts up to 1.30 name a registry that is being retired, so the
	// hub is always said (facts, istio_artifacts "images").
	defaultHub = "docker.io/istio"

	defaultMin = 2 // one pod does not survive the drain of its node
	defaultMax = 5 // the charts' own maximum

	defaultExternalPort = 443
	defaultSampling     = 1 // percent, Istio's own

	// Connections and outlier detection: Envoy's own limit of 1024, a pod out
	// after five errors in a row and never more than half of a service.
	// Source: envoy config.cluster.v3 CircuitBreakers and OutlierDetection, read 2026-11.
	defaultConnections    = 1024
	defaultPending        = 1024
	defaultConnectSeconds = 5
	defaultIdleSeconds    = 300
	defaultErrors         = 5
	defaultInterval       = 10
	defaultEject          = 30
	defaultMaxPercent     = 50

	// defaultAttempts is Istio's own number of retries.
	defaultAttempts = 2
)

// defaultRetryOn are Istio's own conditions, its one status code written out.
// The first four mean that the request was not begun; a 503 is what the proxy of
// a pod that is going away answers.
// Source: istio pilot/pkg/networking/core/route/retry, 1.31.
var defaultRetryOn = []string{"connect-failure", "refused-stream", "unavailable", "cancelled", "503"}

// WithDefaults fills what the stack file leaves out; c itself stays as it is.
func (c Config) WithDefaults() Config {
	c.DataPlane = orDefault(c.DataPlane, Ambient)
	c.TrustDomain = orDefault(c.TrustDomain, defaultTrustDomain)
	c.ID = orDefault(c.ID, c.TrustDomain)
	c.Hub = orDefault(c.Hub, defaultHub)
	c.MTLS = orDefault(c.MTLS, Strict)
	c.Authorization.Default = orDefault(c.Authorization.Default, Deny)
	c.Egress = orDefault(c.Egress, RegistryOnly)
	c.ControlPlane = c.ControlPlane.withDefaults()
	c.EgressProxy = c.EgressProxy.withDefaults()
	if c.AccessLog == nil {
		on := true
		c.AccessLog = &on
	}
	c.External = mapped(c.External, External.withDefaults)
	c.Gateways = mapped(c.Gateways, func(g Gateway) Gateway {
		g.Replicas = g.Replicas.withDefaults()
		return g
	})
	c.Traffic = Traffic{Connections: c.Traffic.Connections.withDefaults(true), Outlier: c.Traffic.Outlier.withDefaults(true)}
	c.Retries = c.Retries.withDefaults(true)
	if c.Tracing != nil {
		t := *c.Tracing
		t.SamplingPercent = orDefault(t.SamplingPercent, defaultSampling)
		c.Tracing = &t
	}
	c.Namespaces = mapped(c.Namespaces, Namespace.withDefaults)
	return c
}

func (r Replicas) withDefaults() Replicas {
	r.Min = orDefault(r.Min, defaultMin)
	r.Max = orDefault(r.Max, max(defaultMax, r.Min))
	return r
}

func (e External) withDefaults() External {
	e.Protocol = orDefault(e.Protocol, TLS)
	if len(e.Ports) == 0 {
		e.Ports = []int{defaultExternalPort}
	}
	return e
}

func (n Namespace) withDefaults() Namespace {
	n.Revision = orDefault(n.Revision, DefaultRevision)
	if n.Waypoint != nil {
		n.Waypoint = &Waypoint{Replicas: n.Waypoint.Replicas.withDefaults()}
	}
	n.Traffic = n.Traffic.withDefaults()
	n.Services = mapped(n.Services, func(s Service) Service {
		s.Traffic = s.Traffic.withDefaults()
		s.Retries = s.Retries.withDefaults(false)
		return s
	})
	return n
}

func (t Traffic) withDefaults() Traffic {
	return Traffic{Connections: t.Connections.withDefaults(false), Outlier: t.Outlier.withDefaults(false)}
}

// Over is t where it says something, else below.
func (t Traffic) Over(below Traffic) Traffic {
	if t.Connections == nil {
		t.Connections = below.Connections
	}
	if t.Outlier == nil {
		t.Outlier = below.Outlier
	}
	return t
}

// withDefaults of a section that is not there is nothing, unless it is always there.
func (c *Connections) withDefaults(always bool) *Connections {
	if c == nil && !always {
		return nil
	}
	var out Connections
	if c != nil {
		out = *c
	}
	out.Max = orDefault(out.Max, defaultConnections)
	out.Pending = orDefault(out.Pending, defaultPending)
	out.ConnectSeconds = orDefault(out.ConnectSeconds, defaultConnectSeconds)
	out.IdleSeconds = orDefault(out.IdleSeconds, defaultIdleSeconds)
	return &out
}

func (o *Outlier) withDefaults(always bool) *Outlier {
	if o == nil && !always {
		return nil
	}
	var out Outlier
	if o != nil {
		out = *o
	}
	out.Errors = orDefault(out.Errors, defaultErrors)
	out.IntervalSeconds = orDefault(out.IntervalSeconds, defaultInterval)
	out.EjectSeconds = orDefault(out.EjectSeconds, defaultEject)
	out.MaxPercent = orDefault(out.MaxPercent, defaultMaxPercent)
	return &out
}

func (r *Retries) withDefaults(always bool) *Retries {
	switch {
	case r == nil && !always:
		return nil
	case r == nil:
		r = &Retries{Attempts: defaultAttempts}
	}
	out := Retries{Attempts: r.Attempts, On: slices.Clone(r.On)}
	if len(out.On) == 0 {
		out.On = slices.Clone(defaultRetryOn)
	}
	return &out
}

// For is the mesh as one cluster has it: what the cluster does differently is
// applied, what is not in it is left out, and defaults are filled in. ok is
// false where the cluster has no mesh.
func (c Config) For(cluster string) (own Config, ok bool) {
	c = c.WithDefaults()
	differs := c.Clusters[cluster]
	if differs.Disabled {
		return Config{}, false
	}
	c.DataPlane = orDefault(differs.DataPlane, c.DataPlane)
	if differs.Revisions != nil {
		c.Revisions = differs.Revisions
	}
	if differs.Tags != nil {
		c.Tags = differs.Tags
	}
	differs.MeshNetwork = orDefault(differs.MeshNetwork, cluster)
	c.Clusters = map[string]Cluster{cluster: differs}
	namespaces := map[string]Namespace{}
	for name, n := range c.Namespaces {
		if len(n.Clusters) > 0 && !slices.Contains(n.Clusters, cluster) {
			continue
		}
		n.DataPlane = orDefault(n.DataPlane, c.DataPlane)
		n.Revision = c.RevisionOf(n.Revision)
		namespaces[name] = n
	}
	for key, l := range c.Links {
		if slices.Contains(l.Between, cluster) && l.checks() {
			namespaces[CheckNamespace(key)] = Namespace{DataPlane: c.DataPlane, Revision: c.MainRevision()}
		}
	}
	c.Namespaces = namespaces
	return c, true
}

// Plane is the data plane of a namespace with its defaults filled in.
func (n Namespace) Plane() Plane {
	switch {
	case n.DataPlane == Sidecar:
		return PlaneSidecar
	case n.DataPlane == Ambient && n.Waypoint != nil:
		return PlaneWaypoint
	case n.DataPlane == Ambient:
		return PlaneAmbient
	}
	return PlaneNone
}

// Enrolled are the namespaces that are in the mesh, sorted. Call it on what For returns.
func (c Config) Enrolled() []string {
	var out []string
	for _, name := range sortedKeys(c.Namespaces) {
		if c.Namespaces[name].Plane() != PlaneNone {
			out = append(out, name)
		}
	}
	return out
}

// Has says whether a namespace is on one of planes. Call it on what For returns.
func (c Config) Has(planes ...Plane) bool {
	for _, n := range c.Namespaces {
		if slices.Contains(planes, n.Plane()) {
			return true
		}
	}
	return false
}

// MeshNetwork is the name of the network that the pods of a cluster are on.
func (c Config) MeshNetwork(cluster string) string {
	return orDefault(c.Clusters[cluster].MeshNetwork, cluster)
}

// LeavesThroughProxy says whether external services are reached through the
// egress gateway or waypoint.
func (c Config) LeavesThroughProxy() bool { return c.Egress == RegistryOnly }

// AllExternal are the external services by key, those of AWS in a region included.
func (c Config) AllExternal(region string) map[string]External {
	out := maps.Clone(c.External)
	if out == nil {
		out = map[string]External{}
	}
	if len(c.AWSServices) > 0 {
		aws := External{}
		for _, s := range slices.Sorted(slices.Values(c.AWSServices)) {
			aws.Hosts = append(aws.Hosts, AWSHost(s, region))
		}
		out[awsKey] = aws.withDefaults()
	}
	return out
}

// awsKey names the external services of AWS; no key of external may be it.
const awsKey = "aws"

// AWSHost is the regional host name of an AWS API.
func AWSHost(service, region string) string {
	return fmt.Sprintf("%s.%s.amazonaws.com", service, region)
}

// mapped is m with f applied to every value; nil stays nil.
func mapped[V any](m map[string]V, f func(V) V) map[string]V {
	out := maps.Clone(m)
	for k, v := range out {
		out[k] = f(v)
	}
	return out
}

func orDefault[V comparable](value, fallback V) V {
	var zero V
	if value == zero {
		return fallback
	}
	return value
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
