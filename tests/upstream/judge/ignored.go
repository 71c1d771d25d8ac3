package judge

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// Verdicts on a value without which a chart renders the same.
const (
	// Ignored: the chart renders the same with another value too, so it does not read it.
	Ignored = "the chart does not read it"
	// Superfluous: the chart has the same for a default.
	Superfluous = "the chart has it for a default"
)

// stated are values that equal a chart's default and are passed all the same, each with why.
var stated = map[string]string{
	"istiod: autoscaleMax":             "mesh.controlPlane.max decides it, and documents 5 as its own default",
	"gateway: autoscaling/maxReplicas": "mesh.gateways and mesh.egressProxy decide it, and document 5 as their own default",

	// The east-west gateway of sidecar meshes.
	"gateway: autoscaling/enabled":                        "its size is said as a whole, beside the least and the most",
	"gateway: autoscaling/targetCPUUtilizationPercentage": "its size is said as a whole, beside the least and the most",
	"gateway: labels/app":                                 "objects of ours select it by its labels, which must not follow from a release's name",
	"gateway: labels/istio":                               "objects of ours select it by its labels, which must not follow from a release's name",
	"gateway: name":                                       "the load balancer's node ports belong to this service, whatever the release is called",
}

// accepted are warnings of deprecation that we live with, each with why.
var accepted = map[string]string{
	"spec.externalIPs is deprecated": "istiod learns a network's gateway from this field, or from the status of a load balancer, which a service has not whose balancer Pulumi owns; nothing in the cluster has to route it",
}

// acceptable is why a warning is accepted; empty when it is not.
func acceptable(warning string) string {
	for known, why := range accepted {
		if strings.HasPrefix(warning, known) {
			return why
		}
	}
	return ""
}

// newer are objects of the rendered charts that older releases do not have yet,
// with the version that brought them.
var newer = map[string]string{
	"chart: CustomResourceDefinition.apiextensions.k8s.io/apiextensions.k8s.io/v1 trafficextensions.extensions.istio.io": "1.31",
}

// IgnoredValues are paths of values without which a chart renders the same, on a
// server of the given version and APIs, with a verdict. Each is rendered away
// once, and changed once if that made no difference. A list counts as one value.
func IgnoredValues(dir string, release Release, serverVersion string, apis []string) (map[string]string, error) {
	whole, err := fingerprint(dir, release, serverVersion, apis)
	if err != nil {
		return nil, err
	}
	// A chart that fails without a value, or with another one, reads it.
	same := func(values map[string]any) bool {
		less := release
		less.Values = values
		rendered, err := fingerprint(dir, less, serverVersion, apis)
		return err == nil && rendered == whole
	}
	out := map[string]string{}
	for _, leaf := range leaves(release.Values, nil) {
		switch {
		case !same(without(release.Values, leaf)):
		case same(changed(release.Values, leaf)):
			out[path.Join(leaf...)] = Ignored
		default:
			out[path.Join(leaf...)] = Superfluous
		}
	}
	return out, nil
}

// fingerprint is all that a chart renders, less the copies of its values that
// Istio's charts keep for people to read and would make every value count.
func fingerprint(dir string, release Release, serverVersion string, apis []string) (string, error) {
	rendered, err := Render(dir, release, serverVersion, apis)
	if err != nil {
		return "", err
	}
	var out []any
	for _, o := range append(rendered.Objects, rendered.Definitions...) {
		if data, ok := o.Object["data"].(map[string]any); ok && o.GetKind() == "ConfigMap" {
			data = maps.Clone(data)
			for _, copied := range []string{"original-values", "merged-values"} {
				delete(data, copied)
			}
			o.Object["data"] = data
		}
		out = append(out, o.Object)
	}
	text, err := json.Marshal(out)
	if err != nil {
		return "", fmt.Errorf("chart %s: %w", release.Chart, err)
	}
	return string(text), nil
}

// leaves are the paths of all values that are no map, and of empty maps.
func leaves(values map[string]any, at []string) [][]string {
	var out [][]string
	for _, key := range slices.Sorted(maps.Keys(values)) {
		here := append(slices.Clone(at), key)
		if inner, ok := values[key].(map[string]any); ok && len(inner) > 0 {
			out = append(out, leaves(inner, here)...)
			continue
		}
		out = append(out, here)
	}
	return out
}

// without is a copy of values that lacks one of them, and the maps that held nothing else.
func without(values map[string]any, leaf []string) map[string]any {
	out := maps.Clone(values)
	if len(leaf) == 1 {
		delete(out, leaf[0])
		return out
	}
	inner, _ := values[leaf[0]].(map[string]any)
	if inner = without(inner, leaf[1:]); len(inner) == 0 {
		delete(out, leaf[0])
	} else {
		out[leaf[0]] = inner
	}
	return out
}

// changed is a copy of values in which one of them is another.
func changed(values map[string]any, leaf []string) map[string]any {
	out := maps.Clone(values)
	if len(leaf) > 1 {
		inner, _ := values[leaf[0]].(map[string]any)
		out[leaf[0]] = changed(inner, leaf[1:])
		return out
	}
	switch v := values[leaf[0]].(type) {
	case bool:
		out[leaf[0]] = !v
	case float64:
		out[leaf[0]] = v + 1
	case int:
		out[leaf[0]] = v + 1
	case string:
		out[leaf[0]] = v + "x"
	case []any:
		out[leaf[0]] = append(slices.Clone(v), "x")
	default:
		out[leaf[0]] = map[string]any{"x": "y"}
	}
	return out
}

// Shape of a release's values: two releases of one chart with the same shape read the same values.
func Shape(release Release) string {
	out := path.Base(release.Chart)
	for _, leaf := range leaves(release.Values, nil) {
		out += " " + path.Join(leaf...)
	}
	return out
}

// NotMade compares what the simulated cloud made of a release with what its chart
// renders: objects that only one of the two has, as "chart: KIND NAME" or "sandbox: KIND NAME".
func NotMade(made map[string][]string, rendered []Object) []string {
	have := map[string]string{}
	for kind, names := range made {
		for _, name := range names {
			have[kind+" "+name] = "sandbox"
		}
	}
	var out []string
	for _, o := range rendered {
		gvk := o.GroupVersionKind()
		kind := gvk.Kind
		if gvk.Group != "" {
			kind += "." + gvk.Group
		}
		id := kind + "/" + gvk.GroupVersion().String() + " " + path.Join(o.GetNamespace(), o.GetName())
		if _, ok := have[id]; !ok {
			out = append(out, "chart: "+id)
		}
		delete(have, id)
	}
	for _, id := range slices.Sorted(maps.Keys(have)) {
		out = append(out, "sandbox: "+id)
	}
	return out
}
