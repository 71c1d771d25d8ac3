package spec

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/internal/finding"
)

// Release is what a cluster needs to know of a release: versions only, filled
// by stacks from the release catalogue.
type Release struct {
	// Name in the catalogue, for example "2026.08".
	Name string
	// Kubernetes is the minor version, for example "1.36".
	Kubernetes string
	// AMIs are EKS AMI release versions by family (al2023, bottlerocket), for
	// example "1.36.0-20261103" and "1.62.0-1a2b3c4d".
	AMIs map[string]string
	// Addons are EKS add-on builds by add-on name.
	Addons map[string]string
	// Charts by name: ChartAutoscaler, ChartKarpenter and so on.
	Charts map[string]Chart
	// AutoscalerImageTag is the tag of the Cluster Autoscaler's image, whose
	// minor follows the cluster's, for example "v1.36.1".
	AutoscalerImageTag string
	// KubectlImage is an image whose entry point is kubectl, with its tag, for
	// example "registry.k8s.io/kubectl:v1.36.2".
	KubectlImage string
}

// Chart is one Helm chart at one version.
type Chart struct {
	// Name is the chart's name in Repository, or a whole oci:// reference.
	Name       string
	Repository string
	Version    string
}

// Charts that a cluster installs.
const (
	ChartAutoscaler      = "cluster-autoscaler"
	ChartKarpenter       = "karpenter"
	ChartKarpenterCRD    = "karpenter-crd"
	ChartExternalSecrets = "external-secrets"
)

// EKS add-ons that a cluster installs.
const (
	AddonVPCCNI         = "vpc-cni"
	AddonPodIdentity    = "eks-pod-identity-agent"
	AddonCoreDNS        = "coredns"
	AddonKubeProxy      = "kube-proxy"
	AddonEBS            = "aws-ebs-csi-driver"
	AddonEFS            = "aws-efs-csi-driver"
	AddonSnapshots      = "snapshot-controller"
	AddonMetricsServer  = "metrics-server"
	AddonNodeMonitoring = "eks-node-monitoring-agent"
)

// addonNames are the add-ons that configuration may pin.
var addonNames = []string{AddonVPCCNI, AddonPodIdentity, AddonCoreDNS, AddonKubeProxy, AddonEBS, AddonEFS,
	AddonSnapshots, AddonMetricsServer, AddonNodeMonitoring}

// NeededAddons are the add-ons that this configuration installs, in order:
// those that nodes cannot become ready without come first.
func (c Config) NeededAddons() []string {
	out := []string{AddonVPCCNI, AddonPodIdentity, AddonKubeProxy, AddonCoreDNS, AddonMetricsServer, AddonNodeMonitoring}
	if !c.Storage.EBS.Disabled {
		out = append(out, AddonEBS)
	}
	if c.Storage.EFS != nil {
		out = append(out, AddonEFS)
	}
	if c.snapshots() {
		out = append(out, AddonSnapshots)
	}
	return out
}

// NeededCharts are the charts that this configuration installs.
func (c Config) NeededCharts() []string {
	var out []string
	switch c.Autoscaler {
	case AutoscalerCluster, "":
		out = append(out, ChartAutoscaler)
	case AutoscalerKarpenter:
		out = append(out, ChartKarpenterCRD, ChartKarpenter)
	}
	if c.ExternalSecrets != nil {
		out = append(out, ChartExternalSecrets)
	}
	return out
}

// AddonVersion is the build of an add-on: the configuration's pin, else the release's.
func (c Config) AddonVersion(r Release, name string) string {
	if pin, ok := c.Addons[name]; ok && pin.Version != "" {
		return pin.Version
	}
	return r.Addons[name]
}

// CheckRelease says what the release lacks for this configuration. slots are
// the releases of slots that override the cluster's, by name.
func (c Config) CheckRelease(path string, r Release, slots map[string]Release) finding.List {
	var out finding.List
	lacks := func(in Release, what string) {
		out.Add(path, "complete the release in the catalogue, or pin it in the stack file where that is possible",
			"release %q has no %s", in.Name, what)
	}
	if r.Kubernetes == "" {
		lacks(r, "Kubernetes version")
	}
	for _, name := range c.NeededAddons() {
		if c.AddonVersion(r, name) == "" {
			lacks(r, fmt.Sprintf("version of add-on %q (addons.%s.version pins one)", name, name))
		}
	}
	for _, name := range c.NeededCharts() {
		if chart := r.Charts[name]; chart.Name == "" || chart.Version == "" {
			lacks(r, fmt.Sprintf("chart %q", name))
		}
	}
	if slices.Contains(c.NeededCharts(), ChartAutoscaler) && r.AutoscalerImageTag == "" {
		lacks(r, "image tag of the Cluster Autoscaler")
	}
	if slices.Contains(c.NeededCharts(), ChartKarpenter) && r.KubectlImage == "" {
		lacks(r, "kubectl image")
	}
	runs := []Release{r}
	for _, s := range c.Slots(nil, r.Name) {
		of, ok := r, s.Release == r.Name
		if !ok {
			of, ok = slots[s.Release]
		}
		switch {
		case !ok:
			out.Add(path+".nodeGroups."+s.Group+".slots."+s.Slot+".release", "name a release of the catalogue", "release %q is not known", s.Release)
		case c.AMIVersion(of, s.AMIFamily) == "":
			lacks(of, fmt.Sprintf("AMI release of family %q (amis.%s.version pins one)", s.AMIFamily, s.AMIFamily))
		}
		runs = append(runs, of)
	}
	for _, key := range sortedKeys(c.pools()) {
		if family := orDefault(c.pools()[key].AMIFamily, FamilyAL2023); c.AMIVersion(r, family) == "" {
			lacks(r, fmt.Sprintf("AMI release of family %q (amis.%s.version pins one)", family, family))
		}
	}
	out.Join("", c.checkAMIs(path, runs))
	return out
}

// KarpenterAlias is the EC2NodeClass alias that pins an AMI release of a
// family: "1.36.0-20261103" of al2023 is "al2023@v20261103", "1.62.0-1a2b3c4d"
// of bottlerocket is "bottlerocket@v1.62.0".
// Source: karpenter.sh, NodeClasses, spec.amiSelectorTerms alias, read 2026-11.
func KarpenterAlias(family, release string) (string, error) {
	before, after, ok := strings.Cut(release, "-")
	if !ok || before == "" || after == "" {
		return "", fmt.Errorf("AMI release %q of family %q has no hyphen; expected for example 1.36.0-20261103 or 1.62.0-1a2b3c4d", release, family)
	}
	switch family {
	case FamilyAL2023:
		return family + "@v" + after, nil
	case FamilyBottlerocket:
		return family + "@v" + before, nil
	}
	return "", fmt.Errorf("AMI family %q has no Karpenter alias", family)
}

func (c Config) snapshots() bool {
	if c.Storage.Snapshots != nil {
		return *c.Storage.Snapshots
	}
	return !c.Storage.EBS.Disabled
}

func (c Config) pools() map[string]NodePool {
	if c.Karpenter == nil {
		return nil
	}
	return c.Karpenter.NodePools
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func orDefault(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}
