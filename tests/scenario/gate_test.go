package scenario

import (
	"strings"
	"testing"
	"time"

	"github.com/ladder-platform/ladder/cmd/ladder/observe"
	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/aws"
	"github.com/ladder-platform/ladder/sandbox/fault"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/promotion"
	"github.com/ladder-platform/ladder/tests/rig"
)

// The two releases that a promotion is under way between.
const (
	lower = `"2026.08"`
	upper = `"2026.11"`
)

// TestAReleaseClimbsFromStageToStage is the way of one release: dev takes it,
// stg may not before dev has soaked, then may, and prd not before stg.
func TestAReleaseClimbsFromStageToStage(t *testing.T) {
	t.Parallel()
	r := rig.New(t, rig.Options{ClustersOnly: true})
	r.MustUp(r.Edited("dev", upper, lower))
	r.MustUp(r.Program("stg")) // a first deployment, at dev's release: no soak
	r.MustUp(r.Program("dev"))

	stg := r.Edited("stg", lower, upper)
	mustRefuse(t, r, stg, "stg runs 2026.08, and 2026.11 was asked", "and stg asks for 24h: the soak is over on 2026-11-2", "stay on 2026.08")
	advance(t, r, 25*time.Hour)
	mustRefuse(t, r, stg, "the health of dev was never observed; run ladder observe dev, and every night")
	mustObserve(t, r, "dev", promotion.Good)
	mustRefuse(t, r, r.Edited("prd", lower, upper), "prd is not deployed yet, and 2026.11 was asked: stg runs 2026.08", `the next allowed step is release: "2026.08"`)
	r.MustPreview(r.Program("prd"))

	advance(t, r, 27*time.Hour)
	mustRefuse(t, r, stg, "more than 26h ago")
	degrade(t, r, "dev", "DEGRADED")
	mustObserve(t, r, "dev", promotion.Bad)
	mustRefuse(t, r, stg, "dev is in bad health: add-on dev-main/coredns is DEGRADED", "in good health since")
	degrade(t, r, "dev", "ACTIVE")
	mustObserve(t, r, "dev", promotion.Good)
	mustRefuse(t, r, stg, "in good health since 2026-11-23", "the soak is over on 2026-11-24")
	advance(t, r, 25*time.Hour)
	mustObserve(t, r, "dev", promotion.Good)

	r.MustUp(stg)
	mustBeEmpty(t, "the second preview of stg", r.MustPreview(stg))
	advance(t, r, 500*time.Hour)
	mustBeEmpty(t, "a preview of stg three weeks later, which the gate does not judge", r.MustPreview(stg))
	got := record(t, r, stg)
	if got.Release != "2026.11" || len(got.History) != 1 || got.History[0].Release != "2026.08" || !got.Since.After(got.History[0].Since) {
		t.Errorf("stg's record is %+v, want 2026.11 with 2026.08 before it", got)
	}
	mustRefuse(t, r, r.Edited("stg", lower, lower), "stg runs 2026.11, and 2026.08 was asked: it is older", "within 7 days of its upgrade", "neither nodes nor add-ons")
}

// TestTheSoakBeginsAgainWhenTheAlarmRings: an alarm of a component makes the
// stack's health alarm ring; the observation sees it, also when it is over by
// then, and stg's soak begins again there.
func TestTheSoakBeginsAgainWhenTheAlarmRings(t *testing.T) {
	t.Parallel()
	r := rig.New(t, rig.Options{ClustersOnly: true})
	r.MustUp(r.Edited("dev", upper, lower))
	r.MustUp(r.Program("stg"))
	r.MustUp(r.Program("dev"))
	stg := r.Edited("stg", lower, upper)

	advance(t, r, 20*time.Hour)
	alarm(t, r, "cluster-main-unplaced-pods", "ALARM")
	mustObserve(t, r, "dev", promotion.Bad)
	mustRefuse(t, r, stg, "dev is in bad health: alarm dev-health has gone off")
	alarm(t, r, "cluster-main-unplaced-pods", "OK")
	mustObserve(t, r, "dev", promotion.Good)
	advance(t, r, 20*time.Hour)
	alarm(t, r, "network-main-nat-ports-apne2-az1", "ALARM") // rings between two observations
	advance(t, r, time.Hour)
	alarm(t, r, "network-main-nat-ports-apne2-az1", "OK")
	advance(t, r, 4*time.Hour)
	seen := observeStack(t, r, "dev")
	if said := strings.Join(seen.Reasons, "; "); seen.Health != promotion.Good || !strings.Contains(said, "alarm dev-health had gone off until 2026-11-22") {
		t.Errorf("dev is in %s health: %s", seen.Health, said)
	}
	mustRefuse(t, r, stg, "in good health since 2026-11-22", "the soak is over on 2026-11-23")
	advance(t, r, 20*time.Hour)
	mustObserve(t, r, "dev", promotion.Good)
	r.MustPreview(stg)
}

// alarm sets the state of the metric alarm of a logical name.
func alarm(t *testing.T, r *rig.Rig, logical, state string) {
	t.Helper()
	if err := r.World().Tx(func(tx *world.Tx) error {
		found := tx.Find("aws:cloudwatch/metricAlarm:MetricAlarm", "", func(o *world.Object) bool {
			return strings.HasSuffix(o.URN, "::"+logical) && strings.HasPrefix(o.URN, "urn:pulumi:dev::")
		})
		if len(found) != 1 {
			t.Fatalf("%d alarms of %s", len(found), logical)
		}
		return aws.SetAlarm(tx, found[0].ID, state)
	}); err != nil {
		t.Fatal(err)
	}
}

// TestAHalfDoneClimbIsNotForgotten: a climb that fails on the way is finished,
// not taken back, and whoever is downstream waits for it.
func TestAHalfDoneClimbIsNotForgotten(t *testing.T) {
	t.Parallel()
	faults, err := fault.New(rig.Seed, fault.Fault{Verb: "update", Type: "aws:eks/nodeGroup:NodeGroup", Kind: fault.Refuse})
	if err != nil {
		t.Fatal(err)
	}
	r := rig.New(t, rig.Options{ClustersOnly: true, Checkpoints: true, Faults: faults})
	old := r.Edited("dev", upper, lower)
	r.MustUp(old)
	if _, err := r.Up(t.Context(), r.Program("dev")); err == nil {
		t.Fatal("the climb passed the fault")
	}
	mustRefuse(t, r, old, "dev runs 2026.08, is half way to 2026.11, and 2026.08 was asked", `set release: "2026.11" again and run up to finish the climb`)
	mustRefuse(t, r, r.Program("stg"), "dev is half way from 2026.08 to 2026.11", "run up of dev again until it succeeds")
	finished := r.MustUp(r.Program("dev"))
	if said := strings.Join(finished.Diagnostics, "\n"); !strings.Contains(said, "dev goes on with the climb to 2026.11") {
		t.Errorf("the up that finishes the climb does not say so:\n%s", said)
	}
	mustBeEmpty(t, "the second preview of dev", r.MustPreview(r.Program("dev")))
	r.MustPreview(r.Program("stg"))
}

// TestAnOverrideIsRecorded: what it lifted stays a warning, it is written down,
// and it may leave the file once it has done its work.
func TestAnOverrideIsRecorded(t *testing.T) {
	t.Parallel()
	const soak, approved = "    soak: 24h\n", "    soak: 24h\n    override: { release: \"2026.11\", reason: closes a hole in use, approvedBy: Kim, until: \"2026-11-22\" }\n"
	r := rig.New(t, rig.Options{ClustersOnly: true})
	r.Wrote(r.Edited("dev", upper, lower), rig.Now)
	stg := r.Edited("stg", lower, upper, soak, approved)
	up := r.MustUp(stg)
	if said := strings.Join(up.Diagnostics, "\n"); !strings.Contains(said, "overridden until 2026-11-22, approved by Kim: closes a hole in use") {
		t.Errorf("the up does not say what was overridden:\n%s", said)
	}
	if o := record(t, r, stg).Override; o == nil || o.ApprovedBy != "Kim" || o.Reason != "closes a hole in use" {
		t.Errorf("the record's override is %+v", o)
	}
	advance(t, r, 100*time.Hour)
	mustBeEmpty(t, "a preview after the override has left the file", r.MustPreview(r.Edited("stg", lower, upper)))
}

// TestWhatUpstreamSaysIsRead: what the gate hears of dev, and what it makes of it.
func TestWhatUpstreamSaysIsRead(t *testing.T) {
	t.Parallel()
	const reader = "    read: ssm\n"
	cases := map[string]struct {
		// given changes what dev has written.
		given func(*testing.T, *rig.Rig)
		edit  []string
		want  []string // none: the preview passes
	}{
		"dev is there":                      {given: func(*testing.T, *rig.Rig) {}},
		"dev was never brought up":          {given: forget("record", "attempt"), want: []string{"dev was never brought up: it has no record in /ladder/dev; run up of dev first"}},
		"dev's first deployment has failed": {given: forget("record"), want: []string{"the first deployment of dev, of 2026.08, has not ended"}},
		"dev ran another edition":           {given: rewrite("record", `"releaseDigest":"`, `"releaseDigest":"0`), want: []string{"dev is half way from 2026.08 to an edited 2026.08"}},
		"dev ran another edition throughout": {given: func(t *testing.T, r *rig.Rig) {
			rewrite("record", `"releaseDigest":"`, `"releaseDigest":"0`)(t, r)
			rewrite("attempt", `"digest":"`, `"digest":"0`)(t, r)
		}, want: []string{"the file of 2026.08 was edited since: dev ran it with digest 0", "restore the release's file as it was"}},
		"dev's record is damaged":           {given: rewrite("record", "{", "["), want: []string{"the record of dev is damaged"}},
		"dev's record is another project's": {given: rewrite("record", "ladder/dev", "shop/dev"), want: []string{"the record that was read for ladder/dev is of shop/dev"}},
		"an override has ended": {given: forget("record", "attempt"), edit: []string{"    soak: 24h\n", "    soak: 24h\n    override: { release: \"2026.08\", reason: closes a hole, approvedBy: Kim, until: \"2026-11-20\" }\n"},
			want: []string{"promotion.override.until: the override ended on 2026-11-20", "dev was never brought up"}},
		"the reader may read another stack only": {given: readerOf("arn:aws:ssm:*:*:parameter/ladder/other/*", "arn:aws:iam::222222222222:root"),
			want: []string{"AccessDeniedException: User: arn:aws:sts::111111111111:assumed-role/ladder-record-reader/ladder is not authorized to perform: ssm:GetParameter", "the role needs ssm:GetParameter on parameter/ladder/dev/*"}},
		"the reader trusts another account": {given: readerOf("arn:aws:ssm:*:*:parameter/ladder/dev/*", "arn:aws:iam::333333333333:root"),
			want: []string{"is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111111111111:role/ladder-record-reader"}},
		"the reader may": {given: readerOf("arn:aws:ssm:*:*:parameter/ladder/dev/*", "arn:aws:iam::222222222222:root")},
		"a stack reference to a stack that is not there": {given: func(*testing.T, *rig.Rig) {}, edit: []string{reader, "    read: stackReference\n"}, want: []string{`unknown stack "organization/ladder/dev"`}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := rig.New(t, rig.Options{ClustersOnly: true})
			r.Wrote(r.Edited("dev", upper, lower), rig.Now)
			c.given(t, r)
			stg := r.Program("stg")
			if len(c.edit) > 0 {
				stg = r.Edited("stg", c.edit...)
			}
			if len(c.want) == 0 {
				r.MustPreview(stg)
				return
			}
			mustRefuse(t, r, stg, c.want...)
		})
	}
}

// TestARecordIsReadThroughAStackReference: the other source of the record.
func TestARecordIsReadThroughAStackReference(t *testing.T) {
	t.Parallel()
	r := rig.New(t, rig.Options{ClustersOnly: true})
	r.MustUp(r.Edited("dev", upper, lower))
	forget("record")(t, r)
	r.MustPreview(r.Edited("stg", "    read: ssm\n", "    read: stackReference\n"))
	mustRefuse(t, r, r.Edited("stg", "    read: ssm\n", "    read: stackReference\n", lower, upper), "dev runs 2026.08, and a first deployment goes no higher than that")
}

// mustRefuse previews and wants every part in what is said.
func mustRefuse(t *testing.T, r *rig.Rig, p sandbox.Program, want ...string) {
	t.Helper()
	result, err := r.Preview(t.Context(), p)
	if err == nil {
		t.Errorf("the preview of %s passed, want a refusal: %q", p.Stack, want)
		return
	}
	said := err.Error()
	if result != nil {
		said += "\n" + strings.Join(result.Diagnostics, "\n")
	}
	for _, w := range want {
		if !strings.Contains(said, w) {
			t.Errorf("the refusal lacks %q:\n%s", w, said)
		}
	}
}

func advance(t *testing.T, r *rig.Rig, d time.Duration) {
	t.Helper()
	if err := r.World().Advance(d); err != nil {
		t.Fatal(err)
	}
}

// simulated is a stack's account and region.
func simulated(t *testing.T, r *rig.Rig, stack string) observe.Simulated {
	t.Helper()
	cfg, _ := config.Load(rig.StackFile(stack), stack)
	return observe.Simulated{World: r.World(), Scope: cfg.Environment.AccountID + "/" + cfg.Environment.Region}
}

// observeStack writes down a stack's health.
func observeStack(t *testing.T, r *rig.Rig, stack string) promotion.Observation {
	t.Helper()
	seen, err := observe.Run(t.Context(), simulated(t, r, stack), stack, []string{config.ClusterName(stack, "main")}, r.World().Now())
	if err != nil {
		t.Fatal(err)
	}
	return seen
}

func mustObserve(t *testing.T, r *rig.Rig, stack, health string) {
	t.Helper()
	seen := observeStack(t, r, stack)
	if seen.Health != health {
		t.Fatalf("%s is in %s health, want %s: %v", stack, seen.Health, health, seen.Reasons)
	}
}

// degrade changes the state of a stack's CoreDNS add-on.
func degrade(t *testing.T, r *rig.Rig, stack, state string) {
	t.Helper()
	if err := r.World().Tx(func(tx *world.Tx) error {
		for _, o := range tx.Find("aws:eks/addon:Addon", simulated(t, r, stack).Scope, func(o *world.Object) bool { return o.Attrs["addonName"] == "coredns" }) {
			o.State = state
			tx.Put(o)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func record(t *testing.T, r *rig.Rig, p sandbox.Program) promotion.Record {
	t.Helper()
	outputs, err := r.Outputs(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	text, _ := outputs["record"].(string)
	got, ok, err := promotion.DecodeRecord(text)
	if err != nil || !ok {
		t.Fatalf("record of %s: ok=%v err=%v", p.Stack, ok, err)
	}
	return got
}

// forget deletes some of what dev has written.
func forget(names ...string) func(*testing.T, *rig.Rig) {
	return func(t *testing.T, r *rig.Rig) {
		t.Helper()
		scope := simulated(t, r, "dev").Scope
		if err := r.World().Tx(func(tx *world.Tx) error {
			for _, name := range names {
				tx.Delete(world.Key{Kind: "aws:ssm/parameter:Parameter", Scope: scope, ID: promotion.Parameter("dev", name)})
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// rewrite replaces a text in what dev has written.
func rewrite(name, old, new string) func(*testing.T, *rig.Rig) {
	return func(t *testing.T, r *rig.Rig) {
		t.Helper()
		cloud, path := simulated(t, r, "dev"), promotion.Parameter("dev", name)
		text, err := cloud.Get(t.Context(), path)
		if err != nil || !strings.Contains(text, old) {
			t.Fatalf("%s has no %q: %s %v", path, old, text, err)
		}
		if err := cloud.Put(t.Context(), path, strings.Replace(text, old, new, 1)); err != nil {
			t.Fatal(err)
		}
	}
}

// readerOf makes the role that stg reads dev with.
func readerOf(resource, trusted string) func(*testing.T, *rig.Rig) {
	return func(t *testing.T, r *rig.Rig) {
		t.Helper()
		const role = "ladder-record-reader"
		put := func(kind, id string, attrs map[string]any) {
			if err := r.World().Tx(func(tx *world.Tx) error {
				tx.Put(&world.Object{Kind: kind, Scope: "111111111111", ID: id, Owner: world.OwnerSeed, Attrs: attrs})
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		put("aws:iam/role:Role", role, map[string]any{"name": role,
			"assumeRolePolicy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + trusted + `"},"Action":"sts:AssumeRole"}]}`})
		put("aws:iam/rolePolicy:RolePolicy", role+":read", map[string]any{"role": role, "name": "read",
			"policy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ssm:GetParameter","Resource":"` + resource + `"}]}`})
	}
}
