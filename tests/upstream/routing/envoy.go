package routing

import (
	"regexp"
	"strings"

	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
)

// choose is the first route of a virtual host that matches, by the words of
// Envoy's RouteMatch: path_separated_prefix ends at a slash or at the end of
// the path, and :method is a header. nil when none does.
func choose(vh *route.VirtualHost, path, method string) *route.Route {
	for _, r := range vh.GetRoutes() {
		if matchesPath(r.GetMatch(), path) && matchesMethod(r.GetMatch(), method) {
			return r
		}
	}
	return nil
}

func matchesPath(m *route.RouteMatch, path string) bool {
	switch p := m.GetPathSpecifier().(type) {
	case *route.RouteMatch_Prefix:
		return strings.HasPrefix(path, p.Prefix)
	case *route.RouteMatch_Path:
		return path == p.Path
	case *route.RouteMatch_PathSeparatedPrefix:
		return path == p.PathSeparatedPrefix || strings.HasPrefix(path, p.PathSeparatedPrefix+"/")
	case *route.RouteMatch_SafeRegex:
		return regexp.MustCompile("^(?:" + p.SafeRegex.GetRegex() + ")$").MatchString(path)
	}
	return false
}

func matchesMethod(m *route.RouteMatch, method string) bool {
	for _, h := range m.GetHeaders() {
		if h.GetName() != ":method" {
			return false // the edge writes no other
		}
		s := h.GetStringMatch()
		switch {
		case s.GetExact() != "" && s.GetExact() != method:
			return false
		case s.GetSafeRegex() != nil && !regexp.MustCompile("^(?:"+s.GetSafeRegex().GetRegex()+")$").MatchString(method):
			return false
		}
	}
	return true
}

// rewritten is the path that Envoy sends on. Source: Envoy, RouteAction
// prefix_rewrite (the matched prefix or path is replaced) and regex_rewrite.
func rewritten(r *route.Route, path string) string {
	action, m := r.GetRoute(), r.GetMatch()
	if re := action.GetRegexRewrite(); re != nil {
		pattern := regexp.MustCompile(re.GetPattern().GetRegex())
		// RE2's \1 is $1 in Go.
		return pattern.ReplaceAllString(path, regexp.MustCompile(`\\(\d)`).ReplaceAllString(re.GetSubstitution(), "$${$1}"))
	}
	to := action.GetPrefixRewrite()
	if to == "" {
		return path
	}
	return to + strings.TrimPrefix(path, m.GetPrefix()+m.GetPath()+m.GetPathSeparatedPrefix())
}
