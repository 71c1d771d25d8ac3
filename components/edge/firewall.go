package edge

import (
	"fmt"

	"github.com/ladder-platform/ladder/components/edge/spec"
	"github.com/ladder-platform/ladder/components/internal/cloudwatch"
	"github.com/ladder-platform/ladder/components/internal/wafv2"
)

// Places of rules in the ACL. Managed groups follow at one hundred and more.
const (
	placeAllow, placeDeny, placeRate, placeManaged = 10, 20, 30, 100
)

// logGroupPrefix is what WAF asks of the name of a log group.
// Source: WAF developer guide, "Sending web ACL traffic logs to CloudWatch Logs".
const logGroupPrefix = "aws-waf-logs-"

// firewall puts the web ACL before the application's ALB.
func (b *builder) firewall() error {
	w := b.cfg.WAF
	if w == nil {
		return nil
	}
	rules, err := b.ownRules(*w)
	if err != nil {
		return fmt.Errorf("waf: %w", err)
	}
	id := b.id("waf")
	acl, err := wafv2.NewACL(b.ctx, id, wafv2.ACLArgs{
		Description: "Before the application entrance of " + b.args.Stack, Rules: append(rules, managedRules(*w)...), Tags: b.tags.For(id),
	}, b.aws()...)
	if err != nil {
		return err
	}
	b.e.WebACLARN = acl.Arn
	e := b.entrances[spec.EntranceApplication]
	association, err := wafv2.Associate(b.ctx, id, acl.Arn, e.balancer.ARN, b.aws()...)
	if err != nil {
		return err
	}
	e.listeners = append(e.listeners, association) // no name leads here before it is guarded
	return b.firewallLog(*w, acl)
}

// ownRules are those by address: who is let in whatever else, who is kept out,
// and who asks too often.
func (b *builder) ownRules(w spec.WAF) ([]wafv2.Rule, error) {
	var out []wafv2.Rule
	for _, set := range []struct {
		role   string
		blocks []string
		place  int
		action wafv2.Action
	}{{"allow", w.Allow, placeAllow, wafv2.Allow}, {"deny", w.Deny, placeDeny, wafv2.Block}} {
		if len(set.blocks) == 0 {
			continue
		}
		id := b.id("waf-" + set.role)
		ips, err := wafv2.NewIPSet(b.ctx, id, "Addresses to "+set.role, set.blocks, b.tags.For(id), b.aws()...)
		if err != nil {
			return nil, err
		}
		out = append(out, wafv2.Rule{Name: set.role, Priority: set.place, Action: set.action, IPSet: ips.Arn})
	}
	if r := w.RateLimit; r != nil {
		out = append(out, wafv2.Rule{Name: "rate", Priority: placeRate, Action: action(r.Action), Rate: &wafv2.Rate{Requests: r.Requests, WindowSeconds: r.WindowSeconds}})
	}
	return out, nil
}

// managedRules are AWS's groups by name.
func managedRules(w spec.WAF) []wafv2.Rule {
	var out []wafv2.Rule
	for i, name := range w.Groups() {
		g := w.Managed[name]
		out = append(out, wafv2.Rule{Name: name, Priority: placeManaged + i, Action: action(g.Action),
			Managed: &wafv2.Managed{Name: name, Version: g.Version, CountRules: g.CountRules}})
	}
	return out
}

func action(configured string) wafv2.Action {
	if configured == spec.Block {
		return wafv2.Block
	}
	return wafv2.Count
}

// firewallLog writes what was counted and blocked, without what a log must not hold.
func (b *builder) firewallLog(w spec.WAF, acl *wafv2.ACL) error {
	if w.Logging.Disabled {
		return nil
	}
	id := b.id("waf-logs")
	group, err := cloudwatch.NewLogGroup(b.ctx, id, cloudwatch.LogGroupArgs{
		Name: logGroupPrefix + b.args.Stack, RetentionDays: w.Logging.RetentionDays, Tags: b.tags.For(id),
	}, b.aws()...)
	if err != nil {
		return fmt.Errorf("waf: log group: %w", err)
	}
	_, err = wafv2.NewLogging(b.ctx, id, wafv2.LoggingArgs{
		ACL: acl.Arn, LogGroup: group.Arn, RedactHeaders: w.Logging.Redacted(), AllRequests: w.Logging.AllRequests,
	}, b.aws()...)
	return err
}
