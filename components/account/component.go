package account

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/account/spec"
	"github.com/ladder-platform/ladder/components/internal/dns"
	"github.com/ladder-platform/ladder/components/internal/iamdoc"
	"github.com/ladder-platform/ladder/components/internal/kms"
	"github.com/ladder-platform/ladder/components/internal/tags"
	"github.com/ladder-platform/ladder/components/internal/untyped"
)

const typeToken = "ladder:account:Account"

// Account is what an account has before its first stack.
type Account struct {
	pulumi.ResourceState

	// Bucket of the states: pulumi login s3://<bucket>.
	Bucket pulumi.StringOutput `pulumi:"bucket"`
	// SecretsProvider for pulumi stack init --secrets-provider.
	SecretsProvider pulumi.StringOutput `pulumi:"secretsProvider"`
	// Roles by name.
	Roles pulumi.StringMapOutput `pulumi:"roles"`
	// ZoneID and NameServers of the zone; empty without one.
	ZoneID      pulumi.StringOutput      `pulumi:"zoneId"`
	NameServers pulumi.StringArrayOutput `pulumi:"nameServers"`
	// MeshRoot is the ARN for mesh.ca.roots; empty without one.
	MeshRoot pulumi.StringOutput `pulumi:"meshRoot"`
}

// thing is a resource with the outputs that others here need.
type thing struct {
	pulumi.CustomResourceState

	Arn         pulumi.StringOutput `pulumi:"arn"`
	Bucket      pulumi.StringOutput `pulumi:"bucket"`
	Request     pulumi.StringOutput `pulumi:"certificateSigningRequest"`
	Certificate pulumi.StringOutput `pulumi:"certificate"`
}

type builder struct {
	ctx  *pulumi.Context
	name string
	cfg  spec.Config
	out  *Account
	tags tags.Set
}

// New makes it in the account of the aws provider in opts.
func New(ctx *pulumi.Context, name string, cfg spec.Config, opts ...pulumi.ResourceOption) (*Account, error) {
	if err := cfg.Validate().Err(); err != nil {
		return nil, err
	}
	a := &Account{}
	if err := ctx.RegisterComponentResource(typeToken, name, a, opts...); err != nil {
		return nil, fmt.Errorf("account %s: register: %w", name, err)
	}
	cfg = cfg.WithDefaults()
	b := &builder{ctx: ctx, name: name, cfg: cfg, out: a, tags: tags.New("account", cfg.Owner, cfg.Tags)}
	nothing := pulumi.String("").ToStringOutput()
	a.ZoneID, a.MeshRoot, a.NameServers = nothing, nothing, pulumi.StringArray{}.ToStringArrayOutput()
	key, err := b.key()
	if err != nil {
		return nil, fmt.Errorf("account %s: %w", name, err)
	}
	bucket, err := b.bucket(key)
	if err != nil {
		return nil, fmt.Errorf("account %s: %w", name, err)
	}
	for _, step := range []func() error{
		b.issuers, func() error { return b.roles(bucket, key) }, b.serviceRoles, b.quotas, b.zone, b.meshRoot,
	} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("account %s: %w", name, err)
		}
	}
	a.Bucket = bucket.Bucket
	a.SecretsProvider = pulumi.Sprintf("awskms://%s?region=%s", spec.KeyAlias, cfg.Region)
	if err := ctx.RegisterResourceOutputs(a, pulumi.Map{
		"bucket": a.Bucket, "secretsProvider": a.SecretsProvider, "roles": a.Roles, "zoneId": a.ZoneID, "nameServers": a.NameServers, "meshRoot": a.MeshRoot,
	}); err != nil {
		return nil, fmt.Errorf("account %s: outputs: %w", name, err)
	}
	return a, nil
}

// opts are every child's. Each is protected: a destroy that is refused at the
// bucket would have taken policies and roles away before.
func (b *builder) opts() []pulumi.ResourceOption {
	return []pulumi.ResourceOption{pulumi.Parent(b.out), pulumi.Protect(*b.cfg.Protect)}
}

// make registers a child by its token.
func (b *builder) make(token, role string, in pulumi.Map) (*thing, error) {
	var t thing
	return &t, untyped.Register(b.ctx, token, b.name+"-"+role, in, &t, b.opts()...)
}

// key encrypts the states and the secrets in them. IAM decides who may use it.
func (b *builder) key() (*kms.Key, error) {
	policy, err := iamdoc.Document(iamdoc.Statement{
		Sid: "Account", Actions: []string{"kms:*"}, Resources: []string{"*"}, EveryResource: "in a key's own policy * is that key",
		Principals: map[string][]string{"AWS": {"arn:aws:iam::" + b.cfg.AccountID + ":root"}},
	})
	if err != nil {
		return nil, err
	}
	key, err := kms.New(b.ctx, b.name+"-state-key", kms.Args{
		Description: "States of Pulumi and the secrets in them", Policy: policy, Tags: b.tags.For(b.name + "-state-key"),
	}, b.opts()...)
	if err != nil {
		return nil, err
	}
	return key, kms.Alias(b.ctx, b.name+"-state-key-alias", spec.KeyAlias, key, b.opts()...)
}

// bucket holds the states: versioned, so that a bad write can be taken back;
// encrypted with the key; closed to the public; refusing everybody without TLS.
func (b *builder) bucket(key *kms.Key) (*thing, error) {
	bucket, err := b.make("aws:s3/bucketV2:BucketV2", "state", pulumi.Map{
		"bucket": pulumi.String(b.cfg.BucketName()), "tags": b.tags.For(b.cfg.BucketName()), "forceDestroy": pulumi.Bool(!*b.cfg.Protect),
	})
	if err != nil {
		return nil, err
	}
	policy := iamdoc.DocumentOutput([]pulumi.StringInput{bucket.Arn}, func(arns []string) []iamdoc.Statement {
		return []iamdoc.Statement{{
			Sid: "TLSOnly", Deny: true, Actions: []string{"s3:*"}, Resources: []string{arns[0], arns[0] + "/*"}, Principals: map[string][]string{"AWS": {"*"}},
			Conditions: map[string]map[string][]string{"Bool": {"aws:SecureTransport": {"false"}}},
		}}
	})
	const oldVersions = 365 // days: longer than a release lives, and states are small
	for _, part := range []struct {
		token, role string
		in          pulumi.Map
	}{
		{"aws:s3/bucketVersioningV2:BucketVersioningV2", "versions", pulumi.Map{"versioningConfiguration": pulumi.Map{"status": pulumi.String("Enabled")}}},
		{"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2", "encryption", pulumi.Map{"rules": pulumi.Array{pulumi.Map{
			"bucketKeyEnabled":                   pulumi.Bool(true),
			"applyServerSideEncryptionByDefault": pulumi.Map{"sseAlgorithm": pulumi.String("aws:kms"), "kmsMasterKeyId": key.Arn},
		}}}},
		{"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "private", pulumi.Map{
			"blockPublicAcls": pulumi.Bool(true), "blockPublicPolicy": pulumi.Bool(true), "ignorePublicAcls": pulumi.Bool(true), "restrictPublicBuckets": pulumi.Bool(true),
		}},
		{"aws:s3/bucketOwnershipControls:BucketOwnershipControls", "owner", pulumi.Map{"rule": pulumi.Map{"objectOwnership": pulumi.String("BucketOwnerEnforced")}}},
		{"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2", "lifecycle", pulumi.Map{"rules": pulumi.Array{pulumi.Map{
			"id": pulumi.String("old-versions"), "status": pulumi.String("Enabled"), "filter": pulumi.Map{"prefix": pulumi.String("")},
			"noncurrentVersionExpiration":    pulumi.Map{"noncurrentDays": pulumi.Int(oldVersions)},
			"abortIncompleteMultipartUpload": pulumi.Map{"daysAfterInitiation": pulumi.Int(1)},
		}}}},
		{"aws:s3/bucketPolicy:BucketPolicy", "policy", pulumi.Map{"policy": policy}},
	} {
		part.in["bucket"] = bucket.Bucket
		if _, err := b.make(part.token, "state-"+part.role, part.in); err != nil {
			return nil, err
		}
	}
	return bucket, nil
}

// serviceRoles are made one by one: an account that has one already names the others.
func (b *builder) serviceRoles() error {
	for _, service := range b.cfg.ServiceRoles {
		if _, err := b.make("aws:iam/serviceLinkedRole:ServiceLinkedRole", "service-"+service, pulumi.Map{"awsServiceName": pulumi.String(service)}); err != nil {
			return err
		}
	}
	return nil
}

// quotas are requests: AWS answers them in its own time, and a destroy takes none back.
func (b *builder) quotas() error {
	for _, name := range slices.Sorted(maps.Keys(b.cfg.Quotas)) {
		q := spec.Quotas[name]
		if _, err := b.make("aws:servicequotas/serviceQuota:ServiceQuota", "quota-"+name, pulumi.Map{
			"serviceCode": pulumi.String(q.Service), "quotaCode": pulumi.String(q.Code), "value": pulumi.Float64(float64(b.cfg.Quotas[name])),
		}); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) zone() error {
	if b.cfg.Zone == "" {
		return nil
	}
	zone, err := dns.NewZone(b.ctx, b.name+"-zone", dns.ZoneArgs{
		Name: b.cfg.Zone, Comment: "Names of the account's stacks", Tags: b.tags.For(b.cfg.Zone),
	}, b.opts()...)
	if err != nil {
		return err
	}
	b.out.ZoneID, b.out.NameServers = zone.ZoneID, zone.NameServers
	return nil
}
