package doctor

import (
	"fmt"

	cluster "github.com/ladder-platform/ladder/components/cluster/spec"
	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/stacks/config"
)

// Need is what a stack asks of its account.
type Need struct {
	Stack, AccountID, Region, DeployerRoleARN string
	// Kubernetes is the highest minor that its clusters run.
	Kubernetes string
	// Quotas that it takes a part of.
	Quotas []Quota
	// PrivateOnly are clusters whose API server has no public endpoint.
	PrivateOnly []string
}

// Quota is a service quota and the stack's part of it.
type Quota struct {
	Name, Service, Code string
	// Part that the whole stack takes at its largest, and what it is made of.
	Part int
	Of   string
}

// The quotas that a stack can meet. Codes: Service Quotas, as listed in public
// exports of list-service-quotas and in programs that read them, read 2026-11;
// that of EKS: facts.
var (
	quotaVPCs      = Quota{Name: "VPCs per Region", Service: "vpc", Code: "L-F678F1CE"}
	quotaNAT       = Quota{Name: "NAT gateways per Availability Zone", Service: "vpc", Code: "L-FE5A380F"}
	quotaAddresses = Quota{Name: "EC2-VPC Elastic IPs", Service: "ec2", Code: "L-0263D0A3"}
	quotaOnDemand  = Quota{Name: "Running On-Demand Standard instances, in vCPU", Service: "ec2", Code: "L-1216C47A"}
	quotaSpot      = Quota{Name: "Standard Spot instance requests, in vCPU", Service: "ec2", Code: "L-34B43A08"}
	quotaClusters  = Quota{Name: "EKS clusters", Service: "eks", Code: "L-1194D53C"}
	quotaALBs      = Quota{Name: "Application Load Balancers per Region", Service: "elasticloadbalancing", Code: "L-53DA6B97"}
	quotaNLBs      = Quota{Name: "Network Load Balancers per Region", Service: "elasticloadbalancing", Code: "L-69A177A2"}
)

const (
	// surgePerZone: EKS raises a rolling group by twice its zones. Source: EKS user
	// guide, "Managed node update behavior" (the same as in the address plan).
	surgePerZone = 2
	// standardClasses are the first letters of the instance families that share
	// the standard quotas. Source: EC2 user guide, "EC2 instance type quotas".
	standardClasses = "acdhimrtz"
)

// NeedOf derives what a stack needs from its file.
func NeedOf(stack string, s config.Stack, minor func(release string) string) Need {
	e := s.Environment
	out := Need{Stack: stack, AccountID: e.AccountID, Region: e.Region, DeployerRoleARN: e.DeployerRoleARN, Kubernetes: minor(s.Release)}
	count := map[string]int{}
	for _, n := range s.Networks {
		if n.Existing != nil {
			continue
		}
		count["networks"]++
		count["addresses"] += n.ElasticIPs()
		if n.Gateways() > 0 {
			count["nat"]++ // at most one in each zone for each network
		}
	}
	for key, c := range s.Clusters {
		count["clusters"]++
		zones := len(s.Networks[c.Network].WithDefaults().Zones)
		onDemand, spot := vcpus(c, zones)
		count["onDemand"], count["spot"] = count["onDemand"]+onDemand, count["spot"]+spot
		if c.Endpoint.PublicCIDRs == nil {
			out.PrivateOnly = append(out.PrivateOnly, config.ClusterName(stack, key))
		}
	}
	albs, nlbs := balancers(s)
	add := func(q Quota, part int, of string) {
		if q.Part, q.Of = part, of; part > 0 {
			out.Quotas = append(out.Quotas, q)
		}
	}
	add(quotaVPCs, count["networks"], "networks made here")
	add(quotaNAT, count["nat"], "one for each network in a zone")
	add(quotaAddresses, count["addresses"]+static(s), "NAT gateways and load balancers")
	add(quotaClusters, count["clusters"], "clusters")
	add(quotaOnDemand, count["onDemand"], "node groups at their largest while they upgrade")
	add(quotaSpot, count["spot"], "node groups at their largest while they upgrade")
	add(quotaALBs, albs, "entrances")
	add(quotaNLBs, nlbs, "entrances")
	return out
}

// vcpus of a cluster's nodes when every group is at its largest and one of its
// upgrades is under way. Groups of several types count as their largest one.
func vcpus(c cluster.Config, zones int) (onDemand, spot int) {
	c = c.WithDefaults(false)
	largest := 0
	for _, g := range c.NodeGroups {
		each := vcpuOf(c, g.InstanceTypes)
		all := g.Max * each
		if len(g.Slots) > 1 {
			all *= len(g.Slots)
		}
		largest = max(largest, surgePerZone*zones*each)
		if g.Capacity == "spot" {
			spot += all
		} else {
			onDemand += all
		}
	}
	if c.Karpenter != nil {
		for _, p := range c.Karpenter.NodePools {
			onDemand += p.CPULimit
		}
	}
	if spot > onDemand {
		return onDemand, spot + largest
	}
	return onDemand + largest, spot
}

// vcpuOf is the most that one of the types has; types outside the standard
// families have quotas of their own, which are left to AWS to refuse.
func vcpuOf(c cluster.Config, types []string) int {
	most := 0
	for _, name := range types {
		if !standard(name) {
			continue
		}
		if own, ok := c.InstanceTypes[name]; ok {
			most = max(most, own.VCPU)
		} else if t, ok := facts.InstanceType(name); ok {
			most = max(most, t.VCPU)
		}
	}
	return most
}

// standard says whether a type counts against the standard families' quota.
func standard(name string) bool {
	for _, r := range standardClasses {
		if len(name) > 1 && rune(name[0]) == r && name[1] >= '0' && name[1] <= '9' {
			return true
		}
	}
	return false
}

func balancers(s config.Stack) (albs, nlbs int) {
	if s.Edge == nil {
		return 0, 0
	}
	public, internal := s.Edge.LoadBalancers()
	albs = public + internal
	if s.Edge.Application.LoadBalancer == "nlb" && albs > 0 {
		return albs - 1, 1
	}
	return albs, 0
}

// static are the Elastic IPs of an NLB.
func static(s config.Stack) int {
	if s.Edge == nil || !s.Edge.Application.StaticAddresses {
		return 0
	}
	for _, key := range s.EdgeClusters() {
		return len(s.Networks[s.Clusters[key].Network].WithDefaults().Zones)
	}
	return 0
}

// network says where pulumi has to run.
func network(n Need) []Check {
	var out []Check
	for _, name := range n.PrivateOnly {
		out = append(out, Check{"network", Unknown, fmt.Sprintf("the API server of %s answers inside its VPC only", name),
			"run pulumi where the VPC is reached: a runner in it, VPN, peering (docs/real-account.md)"})
	}
	return out
}
