package flow

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
)

// Directions of a NetworkPolicy.
const (
	Ingress = "ingress"
	Egress  = "egress"
)

// Policy is a NetworkPolicy.
type Policy struct {
	Namespace, Name string
	spec            map[string]any
}

func (p Policy) String() string { return "NetworkPolicy " + p.Namespace + "/" + p.Name }

// Lines are the policy's entries in one direction.
func (p Policy) Lines(direction string) int { return len(nested.List(p.spec, direction)) }

// governs tells whether the policy isolates a pod in a direction.
func (p Policy) governs(pod Peer, direction string) bool {
	return pod.Namespace == p.Namespace && selects(nested.Object(p.spec, "podSelector"), pod.Labels) &&
		slices.ContainsFunc(nested.List(p.spec, "policyTypes"), func(v any) bool { return v == title(direction) })
}

// verdict of all policies on one end of a flow: the line that lets it through, or
// the policies none of whose lines does. "" twice when no policy governs the pod.
func (c Cluster) verdict(pod, peer Peer, f Flow, direction string) (line, refused string) {
	var governing []string
	for _, p := range c.Policies {
		if !p.governs(pod, direction) {
			continue
		}
		governing = append(governing, p.String())
		for i, v := range nested.List(p.spec, direction) {
			rule, _ := v.(map[string]any)
			if portMatches(nested.List(rule, "ports"), f) && c.peerMatches(nested.List(rule, peers[direction]), p.Namespace, peer) {
				return fmt.Sprintf("%s, %s %d", p, direction, i), ""
			}
		}
	}
	if len(governing) == 0 {
		return "", ""
	}
	return "", fmt.Sprintf("no line of %s for %s", join(governing), direction)
}

var peers = map[string]string{Ingress: "from", Egress: "to"}

func title(direction string) string {
	return map[string]string{Ingress: "Ingress", Egress: "Egress"}[direction]
}

func portMatches(ports []any, f Flow) bool {
	return len(ports) == 0 || slices.ContainsFunc(ports, func(v any) bool {
		p, _ := v.(map[string]any)
		protocol := nested.Text(p, "protocol")
		if protocol == "" {
			protocol = TCP
		}
		if protocol != f.Protocol {
			return false
		}
		port, said := p["port"].(float64)
		if !said {
			return p["port"] == nil
		}
		last := port
		if end, ok := p["endPort"].(float64); ok {
			last = end
		}
		return float64(f.Port) >= port && float64(f.Port) <= last
	})
}

func (c Cluster) peerMatches(of []any, home string, peer Peer) bool {
	return len(of) == 0 || slices.ContainsFunc(of, func(v any) bool {
		p, _ := v.(map[string]any)
		if block := nested.Object(p, "ipBlock"); block != nil {
			return inBlock(block, peer)
		}
		if peer.Namespace == "" {
			return false
		}
		inNamespace := peer.Namespace == home
		if ns := nested.Object(p, "namespaceSelector"); ns != nil {
			inNamespace = selects(ns, c.labelsOf(peer.Namespace))
		}
		return inNamespace && selects(nested.Object(p, "podSelector"), peer.Labels)
	})
}

func inBlock(block map[string]any, peer Peer) bool {
	cidr, err := netip.ParsePrefix(nested.Text(block, "cidr"))
	if err != nil {
		return false
	}
	if peer.Namespace != "" {
		return cidr.Bits() == 0
	}
	return cidr.Contains(peer.Address) && !slices.ContainsFunc(nested.List(block, "except"), func(v any) bool {
		s, _ := v.(string)
		except, err := netip.ParsePrefix(s)
		return err == nil && except.Contains(peer.Address)
	})
}

// selects tells whether a label selector matches; an empty one matches everything.
func selects(selector map[string]any, labels map[string]string) bool {
	for k, v := range nested.Object(selector, "matchLabels") {
		if have, ok := labels[k]; !ok || have != v {
			return false
		}
	}
	return !slices.ContainsFunc(nested.List(selector, "matchExpressions"), func(v any) bool {
		e, _ := v.(map[string]any)
		have, ok := labels[nested.Text(e, "key")]
		in := slices.Contains(nested.List(e, "values"), any(have))
		switch nested.Text(e, "operator") {
		case "In":
			return !ok || !in
		case "NotIn":
			return ok && in
		case "Exists":
			return !ok
		case "DoesNotExist":
			return ok
		}
		return true
	})
}
