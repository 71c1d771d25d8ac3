package network

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/cloudwatch"
)

// nat makes the NAT gateways and the default routes of private subnets.
func (b *builder) nat(gateway *ec2.InternetGateway) error {
	zones := b.args.Config.NATZones()
	var public pulumi.StringArray
	gateways := map[string]pulumi.StringOutput{}
	for _, zone := range zones {
		ids, addresses, err := b.elasticIPs(zone)
		if err != nil {
			return err
		}
		public = append(public, addresses...)
		args := &ec2.NatGatewayArgs{
			AllocationId:     ids[0],
			ConnectivityType: pulumi.String("public"),
			SubnetId:         b.n.PublicSubnets[zone],
			Tags:             b.tags.For(b.prefix + "-" + zone),
		}
		if len(ids) > 1 { // each further address carries 55,000 more connections per destination (NET-4)
			args.SecondaryAllocationIds = ids[1:]
		}
		nat, err := ec2.NewNatGateway(b.ctx, b.name+"-nat-"+zone, args, b.child(pulumi.DependsOn([]pulumi.Resource{gateway}))...)
		if err != nil {
			return fmt.Errorf("nat gateway in %s: %w", zone, err)
		}
		gateways[zone] = nat.ID().ToStringOutput()
		if err := b.portAlarm(zone, gateways[zone]); err != nil {
			return err
		}
	}
	b.n.NATPublicIPs = public.ToStringArrayOutput()
	if len(zones) == 0 {
		return nil
	}
	for _, z := range b.layout.Zones {
		through, own := gateways[z.ID]
		if !own {
			through = gateways[zones[0]]
		}
		if err := b.route("nat-"+z.ID, &ec2.RouteArgs{
			RouteTableId:         b.n.PrivateRouteTables[z.ID],
			DestinationCidrBlock: pulumi.String(everywhere),
			NatGatewayId:         through,
		}); err != nil {
			return err
		}
	}
	return nil
}

// elasticIPs makes the addresses of one gateway, lettered from a: one more
// address adds the next letter and moves none.
func (b *builder) elasticIPs(zone string) (allocations, addresses pulumi.StringArray, err error) {
	for i := range b.args.Config.NAT.Addresses {
		key := zone + "-" + string(rune('a'+i))
		ip, err := ec2.NewEip(b.ctx, b.name+"-eip-"+key, &ec2.EipArgs{
			Domain: pulumi.String("vpc"),
			Tags:   b.tags.For(b.prefix + "-nat-" + key),
		}, b.child(b.protect())...)
		if err != nil {
			return nil, nil, fmt.Errorf("elastic ip %s: %w", key, err)
		}
		allocations = append(allocations, ip.AllocationId)
		addresses = append(addresses, ip.PublicIp)
	}
	return allocations, addresses, nil
}

// Ports alarm: any allocation error within five minutes means refused
// connections now. Source: VPC user guide, "NAT gateway CloudWatch metrics",
// ErrorPortAllocation; NET-4.
const (
	alarmPeriodSeconds = 60
	alarmPeriods       = 5
)

// portAlarm rings when a gateway has no source port left for a destination.
func (b *builder) portAlarm(zone string, gateway pulumi.StringOutput) error {
	alarm, err := cloudwatch.NewAlarm(b.ctx, b.name+"-nat-ports-"+zone, cloudwatch.AlarmArgs{
		Description: "NAT gateway of " + b.prefix + " in " + zone + " refuses connections: it has no port left; raise networks." + b.args.Key + ".nat.addresses",
		Namespace:   "AWS/NATGateway", Metric: "ErrorPortAllocation", Statistic: "Sum", Dimensions: pulumi.StringMap{"NatGatewayId": gateway},
		PeriodSeconds: alarmPeriodSeconds, Periods: alarmPeriods, Datapoints: 1, Compare: cloudwatch.Above, Threshold: 0,
		Silence: cloudwatch.SilenceIsNoAlarm, // a gateway without traffic reports nothing
		Topic:   b.args.AlarmTopicARN, Tags: b.tags.For(b.prefix + "-nat-ports-" + zone),
	}, b.child()...)
	if err != nil {
		return fmt.Errorf("nat port alarm in %s: %w", zone, err)
	}
	b.alarms = append(b.alarms, alarm.Name)
	return nil
}
