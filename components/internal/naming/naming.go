package naming

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// Limits of names in characters, the suffix that Pulumi adds included.
// Source: facts/platform.json name_and_limit_rules (botocore models 2026-08-07;
// node group: EKS user guide).
const (
	MaxRole       = 64
	MaxNodeGroup  = 63
	MaxCluster    = 100
	MaxQueue      = 80
	MaxEventRule  = 64
	MaxKubeObject = 63 // DNS label, RFC 1123
)

// AutoSuffix is what Pulumi appends to a logical name to make a physical one:
// a hyphen and 7 hexadecimal digits. A longer name is an error, not cut off.
// Source: facts/providers.md D1.
const AutoSuffix = 8

// Join is a logical name of parts, empty parts left out.
func Join(parts ...string) string {
	kept := parts[:0:0]
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, "-")
}

// Fits says whether a logical name leaves room for the suffix within limit.
func Fits(logical string, limit int) bool { return len(logical)+AutoSuffix <= limit }

// FromARN is a short stable key of an IAM principal for logical names: its
// kind, its last path element and 6 digits of a digest, since two accounts may
// have a role of the same name.
func FromARN(arn string) string {
	sum := sha256.Sum256([]byte(arn))
	digest := hex.EncodeToString(sum[:3])
	resource := arn[strings.LastIndexByte(arn, ':')+1:]
	kind, path, ok := strings.Cut(resource, "/")
	if !ok {
		return Join(resource, digest)
	}
	return Join(kind, path[strings.LastIndexByte(path, '/')+1:], digest)
}

// Partition is the AWS partition of a region: aws, aws-cn or aws-us-gov.
func Partition(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}

// ManagedPolicy is the ARN of a policy that AWS maintains.
func ManagedPolicy(region, name string) string {
	return fmt.Sprintf("arn:%s:iam::aws:policy/%s", Partition(region), name)
}
