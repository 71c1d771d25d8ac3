package scenario

import (
	"slices"
	"strings"
	"testing"

	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/tests/rig"
)

// Edits of obs-s3: to OpenSearch with Loki for reading, to Kafka on the way, and
// the end of Loki.
var (
	toOpenSearch = []string{"    logs:\n", "    logs:\n      store: openSearch\n", "    traces:\n", "    openSearch: {}\n    traces:\n"}
	throughKafka = []string{"    logs:\n", "    logs:\n      kafka: true\n", "    traces:\n", "    kafka: {}\n    traces:\n"}
	withoutLoki  = append(slices.Clone(toOpenSearch), "      loki: { deleteData: true }\n", "")
)

// TestMovingLogsLosesNothing: another store, or Kafka on the way, only adds and
// changes; the old store runs on, and goes only when its section does and
// protection is lifted.
func TestMovingLogsLosesNothing(t *testing.T) {
	for sentence, c := range map[string]struct {
		edit  []string
		wants []string // what runs or is there afterwards
	}{
		"from Loki to OpenSearch": {toOpenSearch, []string{"kube:apps/v1/StatefulSet observability/loki", "hidden:opensearch/RoleMapping ladder-logs-writer", "kube:apps/v1/DaemonSet observability/logs-agent"}},
		"through Kafka":           {throughKafka, []string{"kube:apps/v1/StatefulSet observability/loki", "hidden:msk/Topic logs-pods", "hidden:msk/Topic logs-nodes", "hidden:msk/Topic logs-control-plane"}},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			r := rig.New(t, rig.Options{})
			r.MustUp(r.Program("obs-s3"))
			p := r.Edited("obs-s3", c.edit...)
			for _, op := range r.MustPreview(p).Changes() {
				if op.Op != "create" && op.Op != "update" {
					t.Errorf("%s of %s: something is lost", op.Op, op.URN)
				}
			}
			r.MustUp(p)
			mustBeEmpty(t, "the second preview", r.MustPreview(p))
			for _, want := range c.wants {
				kind, id, _ := strings.Cut(want, " ")
				r.World().View(func(tx *world.Tx) {
					if len(tx.Find(kind, "", func(o *world.Object) bool { return o.ID == id || o.Name == id })) == 0 {
						t.Errorf("there is no %s", want)
					}
				})
			}
			if slices.Equal(c.edit, toOpenSearch) {
				mustRetire(t, r)
			}
		})
	}
}

// mustRetire takes the section of the old store away: refused while the stack is
// protected, done when it is not.
func mustRetire(t *testing.T, r *rig.Rig) {
	t.Helper()
	if _, err := r.Up(t.Context(), r.Edited("obs-s3", withoutLoki...)); err == nil {
		t.Fatal("a store of a protected stack was deleted with its section")
	}
	open := append(slices.Clone(toOpenSearch), "protect: true", "protect: false")
	r.MustUp(r.Edited("obs-s3", open...))
	result := r.MustUp(r.Edited("obs-s3", append(slices.Clone(withoutLoki), "protect: true", "protect: false")...))
	gone := deleted(result.Changes())
	for _, want := range []string{"observability-main-loki"} {
		if !slices.Contains(gone, want) {
			t.Errorf("%s is still there; deleted: %q", want, gone)
		}
	}
}

// TestWritersWaitForTheStoresToKnowThem: collectors depend on the Job that maps
// their roles and makes their topics, and the Job on the stores.
func TestWritersWaitForTheStoresToKnowThem(t *testing.T) {
	t.Parallel()
	r := rig.New(t, rig.Options{})
	p := r.Program("obs-msk")
	r.MustUp(p)
	depends := map[string][]string{}
	for _, s := range resources(t, r, p) {
		for _, d := range s.Dependencies {
			depends[s.URN.Name()+" "+string(s.URN.Type())] = append(depends[s.URN.Name()+" "+string(s.URN.Type())], d.Name()+" "+string(d.Type()))
		}
	}
	const (
		job     = "observability-main-stores-setup kubernetes:batch/v1:Job"
		release = " kubernetes:helm.sh/v3:Release"
	)
	for who, what := range map[string]string{
		"observability-main-logs-agent" + release: job,
		"observability-main-logs-relay" + release: job,
		"observability-main-jaeger" + release:     job,
		job:                                       "observability-main-search aws:opensearch/domain:Domain",
	} {
		if !slices.Contains(depends[who], what) {
			t.Errorf("%s does not wait for %s: %q", who, what, depends[who])
		}
	}
	if !slices.Contains(depends[job], "observability-main-kafka aws:msk/cluster:Cluster") {
		t.Errorf("the Job does not wait for Kafka: %q", depends[job])
	}
}
