package config

import (
	"fmt"
	"slices"

	cluster "github.com/ladder-platform/ladder/components/cluster/spec"
	"github.com/ladder-platform/ladder/components/edge/routes"
	edge "github.com/ladder-platform/ladder/components/edge/spec"
	mesh "github.com/ladder-platform/ladder/components/mesh/spec"
	observability "github.com/ladder-platform/ladder/components/observability/spec"
	"github.com/ladder-platform/ladder/internal/finding"
	releases "github.com/ladder-platform/ladder/stacks/release"
)

// validateEdge holds the edge's own rules and those between it, the clusters
// and their network.
func (s Stack) validateEdge(stack string) finding.List {
	var out finding.List
	if s.Edge == nil {
		return out
	}
	if len(s.Clusters) == 0 {
		out.Add("edge", "add a cluster, or remove it", "leads to clusters, and the stack has none")
	}
	in := edge.ValidateInput{Stack: stack, Region: s.Environment.Region, AccountID: s.Environment.AccountID, Clusters: map[string]string{}}
	for key, c := range s.Clusters {
		in.Clusters[key] = c.Network
	}
	if s.Mesh == nil {
		out.Add("edge", "add mesh with gateways application and, with a management entrance, management", "leads to the mesh's gateways, and the stack has no mesh")
		in.Gateways, in.Namespaces = nil, nil
	} else {
		in.Gateways, in.Namespaces = s.meshSides()
	}
	out.Join("", s.Edge.Validate("edge", in))
	for _, key := range s.Edge.Clusters() {
		if share := s.Edge.Shift[key]; share > 0 && s.Clusters[key].State == cluster.Retiring {
			out.Add("edge.shift."+key, "move the share to another cluster first, and let the cluster retire in a later pull request",
				"%d percent of the requests go to a cluster that retires", share)
		}
	}
	out.Join("", s.validateEntranceSubnets())
	out.Join("", s.validateEdgeMesh())
	out.Join("", s.validateTLSRoutes())
	return out
}

// kindTLSRoute is what passthrough becomes where the Gateway API says routes.
const kindTLSRoute = "TLSRoute"

// validateTLSRoutes: the definitions of each cluster must have the kind. They
// are those of its release, or of a revision's, which may be newer.
func (s Stack) validateTLSRoutes() finding.List {
	var out finding.List
	if s.Edge.Routing != edge.RoutingGatewayAPI || s.Mesh == nil {
		return out
	}
	for _, key := range s.EdgeClusters() {
		names := []string{s.ClusterRelease(key)}
		if own, ok := s.Mesh.WithDefaults().For(key); ok {
			for _, revision := range sortedKeys(own.Revisions) {
				names = append(names, own.Revisions[revision].Release)
			}
		}
		known, serves := false, false
		for _, name := range names {
			if r, err := releases.Find(name); err == nil {
				known, serves = true, serves || slices.Contains(r.CRDs[releases.CRDGatewayAPI].Kinds, kindTLSRoute)
			}
		}
		if !known || serves {
			continue // an unknown release is said of the cluster
		}
		for _, host := range sortedKeys(s.Edge.Application.Hosts) {
			if s.Edge.Application.Hosts[host].Passthrough != nil {
				out.Add("edge.application.hosts."+host+".passthrough", "use routing: istio, or a release from 2026.08 on",
					"becomes a TLSRoute, and release %s of cluster %q has none: the Gateway API of it keeps the kind out of its standard set", names[0], key)
			}
		}
	}
	return out
}

// meshSides are the gateways and the enrolled namespaces that every cluster of
// the edge has.
func (s Stack) meshSides() (gateways, namespaces map[string]bool) {
	count, all := map[string]int{}, s.EdgeClusters()
	gateways, namespaces = map[string]bool{}, map[string]bool{}
	for _, key := range all {
		own, ok := s.Mesh.WithDefaults().For(key)
		if !ok {
			return gateways, namespaces // said by the mesh: it is disabled there
		}
		for name := range own.Gateways {
			count["gateway "+name]++
			gateways[name] = count["gateway "+name] == len(all)
		}
		reached := own.Enrolled()
		if slices.Contains(s.Observed(), key) {
			reached = append(reached, observability.Namespace) // outside the mesh, and the gateways may go there
		}
		for _, name := range reached {
			count["namespace "+name]++
			namespaces[name] = count["namespace "+name] == len(all)
		}
	}
	return gateways, namespaces
}

// validateEdgeMesh holds what both must say alike: where TLS ends, and that a
// namespace accepts the gateway whose routes lead to it.
func (s Stack) validateEdgeMesh() finding.List {
	var out finding.List
	if s.Mesh == nil {
		return out
	}
	e, m := s.Edge.WithDefaults(sortedKeys(s.Clusters)), s.Mesh.WithDefaults()
	for _, key := range e.Entrances() {
		g, there := m.Gateways[key]
		if !there {
			continue // the edge says so
		}
		switch nlb := key == edge.EntranceApplication && e.Application.LoadBalancer == edge.NLB; {
		case nlb && g.TLS != mesh.TLSAtGateway:
			out.Add("mesh.gateways."+key+".tls", "set it to "+mesh.TLSAtGateway, "ends TLS at the load balancer, and edge.%s has an NLB, which passes it on", key)
		case !nlb && g.TLS == mesh.TLSAtGateway:
			out.Add("mesh.gateways."+key+".tls", "remove it", "ends TLS at the gateway, and edge.%s has an ALB, which has ended it already", key)
		}
		for _, ns := range routes.Namespaces(e.Table(key)) {
			if n, enrolled := m.Namespaces[ns]; enrolled && !slices.Contains(n.Gateways, key) {
				out.Add("mesh.namespaces."+ns+".gateways", "add "+key, "does not accept requests of gateway %q, whose routes lead there", key)
			}
		}
	}
	return out
}

// validateEntranceSubnets: what faces the internet stands in public subnets,
// and its addresses count against the region's quota.
func (s Stack) validateEntranceSubnets() finding.List {
	var out finding.List
	key := s.edgeNetwork()
	net, known := s.Networks[key]
	if !known {
		return out // said of the cluster
	}
	net = net.WithDefaults()
	if public, _ := s.Edge.LoadBalancers(); public > 0 && net.Existing != nil {
		for _, zone := range distinct(net.Zones) {
			if net.Existing.Subnets.Public[zone] == "" {
				out.Add("edge.application", fmt.Sprintf("give networks.%s.existing.subnets.public.%s", key, zone),
					"faces the internet, and network %q has no public subnet in %s", key, zone)
			}
		}
	}
	if s.Edge.Application.StaticAddresses && net.Existing == nil {
		if need := net.ElasticIPs() + len(distinct(net.Zones)); net.ElasticIPs() <= net.Quotas.ElasticIPs && need > net.Quotas.ElasticIPs {
			out.Add("edge.application.staticAddresses", fmt.Sprintf(`have the quota "EC2-VPC Elastic IPs" raised and set networks.%s.quotas.elasticIps: %d, or leave it out`, key, need),
				"%d Elastic IPs of NAT and one for each of %d zones: %d; the region's quota is %d", net.ElasticIPs(), len(distinct(net.Zones)), need, net.Quotas.ElasticIPs)
		}
	}
	return out
}

// Delegated are the domains of zones made here that somebody outside delegates
// to, as the stack file says.
func (s Stack) Delegated() []string {
	if s.Edge == nil || !s.Edge.Domain.Zone.Delegated {
		return nil
	}
	return []string{s.Edge.Domain.Name}
}

// EdgeClusters are the clusters that the edge leads to, sorted; none without an edge.
func (s Stack) EdgeClusters() []string {
	if s.Edge == nil {
		return nil
	}
	var out []string
	for _, key := range s.Edge.WithDefaults(sortedKeys(s.Clusters)).Clusters() {
		if _, known := s.Clusters[key]; known {
			out = append(out, key)
		}
	}
	return out
}

// edgeNetwork is the key of the network that the edge's clusters share.
func (s Stack) edgeNetwork() string {
	for _, key := range s.EdgeClusters() {
		return s.Clusters[key].Network
	}
	return ""
}

// loadBalancers are those that stand in a cluster's network because of the
// edge; with several clusters they count once, with the first.
func (s Stack) loadBalancers(cluster string) (public, internal int) {
	if keys := s.EdgeClusters(); len(keys) == 0 || keys[0] != cluster {
		return 0, 0
	}
	return s.Edge.LoadBalancers()
}
