package eks

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

const (
	typeSecurityGroup = "aws:ec2/securityGroup:SecurityGroup"
	typeRule          = "aws:ec2/securityGroupRule:SecurityGroupRule"
)

// build registers the children in the order in which their inputs become known, and returns the outputs.
func (c *component) build(ctx context.Context) (map[string]value, error) {
	partition, err := c.invoke(ctx, "aws:index/getPartition:getPartition")
	if err != nil {
		return nil, err
	}
	role, roleReady, err := c.serviceRole(ctx, partition)
	if err != nil {
		return nil, err
	}
	group, err := c.clusterSecurityGroup(ctx)
	if err != nil {
		return nil, err
	}
	cluster, err := c.cluster(ctx, roleReady, group)
	if err != nil {
		return nil, err
	}
	admin, err := c.provider(ctx, c.name+"-eks-k8s", c.kubeconfig(cluster, true), c.arg("enableConfigMapMutable"))
	if err != nil {
		return nil, err
	}
	roles, entries, err := c.access(ctx, cluster, partition)
	if err != nil {
		return nil, err
	}
	nodeGroup, ingress, err := c.nodeSecurityGroup(ctx, cluster, group)
	if err != nil {
		return nil, err
	}
	kubeconfig := c.kubeconfig(cluster, false)
	if _, err := c.provider(ctx, c.name+"-provider", kubeconfig, value{}); err != nil {
		return nil, err
	}
	core := map[string]value{
		"accessEntries": list(entries...), "cluster": cluster.ref(), "clusterIamRole": role,
		"clusterSecurityGroup": group.ref(), "encryptionConfig": c.encryption(), "endpoint": cluster.out("endpoint"),
		"instanceRoles": roles, "kubeconfig": kubeconfig, "provider": admin.ref(),
		"nodeGroupOptions": object(map[string]value{
			"clusterIngressRule": ingress.ref(), "nodeSecurityGroup": nodeGroup.ref(), "version": c.arg("version"),
		}),
		"storageClasses": literal(map[string]any{}), "subnetIds": c.subnets(), "tags": c.arg("tags"), "vpcId": c.arg("vpcId"),
		"publicSubnetIds": c.arg("publicSubnetIds"), "privateSubnetIds": c.arg("privateSubnetIds"),
		"nodeSecurityGroupTags": c.arg("nodeSecurityGroupTags"),
	}
	return map[string]value{
		"clusterSecurityGroup": group.ref(), "core": object(core), "eksCluster": cluster.ref(),
		"eksClusterIngressRule": ingress.ref(), "instanceRoles": roles, "kubeconfig": kubeconfig,
		"kubeconfigJson": stringified(kubeconfig), "nodeSecurityGroup": nodeGroup.ref(),
	}, nil
}

// serviceRole is the given role, or a ServiceRole component of its own. The
// second value is the role's ARN with everything that must exist before it counts.
func (c *component) serviceRole(ctx context.Context, partition value) (value, value, error) {
	if given := c.arg("serviceRole"); !given.isNull() {
		n, err := c.rehydrate(ctx, given)
		if err != nil {
			return value{}, value{}, err
		}
		return given.with(n.ref()), n.out("arn"), nil
	}
	role, ready, err := c.newServiceRole(ctx, c.name+"-eksRole", literal("eks.amazonaws.com"),
		literal("Allows EKS to manage clusters on your behalf."), partition, "AmazonEKSClusterPolicy")
	if err != nil {
		return value{}, value{}, err
	}
	return role.ref().with(ready), ready, nil
}

func (c *component) newServiceRole(ctx context.Context, name string, service, description, partition value, policies ...string) (*node, value, error) {
	var managed []value
	arns := map[string]value{}
	for _, p := range policies {
		id := "arn:aws:iam::aws:policy/" + p
		arns[id] = apply(func(in []resource.PropertyValue) resource.PropertyValue {
			return resource.NewProperty("arn:" + in[0].StringValue() + ":iam::aws:policy/" + p)
		}, partition.field("partition"))
		managed = append(managed, object(map[string]value{"id": literal(id), "arn": arns[id]}))
	}
	self, err := c.register(ctx, child{typ: "eks:index:ServiceRole", name: name, parent: c.self.urn, component: true, inputs: map[string]value{
		"service": service, "description": description, "managedPolicyArns": list(managed...), "tags": c.arg("tags"),
	}})
	if err != nil {
		return nil, value{}, err
	}
	role, err := c.register(ctx, child{typ: "aws:iam/role:Role", name: name + "-role", parent: self.urn, version: awsVersion, inputs: map[string]value{
		"description": description, "assumeRolePolicy": assumeRolePolicy(service), "tags": c.arg("tags"),
	}})
	if err != nil {
		return nil, value{}, err
	}
	ready := role.out("arn")
	for _, p := range policies {
		id := "arn:aws:iam::aws:policy/" + p
		sum := sha1.Sum([]byte(id))
		a, err := c.register(ctx, child{
			typ: "aws:iam/rolePolicyAttachment:RolePolicyAttachment", name: name + "-" + hex.EncodeToString(sum[:])[:8],
			parent: self.urn, version: awsVersion, inputs: map[string]value{"policyArn": arns[id], "role": role.ref()},
		})
		if err != nil {
			return nil, value{}, err
		}
		ready = ready.with(a.identity())
	}
	return role, ready, c.outputs(ctx, self.urn, map[string]value{"role": role.ref()})
}

func assumeRolePolicy(service value) value {
	return apply(func(in []resource.PropertyValue) resource.PropertyValue {
		return resource.NewProperty(`{"Version":"2012-10-17","Statement":[{"Action":["sts:AssumeRole"],"Effect":"Allow","Principal":{"Service":["` +
			in[0].StringValue() + `"]}}]}`)
	}, service)
}

func (c *component) clusterSecurityGroup(ctx context.Context) (*node, error) {
	if given := c.arg("clusterSecurityGroup"); !given.isNull() {
		return c.rehydrate(ctx, given)
	}
	group, err := c.register(ctx, child{typ: typeSecurityGroup, name: c.name + "-eksClusterSecurityGroup", parent: c.self.urn, version: awsVersion, inputs: map[string]value{
		"description": literal("Managed by Pulumi"), "revokeRulesOnDelete": literal(true), "vpcId": c.arg("vpcId"),
		"tags": merged(map[string]string{"Name": c.name + "-eksClusterSecurityGroup"}, c.arg("clusterSecurityGroupTags"), c.arg("tags")),
	}})
	if err != nil {
		return nil, err
	}
	_, err = c.rule(ctx, "-eksClusterInternetEgressRule", "Allow internet access.", group, map[string]value{
		"type": literal("egress"), "fromPort": literal(0.), "toPort": literal(0.), "protocol": literal("-1"),
		"cidrBlocks": literal([]any{"0.0.0.0/0"}),
	})
	return group, err
}

func (c *component) rule(ctx context.Context, suffix, description string, group *node, inputs map[string]value) (*node, error) {
	inputs["description"] = literal(description)
	inputs["securityGroupId"] = group.identity()
	return c.register(ctx, child{typ: typeRule, name: c.name + suffix, parent: c.self.urn, version: awsVersion, inputs: inputs})
}

func (c *component) subnets() value {
	if s := c.arg("subnetIds"); !s.isNull() {
		return s
	}
	return apply(func(in []resource.PropertyValue) resource.PropertyValue {
		out := []resource.PropertyValue{}
		for _, l := range in {
			if l.IsArray() {
				out = append(out, l.ArrayValue()...)
			}
		}
		return resource.NewProperty(out)
	}, c.arg("publicSubnetIds"), c.arg("privateSubnetIds"))
}

func (c *component) encryption() value {
	key := c.arg("encryptionConfigKeyArn")
	if !key.truthy() {
		return value{v: resource.NewNullProperty()}
	}
	return apply(func(in []resource.PropertyValue) resource.PropertyValue {
		return resource.NewPropertyValue(map[string]any{
			"provider": map[string]any{"keyArn": in[0].StringValue()}, "resources": []any{"secrets"},
		})
	}, key)
}

func (c *component) cluster(ctx context.Context, roleARN value, group *node) (*node, error) {
	inputs := map[string]value{
		"name": c.arg("name"), "roleArn": roleARN, "version": c.arg("version"),
		"vpcConfig": object(map[string]value{
			"securityGroupIds": list(group.identity()), "subnetIds": c.subnets(),
			"endpointPrivateAccess": c.arg("endpointPrivateAccess"), "endpointPublicAccess": c.arg("endpointPublicAccess"),
			"publicAccessCidrs": c.arg("publicAccessCidrs"),
		}),
		"enabledClusterLogTypes": c.arg("enabledClusterLogTypes"), "defaultAddonsToRemoves": c.arg("defaultAddonsToRemove"),
		"tags":             merged(map[string]string{"Name": c.name + "-eksCluster"}, c.arg("clusterTags"), c.arg("tags")),
		"encryptionConfig": c.encryption(),
		"accessConfig": object(map[string]value{
			"authenticationMode": c.arg("authenticationMode"), "bootstrapClusterCreatorAdminPermissions": literal(true),
		}),
	}
	service, family := c.arg("kubernetesServiceIpAddressRange"), c.arg("ipFamily")
	if service.truthy() || family.truthy() {
		inputs["kubernetesNetworkConfig"] = apply(networkConfig, service, family)
	}
	return c.register(ctx, child{
		typ: "aws:eks/cluster:Cluster", name: c.name + "-eksCluster", parent: c.self.urn, version: awsVersion, inputs: inputs,
		ignoreChanges: []string{"accessConfig.bootstrapClusterCreatorAdminPermissions"},
	})
}

func networkConfig(in []resource.PropertyValue) resource.PropertyValue {
	family := "ipv4"
	if in[1].IsString() {
		family = in[1].StringValue()
	}
	out := resource.PropertyMap{"ipFamily": resource.NewProperty(family)}
	if family == "ipv4" && in[0].IsString() {
		out["serviceIpv4Cidr"] = in[0]
	}
	return resource.NewProperty(out)
}

func (c *component) provider(ctx context.Context, name string, kubeconfig, mutable value) (*node, error) {
	inputs := map[string]value{"kubeconfig": stringified(kubeconfig)}
	if mutable.v.IsBool() {
		inputs["enableConfigMapMutable"] = apply(func(in []resource.PropertyValue) resource.PropertyValue {
			return resource.NewProperty(map[bool]string{true: "true", false: "false"}[in[0].BoolValue()])
		}, mutable)
	}
	return c.register(ctx, child{
		typ: "pulumi:providers:kubernetes", name: name, parent: c.self.urn, version: kubernetesVersion, inputs: inputs,
	})
}

// access makes the instance role unless an empty list of roles was given, and the access entries with their policies.
func (c *component) access(ctx context.Context, cluster *node, partition value) (value, []value, error) {
	roles := c.arg("instanceRoles")
	var entries []value
	if roles.isNull() {
		service := apply(func(in []resource.PropertyValue) resource.PropertyValue {
			return resource.NewProperty("ec2." + in[0].StringValue())
		}, partition.field("dnsSuffix"))
		role, ready, err := c.newServiceRole(ctx, c.name+"-instanceRole", service, value{v: resource.NewNullProperty()}, partition,
			"AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryReadOnly")
		if err != nil {
			return value{}, nil, err
		}
		roles = list(role.ref().with(ready))
		e, err := c.entry(ctx, cluster, "defaultNodeGroupInstanceRole", map[string]value{"principalArn": ready, "type": literal("EC2_LINUX")}, value{})
		if err != nil {
			return value{}, nil, err
		}
		entries = append(entries, e)
	}
	given := plain(c.arg("accessEntries").v)
	if !given.IsObject() {
		return roles, entries, nil
	}
	all := c.arg("accessEntries")
	for _, name := range slices.Sorted(maps.Keys(given.ObjectValue())) {
		spec := all.field(string(name))
		e, err := c.entry(ctx, cluster, string(name), map[string]value{
			"principalArn": spec.field("principalArn"), "type": spec.field("type"), "tags": spec.field("tags"),
			"kubernetesGroups": spec.field("kubernetesGroups"), "userName": spec.field("username"),
		}, spec.field("accessPolicies"))
		if err != nil {
			return value{}, nil, err
		}
		entries = append(entries, e)
	}
	return roles, entries, nil
}

func (c *component) entry(ctx context.Context, cluster *node, name string, inputs map[string]value, policies value) (value, error) {
	inputs["clusterName"] = cluster.out("name")
	n, err := c.register(ctx, child{
		typ: "aws:eks/accessEntry:AccessEntry", name: c.name + "-" + name, parent: c.self.urn, version: awsVersion,
		inputs: inputs, dependsOn: []value{cluster.identity()},
	})
	if err != nil {
		return value{}, err
	}
	given := plain(policies.v)
	if !given.IsObject() {
		return n.ref(), nil
	}
	for _, key := range slices.Sorted(maps.Keys(given.ObjectValue())) {
		spec := policies.field(string(key))
		if _, err := c.register(ctx, child{
			typ: "aws:eks/accessPolicyAssociation:AccessPolicyAssociation", name: c.name + "-" + name + "-" + string(key),
			parent: n.urn, version: awsVersion, dependsOn: []value{n.identity()},
			inputs: map[string]value{
				"accessScope": spec.field("accessScope"), "principalArn": inputs["principalArn"],
				"policyArn": spec.field("policyArn"), "clusterName": cluster.out("name"),
			},
		}); err != nil {
			return value{}, err
		}
	}
	return n.ref(), nil
}

func (c *component) nodeSecurityGroup(ctx context.Context, cluster, clusterGroup *node) (*node, *node, error) {
	tags := apply(func(in []resource.PropertyValue) resource.PropertyValue {
		out := resource.PropertyMap{
			"Name": resource.NewProperty(c.name + "-nodeSecurityGroup"),
			resource.PropertyKey("kubernetes.io/cluster/" + in[0].StringValue()): resource.NewProperty("owned"),
		}
		for _, m := range in[1:] {
			if m.IsObject() {
				maps.Copy(out, m.ObjectValue())
			}
		}
		return resource.NewProperty(out)
	}, cluster.out("name"), c.arg("nodeSecurityGroupTags"), c.arg("tags"))
	group, err := c.register(ctx, child{typ: typeSecurityGroup, name: c.name + "-nodeSecurityGroup", parent: c.self.urn, version: awsVersion, inputs: map[string]value{
		"description": literal("Managed by Pulumi"), "revokeRulesOnDelete": literal(true), "vpcId": c.arg("vpcId"), "tags": tags,
	}})
	if err != nil {
		return nil, nil, err
	}
	var ingress *node
	for _, r := range nodeRules {
		inputs := map[string]value{
			"type": literal(r.kind), "fromPort": literal(r.from), "toPort": literal(r.to), "protocol": literal(r.protocol),
		}
		on, peer := group, clusterGroup
		if r.onCluster {
			on, peer = clusterGroup, group
		}
		switch r.peer {
		case "self":
			inputs["self"] = literal(true)
		case "world":
			inputs["cidrBlocks"] = literal([]any{"0.0.0.0/0"})
		default:
			inputs["sourceSecurityGroupId"] = peer.identity()
		}
		n, err := c.rule(ctx, r.suffix, r.description, on, inputs)
		if err != nil {
			return nil, nil, err
		}
		if r.onCluster {
			ingress = n
		}
	}
	return group, ingress, nil
}

// nodeRules are the rules between node and cluster security group: securitygroup.js, createNodeGroupSecurityGroup.
var nodeRules = []struct {
	suffix, description, kind, protocol, peer string
	from, to                                  float64
	onCluster                                 bool
}{
	{"-eksNodeIngressRule", "Allow nodes to communicate with each other", "ingress", "-1", "self", 0, 0, false},
	{"-eksNodeClusterIngressRule", "Allow worker Kubelets and pods to receive communication from the cluster control plane", "ingress", "tcp", "group", 1025, 65535, false},
	{"-eksExtApiServerClusterIngressRule", "Allow pods running extension API servers on port 443 to receive communication from cluster control plane", "ingress", "tcp", "group", 443, 443, false},
	{"-eksNodeInternetEgressRule", "Allow internet access.", "egress", "-1", "world", 0, 0, false},
	{"-eksClusterIngressRule", "Allow pods to communicate with the cluster API Server", "ingress", "tcp", "group", 443, 443, true},
}
