package upgrade

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	cluster "github.com/ladder-platform/ladder/components/cluster/spec"
	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/release"
)

// load reads a stack file of the repository, as if it named another release.
func load(t *testing.T, file, release string) config.Stack {
	t.Helper()
	text, err := os.ReadFile("../../" + file)
	if err != nil {
		t.Fatal(err)
	}
	cfg, found := config.LoadBytes(file, text, "x")
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	cfg.Release = release
	return cfg
}

func find(t *testing.T, name string) release.Release {
	t.Helper()
	r, err := release.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// input is prd from 2026.08 to 2026.11 on a day when both have standard support.
func input(t *testing.T) Input {
	t.Helper()
	return Input{Name: "prd", File: "Pulumi.prd.yaml", Stack: load(t, "Pulumi.prd.yaml", "2026.08"),
		From: find(t, "2026.08"), To: find(t, "2026.11"), Now: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)}
}

func group(in *Input, name string, change func(*cluster.NodeGroup)) {
	g := in.Stack.Clusters["main"].NodeGroups[name]
	change(&g)
	in.Stack.Clusters["main"].NodeGroups[name] = g
}

func errorsOf(p Plan) []string {
	var out []string
	for _, f := range p.Findings.Errors() {
		out = append(out, f.Path+": "+f.Message)
	}
	return out
}

func TestWhatBlocksAClimb(t *testing.T) {
	tests := map[string]struct {
		change func(*Input)
		want   []string
	}{
		"nothing": {func(*Input) {}, nil},
		"a rung that is skipped": {func(in *Input) { in.From = find(t, "2026.05"); in.Stack.Release = "2026.05" },
			[]string{`release: release "2026.11" is not reached from "2026.05" in one step`, `release.from: "2026.05" to "2026.11" is a climb of 2 minors; EKS upgrades one at a time`,
				`release.from: during the climb from "2026.05": Istio 1.29.8 is not supported on Kubernetes 1.36, only on 1.31, 1.32, 1.33, 1.34, 1.35`,
				`release.charts.istiod.version: "1.31.1" skips a minor after "1.29.8" of release "2026.05"; Istio moves one at a time`}},
		"a release whose support has ended": {func(in *Input) { in.Now = time.Date(2028, 8, 2, 0, 0, 0, 0, time.UTC) },
			[]string{`release: extended support of Kubernetes 1.36, which release "2026.11" has, ended on 2028-08-02; EKS upgrades such clusters by itself`}},
		"a release that lacks an add-on": {func(in *Input) { delete(in.To.Addons, "coredns") },
			[]string{`clusters.main: release "2026.11" has no version of add-on "coredns" (addons.coredns.version pins one)`}},
		"a cluster that would be two behind": {func(in *Input) { c := in.Stack.Clusters["main"]; c.Release = "2026.05"; in.Stack.Clusters["main"] = c },
			[]string{`clusters.main.release: the cluster is held on release "2026.05", and would be two or more behind the stack's "2026.11"`}},
		"a slot that still drains": {func(in *Input) {
			group(in, "general", func(g *cluster.NodeGroup) {
				g.Upgrade, g.Slots = cluster.BlueGreen, map[string]cluster.Slot{"blue": {Release: "2026.05", State: cluster.Draining}, "green": {}}
			})
		}, []string{`clusters.main.nodeGroups.general.slots.blue: the slot still drains; the proof of addresses has room for two slots, not three`}},
		"two live slots": {func(in *Input) {
			group(in, "general", func(g *cluster.NodeGroup) {
				g.Upgrade, g.Slots = cluster.BlueGreen, map[string]cluster.Slot{"blue": {}, "green": {}}
			})
		}, []string{`clusters.main.nodeGroups.general.slots: 2 slots are live on release "2026.08"`}},
		"an API that goes away": {func(in *Input) {
			in.Objects = []Object{{"storagemigration.k8s.io/v1alpha1", "StorageVersionMigration", "all", "x"}}
		}, []string{`: storagemigration.k8s.io/v1alpha1 StorageVersionMigration "all" (x) is not served from Kubernetes 1.36 on`}},
		"a requested API that goes away": {func(in *Input) {
			in.Requested = []Request{{"storage.k8s.io", "v1alpha1", "volumeattributesclasses", "", "1.35"}}
		}, []string{`: clients of the live API server asked for storage.k8s.io/v1alpha1 volumeattributesclasses, which is not served from Kubernetes 1.35 on`}},
		"a requested API that goes later warns only": {func(in *Input) {
			in.Requested = []Request{{"resource.k8s.io", "v1alpha3", "resourceclaims", "", "1.37"}}
		}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			in := input(t)
			tt.change(&in)
			if diff := cmp.Diff(tt.want, errorsOf(New(in))); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnUpgradeThatDoesNotFitIsBlocked(t *testing.T) {
	in := input(t)
	n := in.Stack.Networks["main"]
	n.CIDR, n.PodCIDR = "10.40.0.0/24", ""
	in.Stack.Networks["main"] = n
	p := New(in)
	found := slices.ContainsFunc(p.Findings.Errors(), func(f finding.Finding) bool { return f.Path == "networks.main.cidr" })
	if !found {
		t.Errorf("no finding on networks.main.cidr: %v", p.Findings)
	}
}

func TestStepsAreInTheOrderOfTheGraph(t *testing.T) {
	order := []string{PhaseControlPlane, PhasePrerequisite, PhaseNodes, PhaseAddons, PhaseCRDs, PhaseCharts, PhaseKarpenter}
	in := input(t)
	in.Stack = load(t, "tests/stacks/karpenter.yaml", "2026.08")
	p := New(in)
	if len(p.Runs) != 1 {
		t.Fatalf("%d runs, want one", len(p.Runs))
	}
	last, seen := -1, map[string]bool{}
	for _, s := range p.Runs[0].Steps {
		at := slices.Index(order, s.Phase)
		if at < last {
			t.Errorf("%s of phase %q comes after a later phase", s.What, s.Phase)
		}
		last, seen[s.Phase] = at, true
		if s.Effect == "" || s.Back == "" || len(s.Check) == 0 || len(s.Resources) == 0 || s.How == "" || s.Disruption == "" {
			t.Errorf("%s is not complete: %+v", s.What, s)
		}
		if s.From == s.To {
			t.Errorf("%s does not change: %s", s.What, s.From)
		}
	}
	for _, phase := range order {
		if !seen[phase] {
			t.Errorf("no step of phase %q: this test would prove nothing", phase)
		}
	}
}

func TestDurationFollowsTheNodesThatRun(t *testing.T) {
	roll := func(in Input) Span {
		for _, s := range New(in).Runs[0].Steps {
			if s.What == "node group general, slot main" {
				return s.Span
			}
		}
		t.Fatal("no step for the group general")
		return Span{}
	}
	tests := map[string]struct {
		change func(*Input)
		want   Span
	}{ // 400 s a batch, 410 s at the slowest (facts, latencies); prd's group has 3 to 15 nodes
		"the file's size":         {func(*Input) {}, Span{3 * 400, 15 * 410}},
		"what runs":               {func(in *Input) { in.Live = map[string]int{"main/general/main": 7} }, Span{7 * 400, 15 * 410}},
		"two nodes at a time":     {func(in *Input) { group(in, "general", func(g *cluster.NodeGroup) { g.MaxUnavailable = 2 }) }, Span{2 * 400, 8 * 410}},
		"an empty group is a bit": {func(in *Input) { in.Live = map[string]int{"main/general/main": 0} }, Span{400, 15 * 410}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			in := input(t)
			tt.change(&in)
			if diff := cmp.Diff(tt.want, roll(in)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestBlueGreenEditsInOrder(t *testing.T) {
	at := "clusters.main.nodeGroups.general.slots."
	size := "; without a release it follows the cluster's"
	stays := "the old slot stays as it is while the stack's release moves"
	tests := map[string]struct {
		slots map[string]cluster.Slot
		live  map[string]int
		want  [][]string
	}{
		"the implicit slot, with its live size": {nil, map[string]int{"main/general/main": 6}, [][]string{
			{`set release: "2026.11" (was "2026.08")`, `add ` + at + `main.release: "2026.08" # ` + stays, `add ` + at + `next: { desired: 6 } # as many nodes as slot main runs` + size},
			{`add ` + at + `main.state: draining # its nodes are tainted: nothing new starts there`},
			{`remove ` + at + `main (the whole entry) # refused while its nodes are live`},
		}},
		"blue becomes green, a pinned release stays, and the size is the file's": {map[string]cluster.Slot{"blue": {Release: "2026.08", Desired: 4}}, nil, [][]string{
			{`set release: "2026.11" (was "2026.08")`, `add ` + at + `green: { desired: 4 } # as many nodes as the file asks for: how many slot blue really runs was not read, correct it` + size},
			{`add ` + at + `blue.state: draining # its nodes are tainted: nothing new starts there`},
			{`remove ` + at + `blue (the whole entry) # refused while its nodes are live`},
		}},
		"the slot's own shape goes along, and the size is kept within the group's": {map[string]cluster.Slot{"green": {NodeShape: cluster.NodeShape{InstanceTypes: []string{"m7i.xlarge"}, Capacity: "spot"}}},
			map[string]int{"main/general/green": 99}, [][]string{
				{`set release: "2026.11" (was "2026.08")`, `add ` + at + `green.release: "2026.08" # ` + stays,
					`add ` + at + `blue: { instanceTypes: [m7i.xlarge], capacity: spot, desired: 15 } # as many nodes as slot green runs` + size},
				{`add ` + at + `green.state: draining # its nodes are tainted: nothing new starts there`},
				{`remove ` + at + `green (the whole entry) # refused while its nodes are live`},
			}},
		"a new slot that is there already is not made again": {map[string]cluster.Slot{"blue": {Release: "2026.08"}, "green": {Release: "2026.11"}}, nil, [][]string{
			{`set release: "2026.11" (was "2026.08")`},
			{`add ` + at + `blue.state: draining # its nodes are tainted: nothing new starts there`},
			{`remove ` + at + `blue (the whole entry) # refused while its nodes are live`},
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			in := input(t)
			in.Live = tt.live
			group(&in, "general", func(g *cluster.NodeGroup) { g.Upgrade, g.Slots = cluster.BlueGreen, tt.slots })
			p := New(in)
			var got [][]string
			for _, r := range p.Runs {
				var edits []string
				for _, e := range r.Edits {
					edits = append(edits, e.String())
				}
				got = append(got, edits)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("edits of each run (-want +got):\n%s", diff)
			}
			if e := errorsOf(p); e != nil {
				t.Errorf("blocked: %v", e)
			}
		})
	}
}

func TestAClusterThatIsHeldBack(t *testing.T) {
	in := input(t)
	c := in.Stack.Clusters["main"]
	c.Release = "2026.08"
	in.Stack.Clusters["main"] = c
	if p := New(in); len(p.Runs[0].Steps) != 0 || p.Findings[0].Path != "clusters.main.release" {
		t.Errorf("a held cluster climbs with its stack: %+v", p.Runs)
	}
	in.Stack.Release = "2026.11" // the stack went ahead; now the cluster follows
	p := New(in)
	if len(p.Runs[0].Steps) == 0 {
		t.Fatal("the held cluster has no steps")
	}
	want := []Edit{{Path: "clusters.main.release", Old: `"2026.08"`, Why: `the cluster then follows the stack's release "2026.11"`}}
	if diff := cmp.Diff(want, p.Runs[0].Edits); diff != "" {
		t.Errorf("edits (-want +got):\n%s", diff)
	}
}

func TestTheWayBack(t *testing.T) {
	verdicts := func(p Plan) map[string]string {
		out := map[string]string{}
		for _, b := range p.Back.Parts {
			out[b.What] = b.Verdict
		}
		return out
	}
	in := input(t)
	p := New(in)
	if p.Back.WindowDays != 7 {
		t.Errorf("a window of %d days, EKS gives 7", p.Back.WindowDays)
	}
	want := map[string]string{
		"node group general": First, "node group system": First, "add-on kube-proxy": First, "chart cluster-autoscaler": First,
		"add-on coredns": Unknown, "add-on snapshot-controller": Unknown, "chart external-secrets": Works,
		"add-on vpc-cni": Works, "add-on eks-pod-identity-agent": Works, "add-on metrics-server": Works,
		"add-on eks-node-monitoring-agent": Works, "add-on aws-ebs-csi-driver": Works, "add-on aws-efs-csi-driver": Works,
	}
	if diff := cmp.Diff(want, verdicts(p)); diff != "" {
		t.Errorf("verdicts (-want +got):\n%s", diff)
	}
	chart := in.To.Charts["external-secrets"]
	chart.Kubernetes = ">= 1.36.0-0"
	in.To.Charts["external-secrets"] = chart
	if got := verdicts(New(in))["chart external-secrets"]; got != First {
		t.Errorf("a chart that refuses the older minor: %q, want %q", got, First)
	}
	in.To.Kubernetes = in.From.Kubernetes
	if b := New(in).Back; b.WindowDays != 0 || len(b.Parts) != 0 {
		t.Errorf("a release of the same minor has a window: %+v", b)
	}
}

func TestRemovedIn(t *testing.T) {
	cron := func(version string) Object { return Object{"batch/" + version, "CronJob", "nightly", "x"} }
	tests := map[string]struct {
		minor   string
		objects []Object
		want    []Removal
	}{
		"gone since 1.25":               {"1.36", []Object{cron("v1beta1")}, []Removal{{cron("v1beta1"), "1.25", "batch/v1 CronJob"}}},
		"the minor that takes it":       {"1.25", []Object{cron("v1beta1")}, []Removal{{cron("v1beta1"), "1.25", "batch/v1 CronJob"}}},
		"the minor before":              {"1.24", []Object{cron("v1beta1")}, []Removal{}},
		"the version that stays":        {"1.36", []Object{cron("v1")}, []Removal{}},
		"a kind of another group":       {"1.36", []Object{{"example.com/v1beta1", "CronJob", "x", ""}}, []Removal{}},
		"a core object has no group":    {"1.36", []Object{{"v1", "ConfigMap", "x", ""}}, []Removal{}},
		"an API without a replacement":  {"1.36", []Object{{"storagemigration.k8s.io/v1alpha1", "StorageVersionMigration", "x", ""}}, []Removal{{Object{"storagemigration.k8s.io/v1alpha1", "StorageVersionMigration", "x", ""}, "1.36", ""}}},
		"a minor that is none is empty": {"36", []Object{cron("v1beta1")}, []Removal{}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, RemovedIn(tt.minor, tt.objects)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadMetrics(t *testing.T) {
	tests := map[string]struct {
		text string
		want []Request
		err  string
	}{
		"requests, sorted, zero left out": {`# HELP apiserver_requested_deprecated_apis [STABLE] Gauge of deprecated APIs
# TYPE apiserver_requested_deprecated_apis gauge
apiserver_requested_deprecated_apis{group="policy",removed_release="1.25",resource="podsecuritypolicies",subresource="",version="v1beta1"} 1
apiserver_requested_deprecated_apis{group="",removed_release="",resource="componentstatuses",subresource="",version="v1"} 1
apiserver_requested_deprecated_apis{group="batch",removed_release="1.25",resource="cronjobs",subresource="status",version="v1beta1"} 0
apiserver_request_total{code="200"} 3.5e+06 1700000000000
`, []Request{{"", "v1", "componentstatuses", "", ""}, {"policy", "v1beta1", "podsecuritypolicies", "", "1.25"}}, ""},
		"a server that nobody asked": {"process_cpu_seconds_total 12.5\n", []Request{}, ""},
		"an escaped label":           {`apiserver_requested_deprecated_apis{group="a\"b",version="v1",resource="x"} 1`, []Request{{`a"b`, "v1", "x", "", ""}}, ""},
		"an empty file":              {"", nil, "there is none in it"},
		"a page of an error":         {"<html>", nil, "line 1 is no sample of a metric"},
		"a value that is no number":  {"up yes\n", nil, `line 1: "yes" is no number`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := ReadMetrics(strings.NewReader(tt.text))
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Fatalf("error %v, want %q in it", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
