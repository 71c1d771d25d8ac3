package sns

import (
	"fmt"
	"reflect"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/tags"
)

const (
	// sdkVersion is the version of the aws provider that the arguments below
	// belong to; it is the one in go.mod.
	sdkVersion = "6.83.2"
	token      = "aws:sns/topic:Topic"
)

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
	in := untyped{"name": pulumi.String(args.Name), "policy": args.Policy, "tags": args.Tags.For(name)}
	if err := ctx.RegisterResource(token, name, in, &t, append(opts, pulumi.Version(sdkVersion))...); err != nil {
		return nil, fmt.Errorf("topic %s: %w", name, err)
	}
	return &t, nil
}

type untyped map[string]pulumi.Input

// ElementType tells the SDK that every field goes out as it is.
func (untyped) ElementType() reflect.Type { return reflect.TypeFor[map[string]any]() }
