package kube

import (
	"slices"
	"time"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/world"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Readiness gates: the load balancer controller's webhook gives each new pod
// that a binding registers a condition, and the controller sets it when the
// load balancer has found the pod healthy. Until then the pod is not ready, so
// that no budget and no rollout counts on it. Source: aws-load-balancer-controller
// v3.5.0, pkg/inject/pod_readiness and docs/deploy/pod_readiness_gate.md; chart
// 3.5.0, templates/webhook.yaml; read 2026-11.
const (
	gateHook  = "mpod.elbv2.k8s.aws"
	gateLabel = "elbv2.k8s.aws/pod-readiness-gate-inject"

	// latencyHealthy is registering a target and two answers ten seconds apart,
	// with the first question up to ten seconds away.
	latencyHealthy = 30 * time.Second
)

var ruleGateHook = rule.Register(rule.Rule{Name: "kube.readiness-gate", Service: "kubernetes",
	Source: "aws-load-balancer-controller chart 3.5.0, templates/webhook.yaml: " + gateHook + "; " + kubeAPI + ", webhook errors",
	Text:   "Error creating: Internal error occurred: failed calling webhook %q: failed to call webhook: Post \"https://%s.%s.svc:443/mutate-v1-pod?timeout=10s\": %s"})

// gateInjector is the controller's webhook for pods. Its failurePolicy is Ignore
// unless values say otherwise.
func (r render) gateInjector() map[string]any {
	policy := override(r.values, "Ignore", "podMutatorWebhookConfig", "failurePolicy")
	out := plainObject("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", "", "aws-load-balancer-webhook")
	out["webhooks"] = []any{map[string]any{
		"name": gateHook, "failurePolicy": policy, "sideEffects": "None", "admissionReviewVersions": []any{"v1"},
		"clientConfig":      map[string]any{"service": map[string]any{"name": "aws-load-balancer-webhook-service", "namespace": r.namespace, "path": "/mutate-v1-pod"}},
		"rules":             []any{map[string]any{"operations": []any{"CREATE"}, "apiGroups": []any{""}, "apiVersions": []any{"v1"}, "resources": []any{"pods"}}},
		"namespaceSelector": map[string]any{"matchExpressions": []any{in(gateLabel, "enabled")}},
		"objectSelector":    map[string]any{"matchExpressions": []any{notIn("app.kubernetes.io/name", r.app())}},
	}}
	return out
}

// gateHooks are the webhooks that set gates.
func (a *api) gateHooks() []hook {
	return slices.DeleteFunc(a.hooks("MutatingWebhookConfiguration"), func(h hook) bool { return h.name != gateHook })
}

// mutates: the webhook is asked about a workload's pods.
func (a *api) mutates(h hook, w workload) bool {
	namespace, _ := splitID(w.obj.ID)
	return selects(h.namespaces, a.namespaceLabels(namespace)) && selects(h.objects, podLabels(w))
}

// gated: a binding registers the workload's pods, and new ones carry a gate.
func (a *api) gated(w workload) (bound, gated bool) {
	namespace, _ := splitID(w.obj.ID)
	bound = slices.ContainsFunc(a.list(bindingGroup+"/v1beta1", "TargetGroupBinding"), a.registers(namespace, w))
	gated = bound && slices.ContainsFunc(a.gateHooks(), func(h hook) bool { return a.mutates(h, w) })
	return bound, gated
}

// registers: a binding of the namespace is about a service that selects the
// workload's pods, by their addresses.
func (a *api) registers(namespace string, w workload) func(binding *world.Object) bool {
	return func(o *world.Object) bool {
		ns, _ := splitID(o.ID)
		if ns != namespace || nested.Text(o.Attrs, "spec", "targetType") != "ip" {
			return false
		}
		s, ok := a.find(schema.GroupVersionKind{Version: "v1", Kind: "Service"}, ns, nested.Text(o.Attrs, "spec", "serviceRef", "name"))
		if !ok {
			return false
		}
		selector := nested.Object(s.Attrs, "spec", "selector")
		return len(selector) > 0 && selects(map[string]any{"matchLabels": selector}, podLabels(w))
	}
}

// refusedPods are new ones that the webhook was to see, while it does not answer
// and lets nothing by. Those that run already stay: kept counts them.
func (a *api) refusedPods(workloads []workload, placements map[string]*placement, kept map[string]int) {
	if !a.rules.On(ruleGateHook) {
		return
	}
	for _, h := range a.gateHooks() {
		if h.policy != "Fail" {
			continue
		}
		why := a.answers(h.namespace, h.service, placements)
		for _, w := range workloads {
			p := placements[w.key()]
			if why == "" || w.daemon || len(p.nodes) <= kept[w.key()] || !a.mutates(h, w) {
				continue
			}
			p.nodes = p.nodes[:kept[w.key()]]
			p.ready = min(p.ready, len(p.nodes))
			p.reasons = []string{ruleGateHook.Errorf(h.name, h.service, h.namespace, why).Error()}
		}
	}
}

// replaced notes pods that were evicted, and says how long it takes until the
// new ones are ready: with a gate as long as the load balancer takes.
func (a *api) replaced(w workload, pods int, at time.Duration) time.Duration {
	if pods == 0 {
		return latencyRollout
	}
	bound, gated := a.gated(w)
	if !bound {
		return latencyRollout
	}
	if a.warming == nil {
		a.warming = map[string][]time.Duration{}
	}
	for range pods {
		a.warming[w.key()] = append(a.warming[w.key()], at+latencyRollout+latencyHealthy)
	}
	if gated {
		return latencyRollout + latencyHealthy
	}
	return latencyRollout
}

// unproven are pods that are ready, and that the load balancer does not send to yet.
func (a *api) unproven(key string, at time.Duration) int {
	n := 0
	for _, healthy := range a.warming[key] {
		if healthy > at && at >= healthy-latencyHealthy {
			n++
		}
	}
	return n
}
