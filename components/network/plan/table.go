package plan

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// table aligns columns and leaves no space at the ends of lines.
func table(w io.Writer) (io.Writer, func() error) {
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	return t, func() error {
		if err := t.Flush(); err != nil {
			return err
		}
		for line := range strings.Lines(b.String()) {
			if _, err := fmt.Fprintln(w, strings.TrimRight(line, " \n")); err != nil {
				return err
			}
		}
		return nil
	}
}

// Table writes the layout: what every block is for.
func (l Layout) Table(w io.Writer) error {
	t, flush := table(w)
	fmt.Fprintf(t, "BLOCK\tFOR\tZONE\tADDRESSES\n")
	for _, z := range l.Zones {
		fmt.Fprintf(t, "%s\tprivate\t%s\t%d\n", z.Private, z.ID, Size(z.Private)-Reserved)
		fmt.Fprintf(t, "%s\tpublic\t%s\t%d\n", z.Public, z.ID, Size(z.Public)-Reserved)
		if z.Pod.IsValid() {
			fmt.Fprintf(t, "%s\tpods\t%s\t%d\n", z.Pod, z.ID, Size(z.Pod)-Reserved)
		}
		for _, s := range z.Spare {
			fmt.Fprintf(t, "%s\tspare\t%s\t\n", s, z.ID)
		}
	}
	for _, u := range l.Unused {
		fmt.Fprintf(t, "%s\tanother zone\t\t\n", u)
	}
	return flush()
}

// Table writes the proof: every subnet, what takes its addresses at the worst
// instant of an upgrade, and what stays free.
func (p Proof) Table(w io.Writer) error {
	t, flush := table(w)
	fmt.Fprintf(t, "SUBNET\tZONE\tADDRESSES\tTAKEN BY\tHOW\n")
	for _, r := range p.Rows {
		name := r.ID
		if r.CIDR.IsValid() {
			name = r.CIDR.String()
		}
		usable := fmt.Sprint(r.Usable)
		if !r.Known() {
			usable = "unknown"
		}
		fmt.Fprintf(t, "%s %s\t%s\t%s\tusable\t%s\n", r.Role, name, r.Zone, usable, r.basis())
		for _, l := range r.Lines {
			n := l.Addresses
			if r.Prefixed() {
				n = (l.Addresses + l.Prefixes) * prefixSize
			}
			fmt.Fprintf(t, "\t\t-%d\t%s\t%s\n", n, l.What, l.How)
		}
		switch {
		case !r.Known():
			fmt.Fprintf(t, "\t\tunknown\tfree at the worst instant\t\n")
		case r.Free < 0:
			fmt.Fprintf(t, "\t\t%d\tDOES NOT FIT\t\n", r.Free)
		default:
			fmt.Fprintf(t, "\t\t%d\tfree at the worst instant\t\n", r.Free)
		}
	}
	if err := flush(); err != nil {
		return err
	}
	if prefixed := p.prefixed(); prefixed != "" {
		_, err := fmt.Fprintf(w, "In %s nodes take /28 prefixes: a single address counts as 16, because it can spoil a whole one.\n", prefixed)
		return err
	}
	return nil
}

// basis says where a row's usable addresses come from.
func (r Row) basis() string {
	switch {
	case !r.Known():
		return "nobody said"
	case r.Prefixed():
		return "whole prefixes of 16"
	case r.CIDR.IsValid() && r.ID == "":
		return fmt.Sprintf("%d without AWS's %d", Size(r.CIDR), Reserved)
	}
	return "free as declared"
}

func (p Proof) prefixed() string {
	var roles []string
	for _, role := range []string{Private, Pod} {
		for _, r := range p.Rows {
			if r.Role == role && r.Prefixed() {
				roles = append(roles, role+" subnets")
				break
			}
		}
	}
	return strings.Join(roles, " and ")
}
