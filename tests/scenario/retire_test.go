package scenario

import (
	"os"
	"strings"
	"testing"

	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/tests/rig"
)

// TestAClusterRetires ends the move from a blue cluster to a green one: the old
// one's entry may go once an up has lifted its protection, and nothing of it is
// left but what outlives a destroy too.
func TestAClusterRetires(t *testing.T) {
	t.Parallel()
	const stack = "edge-shift"
	text, err := os.ReadFile(rig.StackFile(stack))
	if err != nil {
		t.Fatal(err)
	}
	_, entry, _ := strings.Cut(string(text), "  ladder:clusters:\n")
	entry, _, _ = strings.Cut(entry, "    green:\n")
	const moving, moved = "shift: { blue: 90, green: 10 }", "shift: { green: 100 }"
	r := rig.New(t, rig.Options{})
	r.MustUp(r.Program(stack))
	gone := r.Edited(stack, entry, "", moving, moved)
	if _, err := r.Up(t.Context(), gone); err == nil || !strings.Contains(err.Error(), "set clusters.blue.state to retiring and run up") {
		t.Fatalf("the removal of a live cluster ends with %v", err)
	}
	if _, err := r.Up(t.Context(), r.Edited(stack, "    blue:\n", "    blue:\n      state: retiring\n")); err == nil || !strings.Contains(err.Error(), "edge.shift.blue: 90 percent of the requests go to a cluster that retires") {
		t.Fatalf("a cluster that has requests retires: %v", err)
	}
	retiring := r.MustUp(r.Edited(stack, "    blue:\n", "    blue:\n      state: retiring\n", moving, moved))
	for _, op := range retiring.Changes() {
		if strings.HasPrefix(op.Name, "cluster-") && op.Op != "update" {
			t.Errorf("to lift the protection does %s %s", op.Op, op.Name)
		}
	}
	r.MustUp(gone)
	mustBeEmpty(t, "the preview after it", r.MustPreview(gone))
	r.World().View(func(tx *world.Tx) {
		for _, o := range tx.Find("", "", nil) {
			if _, ok := kept[o.Kind]; !ok && strings.Contains(o.URN+o.Scope+o.Name+o.ID, "-blue") {
				t.Errorf("left of the cluster: %s", describe(o))
			}
		}
	})
}
