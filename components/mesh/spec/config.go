package spec

// Config is the service mesh of a stack, in each of its clusters. Config: mesh.
type Config struct {
	// DataPlane is ambient (a proxy for each node, and waypoints where HTTP is
	// looked at) or sidecar (a proxy in each pod). Empty means ambient.
	DataPlane string `json:"dataPlane,omitempty" jsonschema:"enum=ambient,enum=sidecar"`
	// TrustDomain is the first part of every workload's identity; clusters that
	// trust each other have the same. Empty means cluster.local.
	TrustDomain string `json:"trustDomain,omitempty"`
	// ID of the mesh; clusters that are linked have the same. Empty means the trust domain.
	ID string `json:"id,omitempty"`
	// Hub is where the images come from, for example a pull-through cache:
	// <account>.dkr.ecr.<region>.amazonaws.com/docker-hub/istio. Empty means docker.io/istio.
	Hub string `json:"hub,omitempty"`
	// ControlPlane is the size of istiod.
	ControlPlane Replicas `json:"controlPlane,omitzero"`
	// MTLS is strict (plain text is refused) or permissive (it is accepted,
	// while workloads move in). Empty means strict.
	MTLS string `json:"mtls,omitempty" jsonschema:"enum=strict,enum=permissive"`
	// Authorization says what a workload accepts that no rule speaks of.
	Authorization Authorization `json:"authorization,omitzero"`
	// Egress is registryOnly (pods reach outside the cluster what external and
	// awsServices name, and nothing else) or allowAny. Empty means registryOnly.
	Egress string `json:"egress,omitempty" jsonschema:"enum=registryOnly,enum=allowAny"`
	// External are services outside the cluster that pods may reach, by key.
	External map[string]External `json:"external,omitempty"`
	// AWSServices are AWS APIs of the stack's region that pods may reach, by the
	// first part of their host name, for example sts or secretsmanager.
	AWSServices []string `json:"awsServices,omitempty"`
	// EgressProxy is the size of what external traffic leaves through: the
	// egress gateway (sidecar) or the egress waypoint (ambient).
	EgressProxy Replicas `json:"egressProxy,omitzero"`
	// Namespaces that the mesh makes and enrols, by name.
	Namespaces map[string]Namespace `json:"namespaces,omitempty"`
	// Gateways are ingress gateways by key, for example application and management.
	Gateways map[string]Gateway `json:"gateways,omitempty"`
	// Traffic is how callers treat a service that is slow or broken, where the
	// service's own namespace says nothing else.
	Traffic Traffic `json:"traffic,omitzero"`
	// Retries of HTTP requests, mesh-wide.
	Retries *Retries `json:"retries,omitempty"`
	// AccessLog writes a line for each connection or request; nil means on.
	AccessLog *bool `json:"accessLog,omitempty"`
	// Tracing sends spans to the collector; left out means that there are none.
	Tracing *Tracing `json:"tracing,omitempty"`
	// Clusters say what one cluster does differently, by its key under clusters.
	Clusters map[string]Cluster `json:"clusters,omitempty"`

	// CA signs the certificates of workloads. Left out means that each istiod
	// makes a root of its own, which is enough for one cluster.
	CA *CA `json:"ca,omitempty"`
	// Links join the meshes of two clusters, by key.
	Links map[string]Link `json:"links,omitempty"`
	// Revisions are control planes that run at the same time, by revision name.
	// Left out means one, called default, of the cluster's release.
	Revisions map[string]Revision `json:"revisions,omitempty"`
	// Tags are names for revisions that namespaces may use: tag to revision.
	// Moving a tag relabels every namespace that uses it; the cluster knows only
	// the revision, so that no webhook of a tag is ever missing.
	Tags map[string]string `json:"tags,omitempty"`
	// ExternalAuthorization are services that decide on requests, by key.
	ExternalAuthorization map[string]ExternalAuthorization `json:"externalAuthorization,omitempty"`
	// EnvoyFilters change the configuration of gateways and sidecars, by key.
	EnvoyFilters map[string]EnvoyFilter `json:"envoyFilters,omitempty"`
}

// Cluster is what one cluster's mesh does differently.
type Cluster struct {
	// Disabled leaves Istio out of this cluster.
	Disabled bool `json:"disabled,omitempty"`
	// DataPlane overrides the mesh's.
	DataPlane string `json:"dataPlane,omitempty" jsonschema:"enum=ambient,enum=sidecar"`
	// MeshNetwork is the name of the network that the cluster's pods are on;
	// pods of one mesh network reach each other without a gateway. Empty means
	// the cluster's key, so that no two clusters share one by accident.
	MeshNetwork string `json:"meshNetwork,omitempty"`
	// EastWestAddresses are the private addresses of the load balancer through
	// which other clusters reach this one, by zone ID: free ones of the private
	// subnets. Left out means one near the end of each subnet. They never change.
	EastWestAddresses map[string]string `json:"eastWestAddresses,omitempty"`
	// Revisions overrides the mesh's.
	Revisions map[string]Revision `json:"revisions,omitempty"`
	// Tags overrides the mesh's.
	Tags map[string]string `json:"tags,omitempty"`
}

// Replicas are how many pods a part of the mesh has.
type Replicas struct {
	// Min pods, always there: 2 or more, since one does not survive the drain of
	// its node. 0 means 2.
	Min int `json:"min,omitempty" jsonschema:"minimum=0"`
	// Max pods, reached at 80 % of the requested CPU. 0 means 5.
	Max int `json:"max,omitempty" jsonschema:"minimum=0"`
}

// Authorization of traffic that no rule speaks of.
type Authorization struct {
	// Default is deny (a workload accepts its own namespace and what allow
	// names) or allow. Empty means deny.
	Default string `json:"default,omitempty" jsonschema:"enum=deny,enum=allow"`
}

// External is a service outside the cluster.
type External struct {
	// Hosts are DNS names, no wildcards.
	Hosts []string `json:"hosts"`
	// Ports; empty means 443.
	Ports []int `json:"ports,omitempty"`
	// Protocol is tls (the application encrypts), http or tcp. Empty means tls.
	Protocol string `json:"protocol,omitempty" jsonschema:"enum=tls,enum=http,enum=tcp"`
	// Namespaces that may reach it; empty means every enrolled one.
	Namespaces []string `json:"namespaces,omitempty"`
}

// Gateway is an ingress gateway: a Deployment with a ClusterIP service, which
// a load balancer of the edge section sends to.
type Gateway struct {
	Replicas
	// TLS of clients ends at the loadBalancer or at the gateway, which then sees
	// the name that they ask for. Empty means loadBalancer.
	TLS string `json:"tls,omitempty" jsonschema:"enum=loadBalancer,enum=gateway"`
}

// Tracing of requests.
type Tracing struct {
	// SamplingPercent of requests that are traced, 1 to 100; 0 means 1.
	SamplingPercent int `json:"samplingPercent,omitempty" jsonschema:"minimum=0,maximum=100"`
	// Collector is host:port of an OTLP gRPC receiver. Empty means the platform's own.
	Collector string `json:"collector,omitempty"`
}

// Traffic is how callers treat a service, enforced where a proxy looks at HTTP.
type Traffic struct {
	// Connections limits what callers may open.
	Connections *Connections `json:"connections,omitempty"`
	// Outlier takes a pod that answers with errors out for a while.
	Outlier *Outlier `json:"outlier,omitempty"`
}

// Connections are limits for each proxy and service; 0 means the default.
type Connections struct {
	// Max open TCP connections; 0 means 1024.
	Max int `json:"max,omitempty" jsonschema:"minimum=0"`
	// Pending requests that wait for a connection; 0 means 1024.
	Pending int `json:"pending,omitempty" jsonschema:"minimum=0"`
	// ConnectSeconds until a connection is given up; 0 means 5.
	ConnectSeconds int `json:"connectSeconds,omitempty" jsonschema:"minimum=0"`
	// IdleSeconds until an unused connection is closed; 0 means 300.
	IdleSeconds int `json:"idleSeconds,omitempty" jsonschema:"minimum=0"`
}

// Outlier detection; 0 means the default.
type Outlier struct {
	// Errors in a row, 5xx or failed connections, that take a pod out; 0 means 5.
	Errors int `json:"errors,omitempty" jsonschema:"minimum=0"`
	// IntervalSeconds between looks; 0 means 10.
	IntervalSeconds int `json:"intervalSeconds,omitempty" jsonschema:"minimum=0"`
	// EjectSeconds that a pod stays out the first time; 0 means 30.
	EjectSeconds int `json:"ejectSeconds,omitempty" jsonschema:"minimum=0"`
	// MaxPercent of a service's pods that may be out at once; 0 means 50, so
	// that an error of all pods does not take the service away.
	MaxPercent int `json:"maxPercent,omitempty" jsonschema:"minimum=0,maximum=100"`
}

// Retries of HTTP requests that failed.
type Retries struct {
	// Attempts after the first; 0 means none. Left out altogether means 2.
	Attempts int `json:"attempts,omitempty" jsonschema:"minimum=0"`
	// On are Envoy's conditions; empty means those that are safe to repeat:
	// connect-failure, refused-stream, unavailable, cancelled and 503.
	On []string `json:"on,omitempty"`
}
