package promotion

import (
	"fmt"
	"slices"
	"strings"
)

// Limits of a composite alarm's rule. Source: CloudWatch API reference,
// PutCompositeAlarm, read 2026-11.
const (
	maxWatched = 100   // alarms that one rule may name
	maxRule    = 10240 // characters
)

// AlarmName is the composite alarm of a stack's health.
func AlarmName(stack string) string { return stack + "-health" }

// HealthRule is the rule of an alarm that rings while any of others does, in a
// stable order. Without any it never rings.
func HealthRule(names []string) (string, error) {
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
