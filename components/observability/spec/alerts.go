package spec

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/ladder-platform/ladder/components/observability/alerts"
	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/internal/strict"
)

// Alerts are what rings, how much a service owes its users, and who is told.
type Alerts struct {
	// Receivers by name. Left out: one called topic, an SNS topic of the stack.
	Receivers map[string]Receiver `json:"receivers,omitempty"`
	// Routes say who gets which alerts; every route that fits counts. Left out:
	// critical ones and warnings go to every receiver.
	Routes []Route `json:"routes,omitempty"`
	// Heartbeat is told every few minutes that alerts arrive, and has to miss
	// it when it stays away: a service outside of the account. nil means that
	// nobody would notice when alerting itself is down.
	Heartbeat *Heartbeat `json:"heartbeat,omitempty"`
	// Mesh is what calls between services owe; used where there is a mesh.
	Mesh Objective `json:"mesh,omitzero"`
	// Edge is what requests from outside are owed; used where there is an edge.
	Edge Objective `json:"edge,omitzero"`
	// Backups are volumes that must have a young snapshot; nil means none.
	Backups *Backups `json:"backups,omitempty"`
	// Rules are alerts of your own, by name.
	Rules map[string]OwnRule `json:"rules,omitempty"`
	// Silent are alerts of the platform that the stack does without, each with
	// the reason.
	Silent map[string]string `json:"silent,omitempty"`
	// Runbooks is the https URL under which docs/runbooks can be read; empty
	// means this repository's.
	Runbooks string `json:"runbooks,omitempty"`
}

// Receiver is one of Slack, PagerDuty and SNS.
type Receiver struct {
	// Slack posts into a channel.
	Slack *Slack `json:"slack,omitempty"`
	// PagerDuty calls somebody.
	PagerDuty *PagerDuty `json:"pagerDuty,omitempty"`
	// SNS publishes to a topic, to which people and machines subscribe.
	SNS *SNS `json:"sns,omitempty"`
}

// Slack is an incoming webhook.
type Slack struct {
	// Channel with its #, or its ID.
	Channel string `json:"channel"`
	// Entry is the name of an entry of Secrets Manager whose property
	// webhook-url is the URL of the webhook.
	Entry string `json:"entry"`
}

// PagerDuty is an integration of the Events API v2.
type PagerDuty struct {
	// Entry is the name of an entry of Secrets Manager whose property
	// routing-key is the integration's key.
	Entry string `json:"entry"`
}

// SNS is a topic.
type SNS struct {
	// TopicARN of an existing topic of the stack's account and region; empty
	// means that one is made, <stack>-<cluster key>-alerts, which also gets the
	// alarms of CloudWatch.
	TopicARN string `json:"topicArn,omitempty"`
}

// Heartbeat is a URL that is called while all is well.
type Heartbeat struct {
	// Entry is the name of an entry of Secrets Manager whose property url is
	// what to call.
	Entry string `json:"entry"`
}

// Route hands alerts to receivers.
type Route struct {
	// Severities are critical, warning and info; left out means critical and warning.
	Severities []string `json:"severities,omitempty"`
	// Stages are dev, stg and prd; left out means every stage. One section can
	// so be the same in all stages and call people in prd only.
	Stages []string `json:"stages,omitempty"`
	// To are names of receivers.
	To []string `json:"to"`
	// RepeatHours after which an alert that still rings is told again, 1 to 168; 0 means 4.
	RepeatHours int `json:"repeatHours,omitempty" jsonschema:"minimum=0"`
}

// Objective is what is owed in 30 days.
type Objective struct {
	// Availability is the share of requests in percent that must not end in a
	// server error, 90 to 99.99; 0 means 99.9.
	Availability float64 `json:"availability,omitempty"`
	// LatencyShare is the share in percent that must end within LatencyMillis,
	// 50 to 99.9; 0 means 99.
	LatencyShare float64 `json:"latencyShare,omitempty"`
	// LatencyMillis is a bound of Istio's histogram: 1, 5, 10, 25, 50, 100, 250,
	// 500, 1000, 2500, 5000 or 10000; 0 means 500.
	LatencyMillis int `json:"latencyMillis,omitempty" jsonschema:"minimum=0"`
}

// Backups are snapshots of volumes.
type Backups struct {
	// Namespaces whose volumes must have one.
	Namespaces []string `json:"namespaces"`
	// MaxAgeHours of the youngest, 1 to 744; 0 means 26: a day and two hours.
	MaxAgeHours int `json:"maxAgeHours,omitempty" jsonschema:"minimum=0"`
}

// OwnRule is an alert of your own. Its expression is read by Prometheus; the
// judges parse it (docs/judges.md), this program only looks whether it closes
// what it opens.
type OwnRule struct {
	// Expr is PromQL that has a value while something is wrong.
	Expr string `json:"expr"`
	// For is how long it must have one, such as 10m; empty means at once.
	For string `json:"for,omitempty"`
	// Severity is critical, warning or info.
	Severity string `json:"severity" jsonschema:"enum=critical,enum=warning,enum=info"`
	// Summary is a sentence for whoever is woken.
	Summary string `json:"summary"`
	// Runbook is the https URL of a page that says what to do.
	Runbook string `json:"runbook"`
}

// ReceiverTopic is the receiver of a section that names none.
const ReceiverTopic = "topic"

// Limits, of sense where no source is given.
const (
	defaultRepeat  = 4
	mostRepeat     = 7 * 24
	defaultBackup  = 26
	mostBackup     = 31 * 24
	mostReceivers  = 20
	channelForm    = `^(#[a-z0-9][a-z0-9._-]{0,79}|[CG][A-Z0-9]{8,})$` // Slack's help centre, "Channel names": 80 characters
	receiverForm   = `^[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?$`            // becomes part of a Secret's name
	ownAlertForm   = `^[A-Z][A-Za-z0-9]{2,79}$`
	topicForm      = `^arn:aws[a-z-]*:sns:([a-z0-9-]+):([0-9]{12}):[A-Za-z0-9_-]{1,256}$`
	namespaceForm  = `^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`
	leastPromise   = 90.0
	mostPromise    = 99.99
	leastOnTime    = 50.0
	mostOnTime     = 99.9
	defaultMillis  = 500
	usualPromise   = 99.9
	usualOnTime    = 99.0
	wordsOfAReason = 2
)

var (
	channelPattern   = regexp.MustCompile(channelForm)
	receiverPattern  = regexp.MustCompile(receiverForm)
	ownAlertPattern  = regexp.MustCompile(ownAlertForm)
	topicPattern     = regexp.MustCompile(topicForm)
	namespacePattern = regexp.MustCompile(namespaceForm)
	stages           = []string{"dev", "stg", "prd"}
)

func (a *Alerts) defaults() {
	if len(a.Receivers) == 0 {
		a.Receivers = map[string]Receiver{ReceiverTopic: {SNS: &SNS{}}}
	}
	if len(a.Routes) == 0 {
		a.Routes = []Route{{To: keys(a.Receivers)}}
	}
	routes := make([]Route, len(a.Routes))
	for i, r := range a.Routes {
		if len(r.Severities) == 0 {
			r.Severities = []string{string(alerts.Critical), string(alerts.Warning)}
		}
		or(&r.RepeatHours, defaultRepeat)
		routes[i] = r
	}
	a.Routes = routes
	a.Mesh, a.Edge = a.Mesh.withDefaults(), a.Edge.withDefaults()
	if a.Backups = copied(a.Backups); a.Backups != nil {
		or(&a.Backups.MaxAgeHours, defaultBackup)
	}
	or(&a.Runbooks, alerts.RunbookBase)
}

func (o Objective) withDefaults() Objective {
	or(&o.Availability, usualPromise)
	or(&o.LatencyShare, usualOnTime)
	or(&o.LatencyMillis, defaultMillis)
	return o
}

func (a Alerts) validate(c Config, in Input) finding.List {
	var out finding.List
	if c.Metrics == nil {
		out.Add("", "add metrics, or remove it", "are computed from metrics, and there are none")
	}
	out.Join("receivers", a.validateReceivers(c, in))
	for i, r := range a.Routes {
		out.Join(index("routes", i), r.validate(a))
	}
	if a.Heartbeat != nil {
		secretEntry(&out, "heartbeat.entry", a.Heartbeat.Entry, c, in)
	}
	out.Join("mesh", a.Mesh.validate())
	out.Join("edge", a.Edge.validate())
	if a.Backups != nil {
		out.Join("backups", a.Backups.validate())
	}
	for _, name := range keys(a.Rules) {
		out.Join("rules."+name, a.Rules[name].validate(name))
	}
	for _, name := range keys(a.Silent) {
		switch {
		case !slices.Contains(alerts.Names(), name):
			out.Add("silent."+name, strict.Suggest(name, alerts.Names()), "there is no alert %q", name)
		case len(strings.Fields(a.Silent[name])) < wordsOfAReason:
			out.Add("silent."+name, "say in a few words why the stack does without it", "%q is no reason", a.Silent[name])
		}
	}
	if a.Runbooks != "" {
		httpsURL(&out, "runbooks", a.Runbooks)
	}
	return out
}

func (a Alerts) validateReceivers(c Config, in Input) finding.List {
	var out finding.List
	if len(a.Receivers) > mostReceivers {
		out.Add("", fmt.Sprintf("use at most %d", mostReceivers), "%d receivers are more than anybody watches", len(a.Receivers))
	}
	used := map[string]bool{}
	for _, r := range a.Routes {
		for _, name := range r.To {
			used[name] = true
		}
	}
	for _, name := range keys(a.Receivers) {
		r := a.Receivers[name]
		if !receiverPattern.MatchString(name) {
			out.Add(name, "use lower-case letters, digits and hyphens", "%q is not a name of a receiver", name)
			continue
		}
		if name == alerts.Nobody || name == alerts.Heartbeat {
			out.Add(name, "use another name", "%q is a receiver that the platform has itself", name)
		}
		if !used[name] {
			out.Warn(name, "name it in routes, or remove it", "no route leads to %q", name)
		}
		out.Join(name, r.validate(c, in))
	}
	return out
}

func (r Receiver) validate(c Config, in Input) finding.List {
	var out finding.List
	kinds := 0
	if r.Slack != nil {
		kinds++
		secretEntry(&out, "slack.entry", r.Slack.Entry, c, in)
		if !channelPattern.MatchString(r.Slack.Channel) {
			out.Add("slack.channel", "use for example #platform-alerts", "%q is not a channel", r.Slack.Channel)
		}
	}
	if r.PagerDuty != nil {
		kinds++
		secretEntry(&out, "pagerDuty.entry", r.PagerDuty.Entry, c, in)
	}
	if r.SNS != nil {
		kinds++
		if arn := r.SNS.TopicARN; arn != "" {
			m := topicPattern.FindStringSubmatch(arn)
			switch {
			case m == nil:
				out.Add("sns.topicArn", "use arn:aws:sns:<region>:<account>:<name>", "%q is not the ARN of a topic", arn)
			case m[1] != in.Region || m[2] != in.AccountID:
				out.Add("sns.topicArn", fmt.Sprintf("use a topic of %s in %s", in.AccountID, in.Region), "%q is a topic of another account or region, and Alertmanager's role may publish here only", arn)
			}
		}
	}
	if kinds != 1 {
		out.Add("", "give one of slack, pagerDuty and sns; more than one are more receivers", "has %d ways of telling somebody", kinds)
	}
	return out
}

func (r Route) validate(a Alerts) finding.List {
	var out finding.List
	for i, s := range r.Severities {
		word(&out, index("severities", i), s, alerts.Severities()...)
	}
	for i, s := range r.Stages {
		word(&out, index("stages", i), s, stages...)
	}
	if len(r.To) == 0 {
		out.Add("to", "name a receiver", "is missing: the route leads to nobody")
	}
	for i, name := range r.To {
		if _, ok := a.Receivers[name]; !ok {
			out.Add(index("to", i), strict.Suggest(name, keys(a.Receivers)), "there is no receiver %q", name)
		}
	}
	between(&out, "repeatHours", r.RepeatHours, 1, mostRepeat, "hours")
	return out
}

func (o Objective) validate() finding.List {
	var out finding.List
	share := func(path string, value, least, most float64) {
		if value < least || value > most {
			out.Add(path, fmt.Sprintf("use %g to %g", least, most), "%g percent is outside of that", value)
		}
	}
	share("availability", o.Availability, leastPromise, mostPromise)
	share("latencyShare", o.LatencyShare, leastOnTime, mostOnTime)
	bounds := slices.DeleteFunc(slices.Clone(alerts.IstioBuckets), func(b int) bool { return b > 10000 })
	if !slices.Contains(bounds, o.LatencyMillis) {
		out.Add("latencyMillis", fmt.Sprintf("use one of %s", strings.Trim(fmt.Sprint(bounds), "[]")), "%d is no bound of Istio's histogram, so nobody counts requests within it", o.LatencyMillis)
	}
	return out
}

func (b Backups) validate() finding.List {
	var out finding.List
	if len(b.Namespaces) == 0 {
		out.Add("namespaces", "name those whose volumes must have a snapshot", "is missing")
	}
	for i, n := range b.Namespaces {
		if !namespacePattern.MatchString(n) {
			out.Add(index("namespaces", i), "use lower-case letters, digits and hyphens", "%q is not a namespace", n)
		}
	}
	between(&out, "maxAgeHours", b.MaxAgeHours, 1, mostBackup, "hours")
	return out
}

func (r OwnRule) validate(name string) finding.List {
	var out finding.List
	switch {
	case !ownAlertPattern.MatchString(name):
		out.Add("", "use for example CheckoutSlow", "%q is not a name of an alert", name)
	case slices.Contains(alerts.Names(), name):
		out.Add("", "use another name", "the platform has an alert %q", name)
	}
	if !closed(r.Expr) {
		out.Add("expr", "give PromQL that has a value while something is wrong", "%q is not an expression", r.Expr)
	}
	if r.For != "" {
		if d, err := time.ParseDuration(r.For); err != nil || d < 0 || d > 7*24*time.Hour {
			out.Add("for", "use for example 10m, at most 168h", "%q is not a time to wait", r.For)
		}
	}
	word(&out, "severity", r.Severity, alerts.Severities()...)
	if len(strings.Fields(r.Summary)) < wordsOfAReason {
		out.Add("summary", "say in a sentence what is wrong", "%q tells nobody anything", r.Summary)
	}
	if r.Runbook == "" {
		out.Add("runbook", "give the URL of a page that says what to do", "is missing: whoever is woken must know what to do")
	} else {
		httpsURL(&out, "runbook", r.Runbook)
	}
	return out
}

// closed says whether text has something in it and closes what it opens,
// strings left out.
func closed(text string) bool {
	var open []rune
	var quote rune
	for _, c := range text {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case strings.ContainsRune("\"'`", c):
			quote = c
		case strings.ContainsRune("([{", c):
			open = append(open, c)
		case strings.ContainsRune(")]}", c):
			if len(open) == 0 || strings.IndexRune("([{", open[len(open)-1]) != strings.IndexRune(")]}", c) {
				return false
			}
			open = open[:len(open)-1]
		}
	}
	return strings.TrimSpace(text) != "" && len(open) == 0 && quote == 0
}

// Unheard are the severities, critical and warning, that no route takes in a
// stage, defaults filled in.
func (a Alerts) Unheard(stage string) []string {
	var out []string
	for _, s := range []string{string(alerts.Critical), string(alerts.Warning)} {
		if !slices.ContainsFunc(a.Routes, func(r Route) bool {
			return slices.Contains(r.Severities, s) && (len(r.Stages) == 0 || slices.Contains(r.Stages, stage))
		}) {
			out = append(out, s)
		}
	}
	return out
}

// charts that alerts install.
func (a Alerts) charts() []string { return nil }
