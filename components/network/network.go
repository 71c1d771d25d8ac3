package network

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/tags"
	"github.com/ladder-platform/ladder/components/network/plan"
	"github.com/ladder-platform/ladder/components/network/spec"
)

// typeToken is part of every URN below a network: it never changes without an alias.
const typeToken = "ladder:network:Network"

// Environment is what the whole stack shares.
type Environment struct {
	Stage     string
	Region    string
	AccountID string
	Owner     string
	// Protect keeps the VPC, its subnets and its public addresses from being
	// deleted or replaced.
	Protect bool
	// Tags of the user; stage, owner and managed-by are added.
	Tags map[string]string
}

// Args is one entry of networks, and what other rooms hand over.
type Args struct {
	// Key of the network in the stack file, for example main.
	Key         string
	Config      spec.Config
	Environment Environment
	// ClusterNames of the EKS clusters in this network, for the tags by which
	// controllers find subnets.
	ClusterNames []string
	// Clusters are their demands, to compare with the free addresses that AWS
	// reports of an existing VPC's subnets.
	Clusters []plan.Cluster
	// AlarmTopicARN is the SNS topic that alarms go to; nil: they show only.
	AlarmTopicARN pulumi.StringInput
}

// Network is a VPC and the ways out of it.
type Network struct {
	pulumi.ResourceState

	// VPCID of the VPC.
	VPCID pulumi.StringOutput `pulumi:"vpcId"`
	// CIDRs are all IPv4 blocks of the VPC, the primary one first.
	CIDRs []string `pulumi:"cidrs"`
	// Zones are the zone IDs in the order of their numbers.
	Zones []string `pulumi:"zones"`
	// Subnet ids by zone ID. PodSubnets is empty without custom networking.
	PrivateSubnets map[string]pulumi.StringOutput `pulumi:"privateSubnets"`
	PublicSubnets  map[string]pulumi.StringOutput `pulumi:"publicSubnets"`
	PodSubnets     map[string]pulumi.StringOutput `pulumi:"podSubnets"`
	// PrivateRouteTables by zone ID, and the one of all public subnets (under
	// the key public). Empty for an existing VPC.
	PrivateRouteTables map[string]pulumi.StringOutput `pulumi:"privateRouteTables"`
	PublicRouteTables  map[string]pulumi.StringOutput `pulumi:"publicRouteTables"`
	// NATPublicIPs are the source addresses of everything that leaves the
	// VPC through NAT, for allow lists of partners.
	NATPublicIPs pulumi.StringArrayOutput `pulumi:"natPublicIps"`
	// Alarms are the names of CloudWatch alarms, for a composite one.
	Alarms pulumi.StringArrayOutput `pulumi:"alarms"`

	// Egress is what nodes need before they can reach AWS and the world:
	// routes, route table associations, endpoints. Node groups depend on it.
	Egress []pulumi.Resource

	key         string
	environment Environment
	existing    bool
}

// builder makes one network's resources.
type builder struct {
	ctx    *pulumi.Context
	n      *Network
	name   string
	prefix string // of Name tags and of names in AWS: "<stack>-<key>"
	args   Args
	layout plan.Layout
	tags   tags.Set
	alarms pulumi.StringArray
	vpcID  pulumi.StringOutput
}

// New makes the network of args, or checks the existing one. A configuration
// with findings registers nothing.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Network, error) {
	if err := args.validate(); err != nil {
		return nil, err
	}
	args.Config = args.Config.WithDefaults()
	n := &Network{key: args.Key, environment: args.Environment, existing: args.Config.Existing != nil}
	if err := ctx.RegisterComponentResource(typeToken, name, n, opts...); err != nil {
		return nil, fmt.Errorf("network %s: register: %w", name, err)
	}
	n.PrivateSubnets, n.PublicSubnets, n.PodSubnets = ids{}, ids{}, ids{}
	n.PrivateRouteTables, n.PublicRouteTables = ids{}, ids{}
	n.CIDRs = args.Config.Blocks()
	b := &builder{ctx: ctx, n: n, name: name, args: args, prefix: ctx.Stack() + "-" + args.Key,
		tags: tags.New(args.Environment.Stage, args.Environment.Owner, args.Environment.Tags)}
	build := b.make
	if n.existing {
		build = b.existing
	}
	if err := build(); err != nil {
		return nil, fmt.Errorf("network %s: %w", name, err)
	}
	n.Alarms = b.alarms.ToStringArrayOutput()
	if err := ctx.RegisterResourceOutputs(n, n.outputs()); err != nil {
		return nil, fmt.Errorf("network %s: outputs: %w", name, err)
	}
	return n, nil
}

// ids are ids by zone ID.
type ids = map[string]pulumi.StringOutput

// validate judges what New is given. Links to other networks of the stack
// are not its business: NewPeering makes them.
func (a Args) validate() error {
	c := a.Config
	c.Peering = nil
	for _, p := range a.Config.Peering {
		if p.Network == "" {
			c.Peering = append(c.Peering, p)
		}
	}
	if c.Existing != nil {
		c.Zones = nil // WithDefaults may have filled them in
	}
	in := spec.ValidateInput{Region: a.Environment.Region, Key: a.Key}
	found := c.Validate("networks."+a.Key, in)
	if a.Environment.Region == "" {
		found.Add("environment.region", "give the region of the stack", "is missing")
	}
	if a.Environment.AccountID == "" {
		found.Add("environment.accountId", "give the account of the stack", "is missing")
	}
	return found.Err()
}

// make registers a VPC and everything in it. The order in which functions are
// called is not the order in which resources are made: that follows from what
// each needs.
func (b *builder) make() error {
	layout, err := plan.New(plan.Input{CIDR: b.args.Config.CIDR, PodCIDR: b.args.Config.PodCIDR, Zones: b.args.Config.Zones})
	if err != nil {
		return err // found by validate; kept for callers that change one without the other
	}
	b.layout = layout
	for _, z := range layout.Zones {
		b.n.Zones = append(b.n.Zones, z.ID)
	}
	gateway, err := b.vpc()
	if err != nil {
		return err
	}
	if err := b.subnets(); err != nil {
		return err
	}
	if err := b.routeTables(gateway); err != nil {
		return err
	}
	for _, step := range []func() error{
		func() error { return b.nat(gateway) },
		b.endpoints,
		b.flowLogs,
		b.foreignPeering,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// vpc makes the VPC with its default security group closed, and its internet gateway.
func (b *builder) vpc() (*ec2.InternetGateway, error) {
	vpc, err := ec2.NewVpc(b.ctx, b.name+"-vpc", &ec2.VpcArgs{
		CidrBlock:          pulumi.String(b.layout.CIDR.String()),
		EnableDnsSupport:   pulumi.Bool(true), // private endpoints of EKS and of AWS services resolve only with both
		EnableDnsHostnames: pulumi.Bool(true),
		Tags:               b.tags.For(b.prefix),
	}, b.child(b.protect())...)
	if err != nil {
		return nil, fmt.Errorf("vpc: %w", err)
	}
	b.vpcID = vpc.ID().ToStringOutput()
	b.n.VPCID = b.vpcID
	// Without rules of its own the resource takes away those that AWS puts
	// there: nothing may rest on a group that everything gets by default.
	if _, err := ec2.NewDefaultSecurityGroup(b.ctx, b.name+"-default-sg", &ec2.DefaultSecurityGroupArgs{
		VpcId: b.vpcID,
		Tags:  b.tags.For(b.prefix + "-default-closed"),
	}, b.child()...); err != nil {
		return nil, fmt.Errorf("default security group: %w", err)
	}
	gateway, err := ec2.NewInternetGateway(b.ctx, b.name+"-igw", &ec2.InternetGatewayArgs{
		VpcId: b.vpcID,
		Tags:  b.tags.For(b.prefix),
	}, b.child()...)
	if err != nil {
		return nil, fmt.Errorf("internet gateway: %w", err)
	}
	return gateway, nil
}

// child are the options of everything below the network.
func (b *builder) child(more ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return append([]pulumi.ResourceOption{pulumi.Parent(b.n)}, more...)
}

func (b *builder) protect() pulumi.ResourceOption { return pulumi.Protect(b.args.Environment.Protect) }

// outputs are the registered outputs: exactly the tagged fields.
func (n *Network) outputs() pulumi.Map {
	return pulumi.Map{
		"vpcId":              n.VPCID,
		"cidrs":              pulumi.ToStringArray(n.CIDRs),
		"zones":              pulumi.ToStringArray(n.Zones),
		"privateSubnets":     pulumi.ToStringMapOutput(n.PrivateSubnets),
		"publicSubnets":      pulumi.ToStringMapOutput(n.PublicSubnets),
		"podSubnets":         pulumi.ToStringMapOutput(n.PodSubnets),
		"privateRouteTables": pulumi.ToStringMapOutput(n.PrivateRouteTables),
		"publicRouteTables":  pulumi.ToStringMapOutput(n.PublicRouteTables),
		"natPublicIps":       n.NATPublicIPs,
		"alarms":             n.Alarms,
	}
}
