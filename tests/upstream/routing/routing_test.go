package routing

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/pkg/simulation"
	"istio.io/istio/pilot/test/xds"
	"istio.io/istio/pkg/config/schema/gvr"
	"istio.io/istio/pkg/kube"
	"istio.io/istio/pkg/kube/kclient/clienttest"
	"istio.io/istio/pkg/test/util/retry"
)

// gateway translates a table as istiod does for the gateway's pod.
func gateway(t *testing.T, table Table, routing string) *simulation.Simulation {
	t.Helper()
	objects, err := cluster(table)
	if err != nil {
		t.Fatal(err)
	}
	opts := xds.FakeOptions{KubernetesObjectString: objects}
	if routing == "istio" {
		opts.ConfigString = documents(table.Istio)
	} else {
		opts.KubernetesObjectString += "\n---\n" + documents(table.GatewayAPI)
	}
	// The fake server's definitions say no version of the Gateway API, and without
	// one Istio looks at no TLSRoute.
	var client kube.Client
	opts.KubeClientModifier = func(c kube.Client) { client = c }
	s := xds.NewFakeDiscoveryServer(t, opts)
	clienttest.MakeCRDWithAnnotations(t, client, gvr.TLSRoute, map[string]string{"gateway.networking.k8s.io/bundle-version": "v1.6.0"})
	pod := &model.Proxy{
		Type: model.Router, ID: "gateway-application-1." + namespace, ConfigNamespace: namespace, IPAddresses: []string{podIP},
		Labels:   labels("gateway-application"),
		Metadata: &model.NodeMetadata{Namespace: namespace, Labels: labels("gateway-application"), ClusterID: "Kubernetes"},
	}
	var sim *simulation.Simulation
	retry.UntilOrFail(t, func() bool { // until the definition has been seen
		sim = simulation.NewSimulation(t, s, s.SetupProxy(pod))
		return opaque(sim) || !slices.ContainsFunc(table.Requests, func(r Request) bool { return r.Outcome == "passthrough" })
	}, retry.Timeout(20*time.Second))
	return sim
}

// opaque says whether the gateway has a way for streams that it does not open.
func opaque(sim *simulation.Simulation) bool {
	for _, l := range sim.Listeners {
		for _, chain := range l.GetFilterChains() {
			if len(chain.GetFilterChainMatch().GetServerNames()) > 0 {
				return true
			}
		}
	}
	return false
}

// decision is what Istio does with a request, in the words of the table.
func decision(sim *simulation.Simulation, r Request) (Request, error) {
	out := Request{Host: r.Host, Path: r.Path, Method: r.Method, TLS: r.TLS}
	call := simulation.Call{Port: podHTTP, Path: r.Path, Protocol: simulation.HTTP, HostHeader: r.Host, CallMode: simulation.CallModeGateway, Headers: http.Header{}}
	if r.TLS {
		call.Port, call.TLS, call.Sni = podHTTPS, simulation.TLS, r.Host
	}
	result := sim.Run(call)
	switch {
	case errors.Is(result.Error, simulation.ErrTLSRedirect):
		out.Outcome = "redirect"
		return out, nil
	case errors.Is(result.Error, simulation.ErrNoFilterChain), errors.Is(result.Error, simulation.ErrNoVirtualHost):
		out.Outcome = "no host"
		return out, nil
	case result.Error != nil && !errors.Is(result.Error, simulation.ErrNoRoute):
		return out, result.Error
	}
	if result.VirtualHostMatched == "" { // a stream that nobody opened
		out.Outcome, out.Service = "passthrough", parse(result.ClusterMatched)
		return out, nil
	}
	vh := virtualHost(sim, result)
	if vh == nil {
		return out, fmt.Errorf("virtual host %q is in no route configuration", result.VirtualHostMatched)
	}
	if strings.HasPrefix(vh.GetName(), "blackhole") {
		out.Outcome = "no host"
		return out, nil
	}
	chosen := choose(vh, r.Path, r.Method)
	switch {
	case chosen == nil:
		out.Outcome = "no route"
	case chosen.GetRedirect() != nil && chosen.GetRedirect().GetResponseCode() == route.RedirectAction_MOVED_PERMANENTLY && chosen.GetRedirect().GetSchemeRedirect() == "https":
		out.Outcome = "redirect"
	default:
		out.Outcome, out.Service, out.Rewritten = "routed", parse(chosen.GetRoute().GetCluster()), rewritten(chosen, r.Path)
	}
	return out, nil
}

func virtualHost(sim *simulation.Simulation, result simulation.Result) *route.VirtualHost {
	for _, rc := range sim.Routes {
		if rc.GetName() != result.RouteConfigMatched {
			continue
		}
		for _, vh := range rc.GetVirtualHosts() {
			if vh.GetName() == result.VirtualHostMatched {
				return vh
			}
		}
	}
	return nil
}

func parse(cluster string) *Service {
	parts := strings.Split(cluster, "|")
	if len(parts) != 4 {
		return nil
	}
	var s Service
	if _, err := fmt.Sscan(parts[1], &s.Port); err != nil {
		return nil
	}
	name := strings.Split(parts[3], ".")
	s.Name, s.Namespace = name[0], name[1]
	return &s
}

func say(r Request) string {
	text := r.Outcome
	if r.Service != nil {
		text += fmt.Sprintf(" to %s/%s:%d", r.Service.Namespace, r.Service.Name, r.Service.Port)
	}
	if r.Rewritten != "" {
		text += " as " + r.Rewritten
	}
	return text
}

// TestIstioDecidesAsTheEdgeDoes asks every request of every table, in both renderings.
func TestIstioDecidesAsTheEdgeDoes(t *testing.T) {
	for _, name := range []string{"alb", "nlb"} {
		table, err := Read(name)
		if err != nil {
			t.Fatal(err)
		}
		if len(table.Requests) < 80 {
			t.Fatalf("%s has %d requests, want 80 or more", name, len(table.Requests))
		}
		for _, routing := range []string{"istio", "gatewayAPI"} {
			t.Run(name+"/"+routing, func(t *testing.T) {
				sim := gateway(t, table, routing)
				outcomes := map[string]int{}
				for _, r := range table.Requests {
					got, err := decision(sim, r)
					if err != nil {
						t.Errorf("%s %s%s (tls %v): %v", r.Method, r.Host, r.Path, r.TLS, err)
						continue
					}
					if say(got) != say(r) {
						t.Errorf("%s %s%s (tls %v): Istio: %s; the edge: %s", r.Method, r.Host, r.Path, r.TLS, say(got), say(r))
					}
					outcomes[got.Outcome]++
				}
				t.Logf("%d requests: %v", len(table.Requests), outcomes)
				if outcomes["routed"] == 0 || outcomes["no host"] == 0 {
					t.Error("the table does not ask what it should")
				}
			})
		}
	}
}

// TestTheJudgeSeesAWrongRoute keeps the judge from agreeing with everything.
func TestTheJudgeSeesAWrongRoute(t *testing.T) {
	table, err := Read("alb")
	if err != nil {
		t.Fatal(err)
	}
	for i, m := range table.Istio { // a prefix that matches by characters
		table.Istio[i] = []byte(strings.ReplaceAll(string(m), `"prefix": "/cart/"`, `"prefix": "/cart"`))
	}
	got, err := decision(gateway(t, table, "istio"), Request{Host: "shop.example.com", Path: "/carts", Method: "GET"})
	if err != nil {
		t.Fatal(err)
	}
	if got.Service == nil || got.Service.Name != "cart" {
		t.Errorf("a prefix without its slash leads /carts %s", say(got))
	}
}
