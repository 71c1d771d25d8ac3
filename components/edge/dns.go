package edge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/edge/spec"
	"github.com/ladder-platform/ladder/components/internal/dns"
)

// delegationTTL of NS records, in seconds: a day, as registries have; a zone's
// name servers never change.
const delegationTTL = 86400

// publicZone makes the zone and has it delegated to, or takes the one that exists.
func (b *builder) publicZone() error {
	z := b.cfg.Domain.Zone
	if !z.Create {
		b.zone = pulumi.String(z.ID)
		b.e.ZoneID, b.e.NameServers = pulumi.String(z.ID).ToStringOutput(), pulumi.StringArray{}.ToStringArrayOutput()
		return nil
	}
	zone, err := dns.NewZone(b.ctx, b.id("zone"), dns.ZoneArgs{
		Name: b.cfg.Domain.Name, Comment: "hosts of stack " + b.args.Stack, Tags: b.tags.For(b.id("zone")),
	}, b.protected(b.inZone())...)
	if err != nil {
		return fmt.Errorf("zone: %w", err)
	}
	b.zone = zone.ZoneID
	b.e.ZoneID, b.e.NameServers = zone.ZoneID, zone.NameServers
	if z.Parent == nil {
		return nil
	}
	opts := b.inZone()
	if b.args.ParentProvider != nil {
		opts = append(b.aws(), pulumi.Provider(b.args.ParentProvider))
	}
	delegation, err := dns.NewRecord(b.ctx, b.id("delegation"), dns.RecordArgs{
		ZoneID: pulumi.String(z.Parent.ID), Name: pulumi.String(b.cfg.Domain.Name), Type: "NS",
		TTL: delegationTTL, Values: zone.NameServers,
	}, opts...)
	if err != nil {
		return fmt.Errorf("delegation: %w", err)
	}
	b.delegation = delegation
	return nil
}

// privateZone answers inside the network for the same names.
func (b *builder) privateZone() error {
	if !b.cfg.Domain.PrivateZone {
		return nil
	}
	zone, err := dns.NewZone(b.ctx, b.id("private-zone"), dns.ZoneArgs{
		Name: b.cfg.Domain.Name, Comment: "hosts of stack " + b.args.Stack + ", from inside", VPCID: b.args.Network.VPCID, Tags: b.tags.For(b.id("private-zone")),
	}, b.aws()...)
	if err != nil {
		return fmt.Errorf("private zone: %w", err)
	}
	b.private = zone
	return nil
}

// names leads every name to its entrance's load balancer, once the gateways
// behind it are bound: nobody is sent to a door without a house. An entrance
// inside the network has names there only, where there is a private zone.
func (b *builder) names() error {
	for _, key := range b.cfg.Entrances() {
		e := b.entrances[key]
		internal := key == spec.EntranceManagement && b.cfg.Management.Internal
		for _, name := range b.cfg.Names(key) {
			if !internal || b.private == nil {
				if err := b.alias(b.id("name-"+label(name)), name, b.zone, e, b.inZone); err != nil {
					return err
				}
			}
			if b.private != nil {
				if err := b.alias(b.id("private-name-"+label(name)), name, b.private.ZoneID, e, b.aws); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (b *builder) alias(id, name string, zone pulumi.StringInput, e *entrance, opts func(...pulumi.Resource) []pulumi.ResourceOption) error {
	record, err := dns.NewRecord(b.ctx, id, dns.RecordArgs{
		ZoneID: zone, Name: pulumi.String(name), Type: "A", Alias: &dns.Alias{Name: e.balancer.DNSName, ZoneID: e.balancer.ZoneID},
	}, opts(slices.Concat(e.listeners, e.bindings)...)...)
	if err != nil {
		return fmt.Errorf("record %s: %w", name, err)
	}
	b.e.Ready = append(b.e.Ready, record)
	return nil
}

// label is a DNS name as part of a logical name.
func label(name string) string { return strings.Replace(name, "*", "wildcard", 1) }
