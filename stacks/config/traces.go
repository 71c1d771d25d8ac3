package config

import (
	"slices"

	"github.com/ladder-platform/ladder/internal/finding"
)

// validateTraces: the mesh sends spans to the platform's collector, which is
// there where observability has traces. Without an observability section
// somebody else may run one.
func (s Stack) validateTraces() finding.List {
	var out finding.List
	if s.Observability == nil || s.Mesh == nil || s.Mesh.Tracing == nil || s.Mesh.Tracing.Collector != "" {
		return out
	}
	if s.Observability.Traces == nil {
		out.Add("mesh.tracing", "add observability.traces, name a collector of your own, or remove it", "sends spans to the platform's collector, and traces are off")
		return out
	}
	for _, key := range s.Meshes() {
		if !slices.Contains(s.Observed(), key) {
			out.Add("mesh.tracing", "add it to observability.clusters, or name a collector", "sends spans to the platform's collector, and cluster %q is not observed: it has none", key)
		}
	}
	return out
}
