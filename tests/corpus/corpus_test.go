package corpus_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/ladder-platform/ladder/stacks/config"
)

// minCases is how many broken files there must at least be.
const minCases = 70

func TestCorpus(t *testing.T) {
	files, err := filepath.Glob("cases/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	broken := 0
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			c := open(t, file)
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS("base")); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, "Pulumi."+c.stack+".yaml")
			if err := os.WriteFile(path, []byte(c.apply(t, dir)), 0o600); err != nil {
				t.Fatal(err)
			}
			_, found := config.Load(path, c.stack)
			var got strings.Builder
			for _, f := range found {
				fmt.Fprintln(&got, f)
				if f.Fix == "" {
					t.Errorf("%s: says nothing about what to do", f)
				}
			}
			if os.Getenv("LADDER_GOLDEN") != "" {
				c.rewrite(t, file, got.String())
				return
			}
			if diff := cmp.Diff(c.want, got.String()); diff != "" {
				t.Errorf("%s: findings (-want +got):\n%s", c.about, diff)
			}
			if near := strings.HasPrefix(c.about, "Near miss"); near == (len(found) > 0) {
				t.Errorf("%d findings, and the case says: %s", len(found), c.about)
			}
			if len(found.Errors()) > 0 {
				broken++
			}
		})
	}
	if os.Getenv("LADDER_GOLDEN") == "" && broken < minCases {
		t.Errorf("%d broken stack files, want at least %d", broken, minCases)
	}
}

func TestBaseIsClean(t *testing.T) {
	for _, stack := range []string{"dev", "stg", "prd"} {
		if _, found := config.Load("base/Pulumi."+stack+".yaml", stack); len(found) > 0 {
			t.Errorf("the file that cases break has findings of its own: %v", found)
		}
	}
}

// testCase is one file of cases/.
type testCase struct {
	archive      *txtar.Archive
	about, stack string
	want         string
}

func open(t *testing.T, file string) testCase {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c := testCase{archive: archive, about: strings.TrimSpace(string(archive.Comment)), stack: "dev"}
	if c.about == "" {
		t.Fatal("the case does not say what is wrong")
	}
	for _, f := range archive.Files {
		switch f.Name {
		case "stack":
			c.stack = strings.TrimSpace(string(f.Data))
		case "findings":
			c.want = string(f.Data)
		}
	}
	return c
}

// apply is the text of the broken stack file.
func (c testCase) apply(t *testing.T, dir string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "Pulumi."+c.stack+".yaml"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	text, from, edits := string(data), "", 0
	for _, f := range c.archive.Files {
		switch f.Name {
		case "from":
			from = string(f.Data)
			if n := strings.Count(text, from); n != 1 {
				t.Fatalf("from occurs %d times, want once: %s", n, from)
			}
		case "to":
			text, edits = strings.Replace(text, from, string(f.Data), 1), edits+1
		case "file":
			text, edits = string(f.Data), edits+1
		case "stack", "findings":
		default:
			t.Fatalf("section %q is not known", f.Name)
		}
	}
	if edits == 0 {
		t.Fatal("the case changes nothing")
	}
	return text
}

// rewrite puts what was found into the case.
func (c testCase) rewrite(t *testing.T, file, got string) {
	t.Helper()
	kept := c.archive.Files[:0]
	for _, f := range c.archive.Files {
		if f.Name != "findings" {
			kept = append(kept, f)
		}
	}
	c.archive.Files = append(kept, txtar.File{Name: "findings", Data: []byte(got)})
	if err := os.WriteFile(file, txtar.Format(c.archive), 0o644); err != nil {
		t.Fatal(err)
	}
}
