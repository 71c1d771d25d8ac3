// Package progress shows what a long run is doing: one line that is rewritten
// on a terminal, a plain line per finished operation otherwise. It is pure.
package progress

import (
	"fmt"
	"io"
	"sort"
	"strings"
	"sync"
)

// Event is the begin or the end of an operation.
type Event struct {
	URN  string
	What string // "EKS control plane cluster-main-eks"
	Op   string // create, update …
	// Done is false at the begin and true at the end.
	Done bool
	// Failed is true when the operation ended with an error.
	Failed bool
}

// Printer prints events. Its methods may be called from any goroutine.
type Printer struct {
	mu      sync.Mutex
	w       io.Writer
	width   int // 0: no terminal
	title   string
	running map[string]string
	done    int
	drawn   bool
	oneLine bool
}

// New prints on w; width is the terminal's, 0 when w is none.
func New(w io.Writer, width int, title string) *Printer {
	return &Printer{w: w, width: width, title: title, running: map[string]string{}}
}

// OneLine leaves out the line per finished operation: without a terminal
// nothing but failures and Say is printed.
func (p *Printer) OneLine() { p.oneLine = true }

// Quiet operations change nothing and get no line of their own.
func quiet(op string) bool { return op == "same" || op == "read" || op == "refresh" }

// Event shows one event.
func (p *Printer) Event(e Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !e.Done {
		p.running[e.URN] = e.What
		p.draw()
		return
	}
	delete(p.running, e.URN)
	p.done++
	switch {
	case e.Failed:
		p.line(fmt.Sprintf("  FAILED %s %s", e.Op, e.What))
	case p.width == 0 && !p.oneLine && !quiet(e.Op):
		p.line(fmt.Sprintf("  %s %s", e.Op, e.What))
	}
	p.draw()
}

// Say prints a line of its own.
func (p *Printer) Say(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.line(fmt.Sprintf(format, args...))
}

// Close wipes the rewritten line.
func (p *Printer) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wipe()
}

func (p *Printer) line(s string) {
	p.wipe()
	fmt.Fprintln(p.w, s)
}

func (p *Printer) wipe() {
	if p.drawn {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.drawn = false
	}
}

// draw rewrites the terminal's line: how many are done and what is running.
func (p *Printer) draw() {
	if p.width == 0 {
		return
	}
	names := make([]string, 0, len(p.running))
	for _, what := range p.running {
		names = append(names, what)
	}
	sort.Strings(names)
	s := fmt.Sprintf("%s: %d done", p.title, p.done)
	if len(names) > 0 {
		s += fmt.Sprintf(", %d running: %s", len(names), strings.Join(names, ", "))
	}
	if r := []rune(s); len(r) > p.width-1 {
		s = string(r[:max(p.width-2, 0)]) + "…"
	}
	fmt.Fprint(p.w, "\r\x1b[K"+s)
	p.drawn = true
}
