package trials_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/deps"
	"github.com/ladder-platform/ladder/sandbox/fault"
	"github.com/ladder-platform/ladder/sandbox/toy"
	"github.com/ladder-platform/ladder/sandbox/trials"
	"github.com/ladder-platform/ladder/sandbox/world"
)

var start = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

// scenario is a change of three toys: one is replaced, one updated because of
// it, one removed, one added.
func scenario(t *testing.T, verb string) trials.Scenario {
	t.Helper()
	cli := os.Getenv("LADDER_PULUMI")
	if cli == "" {
		cli = "pulumi"
	}
	cli, err := exec.LookPath(cli)
	if err != nil {
		t.Fatalf("no Pulumi CLI: run the tests by make test, or set LADDER_PULUMI: %v", err)
	}
	project := t.TempDir()
	stackFile := filepath.Join(project, "Pulumi.dev.yaml")
	for path, text := range map[string]string{filepath.Join(project, "Pulumi.yaml"): "name: yard\nruntime: go\n", stackFile: "config: {}\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	program := func(force int, names ...string) sandbox.Program {
		return sandbox.Program{Project: project, StackFile: stackFile, Stack: "dev", AccountID: "111111111111", Run: func(ctx *pulumi.Context) error {
			var last pulumi.Input = pulumi.String("")
			for _, name := range names {
				in := pulumi.Map{"after": last}
				if name == "a" {
					in["force"] = pulumi.Int(force)
				}
				th, err := toy.NewThing(ctx, name, in)
				if err != nil {
					return err
				}
				last = th.Made
			}
			return nil
		}}
	}
	return trials.Scenario{
		Name: "toys " + verb, Verb: verb,
		Options: sandbox.Options{Seed: 7, Pulumi: cli, Now: start, Providers: map[string]func(deps.Deps) plugin.Provider{"toy": toy.New}},
		Prepare: []sandbox.Program{program(1, "a", "b", "old")},
		Program: program(2, "a", "b", "new"),
	}
}

func record(t *testing.T, s trials.Scenario) *trials.Recording {
	t.Helper()
	r, err := trials.Record(context.Background(), s, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestEveryFaultOfAChangeConverges(t *testing.T) {
	r := record(t, scenario(t, trials.Up))
	var verbs []string
	for _, s := range r.Steps {
		verbs = append(verbs, s.Operation.Verb)
	}
	// a is made anew, b follows, new is made; then a's old one and old go.
	if diff := cmp.Diff([]string{"create", "update", "create", "delete", "delete"}, verbs); diff != "" {
		t.Fatalf("operations (-want +got):\n%s", diff)
	}
	results := filepath.Join(t.TempDir(), "results")
	sweep := trials.Sweep{Dir: t.TempDir(), Results: results}
	outcomes, err := sweep.Run(context.Background(), r, r.All())
	if err != nil {
		t.Fatal(err)
	}
	adopted := 0
	for _, o := range outcomes {
		adopted += o.Adopted
		if !o.OK() {
			t.Errorf("%s", o)
		}
	}
	if adopted == 0 {
		t.Error("no trial had anything to adopt: the faults were not there")
	}
	var table bytes.Buffer
	if err := trials.Table(&table, outcomes); err != nil {
		t.Fatal(err)
	}
	t.Logf("\n%s", &table)
	if !strings.Contains(table.String(), "all") || len(strings.Split(table.String(), "\n")) != 2+len(trials.Kinds)+1 {
		t.Errorf("the table has not one line for each kind:\n%s", &table)
	}

	// Resumed, nothing is run again: the directory is one that cannot be made.
	sweep.Dir = results
	again, err := sweep.Run(context.Background(), r, r.All())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(outcomes, again); diff != "" {
		t.Errorf("resumed (-want +got):\n%s", diff)
	}
}

func TestRealFaultsConvergeToo(t *testing.T) {
	r := record(t, scenario(t, trials.Up))
	sweep := trials.Sweep{Dir: t.TempDir(), Real: true}
	outcomes, err := sweep.Run(context.Background(), r, []trials.Trial{{Step: 0, Kind: fault.Lost}, {Step: 0, Kind: fault.CrashAfter}, {Step: 1, Kind: fault.Refuse}, {Step: 4, Kind: fault.CrashBefore}})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range outcomes {
		if !o.OK() {
			t.Errorf("%s", o)
		}
	}
}

func TestADestroyConverges(t *testing.T) {
	s := scenario(t, trials.Destroy)
	s.Program = s.Prepare[0]
	r := record(t, s)
	if r.Final.Len() != 0 || len(r.Steps) != 3 {
		t.Fatalf("%d steps, %d objects left", len(r.Steps), r.Final.Len())
	}
	outcomes, err := trials.Sweep{Dir: t.TempDir()}.Run(context.Background(), r, r.Sample(4, 1, nil))
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range outcomes {
		if !o.OK() {
			t.Errorf("%s", o)
		}
	}
}

// TestATrialThatDoesNotConvergeIsReported expects another world than the
// program makes, and asks for the difference.
func TestATrialThatDoesNotConvergeIsReported(t *testing.T) {
	r := record(t, scenario(t, trials.Up))
	put(t, r.Final, &world.Object{Kind: toy.Token, Scope: toy.Scope, ID: "toy-12345678", Name: "lost", Owner: world.OwnerPulumi})
	outcomes, err := trials.Sweep{Dir: t.TempDir()}.Run(context.Background(), r, []trials.Trial{{Step: 0, Kind: fault.Refuse}})
	if err != nil {
		t.Fatal(err)
	}
	if outcomes[0].OK() || len(outcomes[0].Diff) != 1 || !strings.HasPrefix(outcomes[0].Diff[0], "- ") || !strings.Contains(outcomes[0].String(), `name "lost"`) {
		t.Errorf("%s", outcomes[0])
	}
}

func TestAScenarioThatChangesNothingIsRefused(t *testing.T) {
	s := scenario(t, trials.Up)
	s.Program = s.Prepare[0]
	if _, err := trials.Record(context.Background(), s, t.TempDir()); err == nil || !strings.Contains(err.Error(), "nothing to disturb") {
		t.Errorf("error %v", err)
	}
}

func put(t *testing.T, w *world.World, objects ...*world.Object) {
	t.Helper()
	if err := w.Tx(func(tx *world.Tx) error {
		for _, o := range objects {
			tx.Put(o)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
