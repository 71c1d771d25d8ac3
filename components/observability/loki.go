package observability

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/bucket"
	"github.com/ladder-platform/ladder/components/internal/iamdoc"
	"github.com/ladder-platform/ladder/components/observability/capacity"
)

// lokiStore is the bucket and the role of who writes there. What is in it stays
// when the stack goes, unless the section says otherwise.
func (b *builder) lokiStore() error {
	l := b.cfg.Logs.Loki
	store, err := bucket.New(b.ctx, b.id("loki"), bucket.Args{
		RetentionDays: l.BucketDays, ForceDestroy: l.DeleteData, Protect: b.args.Environment.Protect,
		Statements: func(string) []iamdoc.Statement { return nil }, Tags: b.tags,
	}, b.aws()...)
	if err != nil {
		return err
	}
	identity, err := b.identity("loki", capacity.Loki, "Loki", iamdoc.DocumentOutput([]pulumi.StringInput{store.Arn}, func(arns []string) []iamdoc.Statement {
		return lokiStatements(arns[0])
	}))
	if err != nil {
		return err
	}
	b.logStore.bucket = store.Name
	b.logStore.loki = append(append([]pulumi.Resource{}, identity.Ready...), store.Ready...)
	return nil
}

// lokiStatements let Loki write chunks and its index, read them, and delete what
// is older than its retention. Source: Grafana Loki documentation, storage, AWS
// deployment (S3 single store), read 2026-11.
func lokiStatements(arn string) []iamdoc.Statement {
	return []iamdoc.Statement{
		{Sid: "List", Actions: []string{"s3:ListBucket", "s3:GetBucketLocation"}, Resources: []string{arn}},
		{Sid: "Objects", Actions: []string{"s3:PutObject", "s3:GetObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"}, Resources: []string{arn + "/*"}},
	}
}
