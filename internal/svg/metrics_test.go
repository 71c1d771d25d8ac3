package svg

import (
	"testing"

	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// TestTheTableIsTheFont reads the widths from the font's own files.
func TestTheTableIsTheFont(t *testing.T) {
	for name, c := range map[string]struct {
		file []byte
		bold bool
	}{"regular": {liberationsansregular.TTF, false}, "bold": {liberationsansbold.TTF, true}} {
		t.Run(name, func(t *testing.T) {
			f, err := sfnt.Parse(c.file)
			if err != nil {
				t.Fatal(err)
			}
			var b sfnt.Buffer
			for r := ' '; r <= '~'; r++ {
				compare(t, f, &b, r, c.bold)
			}
			for r := range otherWidths {
				compare(t, f, &b, r, c.bold)
			}
			m, err := f.Metrics(&b, fixed.I(unitsPerEm), font.HintingNone)
			if err != nil || f.UnitsPerEm() != unitsPerEm {
				t.Fatalf("%v, %d units per em", err, f.UnitsPerEm())
			}
			if up, down := m.Ascent.Round(), m.Descent.Round(); float64(up)/unitsPerEm != Ascent || float64(down)/unitsPerEm != Descent {
				t.Errorf("the font reaches %d above and %d below the baseline", up, down)
			}
		})
	}
}

func compare(t *testing.T, f *sfnt.Font, b *sfnt.Buffer, r rune, bold bool) {
	t.Helper()
	glyph, err := f.GlyphIndex(b, r)
	if err != nil || glyph == 0 {
		t.Fatalf("the font has no %q: %v", r, err)
	}
	width, err := f.GlyphAdvance(b, glyph, fixed.I(unitsPerEm), font.HintingNone)
	if err != nil {
		t.Fatal(err)
	}
	if got := Advance(r, bold); got != width.Round() {
		t.Errorf("%q is %d wide in the table and %d in the font", r, got, width.Round())
	}
}
