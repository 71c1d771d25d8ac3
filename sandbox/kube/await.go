package kube

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/world"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Virtual durations. The facts have no published figures for Kubernetes objects:
// these are the usual order of magnitude on EKS with images of a few hundred
// megabytes (assumption, 2026-11), so that a rollout weighs against AWS's minutes.
const (
	latencyObject   = time.Second
	latencyRollout  = 30 * time.Second
	latencyRelease  = 45 * time.Second
	latencyRetries  = 63 * time.Second // 1+2+4+8+16+32: A7.4
	timeoutDefault  = 10 * time.Minute // A9.1
	timeoutClaim    = 5 * time.Minute
	timeoutQuota    = time.Minute
	timeoutRelease  = 300 * time.Second // B.2
	annotationPatch = "pulumi.com/"
)

// Annotations of the provider: A5, A9, A10.
const (
	autonamed       = annotationPatch + "autonamed"
	skipAwait       = annotationPatch + "skipAwait"
	timeoutSeconds  = annotationPatch + "timeoutSeconds"
	replaceUnready  = annotationPatch + "replaceUnready"
	unboundedAwaits = annotationPatch + "waitFor"
)

// timeout of an operation: customTimeouts, then the annotation, then the kind's default.
func timeout(gvk schema.GroupVersionKind, obj map[string]any, custom float64) time.Duration {
	if custom > 0 {
		return time.Duration(custom * float64(time.Second))
	}
	if s, err := strconv.Atoi(nested.Text(obj, "metadata", "annotations", timeoutSeconds)); err == nil {
		return time.Duration(s) * time.Second
	}
	switch gvk.Kind {
	case "PersistentVolume", "PersistentVolumeClaim":
		return timeoutClaim
	case "ResourceQuota":
		return timeoutQuota
	}
	return timeoutDefault
}

// await decides at once what the provider would wait for, and returns the reasons
// why the object does not become ready; none means ready. A9.
func (a *api) await(gvk schema.GroupVersionKind, o *world.Object) []string {
	if nested.Text(o.Attrs, "metadata", "annotations", skipAwait) == "true" {
		return nil
	}
	switch gvk.Kind {
	case "Deployment", "StatefulSet", "DaemonSet", "Job", "Pod":
		return a.awaitPods(gvk, o)
	case "PersistentVolumeClaim":
		return a.awaitClaim(o)
	case "Service":
		if gvk.Group == "" {
			return a.awaitService(o)
		}
	}
	return nil
}

func (a *api) awaitPods(gvk schema.GroupVersionKind, o *world.Object) []string {
	if gvk.Kind == "Job" && ended(o) {
		return []string{"Job has reached the specified backoff limit"}
	}
	p := a.schedule()[o.Kind+" "+o.ID]
	if p == nil || !a.rules.On(ruleReady) {
		a.settle(gvk, o, &placement{desired: int(number(o.Attrs, 1, "spec", "replicas"))})
		return nil
	}
	if p.ready >= p.desired {
		if gvk.Kind == "Job" {
			if failed := a.runJob(o); failed != nil {
				return failed
			}
		}
		a.settle(gvk, o, p)
		return nil
	}
	ns, name := splitID(o.ID)
	out := []string{fmt.Sprintf("'%s' timed out waiting to be Ready", name)}
	if gvk.Kind == "Deployment" {
		out = append(out, "Minimum number of Pods to consider the application live was not attained")
	}
	for _, r := range slices.Compact(slices.Sorted(slices.Values(p.reasons))) {
		out = append(out, fmt.Sprintf("[Pod %s/%s]: %s", ns, name, r))
	}
	return out
}

// settle writes the status that a ready workload has. A DaemonSet's numbers follow
// the nodes, so they are left out: a refresh after a scale-up would report them as drift.
func (a *api) settle(gvk schema.GroupVersionKind, o *world.Object, p *placement) {
	n := float64(p.desired)
	generation := number(o.Attrs, 1, "metadata", "generation")
	switch gvk.Kind {
	case "Deployment":
		o.Attrs["status"] = map[string]any{
			"observedGeneration": generation, "replicas": n, "updatedReplicas": n, "readyReplicas": n, "availableReplicas": n,
		}
	case "StatefulSet":
		o.Attrs["status"] = map[string]any{"observedGeneration": generation, "replicas": n, "readyReplicas": n, "currentReplicas": n}
	case "DaemonSet":
		o.Attrs["status"] = map[string]any{"observedGeneration": generation}
	case "Job":
		o.Attrs["status"] = map[string]any{
			"succeeded":  number(o.Attrs, 1, "spec", "completions"),
			"conditions": []any{map[string]any{"type": "Complete", "status": "True"}},
		}
	default:
		return
	}
	a.tx.Put(o)
}

func (a *api) awaitClaim(o *world.Object) []string {
	class := nested.Text(o.Attrs, "spec", "storageClassName")
	if class == "" || !a.rules.On(ruleClaim) {
		return nil // the default class; WaitForFirstConsumer counts as success
	}
	sc, ok := a.find(schema.GroupVersionKind{Group: "storage.k8s.io", Version: "v1", Kind: "StorageClass"}, "", class)
	_, name := splitID(o.ID)
	if !ok {
		return []string{fmt.Sprintf("'%s' timed out waiting to be Ready", name), ruleClaim.Errorf(class).Error()}
	}
	if nested.Text(sc.Attrs, "volumeBindingMode") == "WaitForFirstConsumer" {
		return nil
	}
	provisioner := nested.Text(sc.Attrs, "provisioner")
	if len(a.list("storage.k8s.io/v1", "CSIDriver")) > 0 {
		if _, ok := a.find(schema.GroupVersionKind{Group: "storage.k8s.io", Version: "v1", Kind: "CSIDriver"}, "", provisioner); ok {
			return nil
		}
	}
	return []string{fmt.Sprintf("'%s' timed out waiting to be Ready", name),
		fmt.Sprintf("waiting for a volume to be created, either by external provisioner %q or manually created by system administrator", provisioner)}
}

// awaitService: a LoadBalancer needs a controller that allocates one, and with a selector also pods.
func (a *api) awaitService(o *world.Object) []string {
	if nested.Text(o.Attrs, "spec", "type") != "LoadBalancer" || !a.rules.On(ruleLoadBalancer) || a.running("aws-load-balancer-controller") {
		return nil
	}
	return []string{ruleLoadBalancer.Errorf().Error()}
}

// running tells whether the controller of a chart or add-on has at least one ready pod.
func (a *api) running(controller string) bool {
	var placements map[string]*placement
	for _, o := range a.list("apps/v1", "Deployment") {
		if nested.Text(o.Attrs, "metadata", "labels", "app.kubernetes.io/name") != controller {
			continue
		}
		if placements == nil {
			placements = a.schedule()
		}
		if p := placements[o.Kind+" "+o.ID]; p != nil && p.ready > 0 {
			return true
		}
	}
	return false
}

// crashes says why a workload's containers do not run although they are scheduled:
// no AWS credentials, or a controller whose CRDs are missing.
func (a *api) crashes(w workload) string {
	for _, k := range nested.List(w.obj.Attrs, sandboxKey, "kinds") {
		s, _ := k.(string)
		if err := a.served(gvkOfWorld("kube:" + s)); err != nil {
			_, name := splitID(w.obj.ID)
			return fmt.Sprintf("Pod %q: container is in CrashLoopBackOff: %v", name, err)
		}
	}
	account := nested.Text(w.obj.Attrs, sandboxKey, "identity")
	if account == "" || !a.rules.On(ruleIdentity) {
		return a.storesRefuse(w)
	}
	ns, name := splitID(w.obj.ID)
	if a.identity(ns, account) {
		return a.storesRefuse(w)
	}
	return ruleIdentity.Errorf(name, account).Error()
}

// sandboxKey holds, in the attributes of objects that the sandbox itself makes, what no API has.
const sandboxKey = "__sandbox"

// identity tells whether a service account's pods get AWS credentials: a Pod
// Identity association together with the agent, a managed add-on's own
// association, or a role annotation (IRSA).
func (a *api) identity(namespace, account string) bool {
	sa, ok := a.find(schema.GroupVersionKind{Version: "v1", Kind: "ServiceAccount"}, namespace, account)
	if ok && strings.HasPrefix(nested.Text(sa.Attrs, "metadata", "annotations", "eks.amazonaws.com/role-arn"), "arn:") {
		return true
	}
	agent, ok := a.find(schema.GroupVersionKind{Group: "apps", Version: "v1", Kind: "DaemonSet"}, "kube-system", "eks-pod-identity-agent")
	ofAddon := a.tx.Peek(kindAddon, a.aws, func(o *world.Object) bool {
		if nested.Text(o.Attrs, "clusterName") != a.name {
			return false
		}
		return slices.ContainsFunc(nested.List(o.Attrs, "podIdentityAssociations"), func(v any) bool {
			m, _ := v.(map[string]any)
			return nested.Text(m, "serviceAccount") == account
		})
	})
	irsa := a.tx.Peek(kindAddon, a.aws, func(o *world.Object) bool {
		return nested.Text(o.Attrs, "clusterName") == a.name && nested.Text(o.Attrs, "serviceAccountRoleArn") != "" && addonAccounts[nested.Text(o.Attrs, "addonName")] == account
	})
	own := a.tx.Peek(kindAssociation, a.aws, func(o *world.Object) bool {
		return nested.Text(o.Attrs, "clusterName") == a.name && nested.Text(o.Attrs, "namespace") == namespace && nested.Text(o.Attrs, "serviceAccount") == account
	})
	return len(irsa) > 0 || ok && agent != nil && len(ofAddon)+len(own) > 0
}
