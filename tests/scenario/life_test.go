package scenario

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/internal/golden"
	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/aws"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/tests/rig"
)

// shipped are the stacks of this repository, first those that make test takes
// the whole way: dev, and the variants that differ most.
var (
	shipped = []string{"dev", "stg", "prd"}
	first   = []string{"dev", "blue-green", "edge-nlb", "existing-vpc", "karpenter", "obs-s3", "sidecar", "two-clusters"}
)

// TestTheWholeLifeOfAStack is promise by promise what a stack goes through:
// preview, up, nothing left to do, a refresh that finds no drift, a destroy
// that is refused while the stack is protected, and one that leaves nothing.
// What a stack is once it is up is judged on the way: an up of each for every
// question would cost minutes. Without the tag trials it takes the first of them
// the whole way and brings up the shipped ones; with it, it brings up every one
// and takes the others the whole way.
func TestTheWholeLifeOfAStack(t *testing.T) {
	names := slices.Concat(shipped, first[1:])
	if rig.Trials {
		names = slices.Concat(shipped, rig.Variants(t))
	}
	shapes := &shapes{origins: map[string]string{}, seen: map[string]bool{}}
	if rig.Trials {
		t.Cleanup(func() { shapes.close(t, len(names)) }) // after all parallel ones
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rig.New(t, rig.Options{})
			p := r.Program(name)
			seeded := append(seed(t, r, name), r.WroteBefore(p)...)

			said := r.MustPreview(p)
			did := r.MustUp(p)
			mustFlow(t, r)
			mustBeCounted(t, r, p)
			registered := resources(t, r, p)
			mustBeWalkable(t, registered)
			mustBePlanned(t, name, registered)
			shapes.judge(t, r, registered)
			if slices.Contains(shipped, name) {
				checkGolden(t, name, graph(t, registered))
			}
			if golden.Writing() {
				return // nothing after this writes
			}
			if diff := cmp.Diff(steps(said), steps(did)); diff != "" {
				t.Errorf("up did not do what its preview said (-preview +up):\n%s", diff)
			}
			mustBeEmpty(t, "the second preview", r.MustPreview(p))
			if rig.Trials == slices.Contains(first, name) {
				return // the rest of its way is the other run's
			}
			r.MustRefresh(p)
			mustBeEmpty(t, "the preview after a refresh", r.MustPreview(p))
			observeStack(t, r, name)

			objects := r.World().Len()
			if _, err := r.Destroy(t.Context(), p); err == nil {
				t.Fatal("a protected stack was destroyed")
			}
			if now := r.World().Len(); now != objects {
				t.Errorf("the refused destroy left %d objects of %d", now, objects)
			}
			open := r.Edited(name, "protect: true", "protect: false")
			r.MustUp(open)
			r.MustDestroy(open)
			mustBeLeft(t, r, seeded)
		})
	}
}

// steps are what a run does to each resource, without what only a provider or
// the stack itself is.
func steps(r *sandbox.Result) []string {
	var out []string
	for _, op := range r.Changes() {
		out = append(out, op.Op+" "+op.URN)
	}
	slices.Sort(out)
	return out
}

func mustBeEmpty(t *testing.T, what string, r *sandbox.Result) {
	t.Helper()
	for _, op := range r.Changes() {
		t.Errorf("%s has a change: %s %s %v", what, op.Op, op.URN, op.Diff)
	}
}

// kept are the kinds that outlive a destroy, each with why.
var kept = map[string]string{
	"hidden:kms/PendingDeletion": "AWS keeps a deleted key for its waiting period",
	"hidden:logs/LogGroup":       "the control plane's last log lines make its log group again",
	aws.DelegationKind:           "the registrar, outside of all accounts, has delegated the domain",
}

// observer owns what ladder observe writes: a stage downstream may still judge
// by it, and it is older than the next deployment, so nobody takes it for one of that.
const observer = "service:ladder-observe"

// mustBeLeft checks the leak ledger: nothing is left but what the keep list
// names and what was there before, unchanged.
func mustBeLeft(t *testing.T, r *rig.Rig, seeded []*world.Object) {
	t.Helper()
	before := map[world.Key]*world.Object{}
	for _, o := range seeded {
		before[o.Key()] = o
	}
	var all []*world.Object
	r.World().View(func(tx *world.Tx) { all = tx.Find("", "", nil) })
	stores := dataBuckets(all)
	for _, o := range all {
		if was, ok := before[o.Key()]; ok {
			if diff := cmp.Diff(was.Attrs, o.Attrs); diff != "" {
				t.Errorf("the seeded %s %s changed (-before +after):\n%s", o.Kind, o.ID, diff)
			}
			delete(before, o.Key())
			continue
		}
		if _, ok := kept[o.Kind]; ok || o.Owner == observer || stores[o.ID] && strings.HasPrefix(o.Kind, "aws:s3/") {
			continue
		}
		t.Errorf("left after destroy: %s", describe(o))
	}
	for key := range before {
		t.Errorf("the seeded %s is gone", key)
	}
}

// dataBuckets are the buckets that say themselves that they outlive their
// stack, for metrics, logs or traces are in them, by name; their settings stay with them.
func dataBuckets(all []*world.Object) map[string]bool {
	out := map[string]bool{}
	for _, o := range all {
		if tags, _ := o.Attrs["tags"].(map[string]any); o.Kind == "aws:s3/bucketV2:BucketV2" && tags["kept-after-destroy"] == "true" {
			out[o.ID] = true
		}
	}
	return out
}

func describe(o *world.Object) string {
	return fmt.Sprintf("%s %q (name %q, owner %s, state %q)", o.Kind, o.ID, o.Name, o.Owner, o.State)
}
