package cli

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/ladder-platform/ladder/cmd/ladder/comment"
	"github.com/ladder-platform/ladder/cmd/ladder/progress"
	"github.com/ladder-platform/ladder/cmd/ladder/report"
	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/promotion"
)

// report copies a result into what the report prints.
func (s stack) report(verb, again, dir string, result *sandbox.Result, err error, now time.Time) report.Report {
	e := s.cfg.Environment
	r := report.Report{
		Verb: verb, Stack: s.file.Name, Again: again, Sandbox: dir,
		Environment: report.Environment{Stage: e.Stage, Region: e.Region, AccountID: e.AccountID, Release: s.cfg.Release,
			Kubernetes: kubernetesOf(s.cfg.Release), Protected: s.protected(), After: s.cfg.Promotion.After},
		Operations: operations(result.Operations, verb == verbPreview),
		Makespan:   result.Timeline.Makespan,
		Critical:   result.Timeline.Critical,
		Cost:       costOf(s.cfg, now),
		Outputs:    result.Outputs,
		Access:     s.access(result.Outputs),
		Messages:   s.messages(result.Diagnostics),
		Wall:       result.Wall,
	}
	if err != nil {
		r.Error, r.Interrupted = err.Error(), errors.Is(err, context.Canceled)
	}
	return r
}

// messages are the engine's and the program's, without the findings that were
// printed before the run: the program makes them again.
func (s stack) messages(in []string) []string {
	said := map[string]bool{}
	for _, f := range s.warnings {
		f.File, f.Line = "", 0
		said[f.String()] = true
	}
	var out []string
	for _, m := range in {
		text := strings.TrimPrefix(m, "warning: ")
		if !said[text] && !said[m] {
			out = append(out, m)
		}
	}
	return out
}

// kept are the objects that the stack made and that exist still.
func (s stack) kept(box *sandbox.Sandbox) []string {
	prefix := "urn:pulumi:" + s.file.Name + "::"
	var out []string
	box.World().View(func(tx *world.Tx) {
		observed := promotion.Parameter(s.file.Name, "observation") // of ladder observe, which no stack owns
		for _, o := range tx.Find("", "", func(o *world.Object) bool { return strings.HasPrefix(o.URN, prefix) || o.ID == observed }) {
			line := report.Kind(o.Kind) + " " + o.ID
			if o.State != "" {
				line += " (" + o.State + ")"
			}
			out = append(out, line)
		}
	})
	return out
}

// operations copies the engine's operations. A replacement is two or three
// steps of the engine on one URN and one operation for a reader.
func operations(in []sandbox.Operation, preview bool) []report.Operation {
	out := make([]report.Operation, 0, len(in))
	replaced := map[string]int{}
	for _, op := range in {
		name := comment.Fold(op.Op)
		if name == "replace" {
			if i, seen := replaced[op.URN]; seen {
				out[i].Start, out[i].End = min(out[i].Start, op.Start), max(out[i].End, op.End)
				out[i].Latency += op.Latency
				out[i].Failed = out[i].Failed || op.Failed
				if len(out[i].Keys) == 0 { // the step that deletes does not say why
					out[i].Keys = op.Keys
				}
				if len(out[i].Differences) == 0 {
					out[i].Changed, out[i].Differences = differences(op.Diff)
				}
				continue
			}
			replaced[op.URN] = len(out)
		}
		o := report.Operation{URN: op.URN, Type: op.Type, Name: op.Name, Parent: op.Parent, Op: name, Keys: op.Keys,
			DependsOn: op.DependsOn, Latency: op.Latency, Start: op.Start, End: op.End, Protected: op.Protected,
			Failed: op.Failed, Unfinished: !preview && !op.Done && !op.Failed}
		o.Changed, o.Differences = differences(op.Diff)
		out = append(out, o)
	}
	return out
}

func differences(in []sandbox.PropertyDiff) (paths []string, out []report.Difference) {
	for _, d := range in {
		paths = append(paths, d.Path)
		out = append(out, report.Difference{Path: d.Path, Kind: d.Kind, Old: d.Old, New: d.New})
	}
	return paths, out
}

// access says how each cluster of the stack is reached.
func (s stack) access(outputs map[string]any) []report.Access {
	var out []report.Access
	contract, _ := outputs["contract"].(map[string]any)
	published, _ := contract["clusters"].(map[string]any)
	bastions, _ := outputs["bastions"].(map[string]any)
	for _, key := range sortedKeys(s.cfg.Clusters) {
		a := report.Access{Cluster: config.ClusterName(s.file.Name, key), Key: key, Region: s.cfg.Environment.Region,
			Private: len(s.cfg.Clusters[key].Endpoint.PublicCIDRs) == 0}
		values, _ := published[key].(map[string]any)
		a.Endpoint, _ = values["endpoint"].(string)
		a.Bastion, _ = bastions[key].(string)
		out = append(out, a)
	}
	return out
}

// progressOf shows the sandbox's events.
func progressOf(show *progress.Printer) func(sandbox.Event) {
	return func(e sandbox.Event) {
		if !report.Resource(e.Type) {
			return // components and providers take no time
		}
		show.Event(progress.Event{URN: e.URN, What: report.Kind(e.Type) + " " + e.Name, Op: comment.Fold(e.Op), Done: e.Done, Failed: e.Failed})
	}
}
