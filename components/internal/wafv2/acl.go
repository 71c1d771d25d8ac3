package wafv2

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/untyped"
)

// Types of the aws provider.
const (
	tokenACL         = "aws:wafv2/webAcl:WebAcl"
	tokenIPSet       = "aws:wafv2/ipSet:IpSet"
	tokenAssociation = "aws:wafv2/webAclAssociation:WebAclAssociation"
	tokenLogging     = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
)

// regional is the scope of what stands before a load balancer.
const regional = "REGIONAL"

// Action of a rule.
type Action string

// Actions. Count logs a match and goes on to the next rule.
const (
	Allow Action = "allow"
	Block Action = "block"
	Count Action = "count"
)

// Rule is one rule of a web ACL, with exactly one of its three statements.
type Rule struct {
	// Name in the ACL, and of its metric.
	Name string
	// Priority orders the rules, lowest first.
	Priority int
	// Action on a match. A managed group that blocks does what its rules say;
	// with Count the whole group only counts.
	Action Action

	IPSet   pulumi.StringInput // ARN of an IP set
	Rate    *Rate
	Managed *Managed
}

// Rate is a ceiling of requests from one source address.
type Rate struct{ Requests, WindowSeconds int }

// Managed is a group of rules that AWS maintains.
type Managed struct {
	Name, Version string
	// CountRules are rules of the group that only count.
	CountRules []string
}

// ACLArgs of a web ACL that lets through what no rule refuses.
type ACLArgs struct {
	Description string
	Rules       []Rule
	Tags        pulumi.StringMap
}

// ACL is a web ACL.
type ACL struct {
	pulumi.CustomResourceState

	Arn  pulumi.StringOutput `pulumi:"arn"`
	Name pulumi.StringOutput `pulumi:"name"`
}

// NewACL registers a web ACL. Its name derives from name.
func NewACL(ctx *pulumi.Context, name string, args ACLArgs, opts ...pulumi.ResourceOption) (*ACL, error) {
	rules := pulumi.Array{}
	for _, r := range args.Rules {
		in, err := r.input()
		if err != nil {
			return nil, fmt.Errorf("web acl %s: rule %s: %w", name, r.Name, err)
		}
		rules = append(rules, in)
	}
	var out ACL
	return &out, untyped.Register(ctx, tokenACL, name, pulumi.Map{
		"description": pulumi.String(args.Description), "scope": pulumi.String(regional),
		"defaultAction": pulumi.Map{"allow": pulumi.Map{}}, "rules": rules,
		"visibilityConfig": visibility(name), "tags": args.Tags,
	}, &out, opts...)
}

func (r Rule) input() (pulumi.Map, error) {
	statement, err := r.statement()
	if err != nil {
		return nil, err
	}
	out := pulumi.Map{
		"name": pulumi.String(r.Name), "priority": pulumi.Int(r.Priority), "statement": statement, "visibilityConfig": visibility(r.Name),
	}
	// An empty block must be written out: left out, it would show as a
	// difference for ever (facts/providers.md D8.17).
	switch {
	case r.Managed != nil && r.Action == Count:
		out["overrideAction"] = pulumi.Map{"count": pulumi.Map{}}
	case r.Managed != nil && r.Action == Block:
		out["overrideAction"] = pulumi.Map{"none": pulumi.Map{}}
	case r.Managed == nil && (r.Action == Allow || r.Action == Block || r.Action == Count):
		out["action"] = pulumi.Map{string(r.Action): pulumi.Map{}}
	default:
		return nil, fmt.Errorf("action %q is not one that such a rule can have", r.Action)
	}
	return out, nil
}

func (r Rule) statement() (pulumi.Map, error) {
	var all []pulumi.Map
	if r.IPSet != nil {
		all = append(all, pulumi.Map{"ipSetReferenceStatement": pulumi.Map{"arn": r.IPSet}})
	}
	if r.Rate != nil {
		all = append(all, pulumi.Map{"rateBasedStatement": pulumi.Map{
			"aggregateKeyType": pulumi.String("IP"), "limit": pulumi.Int(r.Rate.Requests), "evaluationWindowSec": pulumi.Int(r.Rate.WindowSeconds),
		}})
	}
	if m := r.Managed; m != nil {
		group := pulumi.Map{"vendorName": pulumi.String("AWS"), "name": pulumi.String(m.Name)}
		if m.Version != "" {
			group["version"] = pulumi.String(m.Version)
		}
		overrides := pulumi.Array{}
		for _, rule := range m.CountRules {
			overrides = append(overrides, pulumi.Map{"name": pulumi.String(rule), "actionToUse": pulumi.Map{"count": pulumi.Map{}}})
		}
		if len(overrides) > 0 {
			group["ruleActionOverrides"] = overrides
		}
		all = append(all, pulumi.Map{"managedRuleGroupStatement": group})
	}
	if len(all) != 1 {
		return nil, fmt.Errorf("it has %d statements, want one", len(all))
	}
	return all[0], nil
}

// visibility shows matches as a metric and in samples.
func visibility(metric string) pulumi.Map {
	return pulumi.Map{
		"cloudwatchMetricsEnabled": pulumi.Bool(true), "sampledRequestsEnabled": pulumi.Bool(true), "metricName": pulumi.String(metric),
	}
}

// IPSet is a set of IPv4 blocks.
type IPSet struct {
	pulumi.CustomResourceState

	Arn pulumi.StringOutput `pulumi:"arn"`
}

// NewIPSet registers a set of IPv4 blocks.
func NewIPSet(ctx *pulumi.Context, name, description string, blocks []string, tags pulumi.StringMap, opts ...pulumi.ResourceOption) (*IPSet, error) {
	var out IPSet
	return &out, untyped.Register(ctx, tokenIPSet, name, pulumi.Map{
		"description": pulumi.String(description), "scope": pulumi.String(regional), "ipAddressVersion": pulumi.String("IPV4"),
		"addresses": pulumi.ToStringArray(blocks), "tags": tags,
	}, &out, opts...)
}

// Association puts an ACL before a load balancer.
type Association struct{ pulumi.CustomResourceState }

// Associate puts an ACL before a resource. A resource has one ACL: made anew
// before the old one is gone, the association would take the new one away with
// it (facts/providers.md D8.17).
func Associate(ctx *pulumi.Context, name string, acl, resource pulumi.StringInput, opts ...pulumi.ResourceOption) (*Association, error) {
	var out Association
	return &out, untyped.Register(ctx, tokenAssociation, name, pulumi.Map{"webAclArn": acl, "resourceArn": resource}, &out,
		append(opts, pulumi.DeleteBeforeReplace(true))...)
}

// LoggingArgs of an ACL.
type LoggingArgs struct {
	ACL pulumi.StringInput // ARN
	// LogGroup is the ARN of a log group whose name begins with aws-waf-logs-.
	LogGroup pulumi.StringInput
	// RedactHeaders are blanked.
	RedactHeaders []string
	// AllRequests logs what was let through too.
	AllRequests bool
}

// Logging writes an ACL's decisions.
type Logging struct{ pulumi.CustomResourceState }

// NewLogging registers an ACL's log.
func NewLogging(ctx *pulumi.Context, name string, args LoggingArgs, opts ...pulumi.ResourceOption) (*Logging, error) {
	redacted := pulumi.Array{}
	for _, h := range args.RedactHeaders {
		redacted = append(redacted, pulumi.Map{"singleHeader": pulumi.Map{"name": pulumi.String(h)}})
	}
	in := pulumi.Map{"resourceArn": args.ACL, "logDestinationConfigs": pulumi.Array{args.LogGroup}, "redactedFields": redacted}
	if !args.AllRequests {
		in["loggingFilter"] = pulumi.Map{"defaultBehavior": pulumi.String("DROP"), "filters": pulumi.Array{pulumi.Map{
			"behavior": pulumi.String("KEEP"), "requirement": pulumi.String("MEETS_ANY"),
			"conditions": pulumi.Array{condition("BLOCK"), condition("COUNT"), condition("EXCLUDED_AS_COUNT")},
		}}}
	}
	var out Logging
	return &out, untyped.Register(ctx, tokenLogging, name, in, &out, opts...)
}

func condition(action string) pulumi.Map {
	return pulumi.Map{"actionCondition": pulumi.Map{"action": pulumi.String(action)}}
}
