package aws

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/world"
)

const (
	typeCertificate = "aws:acm/certificate:Certificate"
	typeValidation  = "aws:acm/certificateValidation:CertificateValidation"

	certPending = "PENDING_VALIDATION"
	certIssued  = "ISSUED"

	// certificateNames of one certificate. Source: ACM quotas, domain names per
	// certificate: 10, adjustable; read 2026-11.
	certificateNames = 10
)

var (
	ruleCertNames = rule.Register(rule.Rule{
		Name: "acm.names", Service: "acm",
		Source: "ACM quotas, domain names per certificate: 10; LimitExceededException as quoted in terraform-provider-aws issue 35825",
		Text:   "LimitExceededException: Certificate has too many domains.",
	})
	ruleCertDomain = rule.Register(rule.Rule{
		Name: "acm.domain-length", Service: "acm",
		Source: "ACM API, RequestCertificate, DomainName: the first name has at most 64 characters; wording not seen",
		Text:   "ValidationException: The first domain name can be no longer than 64 characters: %s",
	})
	ruleCertInUse = rule.Register(rule.Rule{
		Name: "acm.certificate-in-use", Service: "acm",
		Source: "ACM API, DeleteCertificate, ResourceInUseException; facts, providers E7",
		Text:   "ResourceInUseException: Certificate %s is in use.",
	})
	ruleValidationMissing = rule.Register(rule.Rule{
		Name: "acm.certificate-exists", Service: "acm",
		Source: "ACM API, ResourceNotFoundException",
		Text:   "ResourceNotFoundException: Could not find certificate %s.",
	})
	ruleValidationNames = rule.Register(rule.Rule{
		Name: "acm.validation-records", Service: "acm",
		Source: "terraform-provider-aws internal/service/acm/certificate_validation.go, resourceCertificateValidationCreate",
		Text:   "missing %s DNS validation record: %s",
	})
	ruleValidated = rule.Register(rule.Rule{
		Name: "acm.validation", Service: "acm",
		Source: "ACM user guide, DNS validation: the record must be found in the public DNS; terraform-provider-aws waiter, 75 minutes (facts, providers D6.13)",
		Text:   "waiting for ACM Certificate (%s) to be issued: timeout while waiting for state to become 'ISSUED' (last state: 'PENDING_VALIDATION', timeout: 1h15m0s)",
	})
)

var _ = register(typeCertificate, &kind{
	service: "ACM", noun: "Certificate", createTime: certificateRequest, namesClash: true,
	makeID: func(c *call) string {
		return "arn:aws:acm:" + c.region() + ":" + c.account() + ":certificate/" + uuid(c.newID("", 32))
	},
	create: createCertificate,
	update: func(c *call) error { return nil },
	remove: func(c *call) error {
		user := c.certificateUser(c.obj.ID)
		if user != "" && c.on(ruleCertInUse) {
			return c.refuse("DeleteCertificate", ruleCertInUse, c.obj.ID)
		}
		return nil
	},
})

func createCertificate(c *call) error {
	const action = "RequestCertificate"
	domain := c.attr("domainName")
	names := []string{domain}
	for _, n := range strs(c.obj.Attrs, "subjectAlternativeNames") {
		if !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	switch {
	case len(domain) > 64 && c.on(ruleCertDomain):
		return c.refuse(action, ruleCertDomain, domain)
	case len(names) > certificateNames && c.on(ruleCertNames):
		return c.refuse(action, ruleCertNames)
	}
	options := []any{}
	for _, n := range names {
		options = append(options, c.validationOption(n))
	}
	c.set("arn", c.obj.ID)
	c.setDefault("subjectAlternativeNames", names)
	c.set("domainValidationOptions", options)
	c.set("status", certPending)
	c.set("type", "AMAZON_ISSUED")
	c.obj.State = certPending
	for k, v := range map[string]any{"keyAlgorithm": "RSA_2048", "notBefore": "", "notAfter": "", "pendingRenewal": false, "renewalEligibility": "INELIGIBLE",
		"renewalSummaries": []any{}, "validationEmails": []any{}, "validationMethod": "DNS",
		"options": map[string]any{"certificateTransparencyLoggingPreference": "ENABLED", "export": "DISABLED"}} {
		c.setDefault(k, v)
	}
	return nil
}

// validationOption is the record that proves a name: a wildcard and the name
// below it have one in common, and so have two certificates of one account.
func (c *call) validationOption(name string) map[string]any {
	base := strings.TrimPrefix(strings.ToLower(name), "*.")
	return map[string]any{
		"domainName":         name,
		"resourceRecordName": "_" + hash("acm "+c.account()+" "+base, 32) + "." + base + ".",
		"resourceRecordType": "CNAME", "resourceRecordValue": "_" + hash("acm value "+c.account()+" "+base, 32) + ".acm-validations.aws.",
	}
}

// certificateUser is a listener that has a certificate, or "".
func (c *call) certificateUser(arn string) string {
	for _, k := range []string{typeListener, typeListenerCert} {
		for _, o := range c.find(k, where("certificateArn", arn)) {
			return o.ID
		}
	}
	return ""
}

var _ = register(typeValidation, &kind{
	service: "ACM", noun: "Certificate Validation", createTime: certificateIssued, namesClash: true,
	makeID: func(c *call) string { return c.tx.Now().UTC().Format(time.RFC3339) + " " + str(c.in, "certificateArn") },
	create: validate,
})

func validate(c *call) error {
	arn := c.attr("certificateArn")
	cert, ok := c.get(typeCertificate, arn)
	if !ok {
		if c.on(ruleValidationMissing) {
			return c.refuse("DescribeCertificate", ruleValidationMissing, arn)
		}
		return nil
	}
	options := dicts(cert.Attrs, "domainValidationOptions")
	if err := c.validationGiven(options); err != nil {
		return err
	}
	for _, o := range options {
		if !c.answers(str(o, "resourceRecordName"), "CNAME", str(o, "resourceRecordValue")) && c.on(ruleValidated) {
			c.latency, c.waited = certificateTimeout, true
			return ruleValidated.Errorf(arn)
		}
	}
	cert.State = certIssued // the attributes stay what the certificate's own resource read
	c.tx.Put(cert)
	return nil
}

// validationGiven: where the program names the records, all of them.
func (c *call) validationGiven(options []map[string]any) error {
	given := strs(c.obj.Attrs, "validationRecordFqdns")
	if len(given) == 0 {
		return nil
	}
	for i, g := range given {
		given[i] = strings.TrimSuffix(g, ".")
	}
	for _, o := range options {
		fqdn := str(o, "resourceRecordName")
		if !slices.Contains(given, strings.TrimSuffix(fqdn, ".")) && c.on(ruleValidationNames) {
			return fmt.Errorf("%s: %w", c.doing(), ruleValidationNames.Errorf(str(o, "domainName"), fqdn))
		}
	}
	return nil
}

func getCertificate(c *call) (map[string]any, error) {
	found := c.find(typeCertificate, func(o *world.Object) bool {
		return str(o.Attrs, "domainName") == str(c.in, "domain")
	})
	o, err := one(found, "ACM Certificate")
	if err != nil {
		return nil, err
	}
	out := visible(o)
	out["domain"], out["status"] = str(o.Attrs, "domainName"), o.State
	return out, nil
}
