package measure

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/components/observability/alerts"
	"github.com/ladder-platform/ladder/components/observability/spec"
	"github.com/ladder-platform/ladder/internal/golden"
)

// judgedDir is where Alertmanager's own code reads what is made here (docs/judges.md).
const judgedDir = "../../../tests/upstream/prometheus/testdata/routing/"

// told is a section with every kind of receiver: people are called in prd only.
func told() spec.Config {
	c := spec.Config{Metrics: &spec.Metrics{}, Alerts: &spec.Alerts{
		Receivers: map[string]spec.Receiver{
			"oncall":  {PagerDuty: &spec.PagerDuty{Entry: "platform/prd/pagerduty"}},
			"channel": {Slack: &spec.Slack{Channel: "#platform-alerts", Entry: "platform/prd/slack"}},
			"topic":   {SNS: &spec.SNS{}},
		},
		Routes: []spec.Route{
			{Severities: []string{"critical"}, Stages: []string{"prd"}, To: []string{"oncall"}, RepeatHours: 1},
			{To: []string{"channel", "topic"}},
		},
		Heartbeat: &spec.Heartbeat{Entry: "platform/prd/heartbeat"},
	}}
	return c.WithDefaults()
}

func TestJudgedRouting(t *testing.T) {
	usual := spec.Config{Metrics: &spec.Metrics{}, Alerts: &spec.Alerts{}}.WithDefaults()
	for name, c := range map[string]spec.Config{"every-kind": told(), "usual": usual} {
		config := Routing(*c.Alerts, Topics(c, "prd", "main", "ap-northeast-2", "333333333333"), "ap-northeast-2").Alertmanager()
		text, err := json.MarshalIndent(config, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		golden.File(t, judgedDir+name+".json", string(text)+"\n")
	}
}

// TestNoSecretIsInTheRouting: what is secret is the name of a file.
func TestNoSecretIsInTheRouting(t *testing.T) {
	c := told()
	text, err := json.Marshal(Routing(*c.Alerts, nil, "ap-northeast-2").Alertmanager())
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"alertmanager-channel/webhook-url", "alertmanager-oncall/routing-key", "alertmanager-heartbeat/url"} {
		if !strings.Contains(string(text), "/etc/alertmanager/secrets/"+file) {
			t.Errorf("no receiver reads %s", file)
		}
	}
	for _, entry := range []string{"platform/prd/slack", "platform/prd/pagerduty", "platform/prd/heartbeat"} {
		if strings.Contains(string(text), entry) {
			t.Errorf("the configuration names the entry %s", entry)
		}
	}
}

func TestTopics(t *testing.T) {
	c := spec.Config{Alerts: &spec.Alerts{Receivers: map[string]spec.Receiver{
		"mine":   {SNS: &spec.SNS{}},
		"theirs": {SNS: &spec.SNS{TopicARN: "arn:aws:sns:us-east-1:111111111111:theirs"}},
		"chat":   {Slack: &spec.Slack{}},
	}}}
	want := []Topic{
		{"mine", "dev-blue-alerts", "arn:aws-cn:sns:cn-north-1:111111111111:dev-blue-alerts", true},
		{"theirs", "", "arn:aws:sns:us-east-1:111111111111:theirs", false},
	}
	if diff := cmp.Diff(want, Topics(c, "dev", "blue", "cn-north-1", "111111111111")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := Topics(spec.Config{}, "dev", "blue", "cn-north-1", "1"); got != nil {
		t.Errorf("topics without alerts: %v", got)
	}
}

// TestEveryMuteIsAnAlert: a rule that mutes for an alert that is gone does nothing.
func TestEveryMuteIsAnAlert(t *testing.T) {
	known := alerts.Names()
	for _, name := range alerts.Muting() {
		found := false
		for _, k := range known {
			found = found || k == name
		}
		if !found {
			t.Errorf("%q mutes or is muted, and is no alert", name)
		}
	}
}
