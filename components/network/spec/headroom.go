package spec

import (
	"maps"
	"slices"

	"github.com/ladder-platform/ladder/components/network/plan"
	"github.com/ladder-platform/ladder/internal/finding"
)

// Demand is everything that takes addresses of this network: what the network
// makes itself, and the clusters in it.
func (c Config) Demand(clusters []plan.Cluster) plan.Demand {
	c = c.WithDefaults()
	d := plan.Demand{InterfaceEndpoints: c.InterfaceEndpoints(), Clusters: clusters}
	if c.Existing != nil {
		return d
	}
	d.NATAddresses = map[string]int{}
	for _, zone := range c.NATZones() {
		d.NATAddresses[zone] = c.NAT.Addresses
	}
	return d
}

// NATZones are the zones that have a NAT gateway. The single one stands in the
// lowest zone, not in the first of the list, so that reordering moves nothing.
func (c Config) NATZones() []string {
	c = c.WithDefaults()
	zones := slices.Sorted(slices.Values(c.Zones))
	return zones[:min(c.Gateways(), len(zones))]
}

// Subnets that the headroom proof is about, of either kind of network; none
// for a configuration that has findings.
func (c Config) Subnets() []plan.Subnet {
	if c.Existing == nil {
		l, ok := c.Layout()
		if !ok {
			return nil
		}
		return l.Subnets()
	}
	var out []plan.Subnet
	s := c.Existing.Subnets
	for _, zone := range slices.Sorted(maps.Keys(s.Private)) {
		for _, role := range []struct {
			name string
			id   string
		}{{plan.Private, s.Private[zone]}, {plan.Public, s.Public[zone]}, {plan.Pod, s.Pod[zone]}} {
			if role.id == "" {
				continue
			}
			free, known := c.Existing.AvailableAddresses[role.id]
			if !known {
				free = plan.Unknown
			}
			out = append(out, plan.Subnet{Role: role.name, Zone: zone, ID: role.id, Available: free})
		}
	}
	return out
}

// Headroom proves that the clusters' worst instant fits this network (NET-3).
// path is the network's, for example "networks.main". asked says that the run
// goes on to ask AWS for the free addresses of an existing VPC's subnets
// (network.New does), so that it is no finding here that nobody knows them.
func (c Config) Headroom(path string, clusters []plan.Cluster, asked bool) (plan.Proof, finding.List) {
	subnets, demand := c.Subnets(), c.Demand(clusters)
	proof := plan.Prove(subnets, demand)
	if c.Existing != nil {
		return proof, plan.FindingsExisting(path, subnets, demand, asked || c.Existing.AcknowledgeUnknownHeadroom)
	}
	if l, ok := c.Layout(); ok {
		return proof, l.Findings(path, demand)
	}
	return proof, nil
}
