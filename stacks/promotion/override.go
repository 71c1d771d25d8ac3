package promotion

import (
	"strings"
	"time"

	"github.com/ladder-platform/ladder/internal/finding"
)

// Override lets one release pass the gate, until a day. It is written into the
// record, so that nobody has to ask later who let it through.
type Override struct {
	Release    string `json:"release"`
	Reason     string `json:"reason"`
	ApprovedBy string `json:"approvedBy"`
	// Until is the last day on which it counts, 2006-01-02 in UTC.
	Until string `json:"until"`
}

// check says why an override does not count for a release at a time.
func (o Override) check(release string, now time.Time) finding.List {
	var out finding.List
	const path = "promotion.override"
	if o.Release != release {
		out.Add(path+".release", "have one approved for "+release+", or remove it", "the override is for release %q, and %q was asked", o.Release, release)
	}
	if len(strings.Fields(o.Reason)) < 2 {
		out.Add(path+".reason", "say in a sentence why the release cannot wait", "%q does not say why", o.Reason)
	}
	if strings.TrimSpace(o.ApprovedBy) == "" {
		out.Add(path+".approvedBy", "name the person who approved it", "is missing")
	}
	until, err := time.Parse(time.DateOnly, o.Until)
	switch {
	case err != nil:
		out.Add(path+".until", `use a date in quotes such as "2026-12-01"`, "%q is not a date", o.Until)
	case !now.Before(until.AddDate(0, 0, 1)):
		out.Add(path+".until", "remove the override, or have a new one approved", "the override ended on %s", o.Until)
	}
	return out
}
