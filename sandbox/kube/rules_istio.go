package kube

import "github.com/ladder-platform/ladder/sandbox/rule"

// istio131 is where Istio's behaviour was read.
const istio131 = "istio.io/istio, release-1.31 of 2026-08-27, "

// The laws that Istio adds to a cluster, in the words of its charts, its webhooks
// and its CNI plugin, and the schemas of custom resources.
var (
	ruleCustomValues = rule.Register(rule.Rule{Name: "kube.custom-schema", Service: "kubernetes",
		Source: kubeAPI + ", validation of custom resources; CRDs of istio.io/istio release-1.31 and sigs.k8s.io/gateway-api 1.6.0",
		Text:   "%s"})
	ruleChartValues = rule.Register(rule.Rule{Name: "helm.chart-values", Service: "helm",
		Source: istio131 + "manifests/charts: zzz_profile.yaml and gateway/values.schema.json", Text: "%s"})
	ruleIstioValidation = rule.Register(rule.Rule{Name: "kube.istio-validation", Service: "kubernetes",
		Source: istio131 + "manifests/charts/base: istiod-default-validator; pkg/webhooks: failurePolicy is Fail once istiod has answered; " + kubeAPI + ", webhook errors",
		Text:   "failed calling webhook %q: failed to call webhook: Post \"https://%s.%s.svc:443/validate?timeout=10s\": %s"})
	ruleInjection = rule.Register(rule.Rule{Name: "kube.sidecar-injection", Service: "kubernetes",
		Source: istio131 + "manifests/charts/istio-control: mutatingwebhook.yaml, failurePolicy Fail; " + kubeAPI + ", webhook errors",
		Text:   "Error creating: Internal error occurred: failed calling webhook %q: failed to call webhook: Post \"https://%s.%s.svc:443/inject?timeout=10s\": %s"})
	ruleInjectedImage = rule.Register(rule.Rule{Name: "kube.gateway-injection", Service: "kubernetes",
		Source: istio131 + "manifests/charts/gateway: the image is \"auto\" until a webhook injects; containerd 2 message",
		Text:   "Failed to pull image \"auto\": failed to pull and unpack image \"docker.io/library/auto:latest\": failed to resolve reference \"docker.io/library/auto:latest\": pull access denied, repository does not exist or may require authorization"})
	ruleZtunnel = rule.Register(rule.Rule{Name: "kube.ambient-needs-ztunnel", Service: "kubernetes",
		Source: istio131 + "cni/pkg/plugin/plugin.go and cni/pkg/nodeagent/ztunnelserver_linux.go",
		Text:   "Failed to create pod sandbox: plugin type=\"istio-cni\" failed (add): istio-cni cmdAdd failed to contact node Istio CNI agent: unable to push CNI event (status code 500): no ztunnel connection"})
)
