package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

func newRecoverCommand(g *Global) *cobra.Command {
	var o operateOptions
	cmd := &cobra.Command{
		Use:   "recover STACK [--sandbox]",
		Short: "Make a stack whole after an interrupted run",
		Long: `Recover clears the lock that a killed run left, adopts what was created but not
recorded, and clears the pending entries, on the simulated cloud. Without
--sandbox it prints the exact commands that do the same on a real account.
`,
		Args: exactly(1, "one stack"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.stack = args[0]
			if !o.sandbox {
				return runRecoverReal(o, g)
			}
			return runRecover(cmd.Context(), o, g)
		},
	}
	o.boxOptions.addFlags(cmd)
	cmd.Flags().BoolVar(&o.sandbox, "sandbox", false, "do it on the simulated cloud")
	cmd.Flags().StringVar(&o.stackFile, "stack-file", "", "stack file to use in place of Pulumi.<STACK>.yaml")
	return cmd
}

// manualStep is one step of recovery on a real account.
type manualStep struct {
	Why string `json:"why"`
	Run string `json:"run"`
}

// recoverSteps are the commands for a real account. Source: facts/engine.md,
// "Interruption": up straight after cancel makes a second object, and
// --import-pending-creates drops the entry without importing (engine 3.250.0).
func recoverSteps(stack string) []manualStep {
	return []manualStep{
		{"make sure that no run is under way, here or in a pipeline, then clear the lock", "pulumi cancel --yes -s " + stack},
		{"keep a copy of the state", "pulumi stack export -s " + stack + " --file before-recover.json"},
		{"list what was being created when the run ended; an empty list: go on with the last step", "pulumi stack export -s " + stack + ` | jq -r '.deployment.pending_operations[]? | select(.type == "creating") | [.resource.type, .resource.urn] | @tsv'`},
		{"for each, look in the account whether it exists (by its name or its Name tag); if it does, adopt it by its ID, with the resource's own name and parent", "pulumi import -s " + stack + " <type> <name> <id> --parent <name>=<urn of the parent> --provider aws=<urn of the provider> --generate-code=false --protect=false"},
		{"drop the pending entries, which are adopted or never came to be", "pulumi refresh -s " + stack + " --clear-pending-creates"},
		{"see that nothing is left over; a create in this preview is something that must not exist yet", "pulumi preview -s " + stack},
		{"go on", "pulumi up -s " + stack},
	}
}

func runRecoverReal(o operateOptions, g *Global) error {
	project, err := g.projectDir()
	if err != nil {
		return err
	}
	file, err := g.findStack(project, o.stack, o.stackFile)
	if err != nil {
		return err
	}
	steps := recoverSteps(file.Name)
	if g.JSON {
		return g.print(steps)
	}
	fmt.Fprintf(g.Stdout, "To recover %s on a real account, one after the other (ladder recover %s --sandbox does it on the simulated cloud):\n", file.Name, o.stack)
	for i, s := range steps {
		fmt.Fprintf(g.Stdout, "\n%d. %s\n     %s\n", i+1, s.Why, strings.ReplaceAll(s.Run, "\n", "\n     "))
	}
	return nil
}
