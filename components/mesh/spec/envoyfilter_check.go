package spec

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/internal/strict"
)

// Contexts and operations of an EnvoyFilter.
const (
	ContextGateway  = "gateway"
	ContextInbound  = "inbound"
	ContextOutbound = "outbound"

	OperationMerge        = "merge"
	OperationInsertBefore = "insertBefore"
	OperationInsertAfter  = "insertAfter"
	OperationInsertFirst  = "insertFirst"
	OperationRemove       = "remove"
)

// Where TLS of a gateway's clients ends.
const (
	TLSAtLoadBalancer = "loadBalancer"
	TLSAtGateway      = "gateway"
)

// Names of Envoy's filters that others are found by.
const (
	connectionManager = "envoy.filters.network.http_connection_manager"
	httpPrefix        = "envoy.filters.http."
	httpRBAC          = "envoy.filters.http.rbac"
	httpExtAuthz      = "envoy.filters.http.ext_authz"
)

// networkFilters and httpFilters are what istiod itself puts into listeners, by
// context. A patch beside one of another name would match nothing, and Envoy
// says nothing about it. Source: istio pilot/pkg/networking/core and
// pilot/pkg/xds/filters, release 1.31, read 2026-11; rbac and ext_authz of HTTP
// are there only where a policy is.
var (
	networkFilters = map[string][]string{
		ContextGateway:  {connectionManager, "envoy.filters.network.tcp_proxy", "istio.stats"},
		ContextInbound:  {connectionManager, "envoy.filters.network.tcp_proxy", "envoy.filters.network.rbac", "istio.metadata_exchange", "istio.stats"},
		ContextOutbound: {connectionManager, "envoy.filters.network.tcp_proxy", "istio.metadata_exchange", "istio.stats"},
	}
	httpFilters = map[string][]string{
		ContextGateway:  {"envoy.filters.http.router", "envoy.filters.http.cors", "envoy.filters.http.fault", "envoy.filters.http.grpc_stats", "istio.alpn", "istio.metadata_exchange", "istio.stats"},
		ContextInbound:  {"envoy.filters.http.router", "envoy.filters.http.cors", "envoy.filters.http.fault", "envoy.filters.http.grpc_stats", "istio.metadata_exchange", "istio.stats"},
		ContextOutbound: {"envoy.filters.http.router", "envoy.filters.http.cors", "envoy.filters.http.fault", "envoy.filters.http.grpc_stats", "istio.alpn", "istio.metadata_exchange", "istio.stats"},
	}
	operations = []string{OperationMerge, OperationInsertBefore, OperationInsertAfter, OperationInsertFirst, OperationRemove}
	contexts   = []string{ContextGateway, ContextInbound, ContextOutbound}
)

// gatewayPorts are the listeners of a gateway: what its pods bind.
var gatewayPorts = []int{8080, 8443}

// proxyPorts are Istio's own in a pod with a sidecar; of them only the two
// virtual listeners carry traffic of applications. Source: istio.io, ports used
// by Istio, read 2026-11.
const (
	proxyPortFirst  = 15000
	proxyPortLast   = 15099
	virtualOutbound = 15001
	virtualInbound  = 15006
)

// ApplyTo is the part of Envoy's configuration that a filter changes, in
// Istio's words.
func (f EnvoyFilter) ApplyTo() string {
	switch {
	case f.SubFilter != "" || strings.HasPrefix(f.inserted(), httpPrefix):
		return "HTTP_FILTER"
	case f.Filter != "":
		return "NETWORK_FILTER"
	}
	return "LISTENER"
}

// inserted is the name of the filter that the patch brings.
func (f EnvoyFilter) inserted() string {
	value, err := f.Value()
	if err != nil {
		return ""
	}
	name, _ := value["name"].(string)
	return name
}

// Value is the patch as data.
func (f EnvoyFilter) Value() (map[string]any, error) {
	if f.Patch == "" {
		return nil, nil
	}
	var out map[string]any
	if err := json.Unmarshal([]byte(f.Patch), &out); err != nil {
		return nil, fmt.Errorf("is no JSON object: %w", err)
	}
	return out, nil
}

// checkEnvoyFilters are the findings of every EnvoyFilter. c is what For returns.
func (c Config) checkEnvoyFilters() finding.List {
	var out finding.List
	for _, key := range slices.Sorted(maps.Keys(c.EnvoyFilters)) {
		f := c.EnvoyFilters[key]
		var own finding.List
		own.Join("", c.checkFilterPlace(f))
		own.Join("", c.checkFilterMatch(f))
		own.Join("", f.checkPatch())
		out.Join("envoyFilters."+key, own)
	}
	return out
}

// checkFilterPlace: an EnvoyFilter acts at gateways and sidecars, nowhere else.
func (c Config) checkFilterPlace(f EnvoyFilter) finding.List {
	var out finding.List
	if !slices.Contains(contexts, f.Context) {
		out.Add("context", strict.Suggest(f.Context, slices.Clone(contexts)), "%q is not where a filter can act", f.Context)
		return out
	}
	if (f.Gateway == "") == (len(f.Workload) == 0) {
		out.Add("", "name a gateway, or the labels of pods with sidecars", "says %s", map[bool]string{true: "not which proxy it changes", false: "both a gateway and a workload"}[f.Gateway == ""])
		return out
	}
	if f.Gateway != "" {
		if f.Context != ContextGateway {
			out.Add("context", "use gateway", "is %q at a gateway, which has neither inbound nor outbound listeners", f.Context)
		}
		if _, ok := c.Gateways[f.Gateway]; !ok {
			out.Add("gateway", strict.Suggest(f.Gateway, slices.Sorted(maps.Keys(c.Gateways))), "%q is no gateway of the mesh", f.Gateway)
		}
		if f.Namespace != "" && f.Namespace != IngressNamespace {
			out.Add("namespace", "remove it", "is %q, and gateways run in istio-ingress", f.Namespace)
		}
		return out
	}
	if f.Context == ContextGateway {
		out.Add("context", "use inbound or outbound", "is gateway at a workload, whose sidecar has no such listener")
	}
	ns, ok := c.Namespaces[f.Namespace]
	switch plane := ns.Plane(); {
	case !ok:
		out.Add("namespace", strict.Suggest(f.Namespace, slices.Sorted(maps.Keys(c.Namespaces))), "%q is no namespace of the mesh", f.Namespace)
	case plane != PlaneSidecar:
		out.Add("namespace", "write it for a gateway, or take the namespace to sidecars", "%q is %s, and Istio applies an EnvoyFilter only at gateways and sidecars: it would do nothing", f.Namespace, plane.words())
	}
	return out
}

// checkFilterMatch: what nothing matches is refused, because nobody would say so.
func (c Config) checkFilterMatch(f EnvoyFilter) finding.List {
	var out finding.List
	network, http := networkFilters[f.Context], c.httpFiltersOf(f)
	if network == nil {
		return out // the context has a finding
	}
	if f.Filter != "" && !slices.Contains(network, f.Filter) {
		out.Add("filter", strict.Suggest(f.Filter, slices.Clone(network)), "%q is in no %s listener, so the patch would match nothing", f.Filter, f.Context)
	}
	if f.SubFilter != "" {
		switch {
		case f.Filter != connectionManager && slices.Contains(network, f.Filter):
			out.Add("filter", "use "+connectionManager, "is %q, and only the connection manager has filters of its own", f.Filter)
		case slices.Contains([]string{httpRBAC, httpExtAuthz}, f.SubFilter) && !slices.Contains(http, f.SubFilter):
			out.Add("subFilter", "let mesh.externalAuthorization decide there, or name another filter", "%q is there only where a policy needs it, and nothing here does: the patch would match nothing", f.SubFilter)
		case !slices.Contains(http, f.SubFilter):
			out.Add("subFilter", strict.Suggest(f.SubFilter, slices.Clone(http)), "%q is not among the HTTP filters of a %s listener, so the patch would match nothing", f.SubFilter, f.Context)
		}
	}
	out.Join("", f.checkPort())
	if f.SNI != "" {
		out.Join("", c.checkSNI(f))
	}
	return out
}

func (c Config) httpFiltersOf(f EnvoyFilter) []string {
	out := slices.Clone(httpFilters[f.Context])
	asked := f.Gateway == "" && c.Namespaces[f.Namespace].ExternalAuthorization != ""
	for _, a := range c.ExternalAuthorization {
		asked = asked || f.Gateway != "" && slices.Contains(a.Gateways, f.Gateway)
	}
	switch {
	case asked && f.Context != ContextOutbound:
		out = append(out, httpRBAC, httpExtAuthz)
	case f.Context == ContextInbound && c.Authorization.Default == Deny:
		out = append(out, httpRBAC)
	}
	return out
}

func (f EnvoyFilter) checkPort() finding.List {
	var out finding.List
	switch {
	case f.Port == 0:
	case f.Context == ContextGateway && !slices.Contains(gatewayPorts, f.Port):
		out.Add("port", "use 8080 (HTTP) or 8443 (HTTPS), the ports of the pods", "%d is no listener of a gateway, so the patch would match nothing", f.Port)
	case f.Context == ContextInbound && f.Port == virtualInbound, f.Context == ContextOutbound && f.Port == virtualOutbound:
		if f.ApplyTo() != "LISTENER" {
			out.Add("port", "give the port of the application, or 0 for every one", "%d is the listener that all ports share; a filter inside it is found by the application's port", f.Port)
		}
	case f.Context != ContextGateway && f.Port >= proxyPortFirst && f.Port <= proxyPortLast:
		out.Add("port", "give the port of the application, or 0 for every one", "%d is Istio's own, and no %s listener of an application", f.Port, f.Context)
	}
	return out
}

// checkSNI: a name can be matched only where the client's TLS arrives.
func (c Config) checkSNI(f EnvoyFilter) finding.List {
	var out finding.List
	switch {
	case f.Context == ContextInbound:
		out.Add("sni", "remove it; match by port", "is given for inbound traffic, whose TLS is the mesh's own and carries no name of yours")
	case f.Context == ContextGateway && c.Gateways[f.Gateway].TLS != TLSAtGateway:
		out.Add("sni", "remove it, and match hosts in a VirtualService; or let the gateway end TLS (an NLB, and mesh.gateways."+f.Gateway+".tls: gateway)",
			"is given for gateway %q, before which the load balancer ends TLS: no name arrives, and the patch would match nothing", f.Gateway)
	case f.Context == ContextGateway && f.Port == 8080:
		out.Add("sni", "use port 8443", "is given for port 8080, which carries no TLS")
	}
	return out
}

// checkPatch: an operation and what it puts in.
func (f EnvoyFilter) checkPatch() finding.List {
	var out finding.List
	if !slices.Contains(operations, f.Operation) {
		out.Add("operation", strict.Suggest(f.Operation, slices.Clone(operations)), "%q is not an operation", f.Operation)
		return out
	}
	value, err := f.Value()
	inserts := strings.HasPrefix(f.Operation, "insert")
	switch {
	case err != nil:
		out.Add("patch", "write it as JSON: {\"name\": …, \"typed_config\": {…}}", "%v", err)
	case f.Operation == OperationRemove && f.Patch != "":
		out.Add("patch", "remove it", "is given for a removal, which takes none")
	case f.Operation == OperationRemove && f.Filter == "":
		out.Add("filter", "name the filter that goes", "is missing, and a whole listener is not removed")
	case f.Operation != OperationRemove && len(value) == 0:
		out.Add("patch", "give the value as JSON", "is empty")
	case inserts:
		out.Join("", f.checkInsert(value))
	}
	return out
}

func (f EnvoyFilter) checkInsert(value map[string]any) finding.List {
	var out finding.List
	typed, _ := value["typed_config"].(map[string]any)
	if kind, _ := typed["@type"].(string); f.inserted() == "" || !strings.HasPrefix(kind, "type.googleapis.com/") {
		out.Add("patch", `give "name", and "typed_config" with "@type": "type.googleapis.com/…"`, "does not say which filter it inserts, and Envoy would refuse the listener")
	}
	http := strings.HasPrefix(f.inserted(), httpPrefix)
	switch {
	case f.Filter == "":
		out.Add("filter", "name the filter beside or inside which it goes", "is missing")
	case http && f.Filter != connectionManager && slices.Contains(networkFilters[f.Context], f.Filter):
		out.Add("filter", "use "+connectionManager, "is %q, and %q is an HTTP filter", f.Filter, f.inserted())
	case http && f.SubFilter == "" && f.Operation != OperationInsertFirst:
		out.Add("subFilter", "name the HTTP filter beside which it goes, for example envoy.filters.http.router, or use insertFirst", "is missing")
	case !http && f.SubFilter != "":
		out.Add("patch", "insert one whose name begins with "+httpPrefix, "inserts %q among HTTP filters", f.inserted())
	}
	return out
}
