package spec

import (
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/components/network/plan"
	"github.com/ladder-platform/ladder/internal/finding"
)

var (
	vpcID     = regexp.MustCompile(`^vpc-(?:[0-9a-f]{8}|[0-9a-f]{17})$`)
	subnetID  = regexp.MustCompile(`^subnet-(?:[0-9a-f]{8}|[0-9a-f]{17})$`)
	accountID = regexp.MustCompile(`^[0-9]{12}$`)
	linkName  = keyForm
)

// existing judges a VPC that somebody else made.
func (v *validation) existing() {
	e := v.c.Existing
	v.exclusive()
	if !vpcID.MatchString(e.VPCID) {
		v.add("existing.vpcId", "use an id such as vpc-0123456789abcdef0", "%q is not a VPC id", e.VPCID)
	}
	var primary netip.Prefix
	if e.CIDR == "" {
		v.add("existing.cidr", "give the VPC's primary block", "is missing")
	} else {
		primary, _ = v.block("existing.cidr", e.CIDR, 28, "a VPC holds at least 16")
	}
	if e.PodCIDR != "" {
		pod, ok := v.block("existing.podCidr", e.PodCIDR, 28, "a block of a VPC holds at least 16")
		if ok && primary.IsValid() && pod.Overlaps(primary) {
			v.add("existing.podCidr", "give the VPC's secondary block", "%q overlaps existing.cidr %q", e.PodCIDR, e.CIDR)
		}
	}
	if (e.PodCIDR != "") != (len(e.Subnets.Pod) > 0) {
		v.add("existing.podCidr", "give existing.podCidr and existing.subnets.pod together, or neither", "pod block and pod subnets do not match: %d pod subnets and podCidr %q", len(e.Subnets.Pod), e.PodCIDR)
	}
	v.existingZones()
	v.existingSubnets()
}

// exclusive reports what only a VPC made here can have.
func (v *validation) exclusive() {
	g := v.given
	for _, f := range []struct {
		path string
		set  bool
	}{
		{"cidr", g.CIDR != ""},
		{"podCidr", g.PodCIDR != ""},
		{"allowPublicRange", g.AllowPublicRange},
		{"nat", g.NAT != nil},
		{"endpoints", g.Endpoints != nil},
		{"flowLogs", g.FlowLogs != nil},
		{"quotas", g.Quotas != nil},
		{"peering", len(g.Peering) > 0},
	} {
		if f.set {
			v.add(f.path, "remove it: who made the VPC decides", "is not allowed with existing, which is only read")
		}
	}
}

// existingZones compares the zones with the private subnets.
func (v *validation) existingZones() {
	zones := slices.Sorted(maps.Keys(v.c.Existing.Subnets.Private))
	if len(zones) < 2 {
		v.add("existing.subnets.private", "give a private subnet in at least two zones", "%d given; EKS needs subnets in two zones", len(zones))
	}
	if len(v.given.Zones) > 0 {
		v.zones("zones", v.given.Zones)
		if listed := slices.Sorted(slices.Values(v.given.Zones)); !slices.Equal(listed, zones) {
			v.add("zones", "remove it: the zones come from existing.subnets.private", "%s are listed, but the private subnets are in %s", strings.Join(listed, ", "), strings.Join(zones, ", "))
		}
	}
	if pod := slices.Sorted(maps.Keys(v.c.Existing.Subnets.Pod)); len(pod) > 0 && !slices.Equal(pod, zones) {
		v.add("existing.subnets.pod", "give one pod subnet in each zone that has a private one",
			"pod subnets are in %s, private ones in %s", strings.Join(pod, ", "), strings.Join(zones, ", "))
	}
}

// existingSubnets judges zone IDs, subnet ids and the free addresses.
func (v *validation) existingSubnets() {
	s := v.c.Existing.Subnets
	seen := map[string]string{}
	for _, role := range []struct {
		name    string
		subnets map[string]string
	}{{"private", s.Private}, {"public", s.Public}, {"pod", s.Pod}} {
		for _, zone := range slices.Sorted(maps.Keys(role.subnets)) {
			id, at := role.subnets[zone], "existing.subnets."+role.name+"."+zone
			v.zone(at, zone)
			if !subnetID.MatchString(id) {
				v.add(at, "use an id such as subnet-0123456789abcdef0", "%q is not a subnet id", id)
			} else if first, twice := seen[id]; twice {
				v.add(at, "give each role and zone a subnet of its own", "%q is there twice, first at %s", id, first)
			} else {
				seen[id] = at
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(v.c.Existing.AvailableAddresses)) {
		at := "existing.availableAddresses." + id
		if _, known := seen[id]; !known {
			v.add(at, "use ids of existing.subnets", "%q is no subnet of this network", id)
		}
		if n := v.c.Existing.AvailableAddresses[id]; n < 0 {
			v.add(at, "give the number that AWS shows as available", "%d cannot be free", n)
		}
	}
}

// peering judges the links of this network.
func (v *validation) peering() {
	if v.given.Existing != nil {
		return // said once, as exclusive
	}
	names := map[string]bool{}
	taken := map[string][]netip.Prefix{} // blocks that routes lead to, by link
	for i, p := range v.c.Peering {
		at := fmt.Sprintf("peering[%d]", i)
		switch {
		case !linkName.MatchString(p.Name):
			v.add(at+".name", "use lower-case letters, digits and hyphens, a letter first", "%q cannot be a name", p.Name)
		case names[p.Name]:
			v.add(at+".name", "use a name of its own", "%q is there twice", p.Name)
		}
		names[p.Name] = true
		var blocks []netip.Prefix
		switch {
		case (p.Network == "") == (p.VPCID == ""):
			v.add(at, "give network for one of this stack, or vpcId with cidrs", "needs exactly one of network and vpcId")
			continue
		case p.Network != "":
			blocks = v.inStack(at, p)
		default:
			blocks = v.foreign(at, p)
		}
		v.overlaps(at, blocks, taken)
		taken[p.Name] = append(taken[p.Name], blocks...)
	}
}

// inStack judges a link to another network of the stack and returns its blocks.
func (v *validation) inStack(at string, p Peering) []netip.Prefix {
	for _, f := range []struct {
		name string
		set  bool
	}{{"accountId", p.AccountID != ""}, {"region", p.Region != ""}, {"cidrs", len(p.CIDRs) > 0}} {
		if f.set {
			v.add(at+"."+f.name, "remove it: it is known from the stack", "is not allowed with network")
		}
	}
	other, known := v.in.Networks[p.Network]
	switch {
	case p.Network == v.in.Key:
		v.add(at+".network", "name another network", "%q is this network itself", p.Network)
		return nil
	case !known:
		v.add(at+".network", "use one of "+strings.Join(slices.Sorted(maps.Keys(v.in.Networks)), ", "), "%q is no network of this stack", p.Network)
		return nil
	case other.Existing != nil:
		v.add(at+".network", "have its owner make the connection", "%q is an existing VPC, whose routes belong to somebody else", p.Network)
		return nil
	}
	for _, back := range other.Peering {
		if back.Network == v.in.Key && p.Network < v.in.Key {
			v.add(at, "remove it: one connection carries both ways", "networks.%s already peers with %q", p.Network, v.in.Key)
		}
	}
	v.neighbours(at, p.Network, other)
	return parse(other.Blocks())
}

// neighbours compares this network's blocks with what the other one has
// routes to already: its own links, and the networks that link to it (of two
// such, the one with the later key has the finding).
func (v *validation) neighbours(at, key string, other Config) {
	linked := map[string][]netip.Prefix{}
	for _, link := range other.Peering {
		if link.Network == "" {
			linked[fmt.Sprintf("link %q", link.Name)] = parse(link.CIDRs)
		} else if link.Network != v.in.Key {
			linked[fmt.Sprintf("link %q", link.Name)] = parse(v.in.Networks[link.Network].Blocks())
		}
	}
	for name, third := range v.in.Networks {
		if name < v.in.Key && slices.ContainsFunc(third.Peering, func(l Peering) bool { return l.Network == key }) {
			linked["networks."+name] = parse(third.Blocks())
		}
	}
	for _, who := range slices.Sorted(maps.Keys(linked)) {
		for _, theirs := range linked[who] {
			for _, ours := range parse(v.c.Blocks()) {
				if ours.Overlaps(theirs) {
					v.add(at, fmt.Sprintf("routes of networks.%s can lead to one of them only: renumber one", key),
						"%s overlaps %s, which networks.%s is linked with by %s", ours, theirs, key, who)
				}
			}
		}
	}
}

// foreign judges a link to a VPC outside the stack and returns its blocks.
func (v *validation) foreign(at string, p Peering) []netip.Prefix {
	if !vpcID.MatchString(p.VPCID) {
		v.add(at+".vpcId", "use an id such as vpc-0123456789abcdef0", "%q is not a VPC id", p.VPCID)
	}
	if p.AccountID != "" && !accountID.MatchString(p.AccountID) {
		v.add(at+".accountId", "use 12 digits, in quotes", "%q is not an account id", p.AccountID)
	}
	if p.Region != "" && plan.ZonePrefix(p.Region) == "" {
		v.add(at+".region", "use a region such as ap-northeast-2", "%q is not a region", p.Region)
	}
	if len(p.CIDRs) == 0 {
		v.add(at+".cidrs", "list all blocks of the other VPC, those of its pods too", "are needed with vpcId")
	}
	var out []netip.Prefix
	for i, s := range p.CIDRs {
		if b, ok := v.block(fmt.Sprintf("%s.cidrs[%d]", at, i), s, 28, "a block of a VPC holds at least 16"); ok {
			out = append(out, b)
		}
	}
	return out
}

// overlaps reports blocks that AWS would refuse to peer, or that two links claim.
func (v *validation) overlaps(at string, blocks []netip.Prefix, taken map[string][]netip.Prefix) {
	for _, theirs := range blocks {
		for _, ours := range parse(v.c.Blocks()) {
			if ours.Overlaps(theirs) {
				v.add(at, "renumber one of the two, or link them by PrivateLink", "AWS refuses the connection: %s of the other VPC overlaps %s of this one", theirs, ours)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(taken)) {
			for _, b := range taken[name] {
				if b.Overlaps(theirs) {
					v.add(at, "routes can lead to one of them only: renumber one", "%s overlaps %s of link %q", theirs, b, name)
				}
			}
		}
	}
}

// parse keeps what is an IPv4 block; the rest has a finding where it is written.
func parse(blocks []string) []netip.Prefix {
	var out []netip.Prefix
	for _, s := range blocks {
		if p, err := netip.ParsePrefix(s); err == nil && p.Addr().Is4() {
			out = append(out, p.Masked())
		}
	}
	return out
}

// ValidateChange reports changes that would replace the VPC or a subnet, which
// protection would refuse in the middle of an up.
func ValidateChange(path string, old, now Config) finding.List {
	old, now = old.WithDefaults(), now.WithDefaults()
	var out finding.List
	if (old.Existing == nil) != (now.Existing == nil) {
		out.Add(finding.Under(path, "existing"), "make a new network beside it and move the clusters", "a network made here and an existing VPC cannot become one another")
		return out
	}
	if old.CIDR != now.CIDR {
		out.Add(finding.Under(path, "cidr"), "make a new network beside it and move the clusters", "a change from %q to %q replaces the VPC and all that is in it", old.CIDR, now.CIDR)
	}
	if old.PodCIDR != now.PodCIDR && old.PodCIDR != "" {
		out.Add(finding.Under(path, "podCidr"), "make a new network beside it and move the clusters", "a change from %q to %q replaces every pod subnet while pods run in it", old.PodCIDR, now.PodCIDR)
	}
	for _, zone := range old.Zones {
		if !slices.Contains(now.Zones, zone) {
			out.Warn(finding.Under(path, "zones"), "move node groups out of it first", "%q is removed, with its subnets", zone)
		}
	}
	if old.Existing != nil && now.Existing != nil && old.Existing.VPCID != now.Existing.VPCID {
		out.Add(finding.Under(path, "existing.vpcId"), "make a new network beside it and move the clusters", "a change from %q to %q replaces every cluster in it", old.Existing.VPCID, now.Existing.VPCID)
	}
	return out
}
