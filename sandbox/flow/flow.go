package flow

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
)

// Protocols.
const (
	TCP = "TCP"
	UDP = "UDP"
)

// Want is what the mesh needs of a flow.
type Want string

// Wants. Either is a flow that a setting decides.
const (
	Pass   Want = "pass"
	Refuse Want = "refuse"
	Either Want = "either"
)

// Peer is one end of a flow: pods with labels in a namespace, or an address.
type Peer struct {
	Name      string
	Namespace string
	Labels    map[string]string
	Address   netip.Addr
}

// Flow is one connection.
type Flow struct {
	// Name says who connects to what for which purpose; unique in a cluster.
	Name     string
	From, To Peer
	Port     int
	Protocol string
	// Host is an external service's name, which the mesh leads to; To is nobody then.
	Host string
	Want Want
}

// Decision is what happens to a flow, and by which rules.
type Decision struct {
	Passes bool
	// By are the lines that let it through, or what refused it.
	By string
}

// Ports and addresses of a mesh. Sources: istio.io, "Application requirements"
// and ambient "Ztunnel traffic redirection"; EKS user guide, "Pod Identity";
// RFC 5737 for the address that stands for the outside.
const (
	hbone     = 15008
	xds       = 15012
	metrics   = 15020
	readiness = 15021
	anyPort   = 8080 // of an application
)

var (
	podIdentity = netip.MustParseAddr("169.254.170.23")
	metadata    = netip.MustParseAddr("169.254.169.254")
	probes      = netip.MustParseAddr("169.254.7.127")
	outside     = netip.MustParseAddr("203.0.113.10")
)

func address(name string, a netip.Addr) Peer { return Peer{Name: name, Address: a} }

// table collects flows.
type table struct {
	c     Cluster
	flows []Flow
}

func (t *table) add(purpose string, from, to Peer, port int, want Want) {
	t.flows = append(t.flows, Flow{Name: fmt.Sprintf("%s → %s: %s", from.Name, to.Name, purpose), From: from, To: to, Port: port, Protocol: TCP, Want: want})
}

// Flows are the connections that the mesh of this cluster lives on, and those that it must not have.
func (c Cluster) Flows() []Flow {
	t := &table{c: c}
	for _, p := range c.workloads() {
		t.workload(p)
	}
	for _, p := range c.proxies {
		t.proxy(p)
	}
	slices.SortStableFunc(t.flows, func(a, b Flow) int { return strings.Compare(a.Name, b.Name) })
	return slices.CompactFunc(t.flows, func(a, b Flow) bool { return a.Name == b.Name })
}

// refusal is wanted where the registry says what is outside and policies have to
// keep to it: sidecars do so themselves.
func (c Cluster) refusal() Want {
	if c.RegistryOnly && c.Enforced && slices.ContainsFunc(sorted(c.namespaces), c.enrolled) {
		return Refuse
	}
	return Either
}

// workloads are pods of the namespaces in the ambient mesh: one without labels for
// each, and one for each set of labels that a policy there selects.
func (c Cluster) workloads() []Peer {
	var out []Peer
	for _, ns := range sorted(c.namespaces) {
		if !c.enrolled(ns) {
			continue
		}
		out = append(out, Peer{Name: ns, Namespace: ns})
		for _, p := range c.Policies {
			labels := stringsOf(nested.Object(p.spec, "podSelector", "matchLabels"))
			if p.Namespace == ns && len(labels) > 0 && labels[gatewayName] == "" {
				out = append(out, Peer{Name: ns + "{" + labelText(labels) + "}", Namespace: ns, Labels: labels})
			}
		}
	}
	return out
}

func (c Cluster) enrolled(namespace string) bool {
	return c.namespaces[namespace][dataPlane] == "ambient"
}

func (t *table) workload(p Peer) {
	c := t.c
	t.lookups(p)
	for _, other := range c.workloads() {
		t.add("call over HBONE", p, other, hbone, Pass)
	}
	for _, w := range c.proxies {
		if w.waypoint {
			t.add("call over HBONE", p, w.Peer, hbone, Pass)
		}
	}
	t.add("credentials", p, address("Pod Identity", podIdentity), 80, Pass)
	t.add("credentials of the node", p, address("instance metadata", metadata), 80, c.refusal())
	for _, w := range c.watchers {
		if w.chart == collectorChart && !c.enrolled(w.namespace) {
			t.add("spans", p, Peer{Name: w.namespace, Namespace: w.namespace}, w.port, Pass)
		}
	}
	t.add("probe", address("kubelet", probes), p, anyPort, Pass)
	for i, a := range c.api {
		t.add("API", p, address([]string{"Kubernetes API by its service", "Kubernetes API by its interface"}[min(i, 1)], a), 443, Either)
	}
	t.add("direct connection", p, address("outside", outside), 443, c.refusal())
	for _, e := range c.external {
		for _, host := range e.hosts {
			for _, port := range e.ports {
				t.flows = append(t.flows, Flow{Name: fmt.Sprintf("%s → %s:%d: by name", p.Name, host, port), From: p, Host: host, Port: port, Protocol: TCP, Want: e.wanted(p.Namespace)})
			}
		}
	}
	for _, ns := range c.parties() {
		if !c.enrolled(ns) {
			stranger := Peer{Name: ns, Namespace: ns}
			t.add("plain text", stranger, p, anyPort, c.refusal())
			for _, port := range c.plainPorts(p) {
				t.add(fmt.Sprintf("plain text on %d", port), stranger, p, port, Either)
			}
		}
	}
}

// lookups are names over both protocols.
func (t *table) lookups(p Peer) {
	for _, d := range t.c.dns {
		t.add("names over TCP", p, d, 53, Pass)
		t.flows = append(t.flows, Flow{Name: fmt.Sprintf("%s → %s: names", p.Name, d.Name), From: p, To: d, Port: 53, Protocol: UDP, Want: Pass})
	}
}

func (t *table) proxy(p proxy) {
	c := t.c
	t.lookups(p.Peer)
	for _, d := range c.istiods {
		t.add("configuration and certificates", p.Peer, d, xds, Pass)
	}
	node := address("node", c.node)
	t.add("readiness", node, p.Peer, readiness, Pass)
	for _, ns := range c.parties() {
		t.add("metrics", Peer{Name: ns, Namespace: ns}, p.Peer, metrics, Either)
	}
	for _, s := range c.providers {
		port := s.port
		if c.enrolled(s.namespace) {
			port = hbone // gateways and waypoints reach ambient workloads by it
		}
		t.add("provider "+s.name, p.Peer, Peer{Name: s.namespace, Namespace: s.namespace}, port, Pass)
	}
	for _, port := range p.ports {
		t.add(fmt.Sprintf("clients on %d", port), node, p.Peer, port, Pass)
	}
	for _, w := range c.watchers {
		if len(p.ports) > 0 && !p.waypoint && w.chart != collectorChart && !c.enrolled(w.namespace) {
			t.add("dashboard of "+w.chart, p.Peer, Peer{Name: w.namespace, Namespace: w.namespace}, w.port, Pass)
		}
	}
	t.add("credentials of the node", p.Peer, address("instance metadata", metadata), 80, c.refusal())
	if ports := c.waysOut(p); len(ports) > 0 {
		for _, port := range ports {
			t.add(fmt.Sprintf("external service on %d", port), p.Peer, address("outside", outside), port, Pass)
		}
		return
	}
	t.add("direct connection", p.Peer, address("outside", outside), 443, c.refusal())
	for _, w := range c.workloads() {
		if !p.waypoint || w.Namespace == p.Namespace {
			t.add("call over HBONE", p.Peer, w, hbone, Pass)
		}
	}
}

// waysOut are the ports of external services that leave by a proxy.
func (c Cluster) waysOut(p proxy) []int {
	var out []int
	for _, e := range c.external {
		if p.waypoint && e.waypoint == p.Namespace+"/"+p.Labels[gatewayName] {
			out = append(out, e.ports...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// parties are the namespaces that exist and those that policies name.
func (c Cluster) parties() []string {
	all := map[string]bool{}
	for ns := range c.namespaces {
		all[ns] = true
	}
	for _, p := range c.Policies {
		for direction, side := range peers {
			for _, v := range nested.List(p.spec, direction) {
				rule, _ := v.(map[string]any)
				for _, f := range nested.List(rule, side) {
					m, _ := f.(map[string]any)
					if name := nested.Text(nested.Object(m, "namespaceSelector", "matchLabels"), nameOf); name != "" {
						all[name] = true
					}
				}
			}
		}
	}
	return sorted(all)
}

func (e external) wanted(namespace string) Want {
	if e.visible(namespace) {
		return Pass
	}
	return Either
}

// visible tells whether a namespace sees the service in its registry.
func (e external) visible(namespace string) bool {
	return len(e.exportTo) == 0 || slices.Contains(e.exportTo, "*") || slices.Contains(e.exportTo, namespace) ||
		e.namespace == namespace && slices.Contains(e.exportTo, ".")
}

// plainPorts of pods, on which the mesh takes plain text although mTLS is strict.
func (c Cluster) plainPorts(p Peer) []int {
	var out []int
	for _, e := range c.exceptions {
		if e.namespace == p.Namespace && selects(map[string]any{"matchLabels": e.labels}, p.Labels) {
			out = append(out, e.ports...)
		}
	}
	return out
}
