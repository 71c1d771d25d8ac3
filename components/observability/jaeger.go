package observability

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/iamdoc"
	"github.com/ladder-platform/ladder/components/observability/capacity"
	"github.com/ladder-platform/ladder/components/observability/collector"
	"github.com/ladder-platform/ladder/components/observability/spec"
)

// jaegerIdentity is the role by which Jaeger writes to the domain and reads it,
// and reads Kafka where there is one. What it may do inside the domain the
// set-up Job says.
func (b *builder) jaegerIdentity() error {
	search := iamdoc.Statement{
		Sid: "Search", Actions: []string{"es:ESHttpGet", "es:ESHttpHead", "es:ESHttpPut", "es:ESHttpPost"}, Resources: []string{b.search.ARN + "/*"},
	}
	var late []pulumi.StringInput
	if b.stream != nil {
		late = append(late, b.stream.ARN)
	}
	identity, err := b.identity("jaeger", capacity.Jaeger, "Jaeger", iamdoc.DocumentOutput(late, func(arns []string) []iamdoc.Statement {
		out := []iamdoc.Statement{search}
		for _, cluster := range arns {
			out = append(out, consuming(cluster, collector.Group, collector.Topic)...)
		}
		return out
	}))
	if err != nil {
		return err
	}
	b.traceStore.jaegerRole, b.traceStore.jaeger = identity.Role.Arn, identity.Ready
	return nil
}

// gatewayIdentity is the role by which gateways write to Kafka.
func (b *builder) gatewayIdentity() error {
	identity, err := b.identity("collector-gateway", capacity.Gateway, "collectors of traces",
		iamdoc.DocumentOutput([]pulumi.StringInput{b.stream.ARN}, func(arns []string) []iamdoc.Statement {
			return producing(arns[0], collector.Topic)
		}))
	if err != nil {
		return err
	}
	b.traceStore.gateway = append(identity.Ready, b.stream.Ready...)
	return nil
}

// brokers is the variable of a container with Kafka's bootstrap brokers.
func (b *builder) brokers() map[string]any {
	return map[string]any{"name": collector.EnvBrokers, "value": b.stream.Brokers}
}

// jaeger installs Jaeger once the domain knows its role: it makes its index
// templates when it starts, and would be refused before.
func (b *builder) jaeger(p collector.Plan) (pulumi.Resource, error) {
	budget, err := b.disruption(capacity.Jaeger, p.JaegerSelector())
	if err != nil {
		return nil, err
	}
	env := []any{map[string]any{"name": collector.EnvStore, "value": b.search.Endpoint}}
	after := append(b.traceStore.jaeger, budget)
	after = append(after, b.search.Ready...)
	if b.stream != nil {
		env, after = append(env, b.brokers()), append(after, b.stream.Ready...)
	}
	return b.release(capacity.Jaeger, spec.ChartJaeger, p.JaegerValues(env), after...)
}
