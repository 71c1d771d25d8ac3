package kube

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/world"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// What an installed Istio does to a cluster: webhooks that must answer before an
// object or a pod is admitted, a CNI plugin that waits for ztunnel, and istiod's
// controllers (gateways.go). All of it follows from objects in the world, so it
// holds whoever made them.

const (
	injectedImage = "auto" // the gateway chart's image, which only injection replaces
	untaintKey    = "cni.istio.io/not-ready"
	dataPlane     = "istio.io/dataplane-mode"
)

var istioGroups = []string{"networking.istio.io", "security.istio.io", "telemetry.istio.io", "extensions.istio.io"}

// hook is one webhook of a configuration.
type hook struct {
	name, namespace, service, policy string
	namespaces, objects              map[string]any
}

func (a *api) hooks(kind string) []hook {
	var out []hook
	for _, o := range a.list("admissionregistration.k8s.io/v1", kind) {
		for _, v := range nested.List(o.Attrs, "webhooks") {
			w, _ := v.(map[string]any)
			if s := nested.Text(w, "clientConfig", "service", "name"); s != "" {
				out = append(out, hook{
					name: nested.Text(w, "name"), service: s, namespace: nested.Text(w, "clientConfig", "service", "namespace"), policy: nested.Text(w, "failurePolicy"),
					namespaces: nested.Object(w, "namespaceSelector"), objects: nested.Object(w, "objectSelector"),
				})
			}
		}
	}
	return out
}

// injectors are the webhooks that give pods a sidecar or a gateway its image.
func (a *api) injectors() []hook {
	return slices.DeleteFunc(a.hooks("MutatingWebhookConfiguration"), func(h hook) bool {
		return !strings.HasSuffix(h.name, "sidecar-injector.istio.io")
	})
}

// selects tells whether a label selector matches; none matches everything.
func selects(selector, labels map[string]any) bool {
	for k, v := range nested.Object(selector, "matchLabels") {
		if labels[k] != v {
			return false
		}
	}
	return !slices.ContainsFunc(nested.List(selector, "matchExpressions"), func(e any) bool {
		expr, _ := e.(map[string]any)
		return !matches(expr, labels)
	})
}

func (a *api) namespaceLabels(namespace string) map[string]any {
	ns, ok := a.find(schema.GroupVersionKind{Version: "v1", Kind: "Namespace"}, "", namespace)
	if !ok {
		return nil
	}
	return with2(nested.Object(ns.Attrs, "metadata", "labels"), "kubernetes.io/metadata.name", namespace)
}

// answers says why a service's pods do not answer a webhook, "" when they do.
func (a *api) answers(namespace, name string, placements map[string]*placement) string {
	s, ok := a.find(schema.GroupVersionKind{Version: "v1", Kind: "Service"}, namespace, name)
	if !ok {
		return fmt.Sprintf("service %q not found", name)
	}
	selector := map[string]any{"matchLabels": nested.Object(s.Attrs, "spec", "selector")}
	for _, o := range a.list("apps/v1", "Deployment") {
		ns, _ := splitID(o.ID)
		p := placements[o.Kind+" "+o.ID]
		if ns == namespace && p != nil && p.ready > 0 && selects(selector, nested.Object(o.Attrs, "spec", "template", "metadata", "labels")) {
			return ""
		}
	}
	return fmt.Sprintf("no endpoints available for service %q", name)
}

// validated asks Istio's validating webhooks about an object. What they would say
// of its content is not modelled (tests/upstream judges it); that they answer is.
func (a *api) validated(gvk schema.GroupVersionKind, obj map[string]any) error {
	if !slices.Contains(istioGroups, gvk.Group) || !a.rules.On(ruleIstioValidation) {
		return nil
	}
	var placements map[string]*placement
	for _, h := range a.hooks("ValidatingWebhookConfiguration") {
		if h.policy != "Fail" || !strings.HasSuffix(h.name, "validation.istio.io") || !selects(h.objects, nested.Object(obj, "metadata", "labels")) {
			continue
		}
		if placements == nil {
			placements = a.schedule()
		}
		if why := a.answers(h.namespace, h.service, placements); why != "" {
			return apierrors.NewInternalError(ruleIstioValidation.Errorf(h.name, h.service, h.namespace, why))
		}
	}
	return nil
}

// closeWebhooks turns failurePolicy to Fail where the istiod behind it answers, as its controller does.
func (a *api) closeWebhooks() {
	var placements map[string]*placement
	for _, o := range a.tx.Find("kube:admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration", a.scope, nil) {
		for _, v := range nested.List(o.Attrs, "webhooks") {
			w, _ := v.(map[string]any)
			if !strings.HasSuffix(nested.Text(w, "name"), "validation.istio.io") || nested.Text(w, "failurePolicy") != "Ignore" {
				continue
			}
			if placements == nil {
				placements = a.schedule()
			}
			if a.answers(nested.Text(w, "clientConfig", "service", "namespace"), nested.Text(w, "clientConfig", "service", "name"), placements) == "" {
				w["failurePolicy"] = "Fail"
				a.tx.Put(o)
			}
		}
	}
}

// stayClosed keeps a webhook closed over an upgrade of its release: the chart says
// Ignore only at the first install.
func stayClosed(old, next map[string]any) {
	if nested.Text(next, "kind") != "ValidatingWebhookConfiguration" {
		return
	}
	was := nested.List(old, "webhooks")
	for i, v := range nested.List(next, "webhooks") {
		w, _ := v.(map[string]any)
		if i >= len(was) {
			continue
		}
		if before, _ := was[i].(map[string]any); nested.Text(before, "failurePolicy") == "Fail" && nested.Text(before, "name") == nested.Text(w, "name") {
			w["failurePolicy"] = "Fail"
		}
	}
}

// meshed holds pods back as Istio does: at their creation by a webhook that does
// not answer, at their start by an image that nobody replaced or a missing ztunnel.
// placements are complete but for that.
func (a *api) meshed(workloads []workload, placements map[string]*placement) {
	hooks := a.injectors()
	cni, ztunnels := a.ambient(placements)
	for _, w := range workloads {
		p := placements[w.obj.Kind+" "+w.obj.ID]
		if p == nil || p.ready == 0 {
			continue
		}
		ns, _ := splitID(w.obj.ID)
		of, pod := a.namespaceLabels(ns), podLabels(w)
		injected := slices.IndexFunc(hooks, func(h hook) bool { return selects(h.namespaces, of) && selects(h.objects, pod) })
		if injected >= 0 && a.rules.On(ruleInjection) {
			h := hooks[injected]
			if why := a.answers(h.namespace, h.service, placements); why != "" {
				p.ready, p.reasons = 0, []string{ruleInjection.Errorf(h.name, h.service, h.namespace, why).Error()}
				continue
			}
		}
		if injected < 0 && needsInjection(w.pod) && a.rules.On(ruleInjectedImage) {
			p.ready, p.reasons = 0, []string{ruleInjectedImage.Errorf().Error()}
			continue
		}
		if cni && enrolled(of, pod, w.pod) && ns != system && a.rules.On(ruleZtunnel) {
			without := slices.DeleteFunc(slices.Clone(p.nodes), func(n string) bool { return slices.Contains(ztunnels, n) })
			if len(without) > 0 {
				p.ready, p.reasons = len(p.nodes)-len(without), []string{ruleZtunnel.Errorf().Error()}
			}
		}
	}
}

func podLabels(w workload) map[string]any {
	if gvkOfWorld(w.obj.Kind).Kind == "Pod" {
		return nested.Object(w.obj.Attrs, "metadata", "labels")
	}
	return nested.Object(w.obj.Attrs, "spec", "template", "metadata", "labels")
}

func needsInjection(pod map[string]any) bool {
	return slices.ContainsFunc(nested.List(pod, "containers"), func(v any) bool {
		c, _ := v.(map[string]any)
		return nested.Text(c, "image") == injectedImage
	})
}

// enrolled tells whether pods are in the ambient mesh, by the CNI chart's default enablementSelectors.
func enrolled(namespace, pod, spec map[string]any) bool {
	if host, _ := spec["hostNetwork"].(bool); host {
		return false
	}
	mode := nested.Text(pod, dataPlane)
	return mode == "ambient" || mode != "none" && nested.Text(namespace, dataPlane) == "ambient"
}

// ambient tells whether the CNI plugin enrols pods, and on which nodes a ztunnel runs.
func (a *api) ambient(placements map[string]*placement) (on bool, ztunnels []string) {
	for _, o := range a.list("apps/v1", "DaemonSet") {
		if b, _ := nested.At(o.Attrs, sandboxKey, "ambient").(bool); b {
			on = true
		}
		if p := placements[o.Kind+" "+o.ID]; p != nil && nested.Text(o.Attrs, "spec", "selector", "matchLabels", "app") == "ztunnel" {
			ztunnels = append(ztunnels, p.nodes...)
		}
	}
	return on, ztunnels
}

// untainted are the nodes from which istiod takes Istio's start-up taint: those
// on which the CNI agent runs, where an istiod with that controller is installed.
func (a *api) untainted(nodes []*node) {
	controller := slices.ContainsFunc(a.list("apps/v1", "Deployment"), func(o *world.Object) bool {
		on, _ := nested.At(o.Attrs, sandboxKey, "untaint").(bool)
		return on
	})
	_, cni := a.find(schema.GroupVersionKind{Group: "apps", Version: "v1", Kind: "DaemonSet"}, "istio-system", "istio-cni-node")
	if !controller || !cni {
		return
	}
	for _, n := range nodes {
		n.taints = slices.DeleteFunc(slices.Clone(n.taints), func(v any) bool {
			t, _ := v.(map[string]any)
			return nested.Text(t, "key") == untaintKey
		})
	}
}

// outside says how a workload that its namespace enrols stays outside of the mesh
// all the same, "" when it does not: Istio says nothing then, so the sandbox warns.
func (a *api) outside(o *world.Object) string {
	gvk := gvkOfWorld(o.Kind)
	if !slices.ContainsFunc(workloadKinds, func(k struct{ apiVersion, kind string }) bool { return k.kind == gvk.Kind }) {
		return ""
	}
	ns, name := splitID(o.ID)
	labels, pod := a.namespaceLabels(ns), podLabels(workload{obj: o})
	if rev := nested.Text(labels, "istio.io/rev"); rev != "" && nested.Text(labels, dataPlane) == "" && nested.Text(pod, "sidecar.istio.io/inject") != "false" {
		for _, h := range a.injectors() {
			if selects(h.namespaces, labels) && selects(h.objects, pod) {
				return ""
			}
		}
		return fmt.Sprintf("sandbox: namespace %q is labelled istio.io/rev=%s and no webhook serves that revision or tag: the pods of %s start without a sidecar", ns, rev, name)
	}
	if enrolled(labels, pod, nested.Object(o.Attrs, "spec", "template", "spec")) {
		if on, _ := a.ambient(nil); !on {
			return fmt.Sprintf("sandbox: namespace %q is labelled %s=ambient and istio-cni does not run for ambient: the pods of %s start outside of the mesh", ns, dataPlane, name)
		}
	}
	return ""
}
