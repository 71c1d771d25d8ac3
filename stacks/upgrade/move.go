package upgrade

import (
	"fmt"
	"strings"

	cluster "github.com/ladder-platform/ladder/components/cluster/spec"
	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/internal/yamledit"
	"github.com/ladder-platform/ladder/stacks/config"
)

// Recorded is what the stack's record says of its slots.
type Recorded struct {
	// Release that the stack runs.
	Release string
	// Slots by "<cluster>/<group>/<slot>".
	Slots map[string]RecordedSlot
}

// RecordedSlot is one slot as the last successful up left it.
type RecordedSlot struct {
	State   string
	Drained bool
}

// Next is the next run of a stack whose groups move from slot to slot, and its
// edits: first what is under way is finished, then, with begin, a climb begins.
// A finding says why the state does not allow it yet.
//
// What is under way is read from the file: a slot that drains goes; a live slot
// on another release than its cluster's, beside one on the cluster's, drains.
// Whether the stack is that far is read from the record.
func Next(in Input, record *Recorded, begin bool) (Run, finding.List) {
	m := mover{in: in, record: record}
	for _, key := range sortedKeys(in.Stack.Clusters) {
		m.cluster(key)
	}
	switch {
	case len(m.found) > 0:
		return Run{}, m.found
	case len(m.removals) > 0:
		return Run{Title: "remove the old slots, which are empty", Edits: m.removals}, m.later()
	case len(m.drains) > 0:
		return Run{Title: "move the pods off the old slots", Edits: m.drains}, nil
	case !begin:
		m.found.Add("release", fmt.Sprintf("begin the climb with --to %q", in.To.Name), "no node group of the file is between two slots")
		return Run{}, m.found
	case record != nil && record.Release != in.From.Name:
		m.found.Add("release", "run up, or set the release back", "the file is on release %q and the stack runs %q", in.From.Name, record.Release)
		return Run{}, m.found
	}
	plan := New(in)
	return plan.Runs[0], plan.Findings.Errors()
}

// mover collects what is under way.
type mover struct {
	in               Input
	record           *Recorded
	removals, drains []Edit
	found            finding.List
}

func (m *mover) cluster(key string) {
	c := m.in.Stack.Clusters[key]
	zones := m.in.Stack.Networks[c.Network].Zones
	runs := m.in.Stack.ClusterRelease(key)
	for _, name := range sortedKeys(c.NodeGroups) {
		if c.NodeGroups[name].Upgrade != cluster.BlueGreen {
			continue
		}
		one := cluster.Config{NodeGroups: map[string]cluster.NodeGroup{name: c.NodeGroups[name]}}
		var old, current []cluster.NodeSlot
		for _, s := range one.Slots(zones, runs) {
			switch {
			case s.State == cluster.Draining:
				m.remove(key, s)
			case s.Release == runs:
				current = append(current, s)
			default:
				old = append(old, s)
			}
		}
		for _, s := range old {
			m.drain(key, s, current)
		}
	}
}

// remove is allowed when the record says that the slot is empty.
func (m *mover) remove(key string, s cluster.NodeSlot) {
	at, slot := slotPath(key, s), key+"/"+s.Group+"/"+s.Slot
	switch was, known := m.slot(slot); {
	case m.record == nil:
		m.unknown(at)
	case !known || !was.Drained:
		m.found.Add(at, "run up until its drain Job has ended; then this step removes the entry", "the stack's record does not say that the slot is drained")
	default:
		m.removals = append(m.removals, removeEdit(key, s))
	}
}

// drain is allowed when a live slot that runs is there to take the pods.
func (m *mover) drain(key string, s cluster.NodeSlot, current []cluster.NodeSlot) {
	at := slotPath(key, s)
	if m.record == nil {
		m.unknown(at)
		return
	}
	for _, next := range current {
		if was, known := m.slot(key + "/" + next.Group + "/" + next.Slot); known && was.State == cluster.Live {
			m.drains = append(m.drains, drainEdit(key, s))
			return
		}
	}
	m.found.Add(at, "run up, so that the new slot is there; then this step drains the old one", "no live slot that the stack's record knows is there to take its pods")
}

func (m *mover) slot(key string) (RecordedSlot, bool) {
	if m.record == nil {
		return RecordedSlot{}, false
	}
	s, known := m.record.Slots[key]
	return s, known
}

func (m *mover) unknown(at string) {
	m.found.Add(at, "give --sandbox, or --record with what pulumi stack output record prints", "whether the stack is that far was not read")
}

// later says what waits for the next call.
func (m *mover) later() finding.List {
	var out finding.List
	if len(m.drains) > 0 {
		out.Warn("release", "run up, then call this again", "%d slots are still to be drained", len(m.drains))
	}
	return out
}

// Write makes the edits of a run in the text of a stack file and leaves the rest as it is.
func (r Run) Write(text []byte) ([]byte, error) {
	var edits []yamledit.Edit
	for _, e := range r.Edits {
		path := strings.Split(e.Path, ".")
		path[0] = config.Namespace + path[0]
		edits = append(edits, yamledit.Edit{Path: append([]string{"config"}, path...), Value: e.New})
	}
	return yamledit.Apply(text, edits...)
}
