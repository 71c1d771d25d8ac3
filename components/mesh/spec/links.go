package spec

import "strings"

// Link joins the meshes of two clusters of the stack. Config: mesh.links.<key>.
type Link struct {
	// Between are the keys of the two clusters.
	Between []string `json:"between"`
	// Services that both sides reach by name, by key.
	Services map[string]LinkedService `json:"services,omitempty"`
	// Check runs a Job on each side that calls the other; nil means on.
	Check *bool `json:"check,omitempty"`
}

// LinkedService is a service that lives in both clusters, or in one of them.
type LinkedService struct {
	// Namespace and Service as in the cluster.
	Namespace string `json:"namespace"`
	Service   string `json:"service"`
	// Port of the service.
	Port int `json:"port" jsonschema:"minimum=1,maximum=65535"`
	// Protocol is http, grpc, tls or tcp. Empty means http.
	Protocol string `json:"protocol,omitempty" jsonschema:"enum=http,enum=grpc,enum=tls,enum=tcp"`
	// In are the clusters that have the service; empty means both. The other one
	// gets its name only.
	In []string `json:"in,omitempty"`
	// Failover keeps callers in their own cluster, region and zone while pods
	// there are well, and falls over to the other cluster.
	Failover bool `json:"failover,omitempty"`
}

// checkPrefix begins the names of namespaces in which links are checked.
const checkPrefix = "mesh-check-"

// CheckNamespace is where a link's own check runs, in both clusters; the
// program makes it.
func CheckNamespace(link string) string { return checkPrefix + link }

// IsCheckNamespace says whether a namespace is one of them.
func IsCheckNamespace(name string) bool { return strings.HasPrefix(name, checkPrefix) }

// checks says whether the link is checked; left out means yes.
func (l Link) checks() bool { return l.Check == nil || *l.Check }
