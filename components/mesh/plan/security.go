package plan

import (
	"maps"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/components/internal/address"
	"github.com/ladder-platform/ladder/components/mesh/spec"
)

// security is mTLS: mesh-wide, and the ports that are exempt from it.
func security(cfg spec.Config) []Object {
	out := []Object{{
		APIVersion: securityVersion, Kind: "PeerAuthentication", Namespace: spec.SystemNamespace, Name: "default", Stage: Restrict,
		Body: dict{"spec": dict{"mtls": dict{"mode": strings.ToUpper(cfg.MTLS)}}},
	}}
	for _, name := range cfg.Enrolled() {
		ns := cfg.Namespaces[name]
		for _, key := range slices.Sorted(maps.Keys(ns.PlainPorts)) {
			p := ns.PlainPorts[key]
			out = append(out, Object{
				APIVersion: securityVersion, Kind: "PeerAuthentication", Namespace: name, Name: "plain-" + key, Stage: Permit,
				Annotations: map[string]string{"ladder/reason": p.Reason},
				Body: dict{"spec": dict{
					"selector":      dict{"matchLabels": labels(p.Workload)},
					"mtls":          dict{"mode": strings.ToUpper(cfg.MTLS)},
					"portLevelMtls": dict{portText(p.Port): dict{"mode": "PERMISSIVE"}},
				}},
			})
		}
	}
	return out
}

// authorization is who may call whom. The mesh-wide rule refuses; each
// namespace lets in itself, its gateways and what it names.
func authorization(cfg spec.Config) []Object {
	if cfg.Authorization.Default != spec.Deny {
		return nil
	}
	// Clients of gateways have no identity; what they may ask for is decided by
	// routes, and by the firewall and authorizer before them.
	out := []Object{
		policy(spec.SystemNamespace, "default-deny", Restrict, dict{"action": "ALLOW"}),
		policy(spec.IngressNamespace, "gateways", Permit, dict{"action": "ALLOW", "rules": list{dict{}}}),
	}
	if EgressGatewayNeeded(cfg) {
		out = append(out, policy(spec.EgressNamespace, "gateways", Permit, dict{"action": "ALLOW", "rules": list{dict{}}}))
	}
	for _, name := range cfg.Enrolled() {
		if cfg.Namespaces[name].Plane() == spec.PlaneWaypoint {
			out = append(out, throughWaypoint(cfg, name)...)
		} else {
			out = append(out, direct(cfg, name)...)
		}
		for _, key := range slices.Sorted(maps.Keys(cfg.Namespaces[name].PlainPorts)) {
			p := cfg.Namespaces[name].PlainPorts[key]
			out = append(out, policy(name, "plain-"+key, Permit, dict{
				"action": "ALLOW", "selector": dict{"matchLabels": labels(p.Workload)},
				"rules": list{dict{"to": list{dict{"operation": dict{"ports": texts(portText(p.Port))}}}}},
			}))
		}
	}
	return out
}

// direct are the rules where the workload's own proxy enforces them.
func direct(cfg spec.Config, name string) []Object {
	ns := cfg.Namespaces[name]
	out := []Object{policy(name, "allow-own", Permit, dict{"action": "ALLOW", "rules": list{dict{"from": own(cfg, name, ns)}}})}
	for _, key := range slices.Sorted(maps.Keys(ns.Allow)) {
		a := ns.Allow[key]
		body := dict{"action": "ALLOW", "rules": list{rule(cfg, a)}}
		if len(a.Workload) > 0 {
			body["selector"] = dict{"matchLabels": labels(a.Workload)}
		}
		out = append(out, policy(name, "allow-"+key, Permit, body))
	}
	return out
}

// throughWaypoint are the rules where a waypoint enforces them: ztunnel lets in
// the waypoint only, so that nothing goes past it, and the waypoint the rest.
func throughWaypoint(cfg spec.Config, name string) []Object {
	ns := cfg.Namespaces[name]
	whole := list{dict{"group": gatewayGroup, "kind": "Gateway", "name": WaypointName}}
	out := []Object{
		policy(name, "allow-waypoint", Permit, dict{"action": "ALLOW", "rules": list{dict{
			"from": list{dict{"source": dict{"principals": texts(Principal(cfg, name, WaypointName))}}},
		}}}),
		policy(name, "allow-own", Permit, dict{"action": "ALLOW", "targetRefs": whole, "rules": list{dict{"from": own(cfg, name, ns)}}}),
	}
	for _, key := range slices.Sorted(maps.Keys(ns.Allow)) {
		a := ns.Allow[key]
		target := whole
		if a.Service != "" {
			target = list{dict{"group": "", "kind": "Service", "name": a.Service}}
		}
		out = append(out, policy(name, "allow-"+key, Permit, dict{"action": "ALLOW", "targetRefs": target, "rules": list{rule(cfg, a)}}))
	}
	return out
}

// own are the callers that a namespace always lets in.
func own(cfg spec.Config, name string, ns spec.Namespace) list {
	out := list{dict{"source": dict{"namespaces": texts(name)}}}
	var gateways []string
	for _, g := range slices.Sorted(slices.Values(ns.Gateways)) {
		gateways = append(gateways, Principal(cfg, spec.IngressNamespace, GatewayName(g)))
	}
	if len(gateways) > 0 {
		out = append(out, dict{"source": dict{"principals": texts(gateways...)}})
	}
	return out
}

// rule is an entry of allow.
func rule(cfg spec.Config, a spec.Allow) dict {
	var from list
	if len(a.Namespaces) > 0 {
		from = append(from, dict{"source": dict{"namespaces": texts(a.Namespaces...)}})
	}
	if len(a.ServiceAccounts) > 0 {
		var principals []string
		for _, account := range a.ServiceAccounts {
			namespace, sa, _ := strings.Cut(account, "/")
			principals = append(principals, Principal(cfg, namespace, sa))
		}
		from = append(from, dict{"source": dict{"principals": texts(principals...)}})
	}
	out := dict{"from": from}
	operation := dict{}
	for field, values := range map[string][]string{"methods": a.Methods, "paths": a.Paths, "hosts": a.Hosts, "ports": portTexts(a.Ports)} {
		if len(values) > 0 {
			operation[field] = texts(values...)
		}
	}
	if len(operation) > 0 {
		out["to"] = list{dict{"operation": operation}}
	}
	return out
}

func policy(namespace, name string, stage Stage, body dict) Object {
	return Object{APIVersion: securityVersion, Kind: "AuthorizationPolicy", Namespace: namespace, Name: name, Stage: stage, Body: dict{"spec": body}}
}

// TracingProvider is the name by which telemetry finds the collector.
const TracingProvider = "collector"

// telemetry turns tracing on; the provider is in istiod's values.
func telemetry(cfg spec.Config) []Object {
	if cfg.Tracing == nil {
		return nil
	}
	return []Object{{
		APIVersion: telemetryVersion, Kind: "Telemetry", Namespace: spec.SystemNamespace, Name: "mesh-default", Stage: Permit,
		Body: dict{"spec": dict{"tracing": list{dict{
			"providers":                list{dict{"name": TracingProvider}},
			"randomSamplingPercentage": cfg.Tracing.SamplingPercent,
		}}}},
	}}
}

// Collector is where spans go.
func Collector(cfg spec.Config) (host string, port int) {
	if cfg.Tracing == nil || cfg.Tracing.Collector == "" {
		return address.Collector, address.CollectorPort
	}
	return cfg.Tracing.CollectorAddress()
}
