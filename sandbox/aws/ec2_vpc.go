package aws

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/schema"
	"github.com/ladder-platform/ladder/sandbox/world"
)

const (
	typeVPC      = "aws:ec2/vpc:Vpc"
	typeVPCBlock = "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"

	hiddenSG  = "hidden:ec2/SecurityGroup" // the default group of a VPC, EKS's cluster group
	hiddenRTB = "hidden:ec2/RouteTable"    // the main table of a VPC
	hiddenACL = "hidden:ec2/NetworkAcl"    // the default list of a VPC
)

// QuotaKind is a raised quota in the world: ID is the quota's name in facts,
// Attrs "value" what it was raised to.
const QuotaKind = "hidden:servicequotas/Quota"

var (
	ruleVPCNetwork = rule.Register(rule.Rule{
		Name: "ec2.vpc-cidr-network", Service: "ec2",
		Source: "terraform-plugin-sdk helper/validation, IsCIDRNetwork, on aws_vpc cidr_block",
		Text:   "expected %s to contain a valid network CIDR, expected %s, got %s",
	})
	ruleVPCSize = rule.Register(rule.Rule{
		Name: "ec2.vpc-cidr-size", Service: "ec2",
		Source: "terraform-plugin-sdk helper/validation, IsCIDRNetwork(16, 28), on aws_vpc cidr_block; VPC user guide, VPC CIDR blocks",
		Text:   "expected %q to contain a network CIDR with between 16 and 28 significant bits, got: %d",
	})
	ruleVPCQuota = rule.Register(rule.Rule{
		Name: "ec2.vpc-quota", Service: "ec2",
		Source: "VPC quotas (facts, quotas: 5 per region); EC2 API error codes, VpcLimitExceeded",
		Text:   "VpcLimitExceeded: The maximum number of VPCs has been reached.",
	})
	ruleVPCExists = rule.Register(rule.Rule{
		Name: "ec2.vpc-exists", Service: "ec2",
		Source: "EC2 API error codes, InvalidVpcID.NotFound",
		Text:   "InvalidVpcID.NotFound: The vpc ID '%s' does not exist",
	})
	ruleVPCInUse = rule.Register(rule.Rule{
		Name: "ec2.vpc-in-use", Service: "ec2",
		Source: "EC2 API error codes, DependencyViolation; facts, providers E4",
		Text:   "DependencyViolation: The vpc '%s' has dependencies and cannot be deleted.",
	})
	ruleBlockQuota = rule.Register(rule.Rule{
		Name: "ec2.vpc-cidr-quota", Service: "ec2",
		Source: "VPC quotas (facts, quotas: 5 IPv4 blocks per VPC); EC2 API error codes, CidrLimitExceeded",
		Text:   "CidrLimitExceeded: This network '%s' has met its maximum number of allowed CIDRs: %d",
	})
	ruleBlockOverlap = rule.Register(rule.Rule{
		Name: "ec2.vpc-cidr-overlap", Service: "ec2",
		Source: "VPC user guide, VPC CIDR blocks (a block may not overlap an existing one); EC2 API error codes, InvalidVpc.Range",
		Text:   "InvalidVpc.Range: The CIDR '%s' conflicts with a CIDR of the VPC",
	})
	ruleBlockRestricted = rule.Register(rule.Rule{
		Name: "ec2.vpc-cidr-restricted", Service: "ec2",
		Source: "VPC user guide, CIDR block association restrictions; text as quoted in public workshops and issues, read 2026-11",
		Text: "InvalidVpc.Range: The CIDR '%s' is restricted. Use a CIDR from the same private address range as the current VPC CIDR, " +
			"or use a publicly-routable CIDR. For additional restrictions, see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html",
	})
	ruleBlockInUse = rule.Register(rule.Rule{
		Name: "ec2.vpc-cidr-in-use", Service: "ec2",
		Source: "EC2 DisassociateVpcCidrBlock: the block must hold no subnet; EC2 API error codes, InvalidCidrBlock.InUse",
		Text:   "InvalidCidrBlock.InUse: The vpc %s currently has a subnet within CIDR block %s",
	})
)

var _ = register(typeVPC, &kind{
	service: "EC2", noun: "VPC", id: "vpc-", arn: "arn:aws:ec2:{region}:{account}:vpc/{id}",
	check: func(c *call, in map[string]any) []schema.Failure { return c.networkBlock(in, "cidrBlock") },
	create: func(c *call) error {
		if err := c.limit(ruleVPCQuota, "CreateVpc", len(c.find(typeVPC, nil)), facts.QuotaVPCs); err != nil {
			return err
		}
		id := c.obj.ID
		sg := c.hide(hiddenSG, c.newID("sg-", 17), "default", "ec2", map[string]any{"vpcId": id, "name": "default", "description": "default VPC security group"})
		rtb := c.hide(hiddenRTB, c.newID("rtb-", 17), "main", "ec2", map[string]any{"vpcId": id, "main": true})
		acl := c.hide(hiddenACL, c.newID("acl-", 17), "default", "ec2", map[string]any{"vpcId": id})
		c.set("defaultSecurityGroupId", sg.ID)
		c.set("defaultRouteTableId", rtb.ID)
		c.set("mainRouteTableId", rtb.ID)
		c.set("defaultNetworkAclId", acl.ID)
		c.set("dhcpOptionsId", "dopt-default")
		c.set("ownerId", c.account())
		c.setDefault("enableDnsSupport", true)
		c.setDefault("enableDnsHostnames", false)
		c.setDefault("enableNetworkAddressUsageMetrics", false)
		c.setDefault("instanceTenancy", "default")
		return nil
	},
	remove: func(c *call) error {
		if c.vpcInUse(c.obj.ID) && c.on(ruleVPCInUse) {
			return c.refuse("DeleteVpc", ruleVPCInUse, c.obj.ID)
		}
		for _, k := range []string{hiddenSG, hiddenRTB, hiddenACL} {
			for _, o := range c.find(k, where("vpcId", c.obj.ID)) {
				c.tx.Delete(o.Key())
			}
		}
		return nil
	},
})

var _ = register(typeVPCBlock, &kind{
	service: "EC2", noun: "VPC IPv4 CIDR block association", id: "vpc-cidr-assoc-",
	check: func(c *call, in map[string]any) []schema.Failure { return c.networkBlock(in, "cidrBlock") },
	create: func(c *call) error {
		vpc, err := c.needVPC("AssociateVpcCidrBlock", c.attr("vpcId"))
		if err != nil {
			return err
		}
		block, blocks := c.attr("cidrBlock"), c.blocks(vpc)
		for _, b := range blocks {
			if overlapping(block, b) && c.on(ruleBlockOverlap) {
				return c.refuse("AssociateVpcCidrBlock", ruleBlockOverlap, block)
			}
		}
		if restricted(block, str(vpc.Attrs, "cidrBlock")) && c.on(ruleBlockRestricted) {
			return c.refuse("AssociateVpcCidrBlock", ruleBlockRestricted, block)
		}
		most := c.quota(facts.QuotaCIDRBlocks)
		if len(blocks) >= most && c.on(ruleBlockQuota) {
			return c.refuse("AssociateVpcCidrBlock", ruleBlockQuota, vpc.ID, most)
		}
		return nil
	},
	remove: func(c *call) error {
		for _, s := range c.find(typeSubnet, where("vpcId", c.attr("vpcId"))) {
			if inside(str(s.Attrs, "cidrBlock"), c.attr("cidrBlock")) && c.on(ruleBlockInUse) {
				return c.refuse("DisassociateVpcCidrBlock", ruleBlockInUse, c.attr("vpcId"), c.attr("cidrBlock"))
			}
		}
		return nil
	},
})

// networkBlock: a VPC's block is written as a network, /16 to /28.
func (c *call) networkBlock(in map[string]any, key string) []schema.Failure {
	text := str(in, key)
	p, err := netip.ParsePrefix(text)
	if text == "" || err != nil {
		if text != "" && c.on(ruleVPCNetwork) {
			return []schema.Failure{{Path: key, Reason: fmt.Sprintf("expected cidr_block to contain a valid CIDR, got: %s with err: invalid CIDR address: %s", text, text)}}
		}
		return nil
	}
	if p.Masked() != p && c.on(ruleVPCNetwork) {
		return []schema.Failure{{Path: key, Reason: ruleVPCNetwork.Errorf("cidr_block", p.Masked(), text).Error()}}
	}
	if (p.Bits() < 16 || p.Bits() > 28) && c.on(ruleVPCSize) {
		return []schema.Failure{{Path: key, Reason: ruleVPCSize.Errorf("cidr_block", p.Bits()).Error()}}
	}
	return nil
}

// restricted: a VPC in one private range takes no secondary block from another,
// and none from 198.19.0.0/16. Source: VPC user guide, table of restrictions.
func restricted(block, primary string) bool {
	private := []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"}
	rangeOf := func(b string) int {
		return slices.IndexFunc(private, func(p string) bool { return inside(b, p) })
	}
	of, have := rangeOf(block), rangeOf(primary)
	return overlapping(block, "198.19.0.0/16") || (have >= 0 && of >= 0 && of != have)
}

// blocks are all IPv4 blocks of a VPC.
func (c *call) blocks(vpc *world.Object) []string {
	out := []string{str(vpc.Attrs, "cidrBlock")}
	for _, o := range c.find(typeVPCBlock, where("vpcId", vpc.ID)) {
		out = append(out, str(o.Attrs, "cidrBlock"))
	}
	return append(out, strs(vpc.Attrs, "secondaryCidrBlocks")...) // of a seeded VPC
}

// needVPC finds a VPC or answers that there is none.
func (c *call) needVPC(action, id string) (*world.Object, error) {
	vpc, ok := c.get(typeVPC, id)
	if !ok && c.on(ruleVPCExists) {
		return nil, c.refuse(action, ruleVPCExists, id)
	}
	if !ok {
		vpc = &world.Object{Kind: typeVPC, Scope: c.regional(), ID: id, Attrs: map[string]any{}}
	}
	return vpc, nil
}

// vpcInUse: what DeleteVpc counts as a dependency.
func (c *call) vpcInUse(id string) bool {
	for _, k := range []string{typeSubnet, typeSG, typeRouteTable, typeEndpoint, typeIGW, typeNACL, hiddenENI} {
		if len(c.find(k, where("vpcId", id))) > 0 {
			return true
		}
	}
	for _, o := range c.find(hiddenSG, where("vpcId", id)) {
		if o.Name != "default" { // a group that a service left behind
			return true
		}
	}
	for _, o := range c.find(typePeering, nil) {
		if str(o.Attrs, "vpcId") == id || str(o.Attrs, "peerVpcId") == id {
			return true
		}
	}
	return false
}

// quota is a limit of the account: AWS's default, or what a seeded object of
// kind hidden:servicequotas/Quota says it was raised to. Its ID is the name in
// facts, for example "Elastic IPs per Region".
func (c *call) quota(name string) int { return quotaOf(c.tx, c.regional(), name) }

func quotaOf(tx *world.Tx, scope, name string) int {
	if o, ok := tx.Get(world.Key{Kind: QuotaKind, Scope: scope, ID: name}); ok {
		return num(o.Attrs, "value")
	}
	q, ok := facts.Quota(name)
	if !ok {
		panic("sandbox/aws: facts have no quota " + name)
	}
	return q.Default
}

// limit refuses when as many objects exist as the quota allows.
func (c *call) limit(r *rule.Rule, action string, have int, name string) error {
	if have >= c.quota(name) && c.on(r) {
		return c.refuse(action, r)
	}
	return nil
}

func getVpc(c *call) (map[string]any, error) {
	vpc, err := one(c.filtered(c.find(typeVPC, func(o *world.Object) bool {
		return (!has(c.in, "id") || o.ID == str(c.in, "id")) && (!has(c.in, "cidrBlock") || str(o.Attrs, "cidrBlock") == str(c.in, "cidrBlock"))
	}), map[string]string{"vpc-id": "id", "cidr": "cidrBlock"}), "EC2 VPC")
	if err != nil {
		return nil, err
	}
	out := visible(vpc)
	var assocs []map[string]any
	for _, b := range c.blocks(vpc) {
		assocs = append(assocs, map[string]any{"associationId": "vpc-cidr-assoc-" + b, "cidrBlock": b, "state": "associated"})
	}
	out["cidrBlockAssociations"], out["state"], out["default"] = assocs, "available", false
	return out, nil
}

func getVpcs(c *call) (map[string]any, error) {
	return map[string]any{"id": c.region(), "ids": ids(c.filtered(c.find(typeVPC, nil), map[string]string{"cidr": "cidrBlock"}))}, nil
}
