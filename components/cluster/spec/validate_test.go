package spec

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// group changes the only node group of base.
func group(change func(*NodeGroup)) func(*Config) {
	return func(c *Config) {
		g := c.NodeGroups["general"]
		change(&g)
		c.NodeGroups["general"] = g
	}
}

func TestValidateTakes(t *testing.T) {
	on := true
	tests := map[string]func(*Config){
		"the least that is needed": func(*Config) {},
		"a service block at /12":   func(c *Config) { c.ServiceCIDR = "172.16.0.0/12" },
		"a service block at /24":   func(c *Config) { c.ServiceCIDR = "192.168.7.0/24" },
		"a public block":           func(c *Config) { c.Endpoint.PublicCIDRs = []string{"203.0.113.0/24"} },
		"the world when acknowledged": func(c *Config) {
			c.Endpoint = Endpoint{PublicCIDRs: []string{"0.0.0.0/0"}, AcknowledgeOpenToWorld: true}
		},
		"one log type for a day": func(c *Config) { c.Logs = &Logs{Types: []string{"audit"}, RetentionDays: 1} },
		"desired equal to max":   group(func(g *NodeGroup) { g.Desired = 6 }),
		"a group scaled to zero": func(c *Config) {
			c.NodeGroups["batch"] = NodeGroup{NodeShape: NodeShape{InstanceTypes: []string{"m6i.large"}}, Max: 1}
		},
		"max pods at the limit": func(c *Config) { c.PodAddressing.MaxPods = 250 },
		"blue and green": group(func(g *NodeGroup) {
			g.Upgrade, g.Slots = BlueGreen, map[string]Slot{"blue": {State: Draining, Release: "2026.08"}, "green": {}}
		}),
		"a rolling group with one slot":  group(func(g *NodeGroup) { g.Slots = map[string]Slot{"green": {}} }),
		"a label with a prefix":          group(func(g *NodeGroup) { g.Labels = map[string]string{"example.com/team": "shop"} }),
		"a label near a reserved domain": group(func(g *NodeGroup) { g.Labels = map[string]string{"notk8s.io/team": "shop"} }),
		"a soft taint on the only group": group(func(g *NodeGroup) { g.Taints = []Taint{{Key: "a", Effect: "PreferNoSchedule"}} }),
		"one key with two effects": func(c *Config) {
			c.NodeGroups["x"] = NodeGroup{NodeShape: NodeShape{InstanceTypes: []string{"m6i.large"}}, Max: 1, Taints: []Taint{{Key: "a", Effect: "NoSchedule"}, {Key: "a", Effect: "NoExecute"}}}
		},
		"a type whose facts are given": func(c *Config) {
			c.InstanceTypes = map[string]InstanceType{"m9x.large": {X86, 2, 3, 10, true}}
			group(func(g *NodeGroup) { g.InstanceTypes = []string{"m9x.large"} })(c)
		},
		"karpenter with a pool": func(c *Config) {
			c.Autoscaler, c.Karpenter = AutoscalerKarpenter, &Karpenter{NodePools: map[string]NodePool{"burst": {InstanceTypes: []string{"m6i.large"}, CPULimit: 1}}}
		},
		"no autoscaler": func(c *Config) { c.Autoscaler = AutoscalerNone },
		"file systems": func(c *Config) {
			c.Storage.EFS = &EFS{FileSystems: map[string]EFSFileSystem{"shared": {Throughput: "bursting"}}}
		},
		"a role and a user": func(c *Config) {
			c.Access = []Access{{PrincipalARN: "arn:aws:iam::111111111111:role/a/b", Level: LevelView}, {PrincipalARN: "arn:aws:iam::111111111111:user/kim", Level: LevelClusterAdmin}}
		},
		"a pinned add-on": func(c *Config) { c.Addons = map[string]Addon{"snapshot-controller": {Version: "v8.3.0-eksbuild.1"}} },
		"prefixes that end with a slash": func(c *Config) {
			c.ExternalSecrets = &ExternalSecrets{SecretPrefixes: []string{"a/"}, ParameterPrefixes: []string{"/a/"}}
		},
		"a bastion":                        func(c *Config) { c.Bastion = &Bastion{} },
		"snapshots asked for with volumes": func(c *Config) { c.Storage.Snapshots = &on },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			c := base()
			change(&c)
			if got := c.Validate("clusters.main", input()); len(got) != 0 {
				t.Errorf("findings:\n%v", got)
			}
		})
	}
}

func TestValidateRefuses(t *testing.T) {
	on := true
	tests := map[string]struct {
		change func(*Config)
		want   []string
	}{
		"no network": {func(c *Config) { c.Network = "" },
			[]string{`clusters.main.network: it is missing; name one of networks`}},
		"a service block that is too large": {func(c *Config) { c.ServiceCIDR = "172.0.0.0/11" }, []string{
			`clusters.main.serviceCidr: "172.0.0.0/11" is a /11; use /12 to /24`,
			`clusters.main.serviceCidr: EKS refuses "172.0.0.0/11" outside the private ranges; use a block of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16`}},
		"a service block that is too small": {func(c *Config) { c.ServiceCIDR = "192.168.7.0/25" },
			[]string{`clusters.main.serviceCidr: "192.168.7.0/25" is a /25; use /12 to /24`}},
		"a service block in the VPC": {func(c *Config) { c.ServiceCIDR = "10.20.128.0/17" },
			[]string{`clusters.main.serviceCidr: "10.20.128.0/17" overlaps the network's block "10.20.0.0/16"; choose a block apart from the network's`}},
		"a service block in the shared range": {func(c *Config) { c.ServiceCIDR = "100.80.0.0/16" },
			[]string{`clusters.main.serviceCidr: EKS refuses "100.80.0.0/16" outside the private ranges; use a block of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16`}},
		"a service block that is not aligned": {func(c *Config) { c.ServiceCIDR = "172.20.1.0/16" },
			[]string{`clusters.main.serviceCidr: "172.20.1.0/16" has address bits behind its mask; use 172.20.0.0/16`}},
		"a service block in IPv6": {func(c *Config) { c.ServiceCIDR = "fd00::/108" },
			[]string{`clusters.main.serviceCidr: "fd00::/108" is not IPv4; use an IPv4 block`}},
		"the world": {func(c *Config) { c.Endpoint.PublicCIDRs = []string{"0.0.0.0/0"} },
			[]string{`clusters.main.endpoint.publicCidrs[0]: "0.0.0.0/0" opens the Kubernetes API to the whole internet; name your own blocks, or set endpoint.acknowledgeOpenToWorld: true`}},
		"a private block on the public endpoint, and one twice": {func(c *Config) { c.Endpoint.PublicCIDRs = []string{"10.0.0.0/8", "203.0.113.7/32", "203.0.113.7/32"} }, []string{
			`clusters.main.endpoint.publicCidrs[0]: "10.0.0.0/8" is private, and the public endpoint never sees such an address; give the public address that your network leaves by`,
			`clusters.main.endpoint.publicCidrs[2]: "203.0.113.7/32" is listed twice; remove it`}},
		"not a block": {func(c *Config) { c.Endpoint.PublicCIDRs = []string{"203.0.113.7"} },
			[]string{`clusters.main.endpoint.publicCidrs[0]: "203.0.113.7" is not a CIDR block; use for example 10.0.0.0/16`}},
		"41 public blocks": {func(c *Config) {
			for i := range 41 {
				c.Endpoint.PublicCIDRs = append(c.Endpoint.PublicCIDRs, fmt.Sprintf("203.0.113.%d/32", i))
			}
		}, []string{`clusters.main.endpoint.publicCidrs: 41 blocks are more than EKS takes, which is 40; merge neighbouring blocks`}},
		"an unknown log and an odd retention": {func(c *Config) { c.Logs = &Logs{Types: []string{"audit", "kubelet", "audit"}, RetentionDays: 100} }, []string{
			`clusters.main.logs.retentionDays: CloudWatch Logs does not offer 100 days; use one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653`,
			`clusters.main.logs.types[1]: "kubelet" is not a control plane log; use api, audit, authenticator, controllerManager, scheduler`,
			`clusters.main.logs.types[2]: "audit" is listed twice; remove it`}},
		"unknown words": {func(c *Config) {
			c.Support, c.Autoscaler, c.PodAddressing.Mode, c.State = "long", "keda", "overlay", "old"
		}, []string{
			`clusters.main.autoscaler: "keda" is not known; use clusterAutoscaler, karpenter or none`,
			`clusters.main.podAddressing.mode: "overlay" is not known; use nodeSubnets or podSubnets`,
			`clusters.main.state: "old" is not known; use live or retiring`,
			`clusters.main.support: "long" is not known; use extended or standard`}},
		"no node group": {func(c *Config) { c.NodeGroups = nil },
			[]string{`clusters.main.nodeGroups: the cluster has none, so CoreDNS and the other add-ons have nowhere to run; add a managed node group`}},
		"min above max": {group(func(g *NodeGroup) { g.Min, g.Max = 7, 6 }),
			[]string{`clusters.main.nodeGroups.general.min: min 7 is more than max 6; lower min or raise max`}},
		"max of zero": {group(func(g *NodeGroup) { g.Min, g.Max = 0, 0 }), []string{
			`clusters.main.nodeGroups.general.max: a group of at most 0 nodes cannot run anything; use 1 or more, or remove the group`}},
		"desired above max": {group(func(g *NodeGroup) { g.Desired = 7 }),
			[]string{`clusters.main.nodeGroups.general.desired: 7 is not within 3 and 6; use a number from min to max, or leave it out`}},
		"desired below min": {group(func(g *NodeGroup) { g.Desired = 2 }),
			[]string{`clusters.main.nodeGroups.general.desired: 2 is not within 3 and 6; use a number from min to max, or leave it out`}},
		"a disk that cannot hold the image": {group(func(g *NodeGroup) { g.DiskGiB = 19 }),
			[]string{`clusters.main.nodeGroups.general.diskGiB: a volume of 19 GiB cannot hold the image, or is more than gp3 offers; use 20 to 16384`}},
		"two architectures": {group(func(g *NodeGroup) { g.InstanceTypes = []string{"m6i.large", "m6g.large"} }),
			[]string{`clusters.main.nodeGroups.general.instanceTypes[1]: "m6g.large" is arm64 and "m6i.large" is x86_64; one group runs one image; put it into a group of its own`}},
		"an unknown type, one twice": {group(func(g *NodeGroup) { g.InstanceTypes = []string{"m6i.large", "m6i.lage", "m6i.large"} }), []string{
			`clusters.main.nodeGroups.general.instanceTypes[1]: the instance type "m6i.lage" is not known; correct it, or give its facts under the cluster's instanceTypes."m6i.lage"`,
			`clusters.main.nodeGroups.general.instanceTypes[2]: "m6i.large" is listed twice; remove it`}},
		"no type": {group(func(g *NodeGroup) { g.InstanceTypes = nil }),
			[]string{`clusters.main.nodeGroups.general.instanceTypes: there is none; name at least one`}},
		"facts that cannot be": {func(c *Config) {
			c.InstanceTypes = map[string]InstanceType{"m9x.large": {Architecture: "amd64", VCPU: 0, ENIs: 1, AddressesPerENI: 2}}
		}, []string{
			`clusters.main.instanceTypes.m9x.large: 0 vCPU, 1 interfaces and 2 addresses on each cannot be; take vcpu, enis and addressesPerEni from the EC2 user guide`,
			`clusters.main.instanceTypes.m9x.large.architecture: "amd64" is not known; use x86_64 or arm64`}},
		"prefixes without Nitro": {func(c *Config) {
			c.PodAddressing.PrefixDelegation = true
			c.InstanceTypes = map[string]InstanceType{"m4.large": {Architecture: X86, VCPU: 2, ENIs: 2, AddressesPerENI: 10}}
			group(func(g *NodeGroup) { g.InstanceTypes = []string{"m4.large"} })(c)
		}, []string{`clusters.main.nodeGroups.general.instanceTypes[0]: "m4.large" cannot take address prefixes; use a Nitro type, or turn podAddressing.prefixDelegation off`}},
		"custom networking on one interface": {func(c *Config) {
			c.InstanceTypes = map[string]InstanceType{"tiny": {Architecture: X86, VCPU: 1, ENIs: 1, AddressesPerENI: 10, Nitro: true}}
			group(func(g *NodeGroup) { g.InstanceTypes = []string{"tiny"} })(c)
		}, []string{`clusters.main.nodeGroups.general.instanceTypes[0]: "tiny" has 1 network interface, and custom networking leaves none for pods; use a larger type`}},
		"one type on spot": {group(func(g *NodeGroup) { g.InstanceTypes, g.Capacity = []string{"m6i.large"}, Spot }),
			[]string{`warning: clusters.main.nodeGroups.general.instanceTypes: spot capacity of the only type "m6i.large" may run out; name three or more of the same size`}},
		"a zone of another region, and one twice": {group(func(g *NodeGroup) { g.Zones = []string{"apne2-az1", "use1-az1", "apne2-az1"} }), []string{
			`clusters.main.nodeGroups.general.zones[1]: the network has no zone "use1-az1"; use apne2-az1, apne2-az2, apne2-az3`,
			`clusters.main.nodeGroups.general.zones[2]: "apne2-az1" is listed twice; remove it`}},
		"a group key in upper-case": {func(c *Config) { c.NodeGroups["General"] = c.NodeGroups["general"] },
			[]string{`clusters.main.nodeGroups.General: the key "General" cannot become part of names; use lower-case letters, digits and hyphens`}},
		"a group key that is too long": {func(c *Config) { c.NodeGroups[strings.Repeat("x", 35)] = c.NodeGroups["general"] },
			[]string{`clusters.main.nodeGroups.` + strings.Repeat("x", 35) + `: the node group "cluster-main-ng-` + strings.Repeat("x", 35) + `-main" would have 64 characters with Pulumi's suffix of 8, EKS takes 63; shorten the key of cluster, group or slot`}},
		"two slots that make one name": {func(c *Config) {
			g := c.NodeGroups["general"]
			g.Slots = map[string]Slot{"x-main": {}}
			c.NodeGroups["general"] = g
			c.NodeGroups["general-x"] = base().NodeGroups["general"]
		}, []string{`clusters.main.nodeGroups.general-x: it makes the same name "cluster-main-ng-general-x-main" as nodeGroups.general.slots.x-main; rename one`}},
		"reserved and malformed labels": {group(func(g *NodeGroup) {
			g.Labels = map[string]string{"kubernetes.io/role": "x", "node.k8s.io/x": "x", "eks.amazonaws.com/x": "x", "ladder/slot": "x", "-a": "x", "A_b.c/x": "x", "ok": "not ok", "a/": ""}
		}), []string{
			`clusters.main.nodeGroups.general.labels.-a: the label key "-a" holds characters that Kubernetes refuses; use for example team or example.com/team`,
			`clusters.main.nodeGroups.general.labels.A_b.c/x: the label key "A_b.c/x" has a prefix that is not a DNS name; use for example team or example.com/team`,
			`clusters.main.nodeGroups.general.labels.a/: the label key "a/" has no name; use for example team or example.com/team`,
			`clusters.main.nodeGroups.general.labels.eks.amazonaws.com/x: labels of nodes under "eks.amazonaws.com" are reserved; use a prefix of your own`,
			`clusters.main.nodeGroups.general.labels.kubernetes.io/role: labels of nodes under "kubernetes.io" are reserved; use a prefix of your own`,
			`clusters.main.nodeGroups.general.labels.ladder/slot: labels of nodes under "ladder" are reserved; use a prefix of your own`,
			`clusters.main.nodeGroups.general.labels.node.k8s.io/x: labels of nodes under "k8s.io" are reserved; use a prefix of your own`,
			`clusters.main.nodeGroups.general.labels.ok: the value "not ok" holds characters that Kubernetes refuses; use letters, digits, hyphens, underscores and dots`}},
		"a label value of 64 characters": {group(func(g *NodeGroup) { g.Labels = map[string]string{"a": strings.Repeat("v", 64)} }),
			[]string{`clusters.main.nodeGroups.general.labels.a: the value "` + strings.Repeat("v", 64) + `" has 64 characters, Kubernetes takes 63; use letters, digits, hyphens, underscores and dots`}},
		"taints": {func(c *Config) {
			c.NodeGroups["x"] = NodeGroup{NodeShape: NodeShape{InstanceTypes: []string{"m6i.large"}}, Max: 1, Taints: []Taint{
				{Key: "a", Effect: "NoSchedule"}, {Key: "a", Value: "b", Effect: "NoSchedule"}, {Key: "b", Effect: "NO_SCHEDULE"}, {Key: "ladder/draining", Effect: "NoSchedule"}}}
		}, []string{
			`clusters.main.nodeGroups.x.taints[1]: the taint "a" with effect "NoSchedule" is listed twice; remove it`,
			`clusters.main.nodeGroups.x.taints[2].effect: "NO_SCHEDULE" is not known; use NoSchedule, PreferNoSchedule, NoExecute`,
			`clusters.main.nodeGroups.x.taints[3].key: "ladder/draining" is set by the slot's state; set the slot's state to draining`}},
		"every group tainted": {group(func(g *NodeGroup) { g.Taints = []Taint{{Key: "a", Effect: "NoExecute"}} }),
			[]string{`clusters.main.nodeGroups: every live group is tainted, so CoreDNS and the autoscaler have nowhere to run; leave the taints of one group out`}},
		"draining in a rolling group": {group(func(g *NodeGroup) { g.Slots = map[string]Slot{"a": {State: Draining}, "b": {}} }), []string{
			`clusters.main.nodeGroups.general.slots: a rolling group has one slot, not 2; set upgrade: blueGreen, or keep one slot`,
			`clusters.main.nodeGroups.general.slots.a.state: a rolling group is drained by EKS, not by slot; set upgrade: blueGreen`}},
		"no live slot": {group(func(g *NodeGroup) { g.Upgrade, g.Slots = BlueGreen, map[string]Slot{"a": {State: Draining}} }), []string{
			`clusters.main.nodeGroups.general.slots: no live slot is on the cluster's release "2026.11"; add a slot without release, or with the cluster's`}},
		"a live slot on an old release only": {group(func(g *NodeGroup) { g.Upgrade, g.Slots = BlueGreen, map[string]Slot{"a": {Release: "2026.08"}} }),
			[]string{`clusters.main.nodeGroups.general.slots: no live slot is on the cluster's release "2026.11"; add a slot without release, or with the cluster's`}},
		"a slot with its own bad shape": {group(func(g *NodeGroup) {
			g.Slots = map[string]Slot{"a": {NodeShape: NodeShape{AMIFamily: "ubuntu"}, Desired: 9}}
		}), []string{
			`clusters.main.nodeGroups.general.slots.a.amiFamily: "ubuntu" is not known; use al2023 or bottlerocket`,
			`clusters.main.nodeGroups.general.slots.a.desired: 9 is more than max 6; use a number up to max`}},
		"a new slot below min": {group(func(g *NodeGroup) { g.Slots = map[string]Slot{"a": {Desired: 2}} }),
			[]string{`clusters.main.nodeGroups.general.slots.a.desired: 2 is less than min 3; use a number from min, or leave it out`}},
		"pools without karpenter": {func(c *Config) {
			c.Karpenter = &Karpenter{NodePools: map[string]NodePool{"a": {InstanceTypes: []string{"m6i.large"}, CPULimit: 1}}}
		},
			[]string{`clusters.main.karpenter: node pools are listed and autoscaler is "clusterAutoscaler"; set autoscaler: karpenter, or remove the section`}},
		"karpenter without pools or a node to run on": {func(c *Config) { c.Autoscaler = AutoscalerKarpenter; group(func(g *NodeGroup) { g.Min = 0 })(c) }, []string{
			`clusters.main.karpenter.nodePools: autoscaler is karpenter and there is no node pool; add a node pool, or use another autoscaler`,
			`clusters.main.nodeGroups: Karpenter itself runs on a managed group, and none keeps a node; give one group min of at least 1`}},
		"a bad pool": {func(c *Config) {
			c.Autoscaler, c.Karpenter = AutoscalerKarpenter, &Karpenter{NodePools: map[string]NodePool{"a": {InstanceTypes: []string{"m6i.large"}, AMIFamily: "al2", Capacity: []string{"reserved"}}}}
		}, []string{
			`clusters.main.karpenter.nodePools.a.amiFamily: "al2" is not known; use al2023 or bottlerocket`,
			`clusters.main.karpenter.nodePools.a.capacity[0]: "reserved" is not known; use onDemand or spot`,
			`clusters.main.karpenter.nodePools.a.cpuLimit: a pool without a limit can spend without one; use the number of vCPUs that the pool may grow to`}},
		"snapshots without volumes": {func(c *Config) { c.Storage = Storage{EBS: EBS{Disabled: true}, Snapshots: &on} },
			[]string{`clusters.main.storage.snapshots: snapshots are of EBS volumes, and the EBS driver is disabled; remove it, or turn ebs on`}},
		"file systems": {func(c *Config) {
			c.Storage.EFS = &EFS{FileSystems: map[string]EFSFileSystem{"gp3": {}, "a": {Throughput: "provisioned"}}}
		}, []string{
			`clusters.main.storage.efs.fileSystems.a.throughput: "provisioned" is not known; use elastic or bursting`,
			`clusters.main.storage.efs.fileSystems.gp3: the StorageClass gp3 is the EBS one; use another key`}},
		"principals": {func(c *Config) {
			c.Access = []Access{
				{PrincipalARN: "arn:aws:iam::111111111111:role/a", Level: "edit"}, {PrincipalARN: "arn:aws:iam::111111111111:role/a", Level: "owner"},
				{PrincipalARN: "arn:aws:iam::111111111111:role/deployer", Level: "view"}, {PrincipalARN: "arn:aws:sts::111111111111:assumed-role/a/me", Level: "view"},
				{PrincipalARN: "arn:aws:iam::1111:role/b", Level: "view"}, {PrincipalARN: "arn:aws:iam::111111111111:role/c", Level: "clusterAdmin", Namespaces: []string{"A", "b", "b"}},
			}
		}, []string{
			`clusters.main.access[1].level: "owner" is not known; use clusterAdmin, admin, edit or view`,
			`clusters.main.access[1].principalArn: "arn:aws:iam::111111111111:role/a" is listed twice; merge it with access[0]: EKS has one entry for each principal`,
			`clusters.main.access[2].principalArn: "arn:aws:iam::111111111111:role/deployer" is the deployer, which has an entry already; remove it`,
			`clusters.main.access[3].principalArn: "arn:aws:sts::111111111111:assumed-role/a/me" is a session, not a role; give the role itself, arn:aws:iam::<account>:role/<name>`,
			`clusters.main.access[4].principalArn: "arn:aws:iam::1111:role/b" is not the ARN of an IAM role or user; use arn:aws:iam::<account>:role/<name>`,
			`clusters.main.access[5].namespaces: clusterAdmin is over the whole cluster; use level admin for namespaces`,
			`clusters.main.access[5].namespaces[0]: "A" is not a namespace; use lower-case letters, digits and hyphens`,
			`clusters.main.access[5].namespaces[2]: "b" is listed twice; remove it`}},
		"add-ons": {func(c *Config) {
			c.Addons = map[string]Addon{"coredns": {Version: "1.14.3"}, "adot": {Version: "v1.0.0-eksbuild.1"}, "aws-efs-csi-driver": {Version: "v3.4.2-eksbuild.1"}}
		}, []string{
			`clusters.main.addons.adot: the cluster installs no add-on "adot"; use vpc-cni, eks-pod-identity-agent, coredns, kube-proxy, aws-ebs-csi-driver, aws-efs-csi-driver, snapshot-controller, metrics-server, eks-node-monitoring-agent`,
			`clusters.main.addons.aws-efs-csi-driver: the pin has no effect: this configuration does not install "aws-efs-csi-driver"; remove the pin, or turn the feature on`,
			`clusters.main.addons.coredns.version: "1.14.3" is not an add-on build; use for example v1.23.1-eksbuild.1`}},
		"secret prefixes": {func(c *Config) {
			c.ExternalSecrets = &ExternalSecrets{SecretPrefixes: []string{"platform/dev", "*"}, ParameterPrefixes: []string{"platform/"}}
		}, []string{
			`clusters.main.externalSecrets.parameterPrefixes[0]: "platform/" is not a path of Parameter Store; begin it with a slash`,
			`clusters.main.externalSecrets.secretPrefixes[0]: "platform/dev" would match other names that begin the same; end it with a slash`,
			`clusters.main.externalSecrets.secretPrefixes[1]: "*" is not a prefix of names; use for example "platform/dev/"`}},
		"an operator that may read nothing": {func(c *Config) { c.ExternalSecrets = &ExternalSecrets{} },
			[]string{`warning: clusters.main.externalSecrets: the operator is installed and may read nothing; name secretPrefixes or parameterPrefixes`}},
		"a bastion of no type": {func(c *Config) { c.Bastion = &Bastion{InstanceType: "small"} },
			[]string{`clusters.main.bastion.instanceType: "small" is not an instance type; use for example t4g.nano`}},
		"more pods than EKS takes": {func(c *Config) { c.PodAddressing.MaxPods = 251 },
			[]string{`clusters.main.podAddressing.maxPods: 251 pods on a node are more than EKS takes; use 1 to 250, or leave it out`}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := base()
			tt.change(&c)
			var got []string
			for _, f := range c.Validate("clusters.main", input()) {
				got = append(got, f.String())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestValidateNames(t *testing.T) {
	tests := map[string]struct {
		change func(*ValidateInput)
		want   []string
	}{
		"a cluster name with a dot": {func(in *ValidateInput) { in.ClusterName = "dev.main" },
			[]string{`clusters.main: the cluster's name "dev.main" is not one that EKS takes; use letters, digits, hyphens and underscores, a letter or digit first`}},
		"a logical name that fits to the last character": {func(in *ValidateInput) { in.Name = strings.Repeat("n", 36) }, nil},
		"a logical name that is one too long": {func(in *ValidateInput) { in.Name = strings.Repeat("n", 37) },
			[]string{`clusters.main: the name "` + strings.Repeat("n", 37) + `-karpenter-rebalance" would have 65 characters with Pulumi's suffix of 8, IAM and EventBridge take 64; shorten the cluster's key`}},
		"a cluster name of 101 characters": {func(in *ValidateInput) { in.ClusterName = strings.Repeat("c", 101) },
			[]string{`clusters.main: the cluster's name "` + strings.Repeat("c", 101) + `" has 101 characters, EKS takes 100; shorten the stack's or the cluster's key`}},
		"pod subnets asked of a network without": {func(in *ValidateInput) { in.PodSubnets = false },
			[]string{`clusters.main.podAddressing.mode: the network has no pod subnets; give the network a podCidr, or use nodeSubnets`}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, in := base(), input()
			c.PodAddressing.Mode = PodsInPodSubnets
			tt.change(&in)
			var got []string
			for _, f := range c.Validate("clusters.main", in) {
				got = append(got, f.String())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCheckRelease(t *testing.T) {
	full := func() Release {
		r := Release{Name: "2026.11", Kubernetes: "1.36", AutoscalerImageTag: "v1.36.1", KubectlImage: "k:1", AMIs: map[string]string{"al2023": "1.36.0-20261103"},
			Addons: map[string]string{}, Charts: map[string]Chart{}}
		for _, a := range addonNames {
			r.Addons[a] = "v1.0.0-eksbuild.1"
		}
		for _, n := range []string{ChartAutoscaler, ChartKarpenter, ChartKarpenterCRD, ChartExternalSecrets} {
			r.Charts[n] = Chart{Name: n, Version: "1"}
		}
		return r
	}
	tests := map[string]struct {
		change func(*Release, *Config)
		want   []string
	}{
		"a whole release": {func(*Release, *Config) {}, nil},
		"a pin in the stack file fills a hole": {func(r *Release, c *Config) {
			delete(r.Addons, AddonSnapshots)
			c.Addons = map[string]Addon{AddonSnapshots: {Version: "v8.3.0-eksbuild.1"}}
		}, nil},
		"what is not used may be missing": {func(r *Release, c *Config) {
			delete(r.Addons, AddonEFS)
			delete(r.Charts, ChartKarpenter)
			r.KubectlImage = ""
		}, nil},
		"holes": {func(r *Release, c *Config) {
			delete(r.Addons, AddonSnapshots)
			delete(r.Charts, ChartAutoscaler)
			r.Kubernetes, r.AutoscalerImageTag, r.AMIs = "", "", nil
		}, []string{
			`clusters.main: release "2026.11" has no Kubernetes version`,
			`clusters.main: release "2026.11" has no version of add-on "snapshot-controller" (addons.snapshot-controller.version pins one)`,
			`clusters.main: release "2026.11" has no chart "cluster-autoscaler"`,
			`clusters.main: release "2026.11" has no image tag of the Cluster Autoscaler`,
			`clusters.main: release "2026.11" has no AMI release of family "al2023" (amis.al2023.version pins one)`}},
		"a slot on a release that nobody knows": {func(r *Release, c *Config) {
			group(func(g *NodeGroup) {
				g.Upgrade, g.Slots = BlueGreen, map[string]Slot{"a": {Release: "2025.01"}, "b": {}}
			})(c)
		}, []string{`clusters.main.nodeGroups.general.slots.a.release: release "2025.01" is not known; name a release of the catalogue`}},
		"a pool of a family that the release lacks": {func(r *Release, c *Config) {
			c.Autoscaler, c.Karpenter = AutoscalerKarpenter, &Karpenter{NodePools: map[string]NodePool{"a": {AMIFamily: FamilyBottlerocket}}}
		}, []string{`clusters.main: release "2026.11" has no AMI release of family "bottlerocket" (amis.bottlerocket.version pins one)`}},
		"a pinned AMI fills a hole": {func(r *Release, c *Config) {
			r.AMIs, c.AMIs = nil, map[string]AMI{FamilyAL2023: {Version: "1.36.4-20261003"}}
		}, nil},
		"a pinned AMI of a minor that a climb left behind": {func(r *Release, c *Config) {
			c.AMIs = map[string]AMI{FamilyAL2023: {Version: "1.35.6-20260818"}}
		}, []string{`clusters.main.amis.al2023.version: "1.35.6-20260818" is for nodes of 1.35, and no node runs it; pin an AMI release of 1.36, or remove the pin and take the release's`}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r, c := full(), base()
			tt.change(&r, &c)
			var got []string
			for _, f := range c.CheckRelease("clusters.main", r, nil) {
				s := f.String()
				s, _, _ = strings.Cut(s, "; complete the release")
				got = append(got, s)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}
