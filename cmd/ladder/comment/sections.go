package comment

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/cmd/ladder/report"
	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/stacks/upgrade"
)

// words for operations, as a reader says them.
var words = map[string]string{"create": "make", "update": "change", "replace": "replace", "delete": "delete", "import": "import", "discard": "drop"}

// stops is what stops, and every replacement and deletion with its reason.
func (p *page) stops(s Stack) {
	var rows []Change
	for _, c := range s.Changes {
		if c.Class != upgrade.None || c.Op == "replace" || c.Op == "delete" {
			rows = append(rows, c)
		}
	}
	if len(rows) == 0 {
		if len(s.Changes) > 0 && !s.New {
			p.f("Nothing that runs is interrupted.\n\n")
		}
		return
	}
	p.head("", "What", "Why", "What people notice")
	for _, c := range rows[:min(len(rows), p.budget.rows)] {
		what := words[c.Op] + " " + c.Kind + " " + code(c.Name)
		if c.Protected {
			what += " (**protected**: the up is refused)"
		}
		p.row(icon[c.Class]+" "+label[c.Class], what, c.why(), c.Effect)
	}
	p.f("\n")
	if n := len(rows) - p.budget.rows; n > 0 {
		p.f("%d more such changes do not fit into this comment; `ladder report` on the command line lists all.\n\n", n)
	}
}

// why is the reason of a change: the properties with both values.
func (c Change) why() string {
	list := c.Reasons
	if c.Op == "update" {
		list = weighty(c.Differences)
	}
	if len(list) == 0 {
		if c.Because == "" {
			return "properties that the provider does not name"
		}
		return c.Because
	}
	const most = 4
	var parts []string
	for _, d := range list[:min(len(list), most)] {
		parts = append(parts, changed(d))
	}
	if n := len(list) - most; n > 0 {
		parts = append(parts, fmt.Sprintf("and %d more", n))
	}
	return strings.Join(parts, "<br>")
}

// weighty are the differences that do something, or all when none does.
func weighty(list []report.Difference) []report.Difference {
	var out []report.Difference
	for _, d := range list {
		if !describes(d.Path) {
			out = append(out, d)
		}
	}
	if len(out) == 0 {
		return list
	}
	return out
}

// changed is one property, old and new.
func changed(d report.Difference) string {
	switch {
	case d.Old == nil && d.New == nil:
		return code(d.Path) + ": known after the up"
	}
	return code(d.Path) + ": " + value(d.Old) + " → " + value(d.New)
}

// components count what changes, by component.
func (p *page) components(s Stack) {
	if len(s.Changes) == 0 {
		return
	}
	type row struct {
		n     map[string]int
		kinds map[string]int
	}
	rows := map[string]*row{}
	for _, c := range s.Changes {
		if rows[c.Component] == nil {
			rows[c.Component] = &row{map[string]int{}, map[string]int{}}
		}
		rows[c.Component].n[c.Op]++
		rows[c.Component].kinds[c.Kind]++
	}
	p.head("Component", "Made", "Changed", "Replaced", "Deleted", "Of which")
	for _, name := range both(rows, nil) {
		r := rows[name]
		var of []string
		for _, kind := range both(r.kinds, nil) {
			of = append(of, fmt.Sprintf("%d %s", r.kinds[kind], report.Plural(kind, r.kinds[kind])))
		}
		p.row(code(name), number(r.n["create"]+r.n["import"]), number(r.n["update"]), number(r.n["replace"]), number(r.n["delete"]+r.n["discard"]), few(of, 8))
	}
	p.f("\n%d resources stay as they are.", s.Unchanged)
	if s.Time != "" && s.Time != "0s" {
		p.f(" The up takes about %s on AWS.", s.Time)
	}
	if s.Tried {
		p.f(" It was run in the simulated cloud and went well.")
	}
	p.f("\n\n")
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

func few(list []string, most int) string {
	if len(list) <= most {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more kinds", strings.Join(list[:most], ", "), len(list)-most)
}

// climb is the way to another release, and the gate.
func (p *page) climb(s Stack) {
	if s.Release.Before != "" && s.Release.Before != s.Release.After {
		p.f("**Release %s → %s.** ", code(s.Release.Before), code(s.Release.After))
	}
	if o := s.Override; o != nil {
		p.f("⚠️ The gate is **overridden** for release %s until %s by %s: %s\n\n", code(o.Release), code(o.Until), code(o.ApprovedBy), code(o.Reason))
	}
	if s.Climb == nil {
		return
	}
	p.gate(s)
	for _, plan := range s.Climb.Plans {
		if p.budget.bare {
			break
		}
		for i, run := range plan.Runs {
			p.fold(fmt.Sprintf("Upgrade run %d of %d: %s", i+1, len(plan.Runs), run.Title))
			p.head("", "Step", "From → to", "How", "What people notice")
			for _, step := range run.Steps {
				p.row(icon[step.Disruption]+" "+label[step.Disruption], code(step.What), code(step.From)+" → "+code(step.To), cell(step.How), cell(step.Effect))
			}
			p.unfold()
		}
		p.f("Way back: %s\n\n", cell(plan.Back.Text))
	}
}

func (p *page) gate(s Stack) {
	g := s.Climb.Gate
	switch {
	case g == nil:
		p.f("No gate: no stage comes before this one.\n\n")
	case s.Override != nil && len(g.Missing) > 0:
		p.f("Without the override the gate would ask for:\n\n%s\n", block(strings.Join(g.Missing, "\n")))
	case len(g.Missing) == 0:
		p.f("The gate is open.\n\n")
	default:
		p.f("**The gate is closed** until %s at the earliest:\n\n%s\n", code(g.Earliest.UTC().Format("2006-01-02 15:04 UTC")), block(strings.Join(g.Missing, "\n")))
	}
}

// cell is our own text in a table: a bar would end the cell.
func cell(s string) string { return strings.ReplaceAll(plain(s), "|", `\|`) }

// findings are of the rules over stack files, and what the program said.
func (p *page) findings(s Stack) {
	var lines []string
	for _, f := range s.Findings {
		if f.Severity == finding.Warning {
			lines = append(lines, f.String())
		}
	}
	lines = append(lines, s.Messages...)
	if len(lines) == 0 {
		return
	}
	slices.Sort(lines)
	p.f("**To look at:**\n\n%s\n", block(cutText(strings.Join(slices.Compact(lines), "\n"), p.budget.text)))
}

// capacity is addresses and nodes, before and after.
func (p *page) capacity(s Stack) {
	moved := len(s.Nodes) > 0
	for _, r := range s.Rooms {
		moved = moved || r.Block.Before != r.Block.After || r.Free.Before != r.Free.After || r.Usable.Before != r.Usable.After
	}
	if !moved {
		p.f("Addresses and node groups are as before.\n\n")
		return
	}
	p.fold("Addresses and node groups, before and after")
	p.f("The tightest subnet of each role, at the worst instant of an upgrade:\n\n")
	p.head("Network", "Subnets", "Block", "Usable", "Left")
	for _, r := range s.Rooms {
		p.row(code(r.Network), r.Role, r.Block.told(), r.Usable.told(), r.Free.told())
	}
	p.f("\n")
	if len(s.Nodes) > 0 {
		p.head("Cluster", "Slot", "Before", "After")
		for _, n := range s.Nodes {
			p.row(code(n.Cluster), code(n.Slot), orNone(n.Shape.Before), orNone(n.Shape.After))
		}
	}
	p.unfold()
}

// told is one value where nothing changes, else both.
func (t Two) told() string {
	if t.Before == t.After {
		return orNone(t.After)
	}
	return orNone(t.Before) + " → " + orNone(t.After)
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return code(s)
}

func (p *page) money(s Stack) {
	c := s.Cost
	if c == nil {
		return
	}
	p.fold("Cost a month: " + c.cell())
	if len(c.Lines) > 0 {
		p.head("Component", "What", "Before", "After")
		for _, l := range c.Lines[:min(len(c.Lines), p.budget.rows)] {
			p.row(code(l.Component), code(l.What), dollars(l.Before), dollars(l.After))
		}
		p.f("\n")
	}
	if len(c.Unknown) > 0 {
		lead := "Not in the sum,"
		if c.Before != nil {
			lead = "New, and not in the sum,"
		}
		p.f("%s because the price or the use is unknown:\n\n", lead)
		for _, u := range c.Unknown[:min(len(c.Unknown), p.budget.rows)] {
			p.f("- %s\n", code2(u))
		}
		p.f("\n")
	}
	if c.Known > 0 {
		p.f("As before, %s are not in the sum, because the price or the use is unknown.\n\n", things(c.Known))
	}
	p.f("List prices, before tax and discounts; collected %s, the oldest of %s", c.AsOf, c.Oldest)
	if len(c.Sources) > 0 {
		p.f(", from:\n\n")
		for _, src := range c.Sources {
			p.f("- %s\n", code2(src))
		}
	} else {
		p.f(".\n")
	}
	p.unfold()
}

func things(n int) string {
	if n == 1 {
		return "1 thing"
	}
	return fmt.Sprintf("%d things", n)
}

// code2 is a code span that is not cut short.
func code2(s string) string {
	s = plain(s)
	if s == "" {
		return "empty"
	}
	fence := strings.Repeat("`", longestRow(s, '`')+1)
	return fence + strings.ReplaceAll(s, "|", `\|`) + fence
}

func dollars(v *float64) string {
	if v == nil {
		return ""
	}
	return report.USD(*v)
}

func (p *page) outputs(s Stack) {
	o := s.Outputs
	switch {
	case o == nil:
		return
	case o.Unknown != "":
		p.f("Outputs: %s.\n\n", o.Unknown)
		return
	case len(o.Lines) == 0:
		p.f("No output changes; the contract stays %s.\n\n", code(o.Version.After))
		return
	}
	title := fmt.Sprintf("%d outputs change, contract %s", len(o.Lines), o.Version.After)
	if o.Version.Before != "" && o.Version.Before != o.Version.After {
		title = fmt.Sprintf("%d outputs change, contract %s becomes %s", len(o.Lines), o.Version.Before, o.Version.After)
	}
	p.fold(title)
	p.head("Output", "Before", "After")
	for _, l := range o.Lines[:min(len(o.Lines), p.budget.rows)] {
		p.row(code(l.Path), absent(l.Before), absent(l.After))
	}
	if n := len(o.Lines) - p.budget.rows; n > 0 {
		p.f("\n%d more do not fit.\n", n)
	}
	p.unfold()
}

func absent(s string) string {
	if s == "" {
		return "absent"
	}
	return code(s)
}

// every lists all changes, by component.
func (p *page) every(s Stack) {
	p.fold(fmt.Sprintf("Every change (%d)", len(s.Changes)))
	left := p.budget.details
	byComponent := map[string][]Change{}
	for _, c := range s.Changes {
		byComponent[c.Component] = append(byComponent[c.Component], c)
	}
	for _, name := range both(byComponent, nil) {
		p.f("**%s**\n\n", code(name))
		for _, g := range p.alike(byComponent[name]) {
			if left > 0 {
				p.f("- %s\n", g)
			}
			left--
		}
		p.f("\n")
	}
	if left < 0 {
		p.f("%d more lines do not fit into this comment; `ladder report` on the command line prints all.\n", -left)
	}
	p.unfold()
}

// alike writes changes, and what changes alike in one line.
func (p *page) alike(list []Change) []string {
	type key struct{ op, how string }
	members := map[key][]Change{}
	var order []key
	for _, c := range list {
		k := key{c.Op, p.how(c)}
		if members[k] == nil {
			order = append(order, k)
		}
		members[k] = append(members[k], c)
	}
	var out []string
	for _, k := range order {
		var names []string
		for _, c := range members[k] {
			names = append(names, c.Kind+" "+code(c.Name))
		}
		line := words[k.op] + " " + strings.Join(names, ", ")
		if k.how != "" {
			line += ": " + k.how
		}
		out = append(out, line)
	}
	return out
}

// how a change in place or a replacement differs from what was.
func (p *page) how(c Change) string {
	if c.Op == "delete" || c.Component == "stack" && c.Kind == "SSM parameter" {
		return "" // what the stack writes of itself is for programs
	}
	var parts []string
	for _, d := range c.Differences[:min(len(c.Differences), p.budget.properties)] {
		parts = append(parts, changed(d))
	}
	if n := len(c.Differences) - p.budget.properties; n > 0 {
		parts = append(parts, fmt.Sprintf("and %d more properties", n))
	}
	return strings.Join(parts, "; ")
}
