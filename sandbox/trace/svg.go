package trace

import (
	"fmt"

	"github.com/ladder-platform/ladder/internal/svg"
)

// Sizes of the picture, in pixels.
const (
	pictureLine = 18
	boxPadding  = 10
	boxGap      = 16
	pageWidth   = 900
	pageMargin  = 20
	textSize    = 12
	titleSize   = 15
	textRoom    = pageWidth - 2*pageMargin - 24
)

// pictureSheet colours by what a hop decided.
var pictureSheet = svg.Sheet([]svg.Rule{
	{Class: "page", Fill: svg.Paint{Light: "#ffffff", Dark: "#0d1117"}},
	{Class: "title", Fill: svg.Paint{Light: "#1f2328", Dark: "#f0f6fc"}, More: "font-size:15px;font-weight:700;"},
	{Class: "says", Fill: svg.Paint{Light: "#1f2328", Dark: "#f0f6fc"}, More: "font-size:12px;"},
	{Class: "head", More: "font-size:12px;font-weight:700;"},
	{Class: "box", More: "fill:none;stroke-width:2;"},
	{Class: "way", More: "fill:none;stroke-width:2;"},
	{Class: "ink-pass", Fill: svg.Paint{Light: "#1a7f37", Dark: "#3fb950"}},
	{Class: "ink-unknown", Fill: svg.Paint{Light: "#9a6700", Dark: "#d29922"}},
	{Class: "ink-stop", Fill: svg.Paint{Light: "#cf222e", Dark: "#ff7b72"}},
	{Class: "pass", Stroke: svg.Paint{Light: "#1a7f37", Dark: "#3fb950"}},
	{Class: "unknown", Stroke: svg.Paint{Light: "#9a6700", Dark: "#d29922"}},
	{Class: "stop", Stroke: svg.Paint{Light: "#cf222e", Dark: "#ff7b72"}},
})

// SVG draws a trace: a box for each hop from top to bottom, the last one is how
// it ends.
func SVG(t Trace) string {
	p := &picture{y: pageMargin}
	title := fmt.Sprintf("%s %s from %s", t.Request.Method, t.Request.URL, t.Request.From)
	for _, line := range svg.Wrap(title, titleSize, true, textRoom) {
		p.write(pageMargin, p.y+12, "title", titleSize, true, line)
		p.y += 22
	}
	p.y += 8
	for _, h := range t.Hops {
		p.box(decided(h), h.Step+": "+h.What, h.Says, true)
	}
	end := map[string]string{Reached: "pass", Redirected: "pass"}[t.Outcome]
	if end == "" {
		end = "stop"
	}
	text := summary(t)
	for _, o := range t.Others {
		text += fmt.Sprintf("; of %d such requests %d go to %s instead: %s", total(t), o.Weight, o.TargetGroup, summary(o.Trace))
	}
	p.box(end, "outcome: "+t.Outcome, text, false)
	return string(svg.Document(pageWidth, p.y, title, pictureSheet, &p.Canvas))
}

// decided is the class of a hop.
func decided(h Hop) string {
	switch {
	case h.Stops:
		return "stop"
	case h.Unknown:
		return "unknown"
	}
	return "pass"
}

// picture is drawn from top to bottom.
type picture struct {
	svg.Canvas
	y float64
}

// write writes a line that fits in whatever font the reader has; a word without end is cut.
func (p *picture) write(x, y float64, class string, size float64, bold bool, line string) {
	short := svg.Fit(line, size, bold, textRoom)
	p.Measured(x, y, class, short, svg.Width(short, size, bold), line)
}

// box draws one below the last.
func (p *picture) box(class, head, says string, arrow bool) {
	heads, lines := svg.Wrap(head, textSize, true, textRoom), svg.Wrap(says, textSize, false, textRoom)
	height := float64(2*boxPadding + pictureLine*(len(heads)+len(lines)))
	p.Rect("box "+class, pageMargin, p.y, pageWidth-2*pageMargin, height, 4)
	at := p.y + boxPadding + textSize
	for _, line := range heads {
		p.write(pageMargin+12, at, "head ink-"+class, textSize, true, line)
		at += pictureLine
	}
	for _, line := range lines {
		p.write(pageMargin+12, at, "says", textSize, false, line)
		at += pictureLine
	}
	p.y += height
	if arrow {
		p.Path("way "+class, fmt.Sprintf("M40 %sV%s", svg.Num(p.y), svg.Num(p.y+boxGap)))
	}
	p.y += boxGap
}
