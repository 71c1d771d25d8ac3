package plan

import (
	"fmt"
	"maps"
	"slices"

	"github.com/ladder-platform/ladder/components/mesh/spec"
)

// EgressGateway is the release and service of the sidecars' way out.
const EgressGateway = "istio-egressgateway"

// EgressGatewayNeeded: the way out of sidecars.
func EgressGatewayNeeded(cfg spec.Config) bool {
	return cfg.Egress == spec.RegistryOnly && (cfg.DataPlane == spec.Sidecar || cfg.Has(spec.PlaneSidecar))
}

// external are the services outside the cluster that pods may reach, and the
// way that leads to them.
func external(cfg spec.Config, in Input) []Object {
	if cfg.Egress != spec.RegistryOnly {
		return nil
	}
	var out []Object
	services := cfg.AllExternal(in.Region)
	for _, key := range slices.Sorted(maps.Keys(services)) {
		e := services[key]
		out = append(out, serviceEntry(cfg, key, e))
		if EgressWaypointNeeded(cfg) {
			out = append(out, externalCallers(cfg, key, e))
		}
		if EgressGatewayNeeded(cfg) && e.Protocol != spec.TCP {
			out = append(out, throughGateway(key, e)...)
		}
	}
	return out
}

// callers are the namespaces that may reach an external service.
func callers(cfg spec.Config, e spec.External) []string {
	var out []string
	for _, name := range cfg.Enrolled() {
		if len(e.Namespaces) == 0 || slices.Contains(e.Namespaces, name) {
			out = append(out, name)
		}
	}
	return out
}

// serviceEntry puts the service into the registry. Sidecars see it where it is
// exported to; ztunnel sends it to the waypoint that its label names.
func serviceEntry(cfg spec.Config, key string, e spec.External) Object {
	var ports list
	for _, n := range e.Ports {
		ports = append(ports, dict{"number": n, "name": fmt.Sprintf("%s-%d", e.Protocol, n), "protocol": protocols[e.Protocol]})
	}
	o := Object{
		APIVersion: networkingVersion, Kind: "ServiceEntry", Namespace: spec.EgressNamespace, Name: key, Stage: Permit,
		Body: dict{"spec": dict{
			"hosts": texts(e.Hosts...), "ports": ports, "location": "MESH_EXTERNAL", "resolution": "DNS",
			"exportTo": texts(append(callers(cfg, e), spec.EgressNamespace)...),
		}},
	}
	if EgressWaypointNeeded(cfg) {
		o.Labels = map[string]string{WaypointLabel: EgressWaypoint}
	}
	return o
}

var protocols = map[string]string{spec.TLS: "TLS", spec.HTTP: "HTTP", spec.TCP: "TCP"}

// externalCallers lets those namespaces pass the egress waypoint.
func externalCallers(cfg spec.Config, key string, e spec.External) Object {
	body := dict{
		"action":     "ALLOW",
		"targetRefs": list{dict{"group": "networking.istio.io", "kind": "ServiceEntry", "name": key}},
	}
	if who := callers(cfg, e); len(who) > 0 {
		body["rules"] = list{dict{"from": list{dict{"source": dict{"namespaces": texts(who...)}}}}}
	}
	return policy(spec.EgressNamespace, "external-"+key, Permit, body)
}

// throughGateway leads the sidecars' traffic to the egress gateway and from
// there out. TLS goes through as it is, told apart by its name.
func throughGateway(key string, e spec.External) []Object {
	name := "external-" + key
	gateway := EgressGateway + "." + spec.EgressNamespace + ".svc.cluster.local"
	here := spec.EgressNamespace + "/" + name
	var servers, routes list
	for _, port := range e.Ports {
		server := dict{
			"port":  dict{"number": port, "name": fmt.Sprintf("%s-%d", e.Protocol, port), "protocol": protocols[e.Protocol]},
			"hosts": texts(e.Hosts...),
		}
		if e.Protocol == spec.TLS {
			server["tls"] = dict{"mode": "PASSTHROUGH"}
		}
		servers = append(servers, server)
		for _, host := range e.Hosts {
			routes = append(routes, hop(e.Protocol, "mesh", host, gateway, port), hop(e.Protocol, here, host, host, port))
		}
	}
	field := map[string]string{spec.TLS: "tls", spec.HTTP: "http"}[e.Protocol]
	return []Object{
		{
			APIVersion: networkingVersion, Kind: "Gateway", Namespace: spec.EgressNamespace, Name: name, Stage: Permit,
			Body: dict{"spec": dict{"selector": dict{"istio": "egressgateway"}, "servers": servers}},
		},
		{
			APIVersion: networkingVersion, Kind: "VirtualService", Namespace: spec.EgressNamespace, Name: name, Stage: Permit,
			Body: dict{"spec": dict{"hosts": texts(e.Hosts...), "gateways": texts("mesh", here), field: routes}},
		},
	}
}

// hop is one leg: what arrives at gateway for host goes on to next.
func hop(protocol, gateway, host, next string, port int) dict {
	match := dict{"gateways": texts(gateway), "port": port}
	if protocol == spec.TLS {
		match["sniHosts"] = texts(host)
	} else {
		match["authority"] = dict{"prefix": host} // a port may follow
	}
	return dict{"match": list{match}, "route": list{dict{"destination": dict{"host": next, "port": dict{"number": port}}}}}
}

// externalPorts are all ports of external services, sorted.
func externalPorts(cfg spec.Config, region string) []int {
	var out []int
	for _, e := range cfg.AllExternal(region) {
		out = append(out, e.Ports...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
