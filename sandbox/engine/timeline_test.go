package engine

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func op(op, urn string, seconds int, deps ...string) Operation {
	return Operation{URN: urn, Op: op, DependsOn: deps, Latency: time.Duration(seconds) * time.Second}
}

func TestSchedule(t *testing.T) {
	tests := map[string]struct {
		ops      []Operation
		makespan int // seconds
		critical []string
		starts   []int
	}{
		"nothing takes no time":   {nil, 0, nil, nil},
		"one after the other":     {[]Operation{op("create", "a", 10), op("create", "b", 5, "a")}, 15, []string{"a", "b"}, []int{0, 10}},
		"side by side":            {[]Operation{op("create", "a", 10), op("create", "b", 5)}, 10, []string{"a"}, []int{0, 0}},
		"the longer way counts":   {[]Operation{op("create", "a", 10), op("create", "b", 3), op("create", "c", 1, "a", "b")}, 11, []string{"a", "c"}, []int{0, 0, 10}},
		"a component takes none":  {[]Operation{op("create", "a", 10), op("create", "comp", 0, "a"), op("create", "b", 5, "comp")}, 15, []string{"a", "b"}, []int{0, 10, 10}},
		"what stays takes none":   {[]Operation{op("same", "a", 0), op("update", "b", 5, "a")}, 5, []string{"b"}, []int{0, 0}},
		"a destroy goes backward": {[]Operation{op("delete", "b", 5, "a"), op("delete", "a", 10)}, 15, []string{"b", "a"}, []int{0, 5}},
		"a removal comes last":    {[]Operation{op("delete", "old", 5), op("create", "a", 10)}, 15, []string{"a", "old"}, []int{10, 0}},
		"a replacement makes first": {[]Operation{op("create-replacement", "a", 10), op("replace", "a", 0), op("update", "b", 2, "a"), op("delete-replaced", "a", 7)},
			19, []string{"a", "b", "a"}, []int{0, 0, 10, 12}},
		"a replacement that deletes first": {[]Operation{op("delete-replaced", "b", 3, "a"), op("delete-replaced", "a", 7), op("create-replacement", "a", 10), op("create-replacement", "b", 4, "a")},
			24, []string{"b", "a", "a", "b"}, []int{0, 3, 10, 20}},
		"a dependency that is not there is nothing": {[]Operation{op("create", "b", 5, "gone")}, 5, []string{"b"}, []int{0}},
		"a cycle ends": {[]Operation{op("create", "a", 1, "b"), op("create", "b", 1, "a")}, 2, []string{"b", "a"}, []int{1, 0}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := Schedule(test.ops)
			want := Timeline{Makespan: time.Duration(test.makespan) * time.Second, Critical: test.critical}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for i, o := range test.ops {
				if o.Start != time.Duration(test.starts[i])*time.Second {
					t.Errorf("%s %s starts at %s, want %d s", o.Op, o.URN, o.Start, test.starts[i])
				}
			}
		})
	}
}

// TestScheduleProperties: nothing starts before what it waits for, the
// makespan is the last end, and the critical path adds up to it.
func TestScheduleProperties(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(rt, "n")
		remove := rapid.Bool().Draw(rt, "remove")
		var ops []Operation
		for i := range n {
			o := op("create", fmt.Sprint(i), rapid.IntRange(1, 9).Draw(rt, "seconds"))
			for j := range i {
				if rapid.IntRange(0, 3).Draw(rt, "edge") == 0 {
					o.DependsOn = append(o.DependsOn, fmt.Sprint(j))
				}
			}
			if remove {
				o.Op = "delete"
			}
			ops = append(ops, o)
		}
		line := Schedule(ops)
		at := map[string]Operation{}
		var last, sum time.Duration
		for _, o := range ops {
			at[o.URN] = o
			last = max(last, o.End)
		}
		for _, o := range ops {
			for _, d := range o.DependsOn {
				first, second := at[d], o
				if remove {
					first, second = o, at[d]
				}
				if second.Start < first.End {
					rt.Fatalf("%s starts at %s, before %s ends at %s", second.URN, second.Start, first.URN, first.End)
				}
			}
		}
		for _, urn := range line.Critical {
			sum += at[urn].Latency
		}
		if line.Makespan != last || sum != last {
			rt.Fatalf("makespan %s, critical path %s, last end %s", line.Makespan, sum, last)
		}
	})
}
