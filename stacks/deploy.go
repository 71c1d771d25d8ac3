package stacks

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/cluster"
	"github.com/ladder-platform/ladder/components/network"
	"github.com/ladder-platform/ladder/stacks/config"
)

// Deploy is the whole platform of one stack.
func Deploy(ctx *pulumi.Context) error {
	cfg, err := load(ctx)
	if err != nil {
		return err
	}
	record, err := checkRecord(ctx, cfg)
	if err != nil {
		return err
	}
	on, err := connect(ctx, cfg)
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
	clusters, err := deployClusters(ctx, cfg, on, networks)
	if err != nil {
		return err
	}
	return publish(ctx, cfg, on, record, networks, links, clusters)
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

// deployClusters makes every cluster in its network.
func deployClusters(ctx *pulumi.Context, cfg config.Stack, on clouds, networks map[string]*network.Network) (map[string]*cluster.Cluster, error) {
	clusters := map[string]*cluster.Cluster{}
	for _, key := range slices.Sorted(maps.Keys(cfg.Clusters)) {
		args, err := clusterArgs(ctx, cfg, key, on, networks[cfg.Clusters[key].Network])
		if err != nil {
			return nil, err
		}
		c, err := cluster.New(ctx, "cluster-"+key, args, on.aws())
		if err != nil {
			return nil, err
		}
		clusters[key] = c
	}
	return clusters, nil
}
