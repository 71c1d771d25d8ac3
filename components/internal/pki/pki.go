package pki

import (
	"fmt"
	"reflect"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Versions of the providers that the arguments below belong to. The aws one is
// that of go.mod; the tls one is known to resolve (design, section 2).
const (
	tlsVersion = "5.2.0"
	awsVersion = "6.83.2"
)

// Uses of a certificate authority's key. Source: pulumi-tls, allowedUses.
var authorityUses = pulumi.StringArray{pulumi.String("digital_signature"), pulumi.String("cert_signing"), pulumi.String("crl_signing")}

// Provider is an explicit tls provider; default ones are off.
type Provider struct{ pulumi.ProviderResourceState }

// NewProvider registers a tls provider.
func NewProvider(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) (*Provider, error) {
	var p Provider
	if err := ctx.RegisterResource("pulumi:providers:tls", name, inputs{}, &p, append(opts, pulumi.Version(tlsVersion))...); err != nil {
		return nil, fmt.Errorf("tls provider %s: %w", name, err)
	}
	return &p, nil
}

// Key is a private key.
type Key struct {
	pulumi.CustomResourceState

	// PEM is the key itself, a secret.
	PEM pulumi.StringOutput `pulumi:"privateKeyPem"`
}

// NewKey makes a P-256 key: istiod signs with it many times a second, and
// every version in use verifies it.
func NewKey(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) (*Key, error) {
	var k Key
	in := inputs{"algorithm": pulumi.String("ECDSA"), "ecdsaCurve": pulumi.String("P256")}
	secrets := pulumi.AdditionalSecretOutputs([]string{"privateKeyPem", "privateKeyPemPkcs8", "privateKeyOpenssh"})
	if err := ctx.RegisterResource("tls:index/privateKey:PrivateKey", name, in, &k, append(opts, secrets, pulumi.Version(tlsVersion))...); err != nil {
		return nil, fmt.Errorf("private key %s: %w", name, err)
	}
	return &k, nil
}

// Request asks for a certificate.
type Request struct {
	pulumi.CustomResourceState

	PEM pulumi.StringOutput `pulumi:"certRequestPem"`
}

// NewRequest makes a request for a key, with a common name and an organization.
func NewRequest(ctx *pulumi.Context, name string, key *Key, commonName, organization string, opts ...pulumi.ResourceOption) (*Request, error) {
	var r Request
	in := inputs{"privateKeyPem": secret(key.PEM), "subject": subject(commonName, organization)}
	if err := register(ctx, "tls:index/certRequest:CertRequest", name, in, &r, opts); err != nil {
		return nil, fmt.Errorf("certificate request %s: %w", name, err)
	}
	return &r, nil
}

// Certificate is a certificate of the tls provider.
type Certificate struct {
	pulumi.CustomResourceState

	PEM pulumi.StringOutput `pulumi:"certPem"`
}

// Period is how long a certificate of the tls provider is valid, and how long
// before its end an up makes a new one.
type Period struct{ Hours, RenewHours int }

// NewRoot makes a self-signed certificate authority. Its key lies in the state
// of the stack: for development only.
func NewRoot(ctx *pulumi.Context, name string, key *Key, commonName, organization string, p Period, opts ...pulumi.ResourceOption) (*Certificate, error) {
	var c Certificate
	in := inputs{
		"privateKeyPem": secret(key.PEM), "subject": subject(commonName, organization), "isCaCertificate": pulumi.Bool(true),
		"allowedUses": authorityUses, "validityPeriodHours": pulumi.Int(p.Hours), "earlyRenewalHours": pulumi.Int(p.RenewHours), "setSubjectKeyId": pulumi.Bool(true),
	}
	if err := register(ctx, "tls:index/selfSignedCert:SelfSignedCert", name, in, &c, opts); err != nil {
		return nil, fmt.Errorf("root certificate %s: %w", name, err)
	}
	return &c, nil
}

// NewIntermediate makes a certificate authority below root, for request.
func NewIntermediate(ctx *pulumi.Context, name string, root *Certificate, rootKey *Key, request *Request, p Period, opts ...pulumi.ResourceOption) (*Certificate, error) {
	var c Certificate
	in := inputs{
		"caCertPem": root.PEM, "caPrivateKeyPem": secret(rootKey.PEM), "certRequestPem": request.PEM, "isCaCertificate": pulumi.Bool(true),
		"allowedUses": authorityUses, "validityPeriodHours": pulumi.Int(p.Hours), "earlyRenewalHours": pulumi.Int(p.RenewHours), "setSubjectKeyId": pulumi.Bool(true),
	}
	if err := register(ctx, "tls:index/locallySignedCert:LocallySignedCert", name, in, &c, opts); err != nil {
		return nil, fmt.Errorf("intermediate certificate %s: %w", name, err)
	}
	return &c, nil
}

// subordinateTemplate: a CA that issues for workloads and for no other CA.
// Source: AWS Private CA user guide, template definitions, read 2026-11.
const subordinateTemplate = "arn:aws:acm-pca:::template/SubordinateCACertificate_PathLen0/V1"

// Issued is a certificate of AWS Private CA.
type Issued struct {
	pulumi.CustomResourceState

	Certificate pulumi.StringOutput `pulumi:"certificate"`
	// Chain are the certificates above it, its root last.
	Chain pulumi.StringOutput `pulumi:"certificateChain"`
}

// NewSubordinate asks the CA with an ARN, which must be in general-purpose mode
// (a short-lived one issues for seven days), for a subordinate CA until the
// beginning of a day in UTC.
func NewSubordinate(ctx *pulumi.Context, name, authorityARN, algorithm string, request *Request, until string, opts ...pulumi.ResourceOption) (*Issued, error) {
	var c Issued
	in := inputs{
		"certificateAuthorityArn": pulumi.String(authorityARN), "certificateSigningRequest": request.PEM, "signingAlgorithm": pulumi.String(algorithm),
		"templateArn": pulumi.String(subordinateTemplate), "validity": pulumi.Map{"type": pulumi.String("END_DATE"), "value": pulumi.String(until + "T00:00:00Z")},
	}
	if err := ctx.RegisterResource("aws:acmpca/certificate:Certificate", name, in, &c, append(opts, pulumi.Version(awsVersion))...); err != nil {
		return nil, fmt.Errorf("subordinate certificate %s: %w", name, err)
	}
	return &c, nil
}

func register(ctx *pulumi.Context, token, name string, in inputs, into pulumi.CustomResource, opts []pulumi.ResourceOption) error {
	return ctx.RegisterResource(token, name, in, into, append(opts, pulumi.Version(tlsVersion))...)
}

func subject(commonName, organization string) pulumi.Map {
	return pulumi.Map{"commonName": pulumi.String(commonName), "organization": pulumi.String(organization)}
}

// secret marks a key once more where it goes into another resource, so that no
// state can hold it in the clear however the provider answers.
func secret(key pulumi.StringOutput) pulumi.Output { return pulumi.ToSecret(key) }

type inputs map[string]pulumi.Input

// ElementType tells the SDK that every field goes out as it is.
func (inputs) ElementType() reflect.Type { return reflect.TypeFor[map[string]any]() }
