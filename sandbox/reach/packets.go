package reach

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"sort"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/world"
)

const (
	kindSubnet  = "aws:ec2/subnet:Subnet"
	kindRTA     = "aws:ec2/routeTableAssociation:RouteTableAssociation"
	kindRoute   = "aws:ec2/route:Route"
	kindTable   = "aws:ec2/routeTable:RouteTable"
	kindPeering = "aws:ec2/vpcPeeringConnection:VpcPeeringConnection"
	kindIngress = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	kindEgress  = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
	kindSGRule  = "aws:ec2/securityGroupRule:SecurityGroupRule"
	kindAddon   = "aws:eks/addon:Addon"
)

// sources are the subnets that packets of the cluster come from: those of nodes,
// and those of pods where they have their own.
func (c *cluster) sources() []string {
	var out []string
	for _, g := range c.nodeGroups() {
		out = append(out, nested.Texts(g.Attrs, "subnetIds")...)
	}
	for _, a := range c.aws(kindAddon, func(o *world.Object) bool {
		return nested.Text(o.Attrs, "clusterName") == c.name && nested.Text(o.Attrs, "addonName") == "vpc-cni"
	}) {
		var values struct {
			ENIConfig struct {
				Subnets map[string]struct{ ID string }
			}
		}
		if json.Unmarshal([]byte(nested.Text(a.Attrs, "configurationValues")), &values) == nil {
			for _, s := range values.ENIConfig.Subnets {
				out = append(out, s.ID)
			}
		}
	}
	sort.Strings(out)
	return slices.Compact(out)
}

// controlPlaneSubnets are where the API server has its interfaces.
func (c *cluster) controlPlaneSubnets() []string {
	return nested.Texts(c.obj.Attrs, "vpcConfig", "subnetIds")
}

// block of a subnet.
func (c *cluster) block(subnet string) (netip.Prefix, bool) {
	o, ok := c.tx.Get(world.Key{Kind: kindSubnet, Scope: c.scope, ID: subnet})
	if !ok {
		return netip.Prefix{}, false
	}
	p, err := netip.ParsePrefix(nested.Text(o.Attrs, "cidrBlock"))
	return p, err == nil
}

// routesTo says which subnet of the cluster has no way to one of targets.
func (c *cluster) routesTo(to *cluster, targets []string) string {
	return c.routes(c.sources(), to, targets)
}

// routesBack says which of targets, subnets of c, has no way back to other.
func (c *cluster) routesBack(other *cluster, targets []string) string {
	return c.routes(targets, other, other.sources())
}

func (c *cluster) routes(from []string, to *cluster, targets []string) string {
	if c.vpc == to.vpc {
		return "" // a VPC's own blocks are local in every table
	}
	if len(from) == 0 || len(targets) == 0 {
		return "no subnets of nodes are known"
	}
	for _, s := range from {
		for _, t := range targets {
			block, ok := to.block(t)
			if !ok {
				return "subnet " + t + " of " + to.name + " does not exist"
			}
			if missing := c.route(s, block, to); missing != "" {
				return missing
			}
		}
	}
	return ""
}

// route looks for a peering in the table of a subnet.
func (c *cluster) route(subnet string, to netip.Prefix, far *cluster) string {
	table := c.tableOf(subnet)
	for _, r := range c.routesOf(table) {
		block, err := netip.ParsePrefix(nested.Text(r, "destinationCidrBlock") + nested.Text(r, "cidrBlock"))
		if err != nil || block.Bits() > to.Bits() || !block.Contains(to.Addr()) || nested.Text(r, "vpcPeeringConnectionId") == "" {
			continue
		}
		return c.peering(nested.Text(r, "vpcPeeringConnectionId"), far)
	}
	return fmt.Sprintf("route table %s, of subnet %s of %s, has no route to %s of %s", table, subnet, c.name, to, far.name)
}

// tableOf a subnet: its own, or the main one of the VPC.
func (c *cluster) tableOf(subnet string) string {
	for _, a := range c.aws(kindRTA, func(o *world.Object) bool { return nested.Text(o.Attrs, "subnetId") == subnet }) {
		return nested.Text(a.Attrs, "routeTableId")
	}
	return "main of " + c.vpc
}

// routesOf a table, those written in it and those beside it.
func (c *cluster) routesOf(table string) []map[string]any {
	var out []map[string]any
	if t, ok := c.tx.Get(world.Key{Kind: kindTable, Scope: c.scope, ID: table}); ok {
		out = nested.Objects(t.Attrs, "routes")
	}
	for _, r := range c.aws(kindRoute, func(o *world.Object) bool { return nested.Text(o.Attrs, "routeTableId") == table }) {
		out = append(out, r.Attrs)
	}
	return out
}

func (c *cluster) peering(id string, far *cluster) string {
	found := c.tx.Find(kindPeering, "", func(o *world.Object) bool { return o.ID == id })
	if len(found) == 0 {
		return "peering " + id + ", which a route of " + c.name + " names, does not exist"
	}
	a, b := nested.Text(found[0].Attrs, "vpcId"), nested.Text(found[0].Attrs, "peerVpcId")
	switch {
	case a != c.vpc && b != c.vpc || a != far.vpc && b != far.vpc:
		return "peering " + id + " does not join the networks of " + c.name + " and " + far.name
	case nested.Text(found[0].Attrs, "acceptStatus") != "active":
		return "peering " + id + " is " + nested.Text(found[0].Attrs, "acceptStatus")
	}
	return ""
}

// permission is a rule of a security group.
type permission struct {
	group string // that it refers to
	block netip.Prefix
}

func (p permission) anywhere() bool { return p.block.IsValid() && p.block.Bits() == 0 }

// rule says whether a group has a rule for a TCP port that match accepts.
func (c *cluster) rule(ingress bool, group string, port int, match func(permission) bool) bool {
	kind := kindEgress
	if ingress {
		kind = kindIngress
	}
	for _, o := range c.aws(kind, func(o *world.Object) bool { return nested.Text(o.Attrs, "securityGroupId") == group }) {
		if !covers(nested.Text(o.Attrs, "ipProtocol"), nested.Number(o.Attrs, "fromPort"), nested.Number(o.Attrs, "toPort"), port) {
			continue
		}
		block, _ := netip.ParsePrefix(nested.Text(o.Attrs, "cidrIpv4"))
		if match(permission{nested.Text(o.Attrs, "referencedSecurityGroupId"), block}) {
			return true
		}
	}
	for _, o := range c.aws(kindSGRule, func(o *world.Object) bool { return nested.Text(o.Attrs, "securityGroupId") == group }) {
		if (nested.Text(o.Attrs, "type") == "ingress") != ingress || !covers(nested.Text(o.Attrs, "protocol"), nested.Number(o.Attrs, "fromPort"), nested.Number(o.Attrs, "toPort"), port) {
			continue
		}
		for _, text := range append(nested.Texts(o.Attrs, "cidrBlocks"), "") {
			block, _ := netip.ParsePrefix(text)
			if match(permission{nested.Text(o.Attrs, "sourceSecurityGroupId"), block}) {
				return true
			}
		}
	}
	return false
}

func covers(protocol string, from, to, port int) bool {
	return protocol == "-1" || protocol == "all" || protocol == "tcp" && from <= port && port <= to
}

// admits says which packets of other a group of c does not let in at a port.
func (c *cluster) admits(group string, other *cluster, port int) string {
	byGroup := func(r permission) bool { return r.group != "" && r.group == other.group }
	if c.rule(true, group, port, byGroup) {
		return ""
	}
	for _, s := range other.sources() {
		block, ok := other.block(s)
		if ok && !c.rule(true, group, port, func(r permission) bool {
			return r.block.IsValid() && r.block.Bits() <= block.Bits() && r.block.Contains(block.Addr())
		}) {
			return fmt.Sprintf("security group %s of %s lets %s of %s not in at port %d", group, c.name, block, other.name, port)
		}
	}
	return ""
}
