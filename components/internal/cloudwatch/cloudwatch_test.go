package cloudwatch

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/mocks"
)

func TestWhatIsRegistered(t *testing.T) {
	r := &mocks.Recorder{Answer: func(args pulumi.MockResourceArgs, out resource.PropertyMap) {
		out["name"] = resource.NewProperty(args.Name + "-7")
	}}
	tags := pulumi.StringMap{"owner": pulumi.String("platform")}
	err := r.Run(func(ctx *pulumi.Context) error {
		if _, err := NewLogGroup(ctx, "encrypted", LogGroupArgs{Name: "/dev/flows", RetentionDays: 30, KeyARN: pulumi.String("arn:key"), Tags: tags}); err != nil {
			return err
		}
		if _, err := NewLogGroup(ctx, "plain", LogGroupArgs{Name: "aws-waf-logs-dev", RetentionDays: 7, Tags: tags}); err != nil {
			return err
		}
		if _, err := NewAlarm(ctx, "metric", AlarmArgs{
			Description: "full", Namespace: "AWS/ES", Metric: "FreeStorageSpace", Statistic: "Minimum", Dimensions: pulumi.StringMap{"DomainName": pulumi.String("d")},
			PeriodSeconds: 60, Periods: 5, Compare: AtMost, Threshold: 0, Silence: SilenceIsNoAlarm, Tags: tags,
		}); err != nil {
			return err
		}
		if _, err := NewAlarm(ctx, "formula", AlarmArgs{
			Description: "errors", Periods: 3, Datapoints: 1, Compare: Above, Threshold: 5, Silence: SilenceIsAnAlarm, Topic: pulumi.String("arn:topic"), Tags: tags,
			Queries: []Query{
				{ID: "share", Formula: "errors / 2", Label: "errors, percent"},
				{ID: "errors", Namespace: "AWS/EKS", Metric: "e", Statistic: "Sum", PeriodSeconds: 300, Dimensions: pulumi.StringMap{"ClusterName": pulumi.String("c")}},
			},
		}); err != nil {
			return err
		}
		rule, err := NewRule(ctx, "rule", RuleArgs{Description: "spot", Pattern: "{}", Tags: tags})
		if err != nil {
			return err
		}
		_, err = NewTarget(ctx, "target", rule, pulumi.String("arn:queue"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	owner := map[string]any{"owner": "platform"}
	want := map[string]map[string]any{
		"encrypted": {"name": "/dev/flows", "retentionInDays": 30.0, "kmsKeyId": "arn:key", "tags": owner},
		"plain":     {"name": "aws-waf-logs-dev", "retentionInDays": 7.0, "tags": owner},
		"metric": {
			"alarmDescription": "full", "namespace": "AWS/ES", "metricName": "FreeStorageSpace", "statistic": "Minimum", "dimensions": map[string]any{"DomainName": "d"},
			"period": 60.0, "evaluationPeriods": 5.0, "comparisonOperator": "LessThanOrEqualToThreshold", "threshold": 0.0, "treatMissingData": "notBreaching", "tags": owner,
		},
		"formula": {
			"alarmDescription": "errors", "evaluationPeriods": 3.0, "datapointsToAlarm": 1.0, "comparisonOperator": "GreaterThanThreshold", "threshold": 5.0,
			"treatMissingData": "breaching", "alarmActions": []any{"arn:topic"}, "okActions": []any{"arn:topic"}, "tags": owner,
			"metricQueries": []any{
				map[string]any{"id": "share", "expression": "errors / 2", "label": "errors, percent", "returnData": true},
				map[string]any{"id": "errors", "metric": map[string]any{"namespace": "AWS/EKS", "metricName": "e", "stat": "Sum", "period": 300.0, "dimensions": map[string]any{"ClusterName": "c"}}},
			},
		},
		"rule":   {"description": "spot", "eventPattern": "{}", "tags": owner},
		"target": {"rule": "rule-7", "arn": "arn:queue"},
	}
	if diff := cmp.Diff(want, mocks.Inputs(r.ByName())); diff != "" {
		t.Errorf("inputs (-want +got):\n%s", diff)
	}
}
