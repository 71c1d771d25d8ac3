package aws

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/schema"
	"github.com/ladder-platform/ladder/sandbox/world"
)

const (
	typeCA       = "aws:acmpca/certificateAuthority:CertificateAuthority"
	typeCACert   = "aws:acmpca/certificateAuthorityCertificate:CertificateAuthorityCertificate"
	typeIssued   = "aws:acmpca/certificate:Certificate"
	caActive     = "ACTIVE"
	caPending    = "PENDING_CERTIFICATE"
	caDisabled   = "DISABLED"
	pcaTemplates = "arn:aws:acm-pca:::template/"
	// shortLivedDays is the longest validity that a CA in mode
	// SHORT_LIVED_CERTIFICATE issues. Source: AWS Private CA user guide, "CA modes".
	shortLivedDays = 7
	// seededCAYears is how long a seeded root without dates is valid.
	seededCAYears = 10
)

var (
	ruleCAExists = rule.Register(rule.Rule{
		Name: "acmpca.authority-exists", Service: "acmpca",
		Source: "AWS Private CA API, IssueCertificate, ResourceNotFoundException, read 2026-11",
		Text:   "ResourceNotFoundException: Could not find Certificate Authority %s",
	})
	ruleCAActive = rule.Register(rule.Rule{
		Name: "acmpca.authority-active", Service: "acmpca",
		Source: "AWS Private CA API, IssueCertificate, InvalidStateException: only a CA in state ACTIVE issues",
		Text:   "InvalidStateException: The certificate authority is not in a valid state for issuing certificates: %s",
	})
	ruleCSR = rule.Register(rule.Rule{
		Name: "acmpca.request-form", Service: "acmpca",
		Source: "AWS Private CA API, IssueCertificate, MalformedCSRException",
		Text:   "MalformedCSRException: The certificate signing request is invalid.",
	})
	ruleCAAlgorithm = rule.Register(rule.Rule{
		Name: "acmpca.algorithm-family", Service: "acmpca",
		Source: "AWS Private CA API, IssueCertificate, SigningAlgorithm: its family (RSA or ECDSA) must match the CA's key; ValidationException",
		Text:   "ValidationException: The signing algorithm %s does not match the algorithm family of the certificate authority's key, %s",
	})
	ruleCATemplate = rule.Register(rule.Rule{
		Name: "acmpca.template", Service: "acmpca",
		Source: "AWS Private CA user guide, certificate templates; the sandbox knows RootCACertificate, SubordinateCACertificate_PathLen0 to 3 and EndEntityCertificate, V1",
		Text:   "InvalidArgsException: The template %s does not exist.",
	})
	ruleCAValidity = rule.Register(rule.Rule{
		Name: "acmpca.validity-beyond-authority", Service: "acmpca",
		Source: "AWS Private CA user guide, issuing certificates: never beyond the CA's own certificate; ValidationException, worded as in public issues",
		Text:   "ValidationException: The certificate validity specified exceeds the certificate authority validity",
	})
	ruleCAShortLived = rule.Register(rule.Rule{
		Name: "acmpca.short-lived-mode", Service: "acmpca",
		Source: "AWS Private CA user guide, CA modes: SHORT_LIVED_CERTIFICATE issues for at most seven days; ValidationException",
		Text:   "ValidationException: A certificate authority in short-lived certificate mode issues certificates that are valid for at most 7 days",
	})
	ruleCAValidityForm = rule.Register(rule.Rule{
		Name: "acmpca.validity-form", Service: "acmpca",
		Source: "terraform-provider-aws internal/service/acmpca/certificate.go: END_DATE takes a date in RFC 3339, the other types a number",
		Text:   "parsing validity value %q: not what validity type %s takes",
	})
)

// Where a CA is known by an ARN that no object has, bootstrap has not made it.
var _ = register(typeCA, &kind{
	service: "ACM PCA", noun: "Certificate Authority",
	makeID: func(c *call) string {
		return fmt.Sprintf("arn:aws:acm-pca:%s:%s:certificate-authority/%s", c.region(), c.account(), uuid(c.newID("", 32)))
	},
	create: func(c *call) error {
		c.set("arn", c.obj.ID)
		c.setDefault("usageMode", "GENERAL_PURPOSE")
		c.setDefault("type", "SUBORDINATE")
		c.obj.State = caPending
		key, err := caKey(c.obj)
		if err != nil {
			return err
		}
		der, err := x509.CreateCertificateRequest(nil, &x509.CertificateRequest{Subject: caSubject(c.obj)}, key)
		if err != nil {
			return fmt.Errorf("sign the authority's own request: %w", err)
		}
		c.set("certificateSigningRequest", pemText("CERTIFICATE REQUEST", der))
		return nil
	},
})

// Installing a certificate is what makes a CA active.
var _ = register(typeCACert, &kind{
	service: "ACM PCA", noun: "Certificate Authority Certificate",
	makeID: func(c *call) string { return str(c.in, "certificateAuthorityArn") },
	create: func(c *call) error {
		const action = "ImportCertificateAuthorityCertificate"
		ca, ok := c.get(typeCA, c.attr("certificateAuthorityArn"))
		if !ok {
			if c.on(ruleCAExists) {
				return c.refuse(action, ruleCAExists, c.attr("certificateAuthorityArn"))
			}
			return nil
		}
		cert, err := parsePEM(c.attr("certificate"))
		if err != nil {
			return fmt.Errorf("%s: %w", c.doing(), err)
		}
		next := ca.Clone()
		next.State = caActive
		next.Attrs["certificate"], next.Attrs["certificateChain"] = c.attr("certificate"), c.attr("certificateChain")
		next.Attrs["notBefore"], next.Attrs["notAfter"] = cert.NotBefore.Format(time.RFC3339), cert.NotAfter.Format(time.RFC3339)
		c.tx.Put(next)
		return nil
	},
})

var _ = register(typeIssued, &kind{
	service: "ACM PCA", noun: "Certificate", createTime: issueTime,
	makeID: func(c *call) string {
		return str(c.in, "certificateAuthorityArn") + "/certificate/" + c.newID("", 32)
	},
	check: func(c *call, in map[string]any) []schema.Failure {
		validity := dict(in, "validity")
		kind, value := str(validity, "type"), str(validity, "value")
		if kind == "" || value == "" || !c.on(ruleCAValidityForm) {
			return nil
		}
		if _, err := validUntil(time.Time{}, kind, value); err != nil {
			return []schema.Failure{{Path: "validity.value", Reason: ruleCAValidityForm.Errorf(value, kind).Error()}}
		}
		return nil
	},
	create: issueCertificate,
})

// issueTime: IssueCertificate answers at once, the provider then waits until
// the certificate can be fetched (terraform-provider-aws acmpca/certificate.go).
const issueTime = 5 * time.Second

// pcaTemplate is what a certificate template grants.
type pcaTemplate struct {
	ca, self   bool
	pathLength int
	usage      x509.KeyUsage
	extended   []x509.ExtKeyUsage
}

// Source: AWS Private CA user guide, "Template definitions", read 2026-11.
var knownTemplates = func() map[string]pcaTemplate {
	signs := x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	out := map[string]pcaTemplate{
		"RootCACertificate/V1": {ca: true, self: true, pathLength: -1, usage: signs},
		"EndEntityCertificate/V1": {usage: x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment, pathLength: -1,
			extended: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}},
	}
	for n := range 4 {
		out[fmt.Sprintf("SubordinateCACertificate_PathLen%d/V1", n)] = pcaTemplate{ca: true, pathLength: n, usage: signs}
	}
	return out
}()

func issueCertificate(c *call) error {
	const action = "IssueCertificate"
	arn := c.attr("certificateAuthorityArn")
	ca, ok := c.get(typeCA, arn)
	if !ok {
		if c.on(ruleCAExists) {
			return c.refuse(action, ruleCAExists, arn)
		}
		ca = &world.Object{Kind: typeCA, ID: arn, Attrs: map[string]any{}, Created: c.tx.Now()}
	}
	name := strings.TrimPrefix(c.attr("templateArn"), pcaTemplates)
	if c.attr("templateArn") == "" {
		name = "EndEntityCertificate/V1"
	}
	template, known := knownTemplates[name]
	if !known {
		if c.on(ruleCATemplate) {
			return c.refuse(action, ruleCATemplate, c.attr("templateArn"))
		}
		template = knownTemplates["EndEntityCertificate/V1"]
	}
	if state := caState(ca); state != caActive && !(template.self && state == caPending) && c.on(ruleCAActive) {
		return c.refuse(action, ruleCAActive, state)
	}
	if family := "ECDSA"; !strings.HasSuffix(c.attr("signingAlgorithm"), family) && c.on(ruleCAAlgorithm) {
		return c.refuse(action, ruleCAAlgorithm, c.attr("signingAlgorithm"), family)
	}
	return c.sign(action, ca, template)
}

// sign makes the certificate with the CA's own key.
func (c *call) sign(action string, ca *world.Object, template pcaTemplate) error {
	request, err := parseRequest(c.attr("certificateSigningRequest"))
	if err != nil {
		if c.on(ruleCSR) {
			return c.refuse(action, ruleCSR)
		}
		return nil
	}
	key, err := caKey(ca)
	if err != nil {
		return err
	}
	root, rootPEM, err := caCertificate(ca, key)
	if err != nil {
		return err
	}
	validity := dict(c.obj.Attrs, "validity")
	start := c.tx.Now().UTC().Truncate(time.Second)
	end, err := validUntil(start, str(validity, "type"), str(validity, "value"))
	if err != nil {
		end = root.NotAfter // only with the rule of its form off
	}
	if end.After(root.NotAfter) && !template.self && c.on(ruleCAValidity) {
		return c.refuse(action, ruleCAValidity)
	}
	if !template.self && str(ca.Attrs, "usageMode") == "SHORT_LIVED_CERTIFICATE" && end.Sub(start) > shortLivedDays*24*time.Hour && c.on(ruleCAShortLived) {
		return c.refuse(action, ruleCAShortLived)
	}
	public, err := x509.MarshalPKIXPublicKey(request.PublicKey)
	if err != nil {
		return fmt.Errorf("encode the public key: %w", err)
	}
	id := sha1.Sum(public)
	sheet := &x509.Certificate{
		SerialNumber: serialOf(c.obj.ID), Subject: request.Subject, DNSNames: request.DNSNames, URIs: request.URIs, IPAddresses: request.IPAddresses,
		NotBefore: start, NotAfter: end, BasicConstraintsValid: true, IsCA: template.ca, MaxPathLen: template.pathLength,
		MaxPathLenZero: template.pathLength == 0, KeyUsage: template.usage, ExtKeyUsage: template.extended, SubjectKeyId: id[:],
	}
	parent := root
	if template.self {
		parent = sheet
	}
	der, err := x509.CreateCertificate(nil, sheet, parent, request.PublicKey, key)
	if err != nil {
		return fmt.Errorf("sign the certificate: %w", err)
	}
	c.set("arn", c.obj.ID)
	c.set("certificate", pemText("CERTIFICATE", der))
	c.set("certificateChain", "")
	if !template.self {
		c.set("certificateChain", strings.TrimSpace(rootPEM+"\n"+str(ca.Attrs, "certificateChain"))+"\n")
	}
	return nil
}

func caState(ca *world.Object) string {
	switch {
	case ca.State != "":
		return ca.State
	case has(ca.Attrs, "enabled") && !boolean(ca.Attrs, "enabled"):
		return caDisabled
	}
	return caActive
}

// caCertificate is the certificate of a CA; a seeded root has none in its
// attributes, and gets the one that its key and dates make.
func caCertificate(ca *world.Object, key *ecdsa.PrivateKey) (*x509.Certificate, string, error) {
	if text := str(ca.Attrs, "certificate"); text != "" {
		cert, err := parsePEM(text)
		return cert, text, err
	}
	start := ca.Created.UTC().Truncate(24 * time.Hour)
	if t, err := time.Parse(time.RFC3339, str(ca.Attrs, "notBefore")); err == nil {
		start = t
	}
	end := start.AddDate(seededCAYears, 0, 0)
	if t, err := time.Parse(time.RFC3339, str(ca.Attrs, "notAfter")); err == nil {
		end = t
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return nil, "", fmt.Errorf("encode the public key: %w", err)
	}
	id := sha1.Sum(public)
	sheet := &x509.Certificate{
		SerialNumber: serialOf(ca.ID), Subject: caSubject(ca), NotBefore: start, NotAfter: end, BasicConstraintsValid: true, IsCA: true,
		KeyUsage: knownTemplates["RootCACertificate/V1"].usage, SubjectKeyId: id[:],
	}
	der, err := x509.CreateCertificate(nil, sheet, sheet, key.Public(), key)
	if err != nil {
		return nil, "", fmt.Errorf("sign the authority's own certificate: %w", err)
	}
	cert, err := x509.ParseCertificate(der)
	return cert, pemText("CERTIFICATE", der), err
}

// caSubject names the CA as its configuration does, else by its ARN's end.
func caSubject(ca *world.Object) pkix.Name {
	subject := dict(dict(ca.Attrs, "certificateAuthorityConfiguration"), "subject")
	name := pkix.Name{CommonName: str(subject, "commonName")}
	if o := str(subject, "organization"); o != "" {
		name.Organization = []string{o}
	}
	if name.CommonName == "" {
		name.CommonName = ca.ID[strings.LastIndex(ca.ID, "/")+1:]
	}
	return name
}

// caKey is a P-256 key that follows from the CA's ARN: it never leaves the
// service, so nothing has to store it. It is for the simulated cloud only.
func caKey(ca *world.Object) (*ecdsa.PrivateKey, error) {
	if a := str(dict(ca.Attrs, "certificateAuthorityConfiguration"), "keyAlgorithm"); a != "" && a != "EC_prime256v1" {
		return nil, fmt.Errorf("the sandbox does not model certificate authorities with key algorithm %q, only EC_prime256v1", a)
	}
	curve := elliptic.P256()
	for n := uint32(0); ; n++ {
		sum := sha256.Sum256(binary.BigEndian.AppendUint32([]byte("acm-pca:"+ca.ID), n))
		if d := new(big.Int).SetBytes(sum[:]); d.Sign() > 0 && d.Cmp(curve.Params().N) < 0 {
			return ecdsa.ParseRawPrivateKey(curve, sum[:])
		}
	}
}

func serialOf(id string) *big.Int {
	sum := sha256.Sum256([]byte(id))
	return new(big.Int).Rsh(new(big.Int).SetBytes(sum[:16]), 1)
}

// validUntil is the end of a validity that begins at start.
func validUntil(start time.Time, kind, value string) (time.Time, error) {
	if kind == "END_DATE" {
		return time.Parse(time.RFC3339, value)
	}
	var n int
	if _, err := fmt.Sscanf(value, "%d", &n); err != nil || fmt.Sprint(n) != value || n < 1 {
		return time.Time{}, fmt.Errorf("%q is no positive number", value)
	}
	switch kind {
	case "DAYS":
		return start.AddDate(0, 0, n), nil
	case "MONTHS":
		return start.AddDate(0, n, 0), nil
	case "YEARS":
		return start.AddDate(n, 0, 0), nil
	case "ABSOLUTE":
		return time.Unix(int64(n), 0).UTC(), nil
	}
	return time.Time{}, fmt.Errorf("%q is no type of validity", kind)
}

func pemText(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func parsePEM(text string) (*x509.Certificate, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil || block.Type != "CERTIFICATE" {
		return nil, errors.New("no certificate in PEM form")
	}
	return x509.ParseCertificate(block.Bytes)
}

func parseRequest(text string) (*x509.CertificateRequest, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil || block.Type != "CERTIFICATE REQUEST" {
		return nil, errors.New("no request in PEM form")
	}
	request, err := x509.ParseCertificateRequest(block.Bytes)
	if err != nil {
		return nil, err
	}
	return request, request.CheckSignature()
}
