package release

import (
	"slices"

	cluster "github.com/ladder-platform/ladder/components/cluster/spec"
	mesh "github.com/ladder-platform/ladder/components/mesh/spec"
)

// Refuses says why a chart of the release does not run on a Kubernetes minor;
// "" when nothing is known against it. bound is false when the chart says
// nothing of minors, so that nothing could be known.
func (r Release) Refuses(chart, minor string) (why string, bound bool) {
	c := r.Charts[chart]
	if chart == cluster.ChartKarpenter {
		return karpenterOn(c.Version, minor), true
	}
	if slices.Contains(mesh.Charts, chart) {
		return istioOn(c.Version, minor), true
	}
	return chartOn(c, minor), c.Kubernetes != ""
}
