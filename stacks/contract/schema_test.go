package contract_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	reflector "github.com/invopop/jsonschema"
	validator "github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/ladder-platform/ladder/internal/golden"
	"github.com/ladder-platform/ladder/stacks/contract"
)

const schemaFile = "schema.json"

// schema is the JSON Schema of V1 with the comments of v1.go. Additional
// properties are allowed, because a version may gain fields.
func schema(t *testing.T) []byte {
	t.Helper()
	r := reflector.Reflector{AllowAdditionalProperties: true, Anonymous: true, ExpandedStruct: true}
	if err := r.AddGoComments("github.com/ladder-platform/ladder/stacks/contract", "."); err != nil {
		t.Fatal(err)
	}
	s := r.Reflect(&contract.V1{})
	s.Title = "What a ladder stack tells other teams, version " + contract.Version
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(text, '\n')
}

// TestSchemaIsFresh compares the committed schema with the structs;
// LADDER_GOLDEN=1 writes it again.
func TestSchemaIsFresh(t *testing.T) {
	want := schema(t)
	golden.File(t, schemaFile, string(want))
	if !bytes.Contains(want, []byte("public addresses that traffic of the network comes")) {
		t.Error("the comments of the structs are not in the schema")
	}
}

// TestSchemaAgreesWithDecode: what Decode takes the schema takes, and a
// missing field is refused by both.
func TestSchemaAgreesWithDecode(t *testing.T) {
	text, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := validator.UnmarshalJSON(bytes.NewReader(text))
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
	good, err := contract.Encode(example())
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		old, new string
		accepted bool
	}{
		"an example":                       {accepted: true},
		"a field of a newer stack":         {old: `"stack":`, new: `"later":{"a":1},"stack":`, accepted: true},
		"another version":                  {old: `"v1"`, new: `"v2"`},
		"no region":                        {old: `"region":`, new: `"regions":`},
		"no VPC":                           {old: `"vpcId":`, new: `"vpc":`},
		"a cluster without an issuer":      {old: `"oidcIssuer":`, new: `"oidc":`},
		"a list where there should be one": {old: `"zones":["apne2-az1","apne2-az2"]`, new: `"zones":"apne2-az1"`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			changed := string(good)
			if tt.old != "" {
				if !strings.Contains(changed, tt.old) {
					t.Fatalf("the example has no %s", tt.old)
				}
				changed = strings.Replace(changed, tt.old, tt.new, 1)
			}
			value, err := validator.UnmarshalJSON(strings.NewReader(changed))
			if err != nil {
				t.Fatal(err)
			}
			bySchema := s.Validate(value)
			_, byDecode := contract.Decode([]byte(changed), false)
			if (bySchema == nil) != tt.accepted || (byDecode == nil) != tt.accepted {
				t.Errorf("accepted should be %v; schema: %v; Decode: %v", tt.accepted, bySchema, byDecode)
			}
		})
	}
}

// TestTypesForTypeScriptAreFresh compares the types that the TypeScript consumer
// is compiled with.
func TestTypesForTypeScriptAreFresh(t *testing.T) {
	text, err := contract.TypeScript(schema(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{
		"    version: \"v1\";\n", "    stage: \"dev\" | \"stg\" | \"prd\";\n", "    networks: Record<string, {\n",
		"        privateSubnets: Record<string, string>;\n", "        zones: Array<string>;\n", "        mesh?: {\n", "    edge?: {\n",
	} {
		if !strings.Contains(text, part) {
			t.Errorf("the types lack %q", part)
		}
	}
	golden.File(t, "../../tests/consumers/typescript/contract.ts", text)
}
