package cluster

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/cloudwatch"
)

// What an alarm of a cluster looks at and for how long. All of it is there
// without an agent: EKS and EC2 send these metrics by themselves. Sources: EKS
// user guide, "Monitor cluster data with Amazon CloudWatch" (namespace AWS/EKS,
// one minute, dimension ClusterName; from Kubernetes 1.28 on); EC2 user guide,
// "CloudWatch metrics for your instances" (StatusCheckFailed, dimension
// AutoScalingGroupName); both read 2026-11.
const (
	metricsOfEKS = "AWS/EKS"
	metricsOfEC2 = "AWS/EC2"
	// alarmPeriod in seconds: five minutes smooth out a single failed call.
	alarmPeriod = 300
	// errorShare in percent of all requests. kubernetes-mixin allots the API
	// server 1 percent (its SLOs.apiserver.target is 0.99); five times that for
	// a quarter of an hour is no budget that burns slowly but a fault.
	errorShare        = 5
	errorPeriods      = 3
	unplacedPeriods   = 6 // half an hour: longer than an autoscaler takes to add a node
	nodeCheckPeriods  = 3 // a quarter of an hour: longer than the group takes to end a failed instance
	errorShareFormula = "IF(total > 0, 100 * errors / total, 0)"
)

// alarms ring at symptoms: an API server that answers with errors, pods that no
// node takes, nodes that fail their status checks. They show only; stacks joins
// them into the alarm that an observation reads.
func (b *builder) alarms() error {
	errors, err := b.alarm("api-errors", cloudwatch.AlarmArgs{
		Description: fmt.Sprintf("API server of %s: more than %d percent of all requests end in a server error", b.args.ClusterName, errorShare),
		Queries: []cloudwatch.Query{
			{ID: "share", Formula: errorShareFormula, Label: "errors, percent"},
			b.apiserver("errors", "apiserver_request_total_5XX"), b.apiserver("total", "apiserver_request_total"),
		},
		Periods: errorPeriods, Threshold: errorShare,
	})
	if err != nil {
		return err
	}
	unplaced, err := b.alarm("unplaced-pods", cloudwatch.AlarmArgs{
		Description: "Pods of " + b.args.ClusterName + " find no node: capacity, taints or a zone's volume; kubectl get pods -A --field-selector=status.phase=Pending",
		Namespace:   metricsOfEKS, Metric: "scheduler_pending_pods_UNSCHEDULABLE",
		Dimensions: pulumi.StringMap{"ClusterName": b.out.Name}, Statistic: "Sum", PeriodSeconds: alarmPeriod,
		Periods: unplacedPeriods, Threshold: 0,
	})
	if err != nil {
		return err
	}
	names := pulumi.StringArray{errors.Name, unplaced.Name}
	groups := managed(b.groups)
	if len(groups) != len(b.slots) {
		return fmt.Errorf("alarms: %d node groups for %d slots", len(groups), len(b.slots))
	}
	for i, slot := range b.slots {
		checks, err := b.alarm("ng-"+slot.Name()+"-checks", cloudwatch.AlarmArgs{
			Description: "Nodes of " + b.args.ClusterName + ", " + slot.Name() + " fail their status checks and are not replaced",
			Namespace:   metricsOfEC2, Metric: "StatusCheckFailed",
			Dimensions: pulumi.StringMap{"AutoScalingGroupName": scalingGroup(groups[i])}, Statistic: "Maximum", PeriodSeconds: alarmPeriod,
			Periods: nodeCheckPeriods, Threshold: 0,
		})
		if err != nil {
			return err
		}
		names = append(names, checks.Name)
	}
	b.out.Alarms = names.ToStringArrayOutput()
	return nil
}

// alarm registers one alarm; silence of a metric is no alarm.
func (b *builder) alarm(role string, args cloudwatch.AlarmArgs) (*cloudwatch.Alarm, error) {
	args.Compare, args.Silence, args.Tags = cloudwatch.Above, cloudwatch.SilenceIsNoAlarm, b.tags.For(b.id(role))
	alarm, err := cloudwatch.NewAlarm(b.ctx, b.id(role), args, b.aws()...)
	if err != nil {
		return nil, fmt.Errorf("alarm %s: %w", role, err)
	}
	return alarm, nil
}

// apiserver is a sum over the API server's requests, for a formula.
func (b *builder) apiserver(id, metric string) cloudwatch.Query {
	return cloudwatch.Query{
		ID: id, Namespace: metricsOfEKS, Metric: metric, Statistic: "Sum", PeriodSeconds: alarmPeriod,
		Dimensions: pulumi.StringMap{"ClusterName": b.out.Name},
	}
}

// managed are the node groups among resources, in order: one for each slot.
func managed(all []pulumi.Resource) []*eks.NodeGroup {
	var out []*eks.NodeGroup
	for _, r := range all {
		if group, ok := r.(*eks.NodeGroup); ok {
			out = append(out, group)
		}
	}
	return out
}

// scalingGroup is the Auto Scaling group that EKS made for a node group.
func scalingGroup(group *eks.NodeGroup) pulumi.StringOutput {
	return group.Resources.Index(pulumi.Int(0)).AutoscalingGroups().Index(pulumi.Int(0)).Name().Elem()
}
