package config

import (
	"fmt"

	mesh "github.com/ladder-platform/ladder/components/mesh/spec"
	observability "github.com/ladder-platform/ladder/components/observability/spec"
	"github.com/ladder-platform/ladder/internal/finding"
)

// validateObservability holds the section's own rules and those between it, the
// clusters, their mesh and their releases.
func (s Stack) validateObservability(stack string) finding.List {
	var out finding.List
	if s.Observability == nil {
		return out
	}
	if len(s.Clusters) == 0 {
		out.Add("observability", "add a cluster, or remove it", "watches clusters, and the stack has none")
		return out
	}
	out.Join("", s.Observability.Validate("observability", observability.Input{
		Stack: stack, Region: s.Environment.Region, AccountID: s.Environment.AccountID, Clusters: s.ObservedClusters(),
	}))
	out.Join("", s.checkObservabilityReleases())
	if s.Mesh != nil {
		if _, taken := s.Mesh.Namespaces[observability.Namespace]; taken {
			out.Add("mesh.namespaces."+observability.Namespace, "use another one for workloads", "is the namespace of observability, which makes it itself, outside the mesh")
		}
	}
	return out
}

// checkObservabilityReleases: the release of each watched cluster has what the
// section installs.
func (s Stack) checkObservabilityReleases() finding.List {
	var out finding.List
	catalogue, _ := release()
	for _, key := range s.Observed() {
		r, err := catalogue.Find(s.ClusterRelease(key))
		if err != nil {
			continue // has a finding of its own
		}
		for _, name := range s.Observability.NeededCharts() {
			if c := r.Charts[name]; c.Name == "" || c.Version == "" {
				out.Add("observability", "complete the release in the catalogue", "release %q of cluster %q has no chart %q", r.Name, key, name)
			}
		}
	}
	return out
}

// ObservedClusters are what the rules of observability need to know of each
// cluster of the stack.
func (s Stack) ObservedClusters() map[string]observability.ClusterInput {
	out := map[string]observability.ClusterInput{}
	for _, key := range sortedKeys(s.Clusters) {
		net := s.Networks[s.Clusters[key].Network].WithDefaults()
		c := s.Clusters[key].WithDefaults(net.HasPodSubnets())
		in := observability.ClusterInput{Network: c.Network, Zones: distinct(net.Zones), Release: s.ClusterRelease(key)}
		if s.Mesh != nil {
			own, ok := s.Mesh.WithDefaults().For(key)
			in.Mesh, in.Ambient = ok, ok && own.DataPlane == mesh.Ambient
		}
		if c.ExternalSecrets != nil {
			in.SecretPrefixes = c.ExternalSecrets.SecretPrefixes
		}
		out[key] = in
	}
	return out
}

// Observed are the keys of the clusters that are watched, sorted; none without
// an observability section.
func (s Stack) Observed() []string {
	if s.Observability == nil {
		return nil
	}
	return s.Observability.On(sortedKeys(s.Clusters))
}

// CheckBuckets: names of buckets are those of all of S3, so one that the stack
// before has is not free here.
func CheckBuckets(up, s Stack) finding.List {
	var out finding.List
	if up.Observability == nil || s.Observability == nil {
		return out
	}
	theirs := up.Observability.Buckets(sortedKeys(up.Clusters))
	mine := s.Observability.Buckets(sortedKeys(s.Clusters))
	for _, key := range sortedKeys(mine) {
		for _, other := range sortedKeys(theirs) {
			if mine[key] == theirs[other] {
				out.Add("observability.metrics.thanos.bucket", "give another name, with the stage in it",
					"%q is a bucket of %s already, and names of buckets are those of all accounts", mine[key], s.Promotion.After)
			}
		}
	}
	return out
}

// validateObservabilityStage holds the rules of observability that depend on the stage.
func (s Stack) validateObservabilityStage() finding.List {
	var out finding.List
	if s.Observability == nil || s.Environment.Stage != Prd {
		return out
	}
	for _, single := range s.Observability.WithDefaults().Single() {
		out.Add("observability."+single.Path, fmt.Sprintf("use 2 or more, or set observability.%s with the reason", single.Acknowledge),
			"is 1 in prd: %s", single.Loses)
	}
	return out
}
