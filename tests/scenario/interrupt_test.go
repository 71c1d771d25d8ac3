package scenario

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/fault"
	"github.com/ladder-platform/ladder/sandbox/trials"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/tests/rig"
)

// undisturbed is the world after an up of dev that nothing went wrong in.
func undisturbed(t *testing.T) *world.World {
	t.Helper()
	r := rig.New(t, rig.Options{ClustersOnly: true})
	r.MustUp(r.Program("dev"))
	return r.World().Fork()
}

// mustConverge runs an up that must end in the same world as an undisturbed
// one, with nothing left to do.
func mustConverge(t *testing.T, r *rig.Rig, want *world.World) {
	t.Helper()
	p := r.Program("dev")
	r.MustUp(p)
	mustBeEmpty(t, "the preview after it", r.MustPreview(p))
	for _, line := range trials.Compare(want, r.World(), stable) {
		t.Errorf("the world is not that of an undisturbed up: %s", line)
	}
}

// onClusterCreate calls f when the engine begins to make the control plane.
func onClusterCreate(f func()) func(sandbox.Event) {
	return func(e sandbox.Event) {
		if e.Type == "aws:eks/cluster:Cluster" && e.Op == "create" && !e.Done {
			f()
		}
	}
}

// TestCtrlCInTheMiddleOfAnUp cancels an up when the control plane's create
// begins: what is under way ends, nothing is lost, and the next up goes on.
func TestCtrlCInTheMiddleOfAnUp(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	r := rig.New(t, rig.Options{ClustersOnly: true, Checkpoints: true, OnEvent: onClusterCreate(interrupt)})
	p := r.Program("dev")
	result, err := r.Up(ctx, p)
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "run it again") {
		t.Fatalf("the interrupted up says %v, want that it was interrupted and what to do", err)
	}
	for _, op := range result.Operations {
		if op.Custom && !op.Done {
			t.Errorf("%s of %s %q was not brought to its end", op.Op, op.Type, op.Name)
		}
	}
	mustBeRecorded(t, r, p)
	made, nodes := 0, 0
	r.World().View(func(tx *world.Tx) {
		made = len(tx.Find("", "", func(o *world.Object) bool { return o.URN != "" }))
		nodes = len(tx.Find("aws:eks/nodeGroup:NodeGroup", "", nil))
	})
	if made == 0 || nodes != 0 {
		t.Fatalf("%d objects and %d node groups were made: this was not the middle of the up", made, nodes)
	}
	mustConverge(t, r, undisturbed(t))
}

// TestAHelmReleaseThatAKillLeftHalfWay: the provider waits for a chart in its
// own process, so a kill leaves the release pending, and Helm takes no other
// operation. Recovery settles it as a person would.
func TestAHelmReleaseThatAKillLeftHalfWay(t *testing.T) {
	t.Parallel()
	faults, err := fault.New(rig.Seed, fault.Fault{Verb: "create", Type: "kubernetes:helm.sh/v3:Release", Name: "cluster-main-external-secrets", Kind: fault.CrashAfter})
	if err != nil {
		t.Fatal(err)
	}
	r := rig.New(t, rig.Options{ClustersOnly: true, Checkpoints: true, Faults: faults})
	p := r.Program("dev")
	if _, err := r.Up(t.Context(), p); err == nil {
		t.Fatal("the up passed the fault")
	}
	var pending []string
	r.World().View(func(tx *world.Tx) {
		for _, o := range tx.Find("kube:helm.sh/v3/Release", "", func(o *world.Object) bool { return o.State == "pending-install" }) {
			pending = append(pending, o.ID)
		}
	})
	if diff := cmp.Diff([]string{"external-secrets/external-secrets"}, pending); diff != "" {
		t.Errorf("pending releases after the kill (-want +got):\n%s", diff)
	}
	done, err := r.Recover(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"helm uninstall external-secrets -n external-secrets"}, done.Settled); diff != "" || len(done.Orphans) > 0 {
		t.Errorf("orphans %v, settled by (-want +got):\n%s", done.Orphans, diff)
	}
	mustConverge(t, r, undisturbed(t))
}

// mustBeRecorded checks that everything that Pulumi made is in the state.
func mustBeRecorded(t *testing.T, r *rig.Rig, p sandbox.Program) {
	t.Helper()
	recorded := map[string]bool{}
	for _, res := range resources(t, r, p) {
		recorded[string(res.URN)] = true
	}
	r.World().View(func(tx *world.Tx) {
		for _, o := range tx.Find("", "", func(o *world.Object) bool { return o.URN != "" }) {
			if !recorded[o.URN] {
				t.Errorf("%s is in the cloud and not in the state", o.URN)
			}
		}
	})
}

// TestASecondRunAtTheSameTimeIsRefused opens the sandbox again in the middle
// of an up, which goes on unharmed.
func TestASecondRunAtTheSameTimeIsRefused(t *testing.T) {
	t.Parallel()
	var r *rig.Rig
	var second error
	r = rig.New(t, rig.Options{ClustersOnly: true, OnEvent: onClusterCreate(func() {
		var other *sandbox.Sandbox
		if other, second = open(t, r.Dir); second == nil {
			_ = other.Close()
		}
	})})
	mustConverge(t, r, undisturbed(t))
	if !errors.Is(second, world.ErrLocked) {
		t.Fatalf("the second run got %v, want that the sandbox is in use", second)
	}
	for _, want := range []string{r.Dir, "is in use by process", "wait until it has finished"} {
		if !strings.Contains(second.Error(), want) {
			t.Errorf("the refusal lacks %q: %v", want, second)
		}
	}
}

// open opens a directory as another run of the command would.
func open(t *testing.T, dir string) (*sandbox.Sandbox, error) {
	t.Helper()
	return sandbox.Open(t.Context(), sandbox.Options{Dir: dir, Seed: rig.Seed, Now: rig.Now, Pulumi: os.Getenv("LADDER_PULUMI")})
}

// TestDamagedFiles breaks one file of a sandbox that a stack runs on. The run
// says which file and what to do, changes nothing, and works again once the
// file is put back.
func TestDamagedFiles(t *testing.T) {
	t.Parallel()
	state := filepath.Join("state", ".pulumi", "stacks", "ladder", "dev.json")
	half := func(text []byte) []byte { return text[:len(text)/2] }
	tests := map[string]struct {
		file   string
		damage func([]byte) []byte
		want   []string
	}{
		"the world ends too early": {world.FileName, half, []string{world.FileName, "the file ends after", "ladder sandbox reset"}},
		"the world is not a world": {world.FileName, func([]byte) []byte { return []byte("{}{}\n") }, []string{world.FileName + ":1:", "ladder sandbox reset"}},
		"the world is empty":       {world.FileName, func([]byte) []byte { return nil }, []string{"the header is missing", "ladder sandbox reset"}},
		"the state ends too early": {state, half, []string{"dev.json", "not readable", ".bak"}},
		"the state is not a state": {state, func([]byte) []byte { return []byte("hello") }, []string{"dev.json", "not readable", ".bak"}},
	}
	r := rig.New(t, rig.Options{ClustersOnly: true})
	p := r.Program("dev")
	r.MustUp(p)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(r.Dir)); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, test.file)
			good := read(t, path)
			bad := test.damage(bytes.Clone(good))
			write(t, path, bad)

			box, err := open(t, dir)
			if err == nil {
				_, err = box.Preview(t.Context(), p)
				if closed := box.Close(); closed != nil {
					t.Errorf("close: %v", closed)
				}
			}
			if err == nil {
				t.Fatal("the preview passed")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error lacks %q: %v", want, err)
				}
			}
			if !bytes.Equal(read(t, path), bad) {
				t.Errorf("%s was changed", test.file)
			}

			write(t, path, good)
			mustStand(t, dir, p)
		})
	}
}

// TestAMissingSandbox removes all that a sandbox has: the next run begins with
// an empty cloud.
func TestAMissingSandbox(t *testing.T) {
	t.Parallel()
	r := rig.New(t, rig.Options{ClustersOnly: true})
	p := r.Program("dev")
	first := r.MustUp(p)
	if err := errors.Join(r.Close(), os.RemoveAll(r.Dir)); err != nil {
		t.Fatal(err)
	}
	box, err := open(t, r.Dir)
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	again, err := box.Preview(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "the preview of a sandbox that is gone", steps(again), steps(first)...)
}

// mustStand opens a sandbox in which dev is up and has nothing to do.
func mustStand(t *testing.T, dir string, p sandbox.Program) {
	t.Helper()
	box, err := open(t, dir)
	if err != nil {
		t.Fatalf("the next run: %v", err)
	}
	result, err := box.Preview(t.Context(), p)
	if err := errors.Join(err, box.Close()); err != nil {
		t.Fatalf("the next run: %v", err)
	}
	mustBeEmpty(t, "the preview of the next run", result)
	if len(result.Operations) < 100 {
		t.Errorf("the next run knows %d resources", len(result.Operations))
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func write(t *testing.T, path string, text []byte) {
	t.Helper()
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}
