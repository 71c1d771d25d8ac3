package spec

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/internal/finding"
)

const (
	maxNodeGroupName = 63    // facts/platform.json name_and_limit_rules "eks node group name"
	minDiskGiB       = 20    // size of the AL2023 EKS image's root snapshot
	maxDiskGiB       = 16384 // gp3, EBS user guide
)

func (c Config) validateInstanceTypes() finding.List {
	var out finding.List
	for _, name := range sortedKeys(c.InstanceTypes) {
		at, t := "instanceTypes."+name, c.InstanceTypes[name]
		if t.Architecture != X86 && t.Architecture != ARM {
			out.Add(at+".architecture", "use x86_64 or arm64", "%q is not known", t.Architecture)
		}
		if t.VCPU < 1 || t.ENIs < 1 || t.AddressesPerENI < 2 {
			out.Add(at, "take vcpu, enis and addressesPerEni from the EC2 user guide",
				"%d vCPU, %d interfaces and %d addresses on each cannot be", t.VCPU, t.ENIs, t.AddressesPerENI)
		}
	}
	return out
}

func (c Config) validateNodeGroups(in ValidateInput) finding.List {
	var out finding.List
	if len(c.NodeGroups) == 0 {
		out.Add("nodeGroups", "add a managed node group", "the cluster has none, so CoreDNS and the other add-ons have nowhere to run")
		return out
	}
	names := map[string]string{}
	for _, key := range sortedKeys(c.NodeGroups) {
		g, at := c.NodeGroups[key], "nodeGroups."+key
		checkKey(&out, at, key)
		out.Join(at, g.validateSizes())
		out.Join(at, validateLabels(g.Labels))
		out.Join(at, validateTaints(g.Taints))
		out.Join(at, g.validateSlots(in.Release))
		single := Config{NodeGroups: map[string]NodeGroup{key: g}}
		for _, s := range single.Slots(in.Zones, in.Release) {
			slotAt := at
			if len(g.Slots) > 0 {
				slotAt = at + ".slots." + s.Slot
			}
			out.Join(slotAt, c.validateShape(s.NodeShape, in.Zones))
			name := in.Name + "-ng-" + s.Name()
			if n := len(name) + autoSuffix; n > maxNodeGroupName {
				out.Add(slotAt, "shorten the key of cluster, group or slot",
					"the node group %q would have %d characters with Pulumi's suffix of %d, EKS takes %d", name, n, autoSuffix, maxNodeGroupName)
			}
			if other, dup := names[name]; dup {
				out.Add(slotAt, "rename one", "it makes the same name %q as %s", name, other)
			}
			names[name] = slotAt
		}
	}
	if c.everyGroupTainted() {
		out.Add("nodeGroups", "leave the taints of one group out", "every live group is tainted, so CoreDNS and the autoscaler have nowhere to run")
	}
	return out
}

// everyGroupTainted says that there are live groups and none takes pods
// without tolerations.
func (c Config) everyGroupTainted() bool {
	live := 0
	for _, s := range c.Slots(nil, "") {
		if s.State != Live || s.Max <= 0 {
			continue
		}
		live++
		if !slices.ContainsFunc(s.Taints, func(t Taint) bool { return t.Effect != "PreferNoSchedule" }) {
			return false
		}
	}
	return live > 0
}

func (g NodeGroup) validateSizes() finding.List {
	var out finding.List
	if g.Min < 0 {
		out.Add("min", "use 0 or more", "%d nodes cannot be", g.Min)
	}
	if g.Max <= 0 {
		out.Add("max", "use 1 or more, or remove the group", "a group of at most %d nodes cannot run anything", g.Max)
	} else if g.Min > g.Max {
		out.Add("min", "lower min or raise max", "min %d is more than max %d", g.Min, g.Max)
	}
	if g.Desired < g.Min || (g.Desired > g.Max && g.Max > 0) {
		if g.Min <= g.Max {
			out.Add("desired", "use a number from min to max, or leave it out", "%d is not within %d and %d", g.Desired, g.Min, g.Max)
		}
	}
	if g.DiskGiB < minDiskGiB || g.DiskGiB > maxDiskGiB {
		out.Add("diskGiB", fmt.Sprintf("use %d to %d", minDiskGiB, maxDiskGiB), "a volume of %d GiB cannot hold the image, or is more than gp3 offers", g.DiskGiB)
	}
	if g.MaxUnavailable < 1 || g.MaxUnavailable > 100 {
		out.Add("maxUnavailable", "use 1 to 100", "EKS does not take %d", g.MaxUnavailable)
	}
	if g.Upgrade != Rolling && g.Upgrade != BlueGreen {
		out.Add("upgrade", "use rolling or blueGreen", "%q is not known", g.Upgrade)
	}
	return out
}

func (g NodeGroup) validateSlots(release string) finding.List {
	var out finding.List
	current := len(g.Slots) == 0
	for _, key := range sortedKeys(g.Slots) {
		s, at := g.Slots[key], "slots."+key
		checkKey(&out, at, key)
		switch {
		case s.State != Live && s.State != Draining:
			out.Add(at+".state", "use live or draining", "%q is not known", s.State)
		case s.State == Draining && g.Upgrade == Rolling:
			out.Add(at+".state", "set upgrade: blueGreen", "a rolling group is drained by EKS, not by slot")
		case s.State == Live && (s.Release == "" || s.Release == release || release == ""):
			current = true
		}
		if s.Desired < 0 || (g.Max > 0 && s.Desired > g.Max) {
			out.Add(at+".desired", "use a number up to max", "%d is more than max %d", s.Desired, g.Max)
		}
		if s.State == Live && s.Desired > 0 && s.Desired < g.Min {
			out.Add(at+".desired", "use a number from min, or leave it out", "%d is less than min %d", s.Desired, g.Min)
		}
	}
	if g.Upgrade == Rolling && len(g.Slots) > 1 {
		out.Add("slots", "set upgrade: blueGreen, or keep one slot", "a rolling group has one slot, not %d", len(g.Slots))
	}
	if !current {
		out.Add("slots", "add a slot without release, or with the cluster's", "no live slot is on the cluster's release %q", release)
	}
	return out
}

// validateShape checks what decides the nodes of a slot or group.
func (c Config) validateShape(s NodeShape, zones []string) finding.List {
	var out finding.List
	c.validateTypes(&out, s.InstanceTypes)
	if s.AMIFamily != FamilyAL2023 && s.AMIFamily != FamilyBottlerocket {
		out.Add("amiFamily", "use al2023 or bottlerocket", "%q is not known", s.AMIFamily)
	}
	switch {
	case s.Capacity != OnDemand && s.Capacity != Spot:
		out.Add("capacity", "use onDemand or spot", "%q is not known", s.Capacity)
	case s.Capacity == Spot && len(s.InstanceTypes) == 1:
		out.Warn("instanceTypes", "name three or more of the same size", "spot capacity of the only type %q may run out", s.InstanceTypes[0])
	}
	for i, zone := range s.Zones {
		if len(zones) > 0 && !slices.Contains(zones, zone) {
			out.Add(index("zones", i), "use "+strings.Join(zones, ", "), "the network has no zone %q", zone)
		}
		if slices.Contains(s.Zones[:i], zone) {
			out.Add(index("zones", i), "remove it", "%q is listed twice", zone)
		}
	}
	return out
}

// validateTypes checks that instance types are known and of one architecture.
func (c Config) validateTypes(out *finding.List, types []string) {
	if len(types) == 0 {
		out.Add("instanceTypes", "name at least one", "there is none")
	}
	architecture, of := "", ""
	for i, name := range types {
		t, ok := c.instanceType(name)
		switch {
		case !ok:
			out.Add(index("instanceTypes", i), fmt.Sprintf("correct it, or give its facts under the cluster's instanceTypes.%s", quoteKey(name)), "the instance type %q is not known", name)
			continue
		case architecture == "":
			architecture, of = t.Architecture, name
		case t.Architecture != architecture:
			out.Add(index("instanceTypes", i), "put it into a group of its own", "%q is %s and %q is %s; one group runs one image", name, t.Architecture, of, architecture)
		}
		if c.PodAddressing.PrefixDelegation && !t.Nitro {
			out.Add(index("instanceTypes", i), "use a Nitro type, or turn podAddressing.prefixDelegation off", "%q cannot take address prefixes", name)
		}
		if c.PodAddressing.Mode == PodsInPodSubnets && t.ENIs < 2 {
			out.Add(index("instanceTypes", i), "use a larger type", "%q has %d network interface, and custom networking leaves none for pods", name, t.ENIs)
		}
		if slices.Contains(types[:i], name) {
			out.Add(index("instanceTypes", i), "remove it", "%q is listed twice", name)
		}
	}
}

func quoteKey(name string) string { return fmt.Sprintf("%q", name) }

func (c Config) validateAutoscaler() finding.List {
	var out finding.List
	if !slices.Contains([]string{AutoscalerCluster, AutoscalerKarpenter, AutoscalerNone}, c.Autoscaler) {
		out.Add("autoscaler", "use clusterAutoscaler, karpenter or none", "%q is not known", c.Autoscaler)
	}
	switch {
	case c.Autoscaler != AutoscalerKarpenter && c.Karpenter != nil:
		out.Add("karpenter", "set autoscaler: karpenter, or remove the section", "node pools are listed and autoscaler is %q", c.Autoscaler)
	case c.Autoscaler == AutoscalerKarpenter && len(c.pools()) == 0:
		out.Add("karpenter.nodePools", "add a node pool, or use another autoscaler", "autoscaler is karpenter and there is no node pool")
	}
	if c.Autoscaler == AutoscalerKarpenter && !slices.ContainsFunc(c.Slots(nil, ""), func(s NodeSlot) bool { return s.State == Live && s.Min > 0 }) {
		out.Add("nodeGroups", "give one group min of at least 1", "Karpenter itself runs on a managed group, and none keeps a node")
	}
	for _, key := range sortedKeys(c.pools()) {
		p, at := c.pools()[key], "karpenter.nodePools."+key
		checkKey(&out, at, key)
		out.Join(at, c.validatePool(p))
	}
	return out
}

func (c Config) validatePool(p NodePool) finding.List {
	var out finding.List
	c.validateTypes(&out, p.InstanceTypes)
	if p.AMIFamily != FamilyAL2023 && p.AMIFamily != FamilyBottlerocket {
		out.Add("amiFamily", "use al2023 or bottlerocket", "%q is not known", p.AMIFamily)
	}
	for i, capacity := range p.Capacity {
		if capacity != OnDemand && capacity != Spot {
			out.Add(index("capacity", i), "use onDemand or spot", "%q is not known", capacity)
		}
	}
	if p.CPULimit < 1 {
		out.Add("cpuLimit", "use the number of vCPUs that the pool may grow to", "a pool without a limit can spend without one")
	}
	out.Join("", validateLabels(p.Labels))
	out.Join("", validateTaints(p.Taints))
	return out
}
