package scenario

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/trials"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/tests/rig"
)

// drifts are things that somebody does with the console, kubectl or helm.
var drifts = map[string]struct {
	kind, name string // of the resource in the stack
	do         func(tx *world.Tx, o *world.Object)
	// found is what the refresh says of it, again what puts it back.
	found, again string
}{
	"a tag of a subnet is changed": {
		"aws:ec2/subnet:Subnet", "network-main-private-apne2-az1",
		func(tx *world.Tx, o *world.Object) {
			o.Attrs["tags"].(map[string]any)["owner"] = "nobody"
			o.Attrs["tagsAll"].(map[string]any)["owner"] = "nobody"
			tx.Put(o)
		}, "update", "update",
	},
	"a label of a node group is changed": {
		"aws:eks/nodeGroup:NodeGroup", "cluster-main-ng-general-main",
		func(tx *world.Tx, o *world.Object) { o.Attrs["labels"].(map[string]any)["role"] = "x"; tx.Put(o) }, "update", "update",
	},
	"an add-on is deleted": {
		"aws:eks/addon:Addon", "cluster-main-addon-metrics-server",
		func(tx *world.Tx, o *world.Object) { tx.Delete(o.Key()) }, "delete", "create",
	},
	"a rule of a security group is removed": {
		"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "network-main-endpoints-https-primary",
		func(tx *world.Tx, o *world.Object) { tx.Delete(o.Key()) }, "delete", "create",
	},
	"a Helm release is uninstalled": {
		"kube:helm.sh/v3/Release", "cluster-main-cluster-autoscaler", uninstall, "delete", "create",
	},
}

// uninstall removes a release as helm uninstall does: with its objects.
func uninstall(tx *world.Tx, o *world.Object) {
	for _, part := range tx.Find("", o.Scope, func(x *world.Object) bool { return x.Owner == "service:helm:"+o.ID }) {
		tx.Delete(part.Key())
	}
	tx.Delete(o.Key())
}

// TestDrift changes a running dev behind Pulumi's back: a refresh finds each
// change and nothing else, the next preview puts back just that, and after the
// up the world is what it was.
func TestDrift(t *testing.T) {
	t.Parallel()
	r := rig.New(t, rig.Options{ClustersOnly: true})
	p := r.Program("dev")
	r.MustUp(p)
	for name, drift := range drifts {
		t.Run(name, func(t *testing.T) {
			before := r.World().Fork()
			disturb(t, r, drift.kind, drift.name, drift.do)
			if len(trials.Compare(before, r.World(), nil)) == 0 {
				t.Fatal("nothing was changed")
			}

			expect(t, "the refresh", found(r.MustRefresh(p)), drift.found+" "+drift.name)
			expect(t, "the next preview", changed(r.MustPreview(p)), drift.again+" "+drift.name)
			expect(t, "the up", changed(r.MustUp(p)), drift.again+" "+drift.name)
			mustBeEmpty(t, "the preview after it", r.MustPreview(p))
			for _, line := range trials.Compare(before, r.World(), stable) {
				t.Errorf("the world is not what it was: %s", line)
			}
		})
	}
}

// TestManyDriftsAtOnce does all of them before one refresh.
func TestManyDriftsAtOnce(t *testing.T) {
	t.Parallel()
	r := rig.New(t, rig.Options{ClustersOnly: true})
	p := r.Program("dev")
	r.MustUp(p)
	before := r.World().Fork()
	var finds, again []string
	for _, drift := range drifts {
		disturb(t, r, drift.kind, drift.name, drift.do)
		finds = append(finds, drift.found+" "+drift.name)
		again = append(again, drift.again+" "+drift.name)
	}
	expect(t, "the refresh", found(r.MustRefresh(p)), finds...)
	expect(t, "the next preview", changed(r.MustPreview(p)), again...)
	r.MustUp(p)
	mustBeEmpty(t, "the preview after it", r.MustPreview(p))
	for _, line := range trials.Compare(before, r.World(), stable) {
		t.Errorf("the world is not what it was: %s", line)
	}
}

// stable leaves out what a service makes anew each time: the id at the end of
// an add-on's ARN.
func stable(o *world.Object) bool {
	if o.Kind == "aws:eks/addon:Addon" {
		delete(o.Attrs, "arn")
	}
	return true
}

// disturb changes the one object that a resource of the stack made.
func disturb(t *testing.T, r *rig.Rig, kind, name string, do func(*world.Tx, *world.Object)) {
	t.Helper()
	if err := r.World().Tx(func(tx *world.Tx) error {
		objects := tx.Find(kind, "", func(o *world.Object) bool { return strings.HasSuffix(o.URN, "::"+name) })
		if len(objects) != 1 {
			t.Fatalf("%d objects of kind %s were made by %s, want 1", len(objects), kind, name)
		}
		do(tx, objects[0])
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// found are what a refresh took over from the world. That the stack's reference
// to its own record reads something new is a read, no drift.
func found(r *sandbox.Result) []string {
	var out []string
	for _, op := range r.Operations {
		if op.Op != "refresh" && op.Op != "same" && op.Op != "read" {
			out = append(out, op.Op+" "+op.Name)
		}
	}
	return out
}

// changed are what a preview or an up does.
func changed(r *sandbox.Result) []string {
	var out []string
	for _, op := range r.Changes() {
		out = append(out, op.Op+" "+op.Name)
	}
	return out
}

func expect(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}
