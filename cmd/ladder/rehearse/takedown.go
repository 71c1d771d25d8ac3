package rehearse

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/stacks/upgrade"
)

// keeps are the kinds that outlive a destroy, each for a reason of AWS's own: a
// deleted key waits, the control plane's last lines make its log group again,
// an alarm's history stays for 30 days. What the program retains, because it holds
// data, is none of them: each object says so itself.
var keeps = []string{"hidden:kms/PendingDeletion", "hidden:logs/LogGroup", "hidden:cloudwatch/AlarmHistory"}

// destroyed is the title of a stage's end.
const destroyed = "destroy"

// takeDown lifts the protection of every stage and destroys it, the last stage
// first, and asserts the order and that nothing is left.
func (r *run) takeDown(ctx context.Context) error {
	last := r.Path[len(r.Path)-1]
	for _, s := range slices.Backward(r.stages) {
		open := Step{Title: "lift protection", From: last, To: last, Edits: []upgrade.Edit{{Path: "environment.protect", New: "false"}}}
		faults := r.Faults
		r.Faults = Faults{}
		err := r.up(ctx, s, open)
		r.Faults = faults
		if err != nil {
			return err
		}
		if err := r.destroy(ctx, s, last); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) destroy(ctx context.Context, s *stage, release string) error {
	program, err := r.program(s, Step{})
	if err != nil {
		return err
	}
	r.Say("%s is destroyed", s.Name)
	c := newClimb(s.Name, Step{Title: destroyed, From: release, To: release}, r.box.World().Now())
	r.report.Climbs = append(r.report.Climbs, c)
	r.climb, r.now, r.events, r.moments = c, s, nil, nil
	result, err := r.box.Destroy(ctx, program)
	r.climb = nil
	if result != nil {
		c.operations(result)
	}
	c.Problems = append(c.Problems, OrderDown(r.events)...)
	if err != nil {
		c.problem("the destroy failed: %v", err)
	}
	c.Workloads, c.Capacity = []*Workload{}, nil // they go with their cluster
	prefix := "urn:pulumi:" + s.Name + "::"
	r.box.World().View(func(tx *world.Tx) {
		for _, o := range tx.Find("", "", func(o *world.Object) bool {
			return strings.HasPrefix(o.URN, prefix) && !slices.Contains(keeps, o.Kind) && !o.Retain
		}) {
			c.problem("left over: %s %s", o.Kind, o.ID)
		}
	})
	r.collect(s, c)
	if err != nil {
		return fmt.Errorf("rehearse %s: destroy: %w", s.Name, err)
	}
	return nil
}
