package cli

import "github.com/spf13/cobra"

func newPreviewCommand(g *Global) *cobra.Command {
	var o operateOptions
	cmd := &cobra.Command{
		Use:   "preview STACK --sandbox",
		Short: "Show what up would do, on the simulated cloud",
		Long: `Preview checks the stack file, then runs the program through the real engine on
the simulated cloud without changing it: what will exist by component, the steps
in order with their virtual time, what it costs a month, and what to do next.
What is replaced or deleted comes first, with the reason.

In a fresh sandbox, the stages that STACK follows are brought up first, and
preview says so.
`,
		Args: exactly(1, "one stack"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.stack = args[0]
			return runOperation(cmd.Context(), verbPreview, o, g)
		},
	}
	o.addFlags(cmd)
	return cmd
}
