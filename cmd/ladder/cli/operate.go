package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/ladder-platform/ladder/cmd/ladder/progress"
	"github.com/ladder-platform/ladder/cmd/ladder/report"
	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/fault"
)

// The four operations of a stack.
const (
	verbPreview = "preview"
	verbUp      = "up"
	verbRefresh = "refresh"
	verbDestroy = "destroy"
)

// boxOptions say which simulated cloud a command works on.
type boxOptions struct {
	dir  string
	seed uint64
}

func (o *boxOptions) addFlags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.dir, "dir", "", "directory of the simulated cloud (default: .ladder/sandbox in the project)")
}

// addSeed is for commands that may make the simulated cloud.
func (o *boxOptions) addSeed(cmd *cobra.Command) {
	cmd.Flags().Uint64Var(&o.seed, "seed", 1, "seed of ids, clock and randomness of a new simulated cloud")
}

// path is the sandbox's directory.
func (o boxOptions) path(project string) string {
	if o.dir != "" {
		return o.dir
	}
	return filepath.Join(project, ".ladder", "sandbox")
}

type operateOptions struct {
	boxOptions
	stack           string
	stackFile       string
	sandbox         bool
	faults          []string
	skipCheckpoints bool
	all             bool
	expect          string // digest that up's own preview must have
}

func (o *operateOptions) addFlags(cmd *cobra.Command) {
	o.boxOptions.addFlags(cmd)
	o.addSeed(cmd)
	cmd.Flags().BoolVar(&o.sandbox, "sandbox", false, "on the simulated cloud (a real account is the ordinary pulumi CLI's)")
	cmd.Flags().StringVar(&o.stackFile, "stack-file", "", "stack file to use in place of Pulumi.<STACK>.yaml")
	cmd.Flags().StringArrayVar(&o.faults, "fault", nil, "fault to simulate, may be repeated: "+fault.Form)
	cmd.Flags().BoolVar(&o.skipCheckpoints, "skip-checkpoints", false, "write the state only at the end: faster, and nothing is kept of a killed run")
	cmd.Flags().BoolVar(&o.all, "all", false, "list every operation, not only the long ones")
}

// again is what follows the verb to run a command on the same stack.
func (o operateOptions) again() string {
	s := o.stack + " --sandbox"
	if o.stackFile != "" {
		s += " --stack-file " + o.stackFile
	}
	if o.dir != "" {
		s += " --dir " + o.dir
	}
	return s
}

// notSandbox says where the ordinary CLI takes over.
func notSandbox(verb, stack string) error {
	return usagef("ladder %s works on the simulated cloud: ladder %s %s --sandbox; on a real account use the ordinary CLI: pulumi %s -s %s (docs/real-account.md)",
		verb, verb, stack, verb, stack)
}

// runOperation checks the stack file, brings up what the stack follows, runs
// the operation and prints the report.
func runOperation(ctx context.Context, verb string, o operateOptions, g *Global) error {
	if !o.sandbox {
		return notSandbox(verb, o.stack)
	}
	faults, err := parseFaults(o.faults, o.seed)
	if err != nil {
		return err
	}
	s, err := g.openStackIn(o.boxOptions, o.stack, o.stackFile)
	if err != nil {
		return err
	}
	if verb == verbDestroy && s.protected() {
		return fmt.Errorf("destroy of %s is refused: environment.protect is true; set environment.protect: false in %s, run ladder up %s, then destroy", s.file.Name, s.file.Shown, o.again())
	}
	if verb == verbRefresh || verb == verbDestroy {
		if _, err := g.existingBox(o.boxOptions); err != nil {
			return err
		}
	}
	width, _ := terminal(g.Stderr)
	show := progress.New(g.Stderr, width, verb+" "+s.file.Name)
	if verb == verbPreview {
		show.OneLine() // the report lists what would be done
	}
	defer show.Close()
	dir := o.path(s.project)
	options := sandbox.Options{Dir: dir, Seed: o.seed, SkipCheckpoints: o.skipCheckpoints, OnEvent: progressOf(show)}
	if verb == verbPreview || verb == verbUp {
		if err := g.bringUpBefore(ctx, s, options, show); err != nil {
			return err
		}
	}
	options.Faults = faults // only of the stack that was asked for
	var result *sandbox.Result
	var kept, stuck []string
	err = g.inBox(ctx, s.project, options, func(box *sandbox.Sandbox) (err error) {
		if verb == verbRefresh || verb == verbDestroy {
			if err := s.settled(ctx, box, verb, o); err != nil {
				return err
			}
		}
		if err := s.reviewed(ctx, box, o.expect); err != nil {
			return err
		}
		result, err = s.run(ctx, box, verb)
		kept = s.kept(box)
		if verb == verbPreview {
			stuck = s.inTheWay(box, result)
		}
		return err
	})
	err = faulted(s.readable(err, o.again()), faults)
	show.Close()
	if result == nil {
		return err // nothing ran: there is nothing to report on
	}
	if err != nil && len(result.Operations) == 0 && !g.JSON {
		return err // the engine did not begin: the error says all
	}
	r := s.report(verb, o.again(), dir, result, err, time.Now())
	r.Messages = append(append(r.Messages, result.Faults...), stuck...)
	r.Kept = kept
	if errPrint := g.printReport(r, o.all); errPrint != nil {
		return fmt.Errorf("print the report: %w", errPrint)
	}
	return g.failed(err)
}

// printReport writes the report as text or JSON.
func (g *Global) printReport(r report.Report, all bool) error {
	if g.JSON {
		return g.print(r)
	}
	_, color := terminal(g.Stdout)
	report.Write(g.Stdout, r, report.Options{Color: color && g.Getenv("NO_COLOR") == "", All: all})
	return nil
}
