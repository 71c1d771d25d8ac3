package istio

import (
	"encoding/json"
	"fmt"

	meshconfig "istio.io/api/mesh/v1alpha1"
	"istio.io/istio/pkg/config/mesh"
	"istio.io/istio/pkg/config/validation/agent"
	"istio.io/istio/pkg/util/protomarshal"
)

// JudgeMeshConfig decodes values.meshConfig of the chart istiod. istiod itself
// passes over a field that it does not know; here that is a refusal. Then it is
// laid over the defaults and validated as istiod does.
func JudgeMeshConfig(values map[string]any) (warnings string, err error) {
	text, err := json.Marshal(values)
	if err != nil {
		return "", err
	}
	if err := protomarshal.ApplyJSONStrict(string(text), &meshconfig.MeshConfig{}); err != nil {
		return "", fmt.Errorf("decode: %w", err)
	}
	applied, err := mesh.ApplyMeshConfigDefaults(string(text))
	if err != nil {
		return "", err
	}
	for _, p := range applied.ExtensionProviders {
		if err := provider(p); err != nil {
			return "", fmt.Errorf("extension provider %s: %w", p.Name, err)
		}
	}
	warning, err := agent.ValidateMeshConfig(applied)
	if err == nil && warning != nil {
		return warning.Error(), nil
	}
	return "", err
}

// provider validates a service that proxies call. istiod only logs that it is
// broken, as it may be unused; what a stack declares is used.
func provider(p *meshconfig.MeshConfig_ExtensionProvider) error {
	switch kind := p.Provider.(type) {
	case *meshconfig.MeshConfig_ExtensionProvider_EnvoyExtAuthzGrpc:
		return agent.ValidateExtensionProviderEnvoyExtAuthzGRPC(kind.EnvoyExtAuthzGrpc)
	case *meshconfig.MeshConfig_ExtensionProvider_EnvoyExtAuthzHttp:
		return agent.ValidateExtensionProviderEnvoyExtAuthzHTTP(kind.EnvoyExtAuthzHttp)
	case *meshconfig.MeshConfig_ExtensionProvider_Opentelemetry:
		return agent.ValidateExtensionProviderTracingOpentelemetry(kind.Opentelemetry)
	}
	return nil
}
