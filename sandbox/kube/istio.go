package kube

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
)

// The charts of the Istio project: facts/platform.json istio_artifacts and
// istio_values; manifests/charts of the module istio.io/istio (release-1.31).
// What each makes is compared with the real charts in tests/upstream, object by
// object, for every release of every stack.

// istioChart is one of them. The deprecated repository stops at 1.30.5 and is not listed.
func istioChart(name, values string, f func(render) ([]map[string]any, error)) chart {
	return chart{
		name: name, repos: []string{"https://blob.istio.io/istio-release/charts"}, oci: []string{"oci://ghcr.io/istio/release/charts/" + name},
		versions: []chartVersion{{"1.31.1", "1.31.1"}, {"1.30.5", "1.30.5"}, {"1.29.8", "1.29.8"}},
		values:   append(keys(values), "profile", "platform", "compatibilityVersion"), refuses: render.checkIstioValues, render: f,
	}
}

// istioCharts are the library's part of Istio, with the top-level keys of their values.
func istioCharts() []chart {
	gateway := istioChart("gateway", gatewayKeys, renderGateway)
	gateway.refuses = render.checkGatewayValues
	return []chart{
		istioChart("base", "base defaultRevision experimental", renderIstioBase),
		istioChart("istiod", `affinity autoscaleBehavior autoscaleEnabled autoscaleMax autoscaleMin base cni configMap cpu crlConfigMapName
			deploymentAnnotations deploymentLabels env envVarFrom experimental extraContainerArgs gatewayClasses gateways hub image
			initContainers ipFamilies ipFamilyPolicy istiodRemote jwksResolverExtraRootCA keepaliveMaxServerConnectionAge memory
			meshConfig nodeSelector ownerName pdb pilot podAnnotations podLabels replicaCount resources revision revisionTags rollingMaxSurge
			rollingMaxUnavailable seccompProfile serviceAccountAnnotations serviceAnnotations sidecarInjectorWebhook
			sidecarInjectorWebhookAnnotations tag taint telemetry terminationMessagePolicy tolerations topologySpreadConstraints
			traceSampling trafficDistribution trustedZtunnelName trustedZtunnelNamespace variant volumeMounts volumes`, renderIstiod),
		istioChart("cni", `affinity ambient chained cniBinDir cniConfDir cniConfFileName cniNetnsDir daemonSetLabels env excludeNamespaces
			hub image istioOwnedCNIConfig istioOwnedCNIConfigFileName logging ownerName podAnnotations podLabels provider pullPolicy
			repair resourceQuotas resources revision seLinuxOptions seccompProfile tag terminationGracePeriodSeconds tolerations
			updateStrategy useAppArmorAnnotation variant`, renderIstioCNI),
		istioChart("ztunnel", `affinity annotations caAddress dnsConfig dnsPolicy env hub image imagePullPolicy imagePullSecrets
			istioNamespace labels logAsJson logLevel meshConfig multiCluster network nodeSelector peerCaCrl podAnnotations podLabels
			resourceName resourceQuotas resourceScope resources revision seLinuxOptions tag terminationGracePeriodSeconds tolerations
			trustBundleName updateStrategy variant volumeMounts volumes xdsAddress`, renderZtunnel),
		gateway,
	}
}

// gatewayKeys are the properties in the gateway chart's values.schema.json, which takes no other.
const gatewayKeys = `additionalContainers affinity annotations autoscaling containerSecurityContext defaultRevision dnsConfig dnsPolicy
	enabled env envVarFrom imagePullPolicy imagePullSecrets initContainers kind labels lifecycle minReadySeconds name networkGateway
	networkGatewayPorts nodeSelector pilot podAnnotations podDisruptionBudget priorityClassName rbac readinessProbe replicaCount
	resources revision runAsRoot securityContext service serviceAccount strategy terminationGracePeriodSeconds tolerations
	topologySpreadConstraints unprivilegedPort volumeMounts volumes`

// Profiles, platforms and compatibility versions for which the charts carry a file.
var (
	istioProfiles  = keys("ambient demo preview remote stable")
	istioPlatforms = keys("gke k3d k3s microk8s minikube openshift")
	istioOlder     = keys("1.25 1.26 1.27 1.28 1.29 1.30")
)

// checkIstioValues fails as zzz_profile.yaml of every chart does.
func (r render) checkIstioValues() error {
	fail := func(at, format string, args ...any) error {
		return fmt.Errorf("execution error at (%s/templates/zzz_profile.yaml:%s): %s", r.chart.name, at, fmt.Sprintf(format, args...))
	}
	if v, ok := r.values["defaults"]; ok && !emptyJSON(v) {
		return fail("19:3", "Setting with .default prefix found; remove it.")
	}
	for _, c := range []struct {
		what, at, value string
		known           []string
	}{
		{"profile", "31:3", r.istioChoice("profile"), istioProfiles},
		{"compatibility version", "38:3", nested.Text(r.values, "compatibilityVersion"), istioOlder},
		{"platform", "45:3", r.istioChoice("platform"), istioPlatforms},
	} {
		if c.value != "" && !slices.Contains(c.known, c.value) {
			return fail(c.at, "unknown %s %s", c.what, c.value)
		}
	}
	return nil
}

// istioChoice is a value that may stand at the top or under global.
func (r render) istioChoice(name string) string {
	if v := nested.Text(r.values, name); v != "" {
		return v
	}
	return nested.Text(r.values, "global", name)
}

// istioImage is a component's image by the values' hub, tag and variant.
func (r render) istioImage(name string) string {
	tag, variant := r.istioChoice("tag"), r.istioChoice("variant")
	if tag == "" {
		tag = r.version
	}
	if variant == "" && r.istioChoice("profile") == "ambient" {
		variant = "distroless"
	}
	hub := r.istioChoice("hub")
	if hub == "" {
		hub = "docker.io/istio"
	}
	if variant != "" {
		tag += "-" + variant
	}
	return hub + "/" + name + ":" + tag
}

func (r render) istioLabels(more map[string]any) map[string]any {
	out := map[string]any{"app.kubernetes.io/managed-by": "Helm", "app.kubernetes.io/instance": r.release, "app.kubernetes.io/part-of": "istio"}
	for k, v := range more {
		out[k] = v
	}
	return out
}

// withRev is Istio's way of naming by revision: the plain name for the default one.
func withRev(name, revision string) string {
	if revision == "" {
		return name
	}
	return name + "-" + revision
}

// istioCRDs are in the base chart's templates with the keep policy; TrafficExtension came with 1.31.
func istioCRDs(version string) []definition {
	v, err := semver.NewVersion(version)
	var out []definition
	for _, k := range sorted(crdSchemas()) {
		if !strings.Contains(k, ".istio.io/") || k == "extensions.istio.io/TrafficExtension" && (err != nil || v.LessThan(semver.New(1, 31, 0, "", ""))) {
			continue
		}
		out = append(out, definitionOf(k))
	}
	return out
}

func renderIstioBase(r render) ([]map[string]any, error) {
	var out []map[string]any
	excluded := nested.List(r.values, "base", "excludedCRDs")
	for _, d := range istioCRDs(r.version) {
		if !slices.Contains(excluded, any(d.plural+"."+d.group)) {
			out = append(out, kept(d.object(), true))
		}
	}
	if on, said := nested.At(r.values, "global", "enableReaderRBAC").(bool); on || !said {
		out = append(out, serviceAccount(r.namespace, "istio-reader-service-account", nil))
	}
	revision, said := r.values["defaultRevision"].(string)
	if !said {
		revision = "default"
	}
	if revision == "" {
		return out, nil
	}
	return append(out, r.validator("istiod-default-validator", revision, nested.Text(r.values, "base", "validationFailurePolicy"), nil)), nil
}

// validator is a webhook that asks an istiod about every object of Istio's API
// groups. It fails open until that istiod has answered once, and closed from then on.
func (r render) validator(name, revision, policy string, selector map[string]any) map[string]any {
	if policy == "" {
		policy = "Ignore"
	}
	service := "istiod"
	if revision != "default" {
		service += "-" + revision
	}
	prefix := ""
	if selector != nil {
		prefix = "rev."
	}
	hook := map[string]any{
		"name": prefix + "validation.istio.io", "failurePolicy": policy, "sideEffects": "None", "admissionReviewVersions": []any{"v1"},
		"clientConfig": map[string]any{"service": map[string]any{"name": service, "namespace": r.istioNamespace(), "path": "/validate"}},
		"rules": []any{map[string]any{
			"operations": []any{"CREATE", "UPDATE"}, "apiVersions": []any{"*"}, "resources": []any{"*"},
			"apiGroups": []any{"security.istio.io", "networking.istio.io", "telemetry.istio.io", "extensions.istio.io"},
		}},
	}
	if selector != nil {
		hook["objectSelector"] = selector
	}
	out := plainObject("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "", name)
	nested.Object(out, "metadata")["labels"] = r.istioLabels(map[string]any{"app": "istiod", "istio": "istiod", "istio.io/rev": revision})
	out["webhooks"] = []any{hook}
	return out
}

func (r render) istioNamespace() string {
	if ns := r.istioChoice("istioNamespace"); ns != "" {
		return ns
	}
	return "istio-system"
}

// roles are a role with its binding, in the cluster or in a namespace.
func roles(namespace string, names ...string) []map[string]any {
	kind := "Role"
	if namespace == "" {
		kind = "ClusterRole"
	}
	var out []map[string]any
	for _, n := range names {
		binding := plainObject("rbac.authorization.k8s.io/v1", kind+"Binding", namespace, n)
		binding["roleRef"] = map[string]any{"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": n}
		out = append(out, plainObject("rbac.authorization.k8s.io/v1", kind, namespace, n), binding)
	}
	return out
}

func autoscaler(namespace, name string, least, most int) map[string]any {
	out := plainObject("autoscaling/v2", "HorizontalPodAutoscaler", namespace, name)
	out["spec"] = map[string]any{
		"minReplicas": float64(least), "maxReplicas": float64(most),
		"scaleTargetRef": map[string]any{"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
	}
	return out
}

// selecting gives a workload or a service its selector and its pods their labels.
func selecting(o, selector, labels map[string]any) map[string]any {
	if nested.Text(o, "kind") == "Service" {
		nested.Object(o, "spec")["selector"] = clone(selector)
		return o
	}
	nested.Object(o, "spec")["selector"] = map[string]any{"matchLabels": clone(selector)}
	all := clone(labels)
	for k, v := range selector {
		all[k] = v
	}
	nested.Object(o, "spec", "template")["metadata"].(map[string]any)["labels"] = all
	return o
}

func budgetOf(namespace, name string, selector, values map[string]any) map[string]any {
	out := budget(namespace, name, "", nil)
	spec := map[string]any{"selector": map[string]any{"matchLabels": clone(selector)}}
	for _, k := range []string{"minAvailable", "maxUnavailable", "unhealthyPodEvictionPolicy"} {
		if v, ok := values[k]; ok && !emptyJSON(v) {
			spec[k] = v
		}
	}
	out["spec"] = spec
	return out
}

func renderIstioCNI(r render) ([]map[string]any, error) {
	ambient, _ := nested.At(r.values, "ambient", "enabled").(bool)
	ambient = ambient || r.istioChoice("profile") == "ambient"
	w := daemonSet(pods{
		namespace: r.namespace, name: "istio-cni-node", app: "istio-cni", everywhere: true, image: r.istioImage("install-cni"), account: "istio-cni",
		cpu: override(r.values, "100m", "resources", "requests", "cpu"), memory: override(r.values, "100Mi", "resources", "requests", "memory"),
	})
	selecting(w, map[string]any{"k8s-app": "istio-cni-node"}, r.istioLabels(map[string]any{
		"app.kubernetes.io/name": "istio-cni", "sidecar.istio.io/inject": "false", "istio.io/dataplane-mode": "none",
	}))
	w[sandboxKey] = map[string]any{"ambient": ambient}
	names := []string{"istio-cni"}
	var repair []map[string]any
	if on, said := nested.At(r.values, "repair", "enabled").(bool); on || !said {
		repair = roles("", "istio-cni-repair-role")
		nested.Object(repair[1], "metadata")["name"] = "istio-cni-repair-rolebinding"
	}
	if ambient {
		names = append(names, "istio-cni-ambient")
	}
	out := append([]map[string]any{
		serviceAccount(r.namespace, "istio-cni", nil), w, plainObject("v1", "ConfigMap", r.namespace, "istio-cni-config"),
	}, append(roles("", names...), repair...)...)
	return append(out, r.quota("istio-cni-resource-quota")...), nil
}

// quota is the ResourceQuota that admits priority system-node-critical outside kube-system on some platforms.
func (r render) quota(name string) []map[string]any {
	if on, _ := nested.At(r.values, "resourceQuotas", "enabled").(bool); !on {
		return nil
	}
	out := plainObject("v1", "ResourceQuota", r.namespace, name)
	out["spec"] = map[string]any{"hard": map[string]any{"pods": fmt.Sprint(number(r.values, 5000, "resourceQuotas", "pods"))}}
	return []map[string]any{out}
}

func renderZtunnel(r render) ([]map[string]any, error) {
	name := nested.Text(r.values, "resourceName")
	if name == "" {
		name = "ztunnel"
	}
	w := daemonSet(pods{
		namespace: r.namespace, name: name, app: "ztunnel", image: r.istioImage("ztunnel"), everywhere: true, account: name,
		cpu:    override(r.values, "200m", "resources", "requests", "cpu"),
		memory: override(r.values, "512Mi", "resources", "requests", "memory"),
	})
	selecting(w, map[string]any{"app": "ztunnel"}, r.istioLabels(map[string]any{
		"app.kubernetes.io/name": "ztunnel", "sidecar.istio.io/inject": "false", "istio.io/dataplane-mode": "none",
	}))
	out := []map[string]any{serviceAccount(r.namespace, name, nil), w}
	return append(out, r.quota(name)...), nil
}

// checkGatewayValues is Helm's refusal of what values.schema.json does not have, and the template's of a gateway without a port.
func (r render) checkGatewayValues() error {
	values := r.values
	known := append(keys(gatewayKeys), "_internal_defaults_do_not_set", "global", "profile", "platform", "compatibilityVersion")
	var unknown []string
	for _, k := range sorted(values) {
		if !slices.Contains(known, k) {
			unknown = append(unknown, "'"+k+"'")
		}
	}
	if len(unknown) > 0 {
		return fmt.Errorf("values don't meet the specifications of the schema(s) in the following chart(s):\ngateway:\n- at '': additional properties %s not allowed",
			strings.Join(unknown, ", "))
	}
	if ports, said := nested.At(values, "service", "ports").([]any); said && len(ports) == 0 && nested.Text(values, "networkGateway") == "" {
		return errors.New("execution error at (gateway/templates/service.yaml:62:8): service.ports must not be empty when networkGateway is not set")
	}
	return r.checkIstioValues()
}
