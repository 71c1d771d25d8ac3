package account

import (
	"strings"

	"github.com/ladder-platform/ladder/components/account/spec"
	"github.com/ladder-platform/ladder/components/internal/iamdoc"
)

// audience of GitHub's tokens for AWS. Source: aws-actions/configure-aws-credentials, read 2026-11.
const audience = "sts.amazonaws.com"

// deployTrust is who may take the deployer's role: jobs of the deploy environment,
// pipelines of the protected branch, and the people who are named.
func deployTrust(c spec.Config) (string, error) {
	var out []iamdoc.Statement
	if g := c.GitHub; g != nil {
		out = append(out, gitHub(c, "repo:"+g.Repository+":environment:"+g.DeployEnvironment))
	}
	if g := c.GitLab; g != nil {
		out = append(out, gitLab(c, "StringEquals", "project_path:"+g.Project+":ref_type:branch:ref:"+g.Branch))
	}
	return iamdoc.Document(append(out, people("People", c.Deployers)...)...)
}

// previewTrust is who may take the preview role: jobs of the preview environment,
// and pipelines of any branch of the project. GitLab's subject names no
// environment; that a person starts the job is the pipeline's to demand. A fork
// is another project, and so another subject.
func previewTrust(c spec.Config) (string, error) {
	var out []iamdoc.Statement
	if g := c.GitHub; g != nil {
		out = append(out, gitHub(c, "repo:"+g.Repository+":environment:"+g.PreviewEnvironment))
	}
	if g := c.GitLab; g != nil {
		out = append(out, gitLab(c, "StringLike", "project_path:"+g.Project+":ref_type:branch:ref:*"))
	}
	return iamdoc.Document(append(out, people("People", c.Deployers)...)...)
}

// nightlyTrust is who may look at night: jobs of the nightly environment, and
// pipelines of the protected branch.
func nightlyTrust(c spec.Config) (string, error) {
	var out []iamdoc.Statement
	if g := c.GitHub; g != nil {
		out = append(out, gitHub(c, "repo:"+g.Repository+":environment:"+g.NightlyEnvironment))
	}
	if g := c.GitLab; g != nil {
		out = append(out, gitLab(c, "StringEquals", "project_path:"+g.Project+":ref_type:branch:ref:"+g.Branch))
	}
	return iamdoc.Document(append(out, people("People", c.Deployers)...)...)
}

// readerTrust is who may read what ran here: the deployers of later stages.
func readerTrust(c spec.Config) (string, error) {
	return iamdoc.Document(people("LaterStages", c.Readers)...)
}

func gitHub(c spec.Config, subject string) iamdoc.Statement {
	return federated(c, "GitHub", spec.GitHubIssuer, audience, "StringEquals", subject)
}

// gitLab's audience is the instance's address, as the pipelines ask for it.
func gitLab(c spec.Config, how, subject string) iamdoc.Statement {
	address := strings.TrimSuffix(c.GitLab.URL, "/")
	return federated(c, "GitLab", address, address, how, subject)
}

// federated lets tokens of an issuer in, for one audience and one subject.
func federated(c spec.Config, sid, issuer, audience, how, subject string) iamdoc.Statement {
	host := strings.TrimPrefix(issuer, "https://")
	conditions := map[string]map[string][]string{"StringEquals": {host + ":aud": {audience}}}
	if conditions[how] == nil {
		conditions[how] = map[string][]string{}
	}
	conditions[how][host+":sub"] = []string{subject}
	return iamdoc.Statement{
		Sid: sid, Actions: []string{"sts:AssumeRoleWithWebIdentity"}, Conditions: conditions,
		Principals: map[string][]string{"Federated": {"arn:aws:iam::" + c.AccountID + ":oidc-provider/" + host}},
	}
}

func people(sid string, arns []string) []iamdoc.Statement {
	if len(arns) == 0 {
		return nil
	}
	return []iamdoc.Statement{{Sid: sid, Actions: []string{"sts:AssumeRole"}, Principals: map[string][]string{"AWS": arns}}}
}
