package spec

import "slices"

// DrainingTaint keeps new pods off a slot that is being drained.
const DrainingTaint = "ladder/draining"

// NodeSlot is one EKS node group with everything resolved: what the slot says,
// else what its group says, else the default.
type NodeSlot struct {
	Group string
	Slot  string
	NodeShape
	// Release that the nodes run.
	Release string
	// State is live or draining.
	State string
	// Min, Max and Desired are numbers of nodes over all zones. Min of a
	// draining slot is 0, so that the autoscaler may take empty nodes away.
	Min, Max, Desired int
	DiskGiB           int
	Labels            map[string]string
	// Taints include DrainingTaint while the slot drains.
	Taints         []Taint
	MaxUnavailable int
}

// Name is "<group>-<slot>", the end of the slot's logical name.
func (s NodeSlot) Name() string { return s.Group + "-" + s.Slot }

// Slots are the node groups of the cluster, sorted by group and slot. zones
// are the network's, in order; release is the cluster's.
func (c Config) Slots(zones []string, release string) []NodeSlot {
	var out []NodeSlot
	for _, group := range sortedKeys(c.NodeGroups) {
		g := c.NodeGroups[group].withDefaults()
		slots := g.Slots
		if len(slots) == 0 {
			slots = map[string]Slot{MainSlot: {State: Live}}
		}
		for _, key := range sortedKeys(slots) {
			out = append(out, g.resolve(group, key, slots[key], zones, release))
		}
	}
	return out
}

func (g NodeGroup) resolve(group, key string, s Slot, zones []string, release string) NodeSlot {
	out := NodeSlot{
		Group: group, Slot: key, NodeShape: g.NodeShape, Release: orDefault(s.Release, release),
		State: orDefault(s.State, Live), Min: g.Min, Max: g.Max, Desired: g.Desired, DiskGiB: g.DiskGiB,
		Labels: g.Labels, Taints: slices.Clone(g.Taints), MaxUnavailable: g.MaxUnavailable,
	}
	if len(s.InstanceTypes) > 0 {
		out.InstanceTypes = s.InstanceTypes
	}
	out.AMIFamily = orDefault(s.AMIFamily, out.AMIFamily)
	out.Capacity = orDefault(s.Capacity, out.Capacity)
	if len(s.Zones) > 0 {
		out.Zones = s.Zones
	}
	if len(out.Zones) == 0 {
		out.Zones = slices.Clone(zones)
	}
	if s.Desired > 0 {
		out.Desired = s.Desired
	}
	if out.State == Draining {
		out.Min = 0
		out.Taints = append(out.Taints, Taint{Key: DrainingTaint, Value: "true", Effect: "NoSchedule"})
	}
	return out
}
