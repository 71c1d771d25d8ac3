package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newPlanCapacityCommand(g *Global) *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "capacity STACK",
		Short: "Print what the platform itself takes of the nodes, and whether it fits without a zone",
		Long: `Capacity prints, for each cluster of the stack, what its nodes let pods ask for, what
every workload of the platform asks for, and where that leaves each zone: with all
of them, and with each one lost in turn. Pods of applications come on top.
`,
		Args: exactly(1, "one stack"),
		RunE: func(cmd *cobra.Command, args []string) error { return runPlanCapacity(args[0], file, g) },
	}
	cmd.Flags().StringVar(&file, "stack-file", "", "stack file to use in place of Pulumi.<STACK>.yaml")
	return cmd
}

func runPlanCapacity(arg, file string, g *Global) error {
	s, err := g.openStack(arg, file)
	if err != nil {
		return err
	}
	proofs := s.cfg.Capacity()
	if g.JSON {
		return g.print(proofs)
	}
	for _, p := range proofs {
		if err := p.Table(g.Stdout); err != nil {
			return fmt.Errorf("print the plan: %w", err)
		}
	}
	return nil
}
