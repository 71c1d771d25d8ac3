package scenario

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/release"
	"github.com/ladder-platform/ladder/stacks/upgrade"
	"github.com/ladder-platform/ladder/tests/rig"
)

// mustBePlanned checks that every chart of a stack is a step of a climb in which
// all charts change: one that the plan forgot would change without a word.
func mustBePlanned(t *testing.T, name string, registered []apitype.ResourceV3) {
	t.Helper()
	text, err := os.ReadFile(rig.StackFile(name))
	if err != nil {
		t.Fatal(err)
	}
	cfg, found := config.LoadBytes(name, text, name)
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	to, err := release.Find(cfg.Release)
	if err != nil {
		t.Fatal(err)
	}
	in := upgrade.Input{Name: name, Stack: cfg, Now: rig.Now, From: allChartsBefore(t, to), To: to}
	planned := map[string]bool{}
	for _, run := range upgrade.New(in).Runs {
		for _, s := range run.Steps {
			for _, r := range s.Resources {
				planned[r] = true
			}
		}
	}
	var forgotten []string
	for _, r := range registered {
		if r.Type == "kubernetes:helm.sh/v3:Release" && !planned[r.URN.Name()] && !stays(cfg, r.URN.Name()) {
			forgotten = append(forgotten, r.URN.Name())
		}
	}
	slices.Sort(forgotten)
	if diff := cmp.Diff([]string(nil), forgotten); diff != "" {
		t.Errorf("charts that the plan forgets (-none +forgotten):\n%s", diff)
	}
}

// stays says whether a chart keeps its version when the stack's release moves:
// that of a mesh whose revisions name releases, or of a cluster that names one.
func stays(cfg config.Stack, name string) bool {
	part := strings.SplitN(name, "-", 3) // cluster-main-…, mesh-main-…
	if c, ok := cfg.Clusters[part[1]]; ok && c.Release != "" && c.Release != cfg.Release {
		return true
	}
	return part[0] == "mesh" && cfg.Mesh != nil && len(cfg.Mesh.Revisions) > 0
}

// allChartsBefore is a release with other charts, and the same of everything else.
func allChartsBefore(t *testing.T, to release.Release) release.Release {
	t.Helper()
	text, err := json.Marshal(to)
	if err != nil {
		t.Fatal(err)
	}
	var from release.Release
	if err := json.Unmarshal(text, &from); err != nil {
		t.Fatal(err)
	}
	for k, c := range from.Charts {
		c.Version = "0.0.1"
		from.Charts[k] = c
	}
	return from
}
