package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/ladder-platform/ladder/cmd/ladder/progress"
	"github.com/ladder-platform/ladder/cmd/ladder/report"
	"github.com/ladder-platform/ladder/sandbox"
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
}

func (o *operateOptions) addFlags(cmd *cobra.Command) {
	o.boxOptions.addFlags(cmd)
	o.addSeed(cmd)
	cmd.Flags().BoolVar(&o.sandbox, "sandbox", false, "on the simulated cloud (a real account is the ordinary pulumi CLI's)")
	cmd.Flags().StringVar(&o.stackFile, "stack-file", "", "stack file to use in place of Pulumi.<STACK>.yaml")
	cmd.Flags().StringArrayVar(&o.faults, "fault", nil, "fault to simulate, may be repeated: "+faultForms)
	cmd.Flags().BoolVar(&o.skipCheckpoints, "skip-checkpoints", false, "write the state only at the end: faster, and nothing is kept of a killed run")
	cmd.Flags().BoolVar(&o.all, "all", false, "list every operation, not only the long ones")
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
	faults, err := parseFaults(o.faults)
	if err != nil {
		return err
	}
	s, err := g.openStack(o.stack, o.stackFile)
	if err != nil {
		return err
	}
	if verb == verbDestroy && s.protected() {
		return fmt.Errorf("destroy of %s is refused: environment.protect is true; set environment.protect: false in %s, run ladder up %s --sandbox, then destroy", s.file.Name, s.file.Shown, o.stack)
	}
	width, _ := terminal(g.Stderr)
	show := progress.New(g.Stderr, width, verb+" "+s.file.Name)
	defer show.Close()
	dir := o.path(s.project)
	box, err := g.openBox(ctx, sandbox.Options{Dir: dir, Seed: o.seed, Faults: faults, SkipCheckpoints: o.skipCheckpoints, OnEvent: progressOf(show)})
	if err != nil {
		return err
	}
	result, err := s.operate(ctx, box, verb, show)
	if errClose := box.Close(); errClose != nil {
		err = errors.Join(err, advised(fmt.Errorf("close the sandbox: %w", errClose), dir))
	}
	show.Close()
	if result == nil {
		return err // nothing ran: there is nothing to report on
	}
	r := s.report(verb, dir, result, err)
	if errPrint := g.printReport(r, o.all); errPrint != nil {
		return fmt.Errorf("print the report: %w", errPrint)
	}
	return s.failure(verb, o, err, g)
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
