package routes

import "fmt"

const (
	gatewayAPI   = "gateway.networking.k8s.io/v1"
	grantAPI     = "gateway.networking.k8s.io/v1beta1"
	gatewayClass = "istio"
	gatewayGroup = "gateway.networking.k8s.io"
	pathPrefix   = "PathPrefix"
)

// Typed parts of the Gateway API's objects, as far as a table needs them.
// Source: sigs.k8s.io/gateway-api apis/v1, read at v1.6.0.
type (
	apiGateway struct {
		GatewayClassName string        `json:"gatewayClassName"`
		Addresses        []apiAddress  `json:"addresses"`
		Listeners        []apiListener `json:"listeners"`
	}
	apiAddress struct {
		Type  string `json:"type"`
		Value string `json:"value"`
	}
	apiListener struct {
		Name          string           `json:"name"`
		Port          int              `json:"port"`
		Protocol      string           `json:"protocol"`
		Hostname      string           `json:"hostname,omitempty"`
		TLS           *apiTLS          `json:"tls,omitempty"`
		AllowedRoutes apiAllowedRoutes `json:"allowedRoutes"`
	}
	apiTLS struct {
		Mode            string   `json:"mode"`
		CertificateRefs []apiRef `json:"certificateRefs,omitempty"`
	}
	apiAllowedRoutes struct {
		Namespaces apiFrom `json:"namespaces"`
	}
	apiFrom struct {
		From string `json:"from"`
	}
	apiRef struct {
		Name        string `json:"name"`
		Namespace   string `json:"namespace,omitempty"`
		Port        int    `json:"port,omitempty"`
		SectionName string `json:"sectionName,omitempty"`
	}
	apiRoute struct {
		ParentRefs []apiRef  `json:"parentRefs"`
		Hostnames  []string  `json:"hostnames"`
		Rules      []apiRule `json:"rules"`
	}
	apiRule struct {
		Matches     []apiMatch  `json:"matches,omitempty"`
		Filters     []apiFilter `json:"filters,omitempty"`
		BackendRefs []apiRef    `json:"backendRefs,omitempty"`
	}
	apiMatch struct {
		Path   apiPath `json:"path"`
		Method string  `json:"method,omitempty"`
	}
	apiPath struct {
		Type  string `json:"type"`
		Value string `json:"value"`
	}
	apiFilter struct {
		Type            string       `json:"type"`
		URLRewrite      *apiRewrite  `json:"urlRewrite,omitempty"`
		RequestRedirect *apiRedirect `json:"requestRedirect,omitempty"`
	}
	apiRewrite struct {
		Path apiModifier `json:"path"`
	}
	apiModifier struct {
		Type               string `json:"type"`
		ReplacePrefixMatch string `json:"replacePrefixMatch"`
	}
	apiRedirect struct {
		Scheme     string `json:"scheme"`
		StatusCode int    `json:"statusCode"`
	}
	apiGrant struct {
		From []apiGrantFrom `json:"from"`
		To   []apiGrantTo   `json:"to"`
	}
	apiGrantFrom struct {
		Group     string `json:"group"`
		Kind      string `json:"kind"`
		Namespace string `json:"namespace"`
	}
	apiGrantTo struct {
		Group string `json:"group"`
		Kind  string `json:"kind"`
	}
)

// GatewayAPI renders a table to a Gateway on the mesh's own pods, an HTTPRoute
// for each route (one object takes 16 rules only, and a host may have more; a
// route is its own object, so that adding one moves none), and in each
// namespace of a service the grant that lets routes lead there.
func GatewayAPI(g Gateway, hosts []Host) []Object {
	hosts = sorted(hosts)
	out := []Object{{APIVersion: gatewayAPI, Kind: "Gateway", Namespace: g.Namespace, Name: g.object(), Role: "gateway", Spec: apiGateway{
		GatewayClassName: gatewayClass,
		// An address that names a service binds to that service's pods, and
		// Istio deploys none of its own.
		Addresses: []apiAddress{{"Hostname", fmt.Sprintf("%s.%s.svc.cluster.local", g.Service, g.Namespace)}},
		Listeners: apiListeners(g, hosts),
	}}}
	if g.Secret != "" {
		out = append(out, redirect(g, hosts)...)
	}
	for _, h := range hosts {
		if h.Passthrough != nil {
			out = append(out, Object{APIVersion: gatewayAPI, Kind: "TLSRoute", Namespace: g.Namespace, Name: slug(h.Name), Role: "host-" + slug(h.Name),
				Spec: apiRoute{ParentRefs: parent(g, "tls-"+slug(h.Name)), Hostnames: []string{h.Name}, Rules: []apiRule{{BackendRefs: backend(*h.Passthrough)}}}})
			continue
		}
		for _, r := range Order(h.Routes) {
			id := slug(h.Name, digest(name(r, "")))
			out = append(out, Object{APIVersion: gatewayAPI, Kind: "HTTPRoute", Namespace: g.Namespace, Name: id, Role: "route-" + id,
				Spec: apiRoute{ParentRefs: parent(g, section(g)), Hostnames: []string{h.Name}, Rules: []apiRule{rule(r)}}})
		}
	}
	return append(out, grants(g, hosts)...)
}

// section is the listener that routes attach to.
func section(g Gateway) string {
	if g.Secret != "" {
		return "https"
	}
	return "http"
}

func apiListeners(g Gateway, hosts []Host) []apiListener {
	own := apiAllowedRoutes{apiFrom{"Same"}}
	out := []apiListener{{Name: "http", Port: g.HTTPPort, Protocol: protocolHTTP, AllowedRoutes: own}}
	if g.Secret == "" {
		return out
	}
	out = append(out, apiListener{Name: "https", Port: g.HTTPSPort, Protocol: "HTTPS", AllowedRoutes: own,
		TLS: &apiTLS{Mode: "Terminate", CertificateRefs: []apiRef{{Name: g.Secret}}}})
	for _, h := range hosts {
		if h.Passthrough != nil {
			out = append(out, apiListener{Name: "tls-" + slug(h.Name), Port: g.HTTPSPort, Protocol: "TLS", Hostname: h.Name,
				TLS: &apiTLS{Mode: "Passthrough"}, AllowedRoutes: own})
		}
	}
	return out
}

// redirect sends plain HTTP to HTTPS, where the gateway ends TLS.
func redirect(g Gateway, hosts []Host) []Object {
	var out []Object
	for _, h := range hosts {
		if h.Passthrough != nil {
			continue
		}
		id := slug(h.Name, "https")
		out = append(out, Object{APIVersion: gatewayAPI, Kind: "HTTPRoute", Namespace: g.Namespace, Name: id, Role: "redirect-" + slug(h.Name),
			Spec: apiRoute{ParentRefs: parent(g, "http"), Hostnames: []string{h.Name},
				Rules: []apiRule{{Filters: []apiFilter{{Type: "RequestRedirect", RequestRedirect: &apiRedirect{"https", 301}}}}}}})
	}
	return out
}

func rule(r Route) apiRule {
	out := apiRule{BackendRefs: backend(r.Service)}
	path := apiPath{pathPrefix, r.Prefix}
	for _, m := range r.Methods {
		out.Matches = append(out.Matches, apiMatch{Path: path, Method: m})
	}
	if len(r.Methods) == 0 {
		out.Matches = []apiMatch{{Path: path}}
	}
	if r.Rewrite != "" {
		out.Filters = []apiFilter{{Type: "URLRewrite", URLRewrite: &apiRewrite{apiModifier{"ReplacePrefixMatch", r.Rewrite}}}}
	}
	return out
}

func parent(g Gateway, listener string) []apiRef {
	return []apiRef{{Name: g.object(), SectionName: listener}}
}

func backend(s Service) []apiRef {
	return []apiRef{{Name: s.Name, Namespace: s.Namespace, Port: s.Port}}
}

// grants let routes of the gateway's namespace lead to services of others.
func grants(g Gateway, hosts []Host) []Object {
	var out []Object
	for _, ns := range Namespaces(hosts) {
		if ns == g.Namespace {
			continue
		}
		out = append(out, Object{APIVersion: grantAPI, Kind: "ReferenceGrant", Namespace: ns, Name: g.object(), Role: "grant-" + ns, Spec: apiGrant{
			From: []apiGrantFrom{{gatewayGroup, "HTTPRoute", g.Namespace}, {gatewayGroup, "TLSRoute", g.Namespace}},
			To:   []apiGrantTo{{"", "Service"}},
		}})
	}
	return out
}
