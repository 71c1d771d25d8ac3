package cost

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	cluster "github.com/ladder-platform/ladder/components/cluster/spec"
	network "github.com/ladder-platform/ladder/components/network/spec"
	"github.com/ladder-platform/ladder/stacks/config"
)

var today = time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)

// stack is like dev: one NAT gateway, a spot group.
func stack() config.Stack {
	return config.Stack{
		Environment: config.Environment{Region: "ap-northeast-2"},
		Networks: map[string]network.Config{"main": {
			CIDR: "10.16.0.0/16", PodCIDR: "100.64.0.0/16", Zones: []string{"apne2-az1", "apne2-az2", "apne2-az3"},
			NAT: &network.NAT{Mode: network.NATSingle}, Endpoints: []string{"s3", "ecr.api", "ecr.dkr", "sts"},
		}},
		Clusters: map[string]cluster.Config{"main": {
			Network: "main",
			NodeGroups: map[string]cluster.NodeGroup{
				"system":  {NodeShape: cluster.NodeShape{InstanceTypes: []string{"m6i.large", "m6a.large"}}, Min: 2, Max: 4},
				"general": {NodeShape: cluster.NodeShape{InstanceTypes: []string{"m6i.large"}, Capacity: cluster.Spot}, Min: 2, Max: 6, Desired: 3},
			},
			Storage: cluster.Storage{EFS: &cluster.EFS{FileSystems: map[string]cluster.EFSFileSystem{"shared": {}}}},
			Bastion: &cluster.Bastion{},
		}},
	}
}

// told writes an estimate as lines of text.
func told(e Estimate) []string {
	var out []string
	for _, l := range e.Lines {
		text := fmt.Sprintf("%s: %s: %d %s × $%s = %s", l.Component, l.What, l.Quantity, l.Unit, decimal(l.UnitUSD), l.Monthly)
		if l.Note != "" {
			text += " (" + l.Note + ")"
		}
		out = append(out, text)
	}
	for _, u := range e.Unknown {
		out = append(out, fmt.Sprintf("%s: %s: %s", u.Component, u.What, u.Why))
	}
	return append(out, "total "+e.Total.String())
}

func minor(m string) func(string) string { return func(string) string { return m } }

func TestFromStack(t *testing.T) {
	want := []string{
		"networks.main: 1 NAT gateway: 730 hour × $0.059 = $43.07",
		"networks.main: 1 alarm on NAT ports: 1 alarm-month × $0.1 = $0.10",
		"networks.main: 1 public IPv4 address of NAT: 730 address-hour × $0.005 = $3.65",
		"networks.main: 3 interface endpoints in 3 zones: 6570 endpoint-AZ-hour × $0.013 = $85.41", // s3 is a gateway: free
		"networks.main: KMS key of flow logs: 1 key-month × $1 = $1.00",
		"clusters.main: control plane: 730 cluster-hour × $0.1 = $73.00 (Kubernetes 1.36, standard support until 2027-08-02)",
		"clusters.main: KMS key of secrets and logs: 1 key-month × $1 = $1.00",
		"clusters.main: general: 3 gp3 volumes of 50 GiB: 150 GB-month × $0.0912 = $13.68",
		"clusters.main: system: 2 nodes m6i.large: 1460 hour × $0.118 = $172.28 (the first of 2 types)",
		"clusters.main: system: 2 gp3 volumes of 50 GiB: 100 GB-month × $0.0912 = $9.12",
		"clusters.main: 5 metrics in alarms on its health: 5 alarm-month × $0.1 = $0.50",
		"stack: alarm on the stack's health: 1 alarm-month × $0.5 = $0.50",
		"networks.main: traffic through NAT: depends on use: $0.059 a GB",
		"networks.main: traffic through interface endpoints: depends on use: $0.01 a GB",
		"networks.main: flow logs: depends on use: $0.76 a GB",
		"clusters.main: general: 3 nodes m6i.large on spot: spot prices move; on demand it would be $258.42", // 2190 × 0.118
		"clusters.main: bastion t4g.nano: no price is known for ec2_linux_on_demand t4g.nano in ap-northeast-2",
		"clusters.main: root volume of the bastion: its size is the image's",
		"clusters.main: control plane logs: depends on use: $0.76 a GB",
		"clusters.main: volumes that workloads claim: depends on use: $0.0912 a GB-month",
		"clusters.main: file system shared: depends on use",
		"stack: traffic to the internet: depends on use: $0.126 a GB",
		"stack: traffic between zones, each way: depends on use: $0.01 a GB",
		// 43.07 + 0.10 + 3.65 + 85.41 + 1.00 + 73.00 + 1.00 + 13.68 + 172.28 + 9.12 + 0.50 + 0.50
		"total $403.31",
	}
	if diff := cmp.Diff(want, told(Of(FromStack(stack(), minor("1.36"), today)))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestFromStackVaries changes one thing each and names the lines that come and go.
func TestFromStackVaries(t *testing.T) {
	tests := map[string]struct {
		change     func(n *network.Config, c *cluster.Config)
		minor      string // "" means 1.36
		on         time.Time
		come, gone []string
		total      string
	}{
		"a NAT gateway with two addresses in each zone": {
			change: func(n *network.Config, _ *cluster.Config) {
				n.NAT = &network.NAT{Mode: network.NATPerZone, Addresses: 2}
			},
			come: []string{
				"networks.main: 3 NAT gateways: 2190 hour × $0.059 = $129.21",
				"networks.main: 3 alarms on NAT ports: 3 alarm-month × $0.1 = $0.30",
				"networks.main: 6 public IPv4 addresses of NAT: 4380 address-hour × $0.005 = $21.90",
			},
			gone:  []string{"1 NAT gateway:", "1 alarm on", "1 public IPv4 address "},
			total: "$507.90", // 403.31 + 86.14 + 0.20 + 18.25
		},
		"an existing VPC costs its owner": {
			change: func(n *network.Config, _ *cluster.Config) {
				*n = network.Config{Existing: &network.Existing{Subnets: network.ExistingSubnets{Private: map[string]string{"apne2-az1": "a", "apne2-az2": "b"}}}}
			},
			gone:  []string{"networks.main"},
			total: "$270.08", // 73.00 + 1.00 + 13.68 + 172.28 + 9.12
		},
		"no NAT, no endpoints, no flow logs": {
			change: func(n *network.Config, _ *cluster.Config) {
				n.NAT, n.Endpoints, n.FlowLogs = &network.NAT{Mode: network.NATNone}, []string{}, &network.FlowLogs{Disabled: true}
			},
			gone:  []string{"networks.main"},
			total: "$270.08",
		},
		"spot becomes on demand": {
			change: func(_ *network.Config, c *cluster.Config) {
				g := c.NodeGroups["general"]
				g.Capacity = cluster.OnDemand
				c.NodeGroups["general"] = g
			},
			come:  []string{"clusters.main: general: 3 nodes m6i.large: 2190 hour × $0.118 = $258.42"},
			gone:  []string{"on spot"},
			total: "$661.73", // 403.31 + 258.42
		},
		"both slots of a blue/green group cost until one is gone": {
			change: func(_ *network.Config, c *cluster.Config) {
				g := c.NodeGroups["system"]
				g.Upgrade, g.DiskGiB = cluster.BlueGreen, 100
				g.Slots = map[string]cluster.Slot{"blue": {State: cluster.Draining}, "green": {NodeShape: cluster.NodeShape{InstanceTypes: []string{"m7g.large"}, AMIFamily: cluster.FamilyBottlerocket}, Desired: 4}}
				c.NodeGroups["system"] = g
			},
			come: []string{
				"clusters.main: system/blue: 2 nodes m6i.large: 1460 hour × $0.118 = $172.28 (until it is drained)",
				"clusters.main: system/blue: 2 gp3 volumes of 100 GiB: 200 GB-month × $0.0912 = $18.24",
				"clusters.main: system/green: 4 nodes m7g.large: 2920 hour × $0.1003 = $292.88", // 292.876
				"clusters.main: system/green: 4 gp3 volumes of 100 GiB: 400 GB-month × $0.0912 = $36.48",
				"clusters.main: system/green: system volumes of Bottlerocket: their size is the image's",
				"clusters.main: 6 metrics in alarms on its health: 6 alarm-month × $0.1 = $0.60",
			},
			gone:  []string{"system: 2 ", "5 metrics in alarms"},
			total: "$741.89", // 403.31 − 9.12 + 18.24 + 292.88 + 36.48 + 0.10
		},
		"Karpenter's nodes depend on use": {
			change: func(_ *network.Config, c *cluster.Config) {
				delete(c.NodeGroups, "general")
				c.Autoscaler = cluster.AutoscalerKarpenter
				c.Karpenter = &cluster.Karpenter{NodePools: map[string]cluster.NodePool{"general": {InstanceTypes: []string{"m6i.large"}, CPULimit: 32}}}
			},
			come: []string{
				"clusters.main: nodes of pool general: depends on use: Karpenter launches up to 32 vCPU",
				"clusters.main: queue of interruption notices: depends on use",
				"clusters.main: 4 metrics in alarms on its health: 4 alarm-month × $0.1 = $0.40",
			},
			gone:  []string{"clusters.main: general:", "5 metrics in alarms"},
			total: "$389.53", // 403.31 − 13.68 − 0.10
		},
		"a group that starts empty, no storage, no bastion": {
			change: func(_ *network.Config, c *cluster.Config) {
				c.NodeGroups["general"] = cluster.NodeGroup{NodeShape: cluster.NodeShape{InstanceTypes: []string{"m6i.large"}}, Max: 3}
				c.Storage, c.Bastion = cluster.Storage{EBS: cluster.EBS{Disabled: true}}, nil
			},
			gone:  []string{"clusters.main: general:", "file system", "claim", "bastion"},
			total: "$389.63",
		},
		"the last day of standard support": {
			minor: "1.34", on: time.Date(2026, 12, 1, 23, 59, 59, 0, time.UTC),
			come:  []string{"clusters.main: control plane: 730 cluster-hour × $0.1 = $73.00 (Kubernetes 1.34, standard support until 2026-12-02)"},
			gone:  []string{"Kubernetes 1.36"},
			total: "$403.31",
		},
		"the first day of extended support": {
			minor: "1.34", on: time.Date(2026, 12, 2, 0, 0, 0, 0, time.UTC),
			come:  []string{"clusters.main: control plane: 730 cluster-hour × $0.6 = $438.00 (Kubernetes 1.34, extended support since 2026-12-02: upgrade it)"},
			gone:  []string{"Kubernetes 1.36"},
			total: "$768.31", // 403.31 − 73.00 + 438.00
		},
		"extended support that the stack file declined": {
			change: func(_ *network.Config, c *cluster.Config) { c.Support = cluster.SupportStandard },
			minor:  "1.34", on: time.Date(2026, 12, 2, 0, 0, 0, 0, time.UTC),
			come:  []string{"clusters.main: control plane: support of Kubernetes 1.34 is over: AWS upgrades the cluster to a minor that it chooses"},
			gone:  []string{"Kubernetes 1.36"},
			total: "$330.31", // 403.31 − 73.00
		},
		"the end of extended support": {
			minor: "1.30",
			come:  []string{"clusters.main: control plane: support of Kubernetes 1.30 is over: AWS upgrades the cluster to a minor that it chooses"},
			gone:  []string{"Kubernetes 1.36"},
			total: "$330.31",
		},
		"a minor that nobody knows": {
			minor: "1.99",
			come:  []string{`clusters.main: control plane: support dates of Kubernetes "1.99" are not known`},
			gone:  []string{"Kubernetes 1.36"},
			total: "$330.31",
		},
	}
	base := told(Of(FromStack(stack(), minor("1.36"), today)))
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := stack()
			n, c := s.Networks["main"], s.Clusters["main"]
			if tt.change != nil {
				tt.change(&n, &c)
			}
			s.Networks["main"], s.Clusters["main"] = n, c
			if tt.minor == "" {
				tt.minor = "1.36"
			}
			if tt.on.IsZero() {
				tt.on = today
			}
			var want []string
			for _, line := range base[:len(base)-1] {
				if !mentions(line, tt.gone) {
					want = append(want, line)
				}
			}
			want = append(want, tt.come...)
			want = append(want, "total "+tt.total)
			got := told(Of(FromStack(s, minor(tt.minor), tt.on)))
			if diff := cmp.Diff(sorted(want), sorted(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestFromStackLeavesTheStackAlone(t *testing.T) {
	s := stack()
	FromStack(s, minor("1.36"), today)
	if diff := cmp.Diff(stack(), s); diff != "" {
		t.Errorf("it was changed (-before +after):\n%s", diff)
	}
}

func sorted(in []string) []string { return slices.Sorted(slices.Values(in)) }

func mentions(line string, words []string) bool {
	for _, w := range words {
		if strings.Contains(line, w) {
			return true
		}
	}
	return false
}
