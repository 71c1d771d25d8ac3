// Package svgtest looks at a picture for tests: it reads the finished SVG, measures
// every text by the metrics of a real font, and says what a reader would stumble
// over. It knows nothing of how the picture was made.
package svgtest

import (
	"encoding/xml"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ladder-platform/ladder/internal/svg"
)

// Box is where something is drawn.
type Box struct {
	Left, Top, Right, Bottom float64
	// Text is what it says; "" for a rectangle.
	Text  string
	Class string
}

// Picture is a finished one.
type Picture struct {
	Width, Height float64
	Texts, Rects  []Box
	// Ways are straight pieces of lines, as boxes without width or height.
	Ways []Box
}

// element of the SVG.
type element struct {
	XMLName xml.Name
	Attrs   []xml.Attr `xml:",any,attr"`
	Text    string     `xml:",chardata"`
	Inner   []element  `xml:",any"`
}

func (e element) attr(name string) string {
	for _, a := range e.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (e element) number(name string) float64 {
	v, err := strconv.ParseFloat(e.attr(name), 64)
	if err != nil {
		return 0
	}
	return v
}

var (
	cssRule = regexp.MustCompile(`\.([a-z-]+)\{([^}]*)\}`)
	cssSize = regexp.MustCompile(`font-size:([0-9.]+)px`)
	cssBold = regexp.MustCompile(`font-weight:(bold|[6-9]00)`)
)

// Read takes a picture apart.
func Read(document []byte) (Picture, error) {
	var root element
	if err := xml.Unmarshal(document, &root); err != nil {
		return Picture{}, fmt.Errorf("the picture is no XML: %w", err)
	}
	p := Picture{Width: root.number("width"), Height: root.number("height")}
	sizes, bold := map[string]float64{}, map[string]bool{}
	for _, e := range root.Inner {
		for _, rule := range cssRule.FindAllStringSubmatch(e.Text, -1) {
			if size := cssSize.FindStringSubmatch(rule[2]); size != nil {
				sizes[rule[1]], _ = strconv.ParseFloat(size[1], 64) // the expression admits numbers only
				bold[rule[1]] = cssBold.MatchString(rule[2])
			}
		}
	}
	for _, e := range root.Inner {
		switch e.XMLName.Local {
		case "rect":
			x, y := e.number("x"), e.number("y")
			p.Rects = append(p.Rects, Box{Left: x, Top: y, Right: x + e.number("width"), Bottom: y + e.number("height"), Class: e.attr("class")})
		case "text":
			size := 0.0
			var heavy bool
			for _, class := range strings.Fields(e.attr("class")) {
				if s, known := sizes[class]; known {
					size, heavy = s, bold[class]
				}
			}
			if size == 0 {
				return Picture{}, fmt.Errorf("the text %q has no size: class %q", e.Text, e.attr("class"))
			}
			p.Texts = append(p.Texts, textBox(e, size, heavy))
		case "path":
			if strings.Contains(e.attr("class"), "way") {
				ways, err := pieces(e.attr("d"))
				if err != nil {
					return Picture{}, err
				}
				p.Ways = append(p.Ways, ways...)
			}
		}
	}
	return p, nil
}

func textBox(e element, size float64, bold bool) Box {
	width := svg.Width(e.Text, size, bold)
	left, base := e.number("x"), e.number("y")
	switch e.attr("text-anchor") {
	case svg.Middle:
		left -= width / 2
	case svg.End:
		left -= width
	}
	return Box{Left: left, Right: left + width, Top: base - svg.Ascent*size, Bottom: base + svg.Descent*size, Text: e.Text, Class: e.attr("class")}
}

var pathStep = regexp.MustCompile(`([A-Za-z])([-0-9. ]*)`)

// pieces are the straight parts of a path of M, L, H, V and Z.
func pieces(d string) ([]Box, error) {
	var out []Box
	var x, y, beginX, beginY float64
	line := func(toX, toY float64) {
		out = append(out, Box{Left: min(x, toX), Right: max(x, toX), Top: min(y, toY), Bottom: max(y, toY)})
		x, y = toX, toY
	}
	for _, step := range pathStep.FindAllStringSubmatch(d, -1) {
		var at []float64
		for _, word := range strings.Fields(step[2]) {
			v, err := strconv.ParseFloat(word, 64)
			if err != nil {
				return nil, fmt.Errorf("path %q: %w", d, err)
			}
			at = append(at, v)
		}
		switch {
		case step[1] == "M" && len(at) == 2:
			x, y, beginX, beginY = at[0], at[1], at[0], at[1]
		case step[1] == "L" && len(at) == 2:
			line(at[0], at[1])
		case step[1] == "H" && len(at) == 1:
			line(at[0], y)
		case step[1] == "V" && len(at) == 1:
			line(x, at[0])
		case step[1] == "Z":
			line(beginX, beginY)
		default:
			return nil, fmt.Errorf("path %q: this reader knows M, L, H, V and Z with absolute numbers", d)
		}
	}
	return out, nil
}

// slack forgives rounding, in pixels.
const slack = 0.2

func overlap(a, b Box) bool {
	return a.Left < b.Right-slack && b.Left < a.Right-slack && a.Top < b.Bottom-slack && b.Top < a.Bottom-slack
}

func (b Box) holds(a Box) bool {
	return a.Left >= b.Left-slack && a.Right <= b.Right+slack && a.Top >= b.Top-slack && a.Bottom <= b.Bottom+slack
}

// Faults are what a reader would stumble over: texts on one another, texts that
// leave the box they begin in, boxes that cut through others, lines through text.
func (p Picture) Faults() []string {
	var out []string
	page := Box{Right: p.Width, Bottom: p.Height}
	for i, t := range p.Texts {
		for _, u := range p.Texts[i+1:] {
			if overlap(t, u) {
				out = append(out, fmt.Sprintf("the texts %q and %q lie on one another", t.Text, u.Text))
			}
		}
		if in := p.innermost(t, page); !in.holds(t) {
			out = append(out, fmt.Sprintf("the text %q leaves its box (%s)", t.Text, in.Class))
		}
		for _, w := range p.Ways {
			if w.Left < t.Right && t.Left < w.Right+0.001 && w.Top < t.Bottom && t.Top < w.Bottom+0.001 {
				out = append(out, fmt.Sprintf("a line runs through the text %q", t.Text))
			}
		}
	}
	for i, r := range p.Rects {
		if !page.holds(r) {
			out = append(out, fmt.Sprintf("a box (%s) leaves the picture", r.Class))
		}
		for _, s := range p.Rects[i+1:] {
			if overlap(r, s) && !r.holds(s) && !s.holds(r) && r.Class != "zone" && s.Class != "zone" {
				out = append(out, fmt.Sprintf("a box (%s) and a box (%s) cut through one another", r.Class, s.Class))
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// innermost is the box on which a text begins: the last that was painted there.
func (p Picture) innermost(t Box, page Box) Box {
	best := page
	y := (t.Top + t.Bottom) / 2
	for _, r := range p.Rects {
		if t.Left >= r.Left && t.Left <= r.Right && y >= r.Top && y <= r.Bottom {
			best = r
		}
	}
	return best
}

// Says are the texts of a picture, in the order in which they were drawn.
func (p Picture) Says() []string {
	var out []string
	for _, t := range p.Texts {
		out = append(out, t.Text)
	}
	return out
}
