package scenario

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/tests/rig"
)

// seed puts the objects into the world that a variant expects to be there, and
// returns them as they were.
func seed(t *testing.T, r *rig.Rig, name string) []*world.Object {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(rig.Root(), "tests", "stacks", "seed-"+name+".json"))
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
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
	var out []*world.Object
	r.World().View(func(tx *world.Tx) {
		for _, o := range objects {
			got, _ := tx.Get(o.Key())
			out = append(out, got)
		}
	})
	return out
}
