package trace

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/world"
)

const (
	kindAPIGateway = "kube:gateway.networking.k8s.io/v1/Gateway"
	kindHTTPRoute  = "kube:gateway.networking.k8s.io/v1/HTTPRoute"
	groupAPI       = "gateway.networking.k8s.io"
	gatewayLabel   = "gateway.networking.k8s.io/gateway-name"
)

// Kinds in the versions in which they were served: TLSRoute is v1 from 1.5 on,
// ReferenceGrant v1 from 1.5 on. Source: sigs.k8s.io/gateway-api, releases.
var (
	kindsTLSRoute = []string{"kube:gateway.networking.k8s.io/v1/TLSRoute", "kube:gateway.networking.k8s.io/v1alpha3/TLSRoute", "kube:gateway.networking.k8s.io/v1alpha2/TLSRoute"}
	kindsGrant    = []string{"kube:gateway.networking.k8s.io/v1/ReferenceGrant", "kube:gateway.networking.k8s.io/v1beta1/ReferenceGrant"}
)

// apiListener is a listener of a Gateway on the target's port.
type apiListener struct {
	gateway *world.Object
	spec    map[string]any
}

func (l apiListener) namespace() string { ns, _, _ := strings.Cut(l.gateway.ID, "/"); return ns }

// apiListeners of the Gateways on these pods: those that name the pods' service
// as their address, and the one that the pods were deployed for.
// Source: Istio, Kubernetes Gateway API, manual and automated deployment.
func (r *run) apiListeners(t *target) []apiListener {
	var out []apiListener
	for _, g := range r.find(kindAPIGateway, t.scope, nil) {
		ns, own, _ := strings.Cut(g.ID, "/")
		manual := slices.ContainsFunc(nested.Objects(g.Attrs, "spec", "addresses"), func(a map[string]any) bool {
			host := strings.Split(nested.Text(a, "value"), ".")
			service := ns + "/" + host[0]
			if len(host) > 1 {
				service = host[1] + "/" + host[0]
			}
			return service == t.service.ID
		})
		deployed := t.labels[gatewayLabel] == own && ns == t.namespace
		if (!manual && !deployed) || nested.Text(g.Attrs, "spec", "gatewayClassName") == "istio-waypoint" {
			continue
		}
		for _, l := range nested.Objects(g.Attrs, "spec", "listeners") {
			if nested.Number(l, "port") == t.port {
				out = append(out, apiListener{g, l})
			}
		}
	}
	return out
}

// listening is the listener with the most specific host name that is for the host.
func (r *run) listening(listeners []apiListener, protocols ...string) *apiListener {
	var best *apiListener
	for _, l := range listeners {
		host := name(nested.Text(l.spec, "hostname"))
		if host == "" {
			host = "*"
		}
		if !slices.Contains(protocols, nested.Text(l.spec, "protocol")) || !hostMatches(host, r.host) {
			continue
		}
		if best == nil || moreSpecific(host, name(nested.Text(best.spec, "hostname"))) {
			best = &l
		}
	}
	return best
}

func (r *run) apiPlain(t *target, listeners []apiListener) {
	l := r.listening(listeners, "HTTP")
	if l == nil {
		r.refused(404, "gateway", t.name, "no listener on port %d is for host %s", t.port, r.host)
		return
	}
	r.hop("gateway", l.gateway.ID, "takes host %s with listener %s", r.host, nested.Text(l.spec, "name"))
	r.httpRoute(t, *l)
}

func (r *run) apiTLS(t *target, listeners []apiListener) {
	l := r.listening(listeners, "HTTPS", "TLS")
	if l == nil {
		r.dead("gateway", t.name, "no listener on port %d is for server name %s: connections are closed", t.port, r.host)
		return
	}
	if nested.Text(l.spec, "tls", "mode") == "Passthrough" {
		r.hop("gateway", l.gateway.ID, "hands the TLS stream of %s on unopened", r.host)
		r.tlsRoute(t, *l)
		return
	}
	r.hop("gateway", l.gateway.ID, "ends TLS of %s with listener %s", r.host, nested.Text(l.spec, "name"))
	for _, ref := range nested.Objects(l.spec, "tls", "certificateRefs") {
		if !r.secret(t, l.namespace(), nested.Text(ref, "name")) {
			return
		}
	}
	r.httpRoute(t, *l)
}

// candidate is one match of one rule, with what its rank depends on.
type candidate struct {
	route          *world.Object
	rule           map[string]any
	path, pathKind string
	method         bool
	order          int
}

// httpRoute picks among all routes that are attached to a listener: the most
// specific host name first, and under it an exact path, the longest prefix, a
// method, the oldest route, its name, its first rule.
// Source: sigs.k8s.io/gateway-api apis/v1, HTTPRouteSpec.hostnames and HTTPRouteRule.matches.
func (r *run) httpRoute(t *target, l apiListener) {
	best, attached := "", []*world.Object{}
	for _, o := range r.find(kindHTTPRoute, t.scope, nil) {
		host := r.hostOf(o, l)
		switch {
		case !attachedTo(o, l) || host == "" || (best != "" && moreSpecific(best, host)):
		case host == best:
			attached = append(attached, o)
		default:
			best, attached = host, []*world.Object{o}
		}
	}
	if len(attached) == 0 {
		r.refused(404, "gateway", l.gateway.ID, "no HTTPRoute at listener %s is for host %s", nested.Text(l.spec, "name"), r.host)
		return
	}
	var found []candidate
	for _, o := range attached {
		found = append(found, r.candidates(o)...)
	}
	if len(found) == 0 {
		r.refused(404, "route", l.gateway.ID, "no HTTPRoute of %s is for %s %s", r.host, r.method, r.path)
		return
	}
	slices.SortStableFunc(found, rank)
	r.follow(t, found[0])
}

func rank(a, b candidate) int {
	exact := func(c candidate) int { return map[bool]int{true: 0, false: 1}[c.pathKind == "Exact"] }
	method := func(c candidate) int { return map[bool]int{true: 0, false: 1}[c.method] }
	return cmp.Or(cmp.Compare(exact(a), exact(b)), cmp.Compare(len(b.path), len(a.path)), cmp.Compare(method(a), method(b)),
		a.route.Created.Compare(b.route.Created), cmp.Compare(a.route.ID, b.route.ID), cmp.Compare(a.order, b.order))
}

// hostOf is the route's host name that is for the request, "" when none is.
func (r *run) hostOf(o *world.Object, l apiListener) string {
	hosts := nested.Texts(o.Attrs, "spec", "hostnames")
	if len(hosts) == 0 {
		hosts = []string{"*"}
		if h := nested.Text(l.spec, "hostname"); h != "" {
			hosts = []string{h}
		}
	}
	best := ""
	for _, h := range hosts {
		if h = name(h); hostMatches(h, r.host) && (best == "" || moreSpecific(h, best)) {
			best = h
		}
	}
	return best
}

// attachedTo: the route names the gateway, and the listener lets its namespace in.
func attachedTo(o *world.Object, l apiListener) bool {
	ns, _, _ := strings.Cut(o.ID, "/")
	if from := nested.Text(l.spec, "allowedRoutes", "namespaces", "from"); (from == "" || from == "Same") && ns != l.namespace() {
		return false
	}
	_, gateway, _ := strings.Cut(l.gateway.ID, "/")
	return slices.ContainsFunc(nested.Objects(o.Attrs, "spec", "parentRefs"), func(p map[string]any) bool {
		of := ns
		if n := nested.Text(p, "namespace"); n != "" {
			of = n
		}
		section, port := nested.Text(p, "sectionName"), nested.Number(p, "port")
		return nested.Text(p, "name") == gateway && of == l.namespace() && (section == "" || section == nested.Text(l.spec, "name")) && (port == 0 || port == nested.Number(l.spec, "port"))
	})
}

func (r *run) candidates(o *world.Object) []candidate {
	var out []candidate
	for i, rule := range nested.Objects(o.Attrs, "spec", "rules") {
		matches := nested.Objects(rule, "matches")
		if len(matches) == 0 {
			matches = []map[string]any{{}}
		}
		for _, m := range matches {
			c := candidate{route: o, rule: rule, path: nested.Text(m, "path", "value"), pathKind: nested.Text(m, "path", "type"), method: nested.Text(m, "method") != "", order: i}
			if c.path == "" {
				c.path = "/"
			}
			if len(nested.Objects(m, "headers"))+len(nested.Objects(m, "queryParams")) > 0 {
				r.unknown("route", o.ID, "looks at headers or the query, which a trace does not weigh: taken not to match")
				continue
			}
			if r.pathMatches(c) && (!c.method || nested.Text(m, "method") == r.method) {
				out = append(out, c)
			}
		}
	}
	return out
}

// pathMatches: a prefix ends at a segment's end.
func (r *run) pathMatches(c candidate) bool {
	if c.pathKind == "Exact" {
		return r.path == c.path
	}
	if c.pathKind == "RegularExpression" {
		return false
	}
	prefix := strings.TrimSuffix(c.path, "/")
	return r.path == prefix || strings.HasPrefix(r.path, prefix+"/")
}

// follow does what a rule says: a redirect, or a rewrite and a backend.
func (r *run) follow(t *target, c candidate) {
	path := r.path
	for _, f := range nested.Objects(c.rule, "filters") {
		switch nested.Text(f, "type") {
		case "RequestRedirect":
			r.apiRedirect(c, nested.Object(f, "requestRedirect"))
			return
		case "URLRewrite":
			path = r.replaced(c, nested.Object(f, "urlRewrite", "path"))
		}
	}
	backends := nested.Objects(c.rule, "backendRefs")
	if len(backends) == 0 {
		r.refused(500, "route", c.route.ID, "has no backend")
		return
	}
	to := slices.MaxFunc(backends, func(a, b map[string]any) int {
		return cmp.Compare(nested.Number(a, "weight"), nested.Number(b, "weight"))
	})
	r.hop("route", c.route.ID, "%s %s below %s", r.method, r.path, c.path)
	r.backend(t, c.route, "HTTPRoute", to, path)
}

// backend is another namespace's only with its leave.
func (r *run) backend(t *target, route *world.Object, kind string, to map[string]any, path string) {
	own, _, _ := strings.Cut(route.ID, "/")
	namespace := nested.Text(to, "namespace")
	if namespace == "" {
		namespace = own
	}
	if namespace != own && !r.granted(t.scope, kind, own, namespace, nested.Text(to, "name")) {
		r.refused(500, "route", route.ID, "leads to a service of namespace %s, which grants that to no %s of %s", namespace, kind, own)
		return
	}
	r.serve(t, namespace, nested.Text(to, "name"), to["port"], path, "service")
}

// granted: a ReferenceGrant of the service's namespace says so.
func (r *run) granted(scope, kind, from, to, service string) bool {
	for _, k := range kindsGrant {
		for _, g := range r.find(k, scope, nil) {
			if ns, _, _ := strings.Cut(g.ID, "/"); ns != to {
				continue
			}
			lets := slices.ContainsFunc(nested.Objects(g.Attrs, "spec", "from"), func(f map[string]any) bool {
				return nested.Text(f, "group") == groupAPI && nested.Text(f, "kind") == kind && nested.Text(f, "namespace") == from
			})
			if lets && slices.ContainsFunc(nested.Objects(g.Attrs, "spec", "to"), func(o map[string]any) bool {
				return nested.Text(o, "kind") == "Service" && (nested.Text(o, "name") == "" || nested.Text(o, "name") == service)
			}) {
				return true
			}
		}
	}
	return false
}

// replaced: the prefix's segments give way to others.
// Source: sigs.k8s.io/gateway-api apis/v1, HTTPPathModifier.
func (r *run) replaced(c candidate, m map[string]any) string {
	if nested.Text(m, "type") == "ReplaceFullPath" {
		return nested.Text(m, "replaceFullPath")
	}
	rest := strings.TrimPrefix(r.path, strings.TrimSuffix(c.path, "/"))
	out := strings.TrimSuffix(nested.Text(m, "replacePrefixMatch"), "/") + rest
	if out == "" {
		return "/"
	}
	return out
}

func (r *run) apiRedirect(c candidate, m map[string]any) {
	scheme, host, path, status := r.url.Scheme, r.host, r.path, nested.Number(m, "statusCode")
	if s := nested.Text(m, "scheme"); s != "" {
		scheme = s
	}
	if h := nested.Text(m, "hostname"); h != "" {
		host = h
	}
	if p := nested.Object(m, "path"); p != nil {
		path = r.replaced(c, p)
	}
	if status == 0 {
		status = 302
	}
	if q := r.url.RawQuery; q != "" {
		path += "?" + q
	}
	r.redirected(status, scheme+"://"+host+path, "route", c.route.ID, "sends the client to %s://%s%s", scheme, host, path)
}

// tlsRoute finds the route of a TLS stream by its server name.
func (r *run) tlsRoute(t *target, l apiListener) {
	for _, kind := range kindsTLSRoute {
		for _, o := range r.find(kind, t.scope, nil) {
			if !attachedTo(o, l) || r.hostOf(o, l) == "" {
				continue
			}
			for _, rule := range nested.Objects(o.Attrs, "spec", "rules") {
				for _, to := range nested.Objects(rule, "backendRefs") {
					r.hop("route", o.ID, "takes the TLS stream of %s", r.host)
					r.backend(t, o, "TLSRoute", to, r.path)
					return
				}
			}
		}
	}
	r.dead("route", l.gateway.ID, "no TLSRoute takes the stream of %s: the connection is closed", r.host)
}
