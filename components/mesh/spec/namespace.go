package spec

// Namespace is one that the mesh makes and enrols. Config: mesh.namespaces.<name>.
type Namespace struct {
	// DataPlane overrides the cluster's; none leaves the namespace out of the mesh.
	DataPlane string `json:"dataPlane,omitempty" jsonschema:"enum=ambient,enum=sidecar,enum=none"`
	// Revision is a revision or tag that serves the namespace: its sidecars, or
	// its waypoint. Empty means default.
	Revision string `json:"revision,omitempty"`
	// Labels of the namespace beside those that enrol it.
	Labels map[string]string `json:"labels,omitempty"`
	// Clusters that have the namespace; empty means all.
	Clusters []string `json:"clusters,omitempty"`
	// Waypoint is the proxy that looks at HTTP for an ambient namespace. Left
	// out means none: nothing that needs it may be set then.
	Waypoint *Waypoint `json:"waypoint,omitempty"`
	// Gateways are keys of ingress gateways whose traffic the namespace accepts.
	Gateways []string `json:"gateways,omitempty"`
	// Allow are callers from elsewhere, by key.
	Allow map[string]Allow `json:"allow,omitempty"`
	// PlainPorts are ports that accept plain text although mTLS is strict, by key.
	PlainPorts map[string]PlainPort `json:"plainPorts,omitempty"`
	// KubernetesAPI lets pods reach the Kubernetes API server.
	KubernetesAPI bool `json:"kubernetesApi,omitempty"`
	// Traffic overrides the mesh's for services of this namespace.
	Traffic Traffic `json:"traffic,omitzero"`
	// Services that differ from the rest of the namespace, by name.
	Services map[string]Service `json:"services,omitempty"`
	// ExternalAuthorization is the key of an authorizer that decides on each
	// request that enters the namespace.
	ExternalAuthorization string `json:"externalAuthorization,omitempty"`
}

// Waypoint of an ambient namespace.
type Waypoint struct {
	Replicas
}

// Allow is a rule by which callers from elsewhere may enter.
type Allow struct {
	// Namespaces whose every workload may call.
	Namespaces []string `json:"namespaces,omitempty"`
	// ServiceAccounts that may call, as namespace/name.
	ServiceAccounts []string `json:"serviceAccounts,omitempty"`
	// Service of the namespace that is called, where there is a waypoint; empty means all of them.
	Service string `json:"service,omitempty"`
	// Workload are labels of the pods that are called, where there is none; empty means all of them.
	Workload map[string]string `json:"workload,omitempty"`
	// Ports of the pods; empty means all.
	Ports []int `json:"ports,omitempty"`
	// Methods, Paths and Hosts of HTTP requests; each empty means all.
	Methods []string `json:"methods,omitempty"`
	Paths   []string `json:"paths,omitempty"`
	Hosts   []string `json:"hosts,omitempty"`
}

// PlainPort is an exception from strict mTLS, for a client outside the mesh.
type PlainPort struct {
	// Port of the pods.
	Port int `json:"port" jsonschema:"minimum=1,maximum=65535"`
	// Workload are labels of the pods; needed, since an exception is never for a whole namespace.
	Workload map[string]string `json:"workload"`
	// From are namespaces whose pods may use it; needed.
	From []string `json:"from"`
	// Reason why the client cannot be in the mesh, for example "scraped by Prometheus".
	Reason string `json:"reason"`
}

// Service of a namespace.
type Service struct {
	Traffic
	// Retries override the mesh's.
	Retries *Retries `json:"retries,omitempty"`
	// TimeoutSeconds until a request is given up; 0 means none.
	TimeoutSeconds int `json:"timeoutSeconds,omitempty" jsonschema:"minimum=0"`
}
