package measure

import (
	"fmt"

	"github.com/ladder-platform/ladder/components/internal/naming"
	"github.com/ladder-platform/ladder/components/observability/alerts"
	"github.com/ladder-platform/ladder/components/observability/capacity"
	"github.com/ladder-platform/ladder/components/observability/spec"
)

// AlertmanagerAccount is the service account of Alertmanager's pods, which may
// publish to topics. It is the chart's own name for it.
const AlertmanagerAccount = "metrics-alertmanager"

// Properties of the entries in Secrets Manager, and so keys of the Secrets.
const (
	slackProperty     = "webhook-url"
	pagerDutyProperty = "routing-key"
	heartbeatProperty = "url"
)

// Topic is what SNS receivers publish to.
type Topic struct {
	// Receiver that it belongs to, Name of the topic and its ARN. Made says
	// that the stack makes it.
	Receiver, Name, ARN string
	Made                bool
}

// TopicName is the topic that a stack makes for a cluster.
func TopicName(stack, key string) string { return stack + "-" + key + "-alerts" }

// Topics of the receivers, sorted by receiver. Names are chosen here, so that
// ARNs are known before anything exists. key is the cluster's.
func Topics(c spec.Config, stack, key, region, account string) []Topic {
	var out []Topic
	if c.Alerts == nil {
		return nil
	}
	for _, name := range sorted(c.Alerts.Receivers) {
		sns := c.Alerts.Receivers[name].SNS
		switch {
		case sns == nil:
		case sns.TopicARN != "":
			out = append(out, Topic{Receiver: name, ARN: sns.TopicARN})
		default:
			own := TopicName(stack, key)
			out = append(out, Topic{name, own, fmt.Sprintf("arn:%s:sns:%s:%s:%s", naming.Partition(region), region, account, own), true})
		}
	}
	return out
}

// ReceiverSecret is the Secret of a receiver, the entry of Secrets Manager that
// it comes from and the property in it.
type ReceiverSecret struct{ Name, Entry, Property string }

// ReceiverSecrets are those that Alertmanager's pods mount, sorted by name.
func ReceiverSecrets(a spec.Alerts) []ReceiverSecret {
	out := map[string]ReceiverSecret{}
	for name, r := range a.Receivers {
		switch secret := "alertmanager-" + name; {
		case r.Slack != nil:
			out[secret] = ReceiverSecret{secret, r.Slack.Entry, slackProperty}
		case r.PagerDuty != nil:
			out[secret] = ReceiverSecret{secret, r.PagerDuty.Entry, pagerDutyProperty}
		}
	}
	if a.Heartbeat != nil {
		out[heartbeatSecret] = ReceiverSecret{heartbeatSecret, a.Heartbeat.Entry, heartbeatProperty}
	}
	var list []ReceiverSecret
	for _, name := range sorted(out) {
		list = append(list, out[name])
	}
	return list
}

// heartbeatSecret cannot be a receiver's: none may have that name.
const heartbeatSecret = "alertmanager-" + alerts.Heartbeat

// mounted is where prometheus-operator mounts a Secret that the object of
// Alertmanager names. Source: prometheus-operator's API reference,
// AlertmanagerSpec.secrets.
func mounted(s ReceiverSecret) string {
	return "/etc/alertmanager/secrets/" + s.Name + "/" + s.Property
}

// Routing is what Alertmanager does with alerts of a cluster.
func Routing(a spec.Alerts, topics []Topic, region string) alerts.Routing {
	files := map[string]string{}
	for _, s := range ReceiverSecrets(a) {
		files[s.Name] = mounted(s)
	}
	arns := map[string]string{}
	for _, t := range topics {
		arns[t.Receiver] = t.ARN
	}
	out := alerts.Routing{HeartbeatFile: files[heartbeatSecret]}
	for _, name := range sorted(a.Receivers) {
		r, one := a.Receivers[name], alerts.Receiver{Name: name}
		switch file := files["alertmanager-"+name]; {
		case r.Slack != nil:
			one.Channel, one.SlackFile = r.Slack.Channel, file
		case r.PagerDuty != nil:
			one.PagerDutyFile = file
		default:
			one.TopicARN, one.Region = arns[name], region
		}
		out.Receivers = append(out.Receivers, one)
	}
	for _, r := range a.Routes {
		out.Routes = append(out.Routes, alerts.Route{Severities: r.Severities, Stages: r.Stages, To: r.To, RepeatHours: r.RepeatHours})
	}
	return out
}

// Backups that alerts demand; nil without any.
func Backups(a spec.Alerts) *alerts.Backups {
	if a.Backups == nil {
		return nil
	}
	return &alerts.Backups{Namespaces: a.Backups.Namespaces, MaxAgeHours: a.Backups.MaxAgeHours}
}

// stateMetrics are the values of kube-state-metrics: what it asks for, and what
// rules and dashboards need of it beyond its own.
func (in Input) stateMetrics() dict {
	var b *alerts.Backups
	if in.Config.Alerts != nil {
		b = Backups(*in.Config.Alerts)
	}
	out := alerts.StateMetrics(b)
	out["resources"] = in.of(capacity.StateMetrics).Resources()
	return out
}

// told is the part of Alertmanager's values that says who is told, and the
// names of the Secrets that its pods mount.
func (in Input) told() (config dict, secrets list) {
	a := *in.Config.Alerts
	for _, s := range ReceiverSecrets(a) {
		secrets = append(secrets, s.Name)
	}
	return Routing(a, in.Topics, in.Region).Alertmanager(), secrets
}
