package upgrade

import (
	"fmt"
	"slices"
	"time"

	cluster "github.com/ladder-platform/ladder/components/cluster/spec"
	"github.com/ladder-platform/ladder/components/network/plan"
	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/promotion"
	"github.com/ladder-platform/ladder/stacks/release"
)

// Disruption is what a step does to what runs on the platform.
type Disruption string

// Disruptions, from harmless to worst.
const (
	// None: nothing that runs notices.
	None Disruption = "none"
	// Brief: a function of the platform pauses for seconds to minutes; traffic of running pods does not.
	Brief Disruption = "brief"
	// PodsMove: every pod of some nodes is evicted and starts elsewhere; budgets are respected.
	PodsMove Disruption = "pods move"
	// Outage: applications stop serving.
	Outage Disruption = "outage"
	// Data: something that holds data is replaced or deleted.
	Data Disruption = "data"
)

// Phases of a climb, in order (docs/adr/0006-addon-order.md, 0008).
const (
	PhaseControlPlane = "control plane"
	PhasePrerequisite = "CNI and agent"
	PhaseNodes        = "node groups"
	PhaseAddons       = "add-ons"
	PhaseCRDs         = "CRDs"
	PhaseCharts       = "charts"
	PhaseKarpenter    = "Karpenter nodes"
)

// Input is what a plan is made of.
type Input struct {
	// Name of the stack; names in AWS derive from it.
	Name string
	// File is what edits call the stack file.
	File  string
	Stack config.Stack
	From  release.Release
	To    release.Release
	// Now decides about support dates.
	Now time.Time
	// Live are the nodes that run, by "<cluster>/<group>/<slot>"; what is
	// missing counts as the desired size in the file, and is said to.
	Live map[string]int
	// Objects are what the program registers on its clusters, for removed
	// APIs; Unchecked says why there are none, or what they leave out.
	Objects   []Object
	Unchecked string
	// Requested are deprecated APIs that clients asked a live server for.
	Requested []Request
	// Workloads are what runs or will run on the nodes, with its budgets, by
	// cluster key; a cluster that is missing was not looked at.
	Workloads map[string]Workloads
}

// Plan is the climb of one stack over one rung.
type Plan struct {
	Stack string `json:"stack"`
	File  string `json:"file"`
	From  Rung   `json:"from"`
	To    Rung   `json:"to"`
	// Runs in order: each is one edit of the stack file and one up.
	Runs []Run `json:"runs"`
	// Typical and slowest of all steps, clusters one after another.
	Span
	// Back says how to return.
	Back Back `json:"back"`
	// Removed are APIs in use that the new minor does not serve.
	Removed []Removal `json:"removedAPIs"`
	// Unchecked is what the search for removed APIs left out.
	Unchecked string `json:"unchecked,omitempty"`
	// Budgets says which workloads and budgets were looked at.
	Budgets string `json:"budgets"`
	// Gate is what the stage before must still have done; nil for a first stage.
	Gate *promotion.Forecast `json:"gate,omitempty"`
	// Findings; errors block the climb.
	Findings finding.List `json:"findings"`
}

// Rung is one release in a plan.
type Rung struct {
	Release    string `json:"release"`
	Kubernetes string `json:"kubernetes"`
}

// Run is one edit of the stack file and one up.
type Run struct {
	Title string `json:"title"`
	Edits []Edit `json:"edits"`
	Steps []Step `json:"steps"`
}

// Edit is one change of the stack file.
type Edit struct {
	// Path is a configuration path, for example clusters.main.nodeGroups.general.slots.green.
	Path string `json:"path"`
	// Old and New are YAML; "" means that the key is not there.
	Old string `json:"old,omitempty"`
	New string `json:"new,omitempty"`
	Why string `json:"why,omitempty"`
}

// Span is an expected duration. Both zero: not known beforehand.
type Span struct {
	TypicalSeconds int `json:"typicalSeconds"`
	SlowestSeconds int `json:"slowestSeconds"`
}

// Step is one thing that changes.
type Step struct {
	Phase   string `json:"phase"`
	Cluster string `json:"cluster"`
	What    string `json:"what"`
	// Resources are the logical names in the program.
	Resources []string `json:"resources"`
	From      string   `json:"from"`
	To        string   `json:"to"`
	// How is in place, or what takes the place of what.
	How        string     `json:"how"`
	Disruption Disruption `json:"disruption"`
	// Effect is what people notice.
	Effect string `json:"effect"`
	Span
	// Addresses that the step needs for a while; nil means none.
	Addresses []Addresses `json:"addresses,omitempty"`
	// Check are commands that show whether it went well.
	Check []string `json:"check"`
	// Back is how this step alone is undone.
	Back string `json:"back"`
}

// Addresses of the tightest subnet that a step takes from.
type Addresses struct {
	Role   string `json:"role"`
	Zone   string `json:"zone"`
	Subnet string `json:"subnet"`
	Needed int    `json:"needed"`
	// Usable before the stack takes any, and Left at the worst instant of the
	// whole climb; both are meaningless unless Known.
	Usable int  `json:"usable"`
	Left   int  `json:"left"`
	Known  bool `json:"known"`
}

// planner holds what every step needs.
type planner struct {
	in     Input
	proofs map[string]plan.Proof // by network
	out    *Plan
}

// New plans the climb from in.From to in.To.
func New(in Input) Plan {
	out := Plan{Stack: in.Name, File: in.File, From: rung(in.From), To: rung(in.To), Runs: []Run{}, Removed: []Removal{}, Unchecked: in.Unchecked}
	p := &planner{in: in, proofs: map[string]plan.Proof{}, out: &out}
	p.check()
	main := Run{Title: "climb to release " + in.To.Name, Edits: p.releaseEdits(), Steps: []Step{}}
	var drains, removals Run
	for _, key := range p.clusters() {
		groups := p.groups(key)
		main.Edits = append(main.Edits, groups.edits...)
		main.Steps = append(main.Steps, p.cluster(key, groups.steps)...)
		drains.Edits, drains.Steps = append(drains.Edits, groups.drainEdits...), append(drains.Steps, groups.drains...)
		removals.Edits, removals.Steps = append(removals.Edits, groups.removeEdits...), append(removals.Steps, groups.removals...)
	}
	out.Runs = append(out.Runs, main)
	if len(drains.Steps) > 0 {
		drains.Title, removals.Title = "move the pods off the old slots", "remove the old slots, once they are empty"
		out.Runs = append(out.Runs, drains, removals)
	}
	for _, r := range out.Runs {
		s := total(r.Steps)
		out.TypicalSeconds += s.TypicalSeconds
		out.SlowestSeconds += s.SlowestSeconds
	}
	out.Back = p.back()
	p.removed()
	p.budgets()
	if out.Findings == nil {
		out.Findings = finding.List{}
	}
	return out
}

func rung(r release.Release) Rung { return Rung{r.Name, r.Kubernetes.Version} }

// clusters that take part: those on the lower release, unless their own
// release holds them there while the stack's moves.
func (p *planner) clusters() []string {
	var out []string
	for _, key := range sortedKeys(p.in.Stack.Clusters) {
		own := p.in.Stack.Clusters[key].Release
		if p.in.Stack.ClusterRelease(key) == p.in.From.Name && (own == "" || p.in.Stack.Release == p.in.To.Name) {
			out = append(out, key)
		}
	}
	return out
}

// releaseEdits name the new release where the file names the old one.
func (p *planner) releaseEdits() []Edit {
	from, to := quote(p.in.From.Name), quote(p.in.To.Name)
	if p.in.Stack.Release == p.in.From.Name {
		return []Edit{{Path: "release", Old: from, New: to}}
	}
	var out []Edit
	for _, key := range p.clusters() {
		out = append(out, Edit{Path: "clusters." + key + ".release", Old: from, Why: "the cluster then follows the stack's release " + to})
	}
	return out
}

// config of a cluster with its defaults.
func (p *planner) config(key string) cluster.Config {
	c := p.in.Stack.Clusters[key]
	return c.WithDefaults(p.in.Stack.Networks[c.Network].HasPodSubnets())
}

// cluster lists the steps of one cluster in the order of the graph.
func (p *planner) cluster(key string, groups []Step) []Step {
	c := p.config(key)
	var out []Step
	if p.in.From.Kubernetes.Version != p.in.To.Kubernetes.Version {
		out = append(out, p.controlPlane(key))
	}
	var after []Step
	for _, name := range c.NeededAddons() {
		s, changed := p.addon(key, c, name)
		switch {
		case !changed:
		case s.Phase == PhasePrerequisite:
			out = append(out, s)
		default:
			after = append(after, s)
		}
	}
	out = append(append(out, groups...), after...)
	return append(out, p.charts(key, c)...)
}

// total adds up phases: what is in one phase of one cluster runs side by side,
// clusters go one after another.
func total(steps []Step) Span {
	longest := map[string]Span{}
	var order []string
	for _, s := range steps {
		k := s.Cluster + "\x00" + s.Phase
		if _, seen := longest[k]; !seen {
			order = append(order, k)
		}
		longest[k] = Span{max(longest[k].TypicalSeconds, s.TypicalSeconds), max(longest[k].SlowestSeconds, s.SlowestSeconds)}
	}
	var out Span
	for _, k := range order {
		out.TypicalSeconds += longest[k].TypicalSeconds
		out.SlowestSeconds += longest[k].SlowestSeconds
	}
	return out
}

// measured is a latency of the facts, n times over.
func measured(operation string, typical, slowest int) Span {
	l, ok := facts.Latency(operation)
	if !ok {
		return Span{}
	}
	return Span{typical * int(l.Typical/time.Second), slowest * int(l.Slowest/time.Second)}
}

func quote(s string) string { return fmt.Sprintf("%q", s) }

// name is the cluster's in AWS.
func (p *planner) name(key string) string { return config.ClusterName(p.in.Name, key) }

func (p *planner) id(key, role string) string { return "cluster-" + key + "-" + role }

// prefix is the number of addresses in a /28, which prefix delegation hands
// out. Source: EC2, "Assign prefixes to network interfaces" (facts, network_formulas).
const prefix = 16

// addresses are the lines of the network's proof whose text begins with what,
// one for each role: the tightest subnet.
func (p *planner) addresses(key, what string) []Addresses {
	var out []Addresses
	for _, row := range p.proofs[p.in.Stack.Clusters[key].Network].Rows {
		i := slices.IndexFunc(row.Lines, func(l plan.Line) bool { return l.What == key+": "+what && l.Surge+l.SurgePrefixes > 0 })
		if i < 0 {
			continue
		}
		line := row.Lines[i]
		a := Addresses{Role: row.Role, Zone: row.Zone, Subnet: row.ID, Usable: row.Usable, Left: row.Free, Known: row.Known(),
			Needed: line.Surge}
		if row.Prefixed() { // a single address can spoil a prefix, so it counts as one, as in the proof
			a.Needed = prefix * (line.Surge + line.SurgePrefixes)
		}
		if row.CIDR.IsValid() {
			a.Subnet = row.CIDR.String()
		}
		at := slices.IndexFunc(out, func(b Addresses) bool { return b.Role == a.Role })
		switch {
		case at < 0:
			out = append(out, a)
		case a.Known && (!out[at].Known || a.Left < out[at].Left):
			out[at] = a
		}
	}
	return out
}

// aws is a command of the AWS CLI for a cluster of the stack.
func (p *planner) aws(format string, args ...any) string {
	return "aws eks " + fmt.Sprintf(format, args...) + " --region " + p.in.Stack.Environment.Region
}
