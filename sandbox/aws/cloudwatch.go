package aws

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/schema"
)

const (
	typeAlarm       = "aws:cloudwatch/metricAlarm:MetricAlarm"
	typeComposite   = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
	typeEventRule   = "aws:cloudwatch/eventRule:EventRule"
	typeEventTarget = "aws:cloudwatch/eventTarget:EventTarget"
)

var (
	ruleAlarmPeriod = rule.Register(rule.Rule{
		Name: "cloudwatch.alarm-period", Service: "cloudwatch",
		Source: "CloudWatch API, PutMetricAlarm, Period: 10, 30 or a multiple of 60; terraform-provider-aws metric_alarm.go",
		Text:   "expected period to be one of [10 30] or a multiple of 60, got %d",
	})
	ruleAlarmMetric = rule.Register(rule.Rule{
		Name: "cloudwatch.alarm-metric", Service: "cloudwatch",
		Source: "terraform-provider-aws metric_alarm.go: one of metric_name or metric_query, and a statistic with a metric name",
		Text:   "Invalid combination of arguments: %s",
	})
	ruleAlarmData = rule.Register(rule.Rule{
		Name: "cloudwatch.alarm-datapoints", Service: "cloudwatch",
		Source: "CloudWatch API, PutMetricAlarm: DatapointsToAlarm is at most EvaluationPeriods; ValidationError",
		Text:   "ValidationError: DatapointsToAlarm should be less than or equal to EvaluationPeriods",
	})
	ruleCompositeRule = rule.Register(rule.Rule{
		Name: "cloudwatch.composite-rule", Service: "cloudwatch",
		Source: "CloudWatch API, PutCompositeAlarm: every alarm that the rule names must exist; ValidationError",
		Text:   "ValidationError: AlarmRule must not contain alarms that do not exist: %s",
	})
	ruleCompositeSize = rule.Register(rule.Rule{
		Name: "cloudwatch.composite-size", Service: "cloudwatch",
		Source: "CloudWatch API reference, PutCompositeAlarm: at most 100 underlying alarms, AlarmRule of at most 10,240 characters; ValidationError",
		Text:   "ValidationError: AlarmRule must not exceed 100 underlying alarms and 10240 characters: %d and %d",
	})
	ruleAlarmUsed = rule.Register(rule.Rule{
		Name: "cloudwatch.alarm-in-composite", Service: "cloudwatch",
		Source: "CloudWatch API, DeleteAlarms: an alarm that a composite alarm names cannot be deleted; ValidationError",
		Text:   "ValidationError: Alarm %s cannot be deleted as there are composite alarms depending on it",
	})
	ruleEventPattern = rule.Register(rule.Rule{
		Name: "cloudwatch.event-pattern", Service: "cloudwatch",
		Source: "EventBridge API, PutRule, InvalidEventPatternException",
		Text:   "InvalidEventPatternException: Event pattern is not valid. Reason: %s",
	})
	ruleEventSource = rule.Register(rule.Rule{
		Name: "cloudwatch.event-rule-source", Service: "cloudwatch",
		Source: "EventBridge API, PutRule: a schedule or a pattern; terraform-provider-aws events/rule.go, AtLeastOneOf",
		Text:   "Missing required argument. \"event_pattern\": one of `event_pattern,schedule_expression` must be specified",
	})
	ruleEventRuleExists = rule.Register(rule.Rule{
		Name: "cloudwatch.event-rule-exists", Service: "cloudwatch",
		Source: "EventBridge API, PutTargets, ResourceNotFoundException",
		Text:   "ResourceNotFoundException: Rule %s does not exist on EventBus %s.",
	})
	ruleEventRuleUsed = rule.Register(rule.Rule{
		Name: "cloudwatch.event-rule-in-use", Service: "cloudwatch",
		Source: "EventBridge API, DeleteRule: targets first; ValidationException",
		Text:   "ValidationException: Rule can't be deleted since it has targets.",
	})
)

var _ = register(typeAlarm, &kind{
	service: "CloudWatch", noun: "Metric Alarm", makeID: byName, arn: "arn:aws:cloudwatch:{region}:{account}:alarm:{id}",
	check: func(c *call, in map[string]any) []schema.Failure {
		var out []schema.Failure
		if p := num(in, "period"); has(in, "period") && p != 10 && p != 30 && (p <= 0 || p%60 != 0) && c.on(ruleAlarmPeriod) {
			out = append(out, schema.Failure{Path: "period", Reason: ruleAlarmPeriod.Errorf(p).Error()})
		}
		metric, queries := has(in, "metricName"), has(in, "metricQueries")
		switch {
		case !c.on(ruleAlarmMetric):
		case metric == queries:
			out = append(out, schema.Failure{Path: "metricName", Reason: ruleAlarmMetric.Errorf("one of `metric_name,metric_query` must be specified").Error()})
		case metric && !has(in, "statistic") && !has(in, "extendedStatistic"):
			out = append(out, schema.Failure{Path: "statistic", Reason: ruleAlarmMetric.Errorf("one of `statistic,extended_statistic` must be specified").Error()})
		}
		return out
	},
	create: func(c *call) error {
		c.setDefault("actionsEnabled", true)
		c.setDefault("treatMissingData", "missing")
		c.setDefault("evaluateLowSampleCountPercentiles", "")
		return c.alarmData()
	},
	update: func(c *call) error { return c.alarmData() },
	remove: func(c *call) error { return c.alarmFree(c.obj.ID) },
})

func (c *call) alarmData() error {
	if num(c.in, "datapointsToAlarm") > num(c.in, "evaluationPeriods") && c.on(ruleAlarmData) {
		return c.refuse("PutMetricAlarm", ruleAlarmData)
	}
	return nil
}

func (c *call) alarmFree(name string) error {
	for _, o := range c.find(typeComposite, nil) {
		if o.ID != name && slices.Contains(namedAlarms(str(o.Attrs, "alarmRule")), name) && c.on(ruleAlarmUsed) {
			return c.refuse("DeleteAlarms", ruleAlarmUsed, name)
		}
	}
	return nil
}

var ruleAtom = regexp.MustCompile(`(?:ALARM|OK|INSUFFICIENT_DATA)\(\s*"?([^")]+?)"?\s*\)`)

// namedAlarms of a composite rule such as ALARM("a") OR ALARM(b); an ARN
// stands for the name at its end.
func namedAlarms(text string) []string {
	var out []string
	for _, m := range ruleAtom.FindAllStringSubmatch(text, -1) {
		out = append(out, m[1][strings.LastIndex(m[1], ":alarm:")+1:])
		if i := strings.LastIndex(m[1], ":alarm:"); i >= 0 {
			out[len(out)-1] = m[1][i+len(":alarm:"):]
		}
	}
	return out
}

// Limits of a composite alarm's rule; ruleCompositeSize has the source.
const (
	compositeAlarms = 100
	compositeLength = 10240
)

func (c *call) composite() error {
	text := c.attr("alarmRule")
	if n := len(slices.Compact(slices.Sorted(slices.Values(namedAlarms(text))))); (n > compositeAlarms || len(text) > compositeLength) && c.on(ruleCompositeSize) {
		return c.refuse("PutCompositeAlarm", ruleCompositeSize, n, len(text))
	}
	for _, name := range namedAlarms(text) {
		_, metric := c.get(typeAlarm, name)
		_, comp := c.get(typeComposite, name)
		if !metric && !comp && c.on(ruleCompositeRule) {
			return c.refuse("PutCompositeAlarm", ruleCompositeRule, name)
		}
	}
	return nil
}

var _ = register(typeComposite, &kind{
	service: "CloudWatch", noun: "Composite Alarm", arn: "arn:aws:cloudwatch:{region}:{account}:alarm:{id}",
	makeID: func(c *call) string { return str(c.in, "alarmName") },
	create: func(c *call) error { c.setDefault("actionsEnabled", true); return c.composite() },
	update: func(c *call) error { return c.composite() },
	remove: func(c *call) error { return c.alarmFree(c.obj.ID) },
})

var _ = register(typeEventRule, &kind{
	service: "EventBridge", noun: "Rule", makeID: byName, arn: "arn:aws:events:{region}:{account}:rule/{id}",
	check: func(c *call, in map[string]any) []schema.Failure {
		if !has(in, "eventPattern") && !has(in, "scheduleExpression") && c.on(ruleEventSource) {
			return []schema.Failure{{Path: "eventPattern", Reason: ruleEventSource.Text}}
		}
		return nil
	},
	create: func(c *call) error {
		c.setDefault("eventBusName", "default")
		c.setDefault("state", "ENABLED")
		c.setDefault("namePrefix", "")
		c.setDefault("forceDestroy", false)
		return c.eventPattern()
	},
	update: func(c *call) error { return c.eventPattern() },
	remove: func(c *call) error {
		if len(c.find(typeEventTarget, where("rule", c.obj.ID))) > 0 && !boolean(c.obj.Attrs, "forceDestroy") && c.on(ruleEventRuleUsed) {
			return c.refuse("DeleteRule", ruleEventRuleUsed)
		}
		return nil
	},
})

// eventPattern: a pattern is an object whose leaves are arrays.
func (c *call) eventPattern() error {
	text := c.attr("eventPattern")
	if text == "" || !c.on(ruleEventPattern) {
		return nil
	}
	if problem := patternProblem(decoded(text)); problem != "" {
		return c.refuse("PutRule", ruleEventPattern, problem)
	}
	return nil
}

func patternProblem(v any) string {
	m, ok := v.(map[string]any)
	if !ok {
		return "Filter is not an object"
	}
	if len(m) == 0 {
		return "Empty event pattern is not allowed"
	}
	for k, e := range m {
		switch x := e.(type) {
		case []any:
		case map[string]any:
			if p := patternProblem(x); p != "" {
				return p
			}
		default:
			return fmt.Sprintf("%q must be an object or an array", k)
		}
	}
	return ""
}

var _ = register(typeEventTarget, &kind{
	namesClash: true, service: "EventBridge", noun: "Target",
	makeID: func(c *call) string {
		id := str(c.in, "targetId")
		if id == "" {
			id = c.newID("pulumi-", 12)
		}
		return str(c.in, "rule") + "-" + id
	},
	create: func(c *call) error {
		c.setDefault("eventBusName", "default")
		c.setDefault("targetId", strings.TrimPrefix(c.obj.ID, c.attr("rule")+"-"))
		c.setDefault("forceDestroy", false)
		if _, ok := c.get(typeEventRule, c.attr("rule")); !ok && c.on(ruleEventRuleExists) {
			return c.refuse("PutTargets", ruleEventRuleExists, c.attr("rule"), c.attr("eventBusName"))
		}
		return nil
	},
})
