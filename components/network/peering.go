package network

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/tags"
)

// foreignPeering asks for connections to VPCs outside the stack and routes to
// them. Who owns the other side accepts and routes back; only a VPC of the
// same account and region is accepted at once.
func (b *builder) foreignPeering() error {
	e := b.args.Environment
	for _, p := range b.args.Config.Peering {
		if p.VPCID == "" {
			continue // NewPeering makes it
		}
		args := &ec2.VpcPeeringConnectionArgs{
			VpcId:     b.vpcID,
			PeerVpcId: pulumi.String(p.VPCID),
			Tags:      b.tags.For(b.prefix + "-" + p.Name),
		}
		here := true
		if p.AccountID != "" && p.AccountID != e.AccountID {
			args.PeerOwnerId, here = pulumi.String(p.AccountID), false
		}
		if p.Region != "" && p.Region != e.Region {
			args.PeerRegion, here = pulumi.String(p.Region), false
		}
		if here {
			args.AutoAccept = pulumi.Bool(true)
		}
		link, err := ec2.NewVpcPeeringConnection(b.ctx, b.name+"-peering-"+p.Name, args, b.child()...)
		if err != nil {
			return fmt.Errorf("peering %s: %w", p.Name, err)
		}
		blocks := map[string]string{}
		for _, c := range p.CIDRs {
			blocks[strings.ReplaceAll(c, "/", "-")] = c
		}
		if err := peeringRoutes(b.ctx, b.name+"-route-"+p.Name, b.n, blocks, link, b.n); err != nil {
			return fmt.Errorf("peering %s: %w", p.Name, err)
		}
	}
	return nil
}

// peeringToken is part of the URN of every link between two networks.
const peeringToken = "ladder:network:Peering"

// Peering links two networks of one stack.
type Peering struct {
	pulumi.ResourceState

	// ConnectionID of the VPC peering connection.
	ConnectionID pulumi.StringOutput `pulumi:"connectionId"`
}

// NewPeering links a and b, both ways, in all their route tables (NET-7). It
// takes both, so stacks/ calls it: for a network a with peering entry p, name
// is "<a's name>-peering-<p.Name>".
func NewPeering(ctx *pulumi.Context, name string, a, b *Network, opts ...pulumi.ResourceOption) (*Peering, error) {
	switch {
	case a == nil || b == nil:
		return nil, fmt.Errorf("peering %s: it needs two networks", name)
	case a.existing || b.existing:
		return nil, fmt.Errorf("peering %s: routes of an existing VPC belong to its owner; remove the link", name)
	case a.key == b.key:
		return nil, fmt.Errorf("peering %s: %q cannot be linked with itself", name, a.key)
	}
	p := &Peering{}
	if err := ctx.RegisterComponentResource(peeringToken, name, p, opts...); err != nil {
		return nil, fmt.Errorf("peering %s: register: %w", name, err)
	}
	e := a.environment
	link, err := ec2.NewVpcPeeringConnection(ctx, name+"-connection", &ec2.VpcPeeringConnectionArgs{
		VpcId:      a.VPCID,
		PeerVpcId:  b.VPCID,
		AutoAccept: pulumi.Bool(true), // one stack: one account and region
		// Private names, an EKS endpoint's too, resolve to private addresses from the other side.
		Accepter:  ec2.VpcPeeringConnectionAccepterTypeArgs{AllowRemoteVpcDnsResolution: pulumi.Bool(true)},
		Requester: ec2.VpcPeeringConnectionRequesterArgs{AllowRemoteVpcDnsResolution: pulumi.Bool(true)},
		Tags:      tags.New(e.Stage, e.Owner, e.Tags).For(ctx.Stack() + "-" + a.key + "-" + b.key),
	}, pulumi.Parent(p))
	if err != nil {
		return nil, fmt.Errorf("peering %s: connection: %w", name, err)
	}
	p.ConnectionID = link.ID().ToStringOutput()
	err = errors.Join(
		peeringRoutes(ctx, name+"-route-"+a.key, a, blocksOf(b.CIDRs), link, p),
		peeringRoutes(ctx, name+"-route-"+b.key, b, blocksOf(a.CIDRs), link, p),
	)
	if err != nil {
		return nil, fmt.Errorf("peering %s: %w", name, err)
	}
	if err := ctx.RegisterResourceOutputs(p, pulumi.Map{"connectionId": p.ConnectionID}); err != nil {
		return nil, fmt.Errorf("peering %s: outputs: %w", name, err)
	}
	return p, nil
}

// peeringRoutes leads from every route table of n to the other side's blocks.
func peeringRoutes(ctx *pulumi.Context, name string, n *Network, blocks map[string]string, link *ec2.VpcPeeringConnection, parent pulumi.Resource) error {
	for _, tables := range []ids{n.PublicRouteTables, n.PrivateRouteTables} {
		for _, table := range slices.Sorted(maps.Keys(tables)) {
			for _, key := range slices.Sorted(maps.Keys(blocks)) {
				if _, err := ec2.NewRoute(ctx, name+"-"+table+"-"+key, &ec2.RouteArgs{
					RouteTableId:           tables[table],
					DestinationCidrBlock:   pulumi.String(blocks[key]),
					VpcPeeringConnectionId: link.ID(),
				}, pulumi.Parent(parent)); err != nil {
					return fmt.Errorf("route from %s to %s: %w", table, blocks[key], err)
				}
			}
		}
	}
	return nil
}
