package aws_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"testing"
	"time"

	"github.com/ladder-platform/ladder/sandbox/aws/cases"
	"github.com/ladder-platform/ladder/sandbox/world"
)

const seededRoot = "arn:aws:acm-pca:ap-northeast-2:111122223333:certificate-authority/11111111-2222-3333-4444-555555555555"

// A seeded root is what bootstrap made: it has no key in the world, and issues.
func TestASeededRootIssuesAChainThatVerifies(t *testing.T) {
	b := newBench(t, nil)
	if err := b.w.Tx(func(tx *world.Tx) error {
		tx.Put(&world.Object{Kind: "aws:acmpca/certificateAuthority:CertificateAuthority", Scope: cases.Account + "/" + cases.Region, ID: seededRoot,
			Owner: world.OwnerSeed, Created: today, Attrs: map[string]any{"arn": seededRoot, "type": "ROOT", "usageMode": "GENERAL_PURPOSE", "notAfter": "2036-11-21T00:00:00Z"}})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), append(make([]byte, 31), 9))
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificateRequest(nil, &x509.CertificateRequest{Subject: pkix.Name{CommonName: "mesh main"}}, key)
	if err != nil {
		t.Fatal(err)
	}
	issued := cases.Step{Type: "aws:acmpca/certificate:Certificate", Name: "main", In: map[string]any{
		"certificateAuthorityArn": seededRoot, "certificateSigningRequest": string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der})),
		"signingAlgorithm": "SHA256WITHECDSA", "templateArn": "arn:aws:acm-pca:::template/SubordinateCACertificate_PathLen0/V1",
		"validity": map[string]any{"type": "END_DATE", "value": "2029-11-30T00:00:00Z"},
	}}
	if err := b.do(issued); err != nil {
		t.Fatal(err)
	}
	out := b.state["aws:acmpca/certificate:Certificate::main"].outputs
	block, _ := pem.Decode([]byte(out["certificate"].StringValue()))
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM([]byte(out["certificateChain"].StringValue())) {
		t.Fatalf("the chain holds no certificate: %q", out["certificateChain"].StringValue())
	}
	if _, err := cert.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: today.AddDate(1, 0, 0), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}); err != nil {
		t.Errorf("the chain does not verify: %v", err)
	}
	end := time.Date(2029, 11, 30, 0, 0, 0, 0, time.UTC)
	if !cert.IsCA || !cert.MaxPathLenZero || cert.MaxPathLen != 0 || cert.KeyUsage&x509.KeyUsageCertSign == 0 || !cert.NotAfter.Equal(end) || cert.Subject.CommonName != "mesh main" {
		t.Errorf("it is no authority for workloads alone until %s: %+v", end, cert.Subject)
	}
	if !key.PublicKey.Equal(cert.PublicKey) {
		t.Error("it is for another key than the request's")
	}
}
