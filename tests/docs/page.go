package docs

import (
	"fmt"
	"strings"
)

// Block is a fenced block of a page.
type Block struct {
	// Heading is the nearest one of level two before it, Line where it begins.
	Heading, Language, Text string
	Line                    int
}

// Blocks are the fenced blocks of a page, in order.
func Blocks(page string) ([]Block, error) {
	var out []Block
	var open *Block
	heading := ""
	for i, line := range strings.Split(page, "\n") {
		fence, isFence := strings.CutPrefix(strings.TrimSpace(line), "```")
		switch {
		case isFence && open == nil:
			open = &Block{Heading: heading, Language: fence, Line: i + 1}
		case isFence:
			out, open = append(out, *open), nil
		case open != nil:
			open.Text += line + "\n"
		case strings.HasPrefix(line, "## "):
			heading = strings.TrimPrefix(line, "## ")
		}
	}
	if open != nil {
		return nil, fmt.Errorf("line %d: a block that nobody closes", open.Line)
	}
	return out, nil
}

// Commands are the lines of a block that run ladder, without what explains them:
// from # on, or after three spaces.
func (b Block) Commands() []string {
	var out []string
	for _, line := range strings.Split(b.Text, "\n") {
		line = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "$ "))
		line = strings.TrimPrefix(line, ".ladder/bin/")
		if !strings.HasPrefix(line, "ladder ") {
			continue
		}
		line, _, _ = strings.Cut(line, " #")
		line, _, _ = strings.Cut(line, "   ")
		out = append(out, strings.TrimSpace(line))
	}
	return out
}

// Apply makes the edit of a diff block in a text: context and removed lines must
// stand there once, as they are, and added lines take the place of removed ones.
func Apply(text, diff string) (string, error) {
	var before, after strings.Builder
	for _, line := range strings.SplitAfter(diff, "\n") {
		switch {
		case line == "" || strings.HasPrefix(line, "---") || strings.HasPrefix(line, "+++"):
		case line[0] == '-':
			before.WriteString(line[1:])
		case line[0] == '+':
			after.WriteString(line[1:])
		case line[0] == ' ':
			before.WriteString(line[1:])
			after.WriteString(line[1:])
		default:
			return "", fmt.Errorf("the line %q of a diff begins with none of space, - and +", strings.TrimSpace(line))
		}
	}
	if n := strings.Count(text, before.String()); n != 1 {
		return "", fmt.Errorf("what the diff changes is there %d times, want once:\n%s", n, before.String())
	}
	return strings.Replace(text, before.String(), after.String(), 1), nil
}

// Edited is the file that a diff block names in its first line, "--- FILE".
func (b Block) Edited() (string, error) {
	first, _, _ := strings.Cut(b.Text, "\n")
	name, ok := strings.CutPrefix(first, "--- ")
	if !ok {
		return "", fmt.Errorf("line %d: a diff begins with the line --- FILE", b.Line)
	}
	return strings.TrimSpace(name), nil
}
