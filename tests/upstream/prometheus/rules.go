package prometheus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/promslog"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/promqltest"
	"github.com/prometheus/prometheus/rules"
	"sigs.k8s.io/yaml"
)

// Rule is one rule of a file of testdata/rules.
type Rule struct {
	Record      string            `json:"record,omitempty"`
	Alert       string            `json:"alert,omitempty"`
	Expr        string            `json:"expr"`
	For         string            `json:"for,omitempty"`
	Keep        string            `json:"keep_firing_for,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// Group of rules.
type Group struct {
	Name     string `json:"name"`
	Interval string `json:"interval,omitempty"`
	Rules    []Rule `json:"rules"`
}

// File is what a PrometheusRule holds.
type File struct {
	Groups []Group `json:"groups"`
}

// ReadRules is a file of testdata/rules.
func ReadRules(path string) (File, error) {
	var out File
	text, err := os.ReadFile(path)
	if err != nil {
		return out, err
	}
	return out, json.Unmarshal(text, &out)
}

// Case says of an alert on which series it fires and on which it does not.
type Case struct {
	// Fires has one entry or more; each must make it fire.
	Fires []Series `json:"fires"`
	// Quiet has one entry or more: series that nearly have the fault.
	Quiet []Series `json:"quiet"`
}

// Series are made-up ones.
type Series struct {
	// Why these are what they are.
	Why string `json:"why"`
	// At is when to look, such as 20m.
	At string `json:"at"`
	// Step between samples; empty means 1m.
	Step string `json:"step,omitempty"`
	// Series in Prometheus's own notation: name{label="x"} 0+10x20.
	Series []string `json:"series"`
	// Labels that the alert must have; its summary must fill in all that it names.
	Labels map[string]string `json:"labels,omitempty"`
}

// ReadCases are all cases by alert. An alert has its case in one file only.
func ReadCases(dir string) (map[string]Case, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("no cases in %s: %w", dir, err)
	}
	out := map[string]Case{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var cases map[string]Case
		if err := yaml.UnmarshalStrict(text, &cases); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		for name, c := range cases {
			if _, twice := out[name]; twice {
				return nil, fmt.Errorf("%s: %s has a case in another file", file, name)
			}
			out[name] = c
		}
	}
	return out, nil
}

// Needed is the part of a file that an alert rests on: the rule itself and the
// records that it reads, in their order.
func Needed(f File, alert string) []Rule {
	wanted := map[string]bool{}
	var want func(expr string)
	want = func(expr string) {
		for _, g := range f.Groups {
			for _, r := range g.Rules {
				if r.Record != "" && !wanted[r.Record] && strings.Contains(expr, r.Record) {
					wanted[r.Record] = true
					want(r.Expr)
				}
			}
		}
	}
	for _, g := range f.Groups {
		for _, r := range g.Rules {
			if r.Alert == alert {
				want(r.Expr)
			}
		}
	}
	var out []Rule
	for _, g := range f.Groups {
		for _, r := range g.Rules {
			if r.Alert == alert || wanted[r.Record] {
				out = append(out, r)
			}
		}
	}
	return out
}

// Fired is an alert that fires.
type Fired struct {
	Name                string
	Labels, Annotations map[string]string
}

// Evaluate is what fires at the end of s, after rules have been evaluated once a
// step since its beginning.
func Evaluate(dir string, list []Rule, s Series) (fired []Fired, err error) {
	step, at, err := times(s)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(slices.Clone(list), func(r Rule) bool { return r.Record != "" && made(s.Series, r.Record) })
	file := filepath.Join(dir, "rules.yaml")
	text, err := json.Marshal(File{Groups: []Group{{Name: "judged", Interval: step.String(), Rules: list}}})
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return nil, err
	}
	suite, err := promqltest.NewLazyLoader(fmt.Sprintf("load %s\n  %s\n", step, strings.Join(s.Series, "\n  ")), promqltest.LazyLoaderOpts{})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, suite.Close()) }()
	suite.SubqueryInterval = step
	manager := rules.NewManager(&rules.ManagerOptions{
		QueryFunc: rules.EngineQueryFunc(suite.QueryEngine(), suite.Storage()), Appendable: suite.Storage(), Context: context.Background(),
		NotifyFunc: func(context.Context, string, ...*rules.Alert) {}, Logger: promslog.NewNopLogger(), Parser: parser.NewParser(parser.Options{}),
	})
	groups, errs := manager.LoadGroups(step, labels.EmptyLabels(), "", nil, false, file)
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	for _, g := range groups {
		for _, r := range g.Rules() {
			if a, ok := r.(*rules.AlertingRule); ok {
				a.SetRestored(true)
			}
		}
	}
	for ts := time.Unix(0, 0).UTC(); !ts.After(time.Unix(0, 0).Add(at)); ts = ts.Add(step) {
		var failed error
		suite.WithSamplesTill(ts, func(loaded error) {
			failed = loaded
			for _, g := range groups {
				g.Eval(suite.Context(), ts)
				for _, r := range g.Rules() {
					failed = errors.Join(failed, r.LastError())
				}
			}
		})
		if failed != nil {
			return nil, failed
		}
	}
	for _, g := range groups {
		for _, r := range g.Rules() {
			if a, ok := r.(*rules.AlertingRule); ok {
				fired = append(fired, firing(a)...)
			}
		}
	}
	return fired, nil
}

// made says whether series have a name of their own for what a rule records:
// made-up values stand in for constants then.
func made(series []string, record string) bool {
	return slices.ContainsFunc(series, func(s string) bool { return strings.HasPrefix(s, record+"{") || strings.HasPrefix(s, record+" ") })
}

func firing(a *rules.AlertingRule) []Fired {
	var out []Fired
	for _, active := range a.ActiveAlerts() {
		if active.State == rules.StateFiring {
			out = append(out, Fired{a.Name(), active.Labels.Map(), active.Annotations.Map()})
		}
	}
	slices.SortFunc(out, func(x, y Fired) int { return strings.Compare(fmt.Sprint(x.Labels), fmt.Sprint(y.Labels)) })
	return out
}

func times(s Series) (step, at time.Duration, err error) {
	step = time.Minute
	if s.Step != "" {
		if step, err = time.ParseDuration(s.Step); err != nil {
			return 0, 0, err
		}
	}
	at, err = time.ParseDuration(s.At)
	return step, at, err
}
