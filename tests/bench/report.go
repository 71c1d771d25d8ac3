package main

import (
	"fmt"
	"io"
	"math"
	"text/tabwriter"
)

// The limits of the project's acceptance.
const (
	// maxCompileCPU of infra in processor seconds, on the machine on which the
	// naive program takes naiveCPU (docs/adr/0001-compile-cost.md). Another
	// machine's limit is the same share of what naive takes there.
	maxCompileCPU = 240
	naiveCPU      = 602
	// The sandbox may take this much longer than the bare engine: the larger of the two.
	maxRatio   = 1.5
	maxSeconds = 0.5
	// maxGrowth is the exponent of up's time against the number of resources
	// between the two largest sizes: 1 is linear, 2 is quadratic.
	maxGrowth = 1.3
)

func verdicts(r *Report) []Verdict {
	var all []Verdict
	add := func(within bool, limit, figure string, args ...any) {
		all = append(all, Verdict{Limit: limit, Within: within, Figure: fmt.Sprintf(figure, args...)})
	}
	if infra, naive := r.program("infra"), r.program("naive"); infra != nil && naive != nil {
		limit := maxCompileCPU * naive.CPU / naiveCPU
		add(infra.CPU <= limit, fmt.Sprintf("infra compiles within %d CPU seconds where naive takes %d: here within %.0f", maxCompileCPU, naiveCPU, limit),
			"%.0f", infra.CPU)
	}
	for _, s := range r.Engine {
		for _, run := range s.Runs {
			add(run.within(), fmt.Sprintf("%s of %d at most %.1f× or %.1f s over the bare engine", run.Name, s.Resources, maxRatio, maxSeconds),
				"%.2f×, %+.2f s", run.ratio(), run.Sandbox-run.Bare)
		}
	}
	if n := len(r.Engine); n >= 2 {
		small, large := r.Engine[n-2], r.Engine[n-1]
		for i, run := range large.Runs {
			exponent := math.Log(run.Sandbox/small.Runs[i].Sandbox) / math.Log(float64(large.Resources)/float64(small.Resources))
			add(exponent <= maxGrowth, fmt.Sprintf("%s grows at most with the power %.1f from %d to %d", run.Name, maxGrowth, small.Resources, large.Resources),
				"%.2f", exponent)
		}
	}
	return all
}

func (r *Report) print(out io.Writer) error {
	fmt.Fprintf(out, "%s\n%s, %s, %s, %d cores, %s, %d MiB\n", r.Command, r.Date.Format("2006-01-02 15:04 MST"), r.Machine.System,
		r.Machine.Go, r.Machine.Cores, r.Machine.Model, r.Machine.MemoryMiB)
	t := tabwriter.NewWriter(out, 0, 0, 1, ' ', 0)
	if len(r.Compile) > 0 {
		fmt.Fprintln(t, "\n| cold compile\t| CPU s\t| wall s\t| largest process MiB\t| all processes MiB\t| packages\t| binary MiB\t|")
		fmt.Fprintln(t, "|---\t|---\t|---\t|---\t|---\t|---\t|---\t|")
		for _, c := range r.Compile {
			fmt.Fprintf(t, "| %s\t| %.0f\t| %.0f\t| %d\t| %d\t| %d\t| %d\t|\n", c.Program, c.CPU, c.Wall, c.Largest, c.Together, c.Packages, c.Binary)
		}
		if a, b := r.program("infra"), r.program("naive"); a != nil && b != nil {
			fmt.Fprintf(t, "| infra to naive\t| %.2f\t| %.2f\t| %.2f\t| %.2f\t| %.2f\t| %.2f\t|\n", a.CPU/b.CPU, a.Wall/b.Wall,
				share(a.Largest, b.Largest), share(a.Together, b.Together), share(a.Packages, b.Packages), share(a.Binary, b.Binary))
		}
		if err := t.Flush(); err != nil {
			return err
		}
	}
	fmt.Fprintln(t, "\n| resources\t| run\t| bare engine s\t| sandbox s\t| ratio\t| more s\t|")
	fmt.Fprintln(t, "|---\t|---\t|---\t|---\t|---\t|---\t|")
	for _, s := range r.Engine {
		for _, run := range s.Runs {
			fmt.Fprintf(t, "| %d\t| %s\t| %.2f\t| %.2f\t| %.2f\t| %+.2f\t|\n", s.Resources, run.Name, run.Bare, run.Sandbox, run.ratio(), run.Sandbox-run.Bare)
		}
	}
	fmt.Fprintln(t, "\n| limit\t| measured\t| \t|")
	fmt.Fprintln(t, "|---\t|---\t|---\t|")
	for _, v := range r.Verdicts {
		word := "within"
		if !v.Within {
			word = "OVER"
		}
		fmt.Fprintf(t, "| %s\t| %s\t| %s\t|\n", v.Limit, v.Figure, word)
	}
	return t.Flush()
}

// program is what a cold build of one program took; nil when it was not built.
func (r *Report) program(name string) *Compile {
	for i := range r.Compile {
		if r.Compile[i].Program == name {
			return &r.Compile[i]
		}
	}
	return nil
}

func share(a, b int) float64 { return float64(a) / float64(b) }
