package cluster

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/cluster/spec"
	"github.com/ladder-platform/ladder/components/internal/naming"
)

// accessPolicies are the policies that EKS maintains for Kubernetes access.
// Source: EKS user guide, "Review access policy permissions", read 2026-11.
var accessPolicies = map[string]string{
	spec.LevelClusterAdmin: "AmazonEKSClusterAdminPolicy",
	spec.LevelAdmin:        "AmazonEKSAdminPolicy",
	spec.LevelEdit:         "AmazonEKSEditPolicy",
	spec.LevelView:         "AmazonEKSViewPolicy",
}

// access gives the deployer and the listed principals their entries. Managed
// node groups get theirs from EKS.
func (b *builder) access() error {
	deployer, err := b.grant("deployer", spec.Access{PrincipalARN: b.args.Environment.DeployerRoleARN, Level: spec.LevelClusterAdmin})
	if err != nil {
		return err
	}
	b.deployer = []pulumi.Resource{deployer}
	for _, a := range b.cfg.Access {
		if _, err := b.grant(naming.FromARN(a.PrincipalARN), a); err != nil {
			return err
		}
	}
	return nil
}

// grant makes an entry and its policy association; it returns the latter, which
// depends on the former.
func (b *builder) grant(key string, a spec.Access) (pulumi.Resource, error) {
	id := b.id("access-" + key)
	entry, err := eks.NewAccessEntry(b.ctx, id, &eks.AccessEntryArgs{
		ClusterName: b.out.Name, PrincipalArn: pulumi.String(a.PrincipalARN), Type: pulumi.String("STANDARD"), Tags: b.tags.For(id),
	}, b.aws()...)
	if err != nil {
		return nil, fmt.Errorf("access of %s: %w", a.PrincipalARN, err)
	}
	scope := &eks.AccessPolicyAssociationAccessScopeArgs{Type: pulumi.String("cluster")}
	if len(a.Namespaces) > 0 {
		scope = &eks.AccessPolicyAssociationAccessScopeArgs{Type: pulumi.String("namespace"), Namespaces: pulumi.ToStringArray(a.Namespaces)}
	}
	association, err := eks.NewAccessPolicyAssociation(b.ctx, id, &eks.AccessPolicyAssociationArgs{
		ClusterName: b.out.Name, PrincipalArn: pulumi.String(a.PrincipalARN), AccessScope: scope,
		PolicyArn: pulumi.String(fmt.Sprintf("arn:%s:eks::aws:cluster-access-policy/%s",
			naming.Partition(b.args.Environment.Region), accessPolicies[a.Level])),
	}, b.aws(entry)...)
	if err != nil {
		return nil, fmt.Errorf("access of %s: %w", a.PrincipalARN, err)
	}
	return association, nil
}

// identityProvider makes IAM trust the cluster's service accounts, for
// workloads that cannot use Pod Identity, and only where configuration asks.
func (b *builder) identityProvider() error {
	b.out.OIDCProviderARN = pulumi.String("").ToStringOutput()
	if !b.cfg.IRSA {
		return nil
	}
	provider, err := iam.NewOpenIdConnectProvider(b.ctx, b.id("oidc"), &iam.OpenIdConnectProviderArgs{
		Url: b.out.OIDCIssuer, ClientIdLists: pulumi.ToStringArray([]string{"sts.amazonaws.com"}), Tags: b.tags.For(b.id("oidc")),
	}, b.aws()...)
	if err != nil {
		return fmt.Errorf("identity provider: %w", err)
	}
	b.out.OIDCProviderARN = provider.Arn
	return nil
}
