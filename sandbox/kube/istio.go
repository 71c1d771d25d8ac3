package kube

// istioChart is a chart of the Istio project: facts/platform.json istio_artifacts.
// The deprecated repository stops at 1.30.5 and is not listed.
func istioChart(name string, f func(render) ([]map[string]any, error)) chart {
	return chart{
		name: name, repos: []string{"https://blob.istio.io/istio-release/charts"}, oci: []string{"oci://ghcr.io/istio/release/charts/" + name},
		versions: []chartVersion{{"1.31.1", "1.31.1"}, {"1.30.5", "1.30.5"}, {"1.29.8", "1.29.8"}}, render: f,
	}
}

// istioCRDs are in the base chart's templates with the keep policy.
var istioCRDs = []definition{
	{"networking.istio.io", "VirtualService", "virtualservices", []string{"v1", "v1beta1", "v1alpha3"}, false},
	{"networking.istio.io", "DestinationRule", "destinationrules", []string{"v1", "v1beta1", "v1alpha3"}, false},
	{"networking.istio.io", "Gateway", "gateways", []string{"v1", "v1beta1", "v1alpha3"}, false},
	{"networking.istio.io", "ServiceEntry", "serviceentries", []string{"v1", "v1beta1", "v1alpha3"}, false},
	{"networking.istio.io", "Sidecar", "sidecars", []string{"v1", "v1beta1", "v1alpha3"}, false},
	{"networking.istio.io", "WorkloadEntry", "workloadentries", []string{"v1", "v1beta1", "v1alpha3"}, false},
	{"networking.istio.io", "WorkloadGroup", "workloadgroups", []string{"v1", "v1beta1", "v1alpha3"}, false},
	{"networking.istio.io", "EnvoyFilter", "envoyfilters", []string{"v1alpha3"}, false},
	{"networking.istio.io", "ProxyConfig", "proxyconfigs", []string{"v1beta1"}, false},
	{"security.istio.io", "AuthorizationPolicy", "authorizationpolicies", []string{"v1", "v1beta1"}, false},
	{"security.istio.io", "PeerAuthentication", "peerauthentications", []string{"v1", "v1beta1"}, false},
	{"security.istio.io", "RequestAuthentication", "requestauthentications", []string{"v1", "v1beta1"}, false},
	{"telemetry.istio.io", "Telemetry", "telemetries", []string{"v1", "v1alpha1"}, false},
	{"extensions.istio.io", "WasmPlugin", "wasmplugins", []string{"v1alpha1"}, false},
}

func renderIstioBase(render) ([]map[string]any, error) {
	var out []map[string]any
	for _, d := range istioCRDs {
		out = append(out, kept(d.object(), true))
	}
	return append(out, plainObject("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "", "istiod-default-validator")), nil
}

func renderIstiod(r render) ([]map[string]any, error) {
	name := "istiod"
	if rev := text(r.values, "revision"); rev != "" {
		name += "-" + rev
	}
	w := deployment(pods{
		namespace: r.namespace, name: name, app: "istiod", replicas: int(number(r.values, 1, "autoscaleMin")),
		cpu: override(r.values, "500m", "resources", "requests", "cpu"), memory: override(r.values, "2048Mi", "resources", "requests", "memory"),
		image: "docker.io/istio/pilot", account: name, spec: r.values, labels: map[string]any{"istio": "pilot", "app": name},
	})
	w[sandboxKey] = map[string]any{"kinds": []any{"networking.istio.io/v1/VirtualService"}}
	return []map[string]any{
		serviceAccount(r.namespace, name, nil), w, service(r.namespace, name, "istiod", "ClusterIP", 15012),
		budget(r.namespace, name, "istiod", 1.),
		plainObject("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", "", "istio-sidecar-injector-"+r.namespace+"-"+name),
	}, nil
}

func renderIstioCNI(r render) ([]map[string]any, error) {
	return []map[string]any{serviceAccount(r.namespace, "istio-cni", nil), daemonSet(pods{
		namespace: r.namespace, name: "istio-cni-node", app: "istio-cni", cpu: "100m", memory: "100Mi", image: "docker.io/istio/install-cni", everywhere: true,
	})}, nil
}

func renderZtunnel(r render) ([]map[string]any, error) {
	return []map[string]any{serviceAccount(r.namespace, "ztunnel", nil), daemonSet(pods{
		namespace: r.namespace, name: "ztunnel", app: "ztunnel", image: "docker.io/istio/ztunnel", everywhere: true,
		cpu:    override(r.values, "200m", "resources", "requests", "cpu"),
		memory: override(r.values, "512Mi", "resources", "requests", "memory"),
	})}, nil
}

func renderGateway(r render) ([]map[string]any, error) {
	name := text(r.values, "name")
	if name == "" {
		name = r.release
	}
	kind := text(r.values, "service", "type")
	if kind == "" {
		kind = "LoadBalancer"
	}
	out := []map[string]any{serviceAccount(r.namespace, name, nil), deployment(pods{
		namespace: r.namespace, name: name, app: name, replicas: int(number(r.values, 1, "autoscaling", "minReplicas")),
		cpu: override(r.values, "100m", "resources", "requests", "cpu"), memory: override(r.values, "128Mi", "resources", "requests", "memory"),
		image: "docker.io/istio/proxyv2", account: name, spec: r.values, labels: map[string]any{"istio": name},
	})}
	if kind != "None" {
		out = append(out, service(r.namespace, name, name, kind, 443))
	}
	return out, nil
}
