// Package nested reads values inside JSON objects. What is not there, or is of
// another type, reads as empty.
package nested

// At is the value at the end of a path of keys; nil when there is none.
func At(m map[string]any, path ...string) any {
	var v any = m
	for _, key := range path {
		next, _ := v.(map[string]any)
		v = next[key]
	}
	return v
}

// Text is a string.
func Text(m map[string]any, path ...string) string {
	s, _ := At(m, path...).(string)
	return s
}

// Boolean is true or false.
func Boolean(m map[string]any, path ...string) bool {
	b, _ := At(m, path...).(bool)
	return b
}

// Number is a JSON number without its fraction.
func Number(m map[string]any, path ...string) int {
	n, _ := At(m, path...).(float64)
	return int(n)
}

// Object is an object.
func Object(m map[string]any, path ...string) map[string]any {
	o, _ := At(m, path...).(map[string]any)
	return o
}

// List is an array.
func List(m map[string]any, path ...string) []any {
	l, _ := At(m, path...).([]any)
	return l
}

// Objects are the objects in an array.
func Objects(m map[string]any, path ...string) []map[string]any { return only[map[string]any](m, path) }

// Texts are the strings in an array.
func Texts(m map[string]any, path ...string) []string { return only[string](m, path) }

func only[T any](m map[string]any, path []string) []T {
	var out []T
	for _, e := range List(m, path...) {
		if v, ok := e.(T); ok {
			out = append(out, v)
		}
	}
	return out
}
