package trust

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ladder-platform/ladder/internal/finding"
)

// Ambient is the data plane that cannot trust two roots.
const Ambient = "ambient"

// State is whom the mesh of a cluster trusts, as a record keeps it.
type State struct {
	DataPlane string `json:"dataPlane"`
	// Roots are digests of the roots by key; none means istiod's own root.
	Roots map[string]string `json:"roots,omitempty"`
	// Issuing is the key of the root that signs.
	Issuing string `json:"issuing,omitempty"`
}

// Digest stands for a root in a record: ARNs are long and a record is not.
func Digest(root string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(root)))[:12] }

// Change says what is wrong with going from one state to another while the
// cluster's workloads run. path is where the certificate authority is
// configured. A mesh that was not there before may start with anything.
func Change(path string, from, to State) finding.List {
	var out finding.List
	added, dropped := missing(to.Roots, from.Roots), missing(from.Roots, to.Roots)
	for _, key := range sorted(from.Roots) {
		if d, ok := to.Roots[key]; ok && d != from.Roots[key] {
			out.Add(path+".roots."+key, "give the new root a key of its own, and leave this one as it was", "names another root than the one that the mesh trusts under this key")
		}
	}
	switch {
	case len(out) > 0:
		return out
	case (len(from.Roots) == 0) != (len(to.Roots) == 0):
		out.Add(path, "put it back as it was; a new cluster can begin with the other root, and traffic then moves to it",
			"replaces %s by %s under running workloads, which would stop trusting each other", roots(from), roots(to))
	case to.DataPlane == Ambient || from.DataPlane == Ambient:
		out = ambientChange(path, from, to, added, dropped)
	default:
		out = sidecarChange(path, from, to, added, dropped)
	}
	return out
}

// ambientChange: ztunnel keeps one root (istio#47427, istio#61719).
func ambientChange(path string, from, to State, added, dropped []string) finding.List {
	var out finding.List
	if len(added)+len(dropped) == 0 && from.Issuing == to.Issuing {
		return out
	}
	out.Add(path+".roots",
		"keep the root and move `until` to renew the intermediates under it, which ambient takes without loss; for another root make a new cluster with it and move traffic there, or plan an outage",
		"changes the root of an ambient mesh, whose ztunnels cannot trust two roots at once (istio#47427, istio#61719)")
	return out
}

// sidecarChange: add, switch, drop, each in an up of its own.
func sidecarChange(path string, from, to State, added, dropped []string) finding.List {
	var out finding.List
	if to.Issuing != from.Issuing {
		switch {
		case from.Roots[to.Issuing] == "":
			out.Add(path+".issuing", fmt.Sprintf("first add root %q beside %q and run up, then switch", to.Issuing, from.Issuing),
				"switches to root %q, which no workload trusts yet", to.Issuing)
		case to.Roots[from.Issuing] == "":
			out.Add(path+".roots", fmt.Sprintf("keep %q until an up has switched to %q, then drop it", from.Issuing, to.Issuing),
				"drops root %q in the same step as the switch away from it, while workloads still have its certificates", from.Issuing)
		case len(added)+len(dropped) > 0:
			out.Add(path+".roots", "switch alone, and change the roots before or after it",
				"changes roots (%s) in the same step as the switch from %q to %q", strings.Join(slices.Concat(added, dropped), ", "), from.Issuing, to.Issuing)
		}
	}
	return out
}

func roots(s State) string {
	if len(s.Roots) == 0 {
		return "istiod's own root"
	}
	return "root " + strings.Join(sorted(s.Roots), " and root ")
}

// missing are the keys of a that b lacks.
func missing(a, b map[string]string) []string {
	var out []string
	for _, key := range sorted(a) {
		if _, ok := b[key]; !ok {
			out = append(out, key)
		}
	}
	return out
}

// Days before its end at which a certificate authority is warned about and
// refused. 90 days leave time for three pull requests through three stages with
// a week of soak each; 14 are the last chance to do it by hand.
const (
	WarnDays   = 90
	RefuseDays = 14
)

// Expiry says how close the last day of the intermediates is.
func Expiry(path string, until, now time.Time) finding.List {
	var out finding.List
	left := int(until.Sub(now).Hours() / 24)
	day := until.Format(time.DateOnly)
	switch {
	case !now.Before(until):
		out.Add(path, "move it to a later day, which issues new intermediates", "%s has passed: the clusters' intermediates are not valid any more", day)
	case left < RefuseDays:
		out.Add(path, "move it to a later day, which issues new intermediates", "%s is %d days away; under %d nothing else is rolled out", day, left, RefuseDays)
	case left < WarnDays:
		out.Warn(path, fmt.Sprintf("move it to a later day before %s", until.AddDate(0, 0, -RefuseDays).Format(time.DateOnly)), "the clusters' intermediates end in %d days, on %s", left, day)
	}
	return out
}

// Apart says what is wrong with linking two meshes: who shares a trust domain
// must share a root, or each takes the other's identities for forged ones.
func Apart(path, one, other string, domains [2]string, states [2]State) finding.List {
	var out finding.List
	if len(states[0].Roots)+len(states[1].Roots) == 0 {
		out.Add(path, "give mesh.ca a root that both share", "%s and %s have the trust domain %q and different roots: each istiod makes its own", one, other, cmp.Or(domains[0], "cluster.local"))
		return out
	}
	shared := false
	for key, digest := range states[0].Roots {
		shared = shared || slices.Contains(slices.Collect(maps.Values(states[1].Roots)), digest) && key != ""
	}
	if shared {
		return out
	}
	if cmp.Or(domains[0], "cluster.local") == cmp.Or(domains[1], "cluster.local") {
		out.Add(path, "give both the same root below mesh.ca", "%s and %s have the trust domain %q and different roots: %s and %s", one, other, cmp.Or(domains[0], "cluster.local"), roots(states[0]), roots(states[1]))
		return out
	}
	out.Add(path, "give both the same root below mesh.ca", "%s and %s share no root, so no workload of one can prove itself to the other", one, other)
	return out
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
