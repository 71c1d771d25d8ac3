package sandbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
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
	"github.com/ladder-platform/ladder/sandbox/world"
)

func (y *yard) faults(texts ...string) *fault.Plan {
	y.t.Helper()
	var list []fault.Fault
	for _, text := range texts {
		f, err := fault.Parse(text)
		if err != nil {
			y.t.Fatal(err)
		}
		list = append(list, f)
	}
	plan, err := fault.New(seed, list...)
	if err != nil {
		y.t.Fatal(err)
	}
	return plan
}

// TestASecondObjectIsRemoved: after a lost answer somebody runs up at once, and
// the engine makes a second object. Recovery finds the first.
func TestASecondObjectIsRemoved(t *testing.T) {
	y := newYard(t, func(o *sandbox.Options) {})
	y.options.Faults = y.faults("create:" + toy.Token + "#a:lost")
	y.open()
	if _, err := y.box.Up(context.Background(), y.program(thing{name: "a"})); err == nil {
		t.Fatal("the fault did not happen")
	}
	y.up(thing{name: "a"})
	if diff := cmp.Diff([]string{"a", "a"}, y.toys()); diff != "" {
		t.Fatalf("the engine does not make a second object any more; this recovery can go (-want +got):\n%s", diff)
	}
	r, err := y.box.Recover(context.Background(), y.program(thing{name: "a"}))
	if err != nil || len(r.Replaced) != 1 || len(r.Adopted) != 0 {
		t.Fatalf("recovery %+v, %v", r, err)
	}
	y.up(thing{name: "a"})
	if diff := cmp.Diff([]string{"a"}, y.toys()); diff != "" {
		t.Errorf("things (-want +got):\n%s", diff)
	}
}

// TestAPendingEntryWithAnID: the engine was killed after the answer and before
// its record; another write in between has put the id into the pending entry.
func TestAPendingEntryWithAnID(t *testing.T) {
	y := newYard(t, nil)
	y.options.Faults = y.faults("create:" + toy.Token + "#b:crash-after")
	y.open()
	if _, err := y.box.Up(context.Background(), y.program(chain()...)); err == nil {
		t.Fatal("the fault did not happen")
	}
	var id string
	y.box.World().View(func(tx *world.Tx) {
		id = tx.Find(toy.Token, "", func(o *world.Object) bool { return o.Name == "b" })[0].ID
	})
	path, err := y.box.StatePath(y.program())
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var state map[string]any
	if err := json.Unmarshal(text, &state); err != nil {
		t.Fatal(err)
	}
	latest := state["checkpoint"].(map[string]any)["latest"].(map[string]any)
	operation := latest["pending_operations"].([]any)[0].(map[string]any)
	operation["resource"].(map[string]any)["id"] = id
	if text, err = json.Marshal(state); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := y.box.Recover(context.Background(), y.program(chain()...))
	if err != nil || len(r.Adopted) != 1 || r.Adopted[0].ID != id {
		t.Fatalf("recovery %+v, %v; want b adopted", r, err)
	}
	y.up(chain()...)
	if diff := cmp.Diff([]string{"a", "b", "c", "d"}, y.toys()); diff != "" {
		t.Errorf("things (-want +got):\n%s", diff)
	}
}

func TestAnObjectThatNobodyKnowsIsReported(t *testing.T) {
	y := newYard(t, nil)
	y.options.Faults = y.faults("create:" + toy.Token + "#d:lost")
	y.open()
	if _, err := y.box.Up(context.Background(), y.program(chain()...)); err == nil {
		t.Fatal("the fault did not happen")
	}
	r, err := y.box.Recover(context.Background(), y.program(chain()[:3]...)) // the program has no d any more
	if err != nil || len(r.Orphans) != 1 || !strings.HasSuffix(r.Orphans[0].URN, "::d") {
		t.Errorf("recovery %+v, %v; want d as an orphan", r, err)
	}
}

// TestWhatWasRetainedIsNoOrphan: an object that the program let go on purpose
// stays in the cloud, and no recovery reports it; not even one after the run
// that let it go was killed.
func TestWhatWasRetainedIsNoOrphan(t *testing.T) {
	kept := chain()
	kept[3].retain = true
	for name, f := range map[string]string{
		"after a run that ended":    "create:" + toy.Token + "#e:crash-before",
		"after a run that was lost": "update:" + toy.Token + "#c:crash-after",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			y := newYard(t, nil)
			y.up(kept...)
			next := append(chain()[:3], thing{name: "e"})
			if strings.HasPrefix(f, "create") {
				y.up(chain()[:3]...)
			} else {
				next[2].inputs = pulumi.Map{"seconds": pulumi.Int(6)}
			}
			y.options.Faults = y.faults(f)
			y.open()
			if _, err := y.box.Up(context.Background(), y.program(next...)); err == nil {
				t.Fatal("the fault did not happen")
			}
			r, err := y.box.Recover(context.Background(), y.program(next...))
			if err != nil || len(r.Orphans) != 0 {
				t.Errorf("recovery %+v, %v; want no orphan", r, err)
			}
			y.up(next...)
			if diff := cmp.Diff([]string{"a", "b", "c", "d", "e"}, y.toys()); diff != "" {
				t.Errorf("things (-want +got):\n%s", diff)
			}
			// Whoever takes the option back has an orphan again.
			if err := y.box.World().Tx(func(tx *world.Tx) error {
				for _, o := range tx.Find(toy.Token, "", func(o *world.Object) bool { return strings.HasSuffix(o.URN, "::d") }) {
					o.Retain = false
					tx.Put(o)
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if r, err = y.box.Recover(context.Background(), y.program(next...)); err != nil || len(r.Orphans) != 1 {
				t.Errorf("recovery %+v, %v; want d as an orphan: this test would see nothing", r, err)
			}
		})
	}
}

func TestSlowFaultsMoveTheTimeline(t *testing.T) {
	y := newYard(t, nil)
	y.options.Faults = y.faults("create:" + toy.Token + "#d:slow=10")
	y.open()
	if u := y.up(chain()...); u.Timeline.Makespan != 300*time.Second {
		t.Errorf("makespan %s, want 300 s: d, ten times slower", u.Timeline.Makespan)
	}
}

func TestAStackThatIsLockedSaysSo(t *testing.T) {
	y := newYard(t, nil)
	y.options.Faults = y.faults("create:" + toy.Token + "#b:crash-after")
	y.open()
	if _, err := y.box.Up(context.Background(), y.program(chain()...)); err == nil {
		t.Fatal("the fault did not happen")
	}
	_, err := y.box.Up(context.Background(), y.program(chain()...))
	if !errors.Is(err, sandbox.ErrStackLocked) || !strings.Contains(err.Error(), "ladder recover dev --sandbox") {
		t.Errorf("error %v, want ErrStackLocked and what to do", err)
	}
}

func TestASecondSandboxOnTheSameDirectoryIsRefused(t *testing.T) {
	y := newYard(t, nil)
	if _, err := sandbox.Open(context.Background(), y.options); !errors.Is(err, world.ErrLocked) {
		t.Errorf("error %v, want ErrLocked", err)
	}
}

// TestInterrupt cancels in the middle of b: b ends, c does not begin, nothing
// is left behind, and the next run goes on.
func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	released := make(chan struct{})
	y := newYard(t, func(o *sandbox.Options) {
		o.Providers = map[string]func(deps.Deps) plugin.Provider{"toy": toy.Hooked(func(_ context.Context, _, name string) {
			if name == "b" && ctx.Err() == nil {
				cancel()
				close(released)
				// The CLI needs a moment to see the signal while b runs.
				time.Sleep(2 * time.Second)
			}
		})}
	})
	_, err := y.box.Up(ctx, y.program(chain()...))
	<-released
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "run it again") {
		t.Errorf("error %v, want an interrupted run and what to do", err)
	}
	if diff := cmp.Diff([]string{"a", "b", "d"}, y.toys()); diff != "" {
		t.Errorf("things (-want +got):\n%s", diff)
	}
	r, err := y.box.Recover(context.Background(), y.program(chain()...))
	if diff := cmp.Diff(&sandbox.Recovery{}, r); diff != "" || err != nil {
		t.Errorf("there was something to recover (-want +got):\n%s%v", diff, err)
	}
	if diff := cmp.Diff([]string{"create c"}, ops(y.up(chain()...))); diff != "" {
		t.Errorf("the next up (-want +got):\n%s", diff)
	}
}

func TestADamagedWorldIsReportedAndKept(t *testing.T) {
	y := newYard(t, nil)
	y.up(chain()...)
	if err := y.box.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(y.dir, world.FileName)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	damaged := strings.Replace(string(text), "\n{", "\n?", 1)
	if err := os.WriteFile(path, []byte(damaged), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sandbox.Open(context.Background(), y.options); !errors.Is(err, world.ErrCorrupt) || !strings.Contains(err.Error(), path+":2") {
		t.Errorf("error %v, want ErrCorrupt at line 2", err)
	}
	if after, _ := os.ReadFile(path); string(after) != damaged {
		t.Error("the damaged file was changed")
	}
	if err := os.WriteFile(path, text, 0o600); err != nil { // restored from a copy
		t.Fatal(err)
	}
	y.box = nil
	y.open()
	if got := y.preview(chain()...); len(got.Changes()) != 0 {
		t.Errorf("after the repair: %v", ops(got))
	}
}

func TestADirectoryThatCannotBeWritten(t *testing.T) {
	y := newYard(t, nil)
	for name, path := range map[string]string{
		"a file in its place":     filepath.Join(y.project, "Pulumi.yaml"),
		"a file on the way there": filepath.Join(y.project, "Pulumi.yaml", "box"),
	} {
		o := y.options
		o.Dir = path
		if _, err := sandbox.Open(context.Background(), o); err == nil || !strings.Contains(err.Error(), "nothing was lost") {
			t.Errorf("%s: error %v, want one that says what to do", name, err)
		}
	}
}

// TestTheStateCannotBeWritten puts a file where the engine wants its backend's
// directory: the run fails clearly, the world keeps what it had.
func TestTheStateCannotBeWritten(t *testing.T) {
	y := newYard(t, nil)
	y.up(chain()[:1]...)
	stacks := filepath.Join(y.dir, "state", ".pulumi", "stacks")
	if err := os.Rename(stacks, stacks+".away"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(stacks, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := y.box.Up(context.Background(), y.program(chain()...))
	if err == nil || len(err.Error()) > 2000 {
		t.Errorf("error %v, want a short one", err)
	}
	if err := errors.Join(os.Remove(stacks), os.Rename(stacks+".away", stacks)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"create b", "create c", "create d"}, ops(y.up(chain()...))); diff != "" {
		t.Errorf("the next up (-want +got):\n%s", diff)
	}
}

func TestAMissingCLISaysHowToGetOne(t *testing.T) {
	o := sandbox.Options{Dir: t.TempDir(), Pulumi: filepath.Join(t.TempDir(), "pulumi"), Now: start}
	for range 2 { // the first attempt must not keep the lock
		if _, err := sandbox.Open(context.Background(), o); err == nil || !strings.Contains(err.Error(), "LADDER_PULUMI") {
			t.Errorf("error %v, want one that names LADDER_PULUMI", err)
		}
	}
}
