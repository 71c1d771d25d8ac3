package contract_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/stacks/contract"
)

// publishVariable publishes the schema: it becomes what later ones are held to.
const publishVariable = "LADDER_PUBLISH"

// TestThePublishedContractIsKept holds the schema to the one that readers of its
// version were given. LADDER_PUBLISH=1 publishes it, if it breaks nobody. It is
// made from the structs: a stale schema.json hides nothing.
func TestThePublishedContractIsKept(t *testing.T) {
	file, is := filepath.Join("published", contract.Version+".json"), schema(t)
	published, err := os.ReadFile(file)
	if err != nil && os.Getenv(publishVariable) == "" {
		t.Fatalf("version %s was never published: %s=1 go test -run TestThePublishedContractIsKept ./stacks/contract: %v", contract.Version, publishVariable, err)
	}
	if err == nil {
		c, err := contract.Compare(published, is)
		if err != nil {
			t.Fatal(err)
		}
		for _, ch := range c.Breaking() {
			t.Errorf("%s %s: readers of %s break; keep it as it is, or move contract.Version and export both for two releases", ch.Path, ch.What, c.From)
		}
	}
	if os.Getenv(publishVariable) != "" && !t.Failed() {
		if err := os.WriteFile(file, is, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestNoFieldOfTheContractIsASecret(t *testing.T) {
	fields, err := contract.Fields(schema(t))
	if err != nil {
		t.Fatal(err)
	}
	paths := map[string]string{}
	for _, f := range fields {
		paths[f.Path] = f.Type
		if f.Secret {
			t.Errorf("%s is marked as a secret: the contract has none (doc.go); give an ARN or a name in its place", f.Path)
		}
		if f.Meaning == "" {
			t.Errorf("%s has no comment: readers would have to guess", f.Path)
		}
	}
	want := map[string]string{"networks": "map of object", "networks.*.privateSubnets": "map of string", "clusters.*.mesh.gateways.*.service": "string", "edge.addresses": "list of string"}
	for path, kind := range want {
		if paths[path] != kind {
			t.Errorf("%s is %q, want %q", path, paths[path], kind)
		}
	}
}

// small is a schema with one field of each kind.
const small = `{"$defs":{"N":{"type":"object","required":["id"],"properties":{"id":{"type":"string"},"zones":{"type":"array","items":{"type":"string"}}}}},
"properties":{"version":{"type":"string","enum":["v1"]},"stage":{"type":"string","enum":["dev","prd"]},"account":{"type":"string","pattern":"^[0-9]+$"},
"networks":{"type":"object","additionalProperties":{"$ref":"#/$defs/N"}},"edge":{"$ref":"#/$defs/N"}},"required":["version","stage","networks"]}`

func TestCompare(t *testing.T) {
	breaks := func(path, what string) contract.Change { return contract.Change{Path: path, What: what, Breaks: true} }
	fine := func(path, what string) contract.Change { return contract.Change{Path: path, What: what} }
	tests := map[string]struct {
		oldnew []string
		want   []contract.Change
	}{
		"nothing changes":                                {nil, nil},
		"a comment changes":                              {[]string{`"stage":{`, `"stage":{"description":"x",`}, nil},
		"a field is removed":                             {[]string{`,"zones":{"type":"array","items":{"type":"string"}}`, ``}, []contract.Change{breaks("edge.zones", "is removed (list of string)"), breaks("networks.*.zones", "is removed (list of string)")}},
		"a field is renamed":                             {[]string{`"account":{`, `"accountId":{`}, []contract.Change{breaks("account", "is removed (string)"), fine("accountId", "is added (string)")}},
		"a field is retyped":                             {[]string{`"id":{"type":"string"}`, `"id":{"type":"integer"}`}, []contract.Change{breaks("edge.id", "was string and is integer"), breaks("networks.*.id", "was string and is integer")}},
		"entries of a list are retyped":                  {[]string{`"items":{"type":"string"}`, `"items":{"type":"integer"}`}, []contract.Change{breaks("edge.zones", "was list of string and is list of integer"), breaks("networks.*.zones", "was list of string and is list of integer")}},
		"a field may be absent":                          {[]string{`"stage","networks"`, `"networks"`}, []contract.Change{breaks("stage", "was always there and may be absent")}},
		"a field is always there":                        {[]string{`"stage","networks"`, `"stage","networks","edge"`}, []contract.Change{fine("edge", "is always there now")}},
		"a value that readers do not know":               {[]string{`"dev","prd"`, `"dev","stg","prd"`}, []contract.Change{breaks("stage", "could be dev, prd only and can be dev, stg, prd")}},
		"any value":                                      {[]string{`"enum":["dev","prd"]`, `"title":"x"`}, []contract.Change{breaks("stage", "could be dev, prd only and can be anything")}},
		"a value less":                                   {[]string{`"dev","prd"`, `"prd"`}, []contract.Change{fine("stage", "can be prd only")}},
		"another pattern":                                {[]string{`^[0-9]+$`, `^[a-z]+$`}, []contract.Change{breaks("account", "matched ^[0-9]+$ and matches ^[a-z]+$")}},
		"a field becomes secret":                         {[]string{`"account":{`, `"account":{"secret":true,`}, []contract.Change{breaks("account", "was no secret and is a secret")}},
		"a field becomes secret, as a tag has it":        {[]string{`"account":{`, `"account":{"secret":"true",`}, []contract.Change{breaks("account", "was no secret and is a secret")}},
		"a map becomes a list":                           {[]string{`{"type":"object","additionalProperties":{"$ref":"#/$defs/N"}}`, `{"type":"array","items":{"type":"string"}}`}, []contract.Change{breaks("networks", "was map of object and is list of string"), breaks("networks.*.id", "is removed (string)"), breaks("networks.*.zones", "is removed (list of string)")}},
		"a field is added at the root and in a deep one": {[]string{`"id":{"type":"string"},`, `"id":{"type":"string"},"arn":{"type":"string"},`}, []contract.Change{fine("edge.arn", "is added (string)"), fine("networks.*.arn", "is added (string)")}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			newer := small
			for i := 0; i < len(tt.oldnew); i += 2 {
				if !strings.Contains(newer, tt.oldnew[i]) {
					t.Fatalf("the schema has no %s", tt.oldnew[i])
				}
				newer = strings.ReplaceAll(newer, tt.oldnew[i], tt.oldnew[i+1])
			}
			c, err := contract.Compare([]byte(small), []byte(newer))
			if err != nil {
				t.Fatal(err)
			}
			want := tt.want
			if want == nil {
				want = []contract.Change{}
			}
			if diff := cmp.Diff(want, c.Changes); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			moved, err := contract.Compare([]byte(small), []byte(strings.Replace(newer, `"v1"`, `"v2"`, 1)))
			if err != nil {
				t.Fatal(err)
			}
			if len(moved.Breaking()) > 0 || len(moved.Changes) != len(want) {
				t.Errorf("with the version moved nothing is refused and the changes are the same, got %v of %v", moved.Breaking(), moved.Changes)
			}
		})
	}
}

func TestCompareRefuses(t *testing.T) {
	tests := map[string]struct{ older, newer, says string }{
		"no JSON":                {"", small, "older schema: contract: the schema cannot be read"},
		"another document":       {small, `{"type":"object"}`, "newer schema: contract: the schema has no properties"},
		"no version":             {strings.Replace(small, `"enum":["v1"]`, `"title":"x"`, 1), small, "the older schema names no version"},
		"a reference to nothing": {small, strings.ReplaceAll(small, "$defs/N", "$defs/M"), `leads nowhere`},
		"a circle":               {small, strings.Replace(small, `"id":{"type":"string"}`, `"id":{"$ref":"#/$defs/N"}`, 1), "back to itself"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := contract.Compare([]byte(tt.older), []byte(tt.newer)); err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("error %v, want %q", err, tt.says)
			}
		})
	}
}

// TestEveryFieldThatGoesIsNoticed takes every field of the real schema away, one
// at a time: each is a break, and none is forgiven within the version.
func TestEveryFieldThatGoesIsNoticed(t *testing.T) {
	fields, err := contract.Fields(schema(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fields {
		if f.Path == "version" {
			continue // without it the schema is refused
		}
		name := f.Path[strings.LastIndex(f.Path, ".")+1:]
		c, err := contract.Compare(contract.Schema(), bytes.ReplaceAll(contract.Schema(), fmt.Appendf(nil, "%q: {", name), fmt.Appendf(nil, "%q: {", name+"Gone")))
		if err != nil {
			t.Fatal(err)
		}
		if len(c.Breaking()) == 0 {
			t.Errorf("%s can go unnoticed", f.Path)
		}
	}
}

func TestSecretsAreFoundByPath(t *testing.T) {
	var output any
	text := `{"a":"x","b":{"c":[{"4dabf18193072939515e22adb298388d":"1b47061264138c4ac30d75fd1eb44270","ciphertext":"v1:x"},"y"]},"d":"[secret]"}`
	if err := json.Unmarshal([]byte(text), &output); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"b.c.0", "d"}, contract.Secrets(output)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
