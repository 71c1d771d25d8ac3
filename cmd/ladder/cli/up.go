package cli

import "github.com/spf13/cobra"

func newUpCommand(g *Global) *cobra.Command {
	var o operateOptions
	cmd := &cobra.Command{
		Use:   "up STACK --sandbox",
		Short: "Create or change the stack on the simulated cloud",
		Long: `Up does on the simulated cloud what preview showed, through the real engine, and
prints what a person needs afterwards: outputs, kubeconfig, the way to a private
endpoint, how to destroy. The world's clock moves on by the run's virtual time.

With --expect-digest it previews first and stops when that preview is not the one
that was reviewed.

A fault may be put in the way, to rehearse it:
  ladder up dev --sandbox --fault create:aws:eks/nodeGroup:NodeGroup:lost
`,
		Args: exactly(1, "one stack"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.stack = args[0]
			return runOperation(cmd.Context(), verbUp, o, g)
		},
	}
	o.addFlags(cmd)
	cmd.Flags().StringVar(&o.expect, "expect-digest", "", "digest of ladder report that the preview must have; with another one nothing is done")
	return cmd
}
