package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/ladder-platform/ladder/sandbox/world"
)

func newSandboxResetCommand(g *Global) *cobra.Command {
	var o boxOptions
	cmd := &cobra.Command{
		Use:   "reset",
		Short: "Forget the simulated cloud and the stacks' states in it",
		Long:  "Reset deletes the sandbox's directory: world, states and locks. It is refused\nwhile another run works on it. It is the way out of a damaged sandbox.\n",
		Args:  exactly(0, "no argument"),
		RunE:  func(cmd *cobra.Command, args []string) error { return runReset(o, g) },
	}
	o.addFlags(cmd)
	return cmd
}

func runReset(o boxOptions, g *Global) error {
	dir, err := g.existingBox(o)
	if err != nil {
		return err
	}
	w, err := world.Open(dir, o.seed, time.Now())
	switch {
	case errors.Is(err, world.ErrCorrupt): // nobody can be working on it
	case err != nil:
		return advised(err, dir)
	default:
		// The lock is held while the files go, so that no run begins in between.
		defer func() { _ = w.Close() }() // the file is gone: there is nothing to write
	}
	if err := os.RemoveAll(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return advised(fmt.Errorf("reset the sandbox: %w", err), dir)
	}
	if g.JSON {
		return g.print(map[string]string{"removed": dir})
	}
	_, err = fmt.Fprintf(g.Stdout, "removed %s; the next run begins with an empty cloud\n", dir)
	return err
}
