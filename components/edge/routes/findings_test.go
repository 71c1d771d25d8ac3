package routes

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/internal/finding"
)

var web = Service{Namespace: "shop", Name: "web", Port: 80}

func lines(l finding.List) []string {
	var out []string
	for _, f := range l {
		out = append(out, f.String())
	}
	return out
}

func TestFindings(t *testing.T) {
	one := func(routes ...Route) []Host { return []Host{{Name: "shop.example.com", Routes: routes}} }
	tests := map[string]struct {
		hosts []Host
		known Known
		want  []string
	}{
		"a sound table": {hosts: one(Route{Prefix: "/", Service: web}, Route{Prefix: "/cart", Service: Service{"shop", "cart", 80}, Rewrite: "/v2"})},
		"the same prefix for different methods": {hosts: one(
			Route{Prefix: "/", Service: web}, Route{Prefix: "/", Methods: []string{"POST"}, Service: web}, Route{Prefix: "/", Methods: []string{"PUT"}, Service: web})},
		"the same prefix twice": {hosts: one(Route{Prefix: "/a", Service: web}, Route{Prefix: "/a", Service: web}),
			want: []string{`hosts.shop.example.com.routes[1].prefix: "/a" is the prefix of routes[0] too, and only one of them can answer; keep one of them`}},
		"the same prefix and method twice": {hosts: one(Route{Prefix: "/a", Methods: []string{"GET"}, Service: web}, Route{Prefix: "/a", Methods: []string{"GET", "PUT"}, Service: web}),
			want: []string{`hosts.shop.example.com.routes[1].prefix: "/a" is the prefix of routes[0] too, and both are for GET; give each method to one of them`}},
		"a route that adds nothing": {hosts: one(Route{Prefix: "/", Service: web}, Route{Prefix: "/a", Service: web}),
			want: []string{`warning: hosts.shop.example.com.routes[1].prefix: "/a" adds nothing: routes[0] with prefix "/" does the same; remove it`}},
		"a route that seems to add nothing and does": {hosts: one(
			Route{Prefix: "/", Service: web}, Route{Prefix: "/a/b", Service: web}, Route{Prefix: "/a", Service: Service{"shop", "cart", 80}})},
		"a name in capitals": {hosts: []Host{{Name: "Shop.example.com", Routes: []Route{{Prefix: "/", Service: web}}}},
			want: []string{`hosts.Shop.example.com: "Shop.example.com" is not how a DNS name is compared; write it in lower case`}},
		"a name of one label": {hosts: []Host{{Name: "shop", Routes: []Route{{Prefix: "/", Service: web}}}},
			want: []string{`hosts.shop: "shop" is not a DNS name; use for example shop.dev.example.com, or *.dev.example.com`}},
		"a star in the middle": {hosts: []Host{{Name: "a.*.example.com", Routes: []Route{{Prefix: "/", Service: web}}}},
			want: []string{`hosts.a.*.example.com: "a.*.example.com" is not a DNS name; use for example shop.dev.example.com, or *.dev.example.com`}},
		"a host that leads nowhere": {hosts: []Host{{Name: "shop.example.com"}},
			want: []string{`hosts.shop.example.com.routes: the host leads nowhere; add one, for example with prefix /`}},
		"passthrough and routes": {hosts: []Host{{Name: "shop.example.com", Passthrough: &web, Routes: []Route{{Prefix: "/", Service: web}}}},
			want: []string{`hosts.shop.example.com.passthrough: a stream that nobody opens has no path to route by; remove the routes, or passthrough`}},
		"prefixes that no request has": {hosts: one(Route{Prefix: "a", Service: web}, Route{Prefix: "/b/", Service: web}, Route{Prefix: "/c//d", Service: web}, Route{Prefix: "/e/../f", Service: web}, Route{Prefix: "/g h", Service: web}, Route{Service: web}),
			want: []string{
				`hosts.shop.example.com.routes[0].prefix: "a" does not begin with /; write /a`,
				`hosts.shop.example.com.routes[1].prefix: "/b/" ends in a slash; a prefix matches whole segments without one; write /b`,
				`hosts.shop.example.com.routes[2].prefix: "/c//d" is not normalised: no request looks like that when it is compared; write the path as the gateway sees it`,
				`hosts.shop.example.com.routes[3].prefix: "/e/../f" is not normalised: no request looks like that when it is compared; write the path as the gateway sees it`,
				`hosts.shop.example.com.routes[4].prefix: "/g h" is not a path; use letters, digits and . _ ~ ! $ & ' ( ) * + , ; = : @ -`,
				`hosts.shop.example.com.routes[5].prefix: is missing; use / for every path`,
			}},
		"a rewrite of everything": {hosts: one(Route{Prefix: "/", Rewrite: "/v2", Service: web}),
			want: []string{`hosts.shop.example.com.routes[0].rewrite: what / is replaced by is not the same in Istio and in the Gateway API; give the service a prefix of its own, or remove rewrite`}},
		"methods that nobody sends": {hosts: one(Route{Prefix: "/", Methods: []string{"get", "PUT", "PUT"}, Service: web}),
			want: []string{
				`hosts.shop.example.com.routes[0].methods[0]: "get" is not a method that both routings know; use one of CONNECT, DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, TRACE`,
				`hosts.shop.example.com.routes[0].methods[2]: "PUT" is listed twice; remove it`,
			}},
		"a service that is none": {hosts: one(Route{Prefix: "/", Service: Service{Name: "Web", Port: 70000}}),
			want: []string{
				`hosts.shop.example.com.routes[0].service.namespace: is missing; name it`,
				`hosts.shop.example.com.routes[0].service.name: "Web" is not a name in Kubernetes; use lower-case letters, digits and hyphens`,
				`hosts.shop.example.com.routes[0].service.port: 70000 is not a port; use the service's port, 1 to 65535`,
			}},
		"a namespace outside the mesh": {hosts: one(Route{Prefix: "/", Service: web}), known: Known{Namespaces: map[string]bool{"other": true}},
			want: []string{`hosts.shop.example.com.routes[0].service.namespace: namespace "shop" is not in the mesh, so requests would go to it without mTLS; add it to the mesh, or correct it`}},
		"a service that is not there": {hosts: one(Route{Prefix: "/", Service: web}), known: Known{Services: map[string][]int{"shop/cart": {80}}},
			want: []string{`hosts.shop.example.com.routes[0].service.name: there is no service "web" in namespace "shop"; deploy it first, or correct the name`}},
		"a port that the service has not": {hosts: one(Route{Prefix: "/", Service: web}), known: Known{Services: map[string][]int{"shop/web": {8080}}},
			want: []string{`hosts.shop.example.com.routes[0].service.port: service "web" has no port 80; use one of [8080]`}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, lines(Findings("hosts", tt.hosts, tt.known))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestBetween(t *testing.T) {
	named := func(names ...string) []Host {
		var out []Host
		for _, n := range names {
			out = append(out, Host{Name: n})
		}
		return out
	}
	tests := map[string]struct {
		hosts, others []Host
		want          []string
	}{
		"apart":             {named("shop.example.com"), named("grafana.example.com"), nil},
		"the same host":     {named("shop.example.com"), named("shop.example.com"), []string{"a.shop.example.com: is a host of b too; a name leads to one load balancer; keep it in one entrance"}},
		"a wildcard beside": {named("*.apps.example.com"), named("grafana.example.com"), nil},
		"a wildcard's own":  {named("*.example.com"), named("example.com"), nil},
		"a wildcard that hides": {named("*.example.com"), named("grafana.ops.example.com"),
			[]string{`a.*.example.com: the wildcard hides "grafana.ops.example.com" of b: whoever asks this entrance for that name gets an answer; name the hosts that are meant`}},
		"a wildcard that hides another": {named("*.example.com"), named("*.ops.example.com"),
			[]string{`a.*.example.com: the wildcard hides "*.ops.example.com" of b: whoever asks this entrance for that name gets an answer; name the hosts that are meant`}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, lines(Between("a", tt.hosts, "b", tt.others))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestPrefixLengthIsLimited(t *testing.T) {
	at := func(n int) finding.List {
		return Findings("", []Host{{Name: "a.example.com", Routes: []Route{{Prefix: "/" + strings.Repeat("a", n-1), Service: web}}}}, Known{})
	}
	if found := at(maxPrefix); len(found) > 0 {
		t.Errorf("%d characters: %v", maxPrefix, found)
	}
	if found := at(maxPrefix + 1); len(found) != 1 {
		t.Errorf("%d characters: %v", maxPrefix+1, found)
	}
}
