// Goreader is another team's program: it makes a security group in the platform's
// network, for something that the platform's nodes may call.
package main

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"github.com/ladder-platform/ladder/stacks/contract"
)

func main() { pulumi.Run(run) }

func run(ctx *pulumi.Context) error {
	settings := config.New(ctx, "")
	platform, err := read(ctx, settings.Require("platform"))
	if err != nil {
		return err
	}
	key := settings.Require("network")
	network, ok := platform.Networks[key]
	if !ok {
		return fmt.Errorf("network: %s has no network %q", platform.Stack, key)
	}
	cloud, err := aws.NewProvider(ctx, "aws", &aws.ProviderArgs{
		Region:            pulumi.String(platform.Region),
		AllowedAccountIds: pulumi.StringArray{pulumi.String(platform.AccountID)},
	})
	if err != nil {
		return err
	}
	group, err := ec2.NewSecurityGroup(ctx, "orders", &ec2.SecurityGroupArgs{
		VpcId:       pulumi.String(network.VPCID),
		Description: pulumi.String("The orders database of team checkout"),
		Ingress:     fromNodes(platform, key),
	}, pulumi.Provider(cloud))
	if err != nil {
		return err
	}
	ctx.Export("release", pulumi.String(platform.Release))
	ctx.Export("subnets", pulumi.ToStringMap(network.PrivateSubnets))
	ctx.Export("securityGroup", group.ID())
	return nil
}

// read is what the stack says, with types. A contract of another version, or one
// that lacks something, is an error that names it.
func read(ctx *pulumi.Context, stack string) (contract.V1, error) {
	ref, err := pulumi.NewStackReference(ctx, stack, nil)
	if err != nil {
		return contract.V1{}, err
	}
	out, err := ref.GetOutputDetails("contract")
	if err != nil {
		return contract.V1{}, err
	}
	return contract.Decode(out.Value, false)
}

// fromNodes admits the nodes of the clusters in a network to PostgreSQL's port.
func fromNodes(platform contract.V1, network string) ec2.SecurityGroupIngressArray {
	var groups pulumi.StringArray
	for _, c := range platform.Clusters {
		if c.Network == network {
			groups = append(groups, pulumi.String(c.ClusterSecurityGroupID))
		}
	}
	return ec2.SecurityGroupIngressArray{ec2.SecurityGroupIngressArgs{
		Protocol: pulumi.String("tcp"), FromPort: pulumi.Int(5432), ToPort: pulumi.Int(5432), SecurityGroups: groups,
	}}
}
