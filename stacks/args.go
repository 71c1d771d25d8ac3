package stacks

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/cluster"
	"github.com/ladder-platform/ladder/components/cluster/spec"
	"github.com/ladder-platform/ladder/components/mesh"
	meshspec "github.com/ladder-platform/ladder/components/mesh/spec"
	"github.com/ladder-platform/ladder/components/network"
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/release"
)

// networkArgs hands a network its section and what the stack shares.
func networkArgs(ctx *pulumi.Context, cfg config.Stack, key string) network.Args {
	e := cfg.Environment
	args := network.Args{
		Key: key, Config: cfg.Networks[key], Clusters: cfg.Demand(key),
		Environment: network.Environment{
			Stage: e.Stage, Region: e.Region, AccountID: e.AccountID, Owner: e.Owner, Protect: e.Protected(), Tags: e.Tags,
		},
	}
	for _, c := range cfg.ClustersIn(key) {
		args.ClusterNames = append(args.ClusterNames, config.ClusterName(ctx.Stack(), c))
	}
	return args
}

// clusterArgs hands a cluster its section, its network and its release.
func clusterArgs(ctx *pulumi.Context, cfg config.Stack, key string, on clouds, net *network.Network) (cluster.Args, error) {
	e, section := cfg.Environment, cfg.Clusters[key]
	releases, err := clusterReleases(cfg, key)
	if err != nil {
		return cluster.Args{}, err
	}
	return cluster.Args{
		Key: key, Config: section, Stack: ctx.Stack(), ClusterName: config.ClusterName(ctx.Stack(), key),
		Environment: cluster.Environment{
			Stage: e.Stage, Owner: e.Owner, Region: e.Region, AccountID: e.AccountID,
			DeployerRoleARN: e.DeployerRoleARN, Protect: cfg.Protects(key), Tags: e.Tags,
		},
		Release: releases[cfg.ClusterRelease(key)], SlotReleases: releases,
		Network: cluster.Network{
			VPCID: net.VPCID, VPCCIDRs: net.CIDRs, Zones: net.Zones, WayOut: net.Egress,
			PrivateSubnets: inputs(net.PrivateSubnets), PodSubnets: inputs(net.PodSubnets),
		},
		EKSProvider: on.EKS,
	}, nil
}

// clusterReleases are the releases that a cluster and its slots name.
func clusterReleases(cfg config.Stack, key string) (map[string]spec.Release, error) {
	names := []string{cfg.ClusterRelease(key)}
	for _, group := range cfg.Clusters[key].NodeGroups {
		for _, slot := range group.Slots {
			if slot.Release != "" {
				names = append(names, slot.Release)
			}
		}
	}
	out := map[string]spec.Release{}
	for _, name := range names {
		rel, err := release.Find(name)
		if err != nil {
			return nil, fmt.Errorf("clusters.%s: %w", key, err)
		}
		out[name] = rel.ForCluster()
	}
	return out, nil
}

// meshArgs hands a mesh its section, its cluster and its releases.
func meshArgs(ctx *pulumi.Context, cfg config.Stack, key string, net *network.Network, on *cluster.Cluster) (mesh.Args, error) {
	e := cfg.Environment
	own, _ := cfg.Mesh.For(key)
	names := []string{cfg.ClusterRelease(key)}
	for _, r := range own.Revisions {
		if r.Release != "" {
			names = append(names, r.Release)
		}
	}
	releases := map[string]meshspec.Release{}
	for _, name := range names {
		rel, err := release.Find(name)
		if err != nil {
			return mesh.Args{}, fmt.Errorf("mesh: %w", err)
		}
		releases[name] = rel.ForMesh()
	}
	return mesh.Args{
		Key: key, Config: *cfg.Mesh, Clusters: cfg.MeshClusters(),
		Environment: mesh.Environment{
			Stage: e.Stage, Owner: e.Owner, Region: e.Region, AccountID: e.AccountID, Protect: cfg.Protects(key), Tags: e.Tags,
		},
		Release: releases[cfg.ClusterRelease(key)], Releases: releases,
		Cluster: mesh.Cluster{
			Name: config.ClusterName(ctx.Stack(), key), ServiceCIDR: cfg.Clusters[key].ServiceCIDR,
			CIDRs: net.CIDRs, Nodes: on.Nodes, Observed: slices.Contains(cfg.Observed(), key),
		},
	}, nil
}

// inputs are outputs as another component takes them.
func inputs(m map[string]pulumi.StringOutput) map[string]pulumi.StringInput {
	out := make(map[string]pulumi.StringInput, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}
