package promotion

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Health of a stack.
const (
	Good = "good"
	Bad  = "bad"
)

// maxReasons keeps an observation within a parameter.
const maxReasons = 5

// Observation is what was seen of a stack's health: ladder observe writes it,
// nightly and on demand.
type Observation struct {
	Date time.Time `json:"date"`
	// Release is what the stack's record named then.
	Release string `json:"release"`
	Health  string `json:"health"`
	// Reasons say what was bad, the first few of them.
	Reasons []string `json:"reasons,omitempty"`
	// LastBad is the last date of bad health under each release: a soak of that
	// release starts again there.
	LastBad map[string]time.Time `json:"lastBad,omitempty"`
}

// Facts are what AWS reports of a stack.
type Facts struct {
	// Parts are clusters, node groups and add-ons.
	Parts []Part
	// Alarm is the composite alarm to which everything contributes; AlarmState
	// is "" when there is none.
	Alarm, AlarmState string
	// AlarmLast is when it was last seen gone off since the observation before;
	// zero when it was not. An alarm that is over by now is in no state.
	AlarmLast time.Time
}

// Part is one thing that has a status.
type Part struct {
	// Kind is for people: "cluster", "node group", "add-on".
	Kind, Name string
	// Status is EKS's own word; Missing when there is no such thing.
	Status string
	// Issues are the health issues that EKS reports, in its words.
	Issues []string
}

// Missing is the status of what should be there and is not.
const Missing = "missing"

// alarming is CloudWatch's word for an alarm that has gone off.
const alarming = "ALARM"

// Problems are what is bad, in words. A part that is being created, updated or
// deleted is under way, not bad: EKS reports FAILED or DEGRADED for those that
// went wrong. Source: EKS API reference, Cluster, Nodegroup and Addon status.
func (f Facts) Problems() []string {
	var out []string
	for _, p := range f.Parts {
		switch {
		case p.Status == Missing, strings.HasSuffix(p.Status, "FAILED"), p.Status == "DEGRADED":
			out = append(out, strings.TrimSuffix(fmt.Sprintf("%s %s is %s: %s", p.Kind, p.Name, p.Status, strings.Join(p.Issues, ", ")), ": "))
		case len(p.Issues) > 0:
			out = append(out, fmt.Sprintf("%s %s: %s", p.Kind, p.Name, strings.Join(p.Issues, ", ")))
		}
	}
	if f.AlarmState == alarming {
		out = append(out, fmt.Sprintf("alarm %s has gone off", f.Alarm))
	}
	return out
}

// Observe judges facts and adds them to what was seen before; last may be nil.
func Observe(last *Observation, release string, f Facts, at time.Time) Observation {
	at = at.UTC().Truncate(time.Second)
	out := Observation{Date: at, Release: release, Health: Good, LastBad: map[string]time.Time{}}
	if last != nil {
		maps.Copy(out.LastBad, last.LastBad)
	}
	if problems := f.Problems(); len(problems) > 0 {
		out.Health, out.LastBad[release] = Bad, at
		out.Reasons = problems[:min(len(problems), maxReasons)]
		if more := len(problems) - len(out.Reasons); more > 0 {
			out.Reasons = append(out.Reasons, fmt.Sprintf("and %d more", more))
		}
	}
	if f.AlarmLast.After(out.LastBad[release]) && f.AlarmLast.Before(at) { // over by now, and bad while it lasted
		out.LastBad[release] = f.AlarmLast.UTC().Truncate(time.Second)
		out.Reasons = append(out.Reasons, fmt.Sprintf("alarm %s had gone off until %s", f.Alarm, f.AlarmLast.UTC().Format("2006-01-02 15:04 UTC")))
	}
	for len(out.LastBad) > maxHistory { // the oldest are of releases that history has forgotten too
		oldest := slices.MinFunc(slices.Collect(maps.Keys(out.LastBad)), func(a, b string) int { return out.LastBad[a].Compare(out.LastBad[b]) })
		delete(out.LastBad, oldest)
	}
	return out
}

// Encode renders the observation with stable key order. Long reasons are cut:
// a parameter holds 4,096 characters.
func (o Observation) Encode() (string, error) {
	const most = 400
	o.Reasons = slices.Clone(o.Reasons)
	for i, r := range o.Reasons {
		if len(r) > most {
			o.Reasons[i] = strings.ToValidUTF8(r[:most], "") + "…"
		}
	}
	b, err := json.Marshal(o)
	if err != nil {
		return "", fmt.Errorf("observation: encode: %w", err)
	}
	return string(b), nil
}

// DecodeObservation reads what Encode wrote; an empty text is none.
func DecodeObservation(text string) (*Observation, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	var o Observation
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		return nil, fmt.Errorf("observation: cannot be read: %w", err)
	}
	if o.Date.IsZero() || (o.Health != Good && o.Health != Bad) {
		return nil, fmt.Errorf("observation: has no date or no health: %.40q", text)
	}
	return &o, nil
}
