package routes

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/internal/finding"
)

// Known is what a table may lead to. A nil map is not judged by.
type Known struct {
	// Namespaces of the mesh.
	Namespaces map[string]bool
	// Services by "<namespace>/<name>", with their ports.
	Services map[string][]int
}

// Limits with their sources.
const (
	maxHost = 253 // a DNS name: RFC 1035
	// maxPrefix is HTTPPathMatch.value of the Gateway API v1.6.
	maxPrefix = 1024
	maxPort   = 65535 // of TCP
)

var (
	hostPattern = regexp.MustCompile(`^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$`)
	// pathPattern are the characters of RFC 3986's path, without percent
	// encoding: a gateway compares what it has decoded.
	pathPattern = regexp.MustCompile(`^(?:/[A-Za-z0-9._~!$&'()*+,;=:@-]*)+$`)
	namePattern = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$`)
	// methods of the Gateway API's HTTPMethod enumeration.
	methods = []string{"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"}
)

// Findings are everything wrong with a table. path is where its hosts stand,
// for example "edge.application.hosts".
func Findings(path string, hosts []Host, known Known) finding.List {
	var out finding.List
	for _, h := range sorted(hosts) {
		at := finding.Under(path, h.Name)
		out.Join(at, h.findings(known))
	}
	return out
}

func (h Host) findings(known Known) finding.List {
	var out finding.List
	switch {
	case h.Name != strings.ToLower(h.Name):
		out.Add("", "write it in lower case", "%q is not how a DNS name is compared", h.Name)
	case len(h.Name) > maxHost || !hostPattern.MatchString(h.Name):
		out.Add("", "use for example shop.dev.example.com, or *.dev.example.com", "%q is not a DNS name", h.Name)
	}
	switch {
	case h.Passthrough != nil && len(h.Routes) > 0:
		out.Add("passthrough", "remove the routes, or passthrough", "a stream that nobody opens has no path to route by")
	case h.Passthrough == nil && len(h.Routes) == 0:
		out.Add("routes", "add one, for example with prefix /", "the host leads nowhere")
	}
	if h.Passthrough != nil {
		out.Join("passthrough", h.Passthrough.findings(known))
	}
	for i, r := range h.Routes {
		out.Join(fmt.Sprintf("routes[%d]", i), r.findings(known))
	}
	out.Join("routes", overlaps(h.Routes))
	if len(out) == 0 { // among routes with mistakes it would guess
		out.Join("routes", idle(h.Routes))
	}
	return out
}

func (r Route) findings(known Known) finding.List {
	var out finding.List
	switch {
	case r.Prefix == "":
		out.Add("prefix", "use / for every path", "is missing")
	case !strings.HasPrefix(r.Prefix, "/"):
		out.Add("prefix", "write /"+r.Prefix, "%q does not begin with /", r.Prefix)
	case r.Prefix != "/" && strings.HasSuffix(r.Prefix, "/"):
		out.Add("prefix", "write "+strings.TrimRight(r.Prefix, "/"), "%q ends in a slash; a prefix matches whole segments without one", r.Prefix)
	default:
		out.Join("prefix", checkPath(r.Prefix))
	}
	switch {
	case r.Rewrite == "":
	case r.Prefix == "/":
		out.Add("rewrite", "give the service a prefix of its own, or remove rewrite", "what / is replaced by is not the same in Istio and in the Gateway API")
	case !strings.HasPrefix(r.Rewrite, "/"):
		out.Add("rewrite", "write /"+r.Rewrite, "%q does not begin with /", r.Rewrite)
	case r.Rewrite != "/" && strings.HasSuffix(r.Rewrite, "/"):
		out.Add("rewrite", "write "+strings.TrimRight(r.Rewrite, "/"), "%q ends in a slash", r.Rewrite)
	default:
		out.Join("rewrite", checkPath(r.Rewrite))
	}
	for i, m := range r.Methods {
		at := fmt.Sprintf("methods[%d]", i)
		switch {
		case slices.Contains(r.Methods[:i], m):
			out.Add(at, "remove it", "%q is listed twice", m)
		case !slices.Contains(methods, m):
			out.Add(at, "use one of "+strings.Join(methods, ", "), "%q is not a method that both routings know", m)
		}
	}
	out.Join("service", r.Service.findings(known))
	return out
}

func checkPath(p string) finding.List {
	var out finding.List
	switch {
	case len(p) > maxPrefix:
		out.Add("", fmt.Sprintf("use at most %d characters", maxPrefix), "is %d characters long", len(p))
	case strings.Contains(p, "//") || slices.Contains(strings.Split(p, "/"), ".") || slices.Contains(strings.Split(p, "/"), ".."):
		out.Add("", "write the path as the gateway sees it", "%q is not normalised: no request looks like that when it is compared", p)
	case !pathPattern.MatchString(p):
		out.Add("", "use letters, digits and . _ ~ ! $ & ' ( ) * + , ; = : @ -", "%q is not a path", p)
	}
	return out
}

func (s Service) findings(known Known) finding.List {
	var out finding.List
	for _, part := range []struct{ key, value string }{{"namespace", s.Namespace}, {"name", s.Name}} {
		switch {
		case part.value == "":
			out.Add(part.key, "name it", "is missing")
		case !namePattern.MatchString(part.value):
			out.Add(part.key, "use lower-case letters, digits and hyphens", "%q is not a name in Kubernetes", part.value)
		}
	}
	if s.Port < 1 || s.Port > maxPort {
		out.Add("port", fmt.Sprintf("use the service's port, 1 to %d", maxPort), "%d is not a port", s.Port)
	}
	if len(out) > 0 {
		return out
	}
	if known.Namespaces != nil && !known.Namespaces[s.Namespace] {
		out.Add("namespace", "add it to the mesh, or correct it", "namespace %q is not in the mesh, so requests would go to it without mTLS", s.Namespace)
		return out
	}
	if known.Services == nil {
		return out
	}
	ports, ok := known.Services[s.Namespace+"/"+s.Name]
	switch {
	case !ok:
		out.Add("name", "deploy it first, or correct the name", "there is no service %q in namespace %q", s.Name, s.Namespace)
	case !slices.Contains(ports, s.Port):
		out.Add("port", fmt.Sprintf("use one of %v", ports), "service %q has no port %d", s.Name, s.Port)
	}
	return out
}

// overlaps finds routes that another one of the same host leaves nothing to.
func overlaps(in []Route) finding.List {
	var out finding.List
	for i, r := range in {
		at := fmt.Sprintf("[%d].prefix", i)
		for j, earlier := range in[:i] {
			if earlier.Prefix != r.Prefix {
				continue
			}
			switch both := common(earlier.Methods, r.Methods); {
			case len(earlier.Methods) == 0 && len(r.Methods) == 0:
				out.Add(at, "keep one of them", "%q is the prefix of routes[%d] too, and only one of them can answer", r.Prefix, j)
			case len(both) > 0:
				out.Add(at, "give each method to one of them", "%q is the prefix of routes[%d] too, and both are for %s", r.Prefix, j, strings.Join(both, ", "))
			}
		}
	}
	return out
}

// idle finds routes that could be left out.
func idle(in []Route) finding.List {
	var out finding.List
	for i, r := range in {
		if shorter := redundant(in, i); shorter >= 0 {
			out.Warn(fmt.Sprintf("[%d].prefix", i), "remove it", "%q adds nothing: routes[%d] with prefix %q does the same", r.Prefix, shorter, in[shorter].Prefix)
		}
	}
	return out
}

// common are the methods that both routes name. A route for every method
// leaves named ones to the other.
func common(a, b []string) []string {
	var out []string
	for _, m := range a {
		if slices.Contains(b, m) {
			out = append(out, m)
		}
	}
	return out
}

// redundant is the route that does the same as route i for everything that i
// matches, because nothing stands between the two; -1 when there is none.
func redundant(in []Route, i int) int {
	r, next := in[i], -1
	for j, other := range in {
		if j == i || other.Prefix == r.Prefix || !Below(other.Prefix, r.Prefix) {
			continue
		}
		if next < 0 || len(other.Prefix) > len(in[next].Prefix) {
			next = j
		}
	}
	if next < 0 || r.Rewrite != "" || in[next].Rewrite != "" || in[next].Service != r.Service || len(in[next].Methods) > 0 {
		return -1
	}
	// Another route of either prefix that names methods would decide differently.
	for j, other := range in {
		if j != i && j != next && (other.Prefix == r.Prefix || other.Prefix == in[next].Prefix) {
			return -1
		}
	}
	return next
}

// Between finds what two tables of different gateways take from each other:
// the same host, or a wildcard that would answer for a host of the other.
// Paths are those of the two tables.
func Between(path string, hosts []Host, otherPath string, others []Host) finding.List {
	var out finding.List
	for _, h := range sorted(hosts) {
		for _, o := range sorted(others) {
			at := finding.Under(path, h.Name)
			switch {
			case h.Name == o.Name:
				out.Add(at, "keep it in one entrance", "is a host of %s too; a name leads to one load balancer", otherPath)
			case covers(h.Name, o.Name):
				out.Add(at, "name the hosts that are meant", "the wildcard hides %q of %s: whoever asks this entrance for that name gets an answer", o.Name, otherPath)
			}
		}
	}
	return out
}
