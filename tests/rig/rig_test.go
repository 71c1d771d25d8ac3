package rig

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
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

// TestMakeTrialsRunsThem: whatever has the tag trials is in the recipe of make
// trials, or nobody would ever run it.
func TestMakeTrialsRunsThem(t *testing.T) {
	makefile, err := os.ReadFile(filepath.Join(Root(), "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	_, recipe, _ := strings.Cut(string(makefile), "\ntrials:")
	recipe, _, _ = strings.Cut(recipe, "\n\n")
	runs := regexp.MustCompile(`-tags trials -run '([^']+)' (.*) &&`).FindAllStringSubmatch(recipe, -1)
	function := regexp.MustCompile(`(?m)^func (Test\w+)\(t \*testing\.T\)`)
	found := 0
	for _, pattern := range []string{"sandbox/*_test.go", "sandbox/*/*_test.go", "tests/*/*_test.go"} {
		files, err := filepath.Glob(filepath.Join(Root(), filepath.FromSlash(pattern)))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(string(text), "//go:build trials\n") {
				continue
			}
			folder, err := filepath.Rel(Root(), filepath.Dir(file))
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range function.FindAllStringSubmatch(string(text), -1) {
				found++
				if !slices.ContainsFunc(runs, func(run []string) bool {
					return regexp.MustCompile(run[1]).MatchString(m[1]) && slices.Contains(strings.Fields(run[2]), "./"+filepath.ToSlash(folder))
				}) {
					t.Errorf("make trials runs no %s of ./%s", m[1], filepath.ToSlash(folder))
				}
			}
		}
	}
	if found == 0 {
		t.Error("no test has the tag: this one looks for the wrong thing")
	}
}
