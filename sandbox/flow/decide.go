package flow

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Decide says whether a connection comes about, and which rules decided.
func (c Cluster) Decide(f Flow) Decision {
	if f.Host == "" {
		return c.direct(f)
	}
	return c.leaves(f)
}

// direct is a connection between two ends, which only policies hold back.
func (c Cluster) direct(f Flow) Decision {
	if !c.Enforced {
		return Decision{true, "no policy: the VPC CNI's enableNetworkPolicy is not true"}
	}
	var lines []string
	for _, side := range []struct {
		pod, peer Peer
		direction string
	}{{f.From, f.To, Egress}, {f.To, f.From, Ingress}} {
		if side.pod.Namespace == "" {
			continue
		}
		line, refused := c.verdict(side.pod, side.peer, f, side.direction)
		switch {
		case refused != "":
			return Decision{false, refused}
		case line != "":
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		return Decision{true, "no policy governs either end"}
	}
	return Decision{true, strings.Join(lines, "; ")}
}

// leaves is a connection to an external service by its name: ztunnel hands it to
// the waypoint that the service's entry names, which lets the namespaces in whose
// favour a policy speaks go out.
func (c Cluster) leaves(f Flow) Decision {
	i := slices.IndexFunc(c.external, func(e external) bool {
		return slices.Contains(e.hosts, f.Host) && slices.Contains(e.ports, f.Port) && e.visible(f.From.Namespace)
	})
	out := Flow{From: f.From, To: address("outside", outside), Port: f.Port, Protocol: f.Protocol}
	if i < 0 || c.external[i].waypoint == "" || !c.enrolled(f.From.Namespace) {
		return c.direct(out) // ztunnel passes on what it does not know, whatever istiod was told
	}
	e := c.external[i]
	p := slices.IndexFunc(c.proxies, func(p proxy) bool {
		return p.waypoint && p.Namespace+"/"+p.Labels[gatewayName] == e.waypoint
	})
	if p < 0 {
		return Decision{false, fmt.Sprintf("ServiceEntry %s/%s names waypoint %s, which is not there", e.namespace, e.name, e.waypoint)}
	}
	if who := c.gated(e, f.From.Namespace); who != "" {
		return Decision{false, who}
	}
	way := c.proxies[p].Peer
	var by []string
	for _, hop := range []Flow{
		{From: f.From, To: way, Port: hbone, Protocol: TCP},
		{From: way, To: out.To, Port: f.Port, Protocol: f.Protocol},
	} {
		d := c.direct(hop)
		if !d.Passes {
			return d
		}
		by = append(by, d.By)
	}
	return Decision{true, strings.Join(by, "; ")}
}

// gated names the policy on an external service that keeps a namespace away, "" without one.
func (c Cluster) gated(e external, namespace string) string {
	allowing := ""
	for _, g := range c.gates {
		if g.namespace != e.namespace || g.entry != e.name {
			continue
		}
		matches := !g.none && (g.sources == nil || slices.Contains(g.sources, namespace))
		name := "AuthorizationPolicy " + g.namespace + "/" + g.name
		switch {
		case g.action == "DENY" && matches:
			return name + " denies " + namespace
		case g.action == "DENY":
		case matches:
			return ""
		default:
			allowing = name
		}
	}
	if allowing == "" {
		return ""
	}
	return allowing + " does not allow " + namespace
}

// Wrong are the flows that are not as the mesh needs them, each with what decided.
func (c Cluster) Wrong() []string {
	var out []string
	for _, f := range c.Flows() {
		d := c.Decide(f)
		switch {
		case f.Want == Pass && !d.Passes:
			out = append(out, fmt.Sprintf("%s is refused: %s", f.Name, d.By))
		case f.Want == Refuse && d.Passes:
			out = append(out, fmt.Sprintf("%s passes: %s", f.Name, d.By))
		}
	}
	return out
}

// Broken are the flows that pass in one cluster and not in another, with what refused them there.
func Broken(whole, other Cluster) []string {
	var out []string
	for _, f := range whole.Flows() {
		if !whole.Decide(f).Passes {
			continue
		}
		if d := other.Decide(f); !d.Passes {
			out = append(out, fmt.Sprintf("%s: %s", f.Name, d.By))
		}
	}
	return out
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func labelText(labels map[string]string) string {
	var out []string
	for _, k := range sorted(labels) {
		out = append(out, k+"="+labels[k])
	}
	return strings.Join(out, ",")
}
