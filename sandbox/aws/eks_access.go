package aws

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/world"
)

const (
	typeAccessEntry  = "aws:eks/accessEntry:AccessEntry"
	typeAccessPolicy = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
	typePodIdentity  = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
	typeFargate      = "aws:eks/fargateProfile:FargateProfile"
)

var (
	ruleEntryTaken = rule.Register(rule.Rule{
		Name: "eks.access-entry-taken", Service: "eks",
		Source: "EKS API, CreateAccessEntry, ResourceInUseException, as quoted in terraform-aws-eks issues",
		Text:   "ResourceInUseException: The specified access entry resource is already in use on this cluster.",
	})
	ruleEntryMode = rule.Register(rule.Rule{
		Name: "eks.access-entry-mode", Service: "eks",
		Source: "EKS API, CreateAccessEntry, InvalidRequestException",
		Text:   "InvalidRequestException: The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation.",
	})
	ruleEntryPrincipal = rule.Register(rule.Rule{
		Name: "eks.access-entry-principal", Service: "eks",
		Source: "EKS API, CreateAccessEntry: an IAM role or user, never a session; InvalidParameterException",
		Text:   "InvalidParameterException: The specified principalArn is invalid: invalid principal.",
	})
	ruleEntryGroup = rule.Register(rule.Rule{
		Name: "eks.access-entry-group", Service: "eks",
		Source: "EKS API, CreateAccessEntry: no group of Kubernetes' own; InvalidParameterException",
		Text:   "InvalidParameterException: The kubernetes group name %s is invalid, it cannot start with system:",
	})
	ruleEntryMissing = rule.Register(rule.Rule{
		Name: "eks.access-entry-missing", Service: "eks",
		Source: "EKS API, AssociateAccessPolicy, ResourceNotFoundException",
		Text:   "ResourceNotFoundException: The specified principalArn could not be found. You can view your available access entries with 'aws eks list-access-entries'.",
	})
	ruleAccessPolicy = rule.Register(rule.Rule{
		Name: "eks.access-policy", Service: "eks",
		Source: "EKS user guide, access policy permissions; EKS API, AssociateAccessPolicy, InvalidParameterException",
		Text:   "InvalidParameterException: The policyArn parameter format is not valid: %s",
	})
	ruleAccessType = rule.Register(rule.Rule{
		Name: "eks.access-policy-type", Service: "eks",
		Source: "EKS user guide, access entries: policies only on type STANDARD; EKS API, InvalidRequestException",
		Text:   "InvalidRequestException: Access policies cannot be associated to access entries of type %s",
	})
	ruleAccessScope = rule.Register(rule.Rule{
		Name: "eks.access-scope", Service: "eks",
		Source: "EKS API, AccessScope: namespaces go with type namespace only; InvalidParameterException",
		Text:   "InvalidParameterException: Namespaces must be given with access scope type namespace, and with it only",
	})
	rulePodIdentityTaken = rule.Register(rule.Rule{
		Name: "eks.pod-identity-taken", Service: "eks",
		Source: "EKS API, CreatePodIdentityAssociation, ResourceInUseException",
		Text:   "ResourceInUseException: Association already exists: %s",
	})
	rulePodIdentityTrust = rule.Register(rule.Rule{
		Name: "eks.pod-identity-trust", Service: "eks",
		Source: "EKS user guide, Pod Identity role trust; EKS API, InvalidParameterException",
		Text:   "InvalidParameterException: Trust policy of role %s does not allow pods.eks.amazonaws.com to sts:AssumeRole and sts:TagSession",
	})
	rulePodIdentityQuota = rule.Register(rule.Rule{
		Name: "eks.pod-identity-quota", Service: "eks",
		Source: "EKS quotas (facts, quotas: 5,000 per cluster); EKS API, ResourceLimitExceededException, wording not seen",
		Text:   "ResourceLimitExceededException: Pod Identity associations of cluster %s have reached the limit",
	})
)

// accessPolicies of EKS. Source: EKS user guide, "Review access policy permissions", read 2026-11.
var accessPolicies = []string{
	"AmazonEKSAdminPolicy", "AmazonEKSClusterAdminPolicy", "AmazonEKSAdminViewPolicy", "AmazonEKSEditPolicy", "AmazonEKSViewPolicy",
	"AmazonEKSSecretReaderPolicy", "AmazonEKSAutoNodePolicy", "AmazonEKSBlockStoragePolicy", "AmazonEKSLoadBalancingPolicy",
	"AmazonEKSNetworkingPolicy", "AmazonEKSComputePolicy", "AmazonEKSHybridPolicy", "AmazonEKSClusterInsightsPolicy",
	"AmazonARCRegionSwitchScalingPolicy",
}

var principalForm = regexp.MustCompile(`^arn:aws:iam::\d{12}:(role|user)/.+$`)

// roleOf is the role behind a session's ARN.
func roleOf(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) == 6 && strings.HasPrefix(parts[5], "assumed-role/") {
		name := strings.Split(parts[5], "/")[1]
		return "arn:aws:iam::" + parts[4] + ":role/" + name
	}
	return arn
}

// entryOf makes an access entry that EKS makes by itself.
func (c *call) entryOf(cluster, principal, kind string) {
	id := cluster + ":" + principal
	if _, ok := c.get(typeAccessEntry, id); ok {
		return
	}
	c.tx.Put(&world.Object{
		Kind: typeAccessEntry, Scope: c.regional(), ID: id, Owner: "service:eks", URN: string(c.urn), Created: c.tx.Now(),
		Attrs: map[string]any{"clusterName": cluster, "principalArn": principal, "type": kind},
	})
	if kind == "STANDARD" {
		policy := "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
		c.tx.Put(&world.Object{
			Kind: typeAccessPolicy, Scope: c.regional(), ID: cluster + "#" + principal + "#" + policy, Owner: "service:eks", URN: string(c.urn), Created: c.tx.Now(),
			Attrs: map[string]any{"clusterName": cluster, "principalArn": principal, "policyArn": policy, "accessScope": map[string]any{"type": "cluster"}},
		})
	}
}

// byAPI: access entries need an authentication mode that knows them.
func byAPI(cluster *world.Object) bool {
	return strings.HasPrefix(str(dict(cluster.Attrs, "accessConfig"), "authenticationMode"), "API")
}

var _ = register(typeAccessEntry, &kind{
	namesClash: true, service: "EKS", noun: "Access Entry",
	makeID: func(c *call) string { return str(c.in, "clusterName") + ":" + str(c.in, "principalArn") },
	create: func(c *call) error {
		const action = "CreateAccessEntry"
		cluster, err := c.cluster(action, c.attr("clusterName"))
		if err != nil {
			return err
		}
		if !byAPI(cluster) && cluster.Attrs["accessConfig"] != nil && c.on(ruleEntryMode) {
			return c.refuse(action, ruleEntryMode)
		}
		if !principalForm.MatchString(c.attr("principalArn")) && c.on(ruleEntryPrincipal) {
			return c.refuse(action, ruleEntryPrincipal)
		}
		if _, taken := c.get(typeAccessEntry, c.obj.ID); taken && c.on(ruleEntryTaken) {
			return c.refuse(action, ruleEntryTaken)
		}
		c.setDefault("type", "STANDARD")
		c.setDefault("userName", sessionName(c.attr("principalArn")))
		c.setDefault("kubernetesGroups", []any{})
		c.set("accessEntryArn", fmt.Sprintf("arn:aws:eks:%s:%s:access-entry/%s/%s", c.region(), c.account(), c.attr("clusterName"), c.newID("", 32)))
		c.set("createdAt", c.tx.Now().UTC().Format("2006-01-02T15:04:05Z"))
		c.set("modifiedAt", c.attr("createdAt"))
		return c.entryGroups(action)
	},
	update: func(c *call) error { return c.entryGroups("UpdateAccessEntry") },
	remove: func(c *call) error {
		for _, o := range c.find(typeAccessPolicy, where("clusterName", c.attr("clusterName"))) {
			if str(o.Attrs, "principalArn") == c.attr("principalArn") {
				c.tx.Delete(o.Key())
			}
		}
		return nil
	},
})

func (c *call) entryGroups(action string) error {
	for _, g := range strs(c.obj.Attrs, "kubernetesGroups") {
		if strings.HasPrefix(g, "system:") && c.on(ruleEntryGroup) {
			return c.refuse(action, ruleEntryGroup, g)
		}
	}
	return nil
}

func sessionName(principal string) string {
	parts := strings.SplitN(principal, ":", 6)
	if len(parts) == 6 && strings.HasPrefix(parts[5], "role/") {
		return fmt.Sprintf("arn:aws:sts::%s:assumed-role/%s/{{SessionName}}", parts[4], parts[5][strings.LastIndex(parts[5], "/")+1:])
	}
	return principal
}

var _ = register(typeAccessPolicy, &kind{
	namesClash: true, service: "EKS", noun: "Access Policy Association",
	makeID: func(c *call) string {
		return str(c.in, "clusterName") + "#" + str(c.in, "principalArn") + "#" + str(c.in, "policyArn")
	},
	create: func(c *call) error {
		const action = "AssociateAccessPolicy"
		if _, err := c.cluster(action, c.attr("clusterName")); err != nil {
			return err
		}
		name, ok := strings.CutPrefix(c.attr("policyArn"), "arn:aws:eks::aws:cluster-access-policy/")
		if (!ok || !slices.Contains(accessPolicies, name)) && c.on(ruleAccessPolicy) {
			return c.refuse(action, ruleAccessPolicy, c.attr("policyArn"))
		}
		scope := dict(c.obj.Attrs, "accessScope")
		if (str(scope, "type") == "namespace") != (len(strs(scope, "namespaces")) > 0) && c.on(ruleAccessScope) {
			return c.refuse(action, ruleAccessScope)
		}
		entry, ok := c.get(typeAccessEntry, c.attr("clusterName")+":"+c.attr("principalArn"))
		if !ok {
			if c.on(ruleEntryMissing) {
				return c.refuse(action, ruleEntryMissing)
			}
			entry = &world.Object{Attrs: map[string]any{"type": "STANDARD"}}
		}
		if t := str(entry.Attrs, "type"); t != "STANDARD" && t != "EC2" && c.on(ruleAccessType) {
			return c.refuse(action, ruleAccessType, t)
		}
		c.set("associatedAt", c.tx.Now().UTC().Format("2006-01-02T15:04:05Z"))
		c.set("modifiedAt", c.attr("associatedAt"))
		return nil
	},
})

var _ = register(typePodIdentity, &kind{
	service: "EKS", noun: "Pod Identity Association", id: "a-",
	create: func(c *call) error {
		const action = "CreatePodIdentityAssociation"
		if _, err := c.cluster(action, c.attr("clusterName")); err != nil {
			return err
		}
		c.set("associationId", c.obj.ID)
		c.set("associationArn", fmt.Sprintf("arn:aws:eks:%s:%s:podidentityassociation/%s/%s", c.region(), c.account(), c.attr("clusterName"), c.obj.ID))
		return c.podIdentity(action, c.attr("namespace"), c.attr("serviceAccount"), c.attr("roleArn"))
	},
	update: func(c *call) error { return c.podTrust("UpdatePodIdentityAssociation", c.attr("roleArn")) },
})

// podIdentity: one role per service account, that trusts the service.
func (c *call) podIdentity(action, namespace, account, role string) error {
	have := c.find(typePodIdentity, where("clusterName", c.attr("clusterName")))
	for _, o := range have {
		same := str(o.Attrs, "namespace") == namespace && str(o.Attrs, "serviceAccount") == account
		if same && o.ID != c.obj.ID && c.on(rulePodIdentityTaken) {
			return c.refuse(action, rulePodIdentityTaken, o.ID)
		}
	}
	if len(have) >= c.quota(facts.QuotaPodIdentity) && c.on(rulePodIdentityQuota) {
		return c.refuse(action, rulePodIdentityQuota, c.attr("clusterName"))
	}
	return c.podTrust(action, role)
}

func (c *call) podTrust(action, arn string) error {
	role, ok := c.role(arn)
	if !ok || !c.on(rulePodIdentityTrust) {
		return nil // another account's, or a role that the world does not hold
	}
	doc := str(role.Attrs, "assumeRolePolicy")
	if strings.Contains(doc, "pods.eks.amazonaws.com") && strings.Contains(doc, "sts:TagSession") {
		return nil
	}
	return c.refuse(action, rulePodIdentityTrust, arn)
}
