package istio

import (
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Stack is what one stack gives Istio to decide on.
type Stack struct {
	Name string
	// Objects of Istio's API groups.
	Objects []unstructured.Unstructured
	// MeshConfigs are what its istiods are told, by release.
	MeshConfigs map[string]map[string]any
	// Chains are folders with the files of a Secret cacerts, by cluster.
	Chains map[string]string
}

// chainFolder holds, beside the stacks' files, a folder for each stack and in it one for each cluster.
const chainFolder = "cacerts"

// Load reads what tests/manifests wrote.
func Load(folder string) ([]Stack, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		return nil, fmt.Errorf("manifests: %w", err)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("manifests: no *.json in %q", folder)
	}
	slices.Sort(files)
	var out []Stack
	for _, file := range files {
		s, err := loadStack(folder, file)
		if err != nil {
			return nil, fmt.Errorf("manifests: %s: %w", file, err)
		}
		out = append(out, s)
	}
	return out, nil
}

func loadStack(folder, file string) (Stack, error) {
	s := Stack{Name: strings.TrimSuffix(filepath.Base(file), ".json"), Chains: map[string]string{}, MeshConfigs: map[string]map[string]any{}}
	text, err := os.ReadFile(file)
	if err != nil {
		return s, err
	}
	var all []map[string]any
	if err := json.Unmarshal(text, &all); err != nil {
		return s, fmt.Errorf("not a JSON array of objects: %w", err)
	}
	for _, content := range all {
		o := unstructured.Unstructured{Object: content}
		if strings.HasSuffix(o.GroupVersionKind().Group, ".istio.io") {
			s.Objects = append(s.Objects, o)
		}
		if chart, _, _ := unstructured.NestedString(content, "spec", "chart"); path.Base(chart) == "istiod" && o.GetKind() == "Release" {
			told, _, err := unstructured.NestedMap(content, "spec", "values", "meshConfig")
			if err != nil {
				return s, fmt.Errorf("release %s: %w", o.GetName(), err)
			}
			s.MeshConfigs[o.GetName()] = told
		}
	}
	chains, err := filepath.Glob(filepath.Join(folder, chainFolder, s.Name, "*"))
	for _, dir := range chains {
		s.Chains[filepath.Base(dir)] = dir
	}
	return s, err
}
