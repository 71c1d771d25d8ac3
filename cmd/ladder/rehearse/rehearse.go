package rehearse

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/deps"
	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/stacks"
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/release"
)

// Stage is one stack that takes part.
type Stage struct {
	// Name of the stack, File its stack file.
	Name, File string
}

// Options of a rehearsal.
type Options struct {
	// Project is the directory of Pulumi.yaml.
	Project string
	// Stages in the order of promotion.
	Stages []Stage
	// Path are the releases, lowest first: the stages come up at the first.
	Path []string
	// Dir is where the simulated cloud and the copies of stack files go.
	Dir    string
	Seed   uint64
	Pulumi string
	// Now is when the virtual clock begins.
	Now time.Time
	// Workloads run on the clusters in place of the rehearsal's own.
	Workloads []*world.Object
	// State is what pulumi stack export printed of one of the stages, which then
	// begins as it is; nil means that every stage comes up fresh.
	State *State
	// Faults are tried at operations of every climb; the zero value tries none.
	Faults Faults
	// Destroy takes every stage down at the end, the last one first.
	Destroy bool
	// Observe is told every virtual night of each stage that is up, and before
	// the next one climbs, so that a gate that asks for observations has them;
	// nil when nobody observes.
	Observe func(ctx context.Context, box *sandbox.Sandbox, stage Stage, cfg config.Stack) error
	// Say tells of progress; OnEvent of the engine's operations. Both may be nil.
	Say     func(format string, args ...any)
	OnEvent func(sandbox.Event)
	// Rules are the laws in force; nil means all. Mutate makes a rehearsal go
	// wrong on purpose. Both are for tests that prove that it would be noticed.
	Rules  *rule.Set
	Mutate Mutation
}

// Mutation breaks a rehearsal in one way; the zero value breaks nothing.
type Mutation struct {
	// Walk changes the steps of a rung.
	Walk func([]Step) []Step
	// Program changes what is run.
	Program func(sandbox.Program) sandbox.Program
	// World changes the cloud before each up of a climb.
	World func(tx *world.Tx) error
	// Release changes what is known of a release.
	Release func(release.Release) release.Release
	// Operation is told of every operation that changes something before its
	// provider answers, and may hold it up.
	Operation func(deps.Operation)
}

// run is a rehearsal under way.
type run struct {
	Options
	box    *sandbox.Sandbox
	report *Report
	stages []*stage
	// climb is the one under way, for the measurements; events are its engine's.
	climb   *Climb
	now     *stage
	events  []sandbox.Event
	moments []moment
	// measuring guards climb and moments between operations that end together;
	// taken inside the world's lock, never around it.
	measuring sync.Mutex
	// tries counts recordings for faults.
	tries int
}

// stage is a stage with its configuration as the file has it, and the text of
// the file that it runs.
type stage struct {
	Stage
	cfg  config.Stack
	soak time.Duration
	text []byte
	// held are the clusters with a release of their own.
	held []string
}

// Run rehearses. The report holds what went wrong; an error means that the
// rehearsal could not go on, and the report ends there.
func Run(ctx context.Context, o Options) (report *Report, err error) {
	begun := time.Now()
	r := &run{Options: o, report: &Report{Path: o.Path, Climbs: []*Climb{}, Problems: []string{}}}
	r.report.Notes = r.notes()
	if r.Say == nil {
		r.Say = func(string, ...any) {}
	}
	if err := r.read(); err != nil {
		return nil, err
	}
	r.box, err = sandbox.Open(ctx, sandbox.Options{Dir: filepath.Join(o.Dir, "cloud"), Seed: o.Seed, Pulumi: o.Pulumi, Now: o.Now, Rules: o.Rules,
		SkipCheckpoints: true, OnEvent: r.event, OnOperation: r.operation, OnSample: r.sample})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.box.Close()) }()
	start := r.box.World().Now()
	err = r.climbAll(ctx)
	if err == nil && o.Destroy {
		err = r.takeDown(ctx)
	}
	r.report.Virtual, r.report.Wall = r.box.World().Now().Sub(start), time.Since(begun)
	return r.report, err
}

// climbAll takes every stage through the releases, rung by rung.
func (r *run) climbAll(ctx context.Context) error {
	for _, s := range r.stages {
		if err := r.begin(ctx, s); err != nil {
			return err
		}
	}
	for i, to := range r.Path[1:] {
		for j, s := range r.stages {
			if j > 0 {
				if err := r.soak(ctx, s); err != nil {
					return err
				}
			}
			steps, err := r.climbSteps(s, r.Path[i], to)
			if err != nil {
				return r.stopped(s, r.Path[i], to, err)
			}
			for _, step := range steps {
				if err := r.up(ctx, s, step); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// stopped is a climb that never began, because its plan or an edit is refused.
func (r *run) stopped(s *stage, from, to string, err error) error {
	c := newClimb(s.Name, Step{Title: "climb to release " + to, From: from, To: to}, r.box.World().Now())
	c.problem("the climb cannot begin: %v", err)
	r.report.Climbs = append(r.report.Climbs, c)
	r.collect(s, c)
	return fmt.Errorf("rehearse %s from release %s to %s: %w", s.Name, from, to, err)
}

// begin brings a stage up at the first release, or takes it over from its state.
func (r *run) begin(ctx context.Context, s *stage) error {
	first := s.first(r.Path[0])
	if r.State != nil && r.State.Stack == s.Name {
		return r.takeOver(ctx, s, first)
	}
	return r.up(ctx, s, first)
}

// read reads every stack file and refuses what cannot be rehearsed.
func (r *run) read() error {
	seen := []string{}
	for _, s := range r.Stages {
		text, err := os.ReadFile(s.File)
		if err != nil {
			return fmt.Errorf("rehearse %s: %w", s.Name, err)
		}
		cfg, found := config.LoadBytes(s.File, text, s.Name)
		if err := found.Err(); err != nil {
			return fmt.Errorf("rehearse %s: %w", s.Name, err)
		}
		if after := cfg.Promotion.After; after != "" && !slices.Contains(seen, after) {
			return fmt.Errorf("rehearse %s: it follows %s, which does not come before it; list %s first", s.Name, after, after)
		}
		st := &stage{Stage: s, cfg: cfg, text: text}
		if cfg.Promotion.Soak != "" {
			if st.soak, err = time.ParseDuration(cfg.Promotion.Soak); err != nil {
				return fmt.Errorf("rehearse %s: promotion.soak: %w", s.Name, err)
			}
		}
		seen = append(seen, s.Name)
		r.stages = append(r.stages, st)
		r.report.Stages = append(r.report.Stages, s.Name)
	}
	if st := r.State; st != nil && !slices.Contains(seen, st.Stack) {
		return fmt.Errorf("the state is of stack %s, which takes no part; add it to --stacks", st.Stack)
	}
	return nil
}

// night is how often observations are made.
const night = 24 * time.Hour

// soak lets the stages before run as long as this one asks, and observes them
// every night and at the end.
func (r *run) soak(ctx context.Context, s *stage) error {
	r.Say("%s waits %v for the stage before it", s.Name, s.soak)
	for left := s.soak; ; left -= night {
		if err := r.box.World().Advance(min(left, night)); err != nil {
			return err
		}
		for _, up := range r.stages {
			if r.Observe == nil {
				break
			}
			if err := r.Observe(ctx, r.box, up.Stage, up.cfg); err != nil {
				return fmt.Errorf("rehearse: observe %s: %w", up.Name, err)
			}
		}
		if left <= night {
			return nil
		}
	}
}

// up makes one step of a stage and looks at everything.
func (r *run) up(ctx context.Context, s *stage, step Step) error {
	program, err := r.program(s, step)
	if err != nil {
		return r.stopped(s, step.From, step.To, err)
	}
	r.Say("%s: %s", s.Name, step.Title)
	c := newClimb(s.Name, step, r.box.World().Now())
	r.report.Climbs = append(r.report.Climbs, c)
	if step.From != "" {
		if r.Mutate.World != nil {
			if err := r.box.World().Tx(r.Mutate.World); err != nil {
				return fmt.Errorf("rehearse %s: mutation: %w", s.Name, err)
			}
		}
		if err := r.disturb(ctx, s, c, program); err != nil {
			return err
		}
	}
	r.climb, r.now, r.events, r.moments = c, s, nil, nil
	r.measure(deps.Operation{Verb: "before the up"})
	result, err := r.box.Up(ctx, program)
	r.climb = nil
	if result != nil {
		c.operations(result)
		c.Timeline = r.timeline(result)
	}
	c.Problems = append(c.Problems, Order(r.events)...)
	c.Problems = append(c.Problems, tainted(r.events, draining(s))...)
	c.availability()
	if err != nil {
		c.problem("the up failed: %v", err)
		r.collect(s, c)
		return fmt.Errorf("rehearse %s: %s: %w", s.Name, step.Title, err)
	}
	if err := r.settled(ctx, s, c, program); err != nil {
		return err
	}
	r.collect(s, c)
	return r.settle()
}

// settled asserts an empty second preview, and that nothing was left over.
func (r *run) settled(ctx context.Context, s *stage, c *Climb, program sandbox.Program) error {
	again, err := r.box.Preview(ctx, program)
	if err != nil {
		return fmt.Errorf("rehearse %s: %s: second preview: %w", s.Name, c.Title, err)
	}
	for _, op := range again.Changes() {
		c.problem("the second preview is not empty: %s of %s", op.Op, op.Name)
	}
	state, err := r.box.Export(ctx, program)
	if err != nil {
		return fmt.Errorf("rehearse %s: %s: %w", s.Name, c.Title, err)
	}
	return r.leftovers(c, s, state)
}

// collect puts the problems of a climb into the report.
func (r *run) collect(s *stage, c *Climb) {
	for _, p := range c.Problems {
		r.report.Problems = append(r.report.Problems, fmt.Sprintf("%s at release %s, %s: %s", s.Name, c.To, c.Title, p))
	}
}

// program is the stage with the step's edits made in a copy of its file.
func (r *run) program(s *stage, step Step) (sandbox.Program, error) {
	text, err := edited(s.text, step.Edits)
	if err != nil {
		return sandbox.Program{}, fmt.Errorf("rehearse %s: %w", s.Name, err)
	}
	cfg, found := config.LoadBytes(s.File, text, s.Name)
	if err := found.Err(); err != nil {
		return sandbox.Program{}, fmt.Errorf("rehearse %s at release %s: %w", s.Name, step.To, err)
	}
	path := filepath.Join(r.Dir, "Pulumi."+s.Name+".yaml")
	if err := os.WriteFile(path, text, 0o644); err != nil {
		return sandbox.Program{}, fmt.Errorf("rehearse %s: %w", s.Name, err)
	}
	s.text = text
	p := sandbox.Program{Project: r.Project, StackFile: path, Stack: s.Name, AccountID: cfg.Environment.AccountID,
		CallerARN: cfg.Environment.DeployerRoleARN, Delegated: cfg.Delegated(), Run: stacks.Program{Now: r.box.World().Now}.Deploy}
	if r.Mutate.Program != nil {
		p = r.Mutate.Program(p)
	}
	return p, nil
}

// event keeps the engine's events of the up under way.
func (r *run) event(e sandbox.Event) {
	if r.climb != nil {
		r.events = append(r.events, e)
	}
	if r.OnEvent != nil {
		r.OnEvent(e)
	}
}

// operation measures after every operation that can change something measured.
func (r *run) operation(op deps.Operation) {
	if op.Verb == deps.Read {
		return
	}
	if r.climb != nil {
		r.measure(op)
	}
	if r.Mutate.Operation != nil {
		r.Mutate.Operation(op)
	}
}
