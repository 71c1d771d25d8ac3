package cli

import "github.com/spf13/cobra"

func newRefreshCommand(g *Global) *cobra.Command {
	var o operateOptions
	cmd := &cobra.Command{
		Use:   "refresh STACK --sandbox",
		Short: "Compare the stack's state with the simulated cloud",
		Long: `Refresh reads every resource of the stack from the simulated cloud and takes
what it finds into the state, so that the next preview shows what drifted.
`,
		Args: exactly(1, "one stack"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.stack = args[0]
			return runOperation(cmd.Context(), verbRefresh, o, g)
		},
	}
	o.addFlags(cmd)
	return cmd
}
