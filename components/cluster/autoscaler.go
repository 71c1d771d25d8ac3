package cluster

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/cluster/spec"
	"github.com/ladder-platform/ladder/components/internal/helm"
	"github.com/ladder-platform/ladder/components/internal/iamdoc"
	"github.com/ladder-platform/ladder/components/internal/naming"
	"github.com/ladder-platform/ladder/components/internal/podidentity"
)

const (
	systemNamespace    = "kube-system"
	autoscalerName     = "cluster-autoscaler"
	autoscalerReplicas = 2 // one leads, one stands by
)

// autoscaler installs the one that the configuration chooses.
func (b *builder) autoscaler() error {
	switch b.cfg.Autoscaler {
	case spec.AutoscalerCluster:
		return b.clusterAutoscaler()
	case spec.AutoscalerKarpenter:
		return b.karpenter()
	}
	return nil
}

// clusterAutoscaler finds the groups by the tags that EKS puts on their Auto
// Scaling groups, and may resize only those of this cluster.
func (b *builder) clusterAutoscaler() error {
	policy, err := b.autoscalerPolicy()
	if err != nil {
		return err
	}
	identity, err := podidentity.New(b.ctx, b.id(autoscalerName), podidentity.Args{
		RoleArgs: podidentity.RoleArgs{
			Description: "Cluster Autoscaler of " + b.args.ClusterName, Policy: pulumi.String(policy), Tags: b.tags,
		},
		ClusterName: b.out.Name, Namespace: systemNamespace, ServiceAccount: autoscalerName,
	}, b.aws()...)
	if err != nil {
		return err
	}
	release, err := helm.New(b.ctx, b.id(autoscalerName), helm.Args{
		Chart: b.chart(spec.ChartAutoscaler), ReleaseName: autoscalerName, Namespace: pulumi.String(systemNamespace),
		Values: pulumi.Map{
			"fullnameOverride": pulumi.String(autoscalerName),
			"cloudProvider":    pulumi.String("aws"),
			"awsRegion":        pulumi.String(b.args.Environment.Region),
			"autoDiscovery":    pulumi.Map{"clusterName": pulumi.String(b.args.ClusterName)},
			// The autoscaler's minor follows the cluster's, not the chart's.
			"image":             pulumi.Map{"tag": pulumi.String(b.args.Release.AutoscalerImageTag)},
			"replicaCount":      pulumi.Int(autoscalerReplicas),
			"priorityClassName": pulumi.String("system-cluster-critical"),
			"rbac":              pulumi.Map{"serviceAccount": pulumi.Map{"create": pulumi.Bool(true), "name": pulumi.String(autoscalerName)}},
			"extraArgs": pulumi.Map{
				"balance-similar-node-groups": pulumi.Bool(true), "expander": pulumi.String("least-waste"),
				"skip-nodes-with-system-pods": pulumi.Bool(false),
			},
			"resources": requests("100m", "300Mi"),
		},
	}, b.kube(append(identity.Ready, b.charts...)...)...)
	if err != nil {
		return err
	}
	b.ready = append(b.ready, release)
	return nil
}

// autoscalerPolicy follows the autoscaler's own document, with the changing
// actions limited to this cluster's groups by tag.
// Source: kubernetes/autoscaler cluster-autoscaler/cloudprovider/aws/README.md, read 2026-11.
func (b *builder) autoscalerPolicy() (string, error) {
	region, partition := b.args.Environment.Region, naming.Partition(b.args.Environment.Region)
	return iamdoc.Document(
		iamdoc.Statement{
			Sid: "Read", Resources: []string{"*"}, EveryResource: "these actions know no resource-level permission",
			Actions: []string{
				"autoscaling:DescribeAutoScalingGroups", "autoscaling:DescribeAutoScalingInstances", "autoscaling:DescribeLaunchConfigurations",
				"autoscaling:DescribeScalingActivities", "autoscaling:DescribeTags", "ec2:DescribeImages", "ec2:DescribeInstanceTypes",
				"ec2:DescribeLaunchTemplateVersions", "ec2:GetInstanceTypesFromInstanceRequirements",
			},
		},
		iamdoc.Statement{
			Sid: "ReadGroups", Actions: []string{"eks:DescribeNodegroup"},
			Resources: []string{fmt.Sprintf("arn:%s:eks:%s:%s:nodegroup/%s/*", partition, region, b.args.Environment.AccountID, b.args.ClusterName)},
		},
		iamdoc.Statement{
			Sid: "Resize", Actions: []string{"autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"},
			Resources: []string{fmt.Sprintf("arn:%s:autoscaling:%s:%s:autoScalingGroup:*", partition, region, b.args.Environment.AccountID)},
			Conditions: map[string]map[string][]string{"StringEquals": {
				"aws:ResourceTag/k8s.io/cluster-autoscaler/" + b.args.ClusterName: {"owned"},
			}},
		},
	)
}

// chart is a chart of the release.
func (b *builder) chart(name string) helm.Chart {
	c := b.args.Release.Charts[name]
	return helm.Chart{Name: c.Name, Repository: c.Repository, Version: c.Version}
}

// requests are a container's requests, with the memory as its limit too; a
// CPU limit would only throttle.
func requests(cpu, memory string) pulumi.Map {
	return pulumi.Map{
		"requests": pulumi.StringMap{"cpu": pulumi.String(cpu), "memory": pulumi.String(memory)},
		"limits":   pulumi.StringMap{"memory": pulumi.String(memory)},
	}
}
