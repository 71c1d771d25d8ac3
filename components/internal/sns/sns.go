package sns

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/tags"
	"github.com/ladder-platform/ladder/components/internal/untyped"
)

const token = "aws:sns/topic:Topic"

// Args of a topic.
type Args struct {
	// Name is explicit: its ARN is known before it exists.
	Name string
	// Policy says who else may publish or subscribe.
	Policy pulumi.StringInput
	Tags   tags.Set
}

// Topic takes messages and hands them to whoever subscribed.
type Topic struct {
	pulumi.CustomResourceState

	Arn pulumi.StringOutput `pulumi:"arn"`
}

// New makes a topic.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Topic, error) {
	var t Topic
	return &t, untyped.Register(ctx, token, name, pulumi.Map{"name": pulumi.String(args.Name), "policy": args.Policy, "tags": args.Tags.For(name)}, &t, opts...)
}
