package promotion

// MeshRecord is what decides whether a change of a mesh would cut workloads off
// from each other or from their control plane.
type MeshRecord struct {
	DataPlane string `json:"dataPlane"`
	// Roots are digests of the roots by key, none where istiod has its own;
	// Issuing is the key of the one that signs.
	Roots   map[string]string `json:"roots,omitempty"`
	Issuing string            `json:"issuing,omitempty"`
	// Revisions are the control planes, each with its release.
	Revisions map[string]string `json:"revisions,omitempty"`
	// Namespaces that are in the mesh, each with the revision that serves it.
	Namespaces map[string]string `json:"namespaces,omitempty"`
}
