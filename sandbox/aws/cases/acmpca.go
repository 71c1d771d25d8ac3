package cases

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
)

// request is a certificate request of a key that is always the same.
func request() string {
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), append(make([]byte, 31), 7))
	if err != nil {
		panic(err) // a constant
	}
	der, err := x509.CreateCertificateRequest(nil, &x509.CertificateRequest{Subject: pkix.Name{CommonName: "mesh"}}, key)
	if err != nil {
		panic(err) // a constant
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}))
}

func authorities() []Case {
	const template = "arn:aws:acm-pca:::template/"
	nobody := "arn:aws:acm-pca:ap-northeast-2:111122223333:certificate-authority/01234567-89ab-cdef-0123-456789abcdef"
	pending := func(more in) []Step {
		return []Step{create(tCA, "root", with(in{"type": "ROOT", "certificateAuthorityConfiguration": in{
			"keyAlgorithm": "EC_prime256v1", "signingAlgorithm": "SHA256WITHECDSA", "subject": in{"commonName": "root"}}}, more))}
	}
	issue := func(name string, more in) Step {
		return create(tIssued, name, with(in{"certificateAuthorityArn": "${root}", "certificateSigningRequest": request(), "signingAlgorithm": "SHA256WITHECDSA",
			"templateArn": template + "SubordinateCACertificate_PathLen0/V1", "validity": in{"type": "DAYS", "value": "6"}}, more))
	}
	active := func(more in) []Step {
		return steps(pending(more), []Step{
			issue("own", in{"certificateSigningRequest": "${root.certificateSigningRequest}", "templateArn": template + "RootCACertificate/V1", "validity": in{"type": "YEARS", "value": "10"}}),
			create(tCACert, "installed", in{"certificateAuthorityArn": "${root}", "certificate": "${own.certificate}"}),
		})
	}
	return []Case{
		{Rule: "acmpca.authority-exists", Sentence: "an authority that bootstrap never made", Then: issue("new", in{"certificateAuthorityArn": nobody}),
			Text: "ResourceNotFoundException: Could not find Certificate Authority " + nobody},
		{Rule: "acmpca.authority-exists", Sentence: "a certificate for an authority that is not there",
			Then: create(tCACert, "c", in{"certificateAuthorityArn": nobody, "certificate": "none"}),
			Text: "ResourceNotFoundException: Could not find Certificate Authority " + nobody},
		{Rule: "acmpca.authority-active", Sentence: "an authority without a certificate of its own", Given: pending(nil), Then: issue("new", nil),
			Text: "InvalidStateException: The certificate authority is not in a valid state for issuing certificates: PENDING_CERTIFICATE"},
		{Rule: "acmpca.request-form", Sentence: "a request that is none", Given: active(nil), Then: issue("new", in{"certificateSigningRequest": "mesh"}),
			Text: "MalformedCSRException: The certificate signing request is invalid."},
		{Rule: "acmpca.algorithm-family", Sentence: "an RSA signature by an ECDSA key", Given: active(nil), Then: issue("new", in{"signingAlgorithm": "SHA256WITHRSA"}),
			Text: "ValidationException: The signing algorithm SHA256WITHRSA does not match the algorithm family of the certificate authority's key, ECDSA"},
		{Rule: "acmpca.template", Sentence: "a template of no name that AWS has", Given: active(nil), Then: issue("new", in{"templateArn": template + "IntermediateCertificate/V1"}),
			Text: "InvalidArgsException: The template " + template + "IntermediateCertificate/V1 does not exist."},
		{Rule: "acmpca.validity-beyond-authority", Sentence: "a certificate that outlives its authority", Given: active(nil),
			Then: issue("new", in{"validity": in{"type": "END_DATE", "value": "2037-01-01T00:00:00Z"}}),
			Text: "ValidationException: The certificate validity specified exceeds the certificate authority validity"},
		{Rule: "acmpca.short-lived-mode", Sentence: "a month from an authority for short-lived certificates", Given: active(in{"usageMode": "SHORT_LIVED_CERTIFICATE"}),
			Then: issue("new", in{"validity": in{"type": "DAYS", "value": "30"}}),
			Text: "ValidationException: A certificate authority in short-lived certificate mode issues certificates that are valid for at most 7 days"},
		{Rule: "acmpca.validity-form", Sentence: "an end date without a time of day", Given: active(nil),
			Then: issue("new", in{"validity": in{"type": "END_DATE", "value": "2029-11-30"}}),
			Text: "parsing validity value \"2029-11-30\": not what validity type END_DATE takes"},
	}
}
