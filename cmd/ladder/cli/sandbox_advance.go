package cli

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/ladder-platform/ladder/sandbox/world"
)

func newSandboxAdvanceCommand(g *Global) *cobra.Command {
	var o boxOptions
	cmd := &cobra.Command{
		Use:   "advance DURATION",
		Short: "Move the simulated cloud's clock on, for example by 25h",
		Long:  "Advance lets time pass in the simulated cloud: soaks, overrides and the age of\nobservations are judged by its clock.\n",
		Args:  exactly(1, "a duration such as 25h"),
		RunE: func(cmd *cobra.Command, args []string) error {
			d, err := time.ParseDuration(args[0])
			if err != nil || d <= 0 {
				return usagef("%q is not a time to pass; use hours and minutes, for example 25h or 90m", args[0])
			}
			return g.withWorld(o, func(w *world.World, _ string) error {
				if err := w.Advance(d); err != nil {
					return fmt.Errorf("advance the clock: %w", err)
				}
				if g.JSON {
					return g.print(map[string]time.Time{"now": w.Now()})
				}
				_, err := fmt.Fprintf(g.Stdout, "it is %s in the simulated cloud\n", w.Now().UTC().Format("2006-01-02 15:04 UTC"))
				return err
			})
		},
	}
	o.addFlags(cmd)
	return cmd
}
