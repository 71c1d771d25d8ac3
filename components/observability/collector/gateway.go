package collector

import (
	"fmt"
	"time"
)

const (
	fileStorage = "file_storage"
	// queueDirectory is the mount of the gateway's disk.
	queueDirectory = "/var/lib/otelcol"
	// queueShare of the disk may hold waiting spans, in percent: a bolt file that
	// is compacted exists twice for a moment, and grows in doubling steps.
	queueShare = 40
	gib        = 1 << 30
	// spanBytes is a span on the wire, uncompressed, for the sums of this package.
	spanBytes = 1024
	// spansPerTrace for the number of traces that wait at a time: a request
	// through gateway, waypoint and two services.
	spansPerTrace = 8
	// decided traces whose verdict is remembered, for spans that come late.
	decisions = 100_000
)

// Gateway is the configuration of a collector that sees whole traces.
func (p Plan) Gateway() map[string]any {
	out, exporter := p.exporter()
	return dict{
		"receivers": dict{"otlp": otlp()},
		"processors": dict{
			"memory_limiter": memoryLimiter(),
			"tail_sampling":  p.sampling(),
		},
		"exporters": dict{out: exporter},
		"extensions": dict{
			"health_check": health(),
			fileStorage: dict{
				"directory": queueDirectory + "/queue", "create_directory": true,
				"compaction": dict{"on_start": true, "on_rebound": true, "directory": queueDirectory + "/queue", "cleanup_on_start": true},
			},
		},
		"service": service(list{"health_check", fileStorage}, dict{"traces": dict{
			"receivers": list{"otlp"}, "processors": list{"memory_limiter", "tail_sampling"}, "exporters": list{out},
		}}),
	}
}

// sampling keeps what is broken or slow, and a part of the rest. A trace is kept
// when one of the policies says so.
func (p Plan) sampling() dict {
	t := p.traces()
	return dict{
		"decision_wait":               fmt.Sprintf("%ds", t.DecisionSeconds),
		"num_traces":                  p.waitingTraces(),
		"expected_new_traces_per_sec": max(1, t.SpansPerSecond/spansPerTrace),
		"decision_cache":              dict{"sampled_cache_size": decisions, "non_sampled_cache_size": decisions},
		"policies": list{
			dict{"name": "broken", "type": "status_code", "status_code": dict{"status_codes": list{"ERROR"}}},
			dict{"name": "slow", "type": "latency", "latency": dict{"threshold_ms": t.SlowMilliseconds}},
			dict{"name": "some", "type": "probabilistic", "probabilistic": dict{"sampling_percentage": t.KeepPercent}},
		},
	}
}

// waitingTraces is room for all traces that wait at one gateway when another is
// gone, twice: traces are shorter than reckoned on some days.
func (p Plan) waitingTraces() int {
	t := p.traces()
	return max(10_000, 2*t.SpansPerSecond/spansPerTrace*t.DecisionSeconds/max(1, t.Gateways-1))
}

// exporter is where kept traces go, through a queue on the gateway's disk.
func (p Plan) exporter() (name string, config dict) {
	queue := dict{
		"enabled": true, "storage": fileStorage, "sizer": "bytes", "queue_size": p.queueBytes(), "num_consumers": 4,
		"batch": dict{"sizer": "items", "flush_timeout": "1s", "min_size": 2000, "max_size": 5000},
	}
	// For ever: what does not fit on the disk is refused, and counted.
	retry := dict{"enabled": true, "initial_interval": "1s", "max_interval": "30s", "max_elapsed_time": "0s"}
	t := p.traces()
	if t.Kafka {
		return "kafka", dict{
			"brokers": list{"${env:" + EnvBrokers + "}"}, "tls": dict{}, "auth": p.signed(),
			"traces":   dict{"topic": Topic, "encoding": "otlp_proto"},
			"producer": dict{"required_acks": "all", "compression": "zstd", "max_message_bytes": maxMessage, "allow_auto_topic_creation": false},
			// A message is a batch: small enough for a broker.
			"sending_queue":    with(queue, "batch", dict{"sizer": "bytes", "flush_timeout": "1s", "min_size": maxMessage / 4, "max_size": maxMessage / 2}),
			"retry_on_failure": retry,
		}
	}
	return otlpExporter, dict{
		"endpoint": at(host(p.store()), grpcPort), "tls": plain(), "timeout": "10s", "compression": "gzip",
		"sending_queue": queue, "retry_on_failure": retry,
	}
}

// maxMessage is what a broker of MSK takes unless told otherwise. Source: Apache
// Kafka, broker setting message.max.bytes, 1048588; read 2026-11.
const maxMessage = 1_000_000

// store is the Service that takes traces.
func (p Plan) store() string { return p.traces().Store } // named after what answers there

// signed: MSK knows who calls by IAM.
func (p Plan) signed() dict {
	return dict{"sasl": dict{"mechanism": "AWS_MSK_IAM_OAUTHBEARER", "aws_msk": dict{"region": p.Region}}}
}

func with(d dict, key string, value any) dict {
	out := dict{key: value}
	for k, v := range d {
		if k != key {
			out[k] = v
		}
	}
	return out
}

func (p Plan) queueBytes() int { return p.traces().QueueGiB * gib / 100 * queueShare }

// Bound is what can be lost, reckoned from the plan.
type Bound struct {
	// StoreAway is how long what the gateways send to may be away before they
	// refuse kept spans.
	StoreAway time.Duration
	// GatewayGone is how many spans go with a gateway that ends at once: those
	// that wait for the decision there. Kept spans are on its disk.
	GatewayGone int
	// NodeGone is how many requests of spans go with a node.
	NodeGone int
}

// Bound of the plan. At worst everything is broken or slow, and kept.
func (p Plan) Bound() Bound {
	t := p.traces()
	perGateway := max(1, t.SpansPerSecond/t.Gateways)
	return Bound{
		StoreAway:   time.Duration(p.queueBytes()/spanBytes/perGateway) * time.Second,
		GatewayGone: perGateway * t.DecisionSeconds,
		NodeGone:    agentQueue,
	}
}
