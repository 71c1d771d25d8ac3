package observability

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/address"
	"github.com/ladder-platform/ladder/components/internal/helm"
	"github.com/ladder-platform/ladder/components/internal/kube"
	"github.com/ladder-platform/ladder/components/observability/capacity"
	"github.com/ladder-platform/ladder/components/observability/collector"
	"github.com/ladder-platform/ladder/components/observability/spec"
)

// collectors are the gateways, behind the stores, and then the collectors on
// the nodes, whose Service is the address that the mesh sends to.
func (b *builder) collectors(p collector.Plan, stores []pulumi.Resource) error {
	values := p.GatewayValues()
	if b.cfg.Traces.Kafka {
		values["extraEnvs"] = []any{b.brokers()}
	}
	gateway, err := b.release(capacity.Gateway, spec.ChartCollector, values, append(stores, b.traceStore.gateway...)...)
	if err != nil {
		return err
	}
	_, err = b.release(capacity.Agent, spec.ChartCollector, p.AgentValues(), gateway)
	return err
}

// release installs a chart of the room under the name that its objects have,
// once the namespace and the definitions of monitors are there.
func (b *builder) release(name, chart string, values map[string]any, after ...pulumi.Resource) (*helm.Release, error) {
	return helm.New(b.ctx, b.id(name), helm.Args{
		Chart: b.chart(chart), ReleaseName: name, Namespace: pulumi.String(address.ObservabilityNamespace), SkipCRDs: true, Values: kube.Map(values),
	}, b.kube(append(slices.Clone(b.crds), after...)...)...)
}
