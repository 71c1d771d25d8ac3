package kube

import (
	"strings"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
)

// istiodPorts are the ports of istiod's Service: plain xDS, xDS over TLS, webhooks, metrics.
var istiodPorts = []any{
	map[string]any{"name": "grpc-xds", "port": 15010.}, map[string]any{"name": "https-dns", "port": 15012.},
	map[string]any{"name": "https-webhook", "port": 443., "targetPort": 15017.}, map[string]any{"name": "http-monitoring", "port": 15014.},
}

func renderIstiod(r render) ([]map[string]any, error) {
	revision := nested.Text(r.values, "revision")
	name, rev, suffix := withRev("istiod", revision), revision, "-"+r.namespace
	if rev == "" {
		rev = "default"
	}
	selector := map[string]any{"istio": "pilot"}
	if revision != "" {
		selector = map[string]any{"app": "istiod", "istio.io/rev": revision}
	}
	replicas, scaled := r.istiodReplicas()
	w := deployment(pods{
		namespace: r.namespace, name: name, app: "istiod", replicas: replicas, image: r.istioImage("pilot"), account: name, spec: r.values,
		cpu: override(r.values, "500m", "resources", "requests", "cpu"), memory: override(r.values, "2048Mi", "resources", "requests", "memory"),
	})
	labels := r.istioLabels(map[string]any{
		"app": "istiod", "istio.io/rev": rev, "istio": "pilot", "app.kubernetes.io/name": "istiod", "sidecar.istio.io/inject": "false", "istio.io/dataplane-mode": "none",
	})
	if revision != "" {
		labels["istio"] = "istiod"
	}
	selecting(w, selector, labels)
	nested.Object(w, "metadata")["labels"] = clone(labels)
	pod := nested.Object(w, "spec", "template", "spec")
	pod["tolerations"] = append([]any{map[string]any{"key": untaintKey, "operator": "Exists"}}, nested.List(pod, "tolerations")...)
	untaint, _ := nested.At(r.values, "taint", "enabled").(bool)
	w[sandboxKey] = map[string]any{"kinds": []any{"networking.istio.io/v1/VirtualService"}, "istiod": rev, "untaint": untaint}

	s := service(r.namespace, name, "istiod", "ClusterIP", 15012)
	nested.Object(s, "spec")["ports"] = clone(istiodPorts)
	selecting(s, with2(selector, "app", "istiod"), nil)
	nested.Object(s, "metadata")["labels"] = r.istioLabels(map[string]any{"app": "istiod", "istio": "pilot", "istio.io/rev": rev})
	out := []map[string]any{
		serviceAccount(r.namespace, name, nil), w, s, r.injector(revision),
		plainObject("v1", "ConfigMap", r.namespace, withRev("istio", revision)), plainObject("v1", "ConfigMap", r.namespace, withRev("values", revision)),
		plainObject("v1", "ConfigMap", r.namespace, withRev("istio-sidecar-injector", revision)),
		r.validator(withRev("istio-validator", revision)+"-"+r.istioNamespace(), rev, nested.Text(r.values, "base", "validationFailurePolicy"), map[string]any{
			"matchExpressions": []any{in("istio.io/rev", rev)},
		}),
	}
	if scaled {
		out = append(out, autoscaler(r.namespace, name, replicas, int(number(r.values, 5, "autoscaleMax"))))
	}
	if replicas > 1 && nested.At(r.values, "global", "defaultPodDisruptionBudget", "enabled") != false {
		b := nested.Object(r.values, "pdb")
		if emptyJSON(b["minAvailable"]) && emptyJSON(b["maxUnavailable"]) {
			b = with2(b, "minAvailable", 1.)
		}
		out = append(out, budgetOf(r.namespace, name, with2(selector, "app", "istiod"), b))
	}
	clusterRoles := []string{withRev("istiod-clusterrole", revision) + suffix, withRev("istiod-gateway-controller", revision) + suffix}
	if on, said := nested.At(r.values, "global", "enableReaderRBAC").(bool); on || !said {
		clusterRoles = append(clusterRoles, withRev("istio-reader-clusterrole", revision)+suffix)
	}
	out = append(append(out, roles("", clusterRoles...)...), roles(r.namespace, name)...)
	return append(append(out, r.revisionTags(revision, rev)...), r.gatewayClasses(rev)...), nil
}

// with2 is a copy with one more key.
func with2(m map[string]any, key string, value any) map[string]any {
	out := map[string]any{}
	for k, v := range m {
		out[k] = cloneAny(v)
	}
	out[key] = value
	return out
}

// istiodReplicas are what the autoscaler keeps at least, or the fixed number.
func (r render) istiodReplicas() (n int, scaled bool) {
	if on, said := r.values["autoscaleEnabled"].(bool); said && !on {
		return int(number(r.values, 1, "replicaCount")), false
	}
	return int(number(r.values, 1, "autoscaleMin")), true
}

// revisionTags are the webhook and the service of each tag: mutatingwebhook and service under another name.
func (r render) revisionTags(revision, rev string) []map[string]any {
	var out []map[string]any
	for _, v := range nested.List(r.values, "revisionTags") {
		tag, _ := v.(string)
		hook := r.injector(revision)
		meta := nested.Object(hook, "metadata")
		meta["name"] = "istio-revision-tag-" + tag
		if r.namespace != "istio-system" {
			meta["name"] = "istio-revision-tag-" + tag + "-" + r.namespace
		}
		meta["labels"] = r.istioLabels(map[string]any{"istio.io/tag": tag, "istio.io/rev": rev, "app": "sidecar-injector"})
		hook["webhooks"] = r.injections(tag, withRev("istiod", revision))
		s := service(r.namespace, "istiod-revision-tag-"+tag, "istiod", "ClusterIP", 15012)
		nested.Object(s, "spec")["ports"] = clone(istiodPorts)
		nested.Object(s, "metadata")["labels"] = r.istioLabels(map[string]any{"app": "istiod", "istio": "pilot", "istio.io/tag": tag, "istio.io/rev": rev})
		selector := map[string]any{"app": "istiod", "istio": "pilot"}
		if revision != "" {
			selector = map[string]any{"app": "istiod", "istio.io/rev": revision}
		}
		out = append(out, hook, selecting(s, selector, nil))
	}
	return out
}

// gatewayClasses are the ConfigMaps with what istiod lays over the objects of a class of gateways.
func (r render) gatewayClasses(rev string) []map[string]any {
	var out []map[string]any
	classes := nested.Object(r.values, "gatewayClasses")
	for _, class := range sorted(classes) {
		c := plainObject("v1", "ConfigMap", r.namespace, "istio-"+rev+"-gatewayclass-"+class)
		nested.Object(c, "metadata")["labels"] = r.istioLabels(map[string]any{"istio.io/rev": rev, overlayLabel: class})
		data := map[string]any{}
		for _, kind := range sorted(nested.Object(classes, class)) {
			data[kind] = yamlText(nested.At(classes, class, kind))
		}
		c["data"] = data
		out = append(out, c)
	}
	return out
}

// in and absent are label requirements.
func in(key string, values ...any) any {
	return map[string]any{"key": key, "operator": "In", "values": values}
}

func notIn(key string, values ...any) any {
	return map[string]any{"key": key, "operator": "NotIn", "values": values}
}

func absent(key string) any { return map[string]any{"key": key, "operator": "DoesNotExist"} }

// injector is the mutating webhook of a revision.
func (r render) injector(revision string) map[string]any {
	rev := revision
	if rev == "" {
		rev = "default"
	}
	name := withRev("istio-sidecar-injector", revision)
	if r.namespace != "istio-system" {
		name += "-" + r.namespace
	}
	out := plainObject("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", "", name)
	nested.Object(out, "metadata")["labels"] = r.istioLabels(map[string]any{"istio.io/rev": rev, "app": "sidecar-injector"})
	out["webhooks"] = r.injections(rev, withRev("istiod", revision))
	return out
}

// injections are the cases in which a tag or revision injects: by the namespace's
// label, by the pod's, and for "default" also by the labels from before revisions.
func (r render) injections(tag, istiod string) []any {
	const rev, inject, enabled = "istio.io/rev", "sidecar.istio.io/inject", "istio-injection"
	type selectors struct {
		name              string
		namespace, object []any
	}
	cases := []selectors{
		{"rev.namespace", []any{in(rev, tag), absent(enabled)}, []any{notIn(inject, "false")}},
		{"rev.object", []any{absent(rev), absent(enabled)}, []any{notIn(inject, "false"), in(rev, tag)}},
	}
	if tag == "default" {
		cases = append(cases,
			selectors{"namespace", []any{in(enabled, "enabled")}, []any{notIn(inject, "false")}},
			selectors{"object", []any{absent(enabled), absent(rev)}, []any{in(inject, "true"), absent(rev)}})
	}
	var out []any
	for _, c := range cases {
		out = append(out, map[string]any{
			"name": c.name + ".sidecar-injector.istio.io", "failurePolicy": "Fail", "sideEffects": "None", "admissionReviewVersions": []any{"v1"},
			"clientConfig":      map[string]any{"service": map[string]any{"name": istiod, "namespace": r.namespace, "path": "/inject", "port": 443.}},
			"rules":             []any{map[string]any{"operations": []any{"CREATE"}, "apiGroups": []any{""}, "apiVersions": []any{"v1"}, "resources": []any{"pods"}}},
			"namespaceSelector": map[string]any{"matchExpressions": c.namespace}, "objectSelector": map[string]any{"matchExpressions": c.object},
		})
	}
	return out
}

func renderGateway(r render) ([]map[string]any, error) {
	name := nested.Text(r.values, "name")
	if name == "" {
		name = r.release
	}
	account := override(r.values, name, "serviceAccount", "name")
	selector := map[string]any{"app": override(r.values, name, "labels", "app"), "istio": override(r.values, strings.TrimPrefix(name, "istio-"), "labels", "istio")}
	labels := r.istioLabels(map[string]any{"app.kubernetes.io/name": name, "sidecar.istio.io/inject": "true", "istio.io/dataplane-mode": "none"})
	for k, v := range nested.Object(r.values, "labels") {
		labels[k] = v
	}
	for key, label := range map[string]string{"revision": "istio.io/rev", "networkGateway": "topology.istio.io/network"} {
		if v := nested.Text(r.values, key); v != "" {
			labels[label] = v
		}
	}
	scaled := nested.At(r.values, "autoscaling", "enabled") != false
	replicas := int(number(r.values, 1, "replicaCount"))
	if scaled {
		replicas = int(number(r.values, 1, "autoscaling", "minReplicas"))
	}
	w := deployment(pods{
		namespace: r.namespace, name: name, app: name, replicas: replicas, image: injectedImage, account: account, spec: r.values,
		cpu: override(r.values, "100m", "resources", "requests", "cpu"), memory: override(r.values, "128Mi", "resources", "requests", "memory"),
	})
	nested.Object(nested.List(w, "spec", "template", "spec", "containers")[0].(map[string]any))["name"] = "istio-proxy"
	selecting(w, selector, labels)
	if a := nested.Object(r.values, "podAnnotations"); len(a) > 0 {
		nested.Object(w, "spec", "template", "metadata")["annotations"] = clone(a)
	}
	out := append([]map[string]any{w}, roles(r.namespace, account)...)
	if nested.At(r.values, "serviceAccount", "create") != false {
		out = append(out, serviceAccount(r.namespace, account, nested.At(r.values, "serviceAccount", "annotations")))
	}
	if scaled {
		out = append(out, autoscaler(r.namespace, name, replicas, int(number(r.values, 5, "autoscaling", "maxReplicas"))))
	}
	if b := nested.Object(r.values, "podDisruptionBudget"); len(b) > 0 && replicas > 1 {
		out = append(out, budgetOf(r.namespace, name, selector, b))
	}
	if s := r.gatewayService(name, selector, labels); s != nil {
		out = append(out, s)
	}
	return out, nil
}

// gatewayService is nil for type None.
func (r render) gatewayService(name string, selector, labels map[string]any) map[string]any {
	kind := override(r.values, "LoadBalancer", "service", "type")
	if kind == "None" {
		return nil
	}
	port := func(name string, port, target float64) any {
		return map[string]any{"name": name, "port": port, "targetPort": target, "protocol": "TCP"}
	}
	ports := []any{port("status-port", 15021, 15021), port("http2", 80, 80), port("https", 443, 443)}
	given, said := nested.At(r.values, "service", "ports").([]any)
	switch {
	case nested.Text(r.values, "networkGateway") != "":
		ports = []any{port("status-port", 15021, 15021), port("tls", 15443, 15443), port("tls-istiod", 15012, 15012), port("tls-webhook", 15017, 15017)}
	case said:
		ports = clone(given)
	}
	s := service(r.namespace, name, name, kind, 443)
	spec := nested.Object(s, "spec")
	spec["ports"] = ports
	for _, k := range []string{"externalIPs", "loadBalancerClass", "externalTrafficPolicy"} {
		if v := nested.At(r.values, "service", k); !emptyJSON(v) {
			spec[k] = cloneAny(v)
		}
	}
	meta := nested.Object(s, "metadata")
	meta["labels"] = clone(labels)
	if a := nested.At(r.values, "service", "annotations"); !emptyJSON(a) {
		meta["annotations"] = cloneAny(a)
	}
	return selecting(s, selector, nil)
}
