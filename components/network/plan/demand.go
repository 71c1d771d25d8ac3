package plan

import "fmt"

// Demand is everything that takes addresses of one network at the worst
// instant. It is plain so that this package knows nothing of clusters: stacks/config
// fills it from the clusters' configuration.
type Demand struct {
	// InterfaceEndpoints take one address each in every private subnet.
	InterfaceEndpoints int `json:"interfaceEndpoints,omitempty"`
	// NATAddresses of each gateway, by the zone of the gateway.
	NATAddresses map[string]int `json:"natAddresses,omitempty"`
	Clusters     []Cluster      `json:"clusters,omitempty"`
}

// Cluster is one cluster's part of the demand.
type Cluster struct {
	Key string `json:"key"`
	// PodSubnets: pods take addresses of the pod subnets (custom networking).
	PodSubnets bool `json:"podSubnets,omitempty"`
	// PrefixDelegation: interfaces take /28 prefixes in place of single addresses.
	PrefixDelegation bool    `json:"prefixDelegation,omitempty"`
	Groups           []Group `json:"groups,omitempty"`
	Pools            []Pool  `json:"pools,omitempty"` // Karpenter
	// PublicLoadBalancers and InternalLoadBalancers stand in every public and
	// every private subnet.
	PublicLoadBalancers   int `json:"publicLoadBalancers,omitempty"`
	InternalLoadBalancers int `json:"internalLoadBalancers,omitempty"`
	// FileSystems have one mount target in every private subnet.
	FileSystems int `json:"fileSystems,omitempty"`
	// Stores of logs and traces put so many interfaces into each of their private
	// subnets, StoreSurge of them only while they are replaced by others.
	Stores     int `json:"stores,omitempty"`
	StoreSurge int `json:"storeSurge,omitempty"`
	// Bastions stand in one private subnet; every private subnet keeps room for them.
	Bastions int `json:"bastions,omitempty"`
}

// Strategies of a group's upgrade.
const (
	Rolling   = "rolling"
	BlueGreen = "blueGreen"
)

// Group is a managed node group.
type Group struct {
	Key string `json:"key"`
	// Zones of the group (of all its slots together); empty means the network's.
	Zones []string `json:"zones,omitempty"`
	// Max nodes over all zones: the worst instant has the group at its maximum.
	Max int `json:"max"`
	// Upgrade is Rolling or BlueGreen; "" means Rolling.
	Upgrade string `json:"upgrade,omitempty"`
	// MaxUnavailable nodes during a rolling update; 0 means 1.
	MaxUnavailable int `json:"maxUnavailable,omitempty"`
	// MaxPods a node takes, from the node configuration; 0 means as many as
	// its interfaces carry.
	MaxPods int `json:"maxPods,omitempty"`
	// Types of all slots: the hungriest counts.
	Types []InstanceType `json:"types"`
}

// Pool is a Karpenter node pool.
type Pool struct {
	Key      string         `json:"key"`
	CPULimit int            `json:"cpuLimit"`
	MaxPods  int            `json:"maxPods,omitempty"`
	Types    []InstanceType `json:"types"`
}

// InstanceType is what matters of one. Source of values: facts, eni_limits.
type InstanceType struct {
	Name            string `json:"name"`
	ENIs            int    `json:"enis"`
	AddressesPerENI int    `json:"addressesPerEni"`
	VCPU            int    `json:"vcpu,omitempty"` // 0 means unknown, and counts as the worst
}

const (
	// controlPlaneUpgrade: an upgrade of a control plane needs up to five free
	// addresses in the cluster's subnets, and may take all from one. Source:
	// EKS user guide, "Update existing cluster" (facts, name_and_limit_rules).
	controlPlaneUpgrade = 5
	// controlPlaneStanding: a control plane keeps two to four interfaces over
	// two subnets or more, so at most two in one. Source: EKS user guide,
	// "VPC and subnet requirements", from memory (medium).
	controlPlaneStanding = 2
	// perLoadBalancer: an ALB needs eight free addresses in each subnet to
	// scale. Source: ELB user guide, "Subnets for your load balancer" (design §4).
	perLoadBalancer = 8
	// prefixSize: prefix delegation assigns /28 prefixes. Source: EC2, facts network_formulas.
	prefixSize = 16
	// rollingSurgePerZone: EKS raises a group by twice its zones, or by
	// maxUnavailable where that is more. Source: EKS user guide, "Managed node
	// update behavior" (design §4).
	rollingSurgePerZone = 2
)

// footprint is what one full node takes. A node is counted full, because pods
// of the old nodes are what the new ones take in.
type footprint struct {
	node     int // single addresses in the node's subnet
	pod      int // single addresses in the subnet of the pods
	prefixes int // /28 prefixes in the subnet of the pods
	text     string
}

// total weighs a footprint as Row.Need does, to find the hungriest type.
func (f footprint) total() int {
	if f.prefixes > 0 {
		return (f.node + f.pod + f.prefixes) * prefixSize
	}
	return f.node + f.pod
}

// footprintOf follows the VPC CNI's defaults. It takes addresses by the
// interface (WARM_ENI_TARGET=1: one interface beyond those in use) or by the
// prefix (WARM_PREFIX_TARGET=1), never by the pod. With custom networking
// the first interface carries no pods. Source: amazon-vpc-cni-k8s README and
// docs/eni-and-ip-target.md; facts, network_formulas.
func footprintOf(t InstanceType, c Cluster, maxPods int) footprint {
	per, podENIs := t.AddressesPerENI-1, t.ENIs // addresses for pods on each interface
	if c.PodSubnets {
		podENIs--
	}
	if per < 1 || podENIs < 1 {
		return footprint{node: 1, text: fmt.Sprintf("%s: 1", t.Name)}
	}
	if c.PrefixDelegation {
		return prefixFootprint(t, c, maxPods, per, podENIs)
	}
	used := podENIs
	if maxPods > 0 {
		used = min(ceil(maxPods, per)+1, podENIs) // and one warm
	}
	if c.PodSubnets {
		return footprint{node: 1, pod: used * t.AddressesPerENI,
			text: fmt.Sprintf("%s: 1, and for pods %d interfaces × %d", t.Name, used, t.AddressesPerENI)}
	}
	return footprint{pod: used * t.AddressesPerENI, // the primary address is one of them
		text: fmt.Sprintf("%s: %d interfaces × %d", t.Name, used, t.AddressesPerENI)}
}

// Pods a node with prefix delegation takes when nobody says less. Source:
// amazon-eks-ami max-pods-calculator.sh (facts, network_formulas).
const (
	podsSmall     = 110 // up to 30 vCPU
	podsLarge     = 250
	podsSmallVCPU = 30
)

func prefixFootprint(t InstanceType, c Cluster, maxPods, per, podENIs int) footprint {
	if maxPods == 0 {
		maxPods = podsLarge
		if t.VCPU > 0 && t.VCPU <= podsSmallVCPU {
			maxPods = podsSmall
		}
	}
	prefixes := min(ceil(maxPods, prefixSize)+1, podENIs*per) // and one warm
	enis := min(ceil(prefixes, per), podENIs)
	f := footprint{pod: enis, prefixes: prefixes,
		text: fmt.Sprintf("%s: %d prefixes of 16 and %d single", t.Name, prefixes, enis)}
	if c.PodSubnets {
		f.node = 1
		f.text = fmt.Sprintf("%s: 1, and for pods %d prefixes of 16 and %d single", t.Name, prefixes, enis)
	}
	return f
}

// worst is the hungriest of a list of types.
func worst(types []InstanceType, c Cluster, maxPods int) footprint {
	var out footprint
	for _, t := range types {
		if f := footprintOf(t, c, maxPods); f.total() > out.total() {
			out = f
		}
	}
	return out
}

// nodes of a group at the worst instant of its upgrade, in one zone of n, with
// the part that only the upgrade adds.
func (g Group) nodes(zones int) (all, surge int, text string) {
	steady := ceil(g.Max, zones)
	if g.Upgrade == BlueGreen {
		return 2 * steady, steady, fmt.Sprintf("2 slots × %s over %s = %d a zone", count(g.Max, "node"), count(zones, "zone"), 2*steady)
	}
	add := max(rollingSurgePerZone*zones, g.MaxUnavailable, 1)
	all = ceil(g.Max+add, zones)
	return all, all - steady, fmt.Sprintf("(%s + %d surge) over %s = %d a zone", count(g.Max, "node"), add, count(zones, "zone"), all)
}

func ceil(a, b int) int { return (a + b - 1) / b }

// count is "1 node", "2 nodes".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
