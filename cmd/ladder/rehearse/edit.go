package rehearse

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/ladder-platform/ladder/stacks/config"
)

// withRelease is a stack file with another release and every other byte kept.
func withRelease(text []byte, to string) ([]byte, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("the stack file is not readable: %w", err)
	}
	var value *yaml.Node
	if len(doc.Content) > 0 {
		value = entry(entry(doc.Content[0], "config"), config.Namespace+"release")
	}
	if value == nil || value.Kind != yaml.ScalarNode {
		return nil, fmt.Errorf("the stack file has no %srelease to replace", config.Namespace)
	}
	lines := strings.Split(string(text), "\n")
	line := lines[value.Line-1]
	before, rest := line[:value.Column-1], line[value.Column-1:]
	lines[value.Line-1] = before + strings.Replace(rest, value.Value, to, 1)
	return []byte(strings.Join(lines, "\n")), nil
}

// entry of a mapping, nil when there is none.
func entry(m *yaml.Node, key string) *yaml.Node {
	if m == nil || m.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			return m.Content[i+1]
		}
	}
	return nil
}
