package scaffold

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/ladder-platform/ladder/stacks/config"
)

// Taken are the blocks of other stacks: their networks', their services', and
// those of networks that they are linked with.
func Taken(stacks []config.Stack) []netip.Prefix {
	var out []netip.Prefix
	add := func(text string) {
		if p, err := netip.ParsePrefix(text); err == nil {
			out = append(out, p.Masked())
		}
	}
	for _, s := range stacks {
		for _, n := range s.Networks {
			for _, b := range n.Blocks() {
				add(b)
			}
			for _, p := range n.Peering {
				for _, b := range p.CIDRs {
					add(b)
				}
			}
		}
		for _, c := range s.Clusters {
			add(c.ServiceCIDR)
		}
	}
	return out
}

// Free is the first block of a list of candidates that overlaps nothing taken.
func Free(candidates []netip.Prefix, taken []netip.Prefix) (netip.Prefix, bool) {
	for _, c := range candidates {
		if !slices.ContainsFunc(taken, c.Overlaps) {
			return c, true
		}
	}
	return netip.Prefix{}, false
}

// nodeBlocks are the candidates for networks: /16 of 10.0.0.0/8, tens first, so
// that people tell stacks apart by their second number. 10.0.0.0/16 and
// 10.1.0.0/16 come last: every second network of the world has them.
func nodeBlocks() []netip.Prefix {
	var tens, others, common []netip.Prefix
	for i := range 256 {
		p := netip.MustParsePrefix(fmt.Sprintf("10.%d.0.0/16", i))
		switch {
		case i <= 1:
			common = append(common, p)
		case i%10 == 0 && i >= 20:
			tens = append(tens, p)
		default:
			others = append(others, p)
		}
	}
	return slices.Concat(tens, others, common)
}

// podBlocks are the /16 of 100.64.0.0/10 (RFC 6598), which company networks do
// not route.
func podBlocks() []netip.Prefix {
	var out []netip.Prefix
	for i := 64; i < 128; i++ {
		out = append(out, netip.MustParsePrefix(fmt.Sprintf("100.%d.0.0/16", i)))
	}
	return out
}
