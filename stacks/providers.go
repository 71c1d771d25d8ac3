package stacks

import (
	"fmt"
	"strings"

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
	// Reader reads the stage before, in its account, as a role that may do no
	// more; nil when the stage before is in this account and region.
	Reader *aws.Provider
	// UpstreamRecord is the stage before's output record, with read:
	// stackReference.
	UpstreamRecord string
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
	on := clouds{AWS: account, EKS: component}
	return on, on.connectUpstream(ctx, cfg)
}

// connectUpstream makes what reads the stage before. It is there in every run,
// and not only when the gate has something to ask: what a preview shows must
// not depend on history.
func (c *clouds) connectUpstream(ctx *pulumi.Context, cfg config.Stack) error {
	p := cfg.Promotion
	if p.After == "" {
		return nil
	}
	if r := p.Reader; r != nil {
		account := strings.Split(r.RoleARN, ":")[4] // config has checked its form
		reader, err := aws.NewProvider(ctx, "upstream", &aws.ProviderArgs{
			Region:            pulumi.String(r.Region),
			AssumeRole:        &aws.ProviderAssumeRoleArgs{RoleArn: pulumi.String(r.RoleARN), SessionName: pulumi.String("ladder-" + ctx.Stack())},
			AllowedAccountIds: pulumi.StringArray{pulumi.String(account)},
		})
		if err != nil {
			return fmt.Errorf("aws provider of promotion.reader: %w", err)
		}
		c.Reader = reader
	}
	if p.Read == config.ReadStackReference {
		text, err := recordText(ctx, "upstream", p.After)
		if err != nil {
			return fmt.Errorf("promotion.after: %w", err)
		}
		c.UpstreamRecord = text
	}
	return nil
}

// upstream is the provider that reads the stage before.
func (c clouds) upstream() pulumi.ProviderResource {
	if c.Reader != nil {
		return c.Reader
	}
	return c.AWS
}

// aws is the option that puts a component and all below it on the account.
func (c clouds) aws() pulumi.ResourceOption { return pulumi.Providers(c.AWS) }
