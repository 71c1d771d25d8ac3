package aws

import (
	"fmt"

	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/world"
)

const (
	typePeering         = "aws:ec2/vpcPeeringConnection:VpcPeeringConnection"
	typePeeringAccepter = "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter"
	typePeeringOptions  = "aws:ec2/peeringConnectionOptions:PeeringConnectionOptions"
)

var (
	rulePeeringOverlap = rule.Register(rule.Rule{
		Name: "ec2.peering-overlap", Service: "ec2",
		Source: "VPC peering guide, invalid configurations: no overlap of any block, secondary ones too; status message of the failed connection",
		Text:   "waiting for create: unexpected state 'failed', wanted target 'active, pending-acceptance'. last error: Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range",
	})
	rulePeeringTwin = rule.Register(rule.Rule{
		Name: "ec2.peering-duplicate", Service: "ec2",
		Source: "EC2 CreateVpcPeeringConnection; EC2 API error codes, VpcPeeringConnectionAlreadyExists",
		Text:   "VpcPeeringConnectionAlreadyExists: There is an existing VpcPeeringConnection (%s) between the VPCs",
	})
	rulePeeringAccept = rule.Register(rule.Rule{
		Name: "ec2.peering-auto-accept", Service: "ec2",
		Source: "terraform-provider-aws vpc_peering_connection.go: auto_accept only in one account and region",
		Text:   "`peer_region` cannot be set whilst `auto_accept` is `true` when creating an EC2 VPC Peering Connection",
	})
	rulePeeringAlive = rule.Register(rule.Rule{
		Name: "ec2.peering-exists", Service: "ec2",
		Source: "EC2 API error codes, InvalidVpcPeeringConnectionID.NotFound",
		Text:   "InvalidVpcPeeringConnectionID.NotFound: The vpcPeeringConnection ID '%s' does not exist",
	})
)

var _ = register(typePeering, &kind{
	service: "EC2", noun: "VPC Peering Connection", id: "pcx-",
	create: createPeering,
})

func createPeering(c *call) error {
	const action = "CreateVpcPeeringConnection"
	vpc, err := c.needVPC(action, c.attr("vpcId"))
	if err != nil {
		return err
	}
	c.setDefault("peerOwnerId", c.account())
	c.setDefault("peerRegion", c.region())
	auto := boolean(c.obj.Attrs, "autoAccept")
	if auto && has(c.in, "peerRegion") && c.on(rulePeeringAccept) {
		return fmt.Errorf("%s: %w", c.doing(), rulePeeringAccept.Errorf())
	}
	for _, o := range c.find(typePeering, nil) {
		a, b := str(o.Attrs, "vpcId"), str(o.Attrs, "peerVpcId")
		same := a == vpc.ID && b == c.attr("peerVpcId") || b == vpc.ID && a == c.attr("peerVpcId")
		if same && c.on(rulePeeringTwin) {
			return c.refuse(action, rulePeeringTwin, o.ID)
		}
	}
	peer, ok := c.tx.Get(world.Key{Kind: typeVPC, Scope: c.attr("peerOwnerId") + "/" + c.attr("peerRegion"), ID: c.attr("peerVpcId")})
	if ok {
		for _, x := range c.blocks(vpc) {
			for _, y := range c.peerBlocks(peer) {
				if overlapping(x, y) && c.on(rulePeeringOverlap) {
					return c.waitFailed(rulePeeringOverlap)
				}
			}
		}
	}
	status := "pending-acceptance"
	if auto {
		status = "active"
	}
	c.set("acceptStatus", status)
	c.setDefault("accepter", map[string]any{"allowRemoteVpcDnsResolution": false})
	c.setDefault("requester", map[string]any{"allowRemoteVpcDnsResolution": false})
	return nil
}

// peerBlocks looks in the peer's own account and region.
func (c *call) peerBlocks(vpc *world.Object) []string {
	out := append([]string{str(vpc.Attrs, "cidrBlock")}, strs(vpc.Attrs, "secondaryCidrBlocks")...)
	for _, o := range c.tx.Find(typeVPCBlock, vpc.Scope, where("vpcId", vpc.ID)) {
		out = append(out, str(o.Attrs, "cidrBlock"))
	}
	return out
}

// peering finds a connection in any account and region: both sides see it.
func (c *call) peering(id string) (*world.Object, bool) {
	all := c.tx.Find(typePeering, "", func(o *world.Object) bool { return o.ID == id })
	if len(all) == 0 {
		return nil, false
	}
	return all[0], true
}

var _ = register(typePeeringAccepter, &kind{
	service: "EC2", noun: "VPC Peering Connection Accepter",
	makeID: func(c *call) string { return str(c.in, "vpcPeeringConnectionId") },
	create: func(c *call) error {
		p, ok := c.peering(c.attr("vpcPeeringConnectionId"))
		if !ok {
			if c.on(rulePeeringAlive) {
				return c.refuse("AcceptVpcPeeringConnection", rulePeeringAlive, c.attr("vpcPeeringConnectionId"))
			}
			return nil
		}
		if boolean(c.in, "autoAccept") {
			p.Attrs["acceptStatus"] = "active"
			c.tx.Put(p)
		}
		c.set("acceptStatus", str(p.Attrs, "acceptStatus"))
		c.set("peerVpcId", str(p.Attrs, "vpcId"))
		c.set("vpcId", str(p.Attrs, "peerVpcId"))
		c.set("peerOwnerId", str(p.Attrs, "peerOwnerId"))
		c.set("peerRegion", str(p.Attrs, "peerRegion"))
		c.setDefault("accepter", map[string]any{"allowRemoteVpcDnsResolution": false})
		c.setDefault("requester", map[string]any{"allowRemoteVpcDnsResolution": false})
		return nil
	},
})

var _ = register(typePeeringOptions, &kind{
	service: "EC2", noun: "VPC Peering Connection Options",
	makeID: func(c *call) string { return str(c.in, "vpcPeeringConnectionId") },
	create: func(c *call) error {
		if _, ok := c.peering(c.attr("vpcPeeringConnectionId")); !ok && c.on(rulePeeringAlive) {
			return c.refuse("ModifyVpcPeeringConnectionOptions", rulePeeringAlive, c.attr("vpcPeeringConnectionId"))
		}
		c.setDefault("accepter", map[string]any{})
		c.setDefault("requester", map[string]any{})
		return nil
	},
})
