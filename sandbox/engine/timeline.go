package engine

import (
	"slices"
	"strings"
	"time"
)

// Schedule fills Start and End of every operation and returns the timeline.
//
// What makes waits for what it depends on. What removes waits for the removal
// of what depended on it, and (outside of a destroy) for everything that is
// made, because the engine removes last; only a replacement that deletes first
// goes the other way round. Source: pulumi 3.250.0, deployment_executor and
// step_generator, read 2026-11.
func Schedule(ops []Operation) Timeline {
	s := newSchedule(ops)
	for i := range ops {
		s.end(i)
	}
	last := -1
	for i := range ops {
		if last < 0 || ops[i].End > ops[last].End {
			last = i
		}
	}
	if last < 0 {
		return Timeline{}
	}
	t := Timeline{Makespan: ops[last].End}
	for i := last; i >= 0; i = s.after[i] {
		if ops[i].Latency > 0 {
			t.Critical = append(t.Critical, ops[i].URN)
		}
	}
	slices.Reverse(t.Critical)
	return t
}

type schedule struct {
	ops []Operation
	// before are the operations that each waits for.
	before [][]int
	// after is the one that it waited for longest, -1 for none.
	after []int
	state []int // 0 new, 1 under way, 2 done
}

func removes(op string) bool { return strings.HasPrefix(op, "delete") || op == "discard" }

func newSchedule(ops []Operation) *schedule {
	s := &schedule{ops: ops, before: make([][]int, len(ops)), after: make([]int, len(ops)), state: make([]int, len(ops))}
	makes, removals, dependents := map[string][]int{}, map[string][]int{}, map[string][]string{}
	var allMakes []int
	for i, op := range ops {
		s.after[i] = -1
		if removes(op.Op) {
			removals[op.URN] = append(removals[op.URN], i)
		} else {
			makes[op.URN] = append(makes[op.URN], i)
			allMakes = append(allMakes, i)
		}
		for _, d := range op.DependsOn {
			dependents[d] = append(dependents[d], op.URN)
		}
	}
	for i, op := range ops {
		if !removes(op.Op) {
			for _, d := range op.DependsOn {
				s.before[i] = append(s.before[i], makes[d]...)
			}
			for _, r := range removals[op.URN] {
				if r < i { // deleted before it is replaced
					s.before[i] = append(s.before[i], r)
				}
			}
			continue
		}
		for _, d := range dependents[op.URN] {
			s.before[i] = append(s.before[i], removals[d]...)
		}
		if first := slices.IndexFunc(makes[op.URN], func(m int) bool { return m > i }); first < 0 {
			s.before[i] = append(s.before[i], allMakes...)
		}
	}
	return s
}

// end computes when operation i ends. A cycle, which the engine would not have
// accepted, is cut where it is met.
func (s *schedule) end(i int) time.Duration {
	op := &s.ops[i]
	if s.state[i] != 0 {
		return op.End
	}
	s.state[i] = 1
	op.Start = 0
	for _, b := range s.before[i] {
		if b == i || s.state[b] == 1 {
			continue
		}
		if end := s.end(b); end > op.Start {
			op.Start, s.after[i] = end, b
		}
	}
	op.End = op.Start + op.Latency
	s.state[i] = 2
	return op.End
}
