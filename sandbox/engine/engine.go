package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// passphrase encrypts the secrets of simulated stacks. It protects nothing of
// value and keeps secrets out of the state's plain text, as on a real stack.
const passphrase = "ladder-sandbox"

// Engine runs programs in one directory, one at a time.
type Engine struct {
	dir             string
	cli             *CLI
	skipCheckpoints bool
	parallel        int
}

// Options are what an Engine is made of.
type Options struct {
	// Dir is the sandbox's directory.
	Dir string
	// Pulumi is the CLI's path; "" means the one on PATH.
	Pulumi string
	// SkipCheckpoints writes the state only at the end: faster, and nothing
	// is kept of a run that was killed.
	SkipCheckpoints bool
	// Parallel is how many operations run at a time; 0 is the engine's own.
	Parallel int
}

// New prepares the directory and finds the CLI.
func New(o Options) (*Engine, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("sandbox: directory %q: %w", o.Dir, err)
	}
	for _, sub := range []string{"home", "state", "work", "plan"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return nil, fmt.Errorf("sandbox: make its directory: %w; make %s writable or choose another directory", err, dir)
		}
	}
	if err := NoLogs(filepath.Join(dir, "home", "logs")); err != nil {
		return nil, fmt.Errorf("sandbox: keep the CLI from writing logs: %w; make %s writable or choose another directory", err, dir)
	}
	cli, err := FindCLI(o.Pulumi, filepath.Join(dir, "home"))
	if err != nil {
		return nil, err
	}
	return &Engine{dir: dir, cli: cli, skipCheckpoints: o.SkipCheckpoints, parallel: o.Parallel}, nil
}

// NoLogs puts a file where the CLI would make its directory of logs, home/logs. It formats,
// compresses and encrypts every property of every call for a log that nobody
// asked for, which takes a third of its time; no variable switches that off, but
// where the directory cannot be made it goes on without. Source: pulumi 3.250.0,
// pkg/logging/encrypted.go.
func NoLogs(path string) error {
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		return nil
	}
	if err := os.RemoveAll(path); err != nil {
		return err
	}
	return os.WriteFile(path, []byte("A file, so that the Pulumi CLI writes no log of every call here.\n"), 0o600)
}

// Kill ends the CLI at once, as a crash would.
func (e *Engine) Kill() { e.cli.Kill() }

// Run is one operation under way.
type Run struct {
	// Providers is the value of PULUMI_DEBUG_PROVIDERS.
	Providers string
	// Latency says how long an operation takes on a real account, once the
	// run is over.
	Latency func(Operation) time.Duration
	OnEvent func(Event)
	// Targets limits a refresh to these URNs; empty means all.
	Targets []string
}

// session is a stack that is ready to be operated on.
type session struct {
	e       *Engine
	p       Program
	project project
	stack   auto.Stack
	before  *State
	run     Run
	events  *collector
	// callbacks are stopped when the run is over.
	callbacks *callbacks
	began     time.Time
}

func (e *Engine) open(ctx context.Context, p Program, run Run) (*session, error) {
	project, err := readProject(p.Project)
	if err != nil {
		return nil, err
	}
	work := filepath.Join(e.dir, "work", p.Stack)
	if err := e.copies(p, project, work); err != nil {
		return nil, err
	}
	programs := &callbacks{}
	ws, err := auto.NewLocalWorkspace(ctx, auto.WorkDir(work), auto.Program(programs.of(p.Run)), auto.Pulumi(e.cli),
		auto.PulumiHome(filepath.Join(e.dir, "home")), auto.SecretsProvider("passphrase"), auto.EnvVars(e.env(run.Providers)))
	if err != nil {
		return nil, fmt.Errorf("sandbox: open the workspace %s: %w", work, err)
	}
	name := auto.FullyQualifiedStackName("organization", project.name, p.Stack)
	s := &session{e: e, p: p, project: project, run: run, callbacks: programs, began: time.Now()}
	if _, err := os.Stat(e.statePath(project.name, p.Stack)); errors.Is(err, os.ErrNotExist) {
		s.stack, err = auto.NewStack(ctx, name, ws)
		if err != nil {
			return nil, fmt.Errorf("sandbox: make stack %s: %w", p.Stack, failure(ctx, "making", p.Stack, nil, false, err))
		}
	} else if s.stack, err = auto.SelectStack(ctx, name, ws); err != nil {
		return nil, fmt.Errorf("sandbox: open stack %s: %w", p.Stack, err)
	}
	if s.before, err = e.state(project.name, p.Stack); err != nil {
		return nil, err
	}
	s.events = collect(run.OnEvent)
	return s, nil
}

// Backend is where the stacks are and what opens their secrets, for a CLI that
// is run by somebody else.
func (e *Engine) Backend() map[string]string {
	// Without metadata=skip the backend writes an attributes file beside each
	// state, and a CLI that is killed while doing so leaves it empty: no later
	// run can read the state then ("failed to load checkpoint: EOF").
	backend := url.URL{Scheme: "file", Path: filepath.ToSlash(filepath.Join(e.dir, "state")), RawQuery: "metadata=skip"}
	return map[string]string{
		"PULUMI_BACKEND_URL":       backend.String(),
		"PULUMI_CONFIG_PASSPHRASE": passphrase,
		"PULUMI_SKIP_UPDATE_CHECK": "true",
	}
}

func (e *Engine) env(providers string) map[string]string {
	env := e.Backend()
	env["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] = "true"
	env["PULUMI_AUTOMATION_API"] = "true"
	env["PULUMI_DEBUG_PROVIDERS"] = providers
	env["PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS"] = "true"
	if e.skipCheckpoints {
		env["PULUMI_SKIP_CHECKPOINTS"] = "true"
	}
	// The CLI lives for seconds and its heap is small: a fifth of its time would
	// go into collecting garbage.
	if os.Getenv("GOGC") == "" {
		env["GOGC"] = "300"
	}
	return env
}

// copies writes the project and stack files that the CLI works on.
func (e *Engine) copies(p Program, project project, work string) error {
	if err := os.MkdirAll(work, 0o700); err != nil {
		return fmt.Errorf("sandbox: make its work directory: %w; make %s writable or choose another directory", err, e.dir)
	}
	stackFile := filepath.Join(work, "Pulumi."+p.Stack+".yaml")
	text, err := stackCopy(p.StackFile, stackFile)
	if err != nil {
		return err
	}
	for path, text := range map[string][]byte{filepath.Join(work, "Pulumi.yaml"): project.text, stackFile: text} {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			return fmt.Errorf("sandbox: copy the stack's files: %w; make %s writable or choose another directory", err, e.dir)
		}
	}
	return nil
}

// Preview says what Up would do. The plan is nil when the preview failed.
func (e *Engine) Preview(ctx context.Context, p Program, run Run) (*Result, Plan, error) {
	s, err := e.open(ctx, p, run)
	if err != nil {
		return nil, nil, err
	}
	path := filepath.Join(e.dir, "plan", p.Stack+".json")
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, nil, fmt.Errorf("sandbox: remove the last plan: %w", err)
	}
	_, runErr := s.stack.Preview(ctx, optpreview.EventStreams(s.events.in), optpreview.Plan(path), optpreview.SuppressProgress())
	s.callbacks.stop()
	plan, err := readPlan(path)
	if err != nil {
		return nil, nil, errors.Join(err, runErr)
	}
	deps := graph{}
	deps.addPlan(plan)
	deps.addState(s.before)
	result := s.result(deps, runErr)
	result.Outputs = s.events.outputs
	plan.feeds(result.Operations)
	return result, plan, s.failed(ctx, "preview", runErr)
}

// Up makes the stack what the program says.
func (e *Engine) Up(ctx context.Context, p Program, run Run) (*Result, error) {
	return e.change(ctx, p, run, "up", func(s *session) error {
		_, err := s.stack.Up(ctx, optup.EventStreams(s.events.in), optup.SuppressProgress(), optup.Parallel(e.parallel))
		return err
	})
}

// Refresh makes the state what the cloud says.
func (e *Engine) Refresh(ctx context.Context, p Program, run Run) (*Result, error) {
	return e.change(ctx, p, run, "refresh", func(s *session) error {
		opts := []optrefresh.Option{optrefresh.EventStreams(s.events.in), optrefresh.SuppressProgress()}
		if len(run.Targets) > 0 {
			opts = append(opts, optrefresh.Target(run.Targets))
		}
		_, err := s.stack.Refresh(ctx, opts...)
		return err
	})
}

// Destroy removes everything that the stack made. The program is not run.
func (e *Engine) Destroy(ctx context.Context, p Program, run Run) (*Result, error) {
	return e.change(ctx, p, run, "destroy", func(s *session) error {
		_, err := s.stack.Destroy(ctx, optdestroy.EventStreams(s.events.in), optdestroy.SuppressProgress(), optdestroy.Parallel(e.parallel))
		return err
	})
}

func (e *Engine) change(ctx context.Context, p Program, run Run, verb string, operate func(*session) error) (*Result, error) {
	s, err := e.open(ctx, p, run)
	if err != nil {
		return nil, err
	}
	runErr := operate(s)
	s.callbacks.stop()
	after, err := e.state(s.project.name, p.Stack)
	if err != nil {
		return nil, errors.Join(err, runErr)
	}
	deps := graph{}
	deps.addState(after)
	deps.addState(s.before)
	result := s.result(deps, runErr)
	result.Outputs = after.Outputs()
	return result, s.failed(ctx, verb, runErr)
}

func (s *session) failed(ctx context.Context, verb string, err error) error {
	s.events.lock.Lock()
	defer s.events.lock.Unlock()
	return failure(ctx, verb, s.p.Stack, s.events.errs, s.e.cli.wasKilled(), err)
}

// result waits for the last events. A CLI that was killed or never began does
// not close the stream, hence the limits; what a busy machine tells late must
// not be missed.
func (s *session) result(deps graph, runErr error) *Result {
	patience := time.Minute
	switch {
	case s.e.cli.wasKilled():
		patience = time.Second
	case runErr != nil:
		patience = 5 * time.Second
	}
	select {
	case <-s.events.done:
	case <-time.After(patience):
	}
	c := s.events
	c.lock.Lock()
	defer c.lock.Unlock()
	r := &Result{Operations: append([]Operation(nil), c.ops...), Counts: c.counts, Diagnostics: append([]string(nil), c.lines...)}
	if r.Counts == nil {
		r.Counts = map[string]int{}
		for _, op := range r.Operations {
			r.Counts[op.Op]++
		}
	}
	for i := range r.Operations {
		op := &r.Operations[i]
		op.DependsOn = deps[op.URN]
		if s.run.Latency != nil {
			op.Latency = s.run.Latency(*op)
		}
	}
	r.Timeline = Schedule(r.Operations)
	r.Wall = time.Since(s.began)
	return r
}

// StatePath is the file that the backend keeps the stack's state in.
func (e *Engine) StatePath(p Program) (string, error) {
	project, err := readProject(p.Project)
	if err != nil {
		return "", err
	}
	return e.statePath(project.name, p.Stack), nil
}

// lockDir is where the backend keeps the locks of a stack.
func (e *Engine) lockDir(project, stack string) string {
	return filepath.Join(e.dir, "state", ".pulumi", "locks", "organization", project, stack)
}

// Locked says whether a run left its lock on the stack.
func (e *Engine) Locked(p Program) (bool, error) {
	project, err := readProject(p.Project)
	if err != nil {
		return false, err
	}
	entries, err := os.ReadDir(e.lockDir(project.name, p.Stack))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return false, fmt.Errorf("sandbox: look for locks: %w", err)
	}
	return len(entries) > 0, nil
}

// Cancel removes the lock that a killed run left.
func (e *Engine) Cancel(ctx context.Context, p Program) error {
	s, err := e.open(ctx, p, Run{})
	if err != nil {
		return err
	}
	close(s.events.in)
	if err := s.stack.Cancel(ctx); err != nil {
		return fmt.Errorf("sandbox: clear the lock of %s: %w", p.Stack, failure(ctx, "cancel", p.Stack, nil, false, err))
	}
	return nil
}

// SetState replaces the stack's state. The engine checks it first: every
// dependency must stand before what depends on it.
func (e *Engine) SetState(ctx context.Context, p Program, state *State) error {
	s, err := e.open(ctx, p, Run{})
	if err != nil {
		return err
	}
	close(s.events.in)
	text, err := json.Marshal(state.Deployment)
	if err != nil {
		return fmt.Errorf("sandbox: encode the state of %s: %w", p.Stack, err)
	}
	if err := s.stack.Import(ctx, apitype.UntypedDeployment{Version: state.Version, Deployment: text}); err != nil {
		return fmt.Errorf("sandbox: the engine refuses the recovered state of %s: %w", p.Stack, failure(ctx, "import", p.Stack, nil, false, err))
	}
	return nil
}

// Export is the stack's state as JSON, in the form of pulumi stack export.
// Secrets are ciphertext.
func (e *Engine) Export(p Program) ([]byte, error) {
	state, err := e.State(p)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	if err := enc.Encode(map[string]any{"version": state.Version, "deployment": state.Deployment}); err != nil {
		return nil, fmt.Errorf("sandbox: encode the state of %s: %w", p.Stack, err)
	}
	return b.Bytes(), nil
}
