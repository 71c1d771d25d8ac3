package contract

import (
	"fmt"
	"slices"
	"strings"
)

// TypeScript is a schema as types for readers in TypeScript: the interface
// Contract and what it holds.
func TypeScript(schema []byte) (string, error) {
	fields, err := Fields(schema)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "// What a ladder stack tells other teams: contract %s.\n// Printed by: ladder contract types\n", VersionOf(fields))
	b.WriteString("export interface Contract ")
	interfaceOf(&b, fields, "", 0)
	b.WriteString("\n")
	return b.String(), nil
}

// interfaceOf writes the members of the object at a place.
func interfaceOf(b *strings.Builder, fields []Field, at string, depth int) {
	indent := strings.Repeat("    ", depth)
	b.WriteString("{\n")
	for _, f := range fields {
		name, below := strings.CutPrefix(f.Path, at)
		if !below || strings.Contains(name, ".") || name == "*" || name == "[]" {
			continue
		}
		if f.Meaning != "" {
			fmt.Fprintf(b, "%s    /** %s */\n", indent, strings.ReplaceAll(f.Meaning, "\n", " "))
		}
		mark := ""
		if !f.Required {
			mark = "?"
		}
		fmt.Fprintf(b, "%s    %s%s: ", indent, name, mark)
		typeOf(b, fields, f, f.Type, f.Path, depth+1)
		b.WriteString(";\n")
	}
	b.WriteString(indent + "}")
}

// typeOf writes one type.
func typeOf(b *strings.Builder, fields []Field, f Field, kind, at string, depth int) {
	if inner, is := strings.CutPrefix(kind, "list of "); is {
		b.WriteString("Array<")
		typeOf(b, fields, f, inner, at+".[]", depth)
		b.WriteString(">")
		return
	}
	if inner, is := strings.CutPrefix(kind, "map of "); is {
		b.WriteString("Record<string, ")
		typeOf(b, fields, f, inner, at+".*", depth)
		b.WriteString(">")
		return
	}
	switch {
	case kind == "object":
		interfaceOf(b, fields, at+".", depth)
	case len(f.Values) > 0:
		words := slices.Clone(f.Values)
		for i, w := range words {
			words[i] = fmt.Sprintf("%q", w)
		}
		b.WriteString(strings.Join(words, " | "))
	case kind == "integer":
		b.WriteString("number")
	default:
		b.WriteString(kind)
	}
}
