package upgrade

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/ladder-platform/ladder/internal/finding"
)

// Text prints plans for a person.
func Text(w io.Writer, plans []Plan) error {
	var b strings.Builder
	for i, p := range plans {
		if i > 0 {
			b.WriteString("\n")
		}
		p.text(&b)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (p Plan) title() string {
	return fmt.Sprintf("%s: release %s (Kubernetes %s) to %s (Kubernetes %s)", p.Stack, p.From.Release, p.From.Kubernetes, p.To.Release, p.To.Kubernetes)
}

func (p Plan) text(b *strings.Builder) {
	fmt.Fprintf(b, "%s\n%s\n", p.title(), p.lead())
	p.blocking(b, "  ")
	if lines := p.gateLines(); len(lines) > 0 {
		fmt.Fprintf(b, "\n%s\n", strings.Join(lines, "\n  "))
	}
	for i, r := range p.Runs {
		fmt.Fprintf(b, "\nRun %d: %s\n", i+1, r.Title)
		for _, e := range r.Edits {
			fmt.Fprintf(b, "  edit %s: %s\n", p.File, e)
		}
		fmt.Fprintf(b, "  then up; its steps, in order:\n\n")
		grid(b, r.table())
		fmt.Fprintf(b, "\n")
		for n, s := range r.Steps {
			fmt.Fprintf(b, "  %d. %s: %s\n", n+1, s.title(), s.Effect)
			for _, a := range s.Addresses {
				fmt.Fprintf(b, "     addresses: %s\n", a)
			}
			for _, c := range s.Check {
				fmt.Fprintf(b, "     check: %s\n", c)
			}
			fmt.Fprintf(b, "     back: %s\n", s.Back)
		}
	}
	fmt.Fprintf(b, "\nThe way back\n  %s\n", p.Back.Text)
	if len(p.Back.Parts) > 0 {
		rows := [][]string{{"CLUSTER", "WHAT", "VERSION", "ON " + p.From.Kubernetes, "WHY"}}
		for _, part := range p.Back.Parts {
			rows = append(rows, []string{part.Cluster, part.What, part.Version, part.Verdict, part.Why})
		}
		b.WriteString("\n")
		grid(b, rows)
	}
	fmt.Fprintf(b, "\nRemoved APIs: %s\nBudgets looked at: %s\n", p.removedLine(), p.Budgets)
}

// lead is the plan in one sentence.
func (p Plan) lead() string {
	steps := 0
	for _, r := range p.Runs {
		steps += len(r.Steps)
	}
	text := fmt.Sprintf("%s in %s, about %s, %s at the slowest", count(steps, "step"), count(len(p.Runs), "run"), clock(p.TypicalSeconds), clock(p.SlowestSeconds))
	if p.unmeasured() {
		text += ", and what is not known beforehand"
	}
	return text
}

// gateLines say what the stage before must still have done: a heading, then one
// line each.
func (p Plan) gateLines() []string {
	f := p.Gate
	if f == nil {
		return nil
	}
	source := "as its gate sees it now"
	if !f.Read {
		source = "from the stack files; --sandbox reads what runs there, pulumi preview asks the real gate"
	}
	if len(f.Missing) == 0 {
		return []string{fmt.Sprintf("The gate of %s is open for %s (%s)", f.Stack, f.Release, source)}
	}
	out := []string{fmt.Sprintf("Before %s may take %s (%s):", f.Stack, f.Release, source)}
	for _, m := range f.Missing {
		out = append(out, "- "+m)
	}
	return append(out, fmt.Sprintf("%s may take it on %s at the earliest, if each stage takes it as soon as it may and stays in good health",
		f.Stack, f.Earliest.UTC().Format("2006-01-02 15:04 UTC")))
}

func (p Plan) unmeasured() bool {
	for _, r := range p.Runs {
		for _, s := range r.Steps {
			if s.Span == (Span{}) && s.Phase != PhaseCRDs && s.Phase != PhaseCharts {
				return true
			}
		}
	}
	return false
}

func (p Plan) blocking(b *strings.Builder, indent string) {
	errors := p.Findings.Errors()
	if len(errors) > 0 {
		fmt.Fprintf(b, "\n%sBLOCKED by %s:\n", indent, count(len(errors), "finding"))
	}
	for _, f := range p.Findings {
		if f.Severity == finding.Error {
			fmt.Fprintf(b, "%s  %s\n", indent, f)
		}
	}
	if warnings := len(p.Findings) - len(errors); warnings > 0 {
		fmt.Fprintf(b, "\n%sTo look at, not blocking: %s\n", indent, count(warnings, "finding"))
	}
	for _, f := range p.Findings {
		if f.Severity != finding.Error {
			fmt.Fprintf(b, "%s  %s\n", indent, f)
		}
	}
}

func (r Run) table() [][]string {
	rows := [][]string{{"", "CLUSTER", "STEP", "FROM", "TO", "DISRUPTION", "TIME", "HOW"}}
	for i, s := range r.Steps {
		rows = append(rows, []string{fmt.Sprint(i + 1), s.Cluster, s.title(), dash(s.From), dash(s.To), string(s.Disruption), s.Span.String(), s.How})
	}
	return rows
}

func (s Step) title() string { return s.What }

// String is "8m", "13m to 40m" or "not known".
func (s Span) String() string {
	switch {
	case s == Span{}:
		return "not known"
	case s.TypicalSeconds == s.SlowestSeconds:
		return clock(s.TypicalSeconds)
	}
	return clock(s.TypicalSeconds) + " to " + clock(s.SlowestSeconds)
}

// String is an edit as an instruction.
func (e Edit) String() string {
	var text string
	switch {
	case e.New == "":
		text = fmt.Sprintf("remove %s (%s)", e.Path, e.Old)
	case e.Old == "":
		text = fmt.Sprintf("add %s: %s", e.Path, e.New)
	default:
		text = fmt.Sprintf("set %s: %s (was %s)", e.Path, e.New, e.Old)
	}
	if e.Why != "" {
		text += " # " + e.Why
	}
	return text
}

// String says what a step takes of which subnet.
func (a Addresses) String() string {
	where := fmt.Sprintf("%s subnet %s in %s", a.Role, a.Subnet, a.Zone)
	switch {
	case !a.Known:
		return fmt.Sprintf("%d of %s, whose free addresses nobody knows", a.Needed, where)
	case a.Left < 0:
		return fmt.Sprintf("%d of %s: DOES NOT FIT, %d are missing at the worst instant", a.Needed, where, -a.Left)
	}
	return fmt.Sprintf("%d of %s; %d of %d stay free at the worst instant", a.Needed, where, a.Left, a.Usable)
}

func (p Plan) removedLine() string {
	var text string
	if len(p.Removed) == 0 {
		text = fmt.Sprintf("none found that Kubernetes %s does not serve", p.To.Kubernetes)
	} else {
		text = fmt.Sprintf("%s in use that Kubernetes %s does not serve (see the findings)", count(len(p.Removed), "API"), p.To.Kubernetes)
	}
	if p.Unchecked != "" {
		text += "; not checked: " + p.Unchecked
	}
	return text
}

// grid aligns columns and leaves no space at the ends of lines.
func grid(b *strings.Builder, rows [][]string) {
	var text strings.Builder
	t := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		fmt.Fprintf(t, "  %s\n", strings.Join(r, "\t"))
	}
	_ = t.Flush() // into memory: cannot fail
	for line := range strings.Lines(text.String()) {
		b.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// clock is 1h3m, 12m or 40s.
func clock(seconds int) string {
	d := time.Duration(seconds) * time.Second
	if d < time.Minute {
		return fmt.Sprintf("%ds", seconds)
	}
	d = d.Round(time.Minute)
	if d < time.Hour {
		return fmt.Sprintf("%dm", int(d.Minutes()))
	}
	return fmt.Sprintf("%dh%dm", int(d.Hours()), int(d.Minutes())%60)
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
