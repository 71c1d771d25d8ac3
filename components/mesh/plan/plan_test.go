package plan

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/components/mesh/spec"
)

var input = Input{
	Cluster: "main", ClusterName: "dev-main", Region: "ap-northeast-2", Release: "2026.11",
	ServiceCIDR: "172.20.0.0/16", CIDRs: []string{"10.20.0.0/16"},
}

// example is a mesh with something of each kind.
func example(plane string) spec.Config {
	c := spec.Config{
		DataPlane: plane, TrustDomain: "mesh.example.com", AWSServices: []string{"sts"},
		External: map[string]spec.External{
			"provider": {Hosts: []string{"api.example.com"}, Namespaces: []string{"shop"}},
			"packages": {Hosts: []string{"packages.example.com"}, Ports: []int{80}, Protocol: spec.HTTP},
			"ledger":   {Hosts: []string{"ledger.example.com"}, Ports: []int{5432}, Protocol: spec.TCP},
		},
		Gateways: map[string]spec.Gateway{"application": {}, "management": {}},
		Tracing:  &spec.Tracing{SamplingPercent: 5},
		Namespaces: map[string]spec.Namespace{
			"shop": {
				Gateways: []string{"application"},
				Allow:    map[string]spec.Allow{"reads": {Namespaces: []string{"billing"}, Methods: []string{"GET"}, Ports: []int{8080}}},
				Services: map[string]spec.Service{"orders": {Traffic: spec.Traffic{Outlier: &spec.Outlier{Errors: 3}}, Retries: &spec.Retries{Attempts: 1}, TimeoutSeconds: 10}},
			},
			"billing": {
				KubernetesAPI: true,
				Allow:         map[string]spec.Allow{"checkout": {ServiceAccounts: []string{"shop/checkout"}, Workload: map[string]string{"app": "till"}}},
				PlainPorts:    map[string]spec.PlainPort{"metrics": {Port: 9090, Workload: map[string]string{"app": "till"}, From: []string{"observability"}, Reason: "scraped by Prometheus"}},
			},
			"outside": {DataPlane: spec.None},
		},
	}
	if plane == spec.Ambient {
		shop := c.Namespaces["shop"]
		shop.Waypoint = &spec.Waypoint{}
		c.Namespaces["shop"] = shop
	}
	own, ok := c.For("main")
	if !ok {
		panic("the example has no mesh")
	}
	return own
}

// LADDER_GOLDEN=1 writes them again.
func TestGoldens(t *testing.T) {
	for _, plane := range []string{spec.Ambient, spec.Sidecar} {
		cfg := example(plane)
		values := map[string]any{
			"istio-base": Base(cfg), "istiod": Istiod(cfg, input, spec.DefaultRevision), "istio-cni": CNI(cfg), "gateway-application": Gateway(cfg, "application"),
		}
		if cfg.DataPlane == spec.Ambient {
			values["ztunnel"] = Ztunnel(cfg, input)
		}
		if EgressGatewayNeeded(cfg) {
			values[EgressGateway] = EgressGatewayValues(cfg, input)
		}
		text, err := json.MarshalIndent(map[string]any{
			"values": values, "namespaces": append(OwnNamespaces(cfg, input), Enrolments(cfg)...), "objects": Objects(cfg, input),
		}, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		file := "testdata/" + plane + ".json"
		if os.Getenv("LADDER_GOLDEN") != "" {
			if err := os.WriteFile(file, append(text, '\n'), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(text)+"\n"); diff != "" {
			t.Errorf("%s (-want +got):\n%s", file, diff)
		}
	}
}

// TestGatewaysWaitForTheirLoadBalancer: without the label the load balancer
// controller gives a gateway's pods no readiness gate, and says nothing.
func TestGatewaysWaitForTheirLoadBalancer(t *testing.T) {
	for _, n := range OwnNamespaces(spec.Config{}, Input{}) {
		want := ""
		if n.Name == spec.IngressNamespace {
			want = "enabled"
		}
		if got := n.Labels["elbv2.k8s.aws/pod-readiness-gate-inject"]; got != want {
			t.Errorf("namespace %s has the label %q, want %q", n.Name, got, want)
		}
	}
}

// TestGatewaysKnowTheirLoadBalancer: a gateway behind an ALB that trusted no
// proxy would take the ALB for the client; one behind an NLB that trusted one
// would believe what clients write.
func TestGatewaysKnowTheirLoadBalancer(t *testing.T) {
	cfg := spec.Config{Gateways: map[string]spec.Gateway{"application": {TLS: spec.TLSAtGateway}, "management": {}}}.WithDefaults()
	for key, want := range map[string]string{
		"application": `{"terminationDrainDuration":"30s"}`,
		"management":  `{"gatewayTopology":{"numTrustedProxies":1},"terminationDrainDuration":"30s"}`,
	} {
		if got := Gateway(cfg, key)["podAnnotations"].(map[string]any)["proxy.istio.io/config"]; got != want {
			t.Errorf("%s: the proxy is told %v, want %s", key, got, want)
		}
	}
}

func TestRolesAreUnique(t *testing.T) {
	for _, plane := range []string{spec.Ambient, spec.Sidecar} {
		seen := map[string]bool{}
		for _, o := range Objects(example(plane), input) {
			if seen[o.Role()] {
				t.Errorf("%s: two objects are called %s", plane, o.Role())
			}
			seen[o.Role()] = true
		}
	}
}

// find is an object by kind, namespace and name.
func find(t *testing.T, objects []Object, kind, namespace, name string) map[string]any {
	t.Helper()
	for _, o := range objects {
		if o.Kind == kind && o.Namespace == namespace && o.Name == name {
			return o.Body["spec"].(dict)
		}
	}
	t.Fatalf("no %s %s/%s", kind, namespace, name)
	return nil
}

// Only the egress waypoint has a line to addresses outside the cluster's own.
func TestOnlyTheWaypointLeavesTheCluster(t *testing.T) {
	out := 0
	for _, l := range Lines(example(spec.Ambient), input) {
		if l.Direction != Egress {
			continue
		}
		b, err := json.Marshal(l.Rule)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), anywhere) {
			out++
			if l.Namespace != spec.EgressNamespace {
				t.Errorf("%s/%s lets %s leave the cluster", l.Namespace, l.Policy, l.Flow)
			}
			if !strings.Contains(string(b), linkLocal) {
				t.Errorf("%s reaches the instance's metadata, and with it the node's credentials", l.Flow)
			}
		}
		if _, to := l.Rule["to"]; !to && l.Namespace != spec.EgressNamespace {
			t.Errorf("%s/%s: %s may go anywhere", l.Namespace, l.Policy, l.Flow)
		}
	}
	if out != 1 {
		t.Errorf("%d lines lead out, want one", out)
	}
}

// What watches a cluster is outside the mesh: gateways lead to its dashboards
// and workloads to its collector where it is there, and nowhere else.
func TestWaysToWhatWatches(t *testing.T) {
	ways := func(in Input) map[string]string {
		out := map[string]string{}
		for _, l := range Lines(example(spec.Ambient), in) {
			if b, err := json.Marshal(l.Rule); err != nil {
				t.Fatal(err)
			} else if l.Direction == Egress && l.Policy != egressPolicy && l.Flow != "spans" && strings.Contains(string(b), `"observability"`) {
				out[l.Namespace] = string(b)
			}
		}
		return out
	}
	if got := ways(input); len(got) > 0 {
		t.Errorf("nothing watches, and there are ways to it: %v", got)
	}
	watched := input
	watched.Observed = true
	got := ways(watched)
	if len(got) != 3 || got[spec.IngressNamespace] == "" || !strings.Contains(got["shop"], "4317") || !strings.Contains(got["billing"], "4318") {
		t.Errorf("%v", got)
	}
}

func TestNoPolicyWithoutRegistryOnly(t *testing.T) {
	cfg := example(spec.Ambient)
	cfg.Egress = spec.AllowAny
	for _, o := range Objects(cfg, input) {
		if o.Kind == "NetworkPolicy" || o.Kind == "ServiceEntry" || o.Name == EgressWaypoint {
			t.Errorf("%s %s is there, and everything may leave", o.Kind, o.Name)
		}
	}
}

// Behind a waypoint nothing but the waypoint reaches a workload directly.
func TestNothingGoesPastAWaypoint(t *testing.T) {
	objects := Objects(example(spec.Ambient), input)
	direct := find(t, objects, "AuthorizationPolicy", "shop", "allow-waypoint")
	if _, bound := direct["targetRefs"]; bound {
		t.Error("the rule that ztunnel enforces is bound to the waypoint")
	}
	for _, o := range objects {
		body, _ := o.Body["spec"].(dict)
		if o.Kind == "AuthorizationPolicy" && o.Namespace == "shop" && o.Name != "allow-waypoint" {
			if _, bound := body["targetRefs"]; !bound {
				t.Errorf("%s is not bound to the waypoint: ztunnel would refuse or let past what it says", o.Name)
			}
		}
	}
	labels := map[string]map[string]string{}
	for _, n := range Enrolments(example(spec.Ambient)) {
		labels[n.Name] = n.Labels
	}
	if labels["shop"]["istio.io/ingress-use-waypoint"] != "true" {
		t.Error("gateways go past the waypoint of shop")
	}
	if len(labels["outside"]) != 0 {
		t.Errorf("a namespace outside the mesh is enrolled: %v", labels["outside"])
	}
}

// Permissions are there before refusals.
func TestRefusalsComeLast(t *testing.T) {
	for _, o := range Objects(example(spec.Ambient), input) {
		refuses := o.Name == "default-deny" || (o.Kind == "PeerAuthentication" && o.Namespace == spec.SystemNamespace) || o.Kind == "NetworkPolicy"
		if refuses != (o.Stage == Restrict) {
			t.Errorf("%s %s/%s is of stage %d", o.Kind, o.Namespace, o.Name, o.Stage)
		}
	}
}

// What needs what, as far as it is not the namespace or the mesh itself.
func TestNeeds(t *testing.T) {
	objects := Objects(example(spec.Ambient), input)
	needs := func(kind, namespace, name string) []string {
		for i, o := range objects {
			if o.Kind == kind && o.Namespace == namespace && o.Name == name {
				var out []string
				for _, j := range Needs(objects, i) {
					out = append(out, objects[j].Role())
				}
				return out
			}
		}
		t.Fatalf("no %s %s/%s", kind, namespace, name)
		return nil
	}
	if diff := cmp.Diff([]string{"configmap-shop-waypoint-options"}, needs("Gateway", "shop", WaypointName)); diff != "" {
		t.Errorf("a waypoint (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{
		"serviceentry-istio-egress-aws", "serviceentry-istio-egress-ledger", "serviceentry-istio-egress-packages", "serviceentry-istio-egress-provider",
		"waypoint-istio-egress-egress", "waypoint-shop-waypoint",
	}, needs("NetworkPolicy", "shop", "mesh")); diff != "" {
		t.Errorf("what closes the way out (-want +got):\n%s", diff)
	}
	permissions := 0
	for _, o := range objects {
		if o.Kind == "AuthorizationPolicy" && o.Stage == Permit {
			permissions++
		}
	}
	if got := needs("AuthorizationPolicy", spec.SystemNamespace, "default-deny"); len(got) != permissions || permissions < 8 {
		t.Errorf("the refusal waits for %d of %d permissions", len(got), permissions)
	}
	if got := needs("DestinationRule", "shop", "traffic"); got != nil {
		t.Errorf("a rule of traffic waits for %v", got)
	}
}

func TestRevisions(t *testing.T) {
	cfg := example(spec.Sidecar)
	if got := ControlRevision(cfg); got != spec.DefaultRevision || IstiodName(got) != "istiod" {
		t.Errorf("revision %q", got)
	}
	if _, set := Istiod(cfg, input, spec.DefaultRevision)["revision"]; set {
		t.Error("the default revision is named, and its service would be istiod-default")
	}
	cfg.Revisions = map[string]spec.Revision{"2026-08": {Release: "2026.08"}, "2026-11": {}}
	if diff := cmp.Diff(map[string]string{"2026-08": "2026.08", "2026-11": "2026.11"}, Revisions(cfg, input)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := Istiod(cfg, input, "2026-11")["revision"]; got != "2026-11" {
		t.Errorf("revision %v", got)
	}
	if Base(cfg)["defaultRevision"] == nil {
		t.Error("nobody validates objects that name no revision")
	}
}

// A service's own rule hides the namespace's, so it repeats what it does not change.
func TestAServicesRuleIsWhole(t *testing.T) {
	rule := find(t, Objects(example(spec.Sidecar), input), "DestinationRule", "shop", "traffic-orders")["trafficPolicy"].(dict)
	if rule["outlierDetection"].(dict)["consecutive5xxErrors"] != 3 || rule["connectionPool"] == nil {
		t.Errorf("%v", rule)
	}
}

func TestCallersOfExternalServices(t *testing.T) {
	for _, plane := range []string{spec.Ambient, spec.Sidecar} {
		entry := find(t, Objects(example(plane), input), "ServiceEntry", spec.EgressNamespace, "provider")
		if diff := cmp.Diff(texts("shop", spec.EgressNamespace), entry["exportTo"]); diff != "" {
			t.Errorf("%s: visible in (-want +got):\n%s", plane, diff)
		}
	}
	var policies []string
	for _, o := range Objects(example(spec.Ambient), input) {
		if o.Kind == "AuthorizationPolicy" && o.Namespace == spec.EgressNamespace {
			policies = append(policies, o.Name)
		}
	}
	slices.Sort(policies)
	if diff := cmp.Diff([]string{"external-aws", "external-ledger", "external-packages", "external-provider"}, policies); diff != "" {
		t.Errorf("the egress waypoint asks about (-want +got):\n%s", diff)
	}
}
