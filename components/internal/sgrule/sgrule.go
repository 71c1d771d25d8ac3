package sgrule

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/untyped"
)

// Types of the aws provider.
const (
	tokenIngress = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	tokenEgress  = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
)

// Rule opens a TCP port of a group to a block of addresses or to another group.
type Rule struct {
	Group pulumi.StringInput
	Port  int
	// Block as CIDR, or Peer, the ID of a group.
	Block string
	Peer  pulumi.StringInput

	Description string
	Tags        pulumi.StringMap
}

// Ingress lets connections from a block or a group in.
func Ingress(ctx *pulumi.Context, name string, r Rule, opts ...pulumi.ResourceOption) (pulumi.Resource, error) {
	return r.register(ctx, tokenIngress, name, opts)
}

// Egress lets connections to a block or a group out.
func Egress(ctx *pulumi.Context, name string, r Rule, opts ...pulumi.ResourceOption) (pulumi.Resource, error) {
	return r.register(ctx, tokenEgress, name, opts)
}

func (r Rule) register(ctx *pulumi.Context, token, name string, opts []pulumi.ResourceOption) (pulumi.Resource, error) {
	in := pulumi.Map{
		"securityGroupId": r.Group, "ipProtocol": pulumi.String("tcp"), "fromPort": pulumi.Int(r.Port), "toPort": pulumi.Int(r.Port),
		"description": pulumi.String(r.Description), "tags": r.Tags,
	}
	if r.Peer != nil {
		in["referencedSecurityGroupId"] = r.Peer
	} else {
		in["cidrIpv4"] = pulumi.String(r.Block)
	}
	var out pulumi.CustomResourceState
	return &out, untyped.Register(ctx, token, name, in, &out, opts...)
}
