package cluster

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/cloudwatch"
	"github.com/ladder-platform/ladder/components/internal/iamdoc"
	"github.com/ladder-platform/ladder/components/internal/naming"
	"github.com/ladder-platform/ladder/components/internal/untyped"
)

// queueSeconds is how long an interruption notice is worth anything: a spot
// warning gives two minutes, everything after five is history.
const queueSeconds = 300

// interruptions are the events that Karpenter drains nodes for, by a short key.
// Source: karpenter.sh, "Disruption, Interruption", read 2026-11.
var interruptions = map[string]struct{ source, detail string }{
	"health":    {"aws.health", "AWS Health Event"},
	"spot":      {"aws.ec2", "EC2 Spot Instance Interruption Warning"},
	"rebalance": {"aws.ec2", "EC2 Instance Rebalance Recommendation"},
	"state":     {"aws.ec2", "EC2 Instance State-change Notification"},
}

// queue is an SQS queue.
type queue struct {
	pulumi.CustomResourceState

	ARN  pulumi.StringOutput `pulumi:"arn"`
	Name pulumi.StringOutput `pulumi:"name"`
	URL  pulumi.StringOutput `pulumi:"url"`
}

// interruptionQueue makes the queue and the rules that feed it.
func (b *builder) interruptionQueue() (*queue, []pulumi.Resource, error) {
	id := b.id("karpenter")
	var q queue
	if err := untyped.Register(b.ctx, "aws:sqs/queue:Queue", id, pulumi.Map{
		"messageRetentionSeconds": pulumi.Int(queueSeconds), "sqsManagedSseEnabled": pulumi.Bool(true), "tags": b.tags.For(id),
	}, &q, b.aws()...); err != nil {
		return nil, nil, err
	}
	var policy pulumi.CustomResourceState
	if err := untyped.Register(b.ctx, "aws:sqs/queuePolicy:QueuePolicy", id, pulumi.Map{
		"queueUrl": q.URL, "policy": iamdoc.DocumentOutput([]pulumi.StringInput{q.ARN}, queuePolicy),
	}, &policy, b.aws()...); err != nil {
		return nil, nil, err
	}
	made := []pulumi.Resource{&q, &policy}
	for _, key := range slices.Sorted(maps.Keys(interruptions)) {
		pattern, err := json.Marshal(map[string][]string{"source": {interruptions[key].source}, "detail-type": {interruptions[key].detail}})
		if err != nil {
			return nil, nil, fmt.Errorf("interruption rule %s: %w", key, err)
		}
		rule, err := cloudwatch.NewRule(b.ctx, id+"-"+key, cloudwatch.RuleArgs{
			Description: interruptions[key].detail + " to Karpenter of " + b.args.ClusterName,
			Pattern:     string(pattern), Tags: b.tags.For(id + "-" + key),
		}, b.aws()...)
		if err != nil {
			return nil, nil, fmt.Errorf("interruption rule %s: %w", key, err)
		}
		target, err := cloudwatch.NewTarget(b.ctx, id+"-"+key, rule, q.ARN, b.aws(&policy)...)
		if err != nil {
			return nil, nil, fmt.Errorf("interruption target %s: %w", key, err)
		}
		made = append(made, target)
	}
	return &q, made, nil
}

// queuePolicy lets EventBridge write, and refuses everybody without TLS.
func queuePolicy(arns []string) []iamdoc.Statement {
	return []iamdoc.Statement{
		{
			Sid: "Events", Actions: []string{"sqs:SendMessage"}, Resources: arns,
			Principals: map[string][]string{"Service": {"events.amazonaws.com"}},
		},
		{
			Sid: "TLSOnly", Deny: true, Actions: []string{"sqs:*"}, Resources: arns, Principals: map[string][]string{"AWS": {"*"}},
			Conditions: map[string]map[string][]string{"Bool": {"aws:SecureTransport": {"false"}}},
		},
	}
}

// karpenterPolicy is the controller's document, once queue, node role and
// profile are known.
func (b *builder) karpenterPolicy(queue, nodeRole, profile pulumi.StringOutput) pulumi.StringOutput {
	scope := karpenterScope{
		partition: naming.Partition(b.args.Environment.Region), region: b.args.Environment.Region,
		account: b.args.Environment.AccountID, cluster: b.args.ClusterName,
	}
	return iamdoc.DocumentOutput([]pulumi.StringInput{queue, nodeRole, profile}, func(arns []string) []iamdoc.Statement {
		return scope.statements(arns[0], arns[1], arns[2])
	})
}

type karpenterScope struct{ partition, region, account, cluster string }

// statements limit Karpenter to instances that carry this cluster's tag: it
// may make them only with the tag and touch only those that have it. With an
// instance profile of our own it needs no right to make any.
// Source: karpenter.sh, "CloudFormation, KarpenterControllerPolicy" (1.14), read 2026-11.
func (k karpenterScope) statements(queue, nodeRole, profile string) []iamdoc.Statement {
	ec2 := func(kinds ...string) (out []string) {
		for _, kind := range kinds {
			out = append(out, fmt.Sprintf("arn:%s:ec2:%s:*:%s/*", k.partition, k.region, kind))
		}
		return out
	}
	made := ec2("fleet", "instance", "volume", "network-interface", "launch-template", "spot-instances-request")
	owned := func(where string) map[string][]string {
		return map[string][]string{where + "/kubernetes.io/cluster/" + k.cluster: {"owned"}}
	}
	pooled := func(where string) map[string][]string {
		return map[string][]string{where + "/karpenter.sh/nodepool": {"*"}}
	}
	requested := map[string]map[string][]string{
		"StringEquals": merged(owned("aws:RequestTag"), map[string][]string{"aws:RequestTag/eks:eks-cluster-name": {k.cluster}}),
		"StringLike":   pooled("aws:RequestTag"),
	}
	existing := map[string]map[string][]string{"StringEquals": owned("aws:ResourceTag"), "StringLike": pooled("aws:ResourceTag")}
	images := []string{
		fmt.Sprintf("arn:%s:ec2:%s::image/*", k.partition, k.region), fmt.Sprintf("arn:%s:ec2:%s::snapshot/*", k.partition, k.region),
	}
	return []iamdoc.Statement{
		{
			Sid: "LaunchFrom", Actions: []string{"ec2:RunInstances", "ec2:CreateFleet"},
			Resources: append(images, ec2("security-group", "subnet", "capacity-reservation")...),
		},
		{Sid: "LaunchByOwnTemplate", Actions: []string{"ec2:RunInstances", "ec2:CreateFleet"}, Resources: ec2("launch-template"), Conditions: existing},
		{Sid: "LaunchTagged", Actions: []string{"ec2:RunInstances", "ec2:CreateFleet", "ec2:CreateLaunchTemplate"}, Resources: made, Conditions: requested},
		{
			Sid: "TagAtLaunch", Actions: []string{"ec2:CreateTags"}, Resources: made,
			Conditions: map[string]map[string][]string{
				"StringEquals": merged(requested["StringEquals"], map[string][]string{"ec2:CreateAction": {"RunInstances", "CreateFleet", "CreateLaunchTemplate"}}),
				"StringLike":   requested["StringLike"],
			},
		},
		{
			Sid: "TagOwn", Actions: []string{"ec2:CreateTags"}, Resources: ec2("instance"),
			Conditions: map[string]map[string][]string{
				"StringEquals": existing["StringEquals"], "StringLike": existing["StringLike"],
				"StringEqualsIfExists":      {"aws:RequestTag/eks:eks-cluster-name": {k.cluster}},
				"ForAllValues:StringEquals": {"aws:TagKeys": {"eks:eks-cluster-name", "karpenter.sh/nodeclaim", "Name"}},
			},
		},
		{Sid: "DeleteOwn", Actions: []string{"ec2:TerminateInstances", "ec2:DeleteLaunchTemplate"}, Resources: ec2("instance", "launch-template"), Conditions: existing},
		{
			Sid: "Read", Resources: []string{"*"}, EveryResource: "describe actions know no resource-level permission; the region limits them",
			Actions: []string{
				"ec2:DescribeCapacityReservations", "ec2:DescribeImages", "ec2:DescribeInstances", "ec2:DescribeInstanceStatus",
				"ec2:DescribeInstanceTypeOfferings", "ec2:DescribeInstanceTypes", "ec2:DescribeLaunchTemplates",
				"ec2:DescribeSecurityGroups", "ec2:DescribeSpotPriceHistory", "ec2:DescribeSubnets",
			},
			Conditions: map[string]map[string][]string{"StringEquals": {"aws:RequestedRegion": {k.region}}},
		},
		{Sid: "Prices", Actions: []string{"pricing:GetProducts"}, Resources: []string{"*"}, EveryResource: "the price list has no resources"},
		{Sid: "Images", Actions: []string{"ssm:GetParameter"}, Resources: []string{fmt.Sprintf("arn:%s:ssm:%s::parameter/aws/service/*", k.partition, k.region)}},
		{Sid: "Interruptions", Actions: []string{"sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"}, Resources: []string{queue}},
		{
			Sid: "PassNodeRole", Actions: []string{"iam:PassRole"}, Resources: []string{nodeRole},
			Conditions: map[string]map[string][]string{"StringEquals": {"iam:PassedToService": {"ec2.amazonaws.com"}}},
		},
		{Sid: "NodeProfile", Actions: []string{"iam:GetInstanceProfile"}, Resources: []string{profile}},
		{
			Sid: "Cluster", Actions: []string{"eks:DescribeCluster"},
			Resources: []string{fmt.Sprintf("arn:%s:eks:%s:%s:cluster/%s", k.partition, k.region, k.account, k.cluster)},
		},
	}
}

func merged(a, b map[string][]string) map[string][]string {
	out := maps.Clone(a)
	maps.Copy(out, b)
	return out
}
