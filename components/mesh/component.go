package mesh

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/mesh/plan"
	"github.com/ladder-platform/ladder/components/mesh/spec"
	"github.com/ladder-platform/ladder/internal/finding"
)

const typeToken = "ladder:mesh:Mesh"

// Environment is what the whole stack shares.
type Environment struct {
	Stage, Owner, Region, AccountID string
	Protect                         bool
	Tags                            map[string]string
}

// Cluster is what the cluster hands over.
type Cluster struct {
	// Name of the cluster in AWS.
	Name string
	// ServiceCIDR is the block of Kubernetes services; CIDRs are the VPC's.
	ServiceCIDR string
	CIDRs       []string
	// Nodes are what a pod needs to run.
	Nodes []pulumi.Resource
	// Observed says that observability runs in the cluster, outside the mesh.
	Observed bool
}

// Args is the mesh section plus what other rooms hand over.
type Args struct {
	// Key of the cluster in the stack file.
	Key string
	// Config is the section, for all clusters of the stack, and Clusters is what
	// its rules need to know of them, this one among them.
	Config      spec.Config
	Clusters    map[string]spec.ClusterInput
	Environment Environment
	// Release of the cluster, and of revisions that run another one, by name.
	Release  spec.Release
	Releases map[string]spec.Release
	Cluster  Cluster
	// Roots that the stack's clusters share; nil without a certificate authority.
	Roots *Roots
	// EastWest is the way in from other clusters; nil without links.
	EastWest *EastWest
}

// Gateway is an ingress gateway as a load balancer needs to know it.
type Gateway struct {
	Namespace, Service string
	// HTTPPort and HTTPSPort are the service's ports, which lead to 8080 and
	// 8443 of the pods; ReadinessPort of the pods answers /healthz/ready.
	HTTPPort, HTTPSPort, ReadinessPort int
	// Labels of the pods.
	Labels map[string]string
}

// Mesh is Istio in one cluster.
type Mesh struct {
	pulumi.ResourceState

	TrustDomain pulumi.StringOutput `pulumi:"trustDomain"`
	// MeshNetwork is the name of the network that the pods are on.
	MeshNetwork pulumi.StringOutput `pulumi:"meshNetwork"`
	DataPlane   pulumi.StringOutput `pulumi:"dataPlane"`

	// Key of the cluster, and Config as this cluster has it.
	Key    string
	Config spec.Config
	// Gateways by key.
	Gateways map[string]Gateway
	// Namespaces that the mesh made, by name.
	Namespaces map[string]pulumi.Resource
	// ControlPlane are the control planes; whoever makes objects that Istio
	// checks depends on them.
	ControlPlane []pulumi.Resource
	// Ready are the last resources of the mesh, which wait for all others. A
	// workload depends on all of them.
	Ready []pulumi.Resource

	// eastWestGroup is the security group of the way in from other clusters,
	// eastWestPort its port.
	eastWestGroup pulumi.StringOutput
	eastWestPort  int
}

// Validate returns every finding of the arguments.
func (a Args) Validate() finding.List {
	path := "mesh"
	out := a.Config.Validate(path, spec.ValidateInput{Region: a.Environment.Region, Clusters: a.Clusters})
	own, ok := a.Config.For(a.Key)
	if _, known := a.Clusters[a.Key]; !known || !ok {
		out.Add(path, "pass a cluster that has a mesh", "cluster %q has none", a.Key)
		return out
	}
	revisions := plan.Revisions(own, a.input())
	for _, name := range keys(revisions) {
		r, ok := a.release(revisions[name])
		if !ok {
			out.Add(path+".revisions."+name, "name a release of the catalogue", "release %q is not known", revisions[name])
			continue
		}
		out.Join("", spec.CheckRelease(path, r))
	}
	needed := []struct {
		what string
		ok   bool
	}{
		{"key", a.Key != ""}, {"cluster name", a.Cluster.Name != ""}, {"region", a.Environment.Region != ""},
		{"root for mesh.ca", (a.Config.CA == nil) == (a.Roots == nil)}, {"way in from other clusters", len(own.Linked(a.Key)) == 0 || a.EastWest != nil},
		{"service block", a.Cluster.ServiceCIDR != ""}, {"block of the VPC", len(a.Cluster.CIDRs) > 0},
	}
	for _, n := range needed {
		if !n.ok {
			out.Add(path, "pass it in mesh.Args", "the mesh got no %s", n.what)
		}
	}
	return out
}

func (a Args) release(name string) (spec.Release, bool) {
	if name == a.Release.Name {
		return a.Release, true
	}
	r, ok := a.Releases[name]
	return r, ok
}

func (a Args) input() plan.Input {
	in := plan.Input{
		Cluster: a.Key, ClusterName: a.Cluster.Name, Region: a.Environment.Region, Release: a.Release.Name,
		ServiceCIDR: a.Cluster.ServiceCIDR, CIDRs: a.Cluster.CIDRs, Observed: a.Cluster.Observed,
	}
	if a.EastWest != nil {
		in.EastWestAddresses = a.EastWest.Addresses
	}
	return in
}

// New puts Istio into the cluster that the kubernetes provider in opts points at.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Mesh, error) {
	if err := args.Validate().Err(); err != nil {
		return nil, err
	}
	own, _ := args.Config.For(args.Key)
	m := &Mesh{Key: args.Key, Config: own, Gateways: map[string]Gateway{}, Namespaces: map[string]pulumi.Resource{}}
	if err := ctx.RegisterComponentResource(typeToken, name, m, opts...); err != nil {
		return nil, fmt.Errorf("mesh %s: register: %w", name, err)
	}
	b := &builder{ctx: ctx, name: name, args: args, cfg: own, in: args.input(), out: m, parent: pulumi.Parent(m)}
	for _, step := range []func() error{
		b.definitions, b.namespaces, b.certificates, b.controlPlanes, b.dataPlane, b.enrol, b.gateways, b.eastWest, b.objects,
	} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("mesh %s: %w", name, err)
		}
	}
	m.Ready = slices.Clone(b.ready)
	m.TrustDomain = pulumi.String(b.cfg.TrustDomain).ToStringOutput()
	m.MeshNetwork = pulumi.String(b.cfg.MeshNetwork(args.Key)).ToStringOutput()
	m.DataPlane = pulumi.String(b.cfg.DataPlane).ToStringOutput()
	if err := ctx.RegisterResourceOutputs(m, pulumi.Map{
		"trustDomain": m.TrustDomain, "meshNetwork": m.MeshNetwork, "dataPlane": m.DataPlane,
	}); err != nil {
		return nil, fmt.Errorf("mesh %s: outputs: %w", name, err)
	}
	return m, nil
}

// in is the namespace that the mesh made; nothing where it made none.
func (m *Mesh) in(namespace string) []pulumi.Resource {
	if made, ok := m.Namespaces[namespace]; ok {
		return []pulumi.Resource{made}
	}
	return nil
}

// builder carries what one step leaves for the next.
type builder struct {
	ctx    *pulumi.Context
	name   string
	args   Args
	cfg    spec.Config
	in     plan.Input
	out    *Mesh
	parent pulumi.ResourceOption

	// system is the namespace of the control plane.
	system pulumi.Resource
	// crds is the last of the definitions.
	crds []pulumi.Resource
	// beforeControlPlane is what istiod reads when it starts, beside definitions.
	beforeControlPlane []pulumi.Resource
	// up is the last of control plane and data plane: the mesh works then. What
	// comes later depends on it alone, and not on each thing before it. A run
	// that fails walks every path of the graph, and paths multiply
	// (docs/adr/0014-mesh.md).
	up pulumi.Resource
	// ready grows with everything that a workload has to wait for.
	ready []pulumi.Resource
}

// id is the logical name of a child.
func (b *builder) id(role string) string { return b.name + "-" + role }

// kube are the options of a child that depends on after.
func (b *builder) kube(after ...pulumi.Resource) []pulumi.ResourceOption {
	return []pulumi.ResourceOption{b.parent, pulumi.DependsOn(after)}
}

// keys of a map, sorted.
func keys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
