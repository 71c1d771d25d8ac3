package release

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"

	cluster "github.com/ladder-platform/ladder/components/cluster/spec"
	mesh "github.com/ladder-platform/ladder/components/mesh/spec"
	"github.com/ladder-platform/ladder/internal/facts"
)

// Release is one file of the catalogue.
type Release struct {
	// Name such as "2026.08": year and month in which it was put together.
	Name string `json:"name"`
	// Summary is one line for lists.
	Summary string `json:"summary"`
	// From are the releases that it may be reached from; empty for the first.
	From []string `json:"from"`
	// Kubernetes is the minor of control plane and nodes.
	Kubernetes Pin `json:"kubernetes"`
	// AMIs are releases of EKS-optimized images by family.
	AMIs map[string]Pin `json:"amis"`
	// Addons are builds of EKS managed add-ons by name.
	Addons map[string]Pin `json:"addons"`
	// Charts are Helm charts by the name that components use.
	Charts map[string]Chart `json:"charts"`
	// Images are container images or tags that no chart pins.
	Images map[string]Pin `json:"images"`
	// CRDs are sets of custom resource definitions with what brings them.
	CRDs map[string]CRDSet `json:"crds"`
}

// Pin is one version with what is known about it.
type Pin struct {
	Version    string           `json:"version"`
	Confidence facts.Confidence `json:"confidence"`
	Source     string           `json:"source"`
}

// Chart is one Helm chart at one version.
type Chart struct {
	// Name in Repository, or a whole oci:// reference; Repository is "" then.
	Name       string `json:"name"`
	Repository string `json:"repository,omitempty"`
	Version    string `json:"version"`
	// Kubernetes is the chart's kubeVersion constraint; "" means that it has none.
	Kubernetes string           `json:"kubernetes,omitempty"`
	Confidence facts.Confidence `json:"confidence"`
	Source     string           `json:"source"`
}

// CRDSet is brought by one chart or one add-on of the same release, or by this
// program at a version of the project's own files.
type CRDSet struct {
	Chart   string   `json:"chart,omitempty"`
	Addon   string   `json:"addon,omitempty"`
	Version string   `json:"version,omitempty"`
	Kinds   []string `json:"kinds"`
}

// CRDGatewayAPI is the set of the Gateway API, whose project publishes no chart.
const CRDGatewayAPI = "gateway-api"

// Names of images.
const (
	// ImageAutoscaler is a tag; its minor follows the cluster's.
	ImageAutoscaler = "cluster-autoscaler"
	// ImageKubectl is an image with its tag.
	ImageKubectl = "kubectl"
)

// Digest is the SHA-256 of what the release pins, 64 hexadecimal digits. Order
// of keys, comments, summaries, sources and confidences do not count: an edit
// of those is no other release.
func (r Release) Digest() string {
	type chart struct{ Name, Repository, Version string }
	pins := func(m map[string]Pin) map[string]string {
		out := make(map[string]string, len(m))
		for k, p := range m {
			out[k] = p.Version
		}
		return out
	}
	charts := make(map[string]chart, len(r.Charts))
	for k, c := range r.Charts {
		charts[k] = chart{c.Name, c.Repository, c.Version}
	}
	b, err := json.Marshal(map[string]any{ // keys of maps are sorted by encoding/json
		"name": r.Name, "kubernetes": r.Kubernetes.Version, "amis": pins(r.AMIs), "addons": pins(r.Addons),
		"charts": charts, "images": pins(r.Images), "crds": r.CRDs,
	})
	if err != nil {
		panic(fmt.Sprintf("release: %s: %v", r.Name, err)) // strings only: cannot be
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Minor is 36 of Kubernetes 1.36; 0 for a version that is none.
func (r Release) Minor() int {
	n, ok := facts.MinorNumber(r.Kubernetes.Version)
	if !ok {
		return 0
	}
	return n
}

// ForCluster is the part that a cluster needs.
func (r Release) ForCluster() cluster.Release {
	out := cluster.Release{
		Name: r.Name, Kubernetes: r.Kubernetes.Version,
		AMIs: map[string]string{}, Addons: map[string]string{}, Charts: map[string]cluster.Chart{},
		AutoscalerImageTag: r.Images[ImageAutoscaler].Version, KubectlImage: r.Images[ImageKubectl].Version,
	}
	for k, p := range r.AMIs {
		out.AMIs[k] = p.Version
	}
	for k, p := range r.Addons {
		out.Addons[k] = p.Version
	}
	for k, c := range r.Charts {
		out.Charts[k] = cluster.Chart{Name: c.Name, Repository: c.Repository, Version: c.Version}
	}
	return out
}

// ForMesh is the part that a mesh needs.
func (r Release) ForMesh() mesh.Release {
	out := mesh.Release{
		Name: r.Name, Kubernetes: r.Kubernetes.Version, Charts: map[string]mesh.Chart{},
		GatewayAPI: r.CRDs[CRDGatewayAPI].Version, KubectlImage: r.Images[ImageKubectl].Version,
	}
	for _, name := range mesh.Charts {
		c := r.Charts[name]
		out.Charts[name] = mesh.Chart{Name: c.Name, Repository: c.Repository, Version: c.Version}
	}
	return out
}

// clone keeps callers from changing the catalogue.
func (r Release) clone() Release {
	r.From = append([]string(nil), r.From...)
	r.AMIs, r.Addons, r.Charts = maps.Clone(r.AMIs), maps.Clone(r.Addons), maps.Clone(r.Charts)
	r.Images, r.CRDs = maps.Clone(r.Images), maps.Clone(r.CRDs)
	return r
}
