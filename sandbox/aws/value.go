package aws

import (
	"encoding/json"
	"fmt"
	"sort"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// unknown stands for a value that is not known yet, in maps made by toMap.
type unknown struct{}

// toMap turns engine values into plain ones: secrets are opened, values that
// are not known yet become unknown{}.
func toMap(m resource.PropertyMap) map[string]any {
	out := make(map[string]any, len(m))
	for k, v := range m {
		if x := toAny(v); x != nil {
			out[string(k)] = x
		}
	}
	return out
}

func toAny(v resource.PropertyValue) any {
	switch {
	case v.IsSecret():
		return toAny(v.SecretValue().Element)
	case v.IsComputed():
		return unknown{}
	case v.IsOutput():
		if !v.OutputValue().Known {
			return unknown{}
		}
		return toAny(v.OutputValue().Element)
	case v.IsString():
		return v.StringValue()
	case v.IsNumber():
		return v.NumberValue()
	case v.IsBool():
		return v.BoolValue()
	case v.IsArray():
		out := make([]any, 0, len(v.ArrayValue()))
		for _, e := range v.ArrayValue() {
			out = append(out, toAny(e))
		}
		return out
	case v.IsObject():
		return toMap(v.ObjectValue())
	case v.IsAsset():
		return v.AssetValue().Hash
	case v.IsArchive():
		return v.ArchiveValue().Hash
	case v.IsResourceReference():
		id, _ := v.ResourceReferenceValue().IDString()
		return id
	}
	return nil
}

// secretKeys are the top-level properties that hold a secret anywhere.
func secretKeys(m resource.PropertyMap) []string {
	var out []string
	for k, v := range m {
		if v.ContainsSecrets() {
			out = append(out, string(k))
		}
	}
	sort.Strings(out)
	return out
}

func toProps(m map[string]any) resource.PropertyMap {
	return resource.NewPropertyMapFromMap(plain(m).(map[string]any))
}

// plain turns typed containers into the ones that the SDK converts.
func plain(v any) any {
	switch x := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(x))
		for k, e := range x {
			out[k] = plain(e)
		}
		return out
	case map[string]string:
		out := make(map[string]any, len(x))
		for k, e := range x {
			out[k] = e
		}
		return out
	case []any:
		out := make([]any, len(x))
		for i, e := range x {
			out[i] = plain(e)
		}
		return out
	case []string:
		out := make([]any, len(x))
		for i, e := range x {
			out[i] = e
		}
		return out
	case []map[string]any:
		out := make([]any, len(x))
		for i, e := range x {
			out[i] = plain(e)
		}
		return out
	case int:
		return float64(x)
	}
	return v
}

// str, num, boolean, list, dict and strs read plain maps; a missing or unknown
// value is the zero value, which is what a rule that cannot decide wants.
func str(m map[string]any, key string) string { s, _ := m[key].(string); return s }

func num(m map[string]any, key string) int {
	switch n := m[key].(type) {
	case float64:
		return int(n)
	case int:
		return n
	}
	return 0
}

func boolean(m map[string]any, key string) bool { b, _ := m[key].(bool); return b }

func has(m map[string]any, key string) bool { v, ok := m[key]; return ok && v != nil }

func list(m map[string]any, key string) []any {
	switch l := m[key].(type) {
	case []any:
		return l
	case []string:
		return plain(l).([]any)
	}
	return nil
}

func dict(m map[string]any, key string) map[string]any {
	switch d := m[key].(type) {
	case map[string]any:
		return d
	case map[string]string:
		return plain(d).(map[string]any)
	}
	return nil
}

func strs(m map[string]any, key string) []string {
	var out []string
	for _, e := range list(m, key) {
		if s, ok := e.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

func dicts(m map[string]any, key string) []map[string]any {
	var out []map[string]any
	for _, e := range list(m, key) {
		if d, ok := e.(map[string]any); ok {
			out = append(out, d)
		}
	}
	return out
}

func stringMap(m map[string]any, key string) map[string]string {
	d := dict(m, key)
	if len(d) == 0 {
		return nil
	}
	out := make(map[string]string, len(d))
	for k, v := range d {
		out[k] = fmt.Sprint(v)
	}
	return out
}

// clone copies JSON values deeply.
func clone(m map[string]any) map[string]any {
	b, err := json.Marshal(m)
	if err != nil {
		return map[string]any{}
	}
	out := map[string]any{}
	if json.Unmarshal(b, &out) != nil {
		return map[string]any{}
	}
	return out
}
