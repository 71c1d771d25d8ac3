package aws

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strconv"

	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/world"
)

const hiddenENI = "hidden:ec2/NetworkInterface"

// reservedAddresses are what AWS keeps of every subnet: the first four and the
// last. Source: EC2 CreateSubnet (facts, network_formulas).
const reservedAddresses = 5

var ruleFreeAddresses = rule.Register(rule.Rule{
	Name: "ec2.free-addresses", Service: "ec2",
	Source: "EC2 API error codes, InsufficientFreeAddressesInSubnet, read 2026-11",
	Text:   "InsufficientFreeAddressesInSubnet: The specified subnet does not have enough free addresses to satisfy the request.",
})

// eni is a network interface that a service wants in a subnet.
type eni struct {
	subnet      string
	owner       string // who makes it: "ec2", "nat", "eks", "vpc-cni" …
	description string
	groups      []string
	addresses   int // single addresses; 0 means 1
	prefixes    int // /28 prefixes, sixteen contiguous addresses each
	attrs       map[string]any
}

// attach makes a hidden interface, or says that the subnet is full.
func (c *call) attach(e eni) (*world.Object, error) {
	sub, ok := c.get(typeSubnet, e.subnet)
	if !ok {
		return nil, ruleSubnetExists.Errorf(e.subnet)
	}
	block, err := netip.ParsePrefix(str(sub.Attrs, "cidrBlock"))
	if err != nil {
		return nil, fmt.Errorf("subnet %s has no IPv4 block: %w", e.subnet, err)
	}
	if e.addresses == 0 {
		e.addresses = 1
	}
	id := c.newID("eni-", 17)
	used := c.used(e.subnet, block)
	single, okS := pick(block, used, e.addresses, 1, id)
	prefixes, okP := pick(block, used, e.prefixes, 16, id)
	if (!okS || !okP) && c.on(ruleFreeAddresses) {
		return nil, ruleFreeAddresses.Errorf()
	}
	for len(single) < e.addresses { // only with that rule off: addresses that are taken already
		single = append(single, block.Addr().String())
	}
	attrs := map[string]any{
		"subnetId": e.subnet, "vpcId": str(sub.Attrs, "vpcId"), "zone": str(sub.Attrs, "availabilityZoneId"),
		"description": e.description, "securityGroups": e.groups, "requester": e.owner,
		"privateIps": single, "prefixes": prefixes,
	}
	for k, v := range e.attrs {
		attrs[k] = v
	}
	return c.hide(hiddenENI, id, "", e.owner, attrs), nil
}

// used marks the taken addresses of a subnet, as offsets from its start.
func (c *call) used(subnet string, block netip.Prefix) map[uint32]bool {
	used := map[uint32]bool{}
	mark := func(text string) {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			a, err := netip.ParseAddr(text)
			if err != nil {
				return
			}
			p = netip.PrefixFrom(a, 32)
		}
		for i := uint32(0); i < 1<<(32-p.Bits()); i++ {
			used[toUint(p.Addr())+i-toUint(block.Addr())] = true
		}
	}
	for _, o := range c.interfaces(subnet) {
		for _, a := range strs(o.Attrs, "privateIps") {
			mark(a)
		}
		for _, a := range strs(o.Attrs, "prefixes") {
			mark(a)
		}
	}
	return used
}

// interfaces of a subnet: hidden ones and those that programs own.
func (c *call) interfaces(subnet string) []*world.Object {
	own := c.find("aws:ec2/networkInterface:NetworkInterface", where("subnetId", subnet))
	return append(c.find(hiddenENI, where("subnetId", subnet)), own...)
}

// pick takes n runs of size addresses, aligned to size. It starts where the
// interface's id says, so that parallel creations do not race for the first
// free address and a rerun gives the same ones.
func pick(block netip.Prefix, used map[uint32]bool, n, size int, id string) ([]string, bool) {
	total := uint32(1) << (32 - block.Bits())
	step := uint32(size)
	slots := total / step
	start := uint32(0)
	if h, err := strconv.ParseUint(id[len(id)-8:], 16, 64); err == nil && slots > 0 {
		start = uint32(h % uint64(slots))
	}
	out := []string{}
	for i := uint32(0); i < slots && len(out) < n; i++ {
		at := (start + i) % slots * step
		if !free(used, at, step, total) {
			continue
		}
		for j := at; j < at+step; j++ {
			used[j] = true
		}
		addr := fromUint(toUint(block.Addr()) + at)
		if size == 1 {
			out = append(out, addr.String())
			continue
		}
		out = append(out, netip.PrefixFrom(addr, 28).String())
	}
	return out, len(out) == n
}

func free(used map[uint32]bool, at, step, total uint32) bool {
	for j := at; j < at+step; j++ {
		if j < 4 || j == total-1 || used[j] {
			return false
		}
	}
	return true
}

// freeIn counts the free addresses of a subnet, as DescribeSubnets does.
func (c *call) freeIn(sub *world.Object) int {
	block, err := netip.ParsePrefix(str(sub.Attrs, "cidrBlock"))
	if err != nil {
		return 0
	}
	return 1<<(32-block.Bits()) - reservedAddresses - len(c.used(sub.ID, block))
}

func toUint(a netip.Addr) uint32 {
	b := a.As4()
	return binary.BigEndian.Uint32(b[:])
}

func fromUint(n uint32) netip.Addr {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], n)
	return netip.AddrFrom4(b)
}

// detach removes the hidden interfaces that carry an attribute.
func (c *call) detach(key, value string) {
	for _, o := range c.find(hiddenENI, where(key, value)) {
		c.tx.Delete(o.Key())
	}
}

// overlapping says whether two blocks share an address.
func overlapping(a, b string) bool {
	x, errX := netip.ParsePrefix(a)
	y, errY := netip.ParsePrefix(b)
	return errX == nil && errY == nil && x.Overlaps(y)
}

// inside says whether block lies in outer.
func inside(block, outer string) bool {
	x, errX := netip.ParsePrefix(block)
	y, errY := netip.ParsePrefix(outer)
	return errX == nil && errY == nil && y.Bits() <= x.Bits() && y.Contains(x.Addr())
}
