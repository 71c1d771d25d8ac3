package cluster

import (
	"fmt"

	awseks "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// EKSVersion is the release of pulumi-eks whose component makes the control
// plane. Its Go SDK is not imported: for one type it drags in core/v1 and two
// more packages of aws (docs/adr/0001-compile-cost.md).
const EKSVersion = "2.8.1"

// eksComponent is eks:index:Cluster of pulumi-eks, as far as it is used here.
type eksComponent struct {
	pulumi.ResourceState

	EksCluster awseks.ClusterOutput `pulumi:"eksCluster"`
}

// newEKSComponent registers one. The provider refuses arguments that it does
// not know, and so does the sandbox's.
func newEKSComponent(ctx *pulumi.Context, name string, args pulumi.Map, opts ...pulumi.ResourceOption) (*eksComponent, error) {
	var c eksComponent
	if err := ctx.RegisterRemoteComponentResource("eks:index:Cluster", name, args, &c, append(opts, pulumi.Version(EKSVersion))...); err != nil {
		return nil, err
	}
	return &c, nil
}

// NewEKSProvider makes the provider that constructs it.
func NewEKSProvider(ctx *pulumi.Context, name string) (pulumi.ProviderResource, error) {
	var p struct{ pulumi.ProviderResourceState }
	if err := ctx.RegisterResource("pulumi:providers:eks", name, pulumi.Map{}, &p, pulumi.Version(EKSVersion)); err != nil {
		return nil, fmt.Errorf("eks provider: %w", err)
	}
	return &p, nil
}
