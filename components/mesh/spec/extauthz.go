package spec

// ExternalAuthorization is a service that decides on requests. Config:
// mesh.externalAuthorization.<key>.
type ExternalAuthorization struct {
	// Protocol is grpc or http. Empty means grpc.
	Protocol string `json:"protocol,omitempty" jsonschema:"enum=grpc,enum=http"`
	// Service is the host name of the authorizer, for example authz.security.svc.cluster.local.
	Service string `json:"service"`
	// Port of the authorizer.
	Port int `json:"port" jsonschema:"minimum=1,maximum=65535"`
	// TimeoutMillis until the authorizer is given up; 0 means 500.
	TimeoutMillis int `json:"timeoutMillis,omitempty" jsonschema:"minimum=0"`
	// FailOpen lets requests pass while the authorizer is away.
	FailOpen bool `json:"failOpen,omitempty"`
	// PathPrefix and IncludeHeaders are for http only.
	PathPrefix     string   `json:"pathPrefix,omitempty"`
	IncludeHeaders []string `json:"includeHeaders,omitempty"`
	// BodyBytes of the request that the authorizer is shown; 0 means none.
	BodyBytes int `json:"bodyBytes,omitempty" jsonschema:"minimum=0"`
	// Gateways whose every request it decides on, by key; namespaces name it themselves.
	Gateways []string `json:"gateways,omitempty"`
}
