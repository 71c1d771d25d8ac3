package diagram

import (
	"github.com/ladder-platform/ladder/internal/svg"
)

// Sizes of text, in pixels.
const (
	titleSize = 20
	headSize  = 13
	textSize  = 12
	smallSize = 11
)

// Measures that views share.
const (
	margin = 24
	inset  = 10 // of text from the edge of its box
	gap    = 12
)

// style of a text: a class of the style sheet and what is needed to measure it.
type style struct {
	class string
	size  float64
	bold  bool
}

var (
	title  = style{"title", titleSize, true}
	head   = style{"head", headSize, true}
	body   = style{"body", textSize, false}
	strong = style{"strong", textSize, true}
	small  = style{"small", smallSize, false}
	quiet  = style{"quiet", smallSize, false}
)

// kinds of boxes: surface, edge and the colour of text on it. Every ink has a
// contrast of 4.5 at least on its surface in both modes; a test computes it.
var kinds = map[string]struct{ surface, edge, ink svg.Paint }{
	"page":   {p("#ffffff", "#0d1117"), svg.Paint{}, p("#1f2328", "#f0f6fc")},
	"frame":  {p("#f6f8fa", "#151b23"), p("#848d97", "#656c76"), p("#1f2328", "#f0f6fc")},
	"zone":   {p("#eaeef2", "#1c232c"), svg.Paint{}, p("#424a53", "#b7bdc8")},
	"plain":  {p("#ffffff", "#212830"), p("#848d97", "#656c76"), p("#1f2328", "#f0f6fc")},
	"public": {p("#ddf4ff", "#0c2d52"), p("#0969da", "#4493f8"), p("#0a3069", "#c2e0ff")},
	"nat":    {p("#fff1e5", "#3d1f0b"), p("#bc4c00", "#db6d28"), p("#702c00", "#ffc08a")},
	"node":   {p("#dafbe1", "#0f2e1a"), p("#1a7f37", "#3fb950"), p("#044f1e", "#a6f0b3")},
	"pod":    {p("#fff8c5", "#2e2706"), p("#9a6700", "#d29922"), p("#4d2d00", "#f2cc60")},
	"entry":  {p("#fbefff", "#2a1a42"), p("#8250df", "#ab7df8"), p("#512a97", "#e2c5ff")},
	"alarm":  {p("#ffebe9", "#3c1618"), p("#cf222e", "#f85149"), p("#82071e", "#ffc1ba")},
}

func p(light, dark string) svg.Paint { return svg.Paint{Light: light, Dark: dark} }

// muted is for what explains; on the page and on frames only.
var muted = p("#59636e", "#9aa4af")

// sheet is the style sheet of every view.
func sheet() string {
	rules := []svg.Rule{{Class: "page", Fill: kinds["page"].surface}}
	for _, name := range []string{"frame", "zone", "plain", "public", "nat", "node", "pod", "entry", "alarm"} {
		k := kinds[name]
		rules = append(rules, svg.Rule{Class: name, Fill: k.surface, Stroke: k.edge},
			svg.Rule{Class: "on-" + name, Fill: k.ink},
			svg.Rule{Class: "way-" + name, Stroke: k.edge, More: "fill:none;stroke-width:1.6;"},
			svg.Rule{Class: "tip-" + name, Fill: k.edge})
	}
	rules = append(rules, svg.Rule{Class: "on-page", Fill: kinds["page"].ink}, svg.Rule{Class: "muted", Fill: muted})
	for _, s := range []struct {
		style
		more string
	}{{title, "font-size:20px;font-weight:700;"}, {head, "font-size:13px;font-weight:700;"}, {body, "font-size:12px;"},
		{strong, "font-size:12px;font-weight:700;"}, {small, "font-size:11px;"}, {quiet, "font-size:11px;"}} {
		rules = append(rules, svg.Rule{Class: s.class, More: s.more})
	}
	return svg.Sheet(rules)
}

// board is a canvas that measures text.
type board struct{ svg.Canvas }

// label writes a text from x on, shortened to the room there is, and says how
// wide it became. y is the middle of the line.
func (b *board) label(x, y, room float64, s style, ink, text string) float64 {
	whole := text
	text = svg.Fit(text, s.size, s.bold, room)
	if text == "" {
		return 0
	}
	width := svg.Width(text, s.size, s.bold)
	b.Measured(x, y+s.size*middle, s.class+" "+ink, text, width, whole)
	return width
}

// middle is how far the baseline lies below the middle of a line, in sizes.
const middle = (svg.Ascent - svg.Descent) / 2

// box is a rectangle with a line of text: a strong word and what is said of it.
func (b *board) box(kind string, x, y, width, height float64, word, says string) {
	b.Rect(kind, x, y, width, height, 5)
	room := width - 2*inset
	used := b.label(x+inset, y+height/2, room, strong, "on-"+kind, word)
	if says != "" && used > 0 {
		used += 8
	}
	if room-used > 24 {
		b.label(x+inset+used, y+height/2, room-used, small, "on-"+kind, says)
	}
}

// arrow is a way with a head at its end, along points.
func (b *board) arrow(kind string, points ...float64) {
	d := "M"
	for i := 0; i+1 < len(points); i += 2 {
		if i > 0 {
			d += "L"
		}
		d += svg.Num(points[i]) + " " + svg.Num(points[i+1])
	}
	b.Path("way-"+kind, d)
	n := len(points)
	x, y := points[n-2], points[n-1]
	dx, dy := sign(x-points[n-4]), sign(y-points[n-3])
	// A triangle whose tip is at the end, seven long and seven wide.
	ax, ay := x-7*dx-3.5*dy, y-7*dy-3.5*dx
	bx, by := x-7*dx+3.5*dy, y-7*dy+3.5*dx
	b.Path("tip-"+kind, "M"+svg.Num(x)+" "+svg.Num(y)+"L"+svg.Num(ax)+" "+svg.Num(ay)+"L"+svg.Num(bx)+" "+svg.Num(by)+"Z")
}

func sign(v float64) float64 {
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	}
	return 0
}
