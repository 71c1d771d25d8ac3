package contract

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
)

//go:embed schema.json published/*.json
var schemas embed.FS

// Schema is the JSON Schema of the contract of the stacks that this program deploys.
func Schema() []byte {
	text, err := schemas.ReadFile("schema.json")
	if err != nil {
		panic(err) // it is embedded
	}
	return text
}

// Published is the schema that readers of a version were last given, and
// whether that version was published at all.
func Published(version string) ([]byte, bool) {
	text, err := schemas.ReadFile(path.Join("published", version+".json"))
	return text, err == nil
}

// Field is one place of the contract that a reader can name.
type Field struct {
	// Path from the contract's root; "*" stands for the keys of a map and "[]"
	// for the entries of a list: clusters.*.mesh.gateways.*.service.
	Path string `json:"path"`
	// Type such as string, list of string, map of object.
	Type string `json:"type"`
	// Required says that it is there whenever what it lies in is.
	Required bool `json:"required"`
	// Secret fields are ciphertext in the state and masked in print.
	Secret bool `json:"secret"`
	// Values that it may take; empty means any.
	Values []string `json:"values,omitempty"`
	// Pattern of its text; empty means any.
	Pattern string `json:"pattern,omitempty"`
	// Meaning is the comment of the struct's field.
	Meaning string `json:"meaning,omitempty"`
}

// node is the part of JSON Schema that the generated ones use.
type node struct {
	Ref         string          `json:"$ref"`
	Defs        map[string]node `json:"$defs"`
	Type        string          `json:"type"`
	Description string          `json:"description"`
	Enum        []string        `json:"enum"`
	Pattern     string          `json:"pattern"`
	Required    []string        `json:"required"`
	Items       *node           `json:"items"`
	// Additional is a schema, or the word that fields may be added.
	Additional json.RawMessage `json:"additionalProperties"`
	Properties map[string]node `json:"properties"`
	// Secret is the tag jsonschema_extras:"secret=true".
	Secret any `json:"secret"`
}

// Fields are the places of a schema by path, sorted.
func Fields(schema []byte) ([]Field, error) {
	var root node
	if err := json.Unmarshal(schema, &root); err != nil {
		return nil, fmt.Errorf("contract: the schema cannot be read: %w", err)
	}
	if len(root.Properties) == 0 {
		return nil, fmt.Errorf("contract: the schema has no properties; give the schema.json of a contract")
	}
	w := walk{defs: root.Defs}
	if err := w.object("", root, nil); err != nil {
		return nil, err
	}
	slices.SortFunc(w.fields, func(a, b Field) int { return strings.Compare(a.Path, b.Path) })
	return w.fields, nil
}

// walk collects the fields below an object.
type walk struct {
	defs   map[string]node
	fields []Field
}

// object adds the properties of n. above are the definitions that it lies in: a
// schema that holds itself has no end.
func (w *walk) object(at string, n node, above []string) error {
	for name, p := range n.Properties {
		here := strings.TrimPrefix(at+"."+name, ".")
		f := Field{Path: here, Required: slices.Contains(n.Required, name), Meaning: p.Description, Secret: fmt.Sprint(p.Secret) == "true"}
		kind, err := w.describe(here, p, &f, above)
		if err != nil {
			return err
		}
		f.Type = kind
		w.fields = append(w.fields, f)
	}
	return nil
}

// describe is the type of n, and adds what lies below it.
func (w *walk) describe(at string, n node, f *Field, above []string) (string, error) {
	if n.Ref != "" {
		name := strings.TrimPrefix(n.Ref, "#/$defs/")
		def, known := w.defs[name]
		if !known || slices.Contains(above, name) {
			return "", fmt.Errorf("contract: %s: $ref %q leads nowhere, or back to itself; write the schema again: LADDER_GOLDEN=1 go test ./stacks/contract", at, n.Ref)
		}
		return w.describe(at, def, f, append(slices.Clone(above), name))
	}
	var inner node
	holds := json.Unmarshal(n.Additional, &inner) == nil && (inner.Type != "" || inner.Ref != "")
	switch {
	case n.Type == "array" && n.Items != nil:
		kind, err := w.describe(at+".[]", *n.Items, f, above)
		return "list of " + kind, err
	case n.Type == "object" && holds:
		kind, err := w.describe(at+".*", inner, f, above)
		return "map of " + kind, err
	case n.Type == "object":
		return "object", w.object(at, n, above)
	}
	f.Values, f.Pattern = n.Enum, n.Pattern
	return n.Type, nil
}

// VersionOf is the version that a schema describes; "" when it names none.
func VersionOf(fields []Field) string {
	for _, f := range fields {
		if f.Path == "version" && len(f.Values) == 1 {
			return f.Values[0]
		}
	}
	return ""
}
