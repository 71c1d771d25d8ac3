package docs

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ladder-platform/ladder/internal/golden"
	"github.com/ladder-platform/ladder/tests/rig"
)

const decisionsHead = `# Decisions

Why things are as they are, one page each, written when they were decided. A change
that alters a default, a token or the border of a room brings another one. This list
is written by ` + "`make golden`" + ` from the pages.

| | decision | status |
|---|---|---|
`

var (
	title  = regexp.MustCompile(`^# (\d{4}):? (.+)\n`)
	status = regexp.MustCompile(`(?m)^Status: (.+)$`)
)

// TestTheListOfDecisionsIsFresh: every page is in it, with its number and status.
func TestTheListOfDecisionsIsFresh(t *testing.T) {
	dir := filepath.Join(rig.Root(), "docs", "adr")
	files, err := filepath.Glob(filepath.Join(dir, "[0-9]*.md"))
	if err != nil || len(files) < 10 {
		t.Fatalf("%d decisions: %v", len(files), err)
	}
	out, numbers := decisionsHead, map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(file)
		head, state := title.FindSubmatch(text), status.FindSubmatch(text)
		if head == nil || state == nil {
			t.Errorf("%s has no title with its number, or no status", name)
			continue
		}
		number := string(head[1])
		if !strings.HasPrefix(name, number) || numbers[number] != "" {
			t.Errorf("%s calls itself %s, as %q does", name, number, numbers[number])
		}
		numbers[number] = name
		out += fmt.Sprintf("| [%s](%s) | %s | %s |\n", number, name, head[2], state[1])
	}
	golden.File(t, filepath.Join(dir, "README.md"), out)
}
