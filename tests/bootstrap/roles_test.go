package bootstrap

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/ladder-platform/ladder/sandbox/aws"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/tests/rig"
)

// policies are the documents of the roles as they are in the account: who may
// take each, and what it may do.
type policies struct{ trust, may map[string]string }

// shared are made once for all tests: nothing changes them.
var (
	once   sync.Once
	shared policies
)

// made are the policies of dev's account, with pipelines of both kinds.
func made(t *testing.T) policies {
	t.Helper()
	once.Do(func() { shared = bringUp(t) })
	if len(shared.may) == 0 {
		t.Fatal("the account did not come up")
	}
	return shared
}

func bringUp(t *testing.T) policies {
	t.Helper()
	r := rig.New(t, rig.Options{})
	r.MustUp(of(t, "dev", func(text string) string {
		return text + "    gitLab: { project: group/sub/ladder, branch: main }\n"
	}))
	out := policies{map[string]string{}, map[string]string{}}
	r.World().View(func(tx *world.Tx) {
		for _, o := range tx.Find("aws:iam/role:Role", "", nil) {
			out.trust[o.ID], _ = o.Attrs["assumeRolePolicy"].(string)
		}
		for _, o := range tx.Find("aws:iam/rolePolicy:RolePolicy", "", nil) {
			role, _ := o.Attrs["role"].(string)
			out.may[role], _ = o.Attrs["policy"].(string)
		}
	})
	return out
}

// admits says whether a trust policy lets a token in. Resources have no place in
// a trust policy, and the evaluation of identity policies asks for one.
func admits(t *testing.T, trust, action, issuer string, claims map[string]string) bool {
	t.Helper()
	var document struct {
		Version   string
		Statement []map[string]any
	}
	if err := json.Unmarshal([]byte(trust), &document); err != nil {
		t.Fatal(err)
	}
	var about []map[string]any
	for _, st := range document.Statement {
		principal, _ := st["Principal"].(map[string]any)
		text, err := json.Marshal(slices.Collect(maps.Values(principal)))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), issuer) {
			st["Resource"] = "*"
			about = append(about, st)
		}
	}
	document.Statement = about
	text, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	context := map[string][]string{}
	for key, value := range claims {
		context[key] = []string{value}
	}
	return aws.Allowed([]string{string(text)}, aws.Ask{Action: action, Resource: "role", Context: context})
}

func TestWhoMayTakeTheRoles(t *testing.T) {
	all := made(t)
	hub := func(subject, audience string) map[string]string {
		return map[string]string{"token.actions.githubusercontent.com:sub": subject, "token.actions.githubusercontent.com:aud": audience}
	}
	lab := func(subject, audience string) map[string]string {
		return map[string]string{"gitlab.com:sub": subject, "gitlab.com:aud": audience}
	}
	const ours, sts = "repo:example/ladder:", "sts.amazonaws.com"
	tests := map[string]struct {
		issuer                 string
		claims                 map[string]string
		deploy, preview, night bool
	}{
		"a job of the deploy environment":                {"githubusercontent", hub(ours+"environment:dev", sts), true, false, false},
		"a job of the preview environment":               {"githubusercontent", hub(ours+"environment:dev-preview", sts), false, true, false},
		"a job of the nightly environment":               {"githubusercontent", hub(ours+"environment:dev-nightly", sts), false, false, true},
		"a job without an environment":                   {"githubusercontent", hub(ours+"ref:refs/heads/main", sts), false, false, false},
		"a pull request":                                 {"githubusercontent", hub(ours+"pull_request", sts), false, false, false},
		"an environment whose name begins alike":         {"githubusercontent", hub(ours+"environment:dev-preview2", sts), false, false, false},
		"another stage's environment":                    {"githubusercontent", hub(ours+"environment:prd", sts), false, false, false},
		"a fork":                                         {"githubusercontent", hub("repo:someone/ladder:environment:dev", sts), false, false, false},
		"a repository whose name begins alike":           {"githubusercontent", hub("repo:example/ladder-x:environment:dev", sts), false, false, false},
		"another audience":                               {"githubusercontent", hub(ours+"environment:dev", "https://github.com/example"), false, false, false},
		"no audience":                                    {"githubusercontent", map[string]string{"token.actions.githubusercontent.com:sub": ours + "environment:dev"}, false, false, false},
		"a pipeline of the protected branch":             {"gitlab.com", lab("project_path:group/sub/ladder:ref_type:branch:ref:main", "https://gitlab.com"), true, true, true},
		"a pipeline of a merge request":                  {"gitlab.com", lab("project_path:group/sub/ladder:ref_type:branch:ref:feature/x", "https://gitlab.com"), false, true, false},
		"a branch whose name begins alike":               {"gitlab.com", lab("project_path:group/sub/ladder:ref_type:branch:ref:main2", "https://gitlab.com"), false, true, false},
		"a tag":                                          {"gitlab.com", lab("project_path:group/sub/ladder:ref_type:tag:ref:main", "https://gitlab.com"), false, false, false},
		"another project":                                {"gitlab.com", lab("project_path:group/ladder:ref_type:branch:ref:main", "https://gitlab.com"), false, false, false},
		"a pipeline that asked for another audience":     {"gitlab.com", lab("project_path:group/sub/ladder:ref_type:branch:ref:main", "sts.amazonaws.com"), false, false, false},
		"GitLab's claims with GitHub's token's provider": {"githubusercontent", lab("project_path:group/sub/ladder:ref_type:branch:ref:main", "https://gitlab.com"), false, false, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			for role, want := range map[string]bool{"ladder-deployer": tt.deploy, "ladder-preview": tt.preview, "ladder-nightly": tt.night} {
				if got := admits(t, all.trust[role], "sts:AssumeRoleWithWebIdentity", tt.issuer, tt.claims); got != want {
					t.Errorf("%s: taken %v, want %v\n%s", role, got, want, all.trust[role])
				}
			}
		})
	}
	if !strings.Contains(all.trust["ladder-record-reader"], "arn:aws:iam::222222222222:role/ladder-deployer") || strings.Contains(all.trust["ladder-record-reader"], "oidc") {
		t.Errorf("the reader of records trusts: %s", all.trust["ladder-record-reader"])
	}
}

func TestWhatTheRolesMayDo(t *testing.T) {
	all := made(t)
	const state, deployer = "arn:aws:s3:::ladder-state-111111111111-ap-northeast-2", "arn:aws:iam::111111111111:role/ladder-deployer"
	tests := map[string]struct {
		action, resource        string
		deploy, preview, reader bool
	}{
		"make a cluster":               {"eks:CreateCluster", "*", true, false, false},
		"describe it":                  {"eks:DescribeCluster", "*", true, true, false},
		"make a domain of logs":        {"es:CreateDomain", "*", true, false, false},
		"describe the domain":          {"es:DescribeDomainConfig", "*", true, true, false},
		"read logs in it":              {"es:ESHttpGet", "*", true, false, false},
		"make a topic of alerts":       {"sns:CreateTopic", "*", true, false, false},
		"let OpenSearch into the VPC":  {"iam:CreateServiceLinkedRole", "arn:aws:iam::111111111111:role/aws-service-role/opensearchservice.amazonaws.com/AWSServiceRoleForAmazonOpenSearchService", true, false, false},
		"make a role for it":           {"iam:CreateRole", "arn:aws:iam::111111111111:role/cluster-main-node-1234567", true, false, false},
		"hand that role over":          {"iam:PassRole", "arn:aws:iam::111111111111:role/cluster-main-node-1234567", true, false, false},
		"make a user":                  {"iam:CreateUser", "arn:aws:iam::111111111111:user/x", false, false, false},
		"let others take the deployer": {"iam:UpdateAssumeRolePolicy", deployer, false, false, false},
		"add an issuer of tokens":      {"iam:CreateOpenIDConnectProvider", "arn:aws:iam::111111111111:oidc-provider/evil.example.com", false, false, false},
		"read the state":               {"s3:GetObject", state + "/.pulumi/stacks/ladder/dev.json", true, true, false},
		"write the state":              {"s3:PutObject", state + "/.pulumi/stacks/ladder/dev.json", true, false, false},
		"lose old states":              {"s3:DeleteObjectVersion", state + "/.pulumi/stacks/ladder/dev.json", false, false, false},
		"stop keeping old states":      {"s3:PutBucketVersioning", state, false, false, false},
		"read other buckets":           {"s3:GetObject", "arn:aws:s3:::customers/list", true, false, false},
		"read a secret":                {"secretsmanager:GetSecretValue", "arn:aws:secretsmanager:ap-northeast-2:111111111111:secret:x", false, false, false},
		"read a record":                {"ssm:GetParameter", "arn:aws:ssm:ap-northeast-2:111111111111:parameter/ladder/dev/record", true, true, true},
		"write a record":               {"ssm:PutParameter", "arn:aws:ssm:ap-northeast-2:111111111111:parameter/ladder/dev/record", true, false, false},
		"read another parameter":       {"ssm:GetParameter", "arn:aws:ssm:ap-northeast-2:111111111111:parameter/platform/dev/db", true, false, false},
		"send a command to nodes":      {"ssm:SendCommand", "*", true, false, false},
		"read a record elsewhere":      {"sts:AssumeRole", "arn:aws:iam::222222222222:role/ladder-record-reader", true, true, false},
		"deploy elsewhere":             {"sts:AssumeRole", "arn:aws:iam::222222222222:role/ladder-deployer", false, false, false},
		"sign with the mesh's root":    {"acm-pca:IssueCertificate", "arn:aws:acm-pca:ap-northeast-2:111111111111:certificate-authority/x", true, false, false},
		"delete the mesh's root":       {"acm-pca:DeleteCertificateAuthority", "arn:aws:acm-pca:ap-northeast-2:111111111111:certificate-authority/x", false, false, false},
		"leave the organization":       {"organizations:LeaveOrganization", "*", false, false, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			for role, want := range map[string]bool{"ladder-deployer": tt.deploy, "ladder-preview": tt.preview, "ladder-record-reader": tt.reader} {
				if got := aws.Allowed([]string{all.may[role]}, aws.Ask{Action: tt.action, Resource: tt.resource}); got != want {
					t.Errorf("%s: allowed %v, want %v", role, got, want)
				}
			}
		})
	}
}

// TestTheNightWritesHealthAlone: beside what a preview may, one parameter.
func TestTheNightWritesHealthAlone(t *testing.T) {
	all := made(t)
	const root = "arn:aws:ssm:ap-northeast-2:111111111111:parameter/ladder/dev/"
	for resource, want := range map[string]bool{root + "observation": true, root + "record": false, root + "attempt": false} {
		if got := aws.Allowed([]string{all.may["ladder-nightly"]}, aws.Ask{Action: "ssm:PutParameter", Resource: resource}); got != want {
			t.Errorf("write %s: allowed %v, want %v", resource, got, want)
		}
	}
}

// TestThePreviewRoleChangesNothing: no action of it is a verb that changes.
func TestThePreviewRoleChangesNothing(t *testing.T) {
	var document struct {
		Statement []struct {
			Effect string
			Action any
		}
	}
	if err := json.Unmarshal([]byte(made(t).may["ladder-preview"]), &document); err != nil {
		t.Fatal(err)
	}
	looks := regexp.MustCompile(`^[a-z0-9-]+:(?:Get|List|Describe)[A-Za-z*]*$`)
	others := []string{"kms:Decrypt", "sts:AssumeRole"} // the state's key; the reader of records in another account
	n := 0
	for _, st := range document.Statement {
		actions, many := st.Action.([]any)
		if !many {
			actions = []any{st.Action}
		}
		for _, a := range actions {
			n++
			if action := a.(string); !looks.MatchString(action) && !slices.Contains(others, action) {
				t.Errorf("%s does more than look", action)
			}
		}
	}
	if n < 30 {
		t.Errorf("%d actions, want those of a whole preview", n)
	}
}

// TestTheDeployerMayMakeWhatStacksRegister: the service of every type in the
// goldens is one that the role may use.
func TestTheDeployerMayMakeWhatStacksRegister(t *testing.T) {
	may := made(t).may["ladder-deployer"]
	// Modules of the Pulumi provider whose actions have another prefix.
	prefix := map[string]string{"lb": "elasticloadbalancing", "vpc": "ec2", "efs": "elasticfilesystem", "alb": "elasticloadbalancing", "amp": "aps", "msk": "kafka", "opensearch": "es"}
	module := regexp.MustCompile(`(?m)^aws:([a-z0-9]+)/`)
	seen := map[string]bool{}
	files, err := filepath.Glob(filepath.Join(rig.Root(), "tests", "scenario", "testdata", "*.golden"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no goldens: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range module.FindAllStringSubmatch(string(text), -1) {
			seen[m[1]] = true
		}
	}
	if len(seen) < 8 {
		t.Fatalf("only %v in the goldens", seen)
	}
	for name := range seen {
		service := name
		if prefix[name] != "" {
			service = prefix[name]
		}
		action, resource := service+":CreateAnything", "*"
		switch service {
		case "iam":
			resource = "arn:aws:iam::111111111111:role/x"
		case "s3":
			resource = "arn:aws:s3:::x"
		case "acmpca":
			action, resource = "acm-pca:IssueCertificate", "arn:aws:acm-pca:ap-northeast-2:111111111111:certificate-authority/x"
		}
		if !aws.Allowed([]string{may}, aws.Ask{Action: action, Resource: resource}) {
			t.Errorf("stacks make resources of %s, and the deployer may not: %s", name, action)
		}
	}
}
