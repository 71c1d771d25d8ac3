package aws

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/ladder-platform/ladder/sandbox/world"
)

// Alarms of the simulated cloud do not look at metrics: they are OK until
// somebody sets them, as SetAlarmState of the API does. A composite alarm
// follows the alarms that its rule names.
const (
	alarmOK      = "OK"
	alarmRings   = "ALARM"
	alarmUnknown = "INSUFFICIENT_DATA"
	// hiddenAlarmHistory holds the changes of state of one alarm, the oldest
	// first. CloudWatch keeps them for 30 days, longer than the alarm itself.
	hiddenAlarmHistory = "hidden:cloudwatch/AlarmHistory"
)

// SetAlarm sets the state of a metric alarm, writes that into its history, and
// lets composite alarms follow.
func SetAlarm(tx *world.Tx, name, state string) error {
	if !slices.Contains([]string{alarmOK, alarmRings, alarmUnknown}, state) {
		return fmt.Errorf("the state %q is not %s, %s or %s", state, alarmOK, alarmRings, alarmUnknown)
	}
	found := tx.Find(typeAlarm, "", func(o *world.Object) bool { return o.ID == name })
	switch len(found) {
	case 0:
		return fmt.Errorf("there is no metric alarm %q; ladder sandbox drift list names what is there", name)
	case 1:
	default:
		return fmt.Errorf("%d accounts or regions have an alarm %q", len(found), name)
	}
	setAlarm(tx, found[0], state)
	return nil
}

// setAlarm sets the state of a metric alarm and lets composite alarms follow. A
// composite may follow another one: as many rounds as there are.
func setAlarm(tx *world.Tx, alarm *world.Object, state string) {
	changeAlarm(tx, alarm, state)
	for range tx.Find(typeComposite, alarm.Scope, nil) {
		for _, o := range tx.Find(typeComposite, alarm.Scope, nil) {
			state := alarmOK
			if rings(tx, o) {
				state = alarmRings
			}
			changeAlarm(tx, o, state)
		}
	}
}

// changeAlarm puts an alarm into a state, if it is in another.
func changeAlarm(tx *world.Tx, o *world.Object, state string) {
	was := alarmState(o)
	if was == state {
		return
	}
	o.State = state
	tx.Put(o)
	key := world.Key{Kind: hiddenAlarmHistory, Scope: o.Scope, ID: o.ID}
	h, ok := tx.Get(key)
	if !ok {
		h = &world.Object{Kind: key.Kind, Scope: key.Scope, ID: key.ID, Name: o.ID, Owner: "service:cloudwatch", Attrs: map[string]any{}}
	}
	changes, _ := h.Attrs["changes"].([]any)
	h.Attrs["changes"] = append(changes, map[string]any{"at": tx.Now().UTC().Format(time.RFC3339), "from": was, "to": state})
	tx.Put(h)
}

func alarmState(o *world.Object) string {
	if o.State == "" {
		return alarmOK
	}
	return o.State
}

var ruleToken = regexp.MustCompile(`\(|\)|\bAND\b|\bOR\b|\bNOT\b|\bTRUE\b|\bFALSE\b|(?:ALARM|OK|INSUFFICIENT_DATA)\(\s*"?[^")]+?"?\s*\)`)

// rings evaluates the rule of a composite alarm: AND binds closer than OR, NOT
// closest. Source: CloudWatch API reference, PutCompositeAlarm, AlarmRule.
func rings(tx *world.Tx, composite *world.Object) bool {
	e := &alarmRule{tokens: ruleToken.FindAllString(str(composite.Attrs, "alarmRule"), -1), is: func(atom string) bool {
		want, _, _ := strings.Cut(atom, "(")
		for _, name := range namedAlarms(atom) {
			for _, kind := range []string{typeAlarm, typeComposite} {
				if o, ok := tx.Get(world.Key{Kind: kind, Scope: composite.Scope, ID: name}); ok {
					return alarmState(o) == want
				}
			}
		}
		return false
	}}
	return e.or()
}

// alarmRule is a rule that is read from left to right.
type alarmRule struct {
	tokens []string
	is     func(atom string) bool
}

func (e *alarmRule) next(token string) bool {
	if len(e.tokens) == 0 || e.tokens[0] != token {
		return false
	}
	e.tokens = e.tokens[1:]
	return true
}

func (e *alarmRule) or() bool {
	out := e.and()
	for e.next("OR") {
		right := e.and()
		out = out || right
	}
	return out
}

func (e *alarmRule) and() bool {
	out := e.not()
	for e.next("AND") {
		right := e.not()
		out = out && right
	}
	return out
}

func (e *alarmRule) not() bool {
	switch {
	case e.next("NOT"):
		return !e.not()
	case e.next("("):
		out := e.or()
		e.next(")")
		return out
	case e.next("TRUE"):
		return true
	case e.next("FALSE"), len(e.tokens) == 0:
		return false
	}
	atom := e.tokens[0]
	e.tokens = e.tokens[1:]
	return e.is(atom)
}
