package trials

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/deps"
	"github.com/ladder-platform/ladder/sandbox/fault"
	"github.com/ladder-platform/ladder/sandbox/world"
)

// Kinds are the faults that are tried at every operation. A slow operation
// changes nothing but virtual time.
var Kinds = []fault.Kind{fault.Refuse, fault.Lost, fault.CrashBefore, fault.CrashAfter}

// Trial is one fault at one operation of a recording.
type Trial struct {
	Step int
	Kind fault.Kind
}

// Outcome is what became of a trial.
type Outcome struct {
	Scenario string     `json:"scenario"`
	Step     int        `json:"step"`
	Kind     fault.Kind `json:"kind"`
	Verb     string     `json:"verb"`
	Service  string     `json:"service"`
	URN      string     `json:"urn"`
	// Nth operation of this verb on this resource, from 0.
	Nth int `json:"nth,omitempty"`
	// Adopted is how many objects recovery put into the state.
	Adopted int `json:"adopted,omitempty"`
	// Error is the error of recovery or of a run after it.
	Error string `json:"error,omitempty"`
	// Diff is how the world differs from the undisturbed one.
	Diff []string `json:"diff,omitempty"`
	// Broken is what whoever watched saw break while it recovered.
	Broken []string `json:"broken,omitempty"`
	// Left is what Pulumi's state still has to do or does not know.
	Left []string `json:"left,omitempty"`
	// Seconds is wall time.
	Seconds float64 `json:"seconds"`
}

// OK says that the trial converged.
func (o Outcome) OK() bool {
	return o.Error == "" && len(o.Diff) == 0 && len(o.Left) == 0 && len(o.Broken) == 0
}

// String is the trial and, when it failed, why.
func (o Outcome) String() string {
	s := fmt.Sprintf("%s: %s at step %d, %s %s", o.Scenario, o.Kind, o.Step, o.Verb, o.URN)
	if o.Error != "" {
		s += "\n  " + o.Error
	}
	for _, line := range slices.Concat(o.Broken, o.Left, o.Diff) {
		s += "\n  " + line
	}
	return s
}

// Run tries one fault in a directory of its own, which it removes. real runs
// the engine into the fault; else its traces are put in place.
func (r *Recording) Run(ctx context.Context, t Trial, dir string, real bool) Outcome {
	began := time.Now()
	op := r.Steps[t.Step].Operation
	o := Outcome{Scenario: r.Scenario.Name, Step: t.Step, Kind: t.Kind, Verb: op.Verb, Service: service(op), URN: op.URN, Nth: r.names()[t.Step].nth}
	if err := r.try(ctx, t, dir, real, &o); err != nil {
		o.Error = err.Error()
	}
	if err := os.RemoveAll(dir); err != nil && o.Error == "" {
		o.Error = err.Error()
	}
	o.Seconds = time.Since(began).Seconds()
	return o
}

func (r *Recording) try(ctx context.Context, t Trial, dir string, real bool, o *Outcome) (err error) {
	if err := r.stage(t, dir, real); err != nil {
		return fmt.Errorf("put the world and the state in place: %w", err)
	}
	if real {
		if err := r.disturb(ctx, t, dir); err != nil {
			return err
		}
	}
	options := r.Scenario.Options
	options.Dir, options.SkipCheckpoints = dir, true
	var box *sandbox.Sandbox
	if r.Scenario.Watch != nil {
		w := r.Scenario.Watch()
		options.OnSample = w.Sample
		if w.Operation != nil {
			options.OnOperation = func(op deps.Operation) { w.Operation(box.World(), op) }
		}
		if w.Done != nil {
			defer func() { o.Broken = w.Done() }()
		}
	}
	if box, err = sandbox.Open(ctx, options); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, box.Close()) }()
	if !real {
		if err := box.World().Replace(r.worldAt(t)); err != nil {
			return err
		}
	}
	return r.converge(ctx, box, o)
}

// converge is what a person does after a failed run.
func (r *Recording) converge(ctx context.Context, box *sandbox.Sandbox, o *Outcome) error {
	p := r.Scenario.Program
	recovery, err := box.Recover(ctx, p)
	if err != nil {
		return fmt.Errorf("recover: %w", err)
	}
	o.Adopted = len(recovery.Adopted) + len(recovery.Replaced)
	for _, orphan := range recovery.Orphans {
		o.Left = append(o.Left, fmt.Sprintf("orphan: %s %s", orphan.ID, orphan.URN))
	}
	if recovery.Refresh == nil {
		if _, err := box.Refresh(ctx, p); err != nil {
			return fmt.Errorf("refresh: %w", err)
		}
	}
	if _, err := r.Scenario.operate(ctx, box); err != nil {
		return fmt.Errorf("%s again: %w", r.Scenario.verb(), err)
	}
	o.Diff = Compare(r.Final, box.World(), r.Scenario.Normalize)
	left, err := leftover(box, p)
	o.Left = append(o.Left, left...)
	return err
}

// leftover is what a good state does not have: pending operations, resources
// that wait for their deletion, ids that the cloud does not know twice.
func leftover(box *sandbox.Sandbox, p sandbox.Program) ([]string, error) {
	path, err := box.StatePath(p)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var state struct {
		Checkpoint struct {
			Latest struct {
				Resources []struct {
					URN    string `json:"urn"`
					Delete bool   `json:"delete"`
				} `json:"resources"`
				Pending []struct {
					Type     string `json:"type"`
					Resource struct {
						URN string `json:"urn"`
					} `json:"resource"`
				} `json:"pending_operations"`
			} `json:"latest"`
		} `json:"checkpoint"`
	}
	if err := json.Unmarshal(text, &state); err != nil {
		return nil, err
	}
	var left []string
	for _, op := range state.Checkpoint.Latest.Pending {
		left = append(left, "pending: "+op.Type+" "+op.Resource.URN)
	}
	for _, res := range state.Checkpoint.Latest.Resources {
		if res.Delete {
			left = append(left, "still to be deleted: "+res.URN)
		}
	}
	return left, nil
}

func (r *Recording) worldAt(t Trial) *world.World {
	if t.Kind == fault.Lost || t.Kind == fault.CrashAfter {
		return r.Steps[t.Step].after
	}
	return r.Steps[t.Step].before
}

// stage makes a sandbox's directory as the disturbed run left it, or with real
// as it was before.
func (r *Recording) stage(t Trial, dir string, real bool) error {
	if err := copyBox(r.dir, dir); err != nil {
		return err
	}
	text, err := unpack(r.Steps[t.Step].state)
	if err != nil {
		return err
	}
	crash := !real && (t.Kind == fault.CrashBefore || t.Kind == fault.CrashAfter)
	if !crash {
		if text, err = withoutPending(text); err != nil {
			return err
		}
	}
	path := filepath.Join(dir, r.statePath)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return err
	}
	if !crash {
		return nil
	}
	return lock(dir, path)
}

// withoutPending is the state after the engine was told that the operation
// failed: it takes the pending entry out again (facts/engine.md).
func withoutPending(text []byte) ([]byte, error) {
	var state map[string]any
	if err := json.Unmarshal(text, &state); err != nil {
		return nil, err
	}
	checkpoint, _ := state["checkpoint"].(map[string]any)
	latest, _ := checkpoint["latest"].(map[string]any)
	delete(latest, "pending_operations")
	return json.Marshal(state)
}

// lock leaves a lock as a killed engine does: beside stacks/<project>/<stack>.json
// it is locks/organization/<project>/<stack>/<uuid>.json. Source: pulumi
// 3.250.0, pkg/backend/diy/lock.go.
func lock(dir, statePath string) error {
	project, stack := filepath.Base(filepath.Dir(statePath)), strings.TrimSuffix(filepath.Base(statePath), ".json")
	locks := filepath.Join(dir, "state", ".pulumi", "locks", "organization", project, stack)
	if err := os.MkdirAll(locks, 0o700); err != nil {
		return err
	}
	const id = "00000000-0000-4000-8000-000000000000"
	return os.WriteFile(filepath.Join(locks, id+".json"), []byte(`{"pid":1,"username":"trial","hostname":"trial","timestamp":"2026-11-21T00:00:00Z"}`), 0o600)
}

// disturb runs the engine into the fault.
func (r *Recording) disturb(ctx context.Context, t Trial, dir string) (err error) {
	op := r.Steps[t.Step].Operation
	options := r.Scenario.Options
	options.Dir, options.SkipCheckpoints = dir, false
	options.Faults, err = fault.New(options.Seed, fault.Fault{Verb: op.Verb, URN: op.URN, Kind: t.Kind})
	if err != nil {
		return err
	}
	box, err := sandbox.Open(ctx, options)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, box.Close()) }()
	if err := box.World().Replace(r.Steps[t.Step].before); err != nil {
		return err
	}
	_, runErr := r.Scenario.operate(ctx, box)
	if len(options.Faults.Reached()) == 0 {
		return fmt.Errorf("the fault was not reached: %w", runErr)
	}
	if runErr == nil {
		return fmt.Errorf("the run succeeded in spite of its fault %v", options.Faults.Reached())
	}
	return nil
}

// service names the stratum of an operation.
func service(op deps.Operation) string {
	if op.Service != "" {
		return op.Service
	}
	before, _, _ := strings.Cut(op.Kind, ":")
	return before
}
