package stacks

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/cluster"
	"github.com/ladder-platform/ladder/components/edge"
	"github.com/ladder-platform/ladder/components/network"
	"github.com/ladder-platform/ladder/components/observability"
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/promotion"
)

// watch makes the alarm <stack>-health, which rings while any alarm of a network,
// of a cluster, of the edge or of what observes a cluster does. ladder observe reads
// it, and a soak begins again when it rings. way is nil without an edge.
func watch(ctx *pulumi.Context, cfg config.Stack, on clouds, networks map[string]*network.Network, clusters map[string]*cluster.Cluster, way *edge.Edge, watching map[string]*observability.Observability) (pulumi.Resource, error) {
	var sources []any
	for _, key := range slices.Sorted(maps.Keys(networks)) {
		sources = append(sources, networks[key].Alarms)
	}
	for _, key := range slices.Sorted(maps.Keys(clusters)) {
		sources = append(sources, clusters[key].Alarms)
	}
	if way != nil {
		sources = append(sources, way.Alarms)
	}
	var topics pulumi.StringArray
	for _, key := range slices.Sorted(maps.Keys(watching)) {
		sources = append(sources, watching[key].Alarms)
		for _, arn := range watching[key].Topics {
			topics = append(topics, arn)
		}
	}
	e := cfg.Environment
	args := pulumi.Map{
		"alarmName":        pulumi.String(promotion.AlarmName(ctx.Stack())),
		"alarmDescription": pulumi.String("Health of " + ctx.Stack() + ": any alarm of its networks, clusters, edge and stores; a soak begins again when it rings"),
		"alarmRule":        pulumi.All(sources...).ApplyT(joinAlarms).(pulumi.StringOutput),
		"tags":             healthTags(ctx.Stack(), e),
	}
	if len(topics) > 0 { // what CloudWatch alone knows reaches people through the topics of alerts
		args["alarmActions"], args["okActions"] = topics, topics
	}
	var alarm pulumi.CustomResourceState
	if err := ctx.RegisterResource("aws:cloudwatch/compositeAlarm:CompositeAlarm", "health", args, &alarm, pulumi.Provider(on.AWS)); err != nil {
		return nil, fmt.Errorf("health alarm: %w", err)
	}
	return &alarm, nil
}

// healthTags are the stack's: the alarm belongs to no component.
func healthTags(stack string, e config.Environment) pulumi.StringMap {
	out := pulumi.ToStringMap(e.Tags)
	for k, v := range map[string]string{"Name": promotion.AlarmName(stack), "stage": e.Stage, "owner": e.Owner, "managed-by": "ladder"} {
		out[k] = pulumi.String(v)
	}
	return out
}

// joinAlarms is the rule of the lists that components hand over.
func joinAlarms(sources []any) (string, error) {
	var names []string
	for _, s := range sources {
		list, ok := s.([]string)
		if !ok {
			return "", fmt.Errorf("health alarm: a list of alarms is %T", s)
		}
		names = append(names, list...)
	}
	return promotion.HealthRule(names)
}
