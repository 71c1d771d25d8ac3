package cluster

import (
	"fmt"
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/cluster/spec"
	"github.com/ladder-platform/ladder/components/internal/iamdoc"
	"github.com/ladder-platform/ladder/components/internal/naming"
	"github.com/ladder-platform/ladder/components/internal/sgrule"
)

const httpsPort = 443

// bastionImages are Amazon Linux 2023 by architecture, resolved by EC2 when the
// instance is launched: nothing is looked up at preview, and a newer image does
// not replace a running bastion. Source: EC2 user guide, "Use a Systems Manager
// parameter instead of an AMI ID in launch templates", read 2026-11.
var bastionImages = map[string]string{
	spec.X86: "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
	spec.ARM: "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",
}

// bastion is an instance in a private subnet through which Session Manager
// forwards a port to the private API endpoint. Nothing can connect to it, and
// whoever uses it needs an access entry of their own.
func (b *builder) bastion() error {
	b.out.BastionInstanceID = pulumi.String("").ToStringOutput()
	if b.cfg.Bastion == nil {
		return nil
	}
	arch, _ := b.cfg.Architecture([]string{b.cfg.Bastion.InstanceType}) // Validate refused an unknown one
	group, err := b.bastionGroup()
	if err != nil {
		return err
	}
	profile, permissions, err := b.bastionRole()
	if err != nil {
		return err
	}
	id := b.id("bastion")
	// The template holds nothing but the image: whatever else changes then
	// makes no new version of it, and so does not replace the instance.
	template, err := ec2.NewLaunchTemplate(b.ctx, id, &ec2.LaunchTemplateArgs{
		Description: pulumi.String("Image of the bastion of " + b.args.ClusterName), ImageId: pulumi.String(bastionImages[arch]),
		UpdateDefaultVersion: pulumi.Bool(true), Tags: b.tags.For(id),
	}, b.aws()...)
	if err != nil {
		return fmt.Errorf("bastion template: %w", err)
	}
	instance, err := ec2.NewInstance(b.ctx, id, &ec2.InstanceArgs{
		InstanceType: pulumi.String(b.cfg.Bastion.InstanceType), IamInstanceProfile: profile.Name,
		SubnetId:            b.args.Network.PrivateSubnets[b.args.Network.Zones[0]].ToStringOutput().ToStringPtrOutput(),
		VpcSecurityGroupIds: pulumi.StringArray{group.ID()},
		LaunchTemplate: &ec2.InstanceLaunchTemplateArgs{
			Id: template.ID().ToStringOutput().ToStringPtrOutput(), Version: template.LatestVersion.ApplyT(strconv.Itoa).(pulumi.StringOutput).ToStringPtrOutput(),
		},
		MetadataOptions: &ec2.InstanceMetadataOptionsArgs{
			HttpEndpoint: pulumi.String("enabled"), HttpTokens: pulumi.String("required"), HttpPutResponseHopLimit: pulumi.Int(1),
		},
		RootBlockDevice: &ec2.InstanceRootBlockDeviceArgs{
			Encrypted: pulumi.Bool(true), VolumeType: pulumi.String("gp3"), DeleteOnTermination: pulumi.Bool(true), Tags: b.tags.For(id),
		},
		Tags: b.tags.For(id),
	}, b.aws(append(permissions, b.args.Network.WayOut...)...)...)
	if err != nil {
		return fmt.Errorf("bastion: %w", err)
	}
	b.out.BastionInstanceID = instance.ID().ToStringOutput()
	return nil
}

// bastionGroup admits nobody; out goes HTTPS only, to Systems Manager and to
// the control plane, whose own group admits the bastion.
func (b *builder) bastionGroup() (*ec2.SecurityGroup, error) {
	id := b.id("bastion")
	group, err := ec2.NewSecurityGroup(b.ctx, id, &ec2.SecurityGroupArgs{
		Description: pulumi.String("Bastion of " + b.args.ClusterName), VpcId: b.args.Network.VPCID.ToStringOutput().ToStringPtrOutput(),
		RevokeRulesOnDelete: pulumi.Bool(true), Tags: b.tags.For(id),
	}, b.aws()...)
	if err != nil {
		return nil, fmt.Errorf("bastion security group: %w", err)
	}
	if _, err := sgrule.Egress(b.ctx, id+"-https", sgrule.Rule{
		Group: group.ID(), Port: httpsPort, Block: "0.0.0.0/0", Description: "Systems Manager and the Kubernetes API", Tags: b.tags.For(id + "-https"),
	}, b.aws()...); err != nil {
		return nil, fmt.Errorf("bastion security group: %w", err)
	}
	if _, err := sgrule.Ingress(b.ctx, b.id("control-plane-bastion"), sgrule.Rule{
		Group: b.controlPlaneGroup.ID(), Port: httpsPort, Peer: group.ID(), Description: "Kubernetes API from the bastion", Tags: b.tags.For(b.id("control-plane-bastion")),
	}, b.aws()...); err != nil {
		return nil, fmt.Errorf("control plane security group: %w", err)
	}
	return group, nil
}

// bastionRole may be managed by Session Manager and look this cluster up.
func (b *builder) bastionRole() (*iam.InstanceProfile, []pulumi.Resource, error) {
	id, region := b.id("bastion"), b.args.Environment.Region
	policy, err := iamdoc.Document(iamdoc.Statement{
		Sid: "Cluster", Actions: []string{"eks:DescribeCluster"},
		Resources: []string{fmt.Sprintf("arn:%s:eks:%s:%s:cluster/%s", naming.Partition(region), region, b.args.Environment.AccountID, b.args.ClusterName)},
	})
	if err != nil {
		return nil, nil, err
	}
	role, err := iam.NewRole(b.ctx, id, &iam.RoleArgs{
		AssumeRolePolicy: pulumi.String(iamdoc.ServiceTrust("ec2.amazonaws.com")),
		Description:      pulumi.String("Bastion of " + b.args.ClusterName), Tags: b.tags.For(id),
	}, b.aws()...)
	if err != nil {
		return nil, nil, fmt.Errorf("bastion role: %w", err)
	}
	inline, err := iam.NewRolePolicy(b.ctx, id, &iam.RolePolicyArgs{Role: role.Name, Policy: pulumi.String(policy)}, b.aws()...)
	if err != nil {
		return nil, nil, fmt.Errorf("bastion role: policy: %w", err)
	}
	attachment, err := iam.NewRolePolicyAttachment(b.ctx, id+"-ssm", &iam.RolePolicyAttachmentArgs{
		Role: role.Name, PolicyArn: pulumi.String(naming.ManagedPolicy(region, "AmazonSSMManagedInstanceCore")),
	}, b.aws()...)
	if err != nil {
		return nil, nil, fmt.Errorf("bastion role: attach: %w", err)
	}
	profile, err := iam.NewInstanceProfile(b.ctx, id, &iam.InstanceProfileArgs{Role: role.Name, Tags: b.tags.For(id)}, b.aws()...)
	if err != nil {
		return nil, nil, fmt.Errorf("bastion profile: %w", err)
	}
	return profile, []pulumi.Resource{inline, attachment, profile}, nil
}
