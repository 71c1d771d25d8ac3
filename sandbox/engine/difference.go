package engine

import (
	"sort"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// diffs are the properties in which a step's two states differ. A provider that
// names none leaves the engine's own list of changed keys.
func diffs(m apitype.StepEventMetadata) []PropertyDiff {
	var list []PropertyDiff
	for path, d := range m.DetailedDiff {
		list = append(list, PropertyDiff{Path: path, Kind: string(d.Kind), Old: oldValue(m.Old, path, d.InputDiff), New: newValue(m.New, path)})
	}
	if len(list) == 0 && m.Old != nil {
		for _, path := range m.Diffs {
			list = append(list, PropertyDiff{Path: path, Kind: "update", Old: oldValue(m.Old, path, true), New: newValue(m.New, path)})
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Path < list[j].Path })
	return list
}

// oldValue is what a property was: of the inputs where inputs are compared, else
// of the state, with the other where the first has none.
func oldValue(s *apitype.StepEventStateMetadata, path string, input bool) any {
	if s == nil {
		return nil
	}
	first, second := s.Outputs, s.Inputs
	if input {
		first, second = second, first
	}
	if v := ValueAt(first, path); v != nil {
		return v
	}
	return ValueAt(second, path)
}

func newValue(s *apitype.StepEventStateMetadata, path string) any {
	if s == nil {
		return nil
	}
	return ValueAt(s.Inputs, path)
}

// ValueAt is the value of a property path, masked; nil where there is none. A
// path that goes into a secret is that secret.
func ValueAt(in map[string]any, path string) any {
	parsed, err := resource.ParsePropertyPath(path)
	if err != nil {
		return nil // the engine made the path: one that it cannot read itself leads nowhere
	}
	var at any = in
	for _, step := range parsed {
		switch v := at.(type) {
		case map[string]any:
			if v[signatureKey] == secretSig {
				return maskValue(v)
			}
			key, ok := step.(string)
			if !ok {
				return nil
			}
			at = v[key]
		case []any:
			i, ok := step.(int)
			if !ok || i < 0 || i >= len(v) {
				return nil
			}
			at = v[i]
		default:
			return maskValue(at)
		}
		if at == nil {
			return nil
		}
		if text, ok := at.(string); ok && (text == unknownSig || text == "[secret]") {
			return maskValue(at)
		}
	}
	return maskValue(at)
}
