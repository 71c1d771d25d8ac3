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
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/release"
)

type rehearseOptions struct {
	from, to, on string
	stages       []string
	seed         uint64
}

func newRehearseCommand(g *Global) *cobra.Command {
	var o rehearseOptions
	cmd := &cobra.Command{
		Use:   "rehearse",
		Short: "Climb releases through all stages in a temporary simulated cloud",
		Long: `Rehearse brings all stages up at --from in a temporary sandbox and climbs to --to
rung by rung, dev before stg before prd, with the soak between them in virtual
time. It fails when something happened out of order, a second preview is not
empty, or something was left over, and prints each climb's timeline with skew,
ready nodes, the replicas of a workload of its own, and free addresses. What the
sandbox does not model is printed as a note.

The stack files stay as they are; slots and clusters with a release of their own
are refused (ladder plan spells out blue/green climbs).
`,
		Args: exactly(0, "no argument"),
		RunE: func(cmd *cobra.Command, args []string) error { return runRehearse(cmd.Context(), o, g) },
	}
	f := cmd.Flags()
	f.StringVar(&o.from, "from", "", "release at which the stages come up (default: the lowest)")
	f.StringVar(&o.to, "to", "", "release to climb to (default: the highest)")
	f.StringSliceVar(&o.stages, "stacks", shipped, "stacks in the order of promotion, names or stack files")
	f.StringVar(&o.on, "on", "", "day on which the rehearsal begins, 2026-11-21 (default: today)")
	f.Uint64Var(&o.seed, "seed", 1, "seed of the temporary cloud")
	return cmd
}

func runRehearse(ctx context.Context, o rehearseOptions, g *Global) (err error) {
	now, err := dayOf(o.on)
	if err != nil {
		return err
	}
	path, err := ladderOf(o.from, o.to)
	if err != nil {
		return err
	}
	project, err := g.projectDir()
	if err != nil {
		return err
	}
	options := rehearse.Options{Project: project, Path: path, Seed: o.seed, Pulumi: g.pulumi(project), Now: now}
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
	if errPrint := g.printRehearsal(report); errPrint != nil {
		return fmt.Errorf("print the rehearsal: %w", errPrint)
	}
	if err == nil && len(report.Problems) > 0 {
		err = fmt.Errorf("the rehearsal found %s", count(len(report.Problems), "problem"))
	}
	return g.failed(err)
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
