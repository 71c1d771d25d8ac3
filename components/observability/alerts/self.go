package alerts

import (
	"fmt"
	"time"

	"github.com/ladder-platform/ladder/components/internal/address"
)

// watchers: what watches is watched too, and the watchdog by somebody outside.
func watchers(w Watchers) Group {
	g := Group{Name: "ladder-observability", Page: "observability", Rules: []Rule{
		alert("Watchdog", Info, 0, `vector(1)`, "Always rings: when it stops, alerts no longer arrive"),
		alert("TargetDown", Warning, 15*time.Minute,
			`100 * count by (namespace, job) (up == 0) / count by (namespace, job) (up) > 10`,
			"{{ $value | humanize }} percent of the targets of {{ $labels.namespace }}/{{ $labels.job }} do not answer"),
		alert("PrometheusConfigRefused", Critical, 10*time.Minute,
			`max by (pod) (prometheus_config_last_reload_successful) == 0`,
			"{{ $labels.pod }} refuses its configuration and runs the one before"),
		alert("PrometheusRuleFails", Critical, 10*time.Minute,
			`sum by (pod, rule_group) (increase(prometheus_rule_evaluation_failures_total[5m])) > 0`,
			"{{ $labels.pod }} cannot evaluate {{ $labels.rule_group }}: its alerts are blind"),
		alert("PrometheusRulesSlow", Warning, 15*time.Minute,
			`sum by (pod, rule_group) (increase(prometheus_rule_group_iterations_missed_total[5m])) > 0`,
			"{{ $labels.pod }} does not evaluate {{ $labels.rule_group }} in time"),
		alert("PrometheusIngestsNothing", Critical, 10*time.Minute,
			`sum by (pod) (rate(prometheus_tsdb_head_samples_appended_total[5m])) <= 0`,
			"{{ $labels.pod }} has stored no sample for ten minutes"),
		alert("PrometheusFills", Warning, time.Hour,
			`max by (pod) (prometheus_tsdb_head_series) > 2000000`,
			"{{ $labels.pod }} holds {{ $value | humanize }} series: somebody puts values without end into labels"),
		alert("PrometheusWithoutAlertmanager", Critical, 10*time.Minute,
			`max by (pod) (prometheus_notifications_alertmanagers_discovered) < 1`,
			"{{ $labels.pod }} finds no Alertmanager: its alerts reach nobody"),
		alert("PrometheusAlertsDropped", Warning, 10*time.Minute,
			`sum by (pod) (rate(prometheus_notifications_dropped_total[5m])) > 0`,
			"{{ $labels.pod }} drops alerts on the way to Alertmanager"),
		alert("AlertmanagerConfigRefused", Critical, 10*time.Minute,
			`max by (pod) (alertmanager_config_last_reload_successful) == 0`,
			"{{ $labels.pod }} refuses its configuration and runs the one before"),
		alert("AlertmanagerSendsNothing", Critical, 10*time.Minute,
			`sum by (integration) (rate(alertmanager_notifications_failed_total[10m])) / sum by (integration) (rate(alertmanager_notifications_total[10m])) > 0.05`,
			"Alertmanager cannot deliver through {{ $labels.integration }}"),
	}}
	if w.Prometheus > 1 {
		g.Rules = append(g.Rules, alert("PrometheusAlone", Warning, 15*time.Minute,
			fmt.Sprintf(`max(kube_statefulset_status_replicas_ready{namespace="%s",statefulset=~"prometheus-.+"}) < 2`, address.ObservabilityNamespace),
			"One Prometheus is left: when its node goes nothing is watched"))
	}
	if w.Alertmanagers > 1 {
		g.Rules = append(g.Rules, alert("AlertmanagerAlone", Warning, 15*time.Minute,
			`max(alertmanager_cluster_members) < 2`,
			"The Alertmanagers do not find each other: alerts may come twice, or with one pod not at all"))
	}
	g.Rules = append(g.Rules, w.store()...)
	g.Rules = append(g.Rules, w.logs()...)
	g.Rules = append(g.Rules, w.traces()...)
	return g
}

func (w Watchers) store() []Rule {
	switch {
	case w.Thanos:
		return []Rule{
			alert("ThanosUploadOld", Critical, 15*time.Minute,
				`time() - max(thanos_objstore_bucket_last_successful_upload_time{job!~".*compact.*"} > 0) > 4 * 3600`,
				"No Prometheus has sent a block to S3 for four hours; a block is made every two"),
			alert("ThanosUploadFails", Warning, 15*time.Minute,
				`sum by (pod) (increase(thanos_shipper_upload_failures_total[1h])) > 0`,
				"The sidecar of {{ $labels.pod }} cannot send blocks to S3"),
			alert("ThanosCompactorHalted", Warning, 5*time.Minute,
				`max(thanos_compact_halted) == 1`,
				"The compactor has halted: blocks grow, and nothing is deleted by its age"),
			alert("ThanosStoreFails", Warning, 15*time.Minute,
				`sum by (job, operation) (rate(thanos_objstore_bucket_operation_failures_total[5m])) / sum by (job, operation) (rate(thanos_objstore_bucket_operations_total[5m])) > 0.05`,
				"{{ $labels.job }} cannot {{ $labels.operation }} in its bucket"),
			alert("ThanosQueryFails", Warning, 15*time.Minute,
				`sum by (job) (rate(http_requests_total{job=~".*thanos.*query.*",code=~"5.."}[5m])) / sum by (job) (rate(http_requests_total{job=~".*thanos.*query.*"}[5m])) > 0.05`,
				"{{ $labels.job }} answers more than 5 percent of all queries with an error"),
		}
	case w.RemoteWrite:
		return []Rule{
			alert("RemoteWriteBehind", Warning, 15*time.Minute,
				`max by (pod) (prometheus_remote_storage_highest_timestamp_in_seconds) - on (pod) min by (pod) (prometheus_remote_storage_queue_highest_sent_timestamp_seconds) > 120`,
				"{{ $labels.pod }} is {{ $value | humanizeDuration }} behind with what it sends to the store"),
			alert("RemoteWriteFails", Critical, 15*time.Minute,
				`sum by (pod) (rate(prometheus_remote_storage_samples_failed_total[5m]) + rate(prometheus_remote_storage_samples_dropped_total[5m])) > 0`,
				"{{ $labels.pod }} loses samples on the way to the store"),
		}
	}
	return nil
}

func (w Watchers) logs() []Rule {
	var out []Rule
	if w.FluentBit {
		out = append(out,
			alert("LogCollectorLosesLogs", Critical, 10*time.Minute,
				`sum by (pod, name) (rate(fluentbit_output_dropped_records_total[5m]) + rate(fluentbit_output_retries_failed_total[5m])) > 0`,
				"{{ $labels.pod }} gives up on records for {{ $labels.name }}: they are lost"),
			alert("LogCollectorRetries", Warning, 15*time.Minute,
				`sum by (pod, name) (rate(fluentbit_output_retries_total[5m])) / sum by (pod, name) (rate(fluentbit_output_proc_records_total[5m]) + rate(fluentbit_output_retries_total[5m])) > 0.5`,
				"{{ $labels.pod }} does not get rid of records for {{ $labels.name }}: its buffer fills"),
		)
	}
	if w.Loki {
		out = append(out,
			alert("LokiFails", Critical, 15*time.Minute,
				`sum by (job, route) (rate(loki_request_duration_seconds_count{status_code=~"5.."}[5m])) / sum by (job, route) (rate(loki_request_duration_seconds_count[5m])) > 0.05`,
				"Loki answers more than 5 percent of {{ $labels.route }} with an error"),
			alert("LokiDiscardsLogs", Warning, 15*time.Minute,
				`sum by (tenant, reason) (rate(loki_discarded_samples_total[5m])) > 0`,
				"Loki refuses lines: {{ $labels.reason }}"),
		)
	}
	return out
}

func (w Watchers) traces() []Rule {
	if !w.Collector {
		return nil
	}
	return []Rule{
		alert("TraceCollectorRefuses", Warning, 10*time.Minute,
			`sum by (job, receiver) (rate(otelcol_receiver_refused_spans_total[5m])) > 0`,
			"{{ $labels.job }} turns spans away: its memory is used up"),
		alert("TraceCollectorLosesSpans", Warning, 10*time.Minute,
			`sum by (job, exporter) (rate(otelcol_exporter_send_failed_spans_total[5m]) + rate(otelcol_exporter_enqueue_failed_spans_total[5m])) > 0`,
			"{{ $labels.job }} cannot deliver spans through {{ $labels.exporter }}"),
		alert("TraceCollectorQueueFull", Warning, 10*time.Minute,
			`max by (job, exporter) (otelcol_exporter_queue_size / otelcol_exporter_queue_capacity) > 0.8`,
			"The queue of {{ $labels.exporter }} in {{ $labels.job }} is nearly full"),
	}
}
