package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRunKeepsWhatIsThere cuts a schema twice: tokens that the data file does
// not have and everything that only documents are dropped.
func TestRunKeepsWhatIsThere(t *testing.T) {
	dir := t.TempDir()
	full, data := filepath.Join(dir, "full.json"), filepath.Join(dir, "data.json.gz")
	if err := write(data, map[string]any{"resources": map[string]any{"aws:a:A": map[string]any{}}}); err != nil {
		t.Fatal(err)
	}
	text := `{"name":"aws","version":"7","resources":{
		"aws:a:A":{"description":"text","inputProperties":{"type":{"type":"string","description":"text","willReplaceOnChanges":true}},"requiredInputs":["type"]},
		"aws:b:B":{}}}`
	if err := os.WriteFile(full, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(full, data); err != nil {
		t.Fatal(err)
	}
	got, err := read(data)
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]any
	if err := json.Unmarshal([]byte(`{"name":"aws","version":"7","types":{},"functions":{},"resources":{
		"aws:a:A":{"inputProperties":{"type":{"type":"string","willReplaceOnChanges":true}},"requiredInputs":["type"]}}}`), &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("cut (-want +got):\n%s", diff)
	}
}
