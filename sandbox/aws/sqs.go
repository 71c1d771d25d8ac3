package aws

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/schema"
)

const (
	typeQueue       = "aws:sqs/queue:Queue"
	typeQueuePolicy = "aws:sqs/queuePolicy:QueuePolicy"
	typeTopic       = "aws:sns/topic:Topic"
)

var (
	ruleQueueName = rule.Register(rule.Rule{
		Name: "sqs.queue-name", Service: "sqs",
		Source: "SQS API, CreateQueue: up to 80 of [a-zA-Z0-9_-], .fifo counts (facts, name_and_limit_rules); terraform-provider-aws sqs/queue.go",
		Text:   "invalid queue name: %s",
	})
	ruleQueueTaken = rule.Register(rule.Rule{
		Name: "sqs.queue-exists", Service: "sqs",
		Source: "SQS API, CreateQueue, QueueNameExists",
		Text:   "QueueAlreadyExists: A queue already exists with the same name and a different value for attribute %s",
	})
	ruleQueueMissing = rule.Register(rule.Rule{
		Name: "sqs.queue-missing", Service: "sqs",
		Source: "SQS API, AWS.SimpleQueueService.NonExistentQueue",
		Text:   "AWS.SimpleQueueService.NonExistentQueue: The specified queue does not exist.",
	})
	ruleQueueRetention = rule.Register(rule.Rule{
		Name: "sqs.message-retention", Service: "sqs",
		Source: "SQS API, MessageRetentionPeriod: 60 to 1,209,600 seconds; terraform-provider-aws sqs/queue.go, IntBetween",
		Text:   "expected message_retention_seconds to be in the range (60 - 1209600), got %d",
	})
	ruleTopicName = rule.Register(rule.Rule{
		Name: "sns.topic-name", Service: "sns",
		Source: "SNS API, CreateTopic: up to 256 of [a-zA-Z0-9_-] (facts, name_and_limit_rules); terraform-provider-aws sns/topic.go",
		Text:   "invalid name: %s",
	})
)

var queueName = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,80}$`)

var _ = register(typeQueue, &kind{
	namesClash: true, service: "SQS", noun: "Queue", createTime: queueCreate, arn: "arn:aws:sqs:{region}:{account}:{name}",
	makeID: func(c *call) string {
		return fmt.Sprintf("https://sqs.%s.amazonaws.com/%s/%s", c.region(), c.account(), str(c.in, "name"))
	},
	check: func(c *call, in map[string]any) []schema.Failure {
		var out []schema.Failure
		name := str(in, "name")
		base := strings.TrimSuffix(name, ".fifo")
		if boolean(in, "fifoQueue") != (base != name) || !queueName.MatchString(base) || len(name) > 80 {
			if name != "" && c.on(ruleQueueName) {
				out = append(out, schema.Failure{Path: "name", Reason: ruleQueueName.Errorf(name).Error()})
			}
		}
		if n := num(in, "messageRetentionSeconds"); has(in, "messageRetentionSeconds") && (n < 60 || n > 1209600) && c.on(ruleQueueRetention) {
			out = append(out, schema.Failure{Path: "messageRetentionSeconds", Reason: ruleQueueRetention.Errorf(n).Error()})
		}
		return out
	},
	create: func(c *call) error {
		if _, ok := c.get(typeQueue, c.obj.ID); ok && c.on(ruleQueueTaken) {
			return c.refuse("CreateQueue", ruleQueueTaken, "Policy")
		}
		c.set("url", c.obj.ID)
		for k, v := range map[string]any{"delaySeconds": 0, "maxMessageSize": 262144, "messageRetentionSeconds": 345600,
			"visibilityTimeoutSeconds": 30, "receiveWaitTimeSeconds": 0, "kmsDataKeyReusePeriodSeconds": 300,
			"sqsManagedSseEnabled": !has(c.in, "kmsMasterKeyId"), "fifoQueue": false, "contentBasedDeduplication": false, "namePrefix": "",
			"policy": "", "redrivePolicy": "", "redriveAllowPolicy": "", "deduplicationScope": "", "fifoThroughputLimit": ""} {
			c.setDefault(k, v)
		}
		return nil
	},
})

var _ = register(typeQueuePolicy, &kind{
	service: "SQS", noun: "Queue Policy", makeID: func(c *call) string { return str(c.in, "queueUrl") },
	check: func(c *call, in map[string]any) []schema.Failure { return c.policyText(in, "policy") },
	create: func(c *call) error {
		if _, ok := c.get(typeQueue, c.attr("queueUrl")); !ok && c.on(ruleQueueMissing) {
			return c.refuse("SetQueueAttributes", ruleQueueMissing)
		}
		return nil
	},
})

var topicName = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,256}$`)

var _ = register(typeTopic, &kind{
	namesClash: true, service: "SNS", noun: "Topic", // CreateTopic of one that exists answers its ARN
	makeID: func(c *call) string {
		return fmt.Sprintf("arn:aws:sns:%s:%s:%s", c.region(), c.account(), str(c.in, "name"))
	},
	check: func(c *call, in map[string]any) []schema.Failure {
		if name := strings.TrimSuffix(str(in, "name"), ".fifo"); name != "" && !topicName.MatchString(name) && c.on(ruleTopicName) {
			return []schema.Failure{{Path: "name", Reason: ruleTopicName.Errorf(name).Error()}}
		}
		return nil
	},
	create: func(c *call) error {
		c.set("arn", c.obj.ID)
		c.set("owner", c.account())
		c.set("beginningArchiveTime", "")
		c.setDefault("namePrefix", "")
		c.setDefault("policy", "")
		c.setDefault("signatureVersion", 1)
		c.setDefault("tracingConfig", "PassThrough")
		return nil
	},
})
