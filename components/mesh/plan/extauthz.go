package plan

import (
	"fmt"
	"maps"
	"slices"

	"github.com/ladder-platform/ladder/components/mesh/spec"
)

// AuthorizerName is the extension provider of an authorizer.
func AuthorizerName(key string) string { return "authorizer-" + key }

// ExtensionProviders are the authorizers as istiod's mesh configuration has them.
func ExtensionProviders(cfg spec.Config) []any {
	var out []any
	for _, key := range slices.Sorted(maps.Keys(cfg.ExternalAuthorization)) {
		a := cfg.ExternalAuthorization[key].WithDefaults()
		body := dict{
			"service": a.Service, "port": a.Port, "failOpen": a.FailOpen,
			"timeout": fmt.Sprintf("%d.%03ds", a.TimeoutMillis/1000, a.TimeoutMillis%1000),
		}
		if a.BodyBytes > 0 {
			body["includeRequestBodyInCheck"] = dict{"maxRequestBytes": a.BodyBytes, "allowPartialMessage": true}
		}
		kind := "envoyExtAuthzGrpc"
		if a.Protocol == spec.AuthorizerHTTP {
			kind = "envoyExtAuthzHttp"
			if a.PathPrefix != "" {
				body["pathPrefix"] = a.PathPrefix
			}
			if len(a.IncludeHeaders) > 0 {
				body["includeRequestHeadersInCheck"] = texts(a.IncludeHeaders...)
			}
		}
		out = append(out, dict{"name": AuthorizerName(key), kind: body})
	}
	return out
}

// askAuthorizers are the rules by which proxies ask: at gateways, sidecars and
// waypoints, about every request.
func askAuthorizers(cfg spec.Config) []Object {
	var out []Object
	ask := func(namespace, name, key string, body dict) {
		body["action"], body["provider"], body["rules"] = "CUSTOM", dict{"name": AuthorizerName(key)}, list{dict{}}
		out = append(out, policy(namespace, name, Restrict, body))
	}
	for _, key := range slices.Sorted(maps.Keys(cfg.ExternalAuthorization)) {
		for _, g := range slices.Sorted(slices.Values(cfg.ExternalAuthorization[key].Gateways)) {
			ask(spec.IngressNamespace, "ask-"+key+"-"+g, key, dict{"selector": dict{"matchLabels": dict{"istio": GatewayName(g)}}})
		}
	}
	for _, name := range cfg.Enrolled() {
		ns := cfg.Namespaces[name]
		switch {
		case ns.ExternalAuthorization == "":
		case ns.Plane() == spec.PlaneWaypoint:
			ask(name, "ask", ns.ExternalAuthorization, dict{"targetRefs": list{dict{"group": gatewayGroup, "kind": "Gateway", "name": WaypointName}}})
		default:
			ask(name, "ask", ns.ExternalAuthorization, dict{})
		}
	}
	return out
}
