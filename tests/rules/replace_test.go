package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/ladder-platform/ladder/internal/golden"
	"github.com/ladder-platform/ladder/sandbox/aws"
	"github.com/ladder-platform/ladder/sandbox/deps"
	"github.com/ladder-platform/ladder/sandbox/kube"
	"github.com/ladder-platform/ladder/sandbox/schema"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/tests/rig"
)

// kubeReplaces are the properties that replace an object of a registered kind,
// beside its name and namespace. Source: pulumi-kubernetes 4.30.0,
// provider/pkg/provider/diff.go (forceNewProperties), read 2026-11; of a
// release, helm_release.go: name and namespace.
var kubeReplaces = map[string][]string{
	"kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding": {"roleRef"},
	"kubernetes:storage.k8s.io/v1:StorageClass":                  {"parameters", "provisioner"},
	"kubernetes:batch/v1:Job":                                    {"spec.completions", "spec.parallelism", "spec.selector", "spec.template"},
	"kubernetes:helm.sh/v3:Release":                              {"name", "namespace"},
}

// checkReplacements changes, one at a time, every property that a stack sets
// and that cannot change in place, and wants the provider to say so.
// testdata/replacements.txt is the list: a property that a later schema or
// provider no longer replaces is missing from it.
func checkReplacements(t *testing.T, all []apitype.ResourceV3) {
	d := deps.Deps{World: world.New(rig.Seed, rig.Now)}
	providers := map[string]plugin.Provider{"aws": aws.New(d), "kubernetes": kube.New(d)}
	lines := map[string]bool{}
	for _, r := range all {
		token := string(r.Type)
		pkg, _, _ := strings.Cut(token, ":")
		for _, path := range replacing(token, r.Inputs) {
			if lines[token+" "+path.String()] {
				continue
			}
			lines[token+" "+path.String()] = true
			old := resource.NewPropertyMapFromMap(r.Inputs)
			changed := resource.NewProperty(resource.NewPropertyMapFromMap(r.Inputs))
			was, ok := path.Get(changed)
			if !ok {
				t.Errorf("%s: no value at %s", r.URN, path)
				continue
			}
			// A block says of each of its properties whether it can change; its own
			// mark is for one that appears or goes.
			if was.IsObject() {
				path.Delete(changed)
			} else if !path.Set(changed, other(was)) {
				t.Errorf("%s: no way to change %s", r.URN, path)
				continue
			}
			res, err := providers[pkg].Diff(t.Context(), plugin.DiffRequest{
				URN: r.URN, Name: r.URN.Name(), Type: r.Type, ID: r.ID, OldInputs: old, NewInputs: changed.ObjectValue(),
			})
			if err != nil {
				t.Errorf("%s, a change of %s: %v", r.URN, path, err)
				continue
			}
			if !replaces(res, path.String()) {
				t.Errorf("%s: a change of %s is no replacement: %v", r.URN, path, res.DetailedDiff)
			}
		}
	}
	golden.File(t, "testdata/replacements.txt", strings.Join(slices.Sorted(maps.Keys(lines)), "\n")+"\n")
}

// replaces: a replacement at the path, or below it.
func replaces(res plugin.DiffResult, path string) bool {
	if len(res.ReplaceKeys) == 0 {
		return false
	}
	for at, d := range res.DetailedDiff {
		if strings.HasPrefix(at, path) && d.Kind.IsReplace() {
			return true
		}
	}
	return false
}

// replacing are the paths with a value that cannot change in place.
func replacing(token string, inputs map[string]any) []resource.PropertyPath {
	if r, ok := schema.AWS().Resource(token); ok {
		return walk(nil, r.Inputs, inputs)
	}
	var out []resource.PropertyPath
	names := append([]string{"metadata.name", "metadata.namespace"}, kubeReplaces[token]...)
	for _, name := range names {
		path, err := resource.ParsePropertyPath(name)
		if err != nil {
			panic(fmt.Sprintf("path %q: %v", name, err)) // a typo in kubeReplaces
		}
		if v, ok := path.Get(resource.NewProperty(resource.NewPropertyMapFromMap(inputs))); ok && !v.IsNull() {
			out = append(out, path)
		}
	}
	return out
}

// walk finds them in the inputs of a resource of AWS, nested ones too; of a
// list it takes the first element.
func walk(at resource.PropertyPath, props map[string]*schema.Property, inputs map[string]any) []resource.PropertyPath {
	var out []resource.PropertyPath
	for _, key := range slices.Sorted(maps.Keys(inputs)) {
		prop := props[key]
		if prop == nil || empty(inputs[key]) {
			continue
		}
		path := append(slices.Clone(at), key)
		value := inputs[key]
		if prop.Replace {
			out = append(out, path)
			continue
		}
		if list, ok := value.([]any); ok {
			path, value, prop = append(path, 0), list[0], prop.Items
		}
		if nested, ok := value.(map[string]any); ok && prop != nil {
			out = append(out, walk(path, schema.AWS().Fields(prop), nested)...)
		}
	}
	return out
}

func empty(v any) bool {
	switch x := v.(type) {
	case nil:
		return true
	case []any:
		return len(x) == 0
	case map[string]any:
		return len(x) == 0
	}
	return false
}

// other is a value of the same shape that differs in one place.
func other(v resource.PropertyValue) resource.PropertyValue {
	switch {
	case v.IsBool():
		return resource.NewProperty(!v.BoolValue())
	case v.IsNumber():
		return resource.NewProperty(v.NumberValue() + 1)
	case v.IsArray():
		list := slices.Clone(v.ArrayValue())
		list[0] = other(list[0])
		return resource.NewProperty(list)
	case v.IsObject():
		m := v.ObjectValue().Copy()
		key := slices.Sorted(maps.Keys(m))[0]
		m[key] = other(m[key])
		return resource.NewProperty(m)
	case v.IsString():
		return resource.NewProperty(v.StringValue() + "x")
	}
	panic(fmt.Sprintf("no other value than %v", v))
}

// TestACustomizedReplacement: what a provider's code adds to its schema.
func TestACustomizedReplacement(t *testing.T) {
	encrypted := func(key string) map[string]any {
		return map[string]any{"encryptionConfig": map[string]any{"resources": []any{"secrets"}, "provider": map[string]any{"keyArn": key}}}
	}
	tests := map[string]struct {
		old, new map[string]any
		want     bool
	}{
		"encryption added in place":     {map[string]any{}, encrypted("arn:aws:kms:x:1:key/a"), false},
		"encryption under another key":  {encrypted("arn:aws:kms:x:1:key/a"), encrypted("arn:aws:kms:x:1:key/b"), true},
		"encryption that is taken away": {encrypted("arn:aws:kms:x:1:key/a"), map[string]any{}, true},
	}
	p := aws.New(deps.Deps{World: world.New(rig.Seed, rig.Now)})
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			res, err := p.Diff(t.Context(), plugin.DiffRequest{
				URN:       resource.NewURN("dev", "rules", "", "aws:eks/cluster:Cluster", "c"),
				OldInputs: resource.NewPropertyMapFromMap(test.old), NewInputs: resource.NewPropertyMapFromMap(test.new),
			})
			if err != nil || replaces(res, "encryptionConfig") != test.want {
				t.Errorf("replacement %v (%v), want %v: %v", !test.want, err, test.want, res.DetailedDiff)
			}
		})
	}
}
