package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/ladder-platform/ladder/cmd/ladder/progress"
	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/stacks"
	"github.com/ladder-platform/ladder/stacks/config"
)

// stack is a stack file that was read and found good, with what it follows.
type stack struct {
	project string
	file    stackFile
	cfg     config.Stack
	// warnings are findings that stop nothing; they were printed.
	warnings finding.List
	// before are the stacks that it follows, the first stage first.
	before []stack
}

// openStack finds and reads a stack and all that it follows. Findings are
// printed, all of them, and end the command.
func (g *Global) openStack(arg, file string) (stack, error) {
	return g.openStackAt(arg, file, time.Now())
}

// openStackIn is openStack by the clock of the simulated cloud that the command
// works on, or by the time of day where there is none yet.
func (g *Global) openStackIn(o boxOptions, arg, file string) (stack, error) {
	project, err := g.projectDir()
	if err != nil {
		return stack{}, err
	}
	now, known := world.Clock(o.path(project))
	if !known {
		now = time.Now()
	}
	return g.openStackAt(arg, file, now)
}

// openStackAt judges what depends on the calendar, an override's end and the
// support of a release, on a day.
func (g *Global) openStackAt(arg, file string, now time.Time) (stack, error) {
	project, err := g.projectDir()
	if err != nil {
		return stack{}, err
	}
	found, err := g.findStack(project, arg, file)
	if err != nil {
		return stack{}, err
	}
	var all finding.List
	s, err := g.readChain(project, found, now, &all, map[string]bool{})
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
func (g *Global) readChain(project string, file stackFile, now time.Time, all *finding.List, seen map[string]bool) (stack, error) {
	if seen[file.Name] {
		return stack{}, fmt.Errorf("%s: promotion.after: the stacks follow each other in a circle through %q; let the first stage follow nothing", file.Shown, file.Name)
	}
	seen[file.Name] = true
	cfg, list := readStack(file, now)
	*all = append(*all, list...)
	s := stack{project: project, file: file, cfg: cfg, warnings: list}
	after := cfg.Promotion.After
	if after == "" || len(list.Errors()) > 0 {
		return s, nil
	}
	upstream, err := g.findStack(project, after, "")
	if err != nil {
		return stack{}, fmt.Errorf("%s: promotion.after: %w", file.Shown, err)
	}
	up, err := g.readChain(project, upstream, now, all, seen)
	if err != nil {
		return stack{}, err
	}
	s.before = append(up.before, up)
	return s, nil
}

// protected says whether environment.protect is on; left out means on.
func (s stack) protected() bool { return s.cfg.Environment.Protected() }

// program is what the engine runs: the same function as infra/main.go, by the
// clock of the simulated cloud.
func (s stack) program(box *sandbox.Sandbox) sandbox.Program {
	e := s.cfg.Environment
	return sandbox.Program{Project: s.project, StackFile: s.file.Path, Stack: s.file.Name,
		AccountID: e.AccountID, CallerARN: e.DeployerRoleARN, Delegated: s.cfg.Delegated(), Run: stacks.Program{Now: box.World().Now, NameServers: box.NameServers}.Deploy}
}

// run is one operation of the stack. A nil result means that it did not begin.
func (s stack) run(ctx context.Context, box *sandbox.Sandbox, verb string) (*sandbox.Result, error) {
	switch verb {
	case verbPreview:
		return box.Preview(ctx, s.program(box))
	case verbUp:
		return box.Up(ctx, s.program(box))
	case verbRefresh:
		return box.Refresh(ctx, s.program(box))
	case verbDestroy:
		return box.Destroy(ctx, s.program(box))
	}
	return nil, fmt.Errorf("there is no operation %q", verb)
}

// settled refuses a refresh or destroy that cannot do what is asked: of a stack
// that has nothing here, or whose resources are protected still.
func (s stack) settled(ctx context.Context, box *sandbox.Sandbox, verb string, o operateOptions) error {
	text, err := box.Export(ctx, s.program(box))
	if err != nil {
		return fmt.Errorf("read the state of %s: %w", s.file.Name, err)
	}
	var state struct {
		Deployment struct {
			Resources []struct {
				URN     string `json:"urn"`
				Protect bool   `json:"protect"`
			} `json:"resources"`
			Pending []json.RawMessage `json:"pending_operations"`
		} `json:"deployment"`
	}
	if len(text) > 0 {
		if err := json.Unmarshal(text, &state); err != nil {
			return fmt.Errorf("read the state of %s: %w; ladder sandbox reset begins again", s.file.Name, err)
		}
	}
	resources := state.Deployment.Resources
	if len(resources)+len(state.Deployment.Pending) == 0 {
		return usagef("%s has nothing in this sandbox; ladder up %s brings it up", s.file.Name, o.again())
	}
	protected := 0
	for _, r := range resources {
		if r.Protect {
			protected++
		}
	}
	if verb == verbDestroy && protected > 0 {
		return fmt.Errorf("destroy of %s is refused: %s %s protected still; %s says environment.protect: false, so run ladder up %s once, which lifts it, then destroy",
			s.file.Name, count(protected, "resource"), isAre(protected), s.file.Shown, o.again())
	}
	return nil
}

// bringUpBefore brings up what the stack follows and the sandbox does not have.
func (g *Global) bringUpBefore(ctx context.Context, s stack, o sandbox.Options, show *progress.Printer) error {
	if len(s.before) == 0 {
		return nil
	}
	return g.inBox(ctx, s.project, o, func(box *sandbox.Sandbox) error {
		for _, b := range s.before {
			if err := b.bringUp(ctx, box, s.file.Name, show); err != nil {
				return err
			}
		}
		return nil
	})
}

// bringUp brings a stage up for another that follows it, unless it is there.
func (s stack) bringUp(ctx context.Context, box *sandbox.Sandbox, forStack string, show *progress.Printer) error {
	outputs, err := box.Outputs(ctx, s.program(box))
	if err != nil {
		return fmt.Errorf("look for %s, which %s follows: %w", s.file.Name, forStack, err)
	}
	if len(outputs) > 0 {
		return nil
	}
	show.Say("%s follows %s, which this sandbox does not have yet: bringing up %s first", forStack, s.file.Name, s.file.Name)
	if _, err := box.Up(ctx, s.program(box)); err != nil {
		return fmt.Errorf("bring up %s, which %s follows: %w", s.file.Name, forStack, err)
	}
	return nil
}

// failed prints the error of an operation whose report was printed.
func (g *Global) failed(err error) error {
	if err == nil {
		return nil
	}
	if !g.JSON {
		g.fail(err)
	}
	return reported{err}
}
