package aws

import (
	"strings"
	"unicode"
)

// genericKind is the life of a type without a file of its own: schema only.
func genericKind(token string) *kind {
	module, name, _ := strings.Cut(strings.TrimPrefix(token, "aws:"), "/")
	name, _, _ = strings.Cut(name, ":")
	k := &kind{service: serviceName(module), noun: words(name), global: globalModules[module]}
	k.makeID = func(c *call) string {
		if n := nameOf(c.in); n != "" && c.in["name"] != nil {
			return n
		}
		return c.newID(strings.ToLower(name)+"-", 17)
	}
	return k
}

var globalModules = map[string]bool{
	"iam": true, "route53": true, "cloudfront": true, "globalaccelerator": true, "shield": true, "budgets": true, "costexplorer": true,
}

var serviceNames = map[string]string{
	"ec2": "EC2", "vpc": "EC2", "ebs": "EC2", "iam": "IAM", "kms": "KMS", "eks": "EKS", "efs": "EFS", "sqs": "SQS", "sns": "SNS", "ssm": "SSM",
	"cloudwatch": "CloudWatch", "s3": "S3", "acm": "ACM", "wafv2": "WAFV2", "lb": "ELBv2", "rds": "RDS", "route53": "Route 53",
}

func serviceName(module string) string {
	if s, ok := serviceNames[module]; ok {
		return s
	}
	return module
}

// words: "fileSystem" is "File System".
func words(name string) string {
	var b strings.Builder
	for i, r := range name {
		if i == 0 {
			b.WriteRune(unicode.ToUpper(r))
			continue
		}
		if unicode.IsUpper(r) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}
