package promotion

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var now = time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)

// runsNow is what a stage has written that has run a release since a time.
func runsNow(release string, since time.Time, bad time.Time) Upstream {
	o := Observe(nil, release, Facts{}, now)
	if !bad.IsZero() {
		o.LastBad[release] = bad
	}
	shape := map[string]string{"a": "b"}
	return Upstream{
		Record:  &Record{Version: RecordVersion, Entry: Entry{Release: release, ReleaseDigest: "d" + release, Since: since}, ShapeDigest: ShapeDigest(shape)},
		Attempt: &Attempt{Release: release, Digest: "d" + release, At: since}, Observation: &o, Shape: shape,
	}
}

func TestForesee(t *testing.T) {
	const day = 24 * time.Hour
	dev := func(u Upstream) StageState { return StageState{Name: "dev", Planned: "2026.11", Read: true, Wrote: u} }
	stg := func(u Upstream) StageState {
		return StageState{Name: "stg", Planned: "2026.08", Soak: day, Read: true, Wrote: u}
	}
	prd := func(u Upstream) StageState {
		return StageState{Name: "prd", Planned: "2026.08", Soak: 3 * day, Read: true, Wrote: u}
	}
	old := runsNow("2026.08", now.Add(-100*day), time.Time{})
	for name, c := range map[string]struct {
		stages []StageState
		want   []string // a part of each
		at     time.Time
	}{
		"the first stage is asked nothing": {[]StageState{dev(old)}, nil, time.Time{}},
		"stg waits for the rest of the soak": {[]StageState{dev(runsNow("2026.11", now.Add(-10*time.Hour), time.Time{})), stg(old)},
			[]string{"the soak is over on 2026-11-21 14:00 UTC"}, now.Add(14 * time.Hour)},
		"the soak began again at a bad observation": {[]StageState{dev(runsNow("2026.11", now.Add(-10*day), now.Add(-time.Hour))), stg(old)},
			[]string{"in good health since"}, now.Add(23 * time.Hour)},
		"prd waits for stg, which waits for dev": {[]StageState{dev(runsNow("2026.11", now.Add(-10*time.Hour), time.Time{})), stg(old), prd(old)},
			[]string{"stg runs 2026.08, and 2026.11 was asked", "prd runs 2026.08, and 2026.11 was asked: stg runs 2026.08 and has not run it"}, now.Add(14*time.Hour + 3*day)},
		"prd waits for stg only": {[]StageState{dev(runsNow("2026.11", now.Add(-10*day), time.Time{})), stg(runsNow("2026.11", now.Add(-2*day), time.Time{})), prd(old)},
			[]string{"the soak is over on 2026-11-22 00:00 UTC"}, now.Add(day)},
		"the gate is open": {[]StageState{dev(runsNow("2026.11", now.Add(-10*day), time.Time{})), stg(runsNow("2026.11", now.Add(-4*day), time.Time{})), prd(old)}, nil, time.Time{}},
		"a stage that is not there": {[]StageState{dev(Upstream{}), stg(old)},
			[]string{"dev was never brought up"}, now.Add(day)},
		"a stage that would be first deployed": {[]StageState{dev(runsNow("2026.11", now.Add(-10*day), time.Time{})), stg(old), prd(Upstream{})},
			[]string{"prd is not deployed yet, and 2026.11 was asked: stg runs 2026.08, and a first deployment goes no higher"}, now.Add(3 * day)},
		"only the files": {[]StageState{{Name: "dev", Planned: "2026.11"}, {Name: "stg", Planned: "2026.08", Soak: day}, {Name: "prd", Planned: "2026.08", Soak: 3 * day}},
			[]string{"stg asks that dev has run 2026.11 for 24h", "prd asks that stg has run 2026.11 for 72h, was observed in good health, and has the same shape: the file of stg names 2026.08 still"}, now.Add(4 * day)},
	} {
		t.Run(name, func(t *testing.T) {
			got := Foresee(c.stages, "2026.11", "d2026.11", ladder, now)
			if len(got.Missing) != len(c.want) {
				t.Fatalf("%d lines, want %d: %q", len(got.Missing), len(c.want), got.Missing)
			}
			for i, want := range c.want {
				if !strings.Contains(got.Missing[i], want) {
					t.Errorf("line %d is %q, want %q in it", i, got.Missing[i], want)
				}
			}
			if diff := cmp.Diff(c.at, got.Earliest); diff != "" {
				t.Errorf("earliest (-want +got):\n%s", diff)
			}
		})
	}
}
