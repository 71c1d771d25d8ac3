package alerts

import (
	"fmt"
	"time"
)

// addons: what EKS and this program install to make a cluster of machines.
// Where nobody knows how many addresses pods have, nothing is said about them.
func addons(addresses bool) Group {
	g := Group{Name: "ladder-addons", Page: "addons", Rules: []Rule{
		alert("AddonDegraded", Warning, 15*time.Minute,
			`label_replace(max by (namespace, daemonset) (kube_daemonset_status_number_unavailable{namespace="kube-system"}) > 0, "addon", "$1", "daemonset", "(.+)")
			 or label_replace(max by (namespace, deployment) (kube_deployment_status_replicas_unavailable{namespace="kube-system"}) > 0, "addon", "$1", "deployment", "(.+)")`,
			"{{ $value }} pods of {{ $labels.addon }} are not available"),
		alert("AddonGone", Critical, 5*time.Minute,
			`(kube_deployment_status_replicas_available{namespace="kube-system",deployment=~"coredns|ebs-csi-controller|aws-load-balancer-controller"} == 0)
			 or (kube_daemonset_status_number_available{namespace="kube-system",daemonset=~"aws-node|kube-proxy|eks-pod-identity-agent"} == 0)`,
			"No pod of {{ $labels.deployment }}{{ $labels.daemonset }} is available"),
		alert("DNSFails", Critical, 10*time.Minute,
			`sum(rate(coredns_dns_responses_total{rcode="SERVFAIL"}[5m])) / sum(rate(coredns_dns_responses_total[5m])) > 0.03`,
			"CoreDNS answers more than 3 percent of all questions with SERVFAIL"),
		alert("DNSSlow", Warning, 10*time.Minute,
			`histogram_quantile(0.99, sum by (le) (rate(coredns_dns_request_duration_seconds_bucket[5m]))) > 1`,
			"One in a hundred questions takes CoreDNS longer than a second"),
		alert("PodAddressesGone", Critical, 5*time.Minute,
			`sum by (error) (rate(awscni_aws_api_error_count{error=~".*InsufficientFreeAddresses.*|.*InsufficientCidrBlocks.*"}[10m])) > 0`,
			"EC2 refuses addresses for pods: a subnet has none left"),
		alert("VolumeFills", Warning, time.Hour,
			`min by (namespace, persistentvolumeclaim) (kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes) < 0.3
			 and on (namespace, persistentvolumeclaim) predict_linear(kubelet_volume_stats_available_bytes[6h], 4 * 86400) < 0`,
			"Volume {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} will be full within four days"),
		alert("VolumeFull", Critical, 5*time.Minute,
			`min by (namespace, persistentvolumeclaim) (kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes) < 0.05`,
			"Volume {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} has less than 5 percent left"),
		alert("VolumeInodesFull", Critical, 5*time.Minute,
			`min by (namespace, persistentvolumeclaim) (kubelet_volume_stats_inodes_free / kubelet_volume_stats_inodes) < 0.05`,
			"Volume {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} has less than 5 percent of its inodes left"),
		alert("VolumeNotBound", Warning, 15*time.Minute,
			`max by (namespace, persistentvolumeclaim) (kube_persistentvolumeclaim_status_phase{phase=~"Pending|Lost"}) == 1`,
			"Claim {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} has no volume"),
		alert("DisruptionBudgetBlocks", Warning, time.Hour,
			`max by (namespace, poddisruptionbudget) (kube_poddisruptionbudget_status_pod_disruptions_allowed) == 0
			 and on (namespace, poddisruptionbudget) kube_poddisruptionbudget_status_expected_pods > 0`,
			"{{ $labels.namespace }}/{{ $labels.poddisruptionbudget }} lets no pod go: a drain of its node would wait for ever"),
		alert("DisruptionBudgetBroken", Warning, 15*time.Minute,
			`kube_poddisruptionbudget_status_current_healthy < kube_poddisruptionbudget_status_desired_healthy`,
			"{{ $labels.namespace }}/{{ $labels.poddisruptionbudget }} has {{ $value }} healthy pods, fewer than it demands"),
		alert("SecretNotSynced", Warning, 15*time.Minute,
			`max by (namespace, name) (externalsecret_status_condition{condition="Ready",status="False"}) == 1`,
			"External Secrets cannot read what {{ $labels.namespace }}/{{ $labels.name }} names"),
		alert("QuotaFull", Warning, 15*time.Minute,
			`max by (namespace, resourcequota, resource) (kube_resourcequota{type="used"}) / on (namespace, resourcequota, resource) (max by (namespace, resourcequota, resource) (kube_resourcequota{type="hard"}) > 0) > 0.95`,
			"Namespace {{ $labels.namespace }} has used 95 percent of its quota of {{ $labels.resource }}"),
	}}
	if addresses {
		g.Rules = append(g.Rules, alert("PodAddressesRunOut", Warning, 15*time.Minute,
			`sum(awscni_total_ip_addresses) / sum(ladder:pod_addresses:count) > 0.85`,
			"Nodes hold more than 85 percent of the addresses in the subnets of pods"))
	}
	return g
}

// certificates inside the cluster. Those of load balancers are AWS's (aws.go).
func certificates() Group {
	const left = ` - time()`
	days := func(n int) string { return fmt.Sprintf(" < %d * 86400", n) }
	return Group{Name: "ladder-certificates", Page: "certificates", Rules: []Rule{
		alert("MeshCAExpires", Warning, time.Hour,
			`min(citadel_server_cert_chain_expiry_timestamp)`+left+days(30),
			"The certificate that signs the mesh's workloads ends in {{ $value | humanizeDuration }}"),
		alert("MeshCANearlyExpired", Critical, 15*time.Minute,
			`min(citadel_server_cert_chain_expiry_timestamp)`+left+days(7),
			"The certificate that signs the mesh's workloads ends in {{ $value | humanizeDuration }}, and with it every connection"),
		alert("MeshRootExpires", Warning, time.Hour,
			`min(citadel_server_root_cert_expiry_timestamp)`+left+days(180),
			"The root that the mesh trusts ends in {{ $value | humanizeDuration }}; a rotation takes three ups"),
		alert("MeshSigningFails", Critical, 10*time.Minute,
			`sum(rate(citadel_server_csr_sign_err_count[5m])) > 0`,
			"istiod cannot sign certificates of workloads: pods that start now have no identity"),
		alert("CertificateExpires", Warning, time.Hour,
			`min by (namespace, name) (certmanager_certificate_expiration_timestamp_seconds)`+left+days(20),
			"Certificate {{ $labels.namespace }}/{{ $labels.name }} ends in {{ $value | humanizeDuration }} and was not renewed"),
		alert("CertificateNearlyExpired", Critical, 15*time.Minute,
			`min by (namespace, name) (certmanager_certificate_expiration_timestamp_seconds)`+left+days(3),
			"Certificate {{ $labels.namespace }}/{{ $labels.name }} ends in {{ $value | humanizeDuration }}"),
		alert("CertificateNotReady", Warning, 30*time.Minute,
			`max by (namespace, name) (certmanager_certificate_ready_status{condition="True"}) == 0`,
			"cert-manager cannot issue {{ $labels.namespace }}/{{ $labels.name }}"),
	}}
}

// support: dates that this program knows.
func support() Group {
	return Group{Name: "ladder-support", Page: "support", Rules: []Rule{
		alert("SupportEndsSoon", Warning, time.Hour,
			`min by (of, version) (ladder:support_end:timestamp_seconds) - time() < 90 * 86400`,
			"Support of {{ $labels.of }} {{ $labels.version }} ends in {{ $value | humanizeDuration }}"),
		alert("SupportEnded", Critical, time.Hour,
			`min by (of, version) (ladder:support_end:timestamp_seconds) - time() < 7 * 86400`,
			"Support of {{ $labels.of }} {{ $labels.version }} ends within a week or has ended"),
	}}
}

// backups of volumes, where the configuration asks for them.
func backups(b Backups) Group {
	return Group{Name: "ladder-backups", Page: "backups", Rules: []Rule{
		alert("BackupTooOld", Critical, time.Hour, fmt.Sprintf(
			`max by (namespace, persistentvolumeclaim) (kube_persistentvolumeclaim_info{namespace=~"%s"})
			 unless on (namespace, persistentvolumeclaim)
			 (time() - max by (namespace, persistentvolumeclaim) (ladder_volumesnapshot_created_timestamp_seconds) < %d * 3600)`, alternatives(b.Namespaces), b.MaxAgeHours),
			fmt.Sprintf("Volume {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} has no snapshot younger than %d hours", b.MaxAgeHours)),
		alert("BackupFails", Warning, 30*time.Minute,
			`max by (namespace, volumesnapshot) (ladder_volumesnapshot_error_timestamp_seconds) > 0`,
			"Snapshot {{ $labels.namespace }}/{{ $labels.volumesnapshot }} failed"),
	}}
}
