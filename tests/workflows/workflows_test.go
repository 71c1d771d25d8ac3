package workflows

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/tests/ordinary"
	"github.com/ladder-platform/ladder/tests/ordinary/langhost"
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

// gitHub runs a job and ends the test when a step fails.
func (r *runner) gitHub(file, job string) {
	r.t.Helper()
	steps, err := GitHubSteps(filepath.Join(hub, file), job, values)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, s := range steps {
		delete(s.Env, "PULUMI_BACKEND_URL")
		if _, err := r.bash(s.Script, r.hosted("github"), s.Env); err != nil {
			r.t.Fatalf("%s: %s: step %q: %v", file, job, s.Name, err)
		}
	}
}

// gitLab runs a job's scripts in one shell, as its runner does.
func (r *runner) gitLab(job string, more map[string]string) error {
	j, err := GitLab(filepath.Join(rig.Root(), ".gitlab-ci.yml"), job)
	if err != nil {
		return err
	}
	if _, err = r.bash(strings.Join(slices.Concat(j.Before, j.Script), "\n"), r.hosted("gitlab"), j.Variables, more); err != nil {
		return fmt.Errorf("%s: %w", job, err)
	}
	_, err = r.bash(strings.Join(j.After, "\n"), r.hosted("gitlab"), j.Variables)
	return err
}

// onAccount runs f with the ordinary CLI attached to a simulated account of dev.
func (r *runner) onAccount(f func()) {
	r.t.Helper()
	dir := r.t.TempDir()
	infra, err := ordinary.Build("github.com/ladder-platform/ladder/infra", dir)
	if err != nil {
		r.t.Fatal(err)
	}
	host, err := langhost.Start(infra, "3.250.0")
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() {
		if err := host.Close(); err != nil {
			r.t.Error(err)
		}
	}()
	pulumi, err := ordinary.FindPulumi()
	if err != nil {
		r.t.Fatal(err)
	}
	home := r.t.TempDir()
	maps.Copy(r.env, map[string]string{
		"REAL_PULUMI": pulumi, "PULUMI_HOME": filepath.Join(home, "home"), "PULUMI_BACKEND_URL": "file://" + filepath.ToSlash(home), "PULUMI_CONFIG_PASSPHRASE": "test",
		"PULUMI_SKIP_UPDATE_CHECK": "true", "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true", "PULUMI_DEBUG_LANGUAGES": host.DebugLanguages(), "NO_COLOR": "1",
	})
	if _, err := r.bash(`"$REAL_PULUMI" stack init dev`); err != nil {
		r.t.Fatal(err)
	}
	file := filepath.Join(r.dir, "Pulumi.dev.yaml")
	cfg, found := config.Load(file, "dev")
	if err := found.Err(); err != nil {
		r.t.Fatal(err)
	}
	box, err := sandbox.Open(r.t.Context(), sandbox.Options{Dir: filepath.Join(dir, "sandbox"), Seed: 1, Pulumi: pulumi, Now: time.Now()})
	if err != nil {
		r.t.Fatal(err)
	}
	program := sandbox.Program{Project: r.dir, StackFile: file, Stack: "dev", AccountID: cfg.Environment.AccountID, CallerARN: cfg.Environment.DeployerRoleARN}
	err = box.Attach(program, func(providers string) error {
		r.env["PULUMI_DEBUG_PROVIDERS"] = providers
		f()
		return nil
	})
	if err = errors.Join(err, box.Close()); err != nil {
		r.t.Fatal(err)
	}
}

func (r *runner) called() string {
	text, err := os.ReadFile(r.calls)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		r.t.Fatal(err)
	}
	_ = os.Remove(r.calls)
	return string(text)
}

// one is the only comment of a kind.
func (r *runner) one(where string, parts ...string) string {
	r.t.Helper()
	got := r.forge.ours(where)
	if len(got) != 1 {
		r.t.Fatalf("%d comments of the %s, want one that is updated", len(got), where)
	}
	for _, part := range parts {
		if !strings.Contains(got[0], part) {
			r.t.Errorf("%q is not in the comment:\n%s", part, got[0])
		}
	}
	return got[0]
}

// TestTheWayOfAChange takes one change through every job: previewed in the sandbox
// and on an account, commented on, merged, held to its digest, watched at night.
func TestTheWayOfAChange(t *testing.T) {
	rig.OnlyInTrials(t)
	r := newRunner(t)
	ladder, err := ordinary.Build("github.com/ladder-platform/ladder/cmd/ladder", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r.env["REAL_LADDER"], r.env["LADDER_PULUMI"] = ladder, os.Getenv("LADDER_PULUMI")

	r.gitHub("pull-request.yml", "sandbox")
	r.gitHub("comment.yml", "comment")
	r.one("sandbox", "`scalingConfig.maxSize`: `6` → `8`", "| ⚪ | `prd` | nothing changes |", "It was run in the simulated cloud and went well")
	text, err := os.ReadFile(filepath.Join(r.dir, ".ladder", "report", "sandbox.md"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(r.canned, text, 0o644); err != nil { // the same report in GitLab's job, without another five minutes
		t.Fatal(err)
	}
	r.gitHub("comment.yml", "comment") // again: updated, not added
	r.one("sandbox")

	r.onAccount(func() {
		r.gitHub("pull-request.yml", "account")
		r.gitHub("pull-request.yml", "comment")
		account := r.one("account", "Previewed on the real account", "<!-- ladder:digest dev sha256:")
		r.gitHub("up.yml", "up")
		if got := r.called(); !strings.Contains(got, "up --stack dev --non-interactive --yes --skip-preview") || !strings.Contains(got, "observe dev") {
			t.Errorf("after a merge the up job called %q", got)
		}
		r.refuses(account)
		r.night(t)
		if err := r.gitLab("sandbox", nil); err != nil {
			t.Error(err)
		}
		for _, job := range []string{"preview dev", "comment", "up dev"} {
			if err := r.gitLab(job, map[string]string{"CI_SERVER_URL": r.forge.URL}); err != nil {
				t.Error(err)
			}
		}
		if got := r.called(); !strings.Contains(got, "up --stack dev") {
			t.Errorf("GitLab's up job called %q", got)
		}
		if _, err := os.Stat(filepath.Join(r.dir, ".ladder", "token")); err == nil {
			t.Error("GitLab's job leaves its token behind")
		}
		r.one("account")
	})
}

// refuses checks that an up stops when its preview is not the reviewed one.
func (r *runner) refuses(account string) {
	r.t.Helper()
	at := strings.Index(account, "<!-- ladder:digest dev sha256:") + len("<!-- ladder:digest dev sha256:")
	other := account[:at] + strings.Repeat("1", 64) + account[at+64:]
	r.forge.edit("3", other)
	steps, err := GitHubSteps(filepath.Join(hub, "up.yml"), "up", values)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, s := range steps {
		delete(s.Env, "PULUMI_BACKEND_URL")
		if _, err = r.bash(s.Script, r.hosted("github"), s.Env); err != nil {
			break
		}
	}
	if err == nil || !strings.Contains(err.Error(), "is not the one that was reviewed") || strings.Contains(r.called(), "up --stack") {
		r.t.Errorf("another preview than the reviewed one: %v", err)
	}
	r.forge.edit("3", account)
}

// night runs the nightly jobs: dev was never brought up, so it is not as its file says.
func (r *runner) night(t *testing.T) {
	steps, err := GitHubSteps(filepath.Join(hub, "nightly.yml"), "drift", values)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range steps {
		delete(s.Env, "PULUMI_BACKEND_URL")
		_, err := r.bash(s.Script, r.hosted("github"), s.Env)
		if drift := s.Name == "Drift"; (err != nil) != drift || drift && !strings.Contains(err.Error(), "dev is not as its file says") {
			t.Errorf("step %q: %v", s.Name, err)
		}
	}
	r.gitHub("nightly.yml", "rehearsal")
	if err := r.gitLab("rehearsal", nil); err != nil {
		t.Error(err)
	}
	if err := r.gitLab("drift dev", nil); err == nil || !strings.Contains(err.Error(), "dev is not as its file says") {
		t.Errorf("GitLab's drift: %v", err)
	}
	r.called()
}
