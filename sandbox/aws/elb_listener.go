package aws

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/schema"
	"github.com/ladder-platform/ladder/sandbox/world"
)

const (
	typeListener     = "aws:lb/listener:Listener"
	typeListenerRule = "aws:lb/listenerRule:ListenerRule"
	typeListenerCert = "aws:lb/listenerCertificate:ListenerCertificate"
)

var (
	ruleListenerTaken = rule.Register(rule.Rule{
		Name: "elb.listener-port", Service: "elb",
		Source: "ELB API, CreateListener, DuplicateListener, as quoted in public issues",
		Text:   "DuplicateListener: A listener already exists on this port for this load balancer '%s'",
	})
	ruleListenerMissing = rule.Register(rule.Rule{
		Name: "elb.listener-missing", Service: "elb",
		Source: "ELB API, ListenerNotFound, as quoted in public issues",
		Text:   "ListenerNotFound: One or more listeners not found",
	})
	ruleListenerProtocol = rule.Register(rule.Rule{
		Name: "elb.listener-protocol", Service: "elb",
		Source: "ELB API, CreateListener, Protocol: ALB HTTP and HTTPS; NLB TCP, TLS, UDP, TCP_UDP; ValidationError, wording not seen",
		Text:   "ValidationError: Protocol '%s' is not supported by load balancers of type '%s'",
	})
	ruleListenerGroups = rule.Register(rule.Rule{
		Name: "elb.protocols-match", Service: "elb",
		Source: "ELB API, CreateListener, IncompatibleProtocols; wording not seen",
		Text:   "IncompatibleProtocols: The protocol %s of the target group does not fit the protocol %s of the listener",
	})
	ruleListenerCert = rule.Register(rule.Rule{
		Name: "elb.certificate-needed", Service: "elb",
		Source: "ELB API, CreateListener, ValidationError, as quoted in public issues",
		Text:   "ValidationError: A certificate must be specified for %s listeners",
	})
	ruleListenerPolicy = rule.Register(rule.Rule{
		Name: "elb.tls-policy", Service: "elb",
		Source: "ELB API, SSLPolicyNotFound; ALB user guide, security policies (names as of 2026-11)",
		Text:   "SSLPolicyNotFound: SSL policy '%s' not found",
	})
	ruleCertRegion = rule.Register(rule.Rule{
		Name: "elb.certificate-region", Service: "elb",
		Source: "ALB user guide, SSL certificates: of the same region; ValidationError as quoted in public issues",
		Text:   "ValidationError: Certificate ARN '%s' is not valid",
	})
	ruleCertMissing = rule.Register(rule.Rule{
		Name: "elb.certificate-exists", Service: "elb",
		Source: "ELB API, CertificateNotFound, as quoted in public issues",
		Text:   "CertificateNotFound: Certificate '%s' not found",
	})
	ruleCertIssued = rule.Register(rule.Rule{
		Name: "elb.certificate-issued", Service: "elb",
		Source: "ELB API, UnsupportedCertificate: what a pending certificate gets, as quoted in public issues",
		Text:   "UnsupportedCertificate: The certificate '%s' must have a fully-qualified domain name, a supported signature, and a supported key size.",
	})
	ruleOneBalancer = rule.Register(rule.Rule{
		Name: "elb.target-group-one-balancer", Service: "elb",
		Source: "ELB API, TargetGroupAssociationLimit, as quoted in public issues",
		Text:   "TargetGroupAssociationLimit: The following target groups cannot be associated with more than one load balancer: %s",
	})
	ruleWeight = rule.Register(rule.Rule{
		Name: "elb.weight", Service: "elb",
		Source: "ELB API, TargetGroupTuple, Weight: 0 to 999; terraform-plugin-sdk, IntBetween",
		Text:   "expected weight to be in the range (0 - 999), got %d",
	})
	ruleActionGroups = rule.Register(rule.Rule{
		Name: "elb.groups-per-action-quota", Service: "elb",
		Source: "ELB quotas (facts, quotas: 5 per action); ELB API, TooManyTargetGroups, wording not seen",
		Text:   "TooManyTargetGroups: The maximum number of target groups per action has been reached",
	})
	ruleBalancerGroups = rule.Register(rule.Rule{
		Name: "elb.groups-per-balancer-quota", Service: "elb",
		Source: "ELB quotas (facts, quotas: 100 per ALB); ELB API, TooManyUniqueTargetGroupsPerLoadBalancer, wording not seen",
		Text:   "TooManyUniqueTargetGroupsPerLoadBalancer: The maximum number of unique target groups on the load balancer has been reached",
	})
	ruleListenerQuota = rule.Register(rule.Rule{
		Name: "elb.listener-quota", Service: "elb",
		Source: "ELB quotas (facts, quotas: 50 per load balancer); ELB API, TooManyListeners, wording as of TooManyRules",
		Text:   "TooManyListeners: The maximum number of listeners on the load balancer has been reached",
	})
	ruleRuleQuota = rule.Register(rule.Rule{
		Name: "elb.rule-quota", Service: "elb",
		Source: "ELB quotas (facts, quotas: 100 per ALB); ELB API, TooManyRules, as quoted in aws-load-balancer-controller issue 1856",
		Text:   "TooManyRules: The maximum number of rules on load balancer has been reached",
	})
	ruleCertQuota = rule.Register(rule.Rule{
		Name: "elb.certificate-quota", Service: "elb",
		Source: "ELB quotas (facts, quotas: 25 per ALB, defaults not counted); ELB API, TooManyCertificates, wording as of TooManyRules",
		Text:   "TooManyCertificates: The maximum number of certificates on the load balancer has been reached",
	})
	rulePriority = rule.Register(rule.Rule{
		Name: "elb.rule-priority", Service: "elb",
		Source: "ELB API, CreateRule, PriorityInUse, as quoted in public issues",
		Text:   "PriorityInUse: Priority '%d' is currently in use",
	})
	ruleConditionValues = rule.Register(rule.Rule{
		Name: "elb.condition-values", Service: "elb",
		Source: "ALB quotas, condition values per rule: 5; ValidationError as quoted in public issues",
		Text:   "ValidationError: A rule can only have '%d' condition values",
	})
	ruleRulesALB = rule.Register(rule.Rule{
		Name: "elb.rules-of-albs", Service: "elb",
		Source: "ELB API, CreateRule: the listener must be associated with an Application Load Balancer; wording not seen",
		Text:   "UnsupportedOperation: Rules are supported by listeners of application load balancers only",
	})
)

// conditionValues of one rule. Source: ALB quotas, read 2026-11.
const conditionValues = 5

var lbProtocols = map[string][]string{albKind: {"HTTP", "HTTPS"}, nlbKind: {"TCP", "TLS", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC"}}

var _ = register(typeListener, &kind{
	service: "ELBv2", sdk: serviceELB, noun: "Listener", namesClash: true,
	makeID: func(c *call) string {
		return strings.Replace(str(c.in, "loadBalancerArn"), ":loadbalancer/", ":listener/", 1) + "/" + c.newID("", 16)
	},
	check:  func(c *call, in map[string]any) []schema.Failure { return c.weights("defaultActions", in) },
	create: func(c *call) error { return c.putListener("CreateListener") },
	update: func(c *call) error { return c.putListener("ModifyListener") },
	remove: func(c *call) error { c.dropListener(c.obj); return nil },
})

// dropListener takes its rules and certificates with it, as ELB does.
func (c *call) dropListener(l *world.Object) {
	for _, k := range []string{typeListenerRule, typeListenerCert} {
		for _, o := range c.find(k, where("listenerArn", l.ID)) {
			c.tx.Delete(o.Key())
		}
	}
	c.tx.Delete(l.Key())
}

func (c *call) weights(key string, in map[string]any) []schema.Failure {
	var out []schema.Failure
	for i, a := range dicts(in, key) {
		for j, g := range dicts(dict(a, "forward"), "targetGroups") {
			if w := num(g, "weight"); (w < 0 || w > 999) && c.on(ruleWeight) {
				out = append(out, schema.Failure{Path: fmt.Sprintf("%s[%d].forward.targetGroups[%d].weight", key, i, j), Reason: ruleWeight.Errorf(w).Error()})
			}
		}
	}
	return out
}

func (c *call) putListener(action string) error {
	lb, ok := c.get(typeLB, c.attr("loadBalancerArn"))
	if !ok {
		if c.on(ruleLBMissing) {
			return c.refuse(action, ruleLBMissing)
		}
		lb = &world.Object{ID: c.attr("loadBalancerArn"), Attrs: map[string]any{}}
	}
	kind := albKind
	if str(lb.Attrs, "loadBalancerType") == nlbKind {
		kind = nlbKind
	}
	if err := c.listenerPort(action, lb, kind); err != nil {
		return err
	}
	if err := c.listenerTLS(action); err != nil {
		return err
	}
	if err := c.actions(action, lb, kind, dicts(c.obj.Attrs, "defaultActions")); err != nil {
		return err
	}
	c.set("arn", c.obj.ID)
	c.set("defaultActions", ordered(c.obj.Attrs, "defaultActions"))
	if kind == nlbKind {
		c.setDefault("tcpIdleTimeoutSeconds", 350)
	}
	return nil
}

// ordered gives every action its place, as the service does.
func ordered(attrs map[string]any, key string) []any {
	var out []any
	for i, a := range dicts(attrs, key) {
		if !has(a, "order") {
			a["order"] = float64(i + 1)
		}
		out = append(out, a)
	}
	return out
}

func (c *call) listenerPort(action string, lb *world.Object, kind string) error {
	others := c.find(typeListener, func(o *world.Object) bool { return str(o.Attrs, "loadBalancerArn") == lb.ID && o.ID != c.obj.ID })
	for _, o := range others {
		if num(o.Attrs, "port") == num(c.obj.Attrs, "port") && c.on(ruleListenerTaken) {
			return c.refuse(action, ruleListenerTaken, lb.ID)
		}
	}
	if err := c.limit(ruleListenerQuota, action, len(others), facts.QuotaListeners); err != nil {
		return err
	}
	if kind == albKind {
		c.setDefault("protocol", "HTTP")
	}
	if !slices.Contains(lbProtocols[kind], c.attr("protocol")) && c.on(ruleListenerProtocol) {
		return c.refuse(action, ruleListenerProtocol, c.attr("protocol"), kind)
	}
	return nil
}

func (c *call) listenerTLS(action string) error {
	protocol := c.attr("protocol")
	if protocol != "HTTPS" && protocol != "TLS" {
		c.setDefault("sslPolicy", "")
		return nil
	}
	c.setDefault("sslPolicy", "ELBSecurityPolicy-2016-08")
	if p := c.attr("sslPolicy"); !slices.Contains(tlsPolicies, p) && c.on(ruleListenerPolicy) {
		return c.refuse(action, ruleListenerPolicy, p)
	}
	if protocol == "HTTPS" {
		c.setDefault("mutualAuthentication", map[string]any{"mode": "off", "trustStoreArn": "", "ignoreClientCertificateExpiry": false, "advertiseTrustStoreCaNames": ""})
	}
	if c.attr("certificateArn") == "" {
		if c.on(ruleListenerCert) {
			return c.refuse(action, ruleListenerCert, protocol)
		}
		return nil
	}
	return c.certificateUsable(action, c.attr("certificateArn"))
}

// tlsPolicies: ALB user guide, security policies, read 2026-11; the names of
// the post-quantum family from its announcement of 2025-11.
var tlsPolicies = []string{
	"ELBSecurityPolicy-2016-08", "ELBSecurityPolicy-TLS-1-1-2017-01", "ELBSecurityPolicy-TLS-1-2-2017-01", "ELBSecurityPolicy-TLS-1-2-Ext-2018-06",
	"ELBSecurityPolicy-FS-2018-06", "ELBSecurityPolicy-FS-1-2-2019-08", "ELBSecurityPolicy-FS-1-2-Res-2019-08", "ELBSecurityPolicy-FS-1-2-Res-2020-10",
	"ELBSecurityPolicy-TLS13-1-3-2021-06", "ELBSecurityPolicy-TLS13-1-2-2021-06", "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
	"ELBSecurityPolicy-TLS13-1-2-Ext1-2021-06", "ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06", "ELBSecurityPolicy-TLS13-1-1-2021-06", "ELBSecurityPolicy-TLS13-1-0-2021-06",
	"ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04", "ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04", "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04",
	"ELBSecurityPolicy-TLS13-1-3-PQ-2025-09", "ELBSecurityPolicy-TLS13-1-2-PQ-2025-09", "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
}

// certificateUsable: ACM's, of this region, and issued.
func (c *call) certificateUsable(action, arn string) error {
	parts := strings.Split(arn, ":")
	if len(parts) > 3 && parts[2] == "iam" {
		return nil // server certificates of IAM are not modelled
	}
	if (len(parts) < 6 || parts[2] != "acm" || parts[3] != c.region()) && c.on(ruleCertRegion) {
		return c.refuse(action, ruleCertRegion, arn)
	}
	cert, ok := c.get(typeCertificate, arn)
	switch {
	case !ok && c.on(ruleCertMissing):
		return c.refuse(action, ruleCertMissing, arn)
	case ok && cert.State != certIssued && str(cert.Attrs, "status") != certIssued && c.on(ruleCertIssued):
		return c.refuse(action, ruleCertIssued, arn)
	}
	return nil
}

// actions checks what a listener or rule forwards to.
func (c *call) actions(action string, lb *world.Object, kind string, actions []map[string]any) error {
	groups := groupsOf(actions)
	for _, a := range actions {
		if n := len(dicts(dict(a, "forward"), "targetGroups")); n > c.quota(facts.QuotaActionGroups) && c.on(ruleActionGroups) {
			return c.refuse(action, ruleActionGroups)
		}
	}
	for _, arn := range groups {
		g, ok := c.get(typeTargetGroup, arn)
		if !ok {
			if c.on(ruleTGMissing) {
				return c.refuse(action, ruleTGMissing, arn)
			}
			continue
		}
		if !compatible(kind, str(g.Attrs, "protocol")) && c.on(ruleListenerGroups) {
			return c.refuse(action, ruleListenerGroups, str(g.Attrs, "protocol"), c.attr("protocol"))
		}
		others := slices.DeleteFunc(c.balancersOf(arn), func(id string) bool { return id == lb.ID })
		if len(others) > 0 && c.on(ruleOneBalancer) {
			return c.refuse(action, ruleOneBalancer, arn)
		}
	}
	return c.balancerGroups(action, lb, groups)
}

func (c *call) balancerGroups(action string, lb *world.Object, fresh []string) error {
	var have []string
	for _, g := range c.find(typeTargetGroup, nil) {
		if slices.Contains(c.balancersOf(g.ID), lb.ID) && !slices.Contains(fresh, g.ID) {
			have = append(have, g.ID)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	return c.limit(ruleBalancerGroups, action, len(have)+len(fresh)-1, facts.QuotaBalancerGroups)
}

// compatible: an ALB talks HTTP to its targets, an NLB does not.
func compatible(kind, protocol string) bool {
	return (kind == albKind) == strings.HasPrefix(protocol, "HTTP")
}
