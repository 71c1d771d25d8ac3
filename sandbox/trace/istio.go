package trace

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/world"
)

const (
	kindIstioGateway   = "kube:networking.istio.io/v1/Gateway"
	kindVirtualService = "kube:networking.istio.io/v1/VirtualService"
)

// server is one server of an Istio Gateway that the target's port belongs to.
type server struct {
	gateway *world.Object
	spec    map[string]any
}

func (s server) namespace() string { ns, _, _ := strings.Cut(s.gateway.ID, "/"); return ns }

func (s server) protocol() string { return nested.Text(s.spec, "port", "protocol") }

// istioServers of the Gateways that select the pods. A server's port is the
// service's; where no service has it, the pod's.
// Source: Istio, networking/v1 Gateway, Server and Port; pilot's gateway merge.
func (r *run) istioServers(t *target) []server {
	var out []server
	for _, g := range r.find(kindIstioGateway, t.scope, nil) {
		if !subset(nested.Object(g.Attrs, "spec", "selector"), t.labels) {
			continue
		}
		for _, s := range nested.Objects(g.Attrs, "spec", "servers") {
			if n := nested.Number(s, "port", "number"); n == t.port || n == t.podPort {
				out = append(out, server{g, s})
			}
		}
	}
	return out
}

// covered: one of a server's hosts, with the namespace before the slash, lets a
// VirtualService of a namespace be bound under a host.
func (s server) covered(host, namespace string) bool {
	return slices.ContainsFunc(nested.Texts(s.spec, "hosts"), func(h string) bool {
		ns, dns, ok := strings.Cut(h, "/")
		if !ok {
			ns, dns = "*", h
		}
		if ns == "." {
			ns = s.namespace()
		}
		return (ns == "*" || namespace == "" || ns == namespace) && hostMatches(name(dns), host)
	})
}

// hostMatches: exact, or a star for any number of labels in front.
// Source: Istio, networking/v1 Gateway, Server.hosts.
func hostMatches(pattern, host string) bool {
	if pattern == "*" {
		return true
	}
	if rest, ok := strings.CutPrefix(pattern, "*"); ok {
		return strings.HasSuffix(host, rest)
	}
	return pattern == host
}

func (r *run) istioPlain(t *target, servers []server) {
	plain := slices.DeleteFunc(slices.Clone(servers), func(s server) bool {
		return s.protocol() == "HTTPS" || s.protocol() == "TLS" || s.protocol() == "TCP" || !s.covered(r.host, "")
	})
	if len(plain) == 0 {
		r.refused(404, "gateway", t.name, "no server on port %d is for host %s", t.port, r.host)
		return
	}
	for _, s := range plain {
		if nested.Boolean(s.spec, "tls", "httpsRedirect") {
			to := "https://" + r.host + r.url.RequestURI()
			r.redirected(301, to, "gateway", s.gateway.ID, "sends plain HTTP of %s to HTTPS", r.host)
			return
		}
	}
	r.hop("gateway", plain[0].gateway.ID, "takes host %s on port %d", r.host, t.port)
	r.virtualService(t, plain)
}

func (r *run) istioTLS(t *target, servers []server) {
	for _, s := range servers {
		if !s.covered(r.host, "") || (s.protocol() != "HTTPS" && s.protocol() != "TLS") {
			continue
		}
		mode := nested.Text(s.spec, "tls", "mode")
		if mode == "PASSTHROUGH" {
			r.hop("gateway", s.gateway.ID, "hands the TLS stream of %s on unopened", r.host)
			r.sni(t, s)
			return
		}
		r.hop("gateway", s.gateway.ID, "ends TLS of %s (%s)", r.host, mode)
		if r.secret(t, t.namespace, nested.Text(s.spec, "tls", "credentialName")) {
			r.virtualService(t, []server{s})
		}
		return
	}
	r.dead("gateway", t.name, "no server on port %d is for server name %s: connections are closed", t.port, r.host)
}

// bound are the VirtualServices of a server under the most specific host that
// matches, oldest first. Source: Istio, traffic management best practices,
// "Split large virtual services": hosts of gateways are merged.
func (r *run) boundServices(t *target, servers []server) []*world.Object {
	best, out := "", []*world.Object{}
	for _, v := range r.find(kindVirtualService, t.scope, nil) {
		ns, _, _ := strings.Cut(v.ID, "/")
		if !exported(v, ns, t.namespace) || !slices.ContainsFunc(servers, func(s server) bool { return bindsTo(v, ns, s) && s.covered(r.host, ns) }) {
			continue
		}
		for _, h := range nested.Texts(v.Attrs, "spec", "hosts") {
			h = name(h)
			switch {
			case !hostMatches(h, r.host) || (best != "" && moreSpecific(best, h)):
			case h == best:
				out = append(out, v)
			default:
				best, out = h, []*world.Object{v}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b *world.Object) int {
		return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// moreSpecific: a name before a pattern, and a longer pattern before a shorter one.
func moreSpecific(a, b string) bool {
	starA, starB := strings.HasPrefix(a, "*"), strings.HasPrefix(b, "*")
	if starA != starB {
		return starB
	}
	return len(a) > len(b)
}

func exported(v *world.Object, ns, proxy string) bool {
	to := nested.Texts(v.Attrs, "spec", "exportTo")
	return len(to) == 0 || slices.ContainsFunc(to, func(e string) bool { return e == "*" || e == proxy || (e == "." && ns == proxy) })
}

func bindsTo(v *world.Object, ns string, s server) bool {
	return slices.ContainsFunc(nested.Texts(v.Attrs, "spec", "gateways"), func(g string) bool {
		if !strings.Contains(g, "/") {
			g = ns + "/" + g
		}
		return g == s.gateway.ID
	})
}

func (r *run) virtualService(t *target, servers []server) {
	bound := r.boundServices(t, servers)
	if len(bound) == 0 {
		r.refused(404, "gateway", t.name, "no VirtualService of this gateway is for host %s", r.host)
		return
	}
	for _, v := range bound {
		for _, rule := range nested.Objects(v.Attrs, "spec", "http") {
			if m, ok := r.httpMatch(v, rule); ok {
				r.take(t, v, rule, m)
				return
			}
		}
	}
	r.refused(404, "route", bound[0].ID, "has no route for %s %s", r.method, r.path)
}

// httpMatch is the first match of a rule that holds; no match at all is everything.
func (r *run) httpMatch(v *world.Object, rule map[string]any) (map[string]any, bool) {
	matches := nested.Objects(rule, "match")
	if len(matches) == 0 {
		return map[string]any{}, true
	}
	for _, m := range matches {
		for _, k := range []string{"headers", "withoutHeaders", "queryParams", "sourceLabels"} {
			if len(nested.Object(m, k)) > 0 {
				r.unknown("route", v.ID, "%s looks at %s, which a trace does not have: taken not to match", ruleName(rule), k)
				m = nil
				break
			}
		}
		if m != nil && stringMatches(nested.Object(m, "uri"), r.path, nested.Boolean(m, "ignoreUriCase")) && stringMatches(nested.Object(m, "method"), r.method, false) &&
			stringMatches(nested.Object(m, "authority"), r.host, false) && stringMatches(nested.Object(m, "scheme"), r.url.Scheme, false) {
			return m, true
		}
	}
	return nil, false
}

// stringMatches: exact or prefix; nothing matches everything, and a regular
// expression is left to a person.
func stringMatches(m map[string]any, s string, fold bool) bool {
	if fold {
		s = strings.ToLower(s)
		m = map[string]any{"exact": strings.ToLower(nested.Text(m, "exact")), "prefix": strings.ToLower(nested.Text(m, "prefix"))}
	}
	switch {
	case m == nil || (nested.Text(m, "exact") == "" && nested.Text(m, "prefix") == "" && nested.Text(m, "regex") == ""):
		return true
	case nested.Text(m, "exact") != "":
		return s == nested.Text(m, "exact")
	case nested.Text(m, "prefix") != "":
		return strings.HasPrefix(s, nested.Text(m, "prefix"))
	}
	return false
}

func ruleName(rule map[string]any) string {
	if n := nested.Text(rule, "name"); n != "" {
		return "route " + n
	}
	return "a route without a name"
}

// take does what a route says.
func (r *run) take(t *target, v *world.Object, rule, m map[string]any) {
	ns, _, _ := strings.Cut(v.ID, "/")
	if to := nested.Object(rule, "redirect"); to != nil {
		r.istioRedirect(v, rule, to)
		return
	}
	if answer := nested.Object(rule, "directResponse"); answer != nil {
		r.refused(nested.Number(answer, "status"), "route", v.ID, "%s answers %d itself", ruleName(rule), nested.Number(answer, "status"))
		return
	}
	destinations := nested.Objects(rule, "route")
	if len(destinations) == 0 {
		r.refused(404, "route", v.ID, "%s leads nowhere", ruleName(rule))
		return
	}
	to := slices.MaxFunc(destinations, func(a, b map[string]any) int {
		return cmp.Compare(nested.Number(a, "weight"), nested.Number(b, "weight"))
	})
	r.hop("route", v.ID, "%s: %s %s", ruleName(rule), r.method, r.path)
	service, namespace := nested.Text(to, "destination", "host"), ns
	if first, rest, ok := strings.Cut(service, "."); ok {
		service, namespace = first, strings.TrimSuffix(strings.TrimSuffix(rest, ".cluster.local"), ".svc")
	}
	port := nested.At(to, "destination", "port", "number")
	if port == nil {
		port = r.onlyPort(t.scope, namespace, service)
	}
	r.serve(t, namespace, service, port, r.rewritten(rule, m), "service")
}

// onlyPort of a service, for destinations that name none.
func (r *run) onlyPort(scope, namespace, service string) any {
	if s := r.get(kindService, scope, namespace+"/"+service); s != nil {
		if ports := nested.Objects(s.Attrs, "spec", "ports"); len(ports) == 1 {
			return float64(nested.Number(ports[0], "port"))
		}
	}
	return 0.
}

// rewritten: a matched prefix is replaced as text, an exact path as a whole.
// Source: Istio, networking/v1 VirtualService, HTTPRewrite.uri.
func (r *run) rewritten(rule, m map[string]any) string {
	to := nested.Text(rule, "rewrite", "uri")
	prefix := nested.Text(m, "uri", "prefix")
	switch {
	case to == "":
		return r.path
	case prefix != "":
		return to + strings.TrimPrefix(r.path, prefix)
	}
	return to
}

func (r *run) istioRedirect(v *world.Object, rule, to map[string]any) {
	scheme, host, path := r.url.Scheme, r.host, r.path
	if s := nested.Text(to, "scheme"); s != "" {
		scheme = s
	}
	if a := nested.Text(to, "authority"); a != "" {
		host = a
	}
	if u := nested.Text(to, "uri"); u != "" {
		path = u
	}
	status := nested.Number(to, "redirectCode")
	if status == 0 {
		status = 301
	}
	r.redirected(status, scheme+"://"+host+path, "route", v.ID, "%s sends the client to %s://%s%s", ruleName(rule), scheme, host, path)
}

// sni finds the route of a TLS stream by its server name.
func (r *run) sni(t *target, s server) {
	for _, v := range r.boundServices(t, []server{s}) {
		for _, rule := range nested.Objects(v.Attrs, "spec", "tls") {
			ok := slices.ContainsFunc(nested.Objects(rule, "match"), func(m map[string]any) bool {
				port := nested.Number(m, "port")
				return (port == 0 || port == t.port) && slices.ContainsFunc(nested.Texts(m, "sniHosts"), func(h string) bool { return hostMatches(name(h), r.host) })
			})
			if ok {
				r.take(t, v, map[string]any{"name": "TLS " + r.host, "route": rule["route"]}, nil)
				return
			}
		}
	}
	r.dead("route", s.gateway.ID, "no VirtualService takes the TLS stream of %s: the connection is closed", r.host)
}
