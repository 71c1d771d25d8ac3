package stacks

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/cluster"
	"github.com/ladder-platform/ladder/components/mesh"
	"github.com/ladder-platform/ladder/components/sample"
	"github.com/ladder-platform/ladder/stacks/config"
)

// deploySample puts the sample into every cluster that the edge leads to. Its
// namespace is among the mesh's and its host among the edge's already: the
// configuration says so. Nothing without a sample section.
func deploySample(ctx *pulumi.Context, cfg config.Stack, clusters map[string]*cluster.Cluster, meshes map[string]*mesh.Mesh) ([]pulumi.Resource, error) {
	var out []pulumi.Resource
	for _, key := range cfg.SampleClusters() {
		c, m := clusters[key], meshes[key]
		s, err := sample.New(ctx, "sample-"+key, sample.Args{
			Config: *cfg.Sample, After: slices.Concat(c.Ready, m.Ready),
		}, pulumi.Providers(c.Provider))
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}
