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
	typeLogGroup  = "aws:cloudwatch/logGroup:LogGroup"
	hiddenLogs    = "hidden:logs/LogGroup" // made by a service that writes to a group that is not there
	typeLogFilter = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
	typeLogSub    = "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter"
)

var (
	ruleLogName = rule.Register(rule.Rule{
		Name: "logs.group-name", Service: "logs",
		Source: "CloudWatch Logs API, LogGroupName: 1 to 512 of [.\\-_/#A-Za-z0-9] (facts, name_and_limit_rules); terraform-provider-aws logs/validate.go",
		Text:   "%q isn't a valid log group name (alphanumeric characters, underscores, hyphens, slashes, hash signs and dots are allowed): %q",
	})
	ruleLogRetention = rule.Register(rule.Rule{
		Name: "logs.retention", Service: "logs",
		Source: "CloudWatch Logs API, PutRetentionPolicy, RetentionInDays; terraform-provider-aws logs/group.go, IntInSlice",
		Text:   "expected retention_in_days to be one of [%s], got %d",
	})
	ruleLogTaken = rule.Register(rule.Rule{
		Name: "logs.group-exists", Service: "logs",
		Source: "CloudWatch Logs API, CreateLogGroup, ResourceAlreadyExistsException; facts, providers E10",
		Text:   "ResourceAlreadyExistsException: The specified log group already exists",
	})
	ruleLogMissing = rule.Register(rule.Rule{
		Name: "logs.group-missing", Service: "logs",
		Source: "CloudWatch Logs API, PutMetricFilter and PutSubscriptionFilter, ResourceNotFoundException",
		Text:   "ResourceNotFoundException: The specified log group does not exist.",
	})
	ruleLogKey = rule.Register(rule.Rule{
		Name: "logs.group-key", Service: "logs",
		Source: "CloudWatch Logs user guide, encrypt log data: the key's policy must let logs.<region>.amazonaws.com use it; InvalidParameterException",
		Text:   "InvalidParameterException: The specified KMS key does not exist or is not allowed to be used with Arn '%s'",
	})
)

// retentions in days that CloudWatch Logs offers; 0 keeps for ever.
// Source: CloudWatch Logs API, PutRetentionPolicy, read 2026-11.
var retentions = []int{0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}

var logName = regexp.MustCompile(`^[.\-_/#A-Za-z0-9]{1,512}$`)

var _ = register(typeLogGroup, &kind{
	namesClash: true, service: "CloudWatch Logs", noun: "Log Group", makeID: byName, arn: "arn:aws:logs:{region}:{account}:log-group:{id}",
	check: func(c *call, in map[string]any) []schema.Failure {
		var out []schema.Failure
		if name := str(in, "name"); name != "" && !logName.MatchString(name) && c.on(ruleLogName) {
			out = append(out, schema.Failure{Path: "name", Reason: ruleLogName.Errorf("name", name).Error()})
		}
		if days := num(in, "retentionInDays"); !slices.Contains(retentions, days) && c.on(ruleLogRetention) {
			out = append(out, schema.Failure{Path: "retentionInDays", Reason: ruleLogRetention.Errorf(strings.Trim(fmt.Sprint(retentions), "[]"), days).Error()})
		}
		return out
	},
	create: func(c *call) error {
		_, mine := c.get(typeLogGroup, c.obj.ID)
		_, late := c.get(hiddenLogs, c.obj.ID)
		if (mine || late) && c.on(ruleLogTaken) {
			return c.refuse("CreateLogGroup", ruleLogTaken)
		}
		c.setDefault("logGroupClass", "STANDARD")
		c.setDefault("namePrefix", "")
		c.setDefault("retentionInDays", 0)
		c.setDefault("skipDestroy", false)
		return c.logKey("CreateLogGroup")
	},
	update: func(c *call) error { return c.logKey("AssociateKmsKey") },
	remove: func(c *call) error {
		if boolean(c.obj.Attrs, "skipDestroy") {
			c.hide(hiddenLogs, c.obj.ID, c.obj.ID, "logs", map[string]any{"name": c.obj.ID})
			return nil
		}
		// A control plane that was deleted a moment ago still writes, and the
		// service makes the group again (facts, providers E10).
		for _, o := range c.find(hiddenLateLogs, where("logGroup", c.obj.ID)) {
			c.hide(hiddenLogs, c.obj.ID, c.obj.ID, "eks", map[string]any{"name": c.obj.ID})
			c.tx.Delete(o.Key())
		}
		return nil
	},
})

// logKey: the key exists and its policy names the logs service.
func (c *call) logKey(action string) error {
	ref := c.attr("kmsKeyId")
	if ref == "" {
		return nil
	}
	if err := c.needKey(action, ref); err != nil {
		return err
	}
	k, ok := c.kmsKey(ref)
	if !ok || k == nil || !c.on(ruleLogKey) {
		return nil
	}
	policy := str(k.Attrs, "policy")
	for _, p := range c.find(typeKeyPolicy, where("keyId", k.ID)) {
		policy = str(p.Attrs, "policy")
	}
	if strings.Contains(policy, "logs."+c.region()+".amazonaws.com") || strings.Contains(policy, "logs.amazonaws.com") {
		return nil
	}
	return c.refuse(action, ruleLogKey, fmt.Sprintf("arn:aws:logs:%s:%s:log-group:%s", c.region(), c.account(), c.obj.ID))
}

func (c *call) needLogGroup(action, name string) error {
	_, mine := c.get(typeLogGroup, name)
	_, late := c.get(hiddenLogs, name)
	if !mine && !late && c.on(ruleLogMissing) {
		return c.refuse(action, ruleLogMissing)
	}
	return nil
}

var _ = register(typeLogFilter, &kind{
	service: "CloudWatch Logs", noun: "Metric Filter", makeID: byName,
	create: func(c *call) error { return c.needLogGroup("PutMetricFilter", c.attr("logGroupName")) },
})

var _ = register(typeLogSub, &kind{
	service: "CloudWatch Logs", noun: "Subscription Filter", id: "cwlsf-", hex: 10,
	create: func(c *call) error {
		c.setDefault("roleArn", "")
		return c.needLogGroup("PutSubscriptionFilter", c.attr("logGroup"))
	},
})
