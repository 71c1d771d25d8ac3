package trace

import (
	"fmt"
	"strings"
)

// Text is a trace for people: one line for each hop.
func Text(t Trace) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s from %s\n", t.Request.Method, t.Request.URL, t.Request.From)
	lines(&b, t, "  ")
	return b.String()
}

func lines(b *strings.Builder, t Trace, indent string) {
	for _, h := range t.Hops {
		fmt.Fprintf(b, "%s%s %-15s %s: %s\n", indent, sign(h), h.Step, h.What, h.Says)
	}
	fmt.Fprintf(b, "%s= %s\n", indent, summary(t))
	for _, o := range t.Others {
		fmt.Fprintf(b, "\n%sof %d such requests %d go to %s instead:\n", indent, total(t), o.Weight, o.TargetGroup)
		lines(b, o.Trace, indent+"  ")
	}
}

// sign of a hop: it passed, it stopped, nobody knows.
func sign(h Hop) string {
	switch {
	case h.Stops:
		return "x"
	case h.Unknown:
		return "?"
	}
	return "-"
}

func total(t Trace) int {
	n := t.Weight
	for _, o := range t.Others {
		n += o.Weight
	}
	return n
}

// summary is how a trace ends, in a sentence.
func summary(t Trace) string {
	unknown := 0
	for _, h := range t.Hops {
		if h.Unknown {
			unknown++
		}
	}
	out := ""
	switch t.Outcome {
	case Reached:
		out = "reaches " + t.Service
		if t.Cluster != "" {
			out += " in cluster " + t.Cluster
		}
		out += ", which sees " + t.Path
	case Redirected:
		out = fmt.Sprintf("the client is sent to %s (%d)", t.Location, t.Status)
	case Refused:
		out = fmt.Sprintf("the client gets %d", t.Status)
	default:
		out = "the client gets no answer"
	}
	if unknown > 0 {
		out += fmt.Sprintf("; %s not decided here", plural(unknown, "hop"))
	}
	return out
}
