package stacks

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/cluster"
	"github.com/ladder-platform/ladder/components/edge"
	edgespec "github.com/ladder-platform/ladder/components/edge/spec"
	"github.com/ladder-platform/ladder/components/mesh"
	"github.com/ladder-platform/ladder/components/network"
	"github.com/ladder-platform/ladder/components/observability"
	observed "github.com/ladder-platform/ladder/components/observability/spec"
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/contract"
	"github.com/ladder-platform/ladder/stacks/promotion"
	"github.com/ladder-platform/ladder/stacks/release"
)

// Outputs of a stack beside the record.
const (
	// contractOutput is what other teams read: stacks/contract.
	contractOutput = "contract"
	// kubeconfigsOutput are kubeconfigs by cluster key; they hold no credential.
	kubeconfigsOutput = "kubeconfigs"
	// bastionsOutput are instance IDs by cluster key, of clusters that have one.
	bastionsOutput = "bastions"
	// urlOutput is where the sample answers, of stacks that have it.
	urlOutput = "url"
)

// made is everything that the stack has made.
type made struct {
	networks map[string]*network.Network
	links    []pulumi.Resource
	clusters map[string]*cluster.Cluster
	meshes   map[string]*mesh.Mesh
	edge     *edge.Edge // nil without an edge section
	// watching are what observes clusters, by cluster key.
	watching map[string]*observability.Observability
}

// everything is what must have succeeded before the record is written.
func (m made) everything() []pulumi.Resource {
	out := slices.Clone(m.links)
	for _, key := range slices.Sorted(maps.Keys(m.networks)) {
		out = append(out, m.networks[key])
	}
	for _, key := range slices.Sorted(maps.Keys(m.clusters)) {
		out = append(out, m.clusters[key])
	}
	for _, key := range slices.Sorted(maps.Keys(m.meshes)) {
		out = append(out, m.meshes[key])
	}
	if m.edge != nil {
		out = append(out, m.edge)
	}
	for _, key := range slices.Sorted(maps.Keys(m.watching)) {
		out = append(out, m.watching[key])
	}
	return out
}

// publish writes the record when everything else has succeeded, and exports
// what people and other stacks read. The record is what a destroy would delete
// first; it is protected with the stack, or a refused destroy would have taken
// the add-ons and charts away already. Every output waits for the record: none
// tells of something that a failed up did not finish.
func (p Program) publish(ctx *pulumi.Context, cfg config.Stack, on clouds, c climb, all made) error {
	clusters := all.clusters
	early, err := c.record(p.Now()) // as long as the one that is written
	if err != nil {
		return err
	}
	minors, err := kubernetesMinors(cfg)
	if err != nil {
		return err
	}
	everything := all.everything()
	shape, err := promotion.EncodeShape(config.Shape(cfg))
	if err != nil {
		return err
	}
	shaped, err := write(ctx, cfg, on, shapeParameter, "The shape that the record's digest is of", shape, everything...)
	if err != nil {
		return err
	}
	// The record waits for the shape by its text, and so for everything. It has no
	// edge of its own to the rest: when a step of a destroy fails, the engine walks every path
	// of the graph and remembers none, and edges that only shorten a path double them.
	text := shaped.ARN.ApplyT(c.recorded(p.Now)).(pulumi.StringOutput)
	written, err := writeLate(ctx, cfg, on, recordParameter, "What this stack runs, written by its last successful up", len(early), text)
	if err != nil {
		return err
	}
	ctx.Export(recordOutput, written.Text)
	ctx.Export(contractOutput, after(written, contractMap(ctx, cfg, minors, all)))
	ctx.Export(kubeconfigsOutput, after(written, each(clusters, func(_ string, c *cluster.Cluster) pulumi.Input { return c.Kubeconfig })))
	if cfg.Sample != nil && !cfg.Edge.ZoneOnly() { // a zone alone leads nowhere yet
		ctx.Export(urlOutput, pulumi.Sprintf("https://%s/", late(written, cfg.Sample.Host)))
	}
	ctx.Export(bastionsOutput, after(written, each(withBastion(cfg, clusters), func(_ string, c *cluster.Cluster) pulumi.Input { return c.BastionInstanceID })))
	return nil
}

// after is value once the record is written.
func after(record *parameter, value pulumi.Map) pulumi.MapOutput {
	return pulumi.All(record.ARN, value).ApplyT(second).(pulumi.MapOutput)
}

// late is a text that is known, once the record is written.
func late(record *parameter, text string) pulumi.StringOutput {
	return record.ARN.ApplyT(func(string) string { return text }).(pulumi.StringOutput)
}

// second drops what was only waited for.
func second(values []any) map[string]any { return values[1].(map[string]any) }

// contractMap is contract.V1 with values that are known late; a test decodes
// what comes out into contract.V1 strictly.
func contractMap(ctx *pulumi.Context, cfg config.Stack, minors map[string]string, all made) pulumi.Map {
	e := cfg.Environment
	out := pulumi.Map{
		"version": pulumi.String(contract.Version), "stack": pulumi.String(ctx.Stack()), "stage": pulumi.String(e.Stage),
		"region": pulumi.String(e.Region), "accountId": pulumi.String(e.AccountID),
		"release": pulumi.String(cfg.Release), "kubernetes": pulumi.String(minors[cfg.Release]),
		"networks": each(all.networks, func(_ string, n *network.Network) pulumi.Input {
			return pulumi.Map{
				"vpcId": n.VPCID, "cidrs": pulumi.ToStringArray(n.CIDRs), "zones": pulumi.ToStringArray(n.Zones),
				"privateSubnets": pulumi.ToStringMapOutput(n.PrivateSubnets), "publicSubnets": pulumi.ToStringMapOutput(n.PublicSubnets),
				"podSubnets": pulumi.ToStringMapOutput(n.PodSubnets), "natAddresses": n.NATPublicIPs,
			}
		}),
		"clusters": each(all.clusters, func(key string, c *cluster.Cluster) pulumi.Input {
			runs := cfg.ClusterRelease(key)
			out := pulumi.Map{
				"network": pulumi.String(cfg.Clusters[key].Network), "release": pulumi.String(runs), "kubernetes": pulumi.String(minors[runs]),
				"name": c.Name, "arn": c.ARN, "endpoint": c.Endpoint, "certificateAuthority": c.CertificateAuthority,
				"oidcIssuer": c.OIDCIssuer, "clusterSecurityGroupId": c.ClusterSecurityGroupID, "nodeRoleArn": c.NodeRoleARN,
			}
			if m := all.meshes[key]; m != nil {
				out["mesh"] = meshMap(m)
			}
			if o := all.watching[key]; o != nil {
				out["observability"] = pulumi.Map{
					"namespace": pulumi.String(observed.Namespace), "otlpEndpoint": o.OTLPEndpoint,
					"remoteWriteUrl": o.RemoteWriteURL, "grafanaUrl": o.GrafanaURL,
				}
			}
			return out
		}),
	}
	if all.edge != nil {
		out["edge"] = edgeMap(cfg.Edge, all.edge)
	}
	return out
}

// edgeMap is contract.EdgeV1.
func edgeMap(cfg *edgespec.Config, e *edge.Edge) pulumi.Map {
	return pulumi.Map{
		"domain": pulumi.String(cfg.Domain.Name), "zoneId": e.ZoneID, "nameServers": e.NameServers,
		"applicationDnsName": e.ApplicationDNSName, "managementDnsName": e.ManagementDNSName, "addresses": e.Addresses,
		"applicationHosts": pulumi.ToStringArray(cfg.Names(edgespec.EntranceApplication)),
		"managementHosts":  pulumi.ToStringArray(cfg.Names(edgespec.EntranceManagement)),
	}
}

// meshMap is contract.MeshV1.
func meshMap(m *mesh.Mesh) pulumi.Map {
	return pulumi.Map{
		"dataPlane": m.DataPlane, "trustDomain": m.TrustDomain, "network": m.MeshNetwork,
		"namespaces": pulumi.ToStringArray(m.Config.Enrolled()),
		"gateways": each(m.Gateways, func(_ string, g mesh.Gateway) pulumi.Input {
			return pulumi.Map{"namespace": pulumi.String(g.Namespace), "service": pulumi.String(g.Service)}
		}),
	}
}

// kubernetesMinors are the Kubernetes minors of the releases that the stack and
// its clusters run.
func kubernetesMinors(cfg config.Stack) (map[string]string, error) {
	out := map[string]string{}
	names := []string{cfg.Release}
	for key := range cfg.Clusters {
		names = append(names, cfg.ClusterRelease(key))
	}
	for _, name := range names {
		rel, err := release.Find(name)
		if err != nil {
			return nil, err
		}
		out[name] = rel.Kubernetes.Version
	}
	return out, nil
}

// each is f of every entry.
func each[T any](m map[string]T, f func(string, T) pulumi.Input) pulumi.Map {
	out := pulumi.Map{}
	for key, v := range m {
		out[key] = f(key, v)
	}
	return out
}

// withBastion are the clusters that have a bastion.
func withBastion(cfg config.Stack, clusters map[string]*cluster.Cluster) map[string]*cluster.Cluster {
	out := map[string]*cluster.Cluster{}
	for key, c := range clusters {
		if cfg.Clusters[key].Bastion != nil {
			out[key] = c
		}
	}
	return out
}
