package routes

import (
	"slices"
	"strings"
)

// Request as a gateway sees it.
type Request struct {
	// Host is the Host header, with or without a port.
	Host string
	// Path without the query, normalised.
	Path   string
	Method string
}

// Outcomes of a decision.
const (
	Routed      = "routed"      // to Service, with Path
	NoHost      = "no host"     // no host of the table answers: 404
	NoRoute     = "no route"    // the host has no route for path and method: 404
	Passthrough = "passthrough" // the TLS stream goes to Service unopened
)

// Decision is what happens with a request.
type Decision struct {
	Outcome string
	Host    string // of the table, so possibly a wildcard
	Prefix  string // of the route
	Service Service
	Path    string // as the service sees it
}

// Decide follows a request through a table.
func Decide(hosts []Host, r Request) Decision {
	h, ok := find(hosts, hostname(r.Host))
	if !ok {
		return Decision{Outcome: NoHost}
	}
	if h.Passthrough != nil {
		return Decision{Outcome: Passthrough, Host: h.Name, Service: *h.Passthrough, Path: r.Path}
	}
	for _, route := range Order(h.Routes) {
		if matches(route, r) {
			return Decision{Outcome: Routed, Host: h.Name, Prefix: route.Prefix, Service: route.Service, Path: rewritten(route, r.Path)}
		}
	}
	return Decision{Outcome: NoRoute, Host: h.Name}
}

// hostname is a Host header in the form of the table: without port, lower case.
func hostname(header string) string {
	name, _, _ := strings.Cut(header, ":")
	return strings.TrimSuffix(strings.ToLower(name), ".")
}

func matches(route Route, r Request) bool {
	if len(route.Methods) > 0 && !slices.Contains(route.Methods, r.Method) {
		return false
	}
	return Below(route.Prefix, r.Path)
}

// Below says whether a path lies at or below a prefix, by whole segments.
func Below(prefix, path string) bool {
	return prefix == "/" || path == prefix || strings.HasPrefix(path, prefix+"/")
}

// rewritten is the path that the service sees: what follows the prefix, after
// the rewrite. Source: Gateway API, HTTPPathModifier ReplacePrefixMatch.
func rewritten(route Route, path string) string {
	if route.Rewrite == "" {
		return path
	}
	rest := strings.TrimPrefix(path, route.Prefix)
	if rest == "" {
		return route.Rewrite
	}
	return strings.TrimSuffix(route.Rewrite, "/") + rest
}
