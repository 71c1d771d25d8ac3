package alerts

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Input is what rules depend on.
type Input struct {
	// Stack, Stage and Cluster become labels of every alert, so that routes and
	// people see where it comes from, whichever Prometheus sends it.
	Stack, Stage, Cluster string
	// Release that the cluster runs.
	Release string
	// Runbooks is where docs/runbooks can be read; empty means RunbookBase.
	Runbooks string
	// Support has an entry for each thing whose support ends on a known day.
	Support []SupportEnd
	// PodAddresses are the addresses that subnets have for pods, by zone ID.
	PodAddresses map[string]int
	// NodePrices are list prices in dollars for an hour by instance type.
	NodePrices map[string]float64
	// Mesh, Edge and Backups are nil where there are none.
	Mesh     *Mesh
	Edge     *Edge
	Backups  *Backups
	Watchers Watchers
	// Own are alerts of the stack file.
	Own []Own
	// Silent are names of alerts of this package that the stack does without.
	Silent []string
}

// SupportEnd is the last day of something's support.
type SupportEnd struct {
	Of, Version string
	End         time.Time
}

// Mesh is Istio in the cluster.
type Mesh struct {
	ControlNamespace string
	Ambient          bool
	Objective        Objective
}

// Edge are the gateways behind the load balancers.
type Edge struct {
	GatewayNamespace string
	ExternalDNS      bool
	Objective        Objective
}

// Backups are snapshots of volumes that must be young.
type Backups struct {
	Namespaces  []string
	MaxAgeHours int
}

// Watchers says what observability itself is made of.
type Watchers struct {
	// Prometheus and Alertmanagers are how many pods there are; of one alone
	// nobody needs to be told that it is alone.
	Prometheus, Alertmanagers int

	Thanos, RemoteWrite, FluentBit, Loki, Collector bool
}

// Own is an alert of the stack file.
type Own struct {
	Name, Expr, Summary, Runbook string
	Severity                     Severity
	For                          time.Duration
}

// Groups are all groups of rules of a cluster.
func Groups(in Input) []Group {
	all := []Group{facts(in), nodes(), controlPlane(), addons(len(in.PodAddresses) > 0), workloads(), certificates(), watchers(in.Watchers)}
	if len(in.Support) > 0 {
		all = append(all, support())
	}
	if in.Mesh != nil {
		all = append(all, mesh(*in.Mesh), slo(meshService, in.Mesh.Objective))
	}
	if in.Edge != nil {
		s := edgeService(in.Edge.GatewayNamespace)
		all = append(all, slo(s, in.Edge.Objective), edge(*in.Edge))
	}
	if in.Backups != nil {
		all = append(all, backups(*in.Backups))
	}
	if len(in.Own) > 0 {
		own := Group{Name: "ladder-own"}
		for _, o := range in.Own {
			r := alert(o.Name, o.Severity, o.For, o.Expr, o.Summary)
			r.Runbook = o.Runbook
			own.Rules = append(own.Rules, r)
		}
		all = append(all, own)
	}
	var out []Group
	for _, g := range all {
		g.Rules = slices.DeleteFunc(g.Rules, func(r Rule) bool { return r.Alert != "" && slices.Contains(in.Silent, r.Alert) })
		if len(g.Rules) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// facts are what this program knows and nothing in the cluster says.
func facts(in Input) Group {
	g := Group{Name: "ladder-facts", Rules: []Rule{
		constant("ladder:release:info", 1, map[string]string{"release": in.Release, "stack": in.Stack, "stage": in.Stage}),
	}}
	for _, s := range in.Support {
		g.Rules = append(g.Rules, constant("ladder:support_end:timestamp_seconds", float64(s.End.Unix()), map[string]string{"of": s.Of, "version": s.Version}))
	}
	for _, zone := range slices.Sorted(maps.Keys(in.PodAddresses)) {
		g.Rules = append(g.Rules, constant("ladder:pod_addresses:count", float64(in.PodAddresses[zone]), map[string]string{"zone": zone}))
	}
	for _, t := range slices.Sorted(maps.Keys(in.NodePrices)) {
		g.Rules = append(g.Rules, constant("ladder:node_price:dollars_per_hour", in.NodePrices[t], map[string]string{"instance_type": t}))
	}
	return g
}

// Labels are those of every alert of a cluster.
func (in Input) Labels() map[string]string {
	return map[string]string{"stack": in.Stack, "stage": in.Stage, "cluster": in.Cluster}
}

// Names are the alerts that this package has, whatever a stack asks for, sorted.
func Names() []string {
	var out []string
	for _, g := range Groups(everything()) {
		for _, r := range g.Rules {
			if r.Alert != "" {
				out = append(out, r.Alert)
			}
		}
	}
	for _, r := range (Watchers{RemoteWrite: true}).store() {
		out = append(out, r.Alert)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// everything that can be watched at once.
func everything() Input {
	o := Objective{Availability: 99.9, LatencyShare: 99, LatencyMillis: 500}
	return Input{
		Stack: "prd", Stage: "prd", Cluster: "prd-main", Release: "2026.11",
		Support:      []SupportEnd{{"kubernetes", "1.36", time.Date(2027, 8, 2, 0, 0, 0, 0, time.UTC)}},
		PodAddresses: map[string]int{"apne2-az1": 16000, "apne2-az2": 16000, "apne2-az3": 16000},
		NodePrices:   map[string]float64{"m6i.large": 0.118},
		Mesh:         &Mesh{ControlNamespace: "istio-system", Ambient: true, Objective: o},
		Edge:         &Edge{GatewayNamespace: "istio-ingress", ExternalDNS: true, Objective: o},
		Backups:      &Backups{Namespaces: []string{"apps", "observability"}, MaxAgeHours: 26},
		Watchers:     Watchers{Prometheus: 2, Alertmanagers: 2, Thanos: true, FluentBit: true, Loki: true, Collector: true},
	}
}

// alternatives is a regular expression that matches each of names and nothing else.
func alternatives(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = regexp.QuoteMeta(n)
	}
	return strings.Join(quoted, "|")
}
