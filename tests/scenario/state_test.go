package scenario

import (
	"encoding/json"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/tests/rig"
)

// resources are what the stack's exported state has.
func resources(t *testing.T, r *rig.Rig, p sandbox.Program) []apitype.ResourceV3 {
	t.Helper()
	text, err := r.Export(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	var state struct{ Deployment apitype.DeploymentV3 }
	if err := json.Unmarshal(text, &state); err != nil {
		t.Fatalf("the export of %s: %v", p.Stack, err)
	}
	if len(state.Deployment.Resources) == 0 {
		t.Fatalf("the export of %s has no resource", p.Stack)
	}
	return state.Deployment.Resources
}
