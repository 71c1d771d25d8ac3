package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ladder-platform/ladder/cmd/ladder/observe"
	"github.com/ladder-platform/ladder/cmd/ladder/progress"
	"github.com/ladder-platform/ladder/cmd/ladder/rehearse"
	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/fault"
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/release"
)

type rehearseOptions struct {
	from, to, on          string
	stages, faults        []string
	workloads, state, svg string
	destroy               bool
	seed                  uint64
}

func newRehearseCommand(g *Global) *cobra.Command {
	var o rehearseOptions
	cmd := &cobra.Command{
		Use:   "rehearse",
		Short: "Climb releases through all stages in a temporary simulated cloud",
		Long: `Rehearse brings all stages up at --from in a temporary sandbox and climbs to --to
rung by rung, dev before stg before prd, with the soak between them in virtual
time. A rung is the runs of the stage's ladder plan, with the plan's own edits:
blue/green groups get their new slot, drain, and lose the old one; clusters with a
release of their own follow the others. The stack files stay as they are.

Workloads run on the nodes meanwhile. It fails when something happened out of
order, a workload fell below its budget, a second preview is not empty, or
something was left over, and prints each up's timeline with skew, ready nodes,
replicas, room and free addresses. What is not known or not modelled is a note.

--state begins one of the stages as pulumi stack export shows it; what is secret
as a whole is left to the stack file and listed, but with --show-secrets comes
too. --workloads brings what runs there (kubectl get deploy,sts,pdb -A -o yaml).
--faults breaks operations of every climb, one at a time, on copies: each must
recover to where the undisturbed climb ends.
`,
		Args: exactly(0, "no argument"),
		RunE: func(cmd *cobra.Command, args []string) error { return runRehearse(cmd.Context(), o, g) },
	}
	f := cmd.Flags()
	f.StringVar(&o.from, "from", "", "release at which the stages come up (default: the lowest)")
	f.StringVar(&o.to, "to", "", "release to climb to (default: the highest)")
	f.StringSliceVar(&o.stages, "stacks", shipped, "stacks in the order of promotion, names or stack files")
	f.StringVar(&o.on, "on", "", "day on which the rehearsal begins, 2026-11-21 (default: today)")
	f.StringVar(&o.workloads, "workloads", "", "Deployments, StatefulSets and PodDisruptionBudgets to run, YAML or JSON (default: the rehearsal's own)")
	f.StringVar(&o.state, "state", "", "what pulumi stack export printed of one of the stages: it begins so, and --from is its release")
	f.StringSliceVar(&o.faults, "faults", nil, "faults to try in every climb: all, a number for a sample of each up, or "+fault.Form)
	f.BoolVar(&o.destroy, "destroy", false, "take everything down at the end")
	f.StringVar(&o.svg, "svg", "", "file for a picture of the timelines")
	f.Uint64Var(&o.seed, "seed", 1, "seed of the temporary cloud")
	return cmd
}

func runRehearse(ctx context.Context, o rehearseOptions, g *Global) (err error) {
	now, err := dayOf(o.on)
	if err != nil {
		return err
	}
	project, err := g.projectDir()
	if err != nil {
		return err
	}
	options := rehearse.Options{Project: project, Seed: o.seed, Pulumi: g.pulumi(project), Now: now, Destroy: o.destroy}
	if err := o.read(&options); err != nil {
		return err
	}
	if options.Path, err = ladderOf(o.from, o.to); err != nil {
		return err
	}
	for _, arg := range o.stages {
		file, err := g.findStack(project, arg, "")
		if err != nil {
			return err
		}
		options.Stages = append(options.Stages, rehearse.Stage{Name: file.Name, File: file.Path})
	}
	if options.Dir, err = os.MkdirTemp("", "ladder-rehearse-"); err != nil {
		return fmt.Errorf("make a temporary sandbox: %w; set TMPDIR to a directory that can be written", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(options.Dir)) }()
	width, _ := terminal(g.Stderr)
	show := progress.New(g.Stderr, width, "rehearse "+strings.Join(o.stages, ", "))
	show.OneLine()
	defer show.Close()
	options.Say, options.OnEvent = show.Say, progressOf(show)
	options.Observe = observeStage
	report, err := rehearse.Run(ctx, options)
	show.Close()
	if report == nil {
		return err
	}
	if o.svg != "" {
		if errWrite := os.WriteFile(o.svg, rehearse.SVG(report), 0o644); errWrite != nil {
			return errors.Join(err, fmt.Errorf("write the picture: %w", errWrite))
		}
	}
	if errPrint := g.printRehearsal(report); errPrint != nil {
		return fmt.Errorf("print the rehearsal: %w", errPrint)
	}
	if err == nil && len(report.Problems) > 0 {
		err = fmt.Errorf("the rehearsal found %s", count(len(report.Problems), "problem"))
	}
	return g.failed(err)
}

// read takes in the files and faults that the flags name.
func (o *rehearseOptions) read(into *rehearse.Options) (err error) {
	if into.Faults, err = rehearse.ParseFaults(o.faults); err != nil {
		return usageError{err}
	}
	if o.workloads != "" {
		text, err := os.ReadFile(o.workloads)
		if err != nil {
			return usagef("--workloads: %v", err)
		}
		if into.Workloads, err = rehearse.ReadWorkloads(o.workloads, text); err != nil {
			return usageError{err}
		}
	}
	if o.state == "" {
		return nil
	}
	text, err := os.ReadFile(o.state)
	if err != nil {
		return usagef("--state: %v", err)
	}
	if into.State, err = rehearse.ReadState(o.state, text); err != nil {
		return usageError{err}
	}
	if o.from == "" {
		o.from = into.State.Release
	}
	return nil
}

// observeStage writes down a stage's health in the simulated cloud.
func observeStage(ctx context.Context, box *sandbox.Sandbox, stage rehearse.Stage, cfg config.Stack) error {
	var clusters []string
	for _, key := range sortedKeys(cfg.Clusters) {
		clusters = append(clusters, config.ClusterName(stage.Name, key))
	}
	cloud := observe.Simulated{World: box.World(), Scope: cfg.Environment.AccountID + "/" + cfg.Environment.Region}
	_, err := observe.Run(ctx, cloud, stage.Name, clusters, box.World().Now())
	return err
}

func (g *Global) printRehearsal(r *rehearse.Report) error {
	if g.JSON {
		return g.print(r)
	}
	return rehearse.Text(g.Stdout, r)
}

// ladderOf is the path between two releases; "" is the end of the catalogue.
func ladderOf(from, to string) ([]string, error) {
	catalogue, found := release.Shipped()
	if err := found.Err(); err != nil {
		return nil, fmt.Errorf("release catalogue: %w", err)
	}
	names := catalogue.Names()
	if from == "" {
		from = names[0]
	}
	if to == "" {
		to = names[len(names)-1]
	}
	for _, name := range []string{from, to} {
		if _, err := catalogue.Find(name); err != nil {
			return nil, usageError{err}
		}
	}
	path := catalogue.Path(from, to)
	if path == nil {
		return nil, usagef("there is no way up from release %q to %q; a control plane does not climb down", from, to)
	}
	return path, nil
}
