package stacks

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/cluster"
	"github.com/ladder-platform/ladder/components/network"
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/promotion"
)

// Limits of a composite alarm's rule. Source: CloudWatch API reference,
// PutCompositeAlarm, read 2026-11.
const (
	maxWatched = 100   // alarms that one rule may name
	maxRule    = 10240 // characters
)

// watch makes the alarm <stack>-health, which rings while any alarm of a
// network or cluster does. ladder observe reads it, and a soak begins again
// when it rings.
func watch(ctx *pulumi.Context, cfg config.Stack, on clouds, networks map[string]*network.Network, clusters map[string]*cluster.Cluster) (pulumi.Resource, error) {
	var sources []any
	for _, key := range slices.Sorted(maps.Keys(networks)) {
		sources = append(sources, networks[key].Alarms)
	}
	for _, key := range slices.Sorted(maps.Keys(clusters)) {
		sources = append(sources, clusters[key].Alarms)
	}
	e := cfg.Environment
	alarm, err := cloudwatch.NewCompositeAlarm(ctx, "health", &cloudwatch.CompositeAlarmArgs{
		AlarmName:        pulumi.String(promotion.AlarmName(ctx.Stack())),
		AlarmDescription: pulumi.String("Health of " + ctx.Stack() + ": any alarm of its networks and clusters; a soak begins again when it rings"),
		AlarmRule:        pulumi.All(sources...).ApplyT(joinAlarms).(pulumi.StringOutput),
		Tags:             healthTags(ctx.Stack(), e),
	}, pulumi.Provider(on.AWS))
	if err != nil {
		return nil, fmt.Errorf("health alarm: %w", err)
	}
	return alarm, nil
}

// healthTags are the stack's: the alarm belongs to no component.
func healthTags(stack string, e config.Environment) pulumi.StringMap {
	out := pulumi.ToStringMap(e.Tags)
	for k, v := range map[string]string{"Name": promotion.AlarmName(stack), "stage": e.Stage, "owner": e.Owner, "managed-by": "ladder"} {
		out[k] = pulumi.String(v)
	}
	return out
}

// joinAlarms is healthRule of the lists that components hand over.
func joinAlarms(sources []any) (string, error) {
	var names []string
	for _, s := range sources {
		list, ok := s.([]string)
		if !ok {
			return "", fmt.Errorf("health alarm: a list of alarms is %T", s)
		}
		names = append(names, list...)
	}
	return healthRule(names)
}

// healthRule is the rule of an alarm that rings while any of others does, in a
// stable order. Without any it never rings.
func healthRule(names []string) (string, error) {
	names = slices.Compact(slices.Sorted(slices.Values(names)))
	if len(names) == 0 {
		return "FALSE", nil
	}
	parts := make([]string, len(names))
	for i, name := range names {
		parts[i] = fmt.Sprintf("ALARM(%q)", name)
	}
	rule := strings.Join(parts, " OR ")
	if len(names) > maxWatched || len(rule) > maxRule {
		return "", fmt.Errorf("health alarm: %d alarms with a rule of %d characters; CloudWatch takes %d and %d: spread the clusters over more stacks", len(names), len(rule), maxWatched, maxRule)
	}
	return rule, nil
}
