package plan

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/components/internal/address"
	"github.com/ladder-platform/ladder/components/mesh/spec"
)

// Ports of the mesh. Source: istio.io, "Application requirements", read 2026-11.
const (
	HBONEPort     = 15008
	istiodPort    = 15012
	metricsPort   = 15020
	readinessPort = 15021
	dnsPort       = 53
	httpsPort     = 443
	httpPort      = 80
)

// Addresses that are the same on every node.
const (
	// podIdentity is the EKS Pod Identity agent. Source: EKS user guide, "Pod Identity considerations".
	podIdentity = "169.254.170.23/32"
	// probes is what the kubelet's probes come from in ambient pods. Source:
	// istio.io, ambient "Ztunnel traffic redirection" and "Ambient and Kubernetes NetworkPolicy".
	probes = "169.254.7.127/32"
	// linkLocal holds both, and the instance's metadata with the node's credentials.
	linkLocal = "169.254.0.0/16"
	anywhere  = "0.0.0.0/0"
)

// Directions of a line.
const (
	Ingress = "Ingress"
	Egress  = "Egress"
)

// Line is one thing that a NetworkPolicy of the mesh lets through.
type Line struct {
	Namespace, Policy, Direction string
	// Flow is what needs it, in words; unique within policy and direction.
	Flow string
	// Pods are the labels of the pods that the policy is for; empty means all of the namespace.
	Pods map[string]string
	// Rule is the entry of the policy.
	Rule map[string]any
}

// networkPolicies are the lines as objects. Each refuses what no line names.
func networkPolicies(cfg spec.Config, in Input) []Object {
	return PoliciesOf(Lines(cfg, in))
}

// PoliciesOf are the NetworkPolicies that hold lines.
func PoliciesOf(lines []Line) []Object {
	var out []Object
	at := map[string]int{}
	for _, l := range lines {
		id := l.Namespace + "/" + l.Policy
		i, ok := at[id]
		if !ok {
			i, at[id] = len(out), len(out)
			out = append(out, Object{
				APIVersion: policyVersion, Kind: "NetworkPolicy", Namespace: l.Namespace, Name: l.Policy, Stage: Restrict,
				Body: dict{"spec": dict{"podSelector": selector(l.Pods), "policyTypes": list{}}},
			})
		}
		spec := out[i].Body["spec"].(dict)
		field := strings.ToLower(l.Direction)
		if spec[field] == nil {
			spec["policyTypes"] = append(spec["policyTypes"].(list), l.Direction)
			spec[field] = list{}
		}
		spec[field] = append(spec[field].(list), l.Rule)
	}
	return out
}

func selector(match map[string]string) dict {
	if len(match) == 0 {
		return dict{}
	}
	return dict{"matchLabels": labels(match)}
}

// Lines are what ambient namespaces, gateways and the egress waypoint let
// through, where egress is registryOnly. ztunnel honours no
// outboundTrafficPolicy, so these are what keeps pods in the cluster: only the
// egress waypoint has a line that leads out.
func Lines(cfg spec.Config, in Input) []Line {
	if cfg.Egress != spec.RegistryOnly || cfg.DataPlane != spec.Ambient {
		return nil
	}
	var out []Line
	for _, name := range cfg.Enrolled() {
		if p := cfg.Namespaces[name].Plane(); p == spec.PlaneAmbient || p == spec.PlaneWaypoint {
			out = append(out, workloads(cfg, in, name)...)
		}
	}
	if len(cfg.Gateways) > 0 {
		out = append(out, gateways(cfg, in)...)
	}
	if len(cfg.Linked(in.Cluster)) > 0 {
		out = append(out, eastWestLines()...)
	}
	return append(out, wayOut(cfg, in)...)
}

// lineSet adds lines of one policy.
type lineSet struct {
	namespace, policy string
	pods              map[string]string
	lines             []Line
	// observed: another policy of the namespace lets spans through already.
	observed bool
}

func (s *lineSet) add(direction, flow string, rule dict) {
	s.lines = append(s.lines, Line{s.namespace, s.policy, direction, flow, s.pods, rule})
}

func workloads(cfg spec.Config, in Input, name string) []Line {
	ns := cfg.Namespaces[name]
	all := lineSet{namespace: name, policy: "mesh"}
	all.add(Ingress, "calls from workloads and gateways of the mesh", dict{"ports": tcp(HBONEPort)})
	all.add(Ingress, "the kubelet's probes", dict{"from": list{block(probes)}})
	all.add(Egress, "names", names())
	all.add(Egress, "calls to workloads and waypoints of the mesh", hbone(cfg))
	all.add(Egress, "credentials of EKS Pod Identity", dict{"to": list{block(podIdentity)}, "ports": tcp(httpPort)})
	if in.Observed { // outside the mesh: what watches it works when it does not
		all.add(Egress, "spans and metrics to the platform's collector", dict{"to": list{namespace(address.ObservabilityNamespace)}, "ports": tcp(address.CollectorPort, address.CollectorHTTPPort)})
	}
	out := all.lines
	if ns.KubernetesAPI {
		api := lineSet{namespace: name, policy: "mesh-kubernetes-api"}
		api.add(Egress, "the Kubernetes API", dict{"to": apiServer(in), "ports": tcp(httpsPort)})
		out = append(out, api.lines...)
	}
	if ns.Plane() == spec.PlaneWaypoint {
		w := lineSet{namespace: name, policy: "mesh-waypoint", pods: map[string]string{GatewayNameLabel: WaypointName}, observed: in.Observed}
		proxyLines(cfg, &w)
		out = append(out, w.lines...)
	}
	for _, key := range slices.Sorted(maps.Keys(ns.PlainPorts)) {
		p := ns.PlainPorts[key]
		var from list
		for _, n := range p.From {
			from = append(from, namespace(n))
		}
		plain := lineSet{namespace: name, policy: "mesh-plain-" + key, pods: p.Workload}
		plain.add(Ingress, "plain text: "+p.Reason, dict{"from": from, "ports": tcp(p.Port)})
		out = append(out, plain.lines...)
	}
	return out
}

// proxyLines are what a proxy of Envoy's needs beside the traffic that it passes on.
func proxyLines(cfg spec.Config, s *lineSet) {
	s.add(Ingress, "readiness", dict{"ports": tcp(readinessPort)})
	s.add(Ingress, "metrics of the proxy", dict{"from": list{namespace(address.ObservabilityNamespace)}, "ports": tcp(metricsPort)})
	s.add(Egress, "configuration and certificates from istiod", dict{
		"to":    list{dict{"namespaceSelector": named(spec.SystemNamespace), "podSelector": selector(map[string]string{"app": "istiod"})}},
		"ports": tcp(istiodPort),
	})
	if cfg.Tracing != nil {
		host, port := Collector(cfg)
		if ns := clusterNamespace(host); ns != "" && !(s.observed && ns == address.ObservabilityNamespace) {
			s.add(Egress, "spans", dict{"to": list{namespace(ns)}, "ports": tcp(port)})
		}
	}
	for _, ns := range authorizerNamespaces(cfg) {
		// In the mesh it is asked over HBONE, which all but the way out may speak anyway.
		if p := cfg.Namespaces[ns].Plane(); s.policy != egressPolicy && (p == spec.PlaneAmbient || p == spec.PlaneWaypoint) {
			continue
		}
		// The port is the service's; its pods may listen on another.
		s.add(Egress, "questions to authorizers in "+ns, dict{"to": list{namespace(ns)}})
	}
}

// authorizerNamespaces are where the authorizers of the mesh are, sorted.
func authorizerNamespaces(cfg spec.Config) []string {
	var out []string
	for _, a := range cfg.ExternalAuthorization {
		if ns := clusterNamespace(a.Service); ns != "" {
			out = append(out, ns)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// egressPolicy is that of the egress waypoint.
const egressPolicy = "egress"

// eastWestLines are what the gateway for other clusters needs: it takes HBONE of
// whoever comes, and leads it to pods of this cluster.
func eastWestLines() []Line {
	s := lineSet{namespace: spec.SystemNamespace, policy: "east-west", pods: map[string]string{GatewayNameLabel: EastWestName}}
	s.add(Ingress, "calls from other clusters by way of the load balancer", dict{"ports": tcp(HBONEPort)})
	proxyLines(spec.Config{}, &s)
	s.add(Egress, "names", names())
	s.add(Egress, "calls to workloads and waypoints of this cluster", hbone(spec.Config{}))
	return s.lines
}

func gateways(cfg spec.Config, in Input) []Line {
	s := lineSet{namespace: spec.IngressNamespace, policy: "gateways"}
	s.add(Ingress, "clients by way of the load balancer", dict{"ports": tcp(GatewayHTTPPort, GatewayHTTPSPort)})
	proxyLines(cfg, &s)
	s.add(Egress, "names", names())
	s.add(Egress, "calls to workloads and waypoints of the mesh", hbone(cfg))
	if in.Observed {
		s.add(Egress, "dashboards, which are outside the mesh", dict{"to": list{namespace(address.ObservabilityNamespace)}, "ports": tcp(address.DashboardPorts...)})
	}
	if cfg.Has(spec.PlaneSidecar) {
		s.add(Egress, "calls to sidecars", dict{"to": list{dict{"namespaceSelector": dict{}}}})
	}
	return s.lines
}

func wayOut(cfg spec.Config, in Input) []Line {
	s := lineSet{namespace: spec.EgressNamespace, policy: egressPolicy}
	s.add(Ingress, "calls from workloads of the mesh", dict{"ports": tcp(HBONEPort)})
	proxyLines(cfg, &s)
	s.add(Egress, "names", names())
	if ports := externalPorts(cfg, in.Region); len(ports) > 0 {
		s.add(Egress, "external services", dict{"to": list{dict{"ipBlock": dict{"cidr": anywhere, "except": texts(linkLocal)}}}, "ports": tcp(ports...)})
	}
	if EgressGatewayNeeded(cfg) {
		s.add(Ingress, "calls from sidecars", dict{"from": list{dict{"namespaceSelector": dict{}}}})
	}
	return s.lines
}

// hbone is the mesh's own traffic. Linked clusters have pods and gateways whose
// addresses no selector knows.
func hbone(cfg spec.Config) dict {
	rule := dict{"ports": tcp(HBONEPort)}
	if len(cfg.Links) == 0 {
		rule["to"] = list{dict{"namespaceSelector": dict{}}}
	}
	return rule
}

func names() dict {
	return dict{
		"to":    list{dict{"namespaceSelector": named("kube-system"), "podSelector": selector(map[string]string{"k8s-app": "kube-dns"})}},
		"ports": list{dict{"protocol": "UDP", "port": dnsPort}, dict{"protocol": "TCP", "port": dnsPort}},
	}
}

// apiServer is the address of the service kubernetes, the first of the block,
// and the network in which the control plane has its interfaces.
func apiServer(in Input) list {
	var out list
	if p, err := netip.ParsePrefix(in.ServiceCIDR); err == nil {
		out = append(out, block(fmt.Sprintf("%s/32", p.Masked().Addr().Next())))
	}
	for _, cidr := range in.CIDRs {
		out = append(out, block(cidr))
	}
	return out
}

func block(cidr string) dict { return dict{"ipBlock": dict{"cidr": cidr}} }

func namespace(name string) dict { return dict{"namespaceSelector": named(name)} }

func named(name string) dict {
	return dict{"matchLabels": dict{"kubernetes.io/metadata.name": name}}
}

func tcp(ports ...int) list {
	out := make(list, len(ports))
	for i, p := range ports {
		out[i] = dict{"protocol": "TCP", "port": p}
	}
	return out
}

// clusterNamespace is the namespace of a service's full name; "" of another host.
func clusterNamespace(host string) string {
	service, ok := strings.CutSuffix(host, ".svc.cluster.local")
	if !ok {
		return ""
	}
	_, ns, _ := strings.Cut(service, ".")
	return ns
}
