package observability

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/amp"
	"github.com/ladder-platform/ladder/components/internal/bucket"
	"github.com/ladder-platform/ladder/components/internal/iamdoc"
	"github.com/ladder-platform/ladder/components/observability/measure"
	"github.com/ladder-platform/ladder/components/observability/spec"
)

// What each of Thanos's parts does to the bucket. Source: Thanos v0.42,
// docs/storage.md, "AWS Policies"; the store gateway only reads.
var (
	bucketRead  = []string{"s3:GetObject"}
	bucketWrite = []string{"s3:GetObject", "s3:PutObject", "s3:DeleteObject"}
)

// thanosStore is the bucket and who may do what with it, one role for each
// service account. What is in the bucket outlives the stack unless the section
// says otherwise. S3 deletes by age what Thanos should have deleted long before.
func (b *builder) thanosStore() error {
	t := b.cfg.Metrics.Thanos
	made, err := bucket.New(b.ctx, b.id("thanos"), bucket.Args{
		Name: t.Name(b.args.Key), RetentionDays: t.ExpireDays, Keep: !t.EmptyOnDelete, ForceDestroy: t.EmptyOnDelete,
		Protect: b.args.Environment.Protect, Tags: b.tags,
	}, b.aws()...)
	if err != nil {
		return err
	}
	b.metricStore.bucket = made.Name
	for _, part := range []struct {
		role, account, does string
		objects             []string
		ready               *[]pulumi.Resource
		needed              bool
	}{
		{"thanos-sidecar", measure.PrometheusAccount, "Thanos sidecar, uploader of blocks,", bucketWrite, &b.metricStore.writers, b.cfg.Metrics.Store == spec.StoreThanos},
		{measure.StoreAccount, measure.StoreAccount, "Thanos store gateway, reader of blocks,", bucketRead, &b.metricStore.readers, true},
		{measure.CompactAccount, measure.CompactAccount, "Thanos compactor", bucketWrite, &b.metricStore.compactor, true},
	} {
		if !part.needed {
			continue
		}
		policy := iamdoc.DocumentOutput([]pulumi.StringInput{made.Arn}, func(arns []string) []iamdoc.Statement {
			return []iamdoc.Statement{
				{Sid: "List", Actions: []string{"s3:ListBucket", "s3:GetBucketLocation"}, Resources: []string{arns[0]}},
				{Sid: "Objects", Actions: part.objects, Resources: []string{arns[0] + "/*"}},
			}
		})
		id, err := b.identity(part.role, part.account, part.does, policy)
		if err != nil {
			return err
		}
		*part.ready = slices.Concat(*part.ready, id.Ready, made.Ready)
	}
	return nil
}

// managedStore is a workspace, who writes to it and who reads it.
func (b *builder) managedStore() error {
	m := b.cfg.Metrics
	w, err := amp.New(b.ctx, b.id("workspace"), amp.Args{
		Alias: b.args.Cluster.Name, RetentionDays: m.Managed.RetentionDays, Tags: b.tags,
	}, b.kept()...)
	if err != nil {
		return err
	}
	b.metricStore.workspace = w
	on := func(sid string, actions ...string) pulumi.StringOutput {
		return iamdoc.DocumentOutput([]pulumi.StringInput{w.Arn}, func(arns []string) []iamdoc.Statement {
			return []iamdoc.Statement{{Sid: sid, Actions: actions, Resources: arns}}
		})
	}
	if m.Store == spec.StoreManaged {
		id, err := b.identity("remote-write", measure.PrometheusAccount, "Writer of metrics", on("Write", "aps:RemoteWrite"))
		if err != nil {
			return err
		}
		b.metricStore.writers = slices.Concat(b.metricStore.writers, id.Ready, w.Ready)
	}
	if b.cfg.Grafana == nil {
		return nil
	}
	id, err := b.identity("grafana", measure.GrafanaAccount, "Grafana, reader of metrics,",
		on("Read", "aps:QueryMetrics", "aps:GetLabels", "aps:GetSeries", "aps:GetMetricMetadata"))
	if err != nil {
		return err
	}
	b.metricStore.viewers = slices.Concat(id.Ready, w.Ready)
	return nil
}
