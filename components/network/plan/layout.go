package plan

import (
	"fmt"
	"math/bits"
	"net/netip"
	"slices"

	"go4.org/netipx"
)

const (
	// largestBits and smallestBits bound a VPC's block and a subnet. Source:
	// EC2 CreateVpc and CreateSubnet, /16 to /28 (facts, name_and_limit_rules).
	largestBits  = 16
	smallestBits = 28
	// SmallestVPCBits is the longest mask of a VPC made here: with eight slots a
	// /24 still gives every zone a /28 private and a /28 public subnet.
	SmallestVPCBits = 24
	// SmallestPodBits is the longest mask of a pod block: with eight slots a
	// /20 gives every zone a /23.
	SmallestPodBits = 20
	// publicBits caps public subnets: they hold NAT gateways and load
	// balancers only, and 251 addresses are 30 load balancers a zone.
	publicBits = 24
	// Reserved addresses in every subnet: the first four and the last.
	// Source: EC2 CreateSubnet (facts, network_formulas).
	Reserved = 5
)

// Input is what decides a layout. Nothing else does.
type Input struct {
	CIDR    string
	PodCIDR string // "" without pod subnets
	Zones   []string
}

// Layout is the address plan of one network made here.
type Layout struct {
	CIDR    netip.Prefix `json:"cidr"`
	PodCIDR netip.Prefix `json:"podCidr,omitzero"`
	Slots   int          `json:"slots"`
	Zones   []Zone       `json:"zones"` // in the order of the zones' slots
	// Unused are the slots of zones that the network does not use.
	Unused []netip.Prefix `json:"unused,omitempty"`
}

// Zone is one zone's part of a layout.
type Zone struct {
	ID      string         `json:"id"`
	Block   netip.Prefix   `json:"block"` // the zone's slot
	Private netip.Prefix   `json:"private"`
	Public  netip.Prefix   `json:"public"`
	Pod     netip.Prefix   `json:"pod,omitzero"`
	Spare   []netip.Prefix `json:"spare,omitempty"` // rest of the slot, for Transit Gateway attachments and the like
}

// New computes the layout. The error says why an input cannot be planned;
// spec.Validate reports the same with configuration paths, all at once.
func New(in Input) (Layout, error) {
	cidr, err := block(in.CIDR, SmallestVPCBits)
	if err != nil {
		return Layout{}, fmt.Errorf("cidr: %w", err)
	}
	l := Layout{CIDR: cidr}
	if in.PodCIDR != "" {
		if l.PodCIDR, err = block(in.PodCIDR, SmallestPodBits); err != nil {
			return Layout{}, fmt.Errorf("podCidr: %w", err)
		}
		if l.PodCIDR.Overlaps(cidr) {
			return Layout{}, fmt.Errorf("podCidr: %s overlaps cidr %s", l.PodCIDR, cidr)
		}
	}
	taken := map[int]string{}
	prefix := ""
	for _, id := range in.Zones {
		p, number, ok := ParseZone(id)
		switch {
		case !ok:
			return Layout{}, fmt.Errorf("zones: %q is not a zone ID", id)
		case prefix != "" && p != prefix:
			return Layout{}, fmt.Errorf("zones: %q and %q are of different regions", in.Zones[0], id)
		case number > Slots(p):
			return Layout{}, fmt.Errorf("zones: %q has no slot: networks in %s are cut in %d", id, p, Slots(p))
		case taken[number-1] != "":
			return Layout{}, fmt.Errorf("zones: %q is there twice", id)
		}
		prefix, taken[number-1] = p, id
	}
	if prefix == "" {
		return Layout{}, fmt.Errorf("zones: none given")
	}
	l.Slots = Slots(prefix)
	for slot := range l.Slots {
		part := nth(cidr, l.Slots, slot)
		id, used := taken[slot]
		if !used {
			l.Unused = append(l.Unused, part)
			continue
		}
		z := zone(id, part)
		if l.PodCIDR.IsValid() {
			z.Pod = nth(l.PodCIDR, l.Slots, slot)
		}
		l.Zones = append(l.Zones, z)
	}
	return l, nil
}

// zone cuts one slot: private half, public subnet, spare.
func zone(id string, slot netip.Prefix) Zone {
	z := Zone{ID: id, Block: slot, Private: nth(slot, 2, 0)}
	second := nth(slot, 2, 1)
	// Half of the second half stays spare, as long as that leaves a legal subnet.
	want := min(max(publicBits, second.Bits()+1), smallestBits)
	z.Public = netip.PrefixFrom(second.Addr(), max(want, second.Bits()))
	z.Spare = without(second, z.Public)
	return z
}

// without is the rest of p after its part q, as few blocks as possible.
func without(p, q netip.Prefix) []netip.Prefix {
	var b netipx.IPSetBuilder
	b.AddPrefix(p)
	b.RemovePrefix(q)
	rest, err := b.IPSet()
	if err != nil {
		// The builder fails on invalid prefixes only, and both are cut here.
		panic(fmt.Sprintf("plan: %s without %s: %v", p, q, err))
	}
	return rest.Prefixes()
}

// block parses an aligned IPv4 block between /16 and /smallest.
func block(s string, smallest int) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(s)
	switch {
	case err != nil || !p.Addr().Is4():
		return netip.Prefix{}, fmt.Errorf("%q is not an IPv4 block", s)
	case p != p.Masked():
		return netip.Prefix{}, fmt.Errorf("%q is not aligned; use %s", s, p.Masked())
	case p.Bits() < largestBits || p.Bits() > smallest:
		return netip.Prefix{}, fmt.Errorf("%q is not between /%d and /%d", s, largestBits, smallest)
	}
	return p, nil
}

// nth is part n of p cut in equal parts; parts is a power of two.
func nth(p netip.Prefix, parts, n int) netip.Prefix {
	length := p.Bits() + bits.TrailingZeros(uint(parts))
	a := p.Addr().As4()
	v := uint32(a[0])<<24 | uint32(a[1])<<16 | uint32(a[2])<<8 | uint32(a[3])
	v += uint32(n) << (32 - length)
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}), length)
}

// Size is the number of addresses in an IPv4 block.
func Size(p netip.Prefix) int { return 1 << (32 - p.Bits()) }

// Zone is the zone's part of the layout.
func (l Layout) Zone(id string) (Zone, bool) {
	i := slices.IndexFunc(l.Zones, func(z Zone) bool { return z.ID == id })
	if i < 0 {
		return Zone{}, false
	}
	return l.Zones[i], true
}
