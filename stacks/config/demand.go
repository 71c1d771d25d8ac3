package config

import (
	"slices"

	cluster "github.com/ladder-platform/ladder/components/cluster/spec"
	"github.com/ladder-platform/ladder/components/network/plan"
	"github.com/ladder-platform/ladder/internal/facts"
)

// Demand is what the clusters of a network take of its addresses at the worst
// instant of an upgrade, for the headroom proof.
func (s Stack) Demand(networkKey string) []plan.Cluster {
	var out []plan.Cluster
	for _, key := range s.ClustersIn(networkKey) {
		c := s.Clusters[key].WithDefaults(s.Networks[networkKey].HasPodSubnets())
		p := plan.Cluster{
			Key: key, PodSubnets: c.PodAddressing.Mode == cluster.PodsInPodSubnets, PrefixDelegation: c.PodAddressing.PrefixDelegation,
		}
		if c.Storage.EFS != nil {
			p.FileSystems = len(c.Storage.EFS.FileSystems)
		}
		if c.Bastion != nil {
			p.Bastions = 1
		}
		p.PublicLoadBalancers, p.InternalLoadBalancers = s.loadBalancers(key)
		if slices.Contains(s.Observed(), key) {
			p.Stores, p.StoreSurge = s.Observability.WithDefaults().Interfaces(len(s.Networks[networkKey].WithDefaults().Zones))
		}
		for _, group := range sortedKeys(c.NodeGroups) {
			p.Groups = append(p.Groups, demandOf(c, group))
		}
		if c.Karpenter != nil {
			for _, pool := range sortedKeys(c.Karpenter.NodePools) {
				np := c.Karpenter.NodePools[pool]
				pods, _ := c.MaxPods(np.InstanceTypes)
				p.Pools = append(p.Pools, plan.Pool{Key: pool, CPULimit: np.CPULimit, MaxPods: pods, Types: planTypes(c, np.InstanceTypes)})
			}
		}
		out = append(out, p)
	}
	return out
}

// demandOf is one group with the types and zones of all its slots together.
func demandOf(c cluster.Config, group string) plan.Group {
	g := c.NodeGroups[group]
	out := plan.Group{Key: group, Max: g.Max, Upgrade: g.Upgrade, MaxUnavailable: g.MaxUnavailable}
	types := []string{}
	everywhere := false
	for _, slot := range (cluster.Config{NodeGroups: map[string]cluster.NodeGroup{group: g}}).Slots(nil, "") {
		for _, t := range slot.InstanceTypes {
			if !slices.Contains(types, t) {
				types = append(types, t)
			}
		}
		everywhere = everywhere || len(slot.Zones) == 0
		for _, z := range slot.Zones {
			if !slices.Contains(out.Zones, z) {
				out.Zones = append(out.Zones, z)
			}
		}
		pods, ok := c.MaxPods(slot.InstanceTypes)
		if ok {
			out.MaxPods = max(out.MaxPods, pods)
		}
	}
	if everywhere {
		out.Zones = nil // the network's
	}
	out.Types = planTypes(c, types)
	return out
}

// planTypes are the facts of instance types, the stack file's own first.
func planTypes(c cluster.Config, names []string) []plan.InstanceType {
	var out []plan.InstanceType
	for _, name := range names {
		if t, ok := c.InstanceTypes[name]; ok {
			out = append(out, plan.InstanceType{Name: name, ENIs: t.ENIs, AddressesPerENI: t.AddressesPerENI, VCPU: t.VCPU})
		} else if t, ok := facts.InstanceType(name); ok {
			out = append(out, plan.InstanceType{Name: name, ENIs: t.ENIs, AddressesPerENI: t.IPv4PerENI, VCPU: t.VCPU})
		}
	}
	return out
}
