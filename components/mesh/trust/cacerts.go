package trust

import (
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
)

// Keys of the Secret that istiod reads its signing key from. Source: istio
// pilot/pkg/bootstrap/istio_ca.go, release 1.31, read 2026-11.
const (
	SecretName = "cacerts"
	CertKey    = "ca-cert.pem"
	KeyKey     = "ca-key.pem"
	RootKey    = "root-cert.pem"
	ChainKey   = "cert-chain.pem"
)

// Issued is what a certificate authority answers to a request.
type Issued struct {
	// Certificate in PEM form, Chain the certificates above it, its root last.
	Certificate, Chain string
}

// Files are the contents of the Secret: the intermediate that issuing signed,
// its key, the chain from it to its root, and every root that is trusted, the
// issuing one first. issued is by the key of the root.
func Files(issuing string, issued map[string]Issued, privateKey string) (map[string]string, error) {
	own, ok := issued[issuing]
	if !ok {
		return nil, fmt.Errorf("no certificate of root %q", issuing)
	}
	first, err := Root(own.Chain)
	if err != nil {
		return nil, fmt.Errorf("root %s: %w", issuing, err)
	}
	roots := []string{first}
	for _, key := range sorted(issued) {
		if key == issuing {
			continue
		}
		root, err := Root(issued[key].Chain)
		if err != nil {
			return nil, fmt.Errorf("root %s: %w", key, err)
		}
		roots = append(roots, root)
	}
	return map[string]string{
		CertKey: tidy(own.Certificate), KeyKey: tidy(privateKey),
		RootKey: strings.Join(roots, ""), ChainKey: tidy(own.Certificate) + tidy(own.Chain),
	}, nil
}

// Root is the last certificate of a chain.
func Root(chain string) (string, error) {
	var last *pem.Block
	for rest := []byte(chain); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		last = block
	}
	if last == nil || last.Type != "CERTIFICATE" {
		return "", errors.New("the chain ends in no certificate in PEM form")
	}
	return string(pem.EncodeToMemory(last)), nil
}

// tidy ends a text in one line break, so that two can be joined.
func tidy(text string) string { return strings.TrimSpace(text) + "\n" }
