package spec

// Revision is one control plane beside others. Config: mesh.revisions.<name>.
type Revision struct {
	// Release whose Istio it runs; empty means the cluster's.
	Release string `json:"release,omitempty"`
}
