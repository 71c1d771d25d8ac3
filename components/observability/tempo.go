package observability

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/address"
	"github.com/ladder-platform/ladder/components/internal/bucket"
	"github.com/ladder-platform/ladder/components/internal/iamdoc"
	"github.com/ladder-platform/ladder/components/internal/kube"
	"github.com/ladder-platform/ladder/components/observability/capacity"
	"github.com/ladder-platform/ladder/components/observability/collector"
	"github.com/ladder-platform/ladder/components/observability/spec"
)

// tempoGrace are days in which Tempo's compactor deletes before S3 does.
const tempoGrace = 7

// tempoStore is the bucket and the role of who writes there.
func (b *builder) tempoStore() error {
	store, err := bucket.New(b.ctx, b.id("tempo"), bucket.Args{
		RetentionDays: b.cfg.Traces.RetentionDays + tempoGrace, ForceDestroy: b.cfg.Traces.Tempo.DeleteData, Keep: !b.cfg.Traces.Tempo.DeleteData,
		Protect: b.args.Environment.Protect, Tags: b.tags,
	}, b.aws()...)
	if err != nil {
		return err
	}
	identity, err := b.identity("tempo", capacity.Tempo, "Tempo", iamdoc.DocumentOutput([]pulumi.StringInput{store.Arn}, func(arns []string) []iamdoc.Statement {
		return tempoStatements(arns[0])
	}))
	if err != nil {
		return err
	}
	b.traceStore.bucket = store.Name
	b.traceStore.tempo = append(identity.Ready, store.Ready...)
	return nil
}

// tempoStatements: Tempo writes blocks, reads and compacts them, and deletes
// old ones. Source: grafana/tempo v2.10, docs/sources/tempo/configuration/hosted-storage/s3.md.
func tempoStatements(arn string) []iamdoc.Statement {
	return []iamdoc.Statement{
		{Sid: "List", Actions: []string{"s3:ListBucket", "s3:GetBucketLocation"}, Resources: []string{arn}},
		{Sid: "Blocks", Actions: []string{
			"s3:PutObject", "s3:GetObject", "s3:DeleteObject", "s3:GetObjectTagging", "s3:PutObjectTagging", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts",
		}, Resources: []string{arn + "/*"}},
	}
}

// tempo installs Tempo, with the name by which its replicas find each other.
func (b *builder) tempo(p collector.Plan) (pulumi.Resource, error) {
	gossip, err := kube.New(b.ctx, b.id(collector.Gossip), kube.Service, kube.Meta{Name: collector.Gossip, Namespace: address.ObservabilityNamespace}, kube.Map(map[string]any{
		"spec": map[string]any{
			"clusterIP": "None", "publishNotReadyAddresses": true, "selector": collector.GossipSelector(), "ports": collector.GossipPorts(),
		},
	}), b.kube(b.namespace)...)
	if err != nil {
		return nil, err
	}
	budget, err := b.disruption(capacity.Tempo, collector.GossipSelector())
	if err != nil {
		return nil, err
	}
	config := b.traceStore.bucket.ToStringOutput().ApplyT(p.TempoText).(pulumi.StringOutput)
	return b.release(capacity.Tempo, spec.ChartTempo, p.TempoValues(config), append(b.traceStore.tempo, gossip, budget)...)
}
