package mesh

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/kube"
	"github.com/ladder-platform/ladder/components/internal/sgrule"
	"github.com/ladder-platform/ladder/components/internal/tags"
	"github.com/ladder-platform/ladder/components/mesh/plan"
	"github.com/ladder-platform/ladder/components/mesh/spec"
)

// linkToken is part of the URN of every link between two meshes.
const linkToken = "ladder:mesh:Link"

// End is one side of a link.
type End struct {
	Mesh *Mesh
	// ClusterName in AWS, by which istiod knows the cluster.
	ClusterName string
	// Network is the key of the cluster's network, Blocks are its blocks.
	Network string
	Blocks  []string
	// Endpoint and CertificateAuthority of the API server.
	Endpoint, CertificateAuthority pulumi.StringInput
	// ClusterSecurityGroupID is the group of nodes and control plane.
	ClusterSecurityGroupID pulumi.StringInput
	// Kubernetes talks to the cluster.
	Kubernetes pulumi.ProviderResource
	// Addresses of the east-west load balancer by zone ID.
	Addresses map[string]string
	// Release of the cluster by name.
	Release string
}

// LinkArgs are the two sides and what the stack shares.
type LinkArgs struct {
	Key         string
	Config      spec.Link
	A, B        End
	Environment Environment
}

// Link joins the meshes of two clusters: each side may ask the other's API
// server where its pods are, and reach its east-west gateway.
type Link struct {
	pulumi.ResourceState

	// Checks are what the calls from one side to the other have answered, by
	// "<from>-to-<to>"; empty without a check.
	Checks pulumi.StringMapOutput `pulumi:"checks"`

	args LinkArgs
	tags tags.Set
	name string
}

// NewLink joins two meshes. opts carry the aws provider.
func NewLink(ctx *pulumi.Context, name string, args LinkArgs, opts ...pulumi.ResourceOption) (*Link, error) {
	if args.A.Mesh == nil || args.B.Mesh == nil {
		return nil, fmt.Errorf("link %s: it needs two meshes", name)
	}
	e := args.Environment
	l := &Link{args: args, name: name, tags: tags.New(e.Stage, e.Owner, e.Tags)}
	if err := ctx.RegisterComponentResource(linkToken, name, l, opts...); err != nil {
		return nil, fmt.Errorf("link %s: register: %w", name, err)
	}
	a, b := args.A, args.B
	forth, err := l.oneWay(ctx, a, b)
	if err != nil {
		return nil, fmt.Errorf("link %s: %s to %s: %w", name, a.Mesh.Key, b.Mesh.Key, err)
	}
	back, err := l.oneWay(ctx, b, a)
	if err != nil {
		return nil, fmt.Errorf("link %s: %s to %s: %w", name, b.Mesh.Key, a.Mesh.Key, err)
	}
	checks := pulumi.StringMap{}
	if args.Config.Check == nil || *args.Config.Check {
		if checks, err = l.check(ctx, slices.Concat(forth, back, a.Mesh.Ready, b.Mesh.Ready)); err != nil {
			return nil, fmt.Errorf("link %s: check: %w", name, err)
		}
	}
	l.Checks = checks.ToStringMapOutput()
	if err := ctx.RegisterResourceOutputs(l, pulumi.Map{"checks": l.Checks}); err != nil {
		return nil, fmt.Errorf("link %s: outputs: %w", name, err)
	}
	return l, nil
}

// oneWay is what from needs to reach to.
func (l *Link) oneWay(ctx *pulumi.Context, from, to End) ([]pulumi.Resource, error) {
	way := from.Mesh.Key + "-to-" + to.Mesh.Key
	open, err := l.open(ctx, way, from, to)
	if err != nil {
		return nil, err
	}
	secret, err := l.remoteSecret(ctx, way, from, to)
	if err != nil {
		return nil, err
	}
	named, err := l.services(ctx, way, from, to)
	if err != nil {
		return nil, err
	}
	return slices.Concat(open, []pulumi.Resource{secret}, named), nil
}

// check calls from each side to the other, once everything else is there.
func (l *Link) check(ctx *pulumi.Context, after []pulumi.Resource) (pulumi.StringMap, error) {
	a, b := l.args.A, l.args.B
	here, err := l.answerers(ctx, a, b)
	if err != nil {
		return nil, err
	}
	there, err := l.answerers(ctx, b, a)
	if err != nil {
		return nil, err
	}
	out, ready := pulumi.StringMap{}, slices.Concat(here, there, after)
	for _, way := range [][2]End{{a, b}, {b, a}} {
		key := way[0].Mesh.Key + "-to-" + way[1].Mesh.Key
		if out[key], err = l.ask(ctx, key, way[0], way[1], ready); err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
	}
	return out, nil
}

// apiPort is the port of every EKS API server.
const apiPort = 443

// open lets from in at the two ports that it needs: the API server, by which
// istiod learns the pods of the other cluster, and the east-west gateway. In one
// VPC the source is the other cluster's group; between two it is the blocks,
// because the CNI gives some packets the node's address and some the pod's.
func (l *Link) open(ctx *pulumi.Context, way string, from, to End) ([]pulumi.Resource, error) {
	var out []pulumi.Resource
	for _, door := range []struct {
		role  string
		group pulumi.StringInput
		port  int
	}{{"api", to.ClusterSecurityGroupID, apiPort}, {"east-west", to.Mesh.eastWestGroup, to.Mesh.eastWestPort}} {
		sources := l.sources(from, to)
		for _, key := range slices.Sorted(maps.Keys(sources)) {
			source := sources[key]
			r, err := sgrule.Ingress(ctx, l.name+"-"+way+"-"+door.role+"-"+key, sgrule.Rule{
				Group: door.group, Port: door.port, Block: source.block, Peer: source.group,
				Description: "mesh link " + l.args.Key + ": " + way + ", " + door.role, Tags: l.tags.For(l.name + "-" + way + "-" + door.role),
			}, pulumi.Parent(l))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", door.role, err)
			}
			out = append(out, r)
		}
	}
	return out, nil
}

type source struct {
	block string
	group pulumi.StringInput
}

// sources are where packets of from come from, by a key for names.
func (l *Link) sources(from, to End) map[string]source {
	if from.Network == to.Network {
		return map[string]source{"group": {group: from.ClusterSecurityGroupID}}
	}
	out := map[string]source{}
	for _, b := range from.Blocks {
		out[strings.ReplaceAll(b, "/", "-")] = source{block: b}
	}
	return out
}

// readerAccount is what the base chart makes for other clusters' control planes.
const readerAccount = "istio-reader-service-account"

// remoteSecret gives from's istiod a way to ask to's API server: a token of the
// reader's account there, in a kubeconfig here. Each link has a token of its
// own, so that one can be taken back alone.
func (l *Link) remoteSecret(ctx *pulumi.Context, way string, from, to End) (pulumi.Resource, error) {
	token, err := kube.NewToken(ctx, l.name+"-"+way+"-token", kube.Meta{Name: "istio-reader-" + from.Mesh.Key, Namespace: spec.SystemNamespace}, readerAccount,
		pulumi.Parent(l), pulumi.Provider(to.Kubernetes), pulumi.DependsOn(to.Mesh.ControlPlane))
	if err != nil {
		return nil, err
	}
	config := pulumi.All(to.Endpoint, to.CertificateAuthority, token.Token).ApplyT(remoteKubeconfig(to.ClusterName)).(pulumi.StringOutput)
	return kube.New(ctx, l.name+"-"+way+"-secret", kube.Secret, kube.Meta{
		Name: "istio-remote-secret-" + to.ClusterName, Namespace: spec.SystemNamespace,
		Labels: map[string]string{"istio/multiCluster": "true"}, Annotations: map[string]string{"networking.istio.io/cluster": to.ClusterName},
	}, pulumi.Map{"type": pulumi.String("Opaque"), "stringData": pulumi.ToSecret(pulumi.StringMap{to.ClusterName: config})},
		pulumi.Parent(l), pulumi.Provider(from.Kubernetes), pulumi.DependsOn(from.Mesh.ControlPlane))
}

// remoteKubeconfig writes what istiod reads from a remote secret, as JSON, which is YAML too.
func remoteKubeconfig(cluster string) func([]any) (string, error) {
	return func(values []any) (string, error) {
		server, _ := values[0].(string)
		authority, _ := values[1].(string)
		token, _ := values[2].(string)
		if server == "" || authority == "" || token == "" {
			return "", errors.New("the other cluster has not answered with endpoint, certificate and token; run up again")
		}
		b, err := json.Marshal(map[string]any{
			"apiVersion": "v1", "kind": "Config", "current-context": cluster, "preferences": map[string]any{},
			"clusters": []any{map[string]any{"name": cluster, "cluster": map[string]any{"server": server, "certificate-authority-data": authority}}},
			"users":    []any{map[string]any{"name": cluster, "user": map[string]any{"token": token}}},
			"contexts": []any{map[string]any{"name": cluster, "context": map[string]any{"cluster": cluster, "user": cluster}}},
		})
		if err != nil {
			return "", fmt.Errorf("write the remote secret: %w", err)
		}
		return string(b), nil
	}
}

// services are the names by which from reaches services of the link.
func (l *Link) services(ctx *pulumi.Context, way string, from, to End) ([]pulumi.Resource, error) {
	var addresses []string
	for _, zone := range slices.Sorted(maps.Keys(to.Addresses)) {
		addresses = append(addresses, to.Addresses[zone])
	}
	var out []pulumi.Resource
	for _, o := range plan.Linked(from.Mesh.Config, l.args.Config, from.Mesh.Key, to.Mesh.Config, to.Mesh.Key, addresses) {
		made, err := object(ctx, l.name+"-"+way+"-"+o.Role(), o,
			[]pulumi.ResourceOption{pulumi.Parent(l), pulumi.Provider(from.Kubernetes), pulumi.DependsOn(from.Mesh.ControlPlane), pulumi.DependsOn(from.Mesh.in(o.Namespace))})
		if err != nil {
			return nil, err
		}
		out = append(out, made)
	}
	return out, nil
}

// digestOf is six digits that stand for a text.
func digestOf(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text)))[:6] }
