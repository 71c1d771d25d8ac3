package scenario

import (
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/tests/rig"
)

// childKey is set in the environment of a test that runs in a process of its own.
const childKey = "LADDER_SCENARIO_CHILD"

// Source: linux/prctl.h and linux/capability.h.
const (
	dropFromBoundingSet = 24 // PR_CAPBSET_DROP
	overridesModes      = 1  // CAP_DAC_OVERRIDE: root writes where it must not
)

// inChild runs the test again in a process of its own, for what a process can
// only do to itself as a whole, and says whether this is that process. Root
// obeys file modes in it, as any other user does.
func inChild(t *testing.T) bool {
	t.Helper()
	if os.Getenv(childKey) != "" {
		return true
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), childKey+"=1")
	type result struct {
		out []byte
		err error
	}
	done := make(chan result)
	go func() {
		// The capability is this thread's and its children's; the thread ends
		// with the goroutine, because it is never unlocked.
		runtime.LockOSThread()
		if os.Geteuid() == 0 {
			if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, dropFromBoundingSet, overridesModes, 0); errno != 0 {
				done <- result{err: errno}
				return
			}
		}
		out, err := cmd.CombinedOutput()
		done <- result{out, err}
	}()
	r := <-done
	if r.err != nil {
		t.Fatalf("%v\n%s", r.err, r.out)
	}
	if !strings.Contains(string(r.out), "--- PASS: "+t.Name()) {
		t.Fatalf("the test was not run:\n%s", r.out)
	}
	return false
}

// TestAReadOnlyDirectory takes the right to write away: of a directory in
// which a sandbox is to be made, and of a sandbox that a stack runs on.
func TestAReadOnlyDirectory(t *testing.T) {
	if !inChild(t) {
		return
	}
	r := rig.New(t, rig.Options{ClustersOnly: true})
	p := r.Program("dev")
	r.MustUp(p)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	empty := t.TempDir()
	for name, dir := range map[string]struct{ root, box string }{
		"a new sandbox":    {empty, filepath.Join(empty, "box")},
		"a sandbox in use": {r.Dir, r.Dir},
	} {
		t.Run(name, func(t *testing.T) {
			restore := readOnly(t, dir.root)
			box, err := open(t, dir.box)
			restore()
			if err == nil {
				_ = box.Close()
				t.Fatal("it was opened")
			}
			for _, want := range []string{dir.box, "permission denied", "nothing was lost", "make it writable"} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error lacks %q: %v", want, err)
				}
			}
		})
	}
	mustStand(t, r.Dir, p)
}

// readOnly takes the right to write from everything under a directory, and
// returns what gives it back.
func readOnly(t *testing.T, root string) func() {
	t.Helper()
	modes := map[string]fs.FileMode{}
	set := func(mode func(string) fs.FileMode) {
		for path := range modes {
			if err := os.Chmod(path, mode(path)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && (d.IsDir() || info.Mode().IsRegular()) {
			modes[path] = info.Mode().Perm()
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	set(func(path string) fs.FileMode { return modes[path] &^ 0o222 })
	return func() { set(func(path string) fs.FileMode { return modes[path] }) }
}

// TestAFullDisk lets the world's file grow no more when the control plane's
// create begins, as a full disk would: the up fails and says why, and the next
// one, with room again, ends where an undisturbed one does.
func TestAFullDisk(t *testing.T) {
	if !inChild(t) {
		return
	}
	signal.Ignore(syscall.SIGXFSZ) // else the kernel ends the process in place of refusing the write
	var room syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &room); err != nil {
		t.Fatal(err)
	}
	want := undisturbed(t)
	full := false
	var r *rig.Rig
	r = rig.New(t, rig.Options{ClustersOnly: true, Checkpoints: true, OnEvent: onClusterCreate(func() {
		if full {
			return
		}
		full = true
		info, err := os.Stat(filepath.Join(r.Dir, world.FileName))
		if err != nil {
			t.Error(err)
			return
		}
		// The engine's own process began before and keeps its limit.
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: uint64(info.Size()), Max: room.Max}); err != nil {
			t.Error(err)
		}
	})})
	p := r.Program("dev")
	_, err := r.Up(t.Context(), p)
	if restored := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &room); restored != nil {
		t.Fatal(restored)
	}
	if !full || err == nil {
		t.Fatalf("full %t, and the up says %v", full, err)
	}
	for _, want := range []string{"cannot write its state", world.FileName, "nothing was lost", "make room", "run again"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error lacks %q: %v", want, err)
		}
	}
	mustBeRecorded(t, r, p)
	mustConverge(t, r, want)
}
