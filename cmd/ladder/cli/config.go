package cli

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/ladder-platform/ladder/internal/finding"
)

func newConfigCommand(g *Global) *cobra.Command {
	check := &cobra.Command{
		Use:   "check [STACK…]",
		Short: "Check stack files and print every finding",
		Long: `Check reads stack files strictly and prints every finding at once: where it is,
what was found, what to do. Without STACK it checks dev, stg and prd.
`,
		RunE: func(cmd *cobra.Command, args []string) error { return runConfigCheck(args, g) },
	}
	schema := &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of stack files",
		Long:  "Schema prints the JSON Schema that the stack files refer to; make schema writes it.\n",
		Args:  exactly(0, "no argument"),
		RunE:  func(cmd *cobra.Command, args []string) error { return runConfigSchema(g) },
	}
	return group("config", "Check stack files and print their schema", check, schema)
}

// checkReport is the answer of config check.
type checkReport struct {
	Stacks   []string     `json:"stacks"`
	Findings finding.List `json:"findings"`
}

func runConfigCheck(args []string, g *Global) error {
	project, err := g.projectDir()
	if err != nil {
		return err
	}
	if len(args) == 0 {
		args = shipped
	}
	r := checkReport{Stacks: []string{}, Findings: finding.List{}}
	for _, arg := range args {
		file, err := g.findStack(project, arg, "")
		if err != nil {
			return err
		}
		_, findings := readStack(file, time.Now())
		r.Stacks = append(r.Stacks, file.Shown)
		r.Findings = append(r.Findings, findings...)
	}
	if g.JSON {
		if err := g.print(r); err != nil {
			return err
		}
	} else {
		printFindings(g.Stdout, r.Findings)
		errs := len(r.Findings.Errors())
		fmt.Fprintf(g.Stdout, "%s checked: %s, %s\n", count(len(r.Stacks), "stack file"), count(errs, "error"), count(len(r.Findings)-errs, "warning"))
	}
	if len(r.Findings.Errors()) > 0 {
		return findingsError{r.Findings}
	}
	return nil
}

// findings prints a list that ends a command, as text or JSON.
func (g *Global) findings(list finding.List) error {
	if g.JSON {
		if err := g.print(map[string]any{"findings": list}); err != nil {
			return err
		}
	} else {
		printFindings(g.Stderr, list)
	}
	return findingsError{list}
}

func printFindings(w io.Writer, list finding.List) {
	list.Sort()
	for _, f := range list {
		fmt.Fprintln(w, f.String())
	}
}

// count is "1 error", "2 errors".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
