package cost

import (
	"fmt"
	"maps"
	"slices"
	"time"

	cluster "github.com/ladder-platform/ladder/components/cluster/spec"
	network "github.com/ladder-platform/ladder/components/network/spec"
	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/stacks/config"
)

// Services of the price collection.
const (
	ec2         = "ec2_linux_on_demand"
	ebs         = "ebs"
	eks         = "eks"
	nat         = "nat_gateway"
	endpoint    = "vpc_endpoint_interface"
	publicIPv4  = "public_ipv4"
	kms         = "kms"
	cloudwatch  = "cloudwatch"
	transfer    = "data_transfer"
	elasticFile = "efs" // no list price was found yet; it depends on use anyway
)

// FromStack lists what costs money in a stack, networks first. Defaults may be
// filled or not. kubernetesMinor tells the minor that a cluster runs, "" when
// nobody knows; today decides between standard and extended support.
func FromStack(s config.Stack, kubernetesMinor func(cluster string) string, today time.Time) Input {
	in := Input{Region: s.Environment.Region}
	for _, key := range slices.Sorted(maps.Keys(s.Networks)) {
		in.network("networks."+key, s.Networks[key].WithDefaults())
	}
	for _, key := range slices.Sorted(maps.Keys(s.Clusters)) {
		n := s.Networks[s.Clusters[key].Network].WithDefaults()
		in.cluster("clusters."+key, s.Clusters[key].WithDefaults(n.HasPodSubnets()), n.Zones, kubernetesMinor(key), today)
	}
	in.add(Item{Component: "stack", What: "alarm on the stack's health", Service: cloudwatch, Key: "composite_alarm_month", Count: 1, Each: 1})
	if s.Edge != nil {
		in.edge(s)
	}
	if s.Observability != nil {
		in.stores(s)
	}
	in.add(Item{Component: "stack", What: "traffic to the internet", Service: transfer, Key: "internet_out_first_10tb_gb", PerUse: true})
	in.add(Item{Component: "stack", What: "traffic between zones, each way", Service: transfer, Key: "cross_az_gb_each_direction", PerUse: true})
	return in
}

func (in *Input) add(i Item) { in.Items = append(in.Items, i) }

// network lists what a network made here costs; who made an existing VPC pays for it.
func (in *Input) network(at string, n network.Config) {
	if n.Existing != nil {
		return
	}
	if gateways := n.Gateways(); gateways > 0 {
		in.add(Item{Component: at, What: count(gateways, "NAT gateway"), Service: nat, Key: "hour", Count: gateways, Each: facts.HoursPerMonth})
		in.add(Item{Component: at, What: count(gateways, "alarm") + " on NAT ports", Service: cloudwatch, Key: "alarm_month", Count: gateways, Each: 1})
		in.add(Item{Component: at, What: "traffic through NAT", Service: nat, Key: "data_gb", PerUse: true})
	}
	if ips := n.ElasticIPs(); ips > 0 {
		in.add(Item{Component: at, What: count(ips, "public IPv4 address", "es") + " of NAT", Service: publicIPv4, Key: "hour", Count: ips, Each: facts.HoursPerMonth})
	}
	if endpoints := n.InterfaceEndpoints(); endpoints > 0 {
		in.add(Item{Component: at, What: fmt.Sprintf("%s in %s", count(endpoints, "interface endpoint"), count(len(n.Zones), "zone")),
			Service: endpoint, Key: "az_hour", Count: endpoints * len(n.Zones), Each: facts.HoursPerMonth})
		in.add(Item{Component: at, What: "traffic through interface endpoints", Service: endpoint, Key: "data_gb", PerUse: true})
	}
	if !n.FlowLogs.Disabled {
		in.add(Item{Component: at, What: "KMS key of flow logs", Service: kms, Key: "key_month", Count: 1, Each: 1})
		in.add(Item{Component: at, What: "flow logs", Service: cloudwatch, Key: "vended_logs_first_10tb_gb", PerUse: true})
	}
}

// cluster lists what a cluster costs.
func (in *Input) cluster(at string, c cluster.Config, zones []string, minor string, today time.Time) {
	in.controlPlane(at, c, minor, today)
	in.add(Item{Component: at, What: "KMS key of secrets and logs", Service: kms, Key: "key_month", Count: 1, Each: 1})
	for _, s := range c.Slots(zones, "") {
		in.nodes(at, s)
	}
	if c.Karpenter != nil {
		for _, key := range slices.Sorted(maps.Keys(c.Karpenter.NodePools)) {
			in.add(Item{Component: at, What: "nodes of pool " + key,
				Unknown: fmt.Sprintf("depends on use: Karpenter launches up to %d vCPU", c.Karpenter.NodePools[key].CPULimit)})
		}
		in.add(Item{Component: at, What: "queue of interruption notices", Unknown: "depends on use"})
	}
	if c.Bastion != nil {
		in.add(Item{Component: at, What: "bastion " + c.Bastion.InstanceType, Service: ec2, Key: c.Bastion.InstanceType, Count: 1, Each: facts.HoursPerMonth})
		in.add(Item{Component: at, What: "root volume of the bastion", Unknown: "its size is the image's"})
	}
	// One metric is billed as one alarm; the share of errors looks at two.
	metrics := 3 + len(c.Slots(zones, ""))
	in.add(Item{Component: at, What: count(metrics, "metric") + " in alarms on its health", Service: cloudwatch, Key: "alarm_month", Count: metrics, Each: 1})
	in.add(Item{Component: at, What: "control plane logs", Service: cloudwatch, Key: "logs_ingest_gb", PerUse: true})
	if !c.Storage.EBS.Disabled {
		in.add(Item{Component: at, What: "volumes that workloads claim", Service: ebs, Key: "gp3_gb_month", PerUse: true})
	}
	if c.Storage.EFS != nil {
		for _, key := range slices.Sorted(maps.Keys(c.Storage.EFS.FileSystems)) {
			in.add(Item{Component: at, What: "file system " + key, Service: elasticFile, Key: "gb_month", PerUse: true})
		}
	}
}

// controlPlane costs six times as much when standard support of its minor is over.
func (in *Input) controlPlane(at string, c cluster.Config, minor string, today time.Time) {
	i := Item{Component: at, What: "control plane", Service: eks, Count: 1, Each: facts.HoursPerMonth}
	v, known := facts.EKSVersion(minor)
	switch support := v.SupportOn(today); {
	case !known:
		i.Unknown = fmt.Sprintf("support dates of Kubernetes %q are not known", minor)
	case support == facts.Standard:
		i.Key, i.Note = "control_plane_standard", fmt.Sprintf("Kubernetes %s, standard support until %s", minor, v.EndStandard.Format(time.DateOnly))
	case c.Support == cluster.SupportStandard, support == facts.Ended:
		i.Unknown = fmt.Sprintf("support of Kubernetes %s is over: AWS upgrades the cluster to a minor that it chooses", minor)
	default:
		i.Key, i.Note = "control_plane_extended_total", fmt.Sprintf("Kubernetes %s, extended support since %s: upgrade it", minor, v.EndStandard.Format(time.DateOnly))
	}
	in.add(i)
}

// nodes lists the instances of a slot at their desired number, and their disks.
func (in *Input) nodes(at string, s cluster.NodeSlot) {
	if s.Desired == 0 || len(s.InstanceTypes) == 0 {
		return
	}
	name := s.Group
	if s.Slot != cluster.MainSlot {
		name += "/" + s.Slot
	}
	first := s.InstanceTypes[0]
	i := Item{Component: at, What: fmt.Sprintf("%s: %s %s", name, count(s.Desired, "node"), first),
		Service: ec2, Key: first, Count: s.Desired, Each: facts.HoursPerMonth}
	if n := len(s.InstanceTypes); n > 1 {
		i.Note = fmt.Sprintf("the first of %d types", n)
	}
	if s.State == cluster.Draining {
		i.Note = "until it is drained"
	}
	if s.Capacity == cluster.Spot {
		i.What += " on spot"
		i.Unknown = spot(in.Region, first, s.Desired)
	}
	in.add(i)
	in.add(Item{Component: at, What: fmt.Sprintf("%s: %s of %d GiB", name, count(s.Desired, "gp3 volume"), s.DiskGiB),
		Service: ebs, Key: "gp3_gb_month", Count: s.Desired, Each: s.DiskGiB})
	if s.AMIFamily == cluster.FamilyBottlerocket {
		in.add(Item{Component: at, What: name + ": system volumes of Bottlerocket", Unknown: "their size is the image's"})
	}
}

// spot says what bounds a spot price, which nobody knows in advance. Source:
// EC2 user guide, Spot Instances: the default maximum is the on-demand price.
func spot(region, instanceType string, nodes int) string {
	why := "spot prices move"
	if p, ok := facts.Price(region, ec2, instanceType); ok {
		why += fmt.Sprintf("; on demand it would be %s", times(nodes*facts.HoursPerMonth, p.USD))
	}
	return why
}

// count is "1 zone" or "3 zones".
func count(n int, noun string, plural ...string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case len(plural) > 0:
		return fmt.Sprintf("%d %s%s", n, noun, plural[0])
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
