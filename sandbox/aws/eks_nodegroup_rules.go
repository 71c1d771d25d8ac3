package aws

import "github.com/ladder-platform/ladder/sandbox/rule"

var (
	ruleGroupName = rule.Register(rule.Rule{
		Name: "eks.node-group-name", Service: "eks",
		Source: "terraform-provider-aws eks/node_group.go, StringLenBetween(0, 63) (facts, name_and_limit_rules)",
		Text:   "expected length of node_group_name to be in the range (0 - 63), got %s",
	})
	ruleGroupTaken = rule.Register(rule.Rule{
		Name: "eks.node-group-taken", Service: "eks",
		Source: "EKS API, CreateNodegroup, ResourceInUseException",
		Text:   "ResourceInUseException: NodeGroup already exists with name %s and cluster name %s",
	})
	ruleGroupQuota = rule.Register(rule.Rule{
		Name: "eks.node-group-quota", Service: "eks",
		Source: "EKS quotas (facts, quotas: 30 per cluster); EKS API, ResourceLimitExceededException, wording not seen",
		Text:   "ResourceLimitExceededException: Node groups of cluster %s have reached the limit",
	})
	ruleGroupSize = rule.Register(rule.Rule{
		Name: "eks.node-group-size", Service: "eks",
		Source: "EKS API, NodegroupScalingConfig, InvalidParameterException, as quoted in public issues",
		Text:   "InvalidParameterException: %s",
	})
	ruleGroupMax = rule.Register(rule.Rule{
		Name: "eks.node-group-max-size", Service: "eks",
		Source: "terraform-provider-aws eks/node_group.go, IntAtLeast(1) on max_size",
		Text:   "expected scaling_config.0.max_size to be at least (1), got %d",
	})
	ruleGroupTrust = rule.Register(rule.Rule{
		Name: "eks.node-role-trust", Service: "eks",
		Source: "EKS API, CreateNodegroup, InvalidParameterException, as quoted in public issues",
		Text:   "InvalidParameterException: Following required service principals [ec2.amazonaws.com] were not found in the trust relationships of nodeRole %s",
	})
	ruleGroupVPC = rule.Register(rule.Rule{
		Name: "eks.node-group-vpc", Service: "eks",
		Source: "EKS API, CreateNodegroup, InvalidParameterException, wording not seen",
		Text:   "InvalidParameterException: The subnet %s does not belong to the VPC of cluster %s",
	})
	ruleGroupSubnet = rule.Register(rule.Rule{
		Name: "eks.node-group-subnet", Service: "eks",
		Source: "EKS API, CreateNodegroup, InvalidParameterException",
		Text:   "InvalidParameterException: The subnet ID '%s' does not exist",
	})
	ruleGroupType = rule.Register(rule.Rule{
		Name: "eks.node-group-instance-type", Service: "eks",
		Source: "EKS API, CreateNodegroup, InvalidParameterException, as quoted in eksctl issues; types from facts, eni_limits",
		Text:   "InvalidParameterException: The following supplied instance types do not exist: [%s]",
	})
	ruleGroupArch = rule.Register(rule.Rule{
		Name: "eks.node-group-architecture", Service: "eks",
		Source: "EKS API, CreateNodegroup, InvalidParameterException, as quoted in eksctl issues",
		Text:   "InvalidParameterException: [%s] is not a valid instance type for requested amiType %s",
	})
	ruleGroupAMI = rule.Register(rule.Rule{
		Name: "eks.node-group-ami-discontinued", Service: "eks",
		Source: "EKS user guide, AL2 AMI deprecation: 1.32 is the last minor (facts, eks_version_notes); EKS API, InvalidParameterException",
		Text:   "InvalidParameterException: Requested AMI for this version %s is not supported",
	})
	ruleGroupVersion = rule.Register(rule.Rule{
		Name: "eks.node-group-version", Service: "eks",
		Source: "Kubernetes version skew policy: a kubelet is never newer than its API server, and at most three minors older (facts, eks_rules); wording not seen",
		Text:   "InvalidParameterException: Requested Nodegroup version %s is invalid for a cluster of version %s",
	})
	ruleGroupDowngrade = rule.Register(rule.Rule{
		Name: "eks.node-group-downgrade", Service: "eks",
		Source: "EKS user guide, update a managed node group: no way back; EKS API, InvalidParameterException",
		Text:   "InvalidParameterException: Requested Kubernetes version %s is lower than the version %s of the nodegroup",
	})
	ruleGroupRelease = rule.Register(rule.Rule{
		Name: "eks.node-group-release", Service: "eks",
		Source: "EKS API, CreateNodegroup, InvalidParameterException, as quoted in terraform-provider-aws issues",
		Text:   "InvalidParameterException: Requested Nodegroup release version %s is invalid for Kubernetes version %s",
	})
	ruleGroupLabel = rule.Register(rule.Rule{
		Name: "eks.node-group-label", Service: "eks",
		Source: "EKS API, CreateNodegroup, InvalidParameterException, as quoted in eksctl issues",
		Text:   "InvalidParameterException: Label cannot contain reserved prefixes [kubernetes.io/, k8s.io/, eks.amazonaws.com/]",
	})
	ruleGroupTemplate = rule.Register(rule.Rule{
		Name: "eks.node-group-launch-template", Service: "eks",
		Source: "EKS API, CreateNodegroup, InvalidRequestException with EC2's InvalidLaunchTemplateId.NotFound",
		Text:   "InvalidRequestException: The specified launch template, with template ID %s, does not exist.",
	})
	ruleGroupTemplateVersion = rule.Register(rule.Rule{
		Name: "eks.node-group-launch-template-version", Service: "eks",
		Source: "EKS API, CreateNodegroup, InvalidRequestException with EC2's InvalidLaunchTemplateId.VersionNotFound",
		Text:   "InvalidRequestException: Could not find the specified version %s for the launch template with ID %s.",
	})
	ruleGroupConflict = rule.Register(rule.Rule{
		Name: "eks.node-group-template-conflict", Service: "eks",
		Source: "EKS user guide, customize managed nodes with launch templates; EKS API, InvalidParameterException, as quoted in public issues",
		Text:   "InvalidParameterException: %s",
	})
	ruleGroupFailed = rule.Register(rule.Rule{
		Name: "eks.node-group-failed", Service: "eks",
		Source: "EKS API, UpdateNodegroupVersion on a group that failed, InvalidRequestException, as quoted in eksctl issues",
		Text:   "InvalidRequestException: Nodegroup health has issues other than [ AsgInstanceLaunchFailures, InstanceLimitExceeded, InsufficientFreeAddresses, ClusterUnreachable ]",
	})
)
