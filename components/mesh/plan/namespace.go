package plan

import (
	"maps"

	"github.com/ladder-platform/ladder/components/mesh/spec"
)

// Labels of namespaces. Source: istio.io/api/label, 1.31.
const (
	dataPlaneLabel = "istio.io/dataplane-mode"
	networkLabel   = "topology.istio.io/network"
	// ingressUseWaypoint leads what gateways let in through the waypoint too;
	// without it they would send to pods and go past every rule about HTTP.
	ingressUseWaypoint = "istio.io/ingress-use-waypoint"
	podSecurityLabel   = "pod-security.kubernetes.io/enforce"
	// readinessGateLabel lets the AWS Load Balancer Controller give each new pod
	// behind one of its bindings a condition, so that a pod counts as ready when
	// the load balancer sends to it, and a rollout takes no pod before. Without
	// the controller it means nothing. Source: kubernetes-sigs/
	// aws-load-balancer-controller v3.5.0, docs/deploy/pod_readiness_gate.md.
	readinessGateLabel = "elbv2.k8s.aws/pod-readiness-gate-inject"
)

// Namespace is one that the mesh makes.
type Namespace struct {
	Name   string
	Labels map[string]string
}

// OwnNamespaces are those of the mesh itself. The one of the control plane says
// in which network the cluster's pods are; the CNI plugin and ztunnel in it
// need rights on the node.
func OwnNamespaces(cfg spec.Config, in Input) []Namespace {
	return []Namespace{
		{spec.SystemNamespace, map[string]string{podSecurityLabel: "privileged", networkLabel: cfg.MeshNetwork(in.Cluster)}},
		{spec.IngressNamespace, map[string]string{podSecurityLabel: "baseline", readinessGateLabel: "enabled"}},
		{spec.EgressNamespace, map[string]string{podSecurityLabel: "baseline"}},
	}
}

// Enrolments are the namespaces of workloads with the labels that enrol them.
func Enrolments(cfg spec.Config) []Namespace {
	var out []Namespace
	for _, name := range sortedKeys(cfg.Namespaces) {
		ns := cfg.Namespaces[name]
		labels := map[string]string{}
		maps.Copy(labels, ns.Labels)
		switch ns.Plane() {
		case spec.PlaneSidecar:
			labels[RevisionLabel] = ns.Revision
		case spec.PlaneAmbient:
			labels[dataPlaneLabel] = "ambient"
		case spec.PlaneWaypoint:
			labels[dataPlaneLabel] = "ambient"
			labels[WaypointLabel] = WaypointName
			labels[ingressUseWaypoint] = "true"
		}
		out = append(out, Namespace{name, labels})
	}
	return out
}
