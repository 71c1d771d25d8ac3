package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ladder-platform/ladder/sandbox/rule"
)

func newSandboxRulesCommand(g *Global) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "Print the laws of the simulated cloud, each with its source",
		Long:  "Rules prints every law that the simulated cloud enforces: its name, what the real\nservice answers, and where the real service says so.\n",
		Args:  exactly(0, "no argument"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if format != "text" && format != "markdown" {
				return usagef("--format is %q, and can be text or markdown (or use --json)", format)
			}
			if g.JSON {
				return g.print(rulesJSON(rule.All()))
			}
			if format == "markdown" {
				return rulesMarkdown(g.Stdout, rule.All())
			}
			return rulesText(g.Stdout, rule.All())
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "text or markdown")
	return cmd
}

// ruleRow is a rule in --json.
type ruleRow struct {
	Name    string `json:"name"`
	Service string `json:"service"`
	Text    string `json:"text"`
	Source  string `json:"source"`
}

func rulesJSON(rules []*rule.Rule) []ruleRow {
	out := make([]ruleRow, len(rules))
	for i, r := range rules {
		out[i] = ruleRow{Name: r.Name, Service: r.Service, Text: r.Text, Source: r.Source}
	}
	return out
}

func rulesText(w io.Writer, rules []*rule.Rule) error {
	service := ""
	for _, r := range rules {
		if r.Service != service {
			service = r.Service
			if _, err := fmt.Fprintf(w, "%s\n", service); err != nil {
				return err
			}
		}
		if _, err := fmt.Fprintf(w, "  %s\n      answers: %s\n      source:  %s\n", r.Name, r.Text, r.Source); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "%d rules\n", len(rules))
	return err
}

func rulesMarkdown(w io.Writer, rules []*rule.Rule) error {
	cell := strings.NewReplacer("|", `\|`, "\n", " ")
	if _, err := fmt.Fprintf(w, "| service | rule | what the service answers | source |\n|---|---|---|---|\n"); err != nil {
		return err
	}
	for _, r := range rules {
		if _, err := fmt.Fprintf(w, "| %s | `%s` | %s | %s |\n", r.Service, r.Name, cell.Replace(r.Text), cell.Replace(r.Source)); err != nil {
			return err
		}
	}
	return nil
}
