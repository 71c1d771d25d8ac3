package aws

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/schema"
	"github.com/ladder-platform/ladder/sandbox/world"
)

const (
	typeRole            = "aws:iam/role:Role"
	typePolicy          = "aws:iam/policy:Policy"
	typeRolePolicy      = "aws:iam/rolePolicy:RolePolicy"
	typeAttachment      = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
	typeInstanceProfile = "aws:iam/instanceProfile:InstanceProfile"
	typeOIDC            = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
	typeServiceRole     = "aws:iam/serviceLinkedRole:ServiceLinkedRole"
)

var (
	ruleIAMName = rule.Register(rule.Rule{
		Name: "iam.name", Service: "iam",
		Source: "IAM API, roleNameType 1 to 64 and policyNameType 1 to 128 of [\\w+=,.@-] (facts, name_and_limit_rules); terraform-provider-aws iam validators",
		Text:   "invalid value for name (must match [\\w+=,.@-], at most %d characters): %s",
	})
	ruleIAMTaken = rule.Register(rule.Rule{
		Name: "iam.exists", Service: "iam",
		Source: "IAM API, EntityAlreadyExists; names are unique without regard to case",
		Text:   "EntityAlreadyExists: %s with name %s already exists.",
	})
	rulePolicyJSON = rule.Register(rule.Rule{
		Name: "iam.policy-json", Service: "iam",
		Source: "terraform-provider-aws internal/verify/json.go, ValidIAMPolicyJSON",
		Text:   "%q contains an invalid JSON policy: %s",
	})
	rulePolicyDocument = rule.Register(rule.Rule{
		Name: "iam.policy-document", Service: "iam",
		Source: "IAM user guide, JSON policy elements: grammar; IAM API, MalformedPolicyDocument",
		Text:   "MalformedPolicyDocument: %s",
	})
	ruleAttachPolicy = rule.Register(rule.Rule{
		Name: "iam.attach-policy-exists", Service: "iam",
		Source: "IAM API, AttachRolePolicy, NoSuchEntity",
		Text:   "NoSuchEntity: Policy %s does not exist or is not attachable.",
	})
	ruleRoleExists = rule.Register(rule.Rule{
		Name: "iam.role-exists", Service: "iam",
		Source: "IAM API, NoSuchEntity",
		Text:   "NoSuchEntity: The role with name %s cannot be found.",
	})
	ruleAttachQuota = rule.Register(rule.Rule{
		Name: "iam.attached-policies-quota", Service: "iam",
		Source: "IAM quotas: 10 managed policies per role; IAM API, LimitExceeded",
		Text:   "LimitExceeded: Cannot exceed quota for PoliciesPerRole: %d",
	})
	ruleRoleInUse = rule.Register(rule.Rule{
		Name: "iam.role-in-use", Service: "iam",
		Source: "IAM API, DeleteRole, DeleteConflict",
		Text:   "DeleteConflict: Cannot delete entity, must %s first.",
	})
	rulePolicyInUse = rule.Register(rule.Rule{
		Name: "iam.policy-in-use", Service: "iam",
		Source: "IAM API, DeletePolicy, DeleteConflict",
		Text:   "DeleteConflict: Cannot delete a policy attached to entities.",
	})
	rulePolicySize = rule.Register(rule.Rule{
		Name: "iam.policy-size", Service: "iam",
		Source: "IAM quotas: managed policy 6,144 characters, role trust policy 2,048, inline policies of a role 10,240, white space not counted",
		Text:   "LimitExceeded: Cannot exceed quota for %s: %d",
	})
	ruleOIDCURL = rule.Register(rule.Rule{
		Name: "iam.oidc-url", Service: "iam",
		Source: "IAM API, CreateOpenIDConnectProvider: the URL must begin with https://; ValidationError",
		Text:   "ValidationError: Invalid Open ID Connect Provider URL: %s",
	})
)

// Character limits of IAM documents. Source: IAM quotas, read 2026-11.
const (
	managedPolicyLimit = 6144
	trustPolicyLimit   = 2048
	inlinePolicyLimit  = 10240
	attachmentLimit    = 10
)

var iamName = regexp.MustCompile(`^[\w+=,.@-]+$`)

func (c *call) iamNamed(in map[string]any, longest int) []schema.Failure {
	name := str(in, "name")
	if name == "" || !c.on(ruleIAMName) || (iamName.MatchString(name) && len(name) <= longest) {
		return nil
	}
	return []schema.Failure{{Path: "name", Reason: ruleIAMName.Errorf(longest, name).Error()}}
}

// taken: IAM names are unique without regard to case.
func (c *call) taken(action, what string) error {
	for _, o := range c.find(c.token, nil) {
		if strings.EqualFold(o.Name, c.attr("name")) && c.on(ruleIAMTaken) {
			return c.refuse(action, ruleIAMTaken, what, c.attr("name"))
		}
	}
	return nil
}

func byName(c *call) string { return str(c.in, "name") }

var _ = register(typeRole, &kind{
	namesClash: true, service: "IAM", noun: "Role", global: true, makeID: byName, createTime: roleCreate,
	check: func(c *call, in map[string]any) []schema.Failure {
		return append(c.iamNamed(in, 64), c.policyText(in, "assumeRolePolicy")...)
	},
	create: func(c *call) error {
		if err := c.taken("CreateRole", "Role"); err != nil {
			return err
		}
		if err := c.document("CreateRole", c.attr("assumeRolePolicy"), true, "ACLSizePerRole", trustPolicyLimit); err != nil {
			return err
		}
		c.setDefault("path", "/")
		c.setDefault("maxSessionDuration", 3600)
		c.setDefault("forceDetachPolicies", false)
		c.setDefault("namePrefix", "")
		c.set("arn", fmt.Sprintf("arn:aws:iam::%s:role%s%s", c.account(), c.attr("path"), c.attr("name")))
		c.set("uniqueId", strings.ToUpper(c.newID("AROA", 17)))
		c.set("createDate", c.tx.Now().UTC().Format("2006-01-02T15:04:05Z"))
		c.setDefault("managedPolicyArns", []any{})
		c.setDefault("inlinePolicies", []any{})
		return nil
	},
	update: func(c *call) error {
		return c.document("UpdateAssumeRolePolicy", c.attr("assumeRolePolicy"), true, "ACLSizePerRole", trustPolicyLimit)
	},
	remove: removeRole,
})

func removeRole(c *call) error {
	name := c.obj.ID
	if !c.on(ruleRoleInUse) {
		return nil
	}
	force := boolean(c.obj.Attrs, "forceDetachPolicies")
	if len(c.find(typeAttachment, where("role", name))) > 0 && !force {
		return c.refuse("DeleteRole", ruleRoleInUse, "detach all policies")
	}
	if len(c.find(typeRolePolicy, where("role", name))) > 0 && !force {
		return c.refuse("DeleteRole", ruleRoleInUse, "delete policies")
	}
	if len(c.find(typeInstanceProfile, where("role", name))) > 0 {
		return c.refuse("DeleteRole", ruleRoleInUse, "remove roles from instance profile")
	}
	return nil
}

var _ = register(typePolicy, &kind{
	namesClash: true, service: "IAM", noun: "Policy", global: true,
	makeID: func(c *call) string {
		path := str(c.in, "path")
		if path == "" {
			path = "/"
		}
		return fmt.Sprintf("arn:aws:iam::%s:policy%s%s", c.account(), path, str(c.in, "name"))
	},
	check: func(c *call, in map[string]any) []schema.Failure {
		return append(c.iamNamed(in, 128), c.policyText(in, "policy")...)
	},
	create: func(c *call) error {
		if err := c.taken("CreatePolicy", "A policy called"); err != nil {
			return err
		}
		c.set("arn", c.obj.ID)
		c.setDefault("path", "/")
		c.setDefault("namePrefix", "")
		c.set("policyId", strings.ToUpper(c.newID("ANPA", 17)))
		c.set("attachmentCount", 0)
		return c.document("CreatePolicy", c.attr("policy"), false, "PolicySize", managedPolicyLimit)
	},
	update: func(c *call) error {
		return c.document("CreatePolicyVersion", c.attr("policy"), false, "PolicySize", managedPolicyLimit)
	},
	remove: func(c *call) error {
		if len(c.find(typeAttachment, where("policyArn", c.obj.ID))) > 0 && c.on(rulePolicyInUse) {
			return c.refuse("DeletePolicy", rulePolicyInUse)
		}
		return nil
	},
})

var _ = register(typeRolePolicy, &kind{
	namesClash: true, service: "IAM", noun: "Role Policy", global: true,
	makeID: func(c *call) string { return str(c.in, "role") + ":" + str(c.in, "name") },
	check: func(c *call, in map[string]any) []schema.Failure {
		return append(c.iamNamed(in, 128), c.policyText(in, "policy")...)
	},
	create: func(c *call) error { return c.inline() },
	update: func(c *call) error { return c.inline() },
})

func (c *call) inline() error {
	if err := c.needRole("PutRolePolicy", c.attr("role")); err != nil {
		return err
	}
	c.setDefault("namePrefix", "")
	total := len(minified(c.attr("policy")))
	for _, o := range c.find(typeRolePolicy, where("role", c.attr("role"))) {
		if o.ID != c.obj.ID {
			total += len(minified(str(o.Attrs, "policy")))
		}
	}
	if total > inlinePolicyLimit && c.on(rulePolicySize) {
		return c.refuse("PutRolePolicy", rulePolicySize, "RolePolicySize", inlinePolicyLimit)
	}
	return c.document("PutRolePolicy", c.attr("policy"), false, "", 0)
}

func (c *call) needRole(action, name string) error {
	if _, ok := c.get(typeRole, name); !ok && c.on(ruleRoleExists) {
		return c.refuse(action, ruleRoleExists, name)
	}
	return nil
}

var _ = register(typeAttachment, &kind{
	service: "IAM", noun: "Role Policy Attachment", global: true,
	makeID: func(c *call) string { return str(c.in, "role") + "-" + c.newID("", 20) },
	create: func(c *call) error {
		const action = "AttachRolePolicy"
		role, policy := c.attr("role"), c.attr("policyArn")
		if err := c.needRole(action, role); err != nil {
			return err
		}
		_, ours := c.get(typePolicy, policy)
		if !ours && !awsManaged(policy) && c.on(ruleAttachPolicy) {
			return c.refuse(action, ruleAttachPolicy, policy)
		}
		have := c.find(typeAttachment, func(o *world.Object) bool {
			return str(o.Attrs, "role") == role && str(o.Attrs, "policyArn") != policy
		})
		if len(have) >= attachmentLimit && c.on(ruleAttachQuota) {
			return c.refuse(action, ruleAttachQuota, attachmentLimit)
		}
		return nil
	},
})

var _ = register(typeInstanceProfile, &kind{
	namesClash: true, service: "IAM", noun: "Instance Profile", global: true, makeID: byName, createTime: roleCreate,
	check: func(c *call, in map[string]any) []schema.Failure { return c.iamNamed(in, 128) },
	create: func(c *call) error {
		if err := c.taken("CreateInstanceProfile", "Instance Profile"); err != nil {
			return err
		}
		if r := c.attr("role"); r != "" {
			if err := c.needRole("AddRoleToInstanceProfile", r); err != nil {
				return err
			}
		}
		c.setDefault("path", "/")
		c.setDefault("namePrefix", "")
		c.set("arn", fmt.Sprintf("arn:aws:iam::%s:instance-profile%s%s", c.account(), c.attr("path"), c.attr("name")))
		c.set("uniqueId", strings.ToUpper(c.newID("AIPA", 17)))
		c.set("createDate", c.tx.Now().UTC().Format("2006-01-02T15:04:05Z"))
		return nil
	},
})

var _ = register(typeOIDC, &kind{
	namesClash: true, service: "IAM", noun: "OIDC Provider", global: true,
	makeID: func(c *call) string {
		return fmt.Sprintf("arn:aws:iam::%s:oidc-provider/%s", c.account(), strings.TrimPrefix(str(c.in, "url"), "https://"))
	},
	create: func(c *call) error {
		const action = "CreateOpenIDConnectProvider"
		if !strings.HasPrefix(c.attr("url"), "https://") && c.on(ruleOIDCURL) {
			return c.refuse(action, ruleOIDCURL, c.attr("url"))
		}
		if _, ok := c.get(typeOIDC, c.obj.ID); ok && c.on(ruleIAMTaken) {
			return c.refuse(action, ruleIAMTaken, "Provider", c.attr("url"))
		}
		c.set("arn", c.obj.ID)
		c.setDefault("thumbprintLists", []string{"9e99a48a9960b14926bb7f3b02e22da2b0ab7280"})
		return nil
	},
})

var ruleServiceRoleUsed = rule.Register(rule.Rule{
	Name: "iam.service-linked-role-in-use", Service: "iam",
	Source: "IAM API, DeleteServiceLinkedRole and GetServiceLinkedRoleDeletionStatus: the task fails while the service uses the role; wording not seen",
	Text:   "DeletionTaskFailed: the role is in use by %s",
})

var _ = register(typeServiceRole, &kind{
	namesClash: true, service: "IAM", noun: "Service Linked Role", global: true,
	makeID: func(c *call) string {
		return fmt.Sprintf("arn:aws:iam::%s:role/aws-service-role/%s/%s", c.account(), str(c.in, "awsServiceName"), serviceRoleName(str(c.in, "awsServiceName")))
	},
	create: func(c *call) error {
		if _, ok := c.get(typeServiceRole, c.obj.ID); ok && c.on(ruleIAMTaken) {
			return c.refuse("CreateServiceLinkedRole", ruleIAMTaken, "Service role", serviceRoleName(c.attr("awsServiceName")))
		}
		c.set("arn", c.obj.ID)
		c.set("name", serviceRoleName(c.attr("awsServiceName")))
		c.set("path", "/aws-service-role/"+c.attr("awsServiceName")+"/")
		c.set("uniqueId", strings.ToUpper(c.newID("AROA", 17)))
		c.set("createDate", c.tx.Now().UTC().Format("2006-01-02T15:04:05Z"))
		return nil
	},
	remove: func(c *call) error {
		for _, d := range c.tx.Find(typeDomain, "", nil) {
			if strings.HasPrefix(d.Scope, c.account()+"/") && c.attr("awsServiceName") == searchService && c.on(ruleServiceRoleUsed) {
				return c.refuse("DeleteServiceLinkedRole", ruleServiceRoleUsed, d.ID)
			}
		}
		return nil
	},
})

// serviceRoleName is what the service calls its role. OpenSearch Service's is
// not its principal's name. Source: OpenSearch Service developer guide, "Using
// service-linked roles", read 2026-11.
func serviceRoleName(service string) string {
	short, _, _ := strings.Cut(service, ".")
	if service == searchService {
		return "AWSServiceRoleForAmazonOpenSearchService"
	}
	return "AWSServiceRoleFor" + words(short)
}

// role finds a role by ARN, whatever path it has.
func (c *call) role(arn string) (*world.Object, bool) {
	all := c.find(typeRole, func(o *world.Object) bool { return str(o.Attrs, "arn") == arn })
	if len(all) == 0 {
		return nil, false
	}
	return all[0], true
}

// attached are the policy ARNs of a role.
func (c *call) attached(role string) []string {
	var out []string
	for _, o := range c.find(typeAttachment, where("role", role)) {
		out = append(out, str(o.Attrs, "policyArn"))
	}
	return out
}

// managedPolicies are AWS's own policies that stacks attach. Source: AWS
// managed policy reference, read 2026-11; the EKS ones also in facts, eks_addons.
var managedPolicies = []string{
	"AdministratorAccess", "ReadOnlyAccess", "PowerUserAccess", "ViewOnlyAccess",
	"AmazonEKSClusterPolicy", "AmazonEKSWorkerNodePolicy", "AmazonEKSWorkerNodeMinimalPolicy", "AmazonEKS_CNI_Policy", "AmazonEKSVPCResourceController",
	"AmazonEKSServicePolicy", "AmazonEKSFargatePodExecutionRolePolicy", "AmazonEKSBlockStoragePolicy", "AmazonEKSComputePolicy",
	"AmazonEKSLoadBalancingPolicy", "AmazonEKSNetworkingPolicy", "AmazonEC2ContainerRegistryReadOnly", "AmazonEC2ContainerRegistryPullOnly",
	"AmazonSSMManagedInstanceCore", "AmazonFSxFullAccess", "AmazonS3FullAccess", "AmazonS3ReadOnlyAccess", "AmazonRoute53FullAccess",
	"CloudWatchAgentServerPolicy", "AWSXrayWriteOnlyAccess", "AmazonPrometheusRemoteWriteAccess", "SecretsManagerReadWrite",
	"AmazonEBSCSIDriverPolicyV2", "AmazonElasticFileSystemsUtils", "AmazonElasticFileSystemFullAccess", "AmazonS3FilesCSIDriverPolicy",
	"AmazonS3FilesClientFullAccess", "AmazonEBSCSIDriverEKSClusterScopedPolicy", "CloudWatchNetworkFlowMonitorAgentPublishPolicy",
	"service-role/AmazonEBSCSIDriverPolicy", "service-role/AmazonEBSCSIDriverPolicyV2", "service-role/AmazonEFSCSIDriverPolicy", "service-role/AWSLambdaBasicExecutionRole",
	"service-role/AWSBackupServiceRolePolicyForBackup", "service-role/AWSBackupServiceRolePolicyForRestores", "AWSPrivateCAConnectorForKubernetesPolicy",
}

func awsManaged(arn string) bool {
	name, ok := strings.CutPrefix(arn, "arn:aws:iam::aws:policy/")
	return ok && slices.Contains(managedPolicies, name)
}

func getRole(c *call) (map[string]any, error) {
	o, ok := c.get(typeRole, str(c.in, "name"))
	if !ok {
		return nil, fmt.Errorf("reading IAM Role (%s): couldn't find resource", str(c.in, "name"))
	}
	return visible(o), nil
}

func getPolicy(c *call) (map[string]any, error) {
	arn, name := str(c.in, "arn"), str(c.in, "name")
	if awsManaged(arn) {
		return map[string]any{"id": arn, "arn": arn, "name": arn[strings.LastIndex(arn, "/")+1:], "path": "/", "policy": `{"Version":"2012-10-17","Statement":[]}`}, nil
	}
	o, err := one(c.find(typePolicy, func(o *world.Object) bool { return o.ID == arn || o.Name == name }), "IAM Policy")
	if err != nil {
		return nil, err
	}
	return visible(o), nil
}
