package spec

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/internal/strict"
)

var (
	accountForm = regexp.MustCompile(`^[0-9]{12}$`)
	roleForm    = regexp.MustCompile(`^arn:aws:iam::([0-9]{12}):role/[\w+=,.@/-]{1,128}$`)
	// GitHub: owner and name. The subject of a token holds both, and * would be
	// a pattern nowhere, since subjects are compared as they are.
	repositoryForm  = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})/[A-Za-z0-9._-]{1,100}$`)
	environmentForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$`)
	projectForm     = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*)+$`)
	branchForm      = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_./-]{0,99}$`)
	zoneForm        = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$`)
	tagForm         = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)
)

// Limits. Those of tags: AWS General Reference; maxName: RFC 5280, ub-common-name.
const (
	maxTagKey   = 128
	maxTagValue = 256
	maxName     = 64
	minYears    = 2
	maxYears    = 20
)

// Validate returns every finding.
func (c Config) Validate() finding.List {
	var out finding.List
	if _, ok := facts.RegionByName(c.Region); !ok {
		out.Add("region", "use a region of the commercial partition, for example ap-northeast-2", "%q is not a region", c.Region)
	}
	if !accountForm.MatchString(c.AccountID) {
		out.Add("accountId", "use 12 digits, in quotes", "%q is not an account id", c.AccountID)
	}
	if strings.TrimSpace(c.Owner) == "" || !tagForm.MatchString(c.Owner) || len(c.Owner) > maxTagValue {
		out.Add("owner", "name the team that answers for it", "%q cannot be the value of a tag", c.Owner)
	}
	for _, key := range sortedKeys(c.Tags) {
		if key == "" || len(key) > maxTagKey || strings.HasPrefix(strings.ToLower(key), "aws:") || !tagForm.MatchString(key) || len(c.Tags[key]) > maxTagValue || !tagForm.MatchString(c.Tags[key]) {
			out.Add("tags."+key, "use letters, digits, spaces and _ . : / = + - @", "cannot be a tag of AWS")
		}
	}
	c.validateTrust(&out)
	c.validateRest(&out)
	return out
}

// validateTrust: who takes the roles is named exactly. A pattern in a subject
// is how pipelines of strangers get in.
func (c Config) validateTrust(out *finding.List) {
	if g := c.GitHub; g != nil {
		check(out, "gitHub.repository", g.Repository, repositoryForm, "use owner/name, without patterns")
		check(out, "gitHub.deployEnvironment", g.DeployEnvironment, environmentForm, "name a protected environment, without patterns")
		check(out, "gitHub.previewEnvironment", g.PreviewEnvironment, environmentForm, "name a protected environment, without patterns")
		check(out, "gitHub.nightlyEnvironment", g.NightlyEnvironment, environmentForm, "name a protected environment, without patterns")
		if g.PreviewEnvironment != "" && (g.DeployEnvironment == g.PreviewEnvironment || g.NightlyEnvironment == g.PreviewEnvironment) {
			out.Add("gitHub.previewEnvironment", "use another environment", "%q may do more than look, and a preview runs the code of pull requests", g.PreviewEnvironment)
		}
		if g.DeployEnvironment != "" && g.DeployEnvironment == g.NightlyEnvironment {
			out.Add("gitHub.nightlyEnvironment", "use another environment", "%q deploys too, and what runs at night needs to look only", g.NightlyEnvironment)
		}
	}
	if g := c.GitLab; g != nil {
		check(out, "gitLab.project", g.Project, projectForm, "use group/name, without patterns")
		check(out, "gitLab.branch", g.Branch, branchForm, "name a protected branch, without patterns")
		if u, err := url.Parse(g.URL); g.URL != "" && (err != nil || u.Scheme != "https" || u.Host == "" || (u.Path != "" && u.Path != "/") || u.User != nil || u.RawQuery != "") {
			out.Add("gitLab.url", "use the instance's address, https://gitlab.example.com", "%q is not the address of an instance", g.URL)
		}
	}
	if c.GitHub == nil && c.GitLab == nil && len(c.Deployers) == 0 {
		out.Add("", "give gitHub, gitLab or deployers", "nobody may take the deployer's role")
	}
	for _, list := range []struct {
		path  string
		roles []string
	}{{"deployers", c.Deployers}, {"readers", c.Readers}} {
		for i, arn := range list.roles {
			path := fmt.Sprintf("%s[%d]", list.path, i)
			check(out, path, arn, roleForm, "use arn:aws:iam::<account>:role/<name>")
			if slices.Contains(list.roles[:i], arn) {
				out.Add(path, "remove it", "%q is named twice", arn)
			}
		}
	}
}

func check(out *finding.List, path, value string, form *regexp.Regexp, fix string) {
	switch {
	case value == "":
		out.Add(path, fix, "is missing")
	case !form.MatchString(value):
		out.Add(path, fix, "%q is not of that form", value)
	}
}

func (c Config) validateRest(out *finding.List) {
	if c.Zone != "" && (len(c.Zone) > 253 || !zoneForm.MatchString(c.Zone)) {
		out.Add("zone", "use a DNS name in lower case such as dev.example.com", "%q is not a DNS name", c.Zone)
	}
	for i, name := range c.ServiceRoles {
		path := fmt.Sprintf("serviceRoles[%d]", i)
		if !slices.Contains(ServiceRoles, name) {
			out.Add(path, strict.Suggest(name, slices.Clone(ServiceRoles)), "%q is no service whose role stacks need", name)
		}
		if slices.Contains(c.ServiceRoles[:i], name) {
			out.Add(path, "remove it", "%q is named twice", name)
		}
	}
	for _, name := range sortedKeys(c.Quotas) {
		if _, known := Quotas[name]; !known {
			out.Add("quotas."+name, strict.Suggest(name, sortedKeys(Quotas)), "is no quota that this knows")
		} else if c.Quotas[name] < 1 {
			out.Add("quotas."+name, "use the number that is needed", "%d is not a number to ask for", c.Quotas[name])
		}
	}
	if m := c.MeshRoot; m != nil {
		if m.CommonName == "" || len(m.CommonName) > maxName {
			out.Add("meshRoot.commonName", fmt.Sprintf("use 1 to %d characters", maxName), "%q cannot be the common name of a certificate", m.CommonName)
		}
		if m.Years != 0 && (m.Years < minYears || m.Years > maxYears) {
			out.Add("meshRoot.years", "use 2 to 20", "%d years: clusters' intermediates must end before it, and nobody keeps a key for ever", m.Years)
		}
	}
}
