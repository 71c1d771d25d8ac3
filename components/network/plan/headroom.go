package plan

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/internal/finding"
)

// Roles of a subnet.
const (
	Private = "private"
	Public  = "public"
	Pod     = "pod"
)

// Subnet is one subnet that the proof is about.
type Subnet struct {
	Role string       `json:"role"`
	Zone string       `json:"zone"`
	CIDR netip.Prefix `json:"cidr,omitzero"`
	ID   string       `json:"id,omitempty"` // of an existing subnet
	// Available is the number of free addresses before the stack uses any: of
	// a subnet made here, its size without AWS's five; of an existing one,
	// what its owner or AWS says. -1 means unknown.
	Available int `json:"available"`
}

// Unknown is Subnet.Available where nobody said.
const Unknown = -1

// Subnets of a layout, by zone, and in it private, public, pod.
func (l Layout) Subnets() []Subnet {
	var out []Subnet
	for _, z := range l.Zones {
		out = append(out, made(Private, z.ID, z.Private), made(Public, z.ID, z.Public))
		if z.Pod.IsValid() {
			out = append(out, made(Pod, z.ID, z.Pod))
		}
	}
	return out
}

func made(role, zone string, p netip.Prefix) Subnet {
	return Subnet{Role: role, Zone: zone, CIDR: p, Available: Size(p) - Reserved}
}

// Line is one thing that takes addresses of a subnet.
type Line struct {
	What string `json:"what"`
	How  string `json:"how"` // the arithmetic
	// Addresses it takes singly, and Prefixes of 16 that must be whole.
	Addresses int `json:"addresses"`
	Prefixes  int `json:"prefixes,omitempty"`
	// Surge says how many of Addresses, and SurgePrefixes how many of
	// Prefixes, are taken during an upgrade only.
	Surge         int `json:"surge,omitempty"`
	SurgePrefixes int `json:"surgePrefixes,omitempty"`
}

// Row is one subnet at the worst instant.
type Row struct {
	Subnet
	Lines []Line `json:"lines"`
	// Need is the sum of the lines, in addresses. In a subnet that gives out
	// prefixes each single address is counted as a whole prefix, because it
	// may lie anywhere and spoil one.
	Need int `json:"need"`
	// Surge is the part of Need that only upgrades take.
	Surge int `json:"surge"`
	// Usable is Available, or what whole prefixes of it there can be.
	Usable int `json:"usable"`
	// Free is Usable − Need; negative means that upgrades do not fit.
	Free int `json:"free"`
}

// Known says whether the subnet's free addresses are known.
func (r Row) Known() bool { return r.Available != Unknown }

// Prefixed says whether the subnet gives out prefixes.
func (r Row) Prefixed() bool {
	return slices.ContainsFunc(r.Lines, func(l Line) bool { return l.Prefixes > 0 })
}

// Proof is the headroom of one network.
type Proof struct {
	Rows []Row `json:"rows"`
}

// Prove sums up the worst instant: every group at its maximum and in the
// middle of its upgrade, every pool at its limit, every node full, the control
// plane upgrading, all load balancers standing.
func Prove(subnets []Subnet, d Demand) Proof {
	var zones []string
	hasPods := false
	for _, s := range subnets {
		if s.Role == Private {
			zones = append(zones, s.Zone)
		}
		hasPods = hasPods || s.Role == Pod
	}
	var p Proof
	for _, s := range subnets {
		r := Row{Subnet: s, Lines: []Line{}}
		switch s.Role {
		case Private:
			r.private(d, zones, hasPods)
		case Public:
			r.public(d)
		case Pod:
			for _, c := range d.Clusters {
				if c.PodSubnets {
					r.nodes(c, zones, hasPods)
				}
			}
		}
		r.sum()
		p.Rows = append(p.Rows, r)
	}
	return p
}

func (r *Row) add(n int, what, how string) {
	if n > 0 {
		r.Lines = append(r.Lines, Line{What: what, How: how, Addresses: n})
	}
}

func (r *Row) private(d Demand, zones []string, hasPods bool) {
	r.add(d.InterfaceEndpoints, "interface endpoints", "1 each")
	for _, c := range d.Clusters {
		r.add(controlPlaneStanding, c.Key+": control plane", "interfaces that stand")
		r.Lines = append(r.Lines, Line{What: c.Key + ": control plane upgrade", How: "up to 5 new interfaces",
			Addresses: controlPlaneUpgrade, Surge: controlPlaneUpgrade})
		r.add(c.InternalLoadBalancers*perLoadBalancer, c.Key+": internal load balancers", fmt.Sprintf("%d × %d", c.InternalLoadBalancers, perLoadBalancer))
		r.add(c.FileSystems, c.Key+": file systems", "1 mount target each")
		if c.Stores > 0 {
			r.Lines = append(r.Lines, Line{What: c.Key + ": stores of logs and traces", How: fmt.Sprintf("1 each, %d of them beside the old ones", c.StoreSurge), Addresses: c.Stores, Surge: c.StoreSurge})
		}
		r.add(c.Bastions, c.Key+": bastion", "1 each")
		r.nodes(c, zones, hasPods)
	}
}

func (r *Row) public(d Demand) {
	r.add(d.NATAddresses[r.Zone], "NAT gateway", "1 for each Elastic IP")
	for _, c := range d.Clusters {
		r.add(c.PublicLoadBalancers*perLoadBalancer, c.Key+": public load balancers", fmt.Sprintf("%d × %d", c.PublicLoadBalancers, perLoadBalancer))
	}
}

// nodes adds what a cluster's nodes take of this subnet.
func (r *Row) nodes(c Cluster, networkZones []string, hasPods bool) {
	if c.PodSubnets && !hasPods {
		c.PodSubnets = false // a finding of its own in stacks/config; here the harder case counts
	}
	for _, g := range c.Groups {
		zones := g.Zones
		if len(zones) == 0 {
			zones = networkZones
		}
		if slices.Contains(zones, r.Zone) {
			all, surge, text := g.nodes(len(zones))
			r.fill(c, fmt.Sprintf("%s: group %s", c.Key, g.Key), text, all, surge, worst(g.Types, c, g.MaxPods))
		}
	}
	for _, pool := range c.Pools {
		var hungriest footprint
		nodes, weight := 0, -1
		for _, t := range pool.Types {
			// Karpenter checks the limit before it launches a node, a
			// replacement too, so the limit holds at the worst instant.
			f, n := footprintOf(t, c, pool.MaxPods), ceil(ceil(pool.CPULimit, max(t.VCPU, 1)), len(networkZones))
			if n*f.total() > weight {
				hungriest, nodes, weight = f, n, n*f.total()
			}
		}
		text := fmt.Sprintf("%d vCPU over %s = %s a zone", pool.CPULimit, count(len(networkZones), "zone"), count(nodes, "node"))
		r.fill(c, fmt.Sprintf("%s: pool %s", c.Key, pool.Key), text, nodes, 0, hungriest)
	}
}

// fill adds n nodes of one footprint.
func (r *Row) fill(c Cluster, what, text string, n, surge int, f footprint) {
	single, prefixes := f.node+f.pod, f.prefixes
	switch {
	case c.PodSubnets && r.Role == Private:
		single, prefixes = f.node, 0
	case c.PodSubnets:
		single = f.pod
	}
	if n == 0 || single+prefixes == 0 {
		return
	}
	how := text + " × " + f.text
	if c.PodSubnets && r.Role == Private {
		how = text + " × 1 (pods are in pod subnets)"
	}
	r.Lines = append(r.Lines, Line{What: what, How: how, Addresses: n * single, Prefixes: n * prefixes,
		Surge: surge * single, SurgePrefixes: surge * prefixes})
}

// sum fills in what follows from the lines.
func (r *Row) sum() {
	weight := 1
	r.Usable = r.Available
	if r.Prefixed() {
		weight = prefixSize
		if r.Known() {
			// The first and the last /28 hold AWS's reserved addresses.
			r.Usable = max((r.Available+Reserved)/prefixSize-2, 0) * prefixSize
		}
	}
	for _, l := range r.Lines {
		r.Need += l.Addresses*weight + l.Prefixes*prefixSize
		r.Surge += l.Surge*weight + l.SurgePrefixes*prefixSize
	}
	r.Free = r.Usable - r.Need
	if !r.Known() {
		r.Usable, r.Free = 0, 0
	}
}

// short are the rows where the worst instant does not fit.
func (p Proof) short() []Row {
	var out []Row
	for _, r := range p.Rows {
		if r.Known() && r.Free < 0 {
			out = append(out, r)
		}
	}
	return out
}

// arithmetic writes a row out as a sum.
func (r Row) arithmetic() string {
	var parts []string
	for _, l := range r.Lines {
		n := fmt.Sprint(l.Addresses)
		if r.Prefixed() {
			n = fmt.Sprintf("%d prefixes", l.Addresses+l.Prefixes)
		}
		parts = append(parts, fmt.Sprintf("%s %s [%s]", n, l.What, l.How))
	}
	text := fmt.Sprintf("needs %d addresses at the worst instant of an upgrade, %d are usable: %s", r.Need, r.Usable, strings.Join(parts, " + "))
	if r.Prefixed() {
		text += "; each single address can spoil one prefix of 16"
	}
	return text
}

// Findings are the proof's failures for a network made here, with the arithmetic
// of the tightest subnet of each role and the smallest block that would do.
// path is the network's, for example "networks.main".
func (l Layout) Findings(path string, d Demand) finding.List {
	tightest := map[string]Row{}
	tight := map[string]int{}
	for _, r := range Prove(l.Subnets(), d).short() {
		tight[r.Role]++
		if t, ok := tightest[r.Role]; !ok || r.Free < t.Free {
			tightest[r.Role] = r
		}
	}
	var out finding.List
	for _, role := range []string{Private, Public, Pod} {
		r, ok := tightest[role]
		if !ok {
			continue
		}
		field := "cidr"
		if role == Pod {
			field = "podCidr"
		}
		more := ""
		if tight[role] > 1 {
			more = fmt.Sprintf(" (and %d more)", tight[role]-1)
		}
		out.Add(finding.Under(path, field), l.fix(role, d), "%s subnet %s in %s%s: %s", role, r.CIDR, r.Zone, more, r.arithmetic())
	}
	return out
}

// fix finds the smallest block in which the role's subnets fit.
func (l Layout) fix(role string, d Demand) string {
	const fewer = "use fewer or smaller nodes, or a lower podAddressing.maxPods"
	cidr := l.CIDR
	if role == Pod {
		cidr = l.PodCIDR
	}
	for bits := cidr.Bits() - 1; bits >= largestBits; bits-- {
		bigger := netip.PrefixFrom(cidr.Addr(), bits).Masked()
		if l.with(role, bigger).fits(role, d) {
			return fmt.Sprintf("use /%d or larger, or fewer nodes", bits)
		}
	}
	if role == Private && !l.PodCIDR.IsValid() {
		return fmt.Sprintf("give pods a podCidr of their own, or %s: no VPC block up to /16 is enough", fewer)
	}
	return fewer + ": no block up to /16 is enough"
}

// with is the layout with a larger block in the place of one; only sizes
// matter here, not whether the block is free.
func (l Layout) with(role string, p netip.Prefix) Layout {
	out := Layout{CIDR: l.CIDR, PodCIDR: l.PodCIDR, Slots: l.Slots}
	if role == Pod {
		out.PodCIDR = p
	} else {
		out.CIDR = p
	}
	for _, z := range l.Zones {
		_, number, _ := ParseZone(z.ID)
		cut := zone(z.ID, nth(out.CIDR, l.Slots, number-1))
		if out.PodCIDR.IsValid() {
			cut.Pod = nth(out.PodCIDR, l.Slots, number-1)
		}
		out.Zones = append(out.Zones, cut)
	}
	return out
}

func (l Layout) fits(role string, d Demand) bool {
	for _, r := range Prove(l.Subnets(), d).short() {
		if r.Role == role {
			return false
		}
	}
	return true
}

// FindingsExisting are the proof's failures in subnets that somebody else
// made. A subnet whose free addresses nobody knows is a finding unless
// unknownIsFine. path is the network's.
func FindingsExisting(path string, subnets []Subnet, d Demand, unknownIsFine bool) finding.List {
	var out finding.List
	for _, r := range Prove(subnets, d).Rows {
		at := finding.Under(path, "existing.subnets."+r.Role+"."+r.Zone)
		switch {
		case r.Need == 0:
		case !r.Known() && !unknownIsFine:
			out.Add(at, fmt.Sprintf("give existing.availableAddresses.%s, or set existing.acknowledgeUnknownHeadroom", r.ID),
				"nobody knows whether upgrades fit: they need %d addresses of %s", r.Need, r.ID)
		case r.Known() && r.Free < 0:
			out.Add(at, "use a larger subnet, or fewer nodes", "%s %s", r.ID, r.arithmetic())
		}
	}
	return out
}
