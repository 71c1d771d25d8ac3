package aws

import (
	"fmt"
	"slices"

	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/world"
)

const (
	typeIGW  = "aws:ec2/internetGateway:InternetGateway"
	typeEIP  = "aws:ec2/eip:Eip"
	typeNAT  = "aws:ec2/natGateway:NatGateway"
	typeEIGW = "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway"
)

var (
	ruleIGWQuota = rule.Register(rule.Rule{
		Name: "ec2.internet-gateway-quota", Service: "ec2",
		Source: "VPC quotas (facts, quotas: follows VPCs per region, 5); EC2 API error codes, InternetGatewayLimitExceeded",
		Text:   "InternetGatewayLimitExceeded: The maximum number of internet gateways has been reached.",
	})
	ruleIGWOnce = rule.Register(rule.Rule{
		Name: "ec2.internet-gateway-once", Service: "ec2",
		Source: "EC2 AttachInternetGateway: one gateway per VPC; EC2 API error codes, InvalidParameterValue",
		Text:   "InvalidParameterValue: Network %s already has an internet gateway attached",
	})
	ruleIGWInUse = rule.Register(rule.Rule{
		Name: "ec2.internet-gateway-in-use", Service: "ec2",
		Source: "EC2 DetachInternetGateway, DependencyViolation; facts, providers E4",
		Text:   "DependencyViolation: Network %s has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.",
	})
	ruleEIPQuota = rule.Register(rule.Rule{
		Name: "ec2.address-quota", Service: "ec2",
		Source: "VPC quotas (facts, quotas: 5 Elastic IPs per region); EC2 API error codes, AddressLimitExceeded",
		Text:   "AddressLimitExceeded: The maximum number of addresses has been reached.",
	})
	ruleEIPInUse = rule.Register(rule.Rule{
		Name: "ec2.address-in-use", Service: "ec2",
		Source: "EC2 ReleaseAddress; EC2 API error codes, InvalidIPAddress.InUse",
		Text:   "InvalidIPAddress.InUse: Address %s is in use.",
	})
	ruleNATAddress = rule.Register(rule.Rule{
		Name: "ec2.nat-address-exists", Service: "ec2",
		Source: "EC2 API error codes, InvalidAllocationID.NotFound",
		Text:   "InvalidAllocationID.NotFound: The allocation ID '%s' does not exist",
	})
	ruleNATAddressFree = rule.Register(rule.Rule{
		Name: "ec2.nat-address-free", Service: "ec2",
		Source: "VPC user guide, NAT gateway creation fails, Resource.AlreadyAssociated; terraform-provider-aws waiter",
		Text:   "waiting for create: unexpected state 'failed', wanted target 'available'. last error: Resource.AlreadyAssociated: Elastic IP address [%s] is already associated",
	})
	ruleNATGateway = rule.Register(rule.Rule{
		Name: "ec2.nat-needs-internet-gateway", Service: "ec2",
		Source: "VPC user guide, NAT gateway creation fails, Gateway.NotAttached; terraform-provider-aws waiter",
		Text:   "waiting for create: unexpected state 'failed', wanted target 'available'. last error: Gateway.NotAttached: Network %s has no Internet gateway attached",
	})
	ruleNATNeedsAddress = rule.Register(rule.Rule{
		Name: "ec2.nat-needs-address", Service: "ec2",
		Source: "EC2 CreateNatGateway: a public gateway needs an allocation; EC2 API error codes, MissingParameter",
		Text:   "MissingParameter: The request must include the AllocationId parameter. Add the required parameter and retry the request.",
	})
	ruleNATAddressQuota = rule.Register(rule.Rule{
		Name: "ec2.nat-address-quota", Service: "ec2",
		Source: "VPC quotas (facts, quotas: 2 Elastic IPs per public NAT gateway, up to 8); code from EC2 API error codes, wording not seen",
		Text:   "AddressLimitExceeded: The maximum number of Elastic IP addresses per NAT gateway has been reached: %d",
	})
	ruleNATPrivate = rule.Register(rule.Rule{
		Name: "ec2.nat-private-address-quota", Service: "ec2",
		Source: "VPC user guide, work with NAT gateways: up to 8 private addresses on a private gateway (facts, quotas); code from EC2 API error codes, wording not seen",
		Text:   "PrivateIpAddressLimitExceeded: The maximum number of private IP addresses per NAT gateway has been reached: %d",
	})
	ruleNATQuota = rule.Register(rule.Rule{
		Name: "ec2.nat-quota", Service: "ec2",
		Source: "VPC quotas (facts, quotas: 5 NAT gateways per zone); EC2 API error codes, NatGatewayLimitExceeded",
		Text:   "NatGatewayLimitExceeded: Performing this operation would exceed the limit of %d NAT gateways",
	})
)

var _ = register(typeIGW, &kind{
	service: "EC2", noun: "Internet Gateway", id: "igw-", arn: "arn:aws:ec2:{region}:{account}:internet-gateway/{id}",
	createTime: internetGateway, deleteTime: internetGateway,
	create: func(c *call) error {
		if err := c.limit(ruleIGWQuota, "CreateInternetGateway", len(c.find(typeIGW, nil)), facts.QuotaInternetGateways); err != nil {
			return err
		}
		c.set("ownerId", c.account())
		return c.attachIGW()
	},
	update: func(c *call) error {
		if str(c.old, "vpcId") != c.attr("vpcId") {
			return c.attachIGW()
		}
		return nil
	},
	remove: func(c *call) error {
		vpc := c.attr("vpcId")
		mapped := c.find(hiddenENI, func(o *world.Object) bool { return str(o.Attrs, "vpcId") == vpc && str(o.Attrs, "publicIp") != "" })
		if vpc != "" && len(mapped) > 0 && c.on(ruleIGWInUse) {
			return c.refuse("DetachInternetGateway", ruleIGWInUse, vpc)
		}
		return nil
	},
})

func (c *call) attachIGW() error {
	vpc := c.attr("vpcId")
	if vpc == "" {
		return nil
	}
	if _, err := c.needVPC("AttachInternetGateway", vpc); err != nil {
		return err
	}
	for _, o := range c.find(typeIGW, where("vpcId", vpc)) {
		if o.ID != c.obj.ID && c.on(ruleIGWOnce) {
			return c.refuse("AttachInternetGateway", ruleIGWOnce, vpc)
		}
	}
	return nil
}

var _ = register(typeEIP, &kind{
	service: "EC2", noun: "EIP", id: "eipalloc-", arn: "arn:aws:ec2:{region}:{account}:elastic-ip/{id}",
	create: func(c *call) error {
		if err := c.limit(ruleEIPQuota, "AllocateAddress", len(c.find(typeEIP, nil)), facts.QuotaElasticIPs); err != nil {
			return err
		}
		ip := c.publicIP()
		c.set("publicIp", ip)
		c.set("publicDns", fmt.Sprintf("ec2-%s.%s.compute.amazonaws.com", dashed(ip), c.region()))
		c.set("allocationId", c.obj.ID)
		c.setDefault("domain", "vpc")
		c.set("publicIpv4Pool", "amazon")
		c.setDefault("networkBorderGroup", c.region())
		return nil
	},
	remove: func(c *call) error {
		if c.eipHolder(c.obj.ID) != "" && c.on(ruleEIPInUse) {
			return c.refuse("ReleaseAddress", ruleEIPInUse, c.attr("publicIp"))
		}
		return nil
	},
})

// publicIP is an address in 3.0.0.0/8, which is Amazon's: the ranges that are
// reserved for examples would run out.
func (c *call) publicIP() string {
	h := c.newID("", 6)
	var n uint32
	if _, err := fmt.Sscanf(h, "%06x", &n); err != nil {
		return "3.0.0.1"
	}
	return fmt.Sprintf("3.%d.%d.%d", n>>16&255, n>>8&255, n&255)
}

func dashed(ip string) string {
	out := []byte(ip)
	for i, b := range out {
		if b == '.' {
			out[i] = '-'
		}
	}
	return string(out)
}

// eipHolder is what an address is mapped to, or "".
func (c *call) eipHolder(allocation string) string {
	for _, o := range c.find(hiddenENI, nil) {
		if slices.Contains(strs(o.Attrs, "allocationIds"), allocation) {
			return o.ID
		}
	}
	for _, o := range c.find("aws:ec2/eipAssociation:EipAssociation", where("allocationId", allocation)) {
		return o.ID
	}
	return ""
}

var _ = register(typeNAT, &kind{
	service: "EC2", noun: "NAT Gateway", id: "nat-", createTime: natCreate, deleteTime: natDelete,
	create: createNAT,
	update: func(c *call) error {
		if err := c.natAddresses("AssociateNatGatewayAddress", c.newAllocations()); err != nil {
			return err
		}
		if most := c.quota(facts.QuotaNATPrivate); c.privateAddresses() > most && c.on(ruleNATPrivate) {
			return c.refuse("AssignPrivateNatGatewayAddress", ruleNATPrivate, most)
		}
		for _, o := range c.find(hiddenENI, where("natGatewayId", c.obj.ID)) {
			o.Attrs["allocationIds"] = plain(c.allocations())
			c.tx.Put(o)
		}
		return nil
	},
	remove: func(c *call) error { c.detach("natGatewayId", c.obj.ID); return nil },
})

func (c *call) allocations() []string {
	var out []string
	if a := c.attr("allocationId"); a != "" {
		out = append(out, a)
	}
	return append(out, strs(c.obj.Attrs, "secondaryAllocationIds")...)
}

// privateAddresses of a gateway: the first, and one for each further allocation,
// or those that a private gateway is given by name or by number.
func (c *call) privateAddresses() int {
	more := max(len(strs(c.in, "secondaryAllocationIds")), len(strs(c.in, "secondaryPrivateIpAddresses")), num(c.in, "secondaryPrivateIpAddressCount"))
	return 1 + more
}

func (c *call) newAllocations() []string {
	old := append(strs(c.old, "secondaryAllocationIds"), str(c.old, "allocationId"))
	return slices.DeleteFunc(c.allocations(), func(a string) bool { return slices.Contains(old, a) })
}

func createNAT(c *call) error {
	const action = "CreateNatGateway"
	sub, err := c.needSubnet(action, c.attr("subnetId"))
	if err != nil {
		return err
	}
	c.setDefault("connectivityType", "public")
	public := c.attr("connectivityType") == "public"
	vpc := str(sub.Attrs, "vpcId")
	perZone := c.quota(facts.QuotaNATGateways)
	inZone := c.find(typeNAT, func(o *world.Object) bool {
		s, _ := c.get(typeSubnet, str(o.Attrs, "subnetId"))
		return s != nil && str(s.Attrs, "availabilityZoneId") == str(sub.Attrs, "availabilityZoneId")
	})
	if len(inZone) >= perZone && c.on(ruleNATQuota) {
		return c.refuse(action, ruleNATQuota, perZone)
	}
	if most := c.quota(facts.QuotaNATPrivate); c.privateAddresses() > most && c.on(ruleNATPrivate) {
		return c.refuse(action, ruleNATPrivate, most)
	}
	publicIP := ""
	if public {
		if c.attr("allocationId") == "" && c.on(ruleNATNeedsAddress) {
			return c.refuse(action, ruleNATNeedsAddress)
		}
		if err := c.natAddresses(action, c.allocations()); err != nil {
			return err
		}
		if len(c.find(typeIGW, where("vpcId", vpc))) == 0 && c.on(ruleNATGateway) {
			return c.waitFailed(ruleNATGateway, vpc)
		}
		if e, ok := c.get(typeEIP, c.attr("allocationId")); ok {
			publicIP = str(e.Attrs, "publicIp")
		}
	}
	if !has(sub.Attrs, "cidrBlock") {
		c.set("networkInterfaceId", "")
		return nil
	}
	e, err := c.attach(eni{subnet: sub.ID, owner: "nat", description: "Interface for NAT Gateway " + c.obj.ID,
		addresses: c.privateAddresses(),
		attrs:     map[string]any{"natGatewayId": c.obj.ID, "publicIp": publicIP, "allocationIds": c.allocations()}})
	if err != nil {
		return fmt.Errorf("%s: operation error EC2: %s, api error %w", c.doing(), action, err)
	}
	ips := strs(e.Attrs, "privateIps")
	c.set("networkInterfaceId", e.ID)
	c.set("privateIp", ips[0])
	c.set("publicIp", publicIP)
	c.set("associationId", c.newID("eipassoc-", 17))
	c.setDefault("secondaryPrivateIpAddresses", ips[1:])
	c.setDefault("secondaryPrivateIpAddressCount", float64(len(ips)-1))
	return nil
}

// natAddresses checks addresses that a gateway is about to take.
func (c *call) natAddresses(action string, fresh []string) error {
	most := c.quota(facts.QuotaNATAddresses)
	if len(c.allocations()) > most && c.on(ruleNATAddressQuota) {
		return c.refuse(action, ruleNATAddressQuota, most)
	}
	for _, a := range fresh {
		e, ok := c.get(typeEIP, a)
		if !ok {
			if c.on(ruleNATAddress) {
				return c.refuse(action, ruleNATAddress, a)
			}
			continue
		}
		if c.eipHolder(a) != "" && c.on(ruleNATAddressFree) {
			return c.waitFailed(ruleNATAddressFree, str(e.Attrs, "publicIp"))
		}
	}
	return nil
}

// waitFailed is a creation that the service accepted and then gave up. The
// provider removes such an object itself, so nothing is saved.
func (c *call) waitFailed(r *rule.Rule, args ...any) error {
	return fmt.Errorf("%s: %w", c.doing(), r.Errorf(args...))
}
