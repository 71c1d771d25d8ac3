package aws

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/schema"
	"github.com/ladder-platform/ladder/sandbox/world"
)

const typeSubnet = "aws:ec2/subnet:Subnet"

var (
	ruleSubnetNetwork = rule.Register(rule.Rule{
		Name: "ec2.subnet-cidr-network", Service: "ec2",
		Source: "terraform-provider-aws internal/verify, ValidateIPv4CIDRBlock, on aws_subnet cidr_block",
		Text:   "%q is not a valid IPv4 CIDR block; did you mean %q?",
	})
	ruleSubnetInVPC = rule.Register(rule.Rule{
		Name: "ec2.subnet-in-vpc", Service: "ec2",
		Source: "EC2 CreateSubnet; EC2 API error codes, InvalidSubnet.Range",
		Text:   "InvalidSubnet.Range: The CIDR '%s' is invalid.",
	})
	ruleSubnetSize = rule.Register(rule.Rule{
		Name: "ec2.subnet-size", Service: "ec2",
		Source: "EC2 CreateSubnet: /16 to /28 (facts, network_formulas); EC2 API error codes, InvalidSubnet.Range",
		Text:   "InvalidSubnet.Range: The CIDR '%s' is invalid.",
	})
	ruleSubnetOverlap = rule.Register(rule.Rule{
		Name: "ec2.subnet-overlap", Service: "ec2",
		Source: "EC2 API error codes, InvalidSubnet.Conflict",
		Text:   "InvalidSubnet.Conflict: The CIDR '%s' conflicts with another subnet",
	})
	ruleSubnetZone = rule.Register(rule.Rule{
		Name: "ec2.subnet-zone", Service: "ec2",
		Source: "EC2 CreateSubnet; EC2 API error codes, InvalidParameterValue",
		Text:   "InvalidParameterValue: Value (%s) for parameter %s is invalid. Subnets can currently only be created in the following availability zones: %s.",
	})
	ruleSubnetOneZone = rule.Register(rule.Rule{
		Name: "ec2.subnet-one-zone-argument", Service: "ec2",
		Source: "terraform-provider-aws internal/service/ec2/vpc_subnet.go, ConflictsWith",
		Text:   "Conflicting configuration arguments: \"availability_zone\": conflicts with availability_zone_id",
	})
	ruleSubnetQuota = rule.Register(rule.Rule{
		Name: "ec2.subnet-quota", Service: "ec2",
		Source: "VPC quotas (facts, quotas: 200 per VPC); EC2 API error codes, SubnetLimitExceeded",
		Text:   "SubnetLimitExceeded: The maximum number of subnets has been reached.",
	})
	ruleSubnetExists = rule.Register(rule.Rule{
		Name: "ec2.subnet-exists", Service: "ec2",
		Source: "EC2 API error codes, InvalidSubnetID.NotFound",
		Text:   "InvalidSubnetID.NotFound: The subnet ID '%s' does not exist",
	})
	ruleSubnetInUse = rule.Register(rule.Rule{
		Name: "ec2.subnet-in-use", Service: "ec2",
		Source: "EC2 API error codes, DependencyViolation; facts, providers E4",
		Text:   "DependencyViolation: The subnet '%s' has dependencies and cannot be deleted.",
	})
)

var _ = register(typeSubnet, &kind{
	service: "EC2", noun: "Subnet", id: "subnet-", arn: "arn:aws:ec2:{region}:{account}:subnet/{id}",
	check: func(c *call, in map[string]any) []schema.Failure {
		var out []schema.Failure
		text := str(in, "cidrBlock")
		p, err := netip.ParsePrefix(text)
		switch {
		case text == "" || !c.on(ruleSubnetNetwork):
		case err != nil:
			out = append(out, schema.Failure{Path: "cidrBlock", Reason: fmt.Sprintf("%q is not a valid CIDR block: invalid CIDR address: %s", text, text)})
		case p.Masked() != p:
			out = append(out, schema.Failure{Path: "cidrBlock", Reason: ruleSubnetNetwork.Errorf(text, p.Masked().String()).Error()})
		}
		if has(in, "availabilityZone") && has(in, "availabilityZoneId") && c.on(ruleSubnetOneZone) {
			out = append(out, schema.Failure{Path: "availabilityZone", Reason: ruleSubnetOneZone.Text})
		}
		return out
	},
	create: createSubnet,
	remove: func(c *call) error {
		if len(c.interfaces(c.obj.ID)) > 0 && c.on(ruleSubnetInUse) {
			return c.refuse("DeleteSubnet", ruleSubnetInUse, c.obj.ID)
		}
		return nil
	},
})

func createSubnet(c *call) error {
	const action = "CreateSubnet"
	vpc, err := c.needVPC(action, c.attr("vpcId"))
	if err != nil {
		return err
	}
	if err := c.subnetBlock(action, vpc); err != nil {
		return err
	}
	if err := c.limit(ruleSubnetQuota, action, len(c.find(typeSubnet, where("vpcId", vpc.ID))), facts.QuotaSubnets); err != nil {
		return err
	}
	if err := c.subnetZone(action); err != nil {
		return err
	}
	c.set("ownerId", c.account())
	c.set("ipv6CidrBlockAssociationId", "")
	c.setDefault("privateDnsHostnameTypeOnLaunch", "ip-name")
	for _, k := range []string{"assignIpv6AddressOnCreation", "enableDns64", "enableResourceNameDnsARecordOnLaunch",
		"enableResourceNameDnsAaaaRecordOnLaunch", "ipv6Native", "mapPublicIpOnLaunch"} {
		c.setDefault(k, false)
	}
	return nil
}

func (c *call) subnetBlock(action string, vpc *world.Object) error {
	block := c.attr("cidrBlock")
	p, err := netip.ParsePrefix(block)
	if err != nil {
		return nil // IPv6 only
	}
	if (p.Bits() < 16 || p.Bits() > 28) && c.on(ruleSubnetSize) {
		return c.refuse(action, ruleSubnetSize, block)
	}
	in := slices.ContainsFunc(c.blocks(vpc), func(b string) bool { return inside(block, b) })
	if !in && c.on(ruleSubnetInVPC) {
		return c.refuse(action, ruleSubnetInVPC, block)
	}
	for _, s := range c.find(typeSubnet, where("vpcId", vpc.ID)) {
		if overlapping(block, str(s.Attrs, "cidrBlock")) && c.on(ruleSubnetOverlap) {
			return c.refuse(action, ruleSubnetOverlap, block)
		}
	}
	return nil
}

// subnetZone fills name and ID of the zone from whichever was given; AWS
// chooses when neither was.
func (c *call) subnetZone(action string) error {
	id, name := c.attr("availabilityZoneId"), c.attr("availabilityZone")
	if id == "" && name == "" {
		id = c.zoneIDs()[0]
	}
	if id == "" {
		id = c.zoneID(name)
		if id == "" && c.on(ruleSubnetZone) {
			return c.refuse(action, ruleSubnetZone, name, "availabilityZone", strings.Join(c.zoneNames(), ", "))
		}
	}
	if c.zoneName(id) == "" && id != "" && c.on(ruleSubnetZone) {
		return c.refuse(action, ruleSubnetZone, id, "availabilityZoneId", strings.Join(c.zoneIDs(), ", "))
	}
	c.set("availabilityZoneId", id)
	c.set("availabilityZone", c.zoneName(id))
	return nil
}

// needSubnet finds a subnet or answers that there is none.
func (c *call) needSubnet(action, id string) (*world.Object, error) {
	s, ok := c.get(typeSubnet, id)
	if !ok && c.on(ruleSubnetExists) {
		return nil, c.refuse(action, ruleSubnetExists, id)
	}
	if !ok {
		s = &world.Object{Kind: typeSubnet, Scope: c.regional(), ID: id, Attrs: map[string]any{}}
	}
	return s, nil
}

var subnetFilters = map[string]string{
	"vpc-id": "vpcId", "availability-zone": "availabilityZone", "availability-zone-id": "availabilityZoneId",
	"cidr-block": "cidrBlock", "cidr": "cidrBlock",
}

func getSubnet(c *call) (map[string]any, error) {
	s, err := one(c.filtered(c.find(typeSubnet, func(o *world.Object) bool {
		for _, k := range []string{"vpcId", "cidrBlock", "availabilityZone", "availabilityZoneId"} {
			if has(c.in, k) && str(o.Attrs, k) != str(c.in, k) {
				return false
			}
		}
		return !has(c.in, "id") || o.ID == str(c.in, "id")
	}), subnetFilters), "EC2 Subnet")
	if err != nil {
		return nil, err
	}
	out := visible(s)
	out["availableIpAddressCount"], out["state"], out["defaultForAz"] = float64(c.freeIn(s)), "available", false
	return out, nil
}

func getSubnets(c *call) (map[string]any, error) {
	return map[string]any{"id": c.region(), "ids": ids(c.filtered(c.find(typeSubnet, nil), subnetFilters))}, nil
}
