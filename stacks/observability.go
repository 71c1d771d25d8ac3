package stacks

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/cluster"
	"github.com/ladder-platform/ladder/components/mesh"
	meshspec "github.com/ladder-platform/ladder/components/mesh/spec"
	"github.com/ladder-platform/ladder/components/network"
	"github.com/ladder-platform/ladder/components/observability"
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/release"
)

// deployObservability watches the clusters that the section names, by cluster
// key; none without an observability section.
func deployObservability(ctx *pulumi.Context, cfg config.Stack, on clouds, networks map[string]*network.Network, clusters map[string]*cluster.Cluster, meshes map[string]*mesh.Mesh) (map[string]*observability.Observability, error) {
	out := map[string]*observability.Observability{}
	if cfg.Observability == nil {
		return out, nil
	}
	linked, err := observability.NewSearchRole(ctx, "observability-search-role", *cfg.Observability, pulumi.Provider(on.AWS))
	if err != nil {
		return nil, err
	}
	for _, key := range cfg.Observed() {
		args, err := observabilityArgs(ctx, cfg, key, networks[cfg.Clusters[key].Network], clusters[key], meshes[key])
		if err != nil {
			return nil, err
		}
		args.SearchRole = linked
		o, err := observability.New(ctx, "observability-"+key, args, pulumi.Providers(on.AWS, clusters[key].Provider))
		if err != nil {
			return nil, err
		}
		out[key] = o
	}
	return out, nil
}

// observabilityArgs hands over the section, the cluster, its network, its mesh
// and its release.
func observabilityArgs(ctx *pulumi.Context, cfg config.Stack, key string, net *network.Network, c *cluster.Cluster, m *mesh.Mesh) (observability.Args, error) {
	e := cfg.Environment
	rel, err := release.Find(cfg.ClusterRelease(key))
	if err != nil {
		return observability.Args{}, fmt.Errorf("observability: clusters.%s: %w", key, err)
	}
	out := observability.Args{
		Key: key, Stack: ctx.Stack(), Config: *cfg.Observability, Clusters: cfg.ObservedClusters(), Known: known(cfg, key, rel),
		Environment: observability.Environment{Stage: e.Stage, Owner: e.Owner, Region: e.Region, AccountID: e.AccountID, Protect: cfg.Protects(key), Tags: e.Tags},
		Network:     observability.Network{VPCID: net.VPCID, CIDRs: net.CIDRs, Zones: net.Zones, PrivateSubnets: inputs(net.PrivateSubnets)},
		Cluster: observability.Cluster{
			Name: config.ClusterName(ctx.Stack(), key), NameOutput: c.Name, SecurityGroupID: c.ClusterSecurityGroupID, Ready: c.Ready,
		},
		Release: observability.Release{
			Name: rel.Name, Kubernetes: rel.Kubernetes.Version, Charts: map[string]observability.Chart{}, Images: map[string]string{},
		},
	}
	for name, chart := range rel.Charts {
		out.Release.Charts[name] = observability.Chart{Name: chart.Name, Repository: chart.Repository, Version: chart.Version}
	}
	for name, image := range rel.Images {
		out.Release.Images[name] = image.Version
	}
	if m != nil {
		out.Cluster.Ready = slices.Concat(c.Ready, m.Ready)
		out.Mesh = &observability.Mesh{
			Namespaces: m.Config.Enrolled(), Ambient: m.Config.DataPlane == meshspec.Ambient, TrustDomain: m.Config.TrustDomain,
			ControlNamespace: meshspec.SystemNamespace, GatewayNamespace: meshspec.IngressNamespace,
		}
	}
	return out, nil
}
