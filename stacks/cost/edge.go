package cost

import (
	edge "github.com/ladder-platform/ladder/components/edge/spec"
	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/stacks/config"
)

// Services of the price collection that only the edge uses.
const (
	elb     = "elb"
	waf     = "waf"
	route53 = "route53"
	objects = "s3"
)

// edge lists what the way in costs.
func (in *Input) edge(s config.Stack) {
	const at = "edge"
	e := s.WithDefaults().Edge
	zones := 0
	if e.Domain.Zone.Create {
		zones++
	}
	if !e.ZoneOnly() {
		if e.Domain.PrivateZone {
			zones++
		}
		if e.ExternalDNS != nil {
			zones++
		}
		in.balancers(at, *e, s)
		in.firewall(at, *e)
	}
	if zones > 0 {
		in.add(Item{Component: at, What: count(zones, "hosted zone"), Service: route53, Key: "hosted_zone_month", Count: zones, Each: 1})
	}
	in.add(Item{Component: at, What: "questions to DNS that no alias answers", Service: route53, Key: "standard_queries_first_1b_1m", PerUse: true})
}

// balancers lists load balancers with their public addresses: one in each zone,
// which AWS bills wherever they come from.
func (in *Input) balancers(at string, e edge.Config, s config.Stack) {
	zones, alarms := 0, 0
	for _, key := range s.EdgeClusters() {
		zones = len(s.Networks[s.Clusters[key].Network].WithDefaults().Zones)
		alarms += len(e.TargetGroups(key))
	}
	for _, key := range e.Entrances() {
		kind, unit, what := "alb_hour", "alb_lcu_hour", "ALB"
		if key == edge.EntranceApplication && e.Application.LoadBalancer == edge.NLB {
			kind, unit, what = "nlb_hour", "nlb_lcu_hour", "NLB"
		}
		in.add(Item{Component: at, What: what + " of " + key, Service: elb, Key: kind, Count: 1, Each: facts.HoursPerMonth})
		in.add(Item{Component: at, What: "capacity units of the " + what + " of " + key, Service: elb, Key: unit, PerUse: true})
	}
	if public, _ := e.LoadBalancers(); public > 0 && zones > 0 {
		in.add(Item{Component: at, What: count(public*zones, "public IPv4 address", "es") + " of load balancers", Service: publicIPv4, Key: "hour",
			Count: public * zones, Each: facts.HoursPerMonth, Note: "more while they scale out"})
	}
	if alarms > 0 {
		in.add(Item{Component: at, What: count(alarms, "alarm") + " on gateways", Service: cloudwatch, Key: "alarm_month", Count: alarms, Each: 1})
	}
	if !e.AccessLogs.Disabled {
		in.add(Item{Component: at, What: "access logs", Service: objects, Key: "standard_gb_month", PerUse: true})
	}
}

// firewall lists the web ACL. Each managed group counts as one rule.
// Source: AWS WAF pricing, read 2026-11.
func (in *Input) firewall(at string, e edge.Config) {
	w := e.WAF
	if w == nil {
		return
	}
	rules := len(w.Managed)
	for _, there := range []bool{w.RateLimit != nil, len(w.Allow) > 0, len(w.Deny) > 0} {
		if there {
			rules++
		}
	}
	in.add(Item{Component: at, What: "web ACL", Service: waf, Key: "web_acl_month", Count: 1, Each: 1})
	in.add(Item{Component: at, What: count(rules, "rule") + " of the web ACL", Service: waf, Key: "rule_month", Count: rules, Each: 1})
	in.add(Item{Component: at, What: "requests that the web ACL looks at", Service: waf, Key: "requests_1m", PerUse: true})
	if !w.Logging.Disabled {
		in.add(Item{Component: at, What: "the web ACL's log", Service: cloudwatch, Key: "vended_logs_first_10tb_gb", PerUse: true})
	}
}
