package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/release"
	"github.com/ladder-platform/ladder/stacks/upgrade"
)

type planOptions struct {
	boxOptions
	stack, stackFile  string
	to, on            string
	metrics, record   string
	live              []string
	workloads         []string
	kubeconfigs       []string
	sandbox, markdown bool
	noObjects, write  bool
}

func newPlanUpgradeCommand(g *Global) *cobra.Command {
	var o planOptions
	cmd := &cobra.Command{
		Use:   "plan STACK",
		Short: "Print the upgrade to the next release: steps, risk, way back; or addresses, capacity, or time",
		Long: `Plan prints how the stack climbs to the next release, or rung by rung to --to: the
edits of the stack file, the steps of each up in order, what each does to what
runs, how long it takes, which addresses it needs, what to check after it and how
to go back. What blocks the climb is listed first and ends with exit code 3.

Removed APIs, and PodDisruptionBudgets that would stop a drain, are searched in
what the program installs, which takes one up in a temporary sandbox. A live
cluster knows more: --kubeconfig asks it for deprecated APIs in use, workloads,
budgets and the nodes of each slot; --metrics and --workloads read the same from
what kubectl get --raw /metrics and kubectl get pdb,deployments,statefulsets -A
-o json print. With --sandbox the sandbox is asked for nodes, budgets, the record
and what the stages before have run.

--write makes the edits of the next run in the stack file, one run per call: with
--to the new release and the new slots beside the old ones; then, when they run,
the old slots drain; then, when the record says that they are drained, they go.
It needs the stack's record: --sandbox, or --record with a file of what pulumi
stack output record prints.
`,
		Args: exactly(1, "one stack"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.stack = args[0]
			return runPlanUpgrade(cmd.Context(), o, g)
		},
	}
	f := cmd.Flags()
	o.boxOptions.addFlags(cmd)
	f.StringVar(&o.stackFile, "stack-file", "", "stack file to use in place of Pulumi.<STACK>.yaml")
	f.StringVar(&o.to, "to", "", "release to climb to (default: the next rung)")
	f.StringVar(&o.on, "on", "", "day on which the climb is judged, 2026-11-21 (default: today)")
	f.StringVar(&o.metrics, "metrics", "", "file with the live API server's metrics, for deprecated APIs in use")
	f.StringArrayVar(&o.workloads, "workloads", nil, "file with a live cluster's workloads and budgets, may be repeated: [CLUSTER=]FILE")
	f.StringArrayVar(&o.kubeconfigs, "kubeconfig", nil, "kubeconfig of a live cluster to ask, may be repeated: [CLUSTER=]FILE")
	f.StringVar(&o.record, "record", "", "file with the stack's record, for --write")
	f.BoolVar(&o.write, "write", false, "make the edits of the next run in the stack file")
	f.StringArrayVar(&o.live, "live", nil, "nodes that run in a slot, may be repeated: CLUSTER/GROUP/SLOT=NODES")
	f.BoolVar(&o.sandbox, "sandbox", false, "read from the sandbox what runs")
	f.BoolVar(&o.markdown, "markdown", false, "print Markdown, for a pull request")
	f.BoolVar(&o.noObjects, "no-objects", false, "do not search what the program registers for removed APIs")
	return cmd
}

func runPlanUpgrade(ctx context.Context, o planOptions, g *Global) error {
	now, err := dayOf(o.on)
	if err != nil {
		return err
	}
	if o.markdown && g.JSON {
		return usagef("give either --json or --markdown")
	}
	if o.record != "" && !o.write {
		return usagef("--record is for --write")
	}
	s, err := g.openStack(o.stack, o.stackFile)
	if err != nil {
		return err
	}
	in := upgrade.Input{Now: now, Name: s.file.Name, File: s.file.Shown, Stack: s.cfg}
	if err := g.readInputs(ctx, o, s, &in); err != nil {
		return err
	}
	if o.write {
		return g.writeNext(ctx, o, s, in)
	}
	rungs, err := climb(s.cfg, o.to)
	if err != nil {
		return err
	}
	if len(rungs) == 0 {
		return g.nothingToPlan(s)
	}
	if err := g.objects(ctx, s, o.noObjects, &in); err != nil {
		return err
	}
	plans := plansOf(in, rungs)
	if plans[0].Gate, err = g.foresee(ctx, o, s, rungs[0][1], now); err != nil {
		return err
	}
	return g.printPlans(plans, o.markdown)
}

// nothingToPlan is the answer for a stack on the last release.
func (g *Global) nothingToPlan(s stack) error {
	if g.JSON {
		return g.print([]upgrade.Plan{})
	}
	_, err := fmt.Fprintf(g.Stdout, "%s is on release %s, and the catalogue has none above it\n", s.file.Name, s.cfg.Release)
	return err
}

// plansOf are the plans of consecutive rungs: each begins where the one before ended.
func plansOf(in upgrade.Input, rungs [][2]release.Release) []upgrade.Plan {
	plans := []upgrade.Plan{}
	for _, r := range rungs {
		in.From, in.To = r[0], r[1]
		plans = append(plans, upgrade.New(in))
		in.Stack.Release = r[1].Name
	}
	return plans
}

func (g *Global) printPlans(plans []upgrade.Plan, markdown bool) error {
	var err error
	switch {
	case g.JSON:
		err = g.print(plans)
	case markdown:
		err = upgrade.Markdown(g.Stdout, plans)
	default:
		err = upgrade.Text(g.Stdout, plans)
	}
	if err != nil {
		return fmt.Errorf("print the plan: %w", err)
	}
	var blocking finding.List
	for _, p := range plans {
		blocking = append(blocking, p.Findings.Errors()...)
	}
	if len(blocking) > 0 {
		return findingsError{blocking}
	}
	return nil
}

// climb is the rungs to a release, or the next one. A cluster that is held
// behind the stack comes first.
func climb(cfg config.Stack, to string) ([][2]release.Release, error) {
	catalogue, found := release.Shipped()
	if err := found.Err(); err != nil {
		return nil, fmt.Errorf("release catalogue: %w", err)
	}
	names := []string{cfg.Release}
	switch {
	case to == "":
		for _, key := range sortedKeys(cfg.Clusters) {
			if own := cfg.ClusterRelease(key); own != cfg.Release && catalogue.Reachable(own, cfg.Release) {
				names = []string{own, cfg.Release}
			}
		}
		for _, next := range catalogue.Names() {
			if len(names) == 1 && next != cfg.Release && catalogue.Reachable(cfg.Release, next) {
				names = append(names, next)
			}
		}
	case to == cfg.Release:
		return nil, usagef("the stack is on release %q already", to)
	default:
		if _, err := catalogue.Find(to); err != nil {
			return nil, usageError{err}
		}
		if names = catalogue.Path(cfg.Release, to); names == nil {
			return nil, usagef("there is no way up from release %q to %q; a stack does not climb down, and the way back of a fresh climb is in the plan of that climb", cfg.Release, to)
		}
	}
	var out [][2]release.Release
	for i := 1; i < len(names); i++ {
		a, errA := catalogue.Find(names[i-1])
		b, errB := catalogue.Find(names[i])
		if err := errors.Join(errA, errB); err != nil {
			return nil, err
		}
		out = append(out, [2]release.Release{a, b})
	}
	return out, nil
}

func dayOf(text string) (time.Time, error) {
	if text == "" {
		return time.Now(), nil
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return t, usagef("--on %q is no day; use for example 2026-11-21", text)
	}
	return t, nil
}
