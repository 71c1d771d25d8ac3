package config

import (
	"time"

	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/internal/strict"
	releases "github.com/ladder-platform/ladder/stacks/release"
)

// validateTrust: who can read the state of a stack can be everybody in a mesh
// whose root key lies in it, so past dev no root does.
func (s Stack) validateTrust() finding.List {
	var out finding.List
	if s.Mesh != nil && s.Mesh.CA != nil && s.Mesh.CA.Development() && (s.Environment.Stage == Stg || s.Environment.Stage == Prd) {
		out.Add("mesh.ca.roots", "name a root in AWS Private CA by its ARN", "a development root has its key in the state of the stack, which is not for %s", s.Environment.Stage)
	}
	return out
}

// validateRevisions asks the catalogue about control planes of other releases.
func (s Stack) validateRevisions() finding.List {
	var out finding.List
	catalogue, _ := release()
	for _, key := range s.Meshes() {
		own, err := catalogue.Find(s.ClusterRelease(key))
		if err != nil {
			continue // has a finding of its own
		}
		at, cfg := "mesh.revisions", s.Mesh.Revisions
		if differs := s.Mesh.Clusters[key].Revisions; differs != nil {
			at, cfg = "mesh.clusters."+key+".revisions", differs
		}
		for _, name := range sortedKeys(cfg) {
			wanted := cfg[name].Release
			if wanted == "" {
				continue
			}
			r, err := catalogue.Find(wanted)
			if err != nil {
				out.Add(at+"."+name+".release", strict.Suggest(wanted, catalogue.Names()), "%q is no release of the catalogue", wanted)
				continue
			}
			if why := releases.CheckRevision(r, own); why != "" {
				out.Add(at+"."+name+".release", "use a release whose Istio goes with that of "+own.Name, "cluster %s: %s", key, why)
			}
		}
	}
	return unique(out)
}

// Expiry is what the calendar has against the certificates of the mesh.
func (s Stack) Expiry(on time.Time) finding.List {
	if s.Mesh == nil || s.Mesh.CA == nil {
		return nil
	}
	return s.Mesh.CA.Expiry("mesh.ca", on)
}
