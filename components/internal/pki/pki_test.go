package pki

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/mocks"
)

func TestACertificateAuthorityFromKeyToChain(t *testing.T) {
	r := &mocks.Recorder{Answer: func(args pulumi.MockResourceArgs, out resource.PropertyMap) {
		for _, key := range []resource.PropertyKey{"privateKeyPem", "certRequestPem", "certPem", "certificate", "certificateChain"} {
			if _, given := out[key]; !given {
				out[key] = resource.NewProperty(args.Name + " " + string(key))
			}
		}
	}}
	err := r.Run(func(ctx *pulumi.Context) error {
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
	})
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
	for token, args := range r.ByType() {
		got[token] = shown(args.Inputs)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("registered (-want +got):\n%s", diff)
	}
	hidden := r.ByType()["tls:index/privateKey:PrivateKey"].RegisterRPC.GetAdditionalSecretOutputs()
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
