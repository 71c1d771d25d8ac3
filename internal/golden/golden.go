package golden

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Variable makes every golden test write its file in place of comparing it;
// `make golden` sets it.
const Variable = "LADDER_GOLDEN"

// Writing says whether the variable is set.
func Writing() bool { return os.Getenv(Variable) != "" }

// File compares a text with a file, or writes the file.
func File(t testing.TB, path, got string) {
	t.Helper()
	if Writing() {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; make golden writes it", err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s differs; if that is meant, run make golden (-want +got):\n%s", path, diff)
	}
}
