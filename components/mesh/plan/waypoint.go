package plan

import (
	"encoding/json"
	"fmt"

	"github.com/ladder-platform/ladder/components/mesh/spec"
)

// Names of what istiod makes for a waypoint: Deployment, Service, service
// account, HPA and PDB are all named after the Gateway.
const (
	WaypointName = "waypoint"
	// EgressWaypoint is in spec.EgressNamespace.
	EgressWaypoint = "egress"

	waypointClass = "istio-waypoint"
	// GatewayNameLabel is on the pods of a waypoint.
	GatewayNameLabel = "gateway.networking.k8s.io/gateway-name"
	// WaypointLabel names the waypoint of a namespace or service.
	WaypointLabel = "istio.io/use-waypoint"

	zoneLabel = "topology.kubernetes.io/zone"
	// targetCPU is the charts' own target of their HPAs, in percent of what is requested.
	targetCPU = 80
)

// waypoints are those of namespaces, and the one that external traffic leaves by.
func waypoints(cfg spec.Config) []Object {
	var out []Object
	for _, name := range cfg.Enrolled() {
		if ns := cfg.Namespaces[name]; ns.Plane() == spec.PlaneWaypoint {
			out = append(out, waypoint(name, WaypointName, ns.Revision, ns.Waypoint.Replicas)...)
		}
	}
	if EgressWaypointNeeded(cfg) {
		out = append(out, waypoint(spec.EgressNamespace, EgressWaypoint, ControlRevision(cfg), cfg.EgressProxy)...)
	}
	return out
}

// EgressWaypointNeeded: the ambient way out.
func EgressWaypointNeeded(cfg spec.Config) bool {
	return cfg.Egress == spec.RegistryOnly && cfg.DataPlane == spec.Ambient
}

// waypoint is the Gateway and the options by which istiod makes its Deployment.
// Source: istio pilot/pkg/config/kube/gatewaycommon, overlays of the
// parametersRef ConfigMap, 1.31.
func waypoint(namespace, name, revision string, size spec.Replicas) []Object {
	options := name + "-options"
	return []Object{
		{
			APIVersion: "v1", Kind: "ConfigMap", Namespace: namespace, Name: options, Stage: Settings,
			Body: dict{"data": dict{
				"deployment": text(dict{"spec": dict{"template": dict{"spec": dict{"topologySpreadConstraints": spread(map[string]string{GatewayNameLabel: name})}}}}),
				"horizontalPodAutoscaler": text(dict{"spec": dict{
					"minReplicas": size.Min, "maxReplicas": size.Max,
					"metrics": list{dict{"type": "Resource", "resource": dict{"name": "cpu", "target": dict{"type": "Utilization", "averageUtilization": targetCPU}}}},
				}}),
				"podDisruptionBudget": text(dict{"spec": dict{"minAvailable": 1}}),
			}},
		},
		{
			APIVersion: gatewayVersion, Kind: "Gateway", Namespace: namespace, Name: name, Stage: Permit,
			Labels: map[string]string{RevisionLabel: revision, "istio.io/waypoint-for": "service"},
			Body: dict{"spec": dict{
				"gatewayClassName": waypointClass,
				"infrastructure":   dict{"parametersRef": dict{"group": "", "kind": "ConfigMap", "name": options}},
				"listeners":        list{dict{"name": "mesh", "port": HBONEPort, "protocol": "HBONE"}},
			}},
		},
	}
}

// spread puts pods with labels into different zones as far as nodes allow.
func spread(match map[string]string) list {
	return list{dict{
		"maxSkew": 1, "topologyKey": zoneLabel, "whenUnsatisfiable": "ScheduleAnyway",
		"labelSelector": dict{"matchLabels": labels(match)},
	}}
}

// text is a value as JSON, which is YAML too.
func text(v dict) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("plan: %v", err)) // plain values only: cannot be
	}
	return string(b)
}
