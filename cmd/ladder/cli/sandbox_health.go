package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ladder-platform/ladder/sandbox/aws"
	"github.com/ladder-platform/ladder/sandbox/world"
)

// healthRow is what was done to the health of the simulated cloud.
type healthRow struct {
	ID    string `json:"id"`
	Issue string `json:"issue,omitempty"`
}

func newDriftDegradeCommand(g *Global) *cobra.Command {
	var o boxOptions
	var issue string
	var mend bool
	cmd := &cobra.Command{
		Use:   "degrade CLUSTER:ADDON",
		Short: "Make an add-on unhealthy",
		Long: `Degrade makes EKS report an add-on as DEGRADED. No refresh shows it, since no
provider reads an add-on's health; ladder observe does, and the next stage's
gate then waits. An update of the add-on ends it, or --mend.
`,
		Args: exactly(1, "one add-on, such as dev-main:coredns"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if mend {
				issue = ""
			}
			return g.withWorld(o, func(w *world.World, _ string) error {
				if err := aws.Degrade(w, args[0], issue); err != nil {
					return usageError{err}
				}
				return g.health(healthRow{args[0], issue})
			})
		},
	}
	o.addFlags(cmd)
	cmd.Flags().StringVar(&issue, "issue", "InsufficientNumberOfReplicas", "what EKS reports: "+strings.Join(aws.AddonIssues, ", "))
	cmd.Flags().BoolVar(&mend, "mend", false, "make it well again")
	return cmd
}

func newDriftConnectCommand(g *Global) *cobra.Command {
	var o boxOptions
	var destination string
	cmd := &cobra.Command{
		Use:   "connect NAT-GATEWAY COUNT",
		Short: "Open connections through a NAT gateway",
		Long: `Connect opens COUNT connections at one time through a NAT gateway to one
destination. A gateway has 55,000 ports for each of its addresses; more
connections set off the alarms on its ErrorPortAllocation, fewer calm them.
`,
		Args: exactly(2, "a NAT gateway and a number of connections"),
		RunE: func(cmd *cobra.Command, args []string) error {
			n, err := strconv.Atoi(args[1])
			if err != nil || n < 0 {
				return usagef("%q is not a number of connections", args[1])
			}
			return g.withWorld(o, func(w *world.World, _ string) error {
				row := healthRow{ID: args[0]}
				var short aws.PortError
				if err := aws.Connect(w, nil, args[0], destination, n); errors.As(err, &short) {
					row.Issue = err.Error()
				} else if err != nil {
					return usageError{err}
				}
				return g.health(row)
			})
		},
	}
	o.addFlags(cmd)
	cmd.Flags().StringVar(&destination, "destination", "192.0.2.1:443/tcp", "address, port and protocol")
	return cmd
}

func (g *Global) health(row healthRow) error {
	if g.JSON {
		return g.print(row)
	}
	if row.Issue == "" {
		_, err := fmt.Fprintf(g.Stdout, "%s is well\n", row.ID)
		return err
	}
	_, err := fmt.Fprintf(g.Stdout, "%s: %s\nladder observe STACK --sandbox writes it down\n", row.ID, row.Issue)
	return err
}
