package rig

import (
	"os"
	"strings"
	"testing"

	"github.com/ladder-platform/ladder/stacks/config"
)

// TestClustersOnly: what is left is a stack of networks and clusters, and
// nothing else of it has changed.
func TestClustersOnly(t *testing.T) {
	for _, name := range []string{"dev", "stg", "prd"} {
		text, err := os.ReadFile(ClustersOnly(t, name))
		if err != nil {
			t.Fatal(err)
		}
		cfg, found := config.LoadBytes(name, text, name)
		if err := found.Err(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		whole, _ := config.Load(StackFile(name), name)
		if cfg.Mesh != nil || cfg.Edge != nil || cfg.Sample != nil || cfg.Observability != nil || len(cfg.Clusters) != len(whole.Clusters) {
			t.Errorf("%s has sections that need a cluster, or lost one:\n%s", name, text)
		}
		file, err := os.ReadFile(StackFile(name))
		if err != nil {
			t.Fatal(err)
		}
		if before, _, _ := strings.Cut(string(file), "  ladder:mesh:"); !strings.HasPrefix(string(text), before) {
			t.Errorf("%s has changed before its mesh section:\n%s", name, text)
		}
	}
}
