package network

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/network/spec"
)

func TestNATModes(t *testing.T) {
	tests := map[string]struct {
		nat       spec.NAT
		endpoints []string
		gateways  []string
		routes    map[string]any // private route: gateway
		secondary any
	}{
		"one for each zone": {nat: spec.NAT{}, gateways: []string{"apne2-az1", "apne2-az2"},
			routes: map[string]any{"apne2-az1": "network-main-nat-apne2-az1-id", "apne2-az2": "network-main-nat-apne2-az2-id"}},
		"a single one, with three addresses": {nat: spec.NAT{Mode: "single", Addresses: 3}, gateways: []string{"apne2-az1"},
			routes:    map[string]any{"apne2-az1": "network-main-nat-apne2-az1-id", "apne2-az2": "network-main-nat-apne2-az1-id"},
			secondary: []any{"network-main-eip-apne2-az1-b.allocationId", "network-main-eip-apne2-az1-c.allocationId"}},
		"none": {nat: spec.NAT{Mode: "none"}, endpoints: []string{"ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "s3", "sts"},
			routes: map[string]any{}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := config()
			c.NAT, c.Endpoints, c.Quotas = &tt.nat, tt.endpoints, &spec.Quotas{NATAddresses: 3}
			all, _ := made(t, c)
			var gateways []string
			routes := map[string]any{}
			for _, name := range slices.Sorted(maps.Keys(all)) {
				r := all[name]
				if zone, ok := strings.CutPrefix(name, "network-main-route-nat-"); ok {
					routes[zone] = r.inputs["natGatewayId"]
				}
				if !strings.HasSuffix(r.token, ":NatGateway") {
					continue
				}
				gateways = append(gateways, strings.TrimPrefix(name, "network-main-nat-"))
				if got, want := r.inputs["subnetId"], any("network-main-public-"+gateways[len(gateways)-1]+"-id"); got != want {
					t.Errorf("%s stands in %v, want %v", name, got, want)
				}
				if diff := cmp.Diff(tt.secondary, r.inputs["secondaryAllocationIds"]); diff != "" {
					t.Errorf("further addresses (-want +got):\n%s", diff)
				}
				if !slices.ContainsFunc(r.dependsOn, func(u string) bool { return strings.HasSuffix(u, "::network-main-igw") }) {
					t.Errorf("%s does not wait for the internet gateway: %v", name, r.dependsOn)
				}
			}
			if diff := cmp.Diff(tt.gateways, gateways); diff != "" {
				t.Errorf("gateways (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.routes, routes); diff != "" {
				t.Errorf("routes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEndpoints(t *testing.T) {
	c := config()
	c.Endpoints = []string{"s3", "ecr.dkr"}
	all, _ := made(t, c)
	s3, ecr := all["network-main-endpoint-s3"].inputs, all["network-main-endpoint-ecr-dkr"].inputs
	if s3["vpcEndpointType"] != "Gateway" || len(s3["routeTableIds"].([]any)) != 3 || s3["serviceName"] != "com.amazonaws.ap-northeast-2.s3" {
		t.Errorf("s3 is %v", s3)
	}
	if ecr["vpcEndpointType"] != "Interface" || ecr["privateDnsEnabled"] != true || ecr["serviceName"] != "com.amazonaws.ap-northeast-2.ecr.dkr" {
		t.Errorf("ecr.dkr is %v", ecr)
	}
	if diff := cmp.Diff([]any{"network-main-private-apne2-az1-id", "network-main-private-apne2-az2-id"}, ecr["subnetIds"]); diff != "" {
		t.Errorf("subnets of ecr.dkr (-want +got):\n%s", diff)
	}
	for role, block := range map[string]string{"primary": "10.20.0.0/16", "pod": "100.64.0.0/16"} {
		rule := all["network-main-endpoints-https-"+role].inputs
		if rule["cidrIpv4"] != block || rule["fromPort"] != 443.0 || rule["toPort"] != 443.0 || rule["ipProtocol"] != "tcp" {
			t.Errorf("rule of the %s block is %v", role, rule)
		}
	}
}

func TestTheDefaultSecurityGroupHasNoRules(t *testing.T) {
	all, _ := made(t, config())
	in := all["network-main-default-sg"].inputs
	if in["ingress"] != nil || in["egress"] != nil || in["vpcId"] != "network-main-vpc-id" {
		t.Errorf("default security group is %v", in)
	}
}

func TestFlowLogsMayBeUsedForThisGroupOnly(t *testing.T) {
	all, _ := made(t, config())
	const group = "arn:aws:logs:ap-northeast-2:111111111111:log-group:/ladder/dev/network-main/flow-logs"
	if got := all["network-main-flow-logs"].inputs; got["name"] != "/ladder/dev/network-main/flow-logs" || got["retentionInDays"] != 30.0 ||
		got["kmsKeyId"] != "network-main-flow-logs-key.arn" {
		t.Errorf("log group is %v", got)
	}
	key := document(t, all["network-main-flow-logs-key"].inputs["policy"])
	if cond := fmt.Sprint(key[1]["Condition"]); cond != "map[ArnEquals:map[kms:EncryptionContext:aws:logs:arn:"+group+"]]" {
		t.Errorf("the key's condition is %s", cond)
	}
	access := document(t, all["network-main-flow-logs-write"].inputs["policy"])
	if got := fmt.Sprint(access[0]["Resource"]); got != "["+group+" "+group+":*]" {
		t.Errorf("the role writes to %s", got)
	}
	trust := document(t, all["network-main-flow-logs-role"].inputs["assumeRolePolicy"])
	if got := fmt.Sprint(trust[0]["Condition"]); !strings.Contains(got, "aws:SourceAccount:111111111111") {
		t.Errorf("the role may be taken by any account: %s", got)
	}
	if deps := all["network-main-flow-log"].dependsOn; !slices.ContainsFunc(deps, func(u string) bool { return strings.HasSuffix(u, "flow-logs-write") }) {
		t.Errorf("the flow log does not wait for its role's policy: %v", deps)
	}
}

func document(t *testing.T, policy any) []map[string]any {
	t.Helper()
	var d struct{ Statement []map[string]any }
	if err := json.Unmarshal([]byte(policy.(string)), &d); err != nil {
		t.Fatal(err)
	}
	return d.Statement
}

func TestFlowLogsOff(t *testing.T) {
	c := config()
	c.FlowLogs = &spec.FlowLogs{Disabled: true}
	all, _ := made(t, c)
	for name := range all {
		if strings.Contains(name, "flow-log") {
			t.Errorf("%s is made", name)
		}
	}
}

func TestAlarmGoesToTheTopic(t *testing.T) {
	all, _ := made(t, config(), func(a *Args) { a.AlarmTopicARN = pulumi.String("arn:topic") })
	in := all["network-main-nat-ports-apne2-az1"].inputs
	if in["metricName"] != "ErrorPortAllocation" || in["namespace"] != "AWS/NATGateway" || fmt.Sprint(in["alarmActions"]) != "[arn:topic]" ||
		fmt.Sprint(in["dimensions"]) != "map[NatGatewayId:network-main-nat-apne2-az1-id]" || in["threshold"] != 0.0 {
		t.Errorf("alarm is %v", in)
	}
}
