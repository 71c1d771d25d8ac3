package report

import (
	"fmt"
	"io"
	"sort"
	"strings"
	"time"
)

// Options of the text form.
type Options struct {
	// Color marks what destroys something; for terminals only.
	Color bool
	// All prints every operation instead of only the long ones.
	All bool
}

// Write prints the report for a person.
func Write(w io.Writer, r Report, o Options) {
	p := &printer{w: w, o: o}
	p.head(r)
	p.danger(r)
	p.undone(r)
	p.summary(r)
	p.steps(r)
	p.cost(r)
	p.outputs(r)
	p.access(r)
	p.messages(r)
	p.kept(r)
	p.next(r)
}

type printer struct {
	w io.Writer
	o Options
}

func (p *printer) f(format string, args ...any) { fmt.Fprintf(p.w, format, args...) }

// section starts a part of the report.
func (p *printer) section(title string) { p.f("\n%s\n", title) }

func (p *printer) red(s string) string {
	if !p.o.Color {
		return s
	}
	return "\x1b[1;31m" + s + "\x1b[0m"
}

func (p *printer) head(r Report) {
	where := "on AWS"
	if r.Sandbox != "" {
		where = "in the sandbox " + r.Sandbox
	}
	p.f("%s of %s, %s\n", r.Verb, r.Stack, where)
	e := r.Environment
	release := "release " + e.Release
	if e.Kubernetes != "" {
		release += " (Kubernetes " + e.Kubernetes + ")"
	}
	p.f("  stage %s, account %s, %s, %s\n", e.Stage, e.AccountID, e.Region, release)
}

// verbs of operations, as a preview and as the past.
var verbs = map[string][2]string{
	"create":  {"to create", "created"},
	"update":  {"to change in place", "changed in place"},
	"replace": {"TO REPLACE", "REPLACED"},
	"delete":  {"TO DELETE", "DELETED"},
	"same":    {"unchanged", "unchanged"},
	"refresh": {"to refresh", "refreshed"},
	"import":  {"to import", "imported"},
	"discard": {"to drop from the state", "dropped from the state"},
}

// order in which verbs are listed: the worst last, where the eye stays.
var order = []string{"create", "import", "update", "replace", "delete", "discard", "refresh", "same"}

func verb(op string, preview bool) string {
	v, ok := verbs[op]
	if !ok {
		return op
	}
	if preview {
		return v[0]
	}
	return v[1]
}

// danger lists every replacement and deletion with its reason, before all else.
func (p *printer) danger(r Report) {
	preview := r.Verb == "preview"
	var rows []Operation
	for _, op := range r.Operations {
		if counted(op) && (op.Op == "replace" || op.Op == "delete") {
			rows = append(rows, op)
		}
	}
	if len(rows) == 0 {
		return
	}
	c := r.Counts()
	var parts []string
	for _, op := range []string{"replace", "delete"} {
		if c[op] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c[op], verb(op, preview)))
		}
	}
	p.f("\n%s\n", p.red("!! "+strings.Join(parts, ", ")))
	limit := len(rows)
	if r.Verb == "destroy" && !p.o.All {
		limit = 0 // a destroy deletes everything; the summary counts it
	}
	for _, op := range rows[:limit] {
		why := "the program no longer has it"
		if r.Verb == "destroy" {
			why = "destroy"
		}
		if op.Op == "replace" {
			why = "because " + strings.Join(op.Keys, ", ") + " cannot be changed in place"
			if len(op.Keys) == 0 {
				why = "because something that it is built on is replaced"
			}
		}
		if op.Protected {
			why += "; PROTECTED, so the run is refused"
		}
		p.f("   %s %s %s: %s\n", p.red(op.Op), Kind(op.Type), op.Name, why)
	}
}

// undone lists what the cloud refused and what did not come to an end.
func (p *printer) undone(r Report) {
	for _, op := range r.Operations {
		if !Resource(op.Type) || (!op.Failed && !op.Unfinished) {
			continue
		}
		what := "FAILED"
		if op.Unfinished && !op.Failed {
			what = "UNFINISHED"
		}
		p.f("\n%s\n", p.red(fmt.Sprintf("!! %s: %s %s %s", what, op.Op, Kind(op.Type), op.Name)))
	}
}

func (p *printer) summary(r Report) {
	preview := r.Verb == "preview"
	title := map[string]string{"preview": "What will exist, by component", "up": "What exists, by component",
		"refresh": "What was compared with the cloud", "destroy": "What was removed"}[r.Verb]
	if r.Changes() == 0 {
		if r.Error != "" {
			return
		}
		p.section(fmt.Sprintf("No change: %d resources are as the program wants them.", r.Counts()["same"]+r.Counts()["refresh"]))
		return
	}
	p.section(title)
	groups := r.groups()
	for _, g := range groups {
		n := map[string]int{}
		for _, op := range g.ops {
			n[op.Op]++
		}
		var parts []string
		for _, op := range order {
			if n[op] > 0 {
				parts = append(parts, fmt.Sprintf("%d %s", n[op], verb(op, preview)))
			}
		}
		p.f("  %-16s %3d  %s\n", g.name, len(g.ops), strings.Join(parts, ", "))
		p.wrap("      ", kindList(g.changing()))
	}
	var total []string
	for _, op := range order {
		if n := r.Counts()[op]; n > 0 {
			total = append(total, fmt.Sprintf("%d %s", n, verb(op, preview)))
		}
	}
	p.f("  %-16s %3s  %s\n", "in all", "", strings.Join(total, ", "))
	p.changed(r)
}

func kindList(g group) []string {
	var out []string
	for _, k := range g.kinds() {
		out = append(out, fmt.Sprintf("%d %s", k.n, plural(k.kind, k.n)))
	}
	return out
}

// changed lists in-place changes with the properties that differ; what changes
// alike is one row.
func (p *printer) changed(r Report) {
	alike := map[string]*group{}
	var whats []string
	for _, op := range r.Operations {
		if !counted(op) || op.Op != "update" {
			continue
		}
		what := strings.Join(op.Changed, ", ")
		if what == "" {
			what = "properties that the engine does not name"
		}
		if alike[what] == nil {
			alike[what] = &group{}
			whats = append(whats, what)
		}
		alike[what].ops = append(alike[what].ops, op)
	}
	if len(whats) > 0 {
		p.section("Changed in place")
	}
	for _, what := range whats {
		g := alike[what]
		if len(g.ops) > 3 {
			p.f("  %s of %d resources\n", what, len(g.ops))
			p.wrap("      ", kindList(*g))
			continue
		}
		for _, op := range g.ops {
			p.f("  %s of %s %s\n", what, Kind(op.Type), op.Name)
		}
	}
}

// quick is the virtual latency below which an operation is not worth a line.
const quick = 30 * time.Second

// steps prints what takes time, in order, and how long the whole run takes.
func (p *printer) steps(r Report) {
	if r.Changes() == 0 || r.Verb == "refresh" {
		return
	}
	critical := map[string]bool{}
	for _, urn := range r.Critical {
		critical[urn] = true
	}
	var rows []Operation
	rest := 0
	for _, op := range r.Operations {
		switch {
		case !counted(op) || op.Op == "same" || op.Op == "refresh":
		case p.o.All || op.Latency >= quick:
			rows = append(rows, op)
		default:
			rest++
		}
	}
	sort.SliceStable(rows, func(i, j int) bool {
		if rows[i].Start != rows[j].Start {
			return rows[i].Start < rows[j].Start
		}
		return rows[i].Name < rows[j].Name
	})
	p.section(fmt.Sprintf("Steps, in order: about %s on AWS (virtual time; * is on the critical path)", Duration(r.Makespan)))
	for _, row := range together(rows, critical) {
		mark := " "
		if row.critical {
			mark = "*"
		}
		p.f(" %s %7s +%-7s %s %s\n", mark, clock(row.start), Duration(row.latency), row.op, row.what)
	}
	if rest > 0 {
		p.f("   and %s of less than %s (--all lists them)\n", count(rest, "operation"), Duration(quick))
	}
}

type step struct {
	start, latency time.Duration
	op, what       string
	critical       bool
}

// together folds operations of one kind that start in the same second into
// one row: three NAT gateways are one step for a reader.
func together(ops []Operation, critical map[string]bool) []step {
	type key struct {
		start    time.Duration
		op, kind string
	}
	var out []step
	names := map[key][]string{}
	var keys []key
	index := map[key]step{}
	for _, op := range ops {
		k := key{op.Start.Truncate(time.Second), op.Op, Kind(op.Type)}
		s, seen := index[k]
		if !seen {
			keys = append(keys, k)
			s = step{start: op.Start, op: op.Op}
		}
		s.latency = max(s.latency, op.Latency)
		s.critical = s.critical || critical[op.URN]
		index[k] = s
		names[k] = append(names[k], op.Name)
	}
	for _, k := range keys {
		s, list := index[k], names[k]
		s.what = k.kind + " " + list[0]
		if len(list) > 1 {
			s.what = fmt.Sprintf("%d %s: %s", len(list), plural(k.kind, len(list)), few(list))
		}
		out = append(out, s)
	}
	return out
}

// few names at most three.
func few(names []string) string {
	if len(names) <= 3 {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:2], ", "), len(names)-2)
}

// wrap prints parts separated by commas, in lines of at most 96 columns.
func (p *printer) wrap(indent string, parts []string) {
	line := indent
	for i, part := range parts {
		if i < len(parts)-1 {
			part += ", "
		}
		if len(line)+len(part) > 96 && line != indent {
			p.f("%s\n", strings.TrimRight(line, " "))
			line = indent
		}
		line += part
	}
	if line != indent {
		p.f("%s\n", strings.TrimRight(line, " "))
	}
}

// Duration as a person says it: "45s", "9m30s", "1h04m".
func Duration(d time.Duration) string {
	d = d.Round(time.Second)
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
}

// clock is a point of virtual time: "12:30".
func clock(d time.Duration) string {
	d = d.Round(time.Second)
	return fmt.Sprintf("%02d:%02d", int(d.Minutes()), int(d.Seconds())%60)
}
