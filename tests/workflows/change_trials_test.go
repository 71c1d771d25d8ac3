//go:build trials

package workflows

import (
	"errors"
	"fmt"
	"maps"
	"os"
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

// TestTheWayOfAChange takes one change through every job: previewed in the sandbox
// and on an account, commented on, merged, held to its digest, watched at night.
func TestTheWayOfAChange(t *testing.T) {
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
