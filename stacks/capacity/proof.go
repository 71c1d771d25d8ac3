package capacity

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/internal/finding"
)

// Proof is the capacity of one cluster.
type Proof struct {
	Cluster   string     `json:"cluster"`
	Groups    []Group    `json:"groups"`
	Workloads []Workload `json:"workloads"`
	// Parts are what each part asks for besides its node agents.
	Parts map[string]Sum `json:"parts"`
	// Agents are what runs on each node asks for there.
	Agents Sum `json:"agents"`
	// Whole is the cluster with every zone, Lost without each of them in turn.
	Whole Fit   `json:"whole"`
	Lost  []Fit `json:"lost"`
}

// Prove places the platform on the nodes of a cluster, with every zone and
// without each of them.
func Prove(in Input) Proof {
	out := Proof{Cluster: in.Key, Groups: Groups(in.Config, in.Zones), Workloads: Workloads(in), Parts: map[string]Sum{}}
	for _, w := range out.Workloads {
		if w.Kind == DaemonSet {
			out.Agents.add(w, 1)
			continue
		}
		sum := out.Parts[w.Part]
		sum.add(w, w.Replicas)
		out.Parts[w.Part] = sum
	}
	out.Whole = fit(out.Groups, in.Zones, out.Workloads, "")
	for _, zone := range in.Zones {
		out.Lost = append(out.Lost, fit(out.Groups, in.Zones, out.Workloads, zone))
	}
	return out
}

// Unknown are instance types whose size nobody knows, so that nothing is proved.
func (p Proof) Unknown() []string {
	var out []string
	for _, g := range p.Groups {
		if g.Unknown != "" && !slices.Contains(out, g.Unknown) {
			out = append(out, g.Unknown)
		}
	}
	return out
}

// Findings are what does not fit. Path is the cluster's. Strict demands that
// the platform goes on without a zone at once, on nodes that are always there
// (when a zone fails, everybody asks for instances at the same time), and that
// no workload has all its disks in one zone.
func (p Proof) Findings(path string, strict bool) finding.List {
	var out finding.List
	if len(p.Unknown()) > 0 {
		return out
	}
	at := path + ".nodeGroups"
	if !p.Whole.Fits() {
		out.Add(at, "raise max or the instance types, or ask for less", "what the platform runs does not fit on all nodes that there may be: no place for %s", list(p.Whole.Unplaced))
		return out
	}
	for _, f := range p.Lost {
		if len(f.Gone) > 0 && strict {
			out.Add(at, "raise min, so that every zone has room", "with zone %s lost, nothing is left of %s: the nodes of the other zones are too full for its disks", f.Lost, list(f.Gone))
		}
		if len(f.Unplaced) > 0 {
			out.Add(at, "raise max or the instance types, or ask for less", "with zone %s lost, what the platform runs does not fit on all nodes that there may be: no place for %s", f.Lost, list(f.Unplaced))
		}
	}
	if len(out) > 0 || !strict {
		return out
	}
	for _, f := range p.Lost {
		if f.Added > 0 {
			out.Add(at, "raise min, or the instance types", "with zone %s lost, %s of what the platform runs find no place before %s: nothing may depend on that in prd",
				f.Lost, pods(f.Moved), added(f.Added))
		}
	}
	return out
}

func pods(n int) string {
	if n == 1 {
		return "the 1 pod to move"
	}
	return fmt.Sprintf("some of the %d pods to move", n)
}

func added(n int) string {
	if n == 1 {
		return "the autoscaler has added a node"
	}
	return fmt.Sprintf("the autoscaler has added %d nodes", n)
}

// list names each workload once, with the number of its pods.
func list(ids []string) string {
	count := map[string]int{}
	var names []string
	for _, id := range ids {
		if count[id]++; count[id] == 1 {
			names = append(names, id)
		}
	}
	for i, id := range names {
		if count[id] > 1 {
			names[i] = fmt.Sprintf("%s (%d pods)", id, count[id])
		}
	}
	return strings.Join(names, ", ")
}
