package flow

import "strings"

// at walks maps of JSON values.
func at(m map[string]any, path ...string) any {
	var v any = m
	for _, p := range path {
		next, _ := v.(map[string]any)
		v = next[p]
	}
	return v
}

func text(m map[string]any, path ...string) string {
	s, _ := at(m, path...).(string)
	return s
}

func object(m map[string]any, path ...string) map[string]any {
	o, _ := at(m, path...).(map[string]any)
	return o
}

func list(m map[string]any, path ...string) []any {
	l, _ := at(m, path...).([]any)
	return l
}

func texts(in []any) []string {
	var out []string
	for _, v := range in {
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

func stringsOf(m map[string]any) map[string]string {
	out := map[string]string{}
	for k, v := range m {
		if s, ok := v.(string); ok {
			out[k] = s
		}
	}
	return out
}

func join(names []string) string { return strings.Join(names, " and ") }
