package docs

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/ladder-platform/ladder/cmd/ladder/cli"
	"github.com/ladder-platform/ladder/tests/rig"
)

// pages are all pages of the project.
func pages(t *testing.T) []string {
	t.Helper()
	out := []string{filepath.Join(rig.Root(), "README.md")}
	for _, pattern := range []string{"docs/*.md", "docs/adr/*.md"} {
		files, err := filepath.Glob(filepath.Join(rig.Root(), pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("no pages %s: %v", pattern, err)
		}
		out = append(out, files...)
	}
	return out
}

func blocks(t *testing.T, path string) []Block {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	out, err := Blocks(string(text))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return out
}

// ladder runs the command line in this process.
func ladder(args ...string) (int, string) {
	var out bytes.Buffer
	code := cli.Main(args, strings.NewReader(""), &out, &out)
	return code, out.String()
}

var flagForm = regexp.MustCompile(`--[a-z][a-z-]*`)

// TestCommandsInPagesExist: every command that a page shows is one of the program,
// with these flags.
func TestCommandsInPagesExist(t *testing.T) {
	seen := 0
	help := map[string]string{}
	for _, path := range pages(t) {
		for _, b := range blocks(t, path) {
			for _, command := range b.Commands() {
				seen++
				words := named(strings.Fields(command)[1:])
				text, known := help[strings.Join(words, " ")]
				if !known {
					var code int
					if code, text = ladder(append(append([]string{}, words...), "--help")...); code != 0 {
						t.Errorf("%s:%d: %s: %s", filepath.Base(path), b.Line, command, text)
						continue
					}
					help[strings.Join(words, " ")] = text
				}
				for _, flag := range flagForm.FindAllString(command, -1) {
					if !strings.Contains(text, flag+" ") && !strings.Contains(text, flag+"\n") {
						t.Errorf("%s:%d: %s: the command has no %s", filepath.Base(path), b.Line, command, flag)
					}
				}
			}
		}
	}
	if seen < 50 {
		t.Errorf("%d commands in the pages, want at least 50", seen)
	}
}

// groups are the commands that only hold others.
var groups = map[string]bool{"config": true, "plan": true, "releases": true, "sandbox": true, "drift": true, "mesh": true, "contract": true, "bootstrap": true}

// named are the words that name the command: the first, and those behind a group
// as long as the program knows them.
func named(words []string) []string {
	out := words[:1]
	for i := 1; i < len(words) && groups[words[i-1]] && !strings.HasPrefix(words[i], "-"); i++ {
		next := words[:i+1]
		code, text := ladder(append(append([]string{}, next...), "--help")...)
		if code != 0 || !strings.Contains(text, "ladder "+strings.Join(next, " ")) {
			break // an argument: ladder plan prd
		}
		out = next
	}
	return out
}

// ends is how a line says that a command ends with another code than 0.
var ends = regexp.MustCompile(`# ends with (\d)`)

// TestPagesRun runs the sh blocks of pages as they stand, in a copy of the
// project's files; diff blocks are edits of those. Each section begins with the
// files as they are in the repository, and goes on with the same sandbox.
func TestPagesRun(t *testing.T) {
	rig.OnlyInTrials(t)
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
