package capacity

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Table prints the proof for people.
func (p Proof) Table(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "cluster %s\n\n", p.Cluster)
	p.groups(&b)
	p.workloads(&b)
	p.situations(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

func columns(b *strings.Builder) *tabwriter.Writer { return tabwriter.NewWriter(b, 0, 0, 2, ' ', 0) }

func (p Proof) groups(b *strings.Builder) {
	fmt.Fprint(b, "Nodes, and what each lets pods ask for:\n\n")
	t := columns(b)
	fmt.Fprintln(t, "GROUP\tTYPES\tNODES\tCPU\tMEMORY\tPODS\t")
	for _, g := range p.Groups {
		nodes := fmt.Sprintf("%d to %d", g.Min, g.Max)
		if g.Min == g.Max {
			nodes = fmt.Sprint(g.Min)
		}
		note := ""
		if g.Tainted {
			note = "taints: node agents only"
		}
		if g.Unknown != "" {
			fmt.Fprintf(t, "%s\t%s\t%s\t?\t?\t?\tthe size of %s is not known: left out\n", g.Name, strings.Join(g.Types, " "), nodes, g.Unknown)
			continue
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%d\t%s\n", g.Name, strings.Join(g.Types, " "), nodes, cpu(g.CPU), memory(g.Memory), g.Pods, note)
	}
	flush(t, b)
}

func (p Proof) workloads(b *strings.Builder) {
	fmt.Fprint(b, "What the platform runs, each pod's requests:\n\n")
	t := columns(b)
	fmt.Fprintln(t, "PART\tWORKLOAD\tPODS\tCPU\tMEMORY\tLIMIT\t")
	for _, w := range p.Workloads {
		pods, note := fmt.Sprint(w.Replicas), ""
		if w.Kind == DaemonSet {
			pods = "each node"
		}
		if w.Volume {
			note = "a disk: stays in its zone"
		}
		limit := "-"
		if w.Limit > 0 {
			limit = memory(w.Limit)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", w.Part, w.ID(), pods, cpu(w.CPU), memory(w.Memory), limit, note)
	}
	for _, part := range parts {
		if s, ok := p.Parts[part]; ok {
			fmt.Fprintf(t, "%s\tin all\t%d\t%s\t%s\t\t\n", part, s.Pods, cpu(s.CPU), memory(s.Memory))
		}
	}
	fmt.Fprintf(t, "agents\tin all, on each node\t%d\t%s\t%s\t\t\n", p.Agents.Pods, cpu(p.Agents.CPU), memory(p.Agents.Memory))
	flush(t, b)
}

func (p Proof) situations(b *strings.Builder) {
	fmt.Fprint(b, "Where that leaves the nodes:\n\n")
	for _, f := range append([]Fit{p.Whole}, p.Lost...) {
		name := "every zone"
		if f.Lost != "" {
			name = "without " + f.Lost
		}
		fmt.Fprintf(b, "%s: %s\n", name, f.verdict())
		t := columns(b)
		for _, z := range f.Zones {
			fmt.Fprintf(t, "  %s\t%s\ttaken %s\tfree %s\t\n", z.Zone, count(z.Nodes, "node"), z.Taken.text(), z.Free.text())
		}
		flush(t, b)
	}
}

// verdict is one situation in words.
func (f Fit) verdict() string {
	waiting := ""
	if len(f.Waiting) > 0 {
		waiting = "; waits for its disk's zone: " + list(f.Waiting)
	}
	moved := ""
	if f.Lost != "" {
		moved = count(f.Moved, "pod") + " to move, "
	}
	switch {
	case len(f.Gone) > 0:
		return moved + "DOES NOT FIT: nothing is left of " + list(f.Gone) + waiting
	case !f.Fits():
		return moved + "DOES NOT FIT: " + list(f.Unplaced) + waiting
	case f.Added == 1:
		return moved + "fits once a node more is there" + waiting
	case f.Added > 1:
		return moved + fmt.Sprintf("fits once %d nodes more are there", f.Added) + waiting
	}
	return moved + "fits" + waiting
}

func (s Sum) text() string {
	return fmt.Sprintf("%s %s %s", cpu(s.CPU), memory(s.Memory), count(s.Pods, "pod"))
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func cpu(n int) string {
	if n == 0 {
		return "-"
	}
	return fmt.Sprintf("%dm", n)
}

func memory(n int) string {
	if n == 0 {
		return "-"
	}
	return fmt.Sprintf("%dMi", n)
}

// flush ends a table: no line ends in blanks.
func flush(t *tabwriter.Writer, b *strings.Builder) {
	t.Flush() // into a string: it cannot fail
	lines := strings.Split(b.String(), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	b.Reset()
	b.WriteString(strings.Join(lines, "\n"))
	b.WriteString("\n")
}
