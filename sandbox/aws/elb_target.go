package aws

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/schema"
)

const (
	typeTargetGroup      = "aws:lb/targetGroup:TargetGroup"
	typeTargetAttachment = "aws:lb/targetGroupAttachment:TargetGroupAttachment"
)

var (
	ruleTGTaken = rule.Register(rule.Rule{
		Name: "elb.target-group-exists", Service: "elb",
		Source: "terraform-provider-aws internal/service/elbv2/target_group.go, resourceTargetGroupCreate: looks for the name first",
		Text:   "ELBv2 Target Group (%s) already exists",
	})
	ruleTGMissing = rule.Register(rule.Rule{
		Name: "elb.target-group-missing", Service: "elb",
		Source: "ELB API, TargetGroupNotFound, as quoted in public issues",
		Text:   "TargetGroupNotFound: Target groups '%s' not found",
	})
	ruleTGNeeds = rule.Register(rule.Rule{
		Name: "elb.target-group-needs", Service: "elb",
		Source: "terraform-provider-aws internal/service/elbv2/target_group.go, customizeDiffTargetGroupTargetTypeNotLambda",
		Text:   "Attribute %q must be specified when %q is %q.",
	})
	ruleTGMatcher = rule.Register(rule.Rule{
		Name: "elb.tcp-health-check", Service: "elb",
		Source: "terraform-provider-aws internal/service/elbv2/target_group.go, customizeDiffTargetGroupTargetTypeNotLambda",
		Text:   "Attribute %q cannot be specified when %q is \"TCP\".",
	})
	ruleTGProtocol = rule.Register(rule.Rule{
		Name: "elb.target-group-protocol", Service: "elb",
		Source: "ELB API, CreateTargetGroup, Protocol: the values of the service model; terraform-plugin-sdk, StringInSlice",
		Text:   "expected protocol to be one of [GENEVE HTTP HTTPS QUIC TCP TCP_QUIC TCP_UDP TLS UDP], got %s",
	})
	ruleTGDelay = rule.Register(rule.Rule{
		Name: "elb.deregistration-delay", Service: "elb",
		Source: "ELB API, TargetGroupAttribute, deregistration_delay.timeout_seconds: 0 to 3,600; terraform-plugin-sdk, IntBetween",
		Text:   "expected deregistration_delay to be in the range (0 - 3600), got %d",
	})
	ruleTGTimeout = rule.Register(rule.Rule{
		Name: "elb.health-check-timeout", Service: "elb",
		Source: "ELB API, CreateTargetGroup, HealthCheckTimeoutSeconds; ValidationError, wording not seen",
		Text:   "ValidationError: Health check timeout '%d' must be smaller than or equal to the interval '%d'",
	})
	ruleTGInUse = rule.Register(rule.Rule{
		Name: "elb.target-group-in-use", Service: "elb",
		Source: "ELB API, DeleteTargetGroup, ResourceInUse; facts, providers E7",
		Text:   "ResourceInUse: Target group '%s' is currently in use by a listener or a rule",
	})
	ruleTGQuota = rule.Register(rule.Rule{
		Name: "elb.target-group-quota", Service: "elb",
		Source: "ELB quotas (facts, quotas: 3,000 per region); ELB API, TooManyTargetGroups, wording not seen",
		Text:   "TooManyTargetGroups: The maximum number of target groups has been reached",
	})
)

var targetProtocols = []string{"GENEVE", "HTTP", "HTTPS", "QUIC", "TCP", "TCP_QUIC", "TCP_UDP", "TLS", "UDP"}

var _ = register(typeTargetGroup, &kind{
	service: "ELBv2", sdk: serviceELB, noun: "Target Group", namesClash: true,
	makeID: func(c *call) string {
		return c.elbARN("targetgroup/" + str(c.in, "name") + "/" + c.newID("", 16))
	},
	check: checkTargetGroup, create: createTargetGroup,
	update: func(c *call) error { return c.healthCheck("ModifyTargetGroup") },
	remove: func(c *call) error {
		if c.groupUser(c.obj.ID) != "" && c.on(ruleTGInUse) {
			return c.refuse("DeleteTargetGroup", ruleTGInUse, c.obj.ID)
		}
		return nil
	},
})

func checkTargetGroup(c *call, in map[string]any) []schema.Failure {
	out := c.nameFailures(in)
	add := func(path string, r *rule.Rule, args ...any) {
		if c.on(r) {
			out = append(out, schema.Failure{Path: path, Reason: r.Errorf(args...).Error()})
		}
	}
	kind := str(in, "targetType")
	if kind != "lambda" {
		for _, k := range []string{"port", "protocol", "vpcId"} {
			if !has(in, k) {
				if kind == "" {
					kind = "instance"
				}
				add(k, ruleTGNeeds, map[string]string{"vpcId": "vpc_id"}[k]+strings.TrimPrefix(k, "vpcId"), "target_type", kind)
			}
		}
	}
	if p := str(in, "protocol"); p != "" && !slices.Contains(targetProtocols, p) {
		add("protocol", ruleTGProtocol, p)
	}
	if n := num(in, "deregistrationDelay"); n < 0 || n > 3600 {
		add("deregistrationDelay", ruleTGDelay, n)
	}
	check := dict(in, "healthCheck")
	if str(check, "protocol") == "TCP" {
		for _, k := range []string{"path", "matcher"} {
			if str(check, k) != "" {
				add("healthCheck."+k, ruleTGMatcher, "health_check."+k, "health_check.protocol")
			}
		}
	}
	return out
}

func createTargetGroup(c *call) error {
	const action = "CreateTargetGroup"
	name := c.attr("name")
	all := c.find(typeTargetGroup, nil)
	for _, o := range all {
		if str(o.Attrs, "name") == name && c.on(ruleTGTaken) {
			return ruleTGTaken.Errorf(name)
		}
	}
	if err := c.limit(ruleTGQuota, action, len(all), facts.QuotaTargetGroups); err != nil {
		return err
	}
	if vpc := c.attr("vpcId"); vpc != "" {
		if _, err := c.needVPC(action, vpc); err != nil {
			return err
		}
	}
	c.set("arn", c.obj.ID)
	c.set("arnSuffix", c.obj.ID[strings.Index(c.obj.ID, "targetgroup/"):])
	c.set("loadBalancerArns", []string{})
	http := strings.HasPrefix(c.attr("protocol"), "HTTP")
	for k, v := range map[string]any{"namePrefix": "", "targetType": "instance", "ipAddressType": "ipv4", "deregistrationDelay": 300,
		"connectionTermination": false, "loadBalancingCrossZoneEnabled": "use_load_balancer_configuration", "proxyProtocolV2": false} {
		c.setDefault(k, v)
	}
	if http {
		c.setDefault("protocolVersion", "HTTP1")
		c.setDefault("loadBalancingAlgorithmType", "round_robin")
		c.setDefault("loadBalancingAnomalyMitigation", "off")
		c.setDefault("preserveClientIp", "")
	} else {
		c.setDefault("preserveClientIp", fmt.Sprint(c.attr("targetType") == "instance"))
	}
	return c.healthCheck(action)
}

// healthCheck checks the numbers and fills what AWS decides.
// Source: ELB API, CreateTargetGroup, defaults, read 2026-11.
func (c *call) healthCheck(action string) error {
	check := dict(c.obj.Attrs, "healthCheck")
	if check == nil {
		check = map[string]any{}
	}
	protocol := "HTTP"
	if !strings.HasPrefix(c.attr("protocol"), "HTTP") {
		protocol = "TCP"
	}
	if p := str(check, "protocol"); p != "" {
		protocol = p
	}
	defaults := map[string]any{"enabled": true, "protocol": protocol, "port": "traffic-port", "interval": 30., "healthyThreshold": 5., "unhealthyThreshold": 2., "timeout": 5.}
	if protocol == "TCP" {
		defaults["timeout"] = 10.
	} else {
		defaults["path"], defaults["matcher"] = "/", "200"
	}
	for k, v := range defaults {
		if !has(check, k) {
			check[k] = v
		}
	}
	if t, i := num(check, "timeout"), num(check, "interval"); t > i && c.on(ruleTGTimeout) {
		return c.refuse(action, ruleTGTimeout, t, i)
	}
	c.set("healthCheck", check)
	return nil
}

// groupsOf are the target groups that actions forward to, each once.
func groupsOf(actions []map[string]any) []string {
	var out []string
	for _, a := range actions {
		all := []string{str(a, "targetGroupArn")}
		for _, g := range dicts(dict(a, "forward"), "targetGroups") {
			all = append(all, str(g, "arn"))
		}
		for _, arn := range all {
			if arn != "" && !slices.Contains(out, arn) {
				out = append(out, arn)
			}
		}
	}
	return out
}

// groupUser is a listener or rule that forwards to a group, or "".
func (c *call) groupUser(group string) string {
	for _, l := range c.find(typeListener, nil) {
		if slices.Contains(groupsOf(dicts(l.Attrs, "defaultActions")), group) {
			return l.ID
		}
	}
	for _, r := range c.find(typeListenerRule, nil) {
		if slices.Contains(groupsOf(dicts(r.Attrs, "actions")), group) {
			return r.ID
		}
	}
	return ""
}

// balancersOf are the load balancers whose listeners or rules forward to a group.
func (c *call) balancersOf(group string) []string {
	var out []string
	add := func(listener string) {
		if l, ok := c.get(typeListener, listener); ok && !slices.Contains(out, str(l.Attrs, "loadBalancerArn")) {
			out = append(out, str(l.Attrs, "loadBalancerArn"))
		}
	}
	for _, l := range c.find(typeListener, nil) {
		if slices.Contains(groupsOf(dicts(l.Attrs, "defaultActions")), group) {
			add(l.ID)
		}
	}
	for _, r := range c.find(typeListenerRule, nil) {
		if slices.Contains(groupsOf(dicts(r.Attrs, "actions")), group) {
			add(str(r.Attrs, "listenerArn"))
		}
	}
	return out
}

var _ = register(typeTargetAttachment, &kind{
	service: "ELBv2", sdk: serviceELB, noun: "Target Group Attachment",
	makeID: func(c *call) string { return str(c.in, "targetGroupArn") + "-" + c.newID("", 20) },
	create: func(c *call) error {
		if _, ok := c.get(typeTargetGroup, c.attr("targetGroupArn")); !ok && c.on(ruleTGMissing) {
			return c.refuse("RegisterTargets", ruleTGMissing, c.attr("targetGroupArn"))
		}
		return nil
	},
})
