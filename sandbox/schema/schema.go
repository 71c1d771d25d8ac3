package schema

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/url"
	"sort"
	"strings"
	"sync"
)

// Property is the type of one property.
type Property struct {
	Type   string      `json:"type,omitempty"`
	Ref    string      `json:"$ref,omitempty"`
	Items  *Property   `json:"items,omitempty"`
	Values *Property   `json:"additionalProperties,omitempty"`
	OneOf  []*Property `json:"oneOf,omitempty"`
	// Replace: a change of this property replaces the resource.
	Replace bool `json:"willReplaceOnChanges,omitempty"`
	// Secret: the provider marks the value secret in outputs.
	Secret bool `json:"secret,omitempty"`
	// Default is filled in by Check and listed in __defaults.
	Default any `json:"default,omitempty"`
}

// Object is a nested type.
type Object struct {
	Properties map[string]*Property `json:"properties"`
	Required   []string             `json:"required,omitempty"`
}

// Resource is one resource type.
type Resource struct {
	Inputs         map[string]*Property `json:"inputProperties"`
	Outputs        map[string]*Property `json:"properties"`
	Required       []string             `json:"required,omitempty"`
	RequiredInputs []string             `json:"requiredInputs,omitempty"`
	// Source says where a type written by hand comes from; "" for generated ones.
	Source string `json:"source,omitempty"`
}

// Function is one invoke.
type Function struct {
	Inputs  *Object `json:"inputs,omitempty"`
	Outputs *Object `json:"outputs,omitempty"`
}

// Package is the schema of one provider.
type Package struct {
	Name      string               `json:"name"`
	Version   string               `json:"version"`
	Types     map[string]*Object   `json:"types"`
	Resources map[string]*Resource `json:"resources"`
	Functions map[string]*Function `json:"functions"`
	enums     map[string]map[string][]any
}

//go:embed data/aws.json.gz
var awsData []byte

//go:embed data/extra.json
var extraData []byte

//go:embed data/enums.json
var enumData []byte

// AWS is the schema of the aws provider. It is read once; do not change it.
var AWS = sync.OnceValue(func() *Package {
	p, err := loadAWS()
	if err != nil {
		panic("sandbox/schema: embedded data: " + err.Error()) // a broken build, not bad input
	}
	return p
})

func loadAWS() (*Package, error) {
	zr, err := gzip.NewReader(bytes.NewReader(awsData))
	if err != nil {
		return nil, fmt.Errorf("aws.json.gz: %w", err)
	}
	p := &Package{}
	if err := json.NewDecoder(zr).Decode(p); err != nil {
		return nil, fmt.Errorf("aws.json.gz: %w", err)
	}
	var extra Package
	if err := json.Unmarshal(extraData, &extra); err != nil {
		return nil, fmt.Errorf("extra.json: %w", err)
	}
	for tok, r := range extra.Resources {
		if _, dup := p.Resources[tok]; dup {
			return nil, fmt.Errorf("extra.json: %s is in aws.json.gz too", tok)
		}
		if r.Source == "" {
			return nil, fmt.Errorf("extra.json: %s has no source", tok)
		}
		p.Resources[tok] = r
	}
	for tok, t := range extra.Types {
		p.Types[tok] = t
	}
	for tok, f := range extra.Functions {
		p.Functions[tok] = f
	}
	var enums struct {
		Values map[string]map[string][]any `json:"values"`
	}
	if err := json.Unmarshal(enumData, &enums); err != nil {
		return nil, fmt.Errorf("enums.json: %w", err)
	}
	p.enums = enums.Values
	return p, nil
}

// Resource finds a resource type by token.
func (p *Package) Resource(token string) (*Resource, bool) {
	r, ok := p.Resources[token]
	return r, ok
}

// Tokens lists the resource types, sorted.
func (p *Package) Tokens() []string {
	out := make([]string, 0, len(p.Resources))
	for t := range p.Resources {
		out = append(out, t)
	}
	sort.Strings(out)
	return out
}

// object follows a reference to a nested type; nil when prop is not one.
func (p *Package) object(prop *Property) *Object {
	const prefix = "#/types/"
	if prop == nil || !strings.HasPrefix(prop.Ref, prefix) {
		return nil
	}
	tok := strings.TrimPrefix(prop.Ref, prefix)
	if t, ok := p.Types[tok]; ok {
		return t
	}
	if dec, err := url.PathUnescape(tok); err == nil {
		return p.Types[dec]
	}
	return nil
}

// Fields are the properties of the nested type that prop refers to; none when it refers to none.
func (p *Package) Fields(prop *Property) map[string]*Property {
	if t := p.object(prop); t != nil {
		return t.Properties
	}
	return nil
}

// HoldsSecret says whether the provider marks the property secret, or anything
// nested in it.
func (p *Package) HoldsSecret(prop *Property) bool { return p.holdsSecret(prop, map[*Object]bool{}) }

// holdsSecret looks into each type once: types may contain themselves.
func (p *Package) holdsSecret(prop *Property, seen map[*Object]bool) bool {
	if prop == nil {
		return false
	}
	if prop.Secret || p.holdsSecret(prop.Items, seen) || p.holdsSecret(prop.Values, seen) {
		return true
	}
	t := p.object(prop)
	if t == nil || seen[t] {
		return false
	}
	seen[t] = true
	for _, f := range t.Properties {
		if p.holdsSecret(f, seen) {
			return true
		}
	}
	return false
}

// Nearest is the candidate closest to word by edit distance, or "" when none
// is close enough to be what was meant (a third of the word's length, at least 2).
func Nearest(word string, candidates []string) string {
	best, bestDist := "", max(2, len(word)/3)+1
	sort.Strings(candidates)
	for _, c := range candidates {
		if d := distance(strings.ToLower(word), strings.ToLower(c)); d < bestDist {
			best, bestDist = c, d
		}
	}
	return best
}

func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		prev := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			prev, row[j] = row[j], min(row[j]+1, row[j-1]+1, prev+cost)
		}
	}
	return row[len(b)]
}
