package comment

import (
	"encoding/json"
	"html"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// longest value that is shown in full; a table cell is for reading.
const longest = 80

// unknownText stands for what a preview cannot know.
const unknownText = "known after the up"

// masked stands for what a reader must not see.
const masked = "[secret]"

// sensitive are last parts of property paths whose values nobody should see,
// whether the provider marked them or not: a second lock behind the engine's own
// masking. Names and addresses of secrets (secretName, secretArn) are no secrets.
var sensitive = regexp.MustCompile(`(?i)(password|passwd|passphrase|secretstring|secretbinary|secretvalue|privatekey|privatekeypem|token|apikey|accesskey|secretkey|kubeconfig|stringdata)$`)

// inside are parts that make everything below them secret.
var inside = regexp.MustCompile(`(?i)(^|[.\["])(stringdata|privatekeypem|kubeconfigs?)($|[.\]"])`)

// hidden is the value, or a word in its place.
func hidden(token, path string, v any) any {
	switch {
	case v == nil:
		return nil
	case strings.HasSuffix(token, ":Secret") && (first(path) == "data" || first(path) == "stringData"),
		sensitive.MatchString(strings.TrimRight(path, `"]`)), inside.MatchString(path):
		return masked
	}
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, inner := range v {
			out[k] = hidden(token, path+"."+k, inner)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, inner := range v {
			out[i] = hidden(token, path, inner)
		}
		return out
	}
	return v
}

// text writes a value on one line.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		if v == "[unknown]" {
			return unknownText
		}
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	b, err := json.Marshal(v)
	if err != nil {
		return "(a value that cannot be written)"
	}
	return strings.ReplaceAll(string(b), `"[unknown]"`, unknownText)
}

// value is a value in a code span; absent says so.
func value(v any) string {
	if v == nil {
		return "nothing"
	}
	s := text(v)
	if s == "" {
		return "empty"
	}
	return code(s)
}

// plain takes away what would break a line, hide text or turn it round.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r' || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r):
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// Code is a code span of text that others wrote.
func Code(s string) string { return code2(s) }

// code is a code span that nothing in s can leave: its fence is longer than any
// row of backticks in s. A bar is escaped, because a table's cells are cut before
// anything else is read. Source: GitHub Flavored Markdown, 6.3 and 4.10, read 2026-11.
func code(s string) string {
	s = cut(plain(s), longest)
	if s == "" {
		return "empty"
	}
	fence := strings.Repeat("`", longestRow(s, '`')+1)
	pad := ""
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		pad = " "
	}
	return fence + pad + strings.ReplaceAll(s, "|", `\|`) + pad + fence
}

// block is a fenced block that nothing in s can leave.
func block(s string) string {
	var b strings.Builder
	for _, line := range strings.Split(s, "\n") {
		b.WriteString(strings.TrimRightFunc(strings.Map(func(r rune) rune {
			if r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
				return -1
			}
			return r
		}, line), unicode.IsSpace) + "\n")
	}
	fence := strings.Repeat("`", max(3, longestRow(s, '`')+1))
	return fence + "text\n" + strings.TrimRight(b.String(), "\n") + "\n" + fence + "\n"
}

func longestRow(s string, of rune) int {
	row, longest := 0, 0
	for _, r := range s {
		if r != of {
			row = 0
			continue
		}
		row++
		longest = max(longest, row)
	}
	return longest
}

// summary is the heading of folded text: HTML, where Markdown is not read.
func summary(s string) string { return html.EscapeString(plain(s)) }
