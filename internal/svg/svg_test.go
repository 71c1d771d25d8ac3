package svg_test

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/internal/svg"
)

func TestTextIsMeasured(t *testing.T) {
	// W is 1933 of 2048 and i 455 in the regular weight; W is 1933, i 569 in bold.
	for name, c := range map[string]struct {
		text string
		bold bool
		want float64
	}{
		"nothing":         {"", false, 0},
		"regular":         {"Wi", false, (1933 + 455) * 10.0 / 2048},
		"bold":            {"Wi", true, (1933 + 569) * 10.0 / 2048},
		"a middle dot":    {"·", false, 682 * 10.0 / 2048},
		"an unknown sign": {"語", false, 10},
	} {
		t.Run(name, func(t *testing.T) {
			if got := svg.Width(c.text, 10, c.bold); math.Abs(got-c.want) > 1e-9 {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}

func TestFitNeverNeedsMoreRoom(t *testing.T) {
	const text = "m6i.large, m5.large · 2–6 nodes"
	for room := 0.0; room < 260; room += 3 {
		got := svg.Fit(text, 12, false, room)
		if w := svg.Width(got, 12, false); w > room {
			t.Errorf("%q is %.1f wide, there is room for %.1f", got, w, room)
		}
		if strings.HasSuffix(strings.TrimSuffix(got, "…"), " ") {
			t.Errorf("%q ends with a blank", got)
		}
	}
	if got := svg.Fit(text, 12, false, 1000); got != text {
		t.Errorf("%q, there was room for all", got)
	}
}

func TestWrap(t *testing.T) {
	for name, c := range map[string]struct {
		text, room string // as much room as this needs
		want       []string
	}{
		"short":            {"a b", "aaaaa", []string{"a b"}},
		"just fits":        {"aaa bbb", "aaa bbb", []string{"aaa bbb"}},
		"one over":         {"aaa bbb", "aaa bb", []string{"aaa", "bbb"}},
		"a long word":      {"a bbbbbbbb c", "aaaa", []string{"a", "bbbbbbbb", "c"}},
		"nothing":          {"", "aaaa", []string{""}},
		"many blanks":      {"a   b", "a b", []string{"a b"}},
		"signs, not bytes": {"··· ···", "··· ···", []string{"··· ···"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, svg.Wrap(c.text, 12, true, svg.Width(c.room, 12, true))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestADocumentIsXMLWhateverItSays(t *testing.T) {
	var c svg.Canvas
	nasty := "<script>\"&'\x01"
	c.Rect("box", 1.25, 2, 3, 4, 5)
	c.Path("line", "M0 0h1")
	c.Text(1, 2, "a", svg.Middle, nasty)
	c.Measured(1, 2, "a", nasty, 12.34, nasty+" and more")
	sheet := svg.Sheet([]svg.Rule{{Class: "page", Fill: svg.Paint{Light: "#ffffff", Dark: "#000000"}}, {Class: "line", More: "fill:none;"}})
	text := string(svg.Document(10, 20, nasty, sheet, &c))
	texts := 0
	for dec := xml.NewDecoder(strings.NewReader(text)); ; {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		if s, is := token.(xml.StartElement); is && s.Name.Local == "text" {
			texts++
		}
	}
	for _, part := range []string{`x="1.3"`, `textLength="12.3"`, "@media (prefers-color-scheme:dark){\n.page{fill:#000000;}\n}", ".line{fill:none;}", " and more</title>"} {
		if !strings.Contains(text, part) {
			t.Errorf("%s is not in\n%s", part, text)
		}
	}
	if texts != 2 || strings.Contains(text, "<script>") {
		t.Errorf("%d texts in\n%s", texts, text)
	}
}

func TestContrast(t *testing.T) {
	for name, c := range map[string]struct {
		a, b string
		want float64
	}{
		"black on white":                        {"#000000", "#ffffff", 21},
		"the same":                              {"#123456", "#123456", 1},
		"grey on white, the darkest that fails": {"#777777", "#ffffff", 4.48},
	} {
		t.Run(name, func(t *testing.T) {
			if got := svg.Contrast(c.a, c.b); math.Abs(got-c.want) > 0.01 {
				t.Errorf("%.2f, want %.2f", got, c.want)
			}
		})
	}
	if got := svg.Contrast("#zzzzzz", "#ffffff"); got >= 4.5 {
		t.Errorf("no colour has a contrast of %v", got)
	}
}
