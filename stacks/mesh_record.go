package stacks

import (
	"maps"
	"slices"

	"github.com/ladder-platform/ladder/components/mesh/trust"
	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/promotion"
)

// meshRecords are what the record keeps of the meshes that a file asks for.
func meshRecords(cfg config.Stack) map[string]promotion.MeshRecord {
	out := map[string]promotion.MeshRecord{}
	if cfg.Mesh == nil {
		return nil
	}
	for key := range cfg.Clusters {
		own, ok := cfg.Mesh.For(key)
		if !ok {
			continue
		}
		state := own.CA.State(own.DataPlane)
		r := promotion.MeshRecord{DataPlane: state.DataPlane, Roots: state.Roots, Issuing: state.Issuing, Revisions: map[string]string{}, Namespaces: map[string]string{}}
		for name, revision := range own.Revisions {
			r.Revisions[name] = revision.Release
			if revision.Release == "" {
				r.Revisions[name] = cfg.ClusterRelease(key)
			}
		}
		for name, revision := range own.RevisionsInUse() {
			r.Namespaces[name] = revision
		}
		out[key] = r
	}
	return out
}

// checkMeshes compares the meshes of the last successful up with what the file
// asks for. A cluster whose mesh was not there before may begin with anything.
func checkMeshes(last, next promotion.Record) finding.List {
	var out finding.List
	for _, key := range slices.Sorted(maps.Keys(next.Meshes)) {
		was, before := last.Meshes[key]
		if !before {
			continue
		}
		is := next.Meshes[key]
		for _, f := range trust.Change("mesh.ca", trustOf(was), trustOf(is)) {
			if !slices.Contains(out, f) { // the same in every cluster
				out = append(out, f)
			}
		}
	}
	return out
}

func trustOf(r promotion.MeshRecord) trust.State {
	return trust.State{DataPlane: r.DataPlane, Roots: r.Roots, Issuing: r.Issuing}
}
