package workflows

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ladder-platform/ladder/tests/rig"
)

// TestACommentIsHeldToItsKind: a fork's code writes the sandbox's report, so it must
// not pass for one of the accounts.
func TestACommentIsHeldToItsKind(t *testing.T) {
	digest := "<!-- ladder:digest dev sha256:" + strings.Repeat("a", 64) + " -->\n"
	for sentence, tt := range map[string]struct{ where, text, refusal string }{
		"a report of the sandbox":           {"sandbox", "<!-- ladder:report sandbox -->\n## fine\n", ""},
		"a report of the accounts":          {"account", "<!-- ladder:report account -->\n## fine\n" + digest, ""},
		"a sandbox that says account":       {"sandbox", "<!-- ladder:report account -->\n" + digest, "does not begin with"},
		"a sandbox that says account later": {"sandbox", "<!-- ladder:report sandbox -->\n<!-- ladder:report account -->\n" + digest, "says that it is of an account"},
		"no marker":                         {"sandbox", "## fine\n", "does not begin with"},
		"nothing":                           {"sandbox", "", "missing or empty"},
		"another kind":                      {"both", "<!-- ladder:report both -->\n", "neither sandbox nor account"},
		"more than any forge takes":         {"sandbox", "<!-- ladder:report sandbox -->\n" + strings.Repeat("x", 1_000_001), "larger than any comment"},
	} {
		for _, host := range []string{"github", "gitlab"} {
			r := newRunner(t)
			r.write("report.md", tt.text, 0o644)
			_, err := r.bash(".ci/comment "+tt.where+" report.md", r.hosted(host), map[string]string{"PULL_REQUEST": "5"})
			written := len(r.forge.ours("sandbox")) + len(r.forge.ours("account"))
			switch {
			case tt.refusal == "" && (err != nil || written != 1):
				t.Errorf("%s, %s: %v, %d comments", sentence, host, err, written)
			case tt.refusal != "" && (err == nil || !strings.Contains(err.Error(), tt.refusal) || written != 0):
				t.Errorf("%s, %s: %v, want %q; %d comments", sentence, host, err, tt.refusal, written)
			}
		}
	}
}

// TestTheReviewedDigest: only the workflow's own comment counts, and none is a refusal.
func TestTheReviewedDigest(t *testing.T) {
	one, two := strings.Repeat("1", 64), strings.Repeat("2", 64)
	for _, host := range []string{"github", "gitlab"} {
		r := newRunner(t)
		ask := func(stack string) (string, error) {
			return r.bash(".ci/reviewed-digest "+stack, r.hosted(host))
		}
		if _, err := ask("dev"); err == nil || !strings.Contains(err.Error(), "has no preview of dev on its account") {
			t.Errorf("%s: somebody else's comment counted: %v", host, err)
		}
		r.forge.add("<!-- ladder:report sandbox -->\n<!-- ladder:digest dev sha256:" + two + " -->")
		r.forge.add("<!-- ladder:report account -->\n## text\n<!-- ladder:digest dev sha256:" + one + " -->\n<!-- ladder:digest prd sha256:short -->\n")
		if got, err := ask("dev"); err != nil || strings.TrimSpace(got) != "sha256:"+one {
			t.Errorf("%s: %q, %v", host, got, err)
		}
		for _, stack := range []string{"prd", "stg"} {
			if _, err := ask(stack); err == nil {
				t.Errorf("%s: %s has a digest", host, stack)
			}
		}
	}
}

// TestWhatNothingChangesNeedsNoReview, and what changes something does.
func TestWhatNothingChangesNeedsNoReview(t *testing.T) {
	for report, want := range map[string]string{
		"## ⚪ Nothing changes":              "",
		"## 🟡 Brief interruptions in `dev`": "has no preview of dev on its account",
		"text\n> ## ⚪ Nothing changes":      "has no preview of dev on its account",
	} {
		r := newRunner(t)
		path := ".ladder/bin/ladder"
		if err := os.Remove(filepath.Join(r.dir, path)); err != nil {
			t.Fatal(err)
		}
		r.write(path, "#!/usr/bin/env bash\ncat <<'END'\n"+report+"\nEND\n", 0o755)
		_, err := r.bash(".ci/compare dev", r.hosted("github"))
		if (err != nil) != (want != "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", report, err, want)
		}
	}
}

// TestEveryJobCanBeRead: every job of both files is parsed, and no script has an
// expression in it.
func TestEveryJobCanBeRead(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(hub, "*.yml"))
	if err != nil || len(files) < 5 {
		t.Fatalf("%v: %v", files, err)
	}
	for _, file := range files {
		var w gitHub
		if err := read(file, &w); err != nil {
			t.Fatal(err)
		}
		for job := range w.Jobs {
			if _, err := GitHubSteps(file, job, values); err != nil && !strings.Contains(err.Error(), "nobody says") {
				t.Error(err)
			}
		}
	}
	gitLab := filepath.Join(rig.Root(), ".gitlab-ci.yml")
	jobs, err := Jobs(gitLab)
	if err != nil || len(jobs) < 10 {
		t.Fatalf("%v: %v", jobs, err)
	}
	for _, job := range jobs {
		j, err := GitLab(gitLab, job)
		if err != nil || len(j.Script) == 0 {
			t.Errorf("%s: %v, %d lines", job, err, len(j.Script))
		}
	}
}
