package sandbox

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/ladder-platform/ladder/sandbox/aws"
	"github.com/ladder-platform/ladder/sandbox/deps"
	"github.com/ladder-platform/ladder/sandbox/engine"
	"github.com/ladder-platform/ladder/sandbox/fault"
	"github.com/ladder-platform/ladder/sandbox/kube"
	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/serve"
	"github.com/ladder-platform/ladder/sandbox/world"
)

// What the engine's room calls its own, for callers of this package.
type (
	Program      = engine.Program
	Result       = engine.Result
	Operation    = engine.Operation
	PropertyDiff = engine.PropertyDiff
	Timeline     = engine.Timeline
	Event        = engine.Event
	Failure      = engine.Failure
)

// ErrStackLocked is what errors.Is finds when a killed run left its lock.
var ErrStackLocked = engine.ErrStackLocked

// Options say what kind of cloud it is.
type Options struct {
	// Dir holds the world, the state and the working copies.
	Dir string
	// Seed is where ids come from in a world that is new.
	Seed uint64
	// Pulumi is the CLI's path; "" means the one on PATH.
	Pulumi string
	// Now is the clock of a world that is new; zero means the time of day.
	Now time.Time
	// Rules are the laws in force; nil means all.
	Rules *rule.Set
	// Faults go wrong on purpose; nil means none.
	Faults *fault.Plan
	// SkipCheckpoints writes Pulumi's state only at the end of a run: faster,
	// and nothing is kept of a run that is killed.
	SkipCheckpoints bool
	// Parallel is how many operations run at a time; 0 is the engine's own.
	Parallel int
	OnEvent  func(Event)
	// OnOperation is told after every operation of a provider, while the
	// world is as that operation left it. It must not change the world.
	OnOperation func(deps.Operation)
	// OnSample is told what runs in a cluster at each instant within an operation
	// at which pods move, before OnOperation hears of that operation. The world is
	// locked then: it must not touch it.
	OnSample func(kube.Sample)
	// Providers adds packages to the simulated ones, or replaces them; for
	// tests that need a cloud of their own.
	Providers map[string]func(deps.Deps) plugin.Provider
}

// Sandbox is an open simulated cloud. One operation runs at a time.
type Sandbox struct {
	options Options
	world   *world.World
	engine  *engine.Engine

	lock sync.Mutex
}

// Open locks the directory, and loads its world or makes a new one.
func Open(ctx context.Context, o Options) (*Sandbox, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	w, err := world.Open(o.Dir, o.Seed, o.Now)
	if err != nil {
		return nil, err
	}
	e, err := engine.New(engine.Options{Dir: o.Dir, Pulumi: o.Pulumi, SkipCheckpoints: o.SkipCheckpoints, Parallel: o.Parallel})
	if err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return &Sandbox{options: o, world: w, engine: e}, nil
}

// Close writes the world and gives up the directory.
func (s *Sandbox) Close() error {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.world.Close()
}

// World is the state of the simulated cloud.
func (s *Sandbox) World() *world.World { return s.world }

// Preview says what Up would do.
func (s *Sandbox) Preview(ctx context.Context, p Program) (*Result, error) {
	result, _, err := s.preview(ctx, p)
	return result, err
}

func (s *Sandbox) preview(ctx context.Context, p Program) (result *Result, plan engine.Plan, err error) {
	result, err = s.run(p, func(run engine.Run) (*Result, error) {
		var err error
		result, plan, err = s.engine.Preview(ctx, p, run)
		return result, err
	}, true)
	return result, plan, err
}

// Up makes the cloud what the program says.
func (s *Sandbox) Up(ctx context.Context, p Program) (*Result, error) {
	return s.run(p, func(run engine.Run) (*Result, error) { return s.engine.Up(ctx, p, run) }, false)
}

// Refresh makes the state what the cloud says.
func (s *Sandbox) Refresh(ctx context.Context, p Program) (*Result, error) {
	return s.run(p, func(run engine.Run) (*Result, error) { return s.engine.Refresh(ctx, p, run) }, false)
}

// Destroy removes what the stack made.
func (s *Sandbox) Destroy(ctx context.Context, p Program) (*Result, error) {
	return s.run(p, func(run engine.Run) (*Result, error) { return s.engine.Destroy(ctx, p, run) }, false)
}

// Outputs are the stack's, secrets masked; none before its first up.
func (s *Sandbox) Outputs(_ context.Context, p Program) (map[string]any, error) {
	state, err := s.engine.State(p)
	if err != nil {
		return nil, err
	}
	return state.Outputs(), nil
}

// Export is the stack's state as JSON, as pulumi stack export has it. Secrets
// are ciphertext.
func (s *Sandbox) Export(_ context.Context, p Program) ([]byte, error) {
	return s.engine.Export(p)
}

// StatePath is the file of Pulumi's state of a stack; for the trials harness,
// which copies it while a run is under way.
func (s *Sandbox) StatePath(p Program) (string, error) { return s.engine.StatePath(p) }

// run serves the providers to one operation of the engine.
func (s *Sandbox) run(p Program, operate func(engine.Run) (*Result, error), preview bool) (*Result, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	times := &stopwatch{preview: preview, faults: s.options.Faults, listener: s.options.OnOperation, taken: map[string]time.Duration{}}
	server, err := s.serve(p, times)
	if err != nil {
		return nil, err
	}
	defer server.Close()
	if err := s.delegate(p, preview); err != nil {
		return nil, err
	}
	result, err := operate(engine.Run{Providers: server.DebugProviders(), Latency: times.latency, OnEvent: s.options.OnEvent})
	server.Idle()
	if result != nil {
		result.Faults = s.options.Faults.Reached()
		if !preview {
			err = errors.Join(err, s.world.Advance(result.Timeline.Makespan), s.noteRetained(p))
		}
	}
	return result, err
}

// delegate puts into the world what its outside does for the program's
// domains. A preview changes nothing.
func (s *Sandbox) delegate(p Program, preview bool) error {
	if preview || len(p.Delegated) == 0 {
		return nil
	}
	return s.world.Tx(func(tx *world.Tx) error {
		for _, domain := range p.Delegated {
			o := &world.Object{Kind: aws.DelegationKind, Scope: aws.DelegationScope, ID: domain, Owner: world.OwnerSeed}
			if _, there := tx.Get(o.Key()); !there {
				tx.Put(o)
			}
		}
		return nil
	})
}

// NameServers answers for DNS as it is outside of the world's accounts: which
// name servers a domain has there.
func (s *Sandbox) NameServers(_ context.Context, domain string) ([]string, error) {
	var out []string
	s.world.View(func(tx *world.Tx) { out = aws.NameServers(tx, domain) })
	return out, nil
}

func (s *Sandbox) serve(p Program, times *stopwatch) (*serve.Server, error) {
	d := deps.Deps{World: s.world, Rules: s.options.Rules, Record: times.record,
		AccountID: p.AccountID, CallerARN: p.CallerARN, Kube: interior(s.options)}
	factories := map[string]serve.Factory{}
	add := func(name string, make func(deps.Deps) plugin.Provider) {
		factories[name] = func() plugin.Provider { return fault.Wrap(make(d), s.options.Faults, s.engine.Kill) }
	}
	for name, make := range providers {
		add(name, make)
	}
	for name, make := range s.options.Providers {
		add(name, make)
	}
	server, err := serve.Start(factories)
	if err != nil {
		return nil, fmt.Errorf("sandbox: serve the providers: %w", err)
	}
	return server, nil
}

// stopwatch collects what the providers report, and answers how long each of
// the engine's operations took.
type stopwatch struct {
	preview  bool
	faults   *fault.Plan
	listener func(deps.Operation)

	lock  sync.Mutex
	taken map[string]time.Duration
}

func (w *stopwatch) record(op deps.Operation) {
	op = w.faults.Slowed(op)
	w.lock.Lock()
	w.taken[op.URN+" "+op.Verb] += op.Latency
	w.lock.Unlock()
	if w.listener != nil && !w.preview {
		w.listener(op)
	}
}

// verbs are the providers' words for the engine's.
var verbs = map[string]string{
	"create": deps.Create, "create-replacement": deps.Create, "import": deps.Read, "import-replacement": deps.Read,
	"update": deps.Update, "delete": deps.Delete, "delete-replaced": deps.Delete,
	"read": deps.Read, "read-replacement": deps.Read, "refresh": deps.Read,
}

func (w *stopwatch) latency(op Operation) time.Duration {
	verb := verbs[op.Op]
	if verb == "" || !op.Custom {
		return 0
	}
	w.lock.Lock()
	defer w.lock.Unlock()
	taken, reported := w.taken[op.URN+" "+verb]
	if !reported && w.preview {
		return estimate(op, verb)
	}
	return taken
}
