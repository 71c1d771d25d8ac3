package plan

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/components/mesh/spec"
)

// Stage orders objects inside one up: nothing is refused before what is to be
// let through has its rule.
type Stage int

// Stages.
const (
	// Settings are read by others: options of waypoints.
	Settings Stage = iota
	// Permit lets traffic through, or leads it.
	Permit
	// Restrict refuses what no rule speaks of.
	Restrict
)

// Object is one Kubernetes object.
type Object struct {
	APIVersion, Kind, Namespace, Name string
	Labels, Annotations               map[string]string
	// Body are the fields beside apiVersion, kind and metadata.
	Body  map[string]any
	Stage Stage
}

// Role names the object in the program: kind, namespace and name, which are
// what makes it unique in the cluster. Istio's and the Gateway API's Gateway
// are told apart by the group.
func (o Object) Role() string {
	kind := strings.ToLower(o.Kind)
	if o.Kind == "Gateway" && strings.HasPrefix(o.APIVersion, gatewayGroup+"/") {
		kind = "waypoint"
	}
	return kind + "-" + o.Namespace + "-" + o.Name
}

// Input is what decides objects beside the mesh's own section.
type Input struct {
	// Cluster is its key in the stack file, ClusterName its name in AWS.
	Cluster, ClusterName string
	Region               string
	// Release of the cluster by name.
	Release string
	// ServiceCIDR is the block of Kubernetes services; CIDRs are the blocks of
	// the VPC in which the API server has its addresses.
	ServiceCIDR string
	CIDRs       []string
	// EastWestAddresses of the cluster by zone ID; none without links.
	EastWestAddresses map[string]string
	// Observed says that observability runs in the cluster, outside the mesh:
	// workloads send it spans, and gateways lead to its dashboards.
	Observed bool
}

// API versions of objects.
const (
	securityVersion   = "security.istio.io/v1"
	networkingVersion = "networking.istio.io/v1"
	telemetryVersion  = "telemetry.istio.io/v1"
	gatewayGroup      = "gateway.networking.k8s.io"
	gatewayVersion    = gatewayGroup + "/v1"
	policyVersion     = "networking.k8s.io/v1"
)

// RevisionLabel says which control plane reads an object.
const RevisionLabel = "istio.io/rev"

// Objects are all objects of a mesh in a cluster, in an order that is always
// the same. cfg is what spec.Config.For returns.
func Objects(cfg spec.Config, in Input) []Object {
	out := slices.Concat(
		security(cfg), authorization(cfg), telemetry(cfg), traffic(cfg),
		waypoints(cfg), external(cfg, in), networkPolicies(cfg, in),
		askAuthorizers(cfg), envoyFilters(cfg), EastWest(cfg, in),
	)
	slices.SortStableFunc(out, func(a, b Object) int {
		return cmp.Or(cmp.Compare(a.Stage, b.Stage), strings.Compare(a.Role(), b.Role()))
	})
	return out
}

// Needs are the indexes of the objects that must be there before the one at i,
// all of them below i: what a waypoint is made from, and what a refusal would
// refuse without. It names no more than that, because a run that fails walks
// every path of the graph.
func Needs(objects []Object, i int) []int {
	var out []int
	for j := range objects[:i] {
		if needs(objects[i], objects[j]) {
			out = append(out, j)
		}
	}
	return out
}

func needs(o, earlier Object) bool {
	waypoint := earlier.Kind == "Gateway" && earlier.APIVersion == gatewayVersion
	switch {
	case o.Stage <= earlier.Stage:
		return false
	case o.Kind == "Gateway":
		return earlier.Kind == "ConfigMap" && earlier.Namespace == o.Namespace
	case o.Kind == "NetworkPolicy":
		return (waypoint && earlier.Namespace == o.Namespace) || (earlier.Namespace == spec.EgressNamespace && (waypoint || earlier.Kind == "ServiceEntry"))
	}
	return o.Stage == Restrict && earlier.Kind == o.Kind
}

type (
	dict = map[string]any
	list = []any
)

func texts(in ...string) list {
	out := make(list, len(in))
	for i, s := range in {
		out[i] = s
	}
	return out
}

func labels(in map[string]string) dict {
	out := dict{}
	for k, v := range in {
		out[k] = v
	}
	return out
}

// Principal is the identity of a service account as authorization rules name it.
func Principal(cfg spec.Config, namespace, account string) string {
	return cfg.TrustDomain + "/ns/" + namespace + "/sa/" + account
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
