package reference

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const schema = `{"$defs": {
  "a.Config": {"description": "Config is\nall of it.", "required": ["name"], "properties": {
    "name": {"type": "string", "description": "Name | or <id>."},
    "mode": {"type": "string", "enum": ["x", "y"], "description": "Mode."},
    "size": {"type": "integer", "minimum": 1, "maximum": 9},
    "least": {"type": "integer", "minimum": 2},
    "parts": {"type": "object", "additionalProperties": {"$ref": "#/$defs/a.Part"}},
    "more": {"type": "array", "items": {"$ref": "#/$defs/a.Part"}},
    "tags": {"type": "object", "additionalProperties": {"type": "string"}},
    "names": {"type": "array", "items": {"type": "string"}},
    "on": {"type": "boolean"}}},
  "a.Part": {"description": "Part.", "properties": {"self": {"$ref": "#/$defs/a.Part"}}}}}`

const page = "head\n" + `
## top

### ` + "`top.<key>`" + `

Config is all of it.

| key | value | what it is |
|---|---|---|
| ` + "`name`" + ` | text, needed | Name \| or &lt;id>. |
| ` + "`mode`" + ` | ` + "`x` or `y`" + ` | Mode. |
| ` + "`size`" + ` | number, 1 to 9 |  |
| ` + "`least`" + ` | number, 2 or more |  |
| ` + "`parts`" + ` | sections by name |  |
| ` + "`more`" + ` | list of sections |  |
| ` + "`tags`" + ` | text by name |  |
| ` + "`names`" + ` | list of text |  |
| ` + "`on`" + ` | true or false |  |

### ` + "`top.<key>.parts.<name>`" + `

Part.

| key | value | what it is |
|---|---|---|
| ` + "`self`" + ` | as a.Part above |  |
`

func TestPage(t *testing.T) {
	got, err := Page("head\n", []byte(schema), []Section{{Key: "top", Ref: "a.Config", Under: "key"}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(page, got); diff != "" {
		t.Errorf("page (-want +got):\n%s", diff)
	}
}

func TestWhatCannotBeWritten(t *testing.T) {
	for name, tt := range map[string]struct{ schema, want string }{
		"no schema at all":            {"{", "read the schema"},
		"a section that is not there": {`{"$defs": {}}`, `top: the schema has no "a.Config"`},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Page("", []byte(tt.schema), []Section{{Key: "top", Ref: "a.Config"}}); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}
