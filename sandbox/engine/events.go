package engine

import (
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// collector turns the engine's event stream into operations.
type collector struct {
	onEvent func(Event)

	lock    sync.Mutex
	ops     []Operation
	open    map[string]int // URN and operation to its index, while under way
	counts  map[string]int
	reread  int // references that a refresh found to read something new
	outputs map[string]any
	lines   []string // warnings and errors
	errs    []string
	seen    map[string]bool

	in   chan events.EngineEvent
	done chan struct{}
}

func collect(onEvent func(Event)) *collector {
	c := &collector{onEvent: onEvent, open: map[string]int{}, seen: map[string]bool{},
		in: make(chan events.EngineEvent), done: make(chan struct{})}
	go func() {
		defer close(c.done)
		for e := range c.in {
			if e.Error == nil {
				c.take(e.EngineEvent)
			}
		}
	}()
	return c
}

func (c *collector) take(e apitype.EngineEvent) {
	c.lock.Lock()
	defer c.lock.Unlock()
	switch {
	case e.ResourcePreEvent != nil:
		c.begin(e.ResourcePreEvent.Metadata)
	case e.ResOutputsEvent != nil:
		c.end(e.ResOutputsEvent.Metadata, false)
	case e.ResOpFailedEvent != nil:
		c.end(e.ResOpFailedEvent.Metadata, true)
	case e.DiagnosticEvent != nil:
		c.diagnose(*e.DiagnosticEvent)
	case e.SummaryEvent != nil:
		c.counts = map[string]int{}
		for op, n := range e.SummaryEvent.ResourceChanges {
			c.counts[string(op)] = n
		}
		if c.reread > 0 {
			c.counts["read"] += c.reread
			if c.counts["update"] -= c.reread; c.counts["update"] <= 0 {
				delete(c.counts, "update")
			}
		}
	}
}

func (c *collector) begin(m apitype.StepEventMetadata) {
	op := Operation{URN: m.URN, Type: m.Type, Name: nameOf(m.URN), Op: string(m.Op), Keys: m.Keys, Diff: diffs(m)}
	for _, s := range []*apitype.StepEventStateMetadata{m.Old, m.New} {
		if s != nil {
			op.Parent, op.Protected, op.Custom = s.Parent, s.Protect, s.Custom
			if s.ID != "" && s.ID != unknownSig {
				op.ID = s.ID
			}
		}
	}
	if m.New != nil {
		op.Inputs = mask(m.New.Inputs)
	}
	c.open[m.URN+" "+op.Op] = len(c.ops)
	c.ops = append(c.ops, op)
	c.tell(Event{URN: op.URN, Type: op.Type, Name: op.Name, Op: op.Op})
}

func (c *collector) end(m apitype.StepEventMetadata, failed bool) {
	i, ok := c.open[m.URN+" "+string(m.Op)]
	if !ok {
		// A refresh ends as what it found: update, delete or same.
		if i, ok = c.open[m.URN+" refresh"]; !ok {
			return
		}
		if op := string(m.Op); op != "same" && m.Type == referenceType {
			// A reference holds what another run recorded; that it reads something
			// new is nobody's drift. Of a stack that reads its own record, every
			// refresh after an up does.
			c.ops[i].Op = "read"
			c.reread++
		} else if op != "same" {
			c.ops[i].Op = op
			c.ops[i].Diff = diffs(m)
		}
	}
	op := &c.ops[i]
	op.Done, op.Failed = true, failed
	if m.New != nil {
		if m.New.ID != "" && m.New.ID != unknownSig {
			op.ID = m.New.ID
		}
		if m.Type == stackType {
			c.outputs = mask(m.New.Outputs)
		} else if !op.Custom {
			op.Outputs = mask(m.New.Outputs)
		}
	}
	c.tell(Event{URN: op.URN, Type: op.Type, Name: op.Name, Op: op.Op, Done: true, Failed: failed})
}

func (c *collector) tell(e Event) {
	if c.onEvent != nil {
		c.onEvent(e)
	}
}

func (c *collector) diagnose(d apitype.DiagnosticEvent) {
	if d.Severity != "error" && d.Severity != "warning" {
		return
	}
	text := plainText(d.Message)
	if text == "" || text == "update failed" || text == "preview failed" {
		return
	}
	line := text
	if d.URN != "" && !strings.Contains(d.URN, stackType) {
		line = typeOf(d.URN) + " \"" + nameOf(d.URN) + "\": " + text
	}
	if c.seen[line] {
		return
	}
	c.seen[line] = true
	if d.Severity == "error" {
		c.errs = append(c.errs, line)
	}
	c.lines = append(c.lines, d.Severity+": "+line)
}

// nameOf and typeOf take a URN apart: urn:pulumi:stack::project::types::name,
// where types are joined by "$" and a name may hold "::".
func nameOf(urn string) string {
	if parts := strings.SplitN(urn, "::", 4); len(parts) == 4 {
		return parts[3]
	}
	return urn
}

func typeOf(urn string) string {
	if parts := strings.SplitN(urn, "::", 4); len(parts) == 4 {
		return parts[2][strings.LastIndex(parts[2], "$")+1:]
	}
	return ""
}
