package collector

import (
	"strconv"

	"github.com/ladder-platform/ladder/components/observability/capacity"
)

// Names of components since 0.156; the old ones are deprecated aliases.
// Source: opentelemetry-collector-contrib 0.158, metadata of each component.
const (
	loadBalancing = "load_balancing"
	otlpExporter  = "otlp_grpc"
	kubernetes    = "k8s_attributes"
)

// Agent is the configuration of the collector on each node. It says of each
// span which pod it is from, and hands all spans of a trace to one gateway.
func (p Plan) Agent() map[string]any {
	return dict{
		"receivers": dict{"otlp": otlp()},
		"processors": dict{
			"memory_limiter": memoryLimiter(),
			kubernetes: dict{
				"auth_type": "serviceAccount",
				// A collector knows the pods of its own node; spans of others come when
				// its neighbour is away, and go on without.
				"filter": dict{"node_from_env_var": "OTEL_K8S_NODE_NAME"},
				"extract": dict{"metadata": list{
					"k8s.namespace.name", "k8s.pod.name", "k8s.pod.uid", "k8s.node.name", "k8s.deployment.name",
				}},
				"pod_association": list{
					dict{"sources": list{dict{"from": "resource_attribute", "name": "k8s.pod.ip"}}},
					dict{"sources": list{dict{"from": "connection"}}},
				},
			},
			"resource": dict{"attributes": list{
				dict{"key": "k8s.cluster.name", "value": p.Cluster, "action": "upsert"},
			}},
		},
		"exporters": dict{loadBalancing: dict{
			"routing_key": "traceID",
			"protocol":    dict{"otlp": dict{"tls": plain(), "timeout": "5s"}},
			"resolver": dict{"dns": dict{
				"hostname": host(capacity.Gateway), "port": strconv.Itoa(grpcPort), "interval": "5s", "timeout": "1s",
			}},
			// A gateway that goes takes its queue along; what waits here finds the next one.
			"sending_queue":    dict{"enabled": true, "queue_size": agentQueue, "num_consumers": 4},
			"retry_on_failure": dict{"enabled": true, "initial_interval": "1s", "max_interval": "10s", "max_elapsed_time": agentPatience},
		}},
		"extensions": dict{"health_check": health()},
		"service": service(list{"health_check"}, dict{"traces": dict{
			"receivers": list{"otlp"}, "processors": list{"memory_limiter", kubernetes, "resource"}, "exporters": list{loadBalancing},
		}}),
	}
}

// What a collector on a node keeps while no gateway takes it: requests in
// memory, and how long it tries with each.
const (
	agentQueue    = 1000
	agentPatience = "60s"
)
