package stacks

import (
	"maps"
	"slices"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/cluster"
	"github.com/ladder-platform/ladder/components/mesh"
	"github.com/ladder-platform/ladder/components/network"
	"github.com/ladder-platform/ladder/stacks/config"
)

// Program is the platform with the clock by which the gate judges.
type Program struct {
	Now func() time.Time
}

// Deploy is the whole platform of one stack, by the time of day.
func Deploy(ctx *pulumi.Context) error { return Program{Now: time.Now}.Deploy(ctx) }

// Deploy is the whole platform of one stack.
func (p Program) Deploy(ctx *pulumi.Context) error {
	cfg, err := load(ctx)
	if err != nil {
		return err
	}
	if err := p.checkExpiry(ctx, cfg); err != nil {
		return err
	}
	last, next, err := checkRecord(ctx, cfg)
	if err != nil {
		return err
	}
	on, err := connect(ctx, cfg)
	if err != nil {
		return err
	}
	climb, err := p.gate(ctx, cfg, on, last, next)
	if err != nil {
		return err
	}
	begun, err := begin(ctx, cfg, on, climb)
	if err != nil {
		return err
	}
	networks, err := deployNetworks(ctx, cfg, on)
	if err != nil {
		return err
	}
	links, err := linkNetworks(ctx, cfg, on, networks)
	if err != nil {
		return err
	}
	clusters, err := deployClusters(ctx, cfg, on, networks, begun)
	if err != nil {
		return err
	}
	meshes, err := deployMeshes(ctx, cfg, on, networks, clusters)
	if err != nil {
		return err
	}
	joined, err := linkMeshes(ctx, cfg, on, networks, clusters, meshes)
	if err != nil {
		return err
	}
	links = append(links, joined...)
	way, err := deployEdge(ctx, cfg, on, networks, clusters, meshes)
	if err != nil {
		return err
	}
	return publish(ctx, cfg, on, climb.record, made{networks, links, clusters, meshes, way})
}

// deployNetworks makes every network.
func deployNetworks(ctx *pulumi.Context, cfg config.Stack, on clouds) (map[string]*network.Network, error) {
	networks := map[string]*network.Network{}
	for _, key := range slices.Sorted(maps.Keys(cfg.Networks)) {
		n, err := network.New(ctx, "network-"+key, networkArgs(ctx, cfg, key), on.aws())
		if err != nil {
			return nil, err
		}
		networks[key] = n
	}
	return networks, nil
}

// linkNetworks peers networks of this stack with each other.
func linkNetworks(ctx *pulumi.Context, cfg config.Stack, on clouds, networks map[string]*network.Network) ([]pulumi.Resource, error) {
	var links []pulumi.Resource
	for _, key := range slices.Sorted(maps.Keys(cfg.Networks)) {
		for _, p := range cfg.Networks[key].Peering {
			if p.Network == "" {
				continue // the other side is not in this stack: network.New asked for it
			}
			link, err := network.NewPeering(ctx, "network-"+key+"-peering-"+p.Name, networks[key], networks[p.Network], on.aws())
			if err != nil {
				return nil, err
			}
			links = append(links, link)
		}
	}
	return links, nil
}

// deployClusters makes every cluster in its network. No control plane changes
// before begun is written.
func deployClusters(ctx *pulumi.Context, cfg config.Stack, on clouds, networks map[string]*network.Network, begun pulumi.Resource) (map[string]*cluster.Cluster, error) {
	clusters := map[string]*cluster.Cluster{}
	for _, key := range slices.Sorted(maps.Keys(cfg.Clusters)) {
		args, err := clusterArgs(ctx, cfg, key, on, networks[cfg.Clusters[key].Network])
		if err != nil {
			return nil, err
		}
		args.After = []pulumi.Resource{begun}
		c, err := cluster.New(ctx, "cluster-"+key, args, on.aws())
		if err != nil {
			return nil, err
		}
		clusters[key] = c
	}
	return clusters, nil
}

// deployMeshes puts Istio into every cluster that has it.
func deployMeshes(ctx *pulumi.Context, cfg config.Stack, on clouds, networks map[string]*network.Network, clusters map[string]*cluster.Cluster) (map[string]*mesh.Mesh, error) {
	meshes := map[string]*mesh.Mesh{}
	roots, err := meshRoots(ctx, cfg)
	if err != nil {
		return nil, err
	}
	for _, key := range cfg.Meshes() {
		args, err := meshArgs(ctx, cfg, key, networks[cfg.Clusters[key].Network], clusters[key])
		if err != nil {
			return nil, err
		}
		args.Roots = roots
		if args.EastWest, err = eastWest(cfg, key, networks[cfg.Clusters[key].Network], clusters[key]); err != nil {
			return nil, err
		}
		m, err := mesh.New(ctx, "mesh-"+key, args, pulumi.Providers(on.AWS, clusters[key].Provider))
		if err != nil {
			return nil, err
		}
		meshes[key] = m
	}
	return meshes, nil
}
