package collector

import (
	"fmt"

	"github.com/ladder-platform/ladder/components/observability/capacity"
)

// Jaeger is the configuration of Jaeger 2: it takes what gateways send, or reads
// it from Kafka, writes to OpenSearch and answers queries. Each replica does all.
func (p Plan) Jaeger() map[string]any {
	receivers, from := dict{"otlp": dict{"protocols": dict{"grpc": dict{"endpoint": at("0.0.0.0", grpcPort)}}}}, list{"otlp"}
	// Kafka's section may outlive its use: what is still there goes on to the store.
	if p.Config.Kafka != nil {
		receivers["kafka"] = dict{
			"brokers": list{"${env:" + EnvBrokers + "}"}, "tls": dict{}, "auth": p.signed(),
			"traces": dict{"topics": list{Topic}, "encoding": "otlp_proto"}, "group_id": Group, "initial_offset": "earliest",
			// A message counts as read when it is written, and is tried again until then.
			"message_marking": dict{"after": true, "on_error": false},
			"error_backoff":   dict{"enabled": true, "initial_interval": "1s", "max_interval": "30s", "max_elapsed_time": "0s"},
		}
		from = append(from, "kafka")
	}
	days := dict{"rotation": dict{"periodic": dict{"date_layout": "2006-01-02", "rollover_frequency": "day"}}, "shards": 1, "replicas": 1}
	return dict{
		"service": dict{
			"extensions": list{"sigv4auth", "jaeger_storage", "jaeger_query", "healthcheckv2"},
			"pipelines":  dict{"traces": dict{"receivers": from, "processors": list{"memory_limiter"}, "exporters": list{"jaeger_storage_exporter"}}},
			"telemetry": dict{
				"resource": dict{"service.name": "jaeger"},
				"metrics":  dict{"level": "normal", "readers": list{dict{"pull": dict{"exporter": dict{"prometheus": dict{"host": "0.0.0.0", "port": MetricsPort}}}}}},
			},
		},
		"extensions": dict{
			"sigv4auth":     dict{"region": p.Region, "service": "es"},
			"healthcheckv2": dict{"use_v2": true, "http": dict{"endpoint": at("0.0.0.0", healthPort)}},
			"jaeger_query":  dict{"storage": dict{"traces": "search"}, "http": dict{"endpoint": at("0.0.0.0", QueryPort)}, "grpc": dict{"endpoint": at("0.0.0.0", QueryPort-1)}},
			"jaeger_storage": dict{"backends": dict{"search": dict{"opensearch": dict{
				"server_urls":     list{"https://${env:" + EnvStore + "}"},
				"auth":            dict{"authenticator": "sigv4auth"},
				"create_mappings": true,
				"bulk_processing": dict{"flush_interval": "1s", "workers": 2},
				"indices": dict{
					"index_prefix": IndexPrefix, "spans": days, "services": days, "dependencies": days, "sampling": days,
				},
			}}}},
		},
		"receivers":  receivers,
		"processors": dict{"memory_limiter": memoryLimiter()},
		"exporters":  dict{"jaeger_storage_exporter": dict{"trace_storage": "search"}},
	}
}

// Lifecycle is the policy by which OpenSearch deletes Jaeger's indices. Source:
// OpenSearch documentation, Index State Management, read 2026-11.
func (p Plan) Lifecycle() map[string]any {
	keep := p.traces().RetentionDays
	return dict{"policy": dict{
		"description": fmt.Sprintf("traces are kept for %d days", keep), "default_state": "kept",
		"states": list{
			dict{"name": "kept", "actions": list{}, "transitions": list{dict{"state_name": "delete", "conditions": dict{"min_index_age": fmt.Sprintf("%dd", keep)}}}},
			dict{"name": "delete", "actions": list{dict{"delete": dict{}}}, "transitions": list{}},
		},
		"ism_template": list{dict{"index_patterns": list{IndexPrefix + "-jaeger-*"}, "priority": 100}},
	}}
}

// JaegerSelector are the labels of Jaeger's pods. Source: jaegertracing/helm-charts,
// jaeger 4.11.1, templates/_helpers.tpl.
func (p Plan) JaegerSelector() map[string]string {
	return chartLabels(capacity.Jaeger, capacity.Jaeger)
}
