package sandbox_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/world"
)

func TestTheLifeOfAStack(t *testing.T) {
	var events []sandbox.Event
	y := newYard(t, func(o *sandbox.Options) { o.OnEvent = func(e sandbox.Event) { events = append(events, e) } })
	ctx := context.Background()

	want := []string{"create a", "create b", "create c", "create d"}
	p := y.preview(chain()...)
	if diff := cmp.Diff(want, ops(p)); diff != "" {
		t.Errorf("preview (-want +got):\n%s", diff)
	}
	if n := y.box.World().Len(); n != 0 || !y.box.World().Now().Equal(start) {
		t.Errorf("the preview left %d objects and the clock at %s", n, y.box.World().Now())
	}
	if p.Outputs["a"] != "[unknown]" || p.Outputs["token"] != "[secret]" {
		t.Errorf("outputs of the preview: %v", p.Outputs)
	}

	if p.Timeline.Makespan != 6*time.Second {
		t.Errorf("the preview takes %s, want 6 s: three unmeasured creates one after the other", p.Timeline.Makespan)
	}

	u := y.up(chain()...)
	if diff := cmp.Diff(want, ops(u)); diff != "" {
		t.Errorf("up (-want +got):\n%s", diff)
	}
	if u.Timeline.Makespan != 75*time.Second || y.box.World().Now().Sub(start) != 75*time.Second {
		t.Errorf("makespan %s, clock at +%s, want 75 s: a, b, c", u.Timeline.Makespan, y.box.World().Now().Sub(start))
	}
	var path []string
	for _, urn := range u.Timeline.Critical {
		path = append(path, urn[strings.LastIndex(urn, ":")+1:])
	}
	if diff := cmp.Diff([]string{"a", "b", "c"}, path); diff != "" {
		t.Errorf("critical path (-want +got):\n%s", diff)
	}
	if u.Outputs["token"] != "[secret]" || !strings.HasPrefix(u.Outputs["a"].(string), "toy-") {
		t.Errorf("outputs: %v", u.Outputs)
	}
	if u.Counts["create"] != 6 {
		t.Errorf("counts %v, want 6 creates: 4 things, a provider, the stack", u.Counts)
	}
	if len(events) == 0 || !events[len(events)-1].Done {
		t.Errorf("%d events, the last not done", len(events))
	}

	y.open() // everything outlives the process
	if got := y.preview(chain()...); len(got.Changes()) != 0 {
		t.Errorf("second preview: %v", ops(got))
	}
	outputs, err := y.box.Outputs(ctx, y.program())
	if err != nil || outputs["a"] != u.Outputs["a"] {
		t.Errorf("outputs %v, %v", outputs, err)
	}

	d, err := y.box.Destroy(ctx, y.program())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"delete a", "delete b", "delete c", "delete d"}, ops(d)); diff != "" {
		t.Errorf("destroy (-want +got):\n%s", diff)
	}
	if d.Timeline.Makespan != 75*time.Second {
		t.Errorf("destroy takes %s, want 75 s: c, b, a", d.Timeline.Makespan)
	}
	if n := y.box.World().Len(); n != 0 {
		t.Errorf("%d objects are left", n)
	}
}

func TestChanges(t *testing.T) {
	with := func(input string, v pulumi.Input) []thing {
		c := chain()
		c[1].inputs = pulumi.Map{"seconds": pulumi.Int(60), input: v}
		return c
	}
	tests := map[string]struct {
		before, after []thing
		want          []string
		keys          []string
		makespan      time.Duration
	}{
		"nothing":     {chain(), chain(), nil, nil, 0},
		"in place":    {chain(), with("size", pulumi.Int(1)), []string{"update b"}, nil, 60 * time.Second},
		"a removal":   {chain(), chain()[:3], []string{"delete d"}, nil, 30 * time.Second},
		"an addition": {chain()[:3], chain(), []string{"create d"}, nil, 30 * time.Second},
		"a replacement": {chain(), with("force", pulumi.Int(1)),
			[]string{"create-replacement b", "delete-replaced b", "replace b", "update c"}, []string{"force"}, (60 + 5 + 60) * time.Second},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			y := newYard(t, func(o *sandbox.Options) { o.SkipCheckpoints = true })
			y.up(test.before...)
			p := y.preview(test.after...)
			if diff := cmp.Diff(test.want, ops(p)); diff != "" {
				t.Errorf("preview (-want +got):\n%s", diff)
			}
			u := y.up(test.after...)
			if diff := cmp.Diff(test.want, ops(u)); diff != "" {
				t.Errorf("up (-want +got):\n%s", diff)
			}
			var keys []string
			for _, op := range p.Operations {
				if op.Op == "replace" {
					keys = op.Keys
				}
			}
			if diff := cmp.Diff(test.keys, keys); diff != "" {
				t.Errorf("what forces the replacement (-want +got):\n%s", diff)
			}
			if u.Timeline.Makespan != test.makespan {
				t.Errorf("makespan %s, want %s", u.Timeline.Makespan, test.makespan)
			}
		})
	}
}

func TestDriftIsFoundByRefresh(t *testing.T) {
	y := newYard(t, nil)
	y.up(chain()...)
	err := y.box.World().Tx(func(tx *world.Tx) error {
		for _, o := range tx.Find("", "toy", nil) {
			switch o.Name {
			case "c":
				tx.Delete(o.Key())
			case "d":
				o.Attrs["seconds"] = 31
				tx.Put(o)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := y.box.Refresh(context.Background(), y.program(chain()...))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"delete c", "update d"}, ops(r)); diff != "" {
		t.Errorf("refresh (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"create c", "update d"}, ops(y.up(chain()...))); diff != "" {
		t.Errorf("up (-want +got):\n%s", diff)
	}
}

func TestRefusalsSayWhatWasRefused(t *testing.T) {
	y := newYard(t, nil)
	things := append(chain(), thing{name: "e", inputs: pulumi.Map{"refuse": pulumi.String("e")}})
	r, err := y.box.Up(context.Background(), y.program(things...))
	if err == nil || err.Error() != `up of dev failed: toy:index:Thing "e": the toy refuses "e"` {
		t.Errorf("error %v", err)
	}
	if r == nil || len(r.Operations) == 0 {
		t.Error("a failed up has no result")
	}
}

func TestProtectedThingsStay(t *testing.T) {
	y := newYard(t, nil)
	things := []thing{{name: "a", protect: true}}
	y.up(things...)
	if _, err := y.box.Destroy(context.Background(), y.program(things...)); err == nil || !strings.Contains(err.Error(), "protect") {
		t.Errorf("destroy: %v, want a refusal", err)
	}
	things[0].inputs = pulumi.Map{"force": pulumi.Int(1)}
	r, err := y.box.Preview(context.Background(), y.program(things...))
	if err == nil || !strings.Contains(err.Error(), "protect") {
		t.Errorf("preview of a replacement: %v, want a refusal", err)
	}
	if diff := cmp.Diff([]string{"a"}, y.toys()); diff != "" {
		t.Errorf("things (-want +got):\n%s", diff)
	}
	if r == nil || !strings.Contains(strings.Join(ops(r), " "), "replace a") {
		t.Error("the refused preview does not say what it would have replaced")
	}
}

// TestNoSecretIsWrittenDown looks for a planted secret in everything that the
// sandbox writes but the world itself, which is the cloud.
func TestNoSecretIsWrittenDown(t *testing.T) {
	y := newYard(t, nil)
	y.preview(chain()...)
	y.up(chain()...)
	found := 0
	err := filepath.WalkDir(y.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if bytes.Contains(text, []byte("hunter2")) {
			if filepath.Base(path) == world.FileName {
				found++
			} else {
				t.Errorf("%s has the secret in plain text", path)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if found != 1 {
		t.Error("the secret is not in the world: this test looks for the wrong thing")
	}
	export, err := y.box.Export(context.Background(), y.program())
	if err != nil || bytes.Contains(export, []byte("hunter2")) || !bytes.Contains(export, []byte("toy:index:Thing")) {
		t.Errorf("export: %v, %d bytes", err, len(export))
	}
}

func TestTheUsersFilesDoNotChange(t *testing.T) {
	y := newYard(t, nil)
	read := func() (all string) {
		for _, name := range []string{"Pulumi.yaml", "Pulumi.dev.yaml"} {
			text, err := os.ReadFile(filepath.Join(y.project, name))
			if err != nil {
				t.Fatal(err)
			}
			all += string(text)
		}
		return all
	}
	before := read()
	y.up(chain()...)
	if diff := cmp.Diff(before, read()); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
	entries, err := os.ReadDir(y.project)
	if err != nil || len(entries) != 2 {
		t.Errorf("%d files in the project, want 2; %v", len(entries), err)
	}
}

// TestTheCLIWritesNoLog: it holds every property of every call, and takes a
// third of the CLI's time. Logs of an older sandbox go.
func TestTheCLIWritesNoLog(t *testing.T) {
	y := newYard(t, nil)
	logs := filepath.Join(y.dir, "home", "logs")
	if err := os.Remove(logs); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(logs, "old.log"), 0o700); err != nil {
		t.Fatal(err)
	}
	y.open()
	y.up(chain()...)
	if info, err := os.Stat(logs); err != nil || info.IsDir() {
		t.Errorf("%s: %v, want a file in the place of the directory", logs, err)
	}
}

// TestARunLeavesNothingBehind: a program with transforms has a server of the
// SDK's, which keeps all of the program alive.
func TestARunLeavesNothingBehind(t *testing.T) {
	y := newYard(t, nil)
	p := y.program(chain()...)
	program := p.Run
	var transformed atomic.Int32
	p.Run = func(ctx *pulumi.Context) error {
		if err := ctx.RegisterResourceTransform(func(context.Context, *pulumi.ResourceTransformArgs) *pulumi.ResourceTransformResult {
			transformed.Add(1)
			return nil
		}); err != nil {
			return err
		}
		return program(ctx)
	}
	// Servers end by themselves: what is left is what stays when one waits.
	run := func(enough int) int {
		if _, err := y.box.Up(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		left := runtime.NumGoroutine()
		for wait := 0; wait < 200 && left > enough; wait++ {
			time.Sleep(50 * time.Millisecond)
			left = min(left, runtime.NumGoroutine())
		}
		return left
	}
	before := runtime.NumGoroutine()
	first := run(before)
	if last := max(run(first), run(first)); last > first {
		t.Errorf("%d goroutines after the first run, %d after more", first, last)
	}
	if transformed.Load() == 0 {
		t.Error("no transform was called: this test would prove nothing")
	}
}
