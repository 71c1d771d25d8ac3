package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

const (
	kubernetesPrefix = "kubernetes:"
	releaseType      = "kubernetes:helm.sh/v3:Release"
	secretType       = "kubernetes:core/v1:Secret"
	awsPrefix        = "aws:"
)

type object = map[string]any

// export turns the resources of a state into objects, in the order of the state.
func export(resources []apitype.ResourceV3) ([]object, error) {
	var out []object
	for _, r := range resources {
		if !r.Custom || r.Delete {
			continue
		}
		kind := string(r.Type)
		var found []object
		switch {
		case kind == releaseType:
			found = []object{release(r)}
		case kind == secretType:
			found = []object{closed(r.Inputs)}
		case strings.HasPrefix(kind, kubernetesPrefix):
			found = []object{r.Inputs}
		case strings.HasPrefix(kind, awsPrefix):
			found = policies(r)
		}
		for _, o := range found {
			if path := secretIn(o, ""); path != "" {
				return nil, fmt.Errorf("%s: %s is a secret: an object in a cluster refers to a secret and never holds one", r.URN, path)
			}
		}
		out = append(out, found...)
	}
	return out, nil
}

// release is a Helm release as an object.
func release(r apitype.ResourceV3) object {
	spec := maps.Clone(r.Inputs)
	metadata := object{"name": r.Inputs["name"]}
	if namespace, ok := r.Inputs["namespace"]; ok {
		metadata["namespace"] = namespace
	}
	out := object{"apiVersion": "helm.sh/v3", "kind": "Release", "metadata": metadata, "spec": spec}
	if made, ok := r.Outputs["resourceNames"]; ok {
		out["status"] = object{"resourceNames": made} // what the simulated cloud made of it, for comparison with the chart
	}
	return out
}

// closed is a Secret without what is in it: a judge decides on its form.
func closed(in object) object {
	out := maps.Clone(in)
	delete(out, "data")
	delete(out, "stringData")
	return out
}

// policies are the IAM documents among a resource's inputs, whatever the property
// is called: policy, assumeRolePolicy, accessPolicies.
func policies(r apitype.ResourceV3) []object {
	var out []object
	for _, property := range slices.Sorted(maps.Keys(r.Inputs)) {
		text, ok := r.Inputs[property].(string)
		if !ok || !isPolicy(text) {
			continue
		}
		out = append(out, object{
			"apiVersion": "iam/2012-10-17", "kind": "Policy",
			"metadata": object{"name": r.URN.Name() + "/" + property}, "spec": object{"document": text},
		})
	}
	return out
}

func isPolicy(text string) bool {
	var document struct{ Statement any }
	return strings.HasPrefix(strings.TrimSpace(text), "{") && json.Unmarshal([]byte(text), &document) == nil && document.Statement != nil
}

// secretIn is the path of the first secret in a value of the state; empty without one.
func secretIn(value any, at string) string {
	switch v := value.(type) {
	case map[string]any:
		if v[resource.SigKey] == resource.SecretSig {
			return at
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if path := secretIn(v[key], strings.TrimPrefix(at+"."+key, ".")); path != "" {
				return path
			}
		}
	case []any:
		for i, element := range v {
			if path := secretIn(element, fmt.Sprintf("%s[%d]", at, i)); path != "" {
				return path
			}
		}
	}
	return ""
}
