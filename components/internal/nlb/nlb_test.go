package nlb

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/mocks"
)

func TestNew(t *testing.T) {
	r := &mocks.Recorder{Answer: func(args pulumi.MockResourceArgs, out resource.PropertyMap) {
		out["arn"] = resource.NewProperty("arn of " + args.Name)
	}}
	parts := 0
	err := r.Run(func(ctx *pulumi.Context) error {
		lb, err := New(ctx, "ew", Args{
			Name: "dev-main-ew", VPCID: pulumi.String("vpc-1"), SecurityGroup: pulumi.String("sg-1"), Port: 15008, NodePort: 31508, Protect: true,
			Subnets:   map[string]pulumi.StringInput{"az2": pulumi.String("subnet-2"), "az1": pulumi.String("subnet-1")},
			Addresses: map[string]string{"az1": "10.0.1.240", "az2": "10.0.2.240"}, Tags: pulumi.StringMap{"stage": pulumi.String("dev")},
			AutoScalingGroups: map[string]pulumi.StringInput{"system": pulumi.String("asg-1"), "general-blue": pulumi.String("asg-2")},
		})
		if err == nil {
			parts = len(lb.Parts)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	got := mocks.Inputs(r.ByName())
	tags := map[string]any{"stage": "dev"}
	want := map[string]map[string]any{
		"ew": {"name": "dev-main-ew", "internal": true, "loadBalancerType": "network", "ipAddressType": "ipv4", "securityGroups": []any{"sg-1"},
			"enableCrossZoneLoadBalancing": true, "enableDeletionProtection": true, "tags": tags, "subnetMappings": []any{
				map[string]any{"subnetId": "subnet-1", "privateIpv4Address": "10.0.1.240"}, map[string]any{"subnetId": "subnet-2", "privateIpv4Address": "10.0.2.240"}}},
		"ew-targets": {"name": "dev-main-ew", "port": 31508.0, "protocol": "TCP", "targetType": "instance", "vpcId": "vpc-1", "deregistrationDelay": 60.0,
			"preserveClientIp": "false", "tags": tags, "healthCheck": map[string]any{"protocol": "TCP", "port": "traffic-port", "interval": 10.0, "healthyThreshold": 3.0, "unhealthyThreshold": 3.0}},
		"ew-listener": {"loadBalancerArn": "arn of ew", "port": 15008.0, "protocol": "TCP", "tags": tags,
			"defaultActions": []any{map[string]any{"type": "forward", "targetGroupArn": "arn of ew-targets"}}},
		"ew-system":       {"autoscalingGroupName": "asg-1", "lbTargetGroupArn": "arn of ew-targets"},
		"ew-general-blue": {"autoscalingGroupName": "asg-2", "lbTargetGroupArn": "arn of ew-targets"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("registered (-want +got):\n%s", diff)
	}
	if parts != 3 {
		t.Errorf("%d parts, want the listener and two attachments", parts)
	}
}
