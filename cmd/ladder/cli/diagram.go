package cli

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ladder-platform/ladder/cmd/ladder/diagram"
	"github.com/ladder-platform/ladder/sandbox"
)

// views of a stack, by name.
var views = map[string]func(*diagram.Graph) ([]byte, error){
	"network": diagram.Network,
	"request": diagram.Request,
}

type diagramOptions struct {
	operateOptions
	view, svg string
}

func newDiagramCommand(g *Global) *cobra.Command {
	var o diagramOptions
	names := strings.Join(sortedKeys(views), "|")
	cmd := &cobra.Command{
		Use:   "diagram STACK",
		Short: "Draw a stack from what its preview registers",
		Long: `Diagram previews a stack on the simulated cloud and draws what the engine was told:
what would exist, not what the file seems to say. It changes nothing but, as preview
does, brings up what STACK follows in a fresh sandbox.

  ladder diagram dev --svg network.svg                   # zones, subnets, ways out, node groups
  ladder diagram dev --view request --svg request.svg    # names, entrances, gateways, routes

The picture has colours for light and dark mode.
`,
		Args: exactly(1, "one stack"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.stack, o.sandbox = args[0], true
			return runDiagram(cmd.Context(), o, g)
		},
	}
	o.boxOptions.addFlags(cmd)
	o.addSeed(cmd)
	cmd.Flags().StringVar(&o.stackFile, "stack-file", "", "stack file to use in place of Pulumi.<STACK>.yaml")
	cmd.Flags().StringVar(&o.view, "view", "network", "what to draw: "+names)
	cmd.Flags().StringVar(&o.svg, "svg", "", "file to write; left out, the picture goes to the standard output")
	return cmd
}

func runDiagram(ctx context.Context, o diagramOptions, g *Global) error {
	draw := views[o.view]
	if draw == nil {
		return usagef("--view %q: there is no such view; use one of %s", o.view, strings.Join(sortedKeys(views), ", "))
	}
	s, err := g.openStackIn(o.boxOptions, o.stack, o.stackFile)
	if err != nil {
		return err
	}
	var result *sandbox.Result
	err = g.aside(ctx, s, "preview "+s.file.Name, sandbox.Options{Dir: o.path(s.project), Seed: o.seed}, func(box *sandbox.Sandbox) (err error) {
		result, err = s.run(ctx, box, verbPreview)
		return err
	})
	if err != nil {
		return s.readable(err, o.again())
	}
	picture, err := draw(diagram.NewGraph(s.file.Name, resourcesOf(result)))
	if err != nil {
		return err
	}
	return writePicture(picture, s.file.Name, o, g)
}

func writePicture(picture []byte, stack string, o diagramOptions, g *Global) error {
	if o.svg != "" {
		if err := os.WriteFile(o.svg, picture, 0o644); err != nil {
			return fmt.Errorf("picture: %w", err)
		}
	}
	switch {
	case g.JSON:
		doc := map[string]string{"stack": stack, "view": o.view, "file": o.svg}
		if o.svg == "" {
			doc["svg"] = string(picture)
		}
		return g.print(doc)
	case o.svg == "":
		_, err := g.Stdout.Write(picture)
		return err
	}
	_, err := fmt.Fprintf(g.Stdout, "%s: the %s view of %s\n", o.svg, o.view, stack)
	return err
}

// resourcesOf are what would exist after an up.
func resourcesOf(result *sandbox.Result) []diagram.Resource {
	var out []diagram.Resource
	for _, op := range result.Operations {
		if slices.Contains([]string{"delete", "delete-replaced", "discard", "discard-replaced", "remove-pending-replace"}, op.Op) {
			continue
		}
		out = append(out, diagram.Resource{URN: op.URN, Type: op.Type, Name: op.Name, Parent: op.Parent,
			Inputs: op.Inputs, Outputs: op.Outputs, Feeds: op.Feeds, DependsOn: op.DependsOn})
	}
	return out
}
