package cli

import "github.com/spf13/cobra"

func newDestroyCommand(g *Global) *cobra.Command {
	var o operateOptions
	cmd := &cobra.Command{
		Use:   "destroy STACK --sandbox",
		Short: "Delete everything of the stack on the simulated cloud",
		Long: `Destroy deletes the stack's resources. It is refused while environment.protect
is true: set it to false in the stack file, run up (which lifts the protection
and lets data be deleted), then destroy.
`,
		Args: exactly(1, "one stack"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.stack = args[0]
			return runOperation(cmd.Context(), verbDestroy, o, g)
		},
	}
	o.addFlags(cmd)
	return cmd
}
