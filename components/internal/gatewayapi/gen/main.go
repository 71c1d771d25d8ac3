// Command gen writes the definitions of one version of the Gateway API.
//
//	go run ./components/internal/gatewayapi/gen "$(go mod download -json sigs.k8s.io/gateway-api@v1.6.0 | jq -r .Dir)" components/internal/gatewayapi/data/1.6.0.json.gz
//
// It takes the standard channel without the kinds that nothing here uses, and
// drops descriptions, which the API server does not need.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"

	"gopkg.in/yaml.v3"
)

// unused are kinds for plain TCP and UDP, which no entrance of ours has.
var unused = map[string]bool{"TCPRoute": true, "UDPRoute": true}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: gen MODULE_DIRECTORY DATA.json.gz")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(module, data string) error {
	files, err := filepath.Glob(filepath.Join(module, "config", "crd", "standard", "*.yaml"))
	if err != nil {
		return err
	}
	sort.Strings(files)
	var out []any
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		var crd map[string]any
		if err := yaml.Unmarshal(text, &crd); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if crd["kind"] != "CustomResourceDefinition" || unused[kindOf(crd)] {
			continue
		}
		delete(crd, "status")
		out = append(out, prune(crd))
	}
	if len(out) == 0 {
		return fmt.Errorf("%s holds no definition", module)
	}
	text, err := json.Marshal(out)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := w.Write(text); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return os.WriteFile(data, b.Bytes(), 0o644)
}

func kindOf(crd map[string]any) string {
	spec, _ := crd["spec"].(map[string]any)
	names, _ := spec["names"].(map[string]any)
	kind, _ := names["kind"].(string)
	return kind
}

// prune drops descriptions; a property that is called so is a mapping and stays.
func prune(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, e := range v {
			if _, words := e.(string); words && k == "description" {
				continue
			}
			out[k] = prune(e)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = prune(e)
		}
		return out
	}
	return v
}
