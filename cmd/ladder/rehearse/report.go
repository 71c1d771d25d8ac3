package rehearse

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ladder-platform/ladder/cmd/ladder/report"
	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/kube"
)

// Report is the whole rehearsal.
type Report struct {
	Path   []string `json:"path"`
	Stages []string `json:"stages"`
	Climbs []*Climb `json:"climbs"`
	// Problems of all climbs; none means that the rehearsal went well.
	Problems []string `json:"problems"`
	// Notes say what was not modelled, and what is not known.
	Notes   []string      `json:"notes"`
	Virtual time.Duration `json:"virtualNs"`
	Wall    time.Duration `json:"wallNs"`
}

// Climb is one up of one stage, or its destroy at the end. From is "" for the
// first; a rung has several ups where node groups are blue/green.
type Climb struct {
	Stage  string        `json:"stage"`
	Title  string        `json:"title"`
	From   string        `json:"from,omitempty"`
	To     string        `json:"to"`
	Begins time.Time     `json:"begins"`
	Takes  time.Duration `json:"takesNs"`
	// Counts of changes by operation; Operations in the order of the timeline.
	Counts     map[string]int `json:"counts"`
	Operations []Operation    `json:"operations"`
	// Skew is the largest difference in minors of a control plane and the
	// oldest kubelet of its cluster, between two operations.
	Skew int `json:"skew"`
	// Nodes is the smallest number of ready nodes, of all clusters; -1 means
	// that there was no node before.
	Nodes int `json:"nodes"`
	// Workloads each in its worst instant; empty while the stage has no cluster.
	Workloads []*Workload `json:"workloads"`
	// Capacity is the instant inside an operation with the least room; nil when
	// no operation moved pods.
	Capacity *Capacity `json:"capacity,omitempty"`
	// Addresses are the subnet that had the fewest left.
	Addresses *Addresses `json:"addresses,omitempty"`
	// Timeline are all measurements in virtual time.
	Timeline []Instant `json:"timeline"`
	// Faults is what was tried at operations of this up; nil without faults.
	Faults *FaultReport `json:"faults,omitempty"`
	// Warnings break no promise.
	Warnings []string `json:"warnings,omitempty"`
	Problems []string `json:"problems"`
}

// Workload is a Deployment or StatefulSet in its worst instant.
type Workload struct {
	// Name is "<cluster> <kind> <namespace>/<name>".
	Name    string `json:"name"`
	Desired int    `json:"desired"`
	// Minimum is what its budget asks for, 0 without one.
	Minimum int    `json:"minimum"`
	Budget  string `json:"budget,omitempty"`
	Ready   int    `json:"ready"`
	// After is what had just happened.
	After string `json:"after"`
	// Zones are the fewest that its replicas stood in, between operations; 0 is not known.
	Zones int `json:"zones"`
}

// Capacity is room on nodes at one instant.
type Capacity struct {
	Cluster string `json:"cluster"`
	// Nodes are ready, Open of them take new pods.
	Nodes int `json:"nodes"`
	Open  int `json:"open"`
	// CPU of the ready nodes, and Free on the open ones, in thousandths of a core.
	CPU   int64  `json:"cpuMillis"`
	Free  int64  `json:"freeCpuMillis"`
	After string `json:"after"`
}

// Addresses free in one subnet.
type Addresses struct {
	Subnet string `json:"subnet"`
	Free   int    `json:"free"`
}

// Instant is one measurement.
type Instant struct {
	// At is virtual time since the up began.
	At    time.Duration `json:"atNs"`
	After string        `json:"after"`
	// Cluster is set for what was seen inside an operation, of that cluster alone.
	Cluster string `json:"cluster,omitempty"`
	Inside  bool   `json:"inside,omitempty"`
	Nodes   int    `json:"nodes"`
	// Ready and Desired replicas of all workloads, Minimum what all budgets ask for.
	Ready   int `json:"ready"`
	Desired int `json:"desired"`
	Minimum int `json:"minimum"`
	// Below says that at least one workload was below its budget.
	Below bool `json:"below,omitempty"`
	// FreeCPU is of instants inside an operation, in thousandths of a core; Free
	// are the addresses of the tightest subnet, of instants between two.
	FreeCPU int64 `json:"freeCpuMillis,omitempty"`
	Free    int   `json:"freeAddresses,omitempty"`
}

func (i *Instant) add(w kube.Availability) {
	i.Ready, i.Desired, i.Minimum = i.Ready+w.Ready, i.Desired+w.Desired, i.Minimum+w.Minimum
	i.Below = i.Below || w.Ready < w.Minimum
}

func sortInstants(in []Instant) []Instant {
	slices.SortStableFunc(in, func(a, b Instant) int { return cmp.Compare(a.At, b.At) })
	return in
}

// Operation of a climb, with its virtual times.
type Operation struct {
	Op    string        `json:"op"`
	What  string        `json:"what"`
	Name  string        `json:"name"`
	Start time.Duration `json:"startNs"`
	End   time.Duration `json:"endNs"`
	// lane of the picture: cluster and rung.
	lane int
}

func newClimb(stage string, s Step, begins time.Time) *Climb {
	return &Climb{Stage: stage, Title: s.Title, From: s.From, To: s.To, Begins: begins, Counts: map[string]int{}, Operations: []Operation{},
		Workloads: []*Workload{}, Timeline: []Instant{}, Problems: []string{}, Nodes: -1}
}

// operations copies what the engine changed.
func (c *Climb) operations(result *sandbox.Result) {
	c.Takes = result.Timeline.Makespan
	for _, op := range result.Changes() {
		if !report.Resource(op.Type) || !op.Custom {
			continue
		}
		c.Counts[op.Op]++
		c.Operations = append(c.Operations, Operation{Op: op.Op, What: report.Kind(op.Type), Name: op.Name, Start: op.Start, End: op.End,
			lane: rungOf(sandbox.Event{Type: op.Type, Name: op.Name})})
	}
	slices.SortStableFunc(c.Operations, func(a, b Operation) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End), strings.Compare(a.Name, b.Name))
	})
}

// worst is the workload that came nearest to its budget, or fell below it, of
// several the one with the most replicas; nil without any.
func (c *Climb) worst() *Workload {
	var out *Workload
	for _, w := range c.Workloads {
		if out == nil || cmp.Or(cmp.Compare(w.Ready-w.Minimum, out.Ready-out.Minimum), cmp.Compare(out.Desired, w.Desired)) < 0 {
			out = w
		}
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
