package rules

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/ladder-platform/ladder/internal/golden"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/tests/rig"
)

// TestWhatTheStacksRegister brings every shipped stack and variant up once and
// holds the laws against what is in their states.
func TestWhatTheStacksRegister(t *testing.T) {
	names := append([]string{"dev", "stg", "prd"}, rig.Variants(t)...)
	found := make([][]apitype.ResourceV3, len(names))
	t.Run("up", func(t *testing.T) {
		for i, name := range names {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				found[i] = upOf(t, name)
			})
		}
	})
	all := slices.Concat(found...)
	if t.Failed() || len(all) == 0 {
		t.Fatalf("not every stack came up: nothing is proved")
	}
	t.Run("replacements", func(t *testing.T) { checkReplacements(t, all) })
	t.Run("deletion order", func(t *testing.T) { checkOrder(t, all) })
	t.Run("quotas", func(t *testing.T) { checkQuotas(t, types(all)) })
	t.Run("the page", func(t *testing.T) { golden.File(t, "coverage.md", page(types(all), pairsOf(all))) })
}

func upOf(t *testing.T, name string) []apitype.ResourceV3 {
	t.Helper()
	r := rig.New(t, rig.Options{})
	if content, err := os.ReadFile(filepath.Join(rig.Root(), "tests", "stacks", "seed-"+name+".json")); err == nil {
		var objects []*world.Object
		if err := json.Unmarshal(content, &objects); err != nil {
			t.Fatalf("seed of %s: %v", name, err)
		}
		if err := r.World().Tx(func(tx *world.Tx) error {
			for _, o := range objects {
				tx.Put(o)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	} else if !os.IsNotExist(err) {
		t.Fatal(err)
	}
	p := r.Program(name)
	r.WroteBefore(p)
	r.MustUp(p)
	text, err := r.Export(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	var state struct{ Deployment apitype.DeploymentV3 }
	if err := json.Unmarshal(text, &state); err != nil {
		t.Fatalf("the export of %s: %v", name, err)
	}
	return slices.DeleteFunc(state.Deployment.Resources, func(r apitype.ResourceV3) bool { return !ours(string(r.Type)) })
}

// ours are the types that the simulated clouds decide over.
func ours(token string) bool {
	return strings.HasPrefix(token, "aws:") || strings.HasPrefix(token, "kubernetes:")
}

func types(all []apitype.ResourceV3) []string {
	var out []string
	for _, r := range all {
		out = append(out, string(r.Type))
	}
	slices.Sort(out)
	return slices.Compact(out)
}
