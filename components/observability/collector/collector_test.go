package collector

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/components/internal/address"
	"github.com/ladder-platform/ladder/components/observability/capacity"
	"github.com/ladder-platform/ladder/components/observability/spec"
)

func at2(v any, path ...string) any {
	for _, key := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[key]
	}
	return v
}

// TestTheConstantAddressIsTheAgents: other rooms send there before they know anything else.
func TestTheConstantAddressIsTheAgents(t *testing.T) {
	values := plan(inJaeger).AgentValues()
	name, _ := at2(values, "fullnameOverride").(string)
	if host(name) != address.Collector || at2(values, "ports", "otlp", "servicePort") != address.CollectorPort {
		t.Errorf("%s:%v, want %s:%d", host(name), at2(values, "ports", "otlp", "servicePort"), address.Collector, address.CollectorPort)
	}
	if at2(values, "service", "enabled") != true {
		t.Error("the chart makes no Service for collectors on nodes unless told")
	}
}

// TestAllSpansOfATraceMeet: without one gateway for a trace, each judges a part.
func TestAllSpansOfATraceMeet(t *testing.T) {
	exporter := at2(plan(inJaeger).Agent(), "exporters", loadBalancing)
	if at2(exporter, "routing_key") != "traceID" || at2(exporter, "resolver", "dns", "hostname") != host(capacity.Gateway) {
		t.Errorf("%v", exporter)
	}
	if at2(plan(inJaeger).GatewayValues(), "service", "clusterIP") != "None" {
		t.Error("the gateways' name must lead to each of them, not to one address")
	}
}

func TestWhereKeptTracesGo(t *testing.T) {
	switched := spec.Config{OpenSearch: &spec.OpenSearch{}, Traces: &spec.Traces{Store: spec.TracesTempo, Jaeger: &spec.Jaeger{}, Tempo: &spec.Tempo{}}}
	for sentence, c := range map[string]struct {
		config   spec.Config
		exporter string
		endpoint any
	}{
		"to Jaeger": {inJaeger, otlpExporter, "jaeger.observability.svc.cluster.local:4317"},
		"to Tempo":  {inTempo, otlpExporter, "tempo.observability.svc.cluster.local:4317"},
		"to Tempo, while Jaeger is there for reading": {switched, otlpExporter, "tempo.observability.svc.cluster.local:4317"},
		"to Kafka": {byKafka, "kafka", nil},
	} {
		t.Run(sentence, func(t *testing.T) {
			gateway := plan(c.config).Gateway()
			exporter := at2(gateway, "exporters", c.exporter)
			if exporter == nil || at2(exporter, "endpoint") != c.endpoint {
				t.Fatalf("%v", at2(gateway, "exporters"))
			}
			if at2(exporter, "sending_queue", "storage") != fileStorage || at2(exporter, "retry_on_failure", "max_elapsed_time") != "0s" {
				t.Errorf("what a store does not take is kept on disk, for ever: %v", exporter)
			}
		})
	}
}

// TestKafkaIsReadAsLongAsItIsThere: what waits in it goes on to the store.
func TestKafkaIsReadAsLongAsItIsThere(t *testing.T) {
	noLonger := spec.Config{OpenSearch: &spec.OpenSearch{}, Kafka: &spec.Kafka{}, Traces: &spec.Traces{Jaeger: &spec.Jaeger{}}}
	if at2(plan(noLonger).Jaeger(), "receivers", "kafka", "group_id") != Group {
		t.Error("Jaeger does not read what is left in Kafka")
	}
	if at2(plan(inJaeger).Jaeger(), "receivers", "kafka") != nil {
		t.Error("Jaeger reads from a Kafka that is not there")
	}
}

func TestWhatIsKept(t *testing.T) {
	config := inJaeger
	config.Traces = &spec.Traces{Jaeger: &spec.Jaeger{}, KeepPercent: 5, SlowMilliseconds: 700, DecisionSeconds: 20}
	sampling := at2(plan(config).Gateway(), "processors", "tail_sampling")
	want := []any{
		map[string]any{"name": "broken", "type": "status_code", "status_code": map[string]any{"status_codes": []any{"ERROR"}}},
		map[string]any{"name": "slow", "type": "latency", "latency": map[string]any{"threshold_ms": 700}},
		map[string]any{"name": "some", "type": "probabilistic", "probabilistic": map[string]any{"sampling_percentage": 5}},
	}
	if diff := cmp.Diff(want, at2(sampling, "policies")); diff != "" || at2(sampling, "decision_wait") != "20s" {
		t.Errorf("wait %v (-want +got)\n%s", at2(sampling, "decision_wait"), diff)
	}
}

func TestTheBoundOnLoss(t *testing.T) {
	for sentence, c := range map[string]struct {
		traces spec.Traces
		want   Bound
	}{
		"as shipped: more than two hours without a store": {spec.Traces{}, Bound{StoreAway: 8388 * time.Second, GatewayGone: 5000, NodeGone: 1000}},
		"twice the disk, half the spans":                  {spec.Traces{QueueGiB: 20, SpansPerSecond: 500}, Bound{StoreAway: 33554 * time.Second, GatewayGone: 2500, NodeGone: 1000}},
		"more gateways, each with a part":                 {spec.Traces{Gateways: 4}, Bound{StoreAway: 16777 * time.Second, GatewayGone: 2500, NodeGone: 1000}},
	} {
		t.Run(sentence, func(t *testing.T) {
			c.traces.Jaeger = &spec.Jaeger{}
			got := plan(spec.Config{OpenSearch: &spec.OpenSearch{}, Traces: &c.traces}).Bound()
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestMemoryGrowsWithWhatWaits: spans of the decision time, with one gateway gone.
func TestMemoryGrowsWithWhatWaits(t *testing.T) {
	memory := func(spans int) int {
		config := inJaeger
		config.Traces = &spec.Traces{Jaeger: &spec.Jaeger{}, SpansPerSecond: spans}
		return plan(config).workload(capacity.Gateway).Memory
	}
	if few, many := memory(1000), memory(100_000); few != 294 || many != 4162 {
		t.Errorf("%d and %d MiB, want 294 and 4162", few, many)
	}
}

// TestEverythingHasRequestsLimitsAndASpread: nothing runs unbounded or all in one zone.
func TestEverythingHasRequestsLimitsAndASpread(t *testing.T) {
	p, q := plan(inJaeger), plan(inTempo)
	for name, c := range map[string]struct {
		values    map[string]any
		resources []string
		spread    []string
	}{
		"agent":   {p.AgentValues(), []string{"resources"}, []string{"tolerations"}},
		"gateway": {p.GatewayValues(), []string{"resources"}, []string{"topologySpreadConstraints"}},
		"jaeger":  {p.JaegerValues(nil), []string{"jaeger", "resources"}, []string{"jaeger", "topologySpreadConstraints"}},
		"tempo":   {q.TempoValues("text"), []string{"tempo", "resources"}, []string{"affinity", "podAntiAffinity"}},
	} {
		for _, path := range [][]string{append(c.resources, "requests", "cpu"), append(c.resources, "requests", "memory"), append(c.resources, "limits", "memory"), c.spread} {
			if at2(c.values, path...) == nil {
				t.Errorf("%s: no %s", name, strings.Join(path, "."))
			}
		}
	}
}

// TestTempoIsText: what the chart would take for a template must not be in it.
func TestTempoIsText(t *testing.T) {
	text, err := plan(inTempo).TempoText("a-bucket")
	if err != nil || strings.Contains(text, "{{") || !strings.Contains(text, `"bucket": "a-bucket"`) {
		t.Errorf("%v\n%s", err, text)
	}
}
