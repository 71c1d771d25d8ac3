package spec_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/components/observability/spec"
)

func alertInput() spec.Input {
	return spec.Input{Stack: "prd", Region: "ap-northeast-2", AccountID: "333333333333", Clusters: map[string]spec.ClusterInput{
		"main": {Network: "main", Zones: []string{"apne2-az1", "apne2-az2"}, SecretPrefixes: []string{"platform/prd/"}},
	}}
}

func rung(a spec.Alerts) []string {
	c := spec.Config{Metrics: &spec.Metrics{}, Alerts: &a}
	var out []string
	for _, f := range c.Validate("observability", alertInput()) {
		out = append(out, strings.TrimPrefix(f.Path, "observability.alerts.")+": "+f.Message)
	}
	return out
}

func slack(entry string) map[string]spec.Receiver {
	return map[string]spec.Receiver{"chat": {Slack: &spec.Slack{Channel: "#a", Entry: entry}}}
}

func own(edit func(*spec.OwnRule)) spec.Alerts {
	r := spec.OwnRule{Expr: `sum(x{a="("}) > 1`, For: "10m", Severity: "warning", Summary: "it is wrong", Runbook: "https://example.com/x"}
	edit(&r)
	return spec.Alerts{Rules: map[string]spec.OwnRule{"QueueGrows": r}}
}

func TestAlerts(t *testing.T) {
	tests := map[string]struct {
		alerts spec.Alerts
		want   []string
	}{
		"nothing said: a topic gets everything": {spec.Alerts{}, nil},
		"a receiver without a secret":           {spec.Alerts{Receivers: slack("")}, []string{"receivers.chat.slack.entry: is missing"}},
		"an entry that may not be read":         {spec.Alerts{Receivers: slack("platform/dev/slack")}, []string{`receivers.chat.slack.entry: External Secrets of cluster "main" may not read "platform/dev/slack"`}},
		"an entry that may be read":             {spec.Alerts{Receivers: slack("platform/prd/slack")}, nil},
		"a channel without its sign": {spec.Alerts{Receivers: map[string]spec.Receiver{"chat": {Slack: &spec.Slack{Channel: "alerts", Entry: "platform/prd/slack"}}}},
			[]string{`receivers.chat.slack.channel: "alerts" is not a channel`}},
		"a channel by its ID":   {spec.Alerts{Receivers: map[string]spec.Receiver{"chat": {Slack: &spec.Slack{Channel: "C0123456789", Entry: "platform/prd/slack"}}}}, nil},
		"a receiver of no kind": {spec.Alerts{Receivers: map[string]spec.Receiver{"chat": {}}}, []string{"receivers.chat: has 0 ways of telling somebody"}},
		"a receiver of two kinds": {spec.Alerts{Receivers: map[string]spec.Receiver{"chat": {SNS: &spec.SNS{}, PagerDuty: &spec.PagerDuty{Entry: "platform/prd/pd"}}}},
			[]string{"receivers.chat: has 2 ways of telling somebody"}},
		"a name that the platform has": {spec.Alerts{Receivers: map[string]spec.Receiver{"nobody": {SNS: &spec.SNS{}}}}, []string{`receivers.nobody: "nobody" is a receiver that the platform has itself`}},
		"a topic of another account": {spec.Alerts{Receivers: map[string]spec.Receiver{"t": {SNS: &spec.SNS{TopicARN: "arn:aws:sns:ap-northeast-2:444444444444:x"}}}},
			[]string{`receivers.t.sns.topicArn: "arn:aws:sns:ap-northeast-2:444444444444:x" is a topic of another account or region, and Alertmanager's role may publish here only`}},
		"a topic of this account":         {spec.Alerts{Receivers: map[string]spec.Receiver{"t": {SNS: &spec.SNS{TopicARN: "arn:aws:sns:ap-northeast-2:333333333333:x"}}}}, nil},
		"what is no topic":                {spec.Alerts{Receivers: map[string]spec.Receiver{"t": {SNS: &spec.SNS{TopicARN: "arn:aws:sqs:ap-northeast-2:333333333333:x"}}}}, []string{`receivers.t.sns.topicArn: "arn:aws:sqs:ap-northeast-2:333333333333:x" is not the ARN of a topic`}},
		"a severity that nobody knows":    {spec.Alerts{Routes: []spec.Route{{Severities: []string{"critical", "warn"}, To: []string{"topic"}}}}, []string{`routes[0].severities[1]: "warn" is not one of critical, warning, info`}},
		"a stage that nobody knows":       {spec.Alerts{Routes: []spec.Route{{Stages: []string{"prod"}, To: []string{"topic"}}}}, []string{`routes[0].stages[0]: "prod" is not one of dev, stg, prd`}},
		"a receiver that is not there":    {spec.Alerts{Routes: []spec.Route{{To: []string{"topic", "topics"}}}}, []string{`routes[0].to[1]: there is no receiver "topics"`}},
		"a route to nobody":               {spec.Alerts{Routes: []spec.Route{{To: []string{"topic"}}, {}}}, []string{"routes[1].to: is missing: the route leads to nobody"}},
		"a receiver that nothing reaches": {spec.Alerts{Receivers: map[string]spec.Receiver{"a": {SNS: &spec.SNS{}}, "b": {SNS: &spec.SNS{TopicARN: "arn:aws:sns:ap-northeast-2:333333333333:b"}}}, Routes: []spec.Route{{To: []string{"a"}}}}, []string{`receivers.b: no route leads to "b"`}},
		"a heartbeat without a secret":    {spec.Alerts{Heartbeat: &spec.Heartbeat{}}, []string{"heartbeat.entry: is missing"}},
		"no runbook":                      {own(func(r *spec.OwnRule) { r.Runbook = "" }), []string{"rules.QueueGrows.runbook: is missing: whoever is woken must know what to do"}},
		"a runbook that is no page":       {own(func(r *spec.OwnRule) { r.Runbook = "ask Kim" }), []string{`rules.QueueGrows.runbook: "ask Kim" is not an https URL`}},
		"an alert that is whole":          {own(func(r *spec.OwnRule) {}), nil},
		"an expression that stays open":   {own(func(r *spec.OwnRule) { r.Expr = "sum(x" }), []string{`rules.QueueGrows.expr: "sum(x" is not an expression`}},
		"no expression":                   {own(func(r *spec.OwnRule) { r.Expr = " " }), []string{`rules.QueueGrows.expr: " " is not an expression`}},
		"a wait that is no time":          {own(func(r *spec.OwnRule) { r.For = "soon" }), []string{`rules.QueueGrows.for: "soon" is not a time to wait`}},
		"an own severity":                 {own(func(r *spec.OwnRule) { r.Severity = "page" }), []string{`rules.QueueGrows.severity: "page" is not one of critical, warning, info`}},
		"a summary that says nothing":     {own(func(r *spec.OwnRule) { r.Summary = "bad" }), []string{`rules.QueueGrows.summary: "bad" tells nobody anything`}},
		"a name of the platform's": {spec.Alerts{Rules: map[string]spec.OwnRule{"NodeNotReady": {Expr: "x", Severity: "info", Summary: "it is wrong", Runbook: "https://example.com/x"}}},
			[]string{`rules.NodeNotReady: the platform has an alert "NodeNotReady"`}},
		"silence without a reason":         {spec.Alerts{Silent: map[string]string{"NodeClockWrong": "no"}}, []string{`silent.NodeClockWrong: "no" is no reason`}},
		"silence of what is not there":     {spec.Alerts{Silent: map[string]string{"NodeClockWrongs": "we know"}}, []string{`silent.NodeClockWrongs: there is no alert "NodeClockWrongs"`}},
		"more than anybody keeps":          {spec.Alerts{Mesh: spec.Objective{Availability: 99.999}}, []string{"mesh.availability: 99.999 percent is outside of that"}},
		"as much as somebody may":          {spec.Alerts{Mesh: spec.Objective{Availability: 99.99}}, nil},
		"a bound that nobody counts by":    {spec.Alerts{Edge: spec.Objective{LatencyMillis: 300}}, []string{"edge.latencyMillis: 300 is no bound of Istio's histogram, so nobody counts requests within it"}},
		"backups of nothing":               {spec.Alerts{Backups: &spec.Backups{}}, []string{"backups.namespaces: is missing"}},
		"a namespace that cannot be":       {spec.Alerts{Backups: &spec.Backups{Namespaces: []string{"apps", "A.*"}}}, []string{`backups.namespaces[1]: "A.*" is not a namespace`}},
		"runbooks that are no page":        {spec.Alerts{Runbooks: "docs/runbooks"}, []string{`runbooks: "docs/runbooks" is not an https URL`}},
		"a repetition of longer than that": {spec.Alerts{Routes: []spec.Route{{To: []string{"topic"}, RepeatHours: 169}}}, []string{"routes[0].repeatHours: 169 hours is outside of that"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, rung(tt.alerts)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAlertsNeedMetrics(t *testing.T) {
	found := spec.Config{Alerts: &spec.Alerts{}}.Validate("observability", alertInput())
	if len(found) != 1 || found[0].Path != "observability.alerts" {
		t.Errorf("findings %v", found)
	}
}

func TestUnheard(t *testing.T) {
	paged := spec.Alerts{Routes: []spec.Route{
		{Severities: []string{"critical"}, Stages: []string{"prd"}, To: []string{"topic"}},
		{Severities: []string{"warning"}, To: []string{"topic"}},
	}}
	for stage, want := range map[string][]string{"prd": nil, "dev": {"critical"}} {
		if diff := cmp.Diff(want, spec.Config{Alerts: &paged}.WithDefaults().Alerts.Unheard(stage)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", stage, diff)
		}
	}
}
