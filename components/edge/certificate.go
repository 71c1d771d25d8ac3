package edge

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/edge/spec"
	"github.com/ladder-platform/ladder/components/internal/dns"
	"github.com/ladder-platform/ladder/components/internal/untyped"
)

// validationTTL of the records that prove a name, in seconds: they stay, so
// that ACM can renew, and change only with the certificate.
const validationTTL = 300

// certificate is one of ACM's; validation is there once it is issued.
type (
	certificate struct {
		pulumi.CustomResourceState

		ARN    pulumi.StringOutput `pulumi:"arn"`
		Proofs pulumi.ArrayOutput  `pulumi:"domainValidationOptions"` // what ACM asks for each name
	}
	validation struct {
		pulumi.CustomResourceState

		CertificateARN pulumi.StringOutput `pulumi:"certificateArn"`
	}
)

// certificates makes the certificates of the ALBs, and waits until they are issued.
func (b *builder) certificates() error {
	for _, key := range b.cfg.Entrances() {
		e := &entrance{key: key, network: key == spec.EntranceApplication && b.cfg.Application.LoadBalancer == spec.NLB}
		b.entrances[key] = e
		cert := b.certificate(key)
		switch {
		case cert == nil:
			continue
		case cert.ARN != "":
			e.certificate = pulumi.String(cert.ARN)
			continue
		}
		arn, err := b.issue(key, b.cfg.CertificateNames(key))
		if err != nil {
			return fmt.Errorf("certificate of %s: %w", key, err)
		}
		e.certificate = arn
	}
	return nil
}

// certificate is what the configuration says of an entrance's.
func (b *builder) certificate(key string) *spec.Certificate {
	if key == spec.EntranceManagement {
		return b.cfg.Management.Certificate
	}
	return b.cfg.Application.Certificate
}

// issue asks ACM for a certificate and proves its names. Its ARN is known once
// ACM has issued it.
func (b *builder) issue(key string, names []string) (pulumi.StringInput, error) {
	id := b.id(key + "-cert")
	args := pulumi.Map{"domainName": pulumi.String(names[0]), "validationMethod": pulumi.String("DNS"), "tags": b.tags.For(id)}
	if len(names) > 1 {
		args["subjectAlternativeNames"] = pulumi.ToStringArray(names[1:])
	}
	cert := &certificate{}
	if err := untyped.Register(b.ctx, "aws:acm/certificate:Certificate", id, args, cert, b.aws()...); err != nil {
		return nil, err
	}
	var proofs []pulumi.Resource
	var fqdns pulumi.StringArray
	for _, name := range spec.ValidationNames(names) {
		proof, err := b.prove(name, cert)
		if err != nil {
			return nil, err
		}
		proofs, fqdns = append(proofs, proof), append(fqdns, proof.FQDN)
	}
	if b.delegation != nil {
		proofs = append(proofs, b.delegation) // until it exists nobody finds the proofs
	}
	var issued validation
	if err := untyped.Register(b.ctx, "aws:acm/certificateValidation:CertificateValidation", id, pulumi.Map{
		"certificateArn": b.provable(cert), "validationRecordFqdns": fqdns,
	}, &issued, b.aws(proofs...)...); err != nil {
		return nil, err
	}
	return issued.CertificateARN, nil
}

// prove writes the record that ACM asks for a name. A name that is on two
// certificates has one record: ACM asks the same of each, by account and name.
// Source: ACM user guide, "DNS validation".
func (b *builder) prove(name string, cert *certificate) (*dns.Record, error) {
	if r, ok := b.records[name]; ok {
		return r, nil
	}
	r, err := dns.NewRecord(b.ctx, b.id("validation-"+name), dns.RecordArgs{
		ZoneID: b.zone, TTL: validationTTL, Type: "CNAME",
		Name:   cert.Proofs.ApplyT(recordName(name)).(pulumi.StringOutput),
		Values: pulumi.StringArray{cert.Proofs.ApplyT(recordValue(name)).(pulumi.StringOutput)},
	}, b.inZone()...)
	if err != nil {
		return nil, fmt.Errorf("validation of %s: %w", name, err)
	}
	b.records[name] = r
	return r, nil
}

// recordName is the name of the record without the dot at its end, which Route 53
// does not keep: a refresh would show another name, and a name is never changed
// in place. Source: terraform-provider-aws, internal/service/route53/record.go, "name".
func recordName(name string) func([]any) (string, error) {
	return func(proofs []any) (string, error) {
		found, err := proofOf(proofs, name, "resourceRecordName")
		return strings.TrimSuffix(found, "."), err
	}
}

func recordValue(name string) func([]any) (string, error) {
	return func(proofs []any) (string, error) { return proofOf(proofs, name, "resourceRecordValue") }
}

// proofOf finds one field of what ACM asks for a name. The list has no order,
// and a wildcard stands in it for its domain.
func proofOf(proofs []any, name, field string) (string, error) {
	for _, p := range proofs {
		proof, _ := p.(map[string]any)
		domain, _ := proof["domainName"].(string)
		if value, ok := proof[field].(string); ok && strings.TrimPrefix(domain, "*.") == name {
			return value, nil
		}
	}
	return "", fmt.Errorf("ACM asks for no record for %q", name)
}
