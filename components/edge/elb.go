package edge

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// Types of the aws provider, registered without the SDK package of load
// balancers (docs/adr/0001-compile-cost.md).
const (
	tokenLoadBalancer = "aws:lb/loadBalancer:LoadBalancer"
	tokenTargetGroup  = "aws:lb/targetGroup:TargetGroup"
	tokenListener     = "aws:lb/listener:Listener"
	tokenCertificate  = "aws:lb/listenerCertificate:ListenerCertificate"
	tokenRule         = "aws:lb/listenerRule:ListenerRule"
)

type loadBalancer struct {
	pulumi.CustomResourceState

	ARN       pulumi.StringOutput `pulumi:"arn"`
	ARNSuffix pulumi.StringOutput `pulumi:"arnSuffix"`
	DNSName   pulumi.StringOutput `pulumi:"dnsName"`
	ZoneID    pulumi.StringOutput `pulumi:"zoneId"`
}

type targetGroup struct {
	pulumi.CustomResourceState

	ARN       pulumi.StringOutput `pulumi:"arn"`
	ARNSuffix pulumi.StringOutput `pulumi:"arnSuffix"`
}

type listener struct {
	pulumi.CustomResourceState

	ARN pulumi.StringOutput `pulumi:"arn"`
}
