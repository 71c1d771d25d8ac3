package dns

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/untyped"
)

// Types of the aws provider.
const (
	tokenZone   = "aws:route53/zone:Zone"
	tokenRecord = "aws:route53/record:Record"
)

// ZoneArgs are of a hosted zone.
type ZoneArgs struct {
	Name, Comment string
	// VPCID makes the zone a private one, which answers in that VPC only.
	VPCID pulumi.StringInput
	// ForceDestroy deletes the zone with records that others wrote.
	ForceDestroy bool
	Tags         pulumi.StringMap
}

// Zone is a hosted zone.
type Zone struct {
	pulumi.CustomResourceState

	ZoneID      pulumi.StringOutput      `pulumi:"zoneId"`
	NameServers pulumi.StringArrayOutput `pulumi:"nameServers"`
}

// NewZone makes a zone.
func NewZone(ctx *pulumi.Context, name string, args ZoneArgs, opts ...pulumi.ResourceOption) (*Zone, error) {
	in := pulumi.Map{
		"name": pulumi.String(args.Name), "comment": pulumi.String(args.Comment), "forceDestroy": pulumi.Bool(args.ForceDestroy), "tags": args.Tags,
	}
	if args.VPCID != nil {
		in["vpcs"] = pulumi.Array{pulumi.Map{"vpcId": args.VPCID}}
	}
	var z Zone
	return &z, untyped.Register(ctx, tokenZone, name, in, &z, opts...)
}

// RecordArgs are of a record set. It has Values and TTL, or Alias.
type RecordArgs struct {
	ZoneID pulumi.StringInput
	Name   pulumi.StringInput
	Type   string
	Values pulumi.StringArrayInput
	// TTL in seconds.
	TTL   int
	Alias *Alias
}

// Alias leads to a load balancer, by its name and the zone that AWS keeps it in.
type Alias struct{ Name, ZoneID pulumi.StringInput }

// Record is a record set.
type Record struct {
	pulumi.CustomResourceState

	FQDN pulumi.StringOutput `pulumi:"fqdn"`
}

// NewRecord makes a record set.
func NewRecord(ctx *pulumi.Context, name string, args RecordArgs, opts ...pulumi.ResourceOption) (*Record, error) {
	in := pulumi.Map{"zoneId": args.ZoneID, "name": args.Name, "type": pulumi.String(args.Type)}
	if args.Alias != nil {
		in["aliases"] = pulumi.Array{pulumi.Map{
			"name": args.Alias.Name, "zoneId": args.Alias.ZoneID,
			"evaluateTargetHealth": pulumi.Bool(false), // one place to go: no answer would be no better
		}}
	} else {
		in["records"], in["ttl"] = args.Values, pulumi.Int(args.TTL)
	}
	var r Record
	return &r, untyped.Register(ctx, tokenRecord, name, in, &r, opts...)
}
