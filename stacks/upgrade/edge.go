package upgrade

import (
	"fmt"
	"slices"
)

// edgeHome is where the edge puts a chart, under which role, and what people
// notice of its upgrade.
var edgeHome = map[string]struct{ role, namespace, effect string }{
	"aws-load-balancer-controller": {"controller", "kube-system", "targets are registered a little later; those that are registered stay"},
	"external-dns":                 {"external-dns", "external-dns", "new names are written a little later; those that are written stay"},
	"cert-manager":                 {"cert-manager", "cert-manager", "certificates are renewed a little later; those that are issued stay"},
}

// edge are the charts of the edge in one cluster: they move last, when the mesh
// that they stand before is there.
func (p *planner) edge(key string) []Step {
	if p.in.Stack.Edge == nil || !slices.Contains(p.in.Stack.EdgeClusters(), key) {
		return nil
	}
	var out []Step
	for _, name := range p.in.Stack.Edge.NeededCharts() {
		was, now := p.in.From.Charts[name].Version, p.in.To.Charts[name].Version
		if was == now {
			continue
		}
		home := edgeHome[name]
		out = append(out, Step{
			Phase: PhaseCharts, Cluster: key, What: "chart " + name, Resources: []string{"edge-" + key + "-" + home.role},
			From: was, To: now, How: "in place", Disruption: Brief, Effect: home.effect,
			Check: []string{fmt.Sprintf("helm -n %s history %s --max 2", home.namespace, name), fmt.Sprintf("kubectl -n %s get deployments", home.namespace)},
			Back:  fmt.Sprintf("helm -n %s rollback %s, then set the old version in the release or the next up puts the new one back", home.namespace, name),
		})
	}
	return out
}
