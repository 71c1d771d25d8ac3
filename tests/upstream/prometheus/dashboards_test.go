package prometheus

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// plain puts values where Grafana would.
var plain = strings.NewReplacer("$__rate_interval", "5m", "$__range", "6h", "$namespace", ".+", "$instance", ".+", "$gateway", ".+")

// queriesOf are the expressions in a dashboard, wherever they stand, and the
// metrics of its variables as expressions.
func queriesOf(value any, out map[string]bool) {
	switch v := value.(type) {
	case map[string]any:
		if expr, ok := v["expr"].(string); ok {
			out[plain.Replace(expr)] = true
		}
		if q, ok := v["query"].(string); ok {
			if inner, ok := strings.CutPrefix(q, "label_values("); ok {
				out[inner[:strings.LastIndex(inner, ",")]] = true
			}
		}
		for _, e := range v {
			queriesOf(e, out)
		}
	case []any:
		for _, e := range v {
			queriesOf(e, out)
		}
	}
}

// metrics are the names that an expression reads.
func metrics(expr string) ([]string, error) {
	tree, err := parser.NewParser(parser.Options{}).ParseExpr(expr)
	if err != nil {
		return nil, err
	}
	var out []string
	parser.Inspect(tree, func(n parser.Node, _ []parser.Node) error {
		if s, ok := n.(*parser.VectorSelector); ok {
			name := s.Name
			for _, m := range s.LabelMatchers {
				if m.Name == labels.MetricName && m.Type == labels.MatchEqual {
					name = m.Value
				}
			}
			out = append(out, name)
		}
		return nil
	})
	return out, nil
}

// known are all metrics that something has: exporters, the table, our own records.
func known(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, e := range Exporters {
		names, err := e.Metrics()
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s@%s: %d names", e.Module, e.Version, len(names))
		for name := range names {
			out[name] = e.Module
		}
	}
	maps.Copy(out, Listed)
	for _, path := range ruleFiles(t) {
		f, err := ReadRules(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range f.Groups {
			for _, r := range g.Rules {
				if r.Record != "" {
					out[r.Record] = "a rule of ours"
				}
			}
		}
	}
	return out
}

// has says whether a metric, or the histogram that it is a part of, is known.
func has(all map[string]string, name string) bool {
	if _, ok := all[name]; ok {
		return true
	}
	for _, part := range []string{"_bucket", "_count", "_sum"} {
		if whole, cut := strings.CutSuffix(name, part); cut {
			if _, ok := all[whole]; ok {
				return true
			}
		}
	}
	return false
}

func TestEveryMetricIsOneThatSomethingHas(t *testing.T) {
	all := known(t)
	used := map[string]string{}
	use := func(where, expr string) {
		names, err := metrics(expr)
		if err != nil {
			t.Errorf("%s: %q: %v", where, expr, err)
		}
		for _, name := range names {
			used[name] = where
		}
	}
	for _, path := range ruleFiles(t) {
		f, err := ReadRules(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range f.Groups {
			for _, r := range g.Rules {
				use(path+" "+r.Record+r.Alert, r.Expr)
			}
		}
	}
	asked := 0
	files, err := filepath.Glob("testdata/dashboards/*.json")
	if err != nil || len(files) < 7 {
		t.Fatalf("%d dashboards, %v; the tests of components/observability/dashboards write them", len(files), err)
	}
	for _, path := range files {
		for _, expr := range slices.Sorted(maps.Keys(dashboard(t, path))) {
			asked++
			use(path, expr)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(used)) {
		if !has(all, name) {
			t.Errorf("%s: no exporter has %q", used[name], name)
		}
	}
	for name := range Listed {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(used)), func(u string) bool { return strings.HasPrefix(u, name) }) {
			t.Errorf("the table has %q, which nothing reads", name)
		}
	}
	t.Logf("%d dashboards, %d different queries; %d metrics, of which %d are listed by hand", len(files), asked, len(used), len(Listed))
}

func dashboard(t *testing.T, path string) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	out := map[string]bool{}
	queriesOf(value, out)
	if len(out) == 0 {
		t.Errorf("%s asks nothing", path)
	}
	return out
}

// TestAMadeUpMetricIsNotKnown keeps the judge from agreeing with everything.
func TestAMadeUpMetricIsNotKnown(t *testing.T) {
	all := known(t)
	for _, name := range []string{"kube_pod_happiness", "node_memory_Free", "istio_requests", "apiserver_request_totals", "up_total", "prometheus_made_up_total"} {
		if has(all, name) {
			t.Errorf("%q is known, from %s", name, all[name])
		}
	}
	if _, err := metrics(fmt.Sprintf("sum(%s", "up")); err == nil {
		t.Error("the parser takes an expression that does not close")
	}
}
