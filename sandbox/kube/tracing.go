package kube

import (
	"errors"
	"fmt"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
)

// The charts of the pipeline of traces. Names, versions: facts/platform.json
// helm_charts and the charts' own history. Values keys, objects and refusals:
// values.yaml, values.schema.json and templates of
// open-telemetry/opentelemetry-helm-charts (opentelemetry-collector 0.170.0),
// jaegertracing/helm-charts (jaeger 4.11.1) and grafana-community/helm-charts
// (tempo 2.2.4), read 2026-11.
func tracingCharts() []chart {
	return []chart{
		{
			name: "opentelemetry-collector", repos: []string{"https://open-telemetry.github.io/opentelemetry-helm-charts"},
			oci:      []string{"oci://ghcr.io/open-telemetry/opentelemetry-helm-charts/opentelemetry-collector"},
			versions: []chartVersion{{"0.173.1", ""}, {"0.170.0", "0.158.0"}, {"0.165.0", "0.156.0"}},
			values:   keys(collectorKeys), refuses: render.checkCollectorValues, render: renderCollector,
		},
		{
			name: "jaeger", repos: []string{"https://jaegertracing.github.io/helm-charts"}, kubeVersion: ">= 1.21-0",
			versions: []chartVersion{{"4.11.1", "2.19.0"}, {"4.10.0", "2.18.0"}},
			values: keys(`commonAnnotations commonLabels esIndexCleaner esLookback esRollover extraObjects fullnameOverride jaeger nameOverride
				networkPolicy spark storage tag uiconfig userconfig`),
			render: renderJaeger,
		},
		{
			name: "tempo", repos: []string{"https://grafana-community.github.io/helm-charts"}, oci: []string{"oci://ghcr.io/grafana-community/helm-charts/tempo"},
			versions: []chartVersion{{"2.2.4", "2.10.8"}, {"2.2.3", "2.10.7"}},
			values: keys(`affinity annotations config extraContainers extraLabels extraVolumes fullnameOverride hostAliases initContainers labels
				nameOverride networkPolicy nodeSelector persistence podAnnotations podLabels priorityClassName replicas revisionHistoryLimit
				securityContext service serviceAccount serviceMonitor tempo tempoQuery tolerations`),
			render: renderTempo,
		},
	}
}

// collectorKeys are the properties in the chart's values.schema.json, which takes no other.
const collectorKeys = `additionalLabels affinity alternateConfig annotations apiVersion autoscaling clusterRole command config configMap
	dnsConfig dnsPolicy enableConfigChecksumAnnotation enabled extraContainers extraEnvs extraEnvsFrom extraManifests extraVolumeMounts
	extraVolumes fullnameOverride hostAliases hostNetwork hostPID httproute image imagePullSecrets ingress initContainers
	internalTelemetryViaOTLP lifecycleHooks livenessProbe mode nameOverride namespaceOverride networkPolicy nodeSelector
	podAnnotations podDisruptionBudget podLabels podMonitor podSecurityContext ports presets priorityClassName prometheusRule
	readinessProbe replicaCount resizePolicy resources revisionHistoryLimit rewriteDeprecatedComponentNames rollout
	runtimeClassName schedulerName securityContext service serviceAccount serviceMonitor shareProcessNamespace startupProbe
	statefulset terminationGracePeriodSeconds tolerations topologySpreadConstraints useGOMEMLIMIT`

// checkCollectorValues refuses as values.schema.json and NOTES.txt of the chart do.
func (r render) checkCollectorValues() error {
	if unknown := r.chart.unknownValues(r.values); len(unknown) > 0 {
		return fmt.Errorf("values don't meet the specifications of the schema(s) in the following chart(s):\nopentelemetry-collector:\n- at '': additional properties '%s' not allowed", unknown[0])
	}
	refuse := func(text string) error {
		return errors.New("execution error at (opentelemetry-collector/templates/NOTES.txt): [ERROR] " + text)
	}
	if nested.Text(r.values, "image", "repository") == "" {
		return refuse("'image.repository' must be set. See https://github.com/open-telemetry/opentelemetry-helm-charts/blob/main/charts/opentelemetry-collector/UPGRADING.md for instructions.")
	}
	switch nested.Text(r.values, "mode") {
	case "daemonset", "deployment", "statefulset":
		return nil
	}
	return refuse("'mode' must be set. See https://github.com/open-telemetry/opentelemetry-helm-charts/blob/main/charts/opentelemetry-collector/UPGRADING.md for instructions.")
}

// on is a switch of values that is off unless said.
func (r render) on(path ...string) bool { return nested.At(r.values, path...) == true }

func renderCollector(r render) ([]map[string]any, error) {
	mode := nested.Text(r.values, "mode")
	p := pods{
		namespace: r.namespace, name: r.fullname(), app: r.app(), replicas: int(number(r.values, 1, "replicaCount")), account: r.account(), spec: r.values,
		cpu: override(r.values, "", "resources", "requests", "cpu"), memory: override(r.values, "", "resources", "requests", "memory"),
		image: nested.Text(r.values, "image", "repository"), labels: r.instance(map[string]any{"component": "standalone-collector"}),
	}
	kind := map[string]string{"deployment": "Deployment", "statefulset": "StatefulSet"}[mode]
	if kind == "" {
		kind, p.labels["component"] = "DaemonSet", "agent-collector"
	}
	w := p.workload(kind)
	if kind == "StatefulSet" {
		nested.Object(w, "spec")["serviceName"] = r.fullname()
	}
	config := plainObject("v1", "ConfigMap", r.namespace, r.fullname())
	out := []map[string]any{r.serviceAccount(), config, w}
	if kind != "DaemonSet" || r.on("service", "enabled") {
		out = append(out, r.tracingService(w, nested.Text(r.values, "service", "clusterIP"), portsIn(nested.Object(r.values, "ports"))))
	}
	if r.on("clusterRole", "create") {
		out = append(out, roles("", r.fullname())...)
	}
	if r.on("podDisruptionBudget", "enabled") && kind != "DaemonSet" {
		out = append(out, budgetOf(r.namespace, r.fullname(), p.labelsOf(), nested.Object(r.values, "podDisruptionBudget")))
	}
	if r.on("podMonitor", "enabled") {
		out = append(out, plainObject("monitoring.coreos.com/v1", "PodMonitor", r.namespace, r.fullname()))
	}
	return out, nil
}

// instance are labels with the release's name, as most charts have them.
func (r render) instance(labels map[string]any) map[string]any {
	return with2(labels, "app.kubernetes.io/instance", r.release)
}

// tracingService selects the pods of w.
func (r render) tracingService(w map[string]any, clusterIP string, ports []any) map[string]any {
	s := service(r.namespace, r.fullname(), r.app(), "ClusterIP", 0)
	spec := nested.Object(s, "spec")
	spec["ports"], spec["selector"] = ports, clone(nested.Object(w, "spec", "selector", "matchLabels"))
	if clusterIP != "" {
		spec["clusterIP"] = clusterIP
	}
	return s
}

// portsIn are the ports of values that are on, by name.
func portsIn(values map[string]any) []any {
	var out []any
	for _, name := range sorted(values) {
		p := nested.Object(values, name)
		if p["enabled"] != true {
			continue
		}
		out = append(out, map[string]any{"name": name, "port": number(p, 0, "servicePort"), "targetPort": number(p, 0, "containerPort"), "protocol": "TCP"})
	}
	return out
}

func renderJaeger(r render) ([]map[string]any, error) {
	values := nested.Object(r.values, "jaeger")
	w := deployment(pods{
		namespace: r.namespace, name: r.fullname(), app: r.app(), replicas: int(number(values, 1, "replicas")), account: r.fullname(), spec: values,
		cpu: override(values, "", "resources", "requests", "cpu"), memory: override(values, "", "resources", "requests", "memory"),
		image: "jaegertracing/jaeger", identity: r.signing(), labels: r.instance(map[string]any{"app.kubernetes.io/component": "all-in-one"}),
	})
	if stores := r.jaegerStores(); len(stores) > 0 {
		if nested.Object(w, sandboxKey) == nil {
			w[sandboxKey] = map[string]any{}
		}
		nested.Object(w, sandboxKey)["stores"] = stores
	}
	port := func(name string, n float64) any {
		return map[string]any{"name": name, "port": n, "targetPort": n, "protocol": "TCP"}
	}
	out := []map[string]any{
		serviceAccount(r.namespace, r.fullname(), nil), w,
		r.tracingService(w, "", []any{port("otlp-grpc", 4317), port("otlp-http", 4318), port("http-query", 16686), port("grpc-query", 16685), port("internal-metrics", 8888)}),
	}
	if len(nested.Object(r.values, "userconfig")) > 0 {
		out = append(out, plainObject("v1", "ConfigMap", r.namespace, "user-config"))
	}
	return out, nil
}

// signing is the account that needs AWS credentials: Jaeger signs its requests
// where its configuration has the extension for it.
func (r render) signing() string {
	if nested.Object(r.values, "userconfig", "extensions", "sigv4auth") == nil {
		return ""
	}
	return r.fullname()
}

func renderTempo(r render) ([]map[string]any, error) {
	w := pods{
		namespace: r.namespace, name: r.fullname(), app: r.app(), replicas: int(number(r.values, 1, "replicas")), account: r.account(), identity: r.account(), spec: r.values,
		cpu: override(r.values, "", "tempo", "resources", "requests", "cpu"), memory: override(r.values, "", "tempo", "resources", "requests", "memory"),
		image: "grafana/tempo", labels: r.instance(map[string]any{}),
	}.workload("StatefulSet")
	nested.Object(w, "spec")["serviceName"] = r.fullname() + "-headless"
	port := func(name string, n float64) any {
		return map[string]any{"name": name, "port": n, "targetPort": n, "protocol": "TCP"}
	}
	out := []map[string]any{
		r.serviceAccount(), plainObject("v1", "ConfigMap", r.namespace, r.app()), w,
		r.tracingService(w, "", []any{port("tempo-prom-metrics", 3200), port("grpc-tempo-otlp", 4317), port("tempo-otlp-http", 4318)}),
	}
	return out, nil
}
