package progress

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

func TestPlainLinesWithoutATerminal(t *testing.T) {
	var b strings.Builder
	p := New(&b, 0, "up dev")
	p.Event(Event{URN: "a", What: "VPC a", Op: "create"})
	p.Event(Event{URN: "a", What: "VPC a", Op: "create", Done: true})
	p.Event(Event{URN: "b", What: "subnet b", Op: "same", Done: true})
	p.Event(Event{URN: "c", What: "subnet c", Op: "create", Done: true, Failed: true})
	p.Say("first bringing up %s", "dev")
	p.Close()
	want := "  create VPC a\n  FAILED create subnet c\nfirst bringing up dev\n"
	if b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}

func TestATerminalHasOneLineThatFits(t *testing.T) {
	var b strings.Builder
	p := New(&b, 30, "up dev")
	p.Event(Event{URN: "a", What: strings.Repeat("long ", 20), Op: "create"})
	drawn := strings.TrimPrefix(b.String(), "\r\x1b[K")
	if n := len([]rune(drawn)); n > 29 {
		t.Errorf("the line has %d columns of 30: %q", n, drawn)
	}
	b.Reset()
	p.Close()
	if b.String() != "\r\x1b[K" {
		t.Errorf("Close left %q", b.String())
	}
}

func TestEventsFromManyGoroutines(t *testing.T) {
	var b strings.Builder
	p := New(&b, 0, "up dev")
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			urn := fmt.Sprint(i)
			p.Event(Event{URN: urn, What: urn, Op: "create"})
			p.Event(Event{URN: urn, What: urn, Op: "create", Done: true})
		})
	}
	wg.Wait()
	if n := strings.Count(b.String(), "\n"); n != 50 {
		t.Errorf("got %d lines, want 50", n)
	}
}

func TestOneLineLeavesOutWhatWasDone(t *testing.T) {
	var b strings.Builder
	p := New(&b, 0, "preview dev")
	p.OneLine()
	p.Event(Event{URN: "a", What: "VPC a", Op: "create", Done: true})
	p.Event(Event{URN: "b", What: "subnet b", Op: "create", Done: true, Failed: true})
	if want := "  FAILED create subnet b\n"; b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}
