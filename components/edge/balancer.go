package edge

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/edge/spec"
	"github.com/ladder-platform/ladder/components/internal/bucket"
	"github.com/ladder-platform/ladder/components/internal/sgrule"
	"github.com/ladder-platform/ladder/components/internal/untyped"
)

const (
	portHTTP  = 80
	portHTTPS = 443
	anywhere  = "0.0.0.0/0"
)

// loadBalancers makes both entrances with what lets requests in and out of them.
func (b *builder) loadBalancers() error {
	logs, err := b.accessLogs()
	if err != nil {
		return err
	}
	for _, key := range b.cfg.Entrances() {
		e := b.entrances[key]
		if err := b.securityGroup(e); err != nil {
			return fmt.Errorf("security group of %s: %w", key, err)
		}
		if err := b.balancer(e, logs); err != nil {
			return fmt.Errorf("load balancer of %s: %w", key, err)
		}
	}
	b.e.ApplicationDNSName = b.entrances[spec.EntranceApplication].balancer.DNSName
	if m := b.entrances[spec.EntranceManagement]; m != nil {
		b.e.ManagementDNSName = m.balancer.DNSName
	}
	return nil
}

// balancer makes one load balancer. It has an explicit name, so that two of
// one stack cannot be mixed up in the console, and goes before the routes that
// lead to it.
func (b *builder) balancer(e *entrance, logs *bucket.Bucket) error {
	id := b.id(e.key)
	args := pulumi.Map{
		"name": pulumi.String(b.cfg.LoadBalancerName(b.args.Stack, e.key)), "loadBalancerType": pulumi.String("application"),
		"securityGroups":           pulumi.StringArray{e.group.ID()},
		"enableDeletionProtection": pulumi.Bool(b.args.Environment.Protect), "tags": b.tags.For(id),
	}
	after := append([]pulumi.Resource{}, b.args.Network.WayOut...)
	if logs != nil && !e.network {
		args["accessLogs"] = pulumi.Map{"bucket": logs.Name, "prefix": pulumi.String(e.key), "enabled": pulumi.Bool(true)}
		after = append(after, logs.Ready...)
	}
	subnets := b.args.Network.PublicSubnets
	if e.key == spec.EntranceManagement && b.cfg.Management.Internal {
		subnets, args["internal"] = b.args.Network.PrivateSubnets, pulumi.Bool(true)
	}
	var in pulumi.StringArray
	for _, zone := range b.args.Network.Zones {
		in = append(in, subnets[zone])
	}
	switch {
	case !e.network:
		args["subnets"] = in
		// A header that is no header in HTTP's grammar is read differently by
		// each proxy on the way: none of them gets it.
		args["dropInvalidHeaderFields"] = pulumi.Bool(true)
	case b.cfg.Application.StaticAddresses:
		mappings, err := b.staticAddresses()
		if err != nil {
			return err
		}
		args["subnetMappings"] = mappings
	default:
		args["subnets"] = in
	}
	if e.network {
		args["loadBalancerType"], args["enableCrossZoneLoadBalancing"] = pulumi.String("network"), pulumi.Bool(true)
	}
	e.balancer = &loadBalancer{}
	return untyped.Register(b.ctx, tokenLoadBalancer, id, args, e.balancer, b.aws(after...)...)
}

// staticAddresses gives the NLB an address of its own in each zone.
func (b *builder) staticAddresses() (pulumi.Array, error) {
	var out pulumi.Array
	var addresses pulumi.StringArray
	for _, zone := range b.args.Network.Zones {
		id := b.id("eip-" + zone)
		ip, err := ec2.NewEip(b.ctx, id, &ec2.EipArgs{Domain: pulumi.String("vpc"), Tags: b.tags.For(id)}, b.protected(b.aws())...)
		if err != nil {
			return nil, fmt.Errorf("elastic ip in %s: %w", zone, err)
		}
		out = append(out, pulumi.Map{"subnetId": b.args.Network.PublicSubnets[zone], "allocationId": ip.AllocationId})
		addresses = append(addresses, ip.PublicIp)
	}
	b.e.Addresses = addresses.ToStringArrayOutput()
	return out, nil
}

// securityGroup makes a load balancer's group with its rules: from whoever may
// ask, and to the pods of the gateways and their readiness, nothing else. The
// other half of the latter is in the clusters' groups.
func (b *builder) securityGroup(e *entrance) error {
	id := b.id(e.key + "-sg")
	group, err := ec2.NewSecurityGroup(b.ctx, id, &ec2.SecurityGroupArgs{
		VpcId: b.args.Network.VPCID, Description: pulumi.String("Load balancer of " + b.args.Stack + ", " + e.key), Tags: b.tags.For(id),
	}, b.aws()...)
	if err != nil {
		return err
	}
	e.group = group
	sources, ports := []string{anywhere}, []int{portHTTP, portHTTPS}
	if e.key == spec.EntranceManagement {
		sources, ports = b.cfg.Management.Allow, []int{portHTTPS} // who may come knows to ask by TLS
	}
	for _, source := range sources {
		for _, port := range ports {
			role := fmt.Sprintf("%s-in-%d-%s", e.key, port, cidrLabel(source))
			if _, err := sgrule.Ingress(b.ctx, b.id(role), sgrule.Rule{
				Group: group.ID(), Port: port, Block: source, Description: "Requests from " + source, Tags: b.tags.For(b.id(role)),
			}, b.aws()...); err != nil {
				return fmt.Errorf("rule from %s: %w", source, err)
			}
		}
	}
	for _, cluster := range b.cfg.Clusters() {
		ports := b.podPorts(e, cluster)
		for _, port := range slices.Sorted(maps.Keys(ports)) {
			if err := b.openToPods(e, cluster, port, ports[port]); err != nil {
				return err
			}
		}
	}
	return nil
}

// podPorts are the ports of a gateway's pods that a load balancer reaches, with
// what each is for.
func (b *builder) podPorts(e *entrance, cluster string) map[int]string {
	g := b.args.Clusters[cluster].Gateways[e.key]
	out := map[int]string{g.HTTPPort: "http", g.ReadinessPort: "health"}
	if e.network {
		out[g.HTTPSPort] = "tls"
	}
	return out
}

// openToPods lets a load balancer through to one port of a cluster's pods, on
// both sides.
func (b *builder) openToPods(e *entrance, cluster string, port int, what string) error {
	pods := b.args.Clusters[cluster].SecurityGroupID
	out, in := b.id(fmt.Sprintf("%s-out-%s-%s", e.key, cluster, what)), b.id(fmt.Sprintf("%s-pods-%s-%s", e.key, cluster, what))
	text := fmt.Sprintf("Gateway %s of cluster %s, %s", e.key, cluster, what)
	if _, err := sgrule.Egress(b.ctx, out, sgrule.Rule{
		Group: e.group.ID(), Port: port, Peer: pods, Description: text, Tags: b.tags.For(out),
	}, b.aws()...); err != nil {
		return fmt.Errorf("rule to cluster %s: %w", cluster, err)
	}
	if _, err := sgrule.Ingress(b.ctx, in, sgrule.Rule{
		Group: pods, Port: port, Peer: e.group.ID(), Description: text + ", from its load balancer", Tags: b.tags.For(in),
	}, b.aws()...); err != nil {
		return fmt.Errorf("rule in cluster %s: %w", cluster, err)
	}
	return nil
}
