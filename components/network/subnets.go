package network

import (
	"fmt"
	"net/netip"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/network/plan"
)

// Tags by which controllers find subnets. Sources: AWS Load Balancer
// Controller, "Subnet auto-discovery"; Karpenter, "subnetSelectorTerms".
const (
	tagPublicLoadBalancer   = "kubernetes.io/role/elb"
	tagInternalLoadBalancer = "kubernetes.io/role/internal-elb"
	tagKarpenter            = "karpenter.sh/discovery"
	tagCluster              = "kubernetes.io/cluster/"
)

// subnets makes the subnets of all zones, keyed by zone ID.
func (b *builder) subnets() error {
	podVPC := b.vpcID
	if b.layout.PodCIDR.IsValid() {
		block, err := ec2.NewVpcIpv4CidrBlockAssociation(b.ctx, b.name+"-pod-cidr", &ec2.VpcIpv4CidrBlockAssociationArgs{
			VpcId:     b.vpcID,
			CidrBlock: pulumi.String(b.layout.PodCIDR.String()),
		}, b.child(b.protect())...)
		if err != nil {
			return fmt.Errorf("pod block: %w", err)
		}
		podVPC = block.VpcId // so pod subnets wait for their block, and go before it
	}
	for _, z := range b.layout.Zones {
		if err := b.zoneSubnets(z, podVPC); err != nil {
			return fmt.Errorf("zone %s: %w", z.ID, err)
		}
	}
	return nil
}

func (b *builder) zoneSubnets(z plan.Zone, podVPC pulumi.StringOutput) error {
	public := map[string]string{tagPublicLoadBalancer: "1"}
	private := map[string]string{tagInternalLoadBalancer: "1"}
	for _, cluster := range b.args.ClusterNames {
		public[tagCluster+cluster] = "shared"
		private[tagCluster+cluster] = "shared"
	}
	if len(b.args.ClusterNames) == 1 { // a tag holds one value; several clusters select by their own tag
		private[tagKarpenter] = b.args.ClusterNames[0]
	}
	var err error
	if b.n.PrivateSubnets[z.ID], err = b.subnet(plan.Private, z.ID, b.vpcID, z.Private, private); err != nil {
		return err
	}
	if b.n.PublicSubnets[z.ID], err = b.subnet(plan.Public, z.ID, b.vpcID, z.Public, public); err != nil {
		return err
	}
	if z.Pod.IsValid() {
		b.n.PodSubnets[z.ID], err = b.subnet(plan.Pod, z.ID, podVPC, z.Pod, nil)
	}
	return err
}

func (b *builder) subnet(role, zone string, vpc pulumi.StringInput, block netip.Prefix, more map[string]string) (pulumi.StringOutput, error) {
	s, err := ec2.NewSubnet(b.ctx, b.name+"-"+role+"-"+zone, &ec2.SubnetArgs{
		VpcId:               vpc,
		AvailabilityZoneId:  pulumi.String(zone),
		CidrBlock:           pulumi.String(block.String()),
		MapPublicIpOnLaunch: pulumi.Bool(false), // also in public subnets: what is public there asks for it
		Tags:                b.tags.With(more).For(b.prefix + "-" + role + "-" + zone),
	}, b.child(b.protect())...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("%s subnet: %w", role, err)
	}
	return s.ID().ToStringOutput(), nil
}

// publicTable is the key of the public subnets' one route table.
const publicTable = "public"

// routeTables makes one table for all public subnets, and one for each zone's
// private and pod subnets, so that a zone can have a way out of its own.
func (b *builder) routeTables(gateway *ec2.InternetGateway) error {
	public, err := b.routeTable("public-rt", b.prefix+"-public")
	if err != nil {
		return err
	}
	b.n.PublicRouteTables[publicTable] = public
	if err := b.route("public-internet", &ec2.RouteArgs{
		RouteTableId:         public,
		DestinationCidrBlock: pulumi.String(everywhere),
		GatewayId:            gateway.ID(),
	}); err != nil {
		return err
	}
	for _, z := range b.layout.Zones {
		private, err := b.routeTable("private-rt-"+z.ID, b.prefix+"-private-"+z.ID)
		if err != nil {
			return err
		}
		b.n.PrivateRouteTables[z.ID] = private
		if err := b.associate(plan.Public, z.ID, b.n.PublicSubnets, public); err != nil {
			return err
		}
		if err := b.associate(plan.Private, z.ID, b.n.PrivateSubnets, private); err != nil {
			return err
		}
		if err := b.associate(plan.Pod, z.ID, b.n.PodSubnets, private); err != nil {
			return err
		}
	}
	return nil
}

// associate gives a zone's subnet its route table, where the zone has one of that role.
func (b *builder) associate(role, zone string, subnets ids, table pulumi.StringOutput) error {
	subnet, ok := subnets[zone]
	if !ok {
		return nil
	}
	link, err := ec2.NewRouteTableAssociation(b.ctx, b.name+"-"+role+"-rta-"+zone, &ec2.RouteTableAssociationArgs{
		SubnetId:     subnet,
		RouteTableId: table,
	}, b.child()...)
	if err != nil {
		return fmt.Errorf("route table of %s subnet in %s: %w", role, zone, err)
	}
	b.n.Egress = append(b.n.Egress, link)
	return nil
}

// everywhere is the default route.
const everywhere = "0.0.0.0/0"

func (b *builder) routeTable(role, label string) (pulumi.StringOutput, error) {
	t, err := ec2.NewRouteTable(b.ctx, b.name+"-"+role, &ec2.RouteTableArgs{
		VpcId: b.vpcID,
		Tags:  b.tags.For(label),
	}, b.child()...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("route table %s: %w", role, err)
	}
	return t.ID().ToStringOutput(), nil
}

// route makes one route as a resource of its own: routes inside a table and
// beside it fight (facts/providers.md D8.20).
func (b *builder) route(role string, args *ec2.RouteArgs) error {
	r, err := ec2.NewRoute(b.ctx, b.name+"-route-"+role, args, b.child()...)
	if err != nil {
		return fmt.Errorf("route %s: %w", role, err)
	}
	b.n.Egress = append(b.n.Egress, r)
	return nil
}
