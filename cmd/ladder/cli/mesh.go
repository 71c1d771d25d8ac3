package cli

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/ladder-platform/ladder/sandbox/reach"
	"github.com/ladder-platform/ladder/sandbox/world"
)

func newMeshCommand(g *Global) *cobra.Command {
	return group("mesh", "Look at the service mesh of a stack", newMeshReachCommand(g))
}

func newMeshReachCommand(g *Global) *cobra.Command {
	var o boxOptions
	cmd := &cobra.Command{
		Use:   "reach STACK",
		Short: "Say whether linked clusters reach each other, and what is missing",
		Long: `Reach follows every way between linked clusters of a stack in the simulated
cloud, there and back: mesh networks, remote secrets, certificates, gateways with
their load balancers, routes and security groups. Whatever is missing is named.
It fails when a way is broken. On a real account the link's own check, a Job on
each side, answers the same question: output "checks" of the link.
`,
		Args: exactly(1, "one stack"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.withWorld(o, func(w *world.World, dir string) error { return runMeshReach(w, args[0], g) })
		},
	}
	o.addFlags(cmd)
	return cmd
}

func runMeshReach(w *world.World, stack string, g *Global) error {
	ways, broken := []reach.Way{}, 0
	for _, way := range reach.Ways(w) {
		if !strings.HasPrefix(way.From, stack+"-") || !strings.HasPrefix(way.To, stack+"-") {
			continue
		}
		ways = append(ways, way)
		if !way.Reaches {
			broken++
		}
	}
	if len(ways) == 0 {
		return fmt.Errorf("no clusters of %s are linked in this sandbox; give mesh.links two clusters and run ladder up %s --sandbox", stack, stack)
	}
	if err := printWays(ways, g); err != nil {
		return err
	}
	if broken > 0 {
		err := fmt.Errorf("%d of %s broken", broken, count(len(ways), "way"))
		if g.JSON {
			return reported{err} // the document says it
		}
		return err
	}
	return nil
}

func printWays(ways []reach.Way, g *Global) error {
	if g.JSON {
		return g.print(ways)
	}
	t := tabwriter.NewWriter(g.Stdout, 0, 0, 2, ' ', 0)
	for _, w := range ways {
		verdict := "reaches"
		if !w.Reaches {
			verdict = "does not reach"
		}
		fmt.Fprintf(t, "%s %s %s\n", w.From, verdict, w.To)
		for _, s := range w.Steps {
			state := "ok"
			if s.Missing != "" {
				state = "MISSING: " + s.Missing
			}
			fmt.Fprintf(t, "  %s\t%s\t%s\n", s.Part, s.What, state)
		}
	}
	return t.Flush()
}
