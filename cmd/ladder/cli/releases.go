package cli

import (
	"github.com/spf13/cobra"
)

func newReleasesCommand(g *Global) *cobra.Command {
	show := &cobra.Command{
		Use:   "show NAME",
		Short: "Print what a release pins",
		Long:  "Show prints the versions that a release pins and until when EKS supports it.\n",
		Args:  exactly(1, "one release"),
		RunE:  func(cmd *cobra.Command, args []string) error { return runReleasesShow(args[0], g) },
	}
	cmd := group("releases", "List the releases of the catalogue", show)
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return runReleases(g) }
	return cmd
}
