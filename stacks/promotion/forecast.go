package promotion

import (
	"fmt"
	"time"
)

// StageState is one stage of the way to a stack, as it is now.
type StageState struct {
	Name string
	// Planned is the release that the stage's file names.
	Planned string
	// Soak that it asks of the stage before.
	Soak time.Duration
	// Read says that Wrote is what the stage has written of itself; without it
	// nobody looked, and the files are all there is.
	Read  bool
	Wrote Upstream
	// Differences of shape from the stage before that nobody acknowledged.
	Differences []string
	Override    *Override
}

// Forecast is what the gate of the last stage still asks before it lets a
// release pass.
type Forecast struct {
	Stack   string `json:"stack"`
	Release string `json:"release"`
	// Read is false when only the stack files were looked at.
	Read bool `json:"read"`
	// Missing are refusals as they would be now, the first stage's first; none
	// means that the gate is open.
	Missing []string `json:"missing"`
	// Earliest is when the gate can open, if every stage takes the release as soon
	// as it may and stays in good health.
	Earliest time.Time `json:"earliest,omitzero"`
}

// Foresee asks the gates of all stages, the first stage first; the last one is
// whose gate is meant.
func Foresee(stages []StageState, release, digest string, ladder Ladder, now time.Time) Forecast {
	last := stages[len(stages)-1]
	out := Forecast{Stack: last.Name, Release: release, Read: last.Read, Missing: []string{}, Earliest: now.UTC().Truncate(time.Minute)}
	start := out.Earliest // of the release on the stage before
	for i, s := range stages {
		runs := s.runs(release, digest)
		if i > 0 && !runs {
			out.Missing = append(out.Missing, s.missing(stages[i-1], release, digest, ladder, now)...)
			if at := start.Add(s.Soak); at.After(out.Earliest) {
				out.Earliest = at
			}
		}
		start = out.Earliest
		if runs {
			start = s.since(release)
		}
	}
	if len(out.Missing) == 0 {
		out.Earliest = time.Time{}
	}
	return out
}

// runs says whether the stage has the release, as far as anybody looked.
func (s StageState) runs(release, digest string) bool {
	return s.Read && s.Wrote.Record != nil && s.Wrote.Record.Is(release, digest) && s.Wrote.Attempt.finished(s.Wrote.Record)
}

// since is from when on the release has run in good health.
func (s StageState) since(release string) time.Time {
	from := s.Wrote.Record.Since
	if o := s.Wrote.Observation; o != nil && o.LastBad[release].After(from) {
		from = o.LastBad[release]
	}
	return from
}

// missing is what this stage's gate asks of the one before.
func (s StageState) missing(before StageState, release, digest string, ladder Ladder, now time.Time) []string {
	if !s.Read {
		asks := fmt.Sprintf("%s asks that %s has run %s for %s, was observed in good health, and has the same shape", s.Name, before.Name, release, hours(s.Soak))
		if before.Planned != release {
			asks += fmt.Sprintf(": the file of %s names %s still", before.Name, before.Planned)
		}
		return []string{asks}
	}
	verdict := Check(GateInput{
		Stack: s.Name, Release: release, Digest: digest, Now: now, Ladder: ladder, Own: s.Wrote.Record, OwnAttempt: s.Wrote.Attempt,
		After: before.Name, Soak: s.Soak, Upstream: before.Wrote, ShapeDifferences: s.Differences, Override: s.Override,
	})
	var out []string
	for _, f := range verdict.Findings.Errors() {
		out = append(out, f.Message+"; "+f.Fix)
	}
	return out
}
