package cluster

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/cluster/spec"
	"github.com/ladder-platform/ladder/components/internal/helm"
	"github.com/ladder-platform/ladder/components/internal/podidentity"
)

const (
	karpenterName     = "karpenter"
	karpenterReplicas = 2
	// releaseLabel is on every node of Karpenter and names the release that it
	// came from; a new release changes the template and so replaces the nodes.
	releaseLabel = "ladder/release"
	// poolDelete is how long a pool's nodes may take to drain when it is deleted.
	poolDelete = "60m"
)

// karpenter installs, in this order: queue and roles, CRDs, controller on the
// managed groups, node classes, pools, and a Job that waits for the nodes.
// docs/adr/0008-karpenter-after-addons.md says why it comes after the add-ons.
func (b *builder) karpenter() error {
	queue, events, err := b.interruptionQueue()
	if err != nil {
		return err
	}
	profile, nodeReady, nodeRole, err := b.karpenterNodes()
	if err != nil {
		return err
	}
	identity, err := podidentity.New(b.ctx, b.id(karpenterName), podidentity.Args{
		RoleArgs: podidentity.RoleArgs{
			Description: "Karpenter of " + b.args.ClusterName, Tags: b.tags,
			Policy: b.karpenterPolicy(queue.ARN, nodeRole.Arn, profile.Arn),
		},
		ClusterName: b.out.Name, Namespace: systemNamespace, ServiceAccount: karpenterName,
	}, b.aws()...)
	if err != nil {
		return err
	}
	// Helm never upgrades a chart's CRDs: they are a release of their own, kept
	// on delete, because deleting a CRD deletes every object of its kind.
	crds, err := helm.New(b.ctx, b.id("karpenter-crd"), helm.Args{
		Chart: b.chart(spec.ChartKarpenterCRD), ReleaseName: "karpenter-crd", Namespace: pulumi.String(systemNamespace), Values: pulumi.Map{},
	}, append(b.kube(b.charts...), pulumi.RetainOnDelete(true))...)
	if err != nil {
		return err
	}
	before := slices.Concat([]pulumi.Resource{crds}, identity.Ready, nodeReady, events)
	controller, err := helm.New(b.ctx, b.id(karpenterName), helm.Args{
		Chart: b.chart(spec.ChartKarpenter), ReleaseName: karpenterName, Namespace: pulumi.String(systemNamespace), SkipCRDs: true,
		Values: pulumi.Map{
			"replicas":  pulumi.Int(karpenterReplicas),
			"dnsPolicy": pulumi.String("Default"), // it must start when CoreDNS has no node to run on
			"serviceAccount": pulumi.Map{
				"create": pulumi.Bool(true), "name": pulumi.String(karpenterName),
			},
			"settings": pulumi.Map{
				"clusterName": pulumi.String(b.args.ClusterName), "interruptionQueue": queue.Name,
			},
			"controller": pulumi.Map{"resources": requests("500m", "1Gi")},
		},
	}, b.kube(before...)...)
	if err != nil {
		return err
	}
	return b.nodePools(profile, controller)
}

// karpenterNodes makes the role, the profile and the access entry of the nodes
// that Karpenter launches. The entry is needed: EKS makes one for managed
// groups only. Our own profile spares the controller the right to make any.
func (b *builder) karpenterNodes() (*iam.InstanceProfile, []pulumi.Resource, *iam.Role, error) {
	role, permissions, err := b.newNodeRole("karpenter-node", "Nodes that Karpenter launches for "+b.args.ClusterName)
	if err != nil {
		return nil, nil, nil, err
	}
	id := b.id("karpenter-node")
	profile, err := iam.NewInstanceProfile(b.ctx, id, &iam.InstanceProfileArgs{Role: role.Name, Tags: b.tags.For(id)}, b.aws()...)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("karpenter instance profile: %w", err)
	}
	entry, err := eks.NewAccessEntry(b.ctx, id, &eks.AccessEntryArgs{
		ClusterName: b.out.Name, PrincipalArn: role.Arn, Type: pulumi.String("EC2_LINUX"), Tags: b.tags.For(id),
	}, b.aws()...)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("karpenter node access: %w", err)
	}
	return profile, append(permissions, profile, entry), role, nil
}

// nodePools makes a node class and a pool for each key, then waits for the nodes.
func (b *builder) nodePools(profile *iam.InstanceProfile, controller pulumi.Resource) error {
	var pools []pulumi.Resource
	for _, key := range slices.Sorted(maps.Keys(b.cfg.Karpenter.NodePools)) {
		pool := b.cfg.Karpenter.NodePools[key]
		fields, err := b.nodeClass(key, pool, profile)
		if err != nil {
			return fmt.Errorf("node pool %s: %w", key, err)
		}
		// Deleted for real, first, while the controller runs: their finalizers
		// are what ends the instances.
		opts := append(b.kube(controller), pulumi.Timeouts(&pulumi.CustomTimeouts{Delete: poolDelete}))
		class, err := b.custom("nodeclass-"+key, "karpenter.k8s.aws/v1", "EC2NodeClass", key, fields, opts...)
		if err != nil {
			return err
		}
		object, err := b.custom("nodepool-"+key, "karpenter.sh/v1", "NodePool", key, b.nodePool(key, pool), append(opts, pulumi.DependsOn([]pulumi.Resource{class}))...)
		if err != nil {
			return err
		}
		pools = append(pools, object)
	}
	wait, err := b.waitForNodes(pools)
	if err != nil {
		return err
	}
	b.charts, b.ready = []pulumi.Resource{wait}, []pulumi.Resource{wait} // which came after all that was there
	return nil
}

// nodeClass pins the AMI of the release, so that nothing drifts until the release moves.
func (b *builder) nodeClass(key string, pool spec.NodePool, profile *iam.InstanceProfile) (pulumi.Map, error) {
	alias, err := spec.KarpenterAlias(pool.AMIFamily, b.cfg.AMIVersion(b.args.Release, pool.AMIFamily))
	if err != nil {
		return nil, err
	}
	pods, ok := b.cfg.MaxPods(pool.InstanceTypes)
	if !ok {
		return nil, fmt.Errorf("max pods: an instance type of %v is not known", pool.InstanceTypes)
	}
	subnets := pulumi.Array{}
	for _, zone := range b.args.Network.Zones {
		subnets = append(subnets, pulumi.Map{"id": b.args.Network.PrivateSubnets[zone]})
	}
	disk := "/dev/xvda"
	if pool.AMIFamily == spec.FamilyBottlerocket {
		disk = "/dev/xvdb"
	}
	return pulumi.Map{"spec": pulumi.Map{
		"amiSelectorTerms":           pulumi.Array{pulumi.Map{"alias": pulumi.String(alias)}},
		"instanceProfile":            profile.Name,
		"subnetSelectorTerms":        subnets,
		"securityGroupSelectorTerms": pulumi.Array{pulumi.Map{"id": b.out.NodeSecurityGroupID}},
		"kubelet":                    pulumi.Map{"maxPods": pulumi.Int(pods)},
		"metadataOptions": pulumi.Map{
			"httpEndpoint": pulumi.String("enabled"), "httpTokens": pulumi.String("required"), "httpPutResponseHopLimit": pulumi.Int(1),
		},
		"blockDeviceMappings": pulumi.Array{pulumi.Map{
			"deviceName": pulumi.String(disk),
			"ebs": pulumi.Map{
				"encrypted": pulumi.Bool(true), "volumeType": pulumi.String("gp3"), "volumeSize": pulumi.String(fmt.Sprintf("%dGi", poolDiskGiB)),
				"deleteOnTermination": pulumi.Bool(true),
			},
		}},
		"tags": b.tags.For(b.id("nodepool-" + key)),
	}}, nil
}

// poolDiskGiB is the size of a Karpenter node's volume, as managed groups have by default.
const poolDiskGiB = 50

// nodePool is what Karpenter may launch, up to the pool's limit.
func (b *builder) nodePool(key string, pool spec.NodePool) pulumi.Map {
	labels := pulumi.StringMap{releaseLabel: pulumi.String(b.args.Release.Name)}
	for k, v := range pool.Labels {
		labels[k] = pulumi.String(v)
	}
	var capacity []string
	for _, c := range pool.Capacity {
		capacity = append(capacity, map[string]string{spec.OnDemand: "on-demand", spec.Spot: "spot"}[c])
	}
	node := pulumi.Map{
		"nodeClassRef": pulumi.StringMap{
			"group": pulumi.String("karpenter.k8s.aws"), "kind": pulumi.String("EC2NodeClass"), "name": pulumi.String(key),
		},
		"requirements": pulumi.Array{
			requirement("karpenter.sh/capacity-type", capacity),
			requirement("node.kubernetes.io/instance-type", pool.InstanceTypes),
		},
		// Nodes are replaced by a release, not by age: an upgrade is a pull request.
		"expireAfter": pulumi.String("Never"),
	}
	if len(pool.Taints) > 0 {
		taints := pulumi.Array{}
		for _, t := range pool.Taints {
			taints = append(taints, pulumi.Map{"key": pulumi.String(t.Key), "value": pulumi.String(t.Value), "effect": pulumi.String(t.Effect)})
		}
		node["taints"] = taints
	}
	return pulumi.Map{"spec": pulumi.Map{
		"template":   pulumi.Map{"metadata": pulumi.Map{"labels": labels}, "spec": node},
		"limits":     pulumi.Map{"cpu": pulumi.String(fmt.Sprint(pool.CPULimit))},
		"disruption": pulumi.Map{"consolidationPolicy": pulumi.String("WhenEmptyOrUnderutilized"), "consolidateAfter": pulumi.String("1m")},
	}}
}

func requirement(key string, values []string) pulumi.Map {
	return pulumi.Map{"key": pulumi.String(key), "operator": pulumi.String("In"), "values": pulumi.ToStringArray(values)}
}
