package spec

// EnvoyFilter changes Envoy's configuration of a gateway or of sidecars.
// Config: mesh.envoyFilters.<key>.
type EnvoyFilter struct {
	// Namespace of the workload; istio-ingress with a gateway.
	Namespace string `json:"namespace,omitempty"`
	// Gateway is the key of an ingress gateway; or Workload are labels of pods with sidecars.
	Gateway  string            `json:"gateway,omitempty"`
	Workload map[string]string `json:"workload,omitempty"`
	// Context is gateway, inbound or outbound.
	Context string `json:"context" jsonschema:"enum=gateway,enum=inbound,enum=outbound"`
	// Port of the listener that is changed; 0 means every one.
	Port int `json:"port,omitempty" jsonschema:"minimum=0,maximum=65535"`
	// SNI of the filter chain; only where TLS is not ended before the gateway.
	SNI string `json:"sni,omitempty"`
	// Filter and SubFilter are names that Envoy knows, for example
	// envoy.filters.network.http_connection_manager and envoy.filters.http.router.
	Filter    string `json:"filter,omitempty"`
	SubFilter string `json:"subFilter,omitempty"`
	// Operation is merge, insertBefore, insertAfter, insertFirst or remove.
	Operation string `json:"operation" jsonschema:"enum=merge,enum=insertBefore,enum=insertAfter,enum=insertFirst,enum=remove"`
	// Patch is the value as JSON; nothing with remove.
	Patch string `json:"patch,omitempty"`
}
