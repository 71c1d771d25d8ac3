package aws_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/ladder-platform/ladder/sandbox/aws/cases"
	"github.com/ladder-platform/ladder/sandbox/world"
)

// keep is what AWS itself keeps after everything was deleted.
var keep = []string{"hidden:kms/PendingDeletion", "hidden:logs/LogGroup", "hidden:eks/LateLogs", "hidden:servicequotas/Request"}

// left lists what is in the world and nobody seeded.
func (b *bench) left() []string {
	var out []string
	b.w.View(func(tx *world.Tx) {
		for _, o := range tx.Find("", "", nil) {
			if o.Owner != world.OwnerSeed && !slices.Contains(keep, o.Kind) {
				out = append(out, o.Kind+" "+o.ID+" of "+o.Owner)
			}
		}
	})
	return out
}

// TestCreateThenDeleteLeavesNothing holds for every world that the cases build:
// whatever a service made beside the objects goes with them.
func TestCreateThenDeleteLeavesNothing(t *testing.T) {
	for _, c := range cases.All() {
		t.Run(c.Rule+"/"+c.Sentence, func(t *testing.T) {
			b := newBench(t, nil)
			var made []cases.Step
			for _, s := range c.Given {
				if err := b.do(s); err != nil {
					t.Fatalf("given %s %q: %v", s.Type, s.Name, err)
				}
				if s.Op == "" || s.Op == "fails" {
					made = append(made, s)
				}
			}
			for _, s := range slices.Backward(made) {
				if err := b.remove(s.Type, s.Name); err != nil {
					t.Fatalf("delete %s %q: %v", s.Type, s.Name, err)
				}
			}
			if rest := b.left(); len(rest) > 0 {
				t.Errorf("left behind:\n%s", strings.Join(rest, "\n"))
			}
		})
	}
}

// TestSameSeedSameWorld: ids and addresses follow from seed and names alone.
func TestSameSeedSameWorld(t *testing.T) {
	build := func() string {
		b := newBench(t, nil)
		for _, c := range cases.All() {
			if c.Rule == "eks.cluster-in-use" {
				for _, s := range c.Given {
					if err := b.do(s); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		text, err := b.w.Save()
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if first, second := build(), build(); first != second {
		t.Error("two runs with one seed made two different worlds")
	}
}
