package mesh

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/helm"
	"github.com/ladder-platform/ladder/components/internal/kube"
	"github.com/ladder-platform/ladder/components/internal/nlb"
	"github.com/ladder-platform/ladder/components/internal/sgrule"
	"github.com/ladder-platform/ladder/components/internal/tags"
	"github.com/ladder-platform/ladder/components/mesh/plan"
	"github.com/ladder-platform/ladder/components/mesh/spec"
)

// EastWest is what the way in from other clusters needs of the network and the
// cluster; nothing without links.
type EastWest struct {
	VPCID pulumi.StringInput
	// Subnets are private subnet IDs, Addresses one free address in each, by zone ID.
	Subnets   map[string]pulumi.StringInput
	Addresses map[string]string
	// ClusterSecurityGroupID is the group of nodes and control plane.
	ClusterSecurityGroupID pulumi.StringInput
	// AutoScalingGroups of the nodes by a key that stays.
	AutoScalingGroups map[string]pulumi.StringInput
}

// tags of AWS resources.
func (b *builder) tags() tags.Set {
	e := b.args.Environment
	return tags.New(e.Stage, e.Owner, e.Tags)
}

// maxLoadBalancerName: facts, name_and_limit_rules.
const maxLoadBalancerName = 32

// eastWest makes the load balancer by which other clusters come in, with fixed
// addresses that istiod tells them, and for sidecar meshes the gateway behind
// it; in ambient meshes istiod makes that from the objects.
func (b *builder) eastWest() error {
	e := b.args.EastWest
	if e == nil {
		return nil
	}
	port, nodePort := plan.EastWestPort(b.cfg.DataPlane)
	group, err := b.eastWestGroup(e, port, nodePort)
	if err != nil {
		return err
	}
	lb, err := nlb.New(b.ctx, b.id("east-west"), nlb.Args{
		Name: loadBalancerName(b.args.Cluster.Name), VPCID: e.VPCID, Subnets: e.Subnets, Addresses: e.Addresses, SecurityGroup: group.ID(),
		Port: port, NodePort: nodePort, AutoScalingGroups: e.AutoScalingGroups, Tags: b.tags().For(b.args.Cluster.Name + "-east-west"), Protect: b.args.Environment.Protect,
	}, b.parent)
	if err != nil {
		return fmt.Errorf("east-west: %w", err)
	}
	b.out.eastWestGroup = group.ID().ToStringOutput()
	b.out.eastWestPort = port
	b.ready = append(b.ready, lb.Parts...)
	if b.cfg.DataPlane == spec.Ambient {
		return nil
	}
	release, err := helm.New(b.ctx, b.id("east-west-gateway"), helm.Args{
		Chart: chart(b.of(plan.ControlRevision(b.cfg)), spec.ChartGateway), ReleaseName: plan.EastWestName, Namespace: pulumi.String(spec.SystemNamespace), SkipCRDs: true,
		Values: kube.Map(plan.EastWestValues(b.cfg, b.in)),
	}, b.kube(b.up)...)
	if err != nil {
		return fmt.Errorf("east-west: %w", err)
	}
	b.ready = append(b.ready, release)
	return nil
}

// eastWestGroup is the load balancer's security group: links let clients in,
// and it may reach the nodes at one port.
func (b *builder) eastWestGroup(e *EastWest, port, nodePort int) (*ec2.SecurityGroup, error) {
	name := b.args.Cluster.Name + "-east-west"
	group, err := ec2.NewSecurityGroup(b.ctx, b.id("east-west-sg"), &ec2.SecurityGroupArgs{
		Name: pulumi.String(name), VpcId: e.VPCID, Description: pulumi.String(fmt.Sprintf("Other clusters of the mesh, port %d", port)), Tags: b.tags().For(name),
	}, b.parent)
	if err != nil {
		return nil, fmt.Errorf("east-west: security group: %w", err)
	}
	if _, err := sgrule.Egress(b.ctx, b.id("east-west-to-nodes"), sgrule.Rule{
		Group: group.ID(), Port: nodePort, Peer: e.ClusterSecurityGroupID, Description: "east-west gateway", Tags: b.tags().For(name + "-to-nodes"),
	}, b.parent); err != nil {
		return nil, fmt.Errorf("east-west: way to the nodes: %w", err)
	}
	if _, err := sgrule.Ingress(b.ctx, b.id("nodes-from-east-west"), sgrule.Rule{
		Group: e.ClusterSecurityGroupID, Port: nodePort, Peer: group.ID(), Description: "east-west gateway of the mesh", Tags: b.tags().For(name + "-nodes"),
	}, b.parent); err != nil {
		return nil, fmt.Errorf("east-west: way into the nodes: %w", err)
	}
	return group, nil
}

// loadBalancerName fits a cluster's name into the limit; the digest keeps two
// long names apart.
func loadBalancerName(cluster string) string {
	const suffix = "-ew"
	if len(cluster)+len(suffix) <= maxLoadBalancerName {
		return cluster + suffix
	}
	digest := digestOf(cluster)
	return cluster[:maxLoadBalancerName-len(suffix)-len(digest)-1] + "-" + digest + suffix
}
