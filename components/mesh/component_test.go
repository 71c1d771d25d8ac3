package mesh

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/mocks"
	"github.com/ladder-platform/ladder/components/mesh/spec"
)

// urn is that of a child of the mesh.
func urn(typ, name string) string {
	return "urn:pulumi:dev::ladder::" + typeToken + "$" + typ + "::" + name
}

func release(name, istio string) spec.Release {
	r := spec.Release{Name: name, Kubernetes: "1.36", GatewayAPI: "1.6.0", KubectlImage: "kubectl:v1", Charts: map[string]spec.Chart{}}
	for _, chart := range spec.Charts {
		r.Charts[chart] = spec.Chart{Name: chart, Repository: "https://charts.test", Version: istio}
	}
	return r
}

// build runs New with the arguments that change makes of good ones.
func build(t *testing.T, change func(*Args)) (mocks.Graph, *Mesh, error) {
	t.Helper()
	args := Args{
		Key: "main", Config: spec.Config{
			Gateways: map[string]spec.Gateway{"application": {}}, AWSServices: []string{"sts"},
			Namespaces: map[string]spec.Namespace{"shop": {Waypoint: &spec.Waypoint{}, Gateways: []string{"application"}}, "tools": {}},
		},
		Clusters:    map[string]spec.ClusterInput{"main": {NetworkPolicy: true}},
		Environment: Environment{Stage: "dev", Region: "ap-northeast-2", AccountID: "111111111111", Protect: true},
		Release:     release("2026.11", "1.31.1"),
		Cluster:     Cluster{Name: "dev-main", ServiceCIDR: "172.20.0.0/16", CIDRs: []string{"10.20.0.0/16"}},
	}
	if change != nil {
		change(&args)
	}
	r, made := &mocks.Recorder{}, (*Mesh)(nil)
	err := r.Run(func(ctx *pulumi.Context) error {
		var err error
		made, err = New(ctx, "mesh-main", args)
		return err
	})
	return r.Graph(), made, err
}

const (
	helmRelease = "kubernetes:helm.sh/v3:Release"
	policyType  = "kubernetes:security.istio.io/v1:AuthorizationPolicy"
	namespaced  = "kubernetes:core/v1:Namespace"
)

func TestOrderIsInTheGraph(t *testing.T) {
	r, _, err := build(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct{ from, to string }{
		"Istio's definitions wait for the Gateway API's": {urn(helmRelease, "mesh-main-istio-base"), urn("kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition", "mesh-main-crd-gateways.gateway.networking.k8s.io")},
		"the control plane waits for definitions":        {urn(helmRelease, "mesh-main-istiod"), urn(helmRelease, "mesh-main-istio-base")},
		"the CNI plugin waits for the control plane":     {urn(helmRelease, "mesh-main-istio-cni"), urn(helmRelease, "mesh-main-istiod")},
		"ztunnel waits for the CNI plugin":               {urn(helmRelease, "mesh-main-ztunnel"), urn(helmRelease, "mesh-main-istio-cni")},
		"workloads wait for the data plane":              {urn(namespaced, "mesh-main-namespace-shop"), urn(helmRelease, "mesh-main-ztunnel")},
		"gateways wait for the control plane":            {urn(helmRelease, "mesh-main-gateway-application"), urn(helmRelease, "mesh-main-istiod")},
		"objects wait for the control plane":             {urn(policyType, "mesh-main-authorizationpolicy-shop-allow-own"), urn(helmRelease, "mesh-main-istiod")},
		"the refusal waits for permissions":              {urn(policyType, "mesh-main-authorizationpolicy-istio-system-default-deny"), urn(policyType, "mesh-main-authorizationpolicy-shop-allow-own")},
		"a waypoint waits for its options":               {urn("kubernetes:gateway.networking.k8s.io/v1:Gateway", "mesh-main-waypoint-shop-waypoint"), urn("kubernetes:core/v1:ConfigMap", "mesh-main-configmap-shop-waypoint-options")},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			for _, id := range []string{tt.from, tt.to} {
				if _, ok := r[id]; !ok {
					t.Fatalf("no %s among %s", id, strings.Join(slices.Sorted(maps.Keys(r)), "\n"))
				}
			}
			if !r.Reaches(tt.from, tt.to) {
				t.Errorf("%s does not depend on %s", tt.from, tt.to)
			}
			if r.Reaches(tt.to, tt.from) {
				t.Errorf("%s depends on %s", tt.to, tt.from)
			}
		})
	}
}

func TestEveryChildHasItsParent(t *testing.T) {
	r, _, err := build(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	for id, res := range r {
		if res.Type != typeToken && !strings.HasSuffix(res.Parent, "::mesh-main") {
			t.Errorf("%s is below %q", id, res.Parent)
		}
	}
}

func TestWhatADeleteMustNotTake(t *testing.T) {
	r, _, err := build(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	for id, res := range r {
		if strings.Contains(id, "CustomResourceDefinition") && !res.Retain {
			t.Errorf("%s would be deleted, and every object of its kind with it", id)
		}
	}
	if !r[urn(namespaced, "mesh-main-namespace-shop")].Protect {
		t.Error("a workload's namespace is not protected")
	}
	if r[urn(namespaced, "mesh-main-namespace-istio-system")].Protect {
		t.Error("the mesh's own namespace is protected, and holds nothing that cannot be made again")
	}
}

func TestGatewaysForTheEdge(t *testing.T) {
	_, m, err := build(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	g := m.Gateways["application"]
	if g.Namespace != "istio-ingress" || g.Service != "gateway-application" || g.Labels["istio"] != g.Service || g.HTTPSPort != 443 || g.ReadinessPort != 15021 {
		t.Errorf("%+v", g)
	}
}

// Two control planes side by side, each of its own release; definitions are the newer's.
func TestTwoControlPlanes(t *testing.T) {
	r, _, err := build(t, func(a *Args) {
		a.Releases = map[string]spec.Release{"2026.08": release("2026.08", "1.30.5")}
		a.Config.Revisions = map[string]spec.Revision{"2026-08": {Release: "2026.08"}, "2026-11": {Release: "2026.11"}}
		for name, n := range a.Config.Namespaces {
			n.Revision = "2026-08"
			a.Config.Namespaces[name] = n
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"mesh-main-istiod-2026-08": "1.30.5", "mesh-main-istiod-2026-11": "1.31.1", "mesh-main-istio-base": "1.31.1"} {
		if got := r[urn(helmRelease, name)].Plain()["version"]; got != want {
			t.Errorf("%s is of version %v, want %s", name, got, want)
		}
	}
}

func TestBadArgumentsRegisterNothing(t *testing.T) {
	tests := map[string]struct {
		change func(*Args)
		want   string
	}{
		"no key":               {func(a *Args) { a.Key = "" }, `cluster "" has none`},
		"no service block":     {func(a *Args) { a.Cluster.ServiceCIDR = "" }, "the mesh got no service block"},
		"no chart":             {func(a *Args) { a.Release.Charts = nil }, "has no chart ztunnel"},
		"no Gateway API":       {func(a *Args) { a.Release.GatewayAPI = "" }, "has no version of the Gateway API"},
		"an unknown revision":  {func(a *Args) { a.Config.Revisions = map[string]spec.Revision{"2026-08": {Release: "2026.08"}} }, `release "2026.08" is not known`},
		"a bad section":        {func(a *Args) { a.Config.DataPlane = "x" }, `"x" is not known`},
		"a mesh that is off":   {func(a *Args) { a.Config.Clusters = map[string]spec.Cluster{"main": {Disabled: true}} }, `cluster "main" has none`},
		"no network policies ": {func(a *Args) { a.Clusters["main"] = spec.ClusterInput{} }, "has them switched off"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r, _, err := build(t, tt.change)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q in it", err, tt.want)
			}
			if len(r) > 0 {
				t.Errorf("%d resources were registered", len(r))
			}
		})
	}
}
