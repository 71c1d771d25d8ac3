package prometheus

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/alertmanager/config"
	"github.com/prometheus/alertmanager/dispatch"
	"github.com/prometheus/common/model"
)

func routing(t *testing.T, name string) *config.Config {
	t.Helper()
	text, err := os.ReadFile("testdata/routing/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := config.Load(string(text)) // JSON is YAML
	if err != nil {
		t.Fatalf("%s: Alertmanager refuses it: %v", name, err)
	}
	return loaded
}

// receivers are who is told of an alert, by Alertmanager's own matcher, sorted.
func receivers(c *config.Config, labels model.LabelSet) []string {
	var out []string
	for _, r := range dispatch.NewRoute(c.Route, nil).Match(labels) {
		out = append(out, r.RouteOpts.Receiver)
	}
	slices.Sort(out)
	return out
}

// TestWhoIsTold: people are called for what is critical in prd, and for nothing else.
func TestWhoIsTold(t *testing.T) {
	tests := map[string]struct {
		file   string
		labels model.LabelSet
		want   string
	}{
		"critical in prd calls somebody": {"every-kind", model.LabelSet{"alertname": "APIServerGone", "severity": "critical", "stage": "prd"}, "channel oncall topic"},
		"critical in dev does not":       {"every-kind", model.LabelSet{"alertname": "APIServerGone", "severity": "critical", "stage": "dev"}, "channel topic"},
		"a warning in prd does not":      {"every-kind", model.LabelSet{"alertname": "VolumeFills", "severity": "warning", "stage": "prd"}, "channel topic"},
		"info is told to nobody":         {"every-kind", model.LabelSet{"alertname": "RemovedAPIInUse", "severity": "info", "stage": "prd"}, "nobody"},
		"a stage that begins alike":      {"every-kind", model.LabelSet{"alertname": "APIServerGone", "severity": "critical", "stage": "prd2"}, "channel topic"},
		"the watchdog goes outside":      {"every-kind", model.LabelSet{"alertname": "Watchdog", "severity": "info", "stage": "prd"}, "heartbeat"},
		"the topic hears what is bad":    {"usual", model.LabelSet{"alertname": "APIServerGone", "severity": "critical", "stage": "dev"}, "topic"},
		"without a heartbeat, nobody":    {"usual", model.LabelSet{"alertname": "Watchdog", "severity": "info", "stage": "dev"}, "nobody"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := strings.Join(receivers(routing(t, tt.file), tt.labels), " "); got != tt.want {
				t.Errorf("told: %q, want %q", got, tt.want)
			}
		})
	}
}

// TestEveryAlertIsTold: nothing critical and no warning is told to nobody.
func TestEveryAlertIsTold(t *testing.T) {
	_, alerts := judged(t)
	c, count := routing(t, "usual"), 0
	for name, r := range alerts {
		severity := r.Labels["severity"]
		got := receivers(c, model.LabelSet{"alertname": model.LabelValue(name), "severity": model.LabelValue(severity), "stage": "prd"})
		if severity != "info" && slices.Contains(got, "nobody") {
			t.Errorf("%s is %s and is told to nobody", name, severity)
		}
		count++
	}
	t.Logf("%d alerts, %d inhibitions", count, len(c.InhibitRules))
	if len(c.InhibitRules) == 0 {
		t.Error("no alert mutes another one")
	}
}

func TestAlertmanagerRefusesABrokenRouting(t *testing.T) {
	text, err := os.ReadFile("testdata/routing/every-kind.json")
	if err != nil {
		t.Fatal(err)
	}
	for why, edit := range map[string][2]string{
		"a receiver that is not there":   {`"receiver": "oncall"`, `"receiver": "oncal"`},
		"a matcher that does not parse":  {`severity=\"critical\"`, `severity==\"critical\"`},
		"a field that it does not know":  {`"url_file"`, `"urlFile"`},
		"a topic without region or keys": {`"topic_arn"`, `"topic"`},
	} {
		broken := strings.Replace(string(text), edit[0], edit[1], 1)
		if broken == string(text) {
			t.Fatalf("%s: nothing to break", why)
		}
		if _, err := config.Load(broken); err == nil {
			t.Errorf("%s: accepted", why)
		}
	}
}
