package spec

import (
	"cmp"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/components/mesh/trust"
	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/internal/strict"
)

// Place is where a cluster is, as far as links ask.
type Place struct {
	// Network is the key of its network, Existing says that somebody else made it.
	Network  string
	Existing bool
	// Blocks are all blocks of the network, PodBlocks those that pods take.
	Blocks, PodBlocks []string
	// Peered are the keys of the networks that its own is linked with.
	Peered []string
	// Zones of the network.
	Zones []string
}

var (
	linkKey     = regexp.MustCompile(`^[a-z](?:[a-z0-9-]{0,18}[a-z0-9])?$`)
	serviceName = regexp.MustCompile(`^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$`)
	protocols   = []string{"http", "grpc", "tls", "tcp"}
)

// Linked are the keys of the clusters that a cluster is linked with, sorted.
func (c Config) Linked(cluster string) []string {
	var out []string
	for _, l := range c.Links {
		if i := slices.Index(l.Between, cluster); i >= 0 && len(l.Between) == 2 {
			out = append(out, l.Between[1-i])
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// CheckLinks are the findings of links between clusters that stand at places, below links.
func (c Config) CheckLinks(places map[string]Place) finding.List {
	var out finding.List
	seen := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(c.Links)) {
		l, path := c.Links[key], "links."+key
		if !linkKey.MatchString(key) {
			out.Add(path, "use at most 20 lower-case letters, digits and hyphens, a letter first", "%q is not a key", key)
		}
		ends := c.checkEnds(path, l, places)
		out.Join("", ends)
		if len(ends) > 0 {
			continue // the rest would only repeat it
		}
		pair := strings.Join(slices.Sorted(slices.Values(l.Between)), " and ")
		if other, twice := seen[pair]; twice {
			out.Add(path+".between", "keep one, and move its services there", "links %s, as links.%s does", pair, other)
		}
		seen[pair] = key
		a, b := l.Between[0], l.Between[1]
		out.Join("", c.checkDataPlanes(path, a, b))
		out.Join("", c.checkMeshNetworks(a, b, places))
		out.Join("", checkWay(path, a, b, places))
		out.Join("", c.checkAddresses(a, places))
		out.Join("", c.checkAddresses(b, places))
		out.Join("", trust.Apart(path, a, b, [2]string{c.TrustDomain, c.TrustDomain}, [2]trust.State{c.CA.State(c.planeOf(a)), c.CA.State(c.planeOf(b))}))
		out.Join(path+".between", c.checkTwins(key, places))
		for _, name := range slices.Sorted(maps.Keys(l.Services)) {
			out.Join(path+".services."+name, c.checkService(l, l.Services[name]))
		}
	}
	return out
}

// checkTwins: packets of two clusters of one network come from the same blocks,
// and EC2 takes one rule for a block only once. Of two such links the one with
// the later key is reported.
func (c Config) checkTwins(key string, places map[string]Place) finding.List {
	var out finding.List
	for _, other := range slices.Sorted(maps.Keys(c.Links)) {
		if other >= key || len(c.Links[other].Between) != 2 {
			continue
		}
		for i, end := range c.Links[key].Between {
			j := slices.Index(c.Links[other].Between, end)
			if j < 0 {
				continue
			}
			far, twin := c.Links[key].Between[1-i], c.Links[other].Between[1-j]
			if far != twin && places[far].Network == places[twin].Network && places[far].Network != places[end].Network {
				out.Add("", "link "+end+" with one of them", "links %s with %s, as links.%s does with %s of the same network %s, and EC2 takes a rule for the same block only once", end, far, other, twin, places[far].Network)
			}
		}
	}
	return out
}

func (c Config) checkEnds(path string, l Link, places map[string]Place) finding.List {
	var out finding.List
	if len(l.Between) != 2 || l.Between[0] == l.Between[1] {
		out.Add(path+".between", "name two clusters of this stack", "names %d different clusters", len(slices.Compact(slices.Sorted(slices.Values(l.Between)))))
		return out
	}
	for _, cluster := range l.Between {
		if _, ok := places[cluster]; !ok {
			out.Add(path+".between", strict.Suggest(cluster, slices.Sorted(maps.Keys(places))), "%q is no cluster of this stack", cluster)
		} else if c.Clusters[cluster].Disabled {
			out.Add(path+".between", "remove the link, or clusters."+cluster+".disabled", "%q has no mesh", cluster)
		}
	}
	return out
}

func (c Config) planeOf(cluster string) string {
	return cmp.Or(c.Clusters[cluster].DataPlane, c.DataPlane, trust.Ambient)
}

func (c Config) checkDataPlanes(path, a, b string) finding.List {
	var out finding.List
	if c.planeOf(a) != c.planeOf(b) {
		out.Add(path+".between", "give both the same data plane", "%s is %s and %s is %s, whose east-west gateways speak different protocols (HBONE and SNI)", a, c.planeOf(a), b, c.planeOf(b))
	}
	return out
}

// checkMeshNetworks: pods of one mesh network must reach each other by address.
// Clusters of one VPC take their addresses from the same block, and clusters of
// two VPCs may have the same block each; in both cases istiod could not tell
// whose an address is, so each cluster is a network of its own.
func (c Config) checkMeshNetworks(a, b string, places map[string]Place) finding.List {
	var out finding.List
	if c.MeshNetwork(a) != c.MeshNetwork(b) {
		return out
	}
	path := "clusters." + b + ".meshNetwork"
	for _, x := range places[a].PodBlocks {
		for _, y := range places[b].PodBlocks {
			p, errP := netip.ParsePrefix(x)
			q, errQ := netip.ParsePrefix(y)
			if errP == nil && errQ == nil && p.Overlaps(q) {
				out.Add(path, "give each cluster a mesh network of its own, or leave it out", "is %q, as for %s, although the pods of both take addresses from %s and %s, which overlap", c.MeshNetwork(b), a, x, y)
				return out
			}
		}
	}
	out.Add(path, "give each cluster a mesh network of its own, or leave it out", "is %q, as for %s; links go through east-west gateways, which need two networks", c.MeshNetwork(b), a)
	return out
}

// checkWay: packets need a way between two networks.
func checkWay(path, a, b string, places map[string]Place) finding.List {
	var out finding.List
	x, y := places[a], places[b]
	switch {
	case x.Network == y.Network || slices.Contains(x.Peered, y.Network) || slices.Contains(y.Peered, x.Network):
	default:
		out.Add(path+".between", "add a peering entry to networks."+x.Network+" with network: "+y.Network, "%s is in network %s and %s in %s, and nothing leads from one to the other", a, x.Network, b, y.Network)
	}
	return out
}

// checkAddresses: the east-west load balancer has one fixed address in each zone.
func (c Config) checkAddresses(cluster string, places map[string]Place) finding.List {
	var out finding.List
	given, place := c.Clusters[cluster].EastWestAddresses, places[cluster]
	path := "clusters." + cluster + ".eastWestAddresses"
	if place.Existing && len(given) == 0 {
		out.Add(path, "give one free address of a private subnet for each zone", "is missing, and the subnets of an existing VPC are not ours to choose from")
	}
	for _, zone := range slices.Sorted(maps.Keys(given)) {
		addr, err := netip.ParseAddr(given[zone])
		inside := slices.ContainsFunc(place.Blocks, func(b string) bool {
			p, e := netip.ParsePrefix(b)
			return e == nil && err == nil && p.Contains(addr)
		})
		switch {
		case !slices.Contains(place.Zones, zone):
			out.Add(path+"."+zone, strict.Suggest(zone, slices.Clone(place.Zones)), "%q is no zone of network %s", zone, place.Network)
		case err != nil:
			out.Add(path+"."+zone, "write it as 10.0.0.200", "%q is not an address", given[zone])
		case !inside:
			out.Add(path+"."+zone, "use an address of the private subnet in this zone", "%s is in no block of network %s", addr, place.Network)
		}
	}
	return out
}

func (c Config) checkService(l Link, s LinkedService) finding.List {
	var out finding.List
	ns, ok := c.Namespaces[s.Namespace]
	if !ok {
		out.Add("namespace", strict.Suggest(s.Namespace, slices.Sorted(maps.Keys(c.Namespaces))), "%q is no namespace of the mesh", s.Namespace)
	}
	if !serviceName.MatchString(s.Service) {
		out.Add("service", "use the name of a Kubernetes service", "%q cannot be a service's name", s.Service)
	}
	if s.Port < 1 || s.Port > 65535 {
		out.Add("port", "use the port of the service, 1 to 65535", "%d is not a port", s.Port)
	}
	if s.Protocol != "" && !slices.Contains(protocols, s.Protocol) {
		out.Add("protocol", strict.Suggest(s.Protocol, slices.Clone(protocols)), "%q is not a protocol", s.Protocol)
	}
	for _, cluster := range s.In {
		if !slices.Contains(l.Between, cluster) {
			out.Add("in", strict.Suggest(cluster, slices.Clone(l.Between)), "%q is not one of the two clusters of the link", cluster)
		}
	}
	if ok && s.Failover {
		ns.DataPlane = cmp.Or(ns.DataPlane, c.planeOf(l.Between[0]))
		Ask(&out, "failover", FeatureOutlier, ns.Plane())
		if own := ns.Services[s.Service]; own.Connections != nil || own.Outlier != nil {
			out.Add("failover", "set connections and outlier for the namespace instead", "is set for a service that has connections or outlier of its own (namespaces.%s.services.%s), and Istio takes one of the two rules only", s.Namespace, s.Service)
		}
	}
	return out
}
