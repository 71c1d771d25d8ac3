package trials_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/trials"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/tests/rig"
)

// sampled is how many trials all scenarios together have, unless
// LADDER_SWEEP=i/n asks for everything: what two cores do in about 8 minutes.
const sampled = 200

// stackScenarios are the runs of the shipped stacks that are disturbed.
func stackScenarios(t *testing.T) []trials.Scenario {
	t.Helper()
	r := rig.New(t, rig.Options{})
	options := sandbox.Options{Seed: rig.Seed, Pulumi: os.Getenv("LADDER_PULUMI"), Now: rig.Now}
	open := r.Edited("dev", "protect: true", "protect: false")
	return []trials.Scenario{
		{Name: "dev up", Options: options, Program: r.Program("dev")},
		{Name: "dev climb", Options: options, Program: r.Program("dev"), Prepare: []sandbox.Program{
			// One release back, with an endpoint more and a file system less,
			// so that the climb creates, updates and deletes.
			r.Edited("dev", `ladder:release: "2026.11"`, `ladder:release: "2026.08"`, "endpoints: [s3,", "endpoints: [s3, dynamodb,",
				"      storage:\n        efs:\n          fileSystems:\n            shared: { throughput: elastic }\n", ""),
		}},
		{Name: "dev destroy", Options: options, Program: open, Prepare: []sandbox.Program{open}, Verb: trials.Destroy},
		{Name: "stg up", Options: options, Program: r.Program("stg"), Seed: upstream(r.WroteBefore(r.Program("stg")))},
		{Name: "prd up", Options: options, Program: r.Program("prd"), Seed: upstream(r.WroteBefore(r.Program("prd")))},
	}
}

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
// converge: every operation with LADDER_SWEEP=i/n (make sweep), whose results
// stand in LADDER_SWEEP_RESULTS and are not run again; else a sample that covers
// every fault, service and verb.
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
	var all []trials.Outcome
	for _, s := range scenarios {
		r, err := trials.Record(t.Context(), s, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		list := shard.Take(r.All())
		if sweep == "" {
			list = r.Sample(max(r.Strata(), sampled/len(scenarios)), rig.Seed)
			if n := sampled / len(scenarios); len(list) > n {
				t.Logf("%s: %d strata, %d trials", s.Name, r.Strata(), len(list))
			}
		}
		t.Logf("%s: %d operations recorded in %s, %d of %d trials", s.Name, len(r.Steps), r.Took.Round(1e8), len(list), len(r.All()))
		outcomes, err := trials.Sweep{Dir: t.TempDir(), Results: results, Progress: func(done, all int, o trials.Outcome) {
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
