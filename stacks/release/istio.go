package release

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"

	mesh "github.com/ladder-platform/ladder/components/mesh/spec"
	"github.com/ladder-platform/ladder/internal/finding"
)

// istioSupport are the Kubernetes minors on which each Istio minor is tested.
// Source: facts, istio_releases (istio's supportStatus, surveyed 2026-10-01,
// high). 1.37 came into the table of 1.31 on 2026-09-30, and its release notes
// do not have it: it is left out.
var istioSupport = map[string][]string{
	"1.28": {"1.30", "1.31", "1.32", "1.33", "1.34"},
	"1.29": {"1.31", "1.32", "1.33", "1.34", "1.35"},
	"1.30": {"1.32", "1.33", "1.34", "1.35", "1.36"},
	"1.31": {"1.32", "1.33", "1.34", "1.35", "1.36"},
}

// istioFloor are the oldest patch releases without a known hole. Source: facts,
// istio_artifacts "security floor" (GHSA-qm8v-g4f9-qhjx, ISTIO-SECURITY-2026-006).
var istioFloor = map[string]string{"1.29": "1.29.8", "1.30": "1.30.5", "1.31": "1.31.1"}

// istioGatewayAPI are the versions of the Gateway API that Istio is built with.
// Source: facts, ecosystem "Gateway API" (Go module index, high).
var istioGatewayAPI = map[string]string{"1.29": "1.4.1", "1.30": "1.5.1", "1.31": "1.6.0"}

// istioMinor is "1.30" of "1.30.5".
func istioMinor(version string) string {
	v, err := semver.StrictNewVersion(version)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%d.%d", v.Major(), v.Minor())
}

// istioOn says why a version of Istio does not run on a Kubernetes minor, or "".
func istioOn(version, minor string) string {
	own := istioMinor(version)
	supported, known := istioSupport[own]
	switch {
	case own == "":
		return "" // said by Check
	case !known:
		return fmt.Sprintf("nothing is known of Istio %s; known are %s", own, strings.Join(slices.Sorted(maps.Keys(istioSupport)), ", "))
	case !slices.Contains(supported, minor):
		return fmt.Sprintf("Istio %s is not supported on Kubernetes %s, only on %s", version, minor, strings.Join(supported, ", "))
	}
	return ""
}

// CheckRevision says what is wrong with running the control plane of release r
// beside the cluster's own release: it must support the cluster's Kubernetes,
// and be at most one minor away from the other control planes.
func CheckRevision(r, own Release) string {
	version, beside := r.Charts[mesh.ChartIstiod].Version, own.Charts[mesh.ChartIstiod].Version
	if why := istioOn(version, own.Kubernetes.Version); why != "" {
		return why
	}
	x, errX := semver.StrictNewVersion(version)
	y, errY := semver.StrictNewVersion(beside)
	if errX != nil || errY != nil {
		return "" // said by Check
	}
	if x.Major() != y.Major() || max(x.Minor(), y.Minor()) > min(x.Minor(), y.Minor())+1 {
		return fmt.Sprintf("Istio %s is more than one minor away from %s of release %q", version, beside, own.Name)
	}
	return ""
}

// checkIstio: one version in all charts, supported on the release's minor, no
// known hole in it, and the Gateway API that it is built with.
func checkIstio(r Release) finding.List {
	var out finding.List
	version := r.Charts[mesh.ChartIstiod].Version
	for _, name := range mesh.Charts {
		if v := r.Charts[name].Version; v != version {
			out.Add("charts."+name+".version", "use the version of istiod", "%q is not istiod's %q; they are one release of Istio", v, version)
		}
	}
	if why := istioOn(version, r.Kubernetes.Version); why != "" {
		out.Add("charts.istiod.version", "use a version of Istio that supports the minor", "%s", why)
	}
	own := istioMinor(version)
	if floor := istioFloor[own]; floor != "" && semver.MustParse(version).LessThan(semver.MustParse(floor)) {
		out.Add("charts.istiod.version", "use "+floor, "Istio %s has a hole that %s closes (ISTIO-SECURITY-2026-006)", version, floor)
	}
	if want, got := istioGatewayAPI[own], r.CRDs[CRDGatewayAPI].Version; want != "" && got != want {
		out.Add("crds."+CRDGatewayAPI+".version", "use "+want, "Istio %s is built with the Gateway API %s, the release has %q", version, want, got)
	}
	return out
}

// checkIstioRung: the mesh of a runs on b's API server while a stack climbs,
// and a control plane moves one minor at a time. Source: istio.io, "Upgrade
// Istio", canary and in-place upgrades: one minor release.
func checkIstioRung(a, b Release, between string) finding.List {
	var out finding.List
	was, now := a.Charts[mesh.ChartIstiod].Version, b.Charts[mesh.ChartIstiod].Version
	if why := istioOn(was, b.Kubernetes.Version); why != "" {
		out.Add("from", between, "during the climb from %q: %s", a.Name, why)
	}
	x, errX := semver.StrictNewVersion(was)
	y, errY := semver.StrictNewVersion(now)
	if errX != nil || errY != nil {
		return out // said by Check
	}
	switch {
	case y.LessThan(x):
		out.Add("charts.istiod.version", "use at least "+was, "%q is older than %q of release %q", now, was, a.Name)
	case y.Major() != x.Major() || y.Minor() > x.Minor()+1:
		out.Add("charts.istiod.version", "put a release between them", "%q skips a minor after %q of release %q; Istio moves one at a time", now, was, a.Name)
	}
	return out
}
