package spec

import (
	"maps"
	"slices"
)

// Words of the configuration.
const (
	AutoscalerCluster   = "clusterAutoscaler"
	AutoscalerKarpenter = "karpenter"
	AutoscalerNone      = "none"

	FamilyAL2023       = "al2023"
	FamilyBottlerocket = "bottlerocket"

	OnDemand = "onDemand"
	Spot     = "spot"

	Rolling   = "rolling"
	BlueGreen = "blueGreen"

	Live     = "live"
	Draining = "draining"
	Retiring = "retiring"

	PodsInNodeSubnets = "nodeSubnets"
	PodsInPodSubnets  = "podSubnets"

	SupportExtended = "extended"
	SupportStandard = "standard"

	X86 = "x86_64"
	ARM = "arm64"

	// MainSlot is the slot that a group without slots has.
	MainSlot = "main"
)

const (
	defaultServiceCIDR = "172.20.0.0/16" // one of the two that EKS itself would choose
	defaultRetention   = 90              // days
	defaultDiskGiB     = 50
	defaultBastion     = "t4g.nano"
)

// LogTypes are the control plane logs that EKS offers.
var LogTypes = []string{"api", "audit", "authenticator", "controllerManager", "scheduler"}

// WithDefaults fills what the stack file leaves out; c itself stays as it is.
// podSubnets says whether the network has pod subnets.
func (c Config) WithDefaults(podSubnets bool) Config {
	c.ServiceCIDR = orDefault(c.ServiceCIDR, defaultServiceCIDR)
	c.Support = orDefault(c.Support, SupportExtended)
	c.Autoscaler = orDefault(c.Autoscaler, AutoscalerCluster)
	logs := Logs{}
	if c.Logs != nil {
		logs = *c.Logs
	}
	if len(logs.Types) == 0 {
		logs.Types = slices.Clone(LogTypes)
	}
	if logs.RetentionDays == 0 {
		logs.RetentionDays = defaultRetention
	}
	c.Logs = &logs
	if c.PodAddressing.Mode == "" {
		c.PodAddressing.Mode = PodsInNodeSubnets
		if podSubnets {
			c.PodAddressing.Mode = PodsInPodSubnets
		}
	}
	if c.NetworkPolicy == nil {
		on := true
		c.NetworkPolicy = &on
	}
	snapshots := c.snapshots()
	c.Storage.Snapshots = &snapshots
	c.NodeGroups = mapped(c.NodeGroups, NodeGroup.withDefaults)
	c.Storage.EFS = c.Storage.EFS.withDefaults()
	c.Karpenter = c.Karpenter.withDefaults()
	if c.Bastion != nil {
		c.Bastion = &Bastion{InstanceType: orDefault(c.Bastion.InstanceType, defaultBastion)}
	}
	return c
}

func (g NodeGroup) withDefaults() NodeGroup {
	g.AMIFamily = orDefault(g.AMIFamily, FamilyAL2023)
	g.Capacity = orDefault(g.Capacity, OnDemand)
	g.Upgrade = orDefault(g.Upgrade, Rolling)
	if g.Desired == 0 {
		g.Desired = g.Min
	}
	if g.DiskGiB == 0 {
		g.DiskGiB = defaultDiskGiB
	}
	if g.MaxUnavailable == 0 {
		g.MaxUnavailable = 1
	}
	g.Slots = mapped(g.Slots, func(s Slot) Slot {
		s.State = orDefault(s.State, Live)
		return s
	})
	return g
}

func (e *EFS) withDefaults() *EFS {
	if e == nil {
		return nil
	}
	return &EFS{FileSystems: mapped(e.FileSystems, func(f EFSFileSystem) EFSFileSystem {
		f.Throughput = orDefault(f.Throughput, "elastic")
		return f
	})}
}

func (k *Karpenter) withDefaults() *Karpenter {
	if k == nil {
		return nil
	}
	return &Karpenter{NodePools: mapped(k.NodePools, func(p NodePool) NodePool {
		p.AMIFamily = orDefault(p.AMIFamily, FamilyAL2023)
		if len(p.Capacity) == 0 {
			p.Capacity = []string{OnDemand}
		}
		return p
	})}
}

// mapped is m with f applied to every value; nil stays nil.
func mapped[V any](m map[string]V, f func(V) V) map[string]V {
	out := maps.Clone(m)
	for k, v := range out {
		out[k] = f(v)
	}
	return out
}
