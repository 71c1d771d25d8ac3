package trace

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/world"
)

// permit is one rule of a security group.
type permit struct {
	id, protocol string
	from, to     int
	blocks       []string
	groups       []string
}

func (p permit) opens(port int) bool {
	if p.protocol == "-1" || p.protocol == "all" {
		return true
	}
	return p.protocol == "tcp" && p.from <= port && port <= p.to
}

// permits of a group in one direction, "ingress" or "egress", however they are written.
func (r *run) permits(scope, group, direction string) []permit {
	var out []permit
	kind := map[string]string{"ingress": kindIngress, "egress": kindEgress}[direction]
	for _, o := range r.find(kind, scope, where("securityGroupId", group)) {
		p := permit{id: o.ID, protocol: nested.Text(o.Attrs, "ipProtocol"), from: nested.Number(o.Attrs, "fromPort"), to: nested.Number(o.Attrs, "toPort")}
		if b := nested.Text(o.Attrs, "cidrIpv4"); b != "" {
			p.blocks = []string{b}
		}
		if g := nested.Text(o.Attrs, "referencedSecurityGroupId"); g != "" {
			p.groups = []string{g}
		}
		out = append(out, p)
	}
	for _, o := range r.find(kindGroupRule, scope, where("securityGroupId", group)) {
		if nested.Text(o.Attrs, "type") == direction {
			out = append(out, inline(o.ID, group, o.Attrs))
		}
	}
	for _, kind := range []string{kindGroup, "hidden:ec2/SecurityGroup"} {
		if o := r.get(kind, scope, group); o != nil {
			for _, m := range nested.Objects(o.Attrs, direction) {
				out = append(out, inline(group, group, m))
			}
		}
	}
	return out
}

func inline(id, group string, m map[string]any) permit {
	p := permit{id: id, protocol: nested.Text(m, "protocol"), from: nested.Number(m, "fromPort"), to: nested.Number(m, "toPort"), blocks: nested.Texts(m, "cidrBlocks"), groups: nested.Texts(m, "securityGroups")}
	if g := nested.Text(m, "sourceSecurityGroupId"); g != "" {
		p.groups = append(p.groups, g)
	}
	if nested.Boolean(m, "self") {
		p.groups = append(p.groups, group)
	}
	return p
}

// party is one end of a connection: its addresses and groups.
type party struct {
	label  string
	block  netip.Prefix
	groups []string
}

// opened is a rule of one of a party's groups that lets the other in or out, or "".
func (r *run) opened(scope string, of party, direction string, other party, port int) string {
	for _, g := range of.groups {
		for _, p := range r.permits(scope, g, direction) {
			if !p.opens(port) {
				continue
			}
			if slices.ContainsFunc(p.blocks, func(b string) bool { return covers(b, other.block) }) ||
				slices.ContainsFunc(p.groups, func(g string) bool { return slices.Contains(other.groups, g) }) {
				return p.id
			}
		}
	}
	return ""
}

// admitted asks a load balancer's groups about the client.
func (r *run) admitted(lb *world.Object) bool {
	groups := nested.Texts(lb.Attrs, "securityGroups")
	if len(groups) == 0 && nested.Text(lb.Attrs, "loadBalancerType") == "network" {
		r.hop("security group", shown(lb), "has none: everybody may connect")
		return true
	}
	who := party{block: r.client}
	if rule := r.opened(lb.Scope, party{groups: groups}, "ingress", who, r.port); rule != "" {
		r.hop("security group", strings.Join(groups, ", "), "%s admits %s on port %d", rule, addresses(r.client), r.port)
		return true
	}
	some := ""
	for _, g := range groups {
		for _, p := range r.permits(lb.Scope, g, "ingress") {
			if p.opens(r.port) && slices.ContainsFunc(p.blocks, func(b string) bool { return overlaps(b, r.client) }) {
				some = fmt.Sprintf("; %s admits a part of it (%s)", p.id, strings.Join(p.blocks, ", "))
			}
		}
	}
	return r.dead("security group", strings.Join(groups, ", "), "no rule admits %s on port %d: packets are dropped%s", addresses(r.client), r.port, some)
}
