package diagram

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// request is what the request view shows: for each entrance the way from a name
// to the service that answers.
type request struct {
	stack, place string
	entrances    []entrance
}

type entrance struct {
	name     string
	internal bool
	facts    []string // listeners, firewall
	firewall string   // "" without one
	gateways []gateway
	rows     []row
}

// gateway is an ingress gateway's service in one cluster.
type gateway struct {
	service, namespace, cluster, pods string
}

// row is one route: a name and path, and where they lead.
type row struct {
	host, path, target, note string
	// redirect rows end at the load balancer.
	redirect bool
}

// requestOf collects the request view.
func requestOf(g *Graph) request {
	out := request{stack: g.stack, place: g.place()}
	for _, lb := range g.kinds(typeBalancer) {
		out.entrances = append(out.entrances, g.entrance(lb))
	}
	return out
}

func (g *Graph) entrance(lb *Resource) entrance {
	e := entrance{name: cmp.Or(lb.text("name"), lb.Name), internal: lb.text("internal") == "true"}
	kind := lb.text("loadBalancerType") + " load balancer"
	if e.internal {
		kind = "internal " + kind
	}
	e.facts = append(e.facts, kind)
	var groups []*Resource
	redirects := map[string]bool{}
	for _, l := range g.listeners(lb) {
		to := g.fed(l, "defaultActions", typeTargetGroup)
		fact := l.text("port") + " " + l.text("protocol")
		if len(to) == 0 {
			fact += ": answers itself"
		}
		e.facts = append(e.facts, fact)
		groups = append(groups, to...)
		for _, rule := range g.kinds(typeListenerRule) {
			if !slices.Contains(g.fed(rule, "listenerArn", typeListener), l) {
				continue
			}
			to := g.fed(rule, "actions", typeTargetGroup)
			groups = append(groups, to...)
			for _, condition := range objects(rule.Inputs["conditions"]) {
				for _, host := range words(at(condition, "hostHeader", "values")) {
					redirects[host] = redirects[host] || len(to) == 0
				}
			}
		}
	}
	for _, acl := range g.firewalls(lb) {
		e.firewall = fmt.Sprintf("web firewall, %s", plural(len(objects(acl.Inputs["rules"])), "rule"))
	}
	routes := g.behind(groups, &e)
	g.named(lb, routes, redirects, &e)
	return e
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// behind follows target groups through bindings to gateways, and gateways to
// routes; what clusters have in common appears once.
func (g *Graph) behind(groups []*Resource, e *entrance) []row {
	var rows []row
	for _, b := range g.kinds(typeBinding) {
		if !slices.ContainsFunc(g.fed(b, "", typeTargetGroup), func(t *Resource) bool { return slices.Contains(groups, t) }) {
			continue
		}
		gw := gateway{service: b.text("spec", "serviceRef", "name"), namespace: b.text("metadata", "namespace")}
		on := g.clusterOf(b)
		if on != nil {
			gw.cluster = on.text("name")
		}
		gw.pods = g.replicas(gw, on)
		if slices.Contains(e.gateways, gw) {
			continue // two ports of one service
		}
		e.gateways = append(e.gateways, gw)
		for _, r := range g.routes(gw, on) {
			if !slices.Contains(rows, r) {
				rows = append(rows, r)
			}
		}
	}
	return rows
}

// replicas are the pods of a gateway, as its chart's values have them.
func (g *Graph) replicas(gw gateway, on *Resource) string {
	for _, r := range g.kinds(typeRelease) {
		if r.text("name") != gw.service || g.clusterOf(r) != on {
			continue
		}
		least, most := r.text("values", "autoscaling", "minReplicas"), r.text("values", "autoscaling", "maxReplicas")
		if least != "" && most != "" {
			return least + "–" + most + " pods"
		}
	}
	return ""
}

// routes are those that a gateway's service serves in a cluster.
func (g *Graph) routes(gw gateway, on *Resource) []row {
	var out []row
	for _, r := range g.kinds(typeIstioGateway) {
		if g.clusterOf(r) == on && r.text("metadata", "namespace") == gw.namespace && r.text("spec", "selector", "istio") == gw.service {
			out = append(out, g.virtual(r.text("metadata", "name"), gw.namespace, on)...)
		}
	}
	for _, r := range g.kinds(typeGateway) {
		serves := false
		for _, address := range objects(at(r.Inputs, "spec", "addresses")) {
			serves = serves || strings.HasPrefix(word(address["value"]), gw.service+"."+gw.namespace+".")
		}
		if serves && g.clusterOf(r) == on {
			out = append(out, g.httpRoutes(r.text("metadata", "name"), on)...)
		}
	}
	return out
}

// virtual are the routes of VirtualServices of a gateway.
func (g *Graph) virtual(gatewayName, namespace string, on *Resource) []row {
	var out []row
	for _, vs := range g.kinds(typeVirtual) {
		names := vs.texts("spec", "gateways")
		if g.clusterOf(vs) != on || !slices.Contains(names, gatewayName) && !slices.Contains(names, namespace+"/"+gatewayName) {
			continue
		}
		for _, host := range vs.texts("spec", "hosts") {
			for _, h := range objects(at(vs.Inputs, "spec", "http")) {
				out = append(out, g.row(host, paths(h), destinations(h), on))
			}
			for _, h := range objects(at(vs.Inputs, "spec", "tls")) {
				out = append(out, g.row(host, passthrough, destinations(h), on))
			}
		}
	}
	return merged(out)
}

// passthrough is what a row says in place of a path where TLS ends at the service.
const passthrough = "TLS"

// paths that an HTTP route of a VirtualService matches.
func paths(route map[string]any) string {
	var out []string
	for _, m := range objects(route["match"]) {
		for _, kind := range []string{"exact", "prefix", "regex"} {
			p := word(at(m, "uri", kind))
			if p = cmp.Or(strings.TrimSuffix(p, "/"), p); p != "" && !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	return strings.Join(out, ", ")
}

// destinations of a route of a VirtualService, as service.namespace:port.
func destinations(route map[string]any) []string {
	var out []string
	for _, to := range objects(route["route"]) {
		service, rest, _ := strings.Cut(word(at(to, "destination", "host")), ".")
		ns, _, _ := strings.Cut(rest, ".")
		out = append(out, target(service, ns, at(to, "destination", "port", "number")))
	}
	return out
}

// row is one route; what its first service's namespace has before it is noted.
func (g *Graph) row(host, path string, targets []string, on *Resource) row {
	r := row{host: host, path: path, target: strings.Join(targets, ", ")}
	if len(targets) > 0 {
		r.note = g.waypoint(namespaceOf(targets[0]), on)
	}
	return r
}

// httpRoutes are the routes of HTTPRoutes of a gateway.
func (g *Graph) httpRoutes(gatewayName string, on *Resource) []row {
	var out []row
	for _, r := range g.kinds(typeHTTPRoute) {
		ours := slices.ContainsFunc(objects(at(r.Inputs, "spec", "parentRefs")), func(p map[string]any) bool { return word(p["name"]) == gatewayName })
		if g.clusterOf(r) != on || !ours {
			continue
		}
		for _, host := range r.texts("spec", "hostnames") {
			for _, rule := range objects(at(r.Inputs, "spec", "rules")) {
				var paths, targets []string
				for _, m := range objects(rule["matches"]) {
					if p := word(at(m, "path", "value")); p != "" && !slices.Contains(paths, p) {
						paths = append(paths, p)
					}
				}
				for _, b := range objects(rule["backendRefs"]) {
					targets = append(targets, target(word(b["name"]), cmp.Or(word(b["namespace"]), r.text("metadata", "namespace")), b["port"]))
				}
				out = append(out, g.row(host, strings.Join(paths, ", "), targets, on))
			}
		}
	}
	return merged(out)
}

// target is "web.apps:80".
func target(service, namespace string, port any) string {
	out := service + "." + namespace
	if port != nil {
		out += fmt.Sprintf(":%v", port)
	}
	return out
}

func namespaceOf(target string) string {
	_, rest, _ := strings.Cut(target, ".")
	ns, _, _ := strings.Cut(rest, ":")
	return ns
}

// merged folds /cart and /cart/ into one row, and sorts: longer paths first, as
// they match.
func merged(in []row) []row {
	var out []row
	for _, r := range in {
		r.path = cmp.Or(strings.TrimSuffix(r.path, "/"), "/")
		if !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(a, b row) int {
		return cmp.Or(strings.Compare(a.host, b.host), len(b.path)-len(a.path), strings.Compare(a.path, b.path))
	})
	return out
}

// waypoint says whether requests to a namespace pass one.
func (g *Graph) waypoint(namespace string, on *Resource) string {
	for _, r := range g.kinds(typeGateway) {
		if r.text("spec", "gatewayClassName") == "istio-waypoint" && r.text("metadata", "namespace") == namespace && g.clusterOf(r) == on {
			return "by waypoint"
		}
	}
	return ""
}

// named sets the rows of an entrance: its routes by host, then what the load
// balancer answers itself, then names that lead nowhere.
func (g *Graph) named(lb *Resource, routes []row, redirects map[string]bool, e *entrance) {
	e.rows = routes
	has := map[string]bool{}
	for _, r := range routes {
		has[r.host] = true
	}
	hosts := []string{}
	for host := range redirects {
		hosts = append(hosts, host)
	}
	for _, r := range g.kinds(typeRecord) {
		if slices.Contains(g.fed(r, "aliases", typeBalancer), lb) {
			hosts = append(hosts, r.text("name"))
		}
	}
	slices.Sort(hosts)
	for _, host := range slices.Compact(hosts) {
		if host != "" && !has[host] {
			e.rows = append(e.rows, row{host: host, redirect: redirects[host]})
		}
	}
}
