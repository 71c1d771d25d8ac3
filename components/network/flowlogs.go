package network

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/cloudwatch"
	"github.com/ladder-platform/ladder/components/internal/iamdoc"
	"github.com/ladder-platform/ladder/components/internal/kms"
	"github.com/ladder-platform/ladder/components/internal/naming"
)

// flowLogs sends all flows of the VPC to an encrypted log group (NET-8).
func (b *builder) flowLogs() error {
	if b.args.Config.FlowLogs.Disabled {
		return nil
	}
	logs := flowLogNames(b.ctx.Stack(), b.name, b.args.Environment)
	key, err := b.flowLogKey(logs)
	if err != nil {
		return err
	}
	group, err := cloudwatch.NewLogGroup(b.ctx, b.name+"-flow-logs", cloudwatch.LogGroupArgs{
		Name: logs.group, RetentionDays: b.args.Config.FlowLogs.RetentionDays, KeyARN: key.Arn, Tags: b.tags.For(b.prefix + "-flow-logs"),
	}, b.child()...)
	if err != nil {
		return fmt.Errorf("flow logs: log group: %w", err)
	}
	role, policy, err := b.flowLogRole(logs)
	if err != nil {
		return err
	}
	if _, err := ec2.NewFlowLog(b.ctx, b.name+"-flow-log", &ec2.FlowLogArgs{
		VpcId:              b.vpcID,
		TrafficType:        pulumi.String("ALL"),
		LogDestinationType: pulumi.String("cloud-watch-logs"),
		LogDestination:     group.Arn,
		IamRoleArn:         role.Arn,
		Tags:               b.tags.For(b.prefix),
	}, b.child(pulumi.DependsOn([]pulumi.Resource{policy}))...); err != nil {
		return fmt.Errorf("flow logs: %w", err)
	}
	return nil
}

// flowLogArns are the names that key, role and group agree on.
type flowLogArns struct {
	group     string // name of the log group
	groupARN  string
	allGroups string // ARN pattern
	allFlows  string // ARN pattern
	root      string // ARN of the account
	service   string // CloudWatch Logs in this region
	account   string
}

func flowLogNames(stack, name string, e Environment) flowLogArns {
	partition := naming.Partition(e.Region)
	logs := fmt.Sprintf("arn:%s:logs:%s:%s:log-group:", partition, e.Region, e.AccountID)
	group := "/ladder/" + stack + "/" + name + "/flow-logs"
	return flowLogArns{
		group:     group,
		groupARN:  logs + group,
		allGroups: logs + "*",
		allFlows:  fmt.Sprintf("arn:%s:ec2:%s:%s:vpc-flow-log/*", partition, e.Region, e.AccountID),
		root:      fmt.Sprintf("arn:%s:iam::%s:root", partition, e.AccountID),
		service:   "logs." + e.Region + ".amazonaws.com",
		account:   e.AccountID,
	}
}

// flowLogKey makes the key, which CloudWatch Logs may use for this group only.
// Source: CloudWatch Logs user guide, "Encrypt log data using AWS KMS".
func (b *builder) flowLogKey(logs flowLogArns) (*kms.Key, error) {
	policy, err := iamdoc.Document(
		iamdoc.Statement{
			Sid: "Account", Principals: map[string][]string{"AWS": {logs.root}},
			Actions: []string{"kms:*"}, Resources: []string{"*"}, // in a key policy: this key
			EveryResource: "a key policy is about its own key; without this statement nobody could manage it",
		},
		iamdoc.Statement{
			Sid: "Logs", Principals: map[string][]string{"Service": {logs.service}},
			Actions:   []string{"kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"},
			Resources: []string{"*"}, EveryResource: "a key policy is about its own key",
			Conditions: map[string]map[string][]string{"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": {logs.groupARN}}},
		})
	if err != nil {
		return nil, fmt.Errorf("flow logs: key policy: %w", err)
	}
	key, err := kms.New(b.ctx, b.name+"-flow-logs-key", kms.Args{
		Description: "flow logs of network " + b.prefix, Policy: policy, Tags: b.tags.For(b.prefix + "-flow-logs"),
	}, b.child()...)
	if err != nil {
		return nil, fmt.Errorf("flow logs: key: %w", err)
	}
	return key, nil
}

// flowLogRole lets the flow log service write to this group. Source: VPC user
// guide, "IAM role for publishing flow logs to CloudWatch Logs".
func (b *builder) flowLogRole(logs flowLogArns) (*iam.Role, *iam.RolePolicy, error) {
	trust, err := iamdoc.Document(iamdoc.Statement{
		Actions: []string{"sts:AssumeRole"}, Principals: map[string][]string{"Service": {"vpc-flow-logs.amazonaws.com"}},
		Conditions: map[string]map[string][]string{ // only for flow logs of this account: no confused deputy
			"StringEquals": {"aws:SourceAccount": {logs.account}},
			"ArnLike":      {"aws:SourceArn": {logs.allFlows}},
		},
	})
	if err != nil {
		return nil, nil, fmt.Errorf("flow logs: trust policy: %w", err)
	}
	access, err := iamdoc.Document(
		iamdoc.Statement{
			Sid: "Write", Actions: []string{"logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"},
			Resources: []string{logs.groupARN, logs.groupARN + ":*"},
		},
		iamdoc.Statement{ // the service looks its group up in the list of all
			Sid: "Find", Actions: []string{"logs:DescribeLogGroups"}, Resources: []string{logs.allGroups},
		})
	if err != nil {
		return nil, nil, fmt.Errorf("flow logs: role policy: %w", err)
	}
	role, err := iam.NewRole(b.ctx, b.name+"-flow-logs-role", &iam.RoleArgs{
		Description:      pulumi.String("writes flow logs of network " + b.prefix),
		AssumeRolePolicy: pulumi.String(trust),
		Tags:             b.tags.For(b.prefix + "-flow-logs"),
	}, b.child()...)
	if err != nil {
		return nil, nil, fmt.Errorf("flow logs: role: %w", err)
	}
	policy, err := iam.NewRolePolicy(b.ctx, b.name+"-flow-logs-write", &iam.RolePolicyArgs{
		Role:   role.Name,
		Policy: pulumi.String(access),
	}, b.child()...)
	if err != nil {
		return nil, nil, fmt.Errorf("flow logs: role policy: %w", err)
	}
	return role, policy, nil
}
