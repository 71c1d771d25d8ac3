package spec

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// base is a valid section that tests change.
func base() Config {
	return Config{
		Network: "main",
		NodeGroups: map[string]NodeGroup{
			"general": {NodeShape: NodeShape{InstanceTypes: []string{"m6i.large", "m5.large"}}, Min: 3, Max: 6},
		},
	}
}

func input() ValidateInput {
	return ValidateInput{
		Name: "cluster-main", ClusterName: "dev-main", Release: "2026.11", PodSubnets: true,
		Zones: []string{"apne2-az1", "apne2-az2", "apne2-az3"}, VPCCIDRs: []string{"10.20.0.0/16", "100.64.0.0/16"},
		DeployerRoleARN: "arn:aws:iam::111111111111:role/deployer",
	}
}

func TestWithDefaults(t *testing.T) {
	on := true
	given := base()
	want := Config{
		Network: "main", ServiceCIDR: "172.20.0.0/16", Support: "extended", Autoscaler: "clusterAutoscaler",
		Logs:          &Logs{Types: []string{"api", "audit", "authenticator", "controllerManager", "scheduler"}, RetentionDays: 90},
		PodAddressing: PodAddressing{Mode: "podSubnets"}, NetworkPolicy: &on, Storage: Storage{Snapshots: &on},
		NodeGroups: map[string]NodeGroup{"general": {
			NodeShape: NodeShape{InstanceTypes: []string{"m6i.large", "m5.large"}, AMIFamily: "al2023", Capacity: "onDemand"},
			Min:       3, Max: 6, Desired: 3, DiskGiB: 50, Upgrade: "rolling", MaxUnavailable: 1,
		}},
	}
	got := given.WithDefaults(true)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("defaults (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(base(), given); diff != "" {
		t.Errorf("WithDefaults changed its receiver:\n%s", diff)
	}
	if diff := cmp.Diff(got, got.WithDefaults(true)); diff != "" {
		t.Errorf("defaults applied twice differ:\n%s", diff)
	}
	if mode := base().WithDefaults(false).PodAddressing.Mode; mode != "nodeSubnets" {
		t.Errorf("without pod subnets the mode is %q", mode)
	}
}

func TestSlots(t *testing.T) {
	c := base()
	g := c.NodeGroups["general"]
	g.Upgrade = BlueGreen
	g.Taints = []Taint{{Key: "dedicated", Value: "x", Effect: "NoSchedule"}}
	g.Slots = map[string]Slot{
		"blue":  {State: Draining, Release: "2026.08"},
		"green": {NodeShape: NodeShape{InstanceTypes: []string{"m6g.large"}, Capacity: Spot, Zones: []string{"apne2-az2"}}, Desired: 5},
	}
	c.NodeGroups["general"] = g
	zones := []string{"apne2-az1", "apne2-az2"}
	want := []NodeSlot{
		{
			Group: "general", Slot: "blue", Release: "2026.08", State: Draining, Min: 0, Max: 6, Desired: 3, DiskGiB: 50, MaxUnavailable: 1,
			NodeShape: NodeShape{InstanceTypes: []string{"m6i.large", "m5.large"}, AMIFamily: "al2023", Capacity: "onDemand", Zones: zones},
			Taints:    []Taint{{Key: "dedicated", Value: "x", Effect: "NoSchedule"}, {Key: "ladder/draining", Value: "true", Effect: "NoSchedule"}},
		},
		{
			Group: "general", Slot: "green", Release: "2026.11", State: Live, Min: 3, Max: 6, Desired: 5, DiskGiB: 50, MaxUnavailable: 1,
			NodeShape: NodeShape{InstanceTypes: []string{"m6g.large"}, AMIFamily: "al2023", Capacity: "spot", Zones: []string{"apne2-az2"}},
			Taints:    []Taint{{Key: "dedicated", Value: "x", Effect: "NoSchedule"}},
		},
	}
	if diff := cmp.Diff(want, c.Slots(zones, "2026.11")); diff != "" {
		t.Errorf("slots (-want +got):\n%s", diff)
	}
	if got := base().Slots(zones, "2026.11"); len(got) != 1 || got[0].Name() != "general-main" {
		t.Errorf("a group without slots has %v", got)
	}
}

func TestMaxPods(t *testing.T) {
	types := map[string]InstanceType{
		"old.large": {Architecture: X86, VCPU: 2, ENIs: 3, AddressesPerENI: 10},
		"one.eni":   {Architecture: X86, VCPU: 2, ENIs: 2, AddressesPerENI: 4, Nitro: true},
		"huge":      {Architecture: X86, VCPU: 64, ENIs: 15, AddressesPerENI: 50, Nitro: true},
		"thirty":    {Architecture: X86, VCPU: 30, ENIs: 15, AddressesPerENI: 50, Nitro: true},
		"more":      {Architecture: X86, VCPU: 31, ENIs: 15, AddressesPerENI: 50, Nitro: true},
	}
	tests := map[string]struct {
		addressing PodAddressing
		types      []string
		want       int
	}{
		"secondary addresses":                         {PodAddressing{Mode: PodsInNodeSubnets}, []string{"old.large"}, 29},
		"custom networking loses one interface":       {PodAddressing{Mode: PodsInPodSubnets}, []string{"old.large"}, 20},
		"prefixes are capped at 110 for small types":  {PodAddressing{Mode: PodsInPodSubnets, PrefixDelegation: true}, []string{"old.large"}, 110},
		"prefixes on a small type stay under the cap": {PodAddressing{Mode: PodsInPodSubnets, PrefixDelegation: true}, []string{"one.eni"}, 50},
		"more than 30 vCPU are capped at 250":         {PodAddressing{Mode: PodsInNodeSubnets}, []string{"huge"}, 250},
		"30 vCPU are capped at 110":                   {PodAddressing{Mode: PodsInNodeSubnets}, []string{"thirty"}, 110},
		"31 vCPU are capped at 250":                   {PodAddressing{Mode: PodsInNodeSubnets}, []string{"more"}, 250},
		"the smallest type decides":                   {PodAddressing{Mode: PodsInNodeSubnets}, []string{"huge", "one.eni", "old.large"}, 8},
		"the stack file's cap lowers it":              {PodAddressing{Mode: PodsInNodeSubnets, MaxPods: 12}, []string{"old.large"}, 12},
		"the stack file's cap cannot raise it":        {PodAddressing{Mode: PodsInNodeSubnets, MaxPods: 200}, []string{"old.large"}, 29},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, ok := Config{InstanceTypes: types, PodAddressing: tt.addressing}.MaxPods(tt.types)
			if !ok || got != tt.want {
				t.Errorf("MaxPods = %d, %v, want %d", got, ok, tt.want)
			}
		})
	}
	if _, ok := (Config{InstanceTypes: types}).MaxPods([]string{"huge", "unknown"}); ok {
		t.Error("an unknown type is no reason to refuse")
	}
	if _, ok := (Config{}).MaxPods(nil); ok {
		t.Error("no type is no reason to refuse")
	}
}

func TestUserData(t *testing.T) {
	tests := map[string]struct{ family, want string }{
		"al2023": {FamilyAL2023, "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"//\"\n\n--//\nContent-Type: application/node.eks.aws\n\n" +
			"apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n  kubelet:\n    config:\n      maxPods: 58\n\n--//--\n"},
		"bottlerocket": {FamilyBottlerocket, "[settings.kubernetes]\nmax-pods = 58\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := UserData(tt.family, 58)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("user data (-want +got):\n%s", diff)
			}
		})
	}
	if _, err := UserData("windows", 58); err == nil {
		t.Error("an unknown family is no error")
	}
}

func TestKarpenterAlias(t *testing.T) {
	tests := map[string]struct{ family, release, want string }{
		"al2023":          {FamilyAL2023, "1.36.0-20261103", "al2023@v20261103"},
		"bottlerocket":    {FamilyBottlerocket, "1.62.0-1a2b3c4d", "bottlerocket@v1.62.0"},
		"no hyphen":       {FamilyAL2023, "20261103", ""},
		"nothing behind":  {FamilyAL2023, "1.36.0-", ""},
		"unknown family":  {"windows", "1.36.0-20261103", ""},
		"an empty string": {FamilyAL2023, "", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := KarpenterAlias(tt.family, tt.release)
			if got != tt.want || (err == nil) != (tt.want != "") {
				t.Errorf("KarpenterAlias = %q, %v, want %q", got, err, tt.want)
			}
		})
	}
}

func TestArchitectureByName(t *testing.T) {
	tests := map[string]struct{ name, want string }{
		"Graviton":                  {"t4g.nano", ARM},
		"Graviton with local disks": {"m7gd.large", ARM},
		"Graviton for networks":     {"c7gn.16xlarge", ARM},
		"the first Graviton":        {"a1.large", ARM},
		"a GPU family is not ARM":   {"g5.xlarge", X86},
		"a GPU family that is":      {"g5g.xlarge", ARM},
		"Intel":                     {"m6i.large", X86},
		"AMD":                       {"m6a.metal-48xl", X86},
		"not a type":                {"large", ""},
		"a type with a second dot":  {"m6i.large.x", ""},
		"a type in upper-case":      {"M6I.large", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, ok := architectureByName(tt.name)
			if got != tt.want || ok != (tt.want != "") {
				t.Errorf("architectureByName(%q) = %q, %v, want %q", tt.name, got, ok, tt.want)
			}
		})
	}
}

func TestNeeded(t *testing.T) {
	off := false
	c := base()
	c.Storage = Storage{EBS: EBS{Disabled: true}, EFS: &EFS{}}
	c.Autoscaler = AutoscalerKarpenter
	if diff := cmp.Diff([]string{"vpc-cni", "eks-pod-identity-agent", "kube-proxy", "coredns", "metrics-server", "eks-node-monitoring-agent", "aws-efs-csi-driver"}, c.NeededAddons()); diff != "" {
		t.Errorf("add-ons (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"karpenter-crd", "karpenter"}, c.NeededCharts()); diff != "" {
		t.Errorf("charts (-want +got):\n%s", diff)
	}
	plain := base()
	plain.Storage.Snapshots = &off
	plain.ExternalSecrets = &ExternalSecrets{}
	if diff := cmp.Diff([]string{"vpc-cni", "eks-pod-identity-agent", "kube-proxy", "coredns", "metrics-server", "eks-node-monitoring-agent", "aws-ebs-csi-driver"}, plain.NeededAddons()); diff != "" {
		t.Errorf("add-ons (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"cluster-autoscaler", "external-secrets"}, plain.NeededCharts()); diff != "" {
		t.Errorf("charts (-want +got):\n%s", diff)
	}
}
