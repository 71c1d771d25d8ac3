package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/ladder-platform/ladder/cmd/ladder/observe"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/promotion"
)

func newObserveCommand(g *Global) *cobra.Command {
	var o operateOptions
	cmd := &cobra.Command{
		Use:   "observe STACK [--sandbox]",
		Short: "Write down the stack's health, which the next stage's gate asks for",
		Long: `Observe reads the health issues that EKS reports of clusters, node groups and
add-ons, and the state of the alarm <STACK>-health, and writes what it saw to the
parameter /ladder/<STACK>/observation. Run it every night: the next stage takes
a release only if the last observation is no older than 26 hours, and its soak
begins again at every bad one.

It takes credentials from where the AWS CLI takes them. With --sandbox it
observes the stack on the simulated cloud, by that cloud's clock.
`,
		Args: exactly(1, "one stack"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.stack = args[0]
			return runObserve(cmd.Context(), o, g)
		},
	}
	o.boxOptions.addFlags(cmd)
	cmd.Flags().BoolVar(&o.sandbox, "sandbox", false, "on the simulated cloud")
	cmd.Flags().StringVar(&o.stackFile, "stack-file", "", "stack file to use in place of Pulumi.<STACK>.yaml")
	return cmd
}

func runObserve(ctx context.Context, o operateOptions, g *Global) error {
	open := func() (stack, error) { return g.openStack(o.stack, o.stackFile) }
	if o.sandbox {
		open = func() (stack, error) { return g.openStackIn(o.boxOptions, o.stack, o.stackFile) }
	}
	s, err := open()
	if err != nil {
		return err
	}
	var clusters []string
	for _, key := range sortedKeys(s.cfg.Clusters) {
		clusters = append(clusters, config.ClusterName(s.file.Name, key))
	}
	e := s.cfg.Environment
	var seen promotion.Observation
	if o.sandbox {
		err = g.withWorld(o.boxOptions, func(w *world.World, _ string) (err error) {
			cloud := observe.Simulated{World: w, Scope: e.AccountID + "/" + e.Region}
			seen, err = observe.Run(ctx, cloud, s.file.Name, clusters, w.Now())
			return err
		})
	} else {
		seen, err = observeAccount(ctx, s, clusters)
	}
	if err != nil {
		return fmt.Errorf("observe %s: %w", s.file.Name, err)
	}
	if g.JSON {
		return g.print(seen)
	}
	fmt.Fprintf(g.Stdout, "%s is in %s health on %s, at release %s\n", s.file.Name, seen.Health, seen.Date.Format("2006-01-02 15:04 UTC"), seen.Release)
	for _, r := range seen.Reasons {
		fmt.Fprintln(g.Stdout, "  "+r)
	}
	return nil
}

func observeAccount(ctx context.Context, s stack, clusters []string) (promotion.Observation, error) {
	account, err := observe.NewAccount(ctx, s.cfg.Environment.Region)
	if err != nil {
		return promotion.Observation{}, err
	}
	if err := account.Guard(ctx, s.cfg.Environment.AccountID); err != nil {
		return promotion.Observation{}, err
	}
	return observe.Run(ctx, account, s.file.Name, clusters, time.Now())
}
