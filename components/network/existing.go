package network

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/network/plan"
	"github.com/ladder-platform/ladder/internal/finding"
)

// existing takes a VPC that somebody else made: it is looked up and compared
// with the configuration, and nothing is registered in it.
func (b *builder) existing() error {
	e := b.args.Config.Existing
	var found finding.List
	if err := b.checkVPC(&found); err != nil {
		return err
	}
	subnets, err := b.checkSubnets(&found)
	if err != nil {
		return err
	}
	proof := plan.Prove(subnets, b.args.Config.Demand(b.args.Clusters))
	headroom := liveHeadroom(proof, e.AcknowledgeUnknownHeadroom)
	for _, w := range headroom {
		if w.Severity == finding.Warning {
			if err := b.ctx.Log.Warn(b.at(w).String(), &pulumi.LogArgs{Resource: b.n}); err != nil {
				return fmt.Errorf("existing vpc: warn: %w", err)
			}
		}
	}
	found = append(found, headroom...)
	var errs finding.List
	for _, f := range found.Errors() {
		errs = append(errs, b.at(f))
	}
	if err := errs.Err(); err != nil {
		return err
	}
	n := b.n
	n.VPCID = pulumi.String(e.VPCID).ToStringOutput()
	n.Zones = slices.Clone(b.args.Config.Zones)
	for role, given := range map[string]map[string]string{plan.Private: e.Subnets.Private, plan.Public: e.Subnets.Public, plan.Pod: e.Subnets.Pod} {
		into := map[string]ids{plan.Private: n.PrivateSubnets, plan.Public: n.PublicSubnets, plan.Pod: n.PodSubnets}[role]
		for zone, id := range given {
			into[zone] = pulumi.String(id).ToStringOutput()
		}
	}
	n.NATPublicIPs = pulumi.StringArray{}.ToStringArrayOutput()
	return nil
}

// at puts a finding under the network's path.
func (b *builder) at(f finding.Finding) finding.Finding {
	f.Path = finding.Under("networks."+b.args.Key+".existing", f.Path)
	return f
}

// checkVPC compares the VPC's blocks with the configuration.
func (b *builder) checkVPC(found *finding.List) error {
	e := b.args.Config.Existing
	vpc, err := ec2.LookupVpc(b.ctx, &ec2.LookupVpcArgs{Id: &e.VPCID}, pulumi.Parent(b.n))
	if err != nil {
		return fmt.Errorf("existing vpc %q: %w", e.VPCID, err)
	}
	if vpc.CidrBlock != e.CIDR {
		found.Add("cidr", fmt.Sprintf("use %q", vpc.CidrBlock), "%q is not the primary block of %s", e.CIDR, e.VPCID)
	}
	if !vpc.EnableDnsSupport || !vpc.EnableDnsHostnames {
		found.Add("vpcId", "have its owner turn on DNS support and DNS hostnames", "%s does not resolve the private endpoint of EKS", e.VPCID)
	}
	if e.PodCIDR == "" {
		return nil
	}
	for _, a := range vpc.CidrBlockAssociations {
		if a.CidrBlock == e.PodCIDR {
			return nil
		}
	}
	found.Add("podCidr", "have its owner add the block, or correct it", "%q is not a block of %s", e.PodCIDR, e.VPCID)
	return nil
}

// checkSubnets compares each subnet's VPC, zone and block, and reads how many
// addresses are free in it. Where the configuration declares the free
// addresses, the proof was made before the run and is not repeated.
func (b *builder) checkSubnets(found *finding.List) ([]plan.Subnet, error) {
	e := b.args.Config.Existing
	var out []plan.Subnet
	for _, s := range b.args.Config.Subnets() {
		at := "subnets." + s.Role + "." + s.Zone
		got, err := ec2.LookupSubnet(b.ctx, &ec2.LookupSubnetArgs{Id: &s.ID}, pulumi.Parent(b.n))
		if err != nil {
			return nil, fmt.Errorf("existing subnet %q: %w", s.ID, err)
		}
		if got.VpcId != e.VPCID {
			found.Add(at, "use a subnet of the VPC", "%s is in VPC %s, not in %s", s.ID, got.VpcId, e.VPCID)
		}
		if got.AvailabilityZoneId != s.Zone {
			found.Add(at, fmt.Sprintf("put it under %s", got.AvailabilityZoneId), "%s is in zone %s", s.ID, got.AvailabilityZoneId)
		}
		block := e.CIDR
		if s.Role == plan.Pod {
			block = e.PodCIDR
		}
		s.CIDR, err = netip.ParsePrefix(got.CidrBlock)
		if outer, bad := netip.ParsePrefix(block); err != nil || bad != nil || outer.Bits() > s.CIDR.Bits() || !outer.Contains(s.CIDR.Addr()) {
			found.Add(at, "use a subnet of the block that the role has", "%s has %q, which is not inside %q", s.ID, got.CidrBlock, block)
			continue
		}
		if s.Available == plan.Unknown {
			s.Available = got.AvailableIpAddressCount
			out = append(out, s)
		}
	}
	return out, nil
}

// liveHeadroom judges what AWS reports as free now. Some of what is taken may
// be this stack's own nodes, so only what cannot fit in any case is an error:
// a subnet smaller than the worst instant, or less free than an upgrade adds.
// The second is let through when acknowledged, so that an interrupted upgrade
// whose own surge holds the addresses can run again.
func liveHeadroom(p plan.Proof, acknowledged bool) finding.List {
	var out finding.List
	for _, r := range p.Rows {
		at := "subnets." + r.Role + "." + r.Zone
		switch size := plan.Size(r.CIDR) - plan.Reserved; {
		case r.Need > size:
			out.Add(at, "use a larger subnet, or fewer nodes", "%s holds %d addresses, the worst instant of an upgrade needs %d", r.ID, size, r.Need)
		case r.Usable < r.Surge && !acknowledged:
			out.Add(at, "free addresses, or set existing.acknowledgeUnknownHeadroom to run an interrupted upgrade again",
				"%s has %d usable addresses, an upgrade adds %d", r.ID, r.Usable, r.Surge)
		case r.Usable < r.Need:
			out.Warn(at, "make sure that the rest is taken by this stack's own nodes",
				"%s has %d usable addresses, the worst instant of an upgrade needs %d", r.ID, r.Usable, r.Need)
		}
	}
	return out
}
