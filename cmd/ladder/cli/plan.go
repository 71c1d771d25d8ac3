package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/ladder-platform/ladder/cmd/ladder/report"
	"github.com/ladder-platform/ladder/sandbox"
)

func newPlanCommand(g *Global) *cobra.Command {
	var file string
	addresses := &cobra.Command{
		Use:   "addresses STACK",
		Short: "Print the address plan and the proof that upgrades fit",
		Long: `Addresses prints, for each network of the stack, what every block is for, and the
headroom proof: what takes addresses in every subnet at the worst instant of an
upgrade, and what stays free.
`,
		Args: exactly(1, "one stack"),
		RunE: func(cmd *cobra.Command, args []string) error { return runPlanAddresses(args[0], file, g) },
	}
	addresses.Flags().StringVar(&file, "stack-file", "", "stack file to use in place of Pulumi.<STACK>.yaml")
	cmd := newPlanUpgradeCommand(g)
	cmd.AddCommand(addresses, newPlanCapacityCommand(g), newPlanTimeCommand(g))
	return cmd
}

func newPlanTimeCommand(g *Global) *cobra.Command {
	var o operateOptions
	cmd := &cobra.Command{
		Use:   "time STACK",
		Short: "Print how long a first up takes on AWS, and its critical path",
		Long: `Time previews the stack in an empty, temporary sandbox and prints the critical path
in virtual time, beside the chain that no first up can be shorter than:
network and control plane, vpc-cni and Pod Identity agent, node group, add-ons.
The stages that the stack comes after are brought up there first.
`,
		Args: exactly(1, "one stack"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.stack = args[0]
			return runPlanTime(cmd.Context(), o, g)
		},
	}
	cmd.Flags().StringVar(&o.stackFile, "stack-file", "", "stack file to use in place of Pulumi.<STACK>.yaml")
	cmd.Flags().Uint64Var(&o.seed, "seed", 1, "seed of the temporary cloud")
	return cmd
}

func runPlanTime(ctx context.Context, o operateOptions, g *Global) (err error) {
	s, err := g.openStack(o.stack, o.stackFile)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "ladder-time-")
	if err != nil {
		return fmt.Errorf("make a temporary sandbox: %w; set TMPDIR to a directory that can be written", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	var result *sandbox.Result
	err = g.aside(ctx, s, "plan time "+s.file.Name, sandbox.Options{Dir: dir, Seed: o.seed, SkipCheckpoints: true}, func(box *sandbox.Sandbox) (err error) {
		result, err = s.run(ctx, box, verbPreview)
		return err
	})
	if err != nil {
		return err
	}
	t := report.Time(s.report(verbUp, o.again(), dir, result, nil, time.Now()))
	if g.JSON {
		return g.print(t)
	}
	report.WriteTime(g.Stdout, t)
	return nil
}

// sortedKeys of a map.
func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
