package kube

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
)

// plainMap turns inputs into JSON values without secrets; unknown values are left out, and the flag says so.
func plainMap(props resource.PropertyMap) (map[string]any, bool) {
	v, unknown := plainValue(resource.NewProperty(props))
	m, _ := v.(map[string]any)
	return m, unknown
}

func plainValue(v resource.PropertyValue) (any, bool) {
	switch {
	case v.IsSecret():
		return plainValue(v.SecretValue().Element)
	case v.IsComputed():
		return nil, true
	case v.IsOutput():
		if !v.OutputValue().Known {
			return nil, true
		}
		return plainValue(v.OutputValue().Element)
	case v.IsArray():
		out, unknown := []any{}, false
		for _, e := range v.ArrayValue() {
			p, u := plainValue(e)
			unknown = unknown || u
			if !u || p != nil {
				out = append(out, p)
			}
		}
		return out, unknown
	case v.IsObject():
		out, unknown := map[string]any{}, false
		for k, e := range v.ObjectValue() {
			p, u := plainValue(e)
			unknown = unknown || u
			if p != nil {
				out[string(k)] = p
			}
		}
		return out, unknown
	case v.IsBool():
		return v.BoolValue(), false
	case v.IsNumber():
		return v.NumberValue(), false
	case v.IsString():
		return v.StringValue(), false
	}
	return nil, false
}

// withSecrets marks in out what is secret in the inputs that it came from.
func withSecrets(out, in resource.PropertyValue) resource.PropertyValue {
	if in.IsSecret() {
		if out.IsSecret() {
			return out
		}
		return resource.MakeSecret(out)
	}
	if out.IsObject() && in.IsObject() {
		m := out.ObjectValue().Copy()
		for k, v := range in.ObjectValue() {
			if o, ok := m[k]; ok {
				m[k] = withSecrets(o, v)
			}
		}
		return resource.NewProperty(m)
	}
	if out.IsArray() && in.IsArray() {
		elems := append([]resource.PropertyValue(nil), out.ArrayValue()...)
		for i := range min(len(elems), len(in.ArrayValue())) {
			elems[i] = withSecrets(elems[i], in.ArrayValue()[i])
		}
		return resource.NewProperty(elems)
	}
	return out
}

func number(m map[string]any, otherwise float64, path ...string) float64 {
	switch n := nested.At(m, path...).(type) {
	case float64:
		return n
	case int:
		return float64(n)
	case int64:
		return float64(n)
	}
	return otherwise
}

// clone copies JSON values deeply.
func clone[T any](v T) T {
	c, _ := cloneAny(v).(T)
	return c
}

func cloneAny(v any) any {
	switch x := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(x))
		for k, e := range x {
			out[k] = cloneAny(e)
		}
		return out
	case []any:
		out := make([]any, len(x))
		for i, e := range x {
			out[i] = cloneAny(e)
		}
		return out
	}
	return v
}
