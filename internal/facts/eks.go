package facts

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

type eksVersionRow struct {
	Minor       string     `json:"minor"`
	Released    string     `json:"released"`
	EndStandard string     `json:"endStandard"`
	EndExtended string     `json:"endExtended"`
	Source      string     `json:"source"`
	Confidence  Confidence `json:"confidence"`
}

// KubernetesVersion is one minor of Kubernetes on EKS.
type KubernetesVersion struct {
	// Minor such as "1.36".
	Minor string
	// Released on EKS. Standard support ends at EndStandard (14 months later),
	// extended support at EndExtended (26 months later).
	Released, EndStandard, EndExtended time.Time
	Origin                             Origin
}

// Support is the state of a minor on a day.
type Support string

const (
	// Standard support.
	Standard Support = "standard"
	// Extended support: the control plane costs six times as much.
	Extended Support = "extended"
	// Ended: EKS upgrades the control plane by itself.
	Ended Support = "ended"
)

// SupportOn is the state of support on a day.
func (v KubernetesVersion) SupportOn(day time.Time) Support {
	switch {
	case day.Before(v.EndStandard):
		return Standard
	case day.Before(v.EndExtended):
		return Extended
	}
	return Ended
}

// EKSVersion looks a minor such as "1.36" up.
func EKSVersion(minor string) (KubernetesVersion, bool) {
	for _, v := range EKSVersions() {
		if v.Minor == minor {
			return v, true
		}
	}
	return KubernetesVersion{}, false
}

// EKSVersions are all known minors, oldest first.
func EKSVersions() []KubernetesVersion {
	p, _ := load()
	out := make([]KubernetesVersion, len(p.EKSVersions))
	for i, r := range p.EKSVersions {
		out[i] = KubernetesVersion{Minor: r.Minor, Released: day(r.Released), EndStandard: day(r.EndStandard),
			EndExtended: day(r.EndExtended), Origin: Origin{r.Source, r.Confidence}}
	}
	return out
}

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(fmt.Sprintf("facts: embedded date %q: %v", s, err))
	}
	return t
}

// MinorNumber is 36 of "1.36".
func MinorNumber(minor string) (int, bool) {
	rest, ok := strings.CutPrefix(minor, "1.")
	if !ok {
		return 0, false
	}
	n, err := strconv.Atoi(rest)
	return n, err == nil && n >= 0 && rest == strconv.Itoa(n)
}

// AddonBuild is one build of an EKS add-on that was seen.
type AddonBuild struct {
	Addon string `json:"addon"`
	// Kubernetes is a minor, or a range such as "1.34-1.36 (multi)".
	Kubernetes string `json:"kubernetes"`
	Version    string `json:"version"`
	// Kind says in which role it was seen: default, newest, in use.
	Kind       string     `json:"kind"`
	Source     string     `json:"source"`
	Confidence Confidence `json:"confidence"`
}

// AddonBuilds are the builds of an add-on that were seen, in the order of the collection.
func AddonBuilds(addon string) []AddonBuild {
	p, _ := load()
	var out []AddonBuild
	for _, b := range p.AddonVersions {
		if b.Addon == addon {
			out = append(out, b)
		}
	}
	return out
}

// APIRemoval is a Kubernetes API that a minor deprecates or no longer serves.
// Source: k8s.io/api prerelease-lifecycle, union of v0.24 to v0.37.2 (high).
type APIRemoval struct {
	Group   string `json:"group"` // "" is core
	Version string `json:"version"`
	Kind    string `json:"kind"`
	// Deprecated and Removed are minors; "" means not.
	Deprecated  string `json:"deprecated,omitempty"`
	Removed     string `json:"removed,omitempty"`
	Replacement string `json:"replacement,omitempty"`
}

// RemovedAPIs are the APIs that Kubernetes of this minor does not serve any more.
func RemovedAPIs(minor string) []APIRemoval {
	p, _ := load()
	n, ok := MinorNumber(minor)
	if !ok {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(p.APIRemovals), func(r APIRemoval) bool {
		removed, known := MinorNumber(r.Removed)
		return !known || removed > n
	})
}
