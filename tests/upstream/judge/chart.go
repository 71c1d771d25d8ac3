package judge

import (
	"fmt"
	"maps"
	"path"
	"slices"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
)

// Rendered is a chart with a release's values in it.
type Rendered struct {
	// ChartVersion is the version that the chart itself says.
	ChartVersion string
	// Definitions come from the chart's crds folder; nil with skipCrds.
	Definitions []Object
	// Objects are what the templates gave, hooks and tests included.
	Objects []Object
}

// Render renders a release as helm install would on a server of the given version
// that serves the given APIs, by which charts choose between API versions.
// A value that the chart's values.schema.json refuses is an error.
func Render(dir string, release Release, serverVersion string, apis []string) (Rendered, error) {
	loaded, err := loader.LoadDir(dir)
	if err != nil {
		return Rendered{}, fmt.Errorf("chart %s: %w", release.Chart, err)
	}
	kube, err := chartutil.ParseKubeVersion(serverVersion)
	if err != nil {
		return Rendered{}, err
	}
	capabilities := chartutil.DefaultCapabilities.Copy()
	capabilities.KubeVersion = *kube
	capabilities.APIVersions = apis
	if err := dropUnbuiltDependencies(loaded); err != nil {
		return Rendered{}, fmt.Errorf("chart %s: %w", release.Chart, err)
	}
	values, err := chartutil.ToRenderValues(loaded, release.Values, chartutil.ReleaseOptions{
		Name: release.Name, Namespace: release.Namespace, Revision: 1, IsInstall: true,
	}, capabilities)
	if err != nil {
		return Rendered{}, fmt.Errorf("chart %s: values: %w", release.Chart, err)
	}
	files, err := engine.Engine{}.Render(loaded, values)
	if err != nil {
		return Rendered{}, fmt.Errorf("chart %s: templates: %w", release.Chart, err)
	}
	out := Rendered{ChartVersion: loaded.Metadata.Version}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if extension := path.Ext(name); extension != ".yaml" && extension != ".yml" {
			continue // NOTES.txt and helpers
		}
		objects, err := SplitYAML(files[name])
		if err != nil {
			return Rendered{}, fmt.Errorf("chart %s: %s: %w", release.Chart, name, err)
		}
		out.Objects = append(out.Objects, objects...)
	}
	if release.SkipCRDs {
		return out, nil
	}
	for _, file := range loaded.CRDObjects() {
		objects, err := SplitYAML(string(file.File.Data))
		if err != nil {
			return Rendered{}, fmt.Errorf("chart %s: %s: %w", release.Chart, file.Name, err)
		}
		out.Definitions = append(out.Definitions, objects...)
	}
	return out, nil
}

// dropUnbuiltDependencies forgets dependencies that a source tree names and does
// not contain: they are fetched when the chart is packaged, and are optional in
// every chart that we use. A dependency that is there stays.
func dropUnbuiltDependencies(c *chart.Chart) error {
	present := map[string]bool{}
	for _, d := range c.Dependencies() {
		present[d.Name()] = true
	}
	kept := c.Metadata.Dependencies[:0]
	for _, d := range c.Metadata.Dependencies {
		switch {
		case present[d.Name]:
			kept = append(kept, d)
		case d.Condition == "":
			return fmt.Errorf("dependency %q is not in the module and not optional", d.Name)
		}
	}
	c.Metadata.Dependencies = kept
	return nil
}

// UnknownValues are paths of values that a chart does not have, which Helm would
// pass over in silence: the usual way in which a setting is lost. A map that the
// chart leaves empty, and one below a nil, takes any key.
func UnknownValues(dir string, values map[string]any) ([]string, error) {
	loaded, err := loader.LoadDir(dir)
	if err != nil {
		return nil, err
	}
	if inner, ok := loaded.Values[istioDefaults].(map[string]any); ok {
		// Rendering without each value says more of these charts; but what is below
		// global goes into a ConfigMap for injection whether or not anything reads it.
		known, _ := inner["global"].(map[string]any)
		given, _ := values["global"].(map[string]any)
		return unknownIn(known, given, "global"), nil
	}
	return unknownIn(loaded.Values, values, ""), nil
}

// istioDefaults is where Istio's charts keep their values, so that a profile can
// come between them and the user's.
const istioDefaults = "_internal_defaults_do_not_set"

func unknownIn(known, given map[string]any, at string) []string {
	if len(known) == 0 {
		return nil
	}
	var unknown []string
	for _, key := range slices.Sorted(maps.Keys(given)) {
		where := path.Join(at, key)
		value, has := known[key]
		if !has {
			unknown = append(unknown, where)
			continue
		}
		inner, isMap := given[key].(map[string]any)
		if knownInner, ok := value.(map[string]any); isMap && ok {
			unknown = append(unknown, unknownIn(knownInner, inner, where)...)
		}
	}
	return unknown
}
