package comment

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/cmd/ladder/report"
)

// at is the value of a top-level property.
func at(in map[string]any, path string) any { return in[path] }

const previewJSON = `{
  "config": {},
  "steps": [
    {"op": "update", "urn": "urn:pulumi:dev::ladder::aws:ec2/vpc:Vpc::v", "provider": "p",
     "oldState": {"urn": "u", "type": "aws:ec2/vpc:Vpc", "parent": "P", "inputs": {"a": 1}, "outputs": {"a": 2, "b": "out"}},
     "newState": {"urn": "u", "type": "aws:ec2/vpc:Vpc", "parent": "P", "inputs": {"a": 3, "b": "in"}, "dependencies": ["D"]},
     "diffReasons": ["a"], "detailedDiff": {"b": {"kind": "update", "inputDiff": false}, "a": {"kind": "update", "inputDiff": true}}},
    {"op": "create-replacement", "urn": "urn:pulumi:dev::ladder::aws:ec2/subnet:Subnet::s::x", "replaceReasons": ["cidr"],
     "oldState": {"type": "aws:ec2/subnet:Subnet", "protect": true, "inputs": {"cidr": "old"}},
     "newState": {"type": "aws:ec2/subnet:Subnet", "protect": true, "inputs": {"cidr": "new"}},
     "detailedDiff": {"cidr": {"kind": "update-replace", "inputDiff": true}}},
    {"op": "replace", "urn": "urn:pulumi:dev::ladder::aws:ec2/subnet:Subnet::s::x", "oldState": {"type": "aws:ec2/subnet:Subnet"}},
    {"op": "delete-replaced", "urn": "urn:pulumi:dev::ladder::aws:ec2/subnet:Subnet::s::x", "oldState": {"type": "aws:ec2/subnet:Subnet"}},
    {"op": "delete", "urn": "urn:pulumi:dev::ladder::aws:ec2/eip:Eip::gone", "oldState": {"type": "aws:ec2/eip:Eip"}, "diffReasons": []}
  ],
  "diagnostics": [{"message": "look\n", "severity": "warning"}, {"message": "bad", "severity": "error"}, {"message": "fine", "severity": "info"}],
  "changeSummary": {"update": 1}
}`

func TestReadPreview(t *testing.T) {
	got, err := ReadPreview([]byte(previewJSON), at)
	if err != nil {
		t.Fatal(err)
	}
	want := Preview{Stack: "dev", Errors: []string{"bad"}, Messages: []string{"look"}, Operations: []report.Operation{
		{URN: "urn:pulumi:dev::ladder::aws:ec2/vpc:Vpc::v", Type: "aws:ec2/vpc:Vpc", Name: "v", Parent: "P", Op: "update", Changed: []string{"a", "b"},
			DependsOn: []string{"D"}, Differences: []report.Difference{{Path: "a", Kind: "update", Old: 1., New: 3.}, {Path: "b", Kind: "update", Old: "out", New: "in"}}},
		{URN: "urn:pulumi:dev::ladder::aws:ec2/subnet:Subnet::s::x", Type: "aws:ec2/subnet:Subnet", Name: "s::x", Op: "replace", Keys: []string{"cidr"}, Protected: true,
			Changed: []string{"cidr"}, Differences: []report.Difference{{Path: "cidr", Kind: "update-replace", Old: "old", New: "new"}}},
		{URN: "urn:pulumi:dev::ladder::aws:ec2/eip:Eip::gone", Type: "aws:ec2/eip:Eip", Name: "gone", Op: "delete"},
	}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestReadPreviewRefusesOtherTexts(t *testing.T) {
	for sentence, text := range map[string]string{
		"no JSON":              "error: no credentials",
		"another document":     `{"version": 3, "deployment": {}}`,
		"an empty file":        "",
		"text before the JSON": "warning: old CLI\n{}",
		"a list in its place":  "[]",
	} {
		if _, err := ReadPreview([]byte(text), at); err == nil || !strings.Contains(err.Error(), "pulumi preview --json") {
			t.Errorf("%s: %v", sentence, err)
		}
	}
}

func TestFold(t *testing.T) {
	for op, want := range map[string]string{"create-replacement": "replace", "delete-replaced": "replace", "import-replacement": "replace", "read-replacement": "replace",
		"discard-replaced": "discard", "remove-pending-replace": "discard", "import": "import", "read": "read", "same": "same", "update": "update", "delete": "delete"} {
		if got := Fold(op); got != want {
			t.Errorf("%s: %s, want %s", op, got, want)
		}
	}
}
