package bucket

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/iamdoc"
	"github.com/ladder-platform/ladder/components/internal/tags"
	"github.com/ladder-platform/ladder/components/internal/untyped"
)

// Types of the aws provider.
const (
	tokenBucket     = "aws:s3/bucketV2:BucketV2"
	tokenPolicy     = "aws:s3/bucketPolicy:BucketPolicy"
	tokenPrivate    = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
	tokenOwnership  = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
	tokenEncryption = "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2"
	tokenLifecycle  = "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2"
)

// KeepTag is on buckets that outlive their stack, for whoever finds one.
const KeepTag = "kept-after-destroy"

// Args of a bucket.
type Args struct {
	// Name of the bucket; empty means one that derives from the logical name and is unique.
	Name string
	// Keep leaves the bucket, what is in it and its settings in AWS when the
	// resource is deleted: a store of data goes by a decision of its own.
	Keep bool
	// RetentionDays after which objects are deleted.
	RetentionDays int
	// ForceDestroy deletes what is in the bucket with it.
	ForceDestroy bool
	// Protect keeps the bucket from being deleted.
	Protect bool
	// Statements of the bucket's policy beside the one that demands TLS. arn is
	// the bucket's; its objects are arn + "/*".
	Statements func(arn string) []iamdoc.Statement
	Tags       tags.Set
}

// Bucket is a bucket with everything around it.
type Bucket struct {
	pulumi.CustomResourceState

	Arn  pulumi.StringOutput `pulumi:"arn"`
	Name pulumi.StringOutput `pulumi:"bucket"`
	// Ready must exist before anything writes into the bucket.
	Ready []pulumi.Resource
}

// New makes a bucket. Its name derives from name. Objects are encrypted with
// S3's own key: services that deliver logs know no other.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Bucket, error) {
	b := &Bucket{}
	if args.Keep {
		opts = append(opts, pulumi.RetainOnDelete(true))
		args.Tags = args.Tags.With(map[string]string{KeepTag: "true"})
	}
	own := pulumi.Map{"forceDestroy": pulumi.Bool(args.ForceDestroy), "tags": args.Tags.For(name)}
	if args.Name != "" {
		own["bucket"] = pulumi.String(args.Name)
	}
	if err := untyped.Register(ctx, tokenBucket, name, own, b, append(opts, pulumi.Protect(args.Protect))...); err != nil {
		return nil, err
	}
	at := pulumi.Map{"bucket": b.Name}
	for _, part := range []struct {
		token, role string
		fields      pulumi.Map
	}{
		{tokenPrivate, "private", pulumi.Map{
			"blockPublicAcls": pulumi.Bool(true), "blockPublicPolicy": pulumi.Bool(true),
			"ignorePublicAcls": pulumi.Bool(true), "restrictPublicBuckets": pulumi.Bool(true),
		}},
		{tokenOwnership, "owner", pulumi.Map{"rule": pulumi.Map{"objectOwnership": pulumi.String("BucketOwnerEnforced")}}},
		{tokenEncryption, "encryption", pulumi.Map{"rules": pulumi.Array{pulumi.Map{
			"applyServerSideEncryptionByDefault": pulumi.Map{"sseAlgorithm": pulumi.String("AES256")},
		}}}},
		{tokenLifecycle, "lifecycle", pulumi.Map{"rules": pulumi.Array{pulumi.Map{
			"id": pulumi.String("expire"), "status": pulumi.String("Enabled"), "filter": pulumi.Map{"prefix": pulumi.String("")},
			"expiration":                     pulumi.Map{"days": pulumi.Int(args.RetentionDays)},
			"abortIncompleteMultipartUpload": pulumi.Map{"daysAfterInitiation": pulumi.Int(1)},
		}}}},
		{tokenPolicy, "policy", pulumi.Map{"policy": iamdoc.DocumentOutput([]pulumi.StringInput{b.Arn}, func(arns []string) []iamdoc.Statement {
			var more []iamdoc.Statement
			if args.Statements != nil {
				more = args.Statements(arns[0])
			}
			return append(more, tlsOnly(arns[0]))
		})}},
	} {
		var r pulumi.CustomResourceState
		for k, v := range at {
			part.fields[k] = v
		}
		if err := untyped.Register(ctx, part.token, name+"-"+part.role, part.fields, &r, opts...); err != nil {
			return nil, err
		}
		b.Ready = append(b.Ready, &r)
	}
	return b, nil
}

// tlsOnly refuses everybody without TLS.
func tlsOnly(arn string) iamdoc.Statement {
	return iamdoc.Statement{
		Sid: "TLSOnly", Deny: true, Actions: []string{"s3:*"}, Resources: []string{arn, arn + "/*"},
		Principals: map[string][]string{"AWS": {"*"}},
		Conditions: map[string]map[string][]string{"Bool": {"aws:SecureTransport": {"false"}}},
	}
}
