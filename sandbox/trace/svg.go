package trace

import (
	"encoding/xml"
	"fmt"
	"strings"
)

// Sizes of the picture, in pixels; colours by what a hop decided.
const (
	lineHeight = 18
	boxPadding = 10
	boxGap     = 16
	pageWidth  = 900
	lineLength = 118 // characters of 7 pixels that fit into a box

	colourPass, colourUnknown, colourStop = "#2e7d32", "#b26a00", "#b71c1c"
)

// SVG draws a trace: a box for each hop from top to bottom, the last one is how
// it ends.
func SVG(t Trace) string {
	var body strings.Builder
	y := 20
	title := fmt.Sprintf("%s %s from %s", t.Request.Method, t.Request.URL, t.Request.From)
	fmt.Fprintf(&body, `<text x="20" y="%d" font-size="15" font-weight="bold">%s</text>`+"\n", y+10, escape(title))
	y += 30
	for _, h := range t.Hops {
		y = box(&body, y, colour(h), h.Step+": "+h.What, h.Says, true)
	}
	end := map[string]string{Reached: colourPass, Redirected: colourPass}[t.Outcome]
	if end == "" {
		end = colourStop
	}
	text := summary(t)
	for _, o := range t.Others {
		text += fmt.Sprintf("; of %d such requests %d go to %s instead: %s", total(t), o.Weight, o.TargetGroup, summary(o.Trace))
	}
	y = box(&body, y, end, "outcome: "+t.Outcome, text, false)
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="monospace" font-size="12">`+"\n"+
		`<rect width="100%%" height="100%%" fill="white"/>`+"\n%s</svg>\n", pageWidth, y, body.String())
}

func colour(h Hop) string {
	switch {
	case h.Stops:
		return colourStop
	case h.Unknown:
		return colourUnknown
	}
	return colourPass
}

// box draws one and returns where the next begins.
func box(b *strings.Builder, y int, colour, head, says string, arrow bool) int {
	lines := wrap(says, lineLength)
	height := 2*boxPadding + lineHeight*(1+len(lines))
	fmt.Fprintf(b, `<rect x="20" y="%d" width="%d" height="%d" rx="4" fill="none" stroke="%s" stroke-width="2"/>`+"\n", y, pageWidth-40, height, colour)
	fmt.Fprintf(b, `<text x="32" y="%d" font-weight="bold" fill="%s">%s</text>`+"\n", y+boxPadding+12, colour, escape(head))
	for i, line := range lines {
		fmt.Fprintf(b, `<text x="32" y="%d">%s</text>`+"\n", y+boxPadding+12+lineHeight*(i+1), escape(line))
	}
	y += height
	if arrow {
		fmt.Fprintf(b, `<path d="M40 %d V%d" stroke="%s" stroke-width="2"/>`+"\n", y, y+boxGap, colour)
	}
	return y + boxGap
}

// wrap breaks a text at blanks into lines of at most n characters.
func wrap(s string, n int) []string {
	var out []string
	line := ""
	for _, word := range strings.Fields(s) {
		if line != "" && len(line)+1+len(word) > n {
			out = append(out, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(out, line)
}

func escape(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		return "" // a strings.Builder does not fail
	}
	return b.String()
}
