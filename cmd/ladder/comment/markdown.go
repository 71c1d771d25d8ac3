package comment

import (
	"fmt"
	"strings"

	"github.com/ladder-platform/ladder/cmd/ladder/report"
	"github.com/ladder-platform/ladder/stacks/upgrade"
)

// Marker is the first line of every comment, by which a workflow finds the one
// to update. A comment of the sandbox never has the account's: whoever writes a
// pull request decides what a preview in the sandbox says.
func Marker(where string) string { return "<!-- ladder:report " + where + " -->" }

var icon = map[Class]string{upgrade.None: "⚪", upgrade.Brief: "🟡", upgrade.PodsMove: "🟠", upgrade.Outage: "🔴", upgrade.Data: "⛔"}

// page writes Markdown within a budget.
type page struct {
	strings.Builder
	budget budget
}

func (p *page) f(format string, args ...any) { fmt.Fprintf(p, format, args...) }

// row is one line of a table; every cell is escaped already.
func (p *page) row(cells ...string) { p.f("| %s |\n", strings.Join(cells, " | ")) }

func (p *page) head(cells ...string) {
	p.row(cells...)
	p.f("|%s\n", strings.Repeat(" --- |", len(cells)))
}

// fold opens folded text; the caller closes it with unfold.
func (p *page) fold(title string) { p.f("<details><summary>%s</summary>\n\n", summary(title)) }
func (p *page) unfold()           { p.f("\n</details>\n\n") }

// write is the whole comment.
func (p *page) write(c Comment) {
	p.f("%s\n## %s\n\n", Marker(c.Where), headline(c))
	p.f("%s\n\n", c.provenance())
	p.head("", "Stack", "What happens", "Changes", "Cost a month")
	for _, s := range c.Stacks {
		mark, what := s.verdict()
		p.row(mark, code(s.Name), what, s.counts(), s.Cost.cell())
	}
	p.f("\n")
	for _, s := range c.Stacks {
		p.stack(s)
	}
	p.legend(c)
	p.digests(c)
}

// headline is the verdict over all stacks.
func headline(c Comment) string {
	var refused, empty, fresh int
	worst := Class(upgrade.None)
	var where []string
	for _, s := range c.Stacks {
		switch {
		case s.Refused != "":
			refused++
		case len(s.Changes) == 0:
			empty++
		}
		if severity[s.Worst] > severity[worst] {
			worst, where = s.Worst, nil
		}
		if len(s.Changes) > 0 && s.Worst == worst {
			where = append(where, code(s.Name))
			if s.New {
				fresh++
			}
		}
	}
	switch {
	case refused > 0:
		return "⛔ This change cannot be made as it is"
	case empty == len(c.Stacks):
		return "⚪ Nothing changes"
	case fresh == len(where) && worst == upgrade.None:
		return "⚪ A first deployment of " + strings.Join(where, ", ")
	}
	return icon[worst] + " " + verdicts[worst] + " in " + strings.Join(where, ", ")
}

var verdicts = map[Class]string{
	upgrade.None: "Something changes, nothing stops,", upgrade.Brief: "Brief interruptions", upgrade.PodsMove: "Pods move",
	upgrade.Outage: "An outage", upgrade.Data: "Data is lost",
}

func (c Comment) provenance() string {
	switch {
	case c.Where == Account && c.Base != "":
		return "Previewed on the real account; configuration compared with " + code(c.Base) + "."
	case c.Where == Account:
		return "Previewed on the real account."
	case c.Base == "":
		return "Previewed on a simulated cloud, as it is; no account was touched."
	}
	return "Previewed on a simulated cloud that runs " + code(c.Base) + "; no account was touched."
}

// verdict is the mark and the words of a stack's row.
func (s Stack) verdict() (mark, what string) {
	switch {
	case s.Refused != "":
		return "⛔", "**refused**: see below"
	case len(s.Changes) == 0:
		return "⚪", "nothing changes"
	case s.New:
		return icon[s.Worst], "first deployment"
	}
	return icon[s.Worst], "**" + label[s.Worst] + "**"
}

// counts of changes, the worst first.
func (s Stack) counts() string {
	n := map[string]int{}
	for _, c := range s.Changes {
		n[c.Op]++
	}
	var parts []string
	for _, o := range [][2]string{{"replace", "replaced"}, {"delete", "deleted"}, {"update", "changed"}, {"create", "made"}, {"import", "imported"}, {"discard", "dropped"}} {
		if n[o[0]] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[o[0]], o[1]))
		}
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}

func (c *Cost) cell() string {
	switch {
	case c == nil:
		return "unknown"
	case c.Before == nil:
		return report.USD(c.After)
	case *c.Before == c.After:
		return report.USD(c.After) + " (as before)"
	}
	return report.USD(c.After) + " (" + signed(c.After-*c.Before) + ")"
}

func signed(v float64) string {
	if v > 0 {
		return "+" + report.USD(v)
	}
	return report.USD(v)
}

// stack is one environment: why it is refused, then what stops, then the rest.
func (p *page) stack(s Stack) {
	if s.Refused == "" && len(s.Changes) == 0 && len(s.Findings)+len(s.Messages) == 0 && s.Note == "" {
		return // its row has said all
	}
	p.f("### %s\n\n", code(s.Name))
	if s.Refused != "" {
		p.f("**It is refused, and nothing would be changed:**\n\n%s\n", block(cutText(s.Refused, p.budget.text)))
	}
	if s.Note != "" {
		p.f("%s\n\n", s.Note)
	}
	p.stops(s)
	p.components(s)
	p.climb(s)
	p.findings(s)
	if len(s.Changes) > 0 && !p.budget.bare {
		p.capacity(s)
		p.money(s)
		p.outputs(s)
		p.every(s)
	}
}

// cutText shortens long text at a line's end.
func cutText(s string, n int) string {
	if len(s) <= n {
		return s
	}
	s = strings.ToValidUTF8(s[:n], "")
	if i := strings.LastIndexByte(s, '\n'); i > n/2 {
		s = s[:i]
	}
	return s + "\n… cut: ladder report prints all of it"
}

func (p *page) legend(c Comment) {
	for _, s := range c.Stacks {
		if len(s.Changes) > 0 && !p.budget.bare {
			p.fold("What the words mean")
			for _, m := range meaning {
				p.f("- %s **%s**: %s\n", icon[m.class], label[m.class], m.text)
			}
			p.unfold()
			return
		}
	}
}

// digests are for the workflow that merges; they are never cut.
func (p *page) digests(c Comment) {
	for _, s := range c.Stacks {
		if s.Digest != "" {
			p.f("Operations of %s: `%s`\n<!-- ladder:digest %s %s -->\n", code(s.Name), s.Digest[:len(digestPrefix)+12], s.Name, s.Digest)
		}
	}
}
