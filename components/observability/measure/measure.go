package measure

import (
	"fmt"
	"maps"
	"slices"

	"github.com/ladder-platform/ladder/components/observability/capacity"
	"github.com/ladder-platform/ladder/components/observability/spec"
)

// Names in the cluster. Release is that of kube-prometheus-stack; its objects
// are named after it.
const (
	Release         = "metrics"
	ThanosRelease   = "thanos"
	GrafanaRelease  = "grafana"
	KialiRelease    = "kiali"
	OperatorRelease = "prometheus-operator-crds"

	// PrometheusAccount, StoreAccount and CompactAccount are service accounts with roles in AWS.
	PrometheusAccount = "metrics-prometheus"
	StoreAccount      = "thanos-store-gateway"
	CompactAccount    = "thanos-compact"
	GrafanaAccount    = "grafana"

	// ObjectStore is the Secret that says where Thanos's bucket is, under
	// ObjectStoreKey. Nothing in it is secret.
	ObjectStore    = "thanos-objstore"
	ObjectStoreKey = "objstore.yml"
	// GrafanaAdmin and GrafanaSignOn are Secrets that External Secrets makes.
	GrafanaAdmin  = "grafana-admin"
	GrafanaSignOn = "grafana-sign-on"
	// KialiSigning is the Secret with the key that signs Kiali's sessions.
	KialiSigning = "kiali-signing"

	// ReplicaLabel tells two Prometheus servers apart that scrape the same.
	ReplicaLabel = "prometheus_replica"
	// StorageClass of volumes; the cluster makes it.
	StorageClass = "gp3"
)

// Ports of services.
const (
	PrometheusPort   = 9090
	AlertmanagerPort = 9093
	ThanosPort       = 10902
	GrafanaPort      = 80
	KialiPort        = 20001
)

// Host is the name of a service here from anywhere in the cluster.
func Host(service string) string {
	return service + "." + spec.Namespace + ".svc.cluster.local"
}

// PrometheusURL is that of the servers themselves, AlertmanagerURL of the
// Alertmanagers, QueryURL of whatever knows all metrics for the longest time
// without a signature of AWS.
func PrometheusURL() string {
	return fmt.Sprintf("http://%s:%d", Host("metrics-prometheus"), PrometheusPort)
}

// AlertmanagerURL is the Alertmanagers'.
func AlertmanagerURL() string {
	return fmt.Sprintf("http://%s:%d", Host("metrics-alertmanager"), AlertmanagerPort)
}

// ThanosURL is the front end's, which knows everything that is in S3 and in
// Prometheus.
func ThanosURL() string {
	return fmt.Sprintf("http://%s:%d", Host("thanos-query-frontend"), ThanosPort)
}

// QueryURL is where metrics are asked for inside the cluster.
func QueryURL(m spec.Metrics) string {
	if m.Store == spec.StoreThanos {
		return ThanosURL()
	}
	return PrometheusURL()
}

// RemoteWriteURL takes metrics of others: it is Prometheus's own, and with
// Thanos they reach S3 from there.
func RemoteWriteURL() string { return PrometheusURL() + "/api/v1/write" }

type (
	dict = map[string]any
	list = []any
)

// Input is what values need to know beside the section.
type Input struct {
	// Config with defaults.
	Config spec.Config
	// Cluster and Stack are labels of every sample; Cluster is the name in AWS.
	Cluster, Stack, Region string
	// Zones of the cluster's network.
	Zones []string
	// ThanosTag is the version of Thanos everywhere.
	ThanosTag string
	// Mesh says whether there is Istio.
	Mesh bool
	// Topics that SNS receivers publish to.
	Topics []Topic
}

// of is the workload with a name.
func (in Input) of(name string) capacity.Workload {
	all := capacity.Metrics(in.Config)
	i := slices.IndexFunc(all, func(w capacity.Workload) bool { return w.Name == name })
	if i < 0 {
		return capacity.Workload{Name: name}
	}
	return all[i]
}

// asks are the resources of a workload's main container: what its pod asks for,
// less what the containers beside it do.
func (in Input) asks(name string, besideCPU, besideMemory int) dict {
	w := in.of(name)
	if w.MemoryLimit > 0 {
		w.MemoryLimit -= besideMemory
	}
	w.CPU, w.Memory = w.CPU-besideCPU, w.Memory-besideMemory
	return w.Resources()
}

// beside are the resources of a container beside the main one.
func beside(cpu, memory int) dict { return capacity.Workload{CPU: cpu, Memory: memory}.Resources() }

// spread puts pods with labels into different zones, and within a zone on
// different nodes. strict pods wait rather than share a zone.
func (in Input) spread(labels map[string]any, replicas int, strict bool) list {
	when := "ScheduleAnyway"
	if strict && replicas <= len(in.Zones) {
		when = "DoNotSchedule"
	}
	constraint := func(key, when string) dict {
		c := dict{"maxSkew": 1, "topologyKey": key, "whenUnsatisfiable": when}
		if labels != nil {
			c["labelSelector"] = dict{"matchLabels": labels}
		}
		return c
	}
	return list{constraint("topology.kubernetes.io/zone", when), constraint("kubernetes.io/hostname", "ScheduleAnyway")}
}

// budgeted is a PodDisruptionBudget as charts take it: one pod may go; none of a single one
// is kept, or no node could be drained.
func budgeted(replicas int) dict {
	if replicas < 2 {
		return dict{"enabled": false}
	}
	return dict{"enabled": true, "maxUnavailable": 1}
}

// disk is a claim of so many GiB.
func disk(gib int) dict {
	return dict{"volumeClaimTemplate": dict{"spec": dict{
		"storageClassName": StorageClass, "accessModes": list{"ReadWriteOnce"},
		"resources": dict{"requests": dict{"storage": fmt.Sprintf("%dGi", gib)}},
	}}}
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
