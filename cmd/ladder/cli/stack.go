package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/ladder-platform/ladder/cmd/ladder/progress"
	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/stacks"
	"github.com/ladder-platform/ladder/stacks/config"
)

// stack is a stack file that was read and found good, with what it follows.
type stack struct {
	project string
	file    stackFile
	cfg     config.Stack
	// before are the stacks that it follows, the first stage first.
	before []stack
}

// openStack finds and reads a stack and all that it follows. Findings are
// printed, all of them, and end the command.
func (g *Global) openStack(arg, file string) (stack, error) {
	project, err := g.projectDir()
	if err != nil {
		return stack{}, err
	}
	found, err := g.findStack(project, arg, file)
	if err != nil {
		return stack{}, err
	}
	var all finding.List
	s, err := g.readChain(project, found, &all, map[string]bool{})
	if err != nil {
		return stack{}, err
	}
	if len(all) == 0 {
		return s, nil
	}
	if len(all.Errors()) == 0 {
		printFindings(g.Stderr, all)
		return s, nil
	}
	err = g.findings(all)
	if !g.JSON {
		fmt.Fprintf(g.Stderr, "ladder: nothing was run: %s in the configuration\n", count(len(all.Errors()), "error"))
	}
	return stack{}, err
}

// readChain reads a stack and, through promotion.after, those it follows.
func (g *Global) readChain(project string, file stackFile, all *finding.List, seen map[string]bool) (stack, error) {
	if seen[file.Name] {
		return stack{}, fmt.Errorf("%s: promotion.after: the stacks follow each other in a circle through %q; let the first stage follow nothing", file.Shown, file.Name)
	}
	seen[file.Name] = true
	cfg, list, err := readStack(project, file)
	if err != nil {
		return stack{}, err
	}
	*all = append(*all, list...)
	s := stack{project: project, file: file, cfg: cfg}
	after := cfg.Promotion.After
	if after == "" || len(list.Errors()) > 0 {
		return s, nil
	}
	upstream, err := g.findStack(project, after, "")
	if err != nil {
		return stack{}, fmt.Errorf("%s: promotion.after: %w", file.Shown, err)
	}
	up, err := g.readChain(project, upstream, all, seen)
	if err != nil {
		return stack{}, err
	}
	s.before = append(up.before, up)
	return s, nil
}

// protected says whether environment.protect is on; left out means on.
func (s stack) protected() bool {
	p := s.cfg.Environment.Protect
	return p == nil || *p
}

// program is what the engine runs: the same function as infra/main.go.
func (s stack) program() sandbox.Program {
	e := s.cfg.Environment
	return sandbox.Program{Project: s.project, StackFile: s.file.Path, Stack: s.file.Name,
		AccountID: e.AccountID, CallerARN: e.DeployerRoleARN, Run: stacks.Deploy}
}

// operate brings up what the stack follows, when it is not there yet, and runs
// the operation. A nil result means that the operation did not begin.
func (s stack) operate(ctx context.Context, box *sandbox.Sandbox, verb string, show *progress.Printer) (*sandbox.Result, error) {
	if verb == verbPreview || verb == verbUp {
		for _, b := range s.before {
			if err := b.bringUp(ctx, box, s.file.Name, show); err != nil {
				return nil, err
			}
		}
	}
	run := map[string]func(context.Context, sandbox.Program) (*sandbox.Result, error){
		verbPreview: box.Preview, verbUp: box.Up, verbRefresh: box.Refresh, verbDestroy: box.Destroy,
	}[verb]
	return run(ctx, s.program())
}

// bringUp brings a stage up for another that follows it, unless it is there.
func (s stack) bringUp(ctx context.Context, box *sandbox.Sandbox, forStack string, show *progress.Printer) error {
	outputs, err := box.Outputs(ctx, s.program())
	if err != nil {
		return fmt.Errorf("look for %s, which %s follows: %w", s.file.Name, forStack, err)
	}
	if len(outputs) > 0 {
		return nil
	}
	show.Say("%s follows %s, which this sandbox does not have yet: bringing up %s first", forStack, s.file.Name, s.file.Name)
	if _, err := box.Up(ctx, s.program()); err != nil {
		return fmt.Errorf("bring up %s, which %s follows: %w", s.file.Name, forStack, err)
	}
	return nil
}

// failure is the command's error after the report was printed.
func (s stack) failure(verb string, o operateOptions, err error, g *Global) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, context.Canceled) {
		err = fmt.Errorf("%s of %s was interrupted; the operation under way ended and the state is whole: run it again", verb, s.file.Name)
	}
	if !g.JSON {
		g.fail(err)
	}
	return reported{err}
}
