package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/ladder-platform/ladder/cmd/ladder/comment"
	"github.com/ladder-platform/ladder/cmd/ladder/observe"
	"github.com/ladder-platform/ladder/cmd/ladder/progress"
	"github.com/ladder-platform/ladder/cmd/ladder/report"
	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/engine"
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/promotion"
	"github.com/ladder-platform/ladder/stacks/release"
	"github.com/ladder-platform/ladder/stacks/upgrade"
)

// sides are one stack as it was and as it is to be.
type sides struct {
	file stackFile
	// head is nil when its file has errors, which are in found.
	head  *stack
	found finding.List
	// base is nil when there is none; note says why, unless it is new.
	base *stack
	note string
}

// comment previews every stack and judges it.
func (r *reporter) comment(ctx context.Context) (comment.Comment, error) {
	out := comment.Comment{Where: comment.Sandbox, Base: r.o.base}
	if len(r.previews) > 0 {
		out.Where = comment.Account
	}
	var all []sides
	for _, arg := range r.o.stacks {
		s, err := r.read(ctx, arg)
		if err != nil {
			return out, err
		}
		all = append(all, s)
	}
	inputs := make([]comment.Input, len(all))
	for i, s := range all {
		inputs[i] = r.input(s)
	}
	var err error
	switch {
	case len(r.previews) > 0:
		err = r.readPreviews(all, inputs)
	case r.base != nil:
		err = r.previewOnBase(ctx, all, inputs)
	default:
		err = r.previewAsItIs(ctx, all, inputs)
	}
	for _, in := range inputs {
		out.Stacks = append(out.Stacks, comment.NewStack(in))
	}
	return out, err
}

// read is both sides of a stack.
func (r *reporter) read(ctx context.Context, arg string) (sides, error) {
	file, err := r.findStack(r.project, arg, "")
	if err != nil {
		return sides{}, err
	}
	out := sides{file: file}
	head, err := r.readChain(r.project, file, r.now, &out.found, map[string]bool{})
	if err != nil {
		return out, err
	}
	if len(out.found.Errors()) == 0 {
		out.head = &head
	}
	if r.base != nil {
		if out.base, out.note, err = r.base.stack(ctx, r.Global, file, r.now); err != nil {
			return out, err
		}
	}
	return out, nil
}

// input is what is known of a stack before its preview.
func (r *reporter) input(s sides) comment.Input {
	in := comment.Input{Name: s.file.Name, File: s.file.Shown, Findings: s.found}
	if s.base != nil {
		in.Before = &comment.Side{Config: s.base.cfg, Cost: costAt(r.prices, s.base.cfg, r.now)}
	}
	switch {
	case s.note != "":
		in.Note = "The base cannot be compared with, so this is what a first deployment would do: " + comment.Code(s.note)
	case r.base != nil && s.base == nil:
		in.Note = "The base does not have this stack: it would be deployed for the first time."
	}
	if s.head == nil {
		var lines []string
		for _, f := range s.found.Errors() {
			lines = append(lines, f.String())
		}
		in.Refused = strings.Join(lines, "\n")
		return in
	}
	in.After = &comment.Side{Config: s.head.cfg, Cost: costAt(r.prices, s.head.cfg, r.now)}
	return in
}

// readPreviews takes the previews of the ordinary CLI.
func (r *reporter) readPreviews(all []sides, inputs []comment.Input) error {
	for i, s := range all {
		path := r.previews[r.o.stacks[i]]
		text, err := os.ReadFile(path)
		if err != nil {
			return usagef("--preview: %v", err)
		}
		p, err := comment.ReadPreview(text, engine.ValueAt)
		if err != nil {
			return usagef("--preview %s: %w", path, err)
		}
		if p.Stack != "" && p.Stack != s.file.Name {
			return usagef("--preview %s is of stack %q, not of %q", path, p.Stack, s.file.Name)
		}
		in := &inputs[i]
		in.Operations, in.Messages, in.Previewed = p.Operations, p.Messages, true
		if len(p.Errors) > 0 && in.Refused == "" {
			in.Refused = strings.ReplaceAll(strings.Join(p.Errors, "\n"), unhandledText, "")
		}
		if s.head == nil {
			continue
		}
		in.Messages = s.head.messages(in.Messages)
		if in.Climb, err = r.climb(s, in.Refused == ""); err != nil {
			return err
		}
	}
	return nil
}

// climb is the way between the two releases, nil when they are the same. passed
// says that the program's own gate has let it through.
func (r *reporter) climb(s sides, passed bool) (*comment.Climb, error) {
	if s.base == nil || s.base.cfg.Release == s.head.cfg.Release {
		return nil, nil
	}
	to, err := release.Find(s.head.cfg.Release)
	if err != nil {
		return nil, err
	}
	out := &comment.Climb{Plans: []upgrade.Plan{}}
	if rungs, err := climb(s.base.cfg, to.Name); err == nil { // else there is no way up, which the program refuses
		out.Plans = plansOf(upgrade.Input{Now: r.now, Name: s.file.Name, File: s.file.Shown, Stack: s.base.cfg,
			Unchecked: "what runs on the clusters: ladder plan asks them"}, rungs)
	}
	if len(s.head.before) == 0 {
		return out, nil
	}
	if passed {
		out.Gate = &promotion.Forecast{Stack: s.file.Name, Release: to.Name, Read: true, Missing: []string{}}
		return out, nil
	}
	stages, err := stagesOf(*s.head)
	if err != nil {
		return nil, err
	}
	out.Gate, err = forecast(stages, to, r.now)
	return out, err
}

// previewAsItIs previews on the sandbox that is there, or a new one.
func (r *reporter) previewAsItIs(ctx context.Context, all []sides, inputs []comment.Input) error {
	return r.inSandbox(ctx, r.o.path(r.project), r.now, func(box *sandbox.Sandbox, show *progress.Printer) error {
		for i, s := range all {
			if s.head == nil {
				continue
			}
			if err := r.preview(ctx, box, show, s, &inputs[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// previewOnBase brings the base's stacks up, each stage soaked and in good health,
// and previews the others on them. A stack whose base cannot come up is previewed
// in a cloud of its own.
func (r *reporter) previewOnBase(ctx context.Context, all []sides, inputs []comment.Input) error {
	order, soak := chain(all)
	alone := map[string]bool{}
	err := r.inTemporary(ctx, r.now.Add(-soak), func(box *sandbox.Sandbox, show *progress.Printer) error {
		up := map[string]bool{}
		for _, b := range order {
			show.Say("bringing up %s of %s", b.file.Name, r.o.base)
			if err := r.bringUpBase(ctx, box, b, up); err != nil {
				if ctx.Err() != nil {
					return err
				}
				alone[b.file.Name] = true
				r.unfit(all, inputs, b.file.Name, b.readable(err, b.file.Name+" --sandbox"))
				continue
			}
			up[b.file.Name] = true
		}
		for i, s := range all {
			if s.head == nil || s.base == nil || dependsOn(*s.base, alone) {
				continue
			}
			before, err := box.Outputs(ctx, s.base.program(box))
			if err != nil {
				return fmt.Errorf("outputs of %s: %w", s.file.Name, err)
			}
			inputs[i].Before.Outputs = before
			if err := r.preview(ctx, box, show, s, &inputs[i]); err != nil {
				return err
			}
		}
		for i, s := range all {
			if s.base != nil && !dependsOn(*s.base, alone) {
				if err := r.try(ctx, box, show, s, &inputs[i]); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i, s := range all {
		if s.head == nil || s.base != nil && !dependsOn(*s.base, alone) {
			continue
		}
		inputs[i].Before = nil
		err := r.inTemporary(ctx, r.now.Add(-soakOf(s.head.cfg)), func(box *sandbox.Sandbox, show *progress.Printer) error {
			if err := r.preview(ctx, box, show, s, &inputs[i]); err != nil {
				return err
			}
			return r.try(ctx, box, show, s, &inputs[i])
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// chain is every base stack with those that it follows, once each and in order,
// and how long all of them soak.
func chain(all []sides) (order []stack, soak time.Duration) {
	seen := map[string]bool{}
	for _, s := range all {
		if s.base == nil {
			continue
		}
		for _, b := range append(append([]stack{}, s.base.before...), *s.base) {
			if !seen[b.file.Name] {
				seen[b.file.Name] = true
				order, soak = append(order, b), soak+soakOf(b.cfg)
			}
		}
	}
	return order, soak
}

// bringUpBase brings one stack of the base up when what it follows has soaked.
func (r *reporter) bringUpBase(ctx context.Context, box *sandbox.Sandbox, b stack, up map[string]bool) error {
	if after := b.cfg.Promotion.After; after != "" && !up[after] {
		return fmt.Errorf("%s, which it follows, did not come up", after)
	}
	if err := soaked(ctx, box, b.before, soakOf(b.cfg)); err != nil {
		return err
	}
	_, err := box.Up(ctx, b.program(box))
	return err
}

// soaked lets time pass and writes down that the stages are in good health.
func soaked(ctx context.Context, box *sandbox.Sandbox, stages []stack, soak time.Duration) error {
	if err := box.World().Advance(soak); err != nil {
		return err
	}
	for _, s := range stages {
		var clusters []string
		for _, key := range sortedKeys(s.cfg.Clusters) {
			clusters = append(clusters, config.ClusterName(s.file.Name, key))
		}
		if _, err := observe.Run(ctx, simulated(box.World(), s), s.file.Name, clusters, box.World().Now()); err != nil {
			return fmt.Errorf("observe %s: %w", s.file.Name, err)
		}
	}
	return nil
}

// unfit notes why a stack has no base to compare with.
func (r *reporter) unfit(all []sides, inputs []comment.Input, name string, err error) {
	for i, s := range all {
		if s.base != nil && dependsOn(*s.base, map[string]bool{name: true}) {
			inputs[i].Note = "The base cannot be compared with, so this is what a first deployment would do: " +
				comment.Code(fmt.Sprintf("%s does not come up in the simulated cloud: %v", name, err))
		}
	}
}

// dependsOn says whether a stack, or one that it follows, is among names.
func dependsOn(s stack, names map[string]bool) bool {
	for _, b := range s.before {
		if names[b.file.Name] {
			return true
		}
	}
	return names[s.file.Name]
}

// preview previews the head of a stack. What it follows is brought up where it is
// not there; a gate asks for soak and health then.
func (r *reporter) preview(ctx context.Context, box *sandbox.Sandbox, show *progress.Printer, s sides, in *comment.Input) error {
	for _, b := range s.head.before {
		if err := b.bringUp(ctx, box, s.file.Name, show); err != nil {
			return err
		}
	}
	if r.base != nil {
		if err := soaked(ctx, box, s.head.before, 0); err != nil {
			return err
		}
	}
	show.Say("previewing %s", s.file.Name)
	result, err := s.head.run(ctx, box, verbPreview)
	if err != nil && ctx.Err() != nil {
		return err
	}
	if result == nil {
		return err
	}
	in.Previewed = true
	in.Operations = operations(result.Operations, true)
	in.Messages = append(s.head.messages(result.Diagnostics), s.head.inTheWay(box, result)...)
	if err != nil {
		in.Refused = s.head.readable(err, s.file.Name+" --sandbox").Error()
		in.Messages = nil // the error has them
	} else {
		in.After.Outputs = result.Outputs
		in.Time = report.Duration(result.Timeline.Makespan)
	}
	in.Climb, err = r.climb(s, in.Refused == "")
	if err != nil || in.Climb == nil || in.Climb.Gate == nil {
		return err
	}
	stages, err := stagesOf(*s.head)
	if err != nil {
		return err
	}
	if err := readStages(ctx, box.World(), append(s.head.before, *s.head), stages); err != nil {
		return err
	}
	to, err := release.Find(s.head.cfg.Release)
	if err != nil {
		return err
	}
	in.Climb.Gate, err = forecast(stages, to, box.World().Now())
	return err
}

// try runs the up in a cloud that is thrown away: what a preview lets pass and an
// up would meet is known before anybody merges, and so is every output.
func (r *reporter) try(ctx context.Context, box *sandbox.Sandbox, show *progress.Printer, s sides, in *comment.Input) error {
	if s.head == nil || in.Refused != "" || comment.Nothing(in.Operations) {
		return nil
	}
	show.Say("trying the up of %s", s.file.Name)
	result, err := s.head.run(ctx, box, verbUp)
	switch {
	case err != nil && ctx.Err() != nil:
		return err
	case err != nil:
		in.Refused = "The preview passes, and the up fails in the simulated cloud:\n" + s.head.readable(err, s.file.Name+" --sandbox").Error()
	default:
		in.After.Outputs, in.Tried = result.Outputs, true
	}
	return nil
}

// inTemporary runs f in a simulated cloud that is thrown away.
func (r *reporter) inTemporary(ctx context.Context, now time.Time, f func(*sandbox.Sandbox, *progress.Printer) error) (err error) {
	dir, err := os.MkdirTemp("", "ladder-report-")
	if err != nil {
		return fmt.Errorf("make a temporary sandbox: %w; set TMPDIR to a directory that can be written", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	return r.inSandbox(ctx, dir, now, f)
}

func (r *reporter) inSandbox(ctx context.Context, dir string, now time.Time, f func(*sandbox.Sandbox, *progress.Printer) error) error {
	width, _ := terminal(r.Stderr)
	show := progress.New(r.Stderr, width, "report "+strings.Join(r.o.stacks, ", "))
	show.OneLine()
	defer show.Close()
	options := sandbox.Options{Dir: dir, Seed: r.o.seed, SkipCheckpoints: true, Now: now, OnEvent: progressOf(show)}
	return r.inBox(ctx, r.project, options, func(box *sandbox.Sandbox) error { return f(box, show) })
}
