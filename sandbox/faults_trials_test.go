//go:build trials

package sandbox_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/fault"
	"github.com/ladder-platform/ladder/sandbox/toy"
)

// forced is chain with b replaced, deleted first if asked.
func forced(deleteFirst bool) []thing {
	c := chain()
	c[1].inputs = pulumi.Map{"seconds": pulumi.Int(60), "force": pulumi.Int(1)}
	if deleteFirst {
		c[1].inputs["deleteFirst"] = pulumi.Bool(true)
	}
	return c
}

// TestEveryFaultIsRecoveredFrom breaks one operation, recovers, goes on, and
// asks for the world that an undisturbed run would have left.
func TestEveryFaultIsRecoveredFrom(t *testing.T) {
	scenarios := map[string]struct {
		before, after []thing
		fault         string // without its kind
		want          []string
	}{
		"a create":                       {nil, chain(), "create:" + toy.Token + "#b", []string{"a", "b", "c", "d"}},
		"an update":                      {chain(), forcedSize(), "update:" + toy.Token + "#b", []string{"a", "b", "c", "d"}},
		"a delete":                       {chain(), chain()[:3], "delete:" + toy.Token + "#d", []string{"a", "b", "c"}},
		"the create of a replacement":    {chain(), forced(false), "create:" + toy.Token + "#b", []string{"a", "b", "c", "d"}},
		"the delete of a replaced thing": {chain(), forced(false), "delete:" + toy.Token + "#b", []string{"a", "b", "c", "d"}},
		"a create after its delete":      {chain(), forced(true), "create:" + toy.Token + "#b", []string{"a", "b", "c", "d"}},
		"a delete before its create":     {chain(), forced(true), "delete:" + toy.Token + "#b", []string{"a", "b", "c", "d"}},
	}
	for name, s := range scenarios {
		kinds := []fault.Kind{fault.Lost, fault.CrashAfter}
		if strings.HasPrefix(s.fault, "create") {
			kinds = append(kinds, fault.Refuse, fault.CrashBefore)
		}
		for _, kind := range kinds {
			t.Run(name+", "+string(kind), func(t *testing.T) {
				t.Parallel()
				y := newYard(t, nil)
				if s.before != nil {
					y.up(s.before...)
				}
				y.options.Faults = y.faults(s.fault + ":" + string(kind))
				y.open()
				r, err := y.box.Up(context.Background(), y.program(s.after...))
				if err == nil || len(y.options.Faults.Reached()) != 1 {
					t.Fatalf("error %v, faults %v; want the run to fail by its fault", err, y.options.Faults.Reached())
				}
				crash := strings.HasPrefix(string(kind), "crash")
				if !crash && !strings.Contains(err.Error(), "simulated fault") {
					t.Errorf("error %v does not name the fault", err)
				}
				if crash && !strings.Contains(err.Error(), "ladder recover dev") {
					t.Errorf("error %v does not say what to do", err)
				}
				if diff := cmp.Diff(y.options.Faults.Reached(), r.Faults); diff != "" {
					t.Errorf("faults (-plan +result):\n%s", diff)
				}
				recovery, err := y.box.Recover(context.Background(), y.program(s.after...))
				if err != nil {
					t.Fatalf("recover: %v", err)
				}
				if recovery.Unlocked != crash {
					t.Errorf("unlocked %v, want %v", recovery.Unlocked, crash)
				}
				if len(recovery.Orphans) != 0 {
					t.Errorf("orphans: %v", recovery.Orphans)
				}
				if strings.HasPrefix(s.fault, "create") {
					happened := kind == fault.Lost || kind == fault.CrashAfter
					// What ran beside it when the engine was killed may be adopted too.
					adopted := slices.ContainsFunc(recovery.Adopted, func(a sandbox.Adopted) bool { return strings.HasSuffix(a.URN, "::b") })
					if adopted != happened || (!crash && len(recovery.Adopted) > 1) {
						t.Errorf("adopted %v", recovery.Adopted)
					}
					p := y.preview(s.after...)
					if created := strings.Contains(strings.Join(ops(p), " "), "create b") || strings.Contains(strings.Join(ops(p), " "), "create-replacement b"); created == happened {
						t.Errorf("after recovery the preview says %v", ops(p))
					}
				}
				y.up(s.after...)
				if diff := cmp.Diff(s.want, y.toys()); diff != "" {
					t.Errorf("things (-want +got):\n%s", diff)
				}
				if got := y.preview(s.after...); len(got.Changes()) != 0 {
					t.Errorf("after all a preview still has %v", ops(got))
				}
				again, err := y.box.Recover(context.Background(), y.program(s.after...))
				if diff := cmp.Diff(&sandbox.Recovery{}, again); diff != "" || err != nil {
					t.Errorf("a second recovery did something (-want +got):\n%s%v", diff, err)
				}
			})
		}
	}
}

func forcedSize() []thing {
	c := chain()
	c[1].inputs = pulumi.Map{"seconds": pulumi.Int(60), "size": pulumi.Int(1)}
	return c
}
