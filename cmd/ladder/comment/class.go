package comment

import (
	"strings"

	"github.com/ladder-platform/ladder/cmd/ladder/report"
	"github.com/ladder-platform/ladder/stacks/upgrade"
)

// Class is what a change does to what runs: the classes of a ladder plan.
type Class = upgrade.Disruption

// severity orders the classes.
var severity = map[Class]int{upgrade.None: 0, upgrade.Brief: 1, upgrade.PodsMove: 2, upgrade.Outage: 3, upgrade.Data: 4}

// label is what a reader is told of a class.
var label = map[Class]string{
	upgrade.None: "nothing stops", upgrade.Brief: "brief", upgrade.PodsMove: "pods move",
	upgrade.Outage: "outage", upgrade.Data: "data",
}

// meaning explains the classes below the comment.
var meaning = []struct {
	class Class
	text  string
}{
	{upgrade.None, "nobody notices"},
	{upgrade.Brief, "a function pauses for seconds to minutes, or some requests are repeated or refused; running pods stay"},
	{upgrade.PodsMove, "pods are evicted and start elsewhere; their disruption budgets are respected"},
	{upgrade.Outage, "something stops serving until the change is done, or for good"},
	{upgrade.Data, "something that holds data is replaced or deleted"},
}

// effect is what one operation does.
type effect struct {
	class Class
	text  string
}

// unknown is an operation on a type that no table has: nobody has thought about
// what it stops, so the reader is told to.
var unknown = effect{upgrade.Outage, "nobody has written down what this stops, so it counts as an outage until somebody looks"}

// rules are what operations on one type of resource do.
type rules struct {
	// update is the effect of a change in place, unless one of its properties
	// has its own in properties, by the first part of the path.
	update     effect
	properties map[string]effect
	replace    effect
	remove     effect
}

// Known says whether the tables have a type.
func Known(token string) bool { _, ok := rulesOf(token); return ok }

// rulesOf finds a type's rules: kinds of Kubernetes are looked up without their
// group and version.
func rulesOf(token string) (rules, bool) {
	if rest, ok := strings.CutPrefix(token, "kubernetes:"); ok {
		if r, ok := tables[token]; ok {
			return r, true
		}
		r, ok := kinds[rest[strings.LastIndex(rest, ":")+1:]]
		return r, ok
	}
	r, ok := tables[token]
	return r, ok
}

// effectOf judges one operation.
func effectOf(op report.Operation) effect {
	r, known := rulesOf(op.Type)
	switch op.Op {
	case "create", "import":
		return effect{upgrade.None, "it is new: nothing that exists changes"}
	case "discard":
		return effect{upgrade.None, "it leaves the state; what the cloud has stays"}
	case "update":
		if onlyLabels(op.Changed) {
			return effect{upgrade.None, "only tags, labels or descriptions of it change"}
		}
		if e, ok := named(op, r); ok {
			return e
		}
		if !known {
			return effect{upgrade.Brief, "nobody has written down what this change does; it happens in place"}
		}
		return r.inPlace(op.Changed)
	}
	if !known {
		return unknown
	}
	if op.Op == "replace" {
		return r.replace
	}
	return r.remove
}

// inPlace is the worst effect of the properties that change.
func (r rules) inPlace(changed []string) effect {
	var worst effect
	for _, path := range changed {
		if describes(path) {
			continue
		}
		e, ok := r.properties[first(path)]
		if !ok {
			e = r.update
		}
		if worst.text == "" || severity[e.class] > severity[worst.class] {
			worst = e
		}
	}
	if len(changed) == 0 {
		return r.update
	}
	return worst
}

// first is the first part of a property path.
func first(path string) string {
	if i := strings.IndexAny(path, ".["); i > 0 {
		return path[:i]
	}
	return path
}

// onlyLabels says that nothing changes but what describes a resource. Labels of
// a node group are no such thing: pods select nodes by them.
func onlyLabels(changed []string) bool {
	for _, path := range changed {
		if !describes(path) {
			return false
		}
	}
	return len(changed) > 0
}

// describes says whether a property only describes its resource: tags at any
// depth, labels and annotations of an object itself.
func describes(path string) bool {
	for _, part := range strings.FieldsFunc(path, func(r rune) bool { return r == '.' || r == '[' }) {
		if part == "tags" || part == "tagsAll" || part == "tagSpecifications" {
			return true
		}
	}
	return first(path) == "description" || strings.HasPrefix(path, "metadata.labels") || strings.HasPrefix(path, "metadata.annotations")
}

// named are effects that hang on which add-on or chart it is: the logical names
// end in theirs.
func named(op report.Operation, r rules) (effect, bool) {
	switch op.Type {
	case "aws:eks/addon:Addon":
		_, name, _ := strings.Cut(op.Name, "-addon-")
		class, text, ok := upgrade.AddonEffect(name)
		return effect{class, text}, ok
	case helmRelease:
		for _, c := range charts {
			if strings.Contains(op.Name, c.name) {
				return c.effect, true
			}
		}
	}
	return effect{}, false
}
