package alerts

import (
	"fmt"
	"strings"
	"time"
)

type (
	dict = map[string]any
	list = []any
)

// Receiver is one way of telling somebody. Secrets are files in Alertmanager's
// pods: nothing secret is in its configuration.
type Receiver struct {
	Name string
	// Channel of Slack and the file with the webhook's URL.
	Channel, SlackFile string
	// PagerDutyFile has the routing key.
	PagerDutyFile string
	// TopicARN of SNS and its region.
	TopicARN, Region string
}

// Route hands alerts of some severities and stages to receivers; no stages are all.
type Route struct {
	Severities, Stages, To []string
	RepeatHours            int
}

// Routing is what Alertmanager needs to know.
type Routing struct {
	Receivers []Receiver
	Routes    []Route
	// HeartbeatFile has the URL that hears the Watchdog; empty without one.
	HeartbeatFile string
}

// Nobody is the receiver of what no route takes, Heartbeat that of the
// Watchdog. No other receiver may have these names.
const (
	Nobody    = "nobody"
	Heartbeat = "heartbeat"
	watchdog  = "Watchdog"
)

// Times of Alertmanager's own defaults, but for the heartbeat: a service outside
// has to miss it within minutes.
const (
	groupWait     = 30 * time.Second
	groupInterval = 5 * time.Minute
	beat          = time.Minute
)

// Alertmanager is its configuration. Every route that fits is taken, each
// receiver once: a route of ours is one of Alertmanager's for each receiver.
func (r Routing) Alertmanager() map[string]any {
	receivers := list{dict{"name": Nobody}}
	for _, one := range r.Receivers {
		receivers = append(receivers, one.config())
	}
	to := Nobody
	if r.HeartbeatFile != "" {
		to = Heartbeat
		receivers = append(receivers, dict{"name": Heartbeat, "webhook_configs": list{dict{"url_file": r.HeartbeatFile, "send_resolved": false}}})
	}
	routes := list{dict{
		"receiver": to, "matchers": list{matcher("alertname", watchdog)},
		"group_wait": "0s", "group_interval": duration(beat), "repeat_interval": duration(beat),
	}}
	told := map[string]bool{}
	for _, route := range r.Routes {
		for _, name := range route.To {
			key := fmt.Sprint(name, route.Severities, route.Stages)
			if told[key] {
				continue
			}
			told[key] = true
			matchers := list{matcher("severity", route.Severities...)}
			if len(route.Stages) > 0 {
				matchers = append(matchers, matcher("stage", route.Stages...))
			}
			routes = append(routes, dict{
				"receiver": name, "matchers": matchers, "continue": true,
				"repeat_interval": fmt.Sprintf("%dh", route.RepeatHours),
			})
		}
	}
	return dict{
		"global": dict{"resolve_timeout": "5m"},
		"route": dict{
			"receiver": Nobody, "group_by": list{"alertname", "cluster", "namespace"},
			"group_wait": duration(groupWait), "group_interval": duration(groupInterval), "repeat_interval": "4h",
			"routes": routes,
		},
		"receivers": receivers, "inhibit_rules": inhibitions(),
	}
}

// matcher demands one of some values of a label.
func matcher(label string, values ...string) string {
	if len(values) == 1 {
		return fmt.Sprintf("%s=%q", label, values[0])
	}
	return fmt.Sprintf("%s=~%q", label, alternatives(values))
}

// Texts of messages: what, where, and what to do. Go templates of Alertmanager.
const (
	title   = `[{{ .Status | toUpper }}] {{ .CommonLabels.alertname }} ({{ .CommonLabels.severity }}, {{ .CommonLabels.cluster }})`
	message = `{{ range .Alerts }}{{ .Annotations.summary }}
{{ .Annotations.runbook_url }}
{{ end }}`
)

func (r Receiver) config() dict {
	out := dict{"name": r.Name}
	switch {
	case r.SlackFile != "":
		out["slack_configs"] = list{dict{
			"api_url_file": r.SlackFile, "channel": r.Channel, "send_resolved": true, "title": title, "text": message,
			"color": `{{ if ne .Status "firing" }}good{{ else if eq .CommonLabels.severity "critical" }}danger{{ else }}warning{{ end }}`,
		}}
	case r.PagerDutyFile != "":
		out["pagerduty_configs"] = list{dict{
			"routing_key_file": r.PagerDutyFile, "send_resolved": true, "description": title,
			"severity": `{{ if .CommonLabels.severity }}{{ .CommonLabels.severity }}{{ else }}warning{{ end }}`,
			"details":  dict{"firing": message},
		}}
	case r.TopicARN != "":
		out["sns_configs"] = list{dict{
			"topic_arn": r.TopicARN, "sigv4": dict{"region": r.Region}, "send_resolved": true,
			// SNS takes subjects of up to 100 characters.
			"subject": `[{{ .Status | toUpper }}] {{ .CommonLabels.alertname }}`, "message": message,
			"attributes": dict{"severity": `{{ or .CommonLabels.severity "none" }}`},
		}}
	}
	return out
}

// mutes: while the first alert rings, the others say nothing new about the same
// labels.
var mutes = []struct {
	alert  string
	others []string
	equal  []string
}{
	{"NodeNotReady", []string{"AddonDegraded", "DaemonSetShort", "DaemonSetMisplaced", "TargetDown"}, []string{"cluster"}},
	{"NodeFilesystemFull", []string{"NodeFilesystemFills"}, []string{"cluster", "instance", "mountpoint"}},
	{"EtcdNearlyFull", []string{"EtcdFills"}, []string{"cluster"}},
	{"APIServerGone", []string{"APIServerFails", "APIServerSlow"}, []string{"cluster"}},
	{"AddonGone", []string{"AddonDegraded"}, []string{"cluster", "namespace"}},
	{"PodAddressesGone", []string{"PodAddressesRunOut"}, []string{"cluster"}},
	{"VolumeFull", []string{"VolumeFills"}, []string{"cluster", "namespace", "persistentvolumeclaim"}},
	{"DeploymentDown", []string{"DeploymentShort", "RolloutStuck"}, []string{"cluster", "namespace", "deployment"}},
	{"CertificateNearlyExpired", []string{"CertificateExpires"}, []string{"cluster", "namespace", "name"}},
	{"MeshCANearlyExpired", []string{"MeshCAExpires"}, []string{"cluster"}},
	{"SupportEnded", []string{"SupportEndsSoon"}, []string{"cluster", "of"}},
	{"MeshErrorBudgetBurnsFast", []string{"MeshErrorBudgetBurnsSlowly"}, []string{"cluster", "destination_service_namespace", "destination_service_name"}},
	{"MeshLatencyBudgetBurnsFast", []string{"MeshLatencyBudgetBurnsSlowly"}, []string{"cluster", "destination_service_namespace", "destination_service_name"}},
	{"EdgeErrorBudgetBurnsFast", []string{"EdgeErrorBudgetBurnsSlowly"}, []string{"cluster", "source_workload"}},
	{"EdgeLatencyBudgetBurnsFast", []string{"EdgeLatencyBudgetBurnsSlowly"}, []string{"cluster", "source_workload"}},
	{"EdgeGatewayDown", []string{"EdgeTrafficStopped"}, []string{"cluster"}},
}

func inhibitions() list {
	var out list
	for _, m := range mutes {
		equal := list{}
		for _, label := range m.equal {
			equal = append(equal, label)
		}
		out = append(out, dict{
			"source_matchers": list{matcher("alertname", m.alert)}, "target_matchers": list{fmt.Sprintf("alertname=~%q", strings.Join(m.others, "|"))}, "equal": equal,
		})
	}
	return out
}

// Muting are the names of all alerts that mute or are muted.
func Muting() []string {
	var out []string
	for _, m := range mutes {
		out = append(append(out, m.alert), m.others...)
	}
	return out
}
