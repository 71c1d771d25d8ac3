package cluster

import (
	"strings"
	"testing"
)

const typeAlarm = "aws:cloudwatch/metricAlarm:MetricAlarm"

// TestAlarmsLookAtWhatTheClusterIs: two of the control plane, one of each slot's
// nodes, silent while their metric is.
func TestAlarmsLookAtWhatTheClusterIs(t *testing.T) {
	g := build(t, nil)
	for suffix, want := range map[string]string{
		"unplaced-pods": "scheduler_pending_pods_UNSCHEDULABLE", "ng-general-main-checks": "StatusCheckFailed",
	} {
		_, alarm := g.Find(t, typeAlarm, suffix)
		in := alarm.Inputs.Mappable()
		if in["metricName"] != want || in["treatMissingData"] != "notBreaching" || in["comparisonOperator"] != "GreaterThanThreshold" {
			t.Errorf("%s looks at %v", suffix, in)
		}
	}
	_, errors := g.Find(t, typeAlarm, "api-errors")
	queries, _ := errors.Inputs.Mappable()["metricQueries"].([]any)
	if len(queries) != 3 {
		t.Fatalf("api-errors has %d queries, want a share and two sums", len(queries))
	}
	shown := 0
	for _, q := range queries {
		query := q.(map[string]any)
		if query["returnData"] == true {
			shown++
		}
		if metric, ok := query["metric"].(map[string]any); ok && (metric["namespace"] != "AWS/EKS" || !strings.HasPrefix(metric["metricName"].(string), "apiserver_request_total")) {
			t.Errorf("api-errors sums up %v", metric)
		}
	}
	if shown != 1 {
		t.Errorf("%d queries return data; CloudWatch takes one", shown)
	}
	groups, alarms := 0, 0
	for _, r := range g {
		switch {
		case r.Type == typeNodeGroup:
			groups++
		case r.Type == typeAlarm && strings.HasSuffix(r.Name, "-checks"):
			alarms++
		}
	}
	if groups == 0 || groups != alarms {
		t.Errorf("%d node groups and %d alarms on their nodes", groups, alarms)
	}
}

// TestAClusterWaitsForItsTurn: nothing of a cluster changes before the last of
// the cluster before it. One edge of the component holds back all below it.
func TestAClusterWaitsForItsTurn(t *testing.T) {
	// The harness registers a route before the cluster: here it stands for what
	// the cluster before ends with.
	g := build(t, func(a *Args) { a.Turn, a.Network.WayOut = a.Network.WayOut, nil })
	last, _ := g.Find(t, "test:index:Route", "route")
	component, _ := g.Find(t, typeToken, "")
	if !g.Reaches(component, last) {
		t.Errorf("%s does not wait for its turn", component)
	}
	control, of := g.Find(t, "eks:index:Cluster", "eks")
	if of.Parent != component {
		t.Errorf("the parent of %s is %q, so it does not wait with %s", control, of.Parent, component)
	}
}
