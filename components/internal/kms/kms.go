package kms

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/untyped"
)

// Types of the aws provider.
const (
	tokenKey   = "aws:kms/key:Key"
	tokenAlias = "aws:kms/alias:Alias"
)

// windowDays is how long AWS keeps a deleted key, 7 to 30: what it encrypted is
// lost with it, so whoever deletes one by mistake has as long as AWS allows.
// Source: KMS API, ScheduleKeyDeletion.
const windowDays = 30

// Args of a key.
type Args struct {
	Description string
	// Policy of the key as JSON; empty leaves it to the account.
	Policy string
	Tags   pulumi.StringMap
}

// Key is a symmetric key that rotates every year and waits before it is deleted.
type Key struct {
	pulumi.CustomResourceState

	Arn   pulumi.StringOutput `pulumi:"arn"`
	KeyID pulumi.StringOutput `pulumi:"keyId"`
}

// New makes a key.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Key, error) {
	in := pulumi.Map{
		"description": pulumi.String(args.Description), "enableKeyRotation": pulumi.Bool(true),
		"deletionWindowInDays": pulumi.Int(windowDays), "tags": args.Tags,
	}
	if args.Policy != "" {
		in["policy"] = pulumi.String(args.Policy)
	}
	var k Key
	return &k, untyped.Register(ctx, tokenKey, name, in, &k, opts...)
}

// Alias gives a key a name, "alias/" and more.
func Alias(ctx *pulumi.Context, name, alias string, key *Key, opts ...pulumi.ResourceOption) error {
	var a pulumi.CustomResourceState
	return untyped.Register(ctx, tokenAlias, name, pulumi.Map{"name": pulumi.String(alias), "targetKeyId": key.KeyID}, &a, opts...)
}
