package stacks

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/cluster"
	"github.com/ladder-platform/ladder/components/mesh"
	"github.com/ladder-platform/ladder/components/network"
	"github.com/ladder-platform/ladder/components/network/plan"
	"github.com/ladder-platform/ladder/stacks/config"
)

// meshRoots are the certificate authorities that the meshes of all clusters
// share; nil where each istiod has its own.
func meshRoots(ctx *pulumi.Context, cfg config.Stack) (*mesh.Roots, error) {
	if cfg.Mesh == nil {
		return nil, nil
	}
	return mesh.NewRoots(ctx, "mesh-roots", cfg.Mesh.CA, cfg.Environment.Owner)
}

// East-west addresses in a private subnet, counted from its end. Which one a
// cluster takes follows from its key alone, so that another cluster moves none.
const (
	eastWestFromEnd = 16
	eastWestPlaces  = 48
)

// eastWestAddresses are the fixed addresses of a cluster's way in from others.
func eastWestAddresses(cfg config.Stack, key string) (map[string]string, error) {
	path := "mesh.clusters." + key + ".eastWestAddresses"
	if given := cfg.Mesh.Clusters[key].EastWestAddresses; len(given) > 0 {
		return given, nil
	}
	for _, other := range cfg.ClustersIn(cfg.Clusters[key].Network) {
		if other != key && eastWestPlace(other) == eastWestPlace(key) {
			return nil, fmt.Errorf("%s: %s would have the same addresses as %s; give one free address of a private subnet for each zone", path, key, other)
		}
	}
	net := cfg.Networks[cfg.Clusters[key].Network].WithDefaults()
	layout, err := plan.New(plan.Input{CIDR: net.CIDR, PodCIDR: net.PodCIDR, Zones: net.Zones})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	out := map[string]string{}
	for _, zone := range layout.Zones {
		out[zone.ID] = fromEnd(zone.Private, eastWestPlace(key)).String()
	}
	return out, nil
}

func eastWestPlace(key string) int {
	sum := sha256.Sum256([]byte(key))
	return eastWestFromEnd + int(sum[0])%eastWestPlaces
}

// fromEnd is the n-th address before the last one of an IPv4 block.
func fromEnd(block netip.Prefix, n int) netip.Addr {
	a := block.Masked().Addr().As4()
	last := uint32(a[0])<<24 | uint32(a[1])<<16 | uint32(a[2])<<8 | uint32(a[3])
	last += 1<<(32-block.Bits()) - 1 - uint32(n)
	return netip.AddrFrom4([4]byte{byte(last >> 24), byte(last >> 16), byte(last >> 8), byte(last)})
}

// eastWest hands a mesh what its way in from other clusters needs; nil without links.
func eastWest(cfg config.Stack, key string, net *network.Network, c *cluster.Cluster) (*mesh.EastWest, error) {
	if len(cfg.Mesh.Linked(key)) == 0 {
		return nil, nil
	}
	addresses, err := eastWestAddresses(cfg, key)
	if err != nil {
		return nil, err
	}
	subnets := map[string]pulumi.StringInput{}
	for zone := range addresses {
		subnets[zone] = net.PrivateSubnets[zone]
	}
	return &mesh.EastWest{
		VPCID: net.VPCID, Subnets: subnets, Addresses: addresses,
		ClusterSecurityGroupID: c.ClusterSecurityGroupID, AutoScalingGroups: inputs(c.AutoScalingGroups),
	}, nil
}

// linkMeshes joins the meshes that configuration links.
func linkMeshes(ctx *pulumi.Context, cfg config.Stack, on clouds, networks map[string]*network.Network,
	clusters map[string]*cluster.Cluster, meshes map[string]*mesh.Mesh) ([]pulumi.Resource, error) {
	var out []pulumi.Resource
	if cfg.Mesh == nil {
		return nil, nil
	}
	e := cfg.Environment
	for _, key := range slices.Sorted(maps.Keys(cfg.Mesh.Links)) {
		section := cfg.Mesh.Links[key]
		ends := make([]mesh.End, len(section.Between))
		for i, c := range section.Between {
			addresses, err := eastWestAddresses(cfg, c)
			if err != nil {
				return nil, err
			}
			in := cfg.Clusters[c].Network
			ends[i] = mesh.End{
				Mesh: meshes[c], ClusterName: config.ClusterName(ctx.Stack(), c), Network: in, Blocks: networks[in].CIDRs,
				Endpoint: clusters[c].Endpoint, CertificateAuthority: clusters[c].CertificateAuthority,
				ClusterSecurityGroupID: clusters[c].ClusterSecurityGroupID, Kubernetes: clusters[c].Provider,
				Addresses: addresses, Release: cfg.ClusterRelease(c),
			}
		}
		link, err := mesh.NewLink(ctx, "mesh-link-"+key, mesh.LinkArgs{
			Key: key, Config: section, A: ends[0], B: ends[1],
			Environment: mesh.Environment{Stage: e.Stage, Owner: e.Owner, Region: e.Region, AccountID: e.AccountID, Protect: cfg.Protects(section.Between[0]) && cfg.Protects(section.Between[1]), Tags: e.Tags},
		}, on.aws())
		if err != nil {
			return nil, err
		}
		out = append(out, link)
	}
	return out, nil
}
