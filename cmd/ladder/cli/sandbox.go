package cli

import "github.com/spf13/cobra"

func newSandboxCommand(g *Global) *cobra.Command {
	drift := group("drift", "Change the simulated cloud behind Pulumi's back",
		newDriftListCommand(g), newDriftSetCommand(g), newDriftDeleteCommand(g), newDriftDegradeCommand(g), newDriftConnectCommand(g), newDriftAlarmCommand(g))
	return group("sandbox", "Look at and change the simulated cloud",
		newSandboxStatusCommand(g), newSandboxAdvanceCommand(g), newSandboxResetCommand(g), newSandboxSeedCommand(g), newSandboxRulesCommand(g), drift)
}
