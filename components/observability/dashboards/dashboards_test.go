package dashboards

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// judgedDir is where Prometheus's own parser reads the queries (docs/judges.md).
const judgedDir = "../../../tests/upstream/prometheus/testdata/dashboards/"

func everything() Input {
	return Input{Mesh: true, Edge: true, Thanos: true, Collector: true, FluentBit: true}
}

// TestJudgedDashboards holds the judged files to what the code makes;
// LADDER_GOLDEN=1 writes them.
func TestJudgedDashboards(t *testing.T) {
	for name, d := range All(everything()) {
		want, err := d.JSON()
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(judgedDir, name+".json")
		if os.Getenv("LADDER_GOLDEN") != "" {
			if err := os.MkdirAll(judgedDir, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatalf("%v; LADDER_GOLDEN=1 writes it", err)
		}
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("%s is stale; LADDER_GOLDEN=1 writes it (-want +got):\n%s", path, diff)
		}
	}
}

func TestDashboardsAreWhole(t *testing.T) {
	uids := map[string]string{}
	for name, d := range All(everything()) {
		if other, taken := uids[d.UID]; taken || d.UID == "" || len(d.UID) > 40 { // Grafana's limit of a UID
			t.Errorf("%s: UID %q is that of %q, or no UID", name, d.UID, other)
		}
		uids[d.UID] = name
		text, err := d.JSON()
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			Panels []struct {
				ID      int
				Type    string
				GridPos struct{ X, Y, W, H int }
				Targets []struct{ Expr string }
			}
		}
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Fatal(err)
		}
		seen := map[int]bool{}
		for _, p := range got.Panels {
			if seen[p.ID] || p.GridPos.X+p.GridPos.W > gridWidth || p.GridPos.W == 0 {
				t.Errorf("%s: panel %d is there twice, or outside of the grid: %+v", name, p.ID, p.GridPos)
			}
			seen[p.ID] = true
			if p.Type != "row" && (len(p.Targets) == 0 || p.Targets[0].Expr == "") {
				t.Errorf("%s: panel %d asks nothing", name, p.ID)
			}
			if !slices.Contains([]string{"row", line, value, table}, p.Type) {
				t.Errorf("%s: panel %d is a %q", name, p.ID, p.Type)
			}
		}
	}
}

func TestWhatIsNotThereIsNotDrawn(t *testing.T) {
	got := All(Input{})
	for _, name := range []string{"mesh", "edge"} {
		if _, drawn := got[name]; drawn {
			t.Errorf("%s is drawn without a %s", name, name)
		}
	}
	if n := len(got["observability"].Rows); n != 2 {
		t.Errorf("%d rows of what watches, want Prometheus and Alertmanager alone", n)
	}
}
