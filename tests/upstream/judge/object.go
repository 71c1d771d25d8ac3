package judge

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"
	sigsyaml "sigs.k8s.io/yaml"
)

// Object is one Kubernetes object, undecoded.
type Object = unstructured.Unstructured

const (
	kindCRD     = "CustomResourceDefinition"
	kindRelease = "Release"
	// releaseAPI is the apiVersion under which a stack's Helm releases are exported.
	releaseAPI = "helm.sh/v3"
)

// Stack is what one stack registers, by the name of its file.
type Stack struct {
	Name     string
	Objects  []Object
	Releases []Release
	Policies []Policy
}

// Release is a Helm release of a stack.
type Release struct {
	Name, Namespace string
	// Chart is a name in Repository or a whole oci:// reference.
	Chart, Version, Repository string
	SkipCRDs                   bool
	Values                     map[string]any
	// Made are the objects that the simulated cloud made of it, in the form of
	// the release's resourceNames: by kind and version, namespace/name each.
	Made map[string][]string
}

// Load reads a file, or every *.json of a folder: each a JSON array of objects.
// A Helm release is an object of helm.sh/v3, kind Release, whose spec holds the
// release's arguments; an IAM document one of iam/2012-10-17, kind Policy, whose
// spec.document holds its text.
func Load(location string) ([]Stack, error) {
	info, err := os.Stat(location)
	if err != nil {
		return nil, fmt.Errorf("manifests: %w", err)
	}
	files := []string{location}
	if info.IsDir() {
		if files, err = filepath.Glob(filepath.Join(location, "*.json")); err != nil {
			return nil, fmt.Errorf("manifests: %w", err)
		}
		slices.Sort(files)
	}
	var stacks []Stack
	for _, file := range files {
		stack, err := loadFile(file)
		if err != nil {
			return nil, fmt.Errorf("manifests: %s: %w", file, err)
		}
		stacks = append(stacks, stack)
	}
	if len(stacks) == 0 {
		return nil, fmt.Errorf("manifests: no *.json in %q", location)
	}
	return stacks, nil
}

func loadFile(file string) (Stack, error) {
	stack := Stack{Name: strings.TrimSuffix(filepath.Base(file), ".json")}
	text, err := os.ReadFile(file)
	if err != nil {
		return stack, err
	}
	var raw []map[string]any
	if err := json.Unmarshal(text, &raw); err != nil {
		return stack, fmt.Errorf("not a JSON array of objects: %w", err)
	}
	if len(raw) == 0 {
		return stack, errors.New("no object in it: an exporter that exports nothing would pass every judge")
	}
	for i, content := range raw {
		o := Object{Object: content}
		if o.GetKind() == "" || o.GetAPIVersion() == "" || o.GetName() == "" {
			return stack, fmt.Errorf("object %d lacks apiVersion, kind or metadata.name", i)
		}
		switch {
		case o.GetAPIVersion() == releaseAPI && o.GetKind() == kindRelease:
			release, err := decodeRelease(o)
			if err != nil {
				return stack, fmt.Errorf("release %q: %w", o.GetName(), err)
			}
			stack.Releases = append(stack.Releases, release)
		case o.GetAPIVersion() == policyAPI && o.GetKind() == kindPolicy:
			text, ok, err := unstructured.NestedString(o.Object, "spec", "document")
			if err != nil || !ok {
				return stack, fmt.Errorf("policy %q: spec.document is not a text (%v)", o.GetName(), err)
			}
			stack.Policies = append(stack.Policies, Policy{Name: o.GetName(), Document: text})
		default:
			stack.Objects = append(stack.Objects, o)
		}
	}
	return stack, nil
}

func decodeRelease(o Object) (Release, error) {
	release := Release{Name: o.GetName(), Namespace: o.GetNamespace()}
	text, err := json.Marshal(o.Object["spec"])
	if err != nil {
		return release, err
	}
	var spec struct {
		Chart, Version string
		RepositoryOpts struct{ Repo string }
		SkipCrds       bool
		Values         map[string]any
	}
	if err := json.Unmarshal(text, &spec); err != nil {
		return release, err
	}
	if spec.Chart == "" {
		return release, errors.New("its spec names no chart")
	}
	if text, err = json.Marshal(o.Object["status"]); err != nil {
		return release, err
	}
	var status struct{ ResourceNames map[string][]string }
	if err := json.Unmarshal(text, &status); err != nil {
		return release, err
	}
	release.Made = status.ResourceNames
	release.Chart, release.Version, release.Repository = spec.Chart, spec.Version, spec.RepositoryOpts.Repo
	release.SkipCRDs, release.Values = spec.SkipCrds, spec.Values
	return release, nil
}

// SplitYAML reads the objects of a YAML stream strictly: a key given twice is an
// error. Documents without content, and what is in comments only, are left out.
func SplitYAML(text string) ([]Object, error) {
	var objects []Object
	reader := yaml.NewDocumentDecoder(io.NopCloser(strings.NewReader(text)))
	defer reader.Close()
	buffer := make([]byte, len(text)+1)
	for {
		n, err := reader.Read(buffer)
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, err
		}
		var content map[string]any
		if err := sigsyaml.UnmarshalStrict(buffer[:n], &content); err != nil {
			return nil, err
		}
		if len(content) > 0 {
			objects = append(objects, Object{Object: content})
		}
	}
}
