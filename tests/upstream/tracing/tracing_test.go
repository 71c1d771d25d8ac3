package tracing

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/exporter/kafkaexporter"
	"github.com/open-telemetry/opentelemetry-collector-contrib/exporter/loadbalancingexporter"
	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/healthcheckextension"
	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/healthcheckv2extension"
	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/sigv4authextension"
	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/storage/filestorage"
	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/k8sattributesprocessor"
	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/resourceprocessor"
	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/tailsamplingprocessor"
	"github.com/open-telemetry/opentelemetry-collector-contrib/receiver/kafkareceiver"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/exporter/otlpexporter"
	"go.opentelemetry.io/collector/processor/memorylimiterprocessor"
	"go.opentelemetry.io/collector/receiver/otlpreceiver"
)

// factories of every component that the configurations name, by kind and type.
var factories = map[string]map[string]component.Factory{
	"receivers":  byType(otlpreceiver.NewFactory(), kafkareceiver.NewFactory()),
	"processors": byType(memorylimiterprocessor.NewFactory(), k8sattributesprocessor.NewFactory(), resourceprocessor.NewFactory(), tailsamplingprocessor.NewFactory()),
	"exporters":  byType(otlpexporter.NewFactory(), loadbalancingexporter.NewFactory(), kafkaexporter.NewFactory()),
	"extensions": byType(healthcheckextension.NewFactory(), healthcheckv2extension.NewFactory(), sigv4authextension.NewFactory(), filestorage.NewFactory()),
}

func byType(list ...component.Factory) map[string]component.Factory {
	out := map[string]component.Factory{}
	for _, f := range list {
		out[f.Type().String()] = f
	}
	return out
}

// jaegersOwn are the components whose module cannot be had.
var jaegersOwn = map[string]bool{"jaeger_storage": true, "jaeger_query": true, "jaeger_storage_exporter": true}

// read a configuration, with the variables that the chart or Kubernetes sets.
func read(t *testing.T, path string) map[string]any {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// File storage demands that its directories can be made.
	dir := t.TempDir()
	filled := strings.NewReplacer("${env:MY_POD_IP}", "10.0.0.1", "${env:KAFKA_BROKERS}", "b-1.example.com:9098", "${env:STORE_HOST}", "search.example.com",
		"/var/lib/otelcol", dir).Replace(string(text))
	var out map[string]any
	if err := json.Unmarshal([]byte(filled), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// judge reads one component's configuration strictly and validates it.
func judge(kind, id string, config any) error {
	var parsed component.ID
	if err := parsed.UnmarshalText([]byte(id)); err != nil {
		return err
	}
	factory, known := factories[kind][parsed.Type().String()]
	if !known {
		return errUnknown
	}
	into := factory.CreateDefaultConfig()
	fields, _ := config.(map[string]any)
	if err := confmap.NewFromStringMap(fields).Unmarshal(into); err != nil {
		return err
	}
	return confmap.Validate(into)
}

type unknown struct{}

func (unknown) Error() string { return "no such component" }

var errUnknown error = unknown{}

func configurations(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.json")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, p := range paths {
		if filepath.Base(p) != "tempo.json" {
			out = append(out, p)
		}
	}
	if len(out) < 6 {
		t.Fatalf("%d configurations: components/observability/collector writes six", len(out))
	}
	return out
}

// environment is what the chart, and the Pod Identity agent, give the containers.
// The validation of one component looks for its node's name, that of another for
// credentials; those here are worth nothing.
func environment(t *testing.T) {
	t.Helper()
	for name, value := range map[string]string{
		"OTEL_K8S_NODE_NAME": "node", "AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "nothing", "AWS_EC2_METADATA_DISABLED": "true",
	} {
		t.Setenv(name, value)
	}
}

func TestEveryComponentTakesItsConfiguration(t *testing.T) {
	environment(t)
	judged, left := 0, 0
	for _, path := range configurations(t) {
		config := read(t, path)
		for kind := range factories {
			components, _ := config[kind].(map[string]any)
			for id, fields := range components {
				if jaegersOwn[id] {
					left++
					continue
				}
				if err := judge(kind, id, fields); err != nil {
					t.Errorf("%s: %s.%s: %v", filepath.Base(path), kind, id, err)
				}
				judged++
			}
		}
	}
	t.Logf("%d components judged, %d of Jaeger's own are not", judged, left)
}

// TestPipelinesNameWhatIsThere: the service refers to components by ID.
func TestPipelinesNameWhatIsThere(t *testing.T) {
	for _, path := range configurations(t) {
		config := read(t, path)
		has := func(kind, id string) bool {
			_, ok := config[kind].(map[string]any)[id]
			return ok
		}
		service := config["service"].(map[string]any)
		used := map[string]bool{}
		check := func(kind string, ids any) {
			for _, id := range ids.([]any) {
				used[kind+"/"+id.(string)] = true
				if !has(kind, id.(string)) {
					t.Errorf("%s: the service names %s %s, which is not there", path, kind, id)
				}
			}
		}
		check("extensions", service["extensions"])
		for _, p := range service["pipelines"].(map[string]any) {
			pipeline := p.(map[string]any)
			for _, kind := range []string{"receivers", "processors", "exporters"} {
				check(kind, pipeline[kind])
			}
			if first := pipeline["processors"].([]any)[0]; first != "memory_limiter" {
				t.Errorf("%s: the first processor is %v: what memory_limiter would refuse is held already", path, first)
			}
		}
		for kind := range factories {
			for id := range config[kind].(map[string]any) {
				if !used[kind+"/"+id] {
					t.Errorf("%s: %s %s is there, and nothing uses it", path, kind, id)
				}
			}
		}
	}
}

// TestTheJudgeRefuses: each mistake is found, so that silence means something.
func TestTheJudgeRefuses(t *testing.T) {
	for sentence, c := range map[string]struct {
		kind, id string
		config   map[string]any
		want     string
	}{
		"a key that the exporter does not have": {"exporters", "load_balancing", map[string]any{"routing": "traceID"}, "routing"},
		"a policy of an unknown kind": {"processors", "tail_sampling", map[string]any{
			"policies": []any{map[string]any{"name": "x", "type": "latency", "latency": map[string]any{"treshold_ms": 5}}},
		}, "treshold_ms"},
		"a queue without room":              {"exporters", "otlp_grpc", map[string]any{"endpoint": "a:1", "sending_queue": map[string]any{"queue_size": 0}}, "queue_size"},
		"a limit of memory above the whole": {"processors", "memory_limiter", map[string]any{"check_interval": "1s", "limit_percentage": 120}, "percentage"},
		"a component that nobody has":       {"receivers", "nothing", nil, "no such component"},
	} {
		t.Run(sentence, func(t *testing.T) {
			err := judge(c.kind, c.id, c.config)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}
