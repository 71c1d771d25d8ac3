package tls

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ladder-platform/ladder/sandbox/deps"
	"github.com/ladder-platform/ladder/sandbox/internal/local"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"golang.org/x/crypto/ssh"
)

var start = time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)

type bench struct {
	p plugin.Provider
	w *world.World
}

func newBench(seed uint64) bench {
	w := world.New(seed, start)
	return bench{New(deps.Deps{World: w}), w}
}

func (b bench) create(typ, name string, in map[string]any) (map[string]any, error) {
	props, err := b.check(typ, name, in)
	if err != nil {
		return nil, err
	}
	resp, err := b.p.Create(context.Background(), plugin.CreateRequest{
		URN: resource.NewURN("dev", "test", "", tokens.Type(typ), name), Name: name, Type: tokens.Type(typ), Properties: props,
	})
	if err != nil {
		return nil, err
	}
	for _, k := range resources[typ].Secrets {
		if !resp.Properties[resource.PropertyKey(k)].IsSecret() {
			return nil, fmt.Errorf("output %s is not secret", k)
		}
	}
	return local.Values(resp.Properties), nil
}

func (b bench) check(typ, name string, in map[string]any) (resource.PropertyMap, error) {
	resp, err := b.p.Check(context.Background(), plugin.CheckRequest{
		URN: resource.NewURN("dev", "test", "", tokens.Type(typ), name), Name: name, Type: tokens.Type(typ), News: resource.NewPropertyMapFromMap(in),
	})
	for _, f := range resp.Failures {
		return nil, fmt.Errorf("%s: %s", f.Property, f.Reason)
	}
	return resp.Properties, err
}

const (
	typeKey    = "tls:index/privateKey:PrivateKey"
	typeSelf   = "tls:index/selfSignedCert:SelfSignedCert"
	typeCSR    = "tls:index/certRequest:CertRequest"
	typeSigned = "tls:index/locallySignedCert:LocallySignedCert"
)

type m = map[string]any

var algorithms = map[string]m{
	"RSA":        {"algorithm": "RSA", "rsaBits": 1024.},
	"ECDSA P224": {"algorithm": "ECDSA"},
	"ECDSA P256": {"algorithm": "ECDSA", "ecdsaCurve": "P256"},
	"ECDSA P521": {"algorithm": "ECDSA", "ecdsaCurve": "P521"},
	"Ed25519":    {"algorithm": "ED25519"},
}

func TestEveryAlgorithmSignsAChainThatVerifies(t *testing.T) {
	for name, in := range algorithms {
		t.Run(name, func(t *testing.T) {
			b := newBench(7)
			must := func(typ, name string, in m) m {
				t.Helper()
				out, err := b.create(typ, name, in)
				if err != nil {
					t.Fatalf("%s %s: %v", typ, name, err)
				}
				return out
			}
			caKey, key := must(typeKey, "ca", in), must(typeKey, "leaf", in)
			if caKey["privateKeyPem"] == key["privateKeyPem"] {
				t.Fatal("two resources got one key")
			}
			ca := must(typeSelf, "ca", m{
				"privateKeyPem": caKey["privateKeyPem"], "allowedUses": []any{"cert_signing", "crl_signing"}, "validityPeriodHours": 48.,
				"isCaCertificate": true, "subject": m{"commonName": "root", "organization": "ladder"},
			})
			request := must(typeCSR, "leaf", m{
				"privateKeyPem": key["privateKeyPem"], "subject": m{"commonName": "leaf"}, "dnsNames": []any{"app.example"}, "ipAddresses": []any{"10.0.0.1"},
			})
			leaf := must(typeSigned, "leaf", m{
				"caCertPem": ca["certPem"], "caPrivateKeyPem": caKey["privateKeyPem"], "certRequestPem": request["certRequestPem"],
				"allowedUses": []any{"digital_signature", "server_auth"}, "validityPeriodHours": 24.,
			})
			roots := x509.NewCertPool()
			if !roots.AppendCertsFromPEM([]byte(ca["certPem"].(string))) {
				t.Fatal("the root certificate does not parse")
			}
			block, _ := pem.Decode([]byte(leaf["certPem"].(string)))
			cert, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := cert.Verify(x509.VerifyOptions{Roots: roots, DNSName: "app.example", CurrentTime: start.Add(time.Hour)}); err != nil {
				t.Errorf("the chain does not verify: %v", err)
			}
			if got := leaf["validityEndTime"]; got != "2026-11-22T00:00:00Z" {
				t.Errorf("validity ends %v, want a day after the world's clock", got)
			}
		})
	}
}

func TestOpenSSHFormsParse(t *testing.T) {
	for name, in := range algorithms {
		out, err := newBench(7).create(typeKey, "k", in)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if name == "ECDSA P224" {
			if out["publicKeyOpenssh"] != "" {
				t.Errorf("%s: OpenSSH has no P-224, got %q", name, out["publicKeyOpenssh"])
			}
			continue
		}
		signer, err := ssh.ParsePrivateKey([]byte(out["privateKeyOpenssh"].(string)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := string(ssh.MarshalAuthorizedKey(signer.PublicKey())); got != out["publicKeyOpenssh"] {
			t.Errorf("%s: the private key belongs to %q, not to %q", name, got, out["publicKeyOpenssh"])
		}
		if got := ssh.FingerprintLegacyMD5(signer.PublicKey()); got != out["publicKeyFingerprintMd5"] {
			t.Errorf("%s: fingerprint %v, want %s", name, out["publicKeyFingerprintMd5"], got)
		}
	}
}

func TestTheSeedDecidesEverything(t *testing.T) {
	cert := func(seed uint64) string {
		b := newBench(seed)
		key, err := b.create(typeKey, "k", m{"algorithm": "ECDSA", "ecdsaCurve": "P256"})
		if err != nil {
			t.Fatal(err)
		}
		out, err := b.create(typeSelf, "c", m{"privateKeyPem": key["privateKeyPem"], "allowedUses": []any{"server_auth"}, "validityPeriodHours": 1.})
		if err != nil {
			t.Fatal(err)
		}
		return out["certPem"].(string)
	}
	if first, again := cert(1), cert(1); first != again {
		t.Error("one seed gave two certificates")
	}
	if cert(1) == cert(2) {
		t.Error("two seeds gave one certificate")
	}
}

func TestRefusals(t *testing.T) {
	key, err := newBench(1).create(typeKey, "k", m{"algorithm": "ED25519"})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		typ  string
		in   m
		want string
	}{
		"a property that does not exist": {typeKey, m{"algorithm": "RSA", "bits": 1.}, `unknown property "bits"`},
		"no algorithm":                   {typeKey, m{}, `missing required property "algorithm"`},
		"a number where a word belongs":  {typeKey, m{"algorithm": 1.}, `property "algorithm" of tls:index/privateKey:PrivateKey is a number`},
		"an unknown algorithm":           {typeKey, m{"algorithm": "DSA"}, "expected algorithm to be one of [RSA ECDSA ED25519]"},
		"an unknown curve":               {typeKey, m{"algorithm": "ECDSA", "ecdsaCurve": "P255"}, "expected ecdsaCurve to be one of"},
		"a key too short":                {typeKey, m{"algorithm": "RSA", "rsaBits": 512.}, "at least 1024"},
		"an unknown use": {typeSelf, m{"privateKeyPem": key["privateKeyPem"], "allowedUses": []any{"server"}, "validityPeriodHours": 1.},
			`value of allowedUses not supported: "server"`},
		"no key where one belongs": {typeCSR, m{"privateKeyPem": "nothing"}, "privateKeyPem: failed to decode PEM block"},
		"a type that is not there": {"tls:index/other:Other", m{}, "is not simulated"},
	} {
		if _, err := newBench(1).create(c.typ, "x", c.in); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestACertificateIsReplacedWhenItIsDueOrItsInputsChange(t *testing.T) {
	b := newBench(1)
	key, err := b.create(typeKey, "k", m{"algorithm": "ED25519"})
	if err != nil {
		t.Fatal(err)
	}
	in := m{"privateKeyPem": key["privateKeyPem"], "allowedUses": []any{"server_auth"}, "validityPeriodHours": 10., "earlyRenewalHours": 2.}
	props, err := b.check(typeSelf, "c", in)
	if err != nil {
		t.Fatal(err)
	}
	state, err := b.create(typeSelf, "c", in)
	if err != nil {
		t.Fatal(err)
	}
	diff := func(changed m) string {
		news := props.Copy()
		for k, v := range changed {
			news[resource.PropertyKey(k)] = resource.NewPropertyValue(v)
		}
		d, err := b.p.Diff(context.Background(), plugin.DiffRequest{
			URN: resource.NewURN("dev", "test", "", typeSelf, "c"), Type: typeSelf, OldInputs: props, OldOutputs: resource.NewPropertyMapFromMap(state), NewInputs: news,
		})
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(d.ChangedKeys, d.ReplaceKeys)
	}
	if got := diff(nil); got != "[] []" {
		t.Errorf("nothing changed: %s", got)
	}
	if got := diff(m{"earlyRenewalHours": 1.}); got != "[earlyRenewalHours] []" {
		t.Errorf("the renewal period changes in place: %s", got)
	}
	if got := diff(m{"validityPeriodHours": 20.}); got != "[validityPeriodHours] [validityPeriodHours]" {
		t.Errorf("another validity replaces: %s", got)
	}
	if err := b.w.Advance(8 * time.Hour); err != nil {
		t.Fatal(err)
	}
	if got := diff(nil); got != "[readyForRenewal] [readyForRenewal]" {
		t.Errorf("two hours before its end the certificate is due: %s", got)
	}
}
