// Command gen cuts a full package schema down to what sandbox/schema needs.
//
//	go run ./sandbox/schema/gen full.json sandbox/schema/data/aws.json.gz
//
// It keeps the types, resources and functions that the present data file has,
// and drops descriptions, examples and language settings.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: gen FULL.json DATA.json.gz")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(full, data string) error {
	have, err := read(data)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(full)
	if err != nil {
		return err
	}
	var all map[string]any
	if err := json.Unmarshal(text, &all); err != nil {
		return fmt.Errorf("%s: %w", full, err)
	}
	out := map[string]any{"name": all["name"], "version": all["version"]}
	for _, section := range []string{"types", "resources", "functions"} {
		kept := map[string]any{}
		old, _ := have[section].(map[string]any)
		fresh, _ := all[section].(map[string]any)
		for token := range old {
			if v, ok := fresh[token]; ok {
				kept[token] = prune(v)
				continue
			}
			fmt.Fprintf(os.Stderr, "gen: %s %s is not in %s any more\n", section, token, full)
		}
		out[section] = kept
	}
	return write(data, out)
}

// keys that Check and Diff read.
var keys = map[string]bool{
	"type": true, "$ref": true, "items": true, "additionalProperties": true, "oneOf": true, "willReplaceOnChanges": true, "secret": true, "default": true,
	"properties": true, "required": true, "inputProperties": true, "requiredInputs": true, "inputs": true, "outputs": true,
}

func prune(v any) any {
	switch x := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, e := range x {
			switch {
			case k == "properties" || k == "inputProperties":
				props := map[string]any{}
				if m, ok := e.(map[string]any); ok {
					for name, p := range m {
						props[name] = prune(p)
					}
				}
				out[k] = props
			case keys[k]:
				out[k] = prune(e)
			}
		}
		return out
	case []any:
		for i, e := range x {
			x[i] = prune(e)
		}
	}
	return v
}

func read(path string) (map[string]any, error) {
	f, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	zr, err := gzip.NewReader(bytes.NewReader(f))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var out map[string]any
	if err := json.NewDecoder(zr).Decode(&out); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return out, nil
}

func write(path string, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	zw, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := zw.Write(text); err != nil {
		return err
	}
	if err := zw.Close(); err != nil {
		return err
	}
	return os.WriteFile(path, b.Bytes(), 0o644)
}
