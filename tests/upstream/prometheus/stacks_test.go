package prometheus

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/prometheus/alertmanager/config"
	"github.com/prometheus/common/model"
	"github.com/prometheus/common/promslog"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
)

// manifestsVariable names the folder with what stacks registered, as `make
// judges` exports it; without it one stack of testdata is judged.
const manifestsVariable = "LADDER_MANIFESTS"

type object struct {
	Kind     string
	Metadata struct {
		Name   string
		Labels map[string]string
	}
	Spec map[string]any
	Data map[string]string
}

func stacks(t *testing.T) map[string][]object {
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
	out := map[string][]object{}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var raw []json.RawMessage
		if err := json.Unmarshal(text, &raw); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		for _, r := range raw {
			var o object
			if json.Unmarshal(r, &o) == nil { // others have data that is no text
				out[filepath.Base(f)] = append(out[filepath.Base(f)], o)
			}
		}
	}
	return out
}

// TestWhatStacksRegister: rules parse, dashboards ask what parses, and
// Alertmanager loads its configuration.
func TestWhatStacksRegister(t *testing.T) {
	rules, queries, routings := 0, 0, 0
	for name, objects := range stacks(t) {
		for _, o := range objects {
			switch {
			case o.Kind == "PrometheusRule":
				text, err := json.Marshal(o.Spec)
				if err != nil {
					t.Fatal(err)
				}
				groups, errs := rulefmt.Parse(text, false, model.UTF8Validation, parser.NewParser(parser.Options{}), promslog.NewNopLogger())
				for _, err := range errs {
					t.Errorf("%s: %s: %v", name, o.Metadata.Name, err)
				}
				if groups != nil {
					for _, g := range groups.Groups {
						rules += len(g.Rules)
					}
				}
			case o.Kind == "ConfigMap" && o.Metadata.Labels["grafana_dashboard"] != "":
				queries += judgeDashboard(t, name, o)
			case o.Kind == "Release" && o.Metadata.Name == "metrics":
				if judgeRouting(t, name, o) {
					routings++
				}
			}
		}
	}
	t.Logf("%d rules, %d queries, %d routings", rules, queries, routings)
	if rules == 0 || queries == 0 || routings == 0 {
		t.Error("no stack registers rules, dashboards and a routing")
	}
}

func judgeDashboard(t *testing.T, stack string, o object) int {
	t.Helper()
	count := 0
	for file, text := range o.Data {
		var value any
		if err := json.Unmarshal([]byte(text), &value); err != nil {
			t.Errorf("%s: %s: %v", stack, file, err)
			continue
		}
		found := map[string]bool{}
		queriesOf(value, found)
		for expr := range found {
			count++
			if _, err := metrics(expr); err != nil {
				t.Errorf("%s: %s: %q: %v", stack, file, expr, err)
			}
		}
	}
	return count
}

func judgeRouting(t *testing.T, stack string, o object) bool {
	t.Helper()
	values, _ := o.Spec["values"].(map[string]any)
	alertmanager, _ := values["alertmanager"].(map[string]any)
	routing, ok := alertmanager["config"]
	if !ok {
		return false
	}
	text, err := json.Marshal(routing)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := config.Load(string(text)); err != nil {
		t.Errorf("%s: Alertmanager refuses its configuration: %v", stack, err)
	}
	return true
}
