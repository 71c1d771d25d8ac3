package kube

import "maps"

const (
	istioRepo    = "https://blob.istio.io/istio-release/charts"
	typePeerAuth = "kubernetes:security.istio.io/v1:PeerAuthentication"
	typeGateway  = "kubernetes:gateway.networking.k8s.io/v1:Gateway"
	meshSystem   = "istio-system"
)

func init() { maps.Copy(ruleCases, istioCases) }

// istioCases break the rules of rules_istio.go.
var istioCases = map[string]struct {
	want string
	do   func(b *bench) error
}{
	"kube.custom-schema": {
		`PeerAuthentication.security.istio.io "default" is invalid: spec.mtls.mode: Unsupported value: "MUTUAL": supported values: "UNSET", "DISABLE", "PERMISSIVE", "STRICT"`,
		func(b *bench) error {
			b.must(tokenRelease, "base", istioRelease("istio-base", "base", m{}))
			return b.apply(typePeerAuth, "x", peerAuthentication("MUTUAL"))
		},
	},
	"helm.chart-values": {
		"execution error at (istiod/templates/zzz_profile.yaml:45:3): unknown platform eks",
		func(b *bench) error {
			b.must(tokenRelease, "base", istioRelease("istio-base", "base", m{}))
			return b.apply(tokenRelease, "istiod", istioRelease("istiod", "istiod", m{"global": m{"platform": "eks"}}))
		},
	},
	"kube.istio-validation": {
		`Internal error occurred: failed calling webhook "validation.istio.io": failed to call webhook: Post "https://istiod.istio-system.svc:443/validate?timeout=10s": no endpoints available for service "istiod"`,
		func(b *bench) error {
			controlPlane(b, m{})
			b.drop("kube:apps/v1/Deployment", endpoint, meshSystem+"/istiod")
			return b.apply(typePeerAuth, "x", peerAuthentication("STRICT"))
		},
	},
	"kube.sidecar-injection": {
		`failed calling webhook "rev.namespace.sidecar-injector.istio.io": failed to call webhook: Post "https://istiod-1-31-1.istio-system.svc:443/inject?timeout=10s": no endpoints available for service "istiod-1-31-1"`,
		func(b *bench) error {
			controlPlane(b, m{"revision": "1-31-1"})
			b.drop("kube:apps/v1/Deployment", endpoint, meshSystem+"/istiod-1-31-1")
			b.must(typeNamespace, "apps", labelled("apps", m{"istio.io/rev": "1-31-1"}))
			return b.apply(typeDeployment, "x", inNamespace("apps", deploymentInputs("x", 1, "10m")))
		},
	},
	"kube.gateway-injection": {
		`Failed to pull image "auto"`,
		func(b *bench) error {
			controlPlane(b, m{"revision": "1-31-1"}) // and no tag "default": nobody injects a pod without a revision
			return b.apply(tokenRelease, "gateway", istioRelease("gateway", "gateway", m{"service": m{"type": "ClusterIP"}}))
		},
	},
	"kube.ambient-needs-ztunnel": {
		"unable to push CNI event (status code 500): no ztunnel connection",
		func(b *bench) error {
			controlPlane(b, m{"profile": "ambient"})
			b.must(tokenRelease, "cni", istioRelease("istio-cni", "cni", m{"profile": "ambient"}))
			b.must(typeNamespace, "apps", labelled("apps", m{"istio.io/dataplane-mode": "ambient"}))
			return b.apply(typeDeployment, "x", inNamespace("apps", deploymentInputs("x", 1, "10m")))
		},
	},
}

func istioRelease(name, chart string, values m) m {
	return with(chartRelease(name, chart, istioRepo, "1.31.1", values), m{"namespace": meshSystem, "createNamespace": true})
}

// controlPlane installs the base chart and an istiod that is the default revision when it has no other.
func controlPlane(b *bench, values m) {
	b.Helper()
	b.must(tokenRelease, "base", istioRelease("istio-base", "base", m{}))
	b.must(tokenRelease, "istiod", istioRelease("istiod", "istiod", values))
}

func labelled(name string, labels m) m { return m{"metadata": m{"name": name, "labels": labels}} }

func inNamespace(namespace string, in m) m {
	in["metadata"].(m)["namespace"] = namespace
	return in
}

func peerAuthentication(mode string) m {
	return m{"metadata": m{"name": "default", "namespace": meshSystem}, "spec": m{"mtls": m{"mode": mode}}}
}
