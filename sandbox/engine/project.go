package engine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"gopkg.in/yaml.v3"
)

type project struct {
	name string
	text []byte // Pulumi.yaml of the working copy
}

// readProject reads Pulumi.yaml and leaves out what binds it to a place: where
// the program and its backend are. The program is given inline.
func readProject(dir string) (project, error) {
	path := filepath.Join(dir, "Pulumi.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		return project{}, fmt.Errorf("sandbox: read the project: %w", err)
	}
	var doc map[string]any
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return project{}, fmt.Errorf("sandbox: %s is not readable: %w", path, err)
	}
	name, _ := doc["name"].(string)
	if name == "" {
		return project{}, fmt.Errorf("sandbox: %s: name is missing; the stacks' names begin with it", path)
	}
	for _, key := range []string{"main", "backend", "template", "plugins", "stackConfigDir", "options"} {
		delete(doc, key)
	}
	doc["runtime"] = "go"
	copied, err := yaml.Marshal(doc)
	if err != nil {
		return project{}, fmt.Errorf("sandbox: copy %s: %w", path, err)
	}
	return project{name: name, text: copied}, nil
}

// secretKeys belong to a stack's secrets provider. The sandbox has one of its
// own: what was encrypted for the real stack cannot be read here.
var secretKeys = []string{"encryptionsalt", "secretsprovider", "encryptedkey"}

// stackCopy is the text of the working copy of a stack file: the user's, with
// the secrets provider of the earlier copy, if there is one.
func stackCopy(from, earlier string) ([]byte, error) {
	text, err := os.ReadFile(from)
	if err != nil {
		return nil, fmt.Errorf("sandbox: read the stack file: %w", err)
	}
	doc := map[string]any{}
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("sandbox: %s is not readable: %w", from, err)
	}
	old := map[string]any{}
	oldText, err := os.ReadFile(earlier)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("sandbox: read its copy of the stack file: %w", err)
	}
	if err := yaml.Unmarshal(oldText, &old); err != nil {
		return nil, fmt.Errorf("sandbox: %s is not readable: %w; remove it and run again", earlier, err)
	}
	for _, key := range secretKeys {
		delete(doc, key)
		if v, has := old[key]; has {
			doc[key] = v
		}
	}
	copied, err := yaml.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("sandbox: copy %s: %w", from, err)
	}
	return copied, nil
}
