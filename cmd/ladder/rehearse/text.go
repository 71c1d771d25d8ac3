package rehearse

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// Text prints the report for a person: one line for each up, then workloads,
// then the timelines, then what went wrong.
func Text(w io.Writer, r *Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "rehearsal of %s through %s: %s of virtual time in %s\n\n",
		strings.Join(r.Path, " -> "), strings.Join(r.Stages, ", "), short(r.Virtual), r.Wall.Round(time.Second))
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "STAGE\tUP\tFROM\tTO\tBEGINS\tTAKES\tCHANGES\tSKEW\tNODES MIN\tREPLICAS MIN\tADDRESSES MIN\tRESULT\n")
	for _, c := range r.Climbs {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s\t%s\t%s\t%s\n", c.Stage, c.Title, dash(c.From), c.To, c.Begins.Format("2006-01-02 15:04"), short(c.Takes),
			c.changes(), c.Skew, c.nodes(), c.replicas(), c.addresses(), c.result())
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, c := range r.Climbs {
		if c.From == "" {
			continue // a first up is in ladder plan time
		}
		fmt.Fprintf(&b, "\n%s from %s to %s: %s\n", c.Stage, c.From, c.To, c.Title)
		c.workloads(&b)
		c.timeline(&b)
	}
	b.WriteString("\n")
	for _, c := range r.Climbs {
		for _, w := range c.Warnings {
			fmt.Fprintf(&b, "warning: %s at release %s, %s: %s\n", c.Stage, c.To, c.Title, w)
		}
	}
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "note: %s\n", n)
	}
	if len(r.Problems) > 0 {
		fmt.Fprintf(&b, "\n%d found wrong:\n", len(r.Problems))
		for _, p := range r.Problems {
			fmt.Fprintf(&b, "  %s\n", p)
		}
	} else {
		b.WriteString("\nevery climb was in order, broke no budget, left nothing over, and has an empty second preview\n")
	}
	_, err := io.WriteString(w, trimmed(b.String()))
	return err
}

// trimmed has no space at the ends of lines.
func trimmed(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		b.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
	return b.String()
}

func (c *Climb) changes() string {
	var parts []string
	for _, op := range sortedKeys(c.Counts) {
		parts = append(parts, fmt.Sprintf("%d %s", c.Counts[op], op))
	}
	return dash(strings.Join(parts, ", "))
}

func (c *Climb) nodes() string {
	if c.Nodes < 0 {
		return "-"
	}
	return fmt.Sprint(c.Nodes)
}

// replicas of the workload that came nearest to its budget.
func (c *Climb) replicas() string {
	w := c.worst()
	if w == nil {
		return "-"
	}
	return fmt.Sprintf("%d of %d (budget %d)", w.Ready, w.Desired, w.Minimum)
}

func (c *Climb) addresses() string {
	if c.Addresses == nil {
		return "-"
	}
	return fmt.Sprintf("%d in %s", c.Addresses.Free, c.Addresses.Subnet)
}

func (c *Climb) result() string {
	good := "good"
	if f := c.Faults; f != nil {
		good = fmt.Sprintf("good, %d faults", f.Tried)
	}
	if len(c.Problems) == 0 {
		return good
	}
	return fmt.Sprintf("%d WRONG", len(c.Problems))
}

// workloads lists each in its worst instant, and the least room.
func (c *Climb) workloads(b *strings.Builder) {
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for _, w := range c.Workloads {
		budget := "no budget"
		if w.Budget != "" {
			budget = fmt.Sprintf("budget %d", w.Minimum)
		}
		zones, after := "", ""
		switch {
		case w.Zones == 1:
			zones = "in 1 zone at least"
		case w.Zones > 1:
			zones = fmt.Sprintf("in %d zones at least", w.Zones)
		}
		if w.Ready < w.Desired {
			after = "after: " + w.After
		}
		fmt.Fprintf(t, "  %s\tat least %d of %d ready\t%s\t%s\t%s\n", w.Name, w.Ready, w.Desired, budget, zones, after)
	}
	if p := c.Capacity; p != nil {
		fmt.Fprintf(t, "  capacity of %s\tat least %d of %d mCPU free\t%d of %d nodes open\t\tafter: %s\n", p.Cluster, p.Free, p.CPU, p.Open, p.Nodes, p.After)
	}
	_ = t.Flush() // into memory: cannot fail
}

// timeline lists the operations with their virtual times, of a destroy those
// whose order matters.
func (c *Climb) timeline(b *strings.Builder) {
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for _, op := range c.Operations {
		if op.lane == noRung && c.Title == destroyed {
			continue
		}
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\t%s\n", short(op.Start), short(op.End-op.Start), op.Op, op.What, op.Name)
	}
	_ = t.Flush() // into memory: cannot fail
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// short is 4d2h, 1h3m, 12m5s or 40s.
func short(d time.Duration) string {
	d = d.Round(time.Second)
	switch {
	case d >= 24*time.Hour:
		return fmt.Sprintf("%dd%dh", int(d.Hours())/24, int(d.Hours())%24)
	case d >= time.Hour:
		return fmt.Sprintf("%dh%dm", int(d.Hours()), int(d.Minutes())%60)
	case d >= time.Minute:
		return fmt.Sprintf("%dm%ds", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%ds", int(d.Seconds()))
}

// notes say what the sandbox cannot tell, and what this rehearsal does not know.
func (r *run) notes() []string {
	out := []string{
		"what moves inside an operation is modelled in rounds of evictions and restarts; how long an application takes to become ready, and volumes that hold a pod in its zone, are not",
		"measurements between operations are of the order in which the engine came to them; inside an operation their times are virtual",
	}
	switch {
	case len(r.Workloads) > 0:
	case r.State != nil:
		out = append(out, "UNKNOWN: the environment's own deployments and budgets; the state does not hold them, and what ran here is the rehearsal's. "+
			"kubectl get deploy,sts,pdb -A -o yaml > workloads.yaml and --workloads workloads.yaml bring them")
	default:
		out = append(out, "the workloads are the rehearsal's own; --workloads brings those of an environment")
	}
	if r.State != nil {
		out = append(out, r.State.notes()...)
	}
	return out
}
