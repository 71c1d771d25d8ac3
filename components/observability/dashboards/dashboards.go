package dashboards

// Input is what there is to draw.
type Input struct{ Mesh, Edge, Thanos, Collector, FluentBit bool }

// All are the dashboards of a cluster, by file name without its ending.
func All(in Input) map[string]Dashboard {
	out := map[string]Dashboard{
		"cluster": cluster(), "nodes": nodes(), "releases": releases(), "cost": cost(), "observability": watchers(in),
	}
	if in.Mesh {
		out["mesh"] = mesh()
	}
	if in.Edge {
		out["edge"] = edge()
	}
	return out
}

func cluster() Dashboard {
	return Dashboard{UID: "ladder-cluster", Title: "Cluster", Variables: []Variable{{"namespace", "kube_namespace_created", "namespace"}}, Rows: []Row{
		{"Now", []Panel{
			{Title: "Alerts that ring", Kind: value, Warn: 1, Bad: 5, Queries: one(`count(ALERTS{alertstate="firing",severity=~"critical|warning"}) or vector(0)`, ""), Help: "Each has a runbook in its annotations"},
			{Title: "Nodes ready", Kind: value, Queries: one(`sum(kube_node_status_condition{condition="Ready",status="true"})`, "")},
			{Title: "Pods without a node", Kind: value, Warn: 1, Queries: one(`sum(kube_pod_status_unschedulable) or vector(0)`, "")},
			{Title: "CPU that is asked for", Kind: value, Unit: "percentunit", Warn: 0.7, Bad: 0.9, Queries: one(`sum(kube_pod_container_resource_requests{resource="cpu"}) / sum(kube_node_status_allocatable{resource="cpu"})`, ""), Help: "With three nodes in three zones, more than two thirds do not survive the loss of a zone"},
			{Title: "Memory that is asked for", Kind: value, Unit: "percentunit", Warn: 0.7, Bad: 0.9, Queries: one(`sum(kube_pod_container_resource_requests{resource="memory"}) / sum(kube_node_status_allocatable{resource="memory"})`, "")},
		}},
		{"API server", []Panel{
			{Title: "Requests by answer", Kind: line, Unit: "reqps", Queries: one(`sum by (code) (rate(apiserver_request_total[$__rate_interval]))`, "{{code}}")},
			{Title: "The slowest of a hundred", Kind: line, Unit: "s", Bad: 1, Queries: one(`histogram_quantile(0.99, sum by (verb, le) (rate(apiserver_request_sli_duration_seconds_bucket{verb!~"WATCH|CONNECT"}[$__rate_interval])))`, "{{verb}}")},
			{Title: "etcd, as the API server sees it", Kind: line, Unit: "s", Queries: []Query{{`histogram_quantile(0.99, sum by (operation, le) (rate(etcd_request_duration_seconds_bucket[$__rate_interval])))`, "{{operation}}"}}},
			{Title: "Size of the database", Kind: line, Unit: "bytes", Warn: 6442450944, Bad: 7730941132, Queries: one(`max(apiserver_storage_size_bytes)`, "etcd"), Help: "EKS refuses writes at 8 GB"},
		}},
		{"Workloads", []Panel{
			{Title: "Pods that are not ready", Kind: line, Queries: one(`sum by (namespace) (kube_pod_status_phase{namespace=~"$namespace",phase=~"Pending|Unknown|Failed"}) > 0`, "{{namespace}}")},
			{Title: "Restarts", Kind: line, Queries: one(`sum by (namespace, pod) (increase(kube_pod_container_status_restarts_total{namespace=~"$namespace"}[$__rate_interval])) > 0`, "{{namespace}}/{{pod}}")},
			{Title: "CPU in use", Kind: line, Unit: "cores", Queries: one(`sum by (namespace) (rate(container_cpu_usage_seconds_total{namespace=~"$namespace",container!=""}[$__rate_interval]))`, "{{namespace}}")},
			{Title: "Memory in use", Kind: line, Unit: "bytes", Queries: one(`sum by (namespace) (container_memory_working_set_bytes{namespace=~"$namespace",container!=""})`, "{{namespace}}")},
		}},
		{"Names, addresses, volumes", []Panel{
			{Title: "DNS answers", Kind: line, Unit: "reqps", Queries: one(`sum by (rcode) (rate(coredns_dns_responses_total[$__rate_interval]))`, "{{rcode}}")},
			{Title: "DNS, the slowest of a hundred", Kind: line, Unit: "s", Queries: one(`histogram_quantile(0.99, sum by (le) (rate(coredns_dns_request_duration_seconds_bucket[$__rate_interval])))`, "p99")},
			{Title: "Addresses for pods that nodes hold", Kind: line, Unit: "percentunit", Warn: 0.7, Bad: 0.85, Queries: one(`sum(awscni_total_ip_addresses) / sum(ladder:pod_addresses:count)`, "held")},
			{Title: "Volumes that are nearly full", Kind: table, Unit: "percentunit", Queries: one(`topk(10, 1 - min by (namespace, persistentvolumeclaim) (kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes))`, "")},
		}},
	}}
}

func nodes() Dashboard {
	return Dashboard{UID: "ladder-nodes", Title: "Nodes", Variables: []Variable{{"instance", "node_uname_info", "instance"}}, Rows: []Row{
		{"Processors and memory", []Panel{
			{Title: "CPU in use", Kind: line, Unit: "percentunit", Warn: 0.8, Bad: 0.95, Queries: one(`1 - avg by (instance) (rate(node_cpu_seconds_total{instance=~"$instance",mode="idle"}[$__rate_interval]))`, "{{instance}}")},
			{Title: "Load for each CPU", Kind: line, Queries: one(`node_load5{instance=~"$instance"} / on (instance) group_left () count by (instance) (node_cpu_seconds_total{mode="idle"})`, "{{instance}}")},
			{Title: "Memory in use", Kind: line, Unit: "percentunit", Warn: 0.8, Bad: 0.95, Queries: one(`1 - node_memory_MemAvailable_bytes{instance=~"$instance"} / node_memory_MemTotal_bytes`, "{{instance}}")},
			{Title: "Waiting for memory", Kind: line, Unit: "percentunit", Queries: one(`rate(node_pressure_memory_waiting_seconds_total{instance=~"$instance"}[$__rate_interval])`, "{{instance}}"), Help: "Share of time in which something waited for memory (PSI)"},
		}},
		{"Disks and network", []Panel{
			{Title: "Space in use", Kind: line, Unit: "percentunit", Warn: 0.8, Bad: 0.95, Queries: one(`1 - min by (instance, mountpoint) (node_filesystem_avail_bytes{instance=~"$instance",fstype=~"ext4|xfs"} / node_filesystem_size_bytes)`, "{{instance}} {{mountpoint}}")},
			{Title: "Disk time", Kind: line, Unit: "percentunit", Queries: one(`rate(node_disk_io_time_seconds_total{instance=~"$instance",device=~"nvme.+|xvd.+"}[$__rate_interval])`, "{{instance}} {{device}}")},
			{Title: "Network", Kind: line, Unit: "Bps", Queries: []Query{
				{`sum by (instance) (rate(node_network_receive_bytes_total{instance=~"$instance",device=~"eth.+|ens.+"}[$__rate_interval]))`, "{{instance}} in"},
				{`sum by (instance) (rate(node_network_transmit_bytes_total{instance=~"$instance",device=~"eth.+|ens.+"}[$__rate_interval]))`, "{{instance}} out"},
			}},
			{Title: "Connections tracked", Kind: line, Unit: "percentunit", Warn: 0.6, Bad: 0.8, Queries: one(`node_nf_conntrack_entries{instance=~"$instance"} / node_nf_conntrack_entries_limit`, "{{instance}}")},
		}},
		{"Kubelets", []Panel{
			{Title: "Pods", Kind: line, Queries: one(`sum by (node) (kube_pod_info{node!=""})`, "{{node}}")},
			{Title: "Listing containers", Kind: line, Unit: "s", Queries: one(`histogram_quantile(0.99, sum by (instance, le) (rate(kubelet_pleg_relist_duration_seconds_bucket[$__rate_interval])))`, "{{instance}}")},
			{Title: "Starting pods", Kind: line, Unit: "s", Queries: one(`histogram_quantile(0.9, sum by (le) (rate(kubelet_pod_start_sli_duration_seconds_bucket[$__rate_interval])))`, "p90")},
			{Title: "Not ready", Kind: table, Queries: one(`kube_node_status_condition{condition="Ready",status="true"} == 0`, "")},
		}},
	}}
}

// budget shows what is left of a promise.
func budget(key, by, legend string) []Row {
	series := func(what string) string { return "ladder:" + key + "_" + what }
	return []Row{
		{"Promises", []Panel{
			{Title: "Requests that failed, of the last hour", Kind: line, Unit: "percentunit", Queries: one(series("errors:ratio_1h")+`{`+by+`}`, legend)},
			{Title: "Requests that failed, of three days", Kind: line, Unit: "percentunit", Queries: one(series("errors:ratio_3d")+`{`+by+`}`, legend), Help: "Over 0.001 the month's budget of a promise of 99.9 percent does not last"},
			{Title: "Slow requests, of the last hour", Kind: line, Unit: "percentunit", Queries: one(series("slow:ratio_1h")+`{`+by+`}`, legend)},
			{Title: "Slow requests, of three days", Kind: line, Unit: "percentunit", Queries: one(series("slow:ratio_3d")+`{`+by+`}`, legend)},
		}},
	}
}

func mesh() Dashboard {
	rows := budget("mesh", `destination_service_namespace=~"$namespace"`, "{{destination_service_namespace}}/{{destination_service_name}}")
	rows = append(rows, Row{"Requests", []Panel{
		{Title: "By service", Kind: line, Unit: "reqps", Queries: one(`sum by (destination_service_namespace, destination_service_name) (rate(istio_requests_total{reporter=~"destination|waypoint",destination_service_namespace=~"$namespace"}[$__rate_interval]))`, "{{destination_service_namespace}}/{{destination_service_name}}")},
		{Title: "By answer", Kind: line, Unit: "reqps", Queries: one(`sum by (response_code) (rate(istio_requests_total{reporter=~"destination|waypoint",destination_service_namespace=~"$namespace"}[$__rate_interval]))`, "{{response_code}}")},
		{Title: "The slowest of a hundred", Kind: line, Unit: "ms", Queries: one(`histogram_quantile(0.99, sum by (destination_service_name, le) (rate(istio_request_duration_milliseconds_bucket{reporter=~"destination|waypoint",destination_service_namespace=~"$namespace"}[$__rate_interval])))`, "{{destination_service_name}}")},
	}}, Row{"Connections", []Panel{
		{Title: "Bytes", Kind: line, Unit: "Bps", Queries: one(`sum by (destination_workload_namespace) (rate(istio_tcp_sent_bytes_total{destination_workload_namespace=~"$namespace"}[$__rate_interval]))`, "{{destination_workload_namespace}}")},
		{Title: "Opened", Kind: line, Queries: one(`sum by (destination_workload_namespace) (rate(istio_tcp_connections_opened_total{destination_workload_namespace=~"$namespace"}[$__rate_interval]))`, "{{destination_workload_namespace}}")},
		{Title: "Without mutual TLS", Kind: line, Unit: "reqps", Bad: 0.001, Queries: one(`sum by (destination_workload) (rate(istio_requests_total{reporter="destination",connection_security_policy="none"}[$__rate_interval]))`, "{{destination_workload}}")},
	}}, Row{"Control plane", []Panel{
		{Title: "Time until a change is everywhere", Kind: line, Unit: "s", Queries: one(`histogram_quantile(0.99, sum by (le) (rate(pilot_proxy_convergence_time_bucket[$__rate_interval])))`, "p99")},
		{Title: "Pushes", Kind: line, Queries: one(`sum by (type) (rate(pilot_xds_pushes[$__rate_interval]))`, "{{type}}")},
		{Title: "Refused by proxies", Kind: line, Queries: one(`sum by (type) (rate(pilot_total_xds_rejects[$__rate_interval]))`, "{{type}}")},
		{Title: "Certificates: days left", Kind: value, Unit: "d", Queries: []Query{
			{`(min(citadel_server_cert_chain_expiry_timestamp) - time()) / 86400`, "signs"}, {`(min(citadel_server_root_cert_expiry_timestamp) - time()) / 86400`, "root"},
		}},
	}})
	return Dashboard{UID: "ladder-mesh", Title: "Mesh", Variables: []Variable{{"namespace", "istio_requests_total", "destination_service_namespace"}}, Rows: rows}
}

func edge() Dashboard {
	const selector = `reporter="source",source_workload=~"$gateway"`
	rows := budget("edge", `source_workload=~"$gateway"`, "{{source_workload}}")
	rows = append(rows, Row{"Requests", []Panel{
		{Title: "By gateway", Kind: line, Unit: "reqps", Queries: one(`sum by (source_workload) (rate(istio_requests_total{`+selector+`}[$__rate_interval]))`, "{{source_workload}}")},
		{Title: "By answer", Kind: line, Unit: "reqps", Queries: one(`sum by (response_code) (rate(istio_requests_total{`+selector+`}[$__rate_interval]))`, "{{response_code}}")},
		{Title: "By service behind", Kind: line, Unit: "reqps", Queries: one(`sum by (destination_service_name) (rate(istio_requests_total{`+selector+`}[$__rate_interval]))`, "{{destination_service_name}}")},
		{Title: "The slowest of a hundred", Kind: line, Unit: "ms", Queries: one(`histogram_quantile(0.99, sum by (source_workload, le) (rate(istio_request_duration_milliseconds_bucket{`+selector+`}[$__rate_interval])))`, "{{source_workload}}")},
	}}, Row{"Why requests failed", []Panel{
		{Title: "By Envoy's flag", Kind: line, Unit: "reqps", Queries: one(`sum by (response_flags) (rate(istio_requests_total{`+selector+`,response_flags!="-"}[$__rate_interval]))`, "{{response_flags}}"), Help: "UH no healthy pod, UF connection failed, UT too slow, NR no route, DC the caller left"},
		{Title: "Gateway pods", Kind: line, Queries: one(`max by (deployment) (kube_deployment_status_replicas_available{deployment=~"$gateway"})`, "{{deployment}}")},
		{Title: "CPU of gateways", Kind: line, Unit: "cores", Queries: one(`sum by (pod) (rate(container_cpu_usage_seconds_total{pod=~"gateway-.+",container="istio-proxy"}[$__rate_interval]))`, "{{pod}}")},
		{Title: "Certificates: days left", Kind: table, Unit: "d", Queries: one(`(min by (namespace, name) (certmanager_certificate_expiration_timestamp_seconds) - time()) / 86400`, "")},
	}})
	return Dashboard{UID: "ladder-edge", Title: "Edge", Variables: []Variable{{"gateway", `istio_requests_total{source_workload=~"gateway-.+"}`, "source_workload"}}, Rows: rows}
}

func releases() Dashboard {
	return Dashboard{UID: "ladder-releases", Title: "Releases", Rows: []Row{
		{"What runs", []Panel{
			{Title: "Release", Kind: table, Queries: one(`max by (stack, stage, release) (ladder:release:info)`, "")},
			{Title: "Support ends in days", Kind: table, Unit: "d", Queries: one(`(min by (of, version) (ladder:support_end:timestamp_seconds) - time()) / 86400`, "")},
			{Title: "Kubelets by version", Kind: table, Queries: one(`count by (kubelet_version) (kube_node_info)`, ""), Help: "Two while nodes move to a release"},
			{Title: "Control planes of the mesh by version", Kind: table, Queries: one(`count by (version) (pilot_info)`, "")},
		}},
		{"While a release moves", []Panel{
			{Title: "Nodes that take no pods", Kind: line, Queries: one(`sum(kube_node_spec_unschedulable)`, "cordoned")},
			{Title: "Budgets that let no pod go", Kind: table, Queries: one(`max by (namespace, poddisruptionbudget) (kube_poddisruptionbudget_status_pod_disruptions_allowed) == 0 and on (namespace, poddisruptionbudget) kube_poddisruptionbudget_status_expected_pods > 0`, ""), Help: "A drain waits for each of them"},
			{Title: "Rollouts that stand", Kind: table, Queries: one(`max by (namespace, deployment) (kube_deployment_status_condition{condition="Progressing",status="false"}) == 1`, "")},
			{Title: "Removed APIs in use", Kind: table, Queries: one(`max by (group, version, resource, removed_release) (apiserver_requested_deprecated_apis{removed_release!=""})`, "")},
		}},
	}}
}

// price joins the list price of a node's type: kube-state-metrics must show the
// label node.kubernetes.io/instance-type.
const price = `label_replace(max by (node, label_node_kubernetes_io_instance_type) (kube_node_labels), "instance_type", "$1", "label_node_kubernetes_io_instance_type", "(.+)") * on (instance_type) group_left () ladder:node_price:dollars_per_hour`

func cost() Dashboard {
	return Dashboard{UID: "ladder-cost", Title: "Cost of nodes", Variables: []Variable{{"namespace", "kube_namespace_created", "namespace"}}, Rows: []Row{
		{"List prices of nodes on demand; spot and savings plans are less (ladder cost has the rest of the bill)", []Panel{
			{Title: "Nodes, dollars a month", Kind: value, Unit: "currencyUSD", Queries: one(`730 * sum(`+price+`)`, "")},
			{Title: "Nodes without a price", Kind: value, Warn: 1, Queries: one(`count(kube_node_info) - count(`+price+`)`, "")},
			{Title: "CPU that is paid for and not asked for", Kind: value, Unit: "percentunit", Queries: one(`1 - sum(kube_pod_container_resource_requests{resource="cpu"}) / sum(kube_node_status_allocatable{resource="cpu"})`, "")},
			{Title: "CPU that is asked for and not used", Kind: value, Unit: "percentunit", Queries: one(`1 - sum(rate(container_cpu_usage_seconds_total{container!=""}[1h])) / sum(kube_pod_container_resource_requests{resource="cpu"})`, "")},
		}},
		{"Who", []Panel{
			{Title: "By type, dollars an hour", Kind: line, Unit: "currencyUSD", Queries: one(`sum by (instance_type) (`+price+`)`, "{{instance_type}}")},
			{Title: "By namespace, dollars a month for the CPU asked for", Kind: table, Unit: "currencyUSD", Queries: one(`730 * scalar(sum(`+price+`)) * sum by (namespace) (kube_pod_container_resource_requests{resource="cpu",namespace=~"$namespace"}) / scalar(sum(kube_node_status_allocatable{resource="cpu"}))`, "")},
			{Title: "Asked for and not used, by namespace", Kind: table, Unit: "cores", Queries: one(`topk(15, sum by (namespace) (kube_pod_container_resource_requests{resource="cpu",namespace=~"$namespace"}) - sum by (namespace) (rate(container_cpu_usage_seconds_total{container!="",namespace=~"$namespace"}[1h])))`, "")},
			{Title: "Volumes, GiB", Kind: table, Queries: one(`sum by (namespace) (kube_persistentvolumeclaim_resource_requests_storage_bytes{namespace=~"$namespace"}) / 1073741824`, "")},
		}},
	}}
}

func watchers(in Input) Dashboard {
	rows := []Row{
		{"Prometheus", []Panel{
			{Title: "Targets that do not answer", Kind: table, Queries: one(`count by (namespace, job) (up == 0)`, "")},
			{Title: "Series", Kind: line, Queries: one(`max by (pod) (prometheus_tsdb_head_series)`, "{{pod}}")},
			{Title: "Samples a second", Kind: line, Queries: one(`sum by (pod) (rate(prometheus_tsdb_head_samples_appended_total[$__rate_interval]))`, "{{pod}}")},
			{Title: "Slowest groups of rules", Kind: table, Unit: "s", Queries: one(`topk(10, max by (rule_group) (prometheus_rule_group_last_duration_seconds))`, "")},
		}},
		{"Alertmanager", []Panel{
			{Title: "Delivered", Kind: line, Queries: one(`sum by (integration) (rate(alertmanager_notifications_total[$__rate_interval]))`, "{{integration}}")},
			{Title: "Not delivered", Kind: line, Bad: 0.001, Queries: one(`sum by (integration) (rate(alertmanager_notifications_failed_total[$__rate_interval]))`, "{{integration}}")},
			{Title: "Silences", Kind: value, Queries: one(`max(alertmanager_silences{state="active"})`, "")},
		}},
	}
	if in.Thanos {
		rows = append(rows, Row{"Thanos", []Panel{
			{Title: "Hours since the last block", Kind: value, Unit: "h", Warn: 3, Bad: 4, Queries: one(`(time() - max(thanos_objstore_bucket_last_successful_upload_time{job!~".*compact.*"})) / 3600`, "")},
			{Title: "Work in the bucket", Kind: line, Unit: "ops", Queries: one(`sum by (job, operation) (rate(thanos_objstore_bucket_operations_total[$__rate_interval]))`, "{{job}} {{operation}}")},
			{Title: "Failures in the bucket", Kind: line, Unit: "ops", Queries: one(`sum by (job, operation) (rate(thanos_objstore_bucket_operation_failures_total[$__rate_interval]))`, "{{job}} {{operation}}")},
		}})
	}
	if in.FluentBit {
		rows = append(rows, Row{"Logs", []Panel{
			{Title: "Read and sent", Kind: line, Queries: []Query{{`sum(rate(fluentbit_input_records_total[$__rate_interval]))`, "read"}, {`sum by (name) (rate(fluentbit_output_proc_records_total[$__rate_interval]))`, "sent {{name}}"}}},
			{Title: "Lost", Kind: line, Bad: 0.001, Queries: one(`sum by (name) (rate(fluentbit_output_dropped_records_total[$__rate_interval]))`, "{{name}}")},
			{Title: "Tried again", Kind: line, Queries: one(`sum by (name) (rate(fluentbit_output_retries_total[$__rate_interval]))`, "{{name}}")},
		}})
	}
	if in.Collector {
		rows = append(rows, Row{"Traces", []Panel{
			{Title: "Spans in", Kind: line, Queries: one(`sum by (job) (rate(otelcol_receiver_accepted_spans_total[$__rate_interval]))`, "{{job}}")},
			{Title: "Spans out", Kind: line, Queries: one(`sum by (job, exporter) (rate(otelcol_exporter_sent_spans_total[$__rate_interval]))`, "{{job}} {{exporter}}")},
			{Title: "Spans lost", Kind: line, Bad: 0.001, Queries: one(`sum by (job, exporter) (rate(otelcol_exporter_send_failed_spans_total[$__rate_interval]))`, "{{job}} {{exporter}}")},
			{Title: "Queue", Kind: line, Unit: "percentunit", Bad: 0.8, Queries: one(`max by (job, exporter) (otelcol_exporter_queue_size / otelcol_exporter_queue_capacity)`, "{{job}} {{exporter}}")},
		}})
	}
	return Dashboard{UID: "ladder-observability", Title: "What watches", Rows: rows}
}
