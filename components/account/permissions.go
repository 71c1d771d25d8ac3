package account

import (
	"github.com/ladder-platform/ladder/components/account/spec"
	"github.com/ladder-platform/ladder/components/internal/iamdoc"
)

// services are the prefixes of the actions of everything that stacks make. A test
// compares them with the types that the shipped stacks register.
var services = []string{
	"acm", "aps", "autoscaling", "cloudwatch", "ec2", "eks", "elasticfilesystem", "elasticloadbalancing", "es", "events", "kafka", "kms", "logs", "route53", "sns", "sqs", "ssm", "wafv2",
}

// everything says why a statement names no resources.
const everything = "what a stack makes has no name before it is made, and the account is one stage's alone"

// identities that the deployer may make and change: those of stacks.
func identities(c spec.Config) []string {
	own := "arn:aws:iam::" + c.AccountID + ":"
	return []string{own + "role/*", own + "policy/*", own + "instance-profile/*"}
}

// roles of this program, which no stack may touch.
func roles(c spec.Config) []string {
	return []string{c.RoleARN(spec.DeployerRole), c.RoleARN(spec.PreviewRole), c.RoleARN(spec.NightlyRole), c.RoleARN(spec.ReaderRole)}
}

// deployStatements are what deploying takes: everything in the services that a
// stack uses, roles for what it makes, and the state. Whoever may make roles may
// give them any right, so this role is as good as an administrator of the account:
// that is why who takes it is named so exactly. What it may not do is written
// down all the same, because accidents respect it: change its own trust, or lose
// the state.
func deployStatements(c spec.Config, bucket, key string) []iamdoc.Statement {
	var actions []string
	for _, s := range services {
		actions = append(actions, s+":*")
	}
	return append([]iamdoc.Statement{
		{Sid: "Services", Actions: actions, Resources: []string{"*"}, EveryResource: everything},
		{Sid: "Buckets", Actions: []string{"s3:*"}, Resources: []string{"arn:aws:s3:::*"}},
		{Sid: "Authorities", Actions: []string{"acm-pca:DescribeCertificateAuthority", "acm-pca:GetCertificate", "acm-pca:GetCertificateAuthorityCertificate", "acm-pca:IssueCertificate", "acm-pca:ListTags"},
			Resources: []string{"arn:aws:acm-pca:" + c.Region + ":" + c.AccountID + ":certificate-authority/*"}},
		{Sid: "Identities", Actions: []string{"iam:*"}, Resources: identities(c)},
		{Sid: "PassRoles", Actions: []string{"iam:PassRole"}, Resources: []string{"arn:aws:iam::" + c.AccountID + ":role/*"}},
		{Sid: "Look", Actions: []string{"iam:Get*", "iam:List*", "sts:GetCallerIdentity", "servicequotas:GetServiceQuota", "servicequotas:GetAWSDefaultServiceQuota", "tag:GetResources", "pricing:GetProducts"},
			Resources: []string{"*"}, EveryResource: "reading"},
		{Sid: "OtherAccounts", Actions: []string{"sts:AssumeRole"}, Resources: []string{"arn:aws:iam::*:role/" + spec.ReaderRole, "arn:aws:iam::*:role/ladder-zone-*"}},
	}, guards(c, bucket, key)...)
}

// guards are what nobody who works on stacks may do.
func guards(c spec.Config, bucket, key string) []iamdoc.Statement {
	return []iamdoc.Statement{
		{Sid: "NotItself", Deny: true, Actions: []string{"iam:AttachRolePolicy", "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole"},
			Resources: roles(c)},
		{Sid: "NotTheState", Deny: true, Actions: []string{"s3:DeleteBucket", "s3:DeleteBucketPolicy", "s3:DeleteObjectVersion", "s3:PutBucketPolicy", "s3:PutBucketPublicAccessBlock", "s3:PutBucketVersioning", "s3:PutLifecycleConfiguration"},
			Resources: []string{bucket, bucket + "/*"}},
		{Sid: "NotItsKey", Deny: true, Actions: []string{"kms:DisableKey", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"}, Resources: []string{key}},
	}
}

// reads are what a preview asks of each service: descriptions, never contents.
var reads = []string{
	"acm:DescribeCertificate", "acm:ListCertificates", "acm:ListTagsForCertificate", "aps:Describe*", "aps:ListTagsForResource", "autoscaling:Describe*", "cloudwatch:Describe*", "cloudwatch:GetMetricData",
	"cloudwatch:GetMetricStatistics", "cloudwatch:ListTagsForResource", "ec2:Describe*", "ec2:GetManagedPrefixListEntries", "eks:Describe*", "eks:List*",
	"elasticfilesystem:Describe*", "elasticfilesystem:ListTagsForResource", "elasticloadbalancing:Describe*", "es:Describe*", "es:ListTags", "events:Describe*", "events:List*",
	"iam:Get*", "iam:List*", "kafka:Describe*", "kafka:Get*", "kafka:List*", "kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListAliases", "kms:ListResourceTags",
	"logs:Describe*", "logs:ListTagsForResource", "route53:Get*", "route53:List*",
	"s3:GetAccelerateConfiguration", "s3:GetBucket*", "s3:GetEncryptionConfiguration", "s3:GetLifecycleConfiguration", "s3:GetReplicationConfiguration", "s3:ListBucket",
	"servicequotas:GetAWSDefaultServiceQuota", "servicequotas:GetServiceQuota", "sns:GetTopicAttributes", "sns:ListTagsForResource", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListQueueTags",
	"ssm:DescribeParameters", "ssm:ListTagsForResource", "sts:GetCallerIdentity", "tag:GetResources", "wafv2:Get*", "wafv2:List*",
}

// previewStatements let a preview read what stacks made and their state, and
// change nothing: a preview runs the code of a pull request. That takes no lock
// (pulumi pkg/backend/diy, Preview, v3.250.0). The state's secrets are readable
// with it, which is why a person approves each run.
func previewStatements(c spec.Config, bucket, key string) []iamdoc.Statement {
	return []iamdoc.Statement{
		{Sid: "Look", Actions: reads, Resources: []string{"*"}, EveryResource: "reading descriptions, whatever stacks have made"},
		{Sid: "Records", Actions: []string{"ssm:GetParameter", "ssm:GetParameters"}, Resources: []string{parameters(c, "ladder"), "arn:aws:ssm:" + c.Region + "::parameter/aws/service/*"}},
		{Sid: "State", Actions: []string{"s3:GetObject"}, Resources: []string{bucket + "/*"}},
		{Sid: "StateKey", Actions: []string{"kms:Decrypt"}, Resources: []string{key}},
		{Sid: "OtherAccounts", Actions: []string{"sts:AssumeRole"}, Resources: []string{"arn:aws:iam::*:role/" + spec.ReaderRole}},
	}
}

// nightlyStatements are a preview's, and the one parameter that ladder observe
// writes for each stack: the health that later stages ask for.
func nightlyStatements(c spec.Config, bucket, key string) []iamdoc.Statement {
	return append(previewStatements(c, bucket, key), iamdoc.Statement{
		Sid: "Observations", Actions: []string{"ssm:PutParameter"}, Resources: []string{"arn:aws:ssm:" + c.Region + ":" + c.AccountID + ":parameter/ladder/*/observation"},
	})
}

// readerStatements let later stages read records, shapes and observations.
func readerStatements(c spec.Config) []iamdoc.Statement {
	return []iamdoc.Statement{{Sid: "Records", Actions: []string{"ssm:GetParameter", "ssm:GetParameters"}, Resources: []string{parameters(c, "ladder")}}}
}

func parameters(c spec.Config, root string) string {
	return "arn:aws:ssm:" + c.Region + ":" + c.AccountID + ":parameter/" + root + "/*"
}
