package edge

import (
	"fmt"
	"strings"

	"github.com/ladder-platform/ladder/components/internal/bucket"
	"github.com/ladder-platform/ladder/components/internal/iamdoc"
	"github.com/ladder-platform/ladder/components/internal/naming"
)

// accessLogs makes the bucket that ALBs write every request into. An NLB that
// passes TLS on writes none. Source: ELB user guide, "Access logs for your
// Network Load Balancer": only for TLS listeners, read 2026-11.
func (b *builder) accessLogs() (*bucket.Bucket, error) {
	albs := 0
	for _, e := range b.entrances {
		if !e.network {
			albs++
		}
	}
	if b.cfg.AccessLogs.Disabled || albs == 0 {
		return nil, nil
	}
	return bucket.New(b.ctx, b.id("access-logs"), bucket.Args{
		RetentionDays: b.cfg.AccessLogs.RetentionDays, ForceDestroy: !b.args.Environment.Protect, Protect: b.args.Environment.Protect,
		Tags: b.tags,
		Statements: func(arn string) []iamdoc.Statement {
			return deliveryStatements(arn, b.args.Environment.Region, b.args.Environment.AccountID, b.cfg.Entrances())
		},
	}, b.aws()...)
}

// deliveryStatements let load balancers of this account and region write below
// the prefixes of the entrances. Source: ELB user guide, "Enable access logs
// for your Application Load Balancer", read 2026-11.
func deliveryStatements(arn, region, account string, entrances []string) []iamdoc.Statement {
	var objects []string
	for _, key := range entrances {
		objects = append(objects, fmt.Sprintf("%s/%s/AWSLogs/%s/*", arn, key, account))
	}
	return []iamdoc.Statement{{
		Sid: "Delivery", Actions: []string{"s3:PutObject"}, Resources: objects,
		Principals: map[string][]string{"Service": {"logdelivery.elasticloadbalancing.amazonaws.com"}},
		Conditions: map[string]map[string][]string{ // of nobody else's load balancers: no confused deputy
			"ArnLike": {"aws:SourceArn": {fmt.Sprintf("arn:%s:elasticloadbalancing:%s:%s:loadbalancer/*", naming.Partition(region), region, account)}},
		},
	}}
}

// cidrLabel is a block as part of a logical name.
func cidrLabel(block string) string { return strings.ReplaceAll(block, "/", "-") }
