package routes

import (
	"strings"
	"testing"
)

// A second reading of both renderings, by the words of their specifications and
// not by Decide: what a gateway does with the objects. Sources: Istio,
// HTTPMatchRequest ("prefix" compares characters, the first match in order
// decides), HTTPRewrite; Gateway API, HTTPRouteRule precedence, HTTPPathMatch.

// byIstio asks the VirtualServices.
func byIstio(t *testing.T, objects []Object, r Request) Decision {
	t.Helper()
	var best *virtualService
	for _, o := range objects {
		if vs, ok := o.Spec.(virtualService); ok && hostMatches(vs.Hosts[0], r.Host) && (best == nil || closer(vs.Hosts[0], best.Hosts[0])) {
			best = &vs
		}
	}
	if best == nil {
		return Decision{Outcome: NoHost}
	}
	for _, route := range best.HTTP {
		for _, m := range route.Match {
			if m.Method != nil && m.Method.Exact != r.Method {
				continue
			}
			exact := m.URI.Exact != "" && r.Path == m.URI.Exact
			prefix := m.URI.Prefix != "" && strings.HasPrefix(r.Path, m.URI.Prefix)
			if !exact && !prefix {
				continue
			}
			path := r.Path
			if route.Rewrite != nil {
				path = route.Rewrite.URI + strings.TrimPrefix(r.Path, m.URI.Exact+m.URI.Prefix)
			}
			d := route.Route[0].Destination
			return Decision{Outcome: Routed, Host: best.Hosts[0], Service: serviceOf(d.Host, d.Port.Number), Path: path}
		}
	}
	return Decision{Outcome: NoRoute, Host: best.Hosts[0]}
}

func serviceOf(fqdn string, port int) Service {
	parts := strings.Split(fqdn, ".")
	return Service{Name: parts[0], Namespace: parts[1], Port: port}
}

// byGatewayAPI asks the HTTPRoutes, all of them together: the most specific
// hostname, then the longest path, then a method.
func byGatewayAPI(objects []Object, r Request) Decision {
	type candidate struct {
		host  string
		match apiMatch
		rule  apiRule
	}
	var best *candidate
	host := ""
	for _, o := range objects {
		spec, ok := o.Spec.(apiRoute)
		if !ok || o.Kind != "HTTPRoute" || !hostMatches(spec.Hostnames[0], r.Host) {
			continue
		}
		if host == "" || closer(spec.Hostnames[0], host) {
			host = spec.Hostnames[0]
		}
	}
	if host == "" {
		return Decision{Outcome: NoHost}
	}
	for _, o := range objects {
		spec, ok := o.Spec.(apiRoute)
		if !ok || o.Kind != "HTTPRoute" || spec.Hostnames[0] != host {
			continue
		}
		for _, rule := range spec.Rules {
			for _, m := range rule.Matches {
				if !segments(m.Path.Value, r.Path) || (m.Method != "" && m.Method != r.Method) {
					continue
				}
				if best == nil || len(m.Path.Value) > len(best.match.Path.Value) ||
					(len(m.Path.Value) == len(best.match.Path.Value) && m.Method != "" && best.match.Method == "") {
					best = &candidate{host, m, rule}
				}
			}
		}
	}
	if best == nil {
		return Decision{Outcome: NoRoute, Host: host}
	}
	path := r.Path
	if len(best.rule.Filters) > 0 {
		rest := strings.TrimPrefix(strings.TrimPrefix(r.Path, best.match.Path.Value), "/")
		base := best.rule.Filters[0].URLRewrite.Path.ReplacePrefixMatch
		switch {
		case r.Path == best.match.Path.Value:
			path = base
		case base == "/":
			path = "/" + rest
		default:
			path = base + "/" + rest
		}
	}
	b := best.rule.BackendRefs[0]
	return Decision{Outcome: Routed, Host: host, Service: Service{b.Namespace, b.Name, b.Port}, Path: path}
}

// segments compares element by element, as PathPrefix is defined.
func segments(prefix, path string) bool {
	want, got := strings.Split(strings.Trim(prefix, "/"), "/"), strings.Split(strings.TrimPrefix(path, "/"), "/")
	if prefix == "/" {
		return true
	}
	if len(want) > len(got) {
		return false
	}
	for i := range want {
		if want[i] != got[i] {
			return false
		}
	}
	return true
}

func hostMatches(pattern, host string) bool {
	if strings.HasPrefix(pattern, "*") {
		return strings.HasSuffix(host, pattern[1:]) && len(host) > len(pattern)-1
	}
	return pattern == host
}

func closer(a, b string) bool {
	aw, bw := strings.HasPrefix(a, "*"), strings.HasPrefix(b, "*")
	return (!aw && bw) || (aw == bw && len(a) > len(b))
}
