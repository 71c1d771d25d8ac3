package stacks

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

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
		r := promotion.MeshRecord{DataPlane: state.DataPlane, Roots: state.Roots, Issuing: state.Issuing,
			Revisions: map[string]string{}, Namespaces: own.ServedBy()}
		for _, name := range own.RevisionNames() {
			r.Revisions[name] = cmp.Or(own.Revisions[name].Release, cfg.ClusterRelease(key))
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
		out.Join("", keptRevisions(key, was, is))
	}
	return out
}

// keptRevisions: a control plane goes when nobody has used it for a whole up.
// A sidecar keeps to the one that injected it until its pod is made anew, so a
// namespace that moves now still needs the old one.
func keptRevisions(cluster string, was, is promotion.MeshRecord) finding.List {
	var out finding.List
	for _, name := range slices.Sorted(maps.Keys(was.Revisions)) {
		if _, kept := is.Revisions[name]; kept {
			continue
		}
		var users []string
		for _, ns := range slices.Sorted(maps.Keys(was.Namespaces)) {
			if _, there := is.Namespaces[ns]; there && was.Namespaces[ns] == name {
				users = append(users, ns)
			}
		}
		if len(users) > 0 {
			out.Add("mesh.revisions."+name, "keep the entry, move these namespaces first, restart their pods, and remove it in a later pull request",
				"is removed from cluster %s while it serves %s", cluster, strings.Join(users, ", "))
		}
	}
	return out
}

// checkExpiry refuses to roll anything out over certificates that are about to
// end, and says when that comes near.
func (p Program) checkExpiry(ctx *pulumi.Context, cfg config.Stack) error {
	found := cfg.Expiry(p.Now())
	if err := found.Err(); err != nil {
		return err
	}
	for _, f := range found {
		if err := ctx.Log.Warn(f.String(), nil); err != nil {
			return fmt.Errorf("mesh.ca: warn: %w", err)
		}
	}
	return nil
}

func trustOf(r promotion.MeshRecord) trust.State {
	return trust.State{DataPlane: r.DataPlane, Roots: r.Roots, Issuing: r.Issuing}
}
