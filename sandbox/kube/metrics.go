package kube

import (
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
)

// The charts of metrics: names, versions and keys of values as in values.yaml of
// prometheus-community/helm-charts, stevehipwell/helm-charts,
// grafana-community/helm-charts and kiali/helm-charts, read 2026-11 as of August
// 2026. Of their templates the sandbox has what runs, what is waited for, and
// what other objects refer to. prometheus-operator is not simulated: what it makes of a
// Prometheus and an Alertmanager is made with them, and goes with them.

const prometheusCommunity = "https://prometheus-community.github.io/helm-charts"

func metricCharts() []chart {
	return []chart{
		{
			name: "prometheus-operator-crds", repos: []string{prometheusCommunity}, kubeVersion: ">=1.16.0-0",
			versions: []chartVersion{{"31.0.1", "v0.93.1"}, {"29.0.0", "v0.91.0"}},
			values:   keys("crds"), render: renderOperatorCRDs,
		},
		{
			name: "kube-prometheus-stack", repos: []string{prometheusCommunity}, kubeVersion: ">=1.25.0-0",
			oci:      []string{"oci://ghcr.io/prometheus-community/charts/kube-prometheus-stack"},
			versions: []chartVersion{{"88.5.3", "v0.93.1"}, {"85.3.3", "v0.90.1"}},
			values: keys(`additionalPrometheusRulesMap alertmanager cleanPrometheusOperatorObjectNames commonLabels coreDns crds customRules
				defaultRules extraManifests fullnameOverride grafana kube-state-metrics kubeApiServer kubeControllerManager kubeDns
				kubeEtcd kubeProxy kubeScheduler kubeStateMetrics kubeTargetVersionOverride kubeVersionOverride kubelet
				kubernetesServiceMonitors nameOverride namespaceOverride nodeExporter prometheus prometheus-node-exporter
				prometheusOperator thanosRuler windowsMonitoring`),
			render: renderPrometheusStack,
		},
		{
			name: "thanos", oci: []string{"oci://ghcr.io/stevehipwell/helm-charts/thanos"},
			versions: []chartVersion{{"1.24.1", "0.42.4"}, {"1.23.1", "0.41.0"}},
			values: keys(`additionalEndpointGroups additionalEndpoints additionalReplicaLabels autoGomemlimit clusterDomain commonLabels compact
				extraObjects fullnameOverride image imagePullSecrets logFormat logLevel nameOverride objstoreConfig query queryFrontend
				receive rule serviceMonitor storeEndpointGroup storeGateway`),
			render: renderThanos,
		},
		{
			name: "grafana", oci: []string{"oci://ghcr.io/grafana-community/helm-charts/grafana"}, kubeVersion: "^1.25.0-0",
			versions: []chartVersion{{"12.11.1", "13.2.0"}, {"12.4.1", "13.0.1"}},
			render:   renderGrafana,
		},
		{
			name: "kiali-server", repos: []string{"https://kiali.org/helm-charts"},
			versions: []chartVersion{{"2.31.0", "v2.31.0"}, {"2.30.0", "v2.30.0"}, {"2.29.0", "v2.29.0"}},
			values: keys(`additional_display_details auth chat_ai clustering deployment external_services fullnameOverride identity istio_namespace
				kiali_feature_flags kiali_route_url login_token nameOverride server skipResources`),
			render: renderKiali,
		},
	}
}

var operatorCRDs = []definition{
	{"monitoring.coreos.com", "Alertmanager", "alertmanagers", []string{"v1"}, false},
	{"monitoring.coreos.com", "AlertmanagerConfig", "alertmanagerconfigs", []string{"v1alpha1"}, false},
	{"monitoring.coreos.com", "PodMonitor", "podmonitors", []string{"v1"}, false},
	{"monitoring.coreos.com", "Probe", "probes", []string{"v1"}, false},
	{"monitoring.coreos.com", "Prometheus", "prometheuses", []string{"v1"}, false},
	{"monitoring.coreos.com", "PrometheusAgent", "prometheusagents", []string{"v1alpha1"}, false},
	{"monitoring.coreos.com", "PrometheusRule", "prometheusrules", []string{"v1"}, false},
	{"monitoring.coreos.com", "ScrapeConfig", "scrapeconfigs", []string{"v1alpha1"}, false},
	{"monitoring.coreos.com", "ServiceMonitor", "servicemonitors", []string{"v1"}, false},
	{"monitoring.coreos.com", "ThanosRuler", "thanosrulers", []string{"v1"}, false},
}

func renderOperatorCRDs(r render) ([]map[string]any, error) {
	var out []map[string]any
	for _, d := range operatorCRDs {
		o := d.object()
		if a := nested.Object(r.values, "crds", "annotations"); len(a) > 0 {
			nested.Object(o, "metadata")["annotations"] = clone(a)
		}
		out = append(out, o)
	}
	return out, nil
}

// asked adds requests of containers of one pod up.
func asked(what string, containers ...map[string]any) string {
	sum := resource.Quantity{}
	for _, c := range containers {
		if q, err := resource.ParseQuantity(override(c, "0", "resources", "requests", what)); err == nil {
			sum.Add(q)
		}
	}
	return sum.String()
}

// monitor is a ServiceMonitor, without whose definition the chart fails.
func (r render) monitor(name string) map[string]any {
	return plainObject("monitoring.coreos.com/v1", "ServiceMonitor", r.namespace, name)
}

// stateful is a StatefulSet with its headless service.
func stateful(p pods) map[string]any { return p.workload("StatefulSet") }

func renderPrometheusStack(r render) ([]map[string]any, error) {
	full := r.fullname()
	operator := nested.Object(r.values, "prometheusOperator")
	reloader := nested.Object(operator, "prometheusConfigReloader")
	part := func(name, image string, values map[string]any) pods {
		return pods{
			namespace: r.namespace, name: name, app: name, replicas: 1, image: image, account: name, spec: values,
			cpu: asked("cpu", values), memory: asked("memory", values),
		}
	}
	controller := deployment(part(full+"-operator", "quay.io/prometheus-operator/prometheus-operator", operator))
	controller[sandboxKey] = map[string]any{"kinds": []any{"monitoring.coreos.com/v1/Prometheus"}}
	exporter := part(r.release+"-prometheus-node-exporter", "quay.io/prometheus/node-exporter", nested.Object(r.values, "prometheus-node-exporter"))
	out := []map[string]any{
		serviceAccount(r.namespace, full+"-operator", nil), controller, service(r.namespace, full+"-operator", full+"-operator", "ClusterIP", 8080),
		deployment(part(r.release+"-kube-state-metrics", "registry.k8s.io/kube-state-metrics/kube-state-metrics", nested.Object(r.values, "kube-state-metrics"))),
		daemonSet(exporter), r.monitor(full + "-operator"), r.monitor(full + "-kubelet"), r.monitor(full + "-apiserver"), r.monitor(full + "-coredns"),
		r.monitor(r.release + "-kube-state-metrics"), r.monitor(r.release + "-prometheus-node-exporter"),
	}
	servers := nested.Object(r.values, "prometheus")
	spec := nested.Object(servers, "prometheusSpec")
	thanos := nested.Object(spec, "thanos")
	account := nested.Text(servers, "serviceAccount", "name")
	if account == "" {
		account = full + "-prometheus"
	}
	p := pods{
		namespace: r.namespace, name: "prometheus-" + full + "-prometheus", app: "prometheus", replicas: int(number(spec, 1, "replicas")),
		cpu: asked("cpu", spec, reloader, thanos), memory: asked("memory", spec, reloader, thanos),
		image: "quay.io/prometheus/prometheus", account: account, spec: spec, labels: map[string]any{"prometheus": full + "-prometheus"},
	}
	if thanos != nil || signed(spec) {
		p.identity = account
	}
	out = append(out, serviceAccount(r.namespace, account, nested.At(servers, "serviceAccount", "annotations")),
		r.custom("Prometheus", full+"-prometheus", spec), stateful(p), service(r.namespace, full+"-prometheus", "prometheus", "ClusterIP", 9090), r.monitor(full+"-prometheus"))
	if on, _ := nested.At(servers, "thanosService", "enabled").(bool); on {
		out = append(out, service(r.namespace, full+"-thanos-discovery", "prometheus", "ClusterIP", 10901))
	}
	out = append(out, r.stackBudget(servers, full+"-prometheus", "prometheus")...)
	alerts := nested.Object(r.values, "alertmanager")
	spec = nested.Object(alerts, "alertmanagerSpec")
	out = append(out, serviceAccount(r.namespace, full+"-alertmanager", nil), r.custom("Alertmanager", full+"-alertmanager", spec), stateful(pods{
		namespace: r.namespace, name: "alertmanager-" + full + "-alertmanager", app: "alertmanager", replicas: int(number(spec, 1, "replicas")),
		cpu: asked("cpu", spec, reloader), memory: asked("memory", spec, reloader), image: "quay.io/prometheus/alertmanager",
		account: full + "-alertmanager", spec: spec, labels: map[string]any{"alertmanager": full + "-alertmanager"},
	}), service(r.namespace, full+"-alertmanager", "alertmanager", "ClusterIP", 9093), r.monitor(full+"-alertmanager"))
	return append(out, r.stackBudget(alerts, full+"-alertmanager", "alertmanager")...), nil
}

// signed says whether Prometheus signs what it sends with the pod's role.
func signed(spec map[string]any) bool {
	for _, target := range nested.List(spec, "remoteWrite") {
		if t, _ := target.(map[string]any); t["sigv4"] != nil {
			return true
		}
	}
	return false
}

// custom is a Prometheus or an Alertmanager.
func (r render) custom(kind, name string, spec map[string]any) map[string]any {
	o := plainObject("monitoring.coreos.com/v1", kind, r.namespace, name)
	o["spec"] = clone(spec)
	return o
}

// stackBudget is the PodDisruptionBudget of values.podDisruptionBudget.
func (r render) stackBudget(values map[string]any, name, app string) []map[string]any {
	if on, _ := nested.At(values, "podDisruptionBudget", "enabled").(bool); !on {
		return nil
	}
	return []map[string]any{atLeast(r.namespace, name, app, number(values, 1, "podDisruptionBudget", "minAvailable"))}
}

func renderThanos(r render) ([]map[string]any, error) {
	var out []map[string]any
	full := r.fullname()
	for _, part := range []struct {
		key, name         string
		on, set, identity bool
	}{
		{"query", "query", true, false, false}, {"queryFrontend", "query-frontend", false, false, false},
		{"storeGateway", "store-gateway", true, true, true}, {"compact", "compact", false, true, true},
	} {
		values := nested.Object(r.values, part.key)
		on, said := values["enabled"].(bool)
		if said && !on || !said && !part.on {
			continue
		}
		name := full + "-" + part.name
		account := nested.Text(values, "serviceAccount", "name")
		if account == "" {
			account = name
		}
		p := pods{
			namespace: r.namespace, name: name, app: name, replicas: int(number(values, 1, "replicas")), image: "quay.io/thanos/thanos",
			cpu: asked("cpu", values), memory: asked("memory", values), account: account, spec: values,
		}
		if part.identity {
			p.identity = account
		}
		kind := "Deployment"
		if part.set {
			kind = "StatefulSet"
		}
		out = append(out, serviceAccount(r.namespace, account, nested.At(values, "serviceAccount", "annotations")), p.workload(kind), service(r.namespace, name, name, "ClusterIP", 10902))
		if on, _ := nested.At(values, "podDisruptionBudget", "enabled").(bool); on {
			out = append(out, budget(r.namespace, name, name, nested.At(values, "podDisruptionBudget", "maxUnavailable")))
		}
	}
	return out, nil
}

func renderGrafana(r render) ([]map[string]any, error) {
	watchers := nested.Object(r.values, "sidecar")
	containers := []map[string]any{r.values}
	for _, watcher := range []string{"dashboards", "datasources"} {
		if on, _ := nested.At(watchers, watcher, "enabled").(bool); on {
			containers = append(containers, watchers)
		}
	}
	out := []map[string]any{
		r.serviceAccount(),
		deployment(pods{
			namespace: r.namespace, name: r.fullname(), app: r.app(), replicas: int(number(r.values, 1, "replicas")), image: "docker.io/grafana/grafana",
			cpu: asked("cpu", containers...), memory: asked("memory", containers...), account: r.account(), spec: r.values,
		}),
		service(r.namespace, r.fullname(), r.app(), "ClusterIP", 80),
	}
	if b := nested.Object(r.values, "podDisruptionBudget"); len(b) > 0 {
		out = append(out, budget(r.namespace, r.fullname(), r.app(), b["maxUnavailable"]))
	}
	return out, nil
}

func renderKiali(r render) ([]map[string]any, error) {
	name := nested.Text(r.values, "deployment", "instance_name")
	if name == "" {
		name = "kiali"
	}
	values := nested.Object(r.values, "deployment")
	spread := map[string]any{"topologySpreadConstraints": values["topology_spread_constraints"], "tolerations": values["tolerations"]}
	out := []map[string]any{
		serviceAccount(r.namespace, name, nil),
		deployment(pods{
			namespace: r.namespace, name: name, app: "kiali", replicas: int(number(values, 1, "replicas")), image: "quay.io/kiali/kiali",
			cpu: asked("cpu", values), memory: asked("memory", values), account: name, spec: spread,
		}),
		service(r.namespace, name, "kiali", "ClusterIP", number(r.values, 20001, "server", "port")),
		plainObject("v1", "ConfigMap", r.namespace, name), plainObject("rbac.authorization.k8s.io/v1", "ClusterRole", "", name),
	}
	if b := nested.Object(values, "pod_disruption_budget", "spec"); len(b) > 0 {
		out = append(out, budget(r.namespace, name, "kiali", b["maxUnavailable"]))
	}
	return out, nil
}
