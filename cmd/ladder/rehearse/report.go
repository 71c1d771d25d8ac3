package rehearse

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ladder-platform/ladder/cmd/ladder/report"
	"github.com/ladder-platform/ladder/sandbox"
)

// notes say what the sandbox cannot tell.
var notes = []string{
	"inside the roll of a node group: not modelled (the sandbox exchanges the nodes in one operation), so replicas, nodes and addresses are measured between operations; ladder plan addresses has the worst instant",
	"spreading of replicas over zones, and how long pods take to start: not modelled",
}

// Report is the whole rehearsal.
type Report struct {
	Path   []string `json:"path"`
	Stages []string `json:"stages"`
	Climbs []*Climb `json:"climbs"`
	// Problems of all climbs; none means that the rehearsal went well.
	Problems []string `json:"problems"`
	// Notes say what was not modelled.
	Notes   []string      `json:"notes"`
	Virtual time.Duration `json:"virtualNs"`
	Wall    time.Duration `json:"wallNs"`
}

// Climb is one up of one stage. From is "" for the first.
type Climb struct {
	Stage  string        `json:"stage"`
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
	// Workload is the rehearsal's own; nil while the stage has no cluster.
	Workload *Workload `json:"workload,omitempty"`
	// Addresses are the subnet that had the fewest left.
	Addresses *Addresses `json:"addresses,omitempty"`
	Problems  []string   `json:"problems"`
}

// Workload is the rehearsal's Deployment in the worst instant.
type Workload struct {
	Replicas int `json:"replicas"`
	Minimum  int `json:"minimum"` // its budget
	Ready    int `json:"ready"`
	// After is the kind of operation after which it was the lowest.
	After string `json:"after"`
}

// Addresses free in one subnet.
type Addresses struct {
	Subnet string `json:"subnet"`
	Free   int    `json:"free"`
}

// Operation of a climb, with its virtual times.
type Operation struct {
	Op    string        `json:"op"`
	What  string        `json:"what"`
	Name  string        `json:"name"`
	Start time.Duration `json:"startNs"`
	End   time.Duration `json:"endNs"`
}

func newClimb(stage, from, to string, begins time.Time) *Climb {
	return &Climb{Stage: stage, From: from, To: to, Begins: begins, Counts: map[string]int{}, Operations: []Operation{}, Problems: []string{}, Nodes: -1}
}

// operations copies what the engine changed.
func (c *Climb) operations(result *sandbox.Result) {
	c.Takes = result.Timeline.Makespan
	for _, op := range result.Changes() {
		if !report.Resource(op.Type) || !op.Custom {
			continue
		}
		c.Counts[op.Op]++
		c.Operations = append(c.Operations, Operation{Op: op.Op, What: report.Kind(op.Type), Name: op.Name, Start: op.Start, End: op.End})
	}
	slices.SortStableFunc(c.Operations, func(a, b Operation) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End), strings.Compare(a.Name, b.Name))
	})
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
