package plan

import (
	"maps"
	"slices"

	"github.com/ladder-platform/ladder/components/mesh/spec"
)

// Linked are the objects in one cluster, end of a link, of the services that
// both clusters of the link reach by name. cfg is what For returns for it.
func Linked(cfg spec.Config, link spec.Link, cluster string, far spec.Config, farCluster string, farAddresses []string) []Object {
	var out []Object
	for _, key := range slices.Sorted(maps.Keys(link.Services)) {
		s := link.Services[key]
		if _, there := cfg.Namespaces[s.Namespace]; !there {
			continue
		}
		if len(s.In) > 0 && !slices.Contains(s.In, cluster) {
			out = append(out, name(cfg, key, s, far.MeshNetwork(farCluster), farAddresses))
		}
		if s.Failover {
			out = append(out, failover(key, s, cfg.Namespaces[s.Namespace].Traffic.Over(cfg.Traffic)))
		}
	}
	return out
}

func host(s spec.LinkedService) string { return s.Service + "." + s.Namespace + ".svc.cluster.local" }

func protocolOf(s spec.LinkedService) string {
	if s.Protocol == "" {
		return "http"
	}
	return s.Protocol
}

// name gives a service of the other cluster a name in this one. Ambient wants a
// Kubernetes service of that name, which istiod fills with the other cluster's
// pods; sidecars take a ServiceEntry that leads to the other side's gateway.
// Source: istio.io, ambient multicluster and ServiceEntry reference, read 2026-11.
func name(cfg spec.Config, key string, s spec.LinkedService, network string, addresses []string) Object {
	if cfg.Namespaces[s.Namespace].DataPlane != spec.Sidecar {
		return Object{
			APIVersion: "v1", Kind: "Service", Namespace: s.Namespace, Name: s.Service, Stage: Permit,
			Labels: map[string]string{"istio.io/global": "true"},
			Body:   dict{"spec": dict{"ports": list{dict{"name": protocolOf(s), "port": s.Port, "protocol": "TCP", "appProtocol": protocolOf(s)}}}},
		}
	}
	endpoints := list{}
	for _, a := range addresses {
		endpoints = append(endpoints, dict{"address": a, "network": network, "ports": dict{protocolOf(s): SNIPort}})
	}
	return Object{
		APIVersion: networkingVersion, Kind: "ServiceEntry", Namespace: s.Namespace, Name: "linked-" + key, Stage: Permit,
		Body: dict{"spec": dict{
			"hosts": texts(host(s)), "location": "MESH_INTERNAL", "resolution": "STATIC",
			"ports":     list{dict{"number": s.Port, "name": protocolOf(s), "protocol": protocolNames[protocolOf(s)]}},
			"endpoints": endpoints,
		}},
	}
}

// protocolNames are Istio's words.
var protocolNames = map[string]string{"http": "HTTP", "grpc": "GRPC", "tls": "TLS", "tcp": "TCP"}

// failover keeps callers near while pods there are well: in their cluster's
// region and zone first, in the other cluster when none is left. It needs
// outlier detection, by which a proxy learns that a pod is not well.
func failover(key string, s spec.LinkedService, t spec.Traffic) Object {
	o := destination(s.Namespace, "linked-"+key, host(s), t)
	body := o.Body["spec"].(dict)
	policy := body["trafficPolicy"].(dict)
	policy["loadBalancer"] = dict{
		"simple": "LEAST_REQUEST",
		"localityLbSetting": dict{"enabled": true, "failoverPriority": texts(
			"topology.istio.io/cluster", "topology.kubernetes.io/region", "topology.kubernetes.io/zone")},
	}
	return o
}
