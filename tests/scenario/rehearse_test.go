package scenario

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/cmd/ladder/rehearse"
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/release"
	"github.com/ladder-platform/ladder/stacks/upgrade"
	"github.com/ladder-platform/ladder/tests/rig"
)

// TestDevClimbsEveryRelease rehearses what the catalogue ships, one stage.
func TestDevClimbsEveryRelease(t *testing.T) {
	t.Parallel()
	catalogue, found := release.Shipped()
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	names := catalogue.Names()
	path := catalogue.Path(names[0], names[len(names)-1])
	report, err := rehearse.Run(t.Context(), rehearse.Options{
		Project: rig.Root(), Stages: []rehearse.Stage{{Name: "dev", File: rig.StackFile("dev")}}, Path: path,
		Dir: t.TempDir(), Seed: rig.Seed, Pulumi: os.Getenv("LADDER_PULUMI"), Now: rig.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range report.Problems {
		t.Error(p)
	}
	if len(path) < 3 || len(report.Climbs) != len(path) {
		t.Fatalf("%d climbs of the path %v", len(report.Climbs), path)
	}
	for _, c := range report.Climbs[1:] {
		switch {
		case c.Skew != 1:
			t.Errorf("%s to %s: a skew of %d minors, want 1 between control plane and nodes", c.From, c.To, c.Skew)
		case c.Nodes < 1 || c.Addresses == nil || c.Addresses.Free < 1:
			t.Errorf("%s to %s: nothing was measured: %d nodes, addresses %+v", c.From, c.To, c.Nodes, c.Addresses)
		case c.Workload == nil || c.Workload.Ready < c.Workload.Minimum:
			t.Errorf("%s to %s: the workload is %+v", c.From, c.To, c.Workload)
		case c.Takes <= 0 || len(c.Operations) == 0:
			t.Errorf("%s to %s took %v with %d operations", c.From, c.To, c.Takes, len(c.Operations))
		}
	}
}

// TestThePlanIsWhatTheClimbDoes compares the resources of a plan's steps with
// what the engine changes.
func TestThePlanIsWhatTheClimbDoes(t *testing.T) {
	kinds := []string{"aws:eks/cluster:Cluster", "aws:eks/addon:Addon", "aws:eks/nodeGroup:NodeGroup", "kubernetes:helm.sh/v3:Release",
		"kubernetes:karpenter.k8s.aws/v1:EC2NodeClass", "kubernetes:karpenter.sh/v1:NodePool", "kubernetes:batch/v1:Job"}
	for name, was := range map[string]string{"dev": `"2026.11"`, "karpenter": `"2026.11"`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(rig.StackFile(name))
			if err != nil {
				t.Fatal(err)
			}
			cfg, found := config.LoadBytes(name, []byte(strings.Replace(string(text), was, `"2026.08"`, 1)), name)
			if err := found.Err(); err != nil {
				t.Fatal(err)
			}
			in := upgrade.Input{Name: name, Stack: cfg, Now: rig.Now}
			if in.From, err = release.Find("2026.08"); err != nil {
				t.Fatal(err)
			}
			if in.To, err = release.Find("2026.11"); err != nil {
				t.Fatal(err)
			}
			var planned, done []string
			for _, s := range upgrade.New(in).Runs[0].Steps {
				planned = append(planned, s.Resources...)
			}
			r := rig.New(t, rig.Options{})
			r.MustUp(r.Edited(name, was, `"2026.08"`))
			for _, op := range r.MustUp(r.Program(name)).Changes() {
				if slices.Contains(kinds, op.Type) {
					done = append(done, op.Name)
				}
			}
			slices.Sort(planned)
			slices.Sort(done)
			if diff := cmp.Diff(slices.Compact(done), slices.Compact(planned)); diff != "" {
				t.Errorf("the plan is not what the climb does (-climb +plan):\n%s", diff)
			}
		})
	}
}
