package stacks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/cluster"
	"github.com/ladder-platform/ladder/components/edge"
	"github.com/ladder-platform/ladder/components/mesh"
	meshplan "github.com/ladder-platform/ladder/components/mesh/plan"
	"github.com/ladder-platform/ladder/components/network"
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/release"
)

// deployEdge makes the way in, to the clusters that the configuration names;
// nil without an edge section.
func (p Program) deployEdge(ctx *pulumi.Context, cfg config.Stack, on clouds, networks map[string]*network.Network, clusters map[string]*cluster.Cluster, meshes map[string]*mesh.Mesh) (*edge.Edge, error) {
	if cfg.Edge == nil {
		return nil, nil
	}
	args, err := edgeArgs(ctx, cfg, networks, clusters, meshes)
	if err != nil {
		return nil, err
	}
	if err := zoneProviders(ctx, cfg, &args); err != nil {
		return nil, err
	}
	args.NameServers = p.NameServers
	return edge.New(ctx, "edge", args, on.aws())
}

// edgeArgs hands the edge its section, the network and clusters behind it.
func edgeArgs(ctx *pulumi.Context, cfg config.Stack, networks map[string]*network.Network, clusters map[string]*cluster.Cluster, meshes map[string]*mesh.Mesh) (edge.Args, error) {
	e := cfg.Environment
	out := edge.Args{
		Config: *cfg.Edge, Stack: ctx.Stack(), Clusters: map[string]edge.Cluster{},
		Environment: edge.Environment{Stage: e.Stage, Owner: e.Owner, Region: e.Region, AccountID: e.AccountID, Protect: e.Protected(), Tags: e.Tags},
	}
	for _, key := range cfg.EdgeClusters() {
		c, n := clusters[key], networks[cfg.Clusters[key].Network]
		rel, err := release.Find(cfg.ClusterRelease(key))
		if err != nil {
			return out, fmt.Errorf("edge: clusters.%s: %w", key, err)
		}
		in := edge.Cluster{
			Name: config.ClusterName(ctx.Stack(), key), SecurityGroupID: c.ClusterSecurityGroupID, Provider: c.Provider,
			Charts: map[string]edge.Chart{}, Ready: c.Ready, Gateways: map[string]edge.Gateway{},
		}
		for _, name := range cfg.Edge.NeededCharts() {
			chart := rel.Charts[name]
			in.Charts[name] = edge.Chart{Name: chart.Name, Repository: chart.Repository, Version: chart.Version}
		}
		if m := meshes[key]; m != nil {
			in.Ready = append(slices.Clone(in.Ready), m.Ready...)
			for name, g := range m.Gateways {
				in.Gateways[name] = edge.Gateway{
					Namespace: g.Namespace, Service: g.Service, Labels: g.Labels, ReadinessPort: g.ReadinessPort,
					HTTPPort: meshplan.GatewayHTTPPort, HTTPSPort: meshplan.GatewayHTTPSPort, // of the pods, behind the service's g.HTTPPort and g.HTTPSPort
				}
			}
		}
		out.Clusters[key] = in
		out.Network = edge.Network{
			VPCID: n.VPCID, Zones: n.Zones, WayOut: n.Egress, PublicSubnets: inputs(n.PublicSubnets), PrivateSubnets: inputs(n.PrivateSubnets),
		}
	}
	return out, nil
}

// zoneProviders make what writes into zones of other accounts.
func zoneProviders(ctx *pulumi.Context, cfg config.Stack, args *edge.Args) error {
	z := cfg.Edge.Domain.Zone
	own, err := assumed(ctx, cfg, "zone", z.RoleARN)
	if err != nil {
		return err
	}
	parent := own
	if z.Parent != nil && z.Parent.RoleARN != "" && z.Parent.RoleARN != z.RoleARN {
		if parent, err = assumed(ctx, cfg, "parent-zone", z.Parent.RoleARN); err != nil {
			return err
		}
	}
	args.ZoneProvider, args.ParentProvider = own, parent
	return nil
}

// assumed is an aws provider that takes a role, in its account and no other;
// nil without a role.
func assumed(ctx *pulumi.Context, cfg config.Stack, name, role string) (pulumi.ProviderResource, error) {
	if role == "" {
		return nil, nil
	}
	p, err := aws.NewProvider(ctx, name, &aws.ProviderArgs{
		Region:            pulumi.String(cfg.Environment.Region),
		AssumeRole:        &aws.ProviderAssumeRoleArgs{RoleArn: pulumi.String(role), SessionName: pulumi.String("ladder-" + ctx.Stack())},
		AllowedAccountIds: pulumi.StringArray{pulumi.String(strings.Split(role, ":")[4])}, // config has checked its form
	})
	if err != nil {
		return nil, fmt.Errorf("aws provider %s: %w", name, err)
	}
	return p, nil
}
