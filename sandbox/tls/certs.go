package tls

import (
	"crypto"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/url"
	"time"

	"github.com/ladder-platform/ladder/sandbox/internal/local"
)

// Key usages: terraform-provider-tls internal/provider/common_cert.go, read 2026-11.
var (
	keyUsages = map[string]x509.KeyUsage{
		"digital_signature": x509.KeyUsageDigitalSignature, "content_commitment": x509.KeyUsageContentCommitment,
		"key_encipherment": x509.KeyUsageKeyEncipherment, "data_encipherment": x509.KeyUsageDataEncipherment,
		"key_agreement": x509.KeyUsageKeyAgreement, "cert_signing": x509.KeyUsageCertSign, "crl_signing": x509.KeyUsageCRLSign,
		"encipher_only": x509.KeyUsageEncipherOnly, "decipher_only": x509.KeyUsageDecipherOnly,
	}
	extendedUsages = map[string]x509.ExtKeyUsage{
		"any_extended": x509.ExtKeyUsageAny, "server_auth": x509.ExtKeyUsageServerAuth, "client_auth": x509.ExtKeyUsageClientAuth,
		"code_signing": x509.ExtKeyUsageCodeSigning, "email_protection": x509.ExtKeyUsageEmailProtection,
		"ipsec_end_system": x509.ExtKeyUsageIPSECEndSystem, "ipsec_tunnel": x509.ExtKeyUsageIPSECTunnel, "ipsec_user": x509.ExtKeyUsageIPSECUser,
		"timestamping": x509.ExtKeyUsageTimeStamping, "ocsp_signing": x509.ExtKeyUsageOCSPSigning,
		"microsoft_server_gated_crypto": x509.ExtKeyUsageMicrosoftServerGatedCrypto, "netscape_server_gated_crypto": x509.ExtKeyUsageNetscapeServerGatedCrypto,
	}
)

func text(m map[string]any, key string) string { s, _ := m[key].(string); return s }

func hours(m map[string]any, key string) time.Duration {
	f, _ := m[key].(float64)
	return time.Duration(f * float64(time.Hour))
}

func strs(m map[string]any, key string) []string {
	l, _ := m[key].([]any)
	var out []string
	for _, v := range l {
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

func subject(in map[string]any) pkix.Name {
	s, _ := in["subject"].(map[string]any)
	one := func(key string) []string {
		if v := text(s, key); v != "" {
			return []string{v}
		}
		return nil
	}
	name := pkix.Name{
		CommonName: text(s, "commonName"), SerialNumber: text(s, "serialNumber"), Organization: one("organization"),
		OrganizationalUnit: one("organizationalUnit"), StreetAddress: strs(s, "streetAddresses"), Locality: one("locality"),
		Province: one("province"), Country: one("country"), PostalCode: one("postalCode"),
	}
	if mail := text(s, "emailAddress"); mail != "" { // PKCS #9 emailAddress, RFC 2985
		name.ExtraNames = append(name.ExtraNames, pkix.AttributeTypeAndValue{Type: []int{1, 2, 840, 113549, 1, 9, 1}, Value: mail})
	}
	return name
}

// names are the subject alternative names.
func names(in map[string]any) ([]net.IP, []*url.URL, error) {
	var ips []net.IP
	for _, s := range strs(in, "ipAddresses") {
		ip := net.ParseIP(s)
		if ip == nil {
			return nil, nil, fmt.Errorf("invalid IP address %q in ipAddresses", s)
		}
		ips = append(ips, ip)
	}
	var uris []*url.URL
	for _, s := range strs(in, "uris") {
		u, err := url.Parse(s)
		if err != nil {
			return nil, nil, fmt.Errorf("invalid URI %q in uris: %w", s, err)
		}
		uris = append(uris, u)
	}
	return ips, uris, nil
}

func certRequest(c local.Call) (string, map[string]any, error) {
	key, algorithm, err := parseKey(text(c.Inputs, "privateKeyPem"))
	if err != nil {
		return "", nil, fmt.Errorf("privateKeyPem: %w", err)
	}
	ips, uris, err := names(c.Inputs)
	if err != nil {
		return "", nil, err
	}
	der, err := x509.CreateCertificateRequest(nil, &x509.CertificateRequest{
		Subject: subject(c.Inputs), DNSNames: strs(c.Inputs, "dnsNames"), IPAddresses: ips, URIs: uris,
	}, key)
	if err != nil {
		return "", nil, fmt.Errorf("sign the request: %w", err)
	}
	sum := sha1.Sum(der)
	return fmt.Sprintf("%x", sum), map[string]any{"certRequestPem": encode("CERTIFICATE REQUEST", der), "keyAlgorithm": algorithm}, nil
}

// template is what both kinds of certificate share.
func template(c local.Call, public crypto.PublicKey) (*x509.Certificate, error) {
	serial := new(big.Int).SetBytes(c.Entropy.Bytes(16))
	t := &x509.Certificate{
		SerialNumber: serial.Rsh(serial, 1), BasicConstraintsValid: true,
		NotBefore: c.Now.UTC().Truncate(time.Second),
	}
	t.NotAfter = t.NotBefore.Add(hours(c.Inputs, "validityPeriodHours"))
	for _, u := range strs(c.Inputs, "allowedUses") {
		k, plain := keyUsages[u]
		e, extended := extendedUsages[u]
		switch {
		case plain:
			t.KeyUsage |= k
		case extended:
			t.ExtKeyUsage = append(t.ExtKeyUsage, e)
		default:
			return nil, fmt.Errorf("value of allowedUses not supported: %q", u)
		}
	}
	if ca, _ := c.Inputs["isCaCertificate"].(bool); ca {
		t.IsCA = true
	}
	if set, _ := c.Inputs["setSubjectKeyId"].(bool); set || t.IsCA {
		id, err := keyID(public)
		if err != nil {
			return nil, err
		}
		t.SubjectKeyId = id
	}
	return t, nil
}

// keyID is method 1 of RFC 5280 section 4.2.1.2 over the whole public key info, as the provider computes it.
func keyID(public crypto.PublicKey) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return nil, fmt.Errorf("encode the public key: %w", err)
	}
	sum := sha1.Sum(der)
	return sum[:], nil
}

func issue(c local.Call, t, parent *x509.Certificate, public crypto.PublicKey, signer crypto.Signer, extra map[string]any) (string, map[string]any, error) {
	if hours(c.Inputs, "validityPeriodHours") < 0 || hours(c.Inputs, "earlyRenewalHours") < 0 {
		return "", nil, errors.New("validityPeriodHours and earlyRenewalHours must not be negative")
	}
	der, err := x509.CreateCertificate(nil, t, parent, public, signer)
	if err != nil {
		return "", nil, fmt.Errorf("sign the certificate: %w", err)
	}
	extra["certPem"] = encode("CERTIFICATE", der)
	extra["validityStartTime"] = t.NotBefore.Format(time.RFC3339)
	extra["validityEndTime"] = t.NotAfter.Format(time.RFC3339)
	extra["readyForRenewal"] = !c.Now.Before(t.NotAfter.Add(-hours(c.Inputs, "earlyRenewalHours")))
	return t.SerialNumber.String(), extra, nil
}

func selfSignedCert(c local.Call) (string, map[string]any, error) {
	key, algorithm, err := parseKey(text(c.Inputs, "privateKeyPem"))
	if err != nil {
		return "", nil, fmt.Errorf("privateKeyPem: %w", err)
	}
	t, err := template(c, key.Public())
	if err != nil {
		return "", nil, err
	}
	if t.IPAddresses, t.URIs, err = names(c.Inputs); err != nil {
		return "", nil, err
	}
	t.Subject, t.DNSNames = subject(c.Inputs), strs(c.Inputs, "dnsNames")
	if set, _ := c.Inputs["setAuthorityKeyId"].(bool); set {
		if t.AuthorityKeyId, err = keyID(key.Public()); err != nil {
			return "", nil, err
		}
	}
	return issue(c, t, t, key.Public(), key, map[string]any{"keyAlgorithm": algorithm})
}

func locallySignedCert(c local.Call) (string, map[string]any, error) {
	signer, algorithm, err := parseKey(text(c.Inputs, "caPrivateKeyPem"))
	if err != nil {
		return "", nil, fmt.Errorf("caPrivateKeyPem: %w", err)
	}
	ca, err := parseCertificate(text(c.Inputs, "caCertPem"))
	if err != nil {
		return "", nil, fmt.Errorf("caCertPem: %w", err)
	}
	block, _ := pem.Decode([]byte(text(c.Inputs, "certRequestPem")))
	if block == nil || block.Type != "CERTIFICATE REQUEST" {
		return "", nil, errors.New("certRequestPem: failed to decode PEM block")
	}
	request, err := x509.ParseCertificateRequest(block.Bytes)
	if err != nil {
		return "", nil, fmt.Errorf("certRequestPem: %w", err)
	}
	if err := request.CheckSignature(); err != nil {
		return "", nil, fmt.Errorf("certRequestPem: %w", err)
	}
	t, err := template(c, request.PublicKey)
	if err != nil {
		return "", nil, err
	}
	t.Subject, t.DNSNames, t.IPAddresses, t.URIs = request.Subject, request.DNSNames, request.IPAddresses, request.URIs
	return issue(c, t, ca, request.PublicKey, signer, map[string]any{"caKeyAlgorithm": algorithm})
}

func parseCertificate(s string) (*x509.Certificate, error) {
	block, _ := pem.Decode([]byte(s))
	if block == nil || block.Type != "CERTIFICATE" {
		return nil, errors.New("failed to decode PEM block")
	}
	return x509.ParseCertificate(block.Bytes)
}

// expired asks for a new certificate once the early renewal period has begun.
func expired(state map[string]any, now time.Time) bool {
	end, err := time.Parse(time.RFC3339, text(state, "validityEndTime"))
	if err != nil {
		return false
	}
	return !now.Before(end.Add(-hours(state, "earlyRenewalHours")))
}

// renewal recomputes readyForRenewal when earlyRenewalHours changed.
func renewal(inputs, state map[string]any, now time.Time) map[string]any {
	return map[string]any{"readyForRenewal": expired(map[string]any{
		"validityEndTime": state["validityEndTime"], "earlyRenewalHours": inputs["earlyRenewalHours"],
	}, now)}
}
