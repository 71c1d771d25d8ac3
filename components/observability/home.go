package observability

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/kube"
	"github.com/ladder-platform/ladder/components/observability/measure"
	"github.com/ladder-platform/ladder/components/observability/spec"
)

// home is the namespace of everything that observability runs. It is outside
// the mesh's data plane: what watches the mesh works when the mesh does not.
// It is protected with the stack, since it holds volumes.
func (b *builder) home() error {
	namespace, err := kube.New(b.ctx, b.id("namespace"), kube.Namespace, kube.Meta{Name: spec.Namespace, Labels: map[string]string{
		"istio.io/dataplane-mode": "none",
	}}, nil, append(b.kube(), pulumi.Protect(b.args.Environment.Protect))...)
	if err != nil {
		return err
	}
	b.namespace = namespace
	return nil
}

// definitions are those of prometheus-operator: a release item of their own,
// with templates, so that Helm upgrades them. They are there whenever anything
// is watched: charts of logs and traces say what is to be scraped.
func (b *builder) definitions() error {
	b.crds = []pulumi.Resource{b.namespace}
	if b.cfg.Metrics == nil {
		return nil
	}
	crds, err := b.release(measure.OperatorRelease, spec.ChartOperator, measure.Definitions(), b.namespace)
	if err != nil {
		return err
	}
	b.crds = []pulumi.Resource{crds}
	return nil
}

// object makes one custom resource in the namespace.
func (b *builder) object(o measure.Object, after ...pulumi.Resource) (pulumi.Resource, error) {
	return kube.New(b.ctx, b.id(lower(o.Kind)+"-"+o.Name), kube.Kind{APIVersion: o.APIVersion, Kind: o.Kind},
		kube.Meta{Name: o.Name, Namespace: spec.Namespace, Labels: o.Labels}, pulumi.Map{"spec": kube.Map(o.Spec)}, b.kube(after...)...)
}
