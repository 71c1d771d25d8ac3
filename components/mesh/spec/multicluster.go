package spec

import (
	"slices"

	"github.com/ladder-platform/ladder/components/mesh/trust"
	"github.com/ladder-platform/ladder/internal/finding"
)

// checkBeyond are the findings of what reaches beyond one cluster or beyond
// Istio's own settings: certificate authorities, links, authorizers, filters.
func (c Config) checkBeyond(in ValidateInput) finding.List {
	var out finding.List
	places, planes := map[string]Place{}, []string{}
	for _, key := range sortedKeys(in.Clusters) {
		places[key] = in.Clusters[key].Place
		own, ok := c.For(key)
		if !ok {
			continue
		}
		planes = append(planes, own.DataPlane)
		for _, f := range slices.Concat(own.checkRevisions(), own.checkExternalAuthorization(), own.checkEnvoyFilters()) {
			if !slices.Contains(out, f) { // the same in every cluster
				out = append(out, f)
			}
		}
	}
	if c.CA != nil {
		plane := Sidecar
		if slices.Contains(planes, Ambient) {
			plane = trust.Ambient
		}
		out.Join("", c.CA.Validate("ca", in.Region, plane))
	}
	out.Join("", c.CheckLinks(places))
	return out
}
