package upgrade

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/internal/facts"
)

// Object is one Kubernetes object that somebody registers.
type Object struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Name       string `json:"name"`
	// From says where it comes from, for example a resource's logical name.
	From string `json:"from,omitempty"`
}

// Removal is an API that a minor does not serve any more, and who uses it.
type Removal struct {
	Object
	// Removed is the minor that no longer serves it.
	Removed string `json:"removed"`
	// Replacement is what to use; "" means that there is none.
	Replacement string `json:"replacement,omitempty"`
}

// RemovedIn are the objects whose API Kubernetes of this minor does not serve,
// in the order of their kind and name. Source of the table: k8s.io/api,
// prerelease-lifecycle (facts, high).
func RemovedIn(minor string, objects []Object) []Removal {
	gone := map[string]facts.APIRemoval{}
	for _, r := range facts.RemovedAPIs(minor) {
		gone[groupVersion(r.Group, r.Version)+" "+r.Kind] = r
	}
	out := []Removal{}
	for _, o := range objects {
		if r, ok := gone[o.APIVersion+" "+o.Kind]; ok {
			out = append(out, Removal{Object: o, Removed: r.Removed, Replacement: r.Replacement})
		}
	}
	slices.SortStableFunc(out, func(a, b Removal) int {
		return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.Name, b.Name))
	})
	return out
}

func groupVersion(group, version string) string {
	if group == "" {
		return version
	}
	return group + "/" + version
}

// removed adds a finding for each API that the climb takes from somebody.
func (p *planner) removed() {
	minor := p.in.To.Kubernetes.Version
	p.out.Removed = RemovedIn(minor, p.in.Objects)
	for _, r := range p.out.Removed {
		fix := "use another API: it has no replacement"
		if r.Replacement != "" {
			fix = "use " + r.Replacement
		}
		p.out.Findings.Add("", fix, "%s %s %q (%s) is not served from Kubernetes %s on", r.APIVersion, r.Kind, r.Name, r.From, r.Removed)
	}
	target, ok := facts.MinorNumber(minor)
	for _, r := range p.in.Requested {
		what := fmt.Sprintf("clients of the live API server asked for %s %s", groupVersion(r.Group, r.Version), r.resource())
		removed, known := facts.MinorNumber(r.Removed)
		switch {
		case !known:
			p.out.Findings.Warn("", "find the client in the audit log by its user agent", "%s, which is deprecated", what)
		case ok && removed <= target:
			p.out.Findings.Add("", "find the client in the audit log by its user agent, and move it", "%s, which is not served from Kubernetes %s on", what, r.Removed)
		default:
			p.out.Findings.Warn("", "find the client in the audit log by its user agent", "%s, which is not served from Kubernetes %s on", what, r.Removed)
		}
	}
}
