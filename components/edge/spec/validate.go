package spec

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/components/edge/routes"
	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/internal/strict"
)

// ValidateInput is what the edge's own section does not say.
type ValidateInput struct {
	Stack, Region, AccountID string
	// Clusters of the stack by key, with the key of their network.
	Clusters map[string]string
	// Namespaces of the mesh; nil when nobody knows them.
	Namespaces map[string]bool
	// Gateways of the mesh by key; nil when nobody knows them.
	Gateways map[string]bool
}

// Limits with their sources.
const (
	maxLBName = 32 // facts/platform.json name_and_limit_rules, alb/nlb name
	// maxTargetGroup leaves room for the suffix that Pulumi adds to a target
	// group's name of at most 32 characters; facts as above, providers.md D1.
	maxTargetGroup = 32 - 8
	// maxRules are the rules of an ALB, its defaults left out; adjustable.
	// Source: facts/platform.json quotas.
	maxRules = 100
	// maxCertificates of an ALB, its default one left out; adjustable. Source: as above.
	maxCertificates = 25
	// maxCertificateNames on one certificate of ACM; adjustable to 100. Source:
	// ACM quotas, "Domain names per ACM certificate", from memory (medium).
	maxCertificateNames = 10
	// maxGroupRules of a security group, inbound; facts/platform.json quotas.
	maxGroupRules = 60
	// shortestAllow is the largest block that one company can hold.
	shortestAllow  = 8
	maxDeregister  = 3600 // seconds; ELBv2 API, deregistration_delay.timeout_seconds
	maxLogDays     = 3650 // a limit of sense: ten years
	hundred        = 100
	acmPattern     = `^arn:aws:acm:([a-z0-9-]+):([0-9]{12}):certificate/[0-9a-f-]+$`
	roleARN        = `^arn:aws:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+$`
	zoneIDPattern  = `^Z[A-Z0-9]{1,31}$`
	domainNameForm = `^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$`
	labelForm      = `^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$`
	balancerForm   = `^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$`
	secretForm     = `^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$`
	emailForm      = `^[^@\s]+@[^@\s]+\.[^@\s]+$`
)

var (
	certificatePattern = regexp.MustCompile(acmPattern)
	rolePattern        = regexp.MustCompile(roleARN)
	zonePattern        = regexp.MustCompile(zoneIDPattern)
	domainPattern      = regexp.MustCompile(domainNameForm)
	labelPattern       = regexp.MustCompile(labelForm)
	balancerPattern    = regexp.MustCompile(balancerForm)
	secretPattern      = regexp.MustCompile(secretForm)
	emailPattern       = regexp.MustCompile(emailForm)
)

// Validate is every finding of the section. path is edge. Defaults may be filled in or not.
func (c Config) Validate(path string, in ValidateInput) finding.List {
	var out finding.List
	c = c.WithDefaults(sortedKeys(in.Clusters))
	word(&out, "routing", c.Routing, RoutingIstio, RoutingGatewayAPI)
	out.Join("domain", c.Domain.validate())
	out.Join("application", c.validateApplication(in))
	if c.Management != nil {
		out.Join("management", c.validateManagement(in))
	}
	out.Join("", c.validateHosts(in))
	out.Join("shift", c.validateShift(in))
	if c.WAF != nil {
		if c.Application.LoadBalancer == NLB {
			out.Add("waf", "remove it, or use loadBalancer alb", "an NLB does not see requests, so AWS WAF cannot stand before it")
		}
		out.Join("waf", c.WAF.validate())
	}
	if l := *c.AccessLogs; !l.Disabled && (l.RetentionDays < 1 || l.RetentionDays > maxLogDays) {
		out.Add("accessLogs.retentionDays", fmt.Sprintf("use 1 to %d", maxLogDays), "%d is no time to keep logs for", l.RetentionDays)
	}
	out.Join("", c.validateHelpers())
	var under finding.List
	under.Join(path, out)
	return under
}

func (d Domain) validate() finding.List {
	var out finding.List
	switch {
	case d.Name == "":
		out.Add("name", "use for example dev.example.com", "is missing")
	case !domainPattern.MatchString(d.Name) || len(d.Name) > 253:
		out.Add("name", "use for example dev.example.com, in lower case and without a dot at the end", "%q is not a domain", d.Name)
	}
	z := d.Zone
	switch {
	case z.ID == "" && !z.Create:
		out.Add("zone", "give the id of the hosted zone, or set create", "nobody says where the zone of %q is", d.Name)
	case z.ID != "" && z.Create:
		out.Add("zone.create", "remove it, or id", "a zone that has an id is not made here")
	case z.ID != "" && !zonePattern.MatchString(z.ID):
		out.Add("zone.id", "use for example Z0123456789ABCDEFGHIJ", "%q is not the id of a hosted zone", z.ID)
	}
	if !z.Create {
		if z.Parent != nil {
			out.Add("zone.parent", "remove it", "has no effect on a zone that is not made here")
		}
		if z.Delegated {
			out.Add("zone.delegated", "remove it", "has no effect on a zone that is not made here")
		}
	}
	if z.Create && z.Parent == nil && !z.Delegated {
		out.Warn("zone", "give zone.parent, or delegate to the name servers that the stack gives and set zone.delegated",
			"nothing delegates to the new zone yet: up makes it alone, because a certificate would wait 75 minutes for a validation that cannot come")
	}
	if z.Parent != nil && z.Delegated {
		out.Add("zone.delegated", "remove it", "the stack writes the delegation itself, into parent")
	}
	if z.Parent != nil && !zonePattern.MatchString(z.Parent.ID) {
		out.Add("zone.parent.id", "use for example Z0123456789ABCDEFGHIJ", "%q is not the id of a hosted zone", z.Parent.ID)
	}
	role(&out, "zone.roleArn", z.RoleARN)
	if z.Parent != nil {
		role(&out, "zone.parent.roleArn", z.Parent.RoleARN)
	}
	return out
}

func role(out *finding.List, path, arn string) {
	if arn != "" && !rolePattern.MatchString(arn) {
		out.Add(path, "use arn:aws:iam::<account>:role/<name>", "%q is not the ARN of an IAM role", arn)
	}
}

func (c Config) validateApplication(in ValidateInput) finding.List {
	var out finding.List
	a := c.Application
	word(&out, "loadBalancer", a.LoadBalancer, ALB, NLB)
	balancer(&out, a.Name)
	if in.Gateways != nil && !in.Gateways[EntranceApplication] {
		out.Add("", "add mesh.gateways.application", "leads to the mesh's gateway %q, which does not exist", EntranceApplication)
	}
	deregistration(&out, a.DeregistrationSeconds)
	if a.LoadBalancer == NLB {
		c.validateNLB(&out)
		return out
	}
	if a.TLS != nil {
		out.Add("tls", "remove it, or use loadBalancer nlb", "TLS ends at an ALB, before the gateway")
	}
	if a.StaticAddresses {
		out.Add("staticAddresses", "remove it, or use loadBalancer nlb", "an ALB changes its addresses; only an NLB keeps them")
	}
	for _, name := range sortedKeys(a.Hosts) {
		if a.Hosts[name].Passthrough != nil {
			out.Add("hosts."+name+".passthrough", "use routes, or loadBalancer nlb", "an ALB ends TLS itself, so that nothing behind it sees the SNI of %q", name)
		}
	}
	if a.Certificate != nil {
		out.Join("certificate", c.validateCertificate(*a.Certificate, c.names(EntranceApplication), in))
	}
	out.Join("redirects", c.validateRedirects())
	return out
}

func (c Config) validateNLB(out *finding.List) {
	a := c.Application
	if a.Certificate != nil {
		out.Add("certificate", "remove it and give tls", "an NLB passes TLS on to the gateway and carries no certificate")
	}
	if len(a.Redirects) > 0 {
		out.Add("redirects", "remove it, or use loadBalancer alb", "an NLB does not read requests, so it cannot redirect any")
	}
	switch t := a.TLS; {
	case t == nil:
		out.Add("tls", "give issuer certManager or secret", "is missing: behind an NLB the gateway ends TLS and needs a certificate")
	case !slices.Contains([]string{IssuerCertManager, IssuerSecret}, t.Issuer):
		out.Add("tls.issuer", strict.Suggest(t.Issuer, []string{IssuerCertManager, IssuerSecret}), "%q is not an issuer", t.Issuer)
	case t.Issuer == IssuerCertManager && c.CertManager == nil:
		out.Add("tls.issuer", "add edge.certManager with an email, or use secret", "nothing issues the certificate: edge.certManager is missing")
	case !secretPattern.MatchString(t.Secret):
		out.Add("tls.secret", "use lower-case letters, digits and hyphens", "%q is not a name in Kubernetes", t.Secret)
	}
}

func (c Config) validateManagement(in ValidateInput) finding.List {
	var out finding.List
	m := *c.Management
	balancer(&out, m.Name)
	if in.Gateways != nil && !in.Gateways[EntranceManagement] {
		out.Add("", "add mesh.gateways.management", "leads to the mesh's gateway %q, which does not exist", EntranceManagement)
	}
	deregistration(&out, m.DeregistrationSeconds)
	switch {
	case len(m.Allow) == 0:
		out.Add("allow", "name the company's blocks", "is missing: nobody could reach the entrance")
	case len(m.Allow) > maxGroupRules:
		out.Add("allow", "put blocks together", "%d blocks are more rules than a security group takes, which is %d", len(m.Allow), maxGroupRules)
	}
	blocks(&out, "allow", m.Allow, shortestAllow)
	for _, name := range sortedKeys(m.Hosts) {
		if m.Hosts[name].Passthrough != nil {
			out.Add("hosts."+name+".passthrough", "use routes", "an ALB ends TLS itself, so that nothing behind it sees the SNI of %q", name)
		}
	}
	out.Join("certificate", c.validateCertificate(*m.Certificate, c.names(EntranceManagement), in))
	return out
}

func deregistration(out *finding.List, seconds int) {
	switch {
	case seconds < 1 || seconds > maxDeregister:
		out.Add("deregistrationSeconds", fmt.Sprintf("use 1 to %d", podGrace-1), "%d is not a delay that AWS takes", seconds)
	case seconds >= podGrace:
		out.Add("deregistrationSeconds", fmt.Sprintf("use at most %d", podGrace-1), "%d seconds are not shorter than the %d that a gateway pod has to end: a rollout would cut requests off", seconds, podGrace)
	}
}

func balancer(out *finding.List, name string) {
	switch {
	case name == "":
	case len(name) > maxLBName:
		out.Add("name", fmt.Sprintf("use at most %d characters", maxLBName), "%q has %d characters, a load balancer's name has at most %d", name, len(name), maxLBName)
	case !balancerPattern.MatchString(name) || strings.HasPrefix(name, "internal-"):
		out.Add("name", "use letters, digits and hyphens, no hyphen at the ends, and not internal- in front", "%q is not a name that a load balancer can have", name)
	}
}

func (c Config) validateShift(in ValidateInput) finding.List {
	var out finding.List
	if len(in.Clusters) == 0 {
		return out
	}
	if len(c.Shift) == 0 {
		out.Add("", "give each cluster its share, for example blue: 90 and green: 10", "is missing, and the stack has %d clusters", len(in.Clusters))
		return out
	}
	sum, networks := 0, map[string]string{}
	for _, key := range c.Clusters() {
		share := c.Shift[key]
		sum += share
		network, known := in.Clusters[key]
		switch {
		case !known:
			out.Add(key, strict.Suggest(key, sortedKeys(in.Clusters)), "%q is no cluster of this stack", key)
			continue
		case share < 0 || share > hundred:
			out.Add(key, "use 0 to 100", "%d is not a share in percent", share)
		}
		networks[network] = key
		for _, name := range c.TargetGroups(key) {
			if len(name) > maxTargetGroup {
				out.Add(key, fmt.Sprintf("use a cluster key of at most %d characters", len(key)-len(name)+maxTargetGroup), "the target group's name %q has no room for the 8 characters that Pulumi adds, within 32", name)
				break
			}
		}
	}
	if sum != hundred {
		out.Add("", "correct them", "the shares add up to %d, not to 100", sum)
	}
	if len(networks) > 1 {
		out.Add("", "use clusters of one network", "the clusters are in networks %s; a load balancer reaches one", strings.Join(sortedKeys(networks), " and "))
	}
	return out
}

// validateHelpers judges external-dns and cert-manager.
func (c Config) validateHelpers() finding.List {
	var out finding.List
	if e := c.ExternalDNS; e != nil {
		if !labelPattern.MatchString(e.Subdomain) {
			out.Add("externalDNS.subdomain", "use one label, for example apps", "%q is not a label of a DNS name", e.Subdomain)
		}
		if c.Domain.Zone.RoleARN != "" {
			out.Add("externalDNS", "remove it, or use a zone of this account", "its zone would be in the account of domain.zone.roleArn, where pods of this one have no role")
		}
	}
	if m := c.CertManager; m != nil {
		if !emailPattern.MatchString(m.Email) {
			out.Add("certManager.email", "give an address that somebody reads", "%q is not an email address", m.Email)
		}
		if !strings.HasPrefix(m.Server, "https://") {
			out.Add("certManager.server", "use an https URL, or leave it out for Let's Encrypt", "%q is not the directory of an authority", m.Server)
		}
		if c.Domain.Zone.RoleARN != "" {
			out.Add("certManager", "remove it, or use a zone of this account", "it proves names in the zone, which is in the account of domain.zone.roleArn, where pods of this one have no role")
		}
	}
	return out
}

// word checks one of a few words.
func word(out *finding.List, path, value string, known ...string) {
	if !slices.Contains(known, value) {
		out.Add(path, strict.Suggest(value, slices.Clone(known)), "%q is none of %s", value, strings.Join(known, ", "))
	}
}

// Table is an entrance's hosts in the form of package routes, by name.
func (c Config) Table(entrance string) []routes.Host {
	hosts := c.Application.Hosts
	if entrance == EntranceManagement {
		hosts = nil
		if c.Management != nil {
			hosts = c.Management.Hosts
		}
	}
	var out []routes.Host
	for _, name := range sortedKeys(hosts) {
		h := routes.Host{Name: name}
		if p := hosts[name].Passthrough; p != nil {
			s := routes.Service(*p)
			h.Passthrough = &s
		}
		for _, r := range hosts[name].Routes {
			h.Routes = append(h.Routes, routes.Route{Prefix: r.Prefix, Methods: r.Methods, Rewrite: r.Rewrite, Service: routes.Service(r.Service)})
		}
		out = append(out, h)
	}
	return out
}
