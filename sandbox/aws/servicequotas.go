package aws

import (
	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/world"
)

const (
	typeQuota = "aws:servicequotas/serviceQuota:ServiceQuota"
	// hiddenQuotaRequest is a request that nobody has answered yet. It is on the
	// keep list: no destroy takes a request back.
	hiddenQuotaRequest = "hidden:servicequotas/Request"
)

var (
	ruleQuotaExists = rule.Register(rule.Rule{
		Name: "servicequotas.quota-exists", Service: "servicequotas",
		Source: "Service Quotas API, GetAWSDefaultServiceQuota, NoSuchResourceException; terraform-provider-aws internal/service/servicequotas/service_quota.go, read 2026-11; the end of the wording not seen",
		Text:   "reading Service Quotas default Service Quota (%s): couldn't find resource",
	})
	ruleQuotaLess = rule.Register(rule.Rule{
		Name: "servicequotas.not-less", Service: "servicequotas",
		Source: "terraform-provider-aws internal/service/servicequotas/service_quota.go, resourceServiceQuotaCreate, read 2026-11",
		Text:   "requesting Service Quotas Service Quota (%s) with value less than current",
	})
	ruleQuotaOpen = rule.Register(rule.Rule{
		Name: "servicequotas.one-open-request", Service: "servicequotas",
		Source: "Service Quotas API, RequestServiceQuotaIncrease, ResourceAlreadyExistsException, as matched in terraform-provider-aws internal/service/servicequotas/service_quota.go and quoted in public notes, read 2026-11",
		Text:   "ResourceAlreadyExistsException: Only one open service quota increase request is allowed per quota.",
	})
)

// quotaCodes are the quotas that this cloud knows by their code, with the name
// that facts have of them, or AWS's default where facts have none. Source:
// Service Quotas, as listed in public exports of list-service-quotas, read
// 2026-11; the defaults of vCPUs differ between accounts, and 5 is a new one's.
var quotaCodes = map[string]struct {
	name    string
	initial int
}{
	"vpc/L-F678F1CE": {name: "VPCs per Region"}, "vpc/L-FE5A380F": {name: "NAT gateways per AZ"}, "ec2/L-0263D0A3": {name: "Elastic IPs per Region"},
	"eks/L-1194D53C": {name: "EKS clusters per Region"}, "elasticloadbalancing/L-53DA6B97": {name: "ALBs per Region"},
	"elasticloadbalancing/L-69A177A2": {name: "NLBs per Region"}, "ec2/L-1216C47A": {initial: 5}, "ec2/L-34B43A08": {initial: 5},
}

// A request is no answer: the quota stays as it was until AWS says otherwise,
// which a seeded object of kind hidden:servicequotas/Quota stands for.
var _ = register(typeQuota, &kind{
	namesClash: true, service: "Service Quotas", noun: "Service Quota",
	makeID: func(c *call) string { return str(c.in, "serviceCode") + "/" + str(c.in, "quotaCode") },
	create: func(c *call) error {
		now, err := c.currentQuota()
		if err != nil {
			return err
		}
		value := num(c.obj.Attrs, "value")
		if value < now && c.on(ruleQuotaLess) {
			return ruleQuotaLess.Errorf(c.obj.ID)
		}
		c.set("adjustable", true)
		c.set("arn", "arn:aws:servicequotas:"+c.region()+":"+c.account()+":"+c.obj.ID)
		c.set("defaultValue", now)
		c.set("quotaName", quotaCodes[c.obj.ID].name)
		c.set("serviceName", str(c.in, "serviceCode"))
		c.set("usageMetrics", []any{})
		c.set("requestId", "")
		c.set("requestStatus", "")
		if value <= now {
			return nil
		}
		return c.requestQuota()
	},
	update: func(c *call) error { return c.requestQuota() },
})

// currentQuota is what the account has now.
func (c *call) currentQuota() (int, error) {
	known, ok := quotaCodes[c.obj.ID]
	if !ok && c.on(ruleQuotaExists) {
		return 0, ruleQuotaExists.Errorf(c.obj.ID)
	}
	if _, there := facts.Quota(known.name); there {
		return c.quota(known.name), nil
	}
	return known.initial, nil
}

// requestQuota opens a request, of which there is one at a time.
func (c *call) requestQuota() error {
	key := world.Key{Kind: hiddenQuotaRequest, Scope: c.regional(), ID: c.obj.ID}
	if _, open := c.tx.Get(key); open && c.on(ruleQuotaOpen) {
		return c.refuse("RequestServiceQuotaIncrease", ruleQuotaOpen)
	}
	c.set("requestId", c.newID("", 32))
	c.set("requestStatus", "PENDING")
	c.tx.Put(&world.Object{Kind: key.Kind, Scope: key.Scope, ID: key.ID, State: "PENDING", Attrs: map[string]any{"desiredValue": num(c.obj.Attrs, "value")}})
	return nil
}
