package rehearse

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/deps"
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
	// Observe is told every virtual night of each stage that is up, and before
	// the next one climbs, so that a gate that asks for observations has them;
	// nil when nobody observes.
	Observe func(ctx context.Context, box *sandbox.Sandbox, stage Stage, cfg config.Stack) error
	// Say tells of progress; OnEvent of the engine's operations. Both may be nil.
	Say     func(format string, args ...any)
	OnEvent func(sandbox.Event)
}

// run is a rehearsal under way.
type run struct {
	Options
	box    *sandbox.Sandbox
	report *Report
	stages []*stage
	// climb is the one under way, for the measurements; events are its engine's.
	climb  *Climb
	now    *stage
	events []sandbox.Event
}

// stage is a stage with its configuration.
type stage struct {
	Stage
	cfg  config.Stack
	soak time.Duration
	text []byte
}

// Run rehearses. The report holds what went wrong; an error means that the
// rehearsal could not go on, and the report ends there.
func Run(ctx context.Context, o Options) (report *Report, err error) {
	begun := time.Now()
	r := &run{Options: o, report: &Report{Path: o.Path, Notes: notes, Climbs: []*Climb{}, Problems: []string{}}}
	if r.Say == nil {
		r.Say = func(string, ...any) {}
	}
	if err := r.read(); err != nil {
		return nil, err
	}
	r.box, err = sandbox.Open(ctx, sandbox.Options{Dir: filepath.Join(o.Dir, "cloud"), Seed: o.Seed, Pulumi: o.Pulumi, Now: o.Now,
		SkipCheckpoints: true, OnEvent: r.event, OnOperation: r.operation})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.box.Close()) }()
	start := r.box.World().Now()
	for i, release := range o.Path {
		for j, s := range r.stages {
			if i > 0 && j > 0 {
				if err := r.soak(ctx, s); err != nil {
					return r.report, err
				}
			}
			from := ""
			if i > 0 {
				from = o.Path[i-1]
			}
			if err := r.up(ctx, s, from, release); err != nil {
				return r.report, err
			}
		}
	}
	r.report.Virtual, r.report.Wall = r.box.World().Now().Sub(start), time.Since(begun)
	return r.report, nil
}

// read reads every stack file and refuses what a rehearsal cannot move.
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
		if held := heldBack(cfg); held != "" {
			return fmt.Errorf("rehearse %s: %s names a release of its own, and a rehearsal moves whole stacks; leave it out in a copy of the file", s.Name, held)
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
	return nil
}

// heldBack is the path of a release that does not follow the stack's.
func heldBack(cfg config.Stack) string {
	for _, key := range sortedKeys(cfg.Clusters) {
		if cfg.Clusters[key].Release != "" {
			return "clusters." + key + ".release"
		}
		for _, group := range sortedKeys(cfg.Clusters[key].NodeGroups) {
			slots := cfg.Clusters[key].NodeGroups[group].Slots
			for _, slot := range sortedKeys(slots) {
				if slots[slot].Release != "" {
					return "clusters." + key + ".nodeGroups." + group + ".slots." + slot + ".release"
				}
			}
		}
	}
	return ""
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

// up brings a stage to a release and looks at everything.
func (r *run) up(ctx context.Context, s *stage, from, to string) error {
	program, err := r.program(s, to)
	if err != nil {
		return err
	}
	if from == "" {
		r.Say("%s comes up at release %s", s.Name, to)
	} else {
		r.Say("%s climbs from release %s to %s", s.Name, from, to)
	}
	c := newClimb(s.Name, from, to, r.box.World().Now())
	r.report.Climbs = append(r.report.Climbs, c)
	r.climb, r.now, r.events = c, s, nil
	r.measure("before")
	result, err := r.box.Up(ctx, program)
	r.climb = nil
	if result != nil {
		c.operations(result)
	}
	if err != nil {
		return fmt.Errorf("rehearse %s at release %s: %w", s.Name, to, err)
	}
	c.Problems = append(c.Problems, misordered(r.events)...)
	again, err := r.box.Preview(ctx, program)
	if err != nil {
		return fmt.Errorf("rehearse %s at release %s: second preview: %w", s.Name, to, err)
	}
	for _, op := range again.Changes() {
		c.problem("the second preview is not empty: %s of %s", op.Op, op.Name)
	}
	state, err := r.box.Export(ctx, program)
	if err != nil {
		return fmt.Errorf("rehearse %s at release %s: %w", s.Name, to, err)
	}
	if err := r.leftovers(c, s, to, state); err != nil {
		return err
	}
	for _, p := range c.Problems {
		r.report.Problems = append(r.report.Problems, fmt.Sprintf("%s at release %s: %s", s.Name, to, p))
	}
	return r.settle(s)
}

// program is the stage with another release in a copy of its file.
func (r *run) program(s *stage, to string) (sandbox.Program, error) {
	text, err := withRelease(s.text, to)
	if err != nil {
		return sandbox.Program{}, fmt.Errorf("rehearse %s: %w", s.Name, err)
	}
	cfg, found := config.LoadBytes(s.File, text, s.Name)
	if err := found.Err(); err != nil {
		return sandbox.Program{}, fmt.Errorf("rehearse %s at release %s: %w", s.Name, to, err)
	}
	path := filepath.Join(r.Dir, "Pulumi."+s.Name+".yaml")
	if err := os.WriteFile(path, text, 0o644); err != nil {
		return sandbox.Program{}, fmt.Errorf("rehearse %s: %w", s.Name, err)
	}
	return sandbox.Program{Project: r.Project, StackFile: path, Stack: s.Name, AccountID: cfg.Environment.AccountID,
		CallerARN: cfg.Environment.DeployerRoleARN, Delegated: cfg.Delegated(), Run: stacks.Program{Now: r.box.World().Now}.Deploy}, nil
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
	if r.climb != nil {
		r.measure(op.Kind)
	}
}

// minorOf a release of the catalogue.
func minorOf(name string) (int, error) {
	r, err := release.Find(name)
	return r.Minor(), err
}
