package schema

import (
	"fmt"
	"sort"
	"strings"
	"unicode"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Failure is one input that the provider refuses.
type Failure struct {
	Path   string // "metadataOptions.httpTokens"
	Reason string // without the place; see Text
}

// Text is the failure as the bridged provider prints it for the named resource.
// Source: pulumi-terraform-bridge pkg/tfbridge, NewCheckFailure.
func (f Failure) Text(name string) string {
	return fmt.Sprintf("%s. Examine values at '%s.%s'.", f.Reason, name, f.Path)
}

// internalKeys are added by bridge and engine, not by programs.
func internalKey(k string) bool { return strings.HasPrefix(k, "__") || k == "tagsAll" }

// Check compares inputs with the schema: unknown, missing and mistyped
// properties and values outside an enumeration. Unknown (computed) values pass.
func (p *Package) Check(token string, inputs resource.PropertyMap) ([]Failure, error) {
	r, ok := p.Resource(token)
	if !ok {
		return nil, p.unknownType(token)
	}
	c := checker{pkg: p, enums: p.enums[token]}
	c.object("", "", &Object{Properties: r.Inputs, Required: r.RequiredInputs}, inputs)
	sort.SliceStable(c.failures, func(i, j int) bool { return c.failures[i].Path < c.failures[j].Path })
	return c.failures, nil
}

// CheckInvoke does the same for a function's arguments.
func (p *Package) CheckInvoke(token string, args resource.PropertyMap) ([]Failure, error) {
	f, ok := p.Functions[token]
	if !ok {
		return nil, fmt.Errorf("unknown function %q in the %s schema; supported: %s", token, p.Name, strings.Join(p.functionTokens(), ", "))
	}
	c := checker{pkg: p}
	in := f.Inputs
	if in == nil {
		in = &Object{}
	}
	c.object("", "", in, args)
	return c.failures, nil
}

func (p *Package) functionTokens() []string {
	var out []string
	for t := range p.Functions {
		out = append(out, t)
	}
	sort.Strings(out)
	return out
}

func (p *Package) unknownType(token string) error {
	msg := fmt.Sprintf("unknown resource type %q in the %s schema", token, p.Name)
	if near := Nearest(token, p.Tokens()); near != "" {
		msg += fmt.Sprintf("; did you mean %q?", near)
	}
	return fmt.Errorf("%s (add it to sandbox/schema/data/extra.json with its source)", msg)
}

type checker struct {
	pkg      *Package
	enums    map[string][]any
	failures []Failure
}

func (c *checker) fail(path, format string, args ...any) {
	c.failures = append(c.failures, Failure{Path: path, Reason: fmt.Sprintf(format, args...)})
}

// object checks a map against a type. path is what people read ("taints[0]"),
// key is what enumerations are filed under ("taints[]").
func (c *checker) object(path, key string, t *Object, m resource.PropertyMap) {
	for _, k := range m.StableKeys() {
		name, v := string(k), m[k]
		if path == "" && internalKey(name) {
			continue
		}
		prop, ok := t.Properties[name]
		if !ok {
			c.unknown(join(path, name), name, t)
			continue
		}
		c.value(join(path, name), join(key, name), prop, v)
	}
	for _, name := range t.Required {
		if v, ok := m[resource.PropertyKey(name)]; !ok || v.IsNull() {
			c.fail(join(path, name), "Missing required argument. The argument %q is required, but no definition was found.", snake(name))
		}
	}
}

func (c *checker) unknown(path, name string, t *Object) {
	var names []string
	for n := range t.Properties {
		names = append(names, n)
	}
	if near := Nearest(name, names); near != "" {
		c.fail(path, "Invalid or unknown key %q, did you mean %q?", name, near)
		return
	}
	c.fail(path, "Invalid or unknown key %q", name)
}

func (c *checker) value(path, key string, prop *Property, v resource.PropertyValue) {
	v = unwrap(v)
	if v.IsNull() || v.IsComputed() || v.IsOutput() {
		return
	}
	if len(prop.OneOf) > 0 && v.IsObject() {
		return // a typed document in place of its JSON text
	}
	if obj := c.pkg.object(prop); obj != nil {
		if !v.IsObject() {
			c.mistyped(path, "object", v)
			return
		}
		c.object(path, key, obj, v.ObjectValue())
		return
	}
	if c.simple(path, prop, v) {
		c.nested(path, key, prop, v)
		c.enum(path, key, v)
	}
}

// simple checks the outer type.
func (c *checker) simple(path string, prop *Property, v resource.PropertyValue) bool {
	ok := true
	switch prop.Type {
	case "string":
		ok = v.IsString() || v.IsResourceReference()
	case "boolean":
		ok = v.IsBool()
	case "integer":
		ok = v.IsNumber() && v.NumberValue() == float64(int64(v.NumberValue()))
	case "number":
		ok = v.IsNumber()
	case "array":
		ok = v.IsArray()
	case "object":
		ok = v.IsObject()
	}
	if !ok {
		c.mistyped(path, prop.Type, v)
	}
	return ok
}

func (c *checker) nested(path, key string, prop *Property, v resource.PropertyValue) {
	switch {
	case v.IsArray() && prop.Items != nil:
		for i, e := range v.ArrayValue() {
			c.value(fmt.Sprintf("%s[%d]", path, i), key+"[]", prop.Items, e)
		}
	case v.IsObject() && prop.Values != nil:
		for _, k := range v.ObjectValue().StableKeys() {
			c.value(join(path, string(k)), key+"[]", prop.Values, v.ObjectValue()[k])
		}
	}
}

func (c *checker) mistyped(path, want string, v resource.PropertyValue) {
	c.fail(path, "Unexpected type at field %q: expected %s type, got %s type", path, want, v.TypeString())
}

// enum: source of the text: terraform-plugin-sdk helper/validation, StringInSlice.
func (c *checker) enum(path, key string, v resource.PropertyValue) {
	allowed, ok := c.enums[key]
	if !ok {
		return
	}
	var got any
	switch {
	case v.IsString():
		got = v.StringValue()
	case v.IsNumber():
		got = v.NumberValue()
	default:
		return
	}
	words := make([]string, len(allowed))
	for i, a := range allowed {
		if a == got {
			return
		}
		words[i] = fmt.Sprint(a)
		if _, isText := a.(string); isText {
			words[i] = fmt.Sprintf("%q", a)
		}
	}
	c.fail(path, "expected %s to be one of [%s], got %v", snake(strings.ReplaceAll(key, "[]", "")), strings.Join(words, " "), got)
}

func unwrap(v resource.PropertyValue) resource.PropertyValue {
	for v.IsSecret() || (v.IsOutput() && v.OutputValue().Known) {
		if v.IsSecret() {
			v = v.SecretValue().Element
			continue
		}
		v = v.OutputValue().Element
	}
	return v
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// snake is a property's name in terraform-provider-aws, which its messages use.
func snake(s string) string {
	var b strings.Builder
	for i, r := range s {
		if unicode.IsUpper(r) {
			if i > 0 && b.Len() > 0 && !strings.HasSuffix(b.String(), ".") {
				b.WriteByte('_')
			}
			r = unicode.ToLower(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}
