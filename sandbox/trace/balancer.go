package trace

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/world"
)

// balancer asks a load balancer: can it be reached, does it answer, and whom.
func (r *run) balancer(lb *world.Object) {
	network := nested.Text(lb.Attrs, "loadBalancerType") == "network"
	kind := "ALB"
	if network {
		kind = "NLB"
	}
	if !r.routed(lb, kind) || !r.admitted(lb) {
		return
	}
	listener := r.listener(lb)
	if listener == nil {
		return
	}
	if network {
		r.forward(lb, listener, nested.Objects(listener.Attrs, "defaultActions"))
		return
	}
	if !r.handshake(lb, listener) || !r.firewall(lb) {
		return
	}
	r.rules(lb, listener)
}

// routed says whether packets of the client come to the load balancer and back.
func (r *run) routed(lb *world.Object, kind string) bool {
	vpc := nested.Text(lb.Attrs, "vpcId")
	what := shown(lb)
	switch internal := nested.Boolean(lb.Attrs, "internal"); {
	case r.inside != nil && (r.inside.ID == vpc || internal):
		if r.inside.ID != vpc {
			r.unknown("load balancer", what, "internal %s of another network: whether peering leads there is not decided here", kind)
			return true
		}
		r.hop("load balancer", what, "%s in the same network", kind)
		if !internal {
			return r.throughNAT(lb)
		}
		return true
	case r.inside != nil:
		r.hop("load balancer", what, "public %s of another network", kind)
		return r.throughNAT(lb)
	case internal && private(r.from):
		r.unknown("load balancer", what, "internal %s: whether VPN or peering leads there from %s is not decided here", kind, addresses(r.from))
		return true
	case internal:
		return r.dead("load balancer", what, "internal %s: its addresses are private, and the internet has no way to them", kind)
	}
	for _, subnet := range nested.Texts(lb.Attrs, "subnets") {
		if !r.public(lb.Scope, subnet) {
			return r.dead("load balancer", what, "public %s, but subnet %s has no route to an internet gateway: its answers do not arrive", kind, subnet)
		}
	}
	r.hop("load balancer", what, "public %s", kind)
	return true
}

// throughNAT: a public name leads out of the network, and the client is seen as
// the address of a NAT gateway.
func (r *run) throughNAT(lb *world.Object) bool {
	for _, n := range r.find(kindNAT, lb.Scope, nil) {
		subnet := r.get(kindSubnet, lb.Scope, nested.Text(n.Attrs, "subnetId"))
		if subnet == nil || nested.Text(subnet.Attrs, "vpcId") != r.inside.ID {
			continue
		}
		if p, err := netip.ParsePrefix(nested.Text(n.Attrs, "publicIp") + "/32"); err == nil {
			r.client = p
			r.hop("load balancer", n.ID, "leaves through this NAT gateway, as %s or another one's address", p.Addr())
			return true
		}
	}
	return r.dead("load balancer", shown(lb), "has public addresses, and the network of %s has no NAT gateway to get there", addresses(r.from))
}

// public says whether a subnet leads to an internet gateway.
func (r *run) public(scope, subnet string) bool {
	for _, a := range r.find(kindTableOf, scope, where("subnetId", subnet)) {
		for _, route := range r.find(kindRoute, scope, where("routeTableId", nested.Text(a.Attrs, "routeTableId"))) {
			if nested.Text(route.Attrs, "destinationCidrBlock") == "0.0.0.0/0" && strings.HasPrefix(nested.Text(route.Attrs, "gatewayId"), "igw-") {
				return true
			}
		}
	}
	return false
}

func (r *run) listener(lb *world.Object) *world.Object {
	var ports []string
	for _, l := range r.find(kindListener, lb.Scope, where("loadBalancerArn", lb.ID)) {
		if nested.Number(l.Attrs, "port") == r.port {
			r.hop("listener", listenerName(l), "answers on port %d", r.port)
			return l
		}
		ports = append(ports, listenerName(l))
	}
	if len(ports) == 0 {
		r.dead("listener", shown(lb), "has no listener at all: connections are refused")
		return nil
	}
	r.dead("listener", shown(lb), "listens on %s, not on port %d: connections are refused", strings.Join(ports, " and "), r.port)
	return nil
}

func listenerName(l *world.Object) string {
	return nested.Text(l.Attrs, "protocol") + " " + itoa(nested.Number(l.Attrs, "port"))
}

// handshake: the scheme fits the listener, and one of its certificates the host.
func (r *run) handshake(lb, listener *world.Object) bool {
	what := listenerName(listener)
	switch protocol := nested.Text(listener.Attrs, "protocol"); {
	case protocol == "HTTPS" && r.url.Scheme == "http":
		return r.refused(400, "listener", what, "got plain HTTP on its HTTPS port")
	case protocol == "HTTP" && r.url.Scheme == "https":
		return r.dead("listener", what, "speaks plain HTTP: the TLS handshake fails")
	case protocol == "HTTP":
		return true
	}
	arns := []string{nested.Text(listener.Attrs, "certificateArn")}
	for _, c := range r.find(kindListenerCert, lb.Scope, where("listenerArn", listener.ID)) {
		arns = append(arns, nested.Text(c.Attrs, "certificateArn"))
	}
	var names []string
	for _, arn := range arns {
		cert := r.get(kindCertificate, lb.Scope, arn)
		if cert == nil {
			continue
		}
		all := append([]string{nested.Text(cert.Attrs, "domainName")}, nested.Texts(cert.Attrs, "subjectAlternativeNames")...)
		if i := slices.IndexFunc(all, func(n string) bool { return certified(name(n), r.host) }); i >= 0 {
			r.hop("certificate", all[i], "is good for %s (%s)", r.host, nested.Text(listener.Attrs, "sslPolicy"))
			return true
		}
		names = append(names, all...)
	}
	slices.Sort(names)
	return r.dead("certificate", what, "has certificates of %s, none of %s: clients give up", strings.Join(slices.Compact(names), ", "), r.host)
}

// certified: a certificate's name covers a host; a star is one label.
// Source: RFC 6125, section 6.4.3.
func certified(pattern, host string) bool {
	rest, star := strings.CutPrefix(pattern, "*.")
	if !star {
		return pattern == host
	}
	_, parent, ok := strings.Cut(host, ".")
	return ok && parent == rest
}

// rules asks a listener's rules in the order of their priority, then its default.
func (r *run) rules(lb, listener *world.Object) {
	rules := r.find(kindListenerRule, lb.Scope, where("listenerArn", listener.ID))
	slices.SortFunc(rules, func(a, b *world.Object) int {
		return cmp.Compare(nested.Number(a.Attrs, "priority"), nested.Number(b.Attrs, "priority"))
	})
	for _, rule := range rules {
		matched, unknown := r.matches(nested.Objects(rule.Attrs, "conditions"))
		what := "rule " + itoa(nested.Number(rule.Attrs, "priority"))
		if unknown != "" {
			r.unknown("rule", what, "looks at %s, which a trace does not have: taken not to match", unknown)
			continue
		}
		if matched {
			r.act(lb, listener, "rule", what, nested.Objects(rule.Attrs, "actions"))
			return
		}
	}
	r.act(lb, listener, "rule", "default", nested.Objects(listener.Attrs, "defaultActions"))
}

// matches: every condition holds. Source: ALB user guide, condition types.
func (r *run) matches(conditions []map[string]any) (ok bool, unknown string) {
	for _, c := range conditions {
		any := func(key string, match func(v string) bool) bool {
			return nested.Object(c, key) == nil || slices.ContainsFunc(nested.Texts(c, key, "values"), match)
		}
		switch {
		case nested.Object(c, "httpHeader") != nil:
			return false, "the header " + nested.Text(c, "httpHeader", "httpHeaderName")
		case len(nested.Objects(c, "queryStrings")) > 0:
			if !r.queried(nested.Objects(c, "queryStrings")) {
				return false, ""
			}
		case !any("hostHeader", func(v string) bool { return wild(strings.ToLower(v), r.host) }),
			!any("pathPattern", func(v string) bool { return wild(v, r.path) }),
			!any("httpRequestMethod", func(v string) bool { return v == r.method }),
			!any("sourceIp", func(v string) bool { return covers(v, r.client) }):
			return false, ""
		}
	}
	return true, ""
}

func (r *run) queried(want []map[string]any) bool {
	return slices.ContainsFunc(want, func(q map[string]any) bool {
		for k, values := range r.url.Query() {
			for _, v := range values {
				if (nested.Text(q, "key") == "" || wild(nested.Text(q, "key"), k)) && wild(nested.Text(q, "value"), v) {
					return true
				}
			}
		}
		return false
	})
}

// act does what a rule says.
func (r *run) act(lb, listener *world.Object, step, what string, actions []map[string]any) {
	for _, a := range actions {
		switch nested.Text(a, "type") {
		case "redirect":
			to := r.location(nested.Object(a, "redirect"))
			status := 302
			if strings.HasSuffix(nested.Text(a, "redirect", "statusCode"), "301") {
				status = 301
			}
			r.redirected(status, to, step, what, "sends the client to %s", to)
			return
		case "fixed-response":
			status := atoi(nested.Text(a, "fixedResponse", "statusCode"))
			r.refused(status, step, what, "answers %d itself", status)
			return
		case "forward":
			r.hop(step, what, "forwards")
			r.forward(lb, listener, actions)
			return
		default:
			r.unknown(step, what, "%s: not decided here", nested.Text(a, "type"))
		}
	}
	r.refused(500, step, what, "does nothing with the request")
}

// location fills the placeholders of a redirect. Source: ALB user guide, redirect actions.
func (r *run) location(m map[string]any) string {
	scheme, port, host, path, query := r.url.Scheme, itoa(r.port), r.host, r.path, r.url.RawQuery
	with := func(key, otherwise string) string {
		v := nested.Text(m, key)
		if v == "" {
			return otherwise
		}
		return strings.NewReplacer("#{protocol}", scheme, "#{port}", port, "#{host}", host, "#{path}", strings.TrimPrefix(path, "/"), "#{query}", query).Replace(v)
	}
	s := strings.ToLower(with("protocol", scheme))
	out := s + "://" + with("host", host)
	if p := with("port", port); p != map[string]string{"http": "80", "https": "443"}[s] {
		out += ":" + p
	}
	out += with("path", path)
	if q := with("query", query); q != "" {
		out += "?" + q
	}
	return out
}
