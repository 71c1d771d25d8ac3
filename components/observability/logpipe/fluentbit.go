package logpipe

import (
	"fmt"

	"github.com/ladder-platform/ladder/components/observability/spec"
)

// Sizes of Fluent Bit's buffers. Source of what they do: Fluent Bit 5.1 manual,
// pipeline/buffering and administration/backpressure, read 2026-11.
const (
	// chunksUp are the chunks of about 2 MB in memory; the others are on disk only.
	agentChunksUp = 64
	relayChunksUp = 32
	// ChunkMB is the size at which a chunk is full. Source: the same, "about 2MB".
	ChunkMB = 2
	// KafkaQueueMB is what librdkafka holds in memory between a chunk and a
	// broker's acknowledgement: lost when the agent is killed meanwhile.
	KafkaQueueMB = 32
	// podShare of the buffer is for pods, the rest for the node's own logs, so
	// that a noisy pod does not push out what explains it. In percent.
	podShare = 80
	// retryBase and retryCap seconds between attempts.
	retryBase, retryCap = 1, 60
)

// OnNode is what runs on each node.
func (p Plan) OnNode() Config {
	c := Config{Service: service(agentChunksUp)}
	for _, kind := range p.OnNodes() {
		switch kind {
		case KindPods:
			c.Pipeline.Inputs = append(c.Pipeline.Inputs, p.podInput())
			c.Pipeline.Filters = append(c.Pipeline.Filters, kubernetesFilter())
		case KindNodes:
			c.Pipeline.Inputs = append(c.Pipeline.Inputs, nodeInputs()...)
		}
	}
	c.Pipeline.Filters = append(c.Pipeline.Filters, p.rulesFilter("*"))
	for _, kind := range p.OnNodes() {
		out := p.storeOutput(kind, tagOf(kind))
		if p.logs().Kafka {
			out = p.kafkaOutput(kind, tagOf(kind))
		}
		out["storage.total_limit_size"] = p.limit(kind)
		c.Pipeline.Outputs = append(c.Pipeline.Outputs, out)
	}
	return c
}

// limit is the share of the node's buffer that a kind may fill.
func (p Plan) limit(kind string) string {
	mb := p.logs().BufferGiB * 1024
	pods := mb * podShare / 100
	if len(p.OnNodes()) == 1 {
		pods = mb
	}
	if kind == KindPods {
		return fmt.Sprintf("%dM", pods)
	}
	if len(p.OnNodes()) == 1 {
		return fmt.Sprintf("%dM", mb)
	}
	return fmt.Sprintf("%dM", mb-pods)
}

// tagOf is the pattern of the tags of a kind.
func tagOf(kind string) string {
	return map[string]string{KindPods: "kube.*", KindNodes: "node.*", KindControlPlane: "control.*"}[kind]
}

func service(chunksUp int) Section {
	return Section{
		"flush": 1, "daemon": "off", "log_level": "info", "grace": 30,
		"parsers_file": "/fluent-bit/etc/parsers.conf",
		"http_server":  "on", "http_listen": "0.0.0.0", "http_port": metricsPort,
		"health_check": "on", "hc_errors_count": 5, "hc_retry_failure_count": 5, "hc_period": 60,
		"storage.path": Directory + "/storage", "storage.sync": "normal", "storage.checksum": "off", "storage.metrics": "on",
		"storage.max_chunks_up": chunksUp, "storage.backlog.mem_limit": "32M",
		"scheduler.base": retryBase, "scheduler.cap": retryCap,
	}
}

// podInput reads what the container runtime writes. A position is kept for each
// file, so a restarted agent goes on where the last one was.
func (p Plan) podInput() Section {
	return Section{
		"name": "tail", "tag": "kube.*", "path": "/var/log/containers/*.log",
		"exclude_path":     "/var/log/containers/" + p.Agent + "-*.log", // what it says of itself would never end
		"multiline.parser": "cri", "db": Directory + "/pods.db", "db.locking": true,
		"read_from_head": true, "refresh_interval": 10, "rotate_wait": 30,
		"buffer_max_size": "512k", "skip_long_lines": true, "skip_empty_lines": true,
		"storage.type": "filesystem",
	}
}

// nodeInputs read the journal: one input for each unit, since a key of a
// configuration stands there once.
func nodeInputs() []Section {
	var out []Section
	for _, unit := range []struct{ name, filter string }{
		{"kubelet", "_SYSTEMD_UNIT=kubelet.service"}, {"containerd", "_SYSTEMD_UNIT=containerd.service"}, {"kernel", "_TRANSPORT=kernel"},
	} {
		out = append(out, Section{
			"name": "systemd", "tag": "node." + unit.name, "path": "/var/log/journal", "systemd_filter": unit.filter,
			"db": Directory + "/" + unit.name + ".db", "strip_underscores": true, "lowercase": true, "read_from_tail": false,
			"storage.type": "filesystem",
		})
	}
	return out
}

// kubernetesFilter adds namespace, pod and labels, and parses lines of JSON
// below one key: below none, two teams' fields of one name and different types
// would keep OpenSearch from taking either.
func kubernetesFilter() Section {
	return Section{
		"name": "kubernetes", "match": "kube.*", "kube_tag_prefix": "kube.var.log.containers.",
		"merge_log": true, "merge_log_key": "fields", "keep_log": true, "merge_log_trim": true,
		"labels": true, "annotations": false, "k8s-logging.parser": false, "k8s-logging.exclude": false,
		"buffer_size": "256k", "kube_meta_cache_ttl": "10m",
	}
}

// rulesFilter drops, redacts and adds the cluster's name.
func (p Plan) rulesFilter(match string) Section {
	return Section{"name": "lua", "match": match, "script": scriptPath, "call": "rules", "time_as_table": true, "protected_mode": true}
}

// storeOutput writes a kind into the store, for ever until it is there.
func (p Plan) storeOutput(kind, match string) Section {
	if p.Config.LogStore() == spec.LogsLoki {
		return Section{
			"name": "loki", "match": match, "host": "${" + EnvStore + "}", "port": lokiPort, "compress": "gzip",
			"labels":      fmt.Sprintf("cluster=%s, kind=%s, namespace=$kubernetes['namespace_name'], container=$kubernetes['container_name']", p.Cluster, kind),
			"line_format": "json", "retry_limit": "no_limits",
		}
	}
	return Section{
		"name": "opensearch", "match": match, "host": "${" + EnvStore + "}", "port": 443, "tls": true, "tls.verify": true,
		"aws_auth": true, "aws_region": p.Region, "suppress_type_name": true, "replace_dots": true,
		"logstash_format": true, "logstash_prefix": kind, "logstash_dateformat": "%Y.%m.%d", "time_key": "@timestamp", "time_key_nanos": true,
		// The same record has the same _id, so that a retry makes no second one.
		"generate_id": true, "compress": "gzip", "trace_error": true, "retry_limit": "no_limits",
	}
}

// kafkaOutput writes a kind into its topic. All in-sync replicas acknowledge,
// and a record waits in the queue as long as it takes.
func (p Plan) kafkaOutput(kind, match string) Section {
	out := p.stream("kafka")
	for k, v := range map[string]any{
		"match": match, "topics": kind, "format": "json", "timestamp_key": "@timestamp", "timestamp_format": "iso8601_ns",
		"rdkafka.request.required.acks": "all", "rdkafka.enable.idempotence": "true", "rdkafka.compression.codec": "snappy",
		"rdkafka.message.timeout.ms": 0, "rdkafka.queue.buffering.max.kbytes": KafkaQueueMB * 1024,
		"queue_full_retries": 0, "retry_limit": "no_limits",
	} {
		out[k] = v
	}
	return out
}

func (p Plan) stream(name string) Section {
	return Section{"name": name, "brokers": "${" + EnvBrokers + "}", "aws_msk_iam": true, "aws_msk_iam_cluster_arn": "${" + EnvStream + "}"}
}

// Group is the consumer group of the relays.
const Group = "ladder-logs"

// Relay takes what no agent collects.
func (p Plan) Relay() Config {
	c := Config{Service: service(relayChunksUp)}
	if p.logs().From(spec.SourceControlPlane) {
		c.Pipeline.Inputs = append(c.Pipeline.Inputs, Section{
			"name": "opentelemetry", "tag": "control.cloudwatch", "listen": "0.0.0.0", "port": RelayPort, "logs_body_key": "log",
			"storage.type": "filesystem", "storage.pause_on_chunks_overlimit": "on",
		})
		c.Pipeline.Filters = append(c.Pipeline.Filters, p.rulesFilter("control.*"))
		out := p.storeOutput(KindControlPlane, tagOf(KindControlPlane))
		if p.logs().Kafka {
			out = p.kafkaOutput(KindControlPlane, tagOf(KindControlPlane))
		}
		c.Pipeline.Outputs = append(c.Pipeline.Outputs, out)
	}
	if p.Config.Kafka == nil {
		return c
	}
	for _, kind := range p.Kinds() {
		in := p.stream("kafka")
		for k, v := range map[string]any{
			"tag": "stored." + kind, "topics": kind, "group_id": Group, "format": "json", "enable_auto_commit": "false",
			"rdkafka.auto.offset.reset": "earliest", "storage.type": "filesystem", "storage.pause_on_chunks_overlimit": "on",
		} {
			in[k] = v
		}
		c.Pipeline.Inputs = append(c.Pipeline.Inputs, in)
		c.Pipeline.Outputs = append(c.Pipeline.Outputs, p.storeOutput(kind, "stored."+kind))
	}
	c.Pipeline.Filters = append(c.Pipeline.Filters, Section{
		"name": "lua", "match": "stored.*", "script": scriptPath, "call": "unwrap", "time_as_table": true, "protected_mode": true,
	})
	return c
}
