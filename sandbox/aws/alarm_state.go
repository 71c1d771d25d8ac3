package aws

import (
	"regexp"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/world"
)

// States of alarms. An alarm without a state is OK: nothing was measured that
// would set it off, and stacks treat missing data as not breaching.
const (
	alarmOK = "OK"
	alarmed = "ALARM"
)

// setAlarm sets the state of a metric alarm, and then that of every composite
// alarm above it, level by level.
func setAlarm(tx *world.Tx, alarm *world.Object, state string) {
	alarm.State = state
	tx.Put(alarm)
	changed := []string{alarm.ID}
	for len(changed) > 0 {
		name := changed[0]
		changed = changed[1:]
		for _, o := range tx.Find(typeComposite, alarm.Scope, nil) {
			text := str(o.Attrs, "alarmRule")
			if !slices.Contains(namedAlarms(text), name) {
				continue
			}
			next := alarmOK
			if holds(text, func(name string) string { return alarmState(tx, alarm.Scope, name) }) {
				next = alarmed
			}
			if o.State == next || (o.State == "" && next == alarmOK) {
				continue
			}
			o.State = next
			tx.Put(o)
			changed = append(changed, o.ID)
		}
	}
}

func alarmState(tx *world.Tx, scope, name string) string {
	for _, kind := range []string{typeAlarm, typeComposite} {
		if o, ok := tx.Get(world.Key{Kind: kind, Scope: scope, ID: name}); ok && o.State != "" {
			return o.State
		}
	}
	return alarmOK
}

var ruleToken = regexp.MustCompile(`(?:ALARM|OK|INSUFFICIENT_DATA)\(\s*"?[^")]+?"?\s*\)|AND|OR|NOT|TRUE|FALSE|[()]`)

// holds evaluates the rule of a composite alarm. Source: CloudWatch API,
// PutCompositeAlarm, AlarmRule: functions of alarm states, TRUE and FALSE,
// joined by AND, OR and NOT, with parentheses.
func holds(text string, state func(name string) string) bool {
	e := &expression{tokens: ruleToken.FindAllString(text, -1), state: state}
	return e.or()
}

type expression struct {
	tokens []string
	state  func(name string) string
}

func (e *expression) next(token string) bool {
	if len(e.tokens) == 0 || e.tokens[0] != token {
		return false
	}
	e.tokens = e.tokens[1:]
	return true
}

func (e *expression) or() bool {
	v := e.and()
	for e.next("OR") {
		v = e.and() || v
	}
	return v
}

func (e *expression) and() bool {
	v := e.atom()
	for e.next("AND") {
		v = e.atom() && v
	}
	return v
}

func (e *expression) atom() bool {
	switch {
	case e.next("NOT"):
		return !e.atom()
	case e.next("("):
		v := e.or()
		e.next(")")
		return v
	case e.next("TRUE"):
		return true
	case len(e.tokens) == 0 || e.next("FALSE"):
		return false
	}
	call := e.tokens[0]
	e.tokens = e.tokens[1:]
	want, _, _ := strings.Cut(call, "(")
	names := namedAlarms(call)
	return len(names) == 1 && e.state(names[0]) == want
}
