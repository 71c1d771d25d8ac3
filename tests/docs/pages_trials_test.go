//go:build trials

package docs

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/ladder-platform/ladder/tests/rig"
)

// ends is how a line says that a command ends with another code than 0.
var ends = regexp.MustCompile(`# ends with (\d)`)

// TestPagesRun runs the sh blocks of pages as they stand, in a copy of the
// project's files; diff blocks are edits of those. Each section begins with the
// files as they are in the repository, and goes on with the same sandbox.
func TestPagesRun(t *testing.T) {
	for page, least := range map[string]int{"first-preview.md": 5, "day2.md": 12, "bootstrap.md": 3} {
		t.Run(page, func(t *testing.T) {
			project := t.TempDir()
			t.Chdir(project)
			heading, ran := "", 0
			for _, b := range blocks(t, filepath.Join(rig.Root(), "docs", page)) {
				if b.Heading != heading || ran == 0 {
					copyFiles(t, project)
					heading = b.Heading
				}
				switch b.Language {
				case "diff":
					edit(t, b)
				case "sh":
					ran += run(t, b)
				}
			}
			if ran < least {
				t.Errorf("%d commands ran, want at least %d", ran, least)
			}
		})
	}
}

// copyFiles puts the project's own files into dir.
func copyFiles(t *testing.T, dir string) {
	t.Helper()
	for _, pattern := range []string{"Pulumi*.yaml", "bootstrap/Pulumi*.yaml"} {
		files, err := filepath.Glob(filepath.Join(rig.Root(), pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("no files %s: %v", pattern, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			into := filepath.Join(dir, filepath.Dir(pattern), filepath.Base(file))
			if err := os.MkdirAll(filepath.Dir(into), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(into, text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func edit(t *testing.T, b Block) {
	t.Helper()
	name, err := b.Edited()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	after, err := Apply(string(text), b.Text)
	if err != nil {
		t.Fatalf("line %d: %s: %v", b.Line, name, err)
	}
	if err := os.WriteFile(name, []byte(after), 0o644); err != nil {
		t.Fatal(err)
	}
}

func run(t *testing.T, b Block) (ran int) {
	t.Helper()
	for _, line := range strings.Split(b.Text, "\n") {
		one := Block{Text: line}.Commands()
		if len(one) == 0 {
			continue
		}
		want := 0
		if m := ends.FindStringSubmatch(line); m != nil {
			want, _ = strconv.Atoi(m[1]) // the form holds a digit
		}
		code, out := ladder(strings.Fields(one[0])[1:]...)
		if code != want {
			t.Errorf("line %d, %s: %s ends with %d, want %d:\n%s", b.Line, b.Heading, one[0], code, want, tail(out))
		}
		ran++
	}
	return ran
}

// tail is the end of what a command said.
func tail(s string) string {
	const most = 3000
	if len(s) > most {
		return fmt.Sprintf("… %s", s[len(s)-most:])
	}
	return s
}
