package spec

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// guarded is a mesh with an authorizer that a gateway and a namespace ask.
func guarded(edit func(*Config)) Config {
	c := Config{
		Gateways: map[string]Gateway{"application": {TLS: TLSAtGateway}, "management": {}},
		Namespaces: map[string]Namespace{
			"apps":     {Waypoint: &Waypoint{}, ExternalAuthorization: "login"},
			"legacy":   {DataPlane: Sidecar},
			"security": {Gateways: []string{"application"}, Allow: map[string]Allow{"apps": {Namespaces: []string{"apps", "legacy"}}}},
		},
		ExternalAuthorization: map[string]ExternalAuthorization{
			"login": {Service: "authz.security.svc.cluster.local", Port: 9000, Gateways: []string{"application"}},
		},
	}
	if edit != nil {
		edit(&c)
	}
	own, _ := c.For("main")
	return own
}

func authorizer(edit func(*ExternalAuthorization)) func(*Config) {
	return func(c *Config) {
		a := c.ExternalAuthorization["login"]
		edit(&a)
		c.ExternalAuthorization["login"] = a
	}
}

func namespace(name string, edit func(*Namespace)) func(*Config) {
	return func(c *Config) {
		n := c.Namespaces[name]
		edit(&n)
		c.Namespaces[name] = n
	}
}

func TestExternalAuthorization(t *testing.T) {
	const at = "externalAuthorization.login."
	tests := map[string]struct {
		config func(*Config)
		want   []string
	}{
		"a gateway and a waypoint ask":   {nil, nil},
		"an HTTP authorizer with a path": {authorizer(func(a *ExternalAuthorization) { a.Protocol, a.PathPrefix = AuthorizerHTTP, "/check" }), nil},
		"an unknown authorizer": {namespace("apps", func(n *Namespace) { n.ExternalAuthorization = "logn" }), []string{
			`namespaces.apps.externalAuthorization: "logn" is no authorizer of mesh.externalAuthorization; did you mean "login"?`}},
		"a namespace without a waypoint": {namespace("apps", func(n *Namespace) { n.Waypoint = nil }), []string{
			"namespaces.apps.externalAuthorization: nothing enforces external authorization in an ambient namespace without a waypoint (docs/mesh-enforcement.md); give the namespace a waypoint: write waypoint: {}"}},
		"the authorizer's own namespace asks": {namespace("security", func(n *Namespace) { n.Waypoint, n.ExternalAuthorization = &Waypoint{}, "login" }), []string{
			"namespaces.security.externalAuthorization: the authorizer is in this namespace itself, and would be asked about every question to it; move the authorizer to a namespace of its own"}},
		"the authorizer lets nobody in": {namespace("security", func(n *Namespace) { n.Gateways, n.Allow = nil, nil }), []string{
			`namespaces.apps.externalAuthorization: nothing lets "apps" call namespace "security", where the authorizer is: every request would be refused; add an entry to namespaces.security.allow with namespaces: [apps]`,
			`externalAuthorization.login.gateways: gateway "application" may not call namespace "security", where the authorizer is: every request would be refused; add application to namespaces.security.gateways`}},
		"the waypoint itself is let in": {namespace("security", func(n *Namespace) { n.Allow = map[string]Allow{"w": {ServiceAccounts: []string{"apps/waypoint"}}} }), nil},
		"nobody asks": {func(c *Config) {
			authorizer(func(a *ExternalAuthorization) { a.Gateways = nil })(c)
			namespace("apps", func(n *Namespace) { n.ExternalAuthorization = "" })(c)
		}, []string{at + "gateways: is empty and no namespace names the authorizer: it would decide on nothing; name a gateway, or name the authorizer in a namespace (externalAuthorization)"}},
		"everything is wrong": {authorizer(func(a *ExternalAuthorization) {
			*a = ExternalAuthorization{Protocol: "gprc", Service: "authz.example.com", Port: 70000, TimeoutMillis: 60000, BodyBytes: 1 << 20, FailOpen: true, PathPrefix: "check", Gateways: []string{"aplication"}}
		}), []string{
			at + `protocol: "gprc" is not a protocol of authorizers; did you mean "grpc"?`,
			at + `service: "authz.example.com" is no service of the cluster; use <service>.<namespace>.svc.cluster.local; a service outside the cluster would see every request`,
			at + "port: 70000 is not a port; use the port of the service, 1 to 65535",
			at + "timeoutMillis: 60000 is not a time that a request can wait; use 1 to 10000",
			at + "bodyBytes: 1048576 is more than a gateway can keep of each request; use at most 65536",
			at + `pathPrefix: "check" is no path; begin it with /`,
			"warning: " + at + "failOpen: lets every request pass while the authorizer is away; make sure that it is meant",
			at + `gateways: "aplication" is no gateway of the mesh; did you mean "application"?`}},
		"half a host name": {authorizer(func(a *ExternalAuthorization) { a.Service = "authz.security.svc" }), []string{
			at + `service: "authz.security.svc" is not a whole host name, and Istio finds services by the whole one; write authz.security.svc.cluster.local`}},
		"settings of HTTP for gRPC": {authorizer(func(a *ExternalAuthorization) { a.IncludeHeaders = []string{"cookie"} }), []string{
			at + "protocol: is grpc, which takes neither pathPrefix nor includeHeaders: the whole request is in its message; use http, or remove pathPrefix and includeHeaders"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, said(guarded(tt.config).checkExternalAuthorization())); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

const (
	lua  = `{"name": "envoy.filters.http.lua", "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua"}}`
	hcm  = connectionManager
	rout = "envoy.filters.http.router"
)

func TestEnvoyFilters(t *testing.T) {
	good := EnvoyFilter{Gateway: "application", Context: ContextGateway, Filter: hcm, SubFilter: rout, Operation: OperationInsertBefore, Patch: lua}
	with := func(edit func(*EnvoyFilter)) EnvoyFilter { f := good; edit(&f); return f }
	sidecar := with(func(f *EnvoyFilter) {
		f.Gateway, f.Namespace, f.Workload, f.Context = "", "legacy", map[string]string{"app": "old"}, ContextInbound
	})
	beside := func(edit func(*EnvoyFilter)) EnvoyFilter { f := sidecar; edit(&f); return f }
	tests := map[string]struct {
		filter EnvoyFilter
		want   []string
	}{
		"beside the router of a gateway":       {good, nil},
		"beside the router of a sidecar":       {sidecar, nil},
		"first of all HTTP filters":            {with(func(f *EnvoyFilter) { f.SubFilter, f.Operation = "", OperationInsertFirst }), nil},
		"an SNI where TLS ends at the gateway": {with(func(f *EnvoyFilter) { f.SNI, f.Port = "app.example.com", 8443 }), nil},
		"the authorizer's filter, where it is": {with(func(f *EnvoyFilter) { f.SubFilter = httpExtAuthz }), nil},
		"a setting of a listener": {with(func(f *EnvoyFilter) {
			f.Filter, f.SubFilter, f.Operation, f.Patch = "", "", OperationMerge, `{"per_connection_buffer_limit_bytes": 32768}`
		}), nil},
		"removing a filter": {beside(func(f *EnvoyFilter) {
			f.SubFilter, f.Operation, f.Patch = "envoy.filters.http.fault", OperationRemove, ""
		}), nil},
		"a filter of no listener":                {with(func(f *EnvoyFilter) { f.Filter = "envoy.http_connection_manager" }), []string{`filter: "envoy.http_connection_manager" is in no gateway listener, so the patch would match nothing; use one of envoy.filters.network.http_connection_manager, envoy.filters.network.tcp_proxy, istio.stats`}},
		"a sub-filter of no listener":            {with(func(f *EnvoyFilter) { f.SubFilter = "envoy.router" }), []string{`subFilter: "envoy.router" is not among the HTTP filters of a gateway listener, so the patch would match nothing; use one of envoy.filters.http.cors, envoy.filters.http.ext_authz, envoy.filters.http.fault, envoy.filters.http.grpc_stats, envoy.filters.http.rbac, envoy.filters.http.router, istio.alpn, istio.metadata_exchange, istio.stats`}},
		"the authorizer's filter, where none is": {with(func(f *EnvoyFilter) { f.Gateway, f.SubFilter = "management", httpExtAuthz }), []string{`subFilter: "envoy.filters.http.ext_authz" is there only where a policy needs it, and nothing here does: the patch would match nothing; let mesh.externalAuthorization decide there, or name another filter`}},
		"a port that no gateway listens on":      {with(func(f *EnvoyFilter) { f.Port = 443 }), []string{"port: 443 is no listener of a gateway, so the patch would match nothing; use 8080 (HTTP) or 8443 (HTTPS), the ports of the pods"}},
		"Istio's own port":                       {beside(func(f *EnvoyFilter) { f.Port = 15021 }), []string{"port: 15021 is Istio's own, and no inbound listener of an application; give the port of the application, or 0 for every one"}},
		"the listener that all ports share":      {beside(func(f *EnvoyFilter) { f.Port = 15006 }), []string{"port: 15006 is the listener that all ports share; a filter inside it is found by the application's port; give the port of the application, or 0 for every one"}},
		"an SNI behind a load balancer's TLS":    {with(func(f *EnvoyFilter) { f.Gateway, f.SNI = "management", "app.example.com" }), []string{`sni: is given for gateway "management", before which the load balancer ends TLS: no name arrives, and the patch would match nothing; remove it, and match hosts in a VirtualService; or let the gateway end TLS (an NLB, and mesh.gateways.management.tls: gateway)`}},
		"an SNI of the port without TLS":         {with(func(f *EnvoyFilter) { f.SNI, f.Port = "app.example.com", 8080 }), []string{"sni: is given for port 8080, which carries no TLS; use port 8443"}},
		"an SNI of inbound traffic":              {beside(func(f *EnvoyFilter) { f.SNI = "app.example.com" }), []string{"sni: is given for inbound traffic, whose TLS is the mesh's own and carries no name of yours; remove it; match by port"}},
		"an ambient workload":                    {beside(func(f *EnvoyFilter) { f.Namespace = "apps" }), []string{`namespace: "apps" is ambient with waypoint, and Istio applies an EnvoyFilter only at gateways and sidecars: it would do nothing; write it for a gateway, or take the namespace to sidecars`}},
		"no namespace of the mesh":               {beside(func(f *EnvoyFilter) { f.Namespace = "legcy" }), []string{`namespace: "legcy" is no namespace of the mesh; did you mean "legacy"?`}},
		"no gateway of the mesh":                 {with(func(f *EnvoyFilter) { f.Gateway = "aplication" }), []string{`gateway: "aplication" is no gateway of the mesh; did you mean "application"?`}},
		"a gateway's inbound traffic":            {with(func(f *EnvoyFilter) { f.Context = ContextInbound }), []string{`context: is "inbound" at a gateway, which has neither inbound nor outbound listeners; use gateway`}},
		"a gateway in another namespace":         {with(func(f *EnvoyFilter) { f.Namespace = "apps" }), []string{`namespace: is "apps", and gateways run in istio-ingress; remove it`}},
		"a sidecar as a gateway":                 {beside(func(f *EnvoyFilter) { f.Context = ContextGateway }), []string{"context: is gateway at a workload, whose sidecar has no such listener; use inbound or outbound"}},
		"neither gateway nor workload":           {with(func(f *EnvoyFilter) { f.Gateway = "" }), []string{": says not which proxy it changes; name a gateway, or the labels of pods with sidecars"}},
		"an unknown context":                     {with(func(f *EnvoyFilter) { f.Context = "gatway" }), []string{`context: "gatway" is not where a filter can act; did you mean "gateway"?`}},
		"an unknown operation":                   {with(func(f *EnvoyFilter) { f.Operation = "insert" }), []string{`operation: "insert" is not an operation; did you mean "insertAfter"?`}},
		"a patch that is no JSON":                {with(func(f *EnvoyFilter) { f.Patch = "{name" }), []string{`patch: is no JSON object: invalid character 'n' looking for beginning of object key string; write it as JSON: {"name": …, "typed_config": {…}}`}},
		"a filter without a type":                {with(func(f *EnvoyFilter) { f.Patch = `{"name": "envoy.filters.http.lua"}` }), []string{`patch: does not say which filter it inserts, and Envoy would refuse the listener; give "name", and "typed_config" with "@type": "type.googleapis.com/…"`}},
		"an HTTP filter beside nothing":          {with(func(f *EnvoyFilter) { f.SubFilter = "" }), []string{"subFilter: is missing; name the HTTP filter beside which it goes, for example envoy.filters.http.router, or use insertFirst"}},
		"a network filter among HTTP filters": {with(func(f *EnvoyFilter) {
			f.Patch = `{"name": "envoy.filters.network.rbac", "typed_config": {"@type": "type.googleapis.com/x"}}`
		}), []string{`patch: inserts "envoy.filters.network.rbac" among HTTP filters; insert one whose name begins with envoy.filters.http.`}},
		"nothing to merge":       {with(func(f *EnvoyFilter) { f.Operation, f.Patch = OperationMerge, "" }), []string{"patch: is empty; give the value as JSON"}},
		"a removal with a patch": {with(func(f *EnvoyFilter) { f.Operation = OperationRemove }), []string{"patch: is given for a removal, which takes none; remove it"}},
		"removing a listener":    {with(func(f *EnvoyFilter) { f.Operation, f.Filter, f.SubFilter, f.Patch = OperationRemove, "", "", "" }), []string{"filter: is missing, and a whole listener is not removed; name the filter that goes"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := guarded(func(c *Config) { c.EnvoyFilters = map[string]EnvoyFilter{"f": tt.filter} })
			var want []string
			for _, w := range tt.want {
				if w[0] == ':' {
					want = append(want, "envoyFilters.f"+w)
					continue
				}
				want = append(want, "envoyFilters.f."+w)
			}
			if diff := cmp.Diff(want, said(c.checkEnvoyFilters())); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}
