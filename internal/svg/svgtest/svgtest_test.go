package svgtest_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/internal/svg"
	"github.com/ladder-platform/ladder/internal/svg/svgtest"
)

var sheet = svg.Sheet([]svg.Rule{{Class: "t", More: "font-size:10px;"}, {Class: "b", More: "font-size:10px;font-weight:700;"}})

// TestFaultsAreSeen: a checker that sees nothing proves nothing.
func TestFaultsAreSeen(t *testing.T) {
	word := strings.Repeat("m", 10) // 83.3 wide at size 10
	tests := map[string]struct {
		draw func(c *svg.Canvas)
		want []string
	}{
		"nothing wrong": {func(c *svg.Canvas) {
			c.Rect("r", 5, 5, 90, 20, 0)
			c.Text(6, 18, "t", svg.Start, word)
			c.Path("way", "M5 30L90 30V40")
		}, nil},
		"texts on one another": {func(c *svg.Canvas) {
			c.Text(0, 50, "t", svg.Start, word)
			c.Text(83, 52, "t", svg.Start, "a")
		}, []string{`the texts "mmmmmmmmmm" and "a" lie on one another`}},
		"a text that is bold needs more room": {func(c *svg.Canvas) {
			c.Rect("r", 5, 5, 85, 20, 0)
			c.Text(6, 18, "b", svg.Start, word)
		}, []string{`the text "mmmmmmmmmm" leaves its box (r)`}},
		"a text in the innermost box": {func(c *svg.Canvas) {
			c.Rect("outer", 0, 0, 100, 50, 0)
			c.Rect("inner", 5, 5, 50, 20, 0)
			c.Text(6, 18, "t", svg.Start, word)
		}, []string{`the text "mmmmmmmmmm" leaves its box (inner)`}},
		"a text that leaves the page": {func(c *svg.Canvas) { c.Text(100, 50, "t", svg.End, word+word) }, []string{`the text "mmmmmmmmmmmmmmmmmmmm" leaves its box ()`}},
		"a line through a text": {func(c *svg.Canvas) {
			c.Text(0, 50, "t", svg.Start, word)
			c.Path("way", "M50 0V90")
		}, []string{`a line runs through the text "mmmmmmmmmm"`}},
		"boxes that cut": {func(c *svg.Canvas) {
			c.Rect("r", 0, 0, 50, 50, 0)
			c.Rect("s", 40, 40, 50, 50, 0)
		}, []string{"a box (r) and a box (s) cut through one another"}},
		"a box beyond the page": {func(c *svg.Canvas) { c.Rect("r", 90, 0, 50, 50, 0) }, []string{"a box (page) and a box (r) cut through one another", "a box (r) leaves the picture"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var c svg.Canvas
			tt.draw(&c)
			p, err := svgtest.Read(svg.Document(100, 100, "x", sheet, &c))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, p.Faults()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	for name, c := range map[string]struct{ text, says string }{
		"no XML":              {"<svg", "no XML"},
		"a text without size": {`<svg><text class="z">a</text></svg>`, `the text "a" has no size`},
		"a curve":             {`<svg><path class="way" d="M0 0c1 1 2 2 3 3"/></svg>`, "this reader knows"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := svgtest.Read([]byte(c.text)); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %v, want %q", err, c.says)
			}
		})
	}
}
