package alerts

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// judgedDir is where Prometheus's own code judges what is made here
// (docs/judges.md): a module of its own, so it goes there as files.
const judgedDir = "../../../tests/upstream/prometheus/testdata/"

// written holds a file of judgedDir to what the code makes; LADDER_GOLDEN=1 writes it.
func written(t *testing.T, name string, value any) {
	t.Helper()
	want, err := json.MarshalIndent(value, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	path := filepath.Join(judgedDir, name)
	if os.Getenv("LADDER_GOLDEN") != "" {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; LADDER_GOLDEN=1 writes it", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s is stale; LADDER_GOLDEN=1 writes it (-want +got):\n%s", path, diff)
	}
}

// specs are groups as PrometheusRule has them.
func specs(in Input) []any {
	out := []any{}
	for _, g := range Groups(in) {
		out = append(out, g.Spec(in.Runbooks, in.Labels()))
	}
	return out
}

func TestJudgedRules(t *testing.T) {
	all := everything()
	all.Runbooks = RunbookBase
	written(t, "rules/everything.json", map[string]any{"groups": specs(all)})

	managed := Input{Stack: "dev", Stage: "dev", Cluster: "dev-main", Release: "2026.11", Runbooks: RunbookBase, Watchers: Watchers{RemoteWrite: true}}
	written(t, "rules/managed.json", map[string]any{"groups": specs(managed)})
}
