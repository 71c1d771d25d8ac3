package aws

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/sandbox/world"
)

func alarmWorld(t *testing.T, rule string) *world.World {
	t.Helper()
	w := world.New(1, time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC))
	err := w.Tx(func(tx *world.Tx) error {
		for _, name := range []string{"a", "b"} {
			tx.Put(&world.Object{Kind: typeAlarm, Scope: "1/r", ID: name, Name: name})
		}
		tx.Put(&world.Object{Kind: typeComposite, Scope: "1/r", ID: "both", Attrs: map[string]any{"alarmRule": rule}})
		tx.Put(&world.Object{Kind: typeComposite, Scope: "1/r", ID: "over", Attrs: map[string]any{"alarmRule": `ALARM("both")`}})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func set(t *testing.T, w *world.World, name, state string) {
	t.Helper()
	if err := w.Tx(func(tx *world.Tx) error { return SetAlarm(tx, name, state) }); err != nil {
		t.Fatal(err)
	}
}

func stateOf(w *world.World, name string) (state string) {
	w.View(func(tx *world.Tx) {
		o, _ := tx.Get(world.Key{Kind: typeComposite, Scope: "1/r", ID: name})
		state = alarmState(o)
	})
	return state
}

func TestACompositeAlarmFollowsItsRule(t *testing.T) {
	tests := map[string]struct {
		rule string
		a, b string
		want string
	}{
		"one of two":                         {`ALARM("a") OR ALARM("b")`, "OK", "ALARM", "ALARM"},
		"none of two":                        {`ALARM("a") OR ALARM("b")`, "OK", "OK", "OK"},
		"no data is no alarm":                {`ALARM("a") OR ALARM("b")`, "INSUFFICIENT_DATA", "OK", "OK"},
		"both are asked for, one is there":   {`ALARM("a") AND ALARM("b")`, "ALARM", "OK", "OK"},
		"AND binds closer than OR":           {`ALARM("a") OR ALARM("b") AND FALSE`, "ALARM", "OK", "ALARM"},
		"parentheses bind closest":           {`(ALARM("a") OR ALARM("b")) AND FALSE`, "ALARM", "ALARM", "OK"},
		"NOT of an alarm by its ARN":         {`NOT OK(arn:aws:cloudwatch:r:1:alarm:a)`, "ALARM", "OK", "ALARM"},
		"an alarm that is not there is none": {`ALARM("c")`, "ALARM", "ALARM", "OK"},
		"a rule that never holds":            {`FALSE`, "ALARM", "ALARM", "OK"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := alarmWorld(t, tt.rule)
			set(t, w, "a", tt.a)
			set(t, w, "b", tt.b)
			if got := stateOf(w, "both"); got != tt.want {
				t.Errorf("the alarm is in %s, want %s", got, tt.want)
			}
			if got := stateOf(w, "over"); got != tt.want {
				t.Errorf("the alarm over it is in %s, want %s", got, tt.want)
			}
		})
	}
}

func TestAnAlarmsHistoryIsKept(t *testing.T) {
	w := alarmWorld(t, `ALARM("a")`)
	set(t, w, "a", "ALARM")
	set(t, w, "a", "ALARM") // no change
	if err := w.Advance(time.Hour); err != nil {
		t.Fatal(err)
	}
	set(t, w, "a", "OK")
	want := []any{
		map[string]any{"at": "2026-11-21T09:00:00Z", "from": "OK", "to": "ALARM"},
		map[string]any{"at": "2026-11-21T10:00:00Z", "from": "ALARM", "to": "OK"},
	}
	w.View(func(tx *world.Tx) {
		for _, name := range []string{"a", "both", "over"} {
			h, ok := tx.Get(world.Key{Kind: hiddenAlarmHistory, Scope: "1/r", ID: name})
			if !ok {
				t.Fatalf("%s has no history", name)
			}
			if diff := cmp.Diff(want, h.Attrs["changes"]); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
	})
}

func TestWhatCannotBeSet(t *testing.T) {
	for name, tt := range map[string]struct{ alarm, state, says string }{
		"an alarm that is not there": {"c", "ALARM", `there is no metric alarm "c"`},
		"a composite alarm":          {"both", "ALARM", `there is no metric alarm "both"`},
		"a state that is none":       {"a", "RINGS", `the state "RINGS" is not OK, ALARM or INSUFFICIENT_DATA`},
	} {
		t.Run(name, func(t *testing.T) {
			err := alarmWorld(t, "FALSE").Tx(func(tx *world.Tx) error { return SetAlarm(tx, tt.alarm, tt.state) })
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("error %v, want %q", err, tt.says)
			}
		})
	}
}
