package prometheus

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
)

// TestTheOperatorKnowsEveryField decodes what stacks registered strictly into
// prometheus-operator's own types: a field that it does not know, or of another
// type, does nothing in a cluster. Its schemas are judged with the API server
// (tests/upstream/judge), in the last version whose module the proxy has.
func TestTheOperatorKnowsEveryField(t *testing.T) {
	count := map[string]int{}
	for _, text := range manifests(t) {
		var head struct{ APIVersion, Kind string }
		if err := json.Unmarshal(text, &head); err != nil || head.APIVersion != "monitoring.coreos.com/v1" {
			continue
		}
		var into any
		switch head.Kind {
		case "PrometheusRule":
			into = &monitoring.PrometheusRule{}
		case "ServiceMonitor":
			into = &monitoring.ServiceMonitor{}
		case "PodMonitor":
			into = &monitoring.PodMonitor{}
		default:
			t.Errorf("nobody judges a %s", head.Kind)
			continue
		}
		count[head.Kind]++
		if err := strict(text, into); err != nil {
			t.Errorf("%s: %v\n%s", head.Kind, err, text)
		}
	}
	t.Log(count)
	if count["PrometheusRule"] == 0 {
		t.Error("no rules to judge")
	}
}

func TestTheOperatorRefusesAFieldThatItDoesNotKnow(t *testing.T) {
	for _, text := range []string{
		`{"kind":"PrometheusRule","spec":{"groups":[{"name":"a","rules":[{"alert":"A","expr":"up","severity":"critical"}]}]}}`,
		`{"kind":"PrometheusRule","spec":{"groups":[{"name":"a","rules":[{"alert":"A","expr":"up","labels":{"a":1}}]}]}}`,
	} {
		if err := strict([]byte(text), &monitoring.PrometheusRule{}); err == nil {
			t.Errorf("accepted: %s", text)
		}
	}
}

func strict(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

// manifests are the objects of the stacks that stacks() reads, as they are.
func manifests(t *testing.T) []json.RawMessage {
	t.Helper()
	files, err := filepath.Glob("testdata/stacks/*.json")
	if at := os.Getenv(manifestsVariable); at != "" {
		if files, err = filepath.Glob(filepath.Join(at, "*.json")); len(files) == 0 {
			files = []string{at}
		}
	}
	if err != nil || len(files) == 0 {
		t.Fatalf("nothing to judge: %v", err)
	}
	var out []json.RawMessage
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var all []json.RawMessage
		if err := json.Unmarshal(text, &all); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		out = append(out, all...)
	}
	return out
}
