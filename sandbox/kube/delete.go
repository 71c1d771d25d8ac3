package kube

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/world"
)

// guard is a finalizer that only a running controller takes off.
type guard struct{ finalizer, controller string }

// guards by group and kind. Source: the controllers' own code, read 2026-11:
// sigs.k8s.io/karpenter pkg/apis/v1/labels.go (TerminationFinalizer),
// aws/karpenter-provider-aws pkg/apis/v1/labels.go, aws-load-balancer-controller
// pkg/k8s/finalizer.go; facts/providers.md E3.
var guards = map[string]guard{
	"karpenter.sh/NodePool":                  {"karpenter.sh/termination", "karpenter"},
	"karpenter.sh/NodeClaim":                 {"karpenter.sh/termination", "karpenter"},
	"karpenter.k8s.aws/EC2NodeClass":         {"karpenter.k8s.aws/termination", "karpenter"},
	"elbv2.k8s.aws/TargetGroupBinding":       {"elbv2.k8s.aws/resources", "aws-load-balancer-controller"},
	"networking.k8s.io/Ingress":              {"ingress.k8s.aws/resources", "aws-load-balancer-controller"},
	"external-secrets.io/PushSecret":         {"pushsecret.externalsecrets.io/finalizer", "external-secrets"},
	"snapshot.storage.k8s.io/VolumeSnapshot": {"snapshot.storage.kubernetes.io/volumesnapshot-as-source-protection", "snapshot-controller"},
}

func guardOf(o *world.Object) (guard, bool) {
	gvk := gvkOfWorld(o.Kind)
	g, ok := guards[gvk.Group+"/"+gvk.Kind]
	return g, ok
}

// protect puts finalizers on the objects whose controllers run, as those do within seconds.
func (a *api) protect() {
	running := map[string]bool{}
	for _, o := range a.all("") {
		g, ok := guardOf(o)
		if !ok || slices.Contains(finalizers(o), g.finalizer) {
			continue
		}
		on, known := running[g.controller]
		if !known {
			on = a.running(g.controller)
			running[g.controller] = on
		}
		if on {
			m := nested.Object(o.Attrs, "metadata")
			m["finalizers"] = append(nested.List(o.Attrs, "metadata", "finalizers"), g.finalizer)
			a.tx.Put(o)
		}
	}
}

func finalizers(o *world.Object) []string {
	var out []string
	for _, f := range nested.List(o.Attrs, "metadata", "finalizers") {
		if s, ok := f.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// remove deletes an object with what hangs on it and returns what keeps it from
// going: an object that cannot go stays, marked as being deleted.
func (a *api) remove(o *world.Object) []string {
	stuck := a.holds(o)
	gvk := gvkOfWorld(o.Kind)
	switch gvk.Group + "/" + gvk.Kind {
	case "/Namespace":
		a.mark(o) // nothing new may come while its contents go
		stuck = append(stuck, a.removeAll(a.all(o.ID), "kubernetes")...)
	case "apiextensions.k8s.io/CustomResourceDefinition":
		stuck = append(stuck, a.removeAll(a.customObjects(o), "customresourcecleanup.apiextensions.k8s.io")...)
	case "karpenter.sh/NodePool":
		if len(stuck) == 0 {
			a.removeKarpenterNodes(o)
		}
	}
	if len(stuck) > 0 && a.rules.On(ruleFinalizers) {
		a.mark(o)
		return stuck
	}
	a.tx.Delete(world.Key{Kind: o.Kind, Scope: o.Scope, ID: o.ID})
	a.collectGateway(o)
	return nil
}

// removeAll removes objects; one that stays keeps its owner too, under the owner's own finalizer.
func (a *api) removeAll(objs []*world.Object, finalizer string) []string {
	var stuck []string
	for _, c := range objs {
		if s := a.remove(c); len(s) > 0 {
			stuck = append(stuck, fmt.Sprintf("%s %s: %s", gvkOfWorld(c.Kind).Kind, c.ID, strings.Join(s, ", ")))
		}
	}
	if len(stuck) > 0 {
		stuck = append([]string{finalizer}, stuck...)
	}
	return stuck
}

// holds are the finalizers of an object that nobody takes off.
func (a *api) holds(o *world.Object) []string {
	var out []string
	g, guarded := guardOf(o)
	for _, f := range finalizers(o) {
		switch {
		case guarded && f == g.finalizer && a.running(g.controller) && !a.inUse(o):
		default:
			out = append(out, f)
		}
	}
	if gvk := gvkOfWorld(o.Kind); gvk.Group == "" && gvk.Kind == "PersistentVolumeClaim" && a.claimed(o) {
		out = append(out, "kubernetes.io/pvc-protection")
	}
	return out
}

// inUse: an EC2NodeClass stays while a NodePool still has nodes of it.
func (a *api) inUse(o *world.Object) bool {
	if gvkOfWorld(o.Kind).Kind != "EC2NodeClass" {
		return false
	}
	return slices.ContainsFunc(a.karpenterNodes(""), func(n *world.Object) bool {
		return nested.Text(n.Attrs, "nodeClass") == o.ID
	})
}

func (a *api) claimed(claim *world.Object) bool {
	ns, name := splitID(claim.ID)
	for _, w := range a.workloads() {
		if wns, _ := splitID(w.obj.ID); wns != ns {
			continue
		}
		for _, v := range nested.List(w.pod, "volumes") {
			m, _ := v.(map[string]any)
			if nested.Text(m, "persistentVolumeClaim", "claimName") == name {
				return true
			}
		}
	}
	return false
}

func (a *api) mark(o *world.Object) {
	if m := nested.Object(o.Attrs, "metadata"); m != nil && nested.Text(m, "deletionTimestamp") == "" {
		m["deletionTimestamp"] = a.tx.Now().UTC().Format(time.RFC3339)
		a.tx.Put(o)
	}
}
