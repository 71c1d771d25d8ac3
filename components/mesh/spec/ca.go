package spec

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"time"

	"github.com/ladder-platform/ladder/components/mesh/trust"
	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/internal/strict"
)

// Development instead of an ARN makes a root whose key lies in the stack's
// state: good for trying things out, and for nothing else.
const Development = "development"

// Signing algorithms of AWS Private CA; the family must be that of the root's key.
const (
	SignECDSA = "SHA256WITHECDSA"
	SignRSA   = "SHA256WITHRSA"
)

// CA is the certificate authority of the meshes: roots that all clusters share,
// below which each has an intermediate of its own. Config: mesh.ca.
type CA struct {
	// Roots that workloads trust, by a key of yours: the ARN of a root in AWS
	// Private CA (general-purpose mode, made by bootstrap), or the word
	// development for one whose key lies in the state of the stack. A second
	// one is there only while one root takes over from another, in sidecar meshes.
	Roots map[string]string `json:"roots"`
	// Issuing is the key of the root that signs the clusters' intermediates.
	Issuing string `json:"issuing"`
	// Until is the day on which the intermediates end, 2006-01-02 in UTC.
	// Moving it issues new ones. Roots in AWS Private CA need it; development
	// ones are renewed by themselves.
	Until string `json:"until,omitempty"`
	// SigningAlgorithm of the roots' keys in AWS Private CA. Empty means SHA256WITHECDSA.
	SigningAlgorithm string `json:"signingAlgorithm,omitempty" jsonschema:"enum=SHA256WITHECDSA,enum=SHA256WITHRSA"`
}

var (
	rootKey     = regexp.MustCompile(`^[a-z](?:[a-z0-9-]{0,18}[a-z0-9])?$`)
	authorityRE = regexp.MustCompile(`^arn:aws:acm-pca:([a-z0-9-]+):[0-9]{12}:certificate-authority/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
)

// WithDefaults fills in what may be left out.
func (c CA) WithDefaults() CA {
	if c.SigningAlgorithm == "" {
		c.SigningAlgorithm = SignECDSA
	}
	return c
}

// Development says whether a root's key lies in the state.
func (c CA) Development() bool {
	return slices.Contains(slices.Collect(maps.Values(c.Roots)), Development)
}

// End is the day on which the intermediates end; false when none is given.
func (c CA) End() (time.Time, bool) {
	t, err := time.Parse(time.DateOnly, c.Until)
	return t, err == nil
}

// State is what a record keeps of a cluster's trust.
func (c *CA) State(dataPlane string) trust.State {
	s := trust.State{DataPlane: dataPlane}
	if c == nil {
		return s
	}
	s.Issuing, s.Roots = c.Issuing, map[string]string{}
	for key, root := range c.Roots {
		s.Roots[key] = trust.Digest(root)
		if root == Development {
			s.Roots[key] = trust.Digest(root + " " + key) // each is a root of its own
		}
	}
	return s
}

// Validate returns every finding of the section at path. Ambient meshes have
// one root (docs/mesh-multicluster.md).
func (c CA) Validate(path, region, dataPlane string) finding.List {
	var out finding.List
	if len(c.Roots) == 0 {
		out.Add("roots", "name one, for example r1: the ARN of a root in AWS Private CA", "has no root")
	}
	seen, arns := map[string]string{}, 0
	for _, key := range slices.Sorted(maps.Keys(c.Roots)) {
		root := c.Roots[key]
		if !rootKey.MatchString(key) {
			out.Add("roots."+key, "use at most 20 lower-case letters, digits and hyphens, a letter first", "%q is not a key", key)
		}
		if root == Development {
			continue
		}
		arns++
		switch m := authorityRE.FindStringSubmatch(root); {
		case m == nil:
			out.Add("roots."+key, "use arn:aws:acm-pca:<region>:<account>:certificate-authority/<id>, or the word development", "%q is not the ARN of a certificate authority", root)
		case region != "" && m[1] != region:
			out.Add("roots."+key, "use one in "+region, "is in region %s, and AWS Private CA answers only in its own", m[1])
		case seen[root] != "":
			out.Add("roots."+key, "keep one", "is the same authority as %s", seen[root])
		}
		seen[root] = key
	}
	if arns > 0 && c.Development() {
		out.Add("roots", "use one kind", "mixes roots of AWS Private CA with development roots")
	}
	if dataPlane == trust.Ambient && len(c.Roots) > 1 {
		out.Add("roots", "keep one; another root needs a new cluster, or an outage", "has %d roots, and ztunnel trusts one (istio#47427, istio#61719)", len(c.Roots))
	}
	if _, ok := c.Roots[c.Issuing]; !ok && len(c.Roots) > 0 {
		known := slices.Sorted(maps.Keys(c.Roots))
		if c.Issuing == "" {
			out.Add("issuing", "name the root that signs, for example "+known[0], "is missing")
		} else {
			out.Add("issuing", strict.Suggest(c.Issuing, known), "%q is none of the roots", c.Issuing)
		}
	}
	out.Join("", c.validateUntil(arns))
	if a := c.WithDefaults().SigningAlgorithm; a != SignECDSA && a != SignRSA {
		out.Add("signingAlgorithm", strict.Suggest(a, []string{SignECDSA, SignRSA}), "%q is not an algorithm that a root here may sign with", a)
	}
	var under finding.List
	under.Join(path, out)
	return under
}

func (c CA) validateUntil(arns int) finding.List {
	var out finding.List
	_, ok := c.End()
	switch {
	case c.Until == "" && arns > 0:
		out.Add("until", "give the day on which the intermediates end, for example three years from now", "is missing")
	case c.Until == "":
	case !ok:
		out.Add("until", "write it as 2029-11-30", "%q is not a day", c.Until)
	case arns == 0:
		out.Add("until", "remove it", "has no effect on development roots, which are renewed %s before their end", fmt.Sprintf("%d days", trust.WarnDays))
	}
	return out
}

// Expiry says how close the intermediates' end is.
func (c CA) Expiry(path string, now time.Time) finding.List {
	end, ok := c.End()
	if !ok {
		return nil
	}
	return trust.Expiry(path+".until", end, now)
}
