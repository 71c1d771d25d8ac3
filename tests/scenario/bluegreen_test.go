package scenario

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/kube"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/release"
	"github.com/ladder-platform/ladder/stacks/upgrade"
	"github.com/ladder-platform/ladder/tests/rig"
)

// mover is a stack whose file ladder plan --write edits.
type mover struct {
	*testing.T
	r       *rig.Rig
	p       sandbox.Program
	samples []kube.Sample
}

func (m *mover) edit(oldnew ...string) {
	m.Helper()
	text := m.text()
	for i := 0; i < len(oldnew); i += 2 {
		if !strings.Contains(text, oldnew[i]) {
			m.Fatalf("the file has no %q:\n%s", oldnew[i], text)
		}
		text = strings.Replace(text, oldnew[i], oldnew[i+1], 1)
	}
	m.write(text)
}

func (m *mover) text() string {
	m.Helper()
	text, err := os.ReadFile(m.p.StackFile)
	if err != nil {
		m.Fatal(err)
	}
	return string(text)
}

func (m *mover) write(text string) {
	m.Helper()
	if err := os.WriteFile(m.p.StackFile, []byte(text), 0o644); err != nil {
		m.Fatal(err)
	}
}

// next is ladder plan --write; begin is --to.
func (m *mover) next(begin bool) {
	m.Helper()
	cfg, found := config.Load(m.p.StackFile, m.p.Stack)
	if err := found.Err(); err != nil {
		m.Fatal(err)
	}
	from, errFrom := release.Find("2026.08")
	to, errTo := release.Find("2026.11")
	if errFrom != nil || errTo != nil {
		m.Fatal(errFrom, errTo)
	}
	was := record(m.T, m.r, m.p)
	recorded := &upgrade.Recorded{Release: was.Release, Slots: map[string]upgrade.RecordedSlot{}}
	for key, s := range was.Slots {
		recorded.Slots[key] = upgrade.RecordedSlot{State: s.State, Drained: s.Drained}
	}
	run, found := upgrade.Next(upgrade.Input{Name: m.p.Stack, Stack: cfg, From: from, To: to, Now: rig.Now, Live: map[string]int{"main/general/blue": 3}}, recorded, begin)
	if err := found.Err(); err != nil {
		m.Fatal(err)
	}
	text, err := run.Write([]byte(m.text()))
	if err != nil {
		m.Fatal(err)
	}
	m.write(string(text))
}

// up brings the file up, replaces nothing, and leaves nothing to do.
func (m *mover) up(what string) []sandbox.Operation {
	m.Helper()
	changes := m.r.MustUp(m.p).Changes()
	for _, op := range changes {
		if strings.Contains(op.Op, "replace") {
			m.Errorf("%s: %s of %s %v", what, op.Op, op.Name, op.Keys)
		}
	}
	mustBeEmpty(m.T, "the second preview after: "+what, m.r.MustPreview(m.p))
	return changes
}

// deleted are the names of what a run deleted.
func deleted(ops []sandbox.Operation) (out []string) {
	for _, op := range ops {
		if op.Op == "delete" {
			out = append(out, op.Name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// application puts a Deployment of three with a budget into the cluster.
func (m *mover) application(budget map[string]any) {
	m.Helper()
	labels := map[string]any{"app": "web"}
	meta := map[string]any{"namespace": "default", "name": "web"}
	selector := map[string]any{"matchLabels": labels}
	budget["selector"] = selector
	if err := m.r.World().Tx(func(tx *world.Tx) error {
		endpoint, _ := tx.Find("aws:eks/cluster:Cluster", "", nil)[0].Attrs["endpoint"].(string)
		for kind, spec := range map[string]map[string]any{
			"apps/v1/Deployment": {"replicas": 3., "selector": selector, "template": map[string]any{"metadata": map[string]any{"labels": labels},
				"spec": map[string]any{"nodeSelector": map[string]any{"ladder/group": "general"}, "containers": []any{map[string]any{"name": "web", "image": "nginx:1"}}}}},
			"policy/v1/PodDisruptionBudget": budget,
		} {
			version, name := kind[:strings.LastIndex(kind, "/")], kind[strings.LastIndex(kind, "/")+1:]
			tx.Put(&world.Object{Kind: "kube:" + kind, Scope: endpoint, ID: "default/web", Name: "web", Owner: world.OwnerSeed,
				Attrs: map[string]any{"apiVersion": version, "kind": name, "metadata": meta, "spec": spec}})
		}
		return nil
	}); err != nil {
		m.Fatal(err)
	}
}

// mustNameTheJob: the plan sends people to the Job that is really there.
func (m *mover) mustNameTheJob() {
	m.Helper()
	cfg, found := config.LoadBytes("x", []byte(strings.NewReplacer(`"2026.11"`, `"2026.08"`, "              state: draining\n", "").Replace(m.text())), m.p.Stack)
	if len(cfg.Clusters) == 0 {
		m.Fatal(found.Err())
	}
	slots := cfg.Clusters["main"].NodeGroups["general"].Slots
	delete(slots, "green")
	from, _ := release.Find("2026.08")
	to, _ := release.Find("2026.11")
	steps := upgrade.New(upgrade.Input{Name: m.p.Stack, Stack: cfg, From: from, To: to, Now: rig.Now}).Runs[1].Steps
	m.r.World().View(func(tx *world.Tx) {
		jobs := tx.Find("kube:batch/v1/Job", "", func(o *world.Object) bool { return strings.Contains(o.URN, "-drain-") })
		if len(jobs) != 1 || !strings.Contains(steps[0].Check[0], "job-name="+jobs[0].Name+" ") {
			m.Errorf("%d drain Jobs %v; the plan says %q", len(jobs), jobs, steps[0].Check[0])
		}
	})
}

// TestABlueGreenClimb goes from one slot on the old release to one on the new,
// by the edits that ladder plan --write makes.
func TestABlueGreenClimb(t *testing.T) {
	t.Parallel()
	m := &mover{T: t}
	m.r = rig.New(t, rig.Options{OnSample: func(s kube.Sample) { m.samples = append(m.samples, s) }})
	m.p = m.r.Edited("blue-green", `ladder:release: "2026.11"`, `ladder:release: "2026.08"`,
		"            blue: # what ran before; its entry goes when it is drained\n              release: \"2026.08\"\n              state: draining\n            green:\n              desired: 3\n",
		"            blue: # what runs\n              desired: 3\n")
	m.up("the first up")
	m.application(map[string]any{"minAvailable": 2.})

	m.next(true)
	if gone := deleted(m.up("the climb, with a new slot")); len(gone) > 0 {
		t.Errorf("the climb deletes %q", gone)
	}
	written := m.text()
	m.edit("            blue: # what runs\n              desired: 3\n              release: \"2026.08\"\n", "")
	mustRefuse(t, m.r, m.p, "clusters.main.nodeGroups.general.slots.blue", "the stack runs this slot with live nodes and the file no longer has it", "first set slots.blue.state to draining and run up")
	m.write(written)

	m.next(false)
	m.samples = nil
	if gone := deleted(m.up("the drain")); len(gone) > 0 {
		t.Errorf("the drain deletes %q", gone)
	}
	moved := slices.ContainsFunc(m.samples, func(s kube.Sample) bool {
		return slices.ContainsFunc(s.Workloads, func(w kube.Availability) bool { return w.ID == "default/web" && w.Ready < w.Desired })
	})
	if !moved {
		t.Error("no pod of the application moved: this test would prove nothing")
	}
	for _, s := range m.samples {
		for _, w := range s.Workloads {
			if w.Ready < w.Minimum {
				t.Errorf("%v after the drain began, %s: %d of %s are ready, its budget asks for %d", s.At, s.Cause, w.Ready, w.ID, w.Minimum)
			}
		}
	}
	if slot := record(t, m.r, m.p).Slots["main/general/blue"]; slot.State != "draining" || !slot.Drained {
		t.Errorf("the record says of the old slot: %+v", slot)
	}

	m.mustNameTheJob()

	m.next(false)
	want := []string{"cluster-main-drain", "cluster-main-drain-general-blue", "cluster-main-ng-general-blue", "cluster-main-ng-general-blue-checks"}
	if got := deleted(m.up("the removal")); !slices.Equal(got, want) {
		t.Errorf("the removal deletes %q, want %q", got, want)
	}
	m.edit("          upgrade: blueGreen\n", "          upgrade: rolling\n")
	for _, op := range m.r.MustPreview(m.p).Changes() { // the shape tells of it, and the record of the shape
		if op.Op != "update" || op.Type != "aws:ssm/parameter:Parameter" {
			t.Errorf("a group that is rolling now: %s of %s", op.Op, op.URN)
		}
	}
}

// TestABudgetThatCannotBeMetStopsTheDrainAndIsNamed: nothing is recorded, the
// slot may not be removed, and the same up goes on once the budget is mended.
func TestABudgetThatCannotBeMetStopsTheDrainAndIsNamed(t *testing.T) {
	t.Parallel()
	m := &mover{T: t}
	m.r = rig.New(t, rig.Options{})
	const draining = "              state: draining\n"
	m.p = m.r.Edited("blue-green", draining, "")
	m.r.MustUp(m.p)
	m.application(map[string]any{"maxUnavailable": 0.})
	m.edit("              release: \"2026.08\"\n", "              release: \"2026.08\"\n"+draining)
	result, err := m.r.Up(t.Context(), m.p)
	if err == nil {
		t.Fatal("the drain passed a budget of none")
	}
	said := err.Error() + "\n" + strings.Join(result.Diagnostics, "\n")
	for _, want := range []string{"Job has reached the specified backoff limit", "default/web: Cannot evict pod as it would violate the pod's disruption budget", "needs 3 healthy pods and has 3 currently"} {
		if !strings.Contains(said, want) {
			t.Errorf("the failure lacks %q:\n%s", want, said)
		}
	}
	kept := m.text()
	m.edit("            blue: # what ran before; its entry goes when it is drained\n              release: \"2026.08\"\n"+draining, "")
	mustRefuse(t, m.r, m.p, "clusters.main.nodeGroups.general.slots.blue", "and the file no longer has it")
	m.write(kept)
	m.application(map[string]any{"maxUnavailable": 1.})
	m.r.MustUp(m.p) // the Job that failed is made anew
	mustBeEmpty(t, "the second preview", m.r.MustPreview(m.p))
	if slot := record(t, m.r, m.p).Slots["main/general/blue"]; !slot.Drained {
		t.Errorf("the record says of the old slot: %+v", slot)
	}
}
