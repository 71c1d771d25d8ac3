package plan

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/components/mesh/spec"
)

// linkedConfig is a mesh of two clusters with every part that goes beyond one,
// as one of them has it.
func linkedConfig(t *testing.T, plane, cluster string) spec.Config {
	t.Helper()
	c := spec.Config{
		DataPlane: plane,
		Gateways:  map[string]spec.Gateway{"application": {TLS: spec.TLSAtGateway}},
		Namespaces: map[string]spec.Namespace{
			"apps": {ExternalAuthorization: "paths"}, "security": {Gateways: []string{"application"}, Allow: map[string]spec.Allow{"apps": {Namespaces: []string{"apps"}}}},
		},
		Links: map[string]spec.Link{"pair": {Between: []string{"main", "data"}, Services: map[string]spec.LinkedService{
			"reviews": {Namespace: "apps", Service: "reviews", Port: 9080, In: []string{"data"}},
			"ratings": {Namespace: "apps", Service: "ratings", Port: 9081, Protocol: "grpc", Failover: true},
		}}},
		ExternalAuthorization: map[string]spec.ExternalAuthorization{
			"login": {Service: "authz.security.svc.cluster.local", Port: 9000, TimeoutMillis: 1250, BodyBytes: 4096, Gateways: []string{"application"}},
			"paths": {Protocol: spec.AuthorizerHTTP, Service: "opa.security.svc.cluster.local", Port: 8181, PathPrefix: "/v1", IncludeHeaders: []string{"cookie"}},
		},
		EnvoyFilters: map[string]spec.EnvoyFilter{
			"lua": {Gateway: "application", Context: spec.ContextGateway, Port: 8443, SNI: "app.example.com", Filter: "envoy.filters.network.http_connection_manager",
				SubFilter: "envoy.filters.http.router", Operation: spec.OperationInsertBefore,
				Patch: `{"name": "envoy.filters.http.lua", "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua"}}`},
		},
	}
	if plane == spec.Ambient {
		apps := c.Namespaces["apps"]
		apps.Waypoint = &spec.Waypoint{}
		c.Namespaces["apps"] = apps
	} else {
		c.EnvoyFilters["limit"] = spec.EnvoyFilter{Namespace: "apps", Workload: map[string]string{"app": "reviews"}, Context: spec.ContextInbound,
			Operation: spec.OperationMerge, Patch: `{"per_connection_buffer_limit_bytes": 32768}`}
	}
	own, ok := c.For(cluster)
	if !ok {
		t.Fatal("the cluster has no mesh")
	}
	return own
}

// TestBeyondGoldens shows every object and value that links, authorizers and
// EnvoyFilters bring; make golden writes them.
func TestBeyondGoldens(t *testing.T) {
	for _, plane := range []string{spec.Ambient, spec.Sidecar} {
		t.Run(plane, func(t *testing.T) {
			main, data := linkedConfig(t, plane, "main"), linkedConfig(t, plane, "data")
			in := Input{Cluster: "main", ClusterName: "dev-main", Region: "ap-northeast-2", Release: "2026.11", ServiceCIDR: "172.20.0.0/16",
				CIDRs: []string{"10.0.0.0/16"}, EastWestAddresses: map[string]string{"az2": "10.0.64.240", "az1": "10.0.0.240"}}
			far := []string{"10.1.0.240", "10.1.64.240"}
			got := map[string]any{
				"eastWest": EastWest(main, in), "authorizers": askAuthorizers(main), "providers": ExtensionProviders(main), "envoyFilters": envoyFilters(main),
				"namesInMain": Linked(main, main.Links["pair"], "main", data, "data", far), "namesInData": Linked(data, data.Links["pair"], "data", main, "main", far),
				"check": CheckObjects("pair", "main", "data"), "namespaces": Enrolments(main), "ask": CheckJob("pair", "data", "2026.11"),
			}
			if plane == spec.Sidecar {
				got["eastWestValues"] = EastWestValues(main, in)
			}
			text, err := json.MarshalIndent(got, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			text = append(text, '\n')
			file := "testdata/beyond-" + plane + ".json"
			if os.Getenv("LADDER_GOLDEN") != "" {
				if err := os.WriteFile(file, text, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(text)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", file, diff)
			}
		})
	}
}

// Without a link nothing opens a cluster to others.
func TestNoWayInWithoutALink(t *testing.T) {
	for _, plane := range []string{spec.Ambient, spec.Sidecar} {
		c := spec.Config{DataPlane: plane}
		own, _ := c.For("main")
		if got := EastWest(own, Input{Cluster: "main"}); len(got) > 0 {
			t.Errorf("%s: %d objects of an east-west gateway", plane, len(got))
		}
		if env, ok := Istiod(own, Input{Cluster: "main"}, spec.DefaultRevision)["env"]; ok {
			t.Errorf("%s: istiod is told of other networks: %v", plane, env)
		}
	}
}
