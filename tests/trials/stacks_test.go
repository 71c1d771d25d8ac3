package trials_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/ladder-platform/ladder/cmd/ladder/rehearse"
	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/trials"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/tests/rig"
)

// sampled is how many trials all scenarios together have, unless
// LADDER_SWEEP=i/n asks for everything: what two cores do in about 8 minutes.
const sampled = 200

// scenario is a run that is disturbed, and its share of the sample: more where
// it has strata that no scenario before it had.
type scenario struct {
	trials.Scenario
	share int
}

// stackScenarios are the runs of the shipped stacks that are disturbed. stg and
// prd come up as dev does, so a smaller share of them is enough.
func stackScenarios(t *testing.T) []scenario {
	t.Helper()
	r := rig.New(t, rig.Options{})
	options := sandbox.Options{Seed: rig.Seed, Pulumi: os.Getenv("LADDER_PULUMI"), Now: rig.Now}
	open := r.Edited("dev", "protect: true", "protect: false")
	return append([]scenario{
		{trials.Scenario{Name: "dev up", Options: options, Program: r.Program("dev")}, 40},
		{trials.Scenario{Name: "dev climb", Options: options, Program: r.Program("dev"), Prepare: []sandbox.Program{
			// One release back, with an endpoint more and a file system less,
			// so that the climb creates, updates and deletes.
			r.Edited("dev", `ladder:release: "2026.11"`, `ladder:release: "2026.08"`, "endpoints: [s3,", "endpoints: [s3, dynamodb,",
				"      storage:\n        efs:\n          fileSystems:\n            shared: { throughput: elastic }\n", ""),
		}, Settle: settle, Watch: rehearse.WatchBudgets}, 20},
		{trials.Scenario{Name: "dev destroy", Options: options, Program: open, Prepare: []sandbox.Program{open}, Verb: trials.Destroy}, 36},
		{trials.Scenario{Name: "stg up", Options: options, Program: r.Program("stg"), Seed: upstream(r.WroteBefore(r.Program("stg")))}, 8},
		{trials.Scenario{Name: "prd up", Options: options, Program: r.Program("prd"), Seed: upstream(r.WroteBefore(r.Program("prd")))}, 8},
	}, blueGreenScenarios(r, options)...)
}

// blueGreenScenarios are a whole climb of dev from Kubernetes 1.35 to 1.36 with
// two slots in every group: the new slots, the drain, the removal. Workloads run
// meanwhile, and no trial may take them below their budgets.
func blueGreenScenarios(r *rig.Rig, options sandbox.Options) []scenario {
	at := func(release, slots string) sandbox.Program {
		return r.Edited("dev", `ladder:release: "2026.11"`, `ladder:release: "`+release+`"`,
			"          labels: { role: system }\n", "          labels: { role: system }\n          upgrade: blueGreen\n          slots: "+slots+"\n",
			"          labels: { role: general }\n", "          labels: { role: general }\n          upgrade: blueGreen\n          slots: "+slots+"\n")
	}
	before := at("2026.08", "{ blue: {} }")
	begun := at("2026.11", `{ blue: { release: "2026.08" }, green: { desired: 3 } }`)
	drained := at("2026.11", `{ blue: { release: "2026.08", state: draining }, green: { desired: 3 } }`)
	removed := at("2026.11", "{ green: { desired: 3 } }")
	one := func(name string, program sandbox.Program, share int, prepare ...sandbox.Program) scenario {
		return scenario{trials.Scenario{Name: "dev blue/green, " + name, Options: options, Program: program, Prepare: prepare, Settle: settle, Watch: rehearse.WatchBudgets}, share}
	}
	return []scenario{
		one("new slots", begun, 12, before),
		one("drain", drained, 8, before, begun),
		one("removal", removed, 8, before, begun, drained),
	}
}

// linkedScenarios are what only a sweep disturbs: two clusters in two networks
// with their meshes joined, which take as many operations as two stacks.
func linkedScenarios(t *testing.T) []scenario {
	t.Helper()
	r := rig.New(t, rig.Options{})
	options := sandbox.Options{Seed: rig.Seed, Pulumi: os.Getenv("LADDER_PULUMI"), Now: rig.Now}
	return []scenario{{Scenario: trials.Scenario{Name: "linked meshes up", Options: options, Program: r.Program("mesh-two-networks")}}}
}

// settle puts the workloads of a rehearsal into the clusters.
func settle(w *world.World) error { return rehearse.Settle(w, nil) }

// upstream puts what the stage before has written down into an empty world.
func upstream(written []*world.Object) func(*world.World) error {
	return func(w *world.World) error {
		return w.Tx(func(tx *world.Tx) error {
			for _, o := range written {
				tx.Put(o)
			}
			return nil
		})
	}
}

// TestStacks breaks operations of the shipped stacks and expects each to
// converge: every operation with LADDER_SWEEP=i/n (make sweep), of the scenarios
// whose names match LADDER_SWEEP_SCENARIO and the resources whose URNs match
// LADDER_SWEEP_RESOURCE, whose results stand in LADDER_SWEEP_RESULTS and are not
// run again; else a sample that covers every fault, service and verb.
func TestStacks(t *testing.T) {
	sweep := os.Getenv("LADDER_SWEEP")
	shard, err := trials.ParseShard(sweep)
	if err != nil {
		t.Fatal(err)
	}
	results := os.Getenv("LADDER_SWEEP_RESULTS")
	if sweep != "" && results == "" {
		results = filepath.Join(rig.Root(), ".ladder", "sweep-"+strings.ReplaceAll(sweep, "/", "-of-")+".jsonl")
	}
	scenarios := stackScenarios(t)
	if sweep != "" {
		wanted := pattern(t, "LADDER_SWEEP_SCENARIO")
		scenarios = slices.DeleteFunc(append(scenarios, linkedScenarios(t)...), func(s scenario) bool { return !wanted.MatchString(s.Name) })
		if len(scenarios) == 0 {
			t.Fatalf("LADDER_SWEEP_SCENARIO: no scenario matches %q", wanted)
		}
	}
	resources := pattern(t, "LADDER_SWEEP_RESOURCE")
	var all []trials.Outcome
	there, tried := map[string]bool{}, map[string]bool{}
	for _, s := range scenarios {
		r, err := trials.Record(t.Context(), s.Scenario, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		list := slices.DeleteFunc(shard.Take(r.All()), func(trial trials.Trial) bool { return !resources.MatchString(r.Steps[trial.Step].Operation.URN) })
		if sweep == "" {
			list = r.Sample(max(s.share, untried(r, tried)), rig.Seed, tried)
		}
		maps.Copy(there, r.Covered(r.All()))
		maps.Copy(tried, r.Covered(list))
		t.Logf("%s: %d operations recorded in %s, %d of %d trials", s.Name, len(r.Steps), r.Took.Round(1e8), len(list), len(r.All()))
		// One more than there are processors: a run waits for its engine now and then.
		outcomes, err := trials.Sweep{Dir: t.TempDir(), Workers: runtime.NumCPU() + 1, Results: results, Progress: func(done, all int, o trials.Outcome) {
			if done%50 == 0 {
				t.Logf("%s: %d of %d", s.Name, done, all)
			}
		}}.Run(t.Context(), r, list)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, outcomes...)
		if sweep == "" && s.Name == "dev up" {
			all = append(all, realFaults(t, r)...)
		}
	}
	if n := len(all); sweep == "" && n > sampled+len(trials.Kinds) {
		t.Errorf("%d trials, want at most %d and one real fault of each kind", n, sampled)
	}
	for stratum := range there {
		if sweep == "" && !tried[stratum] {
			t.Errorf("the sample has no trial of %s", stratum)
		}
	}
	var table strings.Builder
	if err := trials.Table(&table, all); err != nil {
		t.Fatal(err)
	}
	t.Logf("\n%s", table.String())
	slices.SortFunc(all, func(a, b trials.Outcome) int { return strings.Compare(a.Scenario, b.Scenario) })
	for _, o := range all {
		if !o.OK() {
			t.Errorf("%s\nrepeat with seed %d", o, rig.Seed)
		}
	}
}

// pattern is a regular expression of the environment; none matches everything.
func pattern(t *testing.T, variable string) *regexp.Regexp {
	t.Helper()
	p, err := regexp.Compile(os.Getenv(variable))
	if err != nil {
		t.Fatalf("%s: %v", variable, err)
	}
	return p
}

// untried is how many strata of a recording no trial was of: what a sample must
// hold at least.
func untried(r *trials.Recording, tried map[string]bool) int {
	n := 0
	for stratum := range r.Covered(r.All()) {
		if !tried[stratum] {
			n++
		}
	}
	return n
}

// realFaults runs the engine into each kind of fault in the middle of a run, so
// that the traces the other trials put in place are known to be the real ones.
func realFaults(t *testing.T, r *trials.Recording) []trials.Outcome {
	t.Helper()
	var list []trials.Trial
	for i, kind := range trials.Kinds {
		list = append(list, trials.Trial{Step: len(r.Steps)/2 + i, Kind: kind})
	}
	outcomes, err := trials.Sweep{Dir: t.TempDir(), Real: true}.Run(t.Context(), r, list)
	if err != nil {
		t.Fatal(err)
	}
	for i := range outcomes {
		outcomes[i].Scenario += ", real faults"
	}
	return outcomes
}
