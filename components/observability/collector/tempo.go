package collector

import (
	"encoding/json"
	"fmt"

	"github.com/ladder-platform/ladder/components/observability/capacity"
	"github.com/ladder-platform/ladder/components/observability/spec"
)

// Tempo is the configuration of Tempo 2: replicas of one process that share the
// work by a ring. bucket is its name in S3. Source: grafana/tempo v2.10.8,
// docs/sources/tempo/configuration and cmd/tempo/app/modules.go
// (scalable-single-binary).
func (p Plan) Tempo(bucket string) map[string]any {
	member := dict{"kvstore": dict{"store": "memberlist"}}
	ring := with(member, "replication_factor", spec.TempoCopies)
	return dict{
		"target":               "scalable-single-binary",
		"multitenancy_enabled": false,
		"usage_report":         dict{"reporting_enabled": false},
		"server":               dict{"http_listen_port": TempoPort, "grpc_listen_port": tempoGRPC},
		"distributor":          dict{"receivers": dict{"otlp": dict{"protocols": dict{"grpc": dict{"endpoint": at("0.0.0.0", grpcPort)}}}}, "ring": member},
		"ingester":             dict{"lifecycler": dict{"ring": ring}, "max_block_duration": "5m", "flush_all_on_shutdown": true},
		"compactor":            dict{"ring": member, "compaction": dict{"block_retention": fmt.Sprintf("%dh", 24*p.traces().RetentionDays)}},
		// Each replica's querier asks the frontends of all: any of them may answer.
		"querier":    dict{"frontend_worker": dict{"frontend_address": at(host(Gossip), tempoGRPC)}},
		"memberlist": dict{"abort_if_cluster_join_fails": false, "bind_port": gossipPort, "join_members": list{at(host(Gossip), gossipPort)}},
		"storage": dict{"trace": dict{
			"backend": "s3",
			"s3":      dict{"bucket": bucket, "endpoint": fmt.Sprintf("s3.%s.amazonaws.com", p.Region), "region": p.Region},
			"wal":     dict{"path": "/var/tempo/wal"},
		}},
	}
}

// TempoText is the configuration as the chart wants it: text. YAML that happens
// to be JSON, without anything that the chart would take for a template.
func (p Plan) TempoText(bucket string) (string, error) {
	b, err := json.MarshalIndent(p.Tempo(bucket), "", "  ")
	return string(b), err
}

// GossipSelector are the labels of Tempo's pods. Source: grafana-community
// helm-charts, tempo 2.2.4, _helpers.tpl.
func GossipSelector() map[string]string { return chartLabels(capacity.Tempo, capacity.Tempo) }

// chartLabels are what a chart's pods have: name and release.
func chartLabels(name, release string) map[string]string {
	return map[string]string{"app.kubernetes.io/name": name, "app.kubernetes.io/instance": release}
}

// GossipPorts of the Service of that name.
func GossipPorts() []any {
	port := func(name string, number int) dict {
		return dict{"name": name, "port": number, "targetPort": number, "protocol": "TCP"}
	}
	return list{port("tcp-gossip", gossipPort), port("grpc", tempoGRPC)}
}
