package network

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/network/plan"
	"github.com/ladder-platform/ladder/components/network/spec"
)

// theirs is an existing VPC as AWS would describe it.
func theirs() *mocks {
	subnet := func(zone, block string, free int) map[string]any {
		return map[string]any{"vpcId": "vpc-0123456789abcdef0", "availabilityZoneId": zone, "cidrBlock": block, "availableIpAddressCount": float64(free)}
	}
	return &mocks{
		vpc: map[string]any{"cidrBlock": "10.9.0.0/16", "enableDnsSupport": true, "enableDnsHostnames": true,
			"cidrBlockAssociations": []any{map[string]any{"cidrBlock": "10.9.0.0/16"}, map[string]any{"cidrBlock": "100.70.0.0/16"}}},
		subnets: map[string]map[string]any{
			"subnet-00000001": subnet("apne2-az1", "10.9.0.0/24", 251), "subnet-00000002": subnet("apne2-az2", "10.9.1.0/24", 251),
			"subnet-00000003": subnet("apne2-az1", "100.70.0.0/18", 16379), "subnet-00000004": subnet("apne2-az2", "100.70.64.0/18", 16379),
		},
	}
}

func existing() spec.Config {
	return spec.Config{Existing: &spec.Existing{VPCID: "vpc-0123456789abcdef0", CIDR: "10.9.0.0/16", PodCIDR: "100.70.0.0/16",
		Subnets: spec.ExistingSubnets{
			Private: map[string]string{"apne2-az1": "subnet-00000001", "apne2-az2": "subnet-00000002"},
			Pod:     map[string]string{"apne2-az1": "subnet-00000003", "apne2-az2": "subnet-00000004"},
		}}}
}

func TestExistingVPC(t *testing.T) {
	large := plan.InstanceType{Name: "m5.large", ENIs: 3, AddressesPerENI: 10, VCPU: 2}
	tests := map[string]struct {
		aws      func(*mocks)
		config   func(*spec.Existing)
		nodes    int
		want     []string // in the error; nil means accepted
		unwanted string
	}{
		"as described": {nodes: 3},
		"another primary block": {aws: func(m *mocks) { m.vpc["cidrBlock"] = "10.8.0.0/16" },
			want: []string{`networks.main.existing.cidr: "10.9.0.0/16" is not the primary block of vpc-0123456789abcdef0; use "10.8.0.0/16"`}},
		"no pod block": {aws: func(m *mocks) { m.vpc["cidrBlockAssociations"] = []any{} },
			want: []string{`networks.main.existing.podCidr: "100.70.0.0/16" is not a block of vpc-0123456789abcdef0`}},
		"no DNS hostnames": {aws: func(m *mocks) { m.vpc["enableDnsHostnames"] = false },
			want: []string{"networks.main.existing.vpcId: vpc-0123456789abcdef0 does not resolve the private endpoint of EKS"}},
		"a subnet of another VPC and zone: both at once": {aws: func(m *mocks) {
			m.subnets["subnet-00000002"]["vpcId"], m.subnets["subnet-00000002"]["availabilityZoneId"] = "vpc-other", "apne2-az3"
		}, want: []string{"existing.subnets.private.apne2-az2: subnet-00000002 is in VPC vpc-other", "existing.subnets.private.apne2-az2: subnet-00000002 is in zone apne2-az3; put it under apne2-az3"}},
		"a pod subnet of the primary block": {aws: func(m *mocks) { m.subnets["subnet-00000003"]["cidrBlock"] = "10.9.2.0/24" },
			want: []string{`existing.subnets.pod.apne2-az1: subnet-00000003 has "10.9.2.0/24", which is not inside "100.70.0.0/16"`}},
		"no such subnet": {aws: func(m *mocks) { delete(m.subnets, "subnet-00000004") }, want: []string{`existing subnet "subnet-00000004"`}},
		"too small for the worst instant": {nodes: 20, want: []string{
			"existing.subnets.private.apne2-az1: subnet-00000001 holds 251 addresses, the worst instant of an upgrade needs 367"}},
		"too full for an upgrade": {nodes: 6, aws: func(m *mocks) { m.subnets["subnet-00000001"]["availableIpAddressCount"] = 64.0 }, want: []string{
			"existing.subnets.private.apne2-az1: subnet-00000001 has 64 usable addresses, an upgrade adds 65"}, unwanted: "apne2-az2"},
		"just enough for an upgrade is a warning": {nodes: 6, aws: func(m *mocks) { m.subnets["subnet-00000001"]["availableIpAddressCount"] = 65.0 }},
		"too full and acknowledged": {nodes: 6, aws: func(m *mocks) { m.subnets["subnet-00000001"]["availableIpAddressCount"] = 0.0 },
			config: func(e *spec.Existing) { e.AcknowledgeUnknownHeadroom = true }},
		"declared free addresses were proven before the run": {nodes: 6, aws: func(m *mocks) { m.subnets["subnet-00000001"]["availableIpAddressCount"] = 0.0 },
			config: func(e *spec.Existing) { e.AvailableAddresses = map[string]int{"subnet-00000001": 200} }},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m, c := theirs(), existing()
			if tt.aws != nil {
				tt.aws(m)
			}
			if tt.config != nil {
				tt.config(c.Existing)
			}
			clusters := []plan.Cluster{{Key: "main", Groups: []plan.Group{{Key: "general", Max: tt.nodes, Types: []plan.InstanceType{large}}}}}
			var n *Network
			err := run(t, m, func(ctx *pulumi.Context, on pulumi.ResourceOption) (err error) {
				n, err = New(ctx, "network-main", Args{Key: "main", Config: c, Environment: environment(), Clusters: clusters}, on)
				return err
			})
			if len(tt.want) == 0 {
				if err != nil {
					t.Fatal(err)
				}
				if len(m.all) != 2 { // the provider and the component
					t.Errorf("an existing VPC has %d registrations: %v", len(m.all), slices.Sorted(maps.Keys(m.all)))
				}
				if len(n.PrivateSubnets) != 2 || len(n.PodSubnets) != 2 || len(n.PrivateRouteTables) != 0 || !slices.Equal(n.Zones, []string{"apne2-az1", "apne2-az2"}) {
					t.Errorf("handover is %+v", n)
				}
				for _, call := range m.invoked {
					if !strings.Contains(call, "::aws::") {
						t.Errorf("look-up %q is not on the explicit provider", call)
					}
				}
				return
			}
			for _, want := range tt.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("error is %v, want %q", err, want)
				}
			}
			if tt.unwanted != "" && strings.Contains(fmt.Sprint(err), tt.unwanted) {
				t.Errorf("error %v speaks of %s", err, tt.unwanted)
			}
		})
	}
}
