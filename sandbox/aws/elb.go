package aws

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/schema"
	"github.com/ladder-platform/ladder/sandbox/world"
)

const (
	typeLB = "aws:lb/loadBalancer:LoadBalancer"

	serviceELB = "Elastic Load Balancing v2"
	albKind    = "application"
	nlbKind    = "network"
)

var (
	ruleLBName = rule.Register(rule.Rule{
		Name: "elb.name", Service: "elb",
		Source: "terraform-provider-aws internal/service/elbv2/validate.go, validName; ELB API, CreateLoadBalancer Name: at most 32 letters, digits and hyphens (facts, providers D1.2)",
		Text:   "%s",
	})
	ruleLBTaken = rule.Register(rule.Rule{
		Name: "elb.load-balancer-exists", Service: "elb",
		Source: "terraform-provider-aws internal/service/elbv2/load_balancer.go, resourceLoadBalancerCreate: looks for the name first",
		Text:   "ELBv2 Load Balancer (%s) already exists",
	})
	ruleLBMissing = rule.Register(rule.Rule{
		Name: "elb.load-balancer-missing", Service: "elb",
		Source: "ELB API, LoadBalancerNotFound",
		Text:   "LoadBalancerNotFound: One or more load balancers not found",
	})
	ruleLBQuota = rule.Register(rule.Rule{
		Name: "elb.load-balancer-quota", Service: "elb",
		Source: "ELB quotas (facts, quotas: 50 of each kind per region); ELB API, TooManyLoadBalancers, wording not seen",
		Text:   "TooManyLoadBalancers: The maximum number of load balancers has been reached",
	})
	ruleLBTwoZones = rule.Register(rule.Rule{
		Name: "elb.two-zones", Service: "elb",
		Source: "ELB API, CreateLoadBalancer, Subnets: an ALB needs two zones; ValidationError as quoted in public issues",
		Text:   "ValidationError: At least two subnets in two different Availability Zones must be specified",
	})
	ruleLBOneSubnet = rule.Register(rule.Rule{
		Name: "elb.one-subnet-per-zone", Service: "elb",
		Source: "ELB API, CreateLoadBalancer, Subnets; InvalidConfigurationRequest as quoted in public issues",
		Text:   "InvalidConfigurationRequest: A load balancer cannot be attached to multiple subnets in the same Availability Zone",
	})
	ruleLBSubnet = rule.Register(rule.Rule{
		Name: "elb.subnet-exists", Service: "elb",
		Source: "ELB API, SubnetNotFound",
		Text:   "SubnetNotFound: The subnet ID '%s' does not exist",
	})
	ruleLBSpace = rule.Register(rule.Rule{
		Name: "elb.subnet-addresses", Service: "elb",
		Source: "ALB user guide, subnets for your load balancer: 8 free addresses; InvalidSubnet as quoted in public issues",
		Text:   "InvalidSubnet: Not enough IP space available in %s. ELB requires at least %d free IP addresses in each subnet.",
	})
	ruleLBGateway = rule.Register(rule.Rule{
		Name: "elb.internet-gateway", Service: "elb",
		Source: "ELB API, InvalidSubnet, as quoted in public issues",
		Text:   "InvalidSubnet: VPC %s has no internet gateway",
	})
	ruleLBGroups = rule.Register(rule.Rule{
		Name: "elb.security-groups", Service: "elb",
		Source: "ELB API, CreateLoadBalancer, InvalidSecurityGroup; as quoted in public issues",
		Text:   "InvalidConfigurationRequest: One or more security groups are invalid",
	})
	ruleLBAddress = rule.Register(rule.Rule{
		Name: "elb.address-exists", Service: "elb",
		Source: "ELB API, AllocationIdNotFound; wording not seen",
		Text:   "AllocationIdNotFound: The specified allocation ID does not exist: %s",
	})
	ruleLBAddressFree = rule.Register(rule.Rule{
		Name: "elb.address-free", Service: "elb",
		Source: "ELB API, ResourceInUse; NLB user guide, static addresses; wording not seen",
		Text:   "ResourceInUse: The allocation ID %s is in use by another resource",
	})
	ruleLBAddressKind = rule.Register(rule.Rule{
		Name: "elb.address-network-only", Service: "elb",
		Source: "ELB API, SubnetMapping, AllocationId: network load balancers only; wording not seen",
		Text:   "InvalidConfigurationRequest: Elastic IP addresses are not supported for load balancers of type '%s'",
	})
	ruleLBProtected = rule.Register(rule.Rule{
		Name: "elb.deletion-protection", Service: "elb",
		Source: "ELB API, DeleteLoadBalancer, OperationNotPermitted, as quoted in public issues",
		Text:   "OperationNotPermitted: Load balancer '%s' cannot be deleted because deletion protection is enabled",
	})
	ruleLBLogs = rule.Register(rule.Rule{
		Name: "elb.access-log-bucket", Service: "elb",
		Source: "ALB and NLB user guides, access logs: bucket policy, same region, SSE-S3; InvalidConfigurationRequest as quoted in public issues",
		Text:   "InvalidConfigurationRequest: Access Denied for bucket: %s. Please check S3bucket permission",
	})
)

// freeForLB is how many addresses an ALB wants free in each subnet.
// Source: ALB user guide, subnets for your load balancer, read 2026-11.
const freeForLB = 8

var lbNameForm = regexp.MustCompile(`^[0-9A-Za-z-]+$`)

// nameFailures is what the provider says of a load balancer's or target group's name.
func (c *call) nameFailures(in map[string]any) []schema.Failure {
	name := str(in, "name")
	problem := ""
	switch {
	case name == "" || !c.on(ruleLBName):
	case len(name) > 32:
		problem = fmt.Sprintf("%q cannot be longer than 32 characters: %q", "name", name)
	case !lbNameForm.MatchString(name):
		problem = fmt.Sprintf("only alphanumeric characters and hyphens allowed in %q: %q", "name", name)
	case strings.HasPrefix(name, "-"):
		problem = fmt.Sprintf("%q cannot begin with a hyphen: %q", "name", name)
	case strings.HasSuffix(name, "-"):
		problem = fmt.Sprintf("%q cannot end with a hyphen: %q", "name", name)
	}
	if problem == "" {
		return nil
	}
	return []schema.Failure{{Path: "name", Reason: ruleLBName.Errorf(problem).Error()}}
}

var _ = register(typeLB, &kind{
	service: "ELBv2", sdk: serviceELB, noun: "Load Balancer", namesClash: true,
	createTime: loadBalancerCreate, deleteTime: loadBalancerDelete,
	makeID: func(c *call) string {
		return c.elbARN("loadbalancer/" + lbShort(str(c.in, "loadBalancerType")) + "/" + str(c.in, "name") + "/" + c.newID("", 16))
	},
	check:  func(c *call, in map[string]any) []schema.Failure { return c.nameFailures(in) },
	create: createLB, update: updateLB, diff: diffLB,
	remove: func(c *call) error {
		if boolean(c.obj.Attrs, "enableDeletionProtection") && c.on(ruleLBProtected) {
			return c.refuse("DeleteLoadBalancer", ruleLBProtected, c.obj.ID)
		}
		for _, l := range c.find(typeListener, where("loadBalancerArn", c.obj.ID)) { // its listeners go with it
			c.dropListener(l)
		}
		c.detach("loadBalancerArn", c.obj.ID)
		return nil
	},
})

func (c *call) elbARN(rest string) string {
	return "arn:aws:elasticloadbalancing:" + c.region() + ":" + c.account() + ":" + rest
}

// lbShort is how ARNs and interfaces call a kind of load balancer.
func lbShort(kind string) string {
	if kind == nlbKind {
		return "net"
	}
	return "app"
}

func (c *call) lbKind() string {
	if c.attr("loadBalancerType") == nlbKind {
		return nlbKind
	}
	return albKind
}

func createLB(c *call) error {
	const action = "CreateLoadBalancer"
	name, kind := c.attr("name"), c.lbKind()
	alike := c.find(typeLB, func(o *world.Object) bool { return lbShort(str(o.Attrs, "loadBalancerType")) == lbShort(kind) })
	for _, o := range c.find(typeLB, where("name", name)) {
		if o.ID != c.obj.ID && c.on(ruleLBTaken) {
			return ruleLBTaken.Errorf(name)
		}
	}
	quota := facts.QuotaALBs
	if kind == nlbKind {
		quota = facts.QuotaNLBs
	}
	if err := c.limit(ruleLBQuota, action, len(alike), quota); err != nil {
		return err
	}
	c.setDefault("loadBalancerType", kind)
	c.setDefault("internal", false)
	if err := c.lbSubnets(action, c.lbSubnetIDs()); err != nil {
		return err
	}
	if err := c.lbGroups(action); err != nil {
		return err
	}
	for _, m := range dicts(c.obj.Attrs, "subnetMappings") {
		if err := c.lbAddress(action, str(m, "allocationId")); err != nil {
			return err
		}
	}
	if err := c.lbInterfaces(action, c.lbSubnetIDs()); err != nil {
		return err
	}
	c.lbAttributes(name, kind)
	return c.lbLogging()
}

// lbSubnetIDs are the subnets, whichever way they were given.
func (c *call) lbSubnetIDs() []string {
	if ids := strs(c.in, "subnets"); len(ids) > 0 {
		return ids
	}
	var out []string
	for _, m := range dicts(c.in, "subnetMappings") {
		out = append(out, str(m, "subnetId"))
	}
	return out
}

// lbSubnets checks them all and notes the VPC.
func (c *call) lbSubnets(action string, ids []string) error {
	zones, vpc := map[string]bool{}, ""
	for _, id := range ids {
		s, ok := c.get(typeSubnet, id)
		if !ok {
			if c.on(ruleLBSubnet) {
				return c.refuse(action, ruleLBSubnet, id)
			}
			continue
		}
		zone := str(s.Attrs, "availabilityZoneId")
		if zones[zone] && c.on(ruleLBOneSubnet) {
			return c.refuse(action, ruleLBOneSubnet)
		}
		zones[zone], vpc = true, str(s.Attrs, "vpcId")
		if c.lbKind() == albKind && c.verb == "create" && c.freeIn(s) < freeForLB && c.on(ruleLBSpace) {
			return c.refuse(action, ruleLBSpace, id, freeForLB)
		}
	}
	if c.lbKind() == albKind && len(zones) < 2 && c.on(ruleLBTwoZones) {
		return c.refuse(action, ruleLBTwoZones)
	}
	if !boolean(c.obj.Attrs, "internal") && vpc != "" && len(c.find(typeIGW, where("vpcId", vpc))) == 0 && c.on(ruleLBGateway) {
		return c.refuse(action, ruleLBGateway, vpc)
	}
	c.set("vpcId", vpc)
	return nil
}

func (c *call) lbGroups(action string) error {
	for _, id := range strs(c.obj.Attrs, "securityGroups") {
		if _, ok := c.securityGroup(id); !ok && c.on(ruleLBGroups) {
			return c.refuse(action, ruleLBGroups)
		}
	}
	return nil
}

func (c *call) lbAddress(action, allocation string) error {
	if allocation == "" {
		return nil
	}
	if c.lbKind() != nlbKind && c.on(ruleLBAddressKind) {
		return c.refuse(action, ruleLBAddressKind, albKind)
	}
	if _, ok := c.get(typeEIP, allocation); !ok && c.on(ruleLBAddress) {
		return c.refuse(action, ruleLBAddress, allocation)
	}
	if c.eipHolder(allocation) != "" && c.on(ruleLBAddressFree) {
		return c.refuse(action, ruleLBAddressFree, allocation)
	}
	return nil
}

// lbInterfaces makes one interface in each subnet: it holds an address, carries
// the security groups and blocks their deletion.
func (c *call) lbInterfaces(action string, subnets []string) error {
	allocation := map[string]string{}
	for _, m := range dicts(c.obj.Attrs, "subnetMappings") {
		allocation[str(m, "subnetId")] = str(m, "allocationId")
	}
	suffix := c.obj.ID[strings.Index(c.obj.ID, "loadbalancer/")+len("loadbalancer/"):]
	for _, id := range subnets {
		if _, ok := c.get(typeSubnet, id); !ok {
			continue // only with elb.subnet-exists off
		}
		attrs := map[string]any{"loadBalancerArn": c.obj.ID, "publicIp": "", "allocationIds": []string{}}
		if a := allocation[id]; a != "" {
			attrs["allocationIds"] = []string{a}
			if e, ok := c.get(typeEIP, a); ok {
				attrs["publicIp"] = str(e.Attrs, "publicIp")
			}
		} else if !boolean(c.obj.Attrs, "internal") {
			attrs["publicIp"] = c.publicIP()
		}
		_, err := c.attach(eni{subnet: id, owner: "elb", description: "ELB " + suffix, groups: strs(c.obj.Attrs, "securityGroups"), attrs: attrs})
		if err != nil {
			return fmt.Errorf("%s: operation error %s: %s, api error %w", c.doing(), serviceELB, action, err)
		}
	}
	return nil
}

// lbAttributes are what AWS decides. Source: ELB user guides, load balancer
// attributes and their defaults, read 2026-11.
func (c *call) lbAttributes(name, kind string) {
	c.set("arn", c.obj.ID)
	c.set("arnSuffix", c.obj.ID[strings.Index(c.obj.ID, "loadbalancer/")+len("loadbalancer/"):])
	zone, host := lbZones[c.region()], name
	if boolean(c.obj.Attrs, "internal") {
		host = "internal-" + name
	}
	if kind == nlbKind {
		c.set("zoneId", lbZoneID(zone.network, "network "+c.region()))
		c.set("dnsName", fmt.Sprintf("%s-%s.elb.%s.amazonaws.com", host, c.obj.ID[len(c.obj.ID)-16:], c.region()))
	} else {
		c.set("zoneId", lbZoneID(zone.application, "application "+c.region()))
		c.set("dnsName", fmt.Sprintf("%s-%s.%s.elb.amazonaws.com", host, digits(c.obj.ID, 10), c.region()))
	}
	c.setDefault("namePrefix", "")
	c.setDefault("securityGroups", []string{})
	c.setDefault("ipAddressType", "ipv4")
	c.setDefault("enableDeletionProtection", false)
	c.setDefault("enforceSecurityGroupInboundRulesOnPrivateLinkTraffic", "")
	c.lbSubnetAttributes()
}

// lbSubnetAttributes keeps the two ways of naming subnets the same.
func (c *call) lbSubnetAttributes() {
	ids := c.lbSubnetIDs()
	slices.Sort(ids)
	if !has(c.in, "subnets") {
		c.set("subnets", ids)
	}
	if has(c.in, "subnetMappings") {
		return
	}
	mappings := []any{}
	for _, id := range ids {
		mappings = append(mappings, map[string]any{"subnetId": id})
	}
	c.set("subnetMappings", mappings)
}

// digits are n decimal digits that follow from a text.
func digits(text string, n int) string {
	var b strings.Builder
	for _, r := range hash(text, n) {
		fmt.Fprintf(&b, "%d", int(r)%10)
	}
	return b.String()
}
