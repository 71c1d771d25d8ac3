package upgrade

import (
	"fmt"
	"io"
	"strings"

	"github.com/ladder-platform/ladder/internal/finding"
)

// Markdown prints plans for a pull request: what blocks first, details folded.
func Markdown(w io.Writer, plans []Plan) error {
	var b strings.Builder
	for i, p := range plans {
		if i > 0 {
			b.WriteString("\n")
		}
		p.markdown(&b)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (p Plan) markdown(b *strings.Builder) {
	fmt.Fprintf(b, "## %s\n\n%s.\n", p.title(), p.lead())
	for _, part := range []struct {
		severity finding.Severity
		title    string
	}{{finding.Error, "Blocked"}, {finding.Warning, "To look at"}} {
		var lines []string
		for _, f := range p.Findings {
			if f.Severity == part.severity {
				lines = append(lines, "- "+strings.TrimPrefix(f.String(), "warning: ")+"\n")
			}
		}
		if len(lines) > 0 {
			fmt.Fprintf(b, "\n### %s\n\n%s", part.title, strings.Join(lines, ""))
		}
	}
	if lines := p.gateLines(); len(lines) > 0 {
		fmt.Fprintf(b, "\n### The gate\n\n%s\n\n%s\n", lines[0], strings.Join(lines[1:], "\n"))
	}
	for i, r := range p.Runs {
		fmt.Fprintf(b, "\n### Run %d: %s\n\n", i+1, r.Title)
		for _, e := range r.Edits {
			fmt.Fprintf(b, "- [ ] `%s`: %s\n", p.File, e.markdown())
		}
		b.WriteString("\n")
		table(b, r.table())
		r.details(b)
	}
	fmt.Fprintf(b, "\n### The way back\n\n%s\n", p.Back.Text)
	if len(p.Back.Parts) > 0 {
		rows := [][]string{{"Cluster", "What", "Version", "On " + p.From.Kubernetes, "Why"}}
		for _, part := range p.Back.Parts {
			rows = append(rows, []string{part.Cluster, part.What, part.Version, part.Verdict, part.Why})
		}
		b.WriteString("\n<details><summary>What of the new release works on the older minor</summary>\n\n")
		table(b, rows)
		b.WriteString("\n</details>\n")
	}
	fmt.Fprintf(b, "\nRemoved APIs: %s.\n\nBudgets looked at: %s.\n", p.removedLine(), p.Budgets)
}

func (e Edit) markdown() string {
	why := ""
	if e.Why != "" {
		why = " (" + e.Why + ")"
	}
	e.Why = ""
	return "`" + e.String() + "`" + why
}

// details of the steps, folded: effects, addresses, checks, the way back.
func (r Run) details(b *strings.Builder) {
	b.WriteString("\n<details><summary>Effects, checks and the way back of each step</summary>\n")
	for i, s := range r.Steps {
		fmt.Fprintf(b, "\n**%d. %s** (%s): %s\n", i+1, s.title(), s.Cluster, s.Effect)
		for _, a := range s.Addresses {
			fmt.Fprintf(b, "- addresses: %s\n", a)
		}
		fmt.Fprintf(b, "- back: %s\n\n```\n%s\n```\n", s.Back, strings.Join(s.Check, "\n"))
	}
	b.WriteString("\n</details>\n")
}

// table is a Markdown table; the first row is its head.
func table(b *strings.Builder, rows [][]string) {
	for i, r := range rows {
		cells := make([]string, len(r))
		for j, c := range r {
			cells[j] = strings.ReplaceAll(c, "|", `\|`)
		}
		fmt.Fprintf(b, "| %s |\n", strings.Join(cells, " | "))
		if i == 0 {
			fmt.Fprintf(b, "|%s\n", strings.Repeat(" --- |", len(r)))
		}
	}
}
