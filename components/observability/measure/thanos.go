package measure

import (
	"fmt"

	"github.com/ladder-platform/ladder/components/observability/capacity"
	"github.com/ladder-platform/ladder/components/observability/spec"
)

// Thanos are the values of its chart: a querier with a front end, store
// gateways that read S3, and the compactor, one by design: two on one bucket
// would destroy each other's blocks. Both servers' samples are kept; the querier
// drops what is double when it answers, which loses nothing that only one has.
func Thanos(in Input) dict {
	m := *in.Config.Metrics
	t := *m.Thanos
	out := dict{
		"fullnameOverride":        ThanosRelease,
		"image":                   dict{"tag": in.ThanosTag},
		"objstoreConfig":          dict{"create": false, "name": ObjectStore, "key": ObjectStoreKey},
		"serviceMonitor":          dict{"enabled": true},
		"additionalReplicaLabels": list{ReplicaLabel},
		"query": in.replicated(capacity.ThanosQuery, t.Replicas, dict{
			"extraArgs": list{"--query.auto-downsampling"},
		}),
		"queryFrontend": in.replicated(capacity.ThanosFrontend, t.Replicas, dict{"enabled": true}),
		"storeGateway": in.replicated(capacity.ThanosStore, t.Replicas, dict{
			"serviceAccount": dict{"create": true, "name": StoreAccount},
			"persistence":    persistent(spec.StoreGatewayGiB),
		}),
		"compact": dict{
			"enabled": true, "serviceAccount": dict{"create": true, "name": CompactAccount},
			"deduplication": dict{"enabled": false}, "persistence": persistent(t.CompactorVolumeGiB),
			"resources": in.of(capacity.ThanosCompact).Resources(),
			"extraArgs": keeps(m.Retention),
		},
	}
	if m.Store == spec.StoreThanos {
		out["additionalEndpoints"] = list{"dnssrv+_grpc._tcp." + Host("metrics-thanos-discovery")}
	}
	return out
}

func (in Input) replicated(name string, replicas int, more dict) dict {
	out := dict{
		"replicas": replicas, "resources": in.of(name).Resources(), "podDisruptionBudget": budgeted(replicas),
		"topologySpreadConstraints": in.spread(nil, replicas, false), // the chart adds the labels
	}
	for k, v := range more {
		out[k] = v
	}
	return out
}

func persistent(gib int) dict {
	return dict{"enabled": true, "storageClass": StorageClass, "size": fmt.Sprintf("%dGi", gib)}
}

// keeps are the compactor's arguments for how long it keeps each resolution.
func keeps(r spec.Retention) list {
	return list{
		fmt.Sprintf("--retention.resolution-raw=%dd", r.RawDays),
		fmt.Sprintf("--retention.resolution-5m=%dd", r.FiveMinuteDays),
		fmt.Sprintf("--retention.resolution-1h=%dd", r.OneHourDays),
	}
}

// ObjectStoreConfig says where the bucket is. Credentials come from EKS Pod
// Identity by AWS's own SDK, which Thanos v0.39 and newer have in a version that
// knows it (github.com/aws/aws-sdk-go-v2/config v1.29 in its go.mod; v0.38 had
// v1.15, which does not).
func ObjectStoreConfig(bucket, region string) string {
	return fmt.Sprintf("type: S3\nconfig:\n  bucket: %s\n  endpoint: s3.%s.amazonaws.com\n  region: %s\n  aws_sdk_auth: true\n", bucket, region, region)
}
