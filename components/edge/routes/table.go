package routes

import (
	"maps"
	"slices"
	"strings"
)

// Host is one DNS name, or a wildcard such as *.example.com, and what it leads to.
type Host struct {
	Name   string
	Routes []Route
	// Passthrough takes the TLS stream unopened, by SNI; Routes is empty then.
	Passthrough *Service
}

// Route leads requests below Prefix to a service.
type Route struct {
	Prefix  string
	Methods []string // empty means every method
	Rewrite string   // empty leaves the path as it is
	Service Service
}

// Service is a Kubernetes service and one of its ports.
type Service struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Port      int    `json:"port"`
}

// FQDN is the name by which the mesh knows the service.
func (s Service) FQDN() string { return s.Name + "." + s.Namespace + ".svc.cluster.local" }

// wildcard says whether a name stands for names below a domain, and gives that
// domain with its leading dot.
func wildcard(name string) (suffix string, ok bool) {
	rest, ok := strings.CutPrefix(name, "*")
	return rest, ok
}

// covers says whether a host's name answers for a name. A wildcard answers for
// names at any depth, as in Envoy and in the Gateway API, and never for the
// domain itself.
func covers(host, name string) bool {
	if suffix, ok := wildcard(host); ok {
		return len(name) > len(suffix) && strings.HasSuffix(name, suffix)
	}
	return host == name
}

// Covers says whether a host of a table answers for a DNS name.
func Covers(host, name string) bool { return covers(strings.ToLower(host), strings.ToLower(name)) }

// find is the host that answers for a name: itself, else the longest wildcard.
func find(hosts []Host, name string) (Host, bool) {
	var best Host
	found := false
	for _, h := range hosts {
		switch {
		case !covers(h.Name, name):
		case h.Name == name:
			return h, true
		case !found || len(h.Name) > len(best.Name):
			best, found = h, true
		}
	}
	return best, found
}

// Order is the order in which a gateway must ask routes: longer prefixes first,
// and of the same prefix those that name methods. It does not depend on the
// order of the stack file.
func Order(in []Route) []Route {
	out := slices.Clone(in)
	slices.SortStableFunc(out, func(a, b Route) int {
		switch {
		case len(a.Prefix) != len(b.Prefix):
			return len(b.Prefix) - len(a.Prefix)
		case a.Prefix != b.Prefix:
			return strings.Compare(a.Prefix, b.Prefix)
		case (len(a.Methods) > 0) != (len(b.Methods) > 0):
			return len(b.Methods) - len(a.Methods)
		}
		return strings.Compare(strings.Join(a.Methods, ","), strings.Join(b.Methods, ","))
	})
	return out
}

// sorted are the hosts by name.
func sorted(hosts []Host) []Host {
	out := slices.Clone(hosts)
	slices.SortFunc(out, func(a, b Host) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// Namespaces are the namespaces that a table leads to, sorted.
func Namespaces(hosts []Host) []string {
	seen := map[string]bool{}
	for _, h := range hosts {
		if h.Passthrough != nil {
			seen[h.Passthrough.Namespace] = true
		}
		for _, r := range h.Routes {
			seen[r.Service.Namespace] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}
