// Package rig puts a stack file of this repository on a fresh sandbox, for
// tests that run the whole program behind the real engine.
package rig

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/fault"
	"github.com/ladder-platform/ladder/sandbox/kube"
	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/stacks"
	"github.com/ladder-platform/ladder/stacks/config"
)

// Worlds are small and every call copies parts of them: collecting less often
// takes a fifth off a test that runs the engine.
func init() { debug.SetGCPercent(300) }

// Now is the virtual date on which every test begins.
var Now = time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)

// Seed of every test; a failure repeats with it.
const Seed = 7

// Rig is one sandbox.
type Rig struct {
	*sandbox.Sandbox
	// Dir is the sandbox's directory.
	Dir string
	t   testing.TB
	o   Options
}

// Options change what a rig does by default.
type Options struct {
	// Checkpoints writes the state after every operation; tests of crashes need it.
	Checkpoints bool
	Rules       *rule.Set
	OnEvent     func(sandbox.Event)
	// OnSample is told what runs while pods move.
	OnSample func(kube.Sample)
	// Faults go wrong on purpose, each as often as it says.
	Faults *fault.Plan
	// ClustersOnly leaves out of every stack file what runs on its clusters:
	// two thirds of the resources, which a test of the engine, the gate or the
	// order below needs not wait for.
	ClustersOnly bool
}

// New opens a sandbox in a directory of the test's own.
func New(t testing.TB, o Options) *Rig {
	t.Helper()
	dir := t.TempDir()
	s, err := sandbox.Open(t.Context(), sandbox.Options{
		Dir: dir, Seed: Seed, Pulumi: os.Getenv("LADDER_PULUMI"), Now: Now,
		Rules: o.Rules, Faults: o.Faults, SkipCheckpoints: !o.Checkpoints, OnEvent: o.OnEvent, OnSample: o.OnSample,
	})
	if err != nil {
		t.Fatalf("open a sandbox (seed %d): %v", Seed, err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close the sandbox: %v", err)
		}
	})
	return &Rig{Sandbox: s, Dir: dir, t: t, o: o}
}

// Root is the repository's directory.
func Root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// StackFile is the path of a shipped stack ("dev") or a variant ("karpenter").
func StackFile(name string) string {
	for _, path := range []string{
		filepath.Join(Root(), "Pulumi."+name+".yaml"),
		filepath.Join(Root(), "tests", "stacks", name+".yaml"),
	} {
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	return name
}

// Variants are the names of the stack files in tests/stacks.
func Variants(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(Root(), "tests", "stacks", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no stack files in tests/stacks: %v", err)
	}
	var out []string
	for _, f := range files {
		out = append(out, strings.TrimSuffix(filepath.Base(f), ".yaml"))
	}
	return out
}

// Program is a stack as it stands in the repository.
func (r *Rig) Program(name string) sandbox.Program {
	r.t.Helper()
	if r.o.ClustersOnly {
		return r.Edited(name)
	}
	return r.program(name, StackFile(name))
}

// Edited is a stack whose file has every old text replaced by a new one; each
// old text must be there.
func (r *Rig) Edited(name string, oldnew ...string) sandbox.Program {
	r.t.Helper()
	content, err := os.ReadFile(StackFile(name))
	if err != nil {
		r.t.Fatal(err)
	}
	text := string(content)
	for i := 0; i < len(oldnew); i += 2 {
		if !strings.Contains(text, oldnew[i]) {
			r.t.Fatalf("%s has no text %q to edit", StackFile(name), oldnew[i])
		}
		text = strings.ReplaceAll(text, oldnew[i], oldnew[i+1])
	}
	if r.o.ClustersOnly {
		text = clustersOnly(text)
	}
	return r.program(name, write(r.t, name, text))
}

// ClustersOnly writes a stack file without what runs on its clusters, and
// returns its path.
func ClustersOnly(t testing.TB, name string) string {
	t.Helper()
	content, err := os.ReadFile(StackFile(name))
	if err != nil {
		t.Fatal(err)
	}
	return write(t, name, clustersOnly(string(content)))
}

// write puts the text of a stack's file into a directory of the test's own.
func write(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), filepath.Base(StackFile(name)))
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// onClusters are the sections of a stack file that need a cluster.
var onClusters = regexp.MustCompile(`(?m)^  ladder:(mesh|edge|sample|observability):.*\n((    .*)?\n)*`)

func clustersOnly(text string) string { return onClusters.ReplaceAllString(text, "") }

func (r *Rig) program(name, path string) sandbox.Program {
	r.t.Helper()
	cfg, found := config.Load(path, name)
	if cfg.Environment.AccountID == "" {
		r.t.Fatalf("%s: %v", path, found.Err())
	}
	return sandbox.Program{
		Project: Root(), StackFile: path, Stack: name, Run: stacks.Program{Now: r.World().Now}.Deploy,
		AccountID: cfg.Environment.AccountID, CallerARN: cfg.Environment.DeployerRoleARN, Delegated: cfg.Delegated(),
	}
}

// Up runs an up that must succeed.
func (r *Rig) MustUp(p sandbox.Program) *sandbox.Result { return r.must("up", p, r.Up) }

// MustPreview runs a preview that must succeed.
func (r *Rig) MustPreview(p sandbox.Program) *sandbox.Result { return r.must("preview", p, r.Preview) }

// MustRefresh runs a refresh that must succeed.
func (r *Rig) MustRefresh(p sandbox.Program) *sandbox.Result { return r.must("refresh", p, r.Refresh) }

// MustDestroy runs a destroy that must succeed.
func (r *Rig) MustDestroy(p sandbox.Program) *sandbox.Result { return r.must("destroy", p, r.Destroy) }

func (r *Rig) must(verb string, p sandbox.Program, run func(context.Context, sandbox.Program) (*sandbox.Result, error)) *sandbox.Result {
	r.t.Helper()
	result, err := run(r.t.Context(), p)
	if err != nil {
		if result != nil {
			for _, d := range result.Diagnostics {
				r.t.Log(d)
			}
		}
		r.t.Fatalf("%s of %s (seed %d): %v", verb, p.Stack, Seed, err)
	}
	return result
}
