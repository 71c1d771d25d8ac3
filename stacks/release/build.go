package release

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"

	"github.com/Masterminds/semver/v3"
)

// Build is a build of an EKS add-on: an upstream version and EKS's own number.
type Build struct {
	version *semver.Version
	number  int
}

var buildPattern = regexp.MustCompile(`^v([0-9]+\.[0-9]+\.[0-9]+)-eksbuild\.([0-9]+)$`)

// ParseBuild reads for example "v1.36.0-eksbuild.25".
func ParseBuild(s string) (Build, bool) {
	m := buildPattern.FindStringSubmatch(s)
	if m == nil {
		return Build{}, false
	}
	v, err := semver.StrictNewVersion(m[1])
	n, err2 := strconv.Atoi(m[2])
	return Build{v, n}, err == nil && err2 == nil
}

// Compare orders builds; eksbuild.11 is newer than eksbuild.3, which comparing
// as text gets wrong (facts, eks_addon_rules).
func (b Build) Compare(other Build) int {
	if c := b.version.Compare(other.version); c != 0 {
		return c
	}
	return cmp.Compare(b.number, other.number)
}

// Minor is "1.36" of v1.36.0-eksbuild.25.
func (b Build) Minor() string { return fmt.Sprintf("%d.%d", b.version.Major(), b.version.Minor()) }

func (b Build) String() string { return fmt.Sprintf("v%s-eksbuild.%d", b.version, b.number) }
