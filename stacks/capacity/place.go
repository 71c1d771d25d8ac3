package capacity

import (
	"cmp"
	"maps"
	"slices"
)

// Fit is what became of the pods in one situation.
type Fit struct {
	// Lost is the zone that is gone; "" when all are there.
	Lost string `json:"lost,omitempty"`
	// Moved is the number of pods that look for a new place.
	Moved int `json:"moved"`
	// Added is the number of nodes that an autoscaler must add before all have one.
	Added int `json:"added"`
	// Unplaced are pods without a place on any node that there may be, by
	// workload, and node agents without room on a node.
	Unplaced []string `json:"unplaced,omitempty"`
	// Waiting are pods whose disk is in the lost zone: they come back with it.
	Waiting []string `json:"waiting,omitempty"`
	// Gone are workloads of several pods all of whose disks are in the lost zone:
	// nothing of them is left.
	Gone []string `json:"gone,omitempty"`
	// Free is what is left on the nodes for applications.
	Free Sum `json:"free"`
	// Zones are what each zone's nodes have and what the platform takes of them.
	Zones []Zone `json:"zones"`
}

// Zone is one zone in one situation.
type Zone struct {
	Zone  string `json:"zone"`
	Nodes int    `json:"nodes"`
	Taken Sum    `json:"taken"`
	Free  Sum    `json:"free"`
}

// Fits says whether every pod that can run has a place, and something of every
// workload is left.
func (f Fit) Fits() bool { return len(f.Unplaced) == 0 && len(f.Gone) == 0 }

// Held says whether they have it at once, on nodes that are always there.
func (f Fit) Held() bool { return f.Fits() && f.Added == 0 }

// claim is a number of pods of one workload that need places.
type claim struct {
	workload Workload
	pods     int
}

// bySize puts what is hard to place first.
func bySize(claims []claim) {
	slices.SortStableFunc(claims, func(a, b claim) int {
		return cmp.Or(cmp.Compare(b.workload.Memory, a.workload.Memory), cmp.Compare(b.workload.CPU, a.workload.CPU), cmp.Compare(a.workload.ID(), b.workload.ID()))
	})
}

// settle places claims, and adds nodes while that helps.
func (p *pool) settle(claims []claim, lost string) (added int, unplaced []string) {
	bySize(claims)
	for _, c := range claims {
		for range c.pods {
			for !p.place(c.workload) {
				if !p.roomy(c.workload) || !p.grow(lost) {
					unplaced = append(unplaced, c.workload.ID())
					break
				}
				added++
			}
		}
	}
	return added, unplaced
}

// roomy says whether an empty node of any group that can grow would take the pod.
func (p *pool) roomy(w Workload) bool {
	var agents Sum
	for _, d := range p.daemons {
		agents.add(d, 1)
	}
	return slices.ContainsFunc(p.groups, func(g Group) bool {
		return !g.Tainted && g.Unknown == "" && p.made[g.Name] < g.Max &&
			g.CPU-agents.CPU >= w.CPU && g.Memory-agents.Memory >= w.Memory && g.Pods > agents.Pods
	})
}

// place puts one pod where fewest of its workload are: by zone first, then by
// node, then where most is free, as spread constraints and scoring have it.
func (p *pool) place(w Workload) bool {
	zones := map[string]int{}
	for _, n := range p.nodes {
		zones[n.zone] += n.on[w.ID()]
	}
	var best *node
	for _, n := range p.nodes {
		if n.tainted || !n.fits(w) {
			continue
		}
		if best == nil || cmp.Or(cmp.Compare(zones[n.zone], zones[best.zone]), cmp.Compare(n.on[w.ID()], best.on[w.ID()]), cmp.Compare(best.memory, n.memory)) < 0 {
			best = n
		}
	}
	if best == nil {
		return false
	}
	best.take(w)
	return true
}

// fit settles the platform on a cluster, and then without one zone.
func fit(groups []Group, zones []string, all []Workload, lost string) Fit {
	var daemons []Workload
	var claims []claim
	for _, w := range all {
		if w.Kind == DaemonSet {
			daemons = append(daemons, w)
		} else {
			claims = append(claims, claim{w, w.Replicas})
		}
	}
	p := newPool(groups, daemons)
	out := Fit{Lost: lost}
	out.Added, out.Unplaced = p.settle(claims, "")
	if lost != "" {
		out.Added = 0 // those of the day before were there already
		moved := p.lose(lost)
		claims = nil
		for _, w := range all {
			pods := moved[w.ID()]
			switch {
			case w.Kind == DaemonSet || pods == 0:
			case w.Volume:
				for range pods {
					out.Waiting = append(out.Waiting, w.ID())
				}
				if pods == w.Replicas && pods > 1 {
					out.Gone = append(out.Gone, w.ID())
				}
			default:
				out.Moved += pods
				claims = append(claims, claim{w, pods})
			}
		}
		added, unplaced := p.settle(claims, lost)
		out.Added, out.Unplaced = added, append(out.Unplaced, unplaced...)
	}
	out.Unplaced = append(out.Unplaced, p.short...)
	out.sum(p, groups, zones)
	return out
}

// sum counts what is taken and free, by zone.
func (f *Fit) sum(p *pool, groups []Group, zones []string) {
	by := map[string]Group{}
	for _, g := range groups {
		by[g.Name] = g
	}
	for _, zone := range zones {
		if zone == f.Lost {
			continue
		}
		z := Zone{Zone: zone}
		for _, n := range p.nodes {
			if n.zone != zone {
				continue
			}
			g := by[n.group]
			z.Nodes++
			z.Taken = Sum{z.Taken.CPU + g.CPU - n.cpu, z.Taken.Memory + g.Memory - n.memory, z.Taken.Pods + g.Pods - n.pods}
			z.Free = Sum{z.Free.CPU + n.cpu, z.Free.Memory + n.memory, z.Free.Pods + n.pods}
		}
		f.Zones = append(f.Zones, z)
		f.Free = Sum{f.Free.CPU + z.Free.CPU, f.Free.Memory + z.Free.Memory, f.Free.Pods + z.Free.Pods}
	}
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
