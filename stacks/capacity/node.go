package capacity

import (
	"fmt"
	"slices"

	cluster "github.com/ladder-platform/ladder/components/cluster/spec"
	"github.com/ladder-platform/ladder/internal/facts"
)

// Group is a slot of a node group, or what Karpenter makes of a pool.
type Group struct {
	// Name is "<group>-<slot>", or "pool <key>".
	Name  string   `json:"name"`
	Types []string `json:"types"`
	Zones []string `json:"zones"`
	// Min nodes are always there, Max there may be.
	Min int `json:"min"`
	Max int `json:"max"`
	// CPU, Memory and Pods are what the smallest of its types lets pods ask for.
	CPU    int `json:"cpu"`
	Memory int `json:"memory"`
	Pods   int `json:"pods"`
	// Tainted nodes take node agents only.
	Tainted bool `json:"tainted,omitempty"`
	// Unknown is a type whose size nobody knows: the group is left out.
	Unknown string `json:"unknown,omitempty"`
}

// Groups are what a cluster's nodes are made from. Draining slots are left out:
// nothing new runs there.
func Groups(c cluster.Config, zones []string) []Group {
	var out []Group
	grows := c.Autoscaler == cluster.AutoscalerCluster
	for _, s := range c.Slots(zones, "") {
		if s.State == cluster.Draining {
			continue
		}
		g := Group{Name: s.Name(), Types: s.InstanceTypes, Zones: s.Zones, Min: s.Min, Max: s.Min, Tainted: tainted(s.Taints)}
		if grows {
			g.Max = s.Max
		}
		g.size(c)
		out = append(out, g)
	}
	if c.Karpenter == nil {
		return out
	}
	for _, key := range sorted(c.Karpenter.NodePools) {
		p := c.Karpenter.NodePools[key]
		g := Group{Name: "pool " + key, Types: p.InstanceTypes, Zones: zones, Tainted: tainted(p.Taints)}
		if cores := g.size(c); cores > 0 {
			g.Max = p.CPULimit / cores
		}
		out = append(out, g)
	}
	return out
}

func tainted(taints []cluster.Taint) bool {
	return slices.ContainsFunc(taints, func(t cluster.Taint) bool { return t.Effect != "PreferNoSchedule" })
}

// size takes the smallest of the types, in each respect: any of them may come.
// It returns the most cores that one of them has.
func (g *Group) size(c cluster.Config) (cores int) {
	for i, name := range g.Types {
		t, known := facts.InstanceType(name)
		pods, ok := c.MaxPods([]string{name})
		if !known || !ok || t.VCPU == 0 || t.MemoryGiB == 0 {
			g.Unknown = name
			return 0
		}
		if every, ok := c.MaxPods(g.Types); ok {
			pods = every // a group has one kubelet setting, by its smallest type
		}
		cpu, memory := facts.Allocatable(t.VCPU, t.MemoryGiB, pods)
		if i == 0 {
			g.CPU, g.Memory, g.Pods = cpu, memory, pods
		}
		g.CPU, g.Memory, g.Pods = min(g.CPU, cpu), min(g.Memory, memory), min(g.Pods, pods)
		cores = max(cores, t.VCPU)
	}
	if len(g.Types) == 0 {
		g.Unknown = "no type"
	}
	return cores
}

// node is one node while pods are placed.
type node struct {
	name, zone, group string
	cpu, memory, pods int // free
	tainted           bool
	on                map[string]int // pods of each workload
}

func (n *node) fits(w Workload) bool {
	return n.pods > 0 && n.cpu >= w.CPU && n.memory >= w.Memory && (!w.Apart || n.on[w.ID()] == 0)
}

func (n *node) take(w Workload) {
	n.cpu, n.memory, n.pods = n.cpu-w.CPU, n.memory-w.Memory, n.pods-1
	n.on[w.ID()]++
}

// pool are the nodes that there are, and those that may be added.
type pool struct {
	groups  []Group
	daemons []Workload
	nodes   []*node
	made    map[string]int // nodes of a group so far
	// short are node agents that found no room on a node of their own.
	short []string
}

// newPool makes the minimum of each group. A group's nodes are spread over its
// zones, the first zones getting one more: every group may be uneven in the same way.
func newPool(groups []Group, daemons []Workload) *pool {
	p := &pool{groups: groups, daemons: daemons, made: map[string]int{}}
	for _, g := range groups {
		for i := range g.Min {
			if g.Unknown == "" {
				p.add(g, g.Zones[i%len(g.Zones)])
			}
		}
	}
	return p
}

// add makes one node of a group, with its agents on it.
func (p *pool) add(g Group, zone string) {
	p.made[g.Name]++
	n := &node{
		name: fmt.Sprintf("%s %d", g.Name, p.made[g.Name]), zone: zone, group: g.Name, cpu: g.CPU, memory: g.Memory, pods: g.Pods,
		tainted: g.Tainted, on: map[string]int{},
	}
	for _, d := range p.daemons {
		if !n.fits(d) {
			p.short = append(p.short, d.ID()+" on "+n.name)
			continue
		}
		n.take(d)
	}
	p.nodes = append(p.nodes, n)
}

// grow adds a node where an autoscaler could: of a group that takes ordinary
// pods and has not reached its maximum, in the zone of it with the fewest nodes.
// lost is a zone without nodes, "" for none.
func (p *pool) grow(lost string) bool {
	for _, g := range p.groups {
		if g.Tainted || g.Unknown != "" || p.made[g.Name] >= g.Max {
			continue
		}
		zones := slices.DeleteFunc(slices.Clone(g.Zones), func(z string) bool { return z == lost })
		if len(zones) == 0 {
			continue
		}
		count := func(zone string) (n int) {
			for _, node := range p.nodes {
				if node.zone == zone && node.group == g.Name {
					n++
				}
			}
			return n
		}
		p.add(g, slices.MinFunc(zones, func(a, b string) int { return count(a) - count(b) }))
		return true
	}
	return false
}

// lose takes a zone away and gives back what ran there, by workload.
func (p *pool) lose(zone string) map[string]int {
	moved := map[string]int{}
	p.nodes = slices.DeleteFunc(p.nodes, func(n *node) bool {
		if n.zone != zone {
			return false
		}
		for id, pods := range n.on {
			moved[id] += pods
		}
		p.made[n.group]-- // its place in the maximum is free again
		return true
	})
	return moved
}
