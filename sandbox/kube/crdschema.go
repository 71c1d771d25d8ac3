package kube

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	apiext "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
)

// crdSchema is what a project's CRD says of a kind, without its prose: names,
// types, required fields, enumerations and bounds. Rules in CEL are left out.
type crdSchema struct {
	Plural   string                 `json:"plural"`
	Cluster  bool                   `json:"cluster"`
	Versions []string               `json:"versions"`
	Schema   apiext.JSONSchemaProps `json:"schema"`
}

// crdSchemaText holds the schemas of Istio (manifests/charts/base/files of the
// module istio.io/istio) and of the Gateway API (config/crd/standard of
// sigs.k8s.io/gateway-api 1.6.0), one kind a line. tests/upstream writes the file
// (LADDER_GOLDEN=1) and fails when it is not what upstream's CRDs say.
//
//go:embed crdschemas.json
var crdSchemaText []byte

// crdSchemas by group and kind.
var crdSchemas = sync.OnceValue(func() map[string]*crdSchema {
	out := map[string]*crdSchema{}
	if err := json.Unmarshal(crdSchemaText, &out); err != nil {
		panic("kube: crdschemas.json is embedded as it was written: " + err.Error())
	}
	return out
})

// definitionOf is the CRD of a kind whose schema is known.
func definitionOf(groupKind string) definition {
	s := crdSchemas()[groupKind]
	if s == nil {
		panic("kube: crdschemas.json lacks " + groupKind)
	}
	group, kind, _ := strings.Cut(groupKind, "/")
	return definition{group: group, kind: kind, plural: s.Plural, versions: s.Versions, cluster: s.Cluster}
}

// checkSchema is the server's strict check of a custom resource against its CRD's
// schema: fields that it does not have are refused together, then wrong values.
func (a *api) checkSchema(gvk schema.GroupVersionKind, s *crdSchema, obj map[string]any) error {
	c := &schemaCheck{}
	for _, k := range sorted(s.Schema.Properties) {
		if v, ok := obj[k]; ok {
			p := s.Schema.Properties[k]
			c.value(&p, v, field.NewPath(k))
		} else if slices.Contains(s.Schema.Required, k) {
			c.errs = append(c.errs, field.Required(field.NewPath(k), ""))
		}
	}
	for _, k := range sorted(obj) {
		if _, ok := s.Schema.Properties[k]; !ok && !slices.Contains([]string{"apiVersion", "kind", "metadata", "status", managerKey, sandboxKey}, k) {
			c.unknown = append(c.unknown, k)
		}
	}
	switch {
	case len(c.unknown) > 0 && a.rules.On(ruleCustomFields):
		quoted := make([]string, len(c.unknown))
		for i, u := range c.unknown {
			quoted[i] = fmt.Sprintf("unknown field %q", u)
		}
		return apierrors.NewBadRequest(ruleCustomFields.Errorf(gvk.Kind, gvk.Version, gvk.Kind, strings.Join(quoted, ", ")).Error())
	case len(c.errs) > 0 && a.rules.On(ruleCustomValues):
		return apierrors.NewInvalid(gvk.GroupKind(), nested.Text(obj, "metadata", "name"), c.errs)
	}
	return nil
}

// schemaCheck collects what is wrong with a value.
type schemaCheck struct {
	unknown []string
	errs    field.ErrorList
}

func (c *schemaCheck) value(s *apiext.JSONSchemaProps, v any, at *field.Path) {
	if v == nil {
		return // the server drops a null before it validates
	}
	if !c.typed(s, v, at) {
		return
	}
	switch x := v.(type) {
	case map[string]any:
		c.object(s, x, at)
	case []any:
		c.list(s, x, at)
	case string:
		c.text(s, x, at)
	case float64:
		c.number(s, x, at)
	}
	if len(s.Enum) > 0 && !slices.ContainsFunc(s.Enum, func(e apiext.JSON) bool { return sameAsJSON(e, v) }) {
		values := make([]string, len(s.Enum))
		for i, e := range s.Enum {
			values[i] = strings.Trim(string(e.Raw), `"`)
		}
		c.errs = append(c.errs, field.NotSupported(at, v, values))
	}
	c.combined(s, v, at)
}

// typed tells whether the value has the type that the schema asks for.
func (c *schemaCheck) typed(s *apiext.JSONSchemaProps, v any, at *field.Path) bool {
	is := typeName(v)
	switch {
	case s.XIntOrString && (is == "integer" || is == "string"), s.Type == "", s.Type == is, s.Type == "number" && is == "integer":
		return true
	}
	c.errs = append(c.errs, field.TypeInvalid(at, is, fmt.Sprintf("%s in body must be of type %s: %q", at, s.Type, is)))
	return false
}

func typeName(v any) string {
	switch x := v.(type) {
	case map[string]any:
		return "object"
	case []any:
		return "array"
	case string:
		return "string"
	case bool:
		return "boolean"
	case float64:
		if x == float64(int64(x)) {
			return "integer"
		}
		return "number"
	case int, int64:
		return "integer"
	}
	return fmt.Sprintf("%T", v)
}

func (c *schemaCheck) object(s *apiext.JSONSchemaProps, obj map[string]any, at *field.Path) {
	for _, k := range s.Required {
		if _, ok := obj[k]; !ok {
			c.errs = append(c.errs, field.Required(at.Child(k), ""))
		}
	}
	if n := int64(len(obj)); s.MinProperties != nil && n < *s.MinProperties {
		c.errs = append(c.errs, field.Invalid(at, n, fmt.Sprintf("%s in body should have at least %d properties", at, *s.MinProperties)))
	} else if s.MaxProperties != nil && n > *s.MaxProperties {
		c.errs = append(c.errs, field.TooMany(at, int(n), int(*s.MaxProperties)))
	}
	open := s.Type == "" || s.XPreserveUnknownFields != nil && *s.XPreserveUnknownFields
	for _, k := range sorted(obj) {
		if p, ok := s.Properties[k]; ok {
			c.value(&p, obj[k], at.Child(k))
			continue
		}
		switch more := s.AdditionalProperties; {
		case more != nil && more.Schema != nil:
			c.value(more.Schema, obj[k], at.Key(k))
		case more != nil && more.Allows, open:
		default:
			c.unknown = append(c.unknown, at.Child(k).String())
		}
	}
}

func (c *schemaCheck) list(s *apiext.JSONSchemaProps, items []any, at *field.Path) {
	n := int64(len(items))
	if s.MinItems != nil && n < *s.MinItems {
		c.errs = append(c.errs, field.Invalid(at, n, fmt.Sprintf("%s in body should have at least %d items", at, *s.MinItems)))
	}
	if s.MaxItems != nil && n > *s.MaxItems {
		c.errs = append(c.errs, field.TooMany(at, int(n), int(*s.MaxItems)))
	}
	if s.Items == nil || s.Items.Schema == nil {
		return
	}
	for i, v := range items {
		c.value(s.Items.Schema, v, at.Index(i))
	}
}

func (c *schemaCheck) text(s *apiext.JSONSchemaProps, v string, at *field.Path) {
	n := int64(len([]rune(v)))
	if s.MinLength != nil && n < *s.MinLength {
		c.errs = append(c.errs, field.Invalid(at, v, fmt.Sprintf("%s in body should be at least %d chars long", at, *s.MinLength)))
	}
	if s.MaxLength != nil && n > *s.MaxLength {
		c.errs = append(c.errs, field.TooLong(at, v, int(*s.MaxLength)))
	}
	if s.Pattern == "" {
		return
	}
	if re, err := regexp.Compile(s.Pattern); err == nil && !re.MatchString(v) {
		c.errs = append(c.errs, field.Invalid(at, v, fmt.Sprintf("%s in body should match '%s'", at, s.Pattern)))
	}
}

func (c *schemaCheck) number(s *apiext.JSONSchemaProps, v float64, at *field.Path) {
	if s.Minimum != nil && v < *s.Minimum {
		c.errs = append(c.errs, field.Invalid(at, v, fmt.Sprintf("%s in body should be greater than or equal to %v", at, *s.Minimum)))
	}
	if s.Maximum != nil && v > *s.Maximum {
		c.errs = append(c.errs, field.Invalid(at, v, fmt.Sprintf("%s in body should be less than or equal to %v", at, int64(*s.Maximum))))
	}
}

// combined checks oneOf, anyOf, allOf and not, which ask only which of several
// shapes a value has and so report no unknown field of their own.
func (c *schemaCheck) combined(s *apiext.JSONSchemaProps, v any, at *field.Path) {
	fits := func(alternatives []apiext.JSONSchemaProps) int {
		n := 0
		for i := range alternatives {
			if inner := (&schemaCheck{}); inner.fits(&alternatives[i], v, at) {
				n++
			}
		}
		return n
	}
	refuse := func(format string, args ...any) {
		c.errs = append(c.errs, field.Invalid(at, "", fmt.Sprintf(format, append([]any{at.String()}, args...)...)))
	}
	if n := fits(s.OneOf); len(s.OneOf) > 0 && n == 0 {
		refuse("%q must validate one and only one schema (oneOf). Found none valid")
	} else if n > 1 {
		refuse("%q must validate one and only one schema (oneOf). Found %d valid alternatives", n)
	}
	if len(s.AnyOf) > 0 && fits(s.AnyOf) == 0 && !s.XIntOrString {
		refuse("%q must validate at least one schema (anyOf)")
	}
	if len(s.AllOf) > 0 && fits(s.AllOf) < len(s.AllOf) {
		refuse("%q must validate all the schemas (allOf)")
	}
	if s.Not != nil && (&schemaCheck{}).fits(s.Not, v, at) {
		refuse("%q must not validate the schema (not)")
	}
}

func (c *schemaCheck) fits(s *apiext.JSONSchemaProps, v any, at *field.Path) bool {
	c.value(s, v, at)
	return len(c.errs) == 0
}

func sameAsJSON(e apiext.JSON, v any) bool {
	raw, err := json.Marshal(v)
	return err == nil && string(raw) == string(e.Raw)
}
