package upgrade

import (
	"fmt"

	"github.com/ladder-platform/ladder/components/mesh/plan"
	mesh "github.com/ladder-platform/ladder/components/mesh/spec"
	"github.com/ladder-platform/ladder/stacks/release"
)

// mesh are the steps of Istio in one cluster, in the order of the graph:
// definitions, control planes, CNI plugin, ztunnel, gateways. A control plane
// whose revision names a release stays where it is, with the nodes and gateways
// that follow it: it moves by an entry beside it.
func (p *planner) mesh(key string) []Step {
	if p.in.Stack.Mesh == nil {
		return nil
	}
	own, ok := p.in.Stack.Mesh.For(key)
	if !ok {
		return nil
	}
	was, now := rungOfMesh(own, p.in.From), rungOfMesh(own, p.in.To)
	var out []Step
	add := func(s Step, from, to string) {
		if from != to {
			s.From, s.To = from, to
			out = append(out, s)
		}
	}
	add(meshDefinitions(key, "gateway-api", ""), was.newest.CRDs[release.CRDGatewayAPI].Version, now.newest.CRDs[release.CRDGatewayAPI].Version)
	add(meshDefinitions(key, "istio", "istio-base"), istio(was.newest), istio(now.newest))
	for _, revision := range sortedKeys(now.revisions) {
		add(meshChart(key, plan.IstiodName(revision), plan.IstiodName(revision), mesh.SystemNamespace, None, "proxies keep what they were told while the control plane is replaced; new pods wait a moment for a certificate"),
			istio(was.revisions[revision]), istio(now.revisions[revision]))
	}
	from, to := istio(was.revisions[plan.ControlRevision(own)]), istio(now.revisions[plan.ControlRevision(own)])
	add(meshChart(key, "istio-cni", "istio-cni", mesh.SystemNamespace, Brief, "on each node in turn, new pods wait until the plugin is back"), from, to)
	if own.DataPlane == mesh.Ambient {
		add(meshChart(key, "ztunnel", "ztunnel", mesh.SystemNamespace, Brief,
			"on each node in turn, ztunnel hands over to its successor; long connections of that node are cut when the grace of 30 s ends"), from, to)
	} else {
		add(Step{
			Phase: PhaseCharts, Cluster: key, What: "sidecars", How: "when their pods are next replaced", Disruption: None,
			Effect: "a sidecar keeps its version until its pod is replaced; it may be one minor behind the control plane",
			Check:  []string{"istioctl proxy-status"}, Back: "the same way",
		}, from, to)
	}
	for _, g := range sortedKeys(own.Gateways) {
		add(meshChart(key, plan.GatewayName(g), plan.GatewayName(g), mesh.IngressNamespace, Brief, "pods are replaced one by one, each drained for 30 s"), from, to)
	}
	if own.DataPlane == mesh.Sidecar && len(own.Linked(key)) > 0 { // ambient: istiod makes it from the objects
		add(meshChart(key, "east-west-gateway", plan.EastWestName, mesh.SystemNamespace, Brief, "pods are replaced one by one; calls from other clusters that were open are cut when the drain ends"), from, to)
	}
	if plan.EgressGatewayNeeded(own) {
		add(meshChart(key, plan.EgressGateway, plan.EgressGateway, mesh.EgressNamespace, Brief, "pods are replaced one by one; calls to external services that were open are cut when the drain ends"), from, to)
	}
	return out
}

// meshRung is what a mesh runs at a release of its cluster.
type meshRung struct {
	revisions map[string]release.Release
	newest    release.Release // whose definitions serve every control plane
}

func rungOfMesh(own mesh.Config, r release.Release) meshRung {
	out := meshRung{map[string]release.Release{}, r}
	for revision, name := range plan.Revisions(own, plan.Input{Release: r.Name}) {
		out.revisions[revision] = r
		if own.Revisions[revision].Release == "" {
			continue
		}
		if named, err := release.Find(name); err == nil { // else configuration is refused before anything is planned
			out.revisions[revision] = named
			if mesh.IstioBefore(istio(out.newest), istio(named)) {
				out.newest = named
			}
		}
	}
	return out
}

// istio is the version of all charts of Istio in a release.
func istio(r release.Release) string { return r.Charts[mesh.ChartIstiod].Version }

// meshID is the logical name of a child of the cluster's mesh.
func meshID(key, role string) string { return "mesh-" + key + "-" + role }

func meshDefinitions(key, set, chart string) Step {
	s := Step{
		Phase: PhaseCRDs, Cluster: key, What: "CRD set " + set, How: "in place", Disruption: None,
		Effect: "objects of these kinds are kept", Back: "not needed: the new definitions serve the old objects; going back can lose fields",
		Check: []string{"kubectl get crd | grep -e istio.io -e gateway.networking.k8s.io"},
	}
	if chart != "" {
		s.Resources = []string{meshID(key, chart)}
	}
	return s
}

// meshChart is a chart of Istio by its role in the component and its Helm release.
func meshChart(key, role, name, namespace string, d Disruption, effect string) Step {
	return Step{
		Phase: PhaseCharts, Cluster: key, What: "chart " + name, Resources: []string{meshID(key, role)}, How: "in place", Disruption: d, Effect: effect,
		Check: []string{fmt.Sprintf("helm -n %s history %s --max 2", namespace, name), "istioctl proxy-status"},
		Back:  fmt.Sprintf("helm -n %s rollback %s, data plane before control plane, then set the old version in the release or the next up puts the new one back", namespace, name),
	}
}
