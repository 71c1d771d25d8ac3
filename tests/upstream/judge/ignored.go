package judge

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
)

// IgnoredValues are paths of values without which a chart renders the same: either
// it does not read them, or they say what it does anyway. Each is rendered away
// once, on a server of the given version and APIs. A list counts as one value.
func IgnoredValues(dir string, release Release, serverVersion string, apis []string) ([]string, error) {
	whole, err := fingerprint(dir, release, serverVersion, apis)
	if err != nil {
		return nil, err
	}
	var ignored []string
	for _, leaf := range leaves(release.Values, nil) {
		less := release
		less.Values = without(release.Values, leaf)
		// A chart that fails without a value reads it.
		if rendered, err := fingerprint(dir, less, serverVersion, apis); err == nil && rendered == whole {
			ignored = append(ignored, path.Join(leaf...))
		}
	}
	return ignored, nil
}

// fingerprint is all that a chart renders, less the copies of its values that
// Istio's charts keep for people to read and would make every value count.
func fingerprint(dir string, release Release, serverVersion string, apis []string) (string, error) {
	rendered, err := Render(dir, release, serverVersion, apis)
	if err != nil {
		return "", err
	}
	var out []any
	for _, o := range append(rendered.Objects, rendered.Definitions...) {
		if data, ok := o.Object["data"].(map[string]any); ok && o.GetKind() == "ConfigMap" {
			data = maps.Clone(data)
			for _, copied := range []string{"original-values", "merged-values"} {
				delete(data, copied)
			}
			o.Object["data"] = data
		}
		out = append(out, o.Object)
	}
	text, err := json.Marshal(out)
	if err != nil {
		return "", fmt.Errorf("chart %s: %w", release.Chart, err)
	}
	return string(text), nil
}

// leaves are the paths of all values that are no map, and of empty maps.
func leaves(values map[string]any, at []string) [][]string {
	var out [][]string
	for _, key := range slices.Sorted(maps.Keys(values)) {
		here := append(slices.Clone(at), key)
		if inner, ok := values[key].(map[string]any); ok && len(inner) > 0 {
			out = append(out, leaves(inner, here)...)
			continue
		}
		out = append(out, here)
	}
	return out
}

// without is a copy of values that lacks one of them, and the maps that held nothing else.
func without(values map[string]any, leaf []string) map[string]any {
	out := maps.Clone(values)
	if len(leaf) == 1 {
		delete(out, leaf[0])
		return out
	}
	inner, _ := values[leaf[0]].(map[string]any)
	if inner = without(inner, leaf[1:]); len(inner) == 0 {
		delete(out, leaf[0])
	} else {
		out[leaf[0]] = inner
	}
	return out
}

// NotMade compares what the simulated cloud made of a release with what its chart
// renders: objects that only one of the two has, as "chart: KIND NAME" or "sandbox: KIND NAME".
func NotMade(made map[string][]string, rendered []Object) []string {
	have := map[string]string{}
	for kind, names := range made {
		for _, name := range names {
			have[kind+" "+name] = "sandbox"
		}
	}
	var out []string
	for _, o := range rendered {
		gvk := o.GroupVersionKind()
		kind := gvk.Kind
		if gvk.Group != "" {
			kind += "." + gvk.Group
		}
		id := kind + "/" + gvk.GroupVersion().String() + " " + path.Join(o.GetNamespace(), o.GetName())
		if _, ok := have[id]; !ok {
			out = append(out, "chart: "+id)
		}
		delete(have, id)
	}
	for _, id := range slices.Sorted(maps.Keys(have)) {
		out = append(out, "sandbox: "+id)
	}
	return out
}
