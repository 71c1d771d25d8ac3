package tls

import (
	"maps"

	"github.com/ladder-platform/ladder/sandbox/deps"
	"github.com/ladder-platform/ladder/sandbox/internal/local"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// New makes the provider.
func New(d deps.Deps) plugin.Provider { return local.New("tls", "5.2.0", d, resources) }

func properties(sets ...map[string]local.Property) map[string]local.Property {
	out := map[string]local.Property{}
	for _, m := range sets {
		maps.Copy(out, m)
	}
	return out
}

var (
	subjectProperties = map[string]local.Property{
		"subject": {Kind: local.Object}, "dnsNames": {Kind: local.List}, "ipAddresses": {Kind: local.List}, "uris": {Kind: local.List},
		"privateKeyPem": {Kind: local.String, Required: true, Secret: true},
	}
	validityProperties = map[string]local.Property{
		"allowedUses": {Kind: local.List, Required: true}, "validityPeriodHours": {Kind: local.Number, Required: true},
		"earlyRenewalHours": {Kind: local.Number, Default: 0., InPlace: true},
		"isCaCertificate":   {Kind: local.Bool, Default: false}, "setSubjectKeyId": {Kind: local.Bool, Default: false},
	}
	validityOutputs = []string{"certPem", "readyForRenewal", "validityStartTime", "validityEndTime"}
)

// resources follow the schema of pulumi-tls 5.2.0: every input but earlyRenewalHours replaces.
var resources = map[string]local.Resource{
	"tls:index/privateKey:PrivateKey": {
		Properties: map[string]local.Property{
			"algorithm":  {Kind: local.String, Required: true},
			"ecdsaCurve": {Kind: local.String, Default: "P224"}, "rsaBits": {Kind: local.Number, Default: 2048.},
		},
		Outputs: []string{"privateKeyOpenssh", "privateKeyPem", "privateKeyPemPkcs8", "publicKeyFingerprintMd5",
			"publicKeyFingerprintSha256", "publicKeyOpenssh", "publicKeyPem"},
		Secrets: []string{"privateKeyOpenssh", "privateKeyPem", "privateKeyPemPkcs8"},
		Create:  privateKey,
	},
	"tls:index/selfSignedCert:SelfSignedCert": {
		Properties: properties(subjectProperties, validityProperties, map[string]local.Property{
			"setAuthorityKeyId": {Kind: local.Bool, Default: false},
		}),
		Outputs: append([]string{"keyAlgorithm"}, validityOutputs...), Create: selfSignedCert, Expired: expired, Update: renewal,
	},
	"tls:index/certRequest:CertRequest": {
		Properties: subjectProperties, Outputs: []string{"certRequestPem", "keyAlgorithm"}, Create: certRequest,
	},
	"tls:index/locallySignedCert:LocallySignedCert": {
		Properties: properties(validityProperties, map[string]local.Property{
			"caCertPem": {Kind: local.String, Required: true}, "certRequestPem": {Kind: local.String, Required: true},
			"caPrivateKeyPem": {Kind: local.String, Required: true, Secret: true},
		}),
		Outputs: append([]string{"caKeyAlgorithm"}, validityOutputs...), Create: locallySignedCert, Expired: expired, Update: renewal,
	},
}
