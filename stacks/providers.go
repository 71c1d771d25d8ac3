package stacks

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-eks/sdk/v2/go/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/stacks/config"
)

// clouds are the providers of a stack. Default providers are off
// (pulumi:disable-default-providers), so a resource without one of these fails.
type clouds struct {
	AWS *aws.Provider
	// EKS constructs the control plane's component; its children use AWS.
	EKS *eks.Provider
}

// connect makes the providers. The aws one refuses every account but the
// stack's own before anything is touched.
func connect(ctx *pulumi.Context, cfg config.Stack) (clouds, error) {
	account, err := aws.NewProvider(ctx, "aws", &aws.ProviderArgs{
		Region:            pulumi.String(cfg.Environment.Region),
		AllowedAccountIds: pulumi.StringArray{pulumi.String(cfg.Environment.AccountID)},
	})
	if err != nil {
		return clouds{}, fmt.Errorf("aws provider: %w", err)
	}
	component, err := eks.NewProvider(ctx, "eks", &eks.ProviderArgs{})
	if err != nil {
		return clouds{}, fmt.Errorf("eks provider: %w", err)
	}
	return clouds{AWS: account, EKS: component}, nil
}

// aws is the option that puts a component and all below it on the account.
func (c clouds) aws() pulumi.ResourceOption { return pulumi.Providers(c.AWS) }
