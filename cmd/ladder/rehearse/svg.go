package rehearse

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ladder-platform/ladder/internal/svg"
)

// Measures of the picture, in its own units.
const (
	cardWidth  = 520
	plotWidth  = 360 // of the time axis within a card
	laneLeft   = 144 // where the time axis begins
	laneHeight = 15
	chartSpace = 74 // of the availability below the lanes
	cardHead   = 46
	cardFoot   = 26
	gap        = 18
	margin     = 24
	pageHead   = 92
)

// laneColors by rung; the last is for everything else.
var laneColors = []string{"#8250df", "#0969da", "#1a7f37", "#bf8700", "#9a6700", "#cf5c8a", "#bc4c00", "#953800", "#0a7ea4", "#8c959f"}

const otherLane = "network and other"

// SVG is the picture of a rehearsal: a row for each stage, a card for each up in
// order, in it the operations by rung over virtual time and the ready replicas
// below them.
func SVG(r *Report) []byte {
	p := &picture{}
	rows := map[string][]*Climb{}
	widest := 1
	for _, c := range r.Climbs {
		rows[c.Stage] = append(rows[c.Stage], c)
		widest = max(widest, len(rows[c.Stage]))
	}
	width := 2*margin + widest*cardWidth + (widest-1)*gap
	y := pageHead
	for _, stage := range r.Stages {
		tallest := 0
		for i, c := range rows[stage] {
			tallest = max(tallest, p.card(margin+i*(cardWidth+gap), y+22, c))
		}
		p.text(margin, y+12, "stage", stage)
		y += 22 + tallest + gap
	}
	head := &picture{}
	head.text(margin, 34, "title", "Rehearsal of "+strings.Join(r.Path, " → "))
	verdict, class := "every climb in order, no budget broken, nothing left over", "good"
	if n := len(r.Problems); n > 0 {
		verdict, class = fmt.Sprintf("%d found wrong", n), "wrong"
	}
	head.text(margin, 54, class, fmt.Sprintf("%s; %s of virtual time", verdict, short(r.Virtual)))
	head.legend(margin, 76)
	head.Write(p.Bytes())
	return svg.Document(float64(width), float64(y+margin), "rehearsal of "+strings.Join(r.Path, " to "), sheet, &head.Canvas)
}

// sheet is the style sheet, for light and dark mode.
var sheet = func() string {
	ink, quiet, good, wrong := svg.Paint{Light: "#24292f", Dark: "#f0f6fc"}, svg.Paint{Light: "#57606a", Dark: "#9aa4af"}, svg.Paint{Light: "#1a7f37", Dark: "#3fb950"}, svg.Paint{Light: "#cf222e", Dark: "#ff7b72"}
	return svg.Sheet([]svg.Rule{
		{Class: "page", Fill: svg.Paint{Light: "#ffffff", Dark: "#0d1117"}},
		{Class: "card", Fill: svg.Paint{Light: "#f6f8fa", Dark: "#151b23"}, Stroke: svg.Paint{Light: "#d0d7de", Dark: "#3d444d"}},
		{Class: "lane", Stroke: svg.Paint{Light: "#e4e8ec", Dark: "#2a313a"}}, {Class: "axis", Stroke: quiet},
		{Class: "title", Fill: ink, More: "font-size:20px;font-weight:700;"}, {Class: "stage", Fill: ink, More: "font-size:15px;font-weight:700;"},
		{Class: "name", Fill: ink, More: "font-size:13px;font-weight:700;"}, {Class: "small", Fill: quiet, More: "font-size:10px;"},
		{Class: "good", Fill: good, More: "font-size:11px;"}, {Class: "wrong", Fill: wrong, More: "font-size:11px;font-weight:700;"},
		{Class: "ready", Stroke: good, More: "fill:none;stroke-width:1.6;"}, {Class: "budget", Stroke: wrong, More: "fill:none;stroke-dasharray:4 3;"},
		{Class: "below", Fill: wrong}, {Class: "gone", More: "fill-opacity:.35;"},
	})
}()

// picture collects elements, at whole pixels.
type picture struct{ svg.Canvas }

func (p *picture) text(x, y int, class, s string) {
	p.Text(float64(x), float64(y), class, svg.Start, s)
}

func (p *picture) end(x, y int, class, s string) {
	p.Text(float64(x), float64(y), class, svg.End, s)
}

func (p *picture) legend(x, y int) {
	fmt.Fprintf(p, `<path class="ready" d="M%d %dh24"/>`+"\n", x, y-4)
	p.text(x+30, y, "small", "ready replicas")
	fmt.Fprintf(p, `<path class="budget" d="M%d %dh24"/>`+"\n", x+120, y-4)
	p.text(x+150, y, "small", "what the budgets ask for, together")
	fmt.Fprintf(p, `<circle class="below" cx="%d" cy="%d" r="3"/>`+"\n", x+346, y-4)
	p.text(x+354, y, "small", "a workload below its own budget")
	p.text(x+530, y, "small", "bars: operations in virtual time; pale: removed")
}

// lane is a row of bars.
type lane struct {
	name  string
	color string
	ops   []Operation
}

// lanes of a climb: the rungs of each cluster in order, then everything else.
func lanes(c *Climb) []lane {
	type place struct {
		cluster string
		rung    int
	}
	byPlace := map[place][]Operation{}
	clusters := map[string]bool{}
	for _, op := range c.Operations {
		at := place{clusterOf(op.Name), op.lane}
		if op.lane == noRung {
			at = place{"", len(rungs)}
		} else {
			clusters[at.cluster] = true
		}
		byPlace[at] = append(byPlace[at], op)
	}
	var out []lane
	for _, cluster := range append(sortedKeys(clusters), "") {
		for rung := range len(rungs) + 1 {
			ops := byPlace[place{cluster, rung}]
			if len(ops) == 0 {
				continue
			}
			name := otherLane
			if rung < len(rungs) {
				name = rungs[rung]
			}
			if len(clusters) > 1 && cluster != "" {
				name = cluster + ": " + name
			}
			out = append(out, lane{name, laneColors[rung], ops})
		}
	}
	return out
}

// card draws one up and says how tall it is.
func (p *picture) card(x, y int, c *Climb) int {
	rows := lanes(c)
	height := cardHead + len(rows)*laneHeight + chartSpace + cardFoot
	class := "good"
	if len(c.Problems) > 0 {
		class = "wrong"
	}
	fmt.Fprintf(p, `<rect class="card" x="%d" y="%d" width="%d" height="%d" rx="6"/>`+"\n", x, y, cardWidth, height)
	p.text(x+10, y+18, "name", clipped(c.Title, 46))
	p.end(x+cardWidth-10, y+18, class, c.result())
	p.text(x+10, y+34, "small", fmt.Sprintf("%s, takes %s", c.Begins.UTC().Format("2006-01-02 15:04 UTC"), short(c.Takes)))
	p.end(x+cardWidth-10, y+34, "small", fmt.Sprintf("skew %d, nodes ≥ %s, free addresses ≥ %s", c.Skew, c.nodes(), leastFree(c)))
	scale := func(d time.Duration) float64 {
		if c.Takes <= 0 {
			return float64(x + laneLeft)
		}
		return float64(x+laneLeft) + float64(plotWidth)*float64(d)/float64(c.Takes)
	}
	for i, row := range rows {
		p.lane(x, y+cardHead+i*laneHeight, row, scale)
	}
	top := y + cardHead + len(rows)*laneHeight
	p.availability(x, top+8, c, scale)
	p.axis(x, top+chartSpace, c, scale)
	return height
}

func leastFree(c *Climb) string {
	if c.Addresses == nil {
		return "-"
	}
	return fmt.Sprint(c.Addresses.Free)
}

func (p *picture) lane(x, y int, row lane, scale func(time.Duration) float64) {
	p.end(x+laneLeft-8, y+11, "small", clipped(row.name, 22))
	fmt.Fprintf(p, `<path class="lane" d="M%d %dh%d"/>`+"\n", x+laneLeft, y+laneHeight, plotWidth)
	for _, op := range row.ops {
		from, to := scale(op.Start), scale(op.End)
		gone := ""
		if strings.HasPrefix(op.Op, "delete") {
			gone = ` class="gone"`
		}
		fmt.Fprintf(p, `<rect%s x="%.1f" y="%d" width="%.1f" height="9" rx="2" fill="%s"><title>%s</title></rect>`+"\n", gone, from, y+3, max(2, to-from), row.color,
			svg.Escape(fmt.Sprintf("%s %s %s: %s, for %s", op.Op, op.What, op.Name, short(op.Start), short(op.End-op.Start))))
	}
}

// availability draws ready replicas as a line of steps, the budgets below it,
// and a mark wherever a workload was below its own.
func (p *picture) availability(x, y int, c *Climb, scale func(time.Duration) float64) {
	const height = chartSpace - 22
	most := 0
	for _, i := range c.Timeline {
		most = max(most, i.Desired)
	}
	if most == 0 {
		p.end(x+laneLeft-8, y+height/2, "small", "no workload")
		return
	}
	level := func(n int) float64 { return float64(y+height) - float64(height-4)*float64(n)/float64(most) }
	p.end(x+laneLeft-8, y+10, "small", fmt.Sprintf("%d replicas", most))
	if w := c.worst(); w != nil && c.From != "" {
		p.end(x+laneLeft-8, y+26, "small", fmt.Sprintf("worst: %d of %d, budget %d", w.Ready, w.Desired, w.Minimum))
		p.end(x+laneLeft-8, y+40, "small", clipped(w.Name[strings.LastIndex(w.Name, "/")+1:], 21))
	}
	var ready, budget strings.Builder
	for n, i := range whole(c.Timeline) {
		at := scale(i.At)
		if n == 0 {
			fmt.Fprintf(&ready, "M%.1f %.1f", scale(0), level(i.Ready))
			fmt.Fprintf(&budget, "M%.1f %.1f", scale(0), level(i.Minimum))
		}
		fmt.Fprintf(&ready, "H%.1fV%.1f", at, level(i.Ready))
		fmt.Fprintf(&budget, "H%.1fV%.1f", at, level(i.Minimum))
	}
	end := scale(c.Takes)
	fmt.Fprintf(p, `<path class="budget" d="%sH%.1f"/>`+"\n"+`<path class="ready" d="%sH%.1f"/>`+"\n", budget.String(), end, ready.String(), end)
	for _, i := range c.Timeline {
		if i.Below && c.From != "" { // in a first deployment everything is only coming up
			fmt.Fprintf(p, `<circle class="below" cx="%.1f" cy="%.1f" r="3"><title>%s</title></circle>`+"\n", scale(i.At), level(i.Ready), svg.Escape(short(i.At)+": "+i.After))
		}
	}
}

// whole are instants of all clusters together: what was seen inside an operation
// is of one cluster, so the replicas of the others are added as they last were.
func whole(in []Instant) []Instant {
	var out []Instant
	var last Instant // of all, between operations
	for _, i := range in {
		switch {
		case !i.Inside:
			last = i
		case i.Desired < last.Desired: // another cluster has the rest
			others := last.Desired - i.Desired
			i.Desired, i.Ready, i.Minimum = last.Desired, i.Ready+min(others, last.Ready), max(i.Minimum, last.Minimum)
		}
		out = append(out, i)
	}
	return out
}

// ticks of a time axis: four or so, at full minutes or hours.
func ticks(d time.Duration) []time.Duration {
	steps := []time.Duration{10 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 6 * time.Hour, 24 * time.Hour}
	i := slices.IndexFunc(steps, func(s time.Duration) bool { return d/s <= 5 })
	if i < 0 {
		i = len(steps) - 1
	}
	var out []time.Duration
	for at := time.Duration(0); at <= d; at += steps[i] {
		out = append(out, at)
	}
	return out
}

func (p *picture) axis(x, y int, c *Climb, scale func(time.Duration) float64) {
	fmt.Fprintf(p, `<path class="axis" d="M%d %dh%d"/>`+"\n", x+laneLeft, y, plotWidth)
	for _, at := range ticks(c.Takes) {
		fmt.Fprintf(p, `<path class="axis" d="M%.1f %dv4"/>`+"\n", scale(at), y)
		fmt.Fprintf(p, `<text x="%.1f" y="%d" class="small" text-anchor="middle">%s</text>`+"\n", scale(at), y+15, tick(at))
	}
}

// tick is 30s, 5m, 2h or 1h30m.
func tick(d time.Duration) string {
	h, m, sec := int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60
	switch {
	case d == 0:
		return "0"
	case h > 0 && m > 0:
		return fmt.Sprintf("%dh%dm", h, m)
	case h > 0:
		return fmt.Sprintf("%dh", h)
	case sec > 0 && m > 0:
		return fmt.Sprintf("%dm%ds", m, sec)
	case sec > 0:
		return fmt.Sprintf("%ds", sec)
	}
	return fmt.Sprintf("%dm", m)
}

// clipped is at most n characters.
func clipped(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
