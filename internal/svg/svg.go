package svg

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Paint is a colour in light and in dark mode, as #rrggbb.
type Paint struct{ Light, Dark string }

// Rule is one class of a style sheet.
type Rule struct {
	Class string
	// Fill and Stroke are its colours; a zero one says nothing.
	Fill, Stroke Paint
	// More is CSS that is the same in both modes.
	More string
}

// FontFamily of all text; the metrics are those of the fonts it names.
const FontFamily = `"Liberation Sans",Arial,Helvetica,sans-serif`

// Sheet is a style element: the light colours, and the dark ones for who asks for
// them. Readers that know no media queries show the light ones.
func Sheet(rules []Rule) string {
	var light, dark strings.Builder
	for _, r := range rules {
		light.WriteString("." + r.Class + "{" + colours(r.Fill.Light, r.Stroke.Light) + r.More + "}\n")
		if css := colours(r.Fill.Dark, r.Stroke.Dark); css != "" {
			dark.WriteString("." + r.Class + "{" + css + "}\n")
		}
	}
	return "<style>\ntext{font-family:" + FontFamily + "}\n" + light.String() + "@media (prefers-color-scheme:dark){\n" + dark.String() + "}\n</style>\n"
}

func colours(fill, stroke string) string {
	css := ""
	if fill != "" {
		css += "fill:" + fill + ";"
	}
	if stroke != "" {
		css += "stroke:" + stroke + ";"
	}
	return css
}

// Canvas collects elements. The zero value is ready.
type Canvas struct{ bytes.Buffer }

// Document is a whole picture with a name for those who cannot see it.
func Document(width, height float64, label, sheet string, body *Canvas) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" width="%s" height="%s" viewBox="0 0 %s %s" role="img" aria-label="%s">`+"\n",
		Num(width), Num(height), Num(width), Num(height), Escape(label))
	out.WriteString(sheet)
	fmt.Fprintf(&out, `<rect class="page" width="%s" height="%s"/>`+"\n", Num(width), Num(height))
	out.Write(body.Bytes())
	out.WriteString("</svg>\n")
	return out.Bytes()
}

// Rect draws a rectangle with round corners.
func (c *Canvas) Rect(class string, x, y, width, height, radius float64) {
	fmt.Fprintf(c, `<rect class="%s" x="%s" y="%s" width="%s" height="%s" rx="%s"/>`+"\n", class, Num(x), Num(y), Num(width), Num(height), Num(radius))
}

// Path draws a line.
func (c *Canvas) Path(class, d string) {
	fmt.Fprintf(c, `<path class="%s" d="%s"/>`+"\n", class, d)
}

// Anchors of a text: what x means.
const (
	Start  = ""
	Middle = "middle"
	End    = "end"
)

// Text writes a text at its baseline.
func (c *Canvas) Text(x, y float64, class, anchor, s string) {
	more := ""
	if anchor != Start {
		more = fmt.Sprintf(` text-anchor="%s"`, anchor)
	}
	fmt.Fprintf(c, `<text x="%s" y="%s" class="%s"%s>%s</text>`+"\n", Num(x), Num(y), class, more, Escape(s))
}

// Measured writes a text that is as wide as told in whatever font the reader has.
// Where it was shortened, whole is what a pointer on it shows.
func (c *Canvas) Measured(x, y float64, class, s string, width float64, whole string) {
	hint := ""
	if whole != s {
		hint = "<title>" + Escape(whole) + "</title>"
	}
	fmt.Fprintf(c, `<text x="%s" y="%s" class="%s" textLength="%s" lengthAdjust="spacingAndGlyphs">%s%s</text>`+"\n", Num(x), Num(y), class, Num(width), hint, Escape(s))
}

// Escape makes a text fit for XML, attributes included.
func Escape(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a buffer takes everything
	return b.String()
}

// Num is a number with one decimal at most.
func Num(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }

// Contrast of two colours by WCAG 2.1, 1 to 21; text needs 4.5. Source:
// https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio, read 2026-11.
func Contrast(a, b string) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func luminance(colour string) float64 {
	var l float64
	for i, share := range []float64{0.2126, 0.7152, 0.0722} {
		v, err := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
		if err != nil {
			return math.NaN() // no comparison with it holds
		}
		c := float64(v) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		l += share * c
	}
	return l
}
