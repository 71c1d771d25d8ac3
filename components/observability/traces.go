package observability

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/address"
	"github.com/ladder-platform/ladder/components/internal/kube"
	"github.com/ladder-platform/ladder/components/internal/podidentity"
	"github.com/ladder-platform/ladder/components/observability/collector"
	"github.com/ladder-platform/ladder/components/observability/spec"
)

// traceStore is what the stores of traces leave for what runs inside.
type traceStore struct {
	// bucket is the name of Tempo's; nil without Tempo.
	bucket pulumi.StringInput
	// tempo, jaeger and gateway must be there before the pods that take the role.
	tempo, jaeger, gateway []pulumi.Resource
	// jaegerRole is Jaeger's role in AWS, which OpenSearch must map; nil without Jaeger.
	jaegerRole pulumi.StringInput
}

// budget says how many pods of a workload may go at a time.
var budget = kube.Kind{APIVersion: "policy/v1", Kind: "PodDisruptionBudget"}

// traceStores are the stores of traces in AWS, and the roles of who writes there.
func (b *builder) traceStores() error {
	t := b.cfg.Traces
	if t == nil {
		return nil
	}
	if t.Tempo != nil {
		if err := b.tempoStore(); err != nil {
			return err
		}
	}
	if t.Jaeger != nil {
		if err := b.jaegerIdentity(); err != nil {
			return err
		}
	}
	if t.Kafka {
		return b.gatewayIdentity()
	}
	return nil
}

// traces are the workloads in the cluster: stores first, then who sends to
// them, and the collectors that everything else sends to last.
func (b *builder) traces() error {
	if b.cfg.Traces == nil {
		return nil
	}
	p := b.tracePlan()
	var stores []pulumi.Resource
	for _, store := range []struct {
		there bool
		make  func(collector.Plan) (pulumi.Resource, error)
	}{{b.cfg.Traces.Jaeger != nil, b.jaeger}, {b.cfg.Traces.Tempo != nil, b.tempo}} {
		if !store.there {
			continue
		}
		made, err := store.make(p)
		if err != nil {
			return err
		}
		stores = append(stores, made)
	}
	if err := b.collectors(p, stores); err != nil {
		return err
	}
	b.out.OTLPEndpoint = pulumi.Sprintf("%s:%d", address.Collector, address.CollectorPort)
	return nil
}

func (b *builder) tracePlan() collector.Plan {
	return collector.Plan{
		Cluster: b.args.Cluster.Name, Region: b.args.Environment.Region, Config: b.cfg, Scraped: b.cfg.Metrics != nil,
		JaegerImage: b.args.Release.Images[spec.ImageJaeger],
	}
}

// identity lets the pods of a service account of the room take a role.
func (b *builder) identity(role, account, description string, policy pulumi.StringInput) (*podidentity.Identity, error) {
	return podidentity.New(b.ctx, b.id(role), podidentity.Args{
		RoleArgs:    podidentity.RoleArgs{Description: description + " of " + b.args.Cluster.Name, Policy: policy, Tags: b.tags},
		ClusterName: b.args.Cluster.NameOutput, Namespace: address.ObservabilityNamespace, ServiceAccount: account,
	}, b.aws()...)
}

// disruption lets one pod of a workload go at a time, where its chart does not.
func (b *builder) disruption(name string, labels map[string]string) (pulumi.Resource, error) {
	return kube.New(b.ctx, b.id(name+"-budget"), budget, kube.Meta{Name: name, Namespace: address.ObservabilityNamespace}, kube.Map(map[string]any{
		"spec": map[string]any{"maxUnavailable": 1, "selector": map[string]any{"matchLabels": labels}},
	}), b.kube(b.namespace)...)
}
