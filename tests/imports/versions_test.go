package imports_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

// TestTheCLISharesWhatTheProgramCompiles: the Pulumi CLI (tools/go.mod) and the
// program share a third of the CLI's code. Where the two modules ask for other
// versions of something, that and all above it is compiled twice in a first run
// (docs/adr/0001-compile-cost.md). To mend it: go get the newer version in both.
func TestTheCLISharesWhatTheProgramCompiles(t *testing.T) {
	program, cli := required(t, "go.mod"), required(t, filepath.Join("tools", "go.mod"))
	shared := 0
	for _, module := range slices.Sorted(maps.Keys(program)) {
		other, ok := cli[module]
		if !ok {
			continue
		}
		shared++
		if other != program[module] {
			t.Errorf("%s is %s in go.mod and %s in tools/go.mod", module, program[module], other)
		}
	}
	if shared < 50 {
		t.Errorf("the two share %d modules: this test looks at the wrong files", shared)
	}
}

var requirement = regexp.MustCompile(`(?m)^(?:require )?\s*([a-z0-9.]+\.[a-z]+/\S+) (v\S+)`)

func required(t *testing.T, file string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, m := range requirement.FindAllStringSubmatch(string(text), -1) {
		out[m[1]] = m[2]
	}
	return out
}
