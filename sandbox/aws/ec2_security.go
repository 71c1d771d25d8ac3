package aws

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/schema"
	"github.com/ladder-platform/ladder/sandbox/world"
)

const (
	typeSG        = "aws:ec2/securityGroup:SecurityGroup"
	typeDefaultSG = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
	typeSGRule    = "aws:ec2/securityGroupRule:SecurityGroupRule"
	typeIngress   = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	typeEgress    = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
)

var (
	ruleSGName = rule.Register(rule.Rule{
		Name: "ec2.security-group-name", Service: "ec2",
		Source: "EC2 CreateSecurityGroup: at most 255 characters, not starting with sg- (facts, name_and_limit_rules); terraform-provider-aws vpc_security_group.go",
		Text:   "invalid value for name (%s)",
	})
	ruleSGTaken = rule.Register(rule.Rule{
		Name: "ec2.security-group-duplicate", Service: "ec2",
		Source: "EC2 API error codes, InvalidGroup.Duplicate",
		Text:   "InvalidGroup.Duplicate: The security group '%s' already exists for VPC '%s'",
	})
	ruleSGExists = rule.Register(rule.Rule{
		Name: "ec2.security-group-exists", Service: "ec2",
		Source: "EC2 API error codes, InvalidGroup.NotFound",
		Text:   "InvalidGroup.NotFound: The security group '%s' does not exist",
	})
	ruleDefaultSG = rule.Register(rule.Rule{
		Name: "ec2.default-security-group", Service: "ec2",
		Source: "terraform-provider-aws internal/service/ec2/vpc_default_security_group.go: it looks for the group by its VPC and name, and adopts what it finds",
		Text:   "reading Default Security Group: empty result",
	})
	ruleSGInUse = rule.Register(rule.Rule{
		Name: "ec2.security-group-in-use", Service: "ec2",
		Source: "EC2 API error codes, DependencyViolation; facts, providers E4",
		Text:   "DependencyViolation: resource %s has a dependent object",
	})
	ruleSGRuleTaken = rule.Register(rule.Rule{
		Name: "ec2.security-group-rule-duplicate", Service: "ec2",
		Source: "EC2 API error codes, InvalidPermission.Duplicate",
		Text:   "InvalidPermission.Duplicate: the specified rule \"peer: %s, %s, ALLOW\" already exists",
	})
	ruleSGQuota = rule.Register(rule.Rule{
		Name: "ec2.security-group-quota", Service: "ec2",
		Source: "VPC quotas (facts, quotas: 2,500 security groups per region); EC2 API error codes, SecurityGroupLimitExceeded, worded as in public issues",
		Text:   "SecurityGroupLimitExceeded: The maximum number of security groups for VPC '%s' has been reached.",
	})
	ruleSGRuleQuota = rule.Register(rule.Rule{
		Name: "ec2.security-group-rule-quota", Service: "ec2",
		Source: "VPC quotas (facts, quotas: 60 rules each way); EC2 API error codes, RulesPerSecurityGroupLimitExceeded",
		Text:   "RulesPerSecurityGroupLimitExceeded: The maximum number of rules per security group has been reached.",
	})
	ruleSGRuleCIDR = rule.Register(rule.Rule{
		Name: "ec2.security-group-rule-cidr", Service: "ec2",
		Source: "EC2 AuthorizeSecurityGroupIngress; EC2 API error codes, InvalidParameterValue",
		Text:   "InvalidParameterValue: CIDR block %s is malformed",
	})
	ruleSGRulePorts = rule.Register(rule.Rule{
		Name: "ec2.security-group-rule-ports", Service: "ec2",
		Source: "EC2 AuthorizeSecurityGroupIngress; EC2 API error codes, InvalidParameterValue",
		Text:   "InvalidParameterValue: Invalid TCP port range (%d-%d)",
	})
	ruleSGRuleSource = rule.Register(rule.Rule{
		Name: "ec2.security-group-rule-one-peer", Service: "ec2",
		Source: "terraform-provider-aws internal/service/ec2/vpc_security_group_ingress_rule.go, ConfigValidators",
		Text:   "Invalid Attribute Combination. Exactly one of these attributes must be configured: [cidr_ipv4,cidr_ipv6,prefix_list_id,referenced_security_group_id]",
	})
)

var _ = register(typeSG, &kind{
	service: "EC2", noun: "Security Group", id: "sg-", arn: "arn:aws:ec2:{region}:{account}:security-group/{id}",
	check: func(c *call, in map[string]any) []schema.Failure {
		name := str(in, "name")
		switch {
		case !c.on(ruleSGName):
		case strings.HasPrefix(name, "sg-"):
			return []schema.Failure{{Path: "name", Reason: ruleSGName.Errorf("cannot begin with sg-").Error()}}
		case len(name) > 255:
			return []schema.Failure{{Path: "name", Reason: ruleSGName.Errorf("at most 255 characters").Error()}}
		}
		return nil
	},
	create: func(c *call) error {
		const action = "CreateSecurityGroup"
		if id := c.attr("vpcId"); id != "" {
			if _, err := c.needVPC(action, id); err != nil {
				return err
			}
		}
		for _, o := range c.find(typeSG, where("vpcId", c.attr("vpcId"))) {
			if o.Name == c.attr("name") && c.on(ruleSGTaken) {
				return c.refuse(action, ruleSGTaken, c.attr("name"), c.attr("vpcId"))
			}
		}
		if len(c.find(typeSG, nil)) >= c.quota(facts.QuotaSecurityGroups) && c.on(ruleSGQuota) {
			return c.refuse(action, ruleSGQuota, c.attr("vpcId"))
		}
		c.set("ownerId", c.account())
		c.setDefault("egress", []any{})
		c.setDefault("ingress", []any{})
		c.setDefault("namePrefix", "")
		return nil
	},
	remove: func(c *call) error {
		if c.sgInUse(c.obj.ID, boolean(c.obj.Attrs, "revokeRulesOnDelete")) && c.on(ruleSGInUse) {
			return c.refuse("DeleteSecurityGroup", ruleSGInUse, c.obj.ID)
		}
		return nil
	},
})

// Adopting the default group of a VPC: the object is AWS's, the id its own.
var _ = register(typeDefaultSG, &kind{
	namesClash: true, service: "EC2", noun: "Default Security Group", arn: "arn:aws:ec2:{region}:{account}:security-group/{id}",
	makeID: func(c *call) string {
		for _, o := range c.find(hiddenSG, where("vpcId", str(c.in, "vpcId"))) {
			if o.Name == "default" {
				return o.ID
			}
		}
		return c.newID("sg-", 17)
	},
	create: func(c *call) error {
		if _, ok := c.get(typeVPC, c.attr("vpcId")); !ok && c.on(ruleDefaultSG) {
			return ruleDefaultSG.Errorf()
		}
		c.set("name", "default")
		c.set("description", "default VPC security group")
		c.set("ownerId", c.account())
		c.setDefault("egress", []any{})
		c.setDefault("ingress", []any{})
		return nil
	},
})

// securityGroup finds a group whoever made it.
func (c *call) securityGroup(id string) (*world.Object, bool) {
	for _, k := range []string{typeSG, hiddenSG, typeDefaultSG} {
		if o, ok := c.get(k, id); ok {
			return o, true
		}
	}
	return nil, false
}

// needGroups answers for the first group that does not exist.
func (c *call) needGroups(action string, ids []string) error {
	for _, id := range ids {
		if _, ok := c.securityGroup(id); !ok && c.on(ruleSGExists) {
			return c.refuse(action, ruleSGExists, id)
		}
	}
	return nil
}

// sgInUse: an interface carries the group, or a rule of another group names it.
func (c *call) sgInUse(id string, revoke bool) bool {
	for _, k := range []string{hiddenENI, "aws:ec2/networkInterface:NetworkInterface"} {
		for _, o := range c.find(k, nil) {
			for _, g := range strs(o.Attrs, "securityGroups") {
				if g == id {
					return true
				}
			}
		}
	}
	for _, k := range []string{typeIngress, typeEgress, typeSGRule} {
		for _, o := range c.find(k, nil) {
			peer := str(o.Attrs, "referencedSecurityGroupId") + str(o.Attrs, "sourceSecurityGroupId")
			if peer == id && str(o.Attrs, "securityGroupId") != id && !revoke {
				return true
			}
		}
	}
	return false
}

// permission is one rule of a group, however it was written.
type permission struct {
	group, direction, peer, protocol string
	from, to                         int
}

func (p permission) ports() string {
	if p.protocol == "-1" {
		return "ALL"
	}
	return fmt.Sprintf("%s, from port: %d, to port: %d", strings.ToUpper(p.protocol), p.from, p.to)
}

// permissions of one rule object: the legacy type has several peers.
func permissions(o *world.Object) []permission {
	base := permission{
		group: str(o.Attrs, "securityGroupId"), protocol: str(o.Attrs, "ipProtocol") + str(o.Attrs, "protocol"),
		from: num(o.Attrs, "fromPort"), to: num(o.Attrs, "toPort"), direction: "ingress",
	}
	if base.protocol == "all" {
		base.protocol = "-1"
	}
	if o.Kind == typeEgress || str(o.Attrs, "type") == "egress" {
		base.direction = "egress"
	}
	if base.protocol == "-1" {
		base.from, base.to = 0, 0
	}
	var peers []string
	for _, k := range []string{"cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId", "sourceSecurityGroupId"} {
		if s := str(o.Attrs, k); s != "" {
			peers = append(peers, s)
		}
	}
	for _, k := range []string{"cidrBlocks", "ipv6CidrBlocks", "prefixListIds"} {
		peers = append(peers, strs(o.Attrs, k)...)
	}
	if boolean(o.Attrs, "self") {
		peers = append(peers, base.group)
	}
	out := make([]permission, len(peers))
	for i, p := range peers {
		out[i] = base
		out[i].peer = p
	}
	return out
}

func (c *call) groupPermissions(group string) []permission {
	var out []permission
	for _, k := range []string{typeIngress, typeEgress, typeSGRule} {
		for _, o := range c.find(k, where("securityGroupId", group)) {
			if o.ID != c.obj.ID {
				out = append(out, permissions(o)...)
			}
		}
	}
	return out
}

// authorize is what EC2 checks before it adds a rule.
func (c *call) authorize() error {
	action := "AuthorizeSecurityGroupIngress"
	fresh := permissions(c.obj)
	if len(fresh) > 0 && fresh[0].direction == "egress" {
		action = "AuthorizeSecurityGroupEgress"
	}
	if err := c.needGroups(action, []string{c.attr("securityGroupId")}); err != nil {
		return err
	}
	have := c.groupPermissions(c.attr("securityGroupId"))
	count := 0
	for _, p := range fresh {
		if err := c.authorizeOne(action, p); err != nil {
			return err
		}
		count = 0
		for _, h := range have {
			if h == p && c.on(ruleSGRuleTaken) {
				return c.refuse(action, ruleSGRuleTaken, p.peer, p.ports())
			}
			if h.direction == p.direction {
				count++
			}
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	return c.limit(ruleSGRuleQuota, action, count+len(fresh)-1, facts.QuotaSecurityGroupRule)
}

func (c *call) authorizeOne(action string, p permission) error {
	if strings.HasPrefix(p.peer, "sg-") {
		return c.needGroups(action, []string{p.peer})
	}
	if strings.Contains(p.peer, "/") {
		if block, err := netip.ParsePrefix(p.peer); (err != nil || block.Masked() != block) && c.on(ruleSGRuleCIDR) {
			return c.refuse(action, ruleSGRuleCIDR, p.peer)
		}
	}
	bad := (p.protocol == "tcp" || p.protocol == "udp") && (p.from > p.to || p.from < 0 || p.to > 65535)
	if bad && c.on(ruleSGRulePorts) {
		return c.refuse(action, ruleSGRulePorts, p.from, p.to)
	}
	return nil
}

func standaloneRule(noun string) *kind {
	return &kind{
		service: "EC2", noun: noun, id: "sgr-", arn: "arn:aws:ec2:{region}:{account}:security-group-rule/{id}",
		check: func(c *call, in map[string]any) []schema.Failure {
			n := 0
			for _, k := range []string{"cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"} {
				if has(in, k) {
					n++
				}
			}
			if n != 1 && c.on(ruleSGRuleSource) {
				return []schema.Failure{{Path: "cidrIpv4", Reason: ruleSGRuleSource.Text}}
			}
			return nil
		},
		create: func(c *call) error {
			c.set("securityGroupRuleId", c.obj.ID)
			return c.authorize()
		},
		update: func(c *call) error { return c.authorize() },
	}
}

var (
	_ = register(typeIngress, standaloneRule("Security Group Ingress Rule"))
	_ = register(typeEgress, standaloneRule("Security Group Egress Rule"))
	_ = register(typeSGRule, &kind{
		service: "EC2", noun: "Security Group Rule", id: "sgrule-", hex: 10,
		create: func(c *call) error {
			c.set("securityGroupRuleId", c.newID("sgr-", 17))
			return c.authorize()
		},
	})
)

func getSecurityGroup(c *call) (map[string]any, error) {
	var all []*world.Object
	for _, k := range []string{typeSG, hiddenSG} {
		all = append(all, c.find(k, func(o *world.Object) bool {
			return (!has(c.in, "id") || o.ID == str(c.in, "id")) && (!has(c.in, "name") || o.Name == str(c.in, "name")) &&
				(!has(c.in, "vpcId") || str(o.Attrs, "vpcId") == str(c.in, "vpcId"))
		})...)
	}
	g, err := one(c.filtered(all, map[string]string{"vpc-id": "vpcId", "group-name": "name"}), "EC2 Security Group")
	if err != nil {
		return nil, err
	}
	return visible(g), nil
}
