package rehearse

import (
	"bytes"
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/upgrade"
)

// edited is a stack file after edits of a plan: the copy that a rehearsal runs.
func edited(text []byte, edits []upgrade.Edit) ([]byte, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("the stack file is not readable: %w", err)
	}
	var root *yaml.Node
	if len(doc.Content) > 0 {
		root = entry(doc.Content[0], "config")
	}
	if root == nil || root.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("the stack file has no config to edit")
	}
	for _, e := range edits {
		path := strings.Split(e.Path, ".")
		path[0] = config.Namespace + path[0]
		if err := set(root, path, e.New); err != nil {
			return nil, fmt.Errorf("edit of %s: %w", e.Path, err)
		}
	}
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(&doc); err != nil {
		return nil, fmt.Errorf("the stack file cannot be written: %w", err)
	}
	return b.Bytes(), nil
}

// set gives an entry a value, which is YAML; "" takes the entry away.
func set(m *yaml.Node, path []string, value string) error {
	if m.Kind != yaml.MappingNode {
		return fmt.Errorf("%s is in no mapping", path[0])
	}
	at := index(m, path[0])
	switch {
	case at < 0 && value == "":
		return nil
	case len(path) == 1 && value == "":
		m.Content = append(m.Content[:at], m.Content[at+2:]...)
		return nil
	case at < 0:
		m.Content = append(m.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: path[0]}, &yaml.Node{Kind: yaml.MappingNode})
		at = len(m.Content) - 2
	}
	child := m.Content[at+1]
	if len(path) > 1 {
		if child.Kind == yaml.ScalarNode && child.Tag == "!!null" {
			*child = yaml.Node{Kind: yaml.MappingNode}
		}
		return set(child, path[1:], value)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(value), &doc); err != nil || len(doc.Content) != 1 {
		return fmt.Errorf("%q is not a value", value)
	}
	m.Content[at+1] = doc.Content[0]
	return nil
}

// entry of a mapping, nil when there is none.
func entry(m *yaml.Node, key string) *yaml.Node {
	if m == nil || m.Kind != yaml.MappingNode {
		return nil
	}
	if at := index(m, key); at >= 0 {
		return m.Content[at+1]
	}
	return nil
}

// index of a key in a mapping's content, -1 when there is none.
func index(m *yaml.Node, key string) int {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			return i
		}
	}
	return -1
}
