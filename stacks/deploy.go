package stacks

import (
	"context"
	"errors"
	"maps"
	"net"
	"os"
	"slices"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/cluster"
	"github.com/ladder-platform/ladder/components/edge"
	"github.com/ladder-platform/ladder/components/mesh"
	"github.com/ladder-platform/ladder/components/network"
	"github.com/ladder-platform/ladder/stacks/config"
)

// Program is the platform with the clock by which the gate judges, and DNS as
// anyone outside sees it; without the latter nobody asks whether a zone is
// delegated to.
type Program struct {
	Now         func() time.Time
	NameServers edge.NameServers
}

// Deploy is the whole platform of one stack, by the time of day and this
// machine's DNS.
func Deploy(ctx *pulumi.Context) error {
	return Program{Now: time.Now, NameServers: nameServers}.Deploy(ctx)
}

// nameServers asks the resolver of this machine. A domain that is not there has
// none. Zones of attached providers (docs/sandbox.md) are in no DNS.
func nameServers(ctx context.Context, domain string) ([]string, error) {
	if os.Getenv("PULUMI_DEBUG_PROVIDERS") != "" {
		return nil, errors.New("the providers are attached ones, whose zones DNS does not know")
	}
	found, err := net.DefaultResolver.LookupNS(ctx, domain)
	var dns *net.DNSError
	if errors.As(err, &dns) && dns.IsNotFound {
		return nil, nil
	}
	var out []string
	for _, ns := range found {
		out = append(out, ns.Host)
	}
	return out, err
}

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
	clusters, meshes, err := deployClusters(ctx, cfg, on, networks, begun)
	if err != nil {
		return err
	}
	joined, err := linkMeshes(ctx, cfg, on, networks, clusters, meshes)
	if err != nil {
		return err
	}
	links = append(links, joined...)
	way, err := p.deployEdge(ctx, cfg, on, networks, clusters, meshes)
	if err != nil {
		return err
	}
	samples, err := deploySample(ctx, cfg, clusters, meshes)
	if err != nil {
		return err
	}
	links = append(links, samples...)
	watching, err := deployObservability(ctx, cfg, on, networks, clusters, meshes)
	if err != nil {
		return err
	}
	health, err := watch(ctx, cfg, on, networks, clusters, way, watching)
	if err != nil {
		return err
	}
	return p.publish(ctx, cfg, on, climb, made{networks, append(links, health), clusters, meshes, way, watching})
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

// deployClusters makes every cluster in its network, and the mesh in it. No
// control plane changes before begun is written, nor before everything of the
// cluster before it is done: clusters upgrade one after another, never together
// (docs/adr/0013-clusters-in-turn.md).
func deployClusters(ctx *pulumi.Context, cfg config.Stack, on clouds, networks map[string]*network.Network, begun pulumi.Resource) (map[string]*cluster.Cluster, map[string]*mesh.Mesh, error) {
	clusters, meshes := map[string]*cluster.Cluster{}, map[string]*mesh.Mesh{}
	roots, err := meshRoots(ctx, cfg)
	if err != nil {
		return nil, nil, err
	}
	var turn []pulumi.Resource
	for _, key := range slices.Sorted(maps.Keys(cfg.Clusters)) {
		in := networks[cfg.Clusters[key].Network]
		args, err := clusterArgs(ctx, cfg, key, on, in)
		if err != nil {
			return nil, nil, err
		}
		args.After, args.Turn = []pulumi.Resource{begun}, turn
		c, err := cluster.New(ctx, "cluster-"+key, args, on.aws())
		if err != nil {
			return nil, nil, err
		}
		clusters[key], turn = c, c.Ready
		if !slices.Contains(cfg.Meshes(), key) {
			continue
		}
		m, err := deployMesh(ctx, cfg, key, on, in, c, roots)
		if err != nil {
			return nil, nil, err
		}
		meshes[key], turn = m, slices.Concat(c.Ready, m.Ready)
	}
	return clusters, meshes, nil
}

// deployMesh makes the mesh in one cluster.
func deployMesh(ctx *pulumi.Context, cfg config.Stack, key string, on clouds, in *network.Network, c *cluster.Cluster, roots *mesh.Roots) (*mesh.Mesh, error) {
	args, err := meshArgs(ctx, cfg, key, in, c)
	if err != nil {
		return nil, err
	}
	args.Roots = roots
	if args.EastWest, err = eastWest(cfg, key, in, c); err != nil {
		return nil, err
	}
	return mesh.New(ctx, "mesh-"+key, args, pulumi.Providers(on.AWS, c.Provider))
}
