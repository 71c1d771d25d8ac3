package spec

import (
	"slices"

	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/internal/strict"
)

// Revision is one control plane beside others. Config: mesh.revisions.<name>.
type Revision struct {
	// Release whose Istio it runs; empty means the cluster's.
	Release string `json:"release,omitempty"`
}

// maxRevisions: an old control plane and a new one. A third would mean that an
// upgrade began before the last one ended.
const maxRevisions = 2

// RevisionOf is the control plane that a name means: a tag leads to its revision.
func (c Config) RevisionOf(name string) string {
	if r, ok := c.Tags[name]; ok {
		return r
	}
	return orDefault(name, DefaultRevision)
}

// RevisionNames are the control planes, sorted; one called default where
// configuration names none.
func (c Config) RevisionNames() []string {
	if len(c.Revisions) == 0 {
		return []string{DefaultRevision}
	}
	return sortedKeys(c.Revisions)
}

// MainRevision is the control plane of what has no namespace of its own to say
// so: the default one while it is there, else the first.
func (c Config) MainRevision() string {
	if names := c.RevisionNames(); !slices.Contains(names, DefaultRevision) {
		return names[0]
	}
	return DefaultRevision
}

// ServedBy are the enrolled namespaces of workloads with the control plane of
// each; those of checks move by themselves. Call it on what For returns.
func (c Config) ServedBy() map[string]string {
	out := map[string]string{}
	for _, name := range c.Enrolled() {
		if IsCheckNamespace(name) {
			continue
		}
		out[name] = c.RevisionOf(c.Namespaces[name].Revision)
	}
	return out
}

// checkRevisions are the findings of control planes, tags and who uses them. c
// is what For returns.
func (c Config) checkRevisions() finding.List {
	var out finding.List
	names := c.RevisionNames()
	if len(names) > maxRevisions {
		out.Add("revisions", "finish one upgrade before the next: remove the oldest", "has %d control planes", len(names))
	}
	for _, name := range sortedKeys(c.Revisions) {
		r := c.Revisions[name]
		switch {
		case name == DefaultRevision:
		case r.Release == "":
			out.Add("revisions."+name+".release", "name it, so that the control plane stays what it is when the stack's release moves on", "is missing")
		case name != RevisionName(r.Release):
			out.Add("revisions."+name, "call it "+RevisionName(r.Release), "is not named after its release %q, and a revision never changes its release", r.Release)
		}
	}
	for _, tag := range sortedKeys(c.Tags) {
		at := finding.Under("tags", tag)
		switch {
		case slices.Contains(names, tag):
			out.Add(at, "choose another name", "is the name of a revision")
		case len(tag) > maxLabel || !namePattern.MatchString(tag):
			out.Add(at, "use lower-case letters, digits and hyphens", "%q cannot be the value of a label", tag)
		case !slices.Contains(names, c.Tags[tag]):
			out.Add(at, strict.Suggest(c.Tags[tag], slices.Clone(names)), "leads to %q, which is no revision", c.Tags[tag])
		}
	}
	for _, name := range c.Enrolled() {
		revision := c.Namespaces[name].Revision
		if _, tag := c.Tags[revision]; !tag && !slices.Contains(names, revision) {
			known := slices.Concat(names, sortedKeys(c.Tags))
			out.Add("namespaces."+name+".revision", strict.Suggest(revision, known), "%q is neither a revision nor a tag: no control plane would serve the namespace", revision)
		}
	}
	return out
}
