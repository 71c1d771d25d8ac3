package promotion

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// rungs is a ladder of releases, lowest first.
type rungs []string

func (r rungs) Path(from, to string) []string {
	a, b := slices.Index(r, from), slices.Index(r, to)
	if a < 0 || b < 0 || a > b {
		return nil
	}
	return slices.Clone(r[a : b+1])
}

var ladder = rungs{"2026.05", "2026.08", "2026.11"}

// noon is when every table begins: stg took 2026.11 four days before.
var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func ago(h int) time.Time { return noon.Add(-time.Duration(h) * time.Hour) }

func ran(release string, since time.Time) Entry {
	return Entry{Release: release, ReleaseDigest: "digest-" + release, Since: since}
}

var common = map[string]string{"networks.main.nat.mode": `"perZone"`}

// prdTakes is prd on 2026.08 that asks for 2026.11, which stg has run for four
// days in good health: the gate lets it pass.
func prdTakes() GateInput {
	return GateInput{
		Stack: "prd", Release: "2026.11", Digest: "digest-2026.11", Now: noon, Ladder: ladder, After: "stg", Soak: 72 * time.Hour,
		Own:        &Record{Version: RecordVersion, Entry: ran("2026.08", ago(900))},
		OwnAttempt: &Attempt{Release: "2026.08", Digest: "digest-2026.08", At: ago(900)},
		Upstream: Upstream{
			Record: &Record{Version: RecordVersion, Entry: ran("2026.11", ago(96)), ShapeDigest: ShapeDigest(common),
				History: []Entry{ran("2026.08", ago(1000)), ran("2026.05", ago(3000))}},
			Attempt:     &Attempt{Release: "2026.11", Digest: "digest-2026.11", At: ago(96)},
			Observation: &Observation{Date: ago(5), Release: "2026.11", Health: Good},
			Shape:       common,
		},
	}
}

func approved() *Override {
	return &Override{Release: "2026.11", Reason: "closes a hole that is being used", ApprovedBy: "Kim", Until: "2026-11-22"}
}

func first(in *GateInput) { in.Own, in.OwnAttempt = nil, nil }

func TestCheck(t *testing.T) {
	cases := map[string]struct {
		change func(*GateInput)
		want   []string // severity, path, and parts of message and fix
	}{
		"soaked, healthy and of the same shape: passes": {func(*GateInput) {}, nil},
		"nothing is judged while the stack runs what its file asks for": {func(in *GateInput) {
			in.Release, in.Digest, in.Upstream = "2026.08", "digest-2026.08", Upstream{}
		}, nil},
		"the first stage climbs on its own": {func(in *GateInput) { in.After, in.Upstream = "", Upstream{} }, nil},

		"the soak is not over, and the refusal says when it will be": {func(in *GateInput) { in.Upstream.Record.Since = ago(33) },
			[]string{"error release: prd runs 2026.08, and 2026.11 was asked: stg runs it since 2026-11-20 03:00 UTC, that is 33h, and prd asks for 72h: the soak is over on 2026-11-23 03:00 UTC; stay on 2026.08 and run up again then"}},
		"the soak is over to the minute": {func(in *GateInput) { in.Upstream.Record.Since = ago(72) }, nil},
		"an alarm between two ups starts the soak again": {func(in *GateInput) {
			in.Upstream.Observation.LastBad = map[string]time.Time{"2026.11": ago(10)}
		}, []string{"error release: prd runs 2026.08, and 2026.11 was asked: stg runs it in good health since 2026-11-21 02:00 UTC at the earliest, that is 10h, and prd asks for 72h: the soak is over on 2026-11-24 02:00 UTC"}},
		"bad health under an earlier release does not count": {func(in *GateInput) {
			in.Upstream.Observation.LastBad = map[string]time.Time{"2026.08": ago(10)}
		}, nil},
		"bad health now is refused without any soak too": {func(in *GateInput) {
			in.Soak, in.Upstream.Observation.Health, in.Upstream.Observation.Reasons = 0, Bad, []string{"add-on coredns is DEGRADED"}
		}, []string{"error release: prd runs 2026.08, and 2026.11 was asked: stg is in bad health: add-on coredns is DEGRADED; repair stg"}},
		"an observation of 26 hours ago is recent": {func(in *GateInput) { in.Upstream.Observation.Date = ago(26) }, nil},
		"an observation older than 26 hours is not": {func(in *GateInput) { in.Upstream.Observation.Date = ago(26).Add(-time.Minute) },
			[]string{"error release: prd runs 2026.08, and 2026.11 was asked: the health of stg was last observed on 2026-11-20 09:59 UTC, more than 26h ago; run ladder observe stg"}},
		"no observation at all": {func(in *GateInput) { in.Upstream.Observation = nil },
			[]string{"error release: prd runs 2026.08, and 2026.11 was asked: the health of stg was never observed; run ladder observe stg"}},
		"an observation from before the climb says nothing of it": {func(in *GateInput) {
			in.Soak, in.Upstream.Record.Since, in.Upstream.Observation.Date = time.Hour, ago(2), ago(3)
		}, []string{"error release: prd runs 2026.08, and 2026.11 was asked: the health of stg was last observed on 2026-11-21 09:00 UTC, before it ran 2026.11"}},

		"stg before dev": {func(in *GateInput) {
			in.Upstream.Record.Entry, in.Upstream.Attempt = ran("2026.08", ago(500)), &Attempt{Release: "2026.08", Digest: "digest-2026.08"}
		}, []string{"error release: prd runs 2026.08, and 2026.11 was asked: stg runs 2026.08 and has not run it; stay on 2026.08 until stg has run 2026.11 for 72h"}},
		"upstream missing": {func(in *GateInput) { in.Upstream = Upstream{} },
			[]string{"error release: prd runs 2026.08, and 2026.11 was asked: stg was never brought up: it has no record in /ladder/stg; run up of stg first"}},
		"upstream empty but for a failed first deployment": {func(in *GateInput) { in.Upstream.Record = nil },
			[]string{"error release: prd runs 2026.08, and 2026.11 was asked: the first deployment of stg, of 2026.11, has not ended; run up of stg again"}},
		"upstream is half way, and downstream waits": {func(in *GateInput) {
			in.Upstream.Record.Entry, in.Upstream.Attempt.At = ran("2026.08", ago(500)), ago(3)
		}, []string{"error release: prd runs 2026.08, and 2026.11 was asked: stg is half way from 2026.08 to 2026.11 since 2026-11-21 09:00 UTC"}},
		"the release's file was edited": {func(in *GateInput) { in.Digest = "other" },
			[]string{"error release: prd runs 2026.08, and 2026.11 was asked: the file of 2026.11 was edited since: stg ran it with digest digest-2026., here it has other; restore the release's file"}},
		"the file of the release that runs was edited": {func(in *GateInput) { in.Release, in.Digest = "2026.08", "other" },
			[]string{"error release: prd runs 2026.08, and an edited 2026.08 was asked: the file of 2026.08 was edited since"}},
		"the same edition, found in upstream's history": {func(in *GateInput) {
			in.Own.Entry, in.OwnAttempt, in.Release, in.Digest = ran("2026.05", ago(4000)), nil, "2026.08", "digest-2026.08"
			in.Upstream.Observation, in.Upstream.Shape = nil, nil // asked only while upstream still runs it
		}, nil},
		"a run in upstream's history that was too short": {func(in *GateInput) {
			in.Own.Entry, in.OwnAttempt, in.Release, in.Digest = ran("2026.05", ago(4000)), nil, "2026.08", "digest-2026.08"
			in.Upstream.Record.History[0].Since = ago(100)
		}, []string{"error release: prd runs 2026.05, and 2026.08 was asked: stg ran it since 2026-11-17 08:00 UTC until 2026-11-17 12:00 UTC, that is 4h, and prd asks for 72h"}},
		"another shape than upstream ran it in": {func(in *GateInput) {
			in.ShapeDifferences = []string{"networks.main.nat.mode: single there, perZone here"}
		},
			[]string{"error release: prd runs 2026.08, and 2026.11 was asked: stg ran it in another shape: networks.main.nat.mode: single there, perZone here; make them the same"}},
		"a shape that is not the record's": {func(in *GateInput) { in.Upstream.Shape = map[string]string{"networks.main.nat.mode": `"single"`} },
			[]string{"error release: prd runs 2026.08, and 2026.11 was asked: /ladder/stg/shape is not the shape that the record of stg tells of"}},
		"a record of version 1 begins no soak": {func(in *GateInput) { in.Upstream.Record.Since, in.Upstream.Record.ShapeDigest = time.Time{}, "" },
			[]string{
				"error release: prd runs 2026.08, and 2026.11 was asked: the record of stg does not say since when it runs 2026.11",
				"error release: prd runs 2026.08, and 2026.11 was asked: the record of stg does not say which shape it has",
			}},

		"skipping a rung": {func(in *GateInput) { in.Own.Entry, in.OwnAttempt = ran("2026.05", ago(900)), nil },
			[]string{`error release: prd runs 2026.05, and 2026.11 was asked: that skips 2026.08, and a climb is one rung at a time; the next allowed step is release: "2026.08"; the whole way is 2026.05, 2026.08, 2026.11`}},
		"a downgrade names the rollback and what it leaves": {func(in *GateInput) { in.Release, in.Digest = "2026.05", "digest-2026.05" },
			[]string{"error release: prd runs 2026.08, and 2026.05 was asked: it is older, and a release is not taken back; EKS rolls a control plane back one minor within 7 days of its upgrade, by hand, and neither nodes nor add-ons, charts, definitions or stored objects with it; stay on 2026.08"}},
		"a downgrade of two rungs is for no override to lift": {func(in *GateInput) {
			in.Own.Entry, in.OwnAttempt, in.Release, in.Digest = ran("2026.11", ago(50)), nil, "2026.05", "digest-2026.05"
			in.Override = approved()
			in.Override.Release = "2026.05"
		}, []string{"error release: prd runs 2026.11, and 2026.05 was asked: it is older"}},
		"a release that the ladder does not know": {func(in *GateInput) { in.Own.Entry, in.OwnAttempt = ran("2025.11", ago(900)), nil },
			[]string{"error release: prd runs 2025.11, and 2026.11 was asked: no climb leads there from 2025.11; restore the release's file"}},

		"setting the old release back after a half-done climb": {func(in *GateInput) {
			in.Release, in.Digest, in.OwnAttempt = "2026.08", "digest-2026.08", &Attempt{Release: "2026.11", Digest: "digest-2026.11", At: ago(2)}
		}, []string{`error release: prd runs 2026.08, is half way to 2026.11, and 2026.08 was asked: the climb to 2026.11 began on 2026-11-21 10:00 UTC and did not end, its control planes may run it already, and a control plane does not go back; EKS rolls a control plane back one minor within 7 days of its upgrade, by hand, and neither nodes nor add-ons, charts, definitions or stored objects with it; set release: "2026.11" again and run up to finish the climb`}},
		"another climb before the half-done one is finished": {func(in *GateInput) {
			in.Own.Entry, in.OwnAttempt = ran("2026.05", ago(900)), &Attempt{Release: "2026.08", Digest: "digest-2026.08", At: ago(2)}
		}, []string{`error release: prd runs 2026.05, is half way to 2026.08, and 2026.11 was asked: one climb is finished before another begins; set release: "2026.08", run up to finish that climb`}},
		"a half-done climb may be finished whatever upstream says now": {func(in *GateInput) {
			in.OwnAttempt, in.Upstream = &Attempt{Release: "2026.11", Digest: "digest-2026.11", At: ago(2)}, Upstream{}
		}, []string{"warning release: prd goes on with the climb to 2026.11 that began on 2026-11-21 10:00 UTC and did not end; let it finish"}},
		"a half-done climb of another edition is judged anew": {func(in *GateInput) {
			in.OwnAttempt, in.Digest = &Attempt{Release: "2026.11", Digest: "digest-2026.11", At: ago(2)}, "other"
		}, []string{"error release: prd runs 2026.08, is half way to 2026.11, and 2026.11 was asked: the file of 2026.11 was edited since"}},

		"a first deployment at upstream's release needs no soak": {func(in *GateInput) {
			first(in)
			in.Upstream.Record.Since, in.Upstream.Observation, in.ShapeDifferences = ago(1), nil, []string{"x"}
		}, nil},
		"a first deployment below upstream's release": {func(in *GateInput) {
			first(in)
			in.Release, in.Digest, in.Upstream.Record.History = "2026.08", "digest-2026.08", nil
		}, nil},
		"a first deployment above upstream's release": {func(in *GateInput) {
			first(in)
			in.Upstream.Record, in.Upstream.Attempt = &Record{Version: RecordVersion, Entry: ran("2026.08", ago(96))}, nil
		}, []string{`error release: prd is not deployed yet, and 2026.11 was asked: stg runs 2026.08, and a first deployment goes no higher than that; the next allowed step is release: "2026.08", or an older one`}},
		"a first deployment of an edited release": {func(in *GateInput) { first(in); in.Digest = "other" },
			[]string{"error release: prd is not deployed yet, and 2026.11 was asked: the file of 2026.11 was edited since"}},
		"a first deployment without upstream": {func(in *GateInput) { first(in); in.Upstream = Upstream{} },
			[]string{"error release: prd is not deployed yet, and 2026.11 was asked: stg was never brought up"}},
		"another release in the middle of a first deployment": {func(in *GateInput) {
			in.Own, in.OwnAttempt = nil, &Attempt{Release: "2026.08", Digest: "digest-2026.08", At: ago(1)}
		}, []string{`error release: prd is half way through its first deployment, of 2026.08, and 2026.11 was asked: the first deployment is finished before another release is taken; set release: "2026.08" and run up until it succeeds, or run destroy first`}},

		"an override lifts the soak, and its words are shown": {func(in *GateInput) { in.Upstream.Record.Since, in.Override = ago(33), approved() },
			[]string{"warning release: prd runs 2026.08, and 2026.11 was asked: stg runs it since 2026-11-20 03:00 UTC, that is 33h, and prd asks for 72h: the soak is over on 2026-11-23 03:00 UTC; overridden until 2026-11-22, approved by Kim: closes a hole that is being used"}},
		"an override counts on its last day": {func(in *GateInput) {
			in.Upstream.Observation, in.Override, in.Now = nil, approved(), time.Date(2026, 11, 22, 23, 59, 0, 0, time.UTC)
		}, []string{"warning release: prd runs 2026.08, and 2026.11 was asked: the health of stg was never observed; overridden"}},
		"an override that has ended": {func(in *GateInput) {
			in.Upstream.Observation, in.Override, in.Now = nil, approved(), time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
		}, []string{
			"error promotion.override.until: the override ended on 2026-11-22; remove the override, or have a new one approved",
			"error release: prd runs 2026.08, and 2026.11 was asked: the health of stg was never observed; run ladder observe stg",
		}},
		"an override without a reason": {func(in *GateInput) {
			in.Upstream.Observation, in.Override = nil, approved()
			in.Override.Reason = "urgent"
		}, []string{`error promotion.override.reason: "urgent" does not say why; say in a sentence`, "error release: prd runs 2026.08, and 2026.11 was asked: the health of stg was never observed; run ladder observe stg"}},
		"an override for another release": {func(in *GateInput) {
			in.Upstream.Observation, in.Override = nil, approved()
			in.Override.Release = "2026.08"
		}, []string{`error promotion.override.release: the override is for release "2026.08", and "2026.11" was asked; have one approved for 2026.11`, "error release: prd runs 2026.08, and 2026.11 was asked: the health of stg was never observed; run ladder observe stg"}},
		"an override does not let a rung be skipped": {func(in *GateInput) {
			in.Own.Entry, in.OwnAttempt, in.Override = ran("2026.05", ago(900)), nil, approved()
		}, []string{"error release: prd runs 2026.05, and 2026.11 was asked: that skips 2026.08"}},
		"an override that nothing needs is not recorded": {func(in *GateInput) { in.Override = approved() }, nil},
		"a rolled back control plane is followed with an override": {func(in *GateInput) {
			in.Release, in.Digest, in.Override = "2026.05", "digest-2026.05", approved()
			in.Override.Release = "2026.05"
			in.Upstream.Record.History = append(in.Upstream.Record.History, ran("2026.05", ago(5000)))
		}, []string{"warning release: prd runs 2026.08, and 2026.05 was asked: it is older, and a release is not taken back"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			in := prdTakes()
			c.change(&in)
			v := Check(in)
			var got []string
			lifted := false
			for i, f := range v.Findings {
				line := string(f.Severity) + " " + f.Path + ": " + f.Message + "; " + f.Fix
				if i < len(c.want) && strings.HasPrefix(line, c.want[i]) {
					line = c.want[i]
				}
				got = append(got, line)
				lifted = lifted || strings.HasPrefix(f.Fix, "overridden")
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			if (v.Override != nil) != lifted {
				t.Errorf("override recorded: %v, needed: %v", v.Override != nil, lifted)
			}
		})
	}
}

// TestAClimbKeepsTheOverrideItBeganWith: the up that finishes a half-done climb
// records who let it begin, though the approval has ended by then.
func TestAClimbKeepsTheOverrideItBeganWith(t *testing.T) {
	in := prdTakes()
	in.OwnAttempt = &Attempt{Release: in.Release, Digest: in.Digest, At: ago(2), Override: approved()}
	if diff := cmp.Diff(approved(), Check(in).Override); diff != "" {
		t.Errorf("override (-want +got):\n%s", diff)
	}
}
