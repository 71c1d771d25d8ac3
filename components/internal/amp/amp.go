package amp

import (
	"fmt"
	"reflect"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/tags"
)

// sdkVersion is the version of the aws provider that the arguments below
// belong to; it is the one in go.mod.
const sdkVersion = "6.83.2"

// Types of the aws provider.
const (
	tokenWorkspace     = "aws:amp/workspace:Workspace"
	tokenConfiguration = "aws:amp/workspaceConfiguration:WorkspaceConfiguration"
)

// Args of a workspace.
type Args struct {
	// Alias is a name that people see; it need not be unique.
	Alias string
	// RetentionDays that samples are kept.
	RetentionDays int
	Tags          tags.Set
}

// Workspace takes samples by remote write and answers PromQL.
type Workspace struct {
	pulumi.CustomResourceState

	Arn pulumi.StringOutput `pulumi:"arn"`
	// Endpoint of the API, with a slash at its end.
	Endpoint pulumi.StringOutput `pulumi:"prometheusEndpoint"`
	// Ready must exist before anything is written.
	Ready []pulumi.Resource
}

// New makes a workspace and says how long it keeps samples.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Workspace, error) {
	w := &Workspace{}
	if err := register(ctx, tokenWorkspace, name, pulumi.Map{"alias": pulumi.String(args.Alias), "tags": args.Tags.For(name)}, w, opts...); err != nil {
		return nil, err
	}
	var c pulumi.CustomResourceState
	if err := register(ctx, tokenConfiguration, name, pulumi.Map{
		"workspaceId": w.ID(), "retentionPeriodInDays": pulumi.Int(args.RetentionDays),
	}, &c, opts...); err != nil {
		return nil, err
	}
	w.Ready = []pulumi.Resource{&c}
	return w, nil
}

func register(ctx *pulumi.Context, token, name string, in pulumi.Map, out pulumi.CustomResource, opts ...pulumi.ResourceOption) error {
	if err := ctx.RegisterResource(token, name, untyped(in), out, append(opts, pulumi.Version(sdkVersion))...); err != nil {
		return fmt.Errorf("%s %s: %w", token, name, err)
	}
	return nil
}

type untyped map[string]pulumi.Input

// ElementType tells the SDK that every field goes out as it is.
func (untyped) ElementType() reflect.Type { return reflect.TypeFor[map[string]any]() }
