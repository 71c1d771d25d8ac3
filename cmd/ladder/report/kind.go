package report

import (
	"strings"
	"unicode"
)

// names are the kinds whose usual name the token does not spell.
var names = map[string]string{
	"aws:ec2/vpc:Vpc": "VPC",
	"aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation":      "VPC CIDR association",
	"aws:ec2/natGateway:NatGateway":                                        "NAT gateway",
	"aws:ec2/eip:Eip":                                                      "elastic IP",
	"aws:ec2/vpcEndpoint:VpcEndpoint":                                      "VPC endpoint",
	"aws:ec2/defaultSecurityGroup:DefaultSecurityGroup":                    "default security group",
	"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule":            "security group rule",
	"aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule":              "security group rule",
	"aws:ec2/securityGroupRule:SecurityGroupRule":                          "security group rule",
	"aws:eks/cluster:Cluster":                                              "EKS control plane",
	"aws:eks/addon:Addon":                                                  "EKS add-on",
	"aws:eks/nodeGroup:NodeGroup":                                          "node group",
	"aws:eks/podIdentityAssociation:PodIdentityAssociation":                "Pod Identity association",
	"aws:iam/role:Role":                                                    "IAM role",
	"aws:iam/rolePolicy:RolePolicy":                                        "IAM role policy",
	"aws:iam/rolePolicyAttachment:RolePolicyAttachment":                    "IAM policy attachment",
	"aws:iam/policy:Policy":                                                "IAM policy",
	"aws:iam/openIdConnectProvider:OpenIdConnectProvider":                  "OIDC provider",
	"aws:iam/instanceProfile:InstanceProfile":                              "instance profile",
	"aws:kms/key:Key":                                                      "KMS key",
	"hidden:kms/PendingDeletion":                                           "KMS key pending deletion",
	"aws:kms/alias:Alias":                                                  "KMS alias",
	"aws:ssm/parameter:Parameter":                                          "SSM parameter",
	"aws:sqs/queue:Queue":                                                  "SQS queue",
	"aws:efs/fileSystem:FileSystem":                                        "EFS file system",
	"aws:efs/mountTarget:MountTarget":                                      "EFS mount target",
	"aws:cloudwatch/metricAlarm:MetricAlarm":                               "alarm",
	"aws:wafv2/webAcl:WebAcl":                                              "web ACL",
	"aws:wafv2/webAclAssociation:WebAclAssociation":                        "web ACL association",
	"aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration":      "web ACL log",
	"aws:s3/bucketV2:BucketV2":                                             "S3 bucket",
	"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2": "lifecycle of an S3 bucket",
	"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2": "encryption of an S3 bucket",
	"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock":                                     "public access block of an S3 bucket",
	"aws:route53/record:Record":                                   "DNS record",
	"aws:route53/zone:Zone":                                       "DNS zone",
	"aws:cloudwatch/logGroup:LogGroup":                            "log group",
	"kubernetes:helm.sh/v3:Release":                               "Helm release",
	"kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition": "custom resource definition",
}

// Kind is what a person calls a resource type: "NAT gateway", "subnet",
// "Helm release", "ConfigMap". Kubernetes kinds stay as Kubernetes writes them.
func Kind(token string) string {
	if name, ok := names[token]; ok {
		return name
	}
	if rest, ok := strings.CutPrefix(token, "kube:"); ok { // the sandbox's own: kube:apps/v1/Deployment
		return rest[strings.LastIndex(rest, "/")+1:]
	}
	if rest, ok := strings.CutPrefix(token, "hidden:"); ok { // hidden:ec2/NetworkInterface
		return words(rest[strings.LastIndex(rest, "/")+1:])
	}
	last := token[strings.LastIndex(token, ":")+1:]
	if strings.HasPrefix(token, "kubernetes:") || last == "" {
		return last
	}
	return words(last)
}

// words splits a type name at its capitals: RouteTableAssociation becomes
// "route table association".
func words(s string) string {
	var b strings.Builder
	for i, r := range s {
		if unicode.IsUpper(r) {
			if i > 0 {
				b.WriteByte(' ')
			}
			r = unicode.ToLower(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}

// plural of a kind, for n of them. Kubernetes kinds keep their form: "3 ConfigMap".
func plural(kind string, n int) string {
	last := kind[strings.LastIndex(kind, " ")+1:]
	if n == 1 || (unicode.IsUpper([]rune(last)[0]) && last != strings.ToUpper(last)) {
		return kind
	}
	switch {
	case strings.HasSuffix(kind, "y") && !strings.ContainsAny(kind[len(kind)-2:len(kind)-1], "aeiou"):
		return kind[:len(kind)-1] + "ies"
	case strings.HasSuffix(kind, "s"), strings.HasSuffix(kind, "ss"):
		return kind + "es"
	}
	return kind + "s"
}

// Plural of a kind, for n of them.
func Plural(kind string, n int) string { return plural(kind, n) }
