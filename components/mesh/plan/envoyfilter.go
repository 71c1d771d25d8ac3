package plan

import (
	"fmt"
	"maps"
	"slices"

	"github.com/ladder-platform/ladder/components/mesh/spec"
)

// EnvoyFilters have no version of their own that is stable.
const filterVersion = "networking.istio.io/v1alpha3"

// Words of Istio for those of the configuration.
var (
	filterContexts = map[string]string{
		spec.ContextGateway: "GATEWAY", spec.ContextInbound: "SIDECAR_INBOUND", spec.ContextOutbound: "SIDECAR_OUTBOUND",
	}
	filterOperations = map[string]string{
		spec.OperationMerge: "MERGE", spec.OperationInsertBefore: "INSERT_BEFORE", spec.OperationInsertAfter: "INSERT_AFTER",
		spec.OperationInsertFirst: "INSERT_FIRST", spec.OperationRemove: "REMOVE",
	}
)

// envoyFilters are those of the configuration that act in this cluster.
func envoyFilters(cfg spec.Config) []Object {
	var out []Object
	for _, key := range slices.Sorted(maps.Keys(cfg.EnvoyFilters)) {
		f := cfg.EnvoyFilters[key]
		namespace, selector := f.Namespace, labels(f.Workload)
		if f.Gateway != "" {
			namespace, selector = spec.IngressNamespace, dict{"istio": GatewayName(f.Gateway)}
		} else if cfg.Namespaces[namespace].Plane() != spec.PlaneSidecar {
			continue // this cluster has not the namespace
		}
		out = append(out, Object{
			APIVersion: filterVersion, Kind: "EnvoyFilter", Namespace: namespace, Name: key, Stage: Permit,
			Body: dict{"spec": dict{"workloadSelector": dict{"labels": selector}, "configPatches": list{filterPatch(f)}}},
		})
	}
	return out
}

func filterPatch(f spec.EnvoyFilter) dict {
	listener := dict{}
	if f.Port > 0 {
		listener["portNumber"] = f.Port
	}
	chain := dict{}
	if f.SNI != "" {
		chain["sni"] = f.SNI
	}
	if f.Filter != "" {
		filter := dict{"name": f.Filter}
		if f.SubFilter != "" {
			filter["subFilter"] = dict{"name": f.SubFilter}
		}
		chain["filter"] = filter
	}
	if len(chain) > 0 {
		listener["filterChain"] = chain
	}
	match := dict{"context": filterContexts[f.Context]}
	if len(listener) > 0 {
		match["listener"] = listener
	}
	patch := dict{"operation": filterOperations[f.Operation]}
	value, err := f.Value()
	if err != nil {
		panic(fmt.Sprintf("plan: an EnvoyFilter's patch was checked before: %v", err))
	}
	if value != nil {
		patch["value"] = value
	}
	return dict{"applyTo": f.ApplyTo(), "match": match, "patch": patch}
}
