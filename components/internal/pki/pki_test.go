package pki

import (
	"os"
	"regexp"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// recorder keeps what a test registers, by type.
type recorder struct {
	mu   sync.Mutex
	args map[string]pulumi.MockResourceArgs
}

func (r *recorder) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.args[args.TypeToken] = args
	out := args.Inputs.Copy()
	for _, key := range []string{"privateKeyPem", "certRequestPem", "certPem", "certificate", "certificateChain"} {
		if _, given := out[resource.PropertyKey(key)]; !given {
			out[resource.PropertyKey(key)] = resource.NewProperty(args.Name + " " + key)
		}
	}
	return args.Name, out, nil
}

func (r *recorder) Call(pulumi.MockCallArgs) (resource.PropertyMap, error) { return nil, nil }

func TestACertificateAuthorityFromKeyToChain(t *testing.T) {
	r := &recorder{args: map[string]pulumi.MockResourceArgs{}}
	err := pulumi.RunErr(func(ctx *pulumi.Context) error {
		p, err := NewProvider(ctx, "tls")
		if err != nil {
			return err
		}
		key, err := NewKey(ctx, "key", pulumi.Provider(p))
		if err != nil {
			return err
		}
		request, err := NewRequest(ctx, "request", key, "main", "ladder")
		if err != nil {
			return err
		}
		root, err := NewRoot(ctx, "root", key, "root", "ladder", Period{Hours: 100, RenewHours: 10})
		if err != nil {
			return err
		}
		if _, err := NewIntermediate(ctx, "below", root, key, request, Period{Hours: 10, RenewHours: 1}); err != nil {
			return err
		}
		_, err = NewSubordinate(ctx, "issued", "arn", "SHA256WITHECDSA", request, "2029-11-30")
		return err
	}, pulumi.WithMocks("p", "s", r))
	if err != nil {
		t.Fatal(err)
	}
	uses := []any{"digital_signature", "cert_signing", "crl_signing"}
	keyText := map[string]any{"secret": "key privateKeyPem"}
	want := map[string]map[string]any{
		"pulumi:providers:tls":               {},
		"tls:index/privateKey:PrivateKey":    {"algorithm": "ECDSA", "ecdsaCurve": "P256"},
		"tls:index/certRequest:CertRequest":  {"privateKeyPem": keyText, "subject": map[string]any{"commonName": "main", "organization": "ladder"}},
		"aws:acmpca/certificate:Certificate": {"certificateAuthorityArn": "arn", "certificateSigningRequest": "request certRequestPem", "signingAlgorithm": "SHA256WITHECDSA", "templateArn": subordinateTemplate, "validity": map[string]any{"type": "END_DATE", "value": "2029-11-30T00:00:00Z"}},
		"tls:index/selfSignedCert:SelfSignedCert": {"privateKeyPem": keyText, "subject": map[string]any{"commonName": "root", "organization": "ladder"},
			"isCaCertificate": true, "allowedUses": uses, "validityPeriodHours": 100.0, "earlyRenewalHours": 10.0, "setSubjectKeyId": true},
		"tls:index/locallySignedCert:LocallySignedCert": {"caCertPem": "root certPem", "caPrivateKeyPem": keyText, "certRequestPem": "request certRequestPem",
			"isCaCertificate": true, "allowedUses": uses, "validityPeriodHours": 10.0, "earlyRenewalHours": 1.0, "setSubjectKeyId": true},
	}
	got := map[string]map[string]any{}
	for token, args := range r.args {
		got[token] = shown(args.Inputs)
		if token != "aws:acmpca/certificate:Certificate" && args.RegisterRPC.GetVersion() != tlsVersion {
			t.Errorf("%s has version %q", token, args.RegisterRPC.GetVersion())
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("registered (-want +got):\n%s", diff)
	}
	hidden := r.args["tls:index/privateKey:PrivateKey"].RegisterRPC.GetAdditionalSecretOutputs()
	if diff := cmp.Diff([]string{"privateKeyPem", "privateKeyPemPkcs8", "privateKeyOpenssh"}, hidden); diff != "" {
		t.Errorf("secret outputs (-want +got):\n%s", diff)
	}
}

// shown are inputs as plain values, with secrets marked.
func shown(in resource.PropertyMap) map[string]any {
	out := map[string]any{}
	for k, v := range in {
		if v.IsSecret() {
			out[string(k)] = map[string]any{"secret": v.SecretValue().Element.Mappable()}
			continue
		}
		out[string(k)] = v.Mappable()
	}
	return out
}

// The engine picks the plugin by this version, so it must be the module's.
func TestVersionIsTheModules(t *testing.T) {
	mod, err := os.ReadFile("../../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`pulumi-aws/sdk/v6 v(\S+)`).FindSubmatch(mod)
	if m == nil || string(m[1]) != awsVersion {
		t.Errorf("go.mod has %q, this package %q", m, awsVersion)
	}
}
