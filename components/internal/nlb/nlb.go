package nlb

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/autoscaling"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/untyped"
)

// Health checks and draining. Source: ELB user guide, target groups for NLB,
// read 2026-11: 10 seconds is the shortest interval with few targets.
const (
	intervalSeconds = 10
	healthyAfter    = 3
	unhealthyAfter  = 3
	drainSeconds    = 60
)

// Args of a load balancer.
type Args struct {
	// Name in AWS, at most 32 characters, of the load balancer and its target group.
	Name  string
	VPCID pulumi.StringInput
	// Subnets and Addresses by zone ID: one subnet and one fixed private address each.
	Subnets   map[string]pulumi.StringInput
	Addresses map[string]string
	// SecurityGroup that rules for clients and nodes refer to.
	SecurityGroup pulumi.StringInput
	// Port of the listener, NodePort on the nodes.
	Port, NodePort int
	// AutoScalingGroups of the nodes, names by a key that stays.
	AutoScalingGroups map[string]pulumi.StringInput
	Tags              pulumi.StringMap
	// Protect keeps it, and so its addresses, from being deleted.
	Protect bool
}

// LoadBalancer with its listener.
type LoadBalancer struct {
	pulumi.CustomResourceState

	ARN     pulumi.StringOutput `pulumi:"arn"`
	DNSName pulumi.StringOutput `pulumi:"dnsName"`

	// Parts are the listener and the attachments: what must be there before it carries anything.
	Parts []pulumi.Resource
}

// New makes the load balancer; opts apply to every part.
func New(ctx *pulumi.Context, name string, a Args, opts ...pulumi.ResourceOption) (*LoadBalancer, error) {
	var lb LoadBalancer
	mappings := pulumi.Array{}
	for _, zone := range slices.Sorted(maps.Keys(a.Subnets)) {
		mappings = append(mappings, pulumi.Map{"subnetId": a.Subnets[zone], "privateIpv4Address": pulumi.String(a.Addresses[zone])})
	}
	if err := untyped.Register(ctx, "aws:lb/loadBalancer:LoadBalancer", name, pulumi.Map{
		"name": pulumi.String(a.Name), "internal": pulumi.Bool(true), "loadBalancerType": pulumi.String("network"), "ipAddressType": pulumi.String("ipv4"),
		"subnetMappings": mappings, "securityGroups": pulumi.Array{a.SecurityGroup}, "enableCrossZoneLoadBalancing": pulumi.Bool(true),
		"enableDeletionProtection": pulumi.Bool(a.Protect), "tags": a.Tags,
	}, &lb, append(slices.Clone(opts), pulumi.Protect(a.Protect))...); err != nil {
		return nil, err
	}
	var group arnOnly
	if err := untyped.Register(ctx, "aws:lb/targetGroup:TargetGroup", name+"-targets", pulumi.Map{
		"name": pulumi.String(a.Name), "port": pulumi.Int(a.NodePort), "protocol": pulumi.String("TCP"), "targetType": pulumi.String("instance"), "vpcId": a.VPCID,
		"deregistrationDelay": pulumi.Int(drainSeconds), "preserveClientIp": pulumi.String("false"), "tags": a.Tags,
		"healthCheck": pulumi.Map{"protocol": pulumi.String("TCP"), "port": pulumi.String("traffic-port"), "interval": pulumi.Int(intervalSeconds),
			"healthyThreshold": pulumi.Int(healthyAfter), "unhealthyThreshold": pulumi.Int(unhealthyAfter)},
	}, &group, opts...); err != nil {
		return nil, err
	}
	var listener arnOnly
	if err := untyped.Register(ctx, "aws:lb/listener:Listener", name+"-listener", pulumi.Map{
		"loadBalancerArn": lb.ARN, "port": pulumi.Int(a.Port), "protocol": pulumi.String("TCP"), "tags": a.Tags,
		"defaultActions": pulumi.Array{pulumi.Map{"type": pulumi.String("forward"), "targetGroupArn": group.ARN}},
	}, &listener, opts...); err != nil {
		return nil, err
	}
	lb.Parts = append(lb.Parts, &listener)
	for _, key := range slices.Sorted(maps.Keys(a.AutoScalingGroups)) {
		attached, err := autoscaling.NewAttachment(ctx, name+"-"+key, &autoscaling.AttachmentArgs{
			AutoscalingGroupName: a.AutoScalingGroups[key], LbTargetGroupArn: group.ARN,
		}, opts...)
		if err != nil {
			return nil, fmt.Errorf("attach %s to %s: %w", key, name, err)
		}
		lb.Parts = append(lb.Parts, attached)
	}
	return &lb, nil
}

type arnOnly struct {
	pulumi.CustomResourceState

	ARN pulumi.StringOutput `pulumi:"arn"`
}
