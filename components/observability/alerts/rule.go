package alerts

import (
	"fmt"
	"strings"
	"time"
)

// Severity says what an alert asks of people.
type Severity string

const (
	// Critical: somebody acts now; users are hurt or soon will be.
	Critical Severity = "critical"
	// Warning: somebody acts within a working day.
	Warning Severity = "warning"
	// Info is read when something else rings.
	Info Severity = "info"
)

// Severities, the worst first.
func Severities() []string { return []string{string(Critical), string(Warning), string(Info)} }

// Rule is an alert, or with Record a series that others build on.
type Rule struct {
	// Record is the name of a series; empty for an alert.
	Record string
	// Alert is the alert's name: a state, in one word.
	Alert string
	Expr  string
	// For is how long the expression must hold before the alert fires.
	For time.Duration
	// Keep is how long it goes on firing after that; 0 means no longer.
	Keep     time.Duration
	Severity Severity
	// Summary is a sentence for whoever is woken; Prometheus fills in labels.
	Summary string
	// Labels of a recorded series, or further ones of an alert.
	Labels map[string]string
	// Runbook is a URL in place of the page of the group.
	Runbook string
}

// Group is a list of rules that Prometheus evaluates in order.
type Group struct {
	Name string
	// Page is the file in docs/runbooks without its ending.
	Page  string
	Rules []Rule
}

// RunbookBase is where docs/runbooks of this repository can be read.
const RunbookBase = "https://github.com/ladder-platform/ladder/blob/main/docs/runbooks"

// Anchor is the part of a runbook's page that is about an alert.
func Anchor(alert string) string { return strings.ToLower(alert) }

func alert(name string, s Severity, wait time.Duration, expr, summary string) Rule {
	return Rule{Alert: name, Severity: s, For: wait, Expr: squeeze(expr), Summary: summary}
}

func record(name, expr string) Rule { return Rule{Record: name, Expr: squeeze(expr)} }

// constant is a series that this program knows and no exporter does.
func constant(name string, value float64, labels map[string]string) Rule {
	return Rule{Record: name, Expr: fmt.Sprintf("vector(%s)", number(value)), Labels: labels}
}

// number in the form that PromQL reads, without an exponent.
func number(f float64) string {
	text := fmt.Sprintf("%.8f", f)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// squeeze makes one line of an expression.
func squeeze(expr string) string { return strings.Join(strings.Fields(expr), " ") }

// duration in the form that Prometheus reads.
func duration(d time.Duration) string {
	switch {
	case d%(24*time.Hour) == 0:
		return fmt.Sprintf("%dd", d/(24*time.Hour))
	case d%time.Hour == 0:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d%time.Minute == 0:
		return fmt.Sprintf("%dm", d/time.Minute)
	}
	return fmt.Sprintf("%ds", d/time.Second)
}

// Spec is the group as the field groups[] of a PrometheusRule has it. base is
// where runbooks can be read; common are labels of every alert.
func (g Group) Spec(base string, common map[string]string) map[string]any {
	rules := make([]any, 0, len(g.Rules))
	for _, r := range g.Rules {
		rules = append(rules, r.spec(strings.TrimSuffix(base, "/")+"/"+g.Page+".md", common))
	}
	return map[string]any{"name": g.Name, "interval": "1m", "rules": rules}
}

func (r Rule) spec(page string, common map[string]string) map[string]any {
	labels := map[string]any{}
	for k, v := range r.Labels {
		labels[k] = v
	}
	if r.Record != "" {
		out := map[string]any{"record": r.Record, "expr": r.Expr}
		if len(labels) > 0 {
			out["labels"] = labels
		}
		return out
	}
	for k, v := range common {
		labels[k] = v
	}
	labels["severity"] = string(r.Severity)
	runbook := r.Runbook
	if runbook == "" {
		runbook = page + "#" + Anchor(r.Alert)
	}
	out := map[string]any{
		"alert": r.Alert, "expr": r.Expr, "labels": labels,
		"annotations": map[string]any{"summary": r.Summary, "runbook_url": runbook},
	}
	if r.For > 0 {
		out["for"] = duration(r.For)
	}
	if r.Keep > 0 {
		out["keep_firing_for"] = duration(r.Keep)
	}
	return out
}
