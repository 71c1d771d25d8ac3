package cluster

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	awseks "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/cluster/spec"
	"github.com/ladder-platform/ladder/components/internal/kube"
	"github.com/ladder-platform/ladder/components/internal/naming"
	"github.com/ladder-platform/ladder/components/internal/podidentity"
	"github.com/ladder-platform/ladder/components/internal/sgrule"
	"github.com/ladder-platform/ladder/components/internal/untyped"
)

const nfsPort = 2049

// blockStorage installs the EBS driver with a default class, and snapshots.
// EKS has no default class of its own from Kubernetes 1.30 on.
func (b *builder) blockStorage() error {
	if b.cfg.Storage.EBS.Disabled {
		return nil
	}
	driver, err := b.storageDriver(spec.AddonEBS, "ebs-csi", "ebs-csi-controller-sa", "service-role/AmazonEBSCSIDriverPolicy")
	if err != nil {
		return err
	}
	class, err := kube.New(b.ctx, b.id("storageclass-gp3"), kube.StorageClass, kube.Meta{
		Name: "gp3", Annotations: map[string]string{"storageclass.kubernetes.io/is-default-class": "true"},
	}, pulumi.Map{
		"provisioner": pulumi.String("ebs.csi.aws.com"), "reclaimPolicy": pulumi.String("Delete"),
		// The volume is made where the pod runs: EBS volumes do not cross zones.
		"volumeBindingMode": pulumi.String("WaitForFirstConsumer"), "allowVolumeExpansion": pulumi.Bool(true),
		"parameters": pulumi.StringMap{
			"type": pulumi.String("gp3"), "encrypted": pulumi.String("true"), "csi.storage.k8s.io/fstype": pulumi.String("ext4"),
		},
	}, b.kube(driver)...)
	if err != nil {
		return err
	}
	b.ready = append(b.ready, class) // and with it the driver
	if !*b.cfg.Storage.Snapshots {
		return nil
	}
	controller, err := b.addon(spec.AddonSnapshots, awseks.AddonArgs{}, b.aws(b.groups...)...)
	if err != nil {
		return err
	}
	snapshots, err := b.custom("snapshotclass", "snapshot.storage.k8s.io/v1", "VolumeSnapshotClass", "ebs", pulumi.Map{
		"driver": pulumi.String("ebs.csi.aws.com"), "deletionPolicy": pulumi.String("Delete"),
	}, b.kube(controller, driver)...)
	if err != nil {
		return err
	}
	b.ready = append(b.ready, snapshots)
	return nil
}

// storageDriver installs a CSI driver add-on with a role for its controller. The
// classes that follow it are what others wait for.
func (b *builder) storageDriver(addon, key, serviceAccount, policy string) (*awseks.Addon, error) {
	role, err := podidentity.NewRole(b.ctx, b.id(key), podidentity.RoleArgs{
		Description: addon + " of " + b.args.ClusterName, Tags: b.tags,
		ManagedPolicies: map[string]string{"policy": naming.ManagedPolicy(b.args.Environment.Region, policy)},
	}, b.aws()...)
	if err != nil {
		return nil, err
	}
	driver, err := b.addon(addon, awseks.AddonArgs{
		PodIdentityAssociations: awseks.AddonPodIdentityAssociationArray{
			awseks.AddonPodIdentityAssociationArgs{RoleArn: role.Arn, ServiceAccount: pulumi.String(serviceAccount)},
		},
	}, b.aws(append(slices.Clone(role.Permissions), b.groups...)...)...)
	if err != nil {
		return nil, err
	}
	return driver, nil
}

// fileStorage installs the EFS driver and makes the stack's file systems.
func (b *builder) fileStorage() error {
	if b.cfg.Storage.EFS == nil {
		return nil
	}
	driver, err := b.storageDriver(spec.AddonEFS, "efs-csi", "efs-csi-controller-sa", "service-role/AmazonEFSCSIDriverPolicy")
	if err != nil {
		return err
	}
	if len(b.cfg.Storage.EFS.FileSystems) == 0 {
		b.ready = append(b.ready, driver)
		return nil
	}
	group, err := b.fileStorageGroup()
	if err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(b.cfg.Storage.EFS.FileSystems)) {
		if err := b.fileSystem(key, b.cfg.Storage.EFS.FileSystems[key], group, driver); err != nil {
			return fmt.Errorf("file system %s: %w", key, err)
		}
	}
	return nil
}

// fileStorageGroup admits NFS from nodes and their pods.
func (b *builder) fileStorageGroup() (*ec2.SecurityGroup, error) {
	group, err := ec2.NewSecurityGroup(b.ctx, b.id("efs"), &ec2.SecurityGroupArgs{
		Description: pulumi.String("EFS mount targets of " + b.args.ClusterName), VpcId: b.args.Network.VPCID.ToStringOutput().ToStringPtrOutput(),
		RevokeRulesOnDelete: pulumi.Bool(true), Tags: b.tags.For(b.id("efs")),
	}, b.aws()...)
	if err != nil {
		return nil, fmt.Errorf("efs security group: %w", err)
	}
	if _, err := sgrule.Ingress(b.ctx, b.id("efs-nfs"), sgrule.Rule{
		Group: group.ID(), Port: nfsPort, Peer: b.out.NodeSecurityGroupID, Description: "NFS from nodes and pods",
		Tags: b.tags.For(b.id("efs-nfs")),
	}, b.aws()...); err != nil {
		return nil, fmt.Errorf("efs security group: %w", err)
	}
	return group, nil
}

// fileSystem makes an encrypted file system with a mount target in every zone
// and a StorageClass of its key. It holds data, so it is protected.
func (b *builder) fileSystem(key string, cfg spec.EFSFileSystem, group *ec2.SecurityGroup, driver pulumi.Resource) error {
	id := b.id("efs-" + key)
	var fs pulumi.CustomResourceState
	if err := untyped.Register(b.ctx, "aws:efs/fileSystem:FileSystem", id, pulumi.Map{
		"encrypted": pulumi.Bool(true), "throughputMode": pulumi.String(cfg.Throughput), "tags": b.tags.For(id),
	}, &fs, b.protected(b.aws())...); err != nil {
		return err
	}
	after := []pulumi.Resource{driver}
	for _, zone := range b.args.Network.Zones {
		var target pulumi.CustomResourceState
		if err := untyped.Register(b.ctx, "aws:efs/mountTarget:MountTarget", id+"-"+zone, pulumi.Map{
			"fileSystemId": fs.ID(), "subnetId": b.args.Network.PrivateSubnets[zone], "securityGroups": pulumi.StringArray{group.ID()},
		}, &target, b.aws()...); err != nil {
			return err
		}
		after = append(after, &target)
	}
	class, err := kube.New(b.ctx, b.id("storageclass-"+key), kube.StorageClass, kube.Meta{Name: key}, pulumi.Map{
		"provisioner": pulumi.String("efs.csi.aws.com"), "reclaimPolicy": pulumi.String("Delete"),
		"volumeBindingMode": pulumi.String("Immediate"),
		"parameters": pulumi.StringMap{
			"provisioningMode": pulumi.String("efs-ap"), "fileSystemId": fs.ID(), "directoryPerms": pulumi.String("700"),
		},
	}, b.kube(after...)...)
	if err != nil {
		return err
	}
	b.ready = append(b.ready, class)
	return nil
}

// custom registers a cluster-scoped custom resource.
func (b *builder) custom(role, apiVersion, kind, object string, fields pulumi.Map, opts ...pulumi.ResourceOption) (pulumi.Resource, error) {
	return kube.New(b.ctx, b.id(role), kube.Kind{APIVersion: apiVersion, Kind: kind}, kube.Meta{Name: object}, fields, opts...)
}
