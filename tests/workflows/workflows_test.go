package workflows

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ladder-platform/ladder/tests/rig"
)

var hub = filepath.Join(rig.Root(), ".github", "workflows")

// values of the expressions that the workflows use.
var values = map[string]string{
	"github.base_ref": "main", "github.event.pull_request.number": "5", "github.token": "token", "matrix.stack": "dev", "inputs.stack": "dev",
	"vars.PULUMI_BACKEND_URL":                               "", // the CLI of this test has its own
	"github.event.workflow_run.head_repository.owner.login": "o", "github.event.workflow_run.head_branch": "change",
}

// runner is a clone with the tools of a job.
type runner struct {
	t      *testing.T
	dir    string
	calls  string
	canned string
	env    map[string]string
	forge  *forge
}

func newRunner(t *testing.T) *runner {
	t.Helper()
	for _, tool := range []string{"bash", "git", "curl", "jq"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("the workflows need %s, which their runners have: %v", tool, err)
		}
	}
	r := &runner{t: t, dir: t.TempDir(), forge: newForge(t)}
	standIns, err := filepath.Abs("testdata/bin")
	if err != nil {
		t.Fatal(err)
	}
	r.calls, r.canned = filepath.Join(t.TempDir(), "calls"), filepath.Join(t.TempDir(), "canned.md")
	r.clone(standIns)
	r.env = map[string]string{
		"PATH": standIns + ":" + os.Getenv("PATH"), "HOME": t.TempDir(), "TMPDIR": t.TempDir(), "STAND_INS": standIns, "CALLS": r.calls, "CANNED": r.canned, "FORGE": r.forge.URL,
	}
	return r
}

// hosted are the variables that GitHub and GitLab give a job.
func (r *runner) hosted(where string) map[string]string {
	if where == "github" {
		return map[string]string{"GITHUB_REPOSITORY": "o/r", "GITHUB_SHA": strings.Repeat("a", 40), "GITHUB_STEP_SUMMARY": filepath.Join(r.dir, ".ladder", "summary.md"), "GH_TOKEN": "token"}
	}
	return map[string]string{"CI_API_V4_URL": r.forge.URL + "/api/v4", "CI_PROJECT_ID": "3", "CI_MERGE_REQUEST_IID": "5", "CI_COMMIT_SHA": strings.Repeat("a", 40),
		"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main", "LADDER_COMMENT_TOKEN": "token", "CI_PROJECT_DIR": r.dir, "CI_JOB_ID": "1", "AWS_TOKEN": "oidc",
		"PREVIEW_ROLE_ARN": "arn:aws:iam::1:role/p", "DEPLOY_ROLE_ARN": "arn:aws:iam::1:role/d", "NIGHTLY_ROLE_ARN": "arn:aws:iam::1:role/n"}
}

// clone is the project with a base on origin/main and a change on top: dev may
// have more nodes.
func (r *runner) clone(standIns string) {
	r.t.Helper()
	root := rig.Root()
	for _, pattern := range []string{"Pulumi*.yaml", ".ci/*"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(files) == 0 {
			r.t.Fatalf("%s: %v", pattern, err)
		}
		for _, file := range files {
			name, _ := filepath.Rel(root, file)
			text, err := os.ReadFile(file)
			if err != nil {
				r.t.Fatal(err)
			}
			r.write(name, string(text), 0o755)
		}
	}
	r.write("infra/.keep", "", 0o644) // what main names; the binary is built elsewhere
	r.write(".gitignore", "/.ladder/\n", 0o644)
	git := func(args ...string) {
		cmd := exec.Command("git", slices.Concat([]string{"-C", r.dir, "-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"}, args)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			r.t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	git("init", "-q", "-b", "change")
	git("add", ".")
	git("commit", "-q", "-m", "base")
	git("update-ref", "refs/remotes/origin/main", "HEAD")
	text, err := os.ReadFile(filepath.Join(r.dir, "Pulumi.dev.yaml"))
	if err != nil {
		r.t.Fatal(err)
	}
	changed := strings.Replace(string(text), "max: 6", "max: 8", 1)
	if changed == string(text) {
		r.t.Fatal("Pulumi.dev.yaml has no max: 6 to change")
	}
	r.write("Pulumi.dev.yaml", changed, 0o644)
	git("commit", "-q", "-a", "-m", "change")
	r.write(".ladder/bin/.keep", "", 0o644)
	if err := os.Symlink(filepath.Join(standIns, "ladder"), filepath.Join(r.dir, ".ladder", "bin", "ladder")); err != nil {
		r.t.Fatal(err)
	}
}

func (r *runner) write(name, text string, mode os.FileMode) {
	r.t.Helper()
	path := filepath.Join(r.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		r.t.Fatal(err)
	}
}

// bash runs a script as a runner does and returns what it printed.
func (r *runner) bash(script string, envs ...map[string]string) (string, error) {
	cmd := exec.Command("bash", "-eo", "pipefail", "-c", script)
	cmd.Dir = r.dir
	env := maps.Clone(r.env)
	for _, e := range envs {
		maps.Copy(env, e)
	}
	for _, k := range slices.Sorted(maps.Keys(env)) {
		cmd.Env = append(cmd.Env, k+"="+env[k])
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w\n%s", err, out)
	}
	return string(out), err
}
