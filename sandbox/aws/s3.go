package aws

import (
	"regexp"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/schema"
	"github.com/ladder-platform/ladder/sandbox/world"
)

const (
	typeBucket           = "aws:s3/bucketV2:BucketV2"
	typeBucketPolicy     = "aws:s3/bucketPolicy:BucketPolicy"
	typeBucketBlock      = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
	typeBucketEncryption = "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2"
	typeBucketLifecycle  = "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2"
	typeBucketOwnership  = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
	typeBucketVersioning = "aws:s3/bucketVersioningV2:BucketVersioningV2"

	// attrObjects: somebody has written into the bucket.
	attrObjects = "__objects"
)

var (
	ruleBucketName = rule.Register(rule.Rule{
		Name: "s3.bucket-name", Service: "s3",
		Source: "S3 user guide, bucket naming rules; terraform-provider-aws internal/service/s3/bucket.go, validBucketName",
		Text:   "%q: only lowercase alphanumeric characters and hyphens allowed in \"bucket\", 3 to 63 of them",
	})
	ruleBucketTaken = rule.Register(rule.Rule{
		Name: "s3.bucket-exists", Service: "s3",
		Source: "S3 API, CreateBucket, BucketAlreadyExists: names are global",
		Text:   "BucketAlreadyExists: The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.",
	})
	ruleBucketMissing = rule.Register(rule.Rule{
		Name: "s3.bucket-missing", Service: "s3",
		Source: "S3 API error codes, NoSuchBucket",
		Text:   "NoSuchBucket: The specified bucket does not exist",
	})
	ruleBucketFull = rule.Register(rule.Rule{
		Name: "s3.bucket-not-empty", Service: "s3",
		Source: "S3 API error codes, BucketNotEmpty; facts, providers E8",
		Text:   "BucketNotEmpty: The bucket you tried to delete is not empty",
	})
	ruleBucketPolicyDoc = rule.Register(rule.Rule{
		Name: "s3.policy-resource", Service: "s3",
		Source: "S3 API, PutBucketPolicy, MalformedPolicy, as quoted in public issues",
		Text:   "MalformedPolicy: Policy has invalid resource",
	})
	ruleBucketPublic = rule.Register(rule.Rule{
		Name: "s3.public-policy", Service: "s3",
		Source: "S3 user guide, blocking public access, BlockPublicPolicy; AccessDenied as quoted in public issues",
		Text:   "AccessDenied: User: %s is not authorized to perform: s3:PutBucketPolicy on resource: \"arn:aws:s3:::%s\" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.",
	})
)

var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

var _ = register(typeBucket, &kind{
	service: "S3", noun: "Bucket", namesClash: true, createTime: bucketCreate,
	makeID: func(c *call) string { return str(c.in, "bucket") },
	check: func(c *call, in map[string]any) []schema.Failure {
		if name := str(in, "bucket"); name != "" && !bucketName.MatchString(name) && c.on(ruleBucketName) {
			return []schema.Failure{{Path: "bucket", Reason: ruleBucketName.Errorf(name).Error()}}
		}
		return nil
	},
	create: func(c *call) error {
		name := c.obj.ID
		if _, ok := c.bucket(name); ok && c.on(ruleBucketTaken) {
			return c.refuse("CreateBucket", ruleBucketTaken)
		}
		c.set("bucket", name)
		c.set("arn", "arn:aws:s3:::"+name)
		c.set("region", c.region())
		c.set("bucketDomainName", name+".s3.amazonaws.com")
		c.set("bucketRegionalDomainName", name+".s3."+c.region()+".amazonaws.com")
		for k, v := range map[string]any{"bucketPrefix": "", "accelerationStatus": "", "acl": "", "policy": "", "requestPayer": "BucketOwner",
			"objectLockEnabled": false, "forceDestroy": false} {
			c.setDefault(k, v)
		}
		return nil
	},
	remove: func(c *call) error {
		if boolean(c.obj.Attrs, attrObjects) && !boolean(c.obj.Attrs, "forceDestroy") && c.on(ruleBucketFull) {
			return c.refuse("DeleteBucket", ruleBucketFull)
		}
		return nil
	},
})

// bucket finds a bucket in any account: names are global.
func (c *call) bucket(name string) (*world.Object, bool) {
	for _, o := range c.tx.Find(typeBucket, "", func(o *world.Object) bool { return o.ID == name }) {
		return o, true
	}
	return nil, false
}

func (c *call) needBucket(action string) error {
	if _, ok := c.get(typeBucket, c.attr("bucket")); !ok && c.on(ruleBucketMissing) {
		return c.refuse(action, ruleBucketMissing)
	}
	return nil
}

// bucketEncryption is the algorithm that new objects get.
func (c *call) bucketEncryption(name string) string {
	for _, o := range c.tx.Find(typeBucketEncryption, "", where("bucket", name)) {
		for _, r := range dicts(o.Attrs, "rules") {
			return str(dict(r, "applyServerSideEncryptionByDefault"), "sseAlgorithm")
		}
	}
	return "AES256" // since 2023
}

// ofBucket is a setting of a bucket: one of each kind, and its id is the bucket.
func ofBucket(noun, action string, more func(c *call) error) *kind {
	put := func(c *call) error {
		if err := c.needBucket(action); err != nil || more == nil {
			return err
		}
		return more(c)
	}
	return &kind{service: "S3", noun: noun, namesClash: true, makeID: func(c *call) string { return str(c.in, "bucket") }, create: put, update: put}
}

var (
	_ = register(typeBucketPolicy, bucketPolicyKind())
	_ = register(typeBucketBlock, ofBucket("Bucket Public Access Block", "PutPublicAccessBlock", nil))
	_ = register(typeBucketEncryption, ofBucket("Bucket Server-side Encryption Configuration", "PutBucketEncryption", nil))
	_ = register(typeBucketLifecycle, ofBucket("Bucket Lifecycle Configuration", "PutBucketLifecycleConfiguration", nil))
	_ = register(typeBucketOwnership, ofBucket("Bucket Ownership Controls", "PutBucketOwnershipControls", nil))
	_ = register(typeBucketVersioning, ofBucket("Bucket Versioning", "PutBucketVersioning", nil))
)

func bucketPolicyKind() *kind {
	k := ofBucket("Bucket Policy", "PutBucketPolicy", putBucketPolicy)
	k.check = func(c *call, in map[string]any) []schema.Failure { return c.policyText(in, "policy") }
	return k
}

func putBucketPolicy(c *call) error {
	name := c.attr("bucket")
	for _, st := range statementsOf(c.attr("policy")) {
		ours := func(r string) bool {
			return r == "arn:aws:s3:::"+name || strings.HasPrefix(r, "arn:aws:s3:::"+name+"/") || strings.HasPrefix(r, "arn:aws:s3:::"+name+"*")
		}
		resources := elements(st["Resource"])
		if (len(resources) == 0 || slices.ContainsFunc(resources, func(r string) bool { return !ours(r) })) && c.on(ruleBucketPolicyDoc) {
			return c.refuse("PutBucketPolicy", ruleBucketPolicyDoc)
		}
		block, _ := c.get(typeBucketBlock, name)
		if block != nil && boolean(block.Attrs, "blockPublicPolicy") && public(st) && c.on(ruleBucketPublic) {
			return c.refuse("PutBucketPolicy", ruleBucketPublic, c.p.conf.callerARN, name)
		}
	}
	return nil
}

// public: anyone may, on no condition.
func public(st map[string]any) bool {
	who := elements(st["Principal"])
	if m, ok := st["Principal"].(map[string]any); ok {
		who = append(who, elements(m["AWS"])...)
	}
	return str(st, "Effect") == "Allow" && slices.Contains(who, "*") && st["Condition"] == nil
}
