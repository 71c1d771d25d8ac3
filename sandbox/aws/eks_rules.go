package aws

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/world"
)

// maxSkew is how many minors a kubelet may be behind its API server.
// Source: Kubernetes version skew policy, from 1.28 on (facts, eks_rules).
const maxSkew = 3

var (
	ruleClusterName = rule.Register(rule.Rule{
		Name: "eks.cluster-name", Service: "eks",
		Source: "EKS API, CreateCluster name (facts, name_and_limit_rules); terraform-provider-aws eks/validate.go",
		Text:   "invalid value for name (must be between 1-100 characters in length. Must begin with an alphanumeric character, and must only contain alphanumeric characters, dashes and underscores)",
	})
	ruleClusterTaken = rule.Register(rule.Rule{
		Name: "eks.cluster-taken", Service: "eks",
		Source: "EKS API, CreateCluster, ResourceInUseException",
		Text:   "ResourceInUseException: Cluster already exists with name: %s",
	})
	ruleClusterExists = rule.Register(rule.Rule{
		Name: "eks.cluster-exists", Service: "eks",
		Source: "EKS API, ResourceNotFoundException",
		Text:   "ResourceNotFoundException: No cluster found for name: %s.",
	})
	ruleClusterQuota = rule.Register(rule.Rule{
		Name: "eks.cluster-quota", Service: "eks",
		Source: "EKS quotas (facts, quotas: 100 per region); EKS API, ResourceLimitExceededException, wording not seen",
		Text:   "ResourceLimitExceededException: Cluster count has reached the limit for this account",
	})
	ruleClusterVersion = rule.Register(rule.Rule{
		Name: "eks.cluster-version", Service: "eks",
		Source: "EKS API, InvalidParameterException, as quoted in terraform-provider-aws issue 21410; versions and dates from facts, eks_versions",
		Text:   "InvalidParameterException: unsupported Kubernetes version",
	})
	ruleClusterRole = rule.Register(rule.Rule{
		Name: "eks.cluster-role", Service: "eks",
		Source: "EKS API, CreateCluster, InvalidParameterException, as quoted in public issues",
		Text:   "InvalidParameterException: Role with arn: %s, could not be assumed because it does not exist or the trusted entity is not correct",
	})
	ruleTwoZones = rule.Register(rule.Rule{
		Name: "eks.cluster-two-zones", Service: "eks",
		Source: "EKS user guide, subnet requirements (facts, name_and_limit_rules); EKS API, InvalidParameterException",
		Text:   "InvalidParameterException: Subnets specified must be in at least two different AZs",
	})
	ruleClusterSubnet = rule.Register(rule.Rule{
		Name: "eks.cluster-subnet", Service: "eks",
		Source: "EKS API, CreateCluster, InvalidParameterException",
		Text:   "InvalidParameterException: The subnet ID '%s' does not exist",
	})
	ruleClusterOneVPC = rule.Register(rule.Rule{
		Name: "eks.cluster-one-vpc", Service: "eks",
		Source: "EKS API, CreateCluster, InvalidParameterException, wording not seen",
		Text:   "InvalidParameterException: Subnets specified must belong to the same VPC: %s",
	})
	ruleClusterGroup = rule.Register(rule.Rule{
		Name: "eks.cluster-security-group", Service: "eks",
		Source: "EKS API, CreateCluster, InvalidParameterException",
		Text:   "InvalidParameterException: The security group ID '%s' does not exist",
	})
	ruleClusterAddresses = rule.Register(rule.Rule{
		Name: "eks.cluster-addresses", Service: "eks",
		Source: "EKS user guide, cluster health FAQ, InsufficientFreeAddresses",
		Text:   "InsufficientFreeAddresses: One or more of the subnets associated with your cluster does not have enough available IP addresses for Amazon EKS to perform cluster management operations.",
	})
	ruleUpgradeAddresses = rule.Register(rule.Rule{
		Name: "eks.upgrade-addresses", Service: "eks",
		Source: "EKS user guide, update a cluster: up to five free addresses (facts, eks_rules); botocore eks ErrorCode IpNotAvailable",
		Text:   "waiting for version update: unexpected state 'Failed', wanted target 'Successful'. last error: IpNotAvailable: EKS needs up to %d free IP addresses in the cluster's subnets, %d are free",
	})
	ruleServiceCIDR = rule.Register(rule.Rule{
		Name: "eks.service-cidr", Service: "eks",
		Source: "EKS API, KubernetesNetworkConfigRequest (facts, name_and_limit_rules); terraform-provider-aws eks/cluster.go",
		Text:   "invalid value for kubernetes_network_config.0.service_ipv4_cidr (%s)",
	})
	ruleServiceOverlap = rule.Register(rule.Rule{
		Name: "eks.service-cidr-overlap", Service: "eks",
		Source: "EKS API, KubernetesNetworkConfigRequest: no overlap with the VPC (facts, name_and_limit_rules); wording not seen",
		Text:   "InvalidParameterException: Service IPv4 CIDR %s overlaps with VPC CIDR %s",
	})
	ruleEncryptionKey = rule.Register(rule.Rule{
		Name: "eks.encryption-key", Service: "eks",
		Source: "EKS API, CreateCluster, InvalidParameterException",
		Text:   "InvalidParameterException: The keyArn in encryptionConfig provider %s is invalid",
	})
	ruleEndpointAccess = rule.Register(rule.Rule{
		Name: "eks.endpoint-access", Service: "eks",
		Source: "EKS API, InvalidParameterException, as quoted in eksctl issues",
		Text:   "InvalidParameterException: Private and public endpoint access cannot be false. Enable private access or public access to your cluster before trying again",
	})
	rulePublicCIDRs = rule.Register(rule.Rule{
		Name: "eks.public-access-cidrs", Service: "eks",
		Source: "EKS user guide, cluster endpoint access: no private ranges; EKS API, InvalidParameterException, as quoted in public issues",
		Text:   "InvalidParameterException: The following CIDRs are not allowed in publicAccessCidrs: [%s]",
	})
	ruleAuthMode = rule.Register(rule.Rule{
		Name: "eks.authentication-mode", Service: "eks",
		Source: "EKS user guide, authentication modes: no way back to the ConfigMap; EKS API, InvalidParameterException",
		Text:   "InvalidParameterException: Unsupported authentication mode update from %s to %s",
	})
	ruleOneMinor = rule.Register(rule.Rule{
		Name: "eks.one-minor", Service: "eks",
		Source: "EKS user guide, update a cluster (facts, eks_rules); text as quoted in terraform-aws-eks issue 2607 and rancher issue 43316. The rollback of 2026 is another API, which the provider does not call",
		Text:   "InvalidParameterException: Unsupported Kubernetes minor version update from %s to %s",
	})
	ruleClusterSkew = rule.Register(rule.Rule{
		Name: "eks.cluster-skew", Service: "eks",
		Source: "Kubernetes version skew policy, n-3 (facts, eks_rules); EKS API, InvalidParameterException",
		Text:   "InvalidParameterException: Nodegroups %s must be updated to match cluster version %s before updating cluster version",
	})
	ruleClusterInUse = rule.Register(rule.Rule{
		Name: "eks.cluster-in-use", Service: "eks",
		Source: "EKS API, DeleteCluster, ResourceInUseException; facts, providers E6",
		Text:   "ResourceInUseException: Cluster has %s attached",
	})
)

// supported: a minor that EKS has released and still supports on this day.
func (c *call) supported(minor string) bool {
	v, ok := facts.EKSVersion(minor)
	now := c.tx.Now()
	return ok && !v.Released.After(now) && v.SupportOn(now) != facts.Ended
}

func knownMinor(minor string) bool { _, ok := facts.EKSVersion(minor); return ok }

// newestMinor is what EKS gives to a cluster that names no version.
func (c *call) newestMinor() string {
	newest := ""
	for _, v := range facts.EKSVersions() {
		if c.supported(v.Minor) {
			newest = v.Minor
		}
	}
	return newest
}

func (c *call) clusterRole(action string) error {
	arn := c.attr("roleArn")
	role, ok := c.role(arn)
	if !c.on(ruleClusterRole) || (ok && strings.Contains(str(role.Attrs, "assumeRolePolicy"), "eks.amazonaws.com")) {
		return nil
	}
	return c.refuse(action, ruleClusterRole, arn)
}

// clusterSubnets finds the subnets and checks zones and VPC.
func (c *call) clusterSubnets(action string) ([]*world.Object, error) {
	conf := dict(c.obj.Attrs, "vpcConfig")
	zones, vpcs := map[string]bool{}, map[string]bool{}
	var out []*world.Object
	for _, id := range strs(conf, "subnetIds") {
		s, ok := c.get(typeSubnet, id)
		if !ok {
			if c.on(ruleClusterSubnet) {
				return nil, c.refuse(action, ruleClusterSubnet, id)
			}
			zones[id] = true
			continue
		}
		zones[str(s.Attrs, "availabilityZoneId")], vpcs[str(s.Attrs, "vpcId")] = true, true
		out = append(out, s)
	}
	if len(zones) < 2 && c.on(ruleTwoZones) {
		return nil, c.refuse(action, ruleTwoZones)
	}
	if len(vpcs) > 1 && c.on(ruleClusterOneVPC) {
		return nil, c.refuse(action, ruleClusterOneVPC, strings.Join(strs(conf, "subnetIds"), ", "))
	}
	if err := c.clusterGroups(action, strs(conf, "securityGroupIds")); err != nil {
		return nil, err
	}
	if len(out) == 0 {
		out = append(out, &world.Object{Attrs: map[string]any{}})
	}
	return out, nil
}

func (c *call) endpointAccess(action string) error {
	conf := dict(c.obj.Attrs, "vpcConfig")
	public, said := conf["endpointPublicAccess"].(bool)
	if said && !public && !boolean(conf, "endpointPrivateAccess") && c.on(ruleEndpointAccess) {
		return c.refuse(action, ruleEndpointAccess)
	}
	var bad []string
	for _, b := range strs(conf, "publicAccessCidrs") {
		p, err := netip.ParsePrefix(b)
		if err != nil || p.Addr().IsPrivate() || inside(b, "100.64.0.0/10") {
			bad = append(bad, b)
		}
	}
	if len(bad) > 0 && c.on(rulePublicCIDRs) {
		return c.refuse(action, rulePublicCIDRs, strings.Join(bad, ", "))
	}
	return nil
}

// serviceBlock says what is wrong with a service block, or "".
func serviceBlock(block string) string {
	p, err := netip.ParsePrefix(block)
	switch {
	case err != nil || p.Masked() != p:
		return "must be a network CIDR"
	case p.Bits() < 12 || p.Bits() > 24:
		return "must be between /12 and /24"
	case !slices.ContainsFunc([]string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"}, func(r string) bool { return inside(block, r) }):
		return "must be within 10.0.0.0/8, 172.16.0.0/12, or 192.168.0.0/16"
	}
	return ""
}

func (c *call) serviceOverlap(action, vpcID string) error {
	block := str(dict(c.obj.Attrs, "kubernetesNetworkConfig"), "serviceIpv4Cidr")
	vpc, ok := c.get(typeVPC, vpcID)
	if !ok || block == "" {
		return nil
	}
	for _, b := range c.blocks(vpc) {
		if overlapping(block, b) && c.on(ruleServiceOverlap) {
			return c.refuse(action, ruleServiceOverlap, block, b)
		}
	}
	return nil
}

func (c *call) encryptionKey(action string) error {
	arn := keyARN(c.obj.Attrs)
	if arn == "" || !strings.Contains(arn, ":"+c.account()+":") && strings.HasPrefix(arn, "arn:") {
		return nil
	}
	if _, ok := c.kmsKey(arn); !ok && c.on(ruleEncryptionKey) {
		return c.refuse(action, ruleEncryptionKey, arn)
	}
	return nil
}

// authenticationMode moves from CONFIG_MAP over API_AND_CONFIG_MAP to API, and never back.
func (c *call) authenticationMode() error {
	order := []string{"CONFIG_MAP", "API_AND_CONFIG_MAP", "API"}
	was, is := str(dict(c.old, "accessConfig"), "authenticationMode"), str(dict(c.obj.Attrs, "accessConfig"), "authenticationMode")
	a, b := slices.Index(order, was), slices.Index(order, is)
	if a >= 0 && (b < a || b > a+1) && c.on(ruleAuthMode) {
		return c.refuse("UpdateClusterConfig", ruleAuthMode, was, is)
	}
	return nil
}

// latestRelease is a plausible newest AMI release of a minor, for the public
// parameter that names it; stacks pin releases and do not ask.
func latestRelease(minor string, bottlerocket bool) string {
	if bottlerocket {
		return "1.65.0-0be31b34"
	}
	return fmt.Sprintf("%s.0-20261003", minor)
}
