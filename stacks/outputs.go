package stacks

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/cluster"
	"github.com/ladder-platform/ladder/components/network"
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/contract"
	"github.com/ladder-platform/ladder/stacks/promotion"
)

// Outputs of a stack beside the record.
const (
	// contractOutput is what other teams read: stacks/contract.
	contractOutput = "contract"
	// kubeconfigsOutput are kubeconfigs by cluster key; they hold no credential.
	kubeconfigsOutput = "kubeconfigs"
	// bastionsOutput are instance IDs by cluster key, of clusters that have one.
	bastionsOutput = "bastions"
)

// publish writes the record when everything else has succeeded, and exports
// what people and other stacks read. Every output waits for the record: none
// tells of something that a failed up did not finish.
func publish(ctx *pulumi.Context, cfg config.Stack, on clouds, record promotion.Record,
	networks map[string]*network.Network, clusters map[string]*cluster.Cluster) error {
	text, err := record.Encode()
	if err != nil {
		return err
	}
	var everything []pulumi.Resource
	for _, key := range slices.Sorted(maps.Keys(networks)) {
		everything = append(everything, networks[key])
	}
	for _, key := range slices.Sorted(maps.Keys(clusters)) {
		everything = append(everything, clusters[key])
	}
	written, err := ssm.NewParameter(ctx, "record", &ssm.ParameterArgs{
		Name:          pulumi.String("/ladder/" + ctx.Stack() + "/record"),
		Description:   pulumi.String("What this stack runs, written by its last successful up"),
		Type:          pulumi.String("String"),
		InsecureValue: pulumi.String(text), // it holds no secret, and reports show it
	}, pulumi.Provider(on.AWS), pulumi.DependsOn(everything))
	if err != nil {
		return fmt.Errorf("record: %w", err)
	}
	ctx.Export(recordOutput, written.InsecureValue)
	ctx.Export(contractOutput, after(written, contractMap(ctx, cfg, networks, clusters)))
	ctx.Export(kubeconfigsOutput, after(written, each(clusters, func(c *cluster.Cluster) pulumi.Input { return c.Kubeconfig })))
	ctx.Export(bastionsOutput, after(written, each(withBastion(cfg, clusters), func(c *cluster.Cluster) pulumi.Input { return c.BastionInstanceID })))
	return nil
}

// after is value once the record is written.
func after(record *ssm.Parameter, value pulumi.Map) pulumi.MapOutput {
	return pulumi.All(record.Arn, value).ApplyT(second).(pulumi.MapOutput)
}

// second drops what was only waited for.
func second(values []any) map[string]any { return values[1].(map[string]any) }

// contractMap is contract.V1 with values that are known late; a test decodes
// what comes out into contract.V1 strictly.
func contractMap(ctx *pulumi.Context, cfg config.Stack, networks map[string]*network.Network, clusters map[string]*cluster.Cluster) pulumi.Map {
	e := cfg.Environment
	return pulumi.Map{
		"version": pulumi.String(contract.Version), "stack": pulumi.String(ctx.Stack()), "stage": pulumi.String(e.Stage),
		"region": pulumi.String(e.Region), "accountId": pulumi.String(e.AccountID), "release": pulumi.String(cfg.Release),
		"networks": each(networks, func(n *network.Network) pulumi.Input {
			return pulumi.Map{
				"vpcId": n.VPCID, "cidrs": pulumi.ToStringArray(n.CIDRs), "zones": pulumi.ToStringArray(n.Zones),
				"privateSubnets": pulumi.ToStringMapOutput(n.PrivateSubnets), "publicSubnets": pulumi.ToStringMapOutput(n.PublicSubnets),
				"podSubnets": pulumi.ToStringMapOutput(n.PodSubnets), "natAddresses": n.NATPublicIPs,
			}
		}),
		"clusters": each(clusters, func(c *cluster.Cluster) pulumi.Input {
			return pulumi.Map{
				"name": c.Name, "arn": c.ARN, "endpoint": c.Endpoint, "certificateAuthority": c.CertificateAuthority,
				"oidcIssuer": c.OIDCIssuer, "clusterSecurityGroupId": c.ClusterSecurityGroupID, "nodeRoleArn": c.NodeRoleARN,
			}
		}),
	}
}

// each is f of every entry.
func each[T any](m map[string]T, f func(T) pulumi.Input) pulumi.Map {
	out := pulumi.Map{}
	for key, v := range m {
		out[key] = f(v)
	}
	return out
}

// withBastion are the clusters that have a bastion.
func withBastion(cfg config.Stack, clusters map[string]*cluster.Cluster) map[string]*cluster.Cluster {
	out := map[string]*cluster.Cluster{}
	for key, c := range clusters {
		if cfg.Clusters[key].Bastion != nil {
			out[key] = c
		}
	}
	return out
}
