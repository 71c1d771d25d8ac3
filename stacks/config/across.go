package config

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"

	cluster "github.com/ladder-platform/ladder/components/cluster/spec"
	mesh "github.com/ladder-platform/ladder/components/mesh/spec"
	network "github.com/ladder-platform/ladder/components/network/spec"
	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/internal/strict"
	releases "github.com/ladder-platform/ladder/stacks/release"
)

// release is the catalogue of this program.
func release() (releases.Catalogue, finding.List) { return releases.Shipped() }

func (s Stack) validateNetworks() finding.List {
	var out finding.List
	if len(s.Networks) == 0 {
		out.Add("networks", "add one, for example main", "has no network")
	}
	for _, key := range sortedKeys(s.Networks) {
		out.Join("", s.Networks[key].Validate("networks."+key, network.ValidateInput{
			Region: s.Environment.Region, Key: key, Networks: s.Networks,
		}))
	}
	return out
}

func (s Stack) validateClusters(stack string, doubts func(string) bool) finding.List {
	var out finding.List
	catalogue, _ := release()
	for _, key := range sortedKeys(s.Clusters) {
		c, path := s.Clusters[key], "clusters."+key
		net, known := s.Networks[c.Network]
		in := cluster.ValidateInput{
			Name: "cluster-" + key, ClusterName: ClusterName(stack, key), Release: s.ClusterRelease(key),
			DeployerRoleARN: s.Environment.DeployerRoleARN,
		}
		if known {
			in.Zones, in.PodSubnets, in.VPCCIDRs = distinct(net.WithDefaults().Zones), net.HasPodSubnets(), net.Blocks()
		}
		if !known || doubts("networks."+c.Network+".podCidr") {
			// The rules about pods would only repeat what is said of the network.
			in.PodSubnets = in.PodSubnets || c.PodAddressing.Mode == cluster.PodsInPodSubnets
		}
		if !known && c.Network != "" && len(s.Networks) > 0 {
			out.Add(path+".network", strict.Suggest(c.Network, sortedKeys(s.Networks)), "%q is no network of this stack", c.Network)
		}
		out.Join("", c.Validate(path, in))
		out.Join("", s.checkRelease(path, key, catalogue))
	}
	return out
}

// distinct is the list without repetitions, which have a finding of their own.
func distinct(in []string) []string {
	var out []string
	for _, s := range in {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// checkRelease asks whether the cluster's releases pin all that it installs.
// Unknown releases have a finding of their own.
func (s Stack) checkRelease(path, key string, catalogue releases.Catalogue) finding.List {
	own, err := catalogue.Find(s.ClusterRelease(key))
	if err != nil {
		return nil
	}
	slots := map[string]cluster.Release{}
	for _, group := range s.Clusters[key].NodeGroups {
		for _, slot := range group.Slots {
			if r, err := catalogue.Find(slot.Release); err == nil {
				slots[r.Name] = r.ForCluster()
			} else if slot.Release != "" {
				return nil
			}
		}
	}
	c := s.Clusters[key].WithDefaults(s.Networks[s.Clusters[key].Network].HasPodSubnets())
	return c.CheckRelease(path, own.ForCluster(), slots)
}

// validateMesh are the findings of the mesh, with what its rules need to know
// of the clusters and their networks.
func (s Stack) validateMesh() finding.List {
	var out finding.List
	if s.Mesh == nil {
		return out
	}
	out.Join("", s.Mesh.Validate("mesh", mesh.ValidateInput{Region: s.Environment.Region, Clusters: s.MeshClusters()}))
	return out
}

// MeshClusters are what the mesh's rules need to know of each cluster.
func (s Stack) MeshClusters() map[string]mesh.ClusterInput {
	out := map[string]mesh.ClusterInput{}
	for _, key := range sortedKeys(s.Clusters) {
		net := s.Networks[s.Clusters[key].Network].WithDefaults()
		c := s.Clusters[key].WithDefaults(net.HasPodSubnets())
		place := mesh.Place{Network: c.Network, Existing: net.Existing != nil, Blocks: net.Blocks(), PodBlocks: net.Blocks(), Zones: distinct(net.Zones)}
		if c.PodAddressing.Mode == cluster.PodsInPodSubnets && net.PodCIDR != "" {
			place.PodBlocks = []string{net.PodCIDR}
		}
		for _, other := range sortedKeys(s.Networks) {
			for _, p := range s.Networks[other].Peering {
				switch {
				case other == c.Network && p.Network != "":
					place.Peered = append(place.Peered, p.Network)
				case p.Network == c.Network && other != c.Network:
					place.Peered = append(place.Peered, other)
				}
			}
		}
		out[key] = mesh.ClusterInput{NetworkPolicy: *c.NetworkPolicy, PodSecurityGroups: c.PodAddressing.SecurityGroups, Place: place}
	}
	return out
}

// validateAcross holds the rules between networks and clusters.
func (s Stack) validateAcross() finding.List {
	var out finding.List
	for _, key := range sortedKeys(s.Clusters) {
		c, path := s.Clusters[key], "clusters."+key
		out.Join(path, s.validateService(c))
		for i, a := range c.Access {
			if m := accountOf.FindStringSubmatch(a.PrincipalARN); m != nil && accountPattern.MatchString(s.Environment.AccountID) && m[1] != s.Environment.AccountID {
				out.Warn(fmt.Sprintf("%s.access[%d].principalArn", path, i), "make sure that it is meant, and not copied from another stage",
					"is of account %s, the stack's is %s", m[1], s.Environment.AccountID)
			}
		}
	}
	return out
}

var accountOf = regexp.MustCompile(`^arn:aws:iam::([0-9]{12}):`)

// validateService: pods cannot reach what their own service block hides, so it
// must not overlap a network that theirs is linked with.
func (s Stack) validateService(c cluster.Config) finding.List {
	var out finding.List
	service, err := netip.ParsePrefix(c.WithDefaults(false).ServiceCIDR)
	if err != nil {
		return out // the cluster's own rules report it
	}
	for _, p := range s.linked(c.Network) {
		for _, text := range p.blocks {
			if block, err := netip.ParsePrefix(text); err == nil && block.Overlaps(service) {
				out.Add("serviceCidr", "choose a block apart from all linked networks", "%q overlaps %s, which peering %q leads to: pods could not reach it", service, block, p.name)
			}
		}
	}
	return out
}

type link struct {
	name   string
	blocks []string
}

// linked are the blocks that peerings of a network lead to, in either direction.
func (s Stack) linked(key string) []link {
	var out []link
	for _, p := range s.Networks[key].Peering {
		l := link{p.Name, p.CIDRs}
		if p.Network != "" && p.Network != key {
			l.blocks = s.Networks[p.Network].Blocks()
		}
		out = append(out, l)
	}
	for _, other := range sortedKeys(s.Networks) {
		for _, p := range s.Networks[other].Peering {
			if p.Network == key && other != key {
				out = append(out, link{p.Name, s.Networks[other].Blocks()})
			}
		}
	}
	return out
}

// validateStage holds every rule that depends on the stage.
func (s Stack) validateStage() finding.List {
	var out finding.List
	if s.Environment.Stage != Prd {
		return out
	}
	out.Join("", s.validateObservabilityStage())
	if !s.Environment.Protected() {
		out.Warn("environment.protect", "set it to true again unless a destroy follows", "is off in prd: data and clusters can be deleted")
	}
	for _, key := range sortedKeys(s.Networks) {
		n := s.Networks[key].WithDefaults()
		if n.Existing == nil && n.NAT.Mode == network.NATSingle {
			out.Add("networks."+key+".nat.mode", "use perZone", "a single NAT gateway in prd takes the way out of every zone with it when its own zone fails")
		}
	}
	for _, key := range sortedKeys(s.Clusters) {
		path := "clusters." + key
		c := s.Clusters[key]
		for _, cidr := range c.Endpoint.PublicCIDRs {
			if p, err := netip.ParsePrefix(cidr); err == nil && p.Bits() == 0 && c.Endpoint.AcknowledgeOpenToWorld {
				out.Add(path+".endpoint.publicCidrs", "name your own blocks", "the API of a prd cluster is not opened to the whole internet, acknowledged or not")
			}
		}
		steady := len(c.NodeGroups) == 0 // said by the cluster's own rules
		for _, slot := range c.Slots(nil, "") {
			steady = steady || (slot.State == cluster.Live && slot.Capacity == cluster.OnDemand && slot.Min >= 2 && len(slot.Taints) == 0)
		}
		if !steady {
			out.Add(path+".nodeGroups", "add a group with capacity onDemand, min 2 or more and no taints", "no group of this prd cluster keeps two on-demand nodes for the cluster's own services")
		}
	}
	return out
}

// validateHeadroom proves that upgrades fit. Of an existing VPC the run asks
// AWS; until then, what nobody wrote down is a warning.
func (s Stack) validateHeadroom() finding.List {
	var out finding.List
	for _, key := range sortedKeys(s.Networks) {
		path, clusters := "networks."+key, s.Demand(key)
		_, certain := s.Networks[key].Headroom(path, clusters, true)
		out.Join("", certain)
		_, all := s.Networks[key].Headroom(path, clusters, false)
		for _, f := range all {
			if !slices.Contains(certain, f) {
				f.Severity = finding.Warning
				out = append(out, f)
			}
		}
	}
	return out
}

// Support is what the calendar has against the stack's releases on a day.
func (s Stack) Support(on time.Time) finding.List {
	var out finding.List
	catalogue, broken := release()
	if len(broken.Errors()) > 0 {
		return broken
	}
	seen := map[string]bool{}
	for _, key := range append([]string{""}, sortedKeys(s.Clusters)...) {
		path, name := "release", s.Release
		if key != "" {
			path, name = "clusters."+key+".release", s.Clusters[key].Release
		}
		if r, err := catalogue.Find(name); err == nil && !seen[name] {
			seen[name] = true
			out.Join("", r.Support(path, on))
		}
	}
	out.Join("", s.Expiry(on))
	return out
}

// Overrides says what the calendar has against the override of the gate.
func (s Stack) Overrides(on time.Time) finding.List {
	var out finding.List
	o := s.Promotion.Override
	if o == nil {
		return out
	}
	until, err := time.Parse(time.DateOnly, o.Until)
	if err == nil && !on.Before(until.AddDate(0, 0, 1)) {
		out.Add("promotion.override.until", "remove the override, or have a new one approved", "the override ended on %s", strings.TrimSpace(o.Until))
	}
	return out
}
