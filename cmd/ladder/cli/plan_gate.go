package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/promotion"
	"github.com/ladder-platform/ladder/stacks/release"
)

// foresee says what the stack's gate still asks before it lets a release pass;
// nil for a first stage, whose gate asks nothing.
func (g *Global) foresee(ctx context.Context, o planOptions, s stack, to release.Release, now time.Time) (*promotion.Forecast, error) {
	if len(s.before) == 0 {
		return nil, nil
	}
	stages, err := stagesOf(s)
	if err != nil {
		return nil, err
	}
	if o.sandbox {
		if err := g.withWorld(o.boxOptions, func(w *world.World, _ string) error {
			now = w.Now()
			return readStages(ctx, w, append(s.before, s), stages)
		}); err != nil {
			return nil, err
		}
	}
	return forecast(stages, to, now)
}

// forecast asks the gates of stages, the last of which is whose is meant.
func forecast(stages []promotion.StageState, to release.Release, now time.Time) (*promotion.Forecast, error) {
	catalogue, found := release.Shipped()
	if err := found.Err(); err != nil {
		return nil, fmt.Errorf("release catalogue: %w", err)
	}
	out := promotion.Foresee(stages, to.Name, to.Digest(), catalogue, now)
	return &out, nil
}

// stagesOf are the stages on the way to a stack, as their files say.
func stagesOf(s stack) ([]promotion.StageState, error) {
	var stages []promotion.StageState
	for _, one := range append(s.before, s) {
		state := promotion.StageState{Name: one.file.Name, Planned: one.cfg.Release}
		if soak := one.cfg.Promotion.Soak; soak != "" {
			var err error
			if state.Soak, err = time.ParseDuration(soak); err != nil {
				return nil, fmt.Errorf("%s: promotion.soak: %w", one.file.Shown, err)
			}
		}
		if over := one.cfg.Promotion.Override; over != nil {
			state.Override = &promotion.Override{Release: over.Release, Reason: over.Reason, ApprovedBy: over.ApprovedBy, Until: over.Until}
		}
		stages = append(stages, state)
	}
	return stages, nil
}

// readStages reads what each stage has written of itself.
func readStages(ctx context.Context, w *world.World, from []stack, into []promotion.StageState) error {
	for i, s := range from {
		cloud, texts := simulated(w, s), promotion.Texts{}
		for name, text := range map[string]*string{"record": &texts.Record, "attempt": &texts.Attempt, "shape": &texts.Shape, "observation": &texts.Observation} {
			var err error
			if *text, err = cloud.Get(ctx, promotion.Parameter(s.file.Name, name)); err != nil {
				return err
			}
		}
		up, damage := promotion.ReadUpstream(s.file.Name, "ladder/"+s.file.Name, texts)
		if err := damage.Err(); err != nil {
			return err
		}
		into[i].Read, into[i].Wrote = true, up
		if i > 0 && into[i-1].Wrote.Shape != nil {
			for _, d := range config.Unacknowledged(into[i-1].Wrote.Shape, s.cfg) {
				into[i].Differences = append(into[i].Differences, d.String())
			}
		}
	}
	return nil
}
