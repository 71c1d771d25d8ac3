package spec

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/components/edge/routes"
	"github.com/ladder-platform/ladder/internal/finding"
)

// names are the DNS names that lead to an entrance, sorted: its hosts, and
// those that the application's ALB redirects.
func (c Config) names(entrance string) []string {
	var out []string
	for _, h := range c.Table(entrance) {
		out = append(out, h.Name)
	}
	if entrance == EntranceApplication {
		out = append(out, sortedKeys(c.Application.Redirects)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Names are the DNS names of an entrance, each of which gets a record.
func (c Config) Names(entrance string) []string { return c.names(entrance) }

// CertificateNames are the names on an entrance's certificate from ACM, the
// first one its domain name; nil when none is made here.
func (c Config) CertificateNames(entrance string) []string {
	cert := c.Application.Certificate
	if entrance == EntranceManagement {
		cert = nil
		if c.Management != nil {
			cert = c.Management.Certificate
		}
	}
	switch {
	case cert == nil || cert.ARN != "":
		return nil
	case cert.Wildcard:
		return []string{c.Domain.Name, "*." + c.Domain.Name}
	}
	return c.names(entrance)
}

// ValidationNames are the names that ACM asks one record each for, sorted: a
// wildcard and its domain share one. Source: ACM user guide, "DNS validation".
func ValidationNames(names []string) []string {
	var out []string
	for _, n := range names {
		base := strings.TrimPrefix(n, "*.")
		if !slices.Contains(out, base) {
			out = append(out, base)
		}
	}
	slices.Sort(out)
	return out
}

// Ports of a target group, as parts of its name.
const (
	PortHTTP = "http"
	PortTLS  = "tls"
)

// TargetGroups are the logical names of a cluster's target groups, the longest
// first, since AWS's names of them are short.
func (c Config) TargetGroups(cluster string) []string {
	var out []string
	if c.Application.LoadBalancer == NLB {
		out = append(out, TargetGroup(EntranceApplication, PortHTTP, cluster), TargetGroup(EntranceApplication, PortTLS, cluster))
	} else {
		out = append(out, TargetGroup(EntranceApplication, "", cluster))
	}
	if c.Management != nil {
		out = append(out, TargetGroup(EntranceManagement, "", cluster))
	}
	slices.SortStableFunc(out, func(a, b string) int { return len(b) - len(a) })
	return out
}

// TargetGroup is the logical name of one target group: edge-app-main,
// edge-app-tls-main, edge-mgmt-main.
func TargetGroup(entrance, port, cluster string) string {
	short := map[string]string{EntranceApplication: "app", EntranceManagement: "mgmt"}[entrance]
	if port != "" {
		short += "-" + port
	}
	return "edge-" + short + "-" + cluster
}

// validateHosts holds the rules about names, of each entrance and between them.
func (c Config) validateHosts(in ValidateInput) finding.List {
	var out finding.List
	known := routes.Known{Namespaces: in.Namespaces}
	app, mgmt := c.Table(EntranceApplication), c.Table(EntranceManagement)
	if len(app) == 0 {
		out.Add("application.hosts", "add one, for example shop."+c.Domain.Name, "is empty: nothing can be reached")
	}
	if c.Management != nil && len(mgmt) == 0 {
		out.Add("management.hosts", "add one, or remove management", "is empty: nothing can be reached")
	}
	out.Join("", routes.Findings("application.hosts", app, known))
	out.Join("", routes.Findings("management.hosts", mgmt, known))
	out.Join("", routes.Between("application.hosts", app, "management.hosts", mgmt))
	for _, f := range routes.Between("management.hosts", mgmt, "application.hosts", app) {
		if strings.Contains(f.Message, "wildcard") { // a name in both is said once
			out = append(out, f)
		}
	}
	for _, e := range []struct {
		path  string
		hosts []routes.Host
	}{{"application.hosts", app}, {"management.hosts", mgmt}} {
		for _, h := range e.hosts {
			out.Join("", c.inZone(finding.Under(e.path, h.Name), h.Name))
		}
	}
	return out
}

// inZone says what keeps a name from having a record in the domain's zone.
func (c Config) inZone(path, name string) finding.List {
	var out finding.List
	domain := c.Domain.Name
	if domain == "" {
		return out
	}
	if name != domain && !strings.HasSuffix(name, "."+domain) {
		out.Add(path, "use a name below "+domain+", or another domain", "%q lies outside %s, so no zone holds it", name, domain)
		return out
	}
	if e := c.ExternalDNS; e != nil && labelPattern.MatchString(e.Subdomain) {
		if sub := e.Subdomain + "." + domain; name == sub || strings.HasSuffix(name, "."+sub) {
			out.Add(path, "use another name, or another externalDNS.subdomain", "%q lies in the zone of external-dns", name)
		}
	}
	return out
}

func (c Config) validateRedirects() finding.List {
	var out finding.List
	from := c.Application.Redirects
	if len(from) > maxRules {
		out.Add("", fmt.Sprintf("use at most %d, or have the quota raised", maxRules), "%d redirects are more rules than an ALB takes, which is %d", len(from), maxRules)
	}
	for _, name := range sortedKeys(from) {
		target := from[name]
		switch {
		case !domainPattern.MatchString(name):
			out.Add(name, "use for example www."+c.Domain.Name, "%q is not a DNS name", name)
			continue
		case !domainPattern.MatchString(target):
			out.Add(name, "use for example "+c.Domain.Name, "%q is not a DNS name to redirect to", target)
		case name == target:
			out.Add(name, "redirect to another name", "redirects to itself")
		case from[target] != "":
			out.Add(name, "redirect to "+from[target], "%q redirects further", target)
		}
		if _, both := c.Application.Hosts[name]; both {
			out.Add(name, "remove it here, or from hosts", "is a host too, whose routes nobody would reach")
		}
		if c.Management != nil {
			if _, both := c.Management.Hosts[name]; both {
				out.Add(name, "remove it", "is a host of management too; a name leads to one load balancer")
			}
		}
		out.Join("", c.inZone(name, name))
	}
	return out
}

// validateCertificate judges an ALB's certificate and whether it covers names.
func (c Config) validateCertificate(cert Certificate, names []string, in ValidateInput) finding.List {
	var out finding.List
	if cert.ARN != "" {
		if cert.Wildcard {
			out.Add("wildcard", "remove it, or arn", "has no effect on a certificate that exists already")
		}
		certificateARN(&out, "arn", cert.ARN, in)
	}
	if n := len(cert.Extra); n > maxCertificates {
		out.Add("extra", fmt.Sprintf("use at most %d, or have the quota raised", maxCertificates), "%d certificates are more than a listener takes beside its own, which is %d", n, maxCertificates)
	}
	for i, arn := range cert.Extra {
		at := fmt.Sprintf("extra[%d]", i)
		certificateARN(&out, at, arn, in)
		if arn == cert.ARN || slices.Contains(cert.Extra[:i], arn) {
			out.Add(at, "remove it", "is listed twice")
		}
	}
	switch {
	case cert.ARN != "" || len(cert.Extra) > 0:
		// Which names an existing certificate holds, only AWS knows.
	case cert.Wildcard:
		for _, n := range names {
			if label := strings.TrimSuffix(n, "."+c.Domain.Name); n != c.Domain.Name && strings.Contains(label, ".") {
				out.Add("wildcard", "leave wildcard out, or use a name of one label below "+c.Domain.Name, "no certificate covers %q: *.%s stands for one label", n, c.Domain.Name)
			}
		}
	case len(names) > maxCertificateNames:
		out.Add("", "set wildcard, or have the quota raised and give an arn", "%d names are more than ACM puts on one certificate, which is %d", len(names), maxCertificateNames)
	}
	return out
}

func certificateARN(out *finding.List, path, arn string, in ValidateInput) {
	m := certificatePattern.FindStringSubmatch(arn)
	switch {
	case m == nil:
		out.Add(path, "use arn:aws:acm:<region>:<account>:certificate/<id>", "%q is not the ARN of a certificate in ACM", arn)
	case in.Region != "" && m[1] != in.Region:
		out.Add(path, "use a certificate of "+in.Region, "the certificate is in %s; a load balancer takes those of its own region only", m[1])
	case in.AccountID != "" && m[2] != in.AccountID:
		out.Add(path, "use a certificate of account "+in.AccountID, "the certificate is of account %s, the load balancer of another", m[2])
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// Entrances of the configuration, the application's first.
func (c Config) Entrances() []string {
	if c.Management == nil {
		return []string{EntranceApplication}
	}
	return []string{EntranceApplication, EntranceManagement}
}

// Charts that the edge installs in each of its clusters.
const (
	ChartController  = "aws-load-balancer-controller"
	ChartExternalDNS = "external-dns"
	ChartCertManager = "cert-manager"
)

// NeededCharts are the charts that this configuration installs.
func (c Config) NeededCharts() []string {
	if c.ZoneOnly() {
		return nil
	}
	out := []string{ChartController}
	if c.ExternalDNS != nil {
		out = append(out, ChartExternalDNS)
	}
	if c.CertManager != nil {
		out = append(out, ChartCertManager)
	}
	return out
}
