package alerts

import "time"

// etcdLimit is the size of a cluster's database at which EKS refuses writes.
// Source: EKS best practices guide, "Control plane", "etcd database size limit
// is 8GB", read 2026-11.
const etcdLimit = 8 << 30

// controlPlane: what the API server and kubelets say. EKS shows no etcd; its
// troubles are seen in the API server's calls to it.
func controlPlane() Group {
	return Group{Name: "ladder-control-plane", Page: "control-plane", Rules: []Rule{
		alert("APIServerGone", Critical, 5*time.Minute,
			`absent(up{job="apiserver"} == 1)`,
			"No API server answers Prometheus"),
		alert("APIServerFails", Critical, 10*time.Minute,
			`sum(rate(apiserver_request_total{code=~"5.."}[5m])) / sum(rate(apiserver_request_total[5m])) > 0.03`,
			"The API server answers more than 3 percent of all requests with an error of its own"),
		alert("APIServerSlow", Warning, 15*time.Minute,
			`histogram_quantile(0.99, sum by (verb, le) (rate(apiserver_request_sli_duration_seconds_bucket{verb=~"GET|POST|PUT|PATCH|DELETE",subresource!~"proxy|exec|attach|portforward|log"}[5m]))) > 1`,
			"One in a hundred {{ $labels.verb }} requests takes the API server longer than a second"),
		alert("APIServerRefusesRequests", Warning, 15*time.Minute,
			`sum by (priority_level) (rate(apiserver_flowcontrol_rejected_requests_total[5m])) > 0.1`,
			"The API server turns requests of priority {{ $labels.priority_level }} away"),
		alert("EtcdSlow", Warning, 15*time.Minute,
			`histogram_quantile(0.99, sum by (operation, le) (rate(etcd_request_duration_seconds_bucket{operation!~"watch|.*[Ll]ist.*"}[5m]))) > 0.5`,
			"etcd takes longer than half a second for one in a hundred calls of {{ $labels.operation }}"),
		alert("EtcdFills", Warning, 30*time.Minute,
			`max(apiserver_storage_size_bytes) > 0.75 * `+number(etcdLimit),
			"The cluster's database has used three quarters of what EKS allows"),
		alert("EtcdNearlyFull", Critical, 10*time.Minute,
			`max(apiserver_storage_size_bytes) > 0.9 * `+number(etcdLimit),
			"The cluster's database is nearly full: the API server will refuse every write"),
		alert("ClientCertificateExpires", Warning, time.Hour,
			`histogram_quantile(0.01, sum by (job, le) (rate(apiserver_client_certificate_expiration_seconds_bucket[30m]))) < 7 * 86400
			 and on (job) sum by (job) (rate(apiserver_client_certificate_expiration_seconds_count[30m])) > 0`,
			"Somebody talks to {{ $labels.job }} with a certificate that ends within a week"),
		alert("KubeletCertificateExpires", Warning, time.Hour,
			`min by (instance) (kubelet_certificate_manager_server_ttl_seconds) < 3 * 86400`,
			"The serving certificate of the kubelet of {{ $labels.instance }} ends within three days and was not renewed"),
		alert("KubeletCertificateNotRenewed", Warning, 15*time.Minute,
			`increase(kubelet_certificate_manager_client_expiration_renew_errors[1h]) > 0 or increase(kubelet_server_expiration_renew_errors[1h]) > 0`,
			"The kubelet of {{ $labels.instance }} cannot renew its certificate"),
		alert("AdmissionWebhookFails", Warning, 10*time.Minute,
			`sum by (name) (rate(apiserver_admission_webhook_rejection_count{error_type="calling_webhook_error"}[5m])) > 0`,
			"The API server cannot reach the webhook {{ $labels.name }} and refuses what it should judge"),
		alert("AggregatedAPIGone", Warning, 15*time.Minute,
			`max by (name) (aggregator_unavailable_apiservice) > 0`,
			"The API {{ $labels.name }} that the API server forwards to does not answer"),
		alert("RemovedAPIInUse", Info, time.Hour,
			`max by (group, version, resource, removed_release) (apiserver_requested_deprecated_apis{removed_release!=""}) > 0`,
			"Somebody asks for {{ $labels.resource }} of {{ $labels.group }}/{{ $labels.version }}, which Kubernetes {{ $labels.removed_release }} does not have"),
	}}
}
