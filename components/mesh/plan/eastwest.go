package plan

import (
	"slices"

	"github.com/ladder-platform/ladder/components/mesh/spec"
)

// The east-west gateway is where other clusters of the mesh come in.
const (
	EastWestName = "istio-eastwestgateway"

	eastWestClass = "istio-east-west"
	// NetworkLabel says on which mesh network a gateway or namespace is.
	NetworkLabel = "topology.istio.io/network"

	// SNIPort takes sidecars' mTLS as it is and leads it on by its name.
	// Source: istio.io, multi-primary on different networks, read 2026-11.
	SNIPort = 15443
	// statusPort answers readiness.
	statusPort = 15021

	// Node ports, fixed because the load balancer's targets are nodes; from the
	// default range of 30000 to 32767.
	hboneNodePort = 31508
	sniNodePort   = 31443
)

// EastWestPort is the port by which a data plane comes in, and the port of the
// nodes behind the load balancer.
func EastWestPort(dataPlane string) (port, nodePort int) {
	if dataPlane == spec.Ambient {
		return HBONEPort, hboneNodePort
	}
	return SNIPort, sniNodePort
}

// EastWest are the objects of the gateway of a cluster that has links. istiod
// tells other clusters the external addresses of its service, so those are the
// load balancer's. Source: istio pilot/pkg/serviceregistry/kube/conversion.go
// and ambient/networks.go, release 1.31, read 2026-11.
func EastWest(cfg spec.Config, in Input) []Object {
	if len(cfg.Linked(in.Cluster)) == 0 {
		return nil
	}
	if cfg.DataPlane == spec.Ambient {
		return ambientEastWest(cfg, in)
	}
	return []Object{{
		APIVersion: networkingVersion, Kind: "Gateway", Namespace: spec.SystemNamespace, Name: "cross-network", Stage: Permit,
		Body: dict{"spec": dict{
			"selector": dict{"istio": "eastwestgateway"},
			"servers": list{dict{
				"port": dict{"number": SNIPort, "name": "tls", "protocol": "TLS"}, "tls": dict{"mode": "AUTO_PASSTHROUGH"}, "hosts": texts("*.local"),
			}},
		}},
	}}
}

// ambientEastWest: istiod makes the pods, and takes HBONE of other clusters.
func ambientEastWest(cfg spec.Config, in Input) []Object {
	const options = EastWestName + "-options"
	size := cfg.ControlPlane
	return []Object{
		{
			APIVersion: "v1", Kind: "ConfigMap", Namespace: spec.SystemNamespace, Name: options, Stage: Settings,
			Body: dict{"data": dict{
				"deployment": text(dict{"spec": dict{"template": dict{"spec": dict{"topologySpreadConstraints": spread(map[string]string{GatewayNameLabel: EastWestName})}}}}),
				"service": text(dict{"spec": dict{
					"type": "NodePort", "externalIPs": texts(addressesOf(in)...),
					"ports": list{dict{"name": "mesh", "port": HBONEPort, "protocol": "TCP", "nodePort": hboneNodePort}},
				}}),
				"horizontalPodAutoscaler": text(dict{"spec": dict{"minReplicas": size.Min, "maxReplicas": size.Max}}),
				"podDisruptionBudget":     text(dict{"spec": dict{"minAvailable": 1}}),
			}},
		},
		{
			APIVersion: gatewayVersion, Kind: "Gateway", Namespace: spec.SystemNamespace, Name: EastWestName, Stage: Permit,
			Labels:      map[string]string{NetworkLabel: cfg.MeshNetwork(in.Cluster), RevisionLabel: ControlRevision(cfg)},
			Annotations: map[string]string{"networking.istio.io/service-type": "NodePort"},
			Body: dict{"spec": dict{
				"gatewayClassName": eastWestClass,
				"infrastructure":   dict{"parametersRef": dict{"group": "", "kind": "ConfigMap", "name": options}},
				"listeners": list{dict{
					"name": "mesh", "port": HBONEPort, "protocol": "HBONE",
					"tls": dict{"mode": "Terminate", "options": dict{"gateway.istio.io/tls-terminate-mode": "ISTIO_MUTUAL"}},
				}},
			}},
		},
	}
}

// EastWestValues are the values of the gateway chart, for sidecar meshes. The
// chart's own networkGateway takes no node ports, so its label and variable are
// set here.
func EastWestValues(cfg spec.Config, in Input) map[string]any {
	network := cfg.MeshNetwork(in.Cluster)
	size := cfg.ControlPlane
	return revisionValue(dict{
		"name":                      EastWestName,
		"labels":                    dict{"istio": "eastwestgateway", "app": EastWestName, NetworkLabel: network},
		"env":                       dict{"ISTIO_META_REQUESTED_NETWORK_VIEW": network},
		"autoscaling":               dict{"enabled": true, "minReplicas": size.Min, "maxReplicas": size.Max, "targetCPUUtilizationPercentage": targetCPU},
		"podDisruptionBudget":       dict{"minAvailable": 1},
		"topologySpreadConstraints": spread(map[string]string{"istio": "eastwestgateway"}),
		"service": dict{
			"type": "NodePort", "externalIPs": texts(addressesOf(in)...),
			"ports": list{
				dict{"name": "status-port", "port": statusPort, "targetPort": statusPort, "protocol": "TCP"},
				dict{"name": "tls", "port": SNIPort, "targetPort": SNIPort, "nodePort": sniNodePort, "protocol": "TCP"},
			},
		},
	}, ControlRevision(cfg))
}

// addressesOf are the load balancer's addresses in the order of their zones.
func addressesOf(in Input) []string {
	var zones []string
	for zone := range in.EastWestAddresses {
		zones = append(zones, zone)
	}
	slices.Sort(zones)
	var out []string
	for _, zone := range zones {
		out = append(out, in.EastWestAddresses[zone])
	}
	return out
}
