package reach

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
)

// trusts says what is missing for workloads of c to take those of other for
// what they say they are: other's signing certificate must lead to a root that c
// trusts, and its key must be the certificate's.
func trusts(c, other *cluster) string {
	roots := c.file("root-cert.pem")
	if len(roots) == 0 {
		return "no secret cacerts with a root in " + c.name + ": its istiod trusts a root of its own"
	}
	cert, chain := first(other.file("ca-cert.pem")), other.file("cert-chain.pem")
	if cert == nil {
		return "no secret cacerts in " + other.name + ": its istiod signs with a root of its own"
	}
	if !other.signs(cert) {
		return "the key in secret cacerts of " + other.name + " is not that of its certificate"
	}
	pool, between := x509.NewCertPool(), x509.NewCertPool()
	if !pool.AppendCertsFromPEM(roots) {
		return "root-cert.pem in secret cacerts of " + c.name + " holds no certificate"
	}
	between.AppendCertsFromPEM(chain)
	_, err := cert.Verify(x509.VerifyOptions{Roots: pool, Intermediates: between, CurrentTime: c.now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
	if err != nil {
		return "the root that " + c.name + " trusts did not sign for " + other.name + ": " + err.Error()
	}
	return ""
}

// file is a file of the Secret cacerts.
func (c *cluster) file(name string) []byte {
	o, ok := c.get(kindSecret, system+"/cacerts")
	if !ok {
		return nil
	}
	text, err := base64.StdEncoding.DecodeString(nested.Text(o.Attrs, "data", name))
	if err != nil {
		return nil
	}
	return text
}

func first(text []byte) *x509.Certificate {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil
	}
	return cert
}

// signs compares the public halves.
func (c *cluster) signs(cert *x509.Certificate) bool {
	block, _ := pem.Decode(c.file("ca-key.pem"))
	if block == nil {
		return false
	}
	var key any
	var err error
	switch block.Type {
	case "EC PRIVATE KEY":
		key, err = x509.ParseECPrivateKey(block.Bytes)
	case "RSA PRIVATE KEY":
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	default:
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	}
	signer, ok := key.(crypto.Signer)
	if err != nil || !ok {
		return false
	}
	a, errA := x509.MarshalPKIXPublicKey(signer.Public())
	b, errB := x509.MarshalPKIXPublicKey(cert.PublicKey)
	return errA == nil && errB == nil && bytes.Equal(a, b)
}
