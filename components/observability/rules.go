package observability

import (
	"fmt"
	"time"

	"github.com/ladder-platform/ladder/components/observability/alerts"
	"github.com/ladder-platform/ladder/components/observability/measure"
	"github.com/ladder-platform/ladder/components/observability/spec"
)

// Known is what the program knows and no exporter says; it becomes series that
// rules and dashboards read.
type Known struct {
	// Support has the last days of what the cluster runs.
	Support []alerts.SupportEnd
	// PodAddresses are the addresses that subnets have for pods, by zone ID.
	PodAddresses map[string]int
	// NodePrices are dollars for an hour by instance type.
	NodePrices map[string]float64
	// Edge says that load balancers lead to this cluster's gateways, and
	// ExternalDNS that workloads have names of their own.
	Edge, ExternalDNS bool
}

// rules are objects of prometheus-operator, one for each group.
func (b *builder) rules() error {
	if b.cfg.Alerts == nil || b.cfg.Metrics == nil {
		return nil
	}
	in := b.ringing()
	for _, g := range alerts.Groups(in) {
		if _, err := b.object(measure.Object{
			APIVersion: "monitoring.coreos.com/v1", Kind: "PrometheusRule", Name: g.Name,
			Spec: map[string]any{"groups": []any{g.Spec(in.Runbooks, in.Labels())}},
		}, b.crds...); err != nil {
			return fmt.Errorf("rules %s: %w", g.Name, err)
		}
	}
	return nil
}

// ringing is what the rules of this cluster depend on.
func (b *builder) ringing() alerts.Input {
	a, m, known := *b.cfg.Alerts, *b.cfg.Metrics, b.args.Known
	in := alerts.Input{
		Stack: b.args.Stack, Stage: b.args.Environment.Stage, Cluster: b.args.Cluster.Name, Release: b.args.Release.Name,
		Runbooks: a.Runbooks, Support: known.Support, PodAddresses: known.PodAddresses, NodePrices: known.NodePrices,
		Backups: measure.Backups(a), Own: own(a), Silent: keys(a.Silent),
		Watchers: alerts.Watchers{
			Prometheus: m.Prometheus.Replicas, Alertmanagers: m.Alertmanagers,
			Thanos: m.Store == spec.StoreThanos, RemoteWrite: m.Store == spec.StoreManaged,
			FluentBit: b.cfg.Logs != nil, Loki: b.cfg.Logs != nil && b.cfg.Logs.Loki != nil, Collector: b.cfg.Traces != nil,
		},
	}
	if mesh := b.args.Mesh; mesh != nil {
		in.Mesh = &alerts.Mesh{ControlNamespace: mesh.ControlNamespace, Ambient: mesh.Ambient, Objective: objective(a.Mesh)}
		if known.Edge {
			in.Edge = &alerts.Edge{GatewayNamespace: mesh.GatewayNamespace, ExternalDNS: known.ExternalDNS, Objective: objective(a.Edge)}
		}
	}
	return in
}

func objective(o spec.Objective) alerts.Objective {
	return alerts.Objective{Availability: o.Availability, LatencyShare: o.LatencyShare, LatencyMillis: o.LatencyMillis}
}

// own are the alerts of the stack file; validation has read their times.
func own(a spec.Alerts) []alerts.Own {
	var out []alerts.Own
	for _, name := range keys(a.Rules) {
		r := a.Rules[name]
		wait, err := time.ParseDuration(r.For)
		if err != nil {
			wait = 0 // left out
		}
		out = append(out, alerts.Own{Name: name, Expr: r.Expr, Summary: r.Summary, Runbook: r.Runbook, Severity: alerts.Severity(r.Severity), For: wait})
	}
	return out
}
