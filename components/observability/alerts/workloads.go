package alerts

import "time"

// workloads: the state of what is deployed, ours and the applications'.
func workloads() Group {
	return Group{Name: "ladder-workloads", Page: "workloads", Rules: []Rule{
		alert("DeploymentDown", Critical, 5*time.Minute,
			`max by (namespace, deployment) (kube_deployment_spec_replicas) > 0 and on (namespace, deployment) max by (namespace, deployment) (kube_deployment_status_replicas_available) == 0`,
			"{{ $labels.namespace }}/{{ $labels.deployment }} should run {{ $value }} pods and none is available"),
		alert("DeploymentShort", Warning, 15*time.Minute,
			`max by (namespace, deployment) (kube_deployment_spec_replicas) > on (namespace, deployment) max by (namespace, deployment) (kube_deployment_status_replicas_available)
			 and on (namespace, deployment) changes(kube_deployment_status_replicas_updated[10m]) == 0`,
			"{{ $labels.namespace }}/{{ $labels.deployment }} has had fewer pods than it should for a quarter of an hour"),
		alert("RolloutStuck", Warning, 5*time.Minute,
			`max by (namespace, deployment) (kube_deployment_status_condition{condition="Progressing",status="false"}) == 1`,
			"The rollout of {{ $labels.namespace }}/{{ $labels.deployment }} makes no progress"),
		alert("RolloutUnseen", Warning, 15*time.Minute,
			`max by (namespace, deployment) (kube_deployment_metadata_generation) > on (namespace, deployment) max by (namespace, deployment) (kube_deployment_status_observed_generation)`,
			"{{ $labels.namespace }}/{{ $labels.deployment }} was changed and no controller has looked at it"),
		alert("StatefulSetShort", Warning, 15*time.Minute,
			`max by (namespace, statefulset) (kube_statefulset_replicas) > on (namespace, statefulset) max by (namespace, statefulset) (kube_statefulset_status_replicas_ready)
			 and on (namespace, statefulset) changes(kube_statefulset_status_replicas_updated[10m]) == 0`,
			"{{ $labels.namespace }}/{{ $labels.statefulset }} has fewer ready pods than it should"),
		alert("DaemonSetShort", Warning, 15*time.Minute,
			`max by (namespace, daemonset) (kube_daemonset_status_desired_number_scheduled{namespace!="kube-system"}) > on (namespace, daemonset) max by (namespace, daemonset) (kube_daemonset_status_number_available)
			 and on (namespace, daemonset) changes(kube_daemonset_status_updated_number_scheduled[10m]) == 0`,
			"{{ $labels.namespace }}/{{ $labels.daemonset }} is not available on every node that it belongs to"),
		alert("DaemonSetMisplaced", Info, 30*time.Minute,
			`max by (namespace, daemonset) (kube_daemonset_status_number_misscheduled) > 0`,
			"{{ $labels.namespace }}/{{ $labels.daemonset }} runs on {{ $value }} nodes where it should not"),
		alert("ContainerCrashLoops", Warning, 10*time.Minute,
			`max by (namespace, pod, container) (max_over_time(kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff"}[5m])) == 1`,
			"Container {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} keeps ending right after its start"),
		alert("ImagePullFails", Warning, 10*time.Minute,
			`max by (namespace, pod, container) (kube_pod_container_status_waiting_reason{reason=~"ImagePullBackOff|ErrImagePull|InvalidImageName"}) == 1`,
			"The image of container {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} cannot be pulled"),
		alert("ContainerConfigFails", Warning, 10*time.Minute,
			`max by (namespace, pod, container) (kube_pod_container_status_waiting_reason{reason=~"CreateContainerConfigError|CreateContainerError"}) == 1`,
			"Container {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} waits for a Secret, a ConfigMap or a volume"),
		alert("PodNotReady", Warning, 15*time.Minute,
			`max by (namespace, pod) (kube_pod_status_phase{phase=~"Pending|Unknown"}) == 1`,
			"{{ $labels.namespace }}/{{ $labels.pod }} has not begun to run for a quarter of an hour"),
		alert("ContainerOutOfMemory", Warning, 0,
			`max by (namespace, pod, container) (kube_pod_container_status_last_terminated_reason{reason="OOMKilled"}) == 1
			 and on (namespace, pod, container) increase(kube_pod_container_status_restarts_total[15m]) > 0`,
			"Container {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} was killed at its memory limit"),
		alert("ContainerMemoryNearLimit", Warning, 15*time.Minute,
			`max by (namespace, pod, container) (container_memory_working_set_bytes{container!="",container!="POD"})
			 / on (namespace, pod, container) max by (namespace, pod, container) (kube_pod_container_resource_limits{resource="memory"}) > 0.95`,
			"Container {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} uses 95 percent of its memory limit"),
		alert("ContainerThrottled", Info, 30*time.Minute,
			`sum by (namespace, pod, container) (increase(container_cpu_cfs_throttled_periods_total{container!=""}[5m]))
			 / sum by (namespace, pod, container) (increase(container_cpu_cfs_periods_total{container!=""}[5m])) > 0.5`,
			"Container {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} waits for its processor limit half of the time"),
		alert("AutoscalerAtLimit", Warning, 30*time.Minute,
			`max by (namespace, horizontalpodautoscaler) (kube_horizontalpodautoscaler_status_current_replicas) >= on (namespace, horizontalpodautoscaler) max by (namespace, horizontalpodautoscaler) (kube_horizontalpodautoscaler_spec_max_replicas)
			 and on (namespace, horizontalpodautoscaler) kube_horizontalpodautoscaler_spec_max_replicas > on (namespace, horizontalpodautoscaler) kube_horizontalpodautoscaler_spec_min_replicas
			 and on (namespace, horizontalpodautoscaler) kube_horizontalpodautoscaler_status_condition{condition="ScalingLimited",status="true"} == 1`,
			"{{ $labels.namespace }}/{{ $labels.horizontalpodautoscaler }} wants more pods than its maximum"),
		alert("AutoscalerBlind", Warning, 15*time.Minute,
			`max by (namespace, horizontalpodautoscaler) (kube_horizontalpodautoscaler_status_condition{condition="ScalingActive",status="false"}) == 1
			 and on (namespace, horizontalpodautoscaler) kube_horizontalpodautoscaler_status_desired_replicas > 0`,
			"{{ $labels.namespace }}/{{ $labels.horizontalpodautoscaler }} gets no metrics and does not scale"),
		alert("JobFailed", Warning, 0,
			`max by (namespace, job_name) (kube_job_failed{condition="true"}) == 1`,
			"Job {{ $labels.namespace }}/{{ $labels.job_name }} failed"),
		alert("JobHangs", Warning, 0,
			`time() - max by (namespace, job_name) (kube_job_status_start_time) > 12 * 3600 and on (namespace, job_name) max by (namespace, job_name) (kube_job_status_active) > 0`,
			"Job {{ $labels.namespace }}/{{ $labels.job_name }} has run for more than twelve hours"),
		alert("CronJobLate", Warning, 15*time.Minute,
			`time() - max by (namespace, cronjob) (kube_cronjob_next_schedule_time) > 3600 unless on (namespace, cronjob) max by (namespace, cronjob) (kube_cronjob_spec_suspend) == 1`,
			"{{ $labels.namespace }}/{{ $labels.cronjob }} should have run more than an hour ago"),
	}}
}
