// Package gatewayapi holds the custom resource definitions of the Gateway API,
// which its project publishes as files and not as a chart. They are release
// items of their own: registered before what uses them, moved with the release,
// kept on delete.
//
// data/<version>.json.gz is written by gen from the project's own Go module.
package gatewayapi

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

//go:embed data/*.json.gz
var data embed.FS

// Versions that this program has, oldest first.
func Versions() []string {
	entries, err := data.ReadDir("data")
	if err != nil {
		panic(fmt.Sprintf("gatewayapi: %v", err)) // embedded: cannot be
	}
	var out []string
	for _, e := range entries {
		out = append(out, strings.TrimSuffix(e.Name(), ".json.gz"))
	}
	slices.Sort(out)
	return out
}

// Definition is one CustomResourceDefinition.
type Definition struct {
	Metadata struct {
		Name        string            `json:"name"`
		Annotations map[string]string `json:"annotations"`
		Labels      map[string]string `json:"labels"`
	} `json:"metadata"`
	// Spec as in the manifest.
	Spec map[string]any `json:"spec"`
}

// Definitions of a version, by name.
func Definitions(version string) ([]Definition, error) {
	packed, err := data.ReadFile("data/" + version + ".json.gz")
	if err != nil {
		return nil, fmt.Errorf("gateway API %q is not one of %s", version, strings.Join(Versions(), ", "))
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("gateway API %s: %w", version, err)
	}
	defer r.Close()
	var out []Definition
	if err := json.NewDecoder(r).Decode(&out); err != nil {
		return nil, fmt.Errorf("gateway API %s: %w", version, err)
	}
	return out, nil
}
