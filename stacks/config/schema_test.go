package config_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	reflector "github.com/invopop/jsonschema"
	validator "github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"github.com/ladder-platform/ladder/internal/golden"
	"github.com/ladder-platform/ladder/stacks/config"
)

const schemaFile = "schema.json"

// sources are the directories with the comments of the structs.
var sources = []string{".", "../../components/network/spec", "../../components/cluster/spec", "../../components/mesh/spec", "../../components/edge/spec", "../../components/observability/spec", "../../components/sample/spec"}

// generate makes the schema of a whole stack file from the structs.
func generate(t *testing.T) []byte {
	t.Helper()
	r := reflector.Reflector{Anonymous: true, CommentMap: map[string]string{}, Namer: func(typ reflect.Type) string {
		if typ.Name() == "" {
			return "" // maps and lists stay where they are used
		}
		room := filepath.Base(filepath.Dir(typ.PkgPath())) // network, cluster, stacks
		return room + "." + typ.Name()
	}}
	for _, dir := range sources {
		if err := r.AddGoComments("github.com/ladder-platform/ladder/stacks/config", dir, reflector.WithFullComment()); err != nil {
			t.Fatal(err)
		}
	}
	s := r.Reflect(&config.Stack{})
	stack := s.Definitions["stacks.Stack"]
	sections := map[string]any{"pulumi:disable-default-providers": map[string]any{"const": []string{"*"}}}
	required := []string{"pulumi:disable-default-providers"}
	for p := stack.Properties.Oldest(); p != nil; p = p.Next() {
		sections[config.Namespace+p.Key] = p.Value
	}
	for _, name := range stack.Required {
		required = append(required, config.Namespace+name)
	}
	delete(s.Definitions, "stacks.Stack")
	text, err := json.MarshalIndent(map[string]any{
		"$schema": s.Version, "title": "Stack file of ladder", "type": "object", "required": []string{"config"},
		"properties": map[string]any{
			"config": map[string]any{
				"type": "object", "properties": sections, "required": required,
				"patternProperties": map[string]any{"^pulumi:": true}, "additionalProperties": false,
			},
			"secretsprovider": map[string]any{"type": "string"}, "encryptedkey": map[string]any{"type": "string"},
			"encryptionsalt": map[string]any{"type": "string"}, "environment": true,
		},
		"additionalProperties": false, "$defs": s.Definitions,
	}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(text, '\n')
}

// TestSchemaIsFresh compares the committed schema with the structs;
// LADDER_GOLDEN=1 writes it again.
func TestSchemaIsFresh(t *testing.T) {
	want := generate(t)
	golden.File(t, schemaFile, string(want))
	if golden.Writing() {
		return // the program that runs has the old one
	}
	embedded, err := config.Schema()
	if err != nil || !bytes.Equal(embedded, want) {
		t.Errorf("Schema() is not the file: %v", err)
	}
}

// TestSchemaSaysWhatKeysAre: every key has its comment, or an editor shows nothing.
func TestSchemaSaysWhatKeysAre(t *testing.T) {
	var doc struct {
		Defs map[string]struct {
			Description string
			Properties  map[string]struct {
				Description string
				Ref         string `json:"$ref"`
			}
		} `json:"$defs"`
	}
	if err := json.Unmarshal(generate(t), &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Defs) < 20 {
		t.Fatalf("%d definitions, want at least 20", len(doc.Defs))
	}
	for name, d := range doc.Defs {
		if d.Description == "" {
			t.Errorf("%s has no comment", name)
		}
	}
	if d := doc.Defs["network.Config"].Properties["podCidr"].Description; !strings.Contains(d, "custom networking") {
		t.Errorf("podCidr has the comment %q", d)
	}
	if d := doc.Defs["cluster.Config"].Properties["network"].Description; d == "" {
		t.Error("cluster.network has no comment")
	}
}

func TestSchemaAgainstStackFiles(t *testing.T) {
	s := compile(t)
	files, err := filepath.Glob("../../Pulumi.*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	variants, err := filepath.Glob("../../tests/stacks/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 3 || len(variants) == 0 {
		t.Fatalf("%d stack files and %d variants", len(files), len(variants))
	}
	for _, file := range append(files, variants...) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Contains(data[:min(len(data), 200)], []byte("yaml-language-server: $schema=")) {
				t.Error("the first lines do not name the schema")
			}
			if err := s.Validate(value(t, data)); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestSchemaRefuses(t *testing.T) {
	s := compile(t)
	good, err := os.ReadFile("../../Pulumi.prd.yaml")
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string][2]string{
		"an unknown key":            {"podCidr:", "podCdir:"},
		"an unknown section":        {"ladder:release:", "ladder:relase:"},
		"a number for text":         {`accountId: "333333333333"`, "accountId: 333333333333"},
		"a word that is no stage":   {"stage: prd", "stage: prod"},
		"a short account id":        {`accountId: "333333333333"`, `accountId: "33333333333"`},
		"default providers left on": {`["*"]`, `["aws"]`},
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			bad := strings.Replace(string(good), change[0], change[1], 1)
			if bad == string(good) {
				t.Fatalf("%q is not in the file", change[0])
			}
			if err := s.Validate(value(t, []byte(bad))); err == nil {
				t.Error("was accepted")
			}
		})
	}
}

func compile(t *testing.T) *validator.Schema {
	t.Helper()
	doc, err := validator.UnmarshalJSON(bytes.NewReader(generate(t)))
	if err != nil {
		t.Fatal(err)
	}
	c := validator.NewCompiler()
	if err := c.AddResource(schemaFile, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// value is a YAML document as the validator takes it.
func value(t *testing.T, data []byte) any {
	t.Helper()
	var v any
	if err := yaml.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	out, err := validator.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return out
}
