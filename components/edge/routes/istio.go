package routes

import (
	"slices"
	"strings"
)

const (
	istioAPI     = "networking.istio.io/v1"
	minimumTLS   = "TLSV1_2"
	protocolHTTP = "HTTP"
)

// Typed parts of Istio's objects, as far as a table needs them.
// Source: istio.io/api networking/v1, read at v1.31.
type (
	istioGateway struct {
		Selector map[string]string `json:"selector"`
		Servers  []istioServer     `json:"servers"`
	}
	istioServer struct {
		Port  istioPort `json:"port"`
		Hosts []string  `json:"hosts"`
		TLS   *istioTLS `json:"tls,omitempty"`
	}
	istioPort struct {
		Number   int    `json:"number"`
		Name     string `json:"name"`
		Protocol string `json:"protocol"`
	}
	istioTLS struct {
		Mode               string `json:"mode,omitempty"`
		CredentialName     string `json:"credentialName,omitempty"`
		MinProtocolVersion string `json:"minProtocolVersion,omitempty"`
		HTTPSRedirect      bool   `json:"httpsRedirect,omitempty"`
	}
	virtualService struct {
		Hosts    []string    `json:"hosts"`
		Gateways []string    `json:"gateways"`
		ExportTo []string    `json:"exportTo"`
		HTTP     []httpRoute `json:"http,omitempty"`
		TLS      []tlsRoute  `json:"tls,omitempty"`
	}
	httpRoute struct {
		Name    string            `json:"name"`
		Match   []httpMatch       `json:"match"`
		Rewrite *httpRewrite      `json:"rewrite,omitempty"`
		Route   []httpDestination `json:"route"`
	}
	httpMatch struct {
		URI    stringMatch  `json:"uri"`
		Method *stringMatch `json:"method,omitempty"`
	}
	stringMatch struct {
		Exact  string `json:"exact,omitempty"`
		Prefix string `json:"prefix,omitempty"`
	}
	httpRewrite struct {
		URI string `json:"uri"`
	}
	httpDestination struct {
		Destination destination `json:"destination"`
	}
	destination struct {
		Host string     `json:"host"`
		Port portNumber `json:"port"`
	}
	portNumber struct {
		Number int `json:"number"`
	}
	tlsRoute struct {
		Match []tlsMatch        `json:"match"`
		Route []httpDestination `json:"route"`
	}
	tlsMatch struct {
		Port     int      `json:"port"`
		SNIHosts []string `json:"sniHosts"`
	}
)

// Istio renders a table to one Gateway and a VirtualService for each host.
// VirtualServices are seen in the gateway's namespace only: inside the mesh
// the hosts mean nothing.
func Istio(g Gateway, hosts []Host) []Object {
	out := []Object{{APIVersion: istioAPI, Kind: "Gateway", Namespace: g.Namespace, Name: g.object(), Role: "gateway",
		Spec: istioGateway{Selector: g.Labels, Servers: istioServers(g, sorted(hosts))}}}
	for _, h := range sorted(hosts) {
		spec := virtualService{Hosts: []string{h.Name}, Gateways: []string{g.object()}, ExportTo: []string{"."}}
		if h.Passthrough != nil {
			spec.TLS = []tlsRoute{{
				Match: []tlsMatch{{Port: g.HTTPSPort, SNIHosts: []string{h.Name}}}, Route: to(*h.Passthrough),
			}}
		} else {
			for _, r := range Order(h.Routes) {
				spec.HTTP = append(spec.HTTP, istioRoutes(r)...)
			}
		}
		out = append(out, Object{APIVersion: istioAPI, Kind: "VirtualService", Namespace: g.Namespace,
			Name: slug(h.Name), Role: "host-" + slug(h.Name), Spec: spec})
	}
	return out
}

// istioServers are the gateway's ports. Hosts carry "./", so that only
// VirtualServices of the gateway's own namespace bind to them.
func istioServers(g Gateway, hosts []Host) []istioServer {
	var plain, opaque []string
	for _, h := range hosts {
		if h.Passthrough != nil {
			opaque = append(opaque, "./"+h.Name)
		} else {
			plain = append(plain, "./"+h.Name)
		}
	}
	plain = widest(plain)
	web := istioServer{Port: istioPort{g.HTTPPort, "http", protocolHTTP}, Hosts: plain}
	if g.Secret == "" {
		return []istioServer{web}
	}
	var out []istioServer
	if len(plain) > 0 {
		web.TLS = &istioTLS{HTTPSRedirect: true}
		out = append(out, web, istioServer{Port: istioPort{g.HTTPSPort, "https", "HTTPS"}, Hosts: plain,
			TLS: &istioTLS{Mode: "SIMPLE", CredentialName: g.Secret, MinProtocolVersion: minimumTLS}})
	}
	if len(opaque) > 0 {
		out = append(out, istioServer{Port: istioPort{g.HTTPSPort, "tls", "TLS"}, Hosts: opaque, TLS: &istioTLS{Mode: "PASSTHROUGH"}})
	}
	return out
}

// widest leaves out a host that a wildcard of the same server covers. Were both
// there, Istio would put the wildcard's routes into the host's own virtual
// host, where they would answer for paths that the host does not name (found by
// tests/upstream/routing); without it each keeps its own.
func widest(hosts []string) []string {
	var out []string
	for _, h := range hosts {
		covered := slices.ContainsFunc(hosts, func(other string) bool {
			return other != h && covers(strings.TrimPrefix(other, "./"), strings.TrimPrefix(h, "./"))
		})
		if !covered {
			out = append(out, h)
		}
	}
	return out
}

// istioRoutes are one route as a VirtualService says it. With a rewrite the
// prefix itself and what lies below it need two: the one's slash is part of
// what is replaced, the other has none.
func istioRoutes(r Route) []httpRoute {
	if r.Prefix == "/" {
		return []httpRoute{{Name: name(r, ""), Match: match(r, stringMatch{Prefix: "/"}), Route: to(r.Service)}}
	}
	self, below := stringMatch{Exact: r.Prefix}, stringMatch{Prefix: r.Prefix + "/"}
	if r.Rewrite == "" {
		return []httpRoute{{Name: name(r, ""), Match: append(match(r, self), match(r, below)...), Route: to(r.Service)}}
	}
	return []httpRoute{
		{Name: name(r, ""), Match: match(r, self), Rewrite: &httpRewrite{r.Rewrite}, Route: to(r.Service)},
		{Name: name(r, "/"), Match: match(r, below), Rewrite: &httpRewrite{strings.TrimSuffix(r.Rewrite, "/") + "/"}, Route: to(r.Service)},
	}
}

// name of a route shows in access logs and traces: its prefix and methods.
func name(r Route, more string) string {
	return strings.TrimSpace(r.Prefix + more + " " + strings.Join(r.Methods, ","))
}

// match is a path for every method, or for each of those that the route names.
func match(r Route, uri stringMatch) []httpMatch {
	if len(r.Methods) == 0 {
		return []httpMatch{{URI: uri}}
	}
	var out []httpMatch
	for _, m := range r.Methods {
		out = append(out, httpMatch{URI: uri, Method: &stringMatch{Exact: m}})
	}
	return out
}

func to(s Service) []httpDestination {
	return []httpDestination{{Destination: destination{Host: s.FQDN(), Port: portNumber{s.Port}}}}
}
