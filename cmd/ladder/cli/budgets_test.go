package cli

import (
	"testing"

	"github.com/ladder-platform/ladder/sandbox"
)

func TestWhatMovesPods(t *testing.T) {
	diff := func(path string) []sandbox.PropertyDiff { return []sandbox.PropertyDiff{{Path: path}} }
	const group, job = "aws:eks/nodeGroup:NodeGroup", "kubernetes:batch/v1:Job"
	for name, c := range map[string]struct {
		op   sandbox.Operation
		want bool
	}{
		"nodes of another release":   {sandbox.Operation{Op: "update", Type: group, Diff: diff("releaseVersion")}, true},
		"another template":           {sandbox.Operation{Op: "update", Type: group, Diff: diff("launchTemplate.version")}, true},
		"another size":               {sandbox.Operation{Op: "update", Type: group, Diff: diff("scalingConfig.maxSize")}, false},
		"a new group":                {sandbox.Operation{Op: "create", Type: group, Diff: diff("version")}, false},
		"a slot that drains":         {sandbox.Operation{Op: "create", Type: job, Name: "cluster-main-drain-general-blue"}, true},
		"a drain that is over":       {sandbox.Operation{Op: "delete", Type: job, Name: "cluster-main-drain-general-blue"}, false},
		"a Job that waits for nodes": {sandbox.Operation{Op: "create", Type: job, Name: "cluster-main-node-release"}, false},
	} {
		if got := movesPods(c.op); got != c.want {
			t.Errorf("%s: %t, want %t", name, got, c.want)
		}
	}
}
