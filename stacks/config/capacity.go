package config

import (
	"slices"

	watching "github.com/ladder-platform/ladder/components/observability/capacity"
	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/stacks/capacity"
)

// Capacity proves for each cluster whether what the platform runs fits on its nodes.
func (s Stack) Capacity() []capacity.Proof {
	var out []capacity.Proof
	for _, key := range sortedKeys(s.Clusters) {
		out = append(out, capacity.Prove(s.capacityOf(key)))
	}
	return out
}

// capacityOf hands the proof what it needs of the sections.
func (s Stack) capacityOf(key string) capacity.Input {
	net := s.Networks[s.Clusters[key].Network].WithDefaults()
	in := capacity.Input{Key: key, Zones: distinct(net.Zones), Config: s.Clusters[key].WithDefaults(net.HasPodSubnets())}
	if s.Mesh != nil {
		if own, ok := s.Mesh.For(key); ok {
			in.Mesh = &own
		}
	}
	if slices.Contains(s.EdgeClusters(), key) {
		e := s.Edge.WithDefaults(sortedKeys(s.Clusters))
		in.Edge = &e
	}
	if slices.Contains(s.Observed(), key) {
		for _, w := range watching.Of(s.Observability.WithDefaults()) {
			in.Observability = append(in.Observability, capacity.Workload{
				Namespace: watching.Namespace, Name: w.Name, Kind: w.Kind, Replicas: w.Replicas,
				CPU: w.CPU, Memory: w.Memory, Limit: w.Limit(), Volume: w.Volume, Source: w.Why,
			})
		}
	}
	if slices.Contains(s.SampleClusters(), key) {
		sample := s.Sample.WithDefaults()
		in.Sample = &sample
	}
	return in
}

// validateCapacity refuses what does not fit; prd must hold without a zone on
// the nodes that it always has.
func (s Stack) validateCapacity() finding.List {
	var out finding.List
	for _, p := range s.Capacity() {
		out.Join("", p.Findings("clusters."+p.Cluster, s.Environment.Stage == Prd))
	}
	return out
}
