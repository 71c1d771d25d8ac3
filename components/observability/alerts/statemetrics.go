package alerts

// StateMetrics are values of kube-state-metrics: labels of nodes that a
// dashboard joins with prices, and, where volumes must have snapshots, what it
// reads of those. Source: kube-state-metrics v2.18,
// docs/metrics/extend/customresourcestate-metrics.md.
func StateMetrics(b *Backups) map[string]any {
	out := dict{"metricLabelsAllowlist": list{"nodes=[node.kubernetes.io/instance-type,topology.kubernetes.io/zone]"}}
	if b == nil {
		return out
	}
	out["rbac"] = dict{"extraRules": list{dict{"apiGroups": list{"snapshot.storage.k8s.io"}, "resources": list{"volumesnapshots"}, "verbs": list{"list", "watch"}}}}
	timestamp := func(name, help string, path ...any) dict {
		return dict{"name": name, "help": help, "each": dict{"type": "Gauge", "gauge": dict{"path": path}}}
	}
	out["customResourceState"] = dict{"enabled": true, "config": dict{
		"kind": "CustomResourceStateMetrics",
		"spec": dict{"resources": list{dict{
			"groupVersionKind": dict{"group": "snapshot.storage.k8s.io", "version": "v1", "kind": "VolumeSnapshot"},
			"metricNamePrefix": "ladder_volumesnapshot",
			"labelsFromPath": dict{
				"namespace": list{"metadata", "namespace"}, "volumesnapshot": list{"metadata", "name"},
				"persistentvolumeclaim": list{"spec", "source", "persistentVolumeClaimName"},
			},
			"metrics": list{
				timestamp("created_timestamp_seconds", "When the snapshot was cut", "status", "creationTime"),
				timestamp("error_timestamp_seconds", "When the driver reported an error that still stands", "status", "error", "time"),
			},
		}}},
	}}
	return out
}
