package spec

import (
	"strconv"
	"strings"

	"github.com/ladder-platform/ladder/internal/finding"
)

// Release is what a mesh needs to know of a release, filled by stacks from the
// release catalogue.
type Release struct {
	// Name in the catalogue, for example "2026.08".
	Name string
	// Kubernetes is the minor version, for example "1.36".
	Kubernetes string
	// Charts by name: ChartBase, ChartIstiod and so on, all of one Istio version.
	Charts map[string]Chart
	// GatewayAPI is the version of the Gateway API's definitions, for example "1.6.0".
	GatewayAPI string
	// KubectlImage is an image whose entry point is kubectl, with its tag.
	KubectlImage string
}

// Chart is one Helm chart at one version.
type Chart struct {
	// Name is the chart's name in Repository, or a whole oci:// reference.
	Name       string
	Repository string
	Version    string
}

// Charts of Istio by the names that the catalogue uses.
const (
	ChartBase    = "istio-base"
	ChartIstiod  = "istiod"
	ChartCNI     = "istio-cni"
	ChartZtunnel = "ztunnel"
	ChartGateway = "istio-gateway"
)

// Charts are all charts of Istio.
var Charts = []string{ChartBase, ChartIstiod, ChartCNI, ChartZtunnel, ChartGateway}

// Istio is the version of Istio that the release has.
func (r Release) Istio() string { return r.Charts[ChartIstiod].Version }

// RevisionName is a release as the name of a revision: "2026.11" is "2026-11".
func RevisionName(release string) string { return strings.ReplaceAll(release, ".", "-") }

// CheckRelease says what the release lacks for a mesh at path.
func CheckRelease(path string, r Release) finding.List {
	var out finding.List
	lacks := func(what string) {
		out.Add(path, "complete the release in the catalogue", "release %q has no %s", r.Name, what)
	}
	for _, name := range Charts {
		if c := r.Charts[name]; c.Name == "" || c.Version == "" {
			lacks("chart " + name)
		}
	}
	if r.GatewayAPI == "" {
		lacks("version of the Gateway API")
	}
	return out
}

// IstioBefore compares versions such as 1.30.5 by their numbers.
func IstioBefore(a, b string) bool {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(x), len(y)) {
		m, errM := strconv.Atoi(x[i])
		n, errN := strconv.Atoi(y[i])
		if errM != nil || errN != nil {
			return a < b
		}
		if m != n {
			return m < n
		}
	}
	return len(x) < len(y)
}
