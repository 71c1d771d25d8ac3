package kube

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ladder-platform/ladder/sandbox/deps"
	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/world"
	"k8s.io/apimachinery/pkg/labels"
)

// What a Job's containers do is not simulated, with two exceptions: a container
// that runs kubectl drain empties the nodes that it selects, and a script that
// prepares stores does so (stores.go).

// drainFlags are the arguments of kubectl drain. Source: kubectl 1.36, drain --help.
type drainFlags struct {
	selector                          labels.Selector
	timeout                           time.Duration
	ignoreDaemons, force, noEvictions bool
}

// drainOf reads the flags of a container that drains.
func drainOf(job *world.Object) (drainFlags, bool) {
	for _, c := range nested.List(job.Attrs, "spec", "template", "spec", "containers") {
		m, _ := c.(map[string]any)
		var args []string
		for _, v := range append(slices.Clone(nested.List(m, "command")), nested.List(m, "args")...) {
			if s, is := v.(string); is && s != "kubectl" {
				args = append(args, s)
			}
		}
		if strings.Contains(nested.Text(m, "image"), "kubectl") && len(args) > 0 && args[0] == "drain" {
			return flagsOf(args[1:]), true
		}
	}
	return drainFlags{}, false
}

func flagsOf(args []string) drainFlags {
	out := drainFlags{selector: labels.Nothing()}
	for _, a := range args {
		name, value, _ := strings.Cut(a, "=")
		switch name {
		case "--selector", "-l":
			if s, err := labels.Parse(value); err == nil {
				out.selector = s
			}
		case "--timeout":
			if d, err := time.ParseDuration(value); err == nil {
				out.timeout = d
			}
		case "--ignore-daemonsets":
			out.ignoreDaemons = value != "false"
		case "--force":
			out.force = value != "false"
		case "--disable-eviction":
			out.noEvictions = value != "false"
		}
	}
	return out
}

// runJob does what the Job's pods do, and returns why they failed.
func (a *api) runJob(job *world.Object) []string {
	if script, env, ok := prepares(job); ok {
		return a.prepareStores(job, script, env)
	}
	f, drains := drainOf(job)
	if !drains {
		return nil
	}
	if err := a.drainAccess(job); err != nil {
		return a.failed(job, err.Error(), "")
	}
	nodes := a.list("v1", "Node")
	nodes = slices.DeleteFunc(nodes, func(n *world.Object) bool {
		set := labels.Set{}
		for k := range nested.Object(n.Attrs, "labels") {
			set[k] = nested.Text(n.Attrs, "labels", k)
		}
		return !f.selector.Matches(set)
	})
	names := make([]string, len(nodes))
	for i, n := range nodes {
		names[i] = n.ID
	}
	if err := a.refused(f, names); err != nil {
		return a.failed(job, err.Error(), "")
	}
	took, blocked := a.drain(deps.Drain{URN: job.URN, Nodes: names, AtOnce: 1, Limit: f.timeout, Forced: f.noEvictions})
	a.took = took
	if blocked != nil {
		message, _, _ := strings.Cut(blocked.Why, ". ")
		return a.failed(job, fmt.Sprintf("error when evicting pods/%q: %s", blocked.Pod, message), blocked.Budget+": "+blocked.Why)
	}
	return nil
}

// refused is what kubectl drain finds before it begins.
func (a *api) refused(f drainFlags, nodes []string) error {
	placements := a.schedule()
	for _, w := range a.workloads() {
		here := slices.ContainsFunc(placements[w.key()].nodes, func(n string) bool { return slices.Contains(nodes, n) })
		switch {
		case !here:
		case w.daemon && !f.ignoreDaemons && a.rules.On(ruleDrainDaemons):
			return ruleDrainDaemons.Errorf(w.obj.ID)
		case w.obj.Kind == "kube:v1/Pod" && !f.force && a.rules.On(ruleDrainBare):
			return ruleDrainBare.Errorf(w.obj.ID)
		}
	}
	return nil
}

// failed writes the status of a Job that gave up, and says it as the provider
// does: the condition, then the containers that ended with an error. Source of
// the condition: k8s.io/kubernetes 1.36, pkg/controller/job; the provider's
// wording was not seen.
func (a *api) failed(job *world.Object, drain, budgets string) []string {
	const message = "Job has reached the specified backoff limit"
	job.Attrs["status"] = map[string]any{"failed": 1., "conditions": []any{
		map[string]any{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "message": message}}}
	a.tx.Put(job)
	ns, name := splitID(job.ID)
	out := []string{message, fmt.Sprintf("[Pod %s/%s]: container \"drain\" completed with exit code 1: %s", ns, name, drain)}
	if budgets != "" {
		out = append(out, fmt.Sprintf("[Pod %s/%s]: container \"budgets\": %s", ns, name, budgets))
	}
	return out
}

// ended says whether a Job has given up.
func ended(job *world.Object) bool { return number(job.Attrs, 0, "status", "failed") > 0 }

// drainNeeds are the calls of kubectl drain.
var drainNeeds = []struct{ verb, group, resource string }{
	{"list", "", "nodes"}, {"get", "", "nodes"}, {"patch", "", "nodes"}, {"list", "", "pods"}, {"get", "", "pods"},
	{"create", "", "pods/eviction"}, {"get", "apps", "daemonsets"},
}

// drainAccess checks what the Job's service account may do in the whole cluster.
func (a *api) drainAccess(job *world.Object) error {
	ns, _ := splitID(job.ID)
	account := nested.Text(job.Attrs, "spec", "template", "spec", "serviceAccountName")
	if account == "" {
		account = "default"
	}
	var rules []any
	for _, b := range a.list("rbac.authorization.k8s.io/v1", "ClusterRoleBinding") {
		if !slices.ContainsFunc(nested.List(b.Attrs, "subjects"), func(v any) bool {
			m, _ := v.(map[string]any)
			return nested.Text(m, "kind") == "ServiceAccount" && nested.Text(m, "name") == account && nested.Text(m, "namespace") == ns
		}) {
			continue
		}
		if role, ok := a.tx.Get(world.Key{Kind: "kube:rbac.authorization.k8s.io/v1/ClusterRole", Scope: a.scope, ID: nested.Text(b.Attrs, "roleRef", "name")}); ok {
			rules = append(rules, nested.List(role.Attrs, "rules")...)
		}
	}
	for _, n := range drainNeeds {
		allowed := slices.ContainsFunc(rules, func(v any) bool {
			m, _ := v.(map[string]any)
			return among(nested.List(m, "verbs"), n.verb) && among(nested.List(m, "apiGroups"), n.group) && among(nested.List(m, "resources"), n.resource)
		})
		if !allowed && a.rules.On(ruleDrainAccess) {
			return ruleDrainAccess.Errorf(n.resource, ns+":"+account, n.verb, n.resource, n.group)
		}
	}
	return nil
}

func among(values []any, one string) bool {
	return slices.Contains(values, any(one)) || slices.Contains(values, any("*"))
}
