package collector

import (
	"fmt"

	"github.com/ladder-platform/ladder/components/internal/address"
	"github.com/ladder-platform/ladder/components/observability/capacity"
	"github.com/ladder-platform/ladder/components/observability/spec"
)

// Ports.
const (
	grpcPort   = address.CollectorPort
	httpPort   = 4318  // the port that IANA and the OTLP specification give to OTLP/HTTP
	healthPort = 13133 // the health check extension's own; the charts' probes ask there
	// MetricsPort answers Prometheus: the collectors' own telemetry.
	MetricsPort = 8888
	// QueryPort is Jaeger's user interface and API.
	QueryPort = 16686
	// TempoPort is Tempo's HTTP API.
	TempoPort = 3200
	// gossipPort is where Tempo's replicas find each other.
	gossipPort = 7946
	// tempoGRPC is where Tempo's queriers ask its query frontends.
	tempoGRPC = 9095
)

// Variables of containers that hold what is known late.
const (
	// EnvStore is the host of the OpenSearch domain, without scheme.
	EnvStore = "STORE_HOST"
	// EnvBrokers are Kafka's bootstrap brokers, comma separated.
	EnvBrokers = "KAFKA_BROKERS"
	// podIP is what the chart itself sets.
	podIP = "${env:MY_POD_IP}"
)

// Topic of kept traces in Kafka, and Group that reads it.
const (
	Topic = "traces"
	Group = "jaeger"
)

// IndexPrefix of Jaeger's indices: traces-jaeger-span-2026-11-21 and so on.
const IndexPrefix = "traces"

// Gossip is the name of the headless Service by which Tempo's replicas find each other.
const Gossip = capacity.Tempo + "-gossip"

// Plan is everything that the pipeline of one cluster depends on.
type Plan struct {
	// Cluster is the name in AWS, Region where its stores are.
	Cluster, Region string
	// Config of the whole section, defaults filled in; it has traces.
	Config spec.Config
	// Scraped says that Prometheus is there, so that monitors are.
	Scraped bool
	// JaegerImage is repository:tag; only with Jaeger.
	JaegerImage string
}

type (
	dict = map[string]any
	list = []any
)

func (p Plan) traces() spec.Traces { return *p.Config.Traces }

// host of a Service of the room.
func host(name string) string {
	return name + "." + address.ObservabilityNamespace + ".svc.cluster.local"
}

func at(host string, port int) string { return fmt.Sprintf("%s:%d", host, port) }

// workload is what the capacity table says of a workload of traces.
func (p Plan) workload(name string) capacity.Workload {
	for _, w := range capacity.Traces(p.Config.Traces) {
		if w.Name == name {
			return w
		}
	}
	panic("collector: no workload " + name) // named in this package only
}

// plain: what stays inside the namespace goes in plain text. The namespace is
// outside the mesh, and its network policies let nobody else in.
func plain() dict { return dict{"insecure": true} }

// memoryLimiter refuses before the container's limit is reached; clients try again.
func memoryLimiter() dict {
	return dict{"check_interval": "1s", "limit_percentage": 80, "spike_limit_percentage": 20}
}

func otlp() dict {
	return dict{"protocols": dict{
		"grpc": dict{"endpoint": fmt.Sprintf("%s:%d", podIP, grpcPort)},
		"http": dict{"endpoint": fmt.Sprintf("%s:%d", podIP, httpPort)},
	}}
}

// service is the part of a configuration that puts the others together.
func service(extensions list, pipelines dict) dict {
	return dict{
		"extensions": extensions, "pipelines": pipelines,
		"telemetry": dict{"metrics": dict{"readers": list{dict{"pull": dict{"exporter": dict{"prometheus": dict{"host": podIP, "port": MetricsPort}}}}}}},
	}
}

func health() dict { return dict{"endpoint": fmt.Sprintf("%s:%d", podIP, healthPort)} }
