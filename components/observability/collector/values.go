package collector

import (
	"fmt"
	"strings"

	"github.com/ladder-platform/ladder/components/observability/capacity"
)

// collectorImage holds every component that the configurations name; the tag is
// the chart's. Source: open-telemetry/opentelemetry-collector-releases,
// distributions/otelcol-contrib.
const collectorImage = "otel/opentelemetry-collector-contrib"

// user of the containers, for the disks. Source: opentelemetry-collector-releases
// and grafana/tempo, Dockerfile, both 10001.
const user = 10001

// graceSeconds lets a gateway judge what waits, and write what it keeps to its disk.
const graceSeconds = 60

// AgentValues are those of the chart opentelemetry-collector on each node.
// Source of all keys: open-telemetry/opentelemetry-helm-charts,
// opentelemetry-collector 0.170.0, values.yaml and templates.
func (p Plan) AgentValues() map[string]any {
	v := p.collectorValues(capacity.Agent, "daemonset", p.Agent())
	// Pods hand spans to the collector of their own node.
	v["service"] = dict{"enabled": true, "internalTrafficPolicy": "Local"}
	v["tolerations"] = list{dict{"operator": "Exists"}}
	v["priorityClassName"] = "system-node-critical"
	v["rollout"] = dict{"rollingUpdate": dict{"maxUnavailable": "10%"}}
	v["clusterRole"] = dict{"create": true, "rules": list{
		dict{"apiGroups": list{""}, "resources": list{"pods", "namespaces"}, "verbs": list{"get", "watch", "list"}},
		dict{"apiGroups": list{"apps"}, "resources": list{"replicasets"}, "verbs": list{"get", "watch", "list"}},
	}}
	return v
}

// GatewayValues are those of the same chart as gateways, each with a disk.
func (p Plan) GatewayValues() map[string]any {
	v := p.collectorValues(capacity.Gateway, "statefulset", p.Gateway())
	t := p.traces()
	v["replicaCount"] = t.Gateways
	v["terminationGracePeriodSeconds"] = graceSeconds
	// Without an address of its own, so that its name says where each gateway is.
	v["service"] = dict{"clusterIP": "None"}
	v["podSecurityContext"] = dict{"runAsNonRoot": true, "runAsUser": user, "runAsGroup": user, "fsGroup": user, "seccompProfile": dict{"type": "RuntimeDefault"}}
	v["statefulset"] = dict{"podManagementPolicy": "Parallel", "volumeClaimTemplates": list{dict{
		"metadata": dict{"name": "queue"},
		"spec":     dict{"accessModes": list{"ReadWriteOnce"}, "resources": dict{"requests": dict{"storage": fmt.Sprintf("%dGi", t.QueueGiB)}}},
	}}}
	v["extraVolumeMounts"] = list{dict{"name": "queue", "mountPath": queueDirectory}}
	v["podDisruptionBudget"] = dict{"enabled": true, "maxUnavailable": 1}
	v["topologySpreadConstraints"] = spread(chartLabels("opentelemetry-collector", capacity.Gateway))
	return v
}

// collectorValues are what both have in common.
func (p Plan) collectorValues(name, mode string, config dict) dict {
	off, on := dict{"enabled": false}, dict{"enabled": true}
	v := dict{
		"fullnameOverride": name, "mode": mode, "image": dict{"repository": collectorImage}, "resources": p.workload(name).Resources(),
		// The whole configuration: the chart's own has receivers that nobody asked for.
		"alternateConfig": config,
		"ports": dict{
			"otlp":      dict{"enabled": true, "containerPort": grpcPort, "servicePort": grpcPort, "hostPort": 0, "protocol": "TCP", "appProtocol": "grpc"},
			"otlp-http": dict{"enabled": true, "containerPort": httpPort, "servicePort": httpPort, "hostPort": 0, "protocol": "TCP"},
			"metrics":   dict{"enabled": true, "containerPort": MetricsPort, "servicePort": MetricsPort, "protocol": "TCP"},
			"zipkin":    off, "jaeger-compact": off, "jaeger-thrift": off, "jaeger-grpc": off,
		},
		"securityContext": dict{"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": dict{"drop": list{"ALL"}}},
	}
	if p.Scraped {
		v["podMonitor"] = on
	}
	return v
}

// JaegerValues are those of the chart jaeger. It runs one Deployment in which
// each replica takes, writes and answers. Source of all keys:
// jaegertracing/helm-charts, jaeger 4.11.1, values.yaml and templates.
func (p Plan) JaegerValues(env list) map[string]any {
	repository, tag := image(p.JaegerImage)
	w := p.workload(capacity.Jaeger)
	return dict{
		"fullnameOverride": capacity.Jaeger, "userconfig": p.Jaeger(),
		// The chart would ask for an Elasticsearch of its own otherwise.
		"storage": dict{"type": "none"},
		"jaeger": dict{
			"replicas": w.Replicas, "image": dict{"repository": repository, "tag": tag}, "resources": w.Resources(), "extraEnv": env,
			// The chart's own way is to stop all and start all.
			"strategy":                  dict{"type": "RollingUpdate", "rollingUpdate": dict{"maxUnavailable": 1, "maxSurge": 1}},
			"topologySpreadConstraints": spread(chartLabels(capacity.Jaeger, capacity.Jaeger)),
			"securityContext":           dict{"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "runAsNonRoot": true, "capabilities": dict{"drop": list{"ALL"}}},
		},
	}
}

// TempoValues are those of the chart tempo. config is TempoText. Source of all
// keys: grafana-community/helm-charts, tempo 2.2.4, values.yaml and templates.
func (p Plan) TempoValues(config any) map[string]any {
	w := p.workload(capacity.Tempo)
	labels := chartLabels(capacity.Tempo, capacity.Tempo)
	return dict{
		"fullnameOverride": capacity.Tempo, "replicas": w.Replicas, "config": config,
		"tempo":       dict{"resources": w.Resources(), "memBallastSizeMbs": 0, "reportingEnabled": false},
		"persistence": dict{"enabled": true, "size": fmt.Sprintf("%dGi", p.traces().Tempo.VolumeGiB)},
		// The chart has no spread constraints: replicas of one zone would hold copies
		// of the same data.
		"affinity": dict{"podAntiAffinity": dict{
			"requiredDuringSchedulingIgnoredDuringExecution": list{dict{
				"topologyKey": "kubernetes.io/hostname", "labelSelector": dict{"matchLabels": texts(labels)},
			}},
			"preferredDuringSchedulingIgnoredDuringExecution": list{dict{"weight": 100, "podAffinityTerm": dict{
				"topologyKey": "topology.kubernetes.io/zone", "labelSelector": dict{"matchLabels": texts(labels)},
			}}},
		}},
		"serviceMonitor": dict{"enabled": p.Scraped},
	}
}

// spread puts pods into different zones while it can, and on different nodes.
func spread(match map[string]string) list {
	one := func(key string) dict {
		return dict{"maxSkew": 1, "topologyKey": key, "whenUnsatisfiable": "ScheduleAnyway", "labelSelector": dict{"matchLabels": texts(match)}}
	}
	return list{one("topology.kubernetes.io/zone"), one("kubernetes.io/hostname")}
}

func texts(m map[string]string) dict {
	out := dict{}
	for k, v := range m {
		out[k] = v
	}
	return out
}

// image cuts repository:tag in two.
func image(reference string) (repository, tag string) {
	repository, tag, _ = strings.Cut(reference, ":")
	return repository, tag
}
