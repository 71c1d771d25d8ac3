package network

import (
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/network/spec"
)

func TestWhatIsMade(t *testing.T) {
	all, _ := made(t, config())
	var got []string
	for _, r := range all {
		if r.name != "aws" && r.token != typeToken {
			got = append(got, strings.TrimPrefix(r.name, "network-main-")+" "+r.token[strings.LastIndexByte(r.token, ':')+1:])
		}
	}
	slices.Sort(got)
	want := []string{
		"default-sg DefaultSecurityGroup",
		"eip-apne2-az1-a Eip", "eip-apne2-az2-a Eip",
		"endpoint-s3 VpcEndpoint",
		"flow-log FlowLog", "flow-logs LogGroup", "flow-logs-key Key", "flow-logs-role Role", "flow-logs-write RolePolicy",
		"igw InternetGateway",
		"nat-apne2-az1 NatGateway", "nat-apne2-az2 NatGateway",
		"nat-ports-apne2-az1 MetricAlarm", "nat-ports-apne2-az2 MetricAlarm",
		"pod-apne2-az1 Subnet", "pod-apne2-az2 Subnet", "pod-cidr VpcIpv4CidrBlockAssociation",
		"pod-rta-apne2-az1 RouteTableAssociation", "pod-rta-apne2-az2 RouteTableAssociation",
		"private-apne2-az1 Subnet", "private-apne2-az2 Subnet",
		"private-rt-apne2-az1 RouteTable", "private-rt-apne2-az2 RouteTable",
		"private-rta-apne2-az1 RouteTableAssociation", "private-rta-apne2-az2 RouteTableAssociation",
		"public-apne2-az1 Subnet", "public-apne2-az2 Subnet",
		"public-rt RouteTable",
		"public-rta-apne2-az1 RouteTableAssociation", "public-rta-apne2-az2 RouteTableAssociation",
		"route-nat-apne2-az1 Route", "route-nat-apne2-az2 Route", "route-public-internet Route",
		"vpc Vpc",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("resources (-want +got):\n%s", diff)
	}
}

var index = regexp.MustCompile(`-[0-9]+(?:-|$)`)

func TestEveryChildHasParentProviderTagsAndNoIndex(t *testing.T) {
	c := config()
	c.Endpoints = []string{"s3", "dynamodb", "ecr.api", "sts"}
	c.NAT, c.Quotas = &spec.NAT{Addresses: 3}, &spec.Quotas{ElasticIPs: 6, NATAddresses: 3}
	all, _ := made(t, c)
	root := ""
	for _, r := range all {
		if r.token == typeToken {
			root = "urn:pulumi:dev::ladder::" + typeToken + "::" + r.name
		}
	}
	untagged := map[string]bool{"VpcIpv4CidrBlockAssociation": true, "Route": true, "RouteTableAssociation": true, "RolePolicy": true}
	for _, r := range all {
		if r.name == "aws" || r.token == typeToken {
			continue
		}
		if r.parent != root {
			t.Errorf("%s has parent %q, want %q", r.name, r.parent, root)
		}
		if !strings.Contains(r.provider, "::aws::") {
			t.Errorf("%s has provider %q, want the explicit one", r.name, r.provider)
		}
		if index.MatchString(r.name) {
			t.Errorf("%s is named by an index", r.name)
		}
		kind := r.token[strings.LastIndexByte(r.token, ':')+1:]
		tags, _ := r.inputs["tags"].(map[string]any)
		if !untagged[kind] && (tags["stage"] != "dev" || tags["owner"] != "platform" || tags["cost-centre"] != "42" || tags["Name"] == nil) {
			t.Errorf("%s has tags %v", r.name, tags)
		}
		wantProtect := slices.Contains([]string{"Vpc", "Subnet", "Eip", "VpcIpv4CidrBlockAssociation"}, kind)
		if r.protect != wantProtect {
			t.Errorf("%s is protected: %v, want %v", r.name, r.protect, wantProtect)
		}
	}
}

func TestSubnets(t *testing.T) {
	all, _ := made(t, config())
	tests := map[string]struct {
		zone, block string
		tags        map[string]any
	}{
		"private-apne2-az1": {"apne2-az1", "10.20.0.0/19", map[string]any{"kubernetes.io/role/internal-elb": "1", "kubernetes.io/cluster/dev-main": "shared", "karpenter.sh/discovery": "dev-main"}},
		"private-apne2-az2": {"apne2-az2", "10.20.64.0/19", map[string]any{"kubernetes.io/role/internal-elb": "1", "kubernetes.io/cluster/dev-main": "shared", "karpenter.sh/discovery": "dev-main"}},
		"public-apne2-az1":  {"apne2-az1", "10.20.32.0/24", map[string]any{"kubernetes.io/role/elb": "1", "kubernetes.io/cluster/dev-main": "shared"}},
		"pod-apne2-az2":     {"apne2-az2", "100.64.64.0/18", map[string]any{}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			in := all["network-main-"+name].inputs
			if in["availabilityZoneId"] != tt.zone || in["cidrBlock"] != tt.block || in["mapPublicIpOnLaunch"] != false {
				t.Errorf("subnet is %v, want %s in %s without public addresses", in, tt.block, tt.zone)
			}
			tags := maps.Clone(in["tags"].(map[string]any))
			maps.DeleteFunc(tags, func(k string, _ any) bool { return !strings.Contains(k, "/") })
			if diff := cmp.Diff(tt.tags, tags); diff != "" {
				t.Errorf("controllers' tags (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPodSubnetsWaitForTheirBlock(t *testing.T) {
	all, _ := made(t, config())
	for name, want := range map[string]bool{"pod-apne2-az1": true, "private-apne2-az1": false, "public-apne2-az1": false} {
		got := slices.ContainsFunc(all["network-main-"+name].dependsOn, func(u string) bool { return strings.HasSuffix(u, "::network-main-pod-cidr") })
		if got != want {
			t.Errorf("%s waits for the pod block: %v, want %v", name, got, want)
		}
	}
}

func TestSeveralClustersSelectByTheirOwnTag(t *testing.T) {
	all, _ := made(t, config(), func(a *Args) { a.ClusterNames = []string{"dev-main", "dev-tools"} })
	tags := all["network-main-private-apne2-az1"].inputs["tags"].(map[string]any)
	if tags["kubernetes.io/cluster/dev-main"] != "shared" || tags["kubernetes.io/cluster/dev-tools"] != "shared" || tags["karpenter.sh/discovery"] != nil {
		t.Errorf("tags are %v", tags)
	}
}

// TestOneMoreZoneChangesNothingElse holds for resources what the planner's
// property holds for blocks.
func TestOneMoreZoneChangesNothingElse(t *testing.T) {
	before, _ := made(t, config())
	more := config()
	more.Zones = []string{"apne2-az4", "apne2-az2", "apne2-az1"}
	after, _ := made(t, more)
	for name, was := range before {
		now := after[name]
		if name == "network-main-endpoint-s3" {
			continue // it gains the new zone's route table, in place
		}
		if diff := cmp.Diff(was.inputs, now.inputs); diff != "" {
			t.Errorf("%s changed:\n%s", name, diff)
		}
	}
	if len(after) <= len(before) {
		t.Errorf("%d resources after, %d before", len(after), len(before))
	}
}

// TestOutputsAreTheTaggedFields: mocks never see registered outputs, so the
// map that is registered is compared with the struct here.
func TestOutputsAreTheTaggedFields(t *testing.T) {
	_, n := made(t, config())
	var want []string
	for f := range reflect.TypeFor[Network]().Fields() {
		if tag := f.Tag.Get("pulumi"); tag != "" {
			want = append(want, tag)
		}
	}
	slices.Sort(want)
	var got []string
	for k := range n.outputs() {
		got = append(got, k)
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("outputs (-tagged +registered):\n%s", diff)
	}
	if len(n.Egress) == 0 || !slices.Equal(n.Zones, []string{"apne2-az1", "apne2-az2"}) || !slices.Equal(n.CIDRs, []string{"10.20.0.0/16", "100.64.0.0/16"}) {
		t.Errorf("handover: %d egress, zones %v, blocks %v", len(n.Egress), n.Zones, n.CIDRs)
	}
}

func TestBadInputRegistersNothing(t *testing.T) {
	tests := map[string]struct {
		change func(*Args)
		want   string
	}{
		"a bad block":           {func(a *Args) { a.Config.CIDR = "10.20.0.0/25" }, `networks.main.cidr: "10.20.0.0/25" holds 128 addresses`},
		"a zone of elsewhere":   {func(a *Args) { a.Config.Zones[0] = "use1-az1" }, "networks.main.zones[0]"},
		"no region, no account": {func(a *Args) { a.Environment = Environment{} }, "environment.accountId: is missing"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			args := Args{Key: "main", Config: config(), Environment: environment()}
			tt.change(&args)
			m := &mocks{}
			err := run(t, m, func(ctx *pulumi.Context, on pulumi.ResourceOption) error {
				_, err := New(ctx, "network-main", args, on)
				return err
			})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error is %v, want %q", err, tt.want)
			}
			if len(m.all) > 1 { // the provider
				t.Errorf("%d resources are registered", len(m.all)-1)
			}
		})
	}
}
