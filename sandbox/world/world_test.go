package world

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var start = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

func vpc(id, cidr string) *Object {
	return &Object{Kind: "aws:ec2/vpc:Vpc", Scope: "1/ap-northeast-2", ID: id, Owner: OwnerPulumi,
		Attrs: map[string]any{"cidr": cidr, "n": 3, "zones": []string{"a", "b"}}}
}

func put(t *testing.T, w *World, objects ...*Object) {
	t.Helper()
	if err := w.Tx(func(tx *Tx) error {
		for _, o := range objects {
			tx.Put(o)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func all(w *World) []*Object {
	var list []*Object
	w.View(func(tx *Tx) { list = tx.Find("", "", nil) })
	return list
}

func TestTransactions(t *testing.T) {
	boom := errors.New("refused")
	tests := map[string]struct {
		run  func(tx *Tx) error
		err  error
		want []string
	}{
		"what a successful one puts is there":   {func(tx *Tx) error { tx.Put(vpc("vpc-2", "10.1.0.0/16")); return nil }, nil, []string{"vpc-1", "vpc-2"}},
		"a failed one leaves nothing":           {func(tx *Tx) error { tx.Put(vpc("vpc-2", "10.1.0.0/16")); return boom }, boom, []string{"vpc-1"}},
		"a failed one deletes nothing":          {func(tx *Tx) error { tx.Delete(vpc("vpc-1", "").Key()); return boom }, boom, []string{"vpc-1"}},
		"deleting is real":                      {func(tx *Tx) error { tx.Delete(vpc("vpc-1", "").Key()); return nil }, nil, nil},
		"deleting what is not there is nothing": {func(tx *Tx) error { tx.Delete(vpc("vpc-9", "").Key()); return nil }, nil, []string{"vpc-1"}},
		"put and deleted in one leaves nothing": {func(tx *Tx) error {
			tx.Put(vpc("vpc-2", ""))
			tx.Delete(vpc("vpc-2", "").Key())
			return nil
		}, nil, []string{"vpc-1"}},
		"deleted and put again in one is there": {func(tx *Tx) error {
			tx.Delete(vpc("vpc-1", "").Key())
			tx.Put(vpc("vpc-1", ""))
			return nil
		}, nil, []string{"vpc-1"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			w, err := Open(dir, 7, start)
			if err != nil {
				t.Fatal(err)
			}
			put(t, w, vpc("vpc-1", "10.0.0.0/16"))
			if err := w.Tx(test.run); !errors.Is(err, test.err) {
				t.Fatalf("error %v, want %v", err, test.err)
			}
			before := all(w)
			var ids []string
			for _, o := range before {
				ids = append(ids, o.ID)
			}
			if diff := cmp.Diff(test.want, ids); diff != "" {
				t.Errorf("objects (-want +got):\n%s", diff)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			again, err := Open(dir, 8, start.Add(time.Hour))
			if err != nil {
				t.Fatal(err)
			}
			defer again.Close()
			if diff := cmp.Diff(before, all(again)); diff != "" {
				t.Errorf("after a restart (-want +got):\n%s", diff)
			}
			if again.Seed() != 7 || !again.Now().Equal(start) {
				t.Errorf("seed %d and clock %s, want the file's own", again.Seed(), again.Now())
			}
		})
	}
}

func TestWhatATransactionSeesIsItsOwn(t *testing.T) {
	w := New(7, start)
	put(t, w, vpc("vpc-1", "10.0.0.0/16"))
	err := w.Tx(func(tx *Tx) error {
		o, _ := tx.Get(vpc("vpc-1", "").Key())
		o.Attrs["cidr"] = "changed"
		if again, _ := tx.Get(o.Key()); again.Attrs["cidr"] != "10.0.0.0/16" {
			t.Error("a change to a copy reached the world")
		}
		tx.Put(vpc("vpc-0", ""))
		found := tx.Find("aws:ec2/vpc:Vpc", "1/ap-northeast-2", func(o *Object) bool { return o.ID != "vpc-9" })
		if len(found) != 2 || found[0].ID != "vpc-0" {
			t.Errorf("found %v, want vpc-0 and vpc-1", found)
		}
		if got := tx.Find("aws:ec2/vpc:Vpc", "1/us-west-2", nil); len(got) != 0 {
			t.Errorf("found %v in another scope", got)
		}
		if !found[1].Created.Equal(start) {
			t.Errorf("created %s, want the virtual time", found[1].Created)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestGuardCatchesWhoChangesWhatItPeekedAt(t *testing.T) {
	w := New(1, start)
	put(t, w, vpc("vpc-1", "10.0.0.0/16"))
	change := func(tx *Tx) {
		tx.Peek("", "", nil)[0].Attrs["zones"].([]any)[0] = "c"
	}
	guarded := func() (panicked any) {
		defer func() { panicked = recover() }()
		w.View(change)
		return nil
	}
	Guard.Store(true)
	defer Guard.Store(false)
	if said := fmt.Sprint(guarded()); said != "world: aws:ec2/vpc:Vpc vpc-1 was changed by who may only read it" {
		t.Errorf("said %s", said)
	}
	w.View(func(tx *Tx) {
		tx.Find("", "", nil)[0].Attrs["zones"] = "of a copy, changed at will"
		if _, ok := tx.Peek("", "", nil)[0].Attrs["zones"].([]any); !ok {
			t.Error("a copy is not one")
		}
	})
}

func TestIdsDoNotDependOnTheOrderOfParallelOperations(t *testing.T) {
	urns := []string{"urn:a", "urn:b", "urn:c", "urn:d"}
	ids := func(order []string) map[string]string {
		w, got := New(7, start), map[string]string{}
		for i, urn := range order {
			_ = w.Tx(func(tx *Tx) error {
				got[fmt.Sprint(urn, strings.Count(strings.Join(order[:i], ","), urn))] = tx.NewID("vpc-", urn, 17)
				return nil
			})
		}
		return got
	}
	want := ids(append(append([]string{}, urns...), urns...))
	seen := map[string]bool{}
	for _, id := range want {
		if seen[id] || len(id) != len("vpc-")+17 {
			t.Errorf("id %q is not fresh or has the wrong length", id)
		}
		seen[id] = true
	}
	rapid.Check(t, func(rt *rapid.T) {
		order := rapid.Permutation(append(append([]string{}, urns...), urns...)).Draw(rt, "order")
		if diff := cmp.Diff(want, ids(order)); diff != "" {
			rt.Fatalf("ids (-want +got):\n%s", diff)
		}
	})
}

func TestAFailedTransactionDoesNotUseUpAnId(t *testing.T) {
	w := New(7, start)
	var first, second string
	_ = w.Tx(func(tx *Tx) error { first = tx.NewID("vpc-", "u", 8); return errors.New("refused") })
	_ = w.Tx(func(tx *Tx) error { second = tx.NewID("vpc-", "u", 8); return nil })
	if first != second {
		t.Errorf("ids %q and %q, want the same", first, second)
	}
}

func TestForksAreIndependent(t *testing.T) {
	w := New(7, start)
	put(t, w, vpc("vpc-1", "10.0.0.0/16"))
	f := w.Fork()
	put(t, f, vpc("vpc-2", ""))
	put(t, w, vpc("vpc-3", ""), vpc("vpc-1", "10.9.0.0/16"))
	if err := f.Advance(time.Hour); err != nil {
		t.Fatal(err)
	}
	if n := len(all(f)); n != 2 || f.Len() != 2 {
		t.Errorf("the fork has %d objects, want 2", n)
	}
	if got := all(f)[0].Attrs["cidr"]; got != "10.0.0.0/16" {
		t.Errorf("the fork's object says %v", got)
	}
	if w.Now() != start {
		t.Errorf("the fork's clock moved the original's")
	}
	if err := f.Replace(w); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(all(w), all(f)); diff != "" {
		t.Errorf("after Replace (-want +got):\n%s", diff)
	}
}

func TestSavedWorldsComeBack(t *testing.T) {
	w := New(7, start)
	put(t, w, vpc("vpc-1", "10.0.0.0/16"))
	var next string
	_ = w.Tx(func(tx *Tx) error { tx.NewID("vpc-", "u", 8); return nil })
	text, err := w.Save()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Restore(text)
	if err != nil {
		t.Fatal(err)
	}
	_ = w.Tx(func(tx *Tx) error { next = tx.NewID("vpc-", "u", 8); return nil })
	_ = again.Tx(func(tx *Tx) error {
		if got := tx.NewID("vpc-", "u", 8); got != next {
			t.Errorf("next id %q, want %q", got, next)
		}
		return nil
	})
	if diff := cmp.Diff(all(w), all(again)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestEveryCutOfTheFile cuts the journal at each byte, as a crash or a full
// disk would, and asks for a whole prefix of the transactions or a clear error.
func TestEveryCutOfTheFile(t *testing.T) {
	dir := t.TempDir()
	w, err := Open(dir, 7, start)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		put(t, w, vpc(fmt.Sprintf("vpc-%d", i), "10.0.0.0/16"))
	}
	path := filepath.Join(dir, FileName)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for cut := range len(text) + 1 {
		if err := os.WriteFile(path, text[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		whole := bytes.Count(text[:cut], []byte("\n"))
		w, err := Open(dir, 7, start)
		if whole == 0 {
			if !errors.Is(err, ErrCorrupt) {
				t.Fatalf("cut at %d: %v, want ErrCorrupt", cut, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		if n := w.Len(); n != whole-1 {
			t.Fatalf("cut at %d: %d objects, want %d", cut, n, whole-1)
		}
		put(t, w, vpc("vpc-9", "")) // the next run works
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDamagedFiles(t *testing.T) {
	const head = `{"format":1,"seed":7,"now":"2026-11-21T09:00:00Z","lines":0}` + "\n"
	tests := map[string]struct {
		text string
		line int
		says string
	}{
		"an empty file":                   {"", 1, "the header is missing"},
		"something else":                  {"hello\n", 1, "the header is not readable"},
		"a newer format":                  {`{"format":9}` + "\n", 1, "the format is 9, this program reads 1"},
		"a broken line in the middle":     {head + "{\"put\":[\n{}\n", 2, "the transaction is not readable"},
		"an object without identity":      {head + "{\"put\":[{\"kind\":\"x\"}]}\n", 2, "an object has no identity"},
		"a compacted file that was cut":   {strings.Replace(head, `"lines":0`, `"lines":2`, 1) + "{\"ids\":{\"a\":1}}\n", 3, "the file ends after 1 of 2 lines"},
		"a cut inside the compacted part": {strings.Replace(head, `"lines":0`, `"lines":1`, 1) + "{\"ids\":{\"a\"", 2, "the file ends after 0 of 1 lines"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, FileName)
			if err := os.WriteFile(path, []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Open(dir, 7, start)
			var corrupt *CorruptError
			if !errors.As(err, &corrupt) || !errors.Is(err, ErrCorrupt) {
				t.Fatalf("error %v, want a CorruptError", err)
			}
			if corrupt.Path != path || corrupt.Line != test.line || !strings.Contains(corrupt.Reason, test.says) {
				t.Errorf("%v, want line %d: %s", err, test.line, test.says)
			}
			if !strings.Contains(err.Error(), "ladder sandbox reset") {
				t.Errorf("%v does not say what to do", err)
			}
			if after, _ := os.ReadFile(path); string(after) != test.text {
				t.Error("the damaged file was changed")
			}
			if _, err := Open(dir, 7, start); errors.Is(err, ErrLocked) {
				t.Error("the failed attempt kept the lock")
			}
		})
	}
}

func TestASecondProcessIsToldWhoHasIt(t *testing.T) {
	dir := t.TempDir()
	w, err := Open(dir, 7, start)
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(os.Args[0], "-test.run=^TestHelperOpens$", "-test.v")
	child.Env = append(os.Environ(), "WORLD_TEST_DIR="+dir)
	out, _ := child.CombinedOutput()
	want := fmt.Sprintf("is in use by process %d;", os.Getpid())
	if !strings.Contains(string(out), want) {
		t.Errorf("the second process said:\n%s\nwant: %s", out, want)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	out, err = rerun(dir)
	if err != nil || !strings.Contains(string(out), "opened") {
		t.Errorf("after Close: %v\n%s", err, out)
	}
}

func rerun(dir string) ([]byte, error) {
	child := exec.Command(os.Args[0], "-test.run=^TestHelperOpens$", "-test.v")
	child.Env = append(os.Environ(), "WORLD_TEST_DIR="+dir)
	return child.CombinedOutput()
}

// TestHelperOpens is the other process of TestASecondProcessIsToldWhoHasIt;
// run on its own it proves that an empty directory opens.
func TestHelperOpens(t *testing.T) {
	dir := os.Getenv("WORLD_TEST_DIR")
	if dir == "" {
		dir = t.TempDir()
	}
	w, err := Open(dir, 7, start)
	if err != nil {
		t.Fatal(err)
	}
	t.Log("opened")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestADirectoryThatCannotBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	// A file in the way fails for every user; a read-only mode not for root.
	_, err := Open(filepath.Join(file, "state"), 7, start)
	if err == nil || !strings.Contains(err.Error(), "nothing was lost") {
		t.Fatalf("error %v, want one that says what to do", err)
	}
}

// TestAFullDisk closes the journal under the world: every write fails, as on a
// full disk. The transaction must not have happened, and the file stays whole.
func TestAFullDisk(t *testing.T) {
	dir := t.TempDir()
	w, err := Open(dir, 7, start)
	if err != nil {
		t.Fatal(err)
	}
	put(t, w, vpc("vpc-1", ""))
	good := w.journal.file
	if w.journal.file, err = os.Open(w.journal.path); err != nil { // read only
		t.Fatal(err)
	}
	err = w.Tx(func(tx *Tx) error { tx.Put(vpc("vpc-2", "")); return nil })
	if err == nil || !strings.Contains(err.Error(), "nothing was lost") {
		t.Errorf("error %v, want one that says what to do", err)
	}
	if w.Len() != 1 {
		t.Errorf("%d objects, want 1: the transaction failed", w.Len())
	}
	w.journal.file.Close()
	w.journal.file = good
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Open(dir, 7, start)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if again.Len() != 1 {
		t.Errorf("%d objects after a restart, want 1", again.Len())
	}
}

func TestManyAtOnce(t *testing.T) {
	w := New(7, start)
	var wait sync.WaitGroup
	for i := range 32 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			_ = w.Tx(func(tx *Tx) error { tx.Put(vpc(fmt.Sprintf("vpc-%d", i), "")); return nil })
			w.View(func(tx *Tx) { tx.Find("", "", nil) })
		}()
	}
	wait.Wait()
	if w.Len() != 32 {
		t.Errorf("%d objects, want 32", w.Len())
	}
}

func TestMaskedHidesSecrets(t *testing.T) {
	o := &Object{Kind: "k", ID: "i", Attrs: map[string]any{"password": "hunter2", "user": "u"}, Secret: []string{"password", "absent"}}
	want := map[string]any{"password": "[secret]", "user": "u"}
	if diff := cmp.Diff(want, o.Masked().Attrs); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if o.Attrs["password"] != "hunter2" {
		t.Error("masking changed the object")
	}
}

func BenchmarkForkOf2000(b *testing.B) {
	w := New(7, start)
	_ = w.Tx(func(tx *Tx) error {
		for i := range 2000 {
			tx.Put(vpc(fmt.Sprintf("vpc-%d", i), "10.0.0.0/16"))
		}
		return nil
	})
	for b.Loop() {
		w.Fork()
	}
}

func TestClockIsReadWithoutTheLock(t *testing.T) {
	dir := t.TempDir()
	if _, known := Clock(dir); known {
		t.Error("a directory without a world has a clock")
	}
	w, err := Open(dir, 1, time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Advance(time.Hour); err != nil {
		t.Fatal(err)
	}
	if now, known := Clock(dir); !known || !now.Equal(w.Now()) {
		t.Errorf("the clock of an open world reads %v, %v; it is %v", now, known, w.Now())
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, FileName), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, known := Clock(dir); known {
		t.Error("a damaged world has a clock")
	}
}
