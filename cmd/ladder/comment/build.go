package comment

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/cmd/ladder/report"
	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/upgrade"
)

// Side is a stack before or after the change.
type Side struct {
	Config config.Stack
	Cost   *report.Cost
	// Outputs of the stack, nil where nobody knows them.
	Outputs map[string]any
}

// Input is what a stack's part of the comment is made of.
type Input struct {
	Name, File string
	// Before is nil for a stack that is new.
	Before *Side
	// After is nil when its file cannot be read.
	After      *Side
	Note       string
	Operations []report.Operation
	// Previewed says that there was a preview, and Refused how it failed.
	Previewed bool
	Refused   string
	// Tried says that the up has been run in the simulated cloud and went well.
	Tried    bool
	Findings finding.List
	Messages []string
	Time     string
	Climb    *Climb
}

// NewStack judges one stack.
func NewStack(in Input) Stack {
	s := Stack{Name: in.Name, File: in.File, Note: in.Note, Refused: in.Refused, Findings: in.Findings, Messages: in.Messages,
		Tried: in.Tried, Changes: []Change{}, Worst: upgrade.None, Time: in.Time, Climb: in.Climb}
	s.judge(in.Operations)
	s.New = fresh(s)
	if in.Previewed && in.Refused == "" {
		s.Digest = Digest(in.Operations)
	}
	if in.After == nil {
		return s
	}
	after := in.After.Config
	s.Stage, s.Release.After = after.Environment.Stage, after.Release
	if in.Before != nil {
		s.Release.Before = in.Before.Config.Release
	}
	if o := after.Promotion.Override; o != nil {
		s.Override = &Override{Release: o.Release, Reason: o.Reason, ApprovedBy: o.ApprovedBy, Until: o.Until}
	}
	s.Rooms, s.Nodes = rooms(in.Before, in.After), nodes(in.Before, in.After)
	s.Cost = costs(in.Before, in.After)
	switch {
	case len(s.Changes) == 0:
	case in.After.Outputs == nil:
		s.Outputs = &Outputs{Unknown: "pulumi preview --json does not tell them; the comment from the sandbox does"}
	case in.Before == nil && !s.New:
		s.Outputs = &Outputs{Unknown: "there is nothing to compare them with; --base names a git reference"}
	default:
		s.Outputs = outputs(in.Before, in.After)
	}
	return s
}

// Nothing says that a preview would change nothing.
func Nothing(ops []report.Operation) bool {
	for _, op := range ops {
		if changes(op.Op) {
			return false
		}
	}
	return true
}

// fresh says that nothing of the stack exists: everything is made.
func fresh(s Stack) bool {
	for _, c := range s.Changes {
		if c.Op != "create" {
			return false
		}
	}
	return len(s.Changes) > 0 && s.Unchanged == 0
}

// judge sorts operations into what changes, what that stops, and what stays.
func (s *Stack) judge(ops []report.Operation) {
	components := report.Components(ops)
	replaced := map[string]report.Operation{}
	for _, op := range ops {
		if op.Op == "replace" {
			replaced[op.URN] = op
		}
	}
	for _, op := range ops {
		switch {
		case !report.Resource(op.Type) || op.Op == "read":
		case !changes(op.Op):
			s.Unchanged++
		default:
			s.Changes = append(s.Changes, change(op, components[op.URN], replaced))
		}
	}
	slices.SortStableFunc(s.Changes, func(a, b Change) int {
		return cmp.Or(severity[b.Class]-severity[a.Class], opOrder[a.Op]-opOrder[b.Op],
			cmp.Compare(a.Component, b.Component), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name), cmp.Compare(a.URN, b.URN))
	})
	if len(s.Changes) > 0 {
		s.Worst = s.Changes[0].Class
	}
}

// opOrder puts what is gone first.
var opOrder = map[string]int{"replace": 0, "delete": 1, "update": 2, "create": 3, "import": 4, "discard": 5}

func change(op report.Operation, component string, replaced map[string]report.Operation) Change {
	e := effectOf(op)
	c := Change{URN: op.URN, Component: component, Kind: report.Kind(op.Type), Name: op.Name, Op: op.Op,
		Class: e.class, Effect: e.text, Protected: op.Protected && (op.Op == "replace" || op.Op == "delete")}
	for _, d := range op.Differences {
		if first(d.Path) == "tagsAll" && slices.ContainsFunc(op.Changed, func(p string) bool { return "tagsAll"+strings.TrimPrefix(p, "tags") == d.Path }) {
			continue // the provider's sum of the tags says the same again
		}
		d.Old, d.New = hidden(op.Type, d.Path, d.Old), hidden(op.Type, d.Path, d.New)
		c.Differences = append(c.Differences, d)
	}
	switch op.Op {
	case "replace":
		c.Reasons, c.Because = reasons(op, c.Differences, replaced)
	case "delete":
		c.Because = "the stack file no longer asks for it"
	}
	return c
}

// reasons are the properties that force a replacement. The engine names the
// keys, the provider the paths below them.
func reasons(op report.Operation, all []report.Difference, replaced map[string]report.Operation) ([]report.Difference, string) {
	var out []report.Difference
	for _, d := range all {
		if strings.HasSuffix(d.Kind, "-replace") || slices.Contains(op.Keys, d.Path) || slices.Contains(op.Keys, first(d.Path)) {
			out = append(out, d)
		}
	}
	for _, key := range op.Keys {
		if !slices.ContainsFunc(out, func(d report.Difference) bool { return d.Path == key || first(d.Path) == key }) {
			out = append(out, report.Difference{Path: key, Kind: "update-replace"})
		}
	}
	if len(out) > 0 {
		return out, ""
	}
	for _, urn := range op.DependsOn {
		if r, ok := replaced[urn]; ok {
			return nil, "it goes with " + report.Kind(r.Type) + " " + r.Name + ", which is replaced"
		}
	}
	return nil, "the provider asks for it and names no property"
}
