package aws

import (
	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/sandbox/rule"
)

// Every service that makes interfaces refuses too many groups on one, in words
// of its own.
var (
	ruleInterfaceGroups = rule.Register(rule.Rule{
		Name: "ec2.interface-security-groups", Service: "ec2",
		Source: "VPC quotas (facts, quotas: 5 security groups per interface, up to 16); text as quoted in aws-load-balancer-controller issue 682 and terraform-provider-aws issue 7856; of endpoints not seen",
		Text:   "SecurityGroupsPerInterfaceLimitExceeded: The maximum number of security groups per interface has been reached.",
	})
	ruleMountGroups = rule.Register(rule.Rule{
		Name: "efs.mount-target-security-groups", Service: "efs",
		Source: "EFS API, CreateMountTarget and ModifyMountTargetSecurityGroups, SecurityGroupLimitExceeded; wording from the API reference",
		Text:   "SecurityGroupLimitExceeded: the number of SecurityGroups provided in the request is greater than the limit of %d",
	})
	ruleClusterGroups = rule.Register(rule.Rule{
		Name: "eks.cluster-security-groups", Service: "eks",
		Source: "VPC quotas (facts, quotas: 5 per interface); EKS user guide, security group requirements: the cluster security group is on every control plane interface as well; wording not seen",
		Text:   "InvalidParameterException: Too many security groups: the interfaces of the control plane carry %d with the cluster security group, and at most %d",
	})
	ruleNodeGroups = rule.Register(rule.Rule{
		Name: "eks.node-security-groups", Service: "eks",
		Source: "EKS user guide, managed node group errors, AsgInstanceLaunchFailures; EC2's text as quoted in terraform-provider-aws issue 7856",
		Text: "AsgInstanceLaunchFailures: Could not launch On-Demand Instances. SecurityGroupsPerInterfaceLimitExceeded - The maximum number of security groups " +
			"per interface has been reached. Launching EC2 instance failed.",
	})
)

// tooManyGroups: an interface may not carry so many groups.
func (c *call) tooManyGroups(groups []string) bool {
	return len(groups) > c.quota(facts.QuotaInterfaceGroups)
}

// interfaceGroups is what EC2 itself checks of the groups of an interface.
func (c *call) interfaceGroups(action string, groups []string) error {
	if c.tooManyGroups(groups) && c.on(ruleInterfaceGroups) {
		return c.refuse(action, ruleInterfaceGroups)
	}
	return c.needGroups(action, groups)
}

// mountGroups is what EFS checks of the groups of a mount target.
func (c *call) mountGroups(action string, groups []string) error {
	if c.tooManyGroups(groups) && c.on(ruleMountGroups) {
		return c.refuse(action, ruleMountGroups, c.quota(facts.QuotaInterfaceGroups))
	}
	return c.needGroups(action, groups)
}

// clusterGroups is what EKS checks of the groups that a cluster is given; its
// own comes on top.
func (c *call) clusterGroups(action string, given []string) error {
	all := append([]string{"the cluster security group"}, given...)
	if c.tooManyGroups(all) && c.on(ruleClusterGroups) {
		return c.refuse(action, ruleClusterGroups, len(all), c.quota(facts.QuotaInterfaceGroups))
	}
	for _, id := range given {
		if _, ok := c.securityGroup(id); !ok && c.on(ruleClusterGroup) {
			return c.refuse(action, ruleClusterGroup, id)
		}
	}
	return nil
}
