package reference

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Section of the page: a key of the file and the definition behind it.
type Section struct {
	// Key as it stands in the file, for example "ladder:networks".
	Key string
	// Ref is the definition's name in the schema.
	Ref string
	// Under says what the keys of the section are the names of; "" where the
	// section is one object.
	Under string
}

// definition is one object of the schema.
type definition struct {
	Description string     `json:"description"`
	Properties  properties `json:"properties"`
	Required    []string   `json:"required"`
}

// property is one key.
type property struct {
	Name        string
	Description string    `json:"description"`
	Type        string    `json:"type"`
	Ref         string    `json:"$ref"`
	Enum        []any     `json:"enum"`
	Minimum     *float64  `json:"minimum"`
	Maximum     *float64  `json:"maximum"`
	Items       *property `json:"items"`
	// Additional are the values of a map.
	Additional json.RawMessage `json:"additionalProperties"`
}

// properties keep the order of the structs.
type properties []property

// UnmarshalJSON reads an object with its order.
func (p *properties) UnmarshalJSON(text []byte) error {
	d := json.NewDecoder(strings.NewReader(string(text)))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		var one property
		if err := d.Decode(&one); err != nil {
			return fmt.Errorf("property %v: %w", name, err)
		}
		one.Name = fmt.Sprint(name)
		*p = append(*p, one)
	}
	return nil
}

// Page is the page: a head, then every section and all that it refers to, each
// definition once, where it is first met.
func Page(head string, schema []byte, sections []Section) (string, error) {
	var doc struct {
		Defs map[string]definition `json:"$defs"`
	}
	if err := json.Unmarshal(schema, &doc); err != nil {
		return "", fmt.Errorf("read the schema: %w", err)
	}
	w := &writer{defs: doc.Defs, met: map[string]bool{}}
	w.out.WriteString(head)
	for _, s := range sections {
		if err := w.section(s); err != nil {
			return "", err
		}
	}
	return w.out.String(), nil
}

type writer struct {
	out  strings.Builder
	defs map[string]definition
	met  map[string]bool
	next []entry
}

// entry is a definition that waits to be written, with its path in the file.
type entry struct{ path, ref string }

func (w *writer) section(s Section) error {
	path := s.Key
	if s.Under != "" {
		path += ".<" + s.Under + ">"
	}
	fmt.Fprintf(&w.out, "\n## %s\n", s.Key)
	w.next = []entry{{path, s.Ref}}
	for len(w.next) > 0 {
		one := w.next[0]
		w.next = w.next[1:]
		if w.met[one.ref] {
			continue
		}
		w.met[one.ref] = true
		if err := w.table(one); err != nil {
			return err
		}
	}
	return nil
}

// table is one definition.
func (w *writer) table(e entry) error {
	d, ok := w.defs[e.ref]
	if !ok {
		return fmt.Errorf("%s: the schema has no %q", e.path, e.ref)
	}
	fmt.Fprintf(&w.out, "\n### %s\n\n%s\n\n| key | value | what it is |\n|---|---|---|\n", code(e.path), oneLine(d.Description))
	for _, p := range d.Properties {
		needed := ""
		if slices.Contains(d.Required, p.Name) {
			needed = ", needed"
		}
		shape, refs := w.value(p)
		fmt.Fprintf(&w.out, "| %s | %s%s | %s |\n", code(p.Name), cell(shape), needed, cell(oneLine(p.Description)))
		for _, r := range refs {
			w.next = append(w.next, entry{e.path + "." + p.Name + r.path, r.ref})
		}
	}
	return nil
}

// value is what a key takes, in words, with the definitions that it leads to.
func (w *writer) value(p property) (string, []entry) {
	switch {
	case p.Ref != "":
		ref := strings.TrimPrefix(p.Ref, "#/$defs/")
		if w.met[ref] {
			return "as " + ref + " above", nil
		}
		return "section", []entry{{"", ref}}
	case len(p.Enum) > 0:
		var words []string
		for _, v := range p.Enum {
			words = append(words, code(fmt.Sprint(v)))
		}
		return strings.Join(words, " or "), nil
	case p.Type == "array" && p.Items != nil:
		shape, refs := w.value(*p.Items)
		for i := range refs {
			refs[i].path = "[]" + refs[i].path
		}
		return "list of " + plural(shape), refs
	case p.Type == "object" && len(p.Additional) > 0:
		var of property
		if json.Unmarshal(p.Additional, &of) != nil {
			return "section", nil
		}
		shape, refs := w.value(of)
		for i := range refs {
			refs[i].path = ".<name>" + refs[i].path
		}
		return plural(shape) + " by name", refs
	}
	return scalar(p), nil
}

func scalar(p property) string {
	words := map[string]string{"string": "text", "integer": "number", "number": "number", "boolean": "true or false"}[p.Type]
	if words == "" {
		words = "anything"
	}
	switch {
	case p.Minimum != nil && p.Maximum != nil:
		words += fmt.Sprintf(", %g to %g", *p.Minimum, *p.Maximum)
	case p.Minimum != nil:
		words += fmt.Sprintf(", %g or more", *p.Minimum)
	}
	return words
}

func plural(shape string) string {
	switch shape {
	case "section":
		return "sections"
	case "number":
		return "numbers"
	}
	return shape
}

func code(s string) string { return "`" + s + "`" }

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// cell keeps a table's cell one cell, and text that looks like HTML visible.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;").Replace(s)
}
