package release

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"

	cluster "github.com/ladder-platform/ladder/components/cluster/spec"
	edge "github.com/ladder-platform/ladder/components/edge/spec"
	mesh "github.com/ladder-platform/ladder/components/mesh/spec"
	observability "github.com/ladder-platform/ladder/components/observability/spec"
	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/internal/strict"
)

// What every release must have, because some accepted configuration needs it.
var (
	neededAMIs   = []string{cluster.FamilyAL2023, cluster.FamilyBottlerocket}
	neededAddons = []string{cluster.AddonVPCCNI, cluster.AddonPodIdentity, cluster.AddonCoreDNS, cluster.AddonKubeProxy,
		cluster.AddonEBS, cluster.AddonEFS, cluster.AddonSnapshots, cluster.AddonMetricsServer, cluster.AddonNodeMonitoring}
	neededCharts = slices.Concat([]string{cluster.ChartAutoscaler, cluster.ChartKarpenter, cluster.ChartKarpenterCRD, cluster.ChartExternalSecrets,
		edge.ChartController, edge.ChartExternalDNS, edge.ChartCertManager}, mesh.Charts, observability.Charts)
	neededImages = slices.Concat(ownMinor, observability.Images)
	// ownMinor are images whose minor follows the cluster's.
	ownMinor = []string{ImageAutoscaler, ImageKubectl}
)

var (
	namePattern = regexp.MustCompile(`^[0-9]{4}\.(?:0[1-9]|1[0-2])(?:\.[0-9]+)?$`)
)

// Check is everything that must be true of a release by itself.
func Check(r Release) finding.List {
	var out finding.List
	if !namePattern.MatchString(r.Name) {
		out.Add("name", `use year and month, for example "2026.11"`, "%q is not a release's name", r.Name)
	}
	if _, ok := facts.EKSVersion(r.Kubernetes.Version); !ok {
		out.Add("kubernetes.version", "use a minor such as 1.36", "EKS has no Kubernetes %q that this program knows", r.Kubernetes.Version)
	}
	pins(&out, "kubernetes", map[string]Pin{"": r.Kubernetes}, nil)
	pins(&out, "amis", r.AMIs, neededAMIs)
	pins(&out, "addons", r.Addons, neededAddons)
	pins(&out, "images", r.Images, neededImages)
	out.Join("", checkAMIs(r))
	out.Join("", checkAddons(r))
	out.Join("", checkImages(r))
	out.Join("", checkCharts(r))
	out.Join("", checkCRDs(r))
	return out
}

// pins checks a section's entries for what every pin needs.
func pins(out *finding.List, section string, got map[string]Pin, needed []string) {
	for _, name := range needed {
		if _, ok := got[name]; !ok {
			out.Add(section, fmt.Sprintf("add %s with version, confidence and source", name), "has no %q", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		at, p := finding.Under(section, name), got[name]
		if needed != nil && !slices.Contains(needed, name) {
			out.Add(at, strict.Suggest(name, slices.Clone(needed)), "nothing uses %q", name)
		}
		if p.Version == "" {
			out.Add(finding.Under(at, "version"), "give the exact version", "is missing")
		}
		evidence(out, at, p.Confidence, p.Source)
	}
}

func evidence(out *finding.List, at string, c facts.Confidence, source string) {
	if c != facts.High && c != facts.Medium && c != facts.Low {
		out.Add(finding.Under(at, "confidence"), "use high, medium or low", "%q is no confidence", string(c))
	}
	if strings.TrimSpace(source) == "" {
		out.Add(finding.Under(at, "source"), "say where the version was read, and when", "is missing")
	}
}

// checkAMIs: an EKS image carries a kubelet, and managed node groups refuse a
// release version of another minor. Source: EKS API, CreateNodegroup, releaseVersion.
func checkAMIs(r Release) finding.List {
	var out finding.List
	if v := r.AMIs[cluster.FamilyAL2023].Version; v != "" {
		minor, ok := cluster.AMIMinor(cluster.FamilyAL2023, v)
		switch {
		case !ok:
			out.Add("amis.al2023.version", "use for example 1.36.4-20261003", "%q is not an AMI release of AL2023", v)
		case minor != r.Kubernetes.Version:
			out.Add("amis.al2023.version", "use an image of "+r.Kubernetes.Version, "%q has a kubelet of %s, the release is Kubernetes %s", v, minor, r.Kubernetes.Version)
		}
	}
	v := r.AMIs[cluster.FamilyBottlerocket].Version
	if _, ok := cluster.AMIMinor(cluster.FamilyBottlerocket, v); v != "" && !ok {
		out.Add("amis.bottlerocket.version", "use for example 1.65.0-0be31b34", "%q is not an AMI release of Bottlerocket", v)
	}
	return out
}

// checkAddons: kube-proxy's minor is the cluster's. Source: EKS user guide,
// "Managing kube-proxy" (facts, eks_rules).
func checkAddons(r Release) finding.List {
	var out finding.List
	for _, name := range slices.Sorted(maps.Keys(r.Addons)) {
		v := r.Addons[name].Version
		if v == "" {
			continue
		}
		b, ok := ParseBuild(v)
		switch {
		case !ok:
			out.Add("addons."+name+".version", "use for example v1.23.1-eksbuild.1", "%q is not a build of an EKS add-on", v)
		case name == cluster.AddonKubeProxy && b.Minor() != r.Kubernetes.Version:
			out.Add("addons.kube-proxy.version", "use a build of v"+r.Kubernetes.Version, "%q is for Kubernetes %s, the release is %s", v, b.Minor(), r.Kubernetes.Version)
		}
	}
	return out
}

// checkImages: Cluster Autoscaler simulates the scheduler of its own minor;
// kubectl may be one minor off. Sources: cluster-autoscaler README, "Releases";
// Kubernetes version skew policy.
func checkImages(r Release) finding.List {
	var out finding.List
	for _, name := range ownMinor {
		v := r.Images[name].Version
		if v == "" {
			continue
		}
		tag := v
		if name == ImageKubectl {
			repository, after, ok := strings.Cut(v, ":")
			if tag = after; !ok || repository == "" {
				out.Add("images.kubectl.version", "use for example registry.k8s.io/kubectl:v1.36.3", "%q has no tag", v)
				continue
			}
		}
		parsed, err := semver.StrictNewVersion(strings.TrimPrefix(tag, "v"))
		switch {
		case err != nil || !strings.HasPrefix(tag, "v"):
			out.Add("images."+name+".version", "use a tag such as v1.36.1", "%q is not a version", tag)
		case int(parsed.Minor()) != r.Minor():
			out.Add("images."+name+".version", "use a tag of v"+r.Kubernetes.Version, "%q does not follow the cluster's minor %s", tag, r.Kubernetes.Version)
		}
	}
	return out
}

func checkCharts(r Release) finding.List {
	var out finding.List
	for _, name := range neededCharts {
		if _, ok := r.Charts[name]; !ok {
			out.Add("charts", "add "+name, "has no %q", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Charts)) {
		at, c := "charts."+name, r.Charts[name]
		if !slices.Contains(neededCharts, name) {
			out.Add(at, strict.Suggest(name, slices.Clone(neededCharts)), "nothing uses %q", name)
		}
		evidence(&out, at, c.Confidence, c.Source)
		if _, err := semver.StrictNewVersion(c.Version); err != nil {
			out.Add(at+".version", "use an exact version such as 1.14.1", "%q is not an exact version", c.Version)
		}
		oci := strings.HasPrefix(c.Name, "oci://")
		if oci == (c.Repository != "") || (!oci && !strings.HasPrefix(c.Repository, "https://")) {
			out.Add(at+".repository", "use an https repository with a plain name, or a whole oci:// reference as name and no repository",
				"name %q and repository %q do not say where the chart is", c.Name, c.Repository)
		}
		if why := chartOn(c, r.Kubernetes.Version); why != "" {
			out.Add(at+".kubernetes", "use a version of the chart that supports the minor", "%s", why)
		}
	}
	if a, b := r.Charts[cluster.ChartKarpenter].Version, r.Charts[cluster.ChartKarpenterCRD].Version; a != b {
		out.Add("charts.karpenter-crd.version", "use the version of karpenter", "%q is not karpenter's %q; definitions and controller belong together", b, a)
	}
	if why := karpenterOn(r.Charts[cluster.ChartKarpenter].Version, r.Kubernetes.Version); why != "" {
		out.Add("charts.karpenter.version", "use a newer version", "%s", why)
	}
	out.Join("", checkIstio(r))
	return out
}

// bringers are how many a set names.
func bringers(set CRDSet) int {
	n := 0
	for _, name := range []string{set.Chart, set.Addon, set.Version} {
		if name != "" {
			n++
		}
	}
	return n
}

func checkCRDs(r Release) finding.List {
	var out finding.List
	for _, name := range slices.Sorted(maps.Keys(r.CRDs)) {
		at, set := "crds."+name, r.CRDs[name]
		_, chart := r.Charts[set.Chart]
		_, addon := r.Addons[set.Addon]
		switch {
		case bringers(set) != 1:
			out.Add(at, "give chart, addon or version", "needs exactly one of chart, addon and version")
		case set.Chart != "" && !chart:
			out.Add(at+".chart", "name a chart of this release", "%q is not in charts", set.Chart)
		case set.Addon != "" && !addon:
			out.Add(at+".addon", "name an add-on of this release", "%q is not in addons", set.Addon)
		}
		if len(set.Kinds) == 0 {
			out.Add(at+".kinds", "list the kinds that it defines", "is empty")
		}
	}
	return out
}
