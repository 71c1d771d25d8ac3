package cases

func clusters() []Case {
	base := steps(private(), []Step{role("control", trust("eks.amazonaws.com"))})
	make := func(more in) Step { return create(tCluster, "c", with(clusterIn("1.35"), more)) }
	conf := func(more in) in {
		return in{"vpcConfig": with(in{"subnetIds": []any{"${a}", "${b}"}, "endpointPrivateAccess": true, "endpointPublicAccess": false}, more)}
	}
	change := func(more in) Step { return update(tCluster, "c", with(clusterIn("1.35"), more)) }
	tight := steps(oneVPC(), []Step{subnet("a", "10.0.0.0/28", "apne2-az1"), subnet("b", "10.0.0.16/28", "apne2-az2"), role("control", trust("eks.amazonaws.com"))})
	return []Case{
		{Rule: "eks.cluster-name", Sentence: "a name with a dot", Given: base, Then: make(in{"name": "prd.main"}),
			Text: "must only contain alphanumeric characters, dashes and underscores). Examine values at 'c.name'."},
		{Rule: "eks.cluster-taken", Sentence: "two clusters of one name", Given: controlPlane("1.35"), Then: create(tCluster, "d", clusterIn("1.35")),
			Text: "ResourceInUseException: Cluster already exists with name: prd"},
		{Rule: "eks.cluster-exists", Sentence: "an access entry of no cluster", Then: create(tEntry, "e", in{"clusterName": "nobody", "principalArn": "arn:aws:iam::111122223333:role/dev"}),
			Text: "ResourceNotFoundException: No cluster found for name: nobody."},
		{Rule: "eks.cluster-quota", Sentence: "one cluster more than the quota", Quotas: map[string]int{"EKS clusters per Region": 1}, Given: controlPlane("1.35"),
			Then: create(tCluster, "d", with(clusterIn("1.35"), in{"name": "two"})), Text: "ResourceLimitExceededException: Cluster count has reached the limit for this account"},
		{Rule: "eks.cluster-version", Sentence: "a minor whose support has ended", Given: base, Then: make(in{"version": "1.30"}),
			Text: "InvalidParameterException: unsupported Kubernetes version"},
		{Rule: "eks.cluster-role", Sentence: "a role that EKS may not assume", Given: steps(private(), []Step{role("control", trust("ec2.amazonaws.com"))}), Then: make(nil),
			Text: "could not be assumed because it does not exist or the trusted entity is not correct"},
		{Rule: "eks.cluster-two-zones", Sentence: "subnets of one zone", Given: base, Then: make(conf(in{"subnetIds": []any{"${a}", "${pub}"}})),
			Text: "InvalidParameterException: Subnets specified must be in at least two different AZs"},
		{Rule: "eks.cluster-subnet", Sentence: "a subnet that is not there", Given: base, Then: make(conf(in{"subnetIds": []any{"${a}", "subnet-0123456789abcdef0"}})),
			Text: "InvalidParameterException: The subnet ID 'subnet-0123456789abcdef0' does not exist"},
		{Rule: "eks.cluster-one-vpc", Sentence: "subnets of two VPCs",
			Given: steps(base, []Step{create(tVPC, "other", in{"cidrBlock": "10.1.0.0/16"}), create(tSubnet, "far", in{"vpcId": "${other}", "cidrBlock": "10.1.0.0/24", "availabilityZoneId": "apne2-az2"})}),
			Then:  make(conf(in{"subnetIds": []any{"${a}", "${far}"}})), Text: "InvalidParameterException: Subnets specified must belong to the same VPC"},
		{Rule: "eks.cluster-security-group", Sentence: "a group that is not there", Given: base, Then: make(conf(in{"securityGroupIds": []any{"sg-0123456789abcdef0"}})),
			Text: "InvalidParameterException: The security group ID 'sg-0123456789abcdef0' does not exist"},
		{Rule: "eks.cluster-addresses", Behind: []string{"ec2.free-addresses"}, Sentence: "subnets without room for the control plane", Given: steps(tight, instancesIn("a", 11), instancesIn("b", 11)), Then: make(nil),
			Text: "InsufficientFreeAddresses: One or more of the subnets associated with your cluster does not have enough available IP addresses"},
		{Rule: "eks.upgrade-addresses", Sentence: "an upgrade with four free addresses",
			Given: steps(tight, []Step{make(nil)}, instancesIn("a", 10), instancesIn("b", 6)), Then: change(in{"version": "1.36"}),
			Text: "IpNotAvailable: EKS needs up to 5 free IP addresses in the cluster's subnets, 4 are free"},
		{Rule: "eks.service-cidr", Sentence: "a service block outside the private ranges", Given: base, Then: make(in{"kubernetesNetworkConfig": in{"serviceIpv4Cidr": "100.64.0.0/16"}}),
			Text: "must be within 10.0.0.0/8, 172.16.0.0/12, or 192.168.0.0/16"},
		{Rule: "eks.service-cidr-overlap", Sentence: "a service block inside the VPC", Given: base, Then: make(in{"kubernetesNetworkConfig": in{"serviceIpv4Cidr": "10.0.128.0/20"}}),
			Text: "InvalidParameterException: Service IPv4 CIDR 10.0.128.0/20 overlaps with VPC CIDR 10.0.0.0/16"},
		{Rule: "eks.encryption-key", Sentence: "a key that is not there", Given: base,
			Then: make(in{"encryptionConfig": in{"resources": []any{"secrets"}, "provider": in{"keyArn": "arn:aws:kms:ap-northeast-2:111122223333:key/01234567-89ab-cdef-0123-456789abcdef"}}}),
			Text: "InvalidParameterException: The keyArn in encryptionConfig provider arn:aws:kms:"},
		{Rule: "eks.endpoint-access", Sentence: "neither private nor public", Given: base, Then: make(conf(in{"endpointPrivateAccess": false})),
			Text: "InvalidParameterException: Private and public endpoint access cannot be false."},
		{Rule: "eks.public-access-cidrs", Sentence: "a private range on the public endpoint", Given: base, Then: make(conf(in{"endpointPublicAccess": true, "publicAccessCidrs": []any{"10.0.0.0/8"}})),
			Text: "InvalidParameterException: The following CIDRs are not allowed in publicAccessCidrs: [10.0.0.0/8]"},
		{Rule: "eks.authentication-mode", Sentence: "back to the ConfigMap", Given: controlPlane("1.35"),
			Then: change(in{"accessConfig": in{"authenticationMode": "CONFIG_MAP", "bootstrapClusterCreatorAdminPermissions": false}}),
			Text: "InvalidParameterException: Unsupported authentication mode update from API to CONFIG_MAP"},
		{Rule: "eks.one-minor", Sentence: "two minors at once", Given: controlPlane("1.34"), Then: update(tCluster, "c", clusterIn("1.36")),
			Text: "InvalidParameterException: Unsupported Kubernetes minor version update from 1.34 to 1.36"},
		{Rule: "eks.one-minor", Sentence: "one minor back", Given: controlPlane("1.35"), Then: update(tCluster, "c", clusterIn("1.34")),
			Text: "InvalidParameterException: Unsupported Kubernetes minor version update from 1.35 to 1.34"},
		{Rule: "eks.cluster-skew", Sentence: "nodes that would be four minors behind",
			Given: steps(controlPlane("1.35"), nodeRole(), []Step{create(tGroup, "g", with(groupIn(), in{"version": "1.32", "releaseVersion": "1.32.9-20260105"}))}),
			Then:  change(in{"version": "1.36"}), Text: "InvalidParameterException: Nodegroups general must be updated to match cluster version 1.35 before updating cluster version"},
		{Rule: "eks.cluster-in-use", Sentence: "a cluster that has nodes", Given: group(), Then: remove(tCluster, "c"), Against: tGroup,
			Text: "ResourceInUseException: Cluster has nodegroups attached"},
	}
}

func nodeGroups() []Case {
	make := func(more in) Step { return create(tGroup, "g", with(groupIn(), more)) }
	change := func(more in) Step { return update(tGroup, "g", with(groupIn(), more)) }
	template := func(more in) []Step {
		return steps(cluster(), []Step{create(tLT, "t", with(in{"name": "nodes"}, more))})
	}
	on := in{"launchTemplate": in{"id": "${t}", "version": "1"}}
	return []Case{
		{Rule: "eks.node-group-name", Sentence: "a name of 64 characters", Given: cluster(),
			Then: make(in{"nodeGroupName": "general-general-general-general-general-general-general-general-"}), Text: "expected length of node_group_name to be in the range (0 - 63)"},
		{Rule: "eks.node-group-taken", Sentence: "two groups of one name", Given: group(), Then: create(tGroup, "h", groupIn()),
			Text: "ResourceInUseException: NodeGroup already exists with name general and cluster name prd"},
		{Rule: "eks.node-group-quota", Sentence: "one group more than the quota", Quotas: map[string]int{"Managed node groups per cluster": 1}, Given: group(),
			Then: create(tGroup, "h", with(groupIn(), in{"nodeGroupName": "two"})), Text: "ResourceLimitExceededException: Node groups of cluster prd have reached the limit"},
		{Rule: "eks.node-group-size", Sentence: "fewer than the minimum", Given: cluster(), Then: make(in{"scalingConfig": in{"minSize": 2, "maxSize": 4, "desiredSize": 1}}),
			Text: "InvalidParameterException: Minimum capacity 2 can't be greater than desired size 1"},
		{Rule: "eks.node-group-size", Sentence: "more nodes than the quota", Quotas: map[string]int{"Nodes per managed node group": 3}, Given: cluster(), Then: make(nil),
			Text: "InvalidParameterException: Maximum size 4 is above the limit of 3 nodes"},
		{Rule: "eks.node-group-max-size", Sentence: "at most no nodes", Given: cluster(), Then: make(in{"scalingConfig": in{"minSize": 0, "maxSize": 0, "desiredSize": 0}}),
			Text: "expected scaling_config.0.max_size to be at least (1), got 0"},
		{Rule: "eks.node-role-trust", Sentence: "a role that EC2 may not assume",
			Given: steps(cluster(), []Step{attach("w", "${control}", "AmazonEKSWorkerNodePolicy"), attach("p", "${control}", "AmazonEC2ContainerRegistryPullOnly"), attach("n", "${control}", "AmazonEKS_CNI_Policy")}), Then: make(in{"nodeRoleArn": "${control.arn}"}),
			Text: "InvalidParameterException: Following required service principals [ec2.amazonaws.com] were not found in the trust relationships of nodeRole"},
		{Rule: "eks.node-group-vpc", Sentence: "a subnet of another VPC",
			Given: steps(cluster(), []Step{create(tVPC, "other", in{"cidrBlock": "10.1.0.0/16"}), create(tIGW, "oigw", in{"vpcId": "${other}"}),
				create(tSubnet, "far", in{"vpcId": "${other}", "cidrBlock": "10.1.0.0/20", "availabilityZoneId": "apne2-az1"}), create(tTable, "ot", in{"vpcId": "${other}"}),
				create(tRoute, "ot", in{"routeTableId": "${ot}", "destinationCidrBlock": "0.0.0.0/0", "gatewayId": "${oigw}"}), create(tRTA, "ot", in{"routeTableId": "${ot}", "subnetId": "${far}"})}),
			Then: make(in{"subnetIds": []any{"${far}"}}), Text: "does not belong to the VPC of cluster prd"},
		{Rule: "eks.node-group-subnet", Sentence: "a subnet that is not there", Given: cluster(), Then: make(in{"subnetIds": []any{"subnet-0123456789abcdef0"}}),
			Text: "InvalidParameterException: The subnet ID 'subnet-0123456789abcdef0' does not exist"},
		{Rule: "eks.node-group-instance-type", Sentence: "a type that is not there", Given: cluster(), Then: make(in{"instanceTypes": []any{"m9.huge"}}),
			Text: "InvalidParameterException: The following supplied instance types do not exist: [m9.huge]"},
		{Rule: "eks.node-group-architecture", Sentence: "an arm type on an x86 image", Given: cluster(), Then: make(in{"instanceTypes": []any{"m7g.large"}, "amiType": "AL2023_x86_64_STANDARD"}),
			Text: "InvalidParameterException: [m7g.large] is not a valid instance type for requested amiType AL2023_x86_64_STANDARD"},
		{Rule: "eks.node-group-ami-discontinued", Sentence: "Amazon Linux 2 above 1.32", Given: cluster(), Then: make(in{"amiType": "AL2_x86_64"}),
			Text: "InvalidParameterException: Requested AMI for this version 1.35 is not supported"},
		{Rule: "eks.node-group-version", Sentence: "nodes newer than the control plane", Given: cluster(), Then: make(in{"version": "1.36", "releaseVersion": "1.36.4-20261003"}),
			Text: "InvalidParameterException: Requested Nodegroup version 1.36 is invalid for a cluster of version 1.35"},
		{Rule: "eks.node-group-downgrade", Sentence: "nodes one minor back", Given: group(), Then: change(in{"version": "1.34", "releaseVersion": "1.34.7-20260505"}),
			Text: "InvalidParameterException: Requested Kubernetes version 1.34 is lower than the version 1.35 of the nodegroup"},
		{Rule: "eks.node-group-release", Sentence: "a release of another minor", Given: cluster(), Then: make(in{"releaseVersion": "1.34.7-20260505"}),
			Text: "InvalidParameterException: Requested Nodegroup release version 1.34.7-20260505 is invalid for Kubernetes version 1.35"},
		{Rule: "eks.node-group-label", Sentence: "a label of Kubernetes' own", Given: cluster(), Then: make(in{"labels": in{"node-role.kubernetes.io/worker": "true"}}),
			Text: "InvalidParameterException: Label cannot contain reserved prefixes [kubernetes.io/, k8s.io/, eks.amazonaws.com/]"},
		{Rule: "eks.node-group-launch-template", Sentence: "a template that is not there", Given: cluster(), Then: make(in{"launchTemplate": in{"id": "lt-0123456789abcdef0", "version": "1"}}),
			Text: "InvalidRequestException: The specified launch template, with template ID lt-0123456789abcdef0, does not exist."},
		{Rule: "eks.node-group-launch-template-version", Sentence: "a version that is not there", Given: template(nil), Then: make(in{"launchTemplate": in{"id": "${t}", "version": "2"}}),
			Text: "InvalidRequestException: Could not find the specified version 2 for the launch template with ID"},
		{Rule: "eks.node-group-template-conflict", Sentence: "a disk size beside a template", Given: template(nil), Then: make(with(on, in{"diskSize": 50})),
			Text: "InvalidParameterException: Disk size must be specified within the launch template."},
		{Rule: "eks.node-group-template-conflict", Sentence: "an instance type in both places", Given: template(in{"instanceType": "m7i.large"}), Then: make(on),
			Text: "InvalidParameterException: You cannot specify an instance type in both the launch template and the node group."},
		{Rule: "eks.node-group-failed", Sentence: "an update of a group that failed",
			Given: steps(cluster(), []Step{remove(tAttach, "node-worker"), {Op: "fails", Type: tGroup, Name: "g", In: groupIn()}}),
			Then:  change(in{"labels": in{"team": "a"}}), Text: "InvalidRequestException: Nodegroup health has issues other than [ AsgInstanceLaunchFailures"},
		{Rule: "eks.pod-eviction", Sentence: "a budget that lets no pod go",
			Given: steps(group(), []Step{
				{Op: "seed", Type: "kube:apps/v1/Deployment", Name: "default/shop", In: in{"scope": "${c.endpoint}", "metadata": in{"name": "shop", "namespace": "default"},
					"spec": in{"replicas": 2, "template": in{"metadata": in{"labels": in{"app": "shop"}}, "spec": in{"containers": []any{in{"name": "shop"}}}}}}},
				{Op: "seed", Type: "kube:policy/v1/PodDisruptionBudget", Name: "default/shop",
					In: in{"scope": "${c.endpoint}", "spec": in{"maxUnavailable": 0, "selector": in{"matchLabels": in{"app": "shop"}}}}}}),
			Then: change(in{"releaseVersion": "1.35.7-20261003"}), Text: "PodEvictionFailure: Reached max retries while trying to evict pods from nodes in node group general"},
	}
}

func nodes() []Case {
	cni := func(values string) Step {
		return create(tAddon, "cni", in{"clusterName": "${c}", "addonName": "vpc-cni", "addonVersion": "v1.22.4-eksbuild.3", "resolveConflictsOnCreate": "OVERWRITE", "configurationValues": values})
	}
	g := create(tGroup, "g", groupIn())
	small := steps(public(), []Step{create(tEIP, "nat", in{"domain": "vpc"}), create(tNAT, "gw", in{"subnetId": "${pub}", "allocationId": "${nat}"}),
		subnet("a", "10.0.16.0/28", "apne2-az1"), subnet("b", "10.0.16.16/28", "apne2-az2"), create(tTable, "in", in{"vpcId": "${net}"}),
		create(tRoute, "in", in{"routeTableId": "${in}", "destinationCidrBlock": "0.0.0.0/0", "natGatewayId": "${gw}"}),
		create(tRTA, "a", in{"routeTableId": "${in}", "subnetId": "${a}"}), create(tRTA, "b", in{"routeTableId": "${in}", "subnetId": "${b}"}),
		role("control", trust("eks.amazonaws.com")), create(tCluster, "c", clusterIn("1.35"))}, nodeRole())
	closed := steps(oneVPC(), []Step{subnet("a", "10.0.16.0/20", "apne2-az1"), subnet("b", "10.0.32.0/20", "apne2-az2"),
		role("control", trust("eks.amazonaws.com")), create(tCluster, "c", clusterIn("1.35"))}, nodeRole())
	bare := steps(private(), []Step{role("control", trust("eks.amazonaws.com")), create(tCluster, "c", with(clusterIn("1.35"), in{"bootstrapSelfManagedAddons": false}))}, nodeRole())
	return []Case{
		{Rule: "eks.node-addresses", Behind: []string{"ec2.free-addresses"}, Sentence: "nodes in subnets of /28", Given: small, Then: g, Saved: true,
			Text: "AsgInstanceLaunchFailures: Could not launch On-Demand Instances. InsufficientFreeAddressesInSubnet - There are not enough free addresses in subnet"},
		{Rule: "eks.node-role-policies", Sentence: "a node role without the worker policy", Given: steps(cluster(), []Step{remove(tAttach, "node-worker")}), Then: g, Saved: true,
			Text: "NodeCreationFailure: Instances failed to join the kubernetes cluster (node role node has no AmazonEKSWorkerNodePolicy)"},
		{Rule: "eks.node-way-out", Sentence: "private subnets without NAT and endpoints", Given: closed, Then: g, Saved: true,
			Text: "has no route out, and no endpoint for ec2, ecr.api, ecr.dkr, s3, sts)"},
		{Rule: "eks.node-nat-public", Sentence: "a NAT gateway in a subnet without a way out", Given: steps(cluster(), []Step{remove(tRTA, "pub")}), Then: g, Saved: true,
			Text: "has no route to an internet gateway)"},
		{Rule: "eks.node-cni", Sentence: "no VPC CNI", Given: bare, Then: g, Saved: true,
			Text: "NodeCreationFailure: Unhealthy nodes in the kubernetes cluster (container runtime network not ready: cni plugin not initialized)"},
		{Rule: "eks.cni-credentials", Sentence: "a VPC CNI that may not call EC2", Given: steps(cluster(), []Step{remove(tAttach, "node-cni")}), Then: g, Saved: true,
			Text: "(aws-node: neither the node role nor a role of its own has AmazonEKS_CNI_Policy)"},
		{Rule: "eks.node-eni-config", Sentence: "custom networking without the zone's ENIConfig",
			Given: steps(cluster(), []Step{cni(`{"env":{"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG":"true","ENI_CONFIG_LABEL_DEF":"topology.k8s.aws/zone-id"}}`)}), Then: g, Saved: true,
			Text: "NodeCreationFailure: Unhealthy nodes in the kubernetes cluster (eniconfig.crd.k8s.amazonaws.com \"apne2-az1\" not found)"},
	}
}

func addons() []Case {
	addon := func(name, addon, version string, more in) Step {
		return create(tAddon, name, with(in{"clusterName": "${c}", "addonName": addon, "addonVersion": version, "resolveConflictsOnCreate": "OVERWRITE"}, more))
	}
	proxy := addon("p", "kube-proxy", "v1.35.3-eksbuild.13", nil)
	return []Case{
		{Rule: "eks.addon-name", Behind: []string{"eks.addon-version"}, Sentence: "an add-on that is not there", Given: cluster(), Then: addon("x", "vpc-cnii", "v1.22.4-eksbuild.3", nil),
			Text: "InvalidParameterException: Addon vpc-cnii specified is not supported"},
		{Rule: "eks.addon-taken", Sentence: "the same add-on twice", Given: steps(cluster(), []Step{proxy}), Then: addon("q", "kube-proxy", "v1.35.3-eksbuild.13", nil),
			Text: "ResourceInUseException: Addon already exists."},
		{Rule: "eks.addon-version", Sentence: "a build of another minor", Given: cluster(), Then: addon("p", "kube-proxy", "v1.34.6-eksbuild.13", nil),
			Text: "InvalidParameterException: Addon version specified is not supported"},
		{Rule: "eks.addon-conflict", Sentence: "adopting what EKS installed without OVERWRITE", Given: cluster(), Then: addon("p", "kube-proxy", "v1.35.3-eksbuild.13", in{"resolveConflictsOnCreate": nil}), Saved: true,
			Text: "last error: : ConfigurationConflict: Conflicts found when trying to apply. Will not continue due to resolve conflicts mode. Conflicts:\nDaemonSet.apps kube-proxy"},
		{Rule: "eks.addon-values", Sentence: "a key that the add-on does not have", Given: cluster(), Then: addon("v", "vpc-cni", "v1.22.4-eksbuild.3", in{"configurationValues": `{"envs":{}}`}),
			Text: "Json schema validation failed with error: [$.envs: is not defined in the schema and the schema does not allow additional properties]"},
		{Rule: "eks.addon-degraded", Sentence: "CoreDNS without nodes", Given: cluster(), Then: addon("d", "coredns", "v1.14.3-eksbuild.11", nil), Saved: true,
			Text: "timeout while waiting for state to become 'ACTIVE' (last state: 'DEGRADED', timeout: 20m0s). InsufficientNumberOfReplicas"},
		{Rule: "eks.cni-one-minor", Sentence: "the VPC CNI two minors on", Given: steps(cluster(), []Step{{Op: "seed", Type: tAddon, Name: "prd:vpc-cni",
			In: in{"scope": Account + "/" + Region, "as": "v", "clusterName": "prd", "addonName": "vpc-cni", "addonVersion": "v1.20.4-eksbuild.1"}}}),
			Then: update(tAddon, "v", in{"clusterName": "prd", "addonName": "vpc-cni", "addonVersion": "v1.22.4-eksbuild.3", "resolveConflictsOnUpdate": "OVERWRITE"}),
			Text: "InvalidParameterException: Updating VPC-CNI can only go up or down 1 minor version at a time"},
	}
}

func access() []Case {
	const dev, admin = "arn:aws:iam::111122223333:role/dev", "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
	entry := func(name string, more in) Step {
		return create(tEntry, name, with(in{"clusterName": "${c}", "principalArn": dev}, more))
	}
	grant := func(more in) Step {
		return create(tAccess, "g", with(in{"clusterName": "${c}", "principalArn": dev, "policyArn": admin, "accessScope": in{"type": "cluster"}}, more))
	}
	pod := func(name string, more in) Step {
		return create(tIdentity, name, with(in{"clusterName": "${c}", "namespace": "shop", "serviceAccount": "shop", "roleArn": "${pod.arn}"}, more))
	}
	have := steps(controlPlane("1.35"), []Step{entry("e", nil)})
	pods := steps(controlPlane("1.35"), []Step{role("pod", podTrust)})
	old := steps(private(), []Step{role("control", trust("eks.amazonaws.com")), create(tCluster, "c", with(clusterIn("1.35"), in{"accessConfig": in{"authenticationMode": "CONFIG_MAP"}}))})
	return []Case{
		{Rule: "eks.access-entry-taken", Sentence: "two entries of one principal", Given: have, Then: entry("f", nil),
			Text: "ResourceInUseException: The specified access entry resource is already in use on this cluster."},
		{Rule: "eks.access-entry-mode", Sentence: "an entry where only the ConfigMap counts", Given: old, Then: entry("e", nil),
			Text: "InvalidRequestException: The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation."},
		{Rule: "eks.access-entry-principal", Sentence: "a session in place of a role", Given: controlPlane("1.35"), Then: entry("e", in{"principalArn": Caller}),
			Text: "InvalidParameterException: The specified principalArn is invalid: invalid principal."},
		{Rule: "eks.access-entry-group", Sentence: "a group of Kubernetes' own", Given: controlPlane("1.35"), Then: entry("e", in{"kubernetesGroups": []any{"system:masters"}}),
			Text: "InvalidParameterException: The kubernetes group name system:masters is invalid, it cannot start with system:"},
		{Rule: "eks.access-entry-missing", Sentence: "a policy without an entry", Given: controlPlane("1.35"), Then: grant(nil),
			Text: "ResourceNotFoundException: The specified principalArn could not be found."},
		{Rule: "eks.access-policy", Sentence: "a policy that EKS does not have", Given: have, Then: grant(in{"policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}),
			Text: "InvalidParameterException: The policyArn parameter format is not valid: arn:aws:iam::aws:policy/AdministratorAccess"},
		{Rule: "eks.access-policy-type", Sentence: "a policy for nodes", Given: steps(controlPlane("1.35"), []Step{entry("e", in{"type": "EC2_LINUX"})}), Then: grant(nil),
			Text: "InvalidRequestException: Access policies cannot be associated to access entries of type EC2_LINUX"},
		{Rule: "eks.access-scope", Sentence: "a namespace scope without namespaces", Given: have, Then: grant(in{"accessScope": in{"type": "namespace"}}),
			Text: "InvalidParameterException: Namespaces must be given with access scope type namespace, and with it only"},
		{Rule: "eks.pod-identity-taken", Sentence: "two roles for one service account", Given: steps(pods, []Step{pod("x", nil)}), Then: pod("y", nil),
			Text: "ResourceInUseException: Association already exists: a-"},
		{Rule: "eks.pod-identity-trust", Sentence: "a role that pods may not assume", Given: pods, Then: pod("x", in{"roleArn": "${control.arn}"}),
			Text: "InvalidParameterException: Trust policy of role arn:aws:iam::111122223333:role/control does not allow pods.eks.amazonaws.com"},
		{Rule: "eks.pod-identity-quota", Sentence: "one association more than the quota", Quotas: map[string]int{"Pod Identity associations per cluster": 1},
			Given: steps(pods, []Step{pod("x", nil)}), Then: pod("y", in{"serviceAccount": "other"}),
			Text: "ResourceLimitExceededException: Pod Identity associations of cluster prd have reached the limit"},
	}
}
