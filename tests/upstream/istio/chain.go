package istio

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"istio.io/istio/security/pkg/pki/util"
)

// JudgeChain loads the files of a Secret cacerts as istiod does, and asks whether
// istiod may sign workloads' certificates by them.
func JudgeChain(dir string) error {
	file := func(name string) string { return filepath.Join(dir, name) }
	bundle, err := util.NewVerifiedKeyCertBundleFromFile(
		file("ca-cert.pem"), file("ca-key.pem"), []string{file("cert-chain.pem")}, file("root-cert.pem"), "")
	if err != nil {
		return err
	}
	cert, key, _, root := bundle.GetAll()
	switch {
	case cert == nil || key == nil:
		return errors.New("the bundle has no certificate or no key")
	case !cert.IsCA || cert.KeyUsage&x509.KeyUsageCertSign == 0:
		return errors.New("the certificate may not sign others")
	case len(root) == 0:
		return errors.New("the bundle trusts no root")
	}
	return signs(bundle)
}

// signs makes a workload's certificate with the bundle and verifies it from the root down.
func signs(bundle *util.KeyCertBundle) error {
	const workload = "spiffe://cluster.local/ns/apps/sa/web"
	request, key, err := util.GenCSR(util.CertOptions{Host: workload, ECSigAlg: util.EcdsaSigAlg})
	if err != nil {
		return err
	}
	parsed, err := util.ParsePemEncodedCSR(request)
	if err != nil {
		return err
	}
	signer, signing, chain, root := bundle.GetAll()
	der, err := util.GenCertFromCSR(parsed, signer, parsed.PublicKey, *signing, []string{workload}, time.Hour, false)
	if err != nil {
		return fmt.Errorf("sign a workload: %w", err)
	}
	leaf := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), chain...)
	return util.VerifyCertificate(key, leaf, root, &util.VerifyFields{
		Host: workload, IsCA: false, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	})
}

// JudgeTrust asks whether a cluster trusts what another one's istiod signs.
func JudgeTrust(truster, signer string) error {
	read := func(dir, name string) []byte {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil
		}
		return text
	}
	chain := append(read(signer, "ca-cert.pem"), read(signer, "cert-chain.pem")...)
	return util.VerifyCertificate(read(signer, "ca-key.pem"), chain, read(truster, "root-cert.pem"), nil)
}
