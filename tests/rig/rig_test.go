package rig

import (
	"os"
	"path/filepath"
	"regexp"
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

// TestMakeTrialsRunsThem: whatever skips itself in make test is in the recipe of
// make trials, or nobody would ever run it.
func TestMakeTrialsRunsThem(t *testing.T) {
	makefile, err := os.ReadFile(filepath.Join(Root(), "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	_, recipe, _ := strings.Cut(string(makefile), "\ntrials:")
	recipe, _, _ = strings.Cut(recipe, "\n\n")
	long := regexp.MustCompile(`(?m)^func (Test\w+)\(t \*testing\.T\) \{\n\trig\.OnlyInTrials\(t\)`)
	files, err := filepath.Glob(filepath.Join(Root(), "tests", "*", "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range long.FindAllStringSubmatch(string(text), -1) {
			found++
			if folder := "./tests/" + filepath.Base(filepath.Dir(file)); !strings.Contains(recipe, m[1]) || !strings.Contains(recipe, folder) {
				t.Errorf("make trials runs no %s of %s", m[1], folder)
			}
		}
	}
	if found == 0 {
		t.Error("no test skips itself: this one looks for the wrong thing")
	}
}
