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

// rehearsed runs a rehearsal of one stack that must go well.
func rehearsed(t *testing.T, stack string, path []string, change func(*rehearse.Options)) *rehearse.Report {
	t.Helper()
	options := rehearse.Options{
		Project: rig.Root(), Stages: []rehearse.Stage{{Name: stack, File: rig.StackFile(stack)}}, Path: path,
		Dir: t.TempDir(), Seed: rig.Seed, Pulumi: os.Getenv("LADDER_PULUMI"), Now: rig.Now,
	}
	if change != nil {
		change(&options)
	}
	report, err := rehearse.Run(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range report.Problems {
		t.Error(p)
	}
	return report
}

// TestDevClimbsEveryRelease rehearses what the catalogue ships, one stage, and
// takes it down at the end.
func TestDevClimbsEveryRelease(t *testing.T) {
	t.Parallel()
	catalogue, found := release.Shipped()
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	names := catalogue.Names()
	path := catalogue.Path(names[0], names[len(names)-1])
	report := rehearsed(t, "dev", path, func(o *rehearse.Options) { o.Destroy = true })
	if len(path) < 3 || len(report.Climbs) != len(path)+2 {
		t.Fatalf("%d ups of the path %v", len(report.Climbs), path)
	}
	for _, c := range report.Climbs[1:len(path)] {
		i := slices.IndexFunc(c.Workloads, func(w *rehearse.Workload) bool { return w.Name == "dev-main Deployment rehearsal/web" })
		switch {
		case c.Skew != 1:
			t.Errorf("%s to %s: a skew of %d minors, want 1 between control plane and nodes", c.From, c.To, c.Skew)
		case c.Nodes < 1 || c.Addresses == nil || c.Addresses.Free < 1 || c.Capacity == nil:
			t.Errorf("%s to %s: nothing was measured: %d nodes, addresses %+v, capacity %+v", c.From, c.To, c.Nodes, c.Addresses, c.Capacity)
		case i < 0 || c.Workloads[i].Ready != 5 || c.Workloads[i].Minimum != 5 || c.Workloads[i].Zones < 2:
			t.Errorf("%s to %s: the workloads are %+v, want one web of six down at a time, in two zones or more", c.From, c.To, c.Workloads)
		case c.Takes <= 0 || len(c.Operations) == 0 || len(c.Timeline) < len(c.Operations):
			t.Errorf("%s to %s took %v with %d operations and %d measurements", c.From, c.To, c.Takes, len(c.Operations), len(c.Timeline))
		}
	}
	if svg := string(rehearse.SVG(report)); strings.Count(svg, `class="card"`) != len(report.Climbs) || !strings.Contains(svg, "climb to release 2026.11") {
		t.Errorf("the picture lacks a card:\n%.2000s", svg)
	}
}

// TestARehearsalBeginsWithAState exports a stack from another cloud, in which
// everything has other ids and a node group was scaled by hand, and climbs from
// there with the workloads of a file.
func TestARehearsalBeginsWithAState(t *testing.T) {
	t.Parallel()
	r := rig.New(t, rig.Options{})
	old := r.Edited("dev", upper, lower)
	r.MustUp(old)
	text, err := r.Export(t.Context(), old)
	if err != nil {
		t.Fatal(err)
	}
	scaled := strings.Replace(string(text), `"desiredSize": 2`, `"desiredSize": 4`, 2) // inputs and outputs of one group
	state, err := rehearse.ReadState("dev.json", []byte(scaled))
	if err != nil {
		t.Fatal(err)
	}
	workloads, err := rehearse.ReadWorkloads("shop.yaml", []byte(shop))
	if err != nil {
		t.Fatal(err)
	}
	report := rehearsed(t, "dev", []string{"2026.08", "2026.11"}, func(o *rehearse.Options) {
		o.Seed, o.State, o.Workloads = rig.Seed+1, state, workloads
	})
	begun, climb := report.Climbs[0], report.Climbs[1]
	if len(begun.Operations) > 0 {
		t.Errorf("the same file and state differ: %+v", begun.Operations)
	}
	if climb.Nodes != 6 {
		t.Errorf("the climb had at least %d nodes, want 2 and the 4 that the state tells of", climb.Nodes)
	}
	if !slices.ContainsFunc(climb.Workloads, func(w *rehearse.Workload) bool {
		return w.Name == "dev-main Deployment apps/shop" && w.Minimum == 3 && w.Ready == 3
	}) {
		t.Errorf("the workloads are %+v, want apps/shop with its budget of 3", climb.Workloads)
	}
	if notes := strings.Join(report.Notes, "\n"); !strings.Contains(notes, "dev began as its state of") || strings.Contains(notes, "UNKNOWN: the environment's own deployments") {
		t.Errorf("notes:\n%s", notes)
	}
}

// shop is what kubectl get deploy,pdb -o yaml prints, shortened.
const shop = `apiVersion: v1
kind: List
items:
- apiVersion: apps/v1
  kind: Deployment
  metadata: { name: shop, namespace: apps }
  spec: { replicas: 4, selector: { matchLabels: { app: shop } }, template: { metadata: { labels: { app: shop } }, spec: { containers: [{ name: shop, image: shop }] } } }
- apiVersion: policy/v1
  kind: PodDisruptionBudget
  metadata: { name: shop, namespace: apps }
  spec: { minAvailable: 75%, selector: { matchLabels: { app: shop } } }
`

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
