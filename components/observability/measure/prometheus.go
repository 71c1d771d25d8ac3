package measure

import (
	"fmt"

	"github.com/ladder-platform/ladder/components/observability/capacity"
	"github.com/ladder-platform/ladder/components/observability/spec"
)

// volumeShare is how much of a volume blocks may fill, in percent: the
// write-ahead log and a compaction need the rest. Source: Prometheus v3, storage
// documentation, "Right-Sizing Retention Size": 80 to 85 percent.
const volumeShare = 80

// Definitions are the values of prometheus-operator-crds. A definition that is
// deleted takes every object of its kind along, so Helm leaves them.
func Definitions() dict {
	return dict{"crds": dict{"annotations": dict{"helm.sh/resource-policy": "keep"}}}
}

// PrometheusStack are the values of kube-prometheus-stack. Rules and dashboards
// are this program's, so the chart's are off, and so is its Grafana. EKS shows
// neither etcd nor the scheduler nor the controller manager, and kube-proxy
// answers on its own node only.
func PrometheusStack(in Input) dict {
	m := *in.Config.Metrics
	return dict{
		"fullnameOverride": Release,
		"crds":             dict{"enabled": false},
		"defaultRules":     dict{"create": false},
		"grafana":          dict{"enabled": false},
		"kubeEtcd":         dict{"enabled": false}, "kubeScheduler": dict{"enabled": false},
		"kubeControllerManager": dict{"enabled": false}, "kubeProxy": dict{"enabled": false},
		"prometheusOperator":       in.operator(),
		"prometheus":               in.prometheus(m),
		"alertmanager":             in.alertmanager(m),
		"kube-state-metrics":       in.stateMetrics(),
		"prometheus-node-exporter": in.nodeExporter(),
	}
}

// operator: one pod, by design. It writes configuration when objects change,
// and samples and alerts pass it by. Its webhook is off: rules are parsed by
// tests before they are written, and a webhook that is away would hold back
// every one.
func (in Input) operator() dict {
	return dict{
		"admissionWebhooks":        dict{"enabled": false},
		"tls":                      dict{"enabled": false},
		"resources":                in.of(capacity.Operator).Resources(),
		"prometheusConfigReloader": dict{"resources": beside(capacity.ReloaderCPU, capacity.ReloaderMemory)},
		"thanosImage":              dict{"tag": in.ThanosTag},
	}
}

// nodeExporter runs on every node, whatever its taints.
func (in Input) nodeExporter() dict {
	return dict{"resources": in.of(capacity.NodeExporter).Resources(), "tolerations": list{dict{"operator": "Exists"}}}
}

func (in Input) prometheus(m spec.Metrics) dict {
	p := m.Prometheus
	cpu, memory := capacity.ReloaderCPU, capacity.ReloaderMemory
	server := dict{
		"replicas": p.Replicas, "retention": fmt.Sprintf("%dh", p.RetentionHours),
		"retentionSize":   fmt.Sprintf("%dMB", p.VolumeGiB*1024*volumeShare/100),
		"scrapeInterval":  fmt.Sprintf("%ds", p.ScrapeSeconds),
		"storageSpec":     disk(p.VolumeGiB),
		"externalLabels":  dict{"cluster": in.Cluster, "stack": in.Stack},
		"podAntiAffinity": "hard", // on the node; the zone is below
		"walCompression":  true,
		// Metrics of others reach it by remote write, and traces' own numbers too.
		"enableRemoteWriteReceiver": true,
		"topologySpreadConstraints": in.spread(dict{"app.kubernetes.io/name": "prometheus", "prometheus": "metrics-prometheus"}, p.Replicas, true),
	}
	for _, kind := range []string{"rule", "serviceMonitor", "podMonitor", "probe", "scrapeConfig"} {
		server[kind+"SelectorNilUsesHelmValues"] = false // those of every namespace
	}
	out := dict{
		"serviceAccount":      dict{"create": true, "name": PrometheusAccount},
		"podDisruptionBudget": keepOthers(p.Replicas),
		"prometheusSpec":      server,
		// Who writes stays with one server: its samples are in one place then.
		"service": dict{"sessionAffinity": "ClientIP"},
	}
	if m.Store == spec.StoreThanos {
		cpu, memory = cpu+capacity.SidecarCPU, memory+capacity.SidecarMemory
		server["thanos"] = dict{
			"objectStorageConfig": dict{"existingSecret": dict{"name": ObjectStore, "key": ObjectStoreKey}},
			"resources":           beside(capacity.SidecarCPU, capacity.SidecarMemory),
		}
		out["thanosService"] = dict{"enabled": true}
		out["thanosServiceMonitor"] = dict{"enabled": true}
	}
	server["resources"] = in.asks(capacity.Prometheus, cpu, memory)
	return out
}

// keepOthers is a budget of kube-prometheus-stack, whose default minAvailable
// has to go where maxUnavailable is given.
func keepOthers(replicas int) dict {
	if replicas < 2 {
		return dict{"enabled": false}
	}
	return dict{"enabled": true, "minAvailable": replicas - 1}
}

// alertmanager is a cluster that gossips, so that an alert is sent once.
func (in Input) alertmanager(m spec.Metrics) dict {
	server := dict{
		"replicas": m.Alertmanagers, "podAntiAffinity": "hard", "storage": disk(spec.AlertmanagerGiB),
		"resources":                 in.asks(capacity.Alertmanager, capacity.ReloaderCPU, capacity.ReloaderMemory),
		"topologySpreadConstraints": in.spread(dict{"app.kubernetes.io/name": "alertmanager", "alertmanager": "metrics-alertmanager"}, m.Alertmanagers, true),
	}
	out := dict{"podDisruptionBudget": keepOthers(m.Alertmanagers), "alertmanagerSpec": server}
	if in.Config.Alerts != nil {
		config, secrets := in.told()
		out["config"] = config
		if len(secrets) > 0 {
			server["secrets"] = secrets
		}
	}
	return out
}

// RemoteWrite is what Prometheus's object says about a workspace of Amazon
// Managed Service for Prometheus; requests are signed with the pod's own role.
// url is an input that is known late.
func RemoteWrite(url any, region string) dict {
	return dict{
		"url": url, "sigv4": dict{"region": region},
		// Source: AMP user guide, "Set up metrics ingestion using ... Helm":
		// the numbers that it gives for a queue.
		"queueConfig": dict{"maxSamplesPerSend": 1000, "maxShards": 200, "capacity": 2500},
	}
}

// WriteTo adds a place that Prometheus sends every sample to.
func WriteTo(values, target dict) {
	values["prometheus"].(dict)["prometheusSpec"].(dict)["remoteWrite"] = list{target}
}
