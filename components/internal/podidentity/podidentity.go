package podidentity

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/iamdoc"
	"github.com/ladder-platform/ladder/components/internal/tags"
)

// RoleArgs of a workload's role.
type RoleArgs struct {
	// Description of what the workload does with it.
	Description string
	// Policy is an inline document; nil when ManagedPolicies are enough.
	Policy pulumi.StringInput
	// ManagedPolicies are ARNs by a short key for logical names.
	ManagedPolicies map[string]string
	Tags            tags.Set
}

// Role is a role that pods can take, with its permissions.
type Role struct {
	*iam.Role
	// Permissions must exist before the workload starts and after it stops.
	Permissions []pulumi.Resource
}

// NewRole makes the role. Its name derives from name.
func NewRole(ctx *pulumi.Context, name string, args RoleArgs, opts ...pulumi.ResourceOption) (*Role, error) {
	role, err := iam.NewRole(ctx, name, &iam.RoleArgs{
		AssumeRolePolicy: pulumi.String(iamdoc.PodIdentityTrust()),
		Description:      pulumi.String(args.Description),
		Tags:             args.Tags.For(name),
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("role %s: %w", name, err)
	}
	out := &Role{Role: role}
	if args.Policy != nil {
		policy, err := iam.NewRolePolicy(ctx, name, &iam.RolePolicyArgs{Role: role.Name, Policy: args.Policy}, opts...)
		if err != nil {
			return nil, fmt.Errorf("role %s: policy: %w", name, err)
		}
		out.Permissions = append(out.Permissions, policy)
	}
	for _, key := range slices.Sorted(maps.Keys(args.ManagedPolicies)) {
		attachment, err := iam.NewRolePolicyAttachment(ctx, name+"-"+key, &iam.RolePolicyAttachmentArgs{
			Role: role.Name, PolicyArn: pulumi.String(args.ManagedPolicies[key]),
		}, opts...)
		if err != nil {
			return nil, fmt.Errorf("role %s: attach %s: %w", name, key, err)
		}
		out.Permissions = append(out.Permissions, attachment)
	}
	return out, nil
}

// Args of an association: which service account takes which role.
type Args struct {
	RoleArgs
	ClusterName    pulumi.StringInput
	Namespace      string
	ServiceAccount string
}

// Identity is a role and its association. A release that uses it depends on
// Ready: a pod that starts before the association exists runs without
// credentials until it is restarted.
type Identity struct {
	Role  *Role
	Ready []pulumi.Resource
}

// New makes the role and associates it.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Identity, error) {
	role, err := NewRole(ctx, name, args.RoleArgs, opts...)
	if err != nil {
		return nil, err
	}
	association, err := eks.NewPodIdentityAssociation(ctx, name, &eks.PodIdentityAssociationArgs{
		ClusterName: args.ClusterName, Namespace: pulumi.String(args.Namespace),
		ServiceAccount: pulumi.String(args.ServiceAccount), RoleArn: role.Arn, Tags: args.Tags.For(name),
	}, append(slices.Clone(opts), pulumi.DependsOn(role.Permissions))...)
	if err != nil {
		return nil, fmt.Errorf("pod identity %s: %w", name, err)
	}
	return &Identity{Role: role, Ready: append(slices.Clone(role.Permissions), association)}, nil
}
