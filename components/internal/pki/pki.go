package pki

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/untyped"
)

// Uses of a certificate authority's key. Source: pulumi-tls, allowedUses.
var authorityUses = pulumi.StringArray{pulumi.String("digital_signature"), pulumi.String("cert_signing"), pulumi.String("crl_signing")}

// Provider is an explicit tls provider; default ones are off.
type Provider struct{ pulumi.ProviderResourceState }

// NewProvider registers a tls provider.
func NewProvider(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) (*Provider, error) {
	var p Provider
	return &p, untyped.Register(ctx, "pulumi:providers:tls", name, pulumi.Map{}, &p, opts...)
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
	in := pulumi.Map{"algorithm": pulumi.String("ECDSA"), "ecdsaCurve": pulumi.String("P256")}
	secrets := pulumi.AdditionalSecretOutputs([]string{"privateKeyPem", "privateKeyPemPkcs8", "privateKeyOpenssh"})
	return &k, untyped.Register(ctx, "tls:index/privateKey:PrivateKey", name, in, &k, append(slices.Clone(opts), secrets)...)
}

// Request asks for a certificate.
type Request struct {
	pulumi.CustomResourceState

	PEM pulumi.StringOutput `pulumi:"certRequestPem"`
}

// NewRequest makes a request for a key, with a common name and an organization.
func NewRequest(ctx *pulumi.Context, name string, key *Key, commonName, organization string, opts ...pulumi.ResourceOption) (*Request, error) {
	var r Request
	in := pulumi.Map{"privateKeyPem": secret(key.PEM), "subject": subject(commonName, organization)}
	return &r, untyped.Register(ctx, "tls:index/certRequest:CertRequest", name, in, &r, opts...)
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
	in := pulumi.Map{
		"privateKeyPem": secret(key.PEM), "subject": subject(commonName, organization), "isCaCertificate": pulumi.Bool(true),
		"allowedUses": authorityUses, "validityPeriodHours": pulumi.Int(p.Hours), "earlyRenewalHours": pulumi.Int(p.RenewHours), "setSubjectKeyId": pulumi.Bool(true),
	}
	return &c, untyped.Register(ctx, "tls:index/selfSignedCert:SelfSignedCert", name, in, &c, opts...)
}

// NewIntermediate makes a certificate authority below root, for request.
func NewIntermediate(ctx *pulumi.Context, name string, root *Certificate, rootKey *Key, request *Request, p Period, opts ...pulumi.ResourceOption) (*Certificate, error) {
	var c Certificate
	in := pulumi.Map{
		"caCertPem": root.PEM, "caPrivateKeyPem": secret(rootKey.PEM), "certRequestPem": request.PEM, "isCaCertificate": pulumi.Bool(true),
		"allowedUses": authorityUses, "validityPeriodHours": pulumi.Int(p.Hours), "earlyRenewalHours": pulumi.Int(p.RenewHours), "setSubjectKeyId": pulumi.Bool(true),
	}
	return &c, untyped.Register(ctx, "tls:index/locallySignedCert:LocallySignedCert", name, in, &c, opts...)
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
	in := pulumi.Map{
		"certificateAuthorityArn": pulumi.String(authorityARN), "certificateSigningRequest": request.PEM, "signingAlgorithm": pulumi.String(algorithm),
		"templateArn": pulumi.String(subordinateTemplate), "validity": pulumi.Map{"type": pulumi.String("END_DATE"), "value": pulumi.String(until + "T00:00:00Z")},
	}
	return &c, untyped.Register(ctx, "aws:acmpca/certificate:Certificate", name, in, &c, opts...)
}

func subject(commonName, organization string) pulumi.Map {
	return pulumi.Map{"commonName": pulumi.String(commonName), "organization": pulumi.String(organization)}
}

// secret marks a key once more where it goes into another resource, so that no
// state can hold it in the clear however the provider answers.
func secret(key pulumi.StringOutput) pulumi.Output { return pulumi.ToSecret(key) }
