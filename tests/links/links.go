package links

import (
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Link is one link of a page.
type Link struct {
	Page string // path of the page, with slashes
	Line int
	To   string
}

var (
	inline    = regexp.MustCompile(`!?\[(?:[^\]\[]|\[[^\]]*\])*\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)`)
	reference = regexp.MustCompile(`^\[[^\]^]+\]:\s+<?([^\s>]+)>?`)
	attribute = regexp.MustCompile(`(?:href|src|srcset)="([^"]+)"`)
	codeSpan  = regexp.MustCompile("`[^`]*`")
	heading   = regexp.MustCompile(`^#{1,6}\s+(.*?)\s*#*$`)
	named     = regexp.MustCompile(`(?:id|name)="([^"]+)"`)
	linkText  = regexp.MustCompile(`!?\[((?:[^\]\[]|\[[^\]]*\])*)\]\([^)]*\)`)
)

// Links are those of a Markdown page, without what is quoted as code.
func Links(page, text string) []Link {
	var out []Link
	for i, line := range prose(text) {
		line = codeSpan.ReplaceAllString(line, "")
		for _, form := range []*regexp.Regexp{inline, reference, attribute} {
			for _, m := range form.FindAllStringSubmatch(line, -1) {
				out = append(out, Link{page, i + 1, m[1]})
			}
		}
	}
	return out
}

// prose are the lines of a page, those of code blocks emptied.
func prose(text string) []string {
	lines := strings.Split(text, "\n")
	fence := ""
	for i, line := range lines {
		start := strings.TrimLeft(line, " ")
		mark := ""
		for _, m := range []string{"```", "~~~"} {
			if strings.HasPrefix(start, m) {
				mark = m
			}
		}
		switch {
		case fence == "" && mark != "":
			fence = mark
			lines[i] = ""
		case fence != "":
			if mark == fence {
				fence = ""
			}
			lines[i] = ""
		}
	}
	return lines
}

// Anchors of a page, as GitHub makes them of headings: lower case, blanks to
// hyphens, letters, digits, hyphens and underscores kept, a number for what is
// there twice. Source: github.com/gjtorikian/html-pipeline, toc_filter.rb, which
// GitHub's renderer followed, read 2026-11.
func Anchors(text string) map[string]bool {
	out := map[string]bool{}
	seen := map[string]int{}
	for _, line := range prose(text) {
		for _, m := range named.FindAllStringSubmatch(line, -1) {
			out[m[1]] = true
		}
		m := heading.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		anchor := slug(linkText.ReplaceAllString(m[1], "$1"))
		if n := seen[anchor]; n > 0 {
			out[fmt.Sprintf("%s-%d", anchor, n)] = true
		} else {
			out[anchor] = true
		}
		seen[anchor]++
	}
	return out
}

func slug(title string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(title) {
		switch {
		case r == ' ':
			b.WriteRune('-')
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Pages are the Markdown files of a tree, README.md and those of docs, that
// people read as pages; fixtures of tests are none.
func Pages(root fs.FS) ([]string, error) {
	var out []string
	err := fs.WalkDir(root, ".", func(at string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		hidden := strings.HasPrefix(d.Name(), ".") && at != "."
		if d.IsDir() && (hidden || d.Name() == "testdata" || d.Name() == "node_modules") {
			return fs.SkipDir
		}
		if !d.IsDir() && path.Ext(at) == ".md" {
			out = append(out, at)
		}
		return nil
	})
	return out, err
}

// Check says what is wrong with the links of pages.
func Check(root string, pages []string) ([]string, error) {
	var out []string
	texts := map[string]string{}
	reached := map[string]bool{"README.md": true}
	for _, page := range pages {
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(page)))
		if err != nil {
			return nil, err
		}
		texts[page] = string(text)
	}
	for _, page := range pages {
		for _, l := range Links(page, texts[page]) {
			to, wrong := follow(root, l, texts)
			if wrong != "" {
				out = append(out, fmt.Sprintf("%s:%d: %s: %s", l.Page, l.Line, l.To, wrong))
			}
			if to != page {
				reached[to] = true
			}
		}
	}
	for _, page := range pages {
		folder := path.Dir(page)
		if strings.HasPrefix(page, "docs/") && !reached[page] && !reached[folder] {
			out = append(out, page+": no page leads here; link it where its reader comes from")
		}
	}
	slices.Sort(out)
	return out, nil
}

// follow goes where a link leads and says what is missing there.
func follow(root string, l Link, texts map[string]string) (to, wrong string) {
	u, err := url.Parse(l.To)
	if err != nil {
		return "", "is no link: " + err.Error()
	}
	if u.Scheme != "" || u.Host != "" {
		return "", "" // of another site: a test does not ask the network
	}
	to = l.Page
	if u.Path != "" {
		to = path.Join(path.Dir(l.Page), u.Path)
	}
	if strings.HasPrefix(to, "..") || path.IsAbs(u.Path) {
		return to, "leads out of the repository"
	}
	if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(to))); err != nil {
		return to, "there is no such file"
	}
	if u.Fragment == "" {
		return to, ""
	}
	text, isPage := texts[to]
	if !isPage {
		return to, "only pages have anchors"
	}
	if !Anchors(text)[u.Fragment] {
		return to, fmt.Sprintf("%s has no heading %q", to, u.Fragment)
	}
	return to, ""
}
