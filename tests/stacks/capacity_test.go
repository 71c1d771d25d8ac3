package stacks_test

import (
	"testing"

	"github.com/ladder-platform/ladder/stacks/capacity"
)

// TestTheShippedStacksGoOnWithoutAZone: whatever zone is lost, everything that
// the platform runs has a place on the nodes that are always there, and nothing
// has all its disks in one zone.
func TestTheShippedStacksGoOnWithoutAZone(t *testing.T) {
	for _, name := range []string{"dev", "stg", "prd"} {
		t.Run(name, func(t *testing.T) {
			s := read(t, "../../Pulumi."+name+".yaml")
			for _, p := range s.Capacity() {
				watched := 0
				for _, w := range p.Workloads {
					if w.Part == capacity.PartObservability {
						watched++
					}
				}
				if len(p.Unknown()) > 0 || len(p.Lost) != 3 || watched < 15 {
					t.Errorf("cluster %s: unknown types %v, %d zones, %d workloads of observability", p.Cluster, p.Unknown(), len(p.Lost), watched)
				}
				for _, f := range append(p.Lost, p.Whole) {
					if !f.Held() {
						t.Errorf("cluster %s, lost %q: %d nodes more, no place for %v, nothing left of %v", p.Cluster, f.Lost, f.Added, f.Unplaced, f.Gone)
					}
					t.Logf("cluster %s, lost %q: %d of %d workloads' pods move; free %+v", p.Cluster, f.Lost, f.Moved, len(p.Workloads), f.Free)
				}
			}
		})
	}
}
