package logpipe

import (
	"encoding/json"
	"slices"

	"github.com/ladder-platform/ladder/components/observability/spec"
)

// Variables of the containers that hold what is known late.
const (
	// EnvStore is the host of the store, without scheme.
	EnvStore = "STORE_HOST"
	// EnvBrokers are Kafka's bootstrap brokers, EnvStream the ARN of its cluster.
	EnvBrokers = "KAFKA_BROKERS"
	EnvStream  = "KAFKA_CLUSTER_ARN"
)

// Kinds of logs, which are indices, topics and labels.
const (
	KindPods         = "logs-pods"
	KindNodes        = "logs-nodes"
	KindControlPlane = "logs-control-plane"
)

// Ports.
const (
	// RelayPort takes OTLP over HTTP: the port that IANA and the specification give to it.
	RelayPort = 4318
	// metricsPort is Fluent Bit's own server. Source: chart fluent-bit 0.58.1, values.yaml.
	metricsPort = 2020
	// lokiPort of Loki's HTTP API. Source: chart loki 18.11.0, values.yaml, loki.server.
	lokiPort = 3100
)

// Directory on the node, or in the pod, that holds positions and what could not
// be sent yet.
const Directory = "/var/lib/ladder-logs"

// Script is the name of the rules' file, and where the chart mounts it.
const (
	Script     = "rules.lua"
	scriptPath = "/fluent-bit/scripts/" + Script
)

// Plan is everything that the pipeline of one cluster depends on.
type Plan struct {
	// Cluster is the name in AWS, Region where its stores are.
	Cluster, Region string
	// Config of the whole section, defaults filled in.
	Config spec.Config
	// Agent is the name of the agents' pods, whose own logs are left out.
	Agent string
}

func (p Plan) logs() spec.Logs { return *p.Config.Logs }

// Kinds are the logs that are collected, in the order of spec.Sources.
func (p Plan) Kinds() []string {
	var out []string
	for _, k := range []struct{ source, kind string }{
		{spec.SourcePods, KindPods}, {spec.SourceNodes, KindNodes}, {spec.SourceControlPlane, KindControlPlane},
	} {
		if p.logs().From(k.source) {
			out = append(out, k.kind)
		}
	}
	return out
}

// OnNodes are the kinds that the agent on a node collects.
func (p Plan) OnNodes() []string {
	return slices.DeleteFunc(p.Kinds(), func(k string) bool { return k == KindControlPlane })
}

// NeedsRelay says whether something arrives that no agent collects: control
// plane logs, or records that wait in Kafka. With a Kafka section that logs do
// not use any more, the relay goes on until somebody removes the section.
func (p Plan) NeedsRelay() bool {
	return p.logs().From(spec.SourceControlPlane) || p.Config.Kafka != nil
}

// Section is one input, filter or output.
type Section map[string]any

// Config is a whole configuration of Fluent Bit in its YAML format.
type Config struct {
	Service  Section  `json:"service"`
	Pipeline Pipeline `json:"pipeline"`
}

// Pipeline is the part that records go through, in this order.
type Pipeline struct {
	Inputs  []Section `json:"inputs"`
	Filters []Section `json:"filters"`
	Outputs []Section `json:"outputs"`
}

// Text is the configuration as a file: YAML that happens to be JSON. The chart
// reads it as a template, which only {{ would be; the rules for what users write
// keep that out, and indented JSON has none of its own.
func (c Config) Text() string {
	b, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		panic(err) // strings, numbers and lists only, all written here
	}
	return string(b) + "\n"
}
