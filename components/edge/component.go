package edge

import (
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/edge/spec"
	"github.com/ladder-platform/ladder/components/internal/dns"
	"github.com/ladder-platform/ladder/components/internal/tags"
	"github.com/ladder-platform/ladder/internal/finding"
)

// typeToken is part of every URN below the edge: it never changes without an alias.
const (
	typeToken   = "ladder:edge:Edge"
	insideToken = "ladder:edge:Inside"
)

// Environment is what the whole stack shares.
type Environment struct {
	Stage, Owner, Region, AccountID string
	// Protect keeps zone, addresses, logs and load balancers from being deleted.
	Protect bool
	Tags    map[string]string
}

// Network is what the network of the clusters hands over.
type Network struct {
	VPCID pulumi.StringInput
	// Zones are zone IDs in the network's order.
	Zones []string
	// PublicSubnets and PrivateSubnets are subnet IDs by zone ID.
	PublicSubnets, PrivateSubnets map[string]pulumi.StringInput
	// WayOut are the internet gateway's routes: a load balancer that faces the
	// internet must go before they do.
	WayOut []pulumi.Resource
}

// Gateway is an ingress gateway of a cluster's mesh.
type Gateway struct {
	Namespace, Service string
	// Ports of the pods: for requests, for TLS streams, and where readiness is asked.
	HTTPPort, HTTPSPort, ReadinessPort int
	// Labels of the pods.
	Labels map[string]string
}

// Chart is one Helm chart of a release.
type Chart struct{ Name, Repository, Version string }

// Cluster is what one cluster and its mesh hand over.
type Cluster struct {
	// Name in AWS.
	Name string
	// SecurityGroupID is the group of the nodes and pods.
	SecurityGroupID pulumi.StringInput
	// Provider talks to the cluster's Kubernetes API.
	Provider pulumi.ProviderResource
	// Gateways of the mesh by key: application, management.
	Gateways map[string]Gateway
	// Charts of the cluster's release by name.
	Charts map[string]Chart
	// Ready is what anything in the cluster waits for, the mesh included.
	Ready []pulumi.Resource
}

// Args is the edge section plus what other rooms hand over.
type Args struct {
	// Config with or without defaults.
	Config      spec.Config
	Stack       string
	Environment Environment
	Network     Network
	// Clusters by key: those that config.shift names.
	Clusters map[string]Cluster
	// Namespaces of the mesh, for the findings; nil when nobody knows them.
	Namespaces map[string]bool
	// ZoneProvider and ParentProvider are aws providers of the accounts that
	// hold the zone and the one above; nil means the stack's own.
	ZoneProvider, ParentProvider pulumi.ProviderResource
	// NameServers asks DNS whether a zone made here is delegated to; nil asks nobody.
	NameServers NameServers
	// AlarmTopicARN is the SNS topic that alarms go to; nil: they show only.
	AlarmTopicARN pulumi.StringInput
}

// Edge is the way into a stack.
type Edge struct {
	pulumi.ResourceState

	// ZoneID of the public zone, and the name servers of one made here.
	ZoneID      pulumi.StringOutput      `pulumi:"zoneId"`
	NameServers pulumi.StringArrayOutput `pulumi:"nameServers"`
	// Names of the load balancers in DNS; empty without one.
	ApplicationDNSName pulumi.StringOutput `pulumi:"applicationDnsName"`
	ManagementDNSName  pulumi.StringOutput `pulumi:"managementDnsName"`
	// Addresses are the NLB's static ones.
	Addresses pulumi.StringArrayOutput `pulumi:"addresses"`
	// WebACLARN is empty without a WAF.
	WebACLARN pulumi.StringOutput `pulumi:"webAclArn"`
	// Alarms are the names of CloudWatch alarms, for a composite one.
	Alarms pulumi.StringArrayOutput `pulumi:"alarms"`

	// Ready are the records that lead here: what is open when all of them exist.
	Ready []pulumi.Resource
}

// entrance is one load balancer while it is built.
type entrance struct {
	key      string // application or management
	balancer *loadBalancer
	group    *ec2.SecurityGroup
	// network says that it is an NLB.
	network bool
	// certificate is the ARN for the HTTPS listener.
	certificate pulumi.StringInput
	listeners   []pulumi.Resource
	bindings    []pulumi.Resource
}

// target is one target group: pods of one gateway on one port.
type target struct {
	entrance, cluster, role string // role "" for an ALB, http or tls for an NLB
	servicePort, podPort    int
	group                   *targetGroup
}

// builder makes the edge's resources.
type builder struct {
	ctx        *pulumi.Context
	e          *Edge
	name       string
	args       Args
	cfg        spec.Config
	tags       tags.Set
	zone       pulumi.StringInput
	delegation pulumi.Resource
	workloads  *dns.Zone
	private    *dns.Zone
	entrances  map[string]*entrance
	targets    []target
	alarms     pulumi.StringArray
	records    map[string]*dns.Record // of certificates, by name
	inside     map[string]*Inside     // by cluster

	// asked once, the answer of DNS about the delegation.
	asked  sync.Once
	answer error
}

// Validate returns every finding of the arguments.
func (a Args) Validate() finding.List {
	networks := map[string]string{}
	for key := range a.Clusters {
		networks[key] = "" // stacks hands over clusters of one network
	}
	out := a.Config.Validate("edge", spec.ValidateInput{
		Stack: a.Stack, Region: a.Environment.Region, AccountID: a.Environment.AccountID, Clusters: networks, Namespaces: a.Namespaces,
	})
	missing := func(there bool, what string) {
		if !there {
			out.Add("edge", "pass it in edge.Args", "the edge got no %s", what)
		}
	}
	missing(a.Stack != "", "stack")
	missing(a.Environment.Region != "", "region")
	missing(a.Environment.AccountID != "", "account")
	missing(a.Network.VPCID != nil, "VPC")
	missing(len(a.Clusters) > 0, "cluster")
	c := a.Config.WithDefaults(slices.Sorted(maps.Keys(a.Clusters)))
	public, internal := c.LoadBalancers()
	for _, zone := range a.Network.Zones {
		if public > 0 && a.Network.PublicSubnets[zone] == nil {
			out.Add("edge", "use a network with public subnets", "the network has no public subnet in %s for a load balancer that faces the internet", zone)
		}
		if internal > 0 && a.Network.PrivateSubnets[zone] == nil {
			out.Add("edge", "pass one for each zone", "the network handed over no private subnet for %s", zone)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(a.Clusters)) {
		cluster := a.Clusters[key]
		for _, name := range c.NeededCharts() {
			if chart := cluster.Charts[name]; chart.Name == "" || chart.Version == "" {
				out.Add("edge", "complete the release in the catalogue", "the release of cluster %q has no chart %q", key, name)
			}
		}
		for _, entrance := range c.Entrances() {
			if g := cluster.Gateways[entrance]; g.Service == "" || g.HTTPPort == 0 || g.HTTPSPort == 0 || g.ReadinessPort == 0 {
				out.Add("edge."+entrance, "add it to mesh.gateways", "the mesh of cluster %q has no gateway %q", key, entrance)
			}
		}
	}
	return out
}

// New makes the edge. opts carry the stack's aws provider.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Edge, error) {
	if err := args.Validate().Err(); err != nil {
		return nil, err
	}
	e := &Edge{}
	if err := ctx.RegisterComponentResource(typeToken, name, e, opts...); err != nil {
		return nil, fmt.Errorf("edge %s: register: %w", name, err)
	}
	nothing := pulumi.String("").ToStringOutput()
	e.ApplicationDNSName, e.ManagementDNSName, e.WebACLARN = nothing, nothing, nothing
	e.Addresses = pulumi.StringArray{}.ToStringArrayOutput()
	b := &builder{
		ctx: ctx, e: e, name: name, args: args, cfg: args.Config.WithDefaults(slices.Sorted(maps.Keys(args.Clusters))),
		tags:      tags.New(args.Environment.Stage, args.Environment.Owner, args.Environment.Tags),
		entrances: map[string]*entrance{}, records: map[string]*dns.Record{}, inside: map[string]*Inside{},
	}
	steps := []func() error{b.publicZone}
	if !b.cfg.ZoneOnly() {
		steps = append(steps, b.privateZone, b.certificates, b.loadBalancers, b.targetGroups, b.listeners, b.firewall, b.clusters, b.names)
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, fmt.Errorf("edge %s: %w", name, err)
		}
	}
	e.Alarms = b.alarms.ToStringArrayOutput()
	if err := ctx.RegisterResourceOutputs(e, pulumi.Map{
		"zoneId": e.ZoneID, "nameServers": e.NameServers, "applicationDnsName": e.ApplicationDNSName, "managementDnsName": e.ManagementDNSName,
		"addresses": e.Addresses, "webAclArn": e.WebACLARN, "alarms": e.Alarms,
	}); err != nil {
		return nil, fmt.Errorf("edge %s: outputs: %w", name, err)
	}
	return e, nil
}

// id is the logical name of a child.
func (b *builder) id(role string) string { return b.name + "-" + role }

// aws are the options of an AWS child that depends on after.
func (b *builder) aws(after ...pulumi.Resource) []pulumi.ResourceOption {
	return []pulumi.ResourceOption{pulumi.Parent(b.e), pulumi.DependsOn(after)}
}

// inZone are the options of a child in the account of the zone.
func (b *builder) inZone(after ...pulumi.Resource) []pulumi.ResourceOption {
	opts := b.aws(after...)
	if b.args.ZoneProvider != nil {
		opts = append(opts, pulumi.Provider(b.args.ZoneProvider))
	}
	return opts
}

// kube are the options of a child in a cluster.
func (b *builder) kube(cluster string, after ...pulumi.Resource) []pulumi.ResourceOption {
	return []pulumi.ResourceOption{pulumi.Parent(b.inside[cluster]), pulumi.Provider(b.args.Clusters[cluster].Provider), pulumi.DependsOn(after)}
}

// beside are the options of an AWS child that only makes sense with a cluster.
func (b *builder) beside(cluster string) []pulumi.ResourceOption {
	return []pulumi.ResourceOption{pulumi.Parent(b.inside[cluster])}
}

// protected adds protection while the environment asks for it.
func (b *builder) protected(opts []pulumi.ResourceOption) []pulumi.ResourceOption {
	return append(opts, pulumi.Protect(b.args.Environment.Protect))
}
