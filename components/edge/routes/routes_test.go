package routes

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var gateway = Gateway{
	Name: "application", Namespace: "istio-ingress", Service: "gateway-application",
	Labels: map[string]string{"istio": "gateway-application"}, HTTPPort: 80, HTTPSPort: 443,
}

// TestBothRenderingsDecideAlike asks tables and requests at random, close
// enough to each other that prefixes, wildcards and methods meet.
func TestBothRenderingsDecideAlike(t *testing.T) {
	const tables, requests = 400, 60
	for seed := range uint64(tables) {
		r := rand.New(rand.NewPCG(seed, 6))
		hosts := randomTable(r)
		if found := Findings("hosts", hosts, Known{}).Errors(); len(found) > 0 {
			t.Fatalf("seed %d: the generator made a table with findings: %v", seed, found)
		}
		istio, api := Istio(gateway, hosts), GatewayAPI(gateway, hosts)
		shuffled := slices.Clone(hosts)
		for i := range shuffled {
			shuffled[i].Routes = slices.Clone(shuffled[i].Routes)
			r.Shuffle(len(shuffled[i].Routes), func(a, b int) {
				shuffled[i].Routes[a], shuffled[i].Routes[b] = shuffled[i].Routes[b], shuffled[i].Routes[a]
			})
		}
		r.Shuffle(len(shuffled), func(a, b int) { shuffled[a], shuffled[b] = shuffled[b], shuffled[a] })
		if diff := cmp.Diff(istio, Istio(gateway, shuffled)); diff != "" {
			t.Fatalf("seed %d: the rendering depends on the order of the table: %s", seed, diff)
		}
		if diff := cmp.Diff(api, GatewayAPI(gateway, shuffled)); diff != "" {
			t.Fatalf("seed %d: the rendering depends on the order of the table: %s", seed, diff)
		}
		for range requests {
			req := randomRequest(r)
			want := Decide(hosts, req)
			want.Prefix = "" // the objects do not say which route it was
			for how, got := range map[string]Decision{"istio": byIstio(t, istio, req), "gatewayAPI": byGatewayAPI(api, req)} {
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatalf("seed %d: %+v of %+v by %s (-want +got):\n%s", seed, req, hosts, how, diff)
				}
			}
		}
	}
}

var words = []string{"a", "ab", "b", "a-b"}

func randomPath(r *rand.Rand, most int) string {
	var parts []string
	for range r.IntN(most + 1) {
		parts = append(parts, words[r.IntN(len(words))])
	}
	return "/" + strings.Join(parts, "/")
}

func randomTable(r *rand.Rand) []Host {
	var out []Host
	for _, name := range []string{"a.example.com", "b.example.com", "*.example.com", "*.a.example.com", "a-b.example.com"} {
		if r.IntN(3) == 0 {
			continue
		}
		h := Host{Name: name}
		seen := map[string]bool{}
		for range 1 + r.IntN(6) {
			route := Route{Prefix: randomPath(r, 3), Service: Service{Namespace: "shop", Name: fmt.Sprintf("s%d", len(h.Routes)), Port: 8080}}
			kind := r.IntN(3)
			if kind > 0 {
				route.Methods = [][]string{{"GET"}, {"POST", "PUT"}}[kind-1]
			}
			if route.Prefix != "/" && r.IntN(2) == 0 {
				route.Rewrite = randomPath(r, 2)
			}
			if key := route.Prefix + strings.Join(route.Methods, ","); !seen[key] {
				seen[key] = true
				h.Routes = append(h.Routes, route)
			}
		}
		out = append(out, h)
	}
	return out
}

func randomRequest(r *rand.Rand) Request {
	path := randomPath(r, 4)
	if path != "/" && r.IntN(5) == 0 {
		path += "/"
	}
	return Request{
		Host:   []string{"a.example.com", "b.example.com", "c.example.com", "x.a.example.com", "example.com", "a-b.example.com", "x.y.example.com"}[r.IntN(7)],
		Path:   path,
		Method: []string{"GET", "POST", "PUT", "DELETE"}[r.IntN(4)],
	}
}

func TestObjectNamesNeverMeet(t *testing.T) {
	names := []string{"a.b.example.com", "a-b.example.com", "a--b.example.com", "*.example.com", "wildcard.example.com", "wildcard-example.com",
		strings.Repeat("a", 60) + ".example.com", strings.Repeat("a", 60) + ".example.org"}
	seen := map[string]string{}
	for _, n := range names {
		s := slug(n)
		if other, dup := seen[s]; dup {
			t.Errorf("%q and %q are both called %q", n, other, s)
		}
		if len(s) > 63 || !namePattern.MatchString(s) {
			t.Errorf("%q is called %q, which Kubernetes does not take", n, s)
		}
		seen[s] = n
	}
}

func TestDecide(t *testing.T) {
	web, cart := Service{"shop", "web", 80}, Service{"shop", "cart", 8080}
	hosts := []Host{
		{Name: "shop.example.com", Routes: []Route{
			{Prefix: "/", Service: web}, {Prefix: "/cart", Service: cart, Rewrite: "/v2"}, {Prefix: "/cart", Methods: []string{"POST"}, Service: web},
			{Prefix: "/admin", Service: cart, Rewrite: "/"},
		}},
		{Name: "*.example.com", Routes: []Route{{Prefix: "/only", Service: web}}},
		{Name: "raw.example.com", Passthrough: &cart},
	}
	tests := map[string]struct {
		r    Request
		want Decision
	}{
		"the prefix itself is rewritten":        {Request{"shop.example.com", "/cart", "GET"}, Decision{Routed, "shop.example.com", "/cart", cart, "/v2"}},
		"what lies below keeps its rest":        {Request{"shop.example.com", "/cart/items", "GET"}, Decision{Routed, "shop.example.com", "/cart", cart, "/v2/items"}},
		"a slash at the end stays":              {Request{"shop.example.com", "/cart/", "GET"}, Decision{Routed, "shop.example.com", "/cart", cart, "/v2/"}},
		"a longer word is another segment":      {Request{"shop.example.com", "/carts", "GET"}, Decision{Routed, "shop.example.com", "/", web, "/carts"}},
		"a method goes before every method":     {Request{"shop.example.com", "/cart", "POST"}, Decision{Routed, "shop.example.com", "/cart", web, "/cart"}},
		"a rewrite to the root":                 {Request{"shop.example.com", "/admin", "GET"}, Decision{Routed, "shop.example.com", "/admin", cart, "/"}},
		"a rewrite to the root, below":          {Request{"shop.example.com", "/admin/users", "GET"}, Decision{Routed, "shop.example.com", "/admin", cart, "/users"}},
		"a port in the Host header":             {Request{"shop.example.com:443", "/", "GET"}, Decision{Routed, "shop.example.com", "/", web, "/"}},
		"capitals in the Host header":           {Request{"Shop.Example.COM", "/", "GET"}, Decision{Routed, "shop.example.com", "/", web, "/"}},
		"a name goes before a wildcard":         {Request{"shop.example.com", "/only", "GET"}, Decision{Routed, "shop.example.com", "/", web, "/only"}},
		"a wildcard takes any depth":            {Request{"a.b.example.com", "/only", "GET"}, Decision{Routed, "*.example.com", "/only", web, "/only"}},
		"a wildcard does not take its domain":   {Request{"example.com", "/only", "GET"}, Decision{Outcome: NoHost}},
		"a host without a route for the path":   {Request{"x.example.com", "/", "GET"}, Decision{Outcome: NoRoute, Host: "*.example.com"}},
		"a name of nobody":                      {Request{"example.org", "/", "GET"}, Decision{Outcome: NoHost}},
		"a stream that is passed through":       {Request{"raw.example.com", "/", "GET"}, Decision{Passthrough, "raw.example.com", "", cart, "/"}},
		"the end of a name is not a wildcard's": {Request{"badexample.com", "/only", "GET"}, Decision{Outcome: NoHost}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, Decide(hosts, tt.r)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestRenderingsEndTLSAtTheGatewayWithASecret(t *testing.T) {
	hosts := []Host{
		{Name: "shop.example.com", Routes: []Route{{Prefix: "/", Service: Service{"shop", "web", 80}}}},
		{Name: "raw.example.com", Passthrough: &Service{"shop", "raw", 8443}},
	}
	g := gateway
	g.Secret = "edge-application"
	servers := Istio(g, hosts)[0].Spec.(istioGateway).Servers
	want := []istioServer{
		{istioPort{80, "http", "HTTP"}, []string{"./shop.example.com"}, &istioTLS{HTTPSRedirect: true}},
		{istioPort{443, "https", "HTTPS"}, []string{"./shop.example.com"}, &istioTLS{Mode: "SIMPLE", CredentialName: "edge-application", MinProtocolVersion: "TLSV1_2"}},
		{istioPort{443, "tls", "TLS"}, []string{"./raw.example.com"}, &istioTLS{Mode: "PASSTHROUGH"}},
	}
	if diff := cmp.Diff(want, servers); diff != "" {
		t.Errorf("Istio (-want +got):\n%s", diff)
	}
	kinds := map[string]int{}
	for _, o := range GatewayAPI(g, hosts) {
		kinds[o.Kind]++
	}
	if diff := cmp.Diff(map[string]int{"Gateway": 1, "HTTPRoute": 2, "TLSRoute": 1, "ReferenceGrant": 1}, kinds); diff != "" {
		t.Errorf("Gateway API (-want +got):\n%s", diff)
	}
}

func TestAHostBelowAWildcardIsNotNamedBesideIt(t *testing.T) {
	s := Service{"shop", "web", 80}
	hosts := []Host{
		{Name: "one.apps.example.com", Routes: []Route{{Prefix: "/", Service: s}}}, {Name: "*.apps.example.com", Routes: []Route{{Prefix: "/", Service: s}}},
		{Name: "apps.example.com", Routes: []Route{{Prefix: "/", Service: s}}},
	}
	objects := Istio(gateway, hosts)
	if diff := cmp.Diff([]string{"./*.apps.example.com", "./apps.example.com"}, objects[0].Spec.(istioGateway).Servers[0].Hosts); diff != "" {
		t.Errorf("the server's hosts (-want +got):\n%s", diff)
	}
	if len(objects) != 4 {
		t.Errorf("%d objects, want the gateway and three virtual services", len(objects))
	}
}

func TestFieldsAreWhatAManifestHas(t *testing.T) {
	hosts := []Host{{Name: "shop.example.com", Routes: []Route{{Prefix: "/cart", Rewrite: "/v2", Service: Service{"shop", "cart", 8080}}}}}
	got, err := Istio(gateway, hosts)[1].Fields()
	if err != nil {
		t.Fatal(err)
	}
	destination := []any{map[string]any{"destination": map[string]any{"host": "cart.shop.svc.cluster.local", "port": map[string]any{"number": 8080.}}}}
	want := map[string]any{
		"hosts": []any{"shop.example.com"}, "gateways": []any{"edge-application"}, "exportTo": []any{"."},
		"http": []any{
			map[string]any{"name": "/cart", "match": []any{map[string]any{"uri": map[string]any{"exact": "/cart"}}}, "rewrite": map[string]any{"uri": "/v2"}, "route": destination},
			map[string]any{"name": "/cart/", "match": []any{map[string]any{"uri": map[string]any{"prefix": "/cart/"}}}, "rewrite": map[string]any{"uri": "/v2/"}, "route": destination},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
