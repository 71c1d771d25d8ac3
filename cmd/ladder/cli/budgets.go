package cli

import (
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/stacks/upgrade"
)

// inTheWay are the budgets that would stop what a preview shows: a node group
// that rolls, a slot that drains. A live cluster is asked by ladder plan.
func (s stack) inTheWay(box *sandbox.Sandbox, result *sandbox.Result) []string {
	if result == nil || !slices.ContainsFunc(result.Changes(), movesPods) {
		return nil
	}
	var out []string
	box.World().View(func(tx *world.Tx) {
		in := upgrade.Input{Workloads: map[string]upgrade.Workloads{}}
		if err := workloadsIn(tx, s, &in); err != nil {
			out = append(out, err.Error())
		}
		for _, key := range sortedKeys(in.Workloads) {
			for _, f := range in.Workloads[key].Blocking("clusters." + key) {
				out = append(out, f.String())
			}
		}
	})
	return out
}

// movesPods says whether an operation evicts pods.
func movesPods(op sandbox.Operation) bool {
	switch op.Type {
	case "kubernetes:batch/v1:Job":
		return op.Op != "delete" && strings.Contains(op.Name, "-drain-")
	case "aws:eks/nodeGroup:NodeGroup":
		return op.Op == "update" && slices.ContainsFunc(op.Diff, func(d sandbox.PropertyDiff) bool {
			return d.Path == "version" || d.Path == "releaseVersion" || strings.HasPrefix(d.Path, "launchTemplate")
		})
	}
	return false
}
