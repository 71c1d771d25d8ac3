package scenario

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	mesh "github.com/ladder-platform/ladder/components/mesh/spec"
	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/kube"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/stacks/release"
	"github.com/ladder-platform/ladder/tests/rig"
)

// watch looks at a cluster's control planes whenever the engine says something.
type watch struct {
	mu       sync.Mutex
	world    func() *world.World
	versions map[string]bool // of Istio, that the cluster's Kubernetes supports
	looks    int
	// seen are the revisions that served a namespace at some time.
	seen map[string]bool
	lost map[string]int
}

// look notes every namespace whose revision no running istiod of a supported version has.
func (w *watch) look(sandbox.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.world == nil {
		return
	}
	w.world().View(func(tx *world.Tx) {
		running := map[string]string{}
		for _, o := range tx.Find("kube:apps/v1/Deployment", "", func(o *world.Object) bool { return strings.HasPrefix(o.ID, "istio-system/istiod") }) {
			if _, ready, _ := kube.Placement(tx, o.Scope, "apps/v1", "Deployment", o.ID); ready < 1 {
				continue
			}
			revision, _ := dig(o.Attrs, "metadata", "labels", "istio.io/rev").(string)
			containers, _ := dig(o.Attrs, "spec", "template", "spec", "containers").([]any)
			if len(containers) > 0 {
				image, _ := containers[0].(map[string]any)["image"].(string)
				_, tag, _ := strings.Cut(image, ":")
				running[revision], _, _ = strings.Cut(tag, "-")
			}
		}
		for _, o := range tx.Find("kube:v1/Namespace", "", nil) {
			revision, ok := dig(o.Attrs, "metadata", "labels", "istio.io/rev").(string)
			if !ok {
				continue
			}
			w.looks++
			w.seen[revision] = true
			switch version, there := running[revision]; {
			case !there:
				w.lost[fmt.Sprintf("namespace %s is on revision %s, and no istiod of it runs", o.ID, revision)]++
			case !w.versions[version]:
				w.lost[fmt.Sprintf("namespace %s is served by Istio %s, which is not supported", o.ID, version)]++
			}
		}
	})
}

func dig(m map[string]any, path ...string) any {
	for _, key := range path[:len(path)-1] {
		m, _ = m[key].(map[string]any)
	}
	return m[path[len(path)-1]]
}

// TestARevisionUpgradeKeepsEveryNamespaceServed rehearses a canary upgrade of the
// control plane, wave by wave, and looks after every event of the engine.
func TestARevisionUpgradeKeepsEveryNamespaceServed(t *testing.T) {
	t.Parallel()
	const (
		name   = "revision-upgrade"
		older  = `      2026-08: { release: "2026.08" } # removed when no namespace has used it for a whole up` + "\n"
		newer  = `      2026-11: { release: "2026.11" }` + "\n"
		moved  = "      first:\n        revision: 2026-11\n"
		stays  = "      first:\n        revision: stable\n"
		stable = "      stable: 2026-08\n"
		moves  = "      stable: 2026-11\n"
	)
	w := &watch{versions: map[string]bool{}, seen: map[string]bool{}, lost: map[string]int{}}
	own, err := release.Find("2026.11")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []string{"2026.08", "2026.11"} {
		r, err := release.Find(n)
		if err != nil {
			t.Fatal(err)
		}
		if why := release.CheckRevision(r, own); why != "" {
			t.Fatal(why)
		}
		w.versions[r.Charts[mesh.ChartIstiod].Version] = true
	}
	r := rig.New(t, rig.Options{OnEvent: w.look})
	w.mu.Lock()
	w.world = r.World
	w.mu.Unlock()

	r.MustUp(r.Edited(name, newer, "", moved, stays))
	r.MustUp(r.Edited(name, moved, stays))
	r.MustUp(r.Program(name))
	if _, err := r.Preview(t.Context(), r.Edited(name, older, "", stable, moves)); err == nil ||
		!strings.Contains(strings.Join(strings.Fields(err.Error()), " "), "mesh.revisions.2026-08: is removed from cluster main while it serves second, third") {
		t.Errorf("removing a control plane in the step that moves its last namespaces is answered by %v", err)
	}
	r.MustUp(r.Edited(name, stable, moves))
	last := r.Edited(name, older, "", stable, moves)
	r.MustUp(last)
	mustBeEmpty(t, "the preview after the upgrade", r.MustPreview(last))

	for what, times := range w.lost {
		t.Errorf("%d times: %s", times, what)
	}
	if w.looks < 100 || len(w.seen) != 2 {
		t.Errorf("%d looks saw the revisions %v, want many and both", w.looks, w.seen)
	}
	r.World().View(func(tx *world.Tx) {
		if n := len(tx.Find("kube:apps/v1/Deployment", "", func(o *world.Object) bool { return strings.HasPrefix(o.ID, "istio-system/istiod") })); n != 1 {
			t.Errorf("%d control planes are left, want the new one alone", n)
		}
	})
}
