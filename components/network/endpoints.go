package network

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/sgrule"
	"github.com/ladder-platform/ladder/components/network/spec"
)

// endpoints makes the ways to AWS services that need no NAT (NET-8).
func (b *builder) endpoints() error {
	var group pulumi.StringOutput
	if b.args.Config.InterfaceEndpoints() > 0 {
		var err error
		if group, err = b.endpointGroup(); err != nil {
			return err
		}
	}
	var tables, subnets pulumi.StringArray
	tables = append(tables, b.n.PublicRouteTables[publicTable])
	for _, zone := range b.n.Zones {
		tables = append(tables, b.n.PrivateRouteTables[zone])
		subnets = append(subnets, b.n.PrivateSubnets[zone])
	}
	for _, service := range b.args.Config.Endpoints {
		role := strings.ReplaceAll(service, ".", "-")
		args := &ec2.VpcEndpointArgs{
			VpcId:       b.vpcID,
			ServiceName: pulumi.String("com.amazonaws." + b.args.Environment.Region + "." + service),
			Tags:        b.tags.For(b.prefix + "-" + role),
		}
		if spec.GatewayEndpoint(service) {
			args.VpcEndpointType = pulumi.String("Gateway")
			args.RouteTableIds = tables
		} else {
			args.VpcEndpointType = pulumi.String("Interface")
			args.PrivateDnsEnabled = pulumi.Bool(true) // the service's ordinary name leads here
			args.SubnetIds = subnets
			args.SecurityGroupIds = pulumi.StringArray{group}
		}
		e, err := ec2.NewVpcEndpoint(b.ctx, b.name+"-endpoint-"+role, args, b.child()...)
		if err != nil {
			return fmt.Errorf("endpoint %s: %w", service, err)
		}
		b.n.Egress = append(b.n.Egress, e)
	}
	return nil
}

// endpointGroup admits HTTPS from the VPC's own blocks, pods included, and nothing else.
func (b *builder) endpointGroup() (pulumi.StringOutput, error) {
	group, err := ec2.NewSecurityGroup(b.ctx, b.name+"-endpoints-sg", &ec2.SecurityGroupArgs{
		VpcId:       b.vpcID,
		Description: pulumi.String("AWS services by interface endpoint, from inside the VPC"),
		Tags:        b.tags.For(b.prefix + "-endpoints"),
	}, b.child()...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("security group of endpoints: %w", err)
	}
	blocks := blocksOf(b.n.CIDRs)
	for _, role := range slices.Sorted(maps.Keys(blocks)) {
		rule, err := sgrule.Ingress(b.ctx, b.name+"-endpoints-https-"+role, sgrule.Rule{
			Group: group.ID(), Port: 443, Block: blocks[role], Description: "HTTPS from " + role + " block", Tags: b.tags.For(b.prefix + "-endpoints-" + role),
		}, b.child()...)
		if err != nil {
			return pulumi.StringOutput{}, fmt.Errorf("security group of endpoints: rule for %s: %w", blocks[role], err)
		}
		b.n.Egress = append(b.n.Egress, rule)
	}
	return group.ID().ToStringOutput(), nil
}

// blocksOf names the blocks of a VPC: a position in a list is no name.
func blocksOf(cidrs []string) map[string]string {
	out := map[string]string{}
	for i, name := range []string{"primary", "pod"} {
		if i < len(cidrs) {
			out[name] = cidrs[i]
		}
	}
	return out
}
