package spec

import (
	"maps"
	"slices"
)

// Kinds of objects that hosts become.
const (
	RoutingIstio      = "istio"
	RoutingGatewayAPI = "gatewayAPI"
)

// Load balancers.
const (
	ALB = "alb"
	NLB = "nlb"
)

// Issuers of the gateway's certificate.
const (
	IssuerCertManager = "certManager"
	IssuerSecret      = "secret"
)

// Actions of rules of the WAF.
const (
	Count = "count"
	Block = "block"
)

// Entrances, by the keys of the mesh's gateways.
const (
	EntranceApplication = "application"
	EntranceManagement  = "management"
)

const (
	// defaultDeregistration leaves ten seconds of a pod's grace period for the
	// proxy to end after the load balancer has stopped asking it.
	defaultDeregistration = 20
	// podGrace is how long Kubernetes lets a pod end unless it says otherwise,
	// in seconds; the gateway chart keeps it. Source: Kubernetes,
	// PodSpec.terminationGracePeriodSeconds; Istio's gateway chart 1.31.
	podGrace = 30
	// defaultLogDays of access logs and of the WAF's: an incident that is
	// noticed late is usually noticed within a month.
	defaultLogDays = 30
	// defaultMaxWCU is what a web ACL takes without a charge by request.
	// Source: AWS WAF quotas, facts/platform.json, 2026-11-21.
	defaultMaxWCU = 1500
	// defaultWindow of a rate limit, in seconds. Source: WAFv2 API, RateBasedStatement.
	defaultWindow = 300
	// defaultSecret is the TLS secret that the gateway reads.
	defaultSecret = "edge-application"
	// letsEncrypt is the directory of Let's Encrypt's production authority.
	letsEncrypt = "https://acme-v02.api.letsencrypt.org/directory"
)

// WithDefaults is the configuration with everything filled in that a stack
// file may leave out. clusters are the stack's cluster keys. It does not
// change c, and filling in twice changes nothing.
func (c Config) WithDefaults(clusters []string) Config {
	c.Routing = or(c.Routing, RoutingIstio)
	c.Application.LoadBalancer = or(c.Application.LoadBalancer, ALB)
	c.Application.DeregistrationSeconds = or(c.Application.DeregistrationSeconds, defaultDeregistration)
	if c.Application.LoadBalancer == ALB && c.Application.Certificate == nil {
		c.Application.Certificate = &Certificate{}
	}
	if t := c.Application.TLS; t != nil {
		filled := *t
		filled.Secret = or(filled.Secret, defaultSecret)
		c.Application.TLS = &filled
	}
	if m := c.Management; m != nil {
		filled := *m
		filled.DeregistrationSeconds = or(filled.DeregistrationSeconds, defaultDeregistration)
		if filled.Certificate == nil {
			filled.Certificate = &Certificate{}
		}
		c.Management = &filled
	}
	if len(c.Shift) == 0 && len(clusters) == 1 {
		c.Shift = map[string]int{clusters[0]: 100}
	}
	logs := AccessLogs{}
	if c.AccessLogs != nil {
		logs = *c.AccessLogs
	}
	if !logs.Disabled {
		logs.RetentionDays = or(logs.RetentionDays, defaultLogDays)
	}
	c.AccessLogs = &logs
	if c.WAF != nil {
		filled := c.WAF.withDefaults()
		c.WAF = &filled
	}
	if m := c.CertManager; m != nil {
		filled := *m
		filled.Server = or(filled.Server, letsEncrypt)
		c.CertManager = &filled
	}
	return c
}

func (w WAF) withDefaults() WAF {
	if w.Managed == nil {
		w.Managed = map[string]ManagedGroup{}
		for _, name := range defaultGroups {
			w.Managed[name] = ManagedGroup{}
		}
	}
	filled := make(map[string]ManagedGroup, len(w.Managed))
	for name, g := range w.Managed {
		g.Action = or(g.Action, Count)
		g.WCU = or(g.WCU, groupWCU[name])
		filled[name] = g
	}
	w.Managed = filled
	if w.RateLimit != nil {
		r := *w.RateLimit
		r.WindowSeconds, r.Action = or(r.WindowSeconds, defaultWindow), or(r.Action, Count)
		w.RateLimit = &r
	}
	logging := WAFLogging{}
	if w.Logging != nil {
		logging = *w.Logging
	}
	if !logging.Disabled {
		logging.RetentionDays = or(logging.RetentionDays, defaultLogDays)
	}
	w.Logging = &logging
	w.MaxWCU = or(w.MaxWCU, defaultMaxWCU)
	return w
}

// Clusters are the clusters that the edge leads to, sorted. Defaults are filled in.
func (c Config) Clusters() []string { return slices.Sorted(maps.Keys(c.Shift)) }

// ZoneOnly says that only the DNS zone is made: nothing delegates to it yet.
func (c Config) ZoneOnly() bool {
	z := c.Domain.Zone
	return z.Create && !z.Delegated && z.Parent == nil
}

// LoadBalancers are the numbers of load balancers in public and in private
// subnets, for the headroom proof.
func (c Config) LoadBalancers() (public, internal int) {
	if c.ZoneOnly() {
		return 0, 0
	}
	public = 1
	switch {
	case c.Management == nil:
	case c.Management.Internal:
		internal++
	default:
		public++
	}
	return public, internal
}

// LoadBalancerName is the name in AWS of an entrance's load balancer.
func (c Config) LoadBalancerName(stack, entrance string) string {
	name := c.Application.Name
	if entrance == EntranceManagement {
		name = ""
		if c.Management != nil {
			name = c.Management.Name
		}
	}
	return or(name, stack+"-"+entrance)
}

func or[T comparable](value, fallback T) T {
	var zero T
	if value == zero {
		return fallback
	}
	return value
}
