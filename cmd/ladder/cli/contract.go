package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/stacks/contract"
)

// contractOutput is the stack output that holds it.
const contractOutput = "contract"

func newContractCommand(g *Global) *cobra.Command {
	return group("contract", "Show what a stack tells other teams, and what changes of it would break them",
		newContractShowCommand(g), newContractDiffCommand(g), newContractTypesCommand(g))
}

type contractShowOptions struct {
	boxOptions
	stack, stackFile, from string
}

func newContractShowCommand(g *Global) *cobra.Command {
	var o contractShowOptions
	cmd := &cobra.Command{
		Use:   "show [STACK]",
		Short: "Print the contract: what a stack says, or every field and its meaning",
		Long: `Show prints what a stack of the simulated cloud tells other teams, field by field.
Without a stack it prints the fields themselves, their types and meanings.

  ladder contract show                # what there is to read
  ladder contract show dev            # what dev says in the sandbox
  pulumi stack output contract --json -s prd | ladder contract show --from -

With --json it prints the contract as a reader gets it, or the JSON Schema.
`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 || (len(args) == 1 && o.from != "") {
				return usagef("%s needs at most one of a stack and --from: %s", cmd.CommandPath(), cmd.UseLine())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 && o.from == "" {
				return runContractFields(g)
			}
			o.stack = strings.Join(args, "")
			return runContractShow(cmd.Context(), o, g)
		},
	}
	o.addFlags(cmd)
	cmd.Flags().StringVar(&o.stackFile, "stack-file", "", "stack file to use in place of Pulumi.<STACK>.yaml")
	cmd.Flags().StringVar(&o.from, "from", "", "file that holds the output as JSON, of a real account; - is the standard input")
	return cmd
}

// runContractFields prints what there is to read.
func runContractFields(g *Global) error {
	if g.JSON {
		_, err := g.Stdout.Write(contract.Schema())
		return err
	}
	fields, err := contract.Fields(contract.Schema())
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(g.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "FIELD OF CONTRACT %s\tTYPE\tMEANING\n", contract.Version)
	for _, f := range fields {
		kind := f.Type
		if !f.Required {
			kind += ", may be absent"
		}
		if f.Secret {
			kind += ", secret"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\n", f.Path, kind, strings.ReplaceAll(f.Meaning, "\n", " "))
	}
	return t.Flush()
}

func runContractShow(ctx context.Context, o contractShowOptions, g *Global) error {
	output, err := g.contractOutput(ctx, o)
	if err != nil {
		return err
	}
	if hidden := contract.Secrets(output); len(hidden) > 0 {
		return fmt.Errorf("contract: %s secret; a contract holds none: export a name or an ARN in place of it (docs/outputs.md)", strings.Join(hidden, ", ")+" "+isAre(len(hidden)))
	}
	c, err := contract.Decode(output, false)
	if err != nil {
		return err
	}
	if g.JSON {
		return g.print(c)
	}
	fmt.Fprintf(g.Stdout, "contract %s of %s: %s, %s, account %s, release %s (Kubernetes %s)\n\n", c.Version, c.Stack, c.Stage, c.Region, c.AccountID, c.Release, c.Kubernetes)
	text, err := contract.Encode(c)
	if err != nil {
		return err
	}
	var tree map[string]any
	if err := json.Unmarshal(text, &tree); err != nil {
		return err
	}
	t := tabwriter.NewWriter(g.Stdout, 0, 0, 2, ' ', 0)
	for _, section := range []string{"networks", "clusters", "edge"} {
		writeLeaves(t, section, tree[section])
	}
	return t.Flush()
}

// writeLeaves prints a line for every value below a place.
func writeLeaves(w io.Writer, at string, v any) {
	switch v := v.(type) {
	case nil:
	case map[string]any:
		for _, key := range sortedKeys(v) {
			writeLeaves(w, at+"."+key, v[key])
		}
		if len(v) == 0 {
			fmt.Fprintf(w, "%s\t(none)\n", at)
		}
	case []any:
		words := make([]string, len(v))
		for i, e := range v {
			words[i] = fmt.Sprint(e)
		}
		if len(words) == 0 {
			words = []string{"(none)"}
		}
		fmt.Fprintf(w, "%s\t%s\n", at, strings.Join(words, ", "))
	default:
		text := fmt.Sprint(v)
		if len(text) > 100 { // a certificate: --json has it whole
			text = text[:60] + fmt.Sprintf("… (%d characters)", len(text))
		}
		fmt.Fprintf(w, "%s\t%s\n", at, text)
	}
}

// contractOutput is the output of a stack in the sandbox, or what a file holds.
func (g *Global) contractOutput(ctx context.Context, o contractShowOptions) (any, error) {
	if o.from != "" {
		text, err := readFrom(o.from, g.Stdin)
		if err != nil {
			return nil, err
		}
		var output any
		if err := json.Unmarshal(text, &output); err != nil {
			return nil, fmt.Errorf("--from %s: %w; give what pulumi stack output contract --json prints", o.from, err)
		}
		return output, nil
	}
	s, err := g.openStackIn(o.boxOptions, o.stack, o.stackFile)
	if err != nil {
		return nil, err
	}
	if _, err := g.existingBox(o.boxOptions); err != nil {
		return nil, err
	}
	var outputs map[string]any
	err = g.inBox(ctx, s.project, sandbox.Options{Dir: o.path(s.project)}, func(box *sandbox.Sandbox) (err error) {
		outputs, err = box.Outputs(ctx, s.program(box))
		return err
	})
	if err != nil {
		return nil, err
	}
	if outputs[contractOutput] == nil {
		return nil, fmt.Errorf("%s has no contract in this sandbox yet: it is written by a whole up; run ladder up %s --sandbox", s.file.Name, o.stack)
	}
	return outputs[contractOutput], nil
}

// readFrom reads a file, or the standard input for "-".
func readFrom(path string, stdin io.Reader) ([]byte, error) {
	if path == "-" {
		return io.ReadAll(stdin)
	}
	return os.ReadFile(path)
}

func newContractTypesCommand(g *Global) *cobra.Command {
	return &cobra.Command{
		Use:   "types",
		Short: "Print the contract's types for readers in TypeScript",
		Long: `Types prints the contract as a TypeScript interface, made from its schema. Put it
beside your program; tests/consumers/typescript does. Go programs import
stacks/contract.
`,
		Args: exactly(0, "no argument"),
		RunE: func(*cobra.Command, []string) error {
			text, err := contract.TypeScript(contract.Schema())
			if err == nil && g.JSON {
				return g.print(map[string]string{"typescript": text})
			}
			if err == nil {
				_, err = io.WriteString(g.Stdout, text)
			}
			return err
		},
	}
}

func newContractDiffCommand(g *Global) *cobra.Command {
	return &cobra.Command{
		Use:   "diff [OLDER [NEWER]]",
		Short: "Compare the contract with the one that readers were last given",
		Long: `Diff compares two JSON Schemas of the contract and says which changes a reader of
the older one would fail on: a field that is removed or renamed, another type,
one that may be absent, a value that it cannot know. OLDER is the last published
schema of the version (stacks/contract/published), NEWER the one of this program.
It ends with 1 when a change breaks readers and the version does not move.
`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 2 {
				return usagef("%s needs at most two files: %s", cmd.CommandPath(), cmd.UseLine())
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return runContractDiff(args, g) },
	}
}

func runContractDiff(args []string, g *Global) error {
	newer := contract.Schema()
	older, published := contract.Published(contract.Version)
	for i, into := range []*[]byte{&older, &newer} {
		if i < len(args) {
			text, err := os.ReadFile(args[i])
			if err != nil {
				return err
			}
			*into, published = text, true
		}
	}
	if !published {
		return fmt.Errorf("contract %s was never published, so it breaks nobody; docs/outputs.md says how it is published", contract.Version)
	}
	c, err := contract.Compare(older, newer)
	if err != nil {
		return err
	}
	breaking := c.Breaking()
	if g.JSON {
		err = g.print(struct {
			contract.Comparison
			Breaking int `json:"breaking"`
		}{c, len(breaking)})
	} else {
		err = writeComparison(g.Stdout, c)
	}
	if err == nil && len(breaking) > 0 {
		err = fmt.Errorf("%s readers of %s; keep the fields, or move the version (docs/outputs.md)", count(len(breaking), "change")+" "+breakBreaks(len(breaking)), c.From)
		if g.JSON {
			err = reported{err} // the document says it
		}
	}
	return err
}

func breakBreaks(n int) string {
	if n == 1 {
		return "breaks"
	}
	return "break"
}

func writeComparison(w io.Writer, c contract.Comparison) error {
	if c.From == c.To {
		fmt.Fprintf(w, "contract %s: %s\n", c.To, count(len(c.Changes), "change"))
	} else {
		fmt.Fprintf(w, "contract %s to %s: %s; readers of %s keep the old output while it is exported\n", c.From, c.To, count(len(c.Changes), "change"), c.From)
	}
	breaking := c.Breaking()
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, ch := range c.Changes {
		word := "fits"
		if slices.Contains(breaking, ch) {
			word = "BREAKS"
		}
		fmt.Fprintf(t, "  %s\t%s\t%s\n", word, ch.Path, ch.What)
	}
	return t.Flush()
}
