package alerts

import (
	"fmt"
	"time"
)

// mesh: control plane and data plane of Istio.
func mesh(m Mesh) Group {
	g := Group{Name: "ladder-mesh", Page: "mesh", Rules: []Rule{
		alert("MeshControlPlaneGone", Critical, 5*time.Minute,
			fmt.Sprintf(`absent(up{job="pilot"} == 1) or max by (deployment) (kube_deployment_status_replicas_available{namespace="%s",deployment=~"istiod.*"}) == 0`, m.ControlNamespace),
			"No control plane of the mesh answers: nothing new gets certificates or routes"),
		alert("MeshProxiesRejectConfig", Warning, 10*time.Minute,
			`sum by (type) (rate(pilot_total_xds_rejects[5m])) > 0`,
			"Proxies refuse what istiod sends them ({{ $labels.type }})"),
		alert("MeshConfigSlow", Warning, 15*time.Minute,
			`histogram_quantile(0.99, sum by (le) (rate(pilot_proxy_convergence_time_bucket[5m]))) > 10`,
			"A change takes more than ten seconds to reach every proxy"),
		alert("MeshPushFails", Warning, 10*time.Minute,
			`sum(rate(pilot_total_xds_internal_errors[5m])) > 0`,
			"istiod cannot build the configuration of proxies"),
		alert("MeshWebhookRefuses", Info, 15*time.Minute,
			`sum by (resource, reason) (increase(galley_validation_failed[15m])) > 0`,
			"istiod refuses objects of kind {{ $labels.resource }}: {{ $labels.reason }}"),
		alert("MeshTrafficInClear", Warning, 15*time.Minute,
			`sum by (destination_workload_namespace, destination_workload) (rate(istio_requests_total{reporter="destination",connection_security_policy="none"}[5m])) > 0`,
			"Requests reach {{ $labels.destination_workload_namespace }}/{{ $labels.destination_workload }} without mutual TLS"),
		alert("MeshCNIMissing", Critical, 10*time.Minute,
			fmt.Sprintf(`max by (daemonset) (kube_daemonset_status_number_unavailable{namespace="%s",daemonset="istio-cni-node"}) > 0`, m.ControlNamespace),
			"The mesh's CNI plugin is missing on {{ $value }} nodes: pods there do not start, or start outside of the mesh"),
	}}
	if m.Ambient {
		g.Rules = append(g.Rules,
			alert("MeshNodeProxyMissing", Critical, 5*time.Minute,
				fmt.Sprintf(`max by (daemonset) (kube_daemonset_status_number_unavailable{namespace="%s",daemonset="ztunnel"}) > 0`, m.ControlNamespace),
				"ztunnel is missing on {{ $value }} nodes: no pod there is reached"),
		)
	}
	return g
}

// edge: the gateways behind the load balancers, and what writes for them.
func edge(e Edge) Group {
	g := Group{Name: "ladder-edge", Page: "edge", Rules: []Rule{
		alert("EdgeGatewayDown", Critical, 2*time.Minute,
			fmt.Sprintf(`max by (deployment) (kube_deployment_status_replicas_available{namespace="%s",deployment=~"gateway-.+"}) == 0`, e.GatewayNamespace),
			"No pod of {{ $labels.deployment }} is available: its entrance is closed"),
		alert("EdgeGatewayAlone", Warning, 15*time.Minute,
			fmt.Sprintf(`max by (deployment) (kube_deployment_status_replicas_available{namespace="%[1]s",deployment=~"gateway-.+"}) == 1
			 and on (deployment) max by (deployment) (kube_deployment_spec_replicas{namespace="%[1]s"}) > 1`, e.GatewayNamespace),
			"One pod of {{ $labels.deployment }} is left: the next node that goes closes its entrance"),
		alert("EdgeTrafficStopped", Critical, 10*time.Minute,
			`sum by (source_workload) (avg_over_time(ladder:edge_requests:rate5m[1h] offset 30m)) > 1
			 unless on (source_workload) sum by (source_workload) (ladder:edge_requests:rate5m) > 0`,
			"{{ $labels.source_workload }} carried {{ $value | humanize }} requests a second an hour ago and carries none now"),
		alert("EdgeBindingFails", Warning, 15*time.Minute,
			`sum by (controller) (rate(controller_runtime_reconcile_errors_total{controller=~"targetGroupBinding|targetgroupbinding"}[10m])) > 0`,
			"The load balancer controller cannot register the gateways' pods"),
	}}
	if e.ExternalDNS {
		g.Rules = append(g.Rules, alert("EdgeNamesNotWritten", Warning, 15*time.Minute,
			`sum(rate(external_dns_registry_errors_total[10m]) + rate(external_dns_source_errors_total[10m])) > 0`,
			"external-dns cannot read or write names of workloads"))
	}
	return g
}
