package observability

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/address"
	"github.com/ladder-platform/ladder/components/internal/kube"
)

// home is the namespace of everything that observability runs. It is outside
// the mesh's data plane: what watches the mesh works when the mesh does not.
// It is protected with the stack, since it holds volumes.
func (b *builder) home() error {
	namespace, err := kube.New(b.ctx, b.id("namespace"), kube.Namespace, kube.Meta{Name: address.ObservabilityNamespace, Labels: map[string]string{
		"istio.io/dataplane-mode": "none",
	}}, nil, append(b.kube(), pulumi.Protect(b.args.Environment.Protect))...)
	if err != nil {
		return err
	}
	b.namespace = namespace
	return nil
}

// definitions are those of prometheus-operator: a release item of their own.
func (b *builder) definitions() error {
	b.crds = []pulumi.Resource{b.namespace}
	return nil
}
