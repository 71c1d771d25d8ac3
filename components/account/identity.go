package account

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/account/spec"
	"github.com/ladder-platform/ladder/components/internal/iamdoc"
	"github.com/ladder-platform/ladder/components/internal/kms"
)

// issuers are the providers of the tokens that workflows bring.
func (b *builder) issuers() error {
	add := func(role, url, audience string) error {
		_, err := b.make("aws:iam/openIdConnectProvider:OpenIdConnectProvider", role, pulumi.Map{
			"url": pulumi.String(url), "clientIdLists": pulumi.ToStringArray([]string{audience}), "tags": b.tags.For(b.name + "-" + role),
		})
		return err
	}
	if b.cfg.GitHub != nil {
		if err := add("github", spec.GitHubIssuer, audience); err != nil {
			return err
		}
	}
	if g := b.cfg.GitLab; g != nil {
		address := strings.TrimSuffix(g.URL, "/")
		return add("gitlab", address, address)
	}
	return nil
}

// longestSession of the deployer in seconds: an up with a climb takes hours, and
// the credentials of a run end with it. Source: IAM API, MaxSessionDuration, 1 to 12 hours.
const longestSession = 4 * 60 * 60

// roles are taken by workflows and people; who, is in their trust policies.
func (b *builder) roles(bucket *thing, key *kms.Key) error {
	late := []pulumi.StringInput{bucket.Arn, key.Arn}
	all := []struct {
		role, about string
		trust       func(spec.Config) (string, error)
		may         pulumi.StringOutput
		wanted      bool
	}{
		{spec.DeployerRole, "Runs pulumi up", deployTrust, iamdoc.DocumentOutput(late, func(arns []string) []iamdoc.Statement { return deployStatements(b.cfg, arns[0], arns[1]) }), true},
		{spec.PreviewRole, "Runs pulumi preview, and changes nothing", previewTrust, iamdoc.DocumentOutput(late, func(arns []string) []iamdoc.Statement { return previewStatements(b.cfg, arns[0], arns[1]) }), true},
		{spec.NightlyRole, "Looks for drift and writes down the health, every night", nightlyTrust, iamdoc.DocumentOutput(late, func(arns []string) []iamdoc.Statement { return nightlyStatements(b.cfg, arns[0], arns[1]) }), true},
		{spec.ReaderRole, "Reads what stacks of this account run, for the gate of later stages", readerTrust, iamdoc.DocumentOutput(late, func([]string) []iamdoc.Statement { return readerStatements(b.cfg) }), len(b.cfg.Readers) > 0},
	}
	made := pulumi.StringMap{}
	for _, r := range all {
		if !r.wanted {
			continue
		}
		trust, err := r.trust(b.cfg)
		if err != nil {
			return fmt.Errorf("who may take %s: %w", r.role, err)
		}
		role, err := b.make("aws:iam/role:Role", r.role, pulumi.Map{
			"name": pulumi.String(r.role), "description": pulumi.String(r.about), "assumeRolePolicy": pulumi.String(trust),
			"maxSessionDuration": pulumi.Int(longestSession), "tags": b.tags.For(r.role),
		})
		if err != nil {
			return err
		}
		if _, err := b.make("aws:iam/rolePolicy:RolePolicy", r.role+"-may", pulumi.Map{"name": pulumi.String("may"), "role": role.ID(), "policy": r.may}); err != nil {
			return err
		}
		made[r.role] = role.Arn
	}
	b.out.Roles = made.ToStringMapOutput()
	return nil
}

// meshRoot is a root in AWS Private CA: general-purpose mode, since clusters'
// intermediates live for months. It signs itself, once.
func (b *builder) meshRoot() error {
	m := b.cfg.MeshRoot
	if m == nil {
		return nil
	}
	const (
		signs  = "SHA256WITHECDSA" // what mesh.ca.signingAlgorithm means when it is left out
		window = 30                // days to change one's mind: AWS Private CA API, DeleteCertificateAuthority, 7 to 30
	)
	root, err := b.make("aws:acmpca/certificateAuthority:CertificateAuthority", "mesh-root", pulumi.Map{
		"type": pulumi.String("ROOT"), "usageMode": pulumi.String("GENERAL_PURPOSE"), "permanentDeletionTimeInDays": pulumi.Int(window),
		"certificateAuthorityConfiguration": pulumi.Map{
			"keyAlgorithm": pulumi.String("EC_prime256v1"), "signingAlgorithm": pulumi.String(signs),
			"subject": pulumi.Map{"commonName": pulumi.String(m.CommonName), "organization": pulumi.String(b.cfg.Owner)},
		},
		"tags": b.tags.For(b.name + "-mesh-root"),
	})
	if err != nil {
		return err
	}
	own, err := b.make("aws:acmpca/certificate:Certificate", "mesh-root-certificate", pulumi.Map{
		"certificateAuthorityArn": root.Arn, "certificateSigningRequest": root.Request, "signingAlgorithm": pulumi.String(signs),
		"templateArn": pulumi.String("arn:aws:acm-pca:::template/RootCACertificate/V1"),
		"validity":    pulumi.Map{"type": pulumi.String("YEARS"), "value": pulumi.String(fmt.Sprint(m.Years))},
	})
	if err != nil {
		return err
	}
	installed, err := b.make("aws:acmpca/certificateAuthorityCertificate:CertificateAuthorityCertificate", "mesh-root-installed", pulumi.Map{
		"certificateAuthorityArn": root.Arn, "certificate": own.Certificate,
	})
	if err != nil {
		return err
	}
	// Only an authority with its certificate issues: whoever reads the ARN gets one that does.
	b.out.MeshRoot = pulumi.All(root.Arn, installed.ID()).ApplyT(func(in []any) string { return in[0].(string) }).(pulumi.StringOutput)
	return nil
}
