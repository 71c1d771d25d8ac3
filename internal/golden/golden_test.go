package golden_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ladder-platform/ladder/internal/golden"
)

// spy is a test that may fail.
type spy struct {
	testing.TB
	said string
}

func (s *spy) Helper()                           {}
func (s *spy) Errorf(format string, args ...any) { s.said += fmt.Sprintf(format, args...) }
func (s *spy) Fatalf(format string, args ...any) { s.said += fmt.Sprintf(format, args...) }
func (s *spy) Fatal(args ...any)                 { s.said += fmt.Sprint(args...) }

func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "below", "file")
	check := func(when, got, want string) {
		t.Helper()
		s := &spy{TB: t}
		golden.File(s, path, got)
		if (want == "") != (s.said == "") || !strings.Contains(s.said, want) {
			t.Errorf("%s: %q, want %q", when, s.said, want)
		}
	}
	t.Setenv(golden.Variable, "")
	check("no file", "a\n", "make golden writes it")
	t.Setenv(golden.Variable, "1")
	check("written", "a\n", "")
	t.Setenv(golden.Variable, "")
	check("the same", "a\n", "")
	check("another", "b\n", "differs; if that is meant, run make golden")
	if text, err := os.ReadFile(path); err != nil || string(text) != "a\n" {
		t.Errorf("the file is %q, %v: a comparison must not write", text, err)
	}
}
