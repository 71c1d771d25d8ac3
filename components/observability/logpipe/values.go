package logpipe

import (
	"fmt"

	"github.com/ladder-platform/ladder/components/observability/capacity"
	"github.com/ladder-platform/ladder/components/observability/spec"
)

type (
	dict = map[string]any
	list = []any
)

// configFile is where the chart mounts what extraFiles hold.
const configFile = "fluent-bit.yaml"

// fluentBit are the values that agents and relay share. Each has a service
// account of its own name, since they may do different things.
func fluentBit(name string, c Config, script string, env list, scraped bool) dict {
	return dict{
		"fullnameOverride": name, "serviceAccount": dict{"create": true, "name": name}, "testFramework": dict{"enabled": false},
		"env": env, "luaScripts": dict{Script: script},
		// The chart's own file in the old format stays empty.
		"config": dict{"service": "", "inputs": "", "filters": "", "outputs": "", "customParsers": "", "extraFiles": dict{configFile: c.Text()}},
		"args":   list{"--workdir=/fluent-bit/etc", "--config=/fluent-bit/etc/conf/" + configFile},
		// The pod ends when its chunks are written to disk or sent.
		"terminationGracePeriodSeconds": 45,
		"securityContext":               dict{"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": dict{"drop": list{"ALL"}}},
		"serviceMonitor":                dict{"enabled": scraped},
	}
}

// AgentValues are those of the chart fluent-bit on each node. Source of all
// keys: fluent/helm-charts, fluent-bit 0.58.1, values.yaml and templates.
func (p Plan) AgentValues(env list, scraped bool) map[string]any {
	v := fluentBit(capacity.LogsAgent, p.OnNode(), p.RulesScript(), env, scraped)
	v["kind"] = "DaemonSet"
	v["resources"] = p.workload(capacity.LogsAgent).Resources()
	v["tolerations"] = list{dict{"operator": "Exists"}}
	v["priorityClassName"] = "system-node-critical"
	v["updateStrategy"] = dict{"type": "RollingUpdate", "rollingUpdate": dict{"maxUnavailable": "10%"}}
	// The journal and the containers' logs are root's, and so is the buffer.
	v["podSecurityContext"] = dict{"runAsUser": 0, "seccompProfile": dict{"type": "RuntimeDefault"}}
	v["daemonSetVolumes"] = list{
		dict{"name": "varlog", "hostPath": dict{"path": "/var/log"}},
		dict{"name": "etcmachineid", "hostPath": dict{"path": "/etc/machine-id", "type": "File"}},
		// On the node, not in the pod: it outlives the pod, and a new agent goes on.
		dict{"name": "buffer", "hostPath": dict{"path": Directory, "type": "DirectoryOrCreate"}},
	}
	v["daemonSetVolumeMounts"] = list{
		dict{"name": "varlog", "mountPath": "/var/log", "readOnly": true},
		dict{"name": "etcmachineid", "mountPath": "/etc/machine-id", "readOnly": true},
		dict{"name": "buffer", "mountPath": Directory},
	}
	return v
}

// RelayValues are those of the same chart behind the agents.
func (p Plan) RelayValues(env list, scraped bool) map[string]any {
	v := fluentBit(capacity.LogsRelay, p.Relay(), p.RulesScript(), env, scraped)
	w := p.workload(capacity.LogsRelay)
	v["kind"], v["replicaCount"], v["resources"] = "Deployment", w.Replicas, w.Resources()
	v["podDisruptionBudget"] = dict{"enabled": true, "maxUnavailable": 1}
	v["podSecurityContext"] = dict{"runAsNonRoot": true, "runAsUser": nobody, "fsGroup": nobody, "seccompProfile": dict{"type": "RuntimeDefault"}}
	if p.logs().From(spec.SourceControlPlane) {
		v["extraPorts"] = list{dict{"port": RelayPort, "containerPort": RelayPort, "protocol": "TCP", "name": "otlp-http"}}
	}
	labels := dict{"app.kubernetes.io/name": "fluent-bit", "app.kubernetes.io/instance": capacity.LogsRelay}
	v["affinity"] = dict{"podAntiAffinity": dict{"preferredDuringSchedulingIgnoredDuringExecution": list{
		dict{"weight": 100, "podAffinityTerm": dict{"topologyKey": "topology.kubernetes.io/zone", "labelSelector": dict{"matchLabels": labels}}},
	}}}
	// Its input stops at relayChunksUp chunks; twice that is for what is on its way.
	v["extraVolumes"] = list{dict{"name": "buffer", "emptyDir": dict{"sizeLimit": fmt.Sprintf("%dMi", 4*relayChunksUp*ChunkMB)}}}
	v["extraVolumeMounts"] = list{dict{"name": "buffer", "mountPath": Directory}}
	return v
}

const nobody = 65534 // as in most images

func (p Plan) workload(name string) capacity.Workload {
	for _, w := range capacity.Logs(p.Config) {
		if w.Name == name {
			return w
		}
	}
	return capacity.Workload{}
}

// What the reader of CloudWatch keeps and where.
const (
	cloudDirectory = "/var/lib/otelcol"
	// cloudImage holds the receiver. Source: open-telemetry/
	// opentelemetry-collector-releases, distributions/otelcol-contrib.
	cloudImage = "otel/opentelemetry-collector-contrib"
	cloudUser  = 10001 // of that image
	// eventsPerRequest is the API's own limit. Source: CloudWatch Logs API,
	// FilterLogEvents, limit 1 to 10,000.
	eventsPerRequest = 10000
)

// LogGroup is where EKS writes the control plane's logs. Source: EKS user
// guide, "Send control plane logs to CloudWatch Logs".
func LogGroup(cluster string) string { return "/aws/eks/" + cluster + "/cluster" }

// Cloud is the configuration of the collector that reads CloudWatch and hands
// on to the relay. It remembers on a disk how far it has read, and what the
// relay does not take stays there; meanwhile CloudWatch keeps the rest.
func (p Plan) Cloud() map[string]any {
	return dict{
		"extensions": dict{
			"file_storage": dict{"directory": cloudDirectory, "create_directory": true, "fsync": true},
			"health_check": dict{"endpoint": "0.0.0.0:13133"},
		},
		"receivers": dict{"awscloudwatch": dict{
			"region": p.Region, "storage": "file_storage",
			"logs": dict{"poll_interval": "30s", "max_events_per_request": eventsPerRequest, "groups": dict{"named": dict{LogGroup(p.Cluster): dict{}}}},
		}},
		"processors": dict{"memory_limiter": dict{"check_interval": "1s", "limit_percentage": 80, "spike_limit_percentage": 20}},
		"exporters": dict{"otlphttp": dict{
			"endpoint": fmt.Sprintf("http://%s.%s.svc:%d", capacity.LogsRelay, capacity.Namespace, RelayPort), "compression": "gzip",
			"sending_queue":    dict{"enabled": true, "storage": "file_storage", "queue_size": 1000},
			"retry_on_failure": dict{"enabled": true, "initial_interval": "1s", "max_interval": "30s", "max_elapsed_time": "0s"},
		}},
		"service": dict{
			"extensions": list{"health_check", "file_storage"},
			"pipelines":  dict{"logs": dict{"receivers": list{"awscloudwatch"}, "processors": list{"memory_limiter"}, "exporters": list{"otlphttp"}}},
			"telemetry":  dict{"metrics": dict{"readers": list{dict{"pull": dict{"exporter": dict{"prometheus": dict{"host": "0.0.0.0", "port": 8888}}}}}}},
		},
	}
}

// CloudValues are those of the chart opentelemetry-collector for it. Source of
// all keys: open-telemetry/opentelemetry-helm-charts, opentelemetry-collector
// 0.170.0, values.yaml and templates.
func (p Plan) CloudValues(scraped bool) map[string]any {
	off := dict{"enabled": false}
	w := p.workload(capacity.LogsCloud)
	v := dict{
		"fullnameOverride": capacity.LogsCloud, "mode": "statefulset", "replicaCount": w.Replicas, "image": dict{"repository": cloudImage}, "resources": w.Resources(),
		"alternateConfig": p.Cloud(), "serviceAccount": dict{"create": true, "name": capacity.LogsCloud}, "service": dict{"enabled": false},
		"ports": dict{
			"otlp": off, "otlp-http": off, "zipkin": off, "jaeger-compact": off, "jaeger-thrift": off, "jaeger-grpc": off,
			"metrics": dict{"enabled": true, "containerPort": 8888, "servicePort": 8888, "protocol": "TCP"},
		},
		"podSecurityContext": dict{"runAsNonRoot": true, "runAsUser": cloudUser, "runAsGroup": cloudUser, "fsGroup": cloudUser, "seccompProfile": dict{"type": "RuntimeDefault"}},
		"securityContext":    dict{"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": dict{"drop": list{"ALL"}}},
		"statefulset": dict{"volumeClaimTemplates": list{dict{
			"metadata": dict{"name": "position"},
			"spec":     dict{"accessModes": list{"ReadWriteOnce"}, "resources": dict{"requests": dict{"storage": "2Gi"}}},
		}}},
		"extraVolumeMounts": list{dict{"name": "position", "mountPath": cloudDirectory}},
	}
	if scraped {
		v["podMonitor"] = dict{"enabled": true}
	}
	return v
}

// schemaFrom is the day from which Loki writes in the schema below. It never
// changes: an older day than the first deployment's is right.
const schemaFrom = "2026-01-01"

// LokiValues are those of the chart loki as one process in several replicas.
// bucket is the bucket's name. Source of all keys: grafana-community/helm-charts,
// loki 18.11.0, values.yaml and templates.
func (p Plan) LokiValues(bucket any, scraped bool) map[string]any {
	w, l := p.workload(capacity.Loki), p.logs()
	off, none := dict{"enabled": false}, dict{"replicas": 0}
	labels := dict{"app.kubernetes.io/name": "loki", "app.kubernetes.io/instance": capacity.Loki}
	return dict{
		"fullnameOverride": capacity.Loki, "deploymentMode": "Monolithic",
		"loki": dict{
			"auth_enabled": false, // one tenant; NetworkPolicy and Grafana decide who asks
			"commonConfig": dict{"path_prefix": "/var/loki", "replication_factor": min(3, w.Replicas)},
			"storage":      dict{"type": "s3", "bucketNames": dict{"chunks": bucket, "ruler": bucket, "admin": bucket}, "s3": dict{"region": p.Region}},
			"schemaConfig": dict{"configs": list{dict{
				"from": schemaFrom, "store": "tsdb", "object_store": "s3", "schema": "v13", "index": dict{"prefix": "loki_index_", "period": "24h"},
			}}},
			"limits_config": dict{
				"retention_period": fmt.Sprintf("%dh", l.RetentionDays*24), "reject_old_samples": true, "reject_old_samples_max_age": "168h",
				"ingestion_rate_mb": 16, "ingestion_burst_size_mb": 32, "volume_enabled": true, "allow_structured_metadata": true,
			},
			"compactor": dict{"retention_enabled": true, "delete_request_store": "s3"},
			"ingester":  dict{"chunk_encoding": "snappy", "wal": dict{"flush_on_shutdown": true}},
			"analytics": dict{"reporting_enabled": false},
		},
		"serviceAccount": dict{"create": true, "name": capacity.Loki},
		"singleBinary": dict{
			"replicas": w.Replicas, "resources": w.Resources(), "persistence": dict{"enabled": true, "size": fmt.Sprintf("%dGi", l.Loki.VolumeGiB)},
			"podDisruptionBudget": dict{"enabled": true, "maxUnavailable": 1},
			"topologySpreadConstraints": list{dict{
				"maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": "ScheduleAnyway", "labelSelector": dict{"matchLabels": labels},
			}},
		},
		"backend": none, "read": none, "write": none, "ingester": none, "querier": none, "queryFrontend": none, "queryScheduler": none, "distributor": none,
		"compactor": none, "indexGateway": none, "bloomGateway": none, "bloomPlanner": none, "bloomBuilder": none,
		"gateway": off, "chunksCache": off, "resultsCache": off, "lokiCanary": off, "test": off, "minio": off, "sidecar": dict{"rules": off},
		"monitoring": dict{"serviceMonitor": dict{"enabled": scraped}},
	}
}
