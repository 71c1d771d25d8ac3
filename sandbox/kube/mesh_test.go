package kube

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/world"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// refusals are what the charts and CRDs refuse; tests/upstream gives the same file
// to the real charts and to a real API server.
type refusals struct {
	Values []struct {
		Why, Chart, Refusal string
		Values              m
	}
	Objects []struct {
		Why, Refusal string
		Object       m
	}
}

func readRefusals(t *testing.T) refusals {
	t.Helper()
	raw, err := os.ReadFile("testdata/refusals.json")
	if err != nil {
		t.Fatal(err)
	}
	var out refusals
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestIstioChartsRefuseWhatTheRealOnesDo(t *testing.T) {
	for _, c := range readRefusals(t).Values {
		t.Run(c.Why, func(t *testing.T) {
			i := slices.IndexFunc(charts, func(x chart) bool { return x.name == c.Chart })
			err := charts[i].refuses(render{chart: &charts[i], release: c.Chart, namespace: meshSystem, version: "1.31.1", values: c.Values, minor: 36})
			if err == nil || !strings.Contains(err.Error(), c.Refusal) {
				t.Errorf("got %v, want %q", err, c.Refusal)
			}
		})
	}
}

func TestCustomResourcesAreHeldToTheirSchemas(t *testing.T) {
	a := &api{rules: &rule.Set{}}
	for _, c := range readRefusals(t).Objects {
		t.Run(c.Why, func(t *testing.T) {
			gv, _ := schema.ParseGroupVersion(nested.Text(c.Object, "apiVersion"))
			err := a.decodeCustom(gv.WithKind(nested.Text(c.Object, "kind")), c.Object)
			if err == nil || !strings.Contains(err.Error(), c.Refusal) {
				t.Errorf("got %v, want %q", err, c.Refusal)
			}
		})
	}
}

func TestEveryKindOfIstioHasASchema(t *testing.T) {
	kinds := 0
	for _, version := range []string{"1.29.8", "1.30.5", "1.31.1"} {
		for _, d := range istioCRDs(version) {
			kinds++
			if spec, ok := crdSchemas()[d.group+"/"+d.kind].Schema.Properties["spec"]; !ok || len(spec.Properties) == 0 {
				t.Errorf("%s %s: no fields", d.group, d.kind)
			}
		}
	}
	if kinds != 14+14+15 {
		t.Errorf("%d kinds in three versions: 1.31 has TrafficExtension beside the 14 of the others", kinds)
	}
}

// attributes are the objects of a kind, by namespace and name.
func (b *bench) attributes(kind string) map[string]m {
	out := map[string]m{}
	b.world.View(func(tx *world.Tx) {
		for _, o := range tx.Find("kube:"+kind, endpoint, nil) {
			out[o.ID] = o.Attrs
		}
	})
	return out
}

func TestIstiodAloneHasNoBudget(t *testing.T) {
	for name, c := range map[string]struct {
		values      m
		budgets     int
		autoscalers int
		replicas    float64
	}{
		"by default one, scaled, without a budget": {m{}, 0, 1, 1},
		"two are kept by a budget":                 {m{"autoscaleMin": 2.}, 1, 1, 2},
		"a fixed number":                           {m{"autoscaleEnabled": false, "replicaCount": 3.}, 1, 0, 3},
		"budgets switched off":                     {m{"autoscaleMin": 2., "global": m{"defaultPodDisruptionBudget": m{"enabled": false}}}, 0, 1, 2},
	} {
		t.Run(name, func(t *testing.T) {
			objs, err := renderIstiod(render{chart: &chart{name: "istiod"}, release: "istiod", namespace: meshSystem, version: "1.31.1", values: c.values})
			if err != nil {
				t.Fatal(err)
			}
			count := map[string]int{}
			for _, o := range objs {
				count[nested.Text(o, "kind")]++
				if nested.Text(o, "kind") == "Deployment" && number(o, 0, "spec", "replicas") != c.replicas {
					t.Errorf("%v replicas, want %v", nested.At(o, "spec", "replicas"), c.replicas)
				}
			}
			if count["PodDisruptionBudget"] != c.budgets || count["HorizontalPodAutoscaler"] != c.autoscalers {
				t.Errorf("%d budgets and %d autoscalers, want %d and %d", count["PodDisruptionBudget"], count["HorizontalPodAutoscaler"], c.budgets, c.autoscalers)
			}
		})
	}
}

func TestTheValidationWebhookFailsOpenUntilIstiodAnswers(t *testing.T) {
	b := newBench(t)
	b.must(tokenRelease, "base", istioRelease("istio-base", "base", m{}))
	b.must(typePeerAuth, "before", peerAuthentication("STRICT"))
	b.must(tokenRelease, "istiod", istioRelease("istiod", "istiod", m{}))
	b.must(tokenRelease, "base", istioRelease("istio-base", "base", m{"global": m{"enableReaderRBAC": false}})) // an upgrade opens nothing
	policy := nested.Text(nested.List(b.attributes("admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration")["istiod-default-validator"], "webhooks")[0].(m), "failurePolicy")
	if policy != "Fail" {
		t.Errorf("failurePolicy %s with a running istiod", policy)
	}
}

// The service that the default webhook names goes away with its revision.
func TestRemovingTheDefaultRevisionClosesTheWebhook(t *testing.T) {
	b := newBench(t)
	b.must(tokenRelease, "base", istioRelease("istio-base", "base", m{"defaultRevision": "old"}))
	b.must(tokenRelease, "old", istioRelease("istiod-old", "istiod", m{"revision": "old"}))
	if err := b.remove(tokenRelease, "old"); err != nil {
		t.Fatal(err)
	}
	err := b.apply(typePeerAuth, "x", peerAuthentication("STRICT"))
	if err == nil || !strings.Contains(err.Error(), `service "istiod-old" not found`) {
		t.Errorf("got %v", err)
	}
}

// meshBench runs ambient: istiod, cni, ztunnel, and the Gateway API's CRDs.
func meshBench(t *testing.T, istiod m) *bench {
	t.Helper()
	b := newBench(t)
	for _, kind := range []string{"Gateway", "GatewayClass"} {
		d := definitionOf(gatewayAPI + "/" + kind).object()
		b.must(typeCRD, kind, m{"metadata": d["metadata"], "spec": d["spec"]})
	}
	controlPlane(b, istiod)
	b.must(tokenRelease, "cni", istioRelease("istio-cni", "cni", m{"profile": "ambient"}))
	b.must(tokenRelease, "ztunnel", istioRelease("ztunnel", "ztunnel", m{"profile": "ambient"}))
	b.must(typeNamespace, "apps", labelled("apps", m{"istio.io/dataplane-mode": "ambient", "istio.io/use-waypoint": "waypoint"}))
	return b
}

func waypoint(more m) m {
	spec := m{"gatewayClassName": "istio-waypoint", "listeners": []any{m{"name": "mesh", "port": 15008., "protocol": "HBONE"}}}
	return m{"metadata": m{"name": "waypoint", "namespace": "apps"}, "spec": with(spec, more)}
}

func TestAWaypointIsAGatewayThatIstiodServes(t *testing.T) {
	b := meshBench(t, m{"profile": "ambient"})
	b.must(typeGateway, "waypoint", waypoint(m{}))
	w := b.attributes("apps/v1/Deployment")["apps/waypoint"]
	if w == nil || number(w, 0, "spec", "replicas") != 1 {
		t.Fatalf("Deployment apps/waypoint with one replica, got %v", nested.At(w, "spec", "replicas"))
	}
	s := b.attributes("v1/Service")["apps/waypoint"]
	if got := fmt.Sprint(nested.Text(s, "spec", "type"), len(nested.List(s, "spec", "ports"))); got != "ClusterIP2" {
		t.Errorf("service type and ports %s", got)
	}
	if n := len(b.attributes("autoscaling/v2/HorizontalPodAutoscaler")); n != 1 { // istiod's own
		t.Errorf("%d autoscalers: without an overlay a waypoint has none", n)
	}
	b.must(typeConfigMap, "parameters", m{"metadata": m{"name": "waypoint", "namespace": "apps"}, "data": m{
		"horizontalPodAutoscaler": "spec: {minReplicas: 2, maxReplicas: 4}", "podDisruptionBudget": "spec: {minAvailable: 1}",
		"deployment": "spec: {template: {spec: {containers: [{name: istio-proxy, resources: {requests: {cpu: 50m}}}]}}}",
	}})
	b.must(typeGateway, "waypoint", waypoint(m{"infrastructure": m{"parametersRef": m{"group": "", "kind": "ConfigMap", "name": "waypoint"}}}))
	if got := number(b.attributes("apps/v1/Deployment")["apps/waypoint"], 0, "spec", "replicas"); got != 2 {
		t.Errorf("%v replicas after the autoscaler keeps two", got)
	}
	if b.attributes("policy/v1/PodDisruptionBudget")["apps/waypoint"] == nil {
		t.Error("no budget although an overlay asks for one")
	}
	if err := b.remove(typeGateway, "waypoint"); err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"apps/v1/Deployment", "v1/Service", "v1/ServiceAccount", "autoscaling/v2/HorizontalPodAutoscaler", "policy/v1/PodDisruptionBudget"} {
		if b.attributes(kind)["apps/waypoint"] != nil {
			t.Errorf("%s apps/waypoint outlives its Gateway", kind)
		}
	}
}

func TestWhoseGatewayItIs(t *testing.T) {
	for name, c := range map[string]struct {
		istiod    m
		base      m
		labels, o m
		made      bool
	}{
		"the default istiod serves what names none":          {m{}, m{}, nil, nil, true},
		"a revision that is not the default does not":        {m{"revision": "new"}, m{}, nil, nil, false},
		"a revision that is the base chart's default does":   {m{"revision": "new"}, m{"defaultRevision": "new"}, nil, nil, true},
		"the revision in the Gateway's label":                {m{"revision": "new"}, m{}, m{"istio.io/rev": "new"}, nil, true},
		"a tag of the revision":                              {m{"revision": "new", "revisionTags": []any{"prod"}}, m{}, m{"istio.io/rev": "prod"}, nil, true},
		"the tag default":                                    {m{"revision": "new", "revisionTags": []any{"default"}}, m{}, nil, nil, true},
		"another class is another controller's":              {m{}, m{}, nil, m{"gatewayClassName": "nginx"}, false},
		"a Gateway with an address has its own proxy":        {m{}, m{}, nil, m{"gatewayClassName": "istio", "addresses": []any{m{"type": "Hostname", "value": "a.b.svc"}}}, false},
		"parameters that are not there leave it without one": {m{}, m{}, nil, m{"infrastructure": m{"parametersRef": m{"group": "", "kind": "ConfigMap", "name": "none"}}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			b := meshBench(t, with(m{"profile": "ambient"}, c.istiod))
			b.must(tokenRelease, "base", istioRelease("istio-base", "base", c.base))
			in := waypoint(c.o)
			if c.labels != nil {
				in["metadata"].(m)["labels"] = c.labels
			}
			b.must(typeGateway, "waypoint", in)
			if made := b.attributes("v1/Service")["apps/waypoint"] != nil; made != c.made {
				t.Errorf("a proxy was made: %t, want %t", made, c.made)
			}
		})
	}
}

func TestPodsOutsideOfTheMeshAreWarnedOf(t *testing.T) {
	for name, c := range map[string]struct {
		labels m
		want   string
	}{
		"a revision that nobody serves":   {m{"istio.io/rev": "1-31-1"}, `labelled istio.io/rev=1-31-1 and no webhook serves that revision or tag: the pods of x start without a sidecar`},
		"ambient without the CNI agent":   {m{"istio.io/dataplane-mode": "ambient"}, `labelled istio.io/dataplane-mode=ambient and istio-cni does not run for ambient: the pods of x start outside of the mesh`},
		"a namespace that is not in it":   {m{}, ""},
		"the default revision, installed": {m{"istio.io/rev": "default"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			controlPlane(b, m{})
			b.must(typeNamespace, "apps", labelled("apps", c.labels))
			b.must(typeDeployment, "x", inNamespace("apps", deploymentInputs("x", 1, "10m")))
			got := strings.Join(b.p.log.sent, "\n")
			if c.want == "" && got != "" || !strings.Contains(got, c.want) {
				t.Errorf("warnings %q, want %q", got, c.want)
			}
		})
	}
}

func TestIstiodTakesTheStartupTaintOff(t *testing.T) {
	taint := []any{m{"key": untaintKey, "effect": "NO_EXECUTE"}}
	for name, c := range map[string]struct {
		istiod m
		want   string
	}{
		"with its controller":    {m{"profile": "ambient", "taint": m{"enabled": true, "namespace": meshSystem}}, ""},
		"without its controller": {m{"profile": "ambient"}, "had untolerated taint {cni.istio.io/not-ready: }"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			for _, n := range []string{"a", "b"} {
				b.tx(func(tx *world.Tx) { b.inside.NodeRemoved(tx, endpoint, n) })
				b.node(n, taint)
			}
			controlPlane(b, c.istiod)
			b.must(tokenRelease, "cni", istioRelease("istio-cni", "cni", m{"profile": "ambient"}))
			err := b.apply(typeDeployment, "x", deploymentInputs("x", 1, "10m"))
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}
