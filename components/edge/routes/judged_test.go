package routes

import (
	"encoding/json"
	"testing"

	"github.com/ladder-platform/ladder/internal/golden"
)

// judgedDir is where Istio's own code judges these tables (docs/judges.md): a
// module of its own, so the tables go there as files.
const judgedDir = "../../../tests/upstream/routing/testdata/"

// judged is a table in both renderings with requests and what must become of them.
type judged struct {
	Istio      []manifest   `json:"istio"`
	GatewayAPI []manifest   `json:"gatewayAPI"`
	Services   []Service    `json:"services"`
	Requests   []judgedCall `json:"requests"`
}

type manifest struct {
	APIVersion string            `json:"apiVersion"`
	Kind       string            `json:"kind"`
	Metadata   map[string]string `json:"metadata"`
	Spec       map[string]any    `json:"spec"`
}

// judgedCall is a request that reaches a gateway's pod.
type judgedCall struct {
	Host   string `json:"host"`
	Path   string `json:"path"`
	Method string `json:"method"`
	// TLS says that the stream is encrypted when it comes to the pod.
	TLS bool `json:"tls,omitempty"`
	// Outcome as in Decision, or redirect: 301 to HTTPS.
	Outcome string   `json:"outcome"`
	Service *Service `json:"service,omitempty"`
	// Rewritten is the path that the service sees.
	Rewritten string `json:"rewritten,omitempty"`
}

func manifests(t *testing.T, objects []Object) []manifest {
	t.Helper()
	var out []manifest
	for _, o := range objects {
		fields, err := o.Fields()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, manifest{o.APIVersion, o.Kind, map[string]string{"name": o.Name, "namespace": o.Namespace}, fields})
	}
	return out
}

// judgedTable has every feature, and neighbours that are easily confused.
func judgedTable() []Host {
	s := func(name string) Service { return Service{"shop", name, 8080} }
	return []Host{
		{Name: "shop.example.com", Routes: []Route{
			{Prefix: "/", Service: s("web")},
			{Prefix: "/cart", Service: s("cart")},
			{Prefix: "/cart", Methods: []string{"POST", "PUT"}, Service: s("cart-write")},
			{Prefix: "/cart/items", Service: s("items")},
			{Prefix: "/api", Rewrite: "/", Service: s("api")},
			{Prefix: "/api/v1", Rewrite: "/v1", Service: s("api-v1")},
			{Prefix: "/static", Rewrite: "/assets/public", Service: Service{"media", "files", 80}},
		}},
		{Name: "api.example.com", Routes: []Route{
			{Prefix: "/v2", Service: s("api")}, {Prefix: "/v2/admin", Methods: []string{"GET"}, Service: s("admin")},
		}},
		{Name: "*.apps.example.com", Routes: []Route{{Prefix: "/", Service: s("apps")}, {Prefix: "/health", Service: s("health")}}},
		{Name: "one.apps.example.com", Routes: []Route{{Prefix: "/", Service: s("one")}}},
	}
}

// calls are the requests of every host, each with paths and methods around the
// edges of its routes.
func calls(hosts []Host) []judgedCall {
	paths := map[string][]string{
		"shop.example.com": {"/", "/cart", "/cart/", "/cart/items", "/cart/items/7", "/cart/itemsets", "/carts", "/api", "/api/", "/api/users", "/api/v1", "/api/v1/users",
			"/api/v10", "/apiv1", "/static", "/static/logo.png", "/statics", "/unknown/deep/path"},
		"api.example.com":        {"/", "/v2", "/v2/users", "/v20", "/v2/admin", "/v2/admin/keys", "/v2/administrators"},
		"one.apps.example.com":   {"/", "/health", "/health/live"},
		"two.apps.example.com":   {"/", "/health", "/healthy"},
		"a.b.apps.example.com":   {"/", "/health/live"},
		"apps.example.com":       {"/", "/health"},
		"grafana.example.com":    {"/", "/login"},
		"example.com":            {"/"},
		"badapps.example.com":    {"/"},
		"shop.example.com.evil.": {"/"},
	}
	names := []string{"shop.example.com", "api.example.com", "one.apps.example.com", "two.apps.example.com", "a.b.apps.example.com", "apps.example.com",
		"grafana.example.com", "example.com", "badapps.example.com", "shop.example.com.evil."}
	var out []judgedCall
	for _, host := range names {
		for _, path := range paths[host] {
			for _, method := range []string{"GET", "POST"} {
				d := Decide(hosts, Request{Host: host, Path: path, Method: method})
				call := judgedCall{Host: host, Path: path, Method: method, Outcome: d.Outcome}
				if d.Outcome == Routed {
					call.Service, call.Rewritten = &d.Service, d.Path
				}
				out = append(out, call)
			}
		}
	}
	return out
}

// TestJudgedTables writes what Istio judges, with LADDER_GOLDEN=1, and
// otherwise holds the files to what the code makes.
func TestJudgedTables(t *testing.T) {
	hosts := judgedTable()
	if found := Findings("hosts", hosts, Known{}); len(found) > 0 {
		t.Fatal(found)
	}
	services := []Service{{"media", "files", 80}}
	for _, name := range []string{"web", "cart", "cart-write", "items", "api", "api-v1", "admin", "apps", "health", "one", "raw"} {
		services = append(services, Service{"shop", name, 8080})
	}
	behindALB := judged{Istio: manifests(t, Istio(gateway, hosts)), GatewayAPI: manifests(t, GatewayAPI(gateway, hosts)), Services: services, Requests: calls(hosts)}
	if n := len(behindALB.Requests); n < 80 {
		t.Errorf("%d requests are judged, want 80 or more", n)
	}

	g, raw := gateway, Service{"shop", "raw", 8080}
	g.Secret = "edge-application"
	behindNLB := judged{Services: services}
	for _, c := range calls(hosts) {
		if plain := c; c.Method == "GET" && (c.Outcome == Routed || c.Outcome == NoRoute) {
			plain.Outcome, plain.Service, plain.Rewritten = "redirect", nil, ""
			behindNLB.Requests = append(behindNLB.Requests, plain)
		}
		c.TLS = true
		behindNLB.Requests = append(behindNLB.Requests, c)
	}
	hosts = append(hosts, Host{Name: "raw.example.com", Passthrough: &raw})
	behindNLB.Requests = append(behindNLB.Requests, judgedCall{Host: "raw.example.com", Path: "/", Method: "GET", TLS: true, Outcome: Passthrough, Service: &raw})
	behindNLB.Istio, behindNLB.GatewayAPI = manifests(t, Istio(g, hosts)), manifests(t, GatewayAPI(g, hosts))

	for name, table := range map[string]judged{"alb": behindALB, "nlb": behindNLB} {
		text, err := json.MarshalIndent(table, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		golden.File(t, judgedDir+name+".json", string(text)+"\n")
	}
}
