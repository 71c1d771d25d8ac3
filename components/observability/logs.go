package observability

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/address"
	"github.com/ladder-platform/ladder/components/internal/iamdoc"
	"github.com/ladder-platform/ladder/components/internal/naming"
	"github.com/ladder-platform/ladder/components/internal/podidentity"
	"github.com/ladder-platform/ladder/components/observability/capacity"
	"github.com/ladder-platform/ladder/components/observability/logpipe"
	"github.com/ladder-platform/ladder/components/observability/spec"
)

// logStore is what the stores of logs leave for what runs inside.
type logStore struct {
	// agent, relay and cloud are the identities of who collects; nil where there is none.
	agent, relay, cloud *podidentity.Identity
	// bucket is the name of Loki's, loki what must be there before it starts.
	bucket pulumi.StringInput
	loki   []pulumi.Resource
}

// logStores are the stores in AWS that logs and traces share, Loki's bucket,
// and the roles of who writes there. Kafka comes first, since roles name it.
func (b *builder) logStores() error {
	if b.cfg.Kafka != nil {
		if err := b.streamCluster(); err != nil {
			return err
		}
	}
	if b.cfg.OpenSearch != nil || b.cfg.Kafka != nil {
		if err := b.setupIdentity(); err != nil {
			return err
		}
	}
	if b.cfg.OpenSearch != nil {
		if err := b.searchDomain(); err != nil {
			return err
		}
	}
	if b.cfg.Logs == nil {
		return nil
	}
	if b.cfg.Logs.Loki != nil {
		if err := b.lokiStore(); err != nil {
			return err
		}
	}
	return b.collectorIdentities()
}

func (b *builder) logPlan() logpipe.Plan {
	return logpipe.Plan{Cluster: b.args.Cluster.Name, Region: b.args.Environment.Region, Config: b.cfg, Agent: capacity.LogsAgent}
}

// collectorIdentities are the roles of agents, relay and the reader of
// CloudWatch, as far as they call AWS at all.
func (b *builder) collectorIdentities() error {
	l, plan := b.cfg.Logs, b.logPlan()
	e := b.args.Environment
	var toStore []iamdoc.Statement
	if b.cfg.LogsInOpenSearch() {
		toStore = []iamdoc.Statement{{Sid: "Store", Actions: []string{"es:ESHttpPost", "es:ESHttpPut", "es:ESHttpGet"}, Resources: []string{b.domainARN() + "/*"}}}
	}
	var late []pulumi.StringInput
	if b.stream != nil {
		late = []pulumi.StringInput{b.stream.ARN}
	}
	var err error
	if l.Kafka || len(toStore) > 0 {
		if b.logStore.agent, err = b.identity(capacity.LogsAgent, capacity.LogsAgent, "agents of logs", iamdoc.DocumentOutput(late, func(arns []string) []iamdoc.Statement {
			if l.Kafka {
				return producing(arns[0], plan.OnNodes()...)
			}
			return toStore
		})); err != nil {
			return err
		}
	}
	if plan.NeedsRelay() && (b.stream != nil || len(toStore) > 0) {
		if b.logStore.relay, err = b.identity(capacity.LogsRelay, capacity.LogsRelay, "relay of logs", iamdoc.DocumentOutput(late, func(arns []string) []iamdoc.Statement {
			out := toStore
			if len(arns) > 0 {
				out = append(out, consuming(arns[0], logpipe.Group, plan.Kinds()...)...)
			}
			if l.Kafka && l.From(spec.SourceControlPlane) {
				out = append(out, producing(arns[0], logpipe.KindControlPlane)...)
			}
			return out
		})); err != nil {
			return err
		}
	}
	if !l.From(spec.SourceControlPlane) {
		return nil
	}
	document, err := iamdoc.Document(cloudStatements(naming.Partition(e.Region), e.Region, e.AccountID, b.args.Cluster.Name)...)
	if err != nil {
		return err
	}
	b.logStore.cloud, err = b.identity(capacity.LogsCloud, capacity.LogsCloud, "reader of control plane logs", pulumi.String(document))
	return err
}

// cloudStatements let the reader read one log group. Source: CloudWatch Logs
// in the service authorization reference, read 2026-11.
func cloudStatements(partition, region, account, cluster string) []iamdoc.Statement {
	arn := "arn:" + partition + ":logs:" + region + ":" + account + ":log-group:" + logpipe.LogGroup(cluster)
	return []iamdoc.Statement{{
		Sid: "Read", Actions: []string{"logs:FilterLogEvents", "logs:GetLogEvents", "logs:DescribeLogStreams"}, Resources: []string{arn, arn + ":*"},
	}}
}

// logs are the workloads in the cluster. Who collects waits until the stores
// know who may write: without that every record would be refused.
func (b *builder) logs() error {
	l := b.cfg.Logs
	if l == nil {
		return nil
	}
	plan, scraped := b.logPlan(), b.cfg.Metrics != nil
	var ready []pulumi.Resource
	if l.Loki != nil {
		release, err := b.release(capacity.Loki, spec.ChartLoki, plan.LokiValues(b.logStore.bucket, scraped), b.logStore.loki...)
		if err != nil {
			return err
		}
		ready = append(ready, release)
	}
	if b.prepared != nil {
		ready = append(ready, b.prepared)
	}
	env := b.logEnv()
	if len(plan.OnNodes()) > 0 {
		if _, err := b.release(capacity.LogsAgent, spec.ChartFluentBit, plan.AgentValues(env, scraped), with(ready, b.logStore.agent)...); err != nil {
			return err
		}
	}
	if !plan.NeedsRelay() {
		return nil
	}
	relay, err := b.release(capacity.LogsRelay, spec.ChartFluentBit, plan.RelayValues(env, scraped), with(ready, b.logStore.relay)...)
	if err != nil || !l.From(spec.SourceControlPlane) {
		return err
	}
	_, err = b.release(capacity.LogsCloud, spec.ChartCollector, plan.CloudValues(scraped), with([]pulumi.Resource{relay}, b.logStore.cloud)...)
	return err
}

// with is a list and what an identity needs.
func with(list []pulumi.Resource, identity *podidentity.Identity) []pulumi.Resource {
	out := append([]pulumi.Resource{}, list...)
	if identity != nil {
		out = append(out, identity.Ready...)
	}
	return out
}

// logEnv are the variables that hold what is known late.
func (b *builder) logEnv() []any {
	variable := func(name string, value pulumi.StringInput) any { return map[string]any{"name": name, "value": value} }
	out := []any{variable("AWS_REGION", pulumi.String(b.args.Environment.Region))}
	if b.cfg.LogsInOpenSearch() {
		out = append(out, variable(logpipe.EnvStore, b.search.Endpoint))
	} else {
		out = append(out, variable(logpipe.EnvStore, pulumi.String(capacity.Loki+"."+address.ObservabilityNamespace+".svc.cluster.local")))
	}
	if b.stream != nil {
		out = append(out, variable(logpipe.EnvBrokers, b.stream.Brokers), variable(logpipe.EnvStream, b.stream.ARN))
	}
	return out
}
