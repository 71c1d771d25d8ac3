package judge

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// SandboxSchemas is the file in which the sandbox keeps the schemas of custom
// resources, relative to this package. It is made of upstream's CRDs by Schemas.
const SandboxSchemas = "../../../sandbox/kube/crdschemas.json"

// schemaKeys are the parts of a schema that the sandbox looks at: no prose, no
// defaults, no rules in CEL.
var schemaKeys = []string{
	"type", "properties", "required", "enum", "items", "additionalProperties", "minimum", "maximum", "pattern", "minItems", "maxItems",
	"minLength", "maxLength", "minProperties", "maxProperties", "oneOf", "anyOf", "allOf", "not", "nullable",
	"x-kubernetes-preserve-unknown-fields", "x-kubernetes-int-or-string",
}

// Schemas writes the schemas of CRDs as the sandbox reads them, one kind a line.
func Schemas(definitions []Object) ([]byte, error) {
	lines := map[string]string{}
	for _, d := range definitions {
		spec, _ := d.Object["spec"].(map[string]any)
		names, _ := spec["names"].(map[string]any)
		entry := map[string]any{"plural": names["plural"], "cluster": spec["scope"] == "Cluster"}
		var versions []any
		all, _ := spec["versions"].([]any)
		for _, v := range all {
			version, _ := v.(map[string]any)
			if version["served"] != true {
				continue
			}
			versions = append(versions, version["name"])
			if entry["schema"] == nil { // every served version of these projects has the same
				schema, _ := version["schema"].(map[string]any)
				entry["schema"] = ownFields(bare(schema["openAPIV3Schema"]))
			}
		}
		entry["versions"] = versions
		line, err := compact(entry)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", d.GetName(), err)
		}
		lines[fmt.Sprintf("%s/%s", spec["group"], names["kind"])] = line
	}
	var out bytes.Buffer
	out.WriteString("{\n")
	for i, key := range slices.Sorted(maps.Keys(lines)) {
		if i > 0 {
			out.WriteString(",\n")
		}
		fmt.Fprintf(&out, "%q:%s", key, lines[key])
	}
	out.WriteString("\n}\n")
	return out.Bytes(), nil
}

func compact(v any) (string, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return string(bytes.TrimSpace(out.Bytes())), err
}

// bare is a schema without what the sandbox does not look at.
func bare(schema any) any {
	s, ok := schema.(map[string]any)
	if !ok {
		return schema // additionalProperties: true
	}
	out := map[string]any{}
	for _, key := range schemaKeys {
		v, has := s[key]
		if !has {
			continue
		}
		switch inner := v.(type) {
		case map[string]any:
			if key != "properties" {
				out[key] = bare(inner)
				continue
			}
			properties := map[string]any{}
			for name, p := range inner {
				properties[name] = bare(p)
			}
			out[key] = properties
		case []any:
			if key == "required" || key == "enum" {
				out[key] = inner
				continue
			}
			alternatives := make([]any, len(inner))
			for i, a := range inner {
				alternatives[i] = bare(a)
			}
			out[key] = alternatives
		default:
			out[key] = v
		}
	}
	return out
}

// ownFields takes away what every object has, and the status, which only controllers write.
func ownFields(schema any) any {
	s, _ := schema.(map[string]any)
	properties, _ := s["properties"].(map[string]any)
	for _, key := range []string{"apiVersion", "kind", "metadata", "status"} {
		delete(properties, key)
	}
	return s
}
