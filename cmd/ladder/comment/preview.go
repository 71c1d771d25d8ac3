package comment

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/cmd/ladder/report"
)

// Preview is what pulumi preview --json says.
type Preview struct {
	Operations []report.Operation
	// Stack is the name in the URNs, "" for a preview without a step.
	Stack string
	// Errors are why it failed; none means that it did not.
	Errors   []string
	Messages []string
}

// document is the JSON of pulumi preview --json. Source: pulumi/pkg 3.250.0,
// backend/display/json.go (ShowPreviewDigest), read 2026-11.
type document struct {
	Steps []struct {
		Op, URN        string
		OldState       *state
		NewState       *state
		DiffReasons    []string
		ReplaceReasons []string
		DetailedDiff   map[string]struct {
			Kind      string
			InputDiff bool
		}
	}
	Diagnostics []struct{ URN, Message, Severity string }
	// ChangeSummary is absent when the preview did not come to its end.
	ChangeSummary map[string]int
}

type state struct {
	Type, Parent    string
	Protect         bool
	Inputs, Outputs map[string]any
	Dependencies    []string
}

// ReadPreview reads the JSON of the ordinary CLI. value finds a property path in
// a resource's properties; secrets are masked in the JSON already.
func ReadPreview(text []byte, value func(in map[string]any, path string) any) (Preview, error) {
	var doc document
	if err := json.Unmarshal(text, &doc); err != nil {
		return Preview{}, fmt.Errorf("it is not what pulumi preview --json prints: %w", err)
	}
	if doc.Steps == nil && doc.Diagnostics == nil && doc.ChangeSummary == nil {
		return Preview{}, fmt.Errorf("it is not what pulumi preview --json prints: no steps, no diagnostics, no changeSummary")
	}
	var out Preview
	at := map[string]int{}
	for _, s := range doc.Steps {
		op := report.Operation{URN: s.URN, Op: Fold(s.Op), Keys: s.ReplaceReasons, Name: s.URN}
		if parts := strings.SplitN(s.URN, "::", 4); len(parts) == 4 {
			op.Name, out.Stack = parts[3], strings.TrimPrefix(parts[0], "urn:pulumi:")
		}
		for _, st := range []*state{s.OldState, s.NewState} {
			if st != nil {
				op.Type, op.Parent, op.Protected, op.DependsOn = st.Type, st.Parent, st.Protect, st.Dependencies
			}
		}
		for _, path := range slices.Sorted(maps.Keys(s.DetailedDiff)) {
			d := s.DetailedDiff[path]
			op.Differences = append(op.Differences, difference(path, d.Kind, d.InputDiff, s.OldState, s.NewState, value))
		}
		if len(op.Differences) == 0 && s.OldState != nil {
			for _, path := range slices.Sorted(slices.Values(s.DiffReasons)) {
				op.Differences = append(op.Differences, difference(path, "update", true, s.OldState, s.NewState, value))
			}
		}
		for _, d := range op.Differences {
			op.Changed = append(op.Changed, d.Path)
		}
		if i, seen := at[s.URN]; seen && op.Op == "replace" {
			if len(out.Operations[i].Differences) == 0 {
				out.Operations[i].Keys, out.Operations[i].Changed, out.Operations[i].Differences = op.Keys, op.Changed, op.Differences
			}
			continue
		}
		at[s.URN] = len(out.Operations)
		out.Operations = append(out.Operations, op)
	}
	for _, d := range doc.Diagnostics {
		message := strings.TrimSpace(d.Message)
		switch d.Severity {
		case "error":
			out.Errors = append(out.Errors, message)
		case "warning":
			out.Messages = append(out.Messages, message)
		}
	}
	return out, nil
}

func difference(path, kind string, input bool, from, to *state, value func(map[string]any, string) any) report.Difference {
	d := report.Difference{Path: path, Kind: kind}
	if from != nil {
		first, second := from.Outputs, from.Inputs
		if input {
			first, second = second, first
		}
		if d.Old = value(first, path); d.Old == nil {
			d.Old = value(second, path)
		}
	}
	if to != nil {
		d.New = value(to.Inputs, path)
	}
	return d
}

// Fold makes one word of the engine's names of steps: a replacement is two or
// three steps on one URN. Source: pulumi/pkg 3.250.0, display.StepOp, read 2026-11.
func Fold(op string) string {
	switch {
	case strings.Contains(op, "discard"), op == "remove-pending-replace":
		return "discard"
	case strings.Contains(op, "replace"):
		return "replace"
	case strings.HasPrefix(op, "import"):
		return "import"
	case strings.HasPrefix(op, "read"):
		return "read"
	}
	return op
}
