package kube

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
)

// changes compares two values and calls report for every property path that differs.
// An unknown new value counts as changed.
func changes(path string, old, new resource.PropertyValue, report func(path string, kind plugin.DiffKind)) {
	old, new = bare(old), bare(new)
	switch {
	case old.IsNull() && new.IsNull():
	case old.IsNull():
		report(path, plugin.DiffAdd)
	case new.IsNull():
		report(path, plugin.DiffDelete)
	case new.IsComputed():
		report(path, plugin.DiffUpdate)
	case old.IsObject() && new.IsObject():
		changedFields(path, old.ObjectValue(), new.ObjectValue(), report)
	case old.IsArray() && new.IsArray():
		a, b := old.ArrayValue(), new.ArrayValue()
		for i := range max(len(a), len(b)) {
			changes(fmt.Sprintf("%s[%d]", path, i), elem(a, i), elem(b, i), report)
		}
	case !reflect.DeepEqual(old.Mappable(), new.Mappable()):
		report(path, plugin.DiffUpdate)
	}
}

func changedFields(path string, old, new resource.PropertyMap, report func(string, plugin.DiffKind)) {
	keys := map[string]bool{}
	for k := range old {
		keys[string(k)] = true
	}
	for k := range new {
		keys[string(k)] = true
	}
	for _, k := range sorted(keys) {
		key := resource.PropertyKey(k)
		o, n := old[key], new[key]
		if path == "metadata" && k == "namespace" && defaultNamespace(o) && defaultNamespace(n) {
			continue // "" and "default" are one namespace: A6.1
		}
		changes(join(path, k), o, n, report)
	}
}

func defaultNamespace(v resource.PropertyValue) bool {
	v = bare(v)
	return v.IsNull() || v.IsString() && (v.StringValue() == "" || v.StringValue() == "default")
}

func elem(l []resource.PropertyValue, i int) resource.PropertyValue {
	if i < len(l) {
		return l[i]
	}
	return resource.NewNullProperty()
}

func bare(v resource.PropertyValue) resource.PropertyValue {
	for {
		switch {
		case v.IsSecret():
			v = v.SecretValue().Element
		case v.IsOutput() && v.OutputValue().Known:
			v = v.OutputValue().Element
		case v.IsOutput():
			return resource.MakeComputed(resource.NewProperty(""))
		default:
			return v
		}
	}
}

var plainKey = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)

func join(path, key string) string {
	switch {
	case !plainKey.MatchString(key):
		return fmt.Sprintf("%s[%q]", path, key)
	case path == "":
		return key
	}
	return path + "." + key
}

// prune keeps of live only what the old inputs speak of: A6.1.
func prune(live, shape resource.PropertyValue) resource.PropertyValue {
	live, shape = bare(live), bare(shape)
	switch {
	case live.IsObject() && shape.IsObject():
		out := resource.PropertyMap{}
		for k, s := range shape.ObjectValue() {
			if l, ok := live.ObjectValue()[k]; ok {
				out[k] = prune(l, s)
			}
		}
		return resource.NewProperty(out)
	case live.IsArray() && shape.IsArray():
		out := []resource.PropertyValue{}
		for i, l := range live.ArrayValue() {
			if i < len(shape.ArrayValue()) {
				l = prune(l, shape.ArrayValue()[i])
			}
			out = append(out, l)
		}
		return resource.NewProperty(out)
	}
	return live
}

// diffObject is the diff of a Kubernetes object: A6.
func diffObject(gvk schema.GroupVersionKind, req plugin.DiffRequest, m mutable) plugin.DiffResult {
	old := bare(resource.NewProperty(req.OldInputs))
	if len(req.OldOutputs) > 0 {
		old = prune(resource.NewProperty(req.OldOutputs), resource.NewProperty(req.OldInputs))
	}
	inputs, _ := plainMap(req.OldInputs)
	result := detailed(old, resource.NewProperty(req.NewInputs), replacing(gvk, inputs, m))
	if len(result.ReplaceKeys) > 0 {
		result.DeleteBeforeReplace = named(inputs) && !moved(result)
	}
	return result
}

// detailed compares and marks what replaces.
func detailed(old, new resource.PropertyValue, force []string) plugin.DiffResult {
	result := plugin.DiffResult{Changes: plugin.DiffNone, DetailedDiff: map[string]plugin.PropertyDiff{}}
	top := map[string]bool{}
	changes("", old, new, func(path string, kind plugin.DiffKind) {
		result.Changes = plugin.DiffSome
		if covers(force, path) {
			kind = kind.AsReplace()
			result.ReplaceKeys = append(result.ReplaceKeys, resource.PropertyKey(path))
		}
		result.DetailedDiff[path] = plugin.PropertyDiff{Kind: kind, InputDiff: true}
		first, _, _ := strings.Cut(strings.ReplaceAll(path, "[", "."), ".")
		if !top[first] {
			top[first] = true
			result.ChangedKeys = append(result.ChangedKeys, resource.PropertyKey(first))
		}
	})
	return result
}

// withReplace adds a replacement for a reason that is in no input: the object
// has an explicit name, so it is deleted first.
func withReplace(r plugin.DiffResult, path string) plugin.DiffResult {
	r.Changes = plugin.DiffSome
	r.ReplaceKeys = append(r.ReplaceKeys, resource.PropertyKey(path))
	if r.DetailedDiff == nil {
		r.DetailedDiff = map[string]plugin.PropertyDiff{}
	}
	r.DetailedDiff[path] = plugin.PropertyDiff{Kind: plugin.DiffUpdateReplace, InputDiff: true}
	r.DeleteBeforeReplace = !moved(r)
	return r
}

// named tells whether the program named the object itself: A6.13.
func named(inputs map[string]any) bool {
	return nested.Text(inputs, "metadata", "annotations", autonamed) != "true" && nested.Text(inputs, "metadata", "generateName") == "" &&
		nested.Text(inputs, "metadata", "name") != ""
}

// moved tells whether name or namespace is among what changed.
func moved(r plugin.DiffResult) bool {
	for path := range r.DetailedDiff {
		if path == "metadata" || path == "metadata.name" || path == "metadata.namespace" {
			return true
		}
	}
	return false
}
