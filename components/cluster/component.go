package cluster

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	awseks "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/cluster/spec"
	"github.com/ladder-platform/ladder/components/internal/kms"
	"github.com/ladder-platform/ladder/components/internal/tags"
	"github.com/ladder-platform/ladder/internal/finding"
)

const typeToken = "ladder:cluster:Cluster" // package:module:Type, part of every URN below it

// Environment is what the whole stack shares.
type Environment struct {
	Stage           string
	Owner           string
	Region          string
	AccountID       string
	DeployerRoleARN string
	// Protect keeps what holds data, and live nodes, from being deleted.
	Protect bool
	Tags    map[string]string
}

// Network is what the network hands over.
type Network struct {
	VPCID pulumi.StringInput
	// VPCCIDRs are the network's blocks, pod block included.
	VPCCIDRs []string
	// Zones are zone IDs in the network's order.
	Zones []string
	// PrivateSubnets and PodSubnets are subnet IDs by zone ID; PodSubnets is
	// empty when the network has none.
	PrivateSubnets map[string]pulumi.StringInput
	PodSubnets     map[string]pulumi.StringInput
	// WayOut are the routes, gateways and endpoints by which nodes reach AWS.
	// Nodes depend on them, or a destroy would cut nodes off while they drain.
	WayOut []pulumi.Resource
}

// Release is what a cluster needs to know of a release, filled by stacks.
type Release = spec.Release

// Args is the cluster's section plus what other rooms hand over.
type Args struct {
	// Key of the cluster in the stack file.
	Key string
	// Config with defaults filled.
	Config spec.Config
	// ClusterName in AWS, "<stack>-<key>", explicit so that it never changes.
	ClusterName string
	// Stack is the stack's name; with Key it identifies the cluster to the
	// kubernetes provider.
	Stack       string
	Environment Environment
	// Release of the cluster, and of slots that run another one, by name.
	Release      Release
	SlotReleases map[string]Release
	Network      Network
	// EKSProvider is the explicit provider of pulumi-eks.
	EKSProvider pulumi.ProviderResource
	// After must exist before the control plane changes: the attempt's record.
	After []pulumi.Resource
	// Turn is what the clusters before this one in the stack end with: nothing of
	// this one changes before it is done (docs/adr/0013-clusters-in-turn.md).
	Turn []pulumi.Resource
}

// Cluster is an EKS cluster.
type Cluster struct {
	pulumi.ResourceState

	Name                 pulumi.StringOutput `pulumi:"name"`
	ARN                  pulumi.StringOutput `pulumi:"arn"`
	Endpoint             pulumi.StringOutput `pulumi:"endpoint"`
	CertificateAuthority pulumi.StringOutput `pulumi:"certificateAuthority"`
	// Kubeconfig holds no credential: it calls aws eks get-token.
	Kubeconfig pulumi.StringOutput `pulumi:"kubeconfig"`
	OIDCIssuer pulumi.StringOutput `pulumi:"oidcIssuer"`
	// OIDCProviderARN is empty unless the configuration says irsa: true.
	OIDCProviderARN pulumi.StringOutput `pulumi:"oidcProviderArn"`
	// ClusterSecurityGroupID is the group that EKS makes for control plane and nodes.
	ClusterSecurityGroupID pulumi.StringOutput `pulumi:"clusterSecurityGroupId"`
	// NodeSecurityGroupID is the group of the nodes: the same one.
	NodeSecurityGroupID pulumi.StringOutput `pulumi:"nodeSecurityGroupId"`
	NodeRoleARN         pulumi.StringOutput `pulumi:"nodeRoleArn"`
	// AutoScalingGroups are the names of the managed groups' auto scaling groups
	// by "<group>-<slot>", for load balancers that send to nodes.
	AutoScalingGroups map[string]pulumi.StringOutput `pulumi:"autoScalingGroups"`
	// BastionInstanceID is empty without a bastion.
	BastionInstanceID pulumi.StringOutput `pulumi:"bastionInstanceId"`
	// Alarms are the names of CloudWatch alarms, for a composite one.
	Alarms pulumi.StringArrayOutput `pulumi:"alarms"`

	// Provider talks to this cluster's Kubernetes API.
	Provider *kubernetes.Provider
	// Nodes are what a pod needs to run: nodes, those of Karpenter too, and
	// add-ons. Layers below workloads depend on these and not on Ready: a run
	// that fails walks every path of the graph (docs/adr/0014-mesh.md).
	Nodes []pulumi.Resource
	// Ready are the resources that a workload depends on: nodes, add-ons and
	// the operators. Whoever deploys into the cluster depends on all of them.
	Ready []pulumi.Resource
}

// Validate returns every finding of the arguments.
func (a Args) Validate(name string) finding.List {
	path := "clusters." + a.Key
	out := a.Config.Validate(path, spec.ValidateInput{
		Name: name, ClusterName: a.ClusterName, Release: a.Release.Name, Zones: a.Network.Zones,
		PodSubnets: len(a.Network.PodSubnets) > 0, VPCCIDRs: a.Network.VPCCIDRs, DeployerRoleARN: a.Environment.DeployerRoleARN,
	})
	out = append(out, a.Config.CheckRelease(path, a.Release, a.SlotReleases)...)
	needed := map[string]bool{
		"key": a.Key != "", "stack": a.Stack != "", "cluster name": a.ClusterName != "", "region": a.Environment.Region != "",
		"account": a.Environment.AccountID != "", "deployer's role": a.Environment.DeployerRoleARN != "",
		"VPC": a.Network.VPCID != nil, "eks provider": a.EKSProvider != nil,
	}
	for _, what := range []string{"key", "stack", "cluster name", "region", "account", "deployer's role", "VPC", "eks provider"} {
		if !needed[what] {
			out.Add(path, "pass it in cluster.Args", "the cluster got no %s", what)
		}
	}
	for _, zone := range a.Network.Zones {
		if a.Network.PrivateSubnets[zone] == nil {
			out.Add(path, "pass one for each zone", "the network handed over no private subnet for zone %q", zone)
		}
		if a.Config.PodAddressing.Mode == spec.PodsInPodSubnets && a.Network.PodSubnets[zone] == nil {
			out.Add(path, "pass one for each zone", "the network handed over no pod subnet for zone %q", zone)
		}
	}
	if n := len(a.Network.Zones); n < 2 {
		out.Add(path, "use a network with two zones or more", "EKS needs subnets in two zones, the network has %d", n)
	}
	return out
}

// New builds the cluster. opts carry the aws provider.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Cluster, error) {
	args.Config = args.Config.WithDefaults(len(args.Network.PodSubnets) > 0)
	if err := args.Validate(name).Err(); err != nil {
		return nil, err
	}
	c := &Cluster{}
	opts = append(opts, pulumi.DependsOn(args.Turn)) // on the parent of everything: one edge holds all of it back
	if err := ctx.RegisterComponentResource(typeToken, name, c, opts...); err != nil {
		return nil, fmt.Errorf("cluster %s: register: %w", name, err)
	}
	b := &builder{
		ctx: ctx, name: name, args: args, cfg: args.Config, out: c, parent: pulumi.Parent(c),
		tags:  tags.New(args.Environment.Stage, args.Environment.Owner, args.Environment.Tags),
		slots: args.Config.Slots(args.Network.Zones, args.Release.Name),
	}
	for _, step := range []func() error{
		b.encryption, b.controlPlane, b.outputs, b.access, b.kubernetesProvider, b.identityProvider,
		b.nodePrerequisites, b.nodeRole, b.nodeGroups, b.drains, b.clusterAddons, b.blockStorage, b.fileStorage,
		b.beforeCharts, b.autoscaler, b.externalSecrets, b.bastion, b.alarms,
	} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("cluster %s: %w", name, err)
		}
	}
	c.Nodes, c.Ready = slices.Clone(b.charts), slices.Clone(b.ready)
	if err := ctx.RegisterResourceOutputs(c, pulumi.Map{
		"name": c.Name, "arn": c.ARN, "endpoint": c.Endpoint, "certificateAuthority": c.CertificateAuthority,
		"kubeconfig": c.Kubeconfig, "oidcIssuer": c.OIDCIssuer, "oidcProviderArn": c.OIDCProviderARN,
		"clusterSecurityGroupId": c.ClusterSecurityGroupID, "nodeSecurityGroupId": c.NodeSecurityGroupID,
		"autoScalingGroups": pulumi.ToStringMapOutput(c.AutoScalingGroups),
		"nodeRoleArn":       c.NodeRoleARN, "bastionInstanceId": c.BastionInstanceID, "alarms": c.Alarms,
	}); err != nil {
		return nil, fmt.Errorf("cluster %s: outputs: %w", name, err)
	}
	return c, nil
}

// builder carries what one step leaves for the next.
type builder struct {
	ctx    *pulumi.Context
	name   string
	args   Args
	cfg    spec.Config
	out    *Cluster
	parent pulumi.ResourceOption
	tags   tags.Set
	slots  []spec.NodeSlot

	key               *kms.Key
	controlPlaneGroup *ec2.SecurityGroup
	// deployer is the access that the kubernetes provider needs.
	deployer []pulumi.Resource
	eks      eksComponent
	node     *iam.Role
	nodeIAM  []pulumi.Resource
	// prerequisites are what nodes need before they start: the CNI and the agent.
	prerequisites []pulumi.Resource
	groups        []pulumi.Resource
	// charts is what every chart waits for: all add-ons, and so the nodes; with
	// Karpenter the nodes of the release. Charts do not wait for each other.
	charts []pulumi.Resource
	// ready is what a workload has to wait for, without what something else in it
	// has waited for already: a run that fails walks every path of the graph.
	ready []pulumi.Resource
}

// id is the logical name of a child.
func (b *builder) id(role string) string { return b.name + "-" + role }

// aws are the options of an AWS child that depends on after.
func (b *builder) aws(after ...pulumi.Resource) []pulumi.ResourceOption {
	return []pulumi.ResourceOption{b.parent, pulumi.DependsOn(after)}
}

// kube are the options of a Kubernetes child that depends on after.
func (b *builder) kube(after ...pulumi.Resource) []pulumi.ResourceOption {
	return []pulumi.ResourceOption{b.parent, pulumi.Provider(b.out.Provider), pulumi.DependsOn(after)}
}

// beforeCharts closes the list of add-ons.
func (b *builder) beforeCharts() error {
	b.charts = slices.Clone(b.ready)
	return nil
}

// protected adds protection while the environment asks for it.
func (b *builder) protected(opts []pulumi.ResourceOption) []pulumi.ResourceOption {
	if b.args.Environment.Protect {
		return append(opts, pulumi.Protect(true))
	}
	return opts
}

// subnets are the private subnets of zones, in order.
func (b *builder) subnets(zones []string) pulumi.StringArray {
	out := make(pulumi.StringArray, len(zones))
	for i, zone := range zones {
		out[i] = b.args.Network.PrivateSubnets[zone]
	}
	return out
}

// addon registers an EKS add-on at the release's build. OVERWRITE lets it
// adopt what EKS installed by itself at creation (kube-proxy, CoreDNS).
func (b *builder) addon(name string, extra awseks.AddonArgs, opts ...pulumi.ResourceOption) (*awseks.Addon, error) {
	extra.ClusterName = b.out.Name
	extra.AddonName = pulumi.String(name)
	extra.AddonVersion = pulumi.String(b.cfg.AddonVersion(b.args.Release, name))
	extra.ResolveConflictsOnCreate = pulumi.String("OVERWRITE")
	extra.ResolveConflictsOnUpdate = pulumi.String("OVERWRITE")
	extra.Tags = b.tags.For(b.id(name))
	addon, err := awseks.NewAddon(b.ctx, b.id("addon-"+name), &extra, opts...)
	if err != nil {
		return nil, fmt.Errorf("add-on %s: %w", name, err)
	}
	return addon, nil
}
