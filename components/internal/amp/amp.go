package amp

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/tags"
	"github.com/ladder-platform/ladder/components/internal/untyped"
)

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
	if err := untyped.Register(ctx, tokenWorkspace, name, pulumi.Map{"alias": pulumi.String(args.Alias), "tags": args.Tags.For(name)}, w, opts...); err != nil {
		return nil, err
	}
	var c pulumi.CustomResourceState
	if err := untyped.Register(ctx, tokenConfiguration, name, pulumi.Map{
		"workspaceId": w.ID(), "retentionPeriodInDays": pulumi.Int(args.RetentionDays),
	}, &c, opts...); err != nil {
		return nil, err
	}
	w.Ready = []pulumi.Resource{&c}
	return w, nil
}
