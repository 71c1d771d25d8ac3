package mesh

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/kube"
	"github.com/ladder-platform/ladder/components/internal/pki"
	"github.com/ladder-platform/ladder/components/mesh/spec"
	"github.com/ladder-platform/ladder/components/mesh/trust"
)

// rootsToken is part of the URN of the development roots of a stack.
const rootsToken = "ladder:mesh:Roots"

// Validity of development certificates: a root of ten years and intermediates
// of one, which the first up of their last 90 days makes anew. The root is not
// renewed by itself: that would be a rotation.
var (
	rootPeriod         = pki.Period{Hours: 10 * 365 * 24}
	intermediatePeriod = pki.Period{Hours: 365 * 24, RenewHours: trust.WarnDays * 24}
)

// Roots are the certificate authorities that the clusters of a stack share.
// Those in AWS Private CA exist already; a development root is made here, and
// its key lies in the state of the stack.
type Roots struct {
	pulumi.ResourceState

	// Certificates of the development roots by key, in PEM form.
	Certificates pulumi.StringMapOutput `pulumi:"certificates"`

	config *spec.CA
	tls    pulumi.ProviderResource
	made   map[string]developmentRoot
}

type developmentRoot struct {
	key  *pki.Key
	cert *pki.Certificate
}

// NewRoots makes what the intermediates of all clusters need; nil without a
// certificate authority in the configuration. organization is the owner's name
// in the certificates.
func NewRoots(ctx *pulumi.Context, name string, ca *spec.CA, organization string, opts ...pulumi.ResourceOption) (*Roots, error) {
	if ca == nil {
		return nil, nil
	}
	filled := ca.WithDefaults()
	r := &Roots{config: &filled, made: map[string]developmentRoot{}}
	if err := ctx.RegisterComponentResource(rootsToken, name, r, opts...); err != nil {
		return nil, fmt.Errorf("mesh roots %s: register: %w", name, err)
	}
	provider, err := pki.NewProvider(ctx, name+"-tls", pulumi.Parent(r))
	if err != nil {
		return nil, fmt.Errorf("mesh roots %s: %w", name, err)
	}
	r.tls = provider
	certificates := pulumi.StringMap{}
	for _, key := range slices.Sorted(maps.Keys(ca.Roots)) {
		if ca.Roots[key] != spec.Development {
			continue
		}
		made, err := r.development(ctx, name+"-"+key, key, organization)
		if err != nil {
			return nil, fmt.Errorf("mesh roots %s: root %s: %w", name, key, err)
		}
		r.made[key], certificates[key] = made, made.cert.PEM
	}
	r.Certificates = certificates.ToStringMapOutput()
	if err := ctx.RegisterResourceOutputs(r, pulumi.Map{"certificates": r.Certificates}); err != nil {
		return nil, fmt.Errorf("mesh roots %s: outputs: %w", name, err)
	}
	return r, nil
}

func (r *Roots) development(ctx *pulumi.Context, name, key, organization string) (developmentRoot, error) {
	opts := []pulumi.ResourceOption{pulumi.Parent(r), pulumi.Provider(r.tls)}
	private, err := pki.NewKey(ctx, name+"-key", opts...)
	if err != nil {
		return developmentRoot{}, err
	}
	cert, err := pki.NewRoot(ctx, name+"-cert", private, "mesh root "+key, organization, rootPeriod, opts...)
	return developmentRoot{private, cert}, err
}

// caArgs are what the certificate authority of one cluster's mesh needs.
type caArgs struct {
	Roots *Roots
	// ClusterName is the common name of the intermediate, Organization its owner.
	ClusterName, Organization string
	// Namespace of istiod; it must exist.
	Namespace string
	// Parent has the aws provider and that of the cluster.
	Parent pulumi.ResourceOption
	// After must exist before the Secret: the namespace.
	After []pulumi.Resource
}

// issueCA makes the cluster's intermediate below every root and hands the
// issuing one to istiod as the Secret cacerts: with a certificate of each root
// at hand, a rotation only chooses another. istiod must depend on the result,
// or it makes a root of its own first. It is nil without roots.
func issueCA(ctx *pulumi.Context, name string, a caArgs) (pulumi.Resource, error) {
	if a.Roots == nil {
		return nil, nil
	}
	cfg := a.Roots.config
	local := []pulumi.ResourceOption{a.Parent, pulumi.Provider(a.Roots.tls)}
	key, err := pki.NewKey(ctx, name+"-key", local...)
	if err != nil {
		return nil, err
	}
	request, err := pki.NewRequest(ctx, name+"-request", key, "mesh "+a.ClusterName, a.Organization, local...)
	if err != nil {
		return nil, err
	}
	answers := pulumi.Map{}
	for _, root := range slices.Sorted(maps.Keys(cfg.Roots)) {
		if made, ok := a.Roots.made[root]; ok {
			below, err := pki.NewIntermediate(ctx, name+"-cert-"+root, made.cert, made.key, request, intermediatePeriod, local...)
			if err != nil {
				return nil, err
			}
			answers[root] = pulumi.Map{"certificate": below.PEM, "chain": made.cert.PEM}
			continue
		}
		issued, err := pki.NewSubordinate(ctx, name+"-cert-"+root, cfg.Roots[root], cfg.SigningAlgorithm, request, cfg.Until, a.Parent)
		if err != nil {
			return nil, err
		}
		answers[root] = pulumi.Map{"certificate": issued.Certificate, "chain": issued.Chain}
	}
	files := pulumi.All(answers, key.PEM).ApplyT(secretFiles(cfg.Issuing)).(pulumi.StringMapOutput)
	secret, err := kube.New(ctx, name, kube.Secret, kube.Meta{Name: trust.SecretName, Namespace: a.Namespace}, pulumi.Map{
		"type": pulumi.String("Opaque"), "stringData": pulumi.ToSecret(files),
	}, a.Parent, pulumi.DependsOn(a.After))
	if err != nil {
		return nil, fmt.Errorf("secret %s: %w", trust.SecretName, err)
	}
	return secret, nil
}

// certificates is the step of a mesh that makes its certificate authority.
func (b *builder) certificates() error {
	secret, err := issueCA(b.ctx, b.id("ca"), caArgs{
		Roots: b.args.Roots, ClusterName: b.args.Cluster.Name, Organization: b.args.Environment.Owner,
		Namespace: spec.SystemNamespace, Parent: b.parent, After: []pulumi.Resource{b.system},
	})
	if err != nil {
		return fmt.Errorf("certificate authority: %w", err)
	}
	if secret != nil {
		b.beforeControlPlane = append(b.beforeControlPlane, secret)
	}
	return nil
}

// secretFiles puts the Secret together once every authority has answered.
func secretFiles(issuing string) func([]any) (map[string]string, error) {
	return func(values []any) (map[string]string, error) {
		issued := map[string]trust.Issued{}
		answers, _ := values[0].(map[string]any)
		for root, answer := range answers {
			parts, _ := answer.(map[string]any)
			certificate, _ := parts["certificate"].(string)
			chain, _ := parts["chain"].(string)
			issued[root] = trust.Issued{Certificate: certificate, Chain: chain}
		}
		key, _ := values[1].(string)
		return trust.Files(issuing, issued, key)
	}
}
