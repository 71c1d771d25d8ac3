package prometheus

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/common/promslog"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
)

func ruleFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/rules/*.json")
	if err != nil || len(files) < 2 {
		t.Fatalf("rules of %d stacks, %v; the tests of components/observability/alerts write them", len(files), err)
	}
	return files
}

// TestPrometheusReadsEveryRule holds rules to Prometheus's own parser.
func TestPrometheusReadsEveryRule(t *testing.T) {
	for _, file := range ruleFiles(t) {
		groups, errs := rulefmt.ParseFile(file, false, model.UTF8Validation, parser.NewParser(parser.Options{}), promslog.NewNopLogger())
		for _, err := range errs {
			t.Errorf("%s: %v", file, err)
		}
		if len(errs) > 0 {
			continue
		}
		records, alerts := 0, 0
		for _, g := range groups.Groups {
			for _, r := range g.Rules {
				if r.Alert != "" {
					alerts++
				} else {
					records++
				}
			}
		}
		t.Logf("%s: %d groups, %d alerts, %d records", file, len(groups.Groups), alerts, records)
	}
}

func TestPrometheusRefusesABrokenRule(t *testing.T) {
	if _, errs := rulefmt.ParseFile("testdata/bad-rules.yaml", false, model.UTF8Validation, parser.NewParser(parser.Options{}), promslog.NewNopLogger()); len(errs) != 3 {
		t.Errorf("%d errors, want 3: an expression, a template, a record that waits: %v", len(errs), errs)
	}
}

// judged is every alert of every file, by name, with the file that has it.
func judged(t *testing.T) (map[string]File, map[string]Rule) {
	t.Helper()
	files, alerts := map[string]File{}, map[string]Rule{}
	for _, path := range ruleFiles(t) {
		f, err := ReadRules(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range f.Groups {
			for _, r := range g.Rules {
				if _, seen := alerts[r.Alert]; r.Alert != "" && !seen {
					files[r.Alert], alerts[r.Alert] = f, r
				}
			}
		}
	}
	return files, alerts
}

func TestEveryAlertFiresAndStaysQuiet(t *testing.T) {
	files, alerts := judged(t)
	cases, err := ReadCases("cases")
	if err != nil {
		t.Fatal(err)
	}
	for name := range cases {
		if _, known := alerts[name]; !known {
			t.Errorf("%s has a case and is no alert", name)
		}
	}
	count := 0
	for _, name := range slices.Sorted(maps.Keys(alerts)) {
		c, ok := cases[name]
		if !ok || len(c.Fires) == 0 || (len(c.Quiet) == 0 && name != "Watchdog") {
			t.Errorf("%s: cases/ must have series on which it fires and others on which it does not", name)
			continue
		}
		t.Run(name, func(t *testing.T) {
			list := Needed(files[name], name)
			for _, s := range c.Fires {
				count++
				checkFires(t, alerts[name], list, s)
			}
			for _, s := range c.Quiet {
				count++
				if fired, err := Evaluate(t.TempDir(), list, s); err != nil || len(fired) > 0 {
					t.Errorf("%s: fires on series that do not have the fault: %v, %v", s.Why, fired, err)
				}
			}
		})
	}
	t.Logf("%d alerts, %d unit tests", len(alerts), count)
}

func checkFires(t *testing.T, r Rule, list []Rule, s Series) {
	t.Helper()
	fired, err := Evaluate(t.TempDir(), list, s)
	if err != nil {
		t.Errorf("%s: %v", s.Why, err)
		return
	}
	if len(fired) != 1 {
		t.Errorf("%s: fires %d times, want once: %v", s.Why, len(fired), fired)
		return
	}
	for label, want := range s.Labels {
		if got := fired[0].Labels[label]; got != want {
			t.Errorf("%s: label %s is %q, want %q", s.Why, label, got, want)
		}
	}
	for _, label := range []string{"severity", "stage", "cluster", "stack"} {
		if fired[0].Labels[label] == "" {
			t.Errorf("%s: no label %s: no route could find it", s.Why, label)
		}
	}
	summary := fired[0].Annotations["summary"]
	if strings.Contains(summary, "<no value>") || strings.Contains(summary, "error expanding") || summary == "" {
		t.Errorf("%s: summary is %q", s.Why, summary)
	}
	// Every label that the summary names is one that the alert has.
	for _, part := range strings.Split(r.Annotations["summary"], "$labels.")[1:] {
		label := strings.FieldsFunc(part, func(c rune) bool { return c == ' ' || c == '}' })[0]
		if fired[0].Labels[label] == "" && label != "daemonset" && label != "deployment" { // one of the two
			t.Errorf("%s: summary names the label %s, which the alert has not: %v", s.Why, label, fired[0].Labels)
		}
	}
}
