package collector

import (
	"encoding/json"
	"testing"

	"github.com/ladder-platform/ladder/components/observability/spec"
	"github.com/ladder-platform/ladder/internal/golden"
)

// judgedDir is where the components of the OpenTelemetry collector read and
// validate these configurations (docs/judges.md): a module of its own, so they
// go there as files.
const judgedDir = "../../../tests/upstream/tracing/testdata/"

// plan of a section, its defaults filled in.
func plan(c spec.Config) Plan {
	return Plan{
		Cluster: "dev-main", Region: "ap-northeast-2", Config: c.WithDefaults(), Scraped: true, JaegerImage: "docker.io/jaegertracing/jaeger:2.20.0",
	}
}

var (
	inJaeger = spec.Config{OpenSearch: &spec.OpenSearch{}, Traces: &spec.Traces{Jaeger: &spec.Jaeger{}}}
	byKafka  = spec.Config{OpenSearch: &spec.OpenSearch{}, Kafka: &spec.Kafka{}, Traces: &spec.Traces{Jaeger: &spec.Jaeger{}, Kafka: true}}
	inTempo  = spec.Config{Traces: &spec.Traces{Tempo: &spec.Tempo{}}}
)

func TestWhatTheJudgesRead(t *testing.T) {
	for name, config := range map[string]map[string]any{
		"agent": plan(inJaeger).Agent(), "gateway-jaeger": plan(inJaeger).Gateway(), "gateway-kafka": plan(byKafka).Gateway(), "gateway-tempo": plan(inTempo).Gateway(),
		"jaeger": plan(inJaeger).Jaeger(), "jaeger-kafka": plan(byKafka).Jaeger(), "tempo": plan(inTempo).Tempo("a-bucket"),
	} {
		text, err := json.MarshalIndent(config, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		golden.File(t, judgedDir+name+".json", string(text)+"\n")
	}
}
