package plan

import (
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/components/mesh/spec"
)

// Ports of gateways. Pods listen above 1024, so that they need no privilege.
const (
	GatewayHTTPPort  = 8080
	GatewayHTTPSPort = 8443
	// GatewayReadinessPort answers /healthz/ready.
	GatewayReadinessPort = readinessPort
)

const (
	// drainSeconds is how long a gateway that was told to go still answers: a load
	// balancer takes a target out within 30 seconds (elbv2, deregistration and
	// health checks of the edge section), and grace is more than that.
	drainSeconds = 30
	graceSeconds = 60

	// priority keeps the control plane on the nodes when they are full.
	priority = "system-cluster-critical"
)

// GatewayName is the release, Deployment, Service and service account of an ingress gateway.
func GatewayName(key string) string { return "gateway-" + key }

// IstiodName is the release, Deployment and Service of a revision.
func IstiodName(revision string) string {
	if revision == spec.DefaultRevision {
		return "istiod"
	}
	return "istiod-" + revision
}

// Revisions are the control planes of the mesh by name, with the release of each.
func Revisions(cfg spec.Config, in Input) map[string]string {
	out := map[string]string{}
	for name, r := range cfg.Revisions {
		out[name] = r.Release
		if r.Release == "" {
			out[name] = in.Release
		}
	}
	if len(out) == 0 {
		out[spec.DefaultRevision] = in.Release
	}
	return out
}

// ControlRevision is the control plane of what has no namespace of its own to
// say so: gateways, CNI, ztunnel and the egress proxy. It is the default one
// while that is there, else the first of those that are.
func ControlRevision(cfg spec.Config) string { return cfg.MainRevision() }

// revisionValue is a revision as charts want it.
func revisionValue(values dict, revision string) dict {
	if revision != spec.DefaultRevision {
		values["revision"] = revision
	}
	return values
}

// Base are the values of the chart with the definitions.
func Base(cfg spec.Config) map[string]any {
	values := dict{}
	if r := ControlRevision(cfg); r != spec.DefaultRevision {
		values["defaultRevision"] = r // who validates objects that name no revision
	}
	return values
}

// Istiod are the values of a control plane.
func Istiod(cfg spec.Config, in Input, revision string) map[string]any {
	match := map[string]string{"app": "istiod", RevisionLabel: revision}
	values := dict{
		"autoscaleMin": cfg.ControlPlane.Min, "autoscaleMax": cfg.ControlPlane.Max,
		"topologySpreadConstraints": spread(match),
		"podLabels":                 dict{"ladder/release": Revisions(cfg, in)[revision]},
		// The node's CNI plugin sets sidecars up, so that pods need no NET_ADMIN.
		"cni":        dict{"enabled": true},
		"meshConfig": MeshConfig(cfg),
		"global": dict{
			"hub": cfg.Hub, "meshID": cfg.ID, "network": cfg.MeshNetwork(in.Cluster), "priorityClassName": priority,
			"multiCluster": dict{"clusterName": in.ClusterName},
		},
	}
	if cfg.DataPlane == spec.Ambient {
		values["profile"] = "ambient"
		// Nodes with the taint cni.istio.io/not-ready take pods when ztunnel can catch their traffic.
		values["taint"] = dict{"enabled": true, "namespace": spec.SystemNamespace}
		if len(cfg.Linked(in.Cluster)) > 0 {
			// Off by default in every version here (facts, istio_values "ambient multi-network status").
			values["env"] = dict{"AMBIENT_ENABLE_MULTI_NETWORK": "true"}
		}
	}
	return revisionValue(values, revision)
}

// MeshConfig is what every proxy is told.
func MeshConfig(cfg spec.Config) map[string]any {
	out := dict{
		// Envoy compares paths as servers read them, or a rule on /admin would not see //admin.
		"pathNormalization":      dict{"normalization": "MERGE_SLASHES"},
		"defaultHttpRetryPolicy": retryPolicy(cfg.Retries),
	}
	if cfg.TrustDomain != "cluster.local" {
		out["trustDomain"] = cfg.TrustDomain
	}
	if *cfg.AccessLog {
		out["accessLogFile"], out["accessLogEncoding"] = "/dev/stdout", "JSON"
	}
	if cfg.Egress == spec.RegistryOnly {
		out["outboundTrafficPolicy"] = dict{"mode": "REGISTRY_ONLY"}
	}
	if cfg.DataPlane == spec.Sidecar || cfg.Has(spec.PlaneSidecar) {
		out["defaultConfig"] = dict{"holdApplicationUntilProxyStarts": true}
	}
	var providers list
	if cfg.Tracing != nil {
		host, port := Collector(cfg)
		providers = append(providers, dict{"name": TracingProvider, "opentelemetry": dict{"service": host, "port": port}})
	}
	providers = append(providers, ExtensionProviders(cfg)...)
	if len(providers) > 0 {
		out["extensionProviders"] = providers
	}
	return out
}

// CNI are the values of the plugin on each node.
func CNI(cfg spec.Config) map[string]any {
	values := dict{
		"global": dict{"hub": cfg.Hub},
		// The annotation is for Kubernetes 1.29; later servers warn of it and have a field.
		"useAppArmorAnnotation": false,
	}
	if cfg.DataPlane == spec.Ambient {
		values["profile"] = "ambient"
	}
	return revisionValue(values, ControlRevision(cfg))
}

// Ztunnel are the values of the proxy on each node; it says of itself in which
// cluster and network it is, as istiod must (facts, istio_values "multi-cluster").
func Ztunnel(cfg spec.Config, in Input) map[string]any {
	values := dict{
		"profile": "ambient", "hub": cfg.Hub, "network": cfg.MeshNetwork(in.Cluster),
		"multiCluster": dict{"clusterName": in.ClusterName},
	}
	return revisionValue(values, ControlRevision(cfg))
}

// Gateway are the values of an ingress gateway. Its service is inside the
// cluster: the load balancer before it belongs to the edge section and sends to pods.
func Gateway(cfg spec.Config, key string) map[string]any {
	proxy := dict{}
	if cfg.Gateways[key].TLS != spec.TLSAtGateway {
		// Its load balancer ends TLS, and adds the address that it saw to
		// X-Forwarded-For: that last one is the client's, and what stands before
		// it the client may have written itself. Behind an NLB nobody adds one.
		proxy["gatewayTopology"] = dict{"numTrustedProxies": 1}
	}
	return gateway(cfg, GatewayName(key), cfg.Gateways[key].Replicas, proxy, list{
		servicePort("http2", httpPort, GatewayHTTPPort), servicePort("https", httpsPort, GatewayHTTPSPort),
	})
}

// EgressGatewayValues are the values of the sidecars' way out; it listens on
// the ports of external services that are told apart by name.
func EgressGatewayValues(cfg spec.Config, in Input) map[string]any {
	ports := list{}
	var seen []int
	for _, e := range cfg.AllExternal(in.Region) {
		if e.Protocol != spec.TCP {
			seen = append(seen, e.Ports...)
		}
	}
	slices.Sort(seen)
	for _, n := range slices.Compact(seen) {
		ports = append(ports, servicePort("external-"+portText(n), n, n))
	}
	return gateway(cfg, EgressGateway, cfg.EgressProxy, dict{}, ports)
}

// gateway are the values of one; proxy is what its Envoy is told beside the rest.
func gateway(cfg spec.Config, name string, size spec.Replicas, proxy dict, ports list) dict {
	proxy["terminationDrainDuration"] = seconds(drainSeconds)
	match := map[string]string{"app": name, "istio": strings.TrimPrefix(name, "istio-")}
	return revisionValue(dict{
		"service": dict{
			"type":  "ClusterIP",
			"ports": append(list{servicePort("status-port", readinessPort, readinessPort)}, ports...),
		},
		"autoscaling":                   dict{"minReplicas": size.Min, "maxReplicas": size.Max},
		"podDisruptionBudget":           dict{"minAvailable": 1},
		"topologySpreadConstraints":     spread(match),
		"podAnnotations":                dict{"proxy.istio.io/config": text(proxy)},
		"terminationGracePeriodSeconds": graceSeconds,
	}, ControlRevision(cfg))
}

func servicePort(name string, port, target int) dict {
	return dict{"name": name, "port": port, "targetPort": target, "protocol": "TCP"}
}
