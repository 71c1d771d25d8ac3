package engine

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

func TestDifferencesHaveBothValues(t *testing.T) {
	secret := map[string]any{signatureKey: secretSig, "ciphertext": "v1:abc"}
	m := apitype.StepEventMetadata{
		Old: &apitype.StepEventStateMetadata{
			Inputs:  map[string]any{"types": []any{"m6i.large"}, "size": 2, "gone": true, "values": map[string]any{"a.b": "x"}, "password": secret},
			Outputs: map[string]any{"types": []any{"drifted"}, "size": 3, "id": "i-1"},
		},
		New: &apitype.StepEventStateMetadata{
			Inputs: map[string]any{"types": []any{"m6i.xlarge"}, "size": 4, "values": map[string]any{"a.b": "y"}, "id": unknownSig, "password": "[secret]"},
		},
		DetailedDiff: map[string]apitype.PropertyDiff{
			"types[0]": {Kind: "update-replace", InputDiff: true}, "size": {Kind: "update"}, "gone": {Kind: "delete", InputDiff: true},
			`values["a.b"]`: {Kind: "update", InputDiff: true}, "id": {Kind: "update"}, "password.inner": {Kind: "update", InputDiff: true},
			"types[7]": {Kind: "add", InputDiff: true}, "types.x": {Kind: "add", InputDiff: true}, "size.deeper": {Kind: "update", InputDiff: true},
		},
	}
	want := []PropertyDiff{
		{Path: "gone", Kind: "delete", Old: true},
		{Path: "id", Kind: "update", Old: "i-1", New: "[unknown]"},
		{Path: "password.inner", Kind: "update", Old: "[secret]", New: "[secret]"},
		{Path: "size", Kind: "update", Old: 3, New: 4},
		{Path: "size.deeper", Kind: "update", Old: 2, New: 4},
		{Path: "types.x", Kind: "add"},
		{Path: "types[0]", Kind: "update-replace", Old: "m6i.large", New: "m6i.xlarge"},
		{Path: "types[7]", Kind: "add"},
		{Path: `values["a.b"]`, Kind: "update", Old: "x", New: "y"},
	}
	if diff := cmp.Diff(want, diffs(m)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDifferencesWithoutDetailsAreTheEnginesKeys(t *testing.T) {
	m := apitype.StepEventMetadata{
		Old: &apitype.StepEventStateMetadata{Inputs: map[string]any{"b": 1}}, New: &apitype.StepEventStateMetadata{Inputs: map[string]any{"b": 2, "a": 3}},
		Diffs: []string{"b", "a"},
	}
	want := []PropertyDiff{{Path: "a", Kind: "update", New: 3}, {Path: "b", Kind: "update", Old: 1, New: 2}}
	if diff := cmp.Diff(want, diffs(m)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := diffs(apitype.StepEventMetadata{New: m.New, Diffs: m.Diffs}); got != nil {
		t.Errorf("a create has differences: %v", got)
	}
}
