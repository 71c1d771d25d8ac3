package svg

import "strings"

// Advance widths of ASCII 32 to 126 in Liberation Sans, whose metrics are those of
// Arial and Helvetica, in units of 1/2048 of the size. Source: hmtx and cmap of
// LiberationSans-Regular and -Bold 2.1.4, github.com/go-fonts/liberation v0.3.3,
// read 2026-11; a test reads them again.
var (
	regularWidths = [95]int{
		569, 569, 727, 1139, 1139, 1821, 1366, 391, 682, 682, 797, 1196, 569, 682, 569, 569,
		1139, 1139, 1139, 1139, 1139, 1139, 1139, 1139, 1139, 1139, 569, 569, 1196, 1196, 1196, 1139,
		2079, 1366, 1366, 1479, 1479, 1366, 1251, 1593, 1479, 569, 1024, 1366, 1139, 1706, 1479, 1593,
		1366, 1593, 1479, 1366, 1251, 1479, 1366, 1933, 1366, 1366, 1251, 569, 569, 569, 961, 1139,
		682, 1139, 1139, 1024, 1139, 1139, 569, 1139, 1139, 455, 455, 1024, 455, 1706, 1139, 1139,
		1139, 1139, 682, 1024, 569, 1139, 1024, 1479, 1024, 1024, 1024, 684, 532, 684, 1196,
	}
	boldWidths = [95]int{
		569, 682, 971, 1139, 1139, 1821, 1479, 487, 682, 682, 797, 1196, 569, 682, 569, 569,
		1139, 1139, 1139, 1139, 1139, 1139, 1139, 1139, 1139, 1139, 682, 682, 1196, 1196, 1196, 1251,
		1997, 1479, 1479, 1479, 1479, 1366, 1251, 1593, 1479, 569, 1139, 1479, 1251, 1706, 1479, 1593,
		1366, 1593, 1479, 1366, 1251, 1479, 1366, 1933, 1366, 1366, 1251, 682, 569, 682, 1196, 1139,
		682, 1139, 1251, 1139, 1251, 1139, 682, 1251, 1251, 569, 569, 1139, 569, 1821, 1251, 1251,
		1251, 1251, 797, 1139, 682, 1251, 1139, 1593, 1139, 1139, 1024, 797, 573, 797, 1196,
	}
	// otherWidths are the same in both.
	otherWidths = map[rune]int{'·': 682, '…': 2048, '–': 1139, '—': 2048, '→': 2048, '←': 2048, '↓': 1024, '×': 1196, '≥': 1124}
)

// Of the same font: how far letters reach above and below the baseline.
const (
	unitsPerEm = 2048
	Ascent     = 1854.0 / unitsPerEm
	Descent    = 434.0 / unitsPerEm
)

// widest is the width of what the table does not have: one em, as wide as its
// widest signs.
const widest = 2048

// Advance is how wide a sign is, in units of 1/2048 of the size.
func Advance(r rune, bold bool) int {
	if r >= ' ' && r <= '~' {
		if bold {
			return boldWidths[r-' ']
		}
		return regularWidths[r-' ']
	}
	if w, known := otherWidths[r]; known {
		return w
	}
	return widest
}

// Width is how wide a text is.
func Width(s string, size float64, bold bool) float64 {
	sum := 0
	for _, r := range s {
		sum += Advance(r, bold)
	}
	return float64(sum) * size / unitsPerEm
}

// Fit is the text if there is room for it, else its beginning and an ellipsis.
func Fit(s string, size float64, bold bool, room float64) string {
	if Width(s, size, bold) <= room {
		return s
	}
	letters := []rune(s)
	for n := len(letters) - 1; n > 0; n-- {
		if cut := strings.TrimRight(string(letters[:n]), " ,·") + "…"; Width(cut, size, bold) <= room {
			return cut
		}
	}
	return ""
}

// Wrap breaks a text at blanks into lines that fit; a longer word has a line of its own.
func Wrap(s string, size float64, bold bool, room float64) []string {
	var out []string
	line := ""
	for _, word := range strings.Fields(s) {
		switch {
		case line == "":
			line = word
		case Width(line+" "+word, size, bold) <= room:
			line += " " + word
		default:
			out = append(out, line)
			line = word
		}
	}
	return append(out, line)
}
