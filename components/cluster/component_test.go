package cluster

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ladder-platform/ladder/components/cluster/spec"
	"github.com/ladder-platform/ladder/components/internal/mocks"
)

const (
	typeAddon     = "aws:eks/addon:Addon"
	typeNodeGroup = "aws:eks/nodeGroup:NodeGroup"
	typeRelease   = "kubernetes:helm.sh/v3:Release"
	typePolicy    = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
	typeIdentity  = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
)

func TestOrderIsInTheGraph(t *testing.T) {
	g := build(t, nil)
	type end struct{ typ, suffix string }
	tests := map[string]struct{ from, to end }{
		"node groups wait for the CNI":                    {end{typeNodeGroup, "ng-general-main"}, end{typeAddon, "addon-vpc-cni"}},
		"node groups wait for the Pod Identity agent":     {end{typeNodeGroup, "ng-general-main"}, end{typeAddon, "addon-eks-pod-identity-agent"}},
		"node groups wait for the node role's permission": {end{typeNodeGroup, "ng-general-main"}, end{typePolicy, "node-AmazonEKSWorkerNodePolicy"}},
		"node groups wait for the network's way out":      {end{typeNodeGroup, "ng-general-main"}, end{"test:index:Route", "route"}},
		"the bastion waits for the network's way out":     {end{"aws:ec2/instance:Instance", "bastion"}, end{"test:index:Route", "route"}},
		"the CNI waits for its role's permission":         {end{typeAddon, "addon-vpc-cni"}, end{typePolicy, "cni-policy"}},
		"the CNI waits for the control plane":             {end{typeAddon, "addon-vpc-cni"}, end{clusterToken, childName}},
		"CoreDNS waits for nodes":                         {end{typeAddon, "addon-coredns"}, end{typeNodeGroup, "ng-general-main"}},
		"kube-proxy waits for nodes":                      {end{typeAddon, "addon-kube-proxy"}, end{typeNodeGroup, "ng-general-main"}},
		"the EBS driver waits for nodes":                  {end{typeAddon, "addon-aws-ebs-csi-driver"}, end{typeNodeGroup, "ng-general-main"}},
		"the EBS driver waits for its role's permission":  {end{typeAddon, "addon-aws-ebs-csi-driver"}, end{typePolicy, "ebs-csi-policy"}},
		"the autoscaler waits for add-ons":                {end{typeRelease, "cluster-autoscaler"}, end{typeAddon, "addon-coredns"}},
		"the autoscaler waits for its identity":           {end{typeRelease, "cluster-autoscaler"}, end{typeIdentity, "cluster-autoscaler"}},
		"External Secrets waits for its identity":         {end{typeRelease, "external-secrets"}, end{typeIdentity, "external-secrets"}},
		"External Secrets waits for add-ons":              {end{typeRelease, "external-secrets"}, end{typeAddon, "addon-metrics-server"}},
		"the secret store waits for the operator":         {end{"kubernetes:external-secrets.io/v1:ClusterSecretStore", "aws-secrets-manager"}, end{typeRelease, "external-secrets"}},
		"the snapshot class waits for its controller":     {end{"kubernetes:snapshot.storage.k8s.io/v1:VolumeSnapshotClass", "snapshotclass"}, end{typeAddon, "addon-snapshot-controller"}},
		"the EFS class waits for a mount target":          {end{"kubernetes:storage.k8s.io/v1:StorageClass", "storageclass-shared"}, end{"aws:efs/mountTarget:MountTarget", "apne2-az2"}},
		"the kubernetes provider waits for the deployer":  {end{"pulumi:providers:kubernetes", "k8s"}, end{"aws:eks/accessPolicyAssociation:AccessPolicyAssociation", "access-deployer"}},
		"the control plane waits for its log group":       {end{"eks:index:Cluster", "eks"}, end{"aws:cloudwatch/logGroup:LogGroup", "logs"}},
		"the control plane waits for the use of its key":  {end{"eks:index:Cluster", "eks"}, end{"aws:iam/rolePolicy:RolePolicy", "service-key"}},
		"the control plane waits for its role":            {end{"eks:index:Cluster", "eks"}, end{typePolicy, "service-cluster"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			from, _ := g.Find(t, tt.from.typ, tt.from.suffix)
			to, _ := g.Find(t, tt.to.typ, tt.to.suffix)
			if !g.Reaches(from, to) {
				t.Errorf("%s does not depend on %s; it depends on %v", from, to, g[from].Dependencies)
			}
			if g.Reaches(to, from) {
				t.Errorf("%s depends on %s", to, from)
			}
		})
	}
}

// The control plane makes the interfaces of pods that have groups of their own, and may do so only then.
func TestPodsWithSecurityGroups(t *testing.T) {
	has := func(change func(*Args)) bool {
		g := build(t, change)
		for id := range g {
			if strings.HasSuffix(id, "service-pod-interfaces") {
				return true
			}
		}
		return false
	}
	if has(nil) {
		t.Error("the control plane may make interfaces, and no pod has groups of its own")
	}
	if !has(func(a *Args) { a.Config.PodAddressing.SecurityGroups = "standard" }) {
		t.Error("the control plane may not make the interfaces of pods")
	}
}

func TestChartsDoNotWaitForEachOther(t *testing.T) {
	g := build(t, nil)
	secrets, _ := g.Find(t, typeRelease, "external-secrets")
	autoscaler, _ := g.Find(t, typeRelease, "cluster-autoscaler")
	if g.Reaches(secrets, autoscaler) || g.Reaches(autoscaler, secrets) {
		t.Error("External Secrets and the autoscaler wait for each other, which lengthens every up")
	}
}

func TestKarpenterOrder(t *testing.T) {
	g := build(t, withKarpenter)
	chain := []struct{ typ, suffix string }{
		{"kubernetes:batch/v1:Job", "node-release"},
		{"kubernetes:karpenter.sh/v1:NodePool", "nodepool-burst"},
		{"kubernetes:karpenter.k8s.aws/v1:EC2NodeClass", "nodeclass-burst"},
		{typeRelease, "-karpenter"},
		{typeRelease, "-karpenter-crd"},
		{typeNodeGroup, "ng-general-main"},
	}
	for i := range chain[:len(chain)-1] {
		from, _ := g.Find(t, chain[i].typ, chain[i].suffix)
		to, _ := g.Find(t, chain[i+1].typ, chain[i+1].suffix)
		if !g.Reaches(from, to) {
			t.Errorf("%s does not depend on %s", from, to)
		}
	}
	controller, _ := g.Find(t, typeRelease, "-karpenter")
	for _, before := range []struct{ typ, suffix string }{
		{typeIdentity, "-karpenter"}, {typeAddon, "addon-coredns"}, {"aws:eks/accessEntry:AccessEntry", "karpenter-node"},
		{"aws:cloudwatch/eventTarget:EventTarget", "karpenter-spot"},
	} {
		to, _ := g.Find(t, before.typ, before.suffix)
		if !g.Reaches(controller, to) {
			t.Errorf("the controller does not depend on %s", to)
		}
	}
	secrets, _ := g.Find(t, typeRelease, "external-secrets")
	wait, _ := g.Find(t, "kubernetes:batch/v1:Job", "node-release")
	if !g.Reaches(secrets, wait) {
		t.Errorf("other charts do not wait for the nodes of the release")
	}
	if _, crds := g.Find(t, typeRelease, "-karpenter-crd"); !crds.Retain {
		t.Errorf("the CRDs are not retained on delete")
	}
	if _, class := g.Find(t, "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass", "nodeclass-burst"); class.Inputs["spec"].ObjectValue()["amiSelectorTerms"].ArrayValue()[0].ObjectValue()["alias"].StringValue() != "al2023@v20261103" {
		t.Errorf("the node class does not pin the release's AMI: %v", class.Inputs["spec"])
	}
}

func withKarpenter(a *Args) {
	a.Config.Autoscaler = spec.AutoscalerKarpenter
	a.Config.Karpenter = &spec.Karpenter{NodePools: map[string]spec.NodePool{"burst": {InstanceTypes: []string{"m6i.large"}, CPULimit: 32}}}
}

// withDrain has two slots of general, one of them draining.
func withDrain(a *Args) {
	g := a.Config.NodeGroups["general"]
	g.Upgrade = spec.BlueGreen
	g.Slots = map[string]spec.Slot{"blue": {State: spec.Draining}, "green": {}}
	a.Config.NodeGroups["general"] = g
}

func TestASlotThatDrainsHasAJobBetweenNodesAndAddons(t *testing.T) {
	g := build(t, withDrain)
	job, made := g.Find(t, "kubernetes:batch/v1:Job", "-drain-general-blue")
	for _, before := range []struct{ typ, suffix string }{
		{typeNodeGroup, "ng-general-blue"}, {typeNodeGroup, "ng-general-green"}, {"kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding", "-drain"},
	} {
		to, _ := g.Find(t, before.typ, before.suffix)
		if !g.Reaches(job, to) {
			t.Errorf("the Job does not depend on %s", to)
		}
	}
	for _, later := range []struct{ typ, suffix string }{{typeAddon, "addon-coredns"}, {typeRelease, "external-secrets"}} {
		from, _ := g.Find(t, later.typ, later.suffix)
		if !g.Reaches(from, job) {
			t.Errorf("%s does not wait for the drain", from)
		}
	}
	cni, _ := g.Find(t, typeAddon, "addon-vpc-cni")
	if g.Reaches(cni, job) {
		t.Error("the CNI waits for the drain, which needs it")
	}
	text := fmt.Sprint(made.Inputs.Mappable())
	for _, want := range []string{
		"name:ladder-drain-general-blue-", "pulumi.com/replaceUnready:true", "--selector=ladder/group=general,ladder/slot=blue",
		"--ignore-daemonsets --delete-emptydir-data --timeout=15m0s", "key:ladder/slot operator:NotIn values:[blue]", "backoffLimit:0",
		"BUDGET:.metadata.name", "restartPolicy:Always",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the Job lacks %q: %s", want, text)
		}
	}
	if strings.Contains(text, "disable-eviction") || strings.Contains(text, "--force") {
		t.Error("the Job goes round the Eviction API")
	}
	for urn, r := range build(t, nil) {
		if strings.Contains(r.Name, "drain") {
			t.Errorf("no slot drains, and there is %s", urn)
		}
	}
}

func TestEveryChildHasItsParentAndProvider(t *testing.T) {
	for name, change := range map[string]func(*Args){"cluster autoscaler": nil, "karpenter": withKarpenter, "a drain": withDrain} {
		t.Run(name, func(t *testing.T) {
			g := build(t, change)
			for urn, r := range g {
				if r.Name == childName || r.Name == "eks" || r.Name == "route" || r.Type == typeToken {
					continue
				}
				if !strings.HasSuffix(r.Parent, typeToken+"::cluster-main") {
					t.Errorf("%s has parent %q", urn, r.Parent)
				}
				if strings.HasPrefix(r.Type, "kubernetes:") && !strings.Contains(r.Provider, "::cluster-main-k8s::") {
					t.Errorf("%s has provider %q, not the cluster's", urn, r.Provider)
				}
				if !strings.HasPrefix(r.Name, "cluster-main-") {
					t.Errorf("%s has a name that does not begin with the component's", urn)
				}
			}
		})
	}
}

func TestProtection(t *testing.T) {
	draining := func(protect bool) func(*Args) {
		return func(a *Args) {
			g := a.Config.NodeGroups["general"]
			g.Upgrade = spec.BlueGreen
			g.Slots = map[string]spec.Slot{"blue": {State: spec.Draining}, "green": {}}
			a.Config.NodeGroups["general"] = g
			a.Environment.Protect = protect
		}
	}
	tests := map[string]struct {
		typ, suffix string
		protect     bool
		want        bool
	}{
		"the key":                           {"aws:kms/key:Key", "-key", true, true},
		"a file system":                     {"aws:efs/fileSystem:FileSystem", "efs-shared", true, true},
		"the control plane":                 {"eks:index:Cluster", "-eks", true, true},
		"a live slot":                       {typeNodeGroup, "general-green", true, true},
		"a draining slot may go":            {typeNodeGroup, "general-blue", true, false},
		"nothing when protection is lifted": {typeNodeGroup, "general-green", false, false},
		"the key when protection is lifted": {"aws:kms/key:Key", "-key", false, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			g := build(t, draining(tt.protect))
			if _, r := g.Find(t, tt.typ, tt.suffix); r.Protect != tt.want {
				t.Errorf("protect is %v, want %v", r.Protect, tt.want)
			}
		})
	}
}

func TestNodeGroupInputs(t *testing.T) {
	g := build(t, func(a *Args) {
		a.Release.AMIs[spec.FamilyBottlerocket] = "1.62.0-1a2b3c4d"
		group := a.Config.NodeGroups["general"]
		group.InstanceTypes, group.AMIFamily, group.Capacity = []string{"m6g.large"}, spec.FamilyBottlerocket, spec.Spot
		group.Upgrade, group.Slots = spec.BlueGreen, map[string]spec.Slot{"blue": {State: spec.Draining, Release: "2026.08"}, "green": {NodeShape: spec.NodeShape{Zones: []string{"apne2-az2"}}}}
		a.Config.NodeGroups["general"] = group
		a.SlotReleases = map[string]spec.Release{"2026.08": {Name: "2026.08", Kubernetes: "1.35", AMIs: map[string]string{spec.FamilyBottlerocket: "1.60.0-ffffffff"}}}
	})
	_, blue := g.Find(t, typeNodeGroup, "general-blue")
	_, green := g.Find(t, typeNodeGroup, "general-green")
	for _, tt := range []struct{ what, got, want string }{
		{"blue's version", blue.Inputs["version"].StringValue(), "1.35"},
		{"blue's AMI", blue.Inputs["releaseVersion"].StringValue(), "1.60.0-ffffffff"},
		{"blue's taint", blue.Inputs["taints"].ArrayValue()[0].ObjectValue()["key"].StringValue(), spec.DrainingTaint},
		{"green's version", green.Inputs["version"].StringValue(), "1.36"},
		{"green's AMI type", green.Inputs["amiType"].StringValue(), "BOTTLEROCKET_ARM_64"},
		{"green's capacity", green.Inputs["capacityType"].StringValue(), "SPOT"},
		{"green's subnet", green.Inputs["subnetIds"].ArrayValue()[0].StringValue(), "subnet-private-apne2-az2"},
		{"green's template version", green.Inputs["launchTemplate"].ObjectValue()["version"].StringValue(), "1"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s is %q, want %q", tt.what, tt.got, tt.want)
		}
	}
	if n := len(green.Inputs["subnetIds"].ArrayValue()); n != 1 {
		t.Errorf("green has %d subnets, want the one of its zone", n)
	}
	if len(green.Ignore) != 1 || green.Ignore[0] != "scalingConfig.desiredSize" {
		t.Errorf("green ignores %v", green.Ignore)
	}
	if _, named := green.Inputs["nodeGroupName"]; named {
		t.Errorf("the group has an explicit name")
	}
}

func TestNodeGroupNameFits(t *testing.T) {
	_, err := tryBuild(func(a *Args) {
		a.Config.NodeGroups = map[string]spec.NodeGroup{strings.Repeat("x", 50): a.Config.NodeGroups["general"]}
	})
	if err == nil || !strings.Contains(err.Error(), "EKS takes 63") {
		t.Errorf("error is %v", err)
	}
}

func TestBadInputRegistersNothing(t *testing.T) {
	g, err := tryBuild(func(a *Args) { a.Release.Addons = nil })
	if err == nil || !strings.Contains(err.Error(), `release "2026.11" has no version of add-on "vpc-cni"`) {
		t.Errorf("error is %v", err)
	}
	for urn, r := range g {
		if r.Type == typeToken {
			t.Errorf("%s was registered", urn)
		}
	}
}

func TestLogicalNamesDoNotDependOnOrder(t *testing.T) {
	names := func(reverse bool) string {
		g := build(t, func(a *Args) {
			a.Config.Access = append(a.Config.Access, spec.Access{PrincipalARN: "arn:aws:iam::111111111111:role/sre", Level: spec.LevelView})
			if reverse {
				a.Config.Access[0], a.Config.Access[1] = a.Config.Access[1], a.Config.Access[0]
			}
		})
		_, r := g.Find(t, "aws:eks/accessPolicyAssociation:AccessPolicyAssociation", keyOf(g, "arn:aws:iam::111111111111:role/sre"))
		return r.Name
	}
	if a, b := names(false), names(true); a != b {
		t.Errorf("the name is %q, and %q in another order", a, b)
	}
}

// keyOf is the end of the logical name of a principal's access entry.
func keyOf(g mocks.Graph, arn string) string {
	for _, r := range g {
		if r.Type == "aws:eks/accessEntry:AccessEntry" && r.Inputs["principalArn"].StringValue() == arn {
			return r.Name
		}
	}
	return "none"
}
