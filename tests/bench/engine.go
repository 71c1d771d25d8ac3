package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/ladder-platform/ladder/sandbox"
)

// benchRepeats of each measurement, of which the fastest counts: what is slower was
// something else on the machine.
const benchRepeats = 3

// Size is what a number of resources takes.
type Size struct {
	Resources int   `json:"resources"`
	Runs      []Run `json:"runs"`
}

// Run is one command, in seconds of wall time.
type Run struct {
	Name    string  `json:"name"`
	Bare    float64 `json:"bareSeconds"`
	Sandbox float64 `json:"sandboxSeconds"`
}

func (r Run) ratio() float64 { return r.Sandbox / r.Bare }

// within is the limit: the ratio, or half a second more where that is larger.
func (r Run) within() bool { return r.Sandbox <= max(r.Bare*maxRatio, r.Bare+maxSeconds) }

// runner is a world that a program is previewed and brought up in. Both say how
// long they took.
type runner interface {
	preview(ctx context.Context) (time.Duration, error)
	up(ctx context.Context) (time.Duration, error)
	close() error
}

func measureSize(ctx context.Context, n, repeats int) (Size, error) {
	cli, err := findPulumi()
	if err != nil {
		return Size{}, err
	}
	bareRun := timing{preview: math.MaxInt64, up: math.MaxInt64}
	boxRun := bareRun
	for range repeats { // by turns, so that what else the machine does falls on both
		t, err := once(ctx, func(dir string) (runner, error) { return newBare(dir, cli, n) })
		if err != nil {
			return Size{}, fmt.Errorf("bare engine, %d resources: %w", n, err)
		}
		bareRun = bareRun.faster(t)
		t, err = once(ctx, func(dir string) (runner, error) { return newSandbox(ctx, dir, cli, n) })
		if err != nil {
			return Size{}, fmt.Errorf("sandbox, %d resources: %w", n, err)
		}
		boxRun = boxRun.faster(t)
	}
	return Size{Resources: n, Runs: []Run{
		{Name: "preview", Bare: bareRun.preview.Seconds(), Sandbox: boxRun.preview.Seconds()},
		{Name: "up", Bare: bareRun.up.Seconds(), Sandbox: boxRun.up.Seconds()},
	}}, nil
}

type timing struct{ preview, up time.Duration }

func (t timing) faster(o timing) timing {
	return timing{preview: min(t.preview, o.preview), up: min(t.up, o.up)}
}

// once runs preview and up in a new world.
func once(ctx context.Context, begin func(dir string) (runner, error)) (t timing, err error) {
	dir, err := os.MkdirTemp("", "ladder-bench-")
	if err != nil {
		return t, err
	}
	defer os.RemoveAll(dir)
	r, err := begin(dir)
	if err != nil {
		return t, err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	if t.preview, err = r.preview(ctx); err != nil {
		return t, fmt.Errorf("preview: %w", err)
	}
	if t.up, err = r.up(ctx); err != nil {
		return t, fmt.Errorf("up: %w", err)
	}
	return t, nil
}

// findPulumi is the CLI that `make bench` hands over, else the one on PATH.
func findPulumi() (string, error) {
	if path := os.Getenv("LADDER_PULUMI"); path != "" {
		return path, nil
	}
	path, err := exec.LookPath("pulumi")
	if err != nil {
		return "", fmt.Errorf("no Pulumi CLI: run it by `make bench`, or set LADDER_PULUMI to the path that `make pulumi` prints: %w", err)
	}
	return path, nil
}

// simulated is the sandbox as every command uses it.
type simulated struct {
	box     *sandbox.Sandbox
	program sandbox.Program
	n       int
}

const benchProject = "name: bench\nruntime: go\n"

func newSandbox(ctx context.Context, dir, cli string, n int) (*simulated, error) {
	project := filepath.Join(dir, "project")
	if err := os.MkdirAll(project, 0o755); err != nil {
		return nil, err
	}
	stackFile := filepath.Join(project, "Pulumi.bench.yaml")
	for path, text := range map[string]string{filepath.Join(project, "Pulumi.yaml"): benchProject, stackFile: "config: {}\n"} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return nil, err
		}
	}
	box, err := sandbox.Open(ctx, sandbox.Options{
		Dir: filepath.Join(dir, "sandbox"), Seed: 1, Pulumi: cli, Now: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC), SkipCheckpoints: true,
	})
	if err != nil {
		return nil, err
	}
	s := &simulated{box: box, n: n, program: sandbox.Program{
		Project: project, StackFile: stackFile, Stack: "bench", AccountID: benchAccount,
		CallerARN: "arn:aws:iam::" + benchAccount + ":role/bench", Run: program(0),
	}}
	// A stack is made once, by the first command on it; the bare engine's is made
	// before the clock starts, too.
	if _, err := box.Preview(ctx, s.program); err != nil {
		return nil, errors.Join(err, box.Close())
	}
	s.program.Run = program(n)
	return s, nil
}

func (s *simulated) close() error { return s.box.Close() }

func (s *simulated) preview(ctx context.Context) (time.Duration, error) {
	return s.timed(ctx, s.box.Preview)
}

func (s *simulated) up(ctx context.Context) (time.Duration, error) {
	return s.timed(ctx, s.box.Up)
}

// timed takes the time of the whole call, and guards against measuring a run that
// did less than it should.
func (s *simulated) timed(ctx context.Context, run func(context.Context, sandbox.Program) (*sandbox.Result, error)) (time.Duration, error) {
	began := time.Now()
	r, err := run(ctx, s.program)
	took := time.Since(began)
	if err != nil {
		return 0, err
	}
	if want := s.n + 2; r.Counts["create"] != want { // the provider and the stack beside the n
		return 0, fmt.Errorf("sandbox: %d creates, expected %d", r.Counts["create"], want)
	}
	return took, nil
}
