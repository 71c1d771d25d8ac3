package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ladder-platform/ladder/cmd/ladder/progress"
	"github.com/ladder-platform/ladder/sandbox"
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
		{"a Helm release that the run left pending takes no other operation: look for one, and uninstall what is pending-install, roll back what is pending-upgrade", "helm list --all-namespaces --pending"},
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

// runRecover makes the stack whole on the simulated cloud.
func runRecover(ctx context.Context, o operateOptions, g *Global) error {
	s, err := g.openStackIn(o.boxOptions, o.stack, o.stackFile)
	if err != nil {
		return err
	}
	dir, err := g.existingBox(o.boxOptions)
	if err != nil {
		return err
	}
	width, _ := terminal(g.Stderr)
	show := progress.New(g.Stderr, width, "recover "+s.file.Name)
	defer show.Close()
	var found *sandbox.Recovery
	err = g.inBox(ctx, s.project, sandbox.Options{Dir: dir, OnEvent: progressOf(show)}, func(box *sandbox.Sandbox) (err error) {
		found, err = box.Recover(ctx, s.program(box))
		return err
	})
	show.Close()
	if err != nil {
		return err
	}
	if g.JSON {
		return g.print(found)
	}
	writeRecovery(g.Stdout, s.file.Name, o.again(), found)
	return nil
}

func writeRecovery(w io.Writer, stack, again string, r *sandbox.Recovery) {
	if !r.Unlocked && len(r.Adopted)+len(r.Replaced)+len(r.Cleared)+len(r.Settled)+len(r.Orphans) == 0 {
		fmt.Fprintf(w, "%s is whole: no lock, nothing unrecorded, nothing pending\n", stack)
		return
	}
	fmt.Fprintf(w, "recovered %s\n", stack)
	if r.Unlocked {
		fmt.Fprintln(w, "  the lock that a killed run left is cleared")
	}
	objects := func(what string, list []sandbox.Adopted) {
		for _, a := range list {
			fmt.Fprintf(w, "  %s %s (%s)\n", what, a.URN[strings.LastIndex(a.URN, "::")+2:], a.ID)
		}
	}
	objects("adopted", r.Adopted)
	objects("to be deleted by the next up:", r.Replaced)
	for _, c := range r.Cleared {
		fmt.Fprintf(w, "  no longer pending: %s\n", c)
	}
	for _, c := range r.Settled {
		fmt.Fprintf(w, "  a release that was left half way: %s\n", c)
	}
	objects("not adopted, because neither state nor program knows it:", r.Orphans)
	fmt.Fprintf(w, "\nNext\n  ladder up %s\n", again)
}
