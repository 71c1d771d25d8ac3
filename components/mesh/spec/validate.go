package spec

import (
	"fmt"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/internal/strict"
)

// ValidateInput is what the rules need to know beside the section itself.
type ValidateInput struct {
	// Region of the stack.
	Region string
	// Clusters of the stack by key.
	Clusters map[string]ClusterInput
}

// ClusterInput is what the rules need to know of one cluster.
type ClusterInput struct {
	// NetworkPolicy says that the VPC CNI enforces NetworkPolicies.
	NetworkPolicy bool
	// PodSecurityGroups is the CNI's enforcing mode for security groups of pods;
	// "" where pods have none.
	PodSecurityGroups string
	// Place is where the cluster is, for links.
	Place Place
}

// Limits with their sources.
const (
	maxLabel = 63  // RFC 1123, and facts, name_and_limit_rules
	maxHost  = 253 // RFC 1035
	maxPort  = 65535
	// maxGatewayKey leaves room for "gateway-" in names of objects.
	maxGatewayKey = maxLabel - len("gateway-")
)

// The platform's own collector; stacks may name another in tracing.collector.
const clusterSuffix = ".svc.cluster.local"

var (
	keyPattern    = regexp.MustCompile(`^[a-z](?:[a-z0-9-]*[a-z0-9])?$`)
	namePattern   = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$`)
	hostPattern   = regexp.MustCompile(`^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$`)
	hubPattern    = regexp.MustCompile(`^[a-z0-9.-]+(?::[0-9]+)?(?:/[a-z0-9._-]+)+$`)
	methodPattern = regexp.MustCompile(`^[A-Z]+$`)
	accountName   = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?/[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$`)
)

// Validate returns every finding of the section at path, for example "mesh".
// Defaults may be filled or not.
func (c Config) Validate(path string, in ValidateInput) finding.List {
	c = c.WithDefaults()
	var out finding.List
	out.Join(path, c.validateMesh())
	out.Join(path, c.validateClusters(in))
	out.Join(path, c.validateExternal(in))
	out.Join(path, c.validateGateways())
	out.Join(path, c.validateTracing(in))
	out.Join(path, c.validateNamespaces(in))
	out.Join(path, c.checkBeyond(in))
	out.Sort()
	return out
}

// oneOf reports a word that is none of those allowed.
func oneOf(out *finding.List, path, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		out.Add(path, strict.Suggest(value, slices.Clone(allowed)), "%q is not known", value)
	}
}

func (c Config) validateMesh() finding.List {
	var out finding.List
	oneOf(&out, "dataPlane", c.DataPlane, Ambient, Sidecar)
	oneOf(&out, "mtls", c.MTLS, Strict, Permissive)
	oneOf(&out, "egress", c.Egress, RegistryOnly, AllowAny)
	oneOf(&out, "authorization.default", c.Authorization.Default, Deny, Allows)
	if len(c.TrustDomain) > maxHost || !hostPattern.MatchString(c.TrustDomain+".x") {
		out.Add("trustDomain", "use a DNS name such as mesh.example.com", "%q is not a trust domain", c.TrustDomain)
	}
	if !hubPattern.MatchString(c.Hub) {
		out.Add("hub", "use registry and path without a tag, for example docker.io/istio", "%q is not where images are", c.Hub)
	}
	out.Join("controlPlane", c.ControlPlane.validate())
	out.Join("egressProxy", c.EgressProxy.validate())
	out.Join("traffic", c.Traffic.validate())
	out.Join("retries", c.Retries.validate())
	return out
}

// validate of a size: defaults are filled in.
func (r Replicas) validate() finding.List {
	var out finding.List
	if r.Min < 2 {
		out.Add("min", "use 2 or more", "%d pod does not survive the drain of its node", r.Min)
	}
	if r.Max < r.Min {
		out.Add("max", fmt.Sprintf("use %d or more", r.Min), "%d is less than min, which is %d", r.Max, r.Min)
	}
	return out
}

func (t Traffic) validate() finding.List {
	var out finding.List
	if o := t.Outlier; o != nil {
		if o.MaxPercent < 0 || o.MaxPercent > 100 {
			out.Add("outlier.maxPercent", "use 1 to 100", "%d is no percentage", o.MaxPercent)
		}
		positive(&out, "outlier.errors", o.Errors)
		positive(&out, "outlier.intervalSeconds", o.IntervalSeconds)
		positive(&out, "outlier.ejectSeconds", o.EjectSeconds)
	}
	if c := t.Connections; c != nil {
		positive(&out, "connections.max", c.Max)
		positive(&out, "connections.pending", c.Pending)
		positive(&out, "connections.connectSeconds", c.ConnectSeconds)
		positive(&out, "connections.idleSeconds", c.IdleSeconds)
	}
	return out
}

func positive(out *finding.List, path string, n int) {
	if n < 0 {
		out.Add(path, "use 1 or more, or leave it out", "%d is negative", n)
	}
}

// retryConditions are those that Envoy knows, beside status codes. Source:
// envoy config_http_filters/router_filter, x-envoy-retry-on and x-envoy-retry-grpc-on, read 2026-11.
var retryConditions = []string{"5xx", "gateway-error", "reset", "reset-before-request", "connect-failure", "envoy-ratelimited", "retriable-4xx", "refused-stream",
	"retriable-status-codes", "retriable-headers", "http3-post-connect-failure", "cancelled", "deadline-exceeded", "internal", "resource-exhausted", "unavailable"}

// maxAttempts is a limit of sense: each attempt is load on a service in trouble.
const maxAttempts = 10

func (r *Retries) validate() finding.List {
	var out finding.List
	if r == nil {
		return out
	}
	if r.Attempts < 0 || r.Attempts > maxAttempts {
		out.Add("attempts", fmt.Sprintf("use 0 to %d", maxAttempts), "%d attempts would drown a service that is in trouble", r.Attempts)
	}
	for i, on := range r.On {
		code, err := strconv.Atoi(on)
		if (err != nil || code < 400 || code > 599) && !slices.Contains(retryConditions, on) {
			out.Add(fmt.Sprintf("on[%d]", i), strict.Suggest(on, slices.Clone(retryConditions)), "Envoy knows no condition %q", on)
		}
	}
	return out
}

func (c Config) validateClusters(in ValidateInput) finding.List {
	var out finding.List
	for _, key := range sortedKeys(c.Clusters) {
		at, differs := finding.Under("clusters", key), c.Clusters[key]
		if _, ok := in.Clusters[key]; !ok {
			out.Add(at, strict.Suggest(key, sortedKeys(in.Clusters)), "%q is no cluster of this stack", key)
		}
		if differs.DataPlane != "" {
			oneOf(&out, at+".dataPlane", differs.DataPlane, Ambient, Sidecar)
		}
		if n := differs.MeshNetwork; n != "" && (len(n) > maxLabel || !namePattern.MatchString(n)) {
			out.Add(at+".meshNetwork", "use lower-case letters, digits and hyphens", "%q cannot be the value of a label", n)
		}
	}
	for _, key := range sortedKeys(in.Clusters) {
		own, ok := c.For(key)
		if !ok || (own.DataPlane != Ambient && !own.Has(PlaneAmbient, PlaneWaypoint)) {
			continue
		}
		// Probes of the kubelet come from an address that the strict mode drops.
		// Source: istio.io, ambient prerequisites, "Amazon Elastic Kubernetes Service".
		if mode := in.Clusters[key].PodSecurityGroups; mode != "" && mode != "standard" {
			out.Add("dataPlane", "set clusters."+key+".podAddressing.securityGroups to standard",
				"is ambient, and cluster %q enforces security groups of pods in mode %s, which drops the kubelet's probes", key, mode)
		}
		if own.Egress == RegistryOnly && !in.Clusters[key].NetworkPolicy {
			out.Add("egress", "remove clusters."+key+".networkPolicy: false, or use allowAny",
				"is registryOnly, which a NetworkPolicy enforces in ambient namespaces, and cluster %q has them switched off", key)
		}
	}
	return out
}

func (c Config) validateGateways() finding.List {
	var out finding.List
	for _, key := range sortedKeys(c.Gateways) {
		at := finding.Under("gateways", key)
		if len(key) > maxGatewayKey || !keyPattern.MatchString(key) {
			out.Add(at, "use lower-case letters, digits and hyphens, a letter first", "%q cannot be part of an object's name", key)
		}
		out.Join(at, c.Gateways[key].Replicas.validate())
	}
	return out
}

func (c Config) validateExternal(in ValidateInput) finding.List {
	var out finding.List
	if c.Egress == AllowAny {
		if len(c.External) > 0 {
			out.Add("external", "remove it, or use egress: registryOnly", "has no effect with egress: allowAny")
		}
		if len(c.AWSServices) > 0 {
			out.Add("awsServices", "remove it, or use egress: registryOnly", "has no effect with egress: allowAny")
		}
	}
	seen := map[string]string{}
	for _, key := range sortedKeys(c.External) {
		at, e := finding.Under("external", key), c.External[key]
		if key == awsKey {
			out.Add(at, "use another key", "the key %q is that of awsServices", key)
		} else if len(key) > maxGatewayKey || !keyPattern.MatchString(key) {
			out.Add(at, "use lower-case letters, digits and hyphens, a letter first", "%q cannot be part of an object's name", key)
		}
		oneOf(&out, at+".protocol", e.Protocol, TLS, HTTP, TCP)
		if len(e.Hosts) == 0 {
			out.Add(at+".hosts", "name the hosts", "is missing")
		}
		for i, host := range e.Hosts {
			where := fmt.Sprintf("%s.hosts[%d]", at, i)
			externalHost(&out, where, host)
			if first, twice := seen[host]; twice {
				out.Add(where, "name it once", "%q is in %s already", host, first)
			}
			seen[host] = at
		}
		if e.Protocol == TCP && len(e.Hosts) > 1 {
			out.Add(at+".hosts", "use an entry for each host", "plain TCP carries no name, so that %d hosts on one port cannot be told apart", len(e.Hosts))
		}
		for i, port := range e.Ports {
			validPort(&out, fmt.Sprintf("%s.ports[%d]", at, i), port)
		}
		for i, name := range e.Namespaces {
			c.enrolled(&out, fmt.Sprintf("%s.namespaces[%d]", at, i), name)
		}
	}
	for i, s := range c.AWSServices {
		at := fmt.Sprintf("awsServices[%d]", i)
		switch {
		case !hostPattern.MatchString(s + ".x"):
			out.Add(at, "use the first part of a host name, for example sts or api.ecr", "%q is not a service's name", s)
		case slices.Contains(c.AWSServices[:i], s):
			out.Add(at, "remove it", "%q is listed twice", s)
		case seen[AWSHost(s, in.Region)] != "":
			out.Add(at, "remove one of them", "%q is in %s already", AWSHost(s, in.Region), seen[AWSHost(s, in.Region)])
		}
	}
	return out
}

func externalHost(out *finding.List, at, host string) {
	switch {
	case strings.Contains(host, "*"):
		out.Add(at, "name each host", "a wildcard such as %q cannot be resolved, and neither waypoint nor gateway could send it on", host)
	case net.ParseIP(host) != nil:
		out.Add(at, "use a DNS name", "%q is an address", host)
	case strings.HasSuffix(host, ".svc") || strings.HasSuffix(host, clusterSuffix):
		out.Add(at, "remove it", "%q is in the cluster", host)
	case len(host) > maxHost || !hostPattern.MatchString(host):
		out.Add(at, "use a DNS name such as api.example.com", "%q is not a host name", host)
	}
}

func validPort(out *finding.List, at string, port int) {
	if port < 1 || port > maxPort {
		out.Add(at, "use 1 to 65535", "%d is not a port", port)
	}
}

// CollectorAddress is host and port of a collector that was found good; "" and
// 0 of one that is not named.
func (t Tracing) CollectorAddress() (host string, port int) {
	host, port, err := t.collector()
	if err != nil {
		return "", 0
	}
	return host, port
}

func (t Tracing) collector() (host string, port int, err error) {
	h, p, err := net.SplitHostPort(t.Collector)
	if err != nil {
		return "", 0, err
	}
	n, err := strconv.Atoi(p)
	if err != nil || n < 1 || n > maxPort {
		return "", 0, fmt.Errorf("port %q", p)
	}
	return h, n, nil
}

// validateTracing: with registryOnly nothing leaves the cluster that is not
// named, spans neither.
func (c Config) validateTracing(in ValidateInput) finding.List {
	var out finding.List
	if c.Tracing == nil {
		return out
	}
	if p := c.Tracing.SamplingPercent; p < 1 || p > 100 {
		out.Add("tracing.samplingPercent", "use 1 to 100", "%d is no percentage", p)
	}
	if c.Tracing.Collector == "" {
		return out
	}
	host, port, err := c.Tracing.collector()
	switch {
	case err != nil || !hostPattern.MatchString(host):
		out.Add("tracing.collector", "use host:port, for example collector.observability.svc.cluster.local:4317", "%q is not an address", c.Tracing.Collector)
		return out
	case strings.HasSuffix(host, clusterSuffix):
		if namespaceOf(host) == "" {
			out.Add("tracing.collector", "use <service>.<namespace>.svc.cluster.local", "%q names no namespace", host)
		}
		return out
	}
	if c.Egress != RegistryOnly {
		return out
	}
	for _, e := range c.AllExternal(in.Region) {
		if slices.Contains(e.Hosts, host) && slices.Contains(e.Ports, port) {
			if e.Protocol != HTTP {
				out.Add("tracing.collector", "use a collector in the cluster, which sends on by TLS", "%q is external with protocol %s, and spans are sent in plain text", host, e.Protocol)
			}
			return out
		}
	}
	out.Add("tracing.collector", fmt.Sprintf("add an entry to external with host %s and port %d, or use a collector in the cluster", host, port),
		"nothing leads to %q: egress is registryOnly, and external does not name it", c.Tracing.Collector)
	return out
}

// namespaceOf is the namespace of a service's full name; "" of another name.
func namespaceOf(host string) string {
	parts := strings.Split(strings.TrimSuffix(host, clusterSuffix), ".")
	if len(parts) != 2 {
		return ""
	}
	return parts[1]
}
