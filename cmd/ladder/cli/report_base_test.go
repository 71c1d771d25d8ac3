package cli

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ladder-platform/ladder/cmd/ladder/comment"
)

// TestWhatTheBaseIs reads both sides of stacks whose base is good, broken, missing,
// or in a directory below.
func TestWhatTheBaseIs(t *testing.T) {
	project := repository(t)
	good, err := os.ReadFile(filepath.Join(project, "Pulumi.dev.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	below := filepath.Join(project, "tests", "stacks")
	if err := os.MkdirAll(below, 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(project, "Pulumi.broken.yaml"), strings.Replace(string(good), "region:", "regoin:", 1))
	write(t, filepath.Join(below, "variant.yaml"), string(good))
	for _, args := range [][]string{{"add", "."}, {"-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false", "commit", "-q", "-m", "more"}} {
		if out, err := exec.Command("git", append([]string{"-C", project}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	write(t, filepath.Join(project, "Pulumi.broken.yaml"), string(good))
	write(t, filepath.Join(project, "Pulumi.fresh.yaml"), string(good))
	write(t, filepath.Join(below, "variant.yaml"), strings.Replace(string(good), "max: 6", "max: 7", 1))
	elsewhere := filepath.Join(t.TempDir(), "moved.yaml")
	write(t, elsewhere, string(good))

	g := &Global{Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{}, Getenv: os.Getenv, Project: project}
	r := &reporter{Global: g, o: reportOptions{stacks: []string{"dev"}, base: "main", on: "2026-11-21"}}
	if err := r.open(t.Context()); err != nil {
		t.Fatal(err)
	}
	dir := r.base.dir
	for sentence, tt := range map[string]struct {
		arg   string
		based bool
		note  string
	}{
		"a stack of both":                  {"dev", true, ""},
		"a variant in a directory below":   {filepath.Join(below, "variant.yaml"), true, ""},
		"a base with errors":               {"broken", false, "its stack file has 1 error, the first is Pulumi.broken.yaml:10: environment.regoin"},
		"a stack that the base lacks":      {"fresh", false, "The base does not have this stack"},
		"a file from outside of the clone": {elsewhere, false, "The base does not have this stack"},
	} {
		s, err := r.read(t.Context(), tt.arg)
		if err != nil {
			t.Errorf("%s: %v", sentence, err)
			continue
		}
		in := r.input(s)
		if (s.base != nil) != tt.based || (in.Before != nil) != tt.based || !strings.Contains(in.Note, tt.note) || tt.note == "" && in.Note != "" {
			t.Errorf("%s: base %v, note %q, want %v and %q", sentence, s.base != nil, in.Note, tt.based, tt.note)
		}
		if s.base != nil && (s.base.project != project || s.base.file.Path == s.file.Path) {
			t.Errorf("%s: the base is run from %s in project %s", sentence, s.base.file.Path, s.base.project)
		}
	}
	if err := r.close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the copies of the base are left in %s: %v", dir, err)
	}
}

// TestTheOrderOfTheBase: every stage comes up once, after what it follows, and the
// cloud begins early enough for all of them to soak.
func TestTheOrderOfTheBase(t *testing.T) {
	stage := func(name, soak string, before ...stack) *stack {
		s := stack{file: stackFile{Name: name}, before: before}
		s.cfg.Promotion.Soak = soak
		return &s
	}
	dev := stage("dev", "")
	stg := stage("stg", "24h", *dev)
	prd := stage("prd", "72h", *dev, *stg)
	order, soak := chain([]sides{{base: prd}, {base: dev}, {}, {base: stg}})
	var names []string
	for _, s := range order {
		names = append(names, s.file.Name)
	}
	if got := strings.Join(names, " "); got != "dev stg prd" || soak != 96*time.Hour {
		t.Errorf("%s, soaking %v; want dev stg prd, 96h", got, soak)
	}
	if !dependsOn(*prd, map[string]bool{"dev": true}) || dependsOn(*dev, map[string]bool{"prd": true}) {
		t.Error("a stage depends on those before it, and not the other way round")
	}
}

// TestOwnPricesAreTaken compares one line of the estimate.
func TestOwnPricesAreTaken(t *testing.T) {
	project := repository(t)
	prices := filepath.Join(t.TempDir(), "prices.json")
	write(t, prices, `{"sources": {"mine": "our contract"}, "prices": [{"region": "ap-northeast-2", "service": "nat_gateway", "item": "hour", "usd": 1, "unit": "hour", "confidence": "high", "source": "mine", "date": "2026-11-01"}]}`)
	g := &Global{Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{}, Getenv: os.Getenv, Project: project}
	r := &reporter{Global: g, o: reportOptions{stacks: []string{"dev"}, prices: prices, on: "2026-11-21"}}
	if err := r.open(t.Context()); err != nil {
		t.Fatal(err)
	}
	s, err := r.read(t.Context(), "dev")
	if err != nil {
		t.Fatal(err)
	}
	in := r.input(s)
	ours, shipped := in.After.Cost, costOf(s.head.cfg, r.now)
	const gateway = 730 * (1 - 0.059) // hours of a month, at 1 in place of 0.059 (internal/facts)
	if diff := ours.USDMonth - shipped.USDMonth - gateway; diff > 0.01 || diff < -0.01 {
		t.Errorf("%.2f with own prices, %.2f without: want %.2f more", ours.USDMonth, shipped.USDMonth, gateway)
	}
	text := comment.Markdown(comment.Comment{Where: comment.Sandbox, Stacks: []comment.Stack{comment.NewStack(in)}}, comment.GitHub)
	if !strings.Contains(strings.Join(ours.Sources, "\n"), "mine: our contract") || !strings.Contains(text, "$1,4") {
		t.Errorf("sources %v in\n%s", ours.Sources, text)
	}
}
