package cluster

import (
	"encoding/base64"
	"fmt"
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/cluster/spec"
	"github.com/ladder-platform/ladder/components/internal/iamdoc"
	"github.com/ladder-platform/ladder/components/internal/naming"
)

// Labels of every node of a managed group, so that people and drain jobs find
// the nodes of a slot without knowing the name that Pulumi gave the group.
const (
	groupLabel = "ladder/group"
	slotLabel  = "ladder/slot"
)

// nodePolicies are what a node itself may do. The CNI has a role of its own,
// so nothing here can touch network interfaces.
var nodePolicies = []string{"AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonSSMManagedInstanceCore"}

// nodeRole is the role of all managed groups.
func (b *builder) nodeRole() error {
	role, permissions, err := b.newNodeRole("node", "Nodes of "+b.args.ClusterName)
	if err != nil {
		return err
	}
	b.node, b.nodeIAM = role, permissions
	b.out.NodeRoleARN = role.Arn
	return nil
}

// newNodeRole makes a role for EC2 nodes with its permissions.
func (b *builder) newNodeRole(key, description string) (*iam.Role, []pulumi.Resource, error) {
	role, err := iam.NewRole(b.ctx, b.id(key), &iam.RoleArgs{
		AssumeRolePolicy: pulumi.String(iamdoc.ServiceTrust("ec2.amazonaws.com")),
		Description:      pulumi.String(description), Tags: b.tags.For(b.id(key)),
	}, b.aws()...)
	if err != nil {
		return nil, nil, fmt.Errorf("%s role: %w", key, err)
	}
	var permissions []pulumi.Resource
	for _, policy := range nodePolicies {
		attachment, err := iam.NewRolePolicyAttachment(b.ctx, b.id(key+"-"+policy), &iam.RolePolicyAttachmentArgs{
			Role: role.Name, PolicyArn: pulumi.String(naming.ManagedPolicy(b.args.Environment.Region, policy)),
		}, b.aws()...)
		if err != nil {
			return nil, nil, fmt.Errorf("%s role: attach %s: %w", key, policy, err)
		}
		permissions = append(permissions, attachment)
	}
	return role, permissions, nil
}

// nodeGroups makes one EKS node group for each slot.
func (b *builder) nodeGroups() error {
	b.out.AutoScalingGroups = map[string]pulumi.StringOutput{}
	for _, slot := range b.slots {
		group, err := b.nodeGroup(slot)
		if err != nil {
			return fmt.Errorf("node group %s: %w", slot.Name(), err)
		}
		b.groups = append(b.groups, group)
		b.out.AutoScalingGroups[slot.Name()] = group.Resources.ApplyT(autoScalingGroup).(pulumi.StringOutput)
	}
	return nil
}

// autoScalingGroup is the name of the group that EKS made; "" while it has none.
func autoScalingGroup(made []eks.NodeGroupResource) string {
	for _, r := range made {
		for _, g := range r.AutoscalingGroups {
			if g.Name != nil {
				return *g.Name
			}
		}
	}
	return ""
}

// nodeGroup makes a slot's launch template and group. The group's name is left
// to Pulumi: with an explicit one a replacement deletes before it creates
// (docs/adr/0007-node-slots.md). A slot is protected while it is live.
func (b *builder) nodeGroup(slot spec.NodeSlot) (*eks.NodeGroup, error) {
	template, err := b.launchTemplate(slot)
	if err != nil {
		return nil, err
	}
	ami, err := b.amiType(slot)
	if err != nil {
		return nil, err
	}
	release := b.release(slot.Release)
	id := b.id("ng-" + slot.Name())
	after := append(append([]pulumi.Resource{}, b.prerequisites...), b.nodeIAM...)
	opts := append(b.aws(append(after, b.args.Network.WayOut...)...),
		// The autoscaler's, or whoever scales by hand, after creation (facts/providers.md D8.18).
		pulumi.IgnoreChanges([]string{"scalingConfig.desiredSize"}),
		// An update drains node after node; 60 minutes, the default, end in the middle of it.
		pulumi.Timeouts(&pulumi.CustomTimeouts{Create: "60m", Update: "180m", Delete: "60m"}))
	if slot.State == spec.Live {
		opts = b.protected(opts)
	}
	return eks.NewNodeGroup(b.ctx, id, &eks.NodeGroupArgs{
		ClusterName: b.out.Name, NodeRoleArn: b.node.Arn, SubnetIds: b.subnets(slot.Zones),
		AmiType: pulumi.String(ami), CapacityType: pulumi.String(capacityTypes[slot.Capacity]),
		InstanceTypes: pulumi.ToStringArray(slot.InstanceTypes),
		Version:       pulumi.String(release.Kubernetes), ReleaseVersion: pulumi.String(b.cfg.AMIVersion(release, slot.AMIFamily)),
		LaunchTemplate: &eks.NodeGroupLaunchTemplateArgs{
			Id: template.ID().ToStringOutput().ToStringPtrOutput(), Version: template.LatestVersion.ApplyT(strconv.Itoa).(pulumi.StringOutput),
		},
		ScalingConfig: &eks.NodeGroupScalingConfigArgs{
			MinSize: pulumi.Int(slot.Min), MaxSize: pulumi.Int(slot.Max), DesiredSize: pulumi.Int(slot.Desired),
		},
		UpdateConfig: &eks.NodeGroupUpdateConfigArgs{MaxUnavailable: pulumi.Int(slot.MaxUnavailable)},
		Labels:       nodeLabels(slot), Taints: nodeTaints(slot.Taints),
		// A pod that cannot be evicted stops the update instead of being killed.
		ForceUpdateVersion: pulumi.Bool(false), Tags: b.tags.For(id),
	}, opts...)
}

// launchTemplate sets IMDSv2, encrypted disks, tags and max pods.
func (b *builder) launchTemplate(slot spec.NodeSlot) (*ec2.LaunchTemplate, error) {
	pods, ok := b.cfg.MaxPods(slot.InstanceTypes)
	if !ok {
		return nil, fmt.Errorf("max pods: an instance type of %v is not known", slot.InstanceTypes)
	}
	userData, err := spec.UserData(slot.AMIFamily, pods)
	if err != nil {
		return nil, err
	}
	id := b.id("ng-" + slot.Name())
	template, err := ec2.NewLaunchTemplate(b.ctx, id, &ec2.LaunchTemplateArgs{
		Description: pulumi.String("Nodes of " + b.args.ClusterName + ", " + slot.Name()),
		MetadataOptions: &ec2.LaunchTemplateMetadataOptionsArgs{
			HttpEndpoint: pulumi.String("enabled"), HttpTokens: pulumi.String("required"),
			// One hop: pods on their own network cannot take the node's credentials.
			HttpPutResponseHopLimit: pulumi.Int(1),
		},
		BlockDeviceMappings: disks(slot), UserData: pulumi.String(base64.StdEncoding.EncodeToString([]byte(userData))),
		TagSpecifications: b.launchTags(id), UpdateDefaultVersion: pulumi.Bool(true), Tags: b.tags.For(id),
	}, b.aws()...)
	if err != nil {
		return nil, fmt.Errorf("launch template: %w", err)
	}
	return template, nil
}

// launchTags put the stack's tags on what EC2 makes for a node: neither the
// group's tags nor the provider's default ones reach there.
func (b *builder) launchTags(name string) ec2.LaunchTemplateTagSpecificationArray {
	var out ec2.LaunchTemplateTagSpecificationArray
	for _, kind := range []string{"instance", "volume", "network-interface"} {
		out = append(out, ec2.LaunchTemplateTagSpecificationArgs{ResourceType: pulumi.String(kind), Tags: b.tags.For(name)})
	}
	return out
}

// disks are encrypted gp3 volumes. AL2023 has one; Bottlerocket keeps its
// system on xvda, at the image's size, and data on xvdb.
func disks(slot spec.NodeSlot) ec2.LaunchTemplateBlockDeviceMappingArray {
	disk := func(device string, size pulumi.IntPtrInput) ec2.LaunchTemplateBlockDeviceMappingArgs {
		return ec2.LaunchTemplateBlockDeviceMappingArgs{
			DeviceName: pulumi.String(device),
			Ebs: &ec2.LaunchTemplateBlockDeviceMappingEbsArgs{
				Encrypted: pulumi.String("true"), VolumeType: pulumi.String("gp3"), VolumeSize: size, DeleteOnTermination: pulumi.String("true"),
			},
		}
	}
	if slot.AMIFamily == spec.FamilyBottlerocket {
		return ec2.LaunchTemplateBlockDeviceMappingArray{disk("/dev/xvda", nil), disk("/dev/xvdb", pulumi.Int(slot.DiskGiB))}
	}
	return ec2.LaunchTemplateBlockDeviceMappingArray{disk("/dev/xvda", pulumi.Int(slot.DiskGiB))}
}

// release is the one that a slot runs.
func (b *builder) release(name string) spec.Release {
	if r, ok := b.args.SlotReleases[name]; ok && name != b.args.Release.Name {
		return r
	}
	return b.args.Release
}

// amiTypes are EKS's words for family and architecture. Source:
// facts/platform.json eks_rules (botocore eks model, amiType).
var amiTypes = map[string]map[string]string{
	spec.FamilyAL2023:       {spec.X86: "AL2023_x86_64_STANDARD", spec.ARM: "AL2023_ARM_64_STANDARD"},
	spec.FamilyBottlerocket: {spec.X86: "BOTTLEROCKET_x86_64", spec.ARM: "BOTTLEROCKET_ARM_64"},
}

func (b *builder) amiType(slot spec.NodeSlot) (string, error) {
	arch, ok := b.cfg.Architecture(slot.InstanceTypes)
	if !ok || amiTypes[slot.AMIFamily][arch] == "" {
		return "", fmt.Errorf("no AMI type for family %q and instance types %v", slot.AMIFamily, slot.InstanceTypes)
	}
	return amiTypes[slot.AMIFamily][arch], nil
}

var capacityTypes = map[string]string{spec.OnDemand: "ON_DEMAND", spec.Spot: "SPOT"}

// effects are EKS's words for taint effects.
var effects = map[string]string{"NoSchedule": "NO_SCHEDULE", "PreferNoSchedule": "PREFER_NO_SCHEDULE", "NoExecute": "NO_EXECUTE"}

func nodeLabels(slot spec.NodeSlot) pulumi.StringMap {
	out := pulumi.StringMap{groupLabel: pulumi.String(slot.Group), slotLabel: pulumi.String(slot.Slot)}
	for k, v := range slot.Labels {
		out[k] = pulumi.String(v)
	}
	return out
}

func nodeTaints(taints []spec.Taint) eks.NodeGroupTaintArray {
	out := eks.NodeGroupTaintArray{}
	for _, t := range taints {
		args := eks.NodeGroupTaintArgs{Key: pulumi.String(t.Key), Effect: pulumi.String(effects[t.Effect])}
		if t.Value != "" {
			args.Value = pulumi.String(t.Value)
		}
		out = append(out, args)
	}
	return out
}
