package release

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/Masterminds/semver/v3"

	cluster "github.com/ladder-platform/ladder/components/cluster/spec"
	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/internal/finding"
)

// CheckRung is everything that must be true of the climb from a to b: one minor
// at most, nothing of a that b's API server does not bear (add-ons and charts
// move last), nothing that goes backwards. Kubelets and kube-proxy of a may be
// three minors behind, so one step never strains them. Source: Kubernetes
// version skew policy, from 1.28 (facts, eks_rules).
func CheckRung(a, b Release) finding.List {
	var out finding.List
	switch step := b.Minor() - a.Minor(); {
	case step < 0:
		out.Add("from", "remove it: a control plane does not go back", "release %q has Kubernetes %s, older than %s of %q", b.Name, b.Kubernetes.Version, a.Kubernetes.Version, a.Name)
		return out
	case step > 1:
		out.Add("from", "put a release for each minor between them", "%q to %q is a climb of %d minors; EKS upgrades one at a time", a.Name, b.Name, step)
	}
	between := fmt.Sprintf("put a release between %s and %s with Kubernetes %s and newer charts", a.Name, b.Name, a.Kubernetes.Version)
	if why := karpenterOn(a.Charts[cluster.ChartKarpenter].Version, b.Kubernetes.Version); why != "" {
		out.Add("from", between, "during the climb from %q: %s", a.Name, why)
	}
	for _, name := range slices.Sorted(maps.Keys(a.Charts)) {
		if why := chartOn(a.Charts[name], b.Kubernetes.Version); why != "" {
			out.Add("from", between, "during the climb from %q: %s", a.Name, why)
		}
	}
	out.Join("", checkIstioRung(a, b, between))
	for _, name := range slices.Sorted(maps.Keys(b.Addons)) {
		was, ok1 := ParseBuild(a.Addons[name].Version)
		now, ok2 := ParseBuild(b.Addons[name].Version)
		if !ok1 || !ok2 {
			continue // said by Check
		}
		if now.Compare(was) < 0 {
			out.Add("addons."+name+".version", "use at least "+was.String(), "%q is older than %q of release %q", now, was, a.Name)
		}
		// The CNI moves one minor at a time. Source: EKS user guide, "Update the
		// Amazon VPC CNI" (facts, eks_addons).
		if name == cluster.AddonVPCCNI && now.version.Major() == was.version.Major() && now.version.Minor() > was.version.Minor()+1 {
			out.Add("addons.vpc-cni.version", "put a release between them", "%q skips a minor after %q of release %q; the CNI moves one at a time", now, was, a.Name)
		}
	}
	return out
}

// karpenterNeeds is the oldest Karpenter for each Kubernetes minor. Source:
// karpenter.sh, compatibility matrix (facts, helm_charts "karpenter", high).
var karpenterNeeds = map[string]string{
	"1.30": "0.37.0", "1.31": "1.0.5", "1.32": "1.2.0", "1.33": "1.5.0", "1.34": "1.6.0", "1.35": "1.9.0", "1.36": "1.13.0",
}

// karpenterOn says why a version of Karpenter does not run on a minor, or "".
func karpenterOn(version, minor string) string {
	need, known := karpenterNeeds[minor]
	v, err := semver.StrictNewVersion(version)
	switch {
	case err != nil:
		return "" // said by Check
	case !known:
		return fmt.Sprintf("no version of Karpenter is known for Kubernetes %s", minor)
	case v.LessThan(semver.MustParse(need)):
		return fmt.Sprintf("Karpenter %s does not support Kubernetes %s, which needs %s", version, minor, need)
	}
	return ""
}

// chartOn says why a chart refuses a minor, or "". Helm itself refuses an
// install whose kubeVersion does not fit. EKS reports versions such as
// v1.36.4-eks-cfb47f5, whose part after the hyphen makes it a pre-release to
// semver; so the constraint is asked with one.
func chartOn(c Chart, minor string) string {
	if c.Kubernetes == "" {
		return ""
	}
	constraint, err := semver.NewConstraint(c.Kubernetes)
	if err != nil {
		return fmt.Sprintf("%q is not a constraint on versions", c.Kubernetes)
	}
	server, err := semver.NewVersion(minor + ".0-eks-0")
	if err != nil || constraint.Check(server) {
		return ""
	}
	return fmt.Sprintf("chart %s %s wants Kubernetes %q, the cluster has %s", c.Name, c.Version, c.Kubernetes, minor)
}

// warnBefore is how long before the end of standard support a release is warned about.
const warnBefore = 90 * 24 * time.Hour

// Support says what the calendar has against running a release on a day:
// a warning in the last 90 days of standard support and in extended support, an
// error after it. path is where the release is named, for example "release".
func (r Release) Support(path string, on time.Time) finding.List {
	var out finding.List
	v, ok := facts.EKSVersion(r.Kubernetes.Version)
	if !ok {
		return out // said by Check
	}
	day := func(t time.Time) string { return t.Format(time.DateOnly) }
	switch v.SupportOn(on) {
	case facts.Ended:
		out.Add(path, "name a newer release", "extended support of Kubernetes %s, which release %q has, ended on %s; EKS upgrades such clusters by itself",
			v.Minor, r.Name, day(v.EndExtended))
	case facts.Extended:
		out.Warn(path, "climb to a newer release", "Kubernetes %s, which release %q has, is in extended support since %s, which costs six times as much, and until %s",
			v.Minor, r.Name, day(v.EndStandard), day(v.EndExtended))
	case facts.Standard:
		if left := v.EndStandard.Sub(on); left <= warnBefore {
			out.Warn(path, "climb to a newer release before that", "standard support of Kubernetes %s, which release %q has, ends on %s, in %d days; after it the control plane costs six times as much",
				v.Minor, r.Name, day(v.EndStandard), int(left.Hours()/24))
		}
	}
	return out
}
