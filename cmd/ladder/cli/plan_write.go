package cli

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/ladder-platform/ladder/cmd/ladder/observe"
	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/promotion"
	"github.com/ladder-platform/ladder/stacks/upgrade"
)

// writeNext makes the edits of the next run in the stack file, if the state of
// the stack allows it and the file is good after it.
func (g *Global) writeNext(ctx context.Context, o planOptions, s stack, in upgrade.Input) error {
	record, err := g.recorded(ctx, o, s)
	if err != nil {
		return err
	}
	begin := o.to != "" && o.to != s.cfg.Release
	if begin || o.to == "" {
		rungs, err := climb(s.cfg, o.to)
		if err != nil {
			return err
		}
		if len(rungs) > 0 {
			in.From, in.To = rungs[0][0], rungs[0][1]
		}
	}
	run, found := upgrade.Next(in, record, begin)
	if len(found.Errors()) > 0 {
		for i := range found {
			found[i].File = s.file.Shown
		}
		return g.refusedEdit(found)
	}
	text, err := os.ReadFile(s.file.Path)
	if err != nil {
		return fmt.Errorf("read %s: %w", s.file.Shown, err)
	}
	after, err := run.Write(text)
	if err != nil {
		return fmt.Errorf("%s: %w", s.file.Shown, err)
	}
	if _, bad := config.LoadBytes(s.file.Shown, after, s.file.Name); len(bad.Errors()) > 0 {
		return g.refusedEdit(bad)
	}
	info, err := os.Stat(s.file.Path)
	if err != nil {
		return fmt.Errorf("%s: %w", s.file.Shown, err)
	}
	if err := os.WriteFile(s.file.Path, after, info.Mode().Perm()); err != nil {
		return fmt.Errorf("write %s: %w", s.file.Shown, err)
	}
	if g.JSON {
		return g.print(run)
	}
	fmt.Fprintf(g.Stdout, "%s: %s\n", s.file.Shown, run.Title)
	for _, e := range run.Edits {
		fmt.Fprintf(g.Stdout, "  %s\n", e)
	}
	_, err = fmt.Fprintln(g.Stdout, "now look at it (git diff), preview, and up; then call this again")
	return err
}

// refusedEdit prints why nothing was written.
func (g *Global) refusedEdit(found finding.List) error {
	err := g.findings(found)
	if !g.JSON {
		fmt.Fprintln(g.Stderr, "ladder: nothing was written")
	}
	return err
}

// recorded is what the stack's record says, from the sandbox or a file; nil when
// neither was named.
func (g *Global) recorded(ctx context.Context, o planOptions, s stack) (*upgrade.Recorded, error) {
	text, from := "", "--record "+o.record
	switch {
	case o.record != "":
		b, err := os.ReadFile(o.record)
		if err != nil {
			return nil, usagef("--record: %w", err)
		}
		text = string(b)
	case o.sandbox:
		from = "the sandbox"
		if err := g.withWorld(o.boxOptions, func(w *world.World, _ string) (err error) {
			text, err = simulated(w, s).Get(ctx, promotion.Parameter(s.file.Name, "record"))
			return err
		}); err != nil {
			return nil, err
		}
	default:
		return nil, nil
	}
	r, ok, err := promotion.DecodeRecord(strings.TrimSpace(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", from, err)
	}
	if !ok {
		return nil, fmt.Errorf("%s has no record of %s: no up of it has succeeded yet", from, s.file.Name)
	}
	out := &upgrade.Recorded{Release: r.Release, Slots: map[string]upgrade.RecordedSlot{}}
	for key, slot := range r.Slots {
		out.Slots[key] = upgrade.RecordedSlot{State: slot.State, Drained: slot.Drained}
	}
	return out, nil
}

// simulated is the stack's account and region in a simulated cloud.
func simulated(w *world.World, s stack) observe.Simulated {
	return observe.Simulated{World: w, Scope: s.cfg.Environment.AccountID + "/" + s.cfg.Environment.Region}
}
