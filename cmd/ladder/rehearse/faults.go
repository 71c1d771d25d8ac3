package rehearse

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/deps"
	"github.com/ladder-platform/ladder/sandbox/fault"
	"github.com/ladder-platform/ladder/sandbox/kube"
	"github.com/ladder-platform/ladder/sandbox/trials"
	"github.com/ladder-platform/ladder/sandbox/world"
)

// Faults say what is tried at operations of every climb. The zero value is nothing.
type Faults struct {
	// All tries every kind at every operation.
	All bool
	// Sample tries so many of each up, spread over kinds, services and verbs.
	Sample int
	// Chosen are tried wherever they match.
	Chosen []fault.Fault
}

// ParseFaults reads what --faults takes: all, a number, or faults in their own form.
func ParseFaults(args []string) (Faults, error) {
	var out Faults
	for _, a := range args {
		switch n, err := strconv.Atoi(a); {
		case a == "all":
			out.All = true
		case err == nil && n > 0:
			out.Sample = n
		case err == nil:
			return out, fmt.Errorf("--faults %d: try at least one", n)
		case !strings.Contains(a, ":"):
			return out, fmt.Errorf("--faults %q is neither all, nor a number, nor a fault: %s", a, fault.Form)
		default:
			f, err := fault.Parse(a)
			if err != nil {
				return out, err
			}
			if !slices.Contains(trials.Kinds, f.Kind) {
				return out, fmt.Errorf("--faults %q: %s changes virtual time only; use one of %v", a, f.Kind, trials.Kinds)
			}
			out.Chosen = append(out.Chosen, f)
		}
	}
	return out, nil
}

func (f Faults) none() bool { return !f.All && f.Sample == 0 && len(f.Chosen) == 0 }

// FaultReport is what was tried in one up. Each trial takes the up to a fault,
// recovers, refreshes, runs it again, and must end where the undisturbed up ends.
type FaultReport struct {
	// Operations that can be disturbed; Tried faults at them; Converged ones.
	Operations int `json:"operations"`
	Tried      int `json:"tried"`
	Converged  int `json:"converged"`
	// Failures in words.
	Failures []string `json:"failures,omitempty"`
}

// disturb tries faults at the operations of an up before it is done, on copies
// of the simulated cloud.
func (r *run) disturb(ctx context.Context, s *stage, c *Climb, program sandbox.Program) error {
	if r.Faults.none() {
		return nil
	}
	r.tries++
	dir := filepath.Join(r.Dir, fmt.Sprintf("faults-%d", r.tries))
	recording, err := trials.Record(ctx, trials.Scenario{
		Name: s.Name + ", " + c.Title, Program: program,
		Options: sandbox.Options{Seed: r.Seed, Pulumi: r.Pulumi, Now: r.box.World().Now(), Rules: r.Rules},
		From:    &trials.Start{Dir: filepath.Join(r.Dir, "cloud"), World: r.box.World()},
		Watch:   WatchBudgets,
	}, dir)
	if err != nil {
		return fmt.Errorf("rehearse %s: record the climb for its faults: %w", s.Name, err)
	}
	list := r.Faults.of(recording, r.Seed)
	r.Say("%s: %d faults at %d operations", s.Name, len(list), len(recording.Steps))
	outcomes, err := trials.Sweep{Dir: dir}.Run(ctx, recording, list)
	if err != nil {
		return fmt.Errorf("rehearse %s: faults: %w", s.Name, err)
	}
	c.Faults = &FaultReport{Operations: len(recording.Steps), Tried: len(outcomes)}
	for _, o := range outcomes {
		if o.OK() {
			c.Faults.Converged++
			continue
		}
		c.Faults.Failures = append(c.Faults.Failures, o.String())
		c.problem("fault: %s", o)
	}
	if len(r.Faults.Chosen) > 0 && len(list) == 0 {
		r.report.Notes = append(r.report.Notes, fmt.Sprintf("no fault that was chosen matches an operation of %s, %s", s.Name, c.Title))
	}
	return nil
}

// of picks the trials of a recording.
func (f Faults) of(r *trials.Recording, seed uint64) []trials.Trial {
	if f.All {
		return r.All()
	}
	var out []trials.Trial
	if f.Sample > 0 {
		out = r.Sample(f.Sample, seed, nil)
	}
	for _, t := range r.All() {
		op := r.Steps[t.Step].Operation
		if !slices.Contains(out, t) && slices.ContainsFunc(f.Chosen, func(c fault.Fault) bool { return c.Kind == t.Kind && c.Matches(op.Verb, op.URN) }) {
			out = append(out, t)
		}
	}
	return out
}

// WatchBudgets asserts in a trial that no workload of any cluster falls below its
// budget while the stack recovers.
func WatchBudgets() trials.Watch {
	c := newClimb("", Step{}, time.Time{})
	var lock sync.Mutex
	return trials.Watch{
		Operation: func(w *world.World, op deps.Operation) {
			if op.Verb == deps.Read {
				return // a refresh reads everything and moves no pod
			}
			// Samples come from inside transactions, so the world is always
			// locked before the watch: the other way round two of them wait
			// for each other.
			w.View(func(tx *world.Tx) {
				lock.Lock()
				defer lock.Unlock()
				for _, cluster := range tx.Find(kindCluster, "", nil) {
					endpoint, _ := cluster.Attrs["endpoint"].(string)
					for _, a := range kube.Running(tx, endpoint) {
						c.see(cluster.ID, a, op.Verb+" "+kindOf(op.Kind), 0)
					}
				}
			})
		},
		Sample: func(sample kube.Sample) {
			lock.Lock()
			defer lock.Unlock()
			for _, a := range sample.Workloads {
				c.see(sample.Cluster, a, sample.Cause, 0)
			}
		},
		Done: func() []string {
			c.availability()
			return c.Problems
		},
	}
}
