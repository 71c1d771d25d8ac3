package docs

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
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
