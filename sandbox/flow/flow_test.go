package flow

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ladder-platform/ladder/sandbox/world"
)

type m = map[string]any

const endpoint = "https://api.example"

// build is a world with one cluster: an ambient namespace apps with a policy, an
// egress waypoint with one, and an external service behind it.
func build(t *testing.T, change func(put func(kind, id string, attrs m))) Cluster {
	t.Helper()
	w := world.New(1, time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC))
	var c Cluster
	if err := w.Tx(func(tx *world.Tx) error {
		const scope = "111111111111/ap-northeast-2"
		aws := func(kind, id string, attrs m) { tx.Put(&world.Object{Kind: kind, Scope: scope, ID: id, Attrs: attrs}) }
		put := func(kind, id string, attrs m) {
			if attrs == nil {
				tx.Delete(world.Key{Kind: "kube:" + kind, Scope: endpoint, ID: id})
				return
			}
			tx.Put(&world.Object{Kind: "kube:" + kind, Scope: endpoint, ID: id, Attrs: attrs})
		}
		aws("aws:eks/cluster:Cluster", "prd", m{"name": "prd", "endpoint": endpoint, "vpcConfig": m{"subnetIds": []any{"subnet-1"}}, "kubernetesNetworkConfig": m{"serviceIpv4Cidr": "172.20.0.0/16"}})
		aws("aws:ec2/subnet:Subnet", "subnet-1", m{"cidrBlock": "10.0.0.0/24"})
		aws("aws:eks/addon:Addon", "prd:vpc-cni", m{"addonName": "vpc-cni", "clusterName": "prd", "configurationValues": `{"enableNetworkPolicy":"true"}`})
		for name, labels := range map[string]m{"kube-system": {}, "istio-system": {}, "istio-egress": {}, "default": {}, "apps": {dataPlane: "ambient"}, "shop": {dataPlane: "ambient"}} {
			put("v1/Namespace", name, m{"metadata": m{"labels": labels}})
		}
		pods := func(id string, labels m) {
			put("apps/v1/Deployment", id, m{"spec": m{"template": m{"metadata": m{"labels": labels}}}})
		}
		pods("kube-system/coredns", m{"k8s-app": "kube-dns"})
		pods("istio-system/istiod", m{"app": "istiod"})
		pods("istio-egress/egress", m{gatewayName: "egress", "gateway.networking.k8s.io/gateway-class-name": waypointName})
		put("helm.sh/v3/Release", "istio-system/istiod", m{"chart": "istiod", "inputs": m{"values": m{"meshConfig": m{
			"outboundTrafficPolicy": m{"mode": "REGISTRY_ONLY"},
			"extensionProviders":    []any{m{"name": "spans", "opentelemetry": m{"service": "collector.telemetry.svc.cluster.local", "port": 4317.}}},
		}}}})
		put("networking.k8s.io/v1/NetworkPolicy", "apps/mesh", m{"spec": appsPolicy()})
		put("networking.k8s.io/v1/NetworkPolicy", "istio-egress/egress", m{"spec": egressPolicy()})
		put("networking.istio.io/v1/ServiceEntry", "istio-egress/sts", m{
			"metadata": m{"labels": m{useWaypoint: "egress"}},
			"spec":     m{"hosts": []any{"sts.amazonaws.com"}, "ports": []any{m{"number": 443.}}, "exportTo": []any{"apps", "shop", "istio-egress"}},
		})
		put("security.istio.io/v1/AuthorizationPolicy", "istio-egress/sts", m{"spec": m{
			"action": "ALLOW", "targetRefs": []any{m{"kind": "ServiceEntry", "name": "sts"}},
			"rules": []any{m{"from": []any{m{"source": m{"namespaces": []any{"apps"}}}}}},
		}})
		change(put)
		c = Read(tx, endpoint)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return c
}

func ports(protocol string, numbers ...float64) []any {
	var out []any
	for _, n := range numbers {
		out = append(out, m{"protocol": protocol, "port": n})
	}
	return out
}

func in(namespace string) m {
	return m{"namespaceSelector": m{"matchLabels": m{nameOf: namespace}}}
}

func block(cidr string) m { return m{"ipBlock": m{"cidr": cidr}} }

var dnsLine = m{"to": []any{in("kube-system")}, "ports": append(ports(UDP, 53), ports(TCP, 53)...)}

func appsPolicy() m {
	return m{
		"podSelector": m{}, "policyTypes": []any{"Ingress", "Egress"},
		"ingress": []any{m{"ports": ports(TCP, 15008)}, m{"from": []any{block("169.254.7.127/32")}}},
		"egress": []any{
			dnsLine, m{"to": []any{m{"namespaceSelector": m{}}}, "ports": ports(TCP, 15008)},
			m{"to": []any{block("169.254.170.23/32")}, "ports": ports(TCP, 80)},
		},
	}
}

func egressPolicy() m {
	return m{
		"podSelector": m{}, "policyTypes": []any{"Ingress", "Egress"},
		"ingress": []any{m{"ports": ports(TCP, 15008)}, m{"ports": ports(TCP, 15021)}},
		"egress": []any{
			dnsLine, m{"to": []any{in("istio-system")}, "ports": ports(TCP, 15012)}, m{"to": []any{in("telemetry")}, "ports": ports(TCP, 4317)},
			m{"to": []any{m{"ipBlock": m{"cidr": "0.0.0.0/0", "except": []any{"169.254.0.0/16"}}}}, "ports": ports(TCP, 443)},
		},
	}
}

func TestAMeshThatIsWholeHasNoWrongFlow(t *testing.T) {
	c := build(t, func(func(string, string, m)) {})
	want := []string{ // shop is exported the service and not allowed it, and has no policy of its own
		"shop → instance metadata: credentials of the node passes: no policy governs either end",
		"shop → outside: direct connection passes: no policy governs either end",
		"shop → sts.amazonaws.com:443: by name is refused: AuthorizationPolicy istio-egress/sts does not allow shop",
	}
	for _, ns := range []string{"default", "istio-system", "kube-system", "telemetry"} { // istio-egress may not send it
		want = append(want, ns+" → shop: plain text passes: no policy governs either end")
	}
	got := c.Wrong()
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestWhoDecided(t *testing.T) {
	c := build(t, func(func(string, string, m)) {})
	decided := map[string]Decision{}
	for _, f := range c.Flows() {
		decided[f.Name] = c.Decide(f)
	}
	for name, want := range map[string]Decision{
		"apps → kube-system/coredns: names":                                         {true, "NetworkPolicy apps/mesh, egress 0"},
		"apps → kube-system/coredns: names over TCP":                                {true, "NetworkPolicy apps/mesh, egress 0"},
		"apps → shop: call over HBONE":                                              {true, "NetworkPolicy apps/mesh, egress 1"},
		"shop → apps: call over HBONE":                                              {true, "NetworkPolicy apps/mesh, ingress 0"},
		"apps → istio-egress/egress: call over HBONE":                               {true, "NetworkPolicy apps/mesh, egress 1; NetworkPolicy istio-egress/egress, ingress 0"},
		"apps → Pod Identity: credentials":                                          {true, "NetworkPolicy apps/mesh, egress 2"},
		"apps → instance metadata: credentials of the node":                         {false, "no line of NetworkPolicy apps/mesh for egress"},
		"kubelet → apps: probe":                                                     {true, "NetworkPolicy apps/mesh, ingress 1"},
		"apps → Kubernetes API by its service: API":                                 {false, "no line of NetworkPolicy apps/mesh for egress"},
		"apps → outside: direct connection":                                         {false, "no line of NetworkPolicy apps/mesh for egress"},
		"default → apps: plain text":                                                {false, "no line of NetworkPolicy apps/mesh for ingress"},
		"istio-egress/egress → istio-system/istiod: configuration and certificates": {true, "NetworkPolicy istio-egress/egress, egress 1"},
		"istio-egress/egress → telemetry: provider spans":                           {true, "NetworkPolicy istio-egress/egress, egress 2"},
		"istio-egress/egress → outside: external service on 443":                    {true, "NetworkPolicy istio-egress/egress, egress 3"},
		"istio-egress/egress → instance metadata: credentials of the node":          {false, "no line of NetworkPolicy istio-egress/egress for egress"},
		"node → istio-egress/egress: readiness":                                     {true, "NetworkPolicy istio-egress/egress, ingress 1"},
		"apps → sts.amazonaws.com:443: by name": {true,
			"NetworkPolicy apps/mesh, egress 1; NetworkPolicy istio-egress/egress, ingress 0; NetworkPolicy istio-egress/egress, egress 3"},
	} {
		got, ok := decided[name]
		if !ok {
			t.Errorf("no flow %q in the table", name)
		} else if got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
}

func TestEveryLineIsNeeded(t *testing.T) {
	c := build(t, func(func(string, string, m)) {})
	lines := 0
	for _, p := range c.Policies {
		for _, direction := range []string{Ingress, Egress} {
			for i := range p.Lines(direction) {
				lines++
				if len(Broken(c, c.Without(p, direction, i))) == 0 {
					t.Errorf("%s, %s %d: no flow needs it", p, direction, i)
				}
			}
		}
	}
	if lines != 5+6 {
		t.Errorf("%d lines looked at", lines)
	}
}

func TestALineThatNobodyNeedsBreaksNothing(t *testing.T) {
	c := build(t, func(put func(string, string, m)) {
		p := appsPolicy()
		p["egress"] = append(p["egress"].([]any), m{"to": []any{block("192.0.2.0/24")}, "ports": ports(TCP, 9999)})
		put("networking.k8s.io/v1/NetworkPolicy", "apps/mesh", m{"spec": p})
	})
	for _, p := range c.Policies {
		if p.Namespace == "apps" {
			if broken := Broken(c, c.Without(p, Egress, 3)); len(broken) > 0 {
				t.Errorf("got %q", broken)
			}
		}
	}
}

func TestWhatIsMissingIsNamed(t *testing.T) {
	const byName = "apps → sts.amazonaws.com:443: by name"
	for name, c := range map[string]struct {
		change func(put func(kind, id string, attrs m))
		flow   string
		want   Decision
	}{
		"no waypoint was made": {func(put func(string, string, m)) { put("apps/v1/Deployment", "istio-egress/egress", nil) }, byName,
			Decision{false, "ServiceEntry istio-egress/sts names waypoint istio-egress/egress, which is not there"}},
		"an entry without a waypoint leaves the way out to the pod": {func(put func(string, string, m)) {
			put("networking.istio.io/v1/ServiceEntry", "istio-egress/sts", m{"spec": m{"hosts": []any{"sts.amazonaws.com"}, "ports": []any{m{"number": 443.}}}})
		}, byName, Decision{false, "no line of NetworkPolicy apps/mesh for egress"}},
		"a policy denies": {func(put func(string, string, m)) {
			put("security.istio.io/v1/AuthorizationPolicy", "istio-egress/no", m{"spec": m{"action": "DENY", "targetRefs": []any{m{"kind": "ServiceEntry", "name": "sts"}}, "rules": []any{m{}}}})
		}, byName, Decision{false, "AuthorizationPolicy istio-egress/no denies apps"}},
		"a policy without a rule allows nobody": {func(put func(string, string, m)) {
			put("security.istio.io/v1/AuthorizationPolicy", "istio-egress/sts", m{"spec": m{"targetRefs": []any{m{"kind": "ServiceEntry", "name": "sts"}}}})
		}, byName, Decision{false, "AuthorizationPolicy istio-egress/sts does not allow apps"}},
	} {
		t.Run(name, func(t *testing.T) {
			cluster := build(t, c.change)
			for _, f := range cluster.Flows() {
				if f.Name == c.flow {
					if got := cluster.Decide(f); got != c.want {
						t.Errorf("got %v, want %v", got, c.want)
					}
					return
				}
			}
			t.Errorf("no flow %q", c.flow)
		})
	}
}

func TestPoliciesThatNobodyEnforcesDecideNothing(t *testing.T) {
	c := build(t, func(func(string, string, m)) {})
	c.Enforced = false
	got := c.Decide(Flow{From: Peer{Namespace: "apps"}, To: address("outside", outside), Port: 443, Protocol: TCP})
	if want := (Decision{true, "no policy: the VPC CNI's enableNetworkPolicy is not true"}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestAnEastWestGatewayHasClients(t *testing.T) {
	c := build(t, func(put func(string, string, m)) {
		labels := m{gatewayName: "east-west", "gateway.networking.k8s.io/gateway-class-name": "istio-east-west"}
		put("apps/v1/Deployment", "istio-system/east-west", m{"spec": m{"template": m{"metadata": m{"labels": labels}}}})
		put("v1/Service", "istio-system/east-west", m{"spec": m{"selector": m{gatewayName: "east-west"}, "ports": []any{m{"port": 15021.}, m{"port": 15008.}}}})
	})
	for _, f := range c.Flows() {
		if f.Name == "node → istio-system/east-west: clients on 15008" {
			return
		}
	}
	t.Error("no flow from another network to the gateway")
}

// Sidecars refuse what the registry does not know; no policy has to.
func TestWithoutAnAmbientNamespaceNothingIsForPoliciesToRefuse(t *testing.T) {
	c := build(t, func(put func(string, string, m)) {
		for _, ns := range []string{"apps", "shop"} {
			put("v1/Namespace", ns, m{"metadata": m{"labels": m{"istio.io/rev": "default"}}})
		}
		pods := m{"sidecar.istio.io/inject": "true", "istio": "gateway-application"}
		put("apps/v1/Deployment", "istio-ingress/gateway-application", m{"spec": m{"template": m{"metadata": m{"labels": pods}}}})
	})
	if wrong := c.Wrong(); len(wrong) > 0 {
		t.Errorf("got %q", wrong)
	}
}

func TestPlainPortsAreFlows(t *testing.T) {
	c := build(t, func(put func(string, string, m)) {
		put("security.istio.io/v1/PeerAuthentication", "apps/plain", m{"spec": m{"selector": m{"matchLabels": m{"app": "web"}}, "portLevelMtls": m{"9090": m{"mode": "PERMISSIVE"}}}})
		put("networking.k8s.io/v1/NetworkPolicy", "apps/plain", m{"spec": m{
			"podSelector": m{"matchLabels": m{"app": "web"}}, "policyTypes": []any{"Ingress"},
			"ingress": []any{m{"from": []any{in("telemetry")}, "ports": ports(TCP, 9090)}},
		}})
	})
	var passes []string
	for _, f := range c.Flows() {
		if strings.Contains(f.Name, "plain text on 9090") && c.Decide(f).Passes {
			passes = append(passes, f.Name)
		}
	}
	if want := []string{"telemetry → apps{app=web}: plain text on 9090"}; !slices.Equal(passes, want) {
		t.Errorf("got %q, want %q", passes, want)
	}
}
