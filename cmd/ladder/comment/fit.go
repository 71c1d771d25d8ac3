package comment

import (
	"math"
	"strings"
)

// Limits of a comment, in bytes, which are never fewer than characters.
const (
	// GitHub refuses a longer body ("body is too long (maximum is 65536
	// characters)"). Source: GitHub's own message on issue comments, read 2026-11.
	GitHub = 65536
	// GitLab's limit of a note. Source: docs.gitlab.com, "Application limits",
	// size of comments and descriptions, read 2026-11.
	GitLab = 1_000_000
)

// budget says how much of a long comment is shown.
type budget struct {
	rows       int  // of one table
	details    int  // changes listed one by one
	properties int  // of one change
	text       int  // bytes of one message
	bare       bool // without folded text
}

const all = math.MaxInt32

// budgets from everything to little: folded lists go first, what stops last.
var budgets = []budget{
	{all, all, all, all, false}, {all, all, 20, all, false}, {all, 400, 8, 20000, false}, {200, 200, 4, 10000, false}, {100, 60, 4, 8000, false},
	{60, 0, 0, 4000, false}, {30, 0, 0, 2000, true}, {10, 0, 0, 1000, true}, {3, 0, 0, 500, true}, {0, 0, 0, 200, true},
}

// Markdown is the comment in at most limit bytes. The marker, the verdict and the
// digests are in it however large the change is.
func Markdown(c Comment, limit int) string {
	for _, b := range budgets {
		p := &page{budget: b}
		p.write(c)
		if p.Len() <= limit {
			return p.String()
		}
	}
	return shortest(c, limit)
}

// shortest is the verdict and the digests alone, for very many stacks.
func shortest(c Comment, limit int) string {
	end := &page{}
	end.digests(c)
	p := &page{}
	p.f("%s\n## %s\n\nThe rest does not fit into a comment; `ladder report` on the command line prints it.\n\n", Marker(c.Where), headline(c))
	if p.Len()+end.Len() <= limit {
		return p.String() + end.String()
	}
	return strings.ToValidUTF8(p.String()[:min(limit, p.Len())], "")
}
