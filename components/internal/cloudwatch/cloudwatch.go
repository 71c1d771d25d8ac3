package cloudwatch

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/untyped"
)

// Types of the aws provider.
const (
	tokenAlarm    = "aws:cloudwatch/metricAlarm:MetricAlarm"
	tokenLogGroup = "aws:cloudwatch/logGroup:LogGroup"
	tokenRule     = "aws:cloudwatch/eventRule:EventRule"
	tokenTarget   = "aws:cloudwatch/eventTarget:EventTarget"
)

// How an alarm compares a statistic with its threshold, and what it makes of a
// period without data. Source: CloudWatch API, PutMetricAlarm.
const (
	Above   = "GreaterThanThreshold"
	AtLeast = "GreaterThanOrEqualToThreshold"
	AtMost  = "LessThanOrEqualToThreshold"
	Below   = "LessThanThreshold"

	SilenceIsNoAlarm = "notBreaching"
	SilenceIsAnAlarm = "breaching"
)

// AlarmArgs are of an alarm on one metric, or on a formula over Queries.
type AlarmArgs struct {
	Description string

	Namespace, Metric, Statistic string
	Dimensions                   pulumi.StringMap
	PeriodSeconds                int

	Queries []Query

	// Compare is Above, AtLeast, AtMost or Below; Silence is SilenceIsNoAlarm or
	// SilenceIsAnAlarm.
	Compare   string
	Threshold float64
	// Periods that are looked at; Datapoints of them that must break the
	// threshold, 0 for all.
	Periods, Datapoints int
	Silence             string
	// Topic is told of both ways; nil tells nobody.
	Topic pulumi.StringInput
	Tags  pulumi.StringMap
}

// Query is a metric that a formula names, or the formula itself.
type Query struct {
	ID string

	Namespace, Metric, Statistic string
	Dimensions                   pulumi.StringMap
	PeriodSeconds                int

	// Formula and Label are of the one query that the alarm is about.
	Formula, Label string
}

// Alarm is a metric alarm.
type Alarm struct {
	pulumi.CustomResourceState

	Name pulumi.StringOutput `pulumi:"name"`
}

// NewAlarm makes an alarm.
func NewAlarm(ctx *pulumi.Context, name string, args AlarmArgs, opts ...pulumi.ResourceOption) (*Alarm, error) {
	in := pulumi.Map{
		"alarmDescription": pulumi.String(args.Description), "comparisonOperator": pulumi.String(args.Compare), "threshold": pulumi.Float64(args.Threshold),
		"evaluationPeriods": pulumi.Int(args.Periods), "treatMissingData": pulumi.String(args.Silence), "tags": args.Tags,
	}
	if args.Datapoints > 0 {
		in["datapointsToAlarm"] = pulumi.Int(args.Datapoints)
	}
	if args.Topic != nil {
		in["alarmActions"], in["okActions"] = pulumi.Array{args.Topic}, pulumi.Array{args.Topic}
	}
	if len(args.Queries) == 0 {
		in["namespace"], in["metricName"], in["statistic"] = pulumi.String(args.Namespace), pulumi.String(args.Metric), pulumi.String(args.Statistic)
		in["dimensions"], in["period"] = args.Dimensions, pulumi.Int(args.PeriodSeconds)
	} else {
		queries := pulumi.Array{}
		for _, q := range args.Queries {
			queries = append(queries, q.input())
		}
		in["metricQueries"] = queries
	}
	var a Alarm
	return &a, untyped.Register(ctx, tokenAlarm, name, in, &a, opts...)
}

func (q Query) input() pulumi.Map {
	if q.Formula != "" {
		return pulumi.Map{"id": pulumi.String(q.ID), "expression": pulumi.String(q.Formula), "label": pulumi.String(q.Label), "returnData": pulumi.Bool(true)}
	}
	return pulumi.Map{"id": pulumi.String(q.ID), "metric": pulumi.Map{
		"namespace": pulumi.String(q.Namespace), "metricName": pulumi.String(q.Metric), "stat": pulumi.String(q.Statistic),
		"period": pulumi.Int(q.PeriodSeconds), "dimensions": q.Dimensions,
	}}
}

// LogGroupArgs are of a log group.
type LogGroupArgs struct {
	// Name is explicit: keys and roles are limited to it.
	Name          string
	RetentionDays int
	// KeyARN of the KMS key; nil means CloudWatch's own.
	KeyARN pulumi.StringInput
	Tags   pulumi.StringMap
}

// LogGroup takes log events.
type LogGroup struct {
	pulumi.CustomResourceState

	Arn pulumi.StringOutput `pulumi:"arn"`
}

// NewLogGroup makes a log group.
func NewLogGroup(ctx *pulumi.Context, name string, args LogGroupArgs, opts ...pulumi.ResourceOption) (*LogGroup, error) {
	in := pulumi.Map{"name": pulumi.String(args.Name), "retentionInDays": pulumi.Int(args.RetentionDays), "tags": args.Tags}
	if args.KeyARN != nil {
		in["kmsKeyId"] = args.KeyARN
	}
	var g LogGroup
	return &g, untyped.Register(ctx, tokenLogGroup, name, in, &g, opts...)
}

// RuleArgs are of an EventBridge rule.
type RuleArgs struct {
	Description string
	// Pattern of the events, as JSON.
	Pattern string
	Tags    pulumi.StringMap
}

// Rule chooses events of the account's bus.
type Rule struct {
	pulumi.CustomResourceState

	Name pulumi.StringOutput `pulumi:"name"`
}

// NewRule makes a rule.
func NewRule(ctx *pulumi.Context, name string, args RuleArgs, opts ...pulumi.ResourceOption) (*Rule, error) {
	var r Rule
	return &r, untyped.Register(ctx, tokenRule, name, pulumi.Map{
		"description": pulumi.String(args.Description), "eventPattern": pulumi.String(args.Pattern), "tags": args.Tags,
	}, &r, opts...)
}

// NewTarget sends a rule's events to what has this ARN.
func NewTarget(ctx *pulumi.Context, name string, rule *Rule, arn pulumi.StringInput, opts ...pulumi.ResourceOption) (pulumi.Resource, error) {
	var t pulumi.CustomResourceState
	return &t, untyped.Register(ctx, tokenTarget, name, pulumi.Map{"rule": rule.Name, "arn": arn}, &t, opts...)
}
