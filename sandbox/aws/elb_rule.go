package aws

import (
	"strings"

	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/sandbox/schema"
	"github.com/ladder-platform/ladder/sandbox/world"
)

var _ = register(typeListenerRule, &kind{
	service: "ELBv2", sdk: serviceELB, noun: "Listener Rule", namesClash: true,
	makeID: func(c *call) string {
		return strings.Replace(str(c.in, "listenerArn"), ":listener/", ":listener-rule/", 1) + "/" + c.newID("", 16)
	},
	check:  func(c *call, in map[string]any) []schema.Failure { return c.weights("actions", in) },
	create: func(c *call) error { return c.putRule("CreateRule") },
	update: func(c *call) error { return c.putRule("ModifyRule") },
})

func (c *call) putRule(action string) error {
	l, ok := c.get(typeListener, c.attr("listenerArn"))
	if !ok {
		if c.on(ruleListenerMissing) {
			return c.refuse(action, ruleListenerMissing)
		}
		l = &world.Object{ID: c.attr("listenerArn"), Attrs: map[string]any{}}
	}
	lb, _ := c.get(typeLB, str(l.Attrs, "loadBalancerArn"))
	if lb == nil {
		lb = &world.Object{Attrs: map[string]any{}}
	}
	if str(lb.Attrs, "loadBalancerType") == nlbKind && c.on(ruleRulesALB) {
		return c.refuse(action, ruleRulesALB)
	}
	others := c.find(typeListenerRule, func(o *world.Object) bool { return str(o.Attrs, "listenerArn") == l.ID && o.ID != c.obj.ID })
	taken, highest := map[int]bool{}, 0
	for _, o := range others {
		taken[num(o.Attrs, "priority")] = true
		highest = max(highest, num(o.Attrs, "priority"))
	}
	c.setDefault("priority", highest+1)
	if p := num(c.obj.Attrs, "priority"); taken[p] && c.on(rulePriority) {
		return c.refuse(action, rulePriority, p)
	}
	if err := c.ruleQuota(action, lb); err != nil {
		return err
	}
	if n := len(valuesOf(dicts(c.obj.Attrs, "conditions"))); n > conditionValues && c.on(ruleConditionValues) {
		return c.refuse(action, ruleConditionValues, conditionValues)
	}
	c.set("arn", c.obj.ID)
	c.set("actions", ordered(c.obj.Attrs, "actions"))
	return c.actions(action, lb, albKind, dicts(c.obj.Attrs, "actions"))
}

// ruleQuota counts the rules of all listeners of the load balancer.
func (c *call) ruleQuota(action string, lb *world.Object) error {
	n := 0
	for _, l := range c.find(typeListener, where("loadBalancerArn", lb.ID)) {
		for _, o := range c.find(typeListenerRule, where("listenerArn", l.ID)) {
			if o.ID != c.obj.ID {
				n++
			}
		}
	}
	return c.limit(ruleRuleQuota, action, n, facts.QuotaListenerRules)
}

// valuesOf are all values of a rule's conditions.
func valuesOf(conditions []map[string]any) []string {
	var out []string
	for _, cond := range conditions {
		for _, k := range []string{"hostHeader", "pathPattern", "httpRequestMethod", "sourceIp", "httpHeader"} {
			out = append(out, strs(dict(cond, k), "values")...)
		}
		for _, q := range dicts(cond, "queryStrings") {
			out = append(out, str(q, "key")+"="+str(q, "value"))
		}
	}
	return out
}

var _ = register(typeListenerCert, &kind{
	service: "ELBv2", sdk: serviceELB, noun: "Listener Certificate", createTime: listenerCertificate, namesClash: true,
	makeID: func(c *call) string { return str(c.in, "listenerArn") + "_" + str(c.in, "certificateArn") },
	create: func(c *call) error {
		const action = "AddListenerCertificates"
		l, ok := c.get(typeListener, c.attr("listenerArn"))
		if !ok && c.on(ruleListenerMissing) {
			return c.refuse(action, ruleListenerMissing)
		}
		n := 0
		if l != nil {
			for _, other := range c.find(typeListener, where("loadBalancerArn", str(l.Attrs, "loadBalancerArn"))) {
				n += len(c.find(typeListenerCert, where("listenerArn", other.ID)))
			}
		}
		if err := c.limit(ruleCertQuota, action, n, facts.QuotaCertificates); err != nil {
			return err
		}
		return c.certificateUsable(action, c.attr("certificateArn"))
	},
})
