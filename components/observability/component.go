package observability

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/helm"
	"github.com/ladder-platform/ladder/components/internal/kms"
	"github.com/ladder-platform/ladder/components/internal/podidentity"
	"github.com/ladder-platform/ladder/components/internal/tags"
	"github.com/ladder-platform/ladder/components/observability/spec"
	"github.com/ladder-platform/ladder/internal/finding"
)

// Tokens are part of every URN below the component: they never change without
// an alias.
const (
	typeToken     = "ladder:observability:Observability"
	workloadToken = "ladder:observability:Workloads"
)

// Environment is what the whole stack shares.
type Environment struct {
	Stage, Owner, Region, AccountID string
	// Protect keeps stores from being deleted.
	Protect bool
	Tags    map[string]string
}

// Network is what the network of the cluster hands over.
type Network struct {
	VPCID pulumi.StringInput
	// CIDRs are all blocks of the VPC.
	CIDRs []string
	// Zones are zone IDs in the network's order.
	Zones []string
	// PrivateSubnets are subnet IDs by zone ID.
	PrivateSubnets map[string]pulumi.StringInput
}

// Cluster is what the cluster hands over.
type Cluster struct {
	// Name in AWS, as text and as the output that waits for the cluster.
	Name       string
	NameOutput pulumi.StringInput
	// SecurityGroupID is the group of the nodes and pods.
	SecurityGroupID pulumi.StringInput
	// Ready is what anything in the cluster waits for, the mesh included.
	Ready []pulumi.Resource
}

// Mesh is what the cluster's mesh hands over.
type Mesh struct {
	// Namespaces are those of workloads in the mesh.
	Namespaces []string
	// Ambient says whether the data plane is ambient.
	Ambient bool
	// ControlNamespace holds istiod, GatewayNamespace the gateways.
	ControlNamespace, GatewayNamespace string
	// TrustDomain is the first part of every identity.
	TrustDomain string
}

// Release is the part of a release that observability needs.
type Release struct {
	Name, Kubernetes string
	// Charts by the names of the catalogue.
	Charts map[string]Chart
	// Images by the names of the catalogue.
	Images map[string]string
}

// Chart is one Helm chart of a release.
type Chart struct{ Name, Repository, Version string }

// Args is the observability section plus what other rooms hand over.
type Args struct {
	// Key of the cluster in the stack file.
	Key   string
	Stack string
	// Config is the section, with or without defaults, and Clusters what its
	// rules need to know of the stack's clusters, this one among them.
	Config      spec.Config
	Clusters    map[string]spec.ClusterInput
	Environment Environment
	Network     Network
	Cluster     Cluster
	// Mesh of the cluster; nil without one.
	Mesh    *Mesh
	Release Release
	// Known is what the program knows and no exporter says.
	Known Known
	// SearchRole lets OpenSearch Service into VPCs (NewSearchRole); nil when the
	// account has it or nothing needs it.
	SearchRole pulumi.Resource
}

// Observability watches one cluster.
type Observability struct {
	pulumi.ResourceState

	// OTLPEndpoint takes traces over gRPC from inside the cluster; empty without traces.
	OTLPEndpoint pulumi.StringOutput `pulumi:"otlpEndpoint"`
	// RemoteWriteURL takes metrics; empty where nothing does.
	RemoteWriteURL pulumi.StringOutput `pulumi:"remoteWriteUrl"`
	// GrafanaURL inside the cluster; empty without Grafana.
	GrafanaURL pulumi.StringOutput `pulumi:"grafanaUrl"`
	// Alarms are the names of CloudWatch alarms, for a composite one.
	Alarms pulumi.StringArrayOutput `pulumi:"alarms"`

	// Key of the cluster.
	Key string
	// Topics take alerts, and alarms of CloudWatch that are given to them.
	Topics []pulumi.StringOutput
}

// Workloads is the parent of everything inside the cluster. It waits for the
// cluster and the mesh once, instead of each of its children: a run that fails
// walks every path of the graph, and paths multiply.
type Workloads struct{ pulumi.ResourceState }

// builder carries what one step leaves for the next.
type builder struct {
	ctx  *pulumi.Context
	name string
	args Args
	cfg  spec.Config
	tags tags.Set
	out  *Observability
	// inside is the parent of what runs in the cluster.
	inside *Workloads
	// namespace of everything here, crds the definitions of prometheus-operator.
	namespace pulumi.Resource
	crds      []pulumi.Resource
	// scraping is the release of Prometheus; nil without metrics.
	scraping pulumi.Resource
	alarms   pulumi.StringArray
	// told are what must be there before Alertmanager tells anybody.
	told []pulumi.Resource
	// stored is what each owner's stores left for what runs inside.
	metricStore metricStore
	logStore    logStore
	traceStore  traceStore
	// search and stream are shared by logs and traces; setup is who prepares
	// them and prepared when that is done; key encrypts them.
	search   *searchStore
	stream   *streamStore
	setup    *podidentity.Identity
	prepared pulumi.Resource
	key      *kms.Key
}

// Validate returns every finding of the arguments.
func (a Args) Validate() finding.List {
	path := "observability"
	out := a.Config.Validate(path, spec.Input{
		Stack: a.Stack, Region: a.Environment.Region, AccountID: a.Environment.AccountID, Clusters: a.Clusters,
	})
	needed := []struct {
		what string
		ok   bool
	}{
		{"key of a cluster", a.Clusters[a.Key].Network != ""}, {"stack", a.Stack != ""}, {"cluster name", a.Cluster.Name != "" && a.Cluster.NameOutput != nil},
		{"region", a.Environment.Region != ""}, {"account", a.Environment.AccountID != ""}, {"VPC", a.Network.VPCID != nil},
		{"security group of the nodes", a.Cluster.SecurityGroupID != nil}, {"block of the VPC", len(a.Network.CIDRs) > 0},
	}
	for _, n := range needed {
		if !n.ok {
			out.Add(path, "pass it in observability.Args", "observability got no %s", n.what)
		}
	}
	for _, zone := range a.Network.Zones {
		if a.Network.PrivateSubnets[zone] == nil {
			out.Add(path, "pass one for each zone", "the network handed over no private subnet for %s", zone)
		}
	}
	for _, name := range a.Config.NeededCharts() {
		if c := a.Release.Charts[name]; c.Name == "" || c.Version == "" {
			out.Add(path, "complete the release in the catalogue", "release %q has no chart %q", a.Release.Name, name)
		}
	}
	return out
}

// New watches the cluster that the kubernetes provider in opts points at; its
// stores are made by the aws provider in opts.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Observability, error) {
	if err := args.Validate().Err(); err != nil {
		return nil, err
	}
	o := &Observability{Key: args.Key}
	if err := ctx.RegisterComponentResource(typeToken, name, o, opts...); err != nil {
		return nil, fmt.Errorf("observability %s: register: %w", name, err)
	}
	nothing := pulumi.String("").ToStringOutput()
	o.OTLPEndpoint, o.RemoteWriteURL, o.GrafanaURL = nothing, nothing, nothing
	b := &builder{
		ctx: ctx, name: name, args: args, cfg: args.Config.WithDefaults(), out: o, inside: &Workloads{},
		tags: tags.New(args.Environment.Stage, args.Environment.Owner, args.Environment.Tags),
	}
	if err := ctx.RegisterComponentResource(workloadToken, b.id("workloads"), b.inside, pulumi.Parent(o), pulumi.DependsOn(args.Cluster.Ready)); err != nil {
		return nil, fmt.Errorf("observability %s: register: %w", name, err)
	}
	for _, step := range []func() error{
		b.metricStores, b.logStores, b.traceStores, b.home, b.definitions, b.prepare, b.receivers, b.metrics, b.grafana, b.kiali, b.logs, b.traces, b.rules, b.dashboards,
	} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("observability %s: %w", name, err)
		}
	}
	if err := ctx.RegisterResourceOutputs(b.inside, pulumi.Map{}); err != nil {
		return nil, fmt.Errorf("observability %s: outputs: %w", name, err)
	}
	o.Alarms = b.alarms.ToStringArrayOutput()
	if err := ctx.RegisterResourceOutputs(o, pulumi.Map{
		"otlpEndpoint": o.OTLPEndpoint, "remoteWriteUrl": o.RemoteWriteURL, "grafanaUrl": o.GrafanaURL, "alarms": o.Alarms,
	}); err != nil {
		return nil, fmt.Errorf("observability %s: outputs: %w", name, err)
	}
	return o, nil
}

// id is the logical name of a child.
func (b *builder) id(role string) string { return b.name + "-" + role }

// aws are the options of an AWS child that depends on after. It waits neither
// for the cluster nor for the mesh.
func (b *builder) aws(after ...pulumi.Resource) []pulumi.ResourceOption {
	return []pulumi.ResourceOption{pulumi.Parent(b.out), pulumi.DependsOn(after)}
}

// kube are the options of a child in the cluster that depends on after; cluster
// and mesh are ready before it.
func (b *builder) kube(after ...pulumi.Resource) []pulumi.ResourceOption {
	return []pulumi.ResourceOption{pulumi.Parent(b.inside), pulumi.DependsOn(after)}
}

// kept are the options of a store: protected with the stack.
func (b *builder) kept(after ...pulumi.Resource) []pulumi.ResourceOption {
	return append(b.aws(after...), pulumi.Protect(b.args.Environment.Protect))
}

// chart is a chart of the cluster's release.
func (b *builder) chart(name string) helm.Chart {
	c := b.args.Release.Charts[name]
	return helm.Chart{Name: c.Name, Repository: c.Repository, Version: c.Version}
}

// keys of a map, sorted.
func keys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
