package kube

import (
	"fmt"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
)

// chart is one Helm chart as far as the sandbox knows it.
type chart struct {
	name  string
	repos []string // classic repositories that hold it
	oci   []string // full OCI references
	// versions, newest first, with the version of the application.
	versions []chartVersion
	// kubeVersion is Chart.yaml's constraint, "" when it has none.
	kubeVersion string
	// values are the known top-level keys; nil when they are not listed, and then none is warned about.
	values []string
	// crds lie in crds/: installed once, never upgraded, never removed, left out with skipCrds.
	crds []definition
	// refuses says which values the chart fails on; nil when it fails on none.
	refuses func(r render) error
	// render makes the objects of the templates.
	render func(r render) ([]map[string]any, error)
}

type chartVersion struct{ version, app string }

// render is what a template sees.
type render struct {
	chart              *chart
	release, namespace string
	version            string
	values             map[string]any
	minor              int
}

// fullname is Helm's usual naming template.
func (r render) fullname() string {
	if o := nested.Text(r.values, "fullnameOverride"); o != "" {
		return cut(o)
	}
	name := r.app()
	if strings.Contains(r.release, name) {
		return cut(r.release)
	}
	return cut(r.release + "-" + name)
}

// app is the label app.kubernetes.io/name.
func (r render) app() string {
	if o := nested.Text(r.values, "nameOverride"); o != "" {
		return o
	}
	return r.chart.name
}

// account is the service account's name: values.serviceAccount.name or the full name.
func (r render) account() string {
	if n := nested.Text(r.values, "serviceAccount", "name"); n != "" {
		return n
	}
	return r.fullname()
}

func (r render) serviceAccount() map[string]any {
	return serviceAccount(r.namespace, r.account(), nested.At(r.values, "serviceAccount", "annotations"))
}

// cut is Helm's trunc 63 | trimSuffix "-".
func cut(s string) string { return strings.TrimSuffix(s[:min(63, len(s))], "-") }

// override reads a container's own requests from values, else the chart's default.
func override(values map[string]any, otherwise string, path ...string) string {
	switch v := nested.At(values, path...).(type) {
	case string:
		return v
	case float64:
		return fmt.Sprint(v)
	}
	return otherwise
}

// chartError is a chart that cannot be loaded: B.4.
type chartError struct{ text string }

func (e chartError) Error() string { return e.text }

// loadChart resolves a chart reference to a chart and an exact version, as Helm's LocateChart does.
func loadChart(ref, repo, version string) (*chart, chartVersion, error) {
	ref, repo = strings.TrimSuffix(ref, "/"), strings.TrimSuffix(repo, "/")
	c, err := findChart(ref, repo)
	if err != nil {
		return nil, chartVersion{}, err
	}
	if version == "" {
		return c, c.versions[0], nil
	}
	for _, v := range c.versions { // exact, with or without v
		if strings.TrimPrefix(v.version, "v") == strings.TrimPrefix(version, "v") {
			return c, v, nil
		}
	}
	if constraint, err := semver.NewConstraint(version); err == nil {
		for _, v := range c.versions {
			if parsed, err := semver.NewVersion(v.version); err == nil && constraint.Check(parsed) {
				return c, v, nil
			}
		}
	}
	if strings.HasPrefix(ref, "oci://") {
		return nil, chartVersion{}, chartError{fmt.Sprintf("%s:%s: not found", strings.TrimPrefix(ref, "oci://"), version)}
	}
	return nil, chartVersion{}, chartError{fmt.Sprintf("chart %q version %q not found in %s repository", ref, version, repo)}
}

func findChart(ref, repo string) (*chart, error) {
	switch {
	case strings.HasPrefix(ref, "oci://"):
		for i := range charts {
			if slices.Contains(charts[i].oci, ref) {
				return &charts[i], nil
			}
		}
		return nil, chartError{fmt.Sprintf("failed to perform \"FetchReference\" on source: %s: not found", strings.TrimPrefix(ref, "oci://"))}
	case repo == "":
		return nil, chartError{fmt.Sprintf("failed to download %q: no repository is given, and the sandbox has no local charts", ref)}
	case strings.HasPrefix(repo, "oci://"):
		return nil, chartError{fmt.Sprintf("could not find protocol handler for %q: put the whole oci:// reference into chart and give no repository", repo)}
	case strings.Contains(ref, "/"):
		return nil, chartError{fmt.Sprintf("chart %q not found in %s repository", ref, repo)} // K#2113
	}
	known := false
	for i := range charts {
		has := slices.ContainsFunc(charts[i].repos, func(r string) bool { return strings.TrimSuffix(r, "/") == repo })
		known = known || has
		if has && charts[i].name == ref {
			return &charts[i], nil
		}
	}
	if !known {
		return nil, chartError{fmt.Sprintf("looks like %q is not a valid chart repository or cannot be reached: the sandbox does not know it", repo)}
	}
	return nil, chartError{fmt.Sprintf("chart %q not found in %s repository", ref, repo)}
}

// supports checks kubeVersion as Helm does before it installs.
func (c *chart) supports(minor int) bool {
	if c.kubeVersion == "" {
		return true
	}
	constraint, err := semver.NewConstraint(c.kubeVersion)
	if err != nil {
		return true
	}
	return constraint.Check(semver.New(1, uint64(minor), 0, "", ""))
}

// unknownValues are top-level keys that the chart's values.yaml lacks.
func (c *chart) unknownValues(values map[string]any) []string {
	if c.values == nil {
		return nil
	}
	var out []string
	for _, k := range sorted(values) {
		if !slices.Contains(c.values, k) && k != "global" {
			out = append(out, k)
		}
	}
	return out
}
