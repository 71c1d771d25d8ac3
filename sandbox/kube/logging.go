package kube

import (
	"errors"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
)

// The charts of logs. Names, versions: facts/platform.json helm_charts and the
// charts' own history. Values keys, objects and refusals: values.yaml and
// templates of fluent/helm-charts (fluent-bit 0.58.1) and of
// grafana-community/helm-charts (loki 18.11.0, templates/validate.yaml), read 2026-11.
func loggingCharts() []chart {
	return []chart{
		{
			name: "fluent-bit", repos: []string{"https://fluent.github.io/helm-charts"}, oci: []string{"oci://ghcr.io/fluent/helm-charts/fluent-bit"},
			versions: []chartVersion{{"0.58.1", "5.1.1"}, {"0.57.6", "5.0.6"}},
			values: keys(`affinity annotations args autoscaling command config daemonSetVolumeMounts daemonSetVolumes dashboards dnsConfig dnsPolicy env
				envFrom envWithTpl existingConfigMap extraContainers extraPorts extraVolumeMounts extraVolumes flush fullnameOverride hostAliases
				hostNetwork hotReload image imagePullSecrets ingress initContainers kind labels lifecycle livenessProbe logLevel luaScripts
				metricsPort minReadySeconds nameOverride networkPolicy nodeSelector openShift podAnnotations podDisruptionBudget podLabels
				podSecurityContext podSecurityPolicy priorityClassName prometheusRule rbac readinessProbe replicaCount resources securityContext
				service serviceAccount serviceMonitor terminationGracePeriodSeconds testFramework tolerations updateStrategy volumeMounts`),
			render: renderFluentBit,
		},
		{
			name: "loki", repos: []string{"https://grafana-community.github.io/helm-charts"}, oci: []string{"oci://ghcr.io/grafana-community/helm-charts/loki"},
			kubeVersion: ">=1.25.0-0", versions: []chartVersion{{"18.11.0", "3.7.6"}, {"17.1.1", "3.7.2"}},
			values: keys(`backend bloomBuilder bloomGateway bloomPlanner chunksCache commonLabels compactor defaults deploymentMode distributor
				extraObjects fullnameOverride gateway ignoreMinioDeprecation imagePullSecrets indexGateway ingester ingress kubeVersionOverride
				loki lokiCanary memcached memcachedExporter migrate minio monitoring nameOverride namespaceOverride networkPolicy
				overridesExporter patternIngester podDisruptionBudget querier queryFrontend queryScheduler rbac read resultsCache
				rollout_operator route ruler serviceAccount sidecar singleBinary tableManager test write memberlist`),
			refuses: render.checkLokiValues, render: renderLoki,
		},
	}
}

func renderFluentBit(r render) ([]map[string]any, error) {
	p := pods{
		namespace: r.namespace, name: r.fullname(), app: r.app(), replicas: int(number(r.values, 1, "replicaCount")), account: r.account(), spec: r.values,
		cpu: override(r.values, "", "resources", "requests", "cpu"), memory: override(r.values, "", "resources", "requests", "memory"),
		image: "cr.fluentbit.io/fluent/fluent-bit", labels: r.instance(map[string]any{}),
	}
	kind := "DaemonSet"
	if nested.Text(r.values, "kind") == "Deployment" {
		kind = "Deployment"
	}
	stores := fluentBitStores(r)
	for _, s := range stores {
		if s.(map[string]any)["signed"] == true {
			p.identity = r.account()
		}
	}
	w := p.workload(kind)
	if len(stores) > 0 {
		if nested.Object(w, sandboxKey) == nil {
			w[sandboxKey] = map[string]any{}
		}
		nested.Object(w, sandboxKey)["stores"] = stores
	}
	out := []map[string]any{r.serviceAccount(), plainObject("v1", "ConfigMap", r.namespace, r.fullname()), w}
	if len(nested.Object(r.values, "luaScripts")) > 0 {
		out = append(out, plainObject("v1", "ConfigMap", r.namespace, r.fullname()+"-luascripts"))
	}
	ports := []any{map[string]any{"name": "http", "port": 2020., "targetPort": "http", "protocol": "TCP"}}
	for _, e := range nested.List(r.values, "extraPorts") {
		m, _ := e.(map[string]any)
		ports = append(ports, map[string]any{"name": nested.Text(m, "name"), "port": number(m, 0, "port"), "targetPort": nested.Text(m, "name"), "protocol": "TCP"})
	}
	out = append(out, r.tracingService(w, "", ports))
	out = append(out, roles("", r.fullname())...)
	if kind == "Deployment" && r.on("podDisruptionBudget", "enabled") {
		out = append(out, budgetOf(r.namespace, r.fullname(), p.labelsOf(), nested.Object(r.values, "podDisruptionBudget")))
	}
	if r.on("serviceMonitor", "enabled") {
		out = append(out, plainObject("monitoring.coreos.com/v1", "ServiceMonitor", r.namespace, r.fullname()))
	}
	return out, nil
}

// fluentBitStores are what a configuration in the YAML format writes to and
// reads from, with variables of the container's environment replaced.
func fluentBitStores(r render) []any {
	var out []any
	env := map[string]string{}
	for _, e := range nested.List(r.values, "env") {
		m, _ := e.(map[string]any)
		env[nested.Text(m, "name")] = nested.Text(m, "value")
	}
	files := nested.Object(r.values, "config", "extraFiles")
	for _, name := range sorted(files) {
		var file struct {
			Pipeline struct{ Inputs, Outputs []map[string]any }
		}
		content, _ := files[name].(string)
		if !strings.HasSuffix(name, ".yaml") || yaml.Unmarshal([]byte(content), &file) != nil {
			continue
		}
		for _, s := range append(file.Pipeline.Outputs, file.Pipeline.Inputs...) {
			signed := s["aws_auth"] == true || s["aws_msk_iam"] == true
			switch s["name"] {
			case "opensearch":
				out = append(out, map[string]any{"kind": "opensearch", "host": expand(nested.Text(s, "host"), env), "account": r.account(), "signed": signed})
			case "kafka":
				out = append(out, map[string]any{"kind": "kafka", "cluster": expand(nested.Text(s, "aws_msk_iam_cluster_arn"), env), "topic": nested.Text(s, "topics"), "account": r.account(), "signed": signed})
			}
		}
	}
	return out
}

// expand replaces ${NAME}.
func expand(s string, env map[string]string) string {
	for k, v := range env {
		s = strings.ReplaceAll(s, "${"+k+"}", v)
	}
	return s
}

// checkLokiValues refuses as templates/validate.yaml does.
func (r render) checkLokiValues() error {
	refuse := func(text string) error {
		return errors.New("execution error at (loki/templates/validate.yaml): " + text)
	}
	off := func(path ...string) bool { return nested.At(r.values, path...) == false }
	replicas := func(part string, otherwise float64) float64 { return number(r.values, otherwise, part, "replicas") }
	scalable := replicas("backend", 0)+replicas("read", 0)+replicas("write", 0) > 0
	switch {
	case r.values["config"] != nil:
		return refuse("Top level 'config' is not allowed. Most common configuration sections are exposed under the `loki` section. If you need to override the whole config, provide the configuration as a string that can contain template expressions under `loki.config`. Alternatively, you can provide the configuration as an external secret.")
	case off("lokiCanary", "enabled") && !off("test", "enabled"):
		return refuse("Helm test requires the Loki Canary to be enabled")
	case replicas("singleBinary", 0) > 0 && scalable:
		return refuse("You have more than zero replicas configured for both the monolithic and simple scalable targets. If this was intentional change the deploymentMode to the transitional 'Monolithic<->SimpleScalable' mode")
	case len(nested.Object(r.values, "loki", "schemaConfig")) == 0 && nested.At(r.values, "loki", "useTestSchema") != true:
		return refuse("You must provide a schema_config for Loki, one is not provided as this will be individual for every Loki cluster. See https://grafana.com/docs/loki/latest/operations/storage/schema/ for schema information. For quick testing (with no persistence) add `--set loki.useTestSchema=true`")
	case nested.Text(r.values, "loki", "storage", "bucketNames", "chunks") == "" && nested.Text(r.values, "loki", "storage", "type") != "filesystem":
		return errors.New("execution error at (loki/templates/config.yaml): Please define loki.storage.bucketNames.chunks")
	}
	return nil
}

// renderLoki is the chart in its mode Monolithic; in the others nothing runs here.
func renderLoki(r render) ([]map[string]any, error) {
	values := nested.Object(r.values, "singleBinary")
	p := pods{
		namespace: r.namespace, name: r.fullname(), app: r.app(), replicas: int(number(values, 0, "replicas")), account: r.account(), spec: values,
		cpu: override(values, "", "resources", "requests", "cpu"), memory: override(values, "", "resources", "requests", "memory"),
		image: "docker.io/grafana/loki", apart: true, labels: r.instance(map[string]any{"app.kubernetes.io/component": "single-binary"}),
	}
	if nested.Text(r.values, "loki", "storage", "type") == "s3" {
		p.identity = r.account()
	}
	w := p.workload("StatefulSet")
	nested.Object(w, "spec")["serviceName"] = r.fullname() + "-headless"
	main := r.tracingService(w, "", []any{map[string]any{"name": "http-metrics", "port": 3100., "targetPort": "http-metrics", "protocol": "TCP"},
		map[string]any{"name": "grpc", "port": 9095., "targetPort": "grpc", "protocol": "TCP"}})
	out := []map[string]any{
		r.serviceAccount(), plainObject("v1", "ConfigMap", r.namespace, r.app()), plainObject("v1", "ConfigMap", r.namespace, r.fullname()+"-runtime"), w, main,
		budgetOf(r.namespace, r.fullname(), p.labelsOf(), nested.Object(values, "podDisruptionBudget")),
	}
	for _, suffix := range []string{"-headless", "-memberlist"} {
		s := clone(main)
		nested.Object(s, "metadata")["name"] = r.fullname() + suffix
		nested.Object(s, "spec")["clusterIP"] = "None"
		out = append(out, s)
	}
	if nested.At(r.values, "monitoring", "serviceMonitor", "enabled") == true {
		out = append(out, plainObject("monitoring.coreos.com/v1", "ServiceMonitor", r.namespace, r.fullname()))
	}
	return out, nil
}

// jaegerStores are the domains of OpenSearch that Jaeger writes to and signs
// requests for.
func (r render) jaegerStores() []any {
	env := map[string]string{}
	for _, e := range nested.List(r.values, "jaeger", "extraEnv") {
		m, _ := e.(map[string]any)
		env["env:"+nested.Text(m, "name")] = nested.Text(m, "value")
	}
	var out []any
	backends := nested.Object(r.values, "userconfig", "extensions", "jaeger_storage", "backends")
	for _, name := range sorted(backends) {
		o := nested.Object(backends, name, "opensearch")
		for _, u := range nested.List(o, "server_urls") {
			url, _ := u.(string)
			host := strings.TrimPrefix(expand(url, env), "https://")
			if nested.Text(o, "auth", "authenticator") == "sigv4auth" && host != "" {
				out = append(out, map[string]any{"kind": "opensearch", "host": host, "account": r.fullname(), "signed": true})
			}
		}
	}
	return out
}
