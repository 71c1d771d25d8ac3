package spec_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/components/account/spec"
)

func good() spec.Config {
	return spec.Config{Region: "eu-west-1", AccountID: "111111111111", Owner: "platform",
		GitHub: &spec.GitHub{Repository: "example/ladder", DeployEnvironment: "dev", PreviewEnvironment: "dev-preview", NightlyEnvironment: "dev-nightly"}}
}

func TestValidate(t *testing.T) {
	const role = "arn:aws:iam::111111111111:role/team/admin"
	tests := map[string]struct {
		change func(*spec.Config)
		want   []string
	}{
		"what is needed": {func(*spec.Config) {}, nil},
		"everything": {func(c *spec.Config) {
			c.GitLab = &spec.GitLab{URL: "https://gitlab.example.com/", Project: "a/b/c", Branch: "release/1.0"}
			c.Deployers, c.Readers, c.Zone = []string{role}, []string{role}, "dev.example.com"
			c.Quotas, c.ServiceRoles = map[string]int{"vpcs": 10}, []string{"eks.amazonaws.com"}
			c.MeshRoot, c.Tags = &spec.MeshRoot{CommonName: "root", Years: 20}, map[string]string{"cost-center": "p"}
		}, nil},
		"nothing": {func(c *spec.Config) { *c = spec.Config{} }, []string{
			`region: "" is not a region; use a region of the commercial partition, for example ap-northeast-2`,
			`accountId: "" is not an account id; use 12 digits, in quotes`,
			`owner: "" cannot be the value of a tag; name the team that answers for it`,
			"nobody may take the deployer's role; give gitHub, gitLab or deployers",
		}},
		"a pattern for a repository":   {func(c *spec.Config) { c.GitHub.Repository = "example/*" }, []string{`gitHub.repository: "example/*" is not of that form; use owner/name, without patterns`}},
		"an owner alone":               {func(c *spec.Config) { c.GitHub.Repository = "example" }, []string{`gitHub.repository: "example" is not of that form; use owner/name, without patterns`}},
		"a subject for a repository":   {func(c *spec.Config) { c.GitHub.Repository = "example/ladder:ref" }, []string{`gitHub.repository: "example/ladder:ref" is not of that form; use owner/name, without patterns`}},
		"a pattern for an environment": {func(c *spec.Config) { c.GitHub.DeployEnvironment = "d*" }, []string{`gitHub.deployEnvironment: "d*" is not of that form; name a protected environment, without patterns`}},
		"an environment that does both": {func(c *spec.Config) { c.GitHub.PreviewEnvironment = "dev" }, []string{
			`gitHub.previewEnvironment: "dev" may do more than look, and a preview runs the code of pull requests; use another environment`}},
		"a night that deploys": {func(c *spec.Config) { c.GitHub.NightlyEnvironment = "dev" }, []string{
			`gitHub.nightlyEnvironment: "dev" deploys too, and what runs at night needs to look only; use another environment`}},
		"no night":                  {func(c *spec.Config) { c.GitHub.NightlyEnvironment = "" }, []string{"gitHub.nightlyEnvironment: is missing; name a protected environment, without patterns"}},
		"a pattern for a branch":    {func(c *spec.Config) { c.GitLab = &spec.GitLab{Project: "a/b", Branch: "*"} }, []string{`gitLab.branch: "*" is not of that form; name a protected branch, without patterns`}},
		"a project without a group": {func(c *spec.Config) { c.GitLab = &spec.GitLab{Project: "b", Branch: "main"} }, []string{`gitLab.project: "b" is not of that form; use group/name, without patterns`}},
		"an instance without TLS": {func(c *spec.Config) { c.GitLab = &spec.GitLab{URL: "http://x", Project: "a/b", Branch: "main"} }, []string{
			`gitLab.url: "http://x" is not the address of an instance; use the instance's address, https://gitlab.example.com`}},
		"a whole account deploys": {func(c *spec.Config) { c.Deployers = []string{"arn:aws:iam::111111111111:root"} }, []string{
			`deployers[0]: "arn:aws:iam::111111111111:root" is not of that form; use arn:aws:iam::<account>:role/<name>`}},
		"everybody reads": {func(c *spec.Config) { c.Readers = []string{"*", role, role} }, []string{
			`readers[0]: "*" is not of that form; use arn:aws:iam::<account>:role/<name>`, `readers[2]: "arn:aws:iam::111111111111:role/team/admin" is named twice; remove it`}},
		"a role that nobody needs": {func(c *spec.Config) { c.ServiceRoles = []string{"eks.amazonaws.co"} }, []string{
			`serviceRoles[0]: "eks.amazonaws.co" is no service whose role stacks need; did you mean "eks.amazonaws.com"?`}},
		"a quota by another name": {func(c *spec.Config) { c.Quotas = map[string]int{"vpc": 5, "vpcs": 0} }, []string{
			`quotas.vpc: is no quota that this knows; did you mean "vpcs"?`, "quotas.vpcs: 0 is not a number to ask for; use the number that is needed"}},
		"a root for ever":     {func(c *spec.Config) { c.MeshRoot = &spec.MeshRoot{CommonName: "r", Years: 21} }, []string{"meshRoot.years: 21 years: clusters' intermediates must end before it, and nobody keeps a key for ever; use 2 to 20"}},
		"a root without name": {func(c *spec.Config) { c.MeshRoot = &spec.MeshRoot{} }, []string{`meshRoot.commonName: "" cannot be the common name of a certificate; use 1 to 64 characters`}},
		"a zone with a dot":   {func(c *spec.Config) { c.Zone = "example.com." }, []string{`zone: "example.com." is not a DNS name; use a DNS name in lower case such as dev.example.com`}},
		"a tag of AWS's":      {func(c *spec.Config) { c.Tags = map[string]string{"aws:x": "y"} }, []string{"tags.aws:x: cannot be a tag of AWS; use letters, digits, spaces and _ . : / = + - @"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := good()
			tt.change(&c)
			var got []string
			for _, f := range c.Validate() {
				got = append(got, f.String())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDefaults(t *testing.T) {
	c := good()
	c.GitLab, c.MeshRoot = &spec.GitLab{Project: "a/b", Branch: "main"}, &spec.MeshRoot{CommonName: "r"}
	d := c.WithDefaults()
	if !*d.Protect || d.GitLab.URL != "https://gitlab.com" || d.MeshRoot.Years != 10 || len(d.ServiceRoles) != 5 {
		t.Errorf("defaults: %+v", d)
	}
	if c.GitLab.URL != "" || c.MeshRoot.Years != 0 || c.Protect != nil {
		t.Error("the configuration itself was changed")
	}
	c.ServiceRoles = []string{}
	if d := c.WithDefaults(); len(d.ServiceRoles) != 0 {
		t.Errorf("no service roles became %v", d.ServiceRoles)
	}
}
