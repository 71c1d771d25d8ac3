package promotion

import (
	"fmt"
	"strings"
	"time"

	"github.com/ladder-platform/ladder/internal/finding"
)

// maxAge of an observation: it is made every night, and one night may be two
// hours late.
const maxAge = 26 * time.Hour

// Ladder is the order of releases.
type Ladder interface {
	// Path is the shortest climb from one release to another, both included;
	// nil when there is none.
	Path(from, to string) []string
}

// GateInput is everything that the gate knows.
type GateInput struct {
	Stack string
	// Release and Digest are what the stack's file asks for.
	Release, Digest string
	Now             time.Time
	Ladder          Ladder
	// Own and OwnAttempt are what the stack says of itself; nil before the
	// first successful up, and before the first up.
	Own        *Record
	OwnAttempt *Attempt
	// After is the stage before; "" for the first stage.
	After    string
	Soak     time.Duration
	Upstream Upstream
	// ShapeDifferences are the paths, with both values, where the stack's shape
	// is not what upstream's record tells of, without the acknowledged ones.
	ShapeDifferences []string
	Override         *Override
}

// Verdict is the gate's answer.
type Verdict struct {
	// Findings: an error refuses the release. What an override lifted is there
	// as a warning.
	Findings finding.List
	// Override is set when one was needed: the record keeps it.
	Override *Override
}

// gate collects refusals. Held ones an override lifts; hard ones stand for what
// no approval changes.
type gate struct {
	GateInput
	held, hard finding.List
}

// Acts says whether the gate has anything to judge: not while the stack runs
// what its file asks for, in the same edition, and no climb was left half done.
func (in GateInput) Acts() bool {
	return in.Own == nil || !in.Own.Is(in.Release, in.Digest) || !in.OwnAttempt.finished(in.Own)
}

// resumes says whether the stack set out for this very release before: it
// passed then, and to be finished is better than to stay half way.
func (in GateInput) resumes() bool {
	a := in.OwnAttempt
	return a != nil && a.Release == in.Release && a.Digest == in.Digest && !a.finished(in.Own)
}

// Check says whether the stack may take the release that its file names.
func Check(in GateInput) Verdict {
	if !in.Acts() {
		return Verdict{}
	}
	if in.resumes() {
		var v Verdict
		v.Findings.Warn("release", "let it finish", "%s goes on with the climb to %s that began on %s and did not end", in.Stack, in.Release, at(in.OwnAttempt.At))
		v.Override = in.OwnAttempt.Override
		return v
	}
	g := &gate{GateInput: in}
	g.checkOwn()
	if in.After != "" {
		g.checkUpstream()
	}
	return g.verdict()
}

// verdict weighs what was found against the override.
func (g *gate) verdict() Verdict {
	if len(g.held) == 0 {
		return Verdict{Findings: g.hard}
	}
	if g.Override != nil {
		void := g.Override.check(g.Release, g.Now)
		if len(g.hard)+len(void) == 0 {
			o := *g.Override
			for i := range g.held {
				g.held[i].Severity = finding.Warning
				g.held[i].Fix = fmt.Sprintf("overridden until %s, approved by %s: %s", o.Until, o.ApprovedBy, o.Reason)
			}
			return Verdict{Findings: g.held, Override: &o}
		}
		g.hard = append(g.hard, void...)
	}
	return Verdict{Findings: append(g.hard, g.held...)}
}

// asked begins every refusal: what is deployed and what was asked.
func (g *gate) asked() string {
	switch {
	case g.Own == nil && g.OwnAttempt != nil:
		return fmt.Sprintf("%s is half way through its first deployment, of %s, and %s was asked", g.Stack, g.OwnAttempt.Release, g.Release)
	case g.Own == nil:
		return fmt.Sprintf("%s is not deployed yet, and %s was asked", g.Stack, g.Release)
	case !g.OwnAttempt.finished(g.Own):
		return fmt.Sprintf("%s runs %s, is half way to %s, and %s was asked", g.Stack, g.Own.Release, edition(g.Own, g.OwnAttempt.Release), g.Release)
	}
	return fmt.Sprintf("%s runs %s, and %s was asked", g.Stack, g.Own.Release, edition(g.Own, g.Release))
}

// edition is a release that differs from a record: by name, or only by its file.
func edition(r *Record, release string) string {
	if r.Release == release {
		return "an edited " + release
	}
	return release
}

func (g *gate) hold(fix, format string, args ...any) {
	g.held.Add("release", fix, "%s: %s", g.asked(), fmt.Sprintf(format, args...))
}

func (g *gate) refuse(fix, format string, args ...any) {
	g.hard.Add("release", fix, "%s: %s", g.asked(), fmt.Sprintf(format, args...))
}

// newest is what the stack is on its way to, or runs.
func (g *gate) newest() (release string, known bool) {
	switch {
	case !g.OwnAttempt.finished(g.Own):
		return g.OwnAttempt.Release, true
	case g.Own != nil:
		return g.Own.Release, true
	}
	return "", false
}

// Rollback is what EKS takes back, and what not. Source: EKS user guide, "Roll
// back a cluster's Kubernetes version" (facts, platform, 2026).
const Rollback = "EKS rolls a control plane back one minor within 7 days of its upgrade, by hand, and neither nodes nor add-ons, charts, definitions or stored objects with it"

// checkOwn judges the step from what the stack is on.
func (g *gate) checkOwn() {
	from, known := g.newest()
	if !known || from == g.Release {
		return
	}
	half := !g.OwnAttempt.finished(g.Own)
	down, up := g.Ladder.Path(g.Release, from), g.Ladder.Path(from, g.Release)
	switch {
	case half && g.Own != nil && g.Release == g.Own.Release:
		g.hold(fmt.Sprintf("set release: %q again and run up to finish the climb; if it cannot be finished, name a promotion.override and make sure first that no control plane has moved", from),
			"the climb to %s began on %s and did not end, its control planes may run it already, and a control plane does not go back; %s", from, at(g.OwnAttempt.At), Rollback)
	case half && g.Own == nil:
		g.hold(fmt.Sprintf("set release: %q and run up until it succeeds, or run destroy first and begin again", from),
			"the first deployment is finished before another release is taken")
	case len(down) == 2 && !half:
		g.hold(fmt.Sprintf("stay on %s; only after such a rollback, name a promotion.override for %s", from, g.Release),
			"it is older, and a release is not taken back; %s", Rollback)
	case down != nil:
		g.refuse("set release: "+quote(from)+" and run up", "it is older, and a release is not taken back; %s", Rollback)
	case up == nil:
		g.refuse("restore the release's file in the catalogue, or name a release that can be reached from it", "no climb leads there from %s", from)
	case half:
		g.refuse("set release: "+quote(from)+", run up to finish that climb, then take the next", "one climb is finished before another begins")
	case len(up) > 2:
		g.refuse(fmt.Sprintf("the next allowed step is release: %q; the whole way is %s", up[1], strings.Join(up, ", ")), "that skips %s, and a climb is one rung at a time", strings.Join(up[1:len(up)-1], ", "))
	}
}

// checkUpstream judges what the stage before has run.
func (g *gate) checkUpstream() {
	up := g.Upstream
	switch {
	case up.Record == nil && up.Attempt == nil:
		g.hold("run up of "+g.After+" first", "%s was never brought up: it has no record in /ladder/%s", g.After, g.After)
		return
	case up.Record == nil:
		g.hold("run up of "+g.After+" again until it succeeds", "the first deployment of %s, of %s, has not ended", g.After, up.Attempt.Release)
		return
	case !up.Attempt.finished(up.Record):
		g.hold(fmt.Sprintf("run up of %s again until it succeeds", g.After),
			"%s is half way from %s to %s since %s, and proves nothing until it has arrived", g.After, up.Record.Release, edition(up.Record, up.Attempt.Release), at(up.Attempt.At))
		return
	}
	run, ran := up.Record.Ran(g.Release, g.Digest)
	if ran && run.ReleaseDigest != g.Digest {
		g.hold("restore the release's file as it was, or make a new release of it and take that through every stage",
			"the file of %s was edited since: %s ran it with digest %s, here it has %s", g.Release, g.After, short(run.ReleaseDigest), short(g.Digest))
		return
	}
	if g.Own == nil {
		if !ran && g.Ladder.Path(g.Release, up.Record.Release) == nil {
			g.hold(fmt.Sprintf("the next allowed step is release: %q, or an older one", up.Record.Release),
				"%s runs %s, and a first deployment goes no higher than that", g.After, up.Record.Release)
		}
		return
	}
	if !ran {
		g.hold(fmt.Sprintf("stay on %s until %s has run %s for %s", g.Own.Release, g.After, g.Release, hours(g.Soak)),
			"%s runs %s and has not run it", g.After, up.Record.Release)
		return
	}
	g.checkSoak(run)
	if run.Current() {
		g.checkHealth(run)
		g.checkShape()
	}
}

// checkSoak asks for the agreed time in good health.
func (g *gate) checkSoak(run Run) {
	if run.Since.IsZero() {
		if g.Soak > 0 {
			g.hold("run up of "+g.After+" once, which writes the date; the soak begins there", "the record of %s does not say since when it runs %s: an older version of this program wrote it", g.After, g.Release)
		}
		return
	}
	from, because := run.Since, "since "+at(run.Since)
	if o := g.Upstream.Observation; o != nil {
		if bad := o.LastBad[g.Release]; bad.After(from) {
			from, because = bad, "in good health since "+at(bad)+" at the earliest"
		}
	}
	if !run.Current() {
		if ran := run.Until.Sub(from); ran < g.Soak {
			g.hold("it does not go back there: name a promotion.override, or make a release with the same contents and take that through every stage",
				"%s ran it %s until %s, that is %s, and %s asks for %s", g.After, because, at(run.Until), hours(ran), g.Stack, hours(g.Soak))
		}
		return
	}
	if ran := g.Now.Sub(from); ran < g.Soak {
		g.hold("stay on "+g.Own.Release+" and run up again then; the soak starts again whenever "+g.After+" is seen in bad health",
			"%s runs it %s, that is %s, and %s asks for %s: the soak is over on %s", g.After, because, hours(ran), g.Stack, hours(g.Soak), at(from.Add(g.Soak)))
	}
}

// checkHealth asks for a recent observation, and for a good one.
func (g *gate) checkHealth(run Run) {
	observe := "run ladder observe " + g.After + ", and every night"
	o := g.Upstream.Observation
	switch {
	case o == nil:
		g.hold(observe, "the health of %s was never observed", g.After)
	case o.Date.Before(run.Since):
		g.hold(observe, "the health of %s was last observed on %s, before it ran %s", g.After, at(o.Date), g.Release)
	case g.Now.Sub(o.Date) > maxAge:
		g.hold(observe, "the health of %s was last observed on %s, more than %s ago", g.After, at(o.Date), hours(maxAge))
	case o.Health != Good:
		g.hold("repair "+g.After+", then run ladder observe "+g.After+"; its soak starts again there", "%s is in bad health: %s", g.After, strings.Join(o.Reasons, "; "))
	}
}

// checkShape: a soak in another shape proves nothing.
func (g *gate) checkShape() {
	r := g.Upstream.Record
	switch {
	case r.ShapeDigest == "":
		g.hold("run up of "+g.After+" once, which writes it", "the record of %s does not say which shape it has", g.After)
	case g.Upstream.Shape == nil || ShapeDigest(g.Upstream.Shape) != r.ShapeDigest:
		g.hold("run up of "+g.After+" again, which writes both", "/ladder/%s/shape is not the shape that the record of %s tells of", g.After, g.After)
	case len(g.ShapeDifferences) > 0:
		g.hold("make them the same, or add the paths to promotion.differences", "%s ran it in another shape: %s", g.After, strings.Join(g.ShapeDifferences, "; "))
	}
}

// at is a moment as messages have it.
func at(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// hours are what people count a soak in.
func hours(d time.Duration) string {
	h := int(d.Hours())
	if d > 0 && h == 0 {
		return fmt.Sprintf("%d minutes", int(d.Minutes()))
	}
	return fmt.Sprintf("%dh", h)
}

func quote(s string) string { return fmt.Sprintf("%q", s) }

// short is as much of a digest as tells it from others.
func short(digest string) string { return digest[:min(len(digest), 12)] }
