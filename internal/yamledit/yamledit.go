package yamledit

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"gopkg.in/yaml.v3"
)

// Edit is one change of a text.
type Edit struct {
	// Path are the keys from the top.
	Path []string
	// Value is YAML on one line: a scalar or a flow mapping. Mappings on the way
	// to it that are not there are made. "" takes the entry away, with its value
	// and the comments inside it.
	Value string
}

// Apply makes the edits in order.
func Apply(text []byte, edits ...Edit) ([]byte, error) {
	want, err := decode(text)
	if err != nil {
		return nil, err
	}
	for _, e := range edits {
		if text, err = one(text, e); err != nil {
			return nil, fmt.Errorf("edit %s: %w", strings.Join(e.Path, "."), err)
		}
		if err := model(want, e); err != nil {
			return nil, fmt.Errorf("edit %s: %w", strings.Join(e.Path, "."), err)
		}
		got, err := decode(text)
		if err != nil || !reflect.DeepEqual(got, want) {
			return nil, fmt.Errorf("edit %s: the text around it is laid out in a way that this cannot change safely; make the edit by hand", strings.Join(e.Path, "."))
		}
	}
	return text, nil
}

func decode(text []byte) (map[string]any, error) {
	var out map[string]any
	d := yaml.NewDecoder(bytes.NewReader(text))
	if err := d.Decode(&out); err != nil {
		return nil, fmt.Errorf("not readable as YAML: %w", err)
	}
	if err := d.Decode(new(any)); err == nil {
		return nil, errors.New("there are several documents")
	}
	return out, nil
}

// model makes the edit in the decoded value, to compare with.
func model(in map[string]any, e Edit) error {
	for _, key := range e.Path[:len(e.Path)-1] {
		next, is := in[key].(map[string]any)
		if !is {
			if in[key] != nil {
				return fmt.Errorf("%s is no mapping", key)
			}
			next = map[string]any{}
			in[key] = next
		}
		in = next
	}
	last := e.Path[len(e.Path)-1]
	if e.Value == "" {
		delete(in, last)
		return nil
	}
	var v any
	if err := yaml.Unmarshal([]byte(e.Value), &v); err != nil {
		return fmt.Errorf("%q is not YAML: %w", e.Value, err)
	}
	in[last] = v
	return nil
}

// one makes one edit in the text.
func one(text []byte, e Edit) ([]byte, error) {
	if len(e.Path) == 0 || strings.ContainsAny(e.Value, "\n") {
		return nil, errors.New("an edit has a path, and a value on one line")
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		return nil, errors.New("the text is no mapping")
	}
	t := newSource(text)
	at := doc.Content[0]
	for i, key := range e.Path {
		k, v := entry(at, key)
		rest := e.Path[i+1:]
		switch {
		case k == nil && e.Value == "":
			return nil, errors.New("there is no such entry")
		case k == nil:
			return t.add(at, key, nested(rest, e.Value))
		case len(rest) == 0 && e.Value == "":
			return t.remove(at, k, v)
		case len(rest) == 0:
			return t.set(v, e.Value)
		case v.Kind == yaml.ScalarNode && v.Tag == "!!null":
			return t.replaceNull(k, v, nested(rest, e.Value))
		case v.Kind != yaml.MappingNode:
			return nil, fmt.Errorf("%s is no mapping", key)
		}
		at = v
	}
	return nil, errors.New("unreachable")
}

// nested is the value inside mappings of the keys that are missing.
func nested(keys []string, value string) string {
	for i := len(keys) - 1; i >= 0; i-- {
		value = "{ " + keys[i] + ": " + value + " }"
	}
	return value
}

func entry(m *yaml.Node, key string) (k, v *yaml.Node) {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			return m.Content[i], m.Content[i+1]
		}
	}
	return nil, nil
}
