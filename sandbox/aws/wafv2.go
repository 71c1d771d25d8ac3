package aws

import (
	"regexp"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/schema"
	"github.com/ladder-platform/ladder/sandbox/world"
)

const (
	typeWebACL         = "aws:wafv2/webAcl:WebAcl"
	typeIPSet          = "aws:wafv2/ipSet:IpSet"
	typeACLAssociation = "aws:wafv2/webAclAssociation:WebAclAssociation"
	typeACLLogging     = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"

	// maxWCU of a web ACL. Source: WAF quotas: 5,000, of which 1,500 are in the
	// base price; read 2026-11.
	maxWCU = 5000
)

var (
	ruleWAFName = rule.Register(rule.Rule{
		Name: "waf.name", Service: "wafv2",
		Source: "WAF API, EntityName; terraform-provider-aws internal/service/wafv2/web_acl.go",
		Text:   "invalid value for name (must contain only alphanumeric, hyphen, and underscore characters)",
	})
	ruleWAFTaken = rule.Register(rule.Rule{
		Name: "waf.exists", Service: "wafv2",
		Source: "WAF API, WAFDuplicateItemException",
		Text:   "WAFDuplicateItemException: AWS WAF couldn’t perform the operation because some resource in your request is a duplicate of an existing one.",
	})
	ruleWAFMissing = rule.Register(rule.Rule{
		Name: "waf.missing", Service: "wafv2",
		Source: "WAF API, WAFNonexistentItemException",
		Text:   "WAFNonexistentItemException: AWS WAF couldn’t perform the operation because your resource doesn’t exist.",
	})
	ruleWAFInUse = rule.Register(rule.Rule{
		Name: "waf.in-use", Service: "wafv2",
		Source: "WAF API, WAFAssociatedItemException; facts, providers E7",
		Text:   "WAFAssociatedItemException: AWS WAF couldn’t perform the operation because your resource is being used by another resource or it’s associated with another resource.",
	})
	ruleWAFCapacity = rule.Register(rule.Rule{
		Name: "waf.capacity", Service: "wafv2",
		Source: "WAF quotas, 5,000 WCU per web ACL; WAF API, WAFLimitsExceededException",
		Text:   "WAFLimitsExceededException: AWS WAF couldn’t perform the operation because you exceeded your resource limit.",
	})
	ruleWAFAction = rule.Register(rule.Rule{
		Name: "waf.rule-action", Service: "wafv2",
		Source: "WAF API, Rule: a group has OverrideAction, any other Action; WAFInvalidParameterException as quoted in terraform-provider-aws issue 29321",
		Text:   "WAFInvalidParameterException: Error reason: You have used none or multiple values for a field that requires exactly one value., field: RULE, parameter: %s",
	})
	ruleWAFPriority = rule.Register(rule.Rule{
		Name: "waf.rule-priority", Service: "wafv2",
		Source: "WAF API, Rule, Priority: each once; WAFInvalidParameterException, wording not seen",
		Text:   "WAFInvalidParameterException: Error reason: The priority is used more than once., field: RULE, parameter: %d",
	})
	ruleWAFGroup = rule.Register(rule.Rule{
		Name: "waf.managed-group", Service: "wafv2",
		Source: "WAF developer guide, AWS Managed Rules rule groups list, read 2026-11; WAF API, WAFNonexistentItemException",
		Text:   "WAFNonexistentItemException: AWS WAF couldn’t perform the operation because your resource doesn’t exist: managed rule group %s",
	})
	ruleWAFRate = rule.Register(rule.Rule{
		Name: "waf.rate-limit", Service: "wafv2",
		Source: "WAF API, RateBasedStatement, Limit: 10 to 2,000,000,000; terraform-plugin-sdk, IntBetween",
		Text:   "expected limit to be in the range (10 - 2000000000), got %d",
	})
	ruleWAFBlock = rule.Register(rule.Rule{
		Name: "waf.ip-set-address", Service: "wafv2",
		Source: "WAF API, IPSet, Addresses: CIDR blocks; WAFInvalidParameterException as quoted in public issues",
		Text:   "WAFInvalidParameterException: Error reason: The parameter contains formatting that is not valid., field: IP_ADDRESS, parameter: %s",
	})
	ruleWAFResource = rule.Register(rule.Rule{
		Name: "waf.association-resource", Service: "wafv2",
		Source: "WAF API, AssociateWebACL: an ALB, and no network load balancer; WAFInvalidParameterException as quoted in public issues",
		Text:   "WAFInvalidParameterException: Error reason: The ARN isn't valid. A valid ARN begins with arn: and includes other information separated by colons or slashes., field: RESOURCE_ARN, parameter: %s",
	})
	ruleWAFLogs = rule.Register(rule.Rule{
		Name: "waf.log-destination", Service: "wafv2",
		Source: "WAF developer guide, logging destinations: names begin with aws-waf-logs-; WAFInvalidParameterException as quoted in public issues",
		Text:   "WAFInvalidParameterException: Error reason: The ARN isn't valid. A valid ARN begins with arn: and includes other information separated by colons or slashes., field: LOG_DESTINATION, parameter: %s",
	})
)

// managedWCU are the capacities of AWS's own groups. Source: WAF developer
// guide, AWS Managed Rules rule groups list, read 2026-11.
var managedWCU = map[string]int{
	"AWSManagedRulesCommonRuleSet": 700, "AWSManagedRulesAdminProtectionRuleSet": 100, "AWSManagedRulesKnownBadInputsRuleSet": 200,
	"AWSManagedRulesSQLiRuleSet": 200, "AWSManagedRulesLinuxRuleSet": 200, "AWSManagedRulesUnixRuleSet": 100, "AWSManagedRulesWindowsRuleSet": 200,
	"AWSManagedRulesPHPRuleSet": 100, "AWSManagedRulesWordPressRuleSet": 100, "AWSManagedRulesAmazonIpReputationList": 25,
	"AWSManagedRulesAnonymousIpList": 50, "AWSManagedRulesBotControlRuleSet": 50, "AWSManagedRulesATPRuleSet": 50,
	"AWSManagedRulesACFPRuleSet": 50, "AWSManagedRulesAntiDDoSRuleSet": 50,
}

var wafName = regexp.MustCompile(`^[0-9A-Za-z_-]{1,128}$`)

// wafKind is what web ACLs and IP sets have in common.
func wafKind(noun, path string, create, update func(c *call) error) *kind {
	return &kind{
		service: "WAFv2", sdk: "WAFV2", noun: noun, createTime: aclChange, updateTime: aclChange, namesClash: true,
		makeID: func(c *call) string { return uuid(c.newID("", 32)) },
		check: func(c *call, in map[string]any) []schema.Failure {
			out := c.rateFailures(in)
			if name := str(in, "name"); name != "" && !wafName.MatchString(name) && c.on(ruleWAFName) {
				out = append(out, schema.Failure{Path: "name", Reason: ruleWAFName.Text})
			}
			return out
		},
		create: func(c *call) error {
			for _, o := range c.find(c.token, where("name", c.attr("name"))) {
				if str(o.Attrs, "scope") == c.attr("scope") && c.on(ruleWAFTaken) {
					return c.refuse("Create"+strings.ReplaceAll(noun, " ", ""), ruleWAFTaken)
				}
			}
			scope := "regional"
			if c.attr("scope") == "CLOUDFRONT" {
				scope = "global"
			}
			c.set("arn", "arn:aws:wafv2:"+c.region()+":"+c.account()+":"+scope+"/"+path+"/"+c.attr("name")+"/"+c.obj.ID)
			c.setDefault("namePrefix", "")
			c.set("lockToken", uuid(c.newID("", 32)))
			return create(c)
		},
		update: update,
	}
}

var _ = register(typeIPSet, ipSetKind())

func ipSetKind() *kind {
	k := wafKind("IPSet", "ipset", (*call).ipSet, (*call).ipSet)
	k.remove = func(c *call) error {
		arn := c.attr("arn")
		used := slices.ContainsFunc(c.find(typeWebACL, nil), func(o *world.Object) bool {
			return slices.ContainsFunc(dicts(o.Attrs, "rules"), func(r map[string]any) bool { return slices.Contains(ipSetsOf(dict(r, "statement")), arn) })
		})
		if used && c.on(ruleWAFInUse) {
			return c.refuse("DeleteIPSet", ruleWAFInUse)
		}
		return nil
	}
	return k
}

func (c *call) ipSet() error {
	for _, a := range strs(c.obj.Attrs, "addresses") {
		if !strings.Contains(a, "/") && c.on(ruleWAFBlock) {
			return c.refuse("CreateIPSet", ruleWAFBlock, a)
		}
	}
	return nil
}

var _ = register(typeWebACL, webACLKind())

func webACLKind() *kind {
	k := wafKind("Web ACL", "webacl", (*call).webACL, (*call).webACL)
	k.remove = func(c *call) error {
		if len(c.find(typeACLAssociation, where("webAclArn", c.attr("arn")))) > 0 && c.on(ruleWAFInUse) {
			return c.refuse("DeleteWebACL", ruleWAFInUse)
		}
		return nil
	}
	return k
}

func (c *call) webACL() error {
	action := "CreateWebACL"
	if c.verb == "update" {
		action = "UpdateWebACL"
	}
	total, seen := 0, map[int]bool{}
	for _, r := range dicts(c.obj.Attrs, "rules") {
		if p := num(r, "priority"); seen[p] && c.on(ruleWAFPriority) {
			return c.refuse(action, ruleWAFPriority, p)
		}
		seen[num(r, "priority")] = true
		if err := c.aclRule(action, r); err != nil {
			return err
		}
		total += c.wcu(dict(r, "statement"))
	}
	if total > maxWCU && c.on(ruleWAFCapacity) {
		return c.refuse(action, ruleWAFCapacity)
	}
	c.set("capacity", total)
	c.setDefault("applicationIntegrationUrl", "")
	return nil
}

func (c *call) aclRule(action string, r map[string]any) error {
	st := dict(r, "statement")
	group := dict(st, "managedRuleGroupStatement")
	if (group != nil || has(st, "ruleGroupReferenceStatement")) != has(r, "overrideAction") || has(r, "overrideAction") == has(r, "action") {
		if c.on(ruleWAFAction) {
			return c.refuse(action, ruleWAFAction, "Rule")
		}
	}
	if group != nil && str(group, "vendorName") == "AWS" && managedWCU[str(group, "name")] == 0 && c.on(ruleWAFGroup) {
		return c.refuse(action, ruleWAFGroup, str(group, "name"))
	}
	for _, arn := range ipSetsOf(st) {
		if len(c.find(typeIPSet, where("arn", arn))) == 0 && c.on(ruleWAFMissing) {
			return c.refuse(action, ruleWAFMissing)
		}
	}
	return nil
}

// ipSetsOf are the IP sets that a statement or one inside it refers to.
func ipSetsOf(st map[string]any) []string {
	var out []string
	if arn := str(dict(st, "ipSetReferenceStatement"), "arn"); arn != "" {
		out = append(out, arn)
	}
	for _, inner := range innerOf(st) {
		out = append(out, ipSetsOf(inner)...)
	}
	return out
}

// innerOf are the statements inside one.
func innerOf(st map[string]any) []map[string]any {
	var out []map[string]any
	for _, k := range []string{"andStatement", "orStatement", "notStatement"} {
		out = append(out, dicts(dict(st, k), "statements")...)
	}
	for _, k := range []string{"rateBasedStatement", "managedRuleGroupStatement"} {
		if d := dict(dict(st, k), "scopeDownStatement"); d != nil {
			out = append(out, d)
		}
	}
	return out
}

// wcu is the capacity of a statement. Source: WAF developer guide, rule
// statements list, WCUs of each, read 2026-11; text transformations cost 10 each
// and are counted where they stand.
func (c *call) wcu(st map[string]any) int {
	n := 0
	for _, inner := range innerOf(st) {
		n += c.wcu(inner)
	}
	base := map[string]int{"ipSetReferenceStatement": 1, "geoMatchStatement": 1, "labelMatchStatement": 1, "asnMatchStatement": 1, "rateBasedStatement": 2,
		"sizeConstraintStatement": 1, "sqliMatchStatement": 20, "xssMatchStatement": 40, "regexMatchStatement": 3, "regexPatternSetReferenceStatement": 25}
	for k, w := range base {
		if has(st, k) {
			n += w + 10*len(dicts(dict(st, k), "textTransformations"))
		}
	}
	if m := dict(st, "byteMatchStatement"); m != nil {
		n += 2 + 10*len(dicts(m, "textTransformations"))
		if strings.HasPrefix(str(m, "positionalConstraint"), "CONTAINS") {
			n += 8
		}
	}
	return n + managedWCU[str(dict(st, "managedRuleGroupStatement"), "name")]
}

func (c *call) rateFailures(in map[string]any) []schema.Failure {
	var out []schema.Failure
	for _, r := range dicts(in, "rules") {
		rate := dict(dict(r, "statement"), "rateBasedStatement")
		if n := num(rate, "limit"); has(rate, "limit") && (n < 10 || n > 2000000000) && c.on(ruleWAFRate) {
			out = append(out, schema.Failure{Path: "rules", Reason: ruleWAFRate.Errorf(n).Error()})
		}
	}
	return out
}

var _ = register(typeACLAssociation, &kind{
	service: "WAFv2", sdk: "WAFV2", noun: "WebACL Association", createTime: aclChange, namesClash: true,
	makeID: func(c *call) string { return str(c.in, "webAclArn") + "," + str(c.in, "resourceArn") },
	create: func(c *call) error {
		const action = "AssociateWebACL"
		if len(c.find(typeWebACL, where("arn", c.attr("webAclArn")))) == 0 && c.on(ruleWAFMissing) {
			return c.refuse(action, ruleWAFMissing)
		}
		lb, ok := c.get(typeLB, c.attr("resourceArn"))
		switch {
		case ok && str(lb.Attrs, "loadBalancerType") == nlbKind && c.on(ruleWAFResource):
			return c.refuse(action, ruleWAFResource, c.attr("resourceArn"))
		case !ok && strings.Contains(c.attr("resourceArn"), ":loadbalancer/") && c.on(ruleWAFMissing):
			return c.refuse(action, ruleWAFMissing)
		}
		return nil
	},
})

var _ = register(typeACLLogging, &kind{
	service: "WAFv2", sdk: "WAFV2", noun: "WebACL Logging Configuration", createTime: aclChange, namesClash: true,
	makeID: func(c *call) string { return str(c.in, "resourceArn") },
	create: (*call).aclLogging, update: (*call).aclLogging,
})

func (c *call) aclLogging() error {
	const action = "PutLoggingConfiguration"
	if len(c.find(typeWebACL, where("arn", c.attr("resourceArn")))) == 0 && c.on(ruleWAFMissing) {
		return c.refuse(action, ruleWAFMissing)
	}
	for _, arn := range strs(c.obj.Attrs, "logDestinationConfigs") {
		name := arn[strings.LastIndex(arn, ":")+1:]
		if i := strings.Index(arn, ":log-group:"); i >= 0 {
			name = strings.TrimSuffix(arn[i+len(":log-group:"):], ":*")
		}
		if !strings.HasPrefix(strings.TrimPrefix(name, "deliverystream/"), "aws-waf-logs-") && c.on(ruleWAFLogs) {
			return c.refuse(action, ruleWAFLogs, arn)
		}
	}
	return nil
}
