package upgrade

import (
	"fmt"

	mesh "github.com/ladder-platform/ladder/components/mesh/spec"
	"github.com/ladder-platform/ladder/stacks/release"
)

// mesh are the steps of Istio in one cluster, in the order of the graph:
// definitions, control plane, CNI plugin, ztunnel, gateways. A revision that
// names its release stays where it is: it moves by an entry beside it.
func (p *planner) mesh(key string) []Step {
	if p.in.Stack.Mesh == nil {
		return nil
	}
	own, ok := p.in.Stack.Mesh.For(key)
	was, now := p.in.From.Charts[mesh.ChartIstiod].Version, p.in.To.Charts[mesh.ChartIstiod].Version
	if _, implicit := own.Revisions[mesh.DefaultRevision]; !ok || was == now || (len(own.Revisions) > 0 && !implicit) {
		return nil
	}
	if r := own.Revisions[mesh.DefaultRevision]; r.Release != "" {
		return nil
	}
	out := []Step{
		p.meshDefinitions(key, "gateway-api", "", p.in.From.CRDs[release.CRDGatewayAPI].Version, p.in.To.CRDs[release.CRDGatewayAPI].Version),
		p.meshDefinitions(key, "istio", "istio-base", was, now),
		p.meshChart(key, "istiod", mesh.SystemNamespace, None, "proxies keep what they were told while the control plane is replaced; new pods wait a moment for a certificate"),
		p.meshChart(key, "istio-cni", mesh.SystemNamespace, Brief, "on each node in turn, new pods wait until the plugin is back"),
	}
	if own.DataPlane == mesh.Ambient {
		out = append(out, p.meshChart(key, "ztunnel", mesh.SystemNamespace, Brief,
			"on each node in turn, ztunnel hands over to its successor; long connections of that node are cut when the grace of 30 s ends"))
	} else {
		out = append(out, Step{
			Phase: PhaseCharts, Cluster: key, What: "sidecars", From: was, To: now, How: "when their pods are next replaced", Disruption: None,
			Effect: "a sidecar keeps its version until its pod is replaced; it may be one minor behind the control plane",
			Check:  []string{"istioctl proxy-status"}, Back: "the same way",
		})
	}
	for _, g := range sortedKeys(own.Gateways) {
		out = append(out, p.meshChart(key, "gateway-"+g, mesh.IngressNamespace, Brief, "pods are replaced one by one, each drained for 30 s"))
	}
	return out
}

// meshID is the logical name of a child of the cluster's mesh.
func meshID(key, role string) string { return "mesh-" + key + "-" + role }

func (p *planner) meshDefinitions(key, set, chart, was, now string) Step {
	s := Step{
		Phase: PhaseCRDs, Cluster: key, What: "CRD set " + set, From: was, To: now, How: "in place", Disruption: None,
		Effect: "objects of these kinds are kept", Back: "not needed: the new definitions serve the old objects; going back can lose fields",
		Check: []string{"kubectl get crd | grep -e istio.io -e gateway.networking.k8s.io"},
	}
	if chart != "" {
		s.Resources = []string{meshID(key, chart)}
	}
	return s
}

func (p *planner) meshChart(key, name, namespace string, d Disruption, effect string) Step {
	return Step{
		Phase: PhaseCharts, Cluster: key, What: "chart " + name, Resources: []string{meshID(key, name)},
		From: p.in.From.Charts[mesh.ChartIstiod].Version, To: p.in.To.Charts[mesh.ChartIstiod].Version, How: "in place", Disruption: d, Effect: effect,
		Check: []string{fmt.Sprintf("helm -n %s history %s --max 2", namespace, name), "istioctl proxy-status"},
		Back:  fmt.Sprintf("helm -n %s rollback %s, data plane before control plane, then set the old version in the release or the next up puts the new one back", namespace, name),
	}
}
