package spec

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/internal/strict"
)

// Protocols of an authorizer.
const (
	AuthorizerGRPC = "grpc"
	AuthorizerHTTP = "http"
)

// Limits of an authorizer.
const (
	// defaultAuthorizerMillis: an answer that takes longer delays every request by as much.
	defaultAuthorizerMillis = 500
	// maxAuthorizerMillis: an ALB gives a target 60 seconds; a request that waits
	// ten for permission has waited too long already.
	maxAuthorizerMillis = 10000
	// maxAuthorizerBody is what Envoy may buffer per request: 64 KiB for each of
	// a thousand requests is 64 MiB of a gateway's memory.
	maxAuthorizerBody = 65536
)

var serviceHost = regexp.MustCompile(`^([a-z0-9](?:[a-z0-9-]*[a-z0-9])?)\.([a-z0-9](?:[a-z0-9-]*[a-z0-9])?)\.svc\.cluster\.local$`)

// WithDefaults fills in what may be left out.
func (a ExternalAuthorization) WithDefaults() ExternalAuthorization {
	a.Protocol = cmp.Or(a.Protocol, AuthorizerGRPC)
	a.TimeoutMillis = cmp.Or(a.TimeoutMillis, defaultAuthorizerMillis)
	return a
}

// checkExternalAuthorization are the findings of every authorizer, and of
// namespaces that name one. c is what For returns.
func (c Config) checkExternalAuthorization() finding.List {
	var out finding.List
	used := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(c.Namespaces)) {
		ns, path := c.Namespaces[name], "namespaces."+name+".externalAuthorization"
		if ns.ExternalAuthorization == "" {
			continue
		}
		used[ns.ExternalAuthorization] = true
		if _, ok := c.ExternalAuthorization[ns.ExternalAuthorization]; !ok {
			out.Add(path, strict.Suggest(ns.ExternalAuthorization, slices.Sorted(maps.Keys(c.ExternalAuthorization))), "%q is no authorizer of mesh.externalAuthorization", ns.ExternalAuthorization)
		}
		Ask(&out, path, FeatureExternalAuthz, ns.Plane())
		out.Join(path, c.checkWayIn(name, ns))
	}
	for _, key := range slices.Sorted(maps.Keys(c.ExternalAuthorization)) {
		a := c.ExternalAuthorization[key]
		own := a.check(c.Gateways)
		own.Join("gateways", c.gatewaysLetIn(a))
		if len(a.Gateways) == 0 && !used[key] {
			own.Add("gateways", "name a gateway, or name the authorizer in a namespace (externalAuthorization)", "is empty and no namespace names the authorizer: it would decide on nothing")
		}
		out.Join("externalAuthorization."+key, own)
	}
	return out
}

func (a ExternalAuthorization) check(gateways map[string]Gateway) finding.List {
	var out finding.List
	a = a.WithDefaults()
	if a.Protocol != AuthorizerGRPC && a.Protocol != AuthorizerHTTP {
		out.Add("protocol", strict.Suggest(a.Protocol, []string{AuthorizerGRPC, AuthorizerHTTP}), "%q is not a protocol of authorizers", a.Protocol)
	}
	switch {
	case a.Service == "":
		out.Add("service", "give its host name, for example authz.security.svc.cluster.local", "is missing")
	case !serviceHost.MatchString(a.Service) && strings.HasSuffix(a.Service, ".svc"):
		out.Add("service", "write "+a.Service+".cluster.local", "%q is not a whole host name, and Istio finds services by the whole one", a.Service)
	case !serviceHost.MatchString(a.Service):
		out.Add("service", "use <service>.<namespace>.svc.cluster.local; a service outside the cluster would see every request", "%q is no service of the cluster", a.Service)
	}
	if a.Port < 1 || a.Port > 65535 {
		out.Add("port", "use the port of the service, 1 to 65535", "%d is not a port", a.Port)
	}
	if a.TimeoutMillis < 1 || a.TimeoutMillis > maxAuthorizerMillis {
		out.Add("timeoutMillis", "use 1 to 10000", "%d is not a time that a request can wait", a.TimeoutMillis)
	}
	if a.BodyBytes < 0 || a.BodyBytes > maxAuthorizerBody {
		out.Add("bodyBytes", "use at most 65536", "%d is more than a gateway can keep of each request", a.BodyBytes)
	}
	if a.Protocol == AuthorizerGRPC && (a.PathPrefix != "" || len(a.IncludeHeaders) > 0) {
		out.Add("protocol", "use http, or remove pathPrefix and includeHeaders", "is grpc, which takes neither pathPrefix nor includeHeaders: the whole request is in its message")
	}
	if a.PathPrefix != "" && !strings.HasPrefix(a.PathPrefix, "/") {
		out.Add("pathPrefix", "begin it with /", "%q is no path", a.PathPrefix)
	}
	if a.FailOpen {
		out.Warn("failOpen", "make sure that it is meant", "lets every request pass while the authorizer is away")
	}
	for _, g := range a.Gateways {
		if _, ok := gateways[g]; !ok {
			out.Add("gateways", strict.Suggest(g, slices.Sorted(maps.Keys(gateways))), "%q is no gateway of the mesh", g)
		}
	}
	return out
}

// home is the namespace of an authorizer, where it is one of the mesh's.
func (c Config) home(a ExternalAuthorization) (string, Namespace, bool) {
	m := serviceHost.FindStringSubmatch(a.Service)
	if m == nil {
		return "", Namespace{}, false
	}
	ns, ok := c.Namespaces[m[2]]
	return m[2], ns, ok && ns.Plane() != PlaneNone && c.Authorization.Default == Deny
}

// gatewaysLetIn: an authorizer that refuses the gateway's question refuses
// every request.
func (c Config) gatewaysLetIn(a ExternalAuthorization) finding.List {
	var out finding.List
	name, ns, guarded := c.home(a)
	for _, g := range a.Gateways {
		if guarded && !slices.Contains(ns.Gateways, g) {
			out.Add("", "add "+g+" to namespaces."+name+".gateways", "gateway %q may not call namespace %q, where the authorizer is: every request would be refused", g, name)
		}
	}
	return out
}

// checkWayIn: the same for a namespace whose proxies ask, and no authorizer may
// be asked about the question itself.
func (c Config) checkWayIn(name string, ns Namespace) finding.List {
	var out finding.List
	a, ok := c.ExternalAuthorization[ns.ExternalAuthorization]
	if !ok {
		return out
	}
	at, home, guarded := c.home(a)
	if m := serviceHost.FindStringSubmatch(a.Service); m != nil && m[2] == name {
		out.Add("", "move the authorizer to a namespace of its own", "the authorizer is in this namespace itself, and would be asked about every question to it")
		return out
	}
	if !guarded {
		return out
	}
	caller := name + "/waypoint"
	for _, allow := range home.Allow {
		if slices.Contains(allow.Namespaces, name) || ns.Plane() == PlaneWaypoint && slices.Contains(allow.ServiceAccounts, caller) {
			return out
		}
	}
	out.Add("", "add an entry to namespaces."+at+".allow with namespaces: ["+name+"]", "nothing lets %q call namespace %q, where the authorizer is: every request would be refused", name, at)
	return out
}
