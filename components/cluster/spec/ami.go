package spec

import (
	"regexp"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/internal/finding"
)

// AMI pins the AMI release of a family.
type AMI struct {
	// Version such as 1.36.4-20261003 of al2023 and 1.65.0-0be31b34 of bottlerocket.
	Version string `json:"version,omitempty"`
}

var (
	al2023Release       = regexp.MustCompile(`^(1\.[0-9]+)\.[0-9]+-[0-9]{8}$`)
	bottlerocketRelease = regexp.MustCompile(`^1\.[0-9]+\.[0-9]+-[0-9a-f]{8}$`)
)

// amiExamples are the families and what a release of each looks like.
var amiExamples = map[string]string{FamilyAL2023: "1.36.4-20261003", FamilyBottlerocket: "1.65.0-0be31b34"}

// AMIMinor is the Kubernetes minor that an AMI release of a family is for, ""
// where it fits every one: a release of AL2023 names its kubelet, Bottlerocket
// has one release for all. ok is false when it is no release of the family.
// Source: EKS API, CreateNodegroup, releaseVersion; both projects' change logs.
func AMIMinor(family, version string) (minor string, ok bool) {
	if family == FamilyBottlerocket {
		return "", bottlerocketRelease.MatchString(version)
	}
	m := al2023Release.FindStringSubmatch(version)
	if family != FamilyAL2023 || m == nil {
		return "", false
	}
	return m[1], true
}

// AMIVersion is the AMI release of a family for nodes on a release: the
// configuration's pin where it is for the release's minor, else the release's.
func (c Config) AMIVersion(r Release, family string) string {
	pin := c.AMIs[family].Version
	if minor, ok := AMIMinor(family, pin); ok && (minor == "" || minor == r.Kubernetes) {
		return pin
	}
	return r.AMIs[family]
}

// families of the nodes that slots and pools make, sorted.
func (c Config) families() []string {
	var out []string
	for _, s := range c.Slots(nil, "") {
		out = append(out, s.AMIFamily)
	}
	for _, p := range c.pools() {
		out = append(out, orDefault(p.AMIFamily, FamilyAL2023))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (c Config) validateAMIs() finding.List {
	var out finding.List
	for _, family := range sortedKeys(c.AMIs) {
		at, version := "amis."+family, c.AMIs[family].Version
		example, known := amiExamples[family]
		_, fits := AMIMinor(family, version)
		switch {
		case !known:
			out.Add(at, "use "+strings.Join(sortedKeys(amiExamples), ", "), "there is no AMI family %q", family)
		case !slices.Contains(c.families(), family):
			out.Add(at, "remove the pin, or make nodes of the family", "the pin has no effect: no node is of the family %q", family)
		case !fits:
			out.Add(at+".version", "use for example "+example, "%q is not an AMI release of %s", version, family)
		}
	}
	return out
}

// checkAMIs says which pins are of a minor that no node runs: left behind by a
// climb, they would be silently without effect.
func (c Config) checkAMIs(path string, runs []Release) finding.List {
	var out finding.List
	for _, family := range sortedKeys(c.AMIs) {
		version := c.AMIs[family].Version
		minor, ok := AMIMinor(family, version)
		var minors []string
		for _, r := range runs {
			minors = append(minors, r.Kubernetes)
		}
		slices.Sort(minors)
		minors = slices.Compact(minors)
		if ok && minor != "" && !slices.Contains(minors, minor) {
			out.Add(path+".amis."+family+".version", "pin an AMI release of "+strings.Join(minors, " or ")+", or remove the pin and take the release's",
				"%q is for nodes of %s, and no node runs it", version, minor)
		}
	}
	return out
}
