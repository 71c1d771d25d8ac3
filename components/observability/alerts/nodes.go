package alerts

import "time"

// nodes: what kubelets and node_exporter say of machines.
func nodes() Group {
	return Group{Name: "ladder-nodes", Page: "nodes", Rules: []Rule{
		alert("NodeNotReady", Critical, 10*time.Minute,
			`max by (node) (kube_node_status_condition{condition="Ready",status="true"}) == 0`,
			"Node {{ $labels.node }} has not been ready for ten minutes"),
		alert("NodeUnderPressure", Warning, 10*time.Minute,
			`max by (node, condition) (kube_node_status_condition{condition=~"MemoryPressure|DiskPressure|PIDPressure",status="true"}) == 1`,
			"Node {{ $labels.node }} reports {{ $labels.condition }} and evicts pods"),
		alert("NodeFilesystemFills", Warning, time.Hour,
			`min by (instance, mountpoint) (node_filesystem_avail_bytes{fstype=~"ext4|xfs",mountpoint=~"/|/local|/mnt/.+"} / node_filesystem_size_bytes) < 0.3
			 and on (instance, mountpoint) predict_linear(node_filesystem_avail_bytes{fstype=~"ext4|xfs"}[6h], 24 * 3600) < 0`,
			"{{ $labels.mountpoint }} of {{ $labels.instance }} will be full within a day"),
		alert("NodeFilesystemFull", Critical, 10*time.Minute,
			`min by (instance, mountpoint) (node_filesystem_avail_bytes{fstype=~"ext4|xfs",mountpoint=~"/|/local|/mnt/.+"} / node_filesystem_size_bytes) < 0.05`,
			"{{ $labels.mountpoint }} of {{ $labels.instance }} has less than 5 percent left"),
		alert("NodeInodesFull", Critical, 10*time.Minute,
			`min by (instance, mountpoint) (node_filesystem_files_free{fstype="ext4"} / node_filesystem_files) < 0.05`,
			"{{ $labels.mountpoint }} of {{ $labels.instance }} has less than 5 percent of its inodes left"),
		alert("NodeMemoryFull", Warning, 15*time.Minute,
			`node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes < 0.05`,
			"{{ $labels.instance }} has less than 5 percent of its memory left"),
		alert("NodeCPUSaturated", Warning, 30*time.Minute,
			`1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])) > 0.95`,
			"{{ $labels.instance }} has used more than 95 percent of its processors for half an hour"),
		alert("NodeConntrackFull", Warning, 5*time.Minute,
			`node_nf_conntrack_entries / node_nf_conntrack_entries_limit > 0.8`,
			"{{ $labels.instance }} tracks more than 80 percent of the connections that it can: new ones will be dropped"),
		alert("NodeClockWrong", Warning, 10*time.Minute,
			`abs(node_timex_offset_seconds) > 0.05 or min_over_time(node_timex_sync_status[5m]) == 0`,
			"The clock of {{ $labels.instance }} is off: signatures and certificates begin to fail"),
		alert("NodeNetworkErrors", Warning, 30*time.Minute,
			`sum by (instance) (rate(node_network_receive_errs_total{device=~"eth.+|ens.+"}[5m]) + rate(node_network_transmit_errs_total[5m]))
			 / sum by (instance) (rate(node_network_receive_packets_total{device=~"eth.+|ens.+"}[5m]) + rate(node_network_transmit_packets_total[5m])) > 0.01`,
			"{{ $labels.instance }} loses more than one packet in a hundred"),
		alert("NodePodsFull", Warning, 15*time.Minute,
			`count by (node) (kube_pod_info{node!=""} * on (namespace, pod) group_left () (max by (namespace, pod) (kube_pod_status_phase{phase="Running"}) == 1))
			 / max by (node) (kube_node_status_allocatable{resource="pods"}) > 0.95`,
			"Node {{ $labels.node }} holds nearly as many pods as it may"),
		alert("KubeletSlow", Warning, 15*time.Minute,
			`histogram_quantile(0.99, sum by (instance, le) (rate(kubelet_pleg_relist_duration_seconds_bucket[5m]))) > 5`,
			"The kubelet of {{ $labels.instance }} takes more than five seconds to list its containers"),
		alert("ClusterCannotLoseANode", Warning, 30*time.Minute,
			`sum(kube_pod_container_resource_requests{resource="cpu"} * on (namespace, pod) group_left () (max by (namespace, pod) (kube_pod_status_phase{phase=~"Pending|Running"}) == 1))
			 > sum(kube_node_status_allocatable{resource="cpu"}) - max(kube_node_status_allocatable{resource="cpu"})`,
			"Pods ask for more processors than are left when one node goes"),
		alert("PodsFindNoNode", Warning, 15*time.Minute,
			`sum by (namespace) (kube_pod_status_unschedulable) > 0`,
			"{{ $value }} pods of {{ $labels.namespace }} find no node"),
	}}
}
