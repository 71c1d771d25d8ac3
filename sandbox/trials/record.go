package trials

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/deps"
	"github.com/ladder-platform/ladder/sandbox/kube"
	"github.com/ladder-platform/ladder/sandbox/world"
)

// Verbs that a scenario can disturb.
const (
	Up      = "up"
	Destroy = "destroy"
)

// Scenario is a run to be disturbed and what comes before it.
type Scenario struct {
	// Name stands in the results: "dev up", "dev 2026.08 to 2026.11".
	Name string
	// Options are the sandbox's; Dir, Faults, Parallel, SkipCheckpoints and
	// OnOperation are the harness's own.
	Options sandbox.Options
	// Seed puts objects into the empty world; nil for none.
	Seed func(*world.World) error
	// From is a sandbox to begin with a copy of; nil begins with an empty one.
	From *Start
	// Prepare are brought up first, in order, undisturbed: the stages before,
	// or the same stack as it was.
	Prepare []sandbox.Program
	// Program is disturbed.
	Program sandbox.Program
	// Verb is Up or Destroy; "" is Up.
	Verb string
	// Settle changes the world after what is prepared, and before the run that
	// is disturbed; nil for nothing.
	Settle func(*world.World) error
	// Watch makes somebody who looks on while a trial recovers; nil for nobody.
	Watch func() Watch
	// Normalize takes out of an object what may differ between two good runs;
	// false leaves the object out. nil changes nothing.
	Normalize func(*world.Object) bool
}

// Start is a sandbox at a moment: its directory, with the states of its stacks,
// and its world.
type Start struct {
	Dir   string
	World *world.World
}

// Watch looks on while a trial recovers. Every field may be nil.
type Watch struct {
	// Operation has ended, and the world is as it left it.
	Operation func(w *world.World, op deps.Operation)
	// Sample is what ran inside an operation.
	Sample func(kube.Sample)
	// Done says what was seen to break.
	Done func() []string
}

func (s Scenario) verb() string {
	if s.Verb == "" {
		return Up
	}
	return s.Verb
}

// operate runs the scenario's verb.
func (s Scenario) operate(ctx context.Context, box *sandbox.Sandbox) (*sandbox.Result, error) {
	if s.verb() == Destroy {
		return box.Destroy(ctx, s.Program)
	}
	return box.Up(ctx, s.Program)
}

// Step is one operation of the undisturbed run.
type Step struct {
	Operation deps.Operation
	before    *world.World
	after     *world.World
	state     []byte // gzip: Pulumi's state when the operation reached the cloud
}

// Recording is an undisturbed run.
type Recording struct {
	Scenario Scenario
	Steps    []Step
	// Final is the world that every trial must arrive at.
	Final *world.World
	// Took is how long the recording took.
	Took time.Duration

	dir       string // the sandbox's directory after the run
	statePath string // relative to dir
}

// Record runs the scenario once in dir/record.
func Record(ctx context.Context, s Scenario, dir string) (*Recording, error) {
	began := time.Now()
	r := &Recording{Scenario: s, dir: filepath.Join(dir, "record")}
	if err := r.prepare(ctx); err != nil {
		return nil, fmt.Errorf("%s: prepare: %w", s.Name, err)
	}
	if err := r.record(ctx); err != nil {
		return nil, fmt.Errorf("%s: the undisturbed run: %w", s.Name, err)
	}
	if len(r.Steps) == 0 {
		return nil, fmt.Errorf("%s: the undisturbed run changed nothing, there is nothing to disturb", s.Name)
	}
	r.Took = time.Since(began)
	return r, nil
}

func (r *Recording) prepare(ctx context.Context) (err error) {
	o := r.Scenario.Options
	o.Dir, o.SkipCheckpoints = r.dir, true
	if from := r.Scenario.From; from != nil {
		if err := copyBox(from.Dir, r.dir); err != nil {
			return err
		}
	}
	box, err := sandbox.Open(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, box.Close()) }()
	if from := r.Scenario.From; from != nil {
		if err := box.World().Replace(from.World); err != nil {
			return err
		}
	}
	if r.Scenario.Seed != nil {
		if err := r.Scenario.Seed(box.World()); err != nil {
			return err
		}
	}
	for _, p := range r.Scenario.Prepare {
		if _, err := box.Up(ctx, p); err != nil {
			return err
		}
	}
	if r.Scenario.Settle != nil {
		if err := r.Scenario.Settle(box.World()); err != nil {
			return err
		}
	}
	// A preview makes the stack, so that its state file is there to be read
	// from the first operation on.
	_, err = box.Preview(ctx, r.Scenario.Program)
	return err
}

func (r *Recording) record(ctx context.Context) (err error) {
	var box *sandbox.Sandbox
	var path string
	var last *world.World
	var failed error
	o := r.Scenario.Options
	o.Dir, o.Parallel = r.dir, 1
	o.OnOperation = func(op deps.Operation) {
		if op.Verb == deps.Read {
			return
		}
		state, err := os.ReadFile(path)
		if err != nil {
			failed = errors.Join(failed, err)
			return
		}
		after := box.World().Fork()
		r.Steps = append(r.Steps, Step{Operation: op, before: last, after: after, state: pack(state)})
		last = after
	}
	if box, err = sandbox.Open(ctx, o); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, box.Close()) }()
	if path, err = box.StatePath(r.Scenario.Program); err != nil {
		return err
	}
	absolute, err := filepath.Abs(r.dir)
	if err != nil {
		return err
	}
	if r.statePath, err = filepath.Rel(absolute, path); err != nil {
		return err
	}
	last = box.World().Fork()
	if _, err := r.Scenario.operate(ctx, box); err != nil {
		return err
	}
	r.Final = box.World().Fork()
	return failed
}

func pack(text []byte) []byte {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed) // the level is valid
	_, _ = z.Write(text)                            // a buffer takes everything
	_ = z.Close()
	return b.Bytes()
}

func unpack(packed []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// copyBox copies what a sandbox needs beside its world and the stack's state:
// the working copies with their salt, and the states of the other stacks.
func copyBox(from, to string) error {
	return filepath.WalkDir(from, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			for _, skip := range []string{"history", "backups", "locks", "logs", "plan", "plugins"} {
				if d.Name() == skip {
					return filepath.SkipDir
				}
			}
			return os.MkdirAll(filepath.Join(to, rel), 0o700)
		}
		if strings.HasPrefix(d.Name(), "world.") || strings.HasSuffix(d.Name(), ".bak") || !d.Type().IsRegular() {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), text, 0o600)
	})
}
