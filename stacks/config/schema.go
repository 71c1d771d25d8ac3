package config

import (
	_ "embed"
	"fmt"
)

// schema is written by the test TestSchemaIsFresh with LADDER_GOLDEN=1, from
// the structs and their comments; sources are not there at run time.
//
//go:embed schema.json
var schema []byte

// Schema is the JSON Schema of a stack file, for editors.
func Schema() ([]byte, error) {
	if len(schema) == 0 {
		return nil, fmt.Errorf("the schema is empty; write it again: LADDER_GOLDEN=1 go test ./stacks/config -run TestSchemaIsFresh")
	}
	return append([]byte(nil), schema...), nil
}
