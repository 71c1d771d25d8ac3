package upgrade

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/stacks/config"
)

// ran is the record after an up of a file whose drains have ended.
func ran(cfg config.Stack) *Recorded {
	r := &Recorded{Release: cfg.Release, Slots: map[string]RecordedSlot{}}
	for key, c := range cfg.Clusters {
		for _, s := range c.Slots(cfg.Networks[c.Network].Zones, cfg.ClusterRelease(key)) {
			r.Slots[key+"/"+s.Group+"/"+s.Slot] = RecordedSlot{State: s.State, Drained: s.State == "draining"}
		}
	}
	return r
}

// read decodes a stack file, which must be good.
func read(t *testing.T, text []byte) config.Stack {
	t.Helper()
	cfg, found := config.LoadBytes("x.yaml", text, "x")
	if err := found.Err(); err != nil {
		t.Fatalf("%v in:\n%s", err, text)
	}
	return cfg
}

// TestAClimbIsWrittenStepByStep goes the whole way and compares the file after
// each step, byte by byte.
func TestAClimbIsWrittenStepByStep(t *testing.T) {
	const dir = "testdata/write/"
	text, err := os.ReadFile(dir + "0-release-2026.08.yaml")
	if err != nil {
		t.Fatal(err)
	}
	live := map[string]int{"main/general/blue": 5, "main/batch/main": 1}
	for i, step := range []string{"1-new-slots", "2-draining", "3-removed"} {
		cfg := read(t, text)
		run, found := Next(Input{Name: "x", Stack: cfg, From: find(t, "2026.08"), To: find(t, "2026.11"), Live: live, Now: input(t).Now}, ran(cfg), i == 0)
		if err := found.Err(); err != nil {
			t.Fatalf("%s: %v", step, err)
		}
		if text, err = run.Write(text); err != nil {
			t.Fatalf("%s: %v", step, err)
		}
		read(t, text)
		golden := dir + step + ".yaml"
		if os.Getenv("LADDER_GOLDEN") != "" {
			if err := os.WriteFile(golden, text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(text)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", golden, diff)
		}
	}
	cfg := read(t, text)
	if _, found := Next(Input{Stack: cfg, To: find(t, "2026.11")}, ran(cfg), false); len(found) != 1 || !strings.Contains(found[0].Message, "no node group of the file is between two slots") {
		t.Errorf("after the last step: %v", found)
	}
}

func TestAStepThatTheStateDoesNotAllow(t *testing.T) {
	text := func(step string) []byte {
		b, err := os.ReadFile("testdata/write/" + step + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for name, c := range map[string]struct {
		step   string
		record func(*Recorded) *Recorded
		begin  bool
		want   []string
	}{
		"nothing is under way": {"0-release-2026.08", nil, false, []string{`no node group of the file is between two slots; begin the climb with --to "2026.11"`}},
		"the stack does not run what its file says": {"0-release-2026.08", func(r *Recorded) *Recorded { r.Release = "2026.05"; return r }, true,
			[]string{`the file is on release "2026.08" and the stack runs "2026.05"; run up, or set the release back`}},
		"the new slots were never brought up": {"1-new-slots", func(r *Recorded) *Recorded {
			delete(r.Slots, "main/general/green")
			delete(r.Slots, "main/batch/next")
			return r
		}, false, []string{
			"clusters.main.nodeGroups.batch.slots.main: no live slot that the stack's record knows is there to take its pods; run up",
			"clusters.main.nodeGroups.general.slots.blue: no live slot that the stack's record knows is there to take its pods; run up",
		}},
		"one slot is not drained": {"2-draining", func(r *Recorded) *Recorded {
			r.Slots["main/general/blue"] = RecordedSlot{State: "draining"}
			return r
		}, false, []string{"clusters.main.nodeGroups.general.slots.blue: the stack's record does not say that the slot is drained; run up until its drain Job has ended"}},
		"nobody read the record": {"2-draining", func(*Recorded) *Recorded { return nil }, false, []string{"batch.slots.main: whether the stack is that far was not read", "general.slots.blue: whether"}},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := read(t, text(c.step))
			record := ran(cfg)
			if c.record != nil {
				record = c.record(record)
			}
			run, found := Next(Input{Name: "x", Stack: cfg, From: find(t, "2026.08"), To: find(t, "2026.11"), Now: input(t).Now}, record, c.begin)
			if len(run.Edits) > 0 || len(found) != len(c.want) {
				t.Fatalf("%d edits, findings %v; want %d findings", len(run.Edits), found, len(c.want))
			}
			for i, want := range c.want {
				if !strings.Contains(found[i].String(), want) {
					t.Errorf("finding %q, want %q in it", found[i], want)
				}
			}
		})
	}
}
