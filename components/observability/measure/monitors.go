package measure

import (
	"net/url"
)

// Object is one custom resource, in the namespace of observability.
type Object struct {
	APIVersion, Kind, Name string
	Labels                 map[string]string
	Spec                   dict
}

const monitoringVersion = "monitoring.coreos.com/v1"

func hostOf(text string) (string, bool) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return "", false
	}
	return u.Hostname(), true
}

// Monitors are what Prometheus looks at beside what its chart knows: the mesh
// and the controllers of the platform. They look into other namespaces; what
// mTLS and policies there let through to them is decided in components/mesh:
// proxies answer on 15020 in plain text, which no proxy captures.
func Monitors(in Input) []Object {
	out := controllers()
	if in.Mesh {
		out = append(out, meshed()...)
	}
	return out
}

// meshed: control planes of every revision, node proxies, the CNI plugin, and
// every proxy of Envoy's: gateways, waypoints and sidecars. Of each pod of the
// last, one target: the agent's port, which has the proxy's numbers and its own.
// Ports: istio.io/istio manifests/charts, release-1.31.
func meshed() []Object {
	return []Object{
		{
			APIVersion: monitoringVersion, Kind: "ServiceMonitor", Name: "istiod",
			Spec: dict{
				"namespaceSelector": dict{"matchNames": list{"istio-system"}}, "selector": dict{"matchLabels": dict{"istio": "pilot"}},
				"jobLabel": "istio", "endpoints": list{dict{"port": "http-monitoring"}},
			},
		},
		pods("ztunnel", "istio-system", dict{"app": "ztunnel"}, dict{"port": "ztunnel-stats"}),
		pods("istio-cni", "istio-system", dict{"k8s-app": "istio-cni-node"}, dict{"portNumber": 15014}),
		{
			APIVersion: monitoringVersion, Kind: "PodMonitor", Name: "istio-proxies",
			Spec: dict{
				"namespaceSelector": dict{"any": true},
				"selector":          dict{"matchExpressions": list{dict{"key": "istio-prometheus-ignore", "operator": "DoesNotExist"}}},
				"podMetricsEndpoints": list{dict{
					"path": "/stats/prometheus",
					"relabelings": list{
						dict{"action": "keep", "regex": "istio-proxy;http-envoy-prom", "sourceLabels": list{
							"__meta_kubernetes_pod_container_name", "__meta_kubernetes_pod_container_port_name"}},
						dict{"action": "replace", "sourceLabels": list{"__meta_kubernetes_pod_ip"}, "replacement": "$1:15020", "targetLabel": "__address__"},
					},
				}},
			},
		},
	}
}

// controllers of the platform, by the labels and ports of their charts. One
// that is not installed has no pods, and so no targets.
func controllers() []Object {
	return []Object{
		pods("external-secrets", "external-secrets", dict{"app.kubernetes.io/instance": "external-secrets"}, dict{"port": "metrics"}),
		pods("cert-manager", "cert-manager", dict{"app.kubernetes.io/instance": "cert-manager"}, dict{"port": "http-metrics"}),
		pods("external-dns", "external-dns", dict{"app.kubernetes.io/name": "external-dns"}, dict{"port": "http"}),
		pods("cluster-autoscaler", "kube-system", dict{"app.kubernetes.io/name": "aws-cluster-autoscaler"}, dict{"portNumber": 8085}),
		pods("karpenter", "kube-system", dict{"app.kubernetes.io/name": "karpenter"}, dict{"port": "http-metrics"}),
		pods("aws-load-balancer-controller", "kube-system", dict{"app.kubernetes.io/name": "aws-load-balancer-controller"}, dict{"port": "metrics-server"}),
		pods("aws-node", "kube-system", dict{"k8s-app": "aws-node"}, dict{"port": "metrics"}),
	}
}

// pods is a monitor of pods with labels in a namespace.
func pods(name, namespace string, labels, endpoint dict) Object {
	return Object{APIVersion: monitoringVersion, Kind: "PodMonitor", Name: name, Spec: dict{
		"namespaceSelector": dict{"matchNames": list{namespace}}, "selector": dict{"matchLabels": labels},
		"podMetricsEndpoints": list{endpoint},
	}}
}

// Sticky keeps a person with the pod of Grafana that signed them in, by a
// cookie that the gateway sets.
func Sticky() Object {
	return Object{
		APIVersion: "networking.istio.io/v1", Kind: "DestinationRule", Name: "grafana",
		Spec: dict{
			"host": Host("grafana"),
			"trafficPolicy": dict{"loadBalancer": dict{"consistentHash": dict{
				"httpCookie": dict{"name": "grafana_pod", "path": "/", "ttl": "0s"},
			}}},
		},
	}
}

// ExternalSecret copies properties of an entry of Secrets Manager into a Secret.
func ExternalSecret(name, entry string, properties map[string]string) Object {
	var data list
	for _, key := range sorted(properties) {
		data = append(data, dict{"secretKey": key, "remoteRef": dict{"key": entry, "property": properties[key]}})
	}
	return Object{APIVersion: "external-secrets.io/v1", Kind: "ExternalSecret", Name: name, Spec: dict{
		"refreshInterval": "1h0m0s",
		"secretStoreRef":  dict{"kind": "ClusterSecretStore", "name": "aws-secrets-manager"},
		"target":          dict{"name": name, "creationPolicy": "Owner"},
		"data":            data,
	}}
}

// SigningKey is a password that is made once, in the cluster, and never seen
// outside: the generator and the Secret that holds what it made. Kiali takes
// keys of 16, 24 or 32 characters.
func SigningKey() []Object {
	return []Object{
		{APIVersion: "generators.external-secrets.io/v1alpha1", Kind: "Password", Name: KialiSigning, Spec: dict{
			"length": 32, "digits": 8, "symbols": 0, "noUpper": false, "allowRepeat": true,
		}},
		{APIVersion: "external-secrets.io/v1", Kind: "ExternalSecret", Name: KialiSigning, Spec: dict{
			"refreshPolicy": "CreatedOnce",
			"target":        dict{"name": KialiSigning, "creationPolicy": "Owner"},
			"dataFrom": list{dict{"sourceRef": dict{"generatorRef": dict{
				"apiVersion": "generators.external-secrets.io/v1alpha1", "kind": "Password", "name": KialiSigning,
			}}}},
		}},
	}
}
