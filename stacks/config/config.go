package config

import (
	"maps"
	"slices"

	cluster "github.com/ladder-platform/ladder/components/cluster/spec"
	edge "github.com/ladder-platform/ladder/components/edge/spec"
	mesh "github.com/ladder-platform/ladder/components/mesh/spec"
	network "github.com/ladder-platform/ladder/components/network/spec"
	observability "github.com/ladder-platform/ladder/components/observability/spec"
	sample "github.com/ladder-platform/ladder/components/sample/spec"
)

// Stack is everything under the ladder: namespace of a stack file.
type Stack struct {
	Environment Environment               `json:"environment"`
	Release     string                    `json:"release"`
	Promotion   Promotion                 `json:"promotion,omitzero"`
	Networks    map[string]network.Config `json:"networks"`
	Clusters    map[string]cluster.Config `json:"clusters"`
	// Edge is the way in from outside; left out means that there is none.
	Edge *edge.Config `json:"edge,omitempty"`
	// Mesh is Istio in each cluster; left out means that there is none.
	Mesh *mesh.Config `json:"mesh,omitempty"`
	// Sample is an application that answers behind one host, so that the first up
	// ends with a URL; left out means that there is none.
	Sample *sample.Config `json:"sample,omitempty"`
	// Observability watches the clusters; left out means that nothing does.
	Observability *observability.Config `json:"observability,omitempty"`
}

// Environment is what the whole stack shares.
type Environment struct {
	// Stage is dev, stg or prd: a property, not the stack's name.
	Stage string `json:"stage" jsonschema:"enum=dev,enum=stg,enum=prd"`
	// Region is an AWS region, for example ap-northeast-2.
	Region string `json:"region"`
	// AccountID is the only account that the stack may touch, 12 digits.
	AccountID string `json:"accountId" jsonschema:"pattern=^[0-9]{12}$"`
	// DeployerRoleARN is the IAM role that runs pulumi; it gets an ordinary access entry in each cluster.
	DeployerRoleARN string `json:"deployerRoleArn"`
	// Owner is the team that answers for the stack; it becomes a tag.
	Owner string `json:"owner"`
	// Protect keeps stateful resources from being deleted or replaced; nil means true.
	// Set it to false and run up once before a destroy.
	Protect *bool `json:"protect,omitempty"`
	// Tags on every AWS resource.
	Tags map[string]string `json:"tags,omitempty"`
}

// Promotion says what this stage follows.
type Promotion struct {
	// After is the stage's upstream stack, for example stg; empty for the first stage.
	After string `json:"after,omitempty"`
	// Soak is how long upstream must have run a release, as a duration such as 72h.
	Soak string `json:"soak,omitempty"`
	// Differences acknowledges differences of shape from upstream, by configuration path, * for one element.
	Differences []string `json:"differences,omitempty"`
	// Read is where upstream's record is read from: ssm or stackReference. Empty means ssm.
	Read string `json:"read,omitempty" jsonschema:"enum=ssm,enum=stackReference"`
	// Reader is the role that may read upstream's parameters: attempt, shape
	// and observation always, the record with read: ssm.
	Reader *Reader `json:"reader,omitempty"`
	// Override lets a release pass the gate; it shows in record and report.
	Override *Override `json:"override,omitempty"`
}

// Reader is a role in upstream's account.
type Reader struct {
	RoleARN string `json:"roleArn"`
	Region  string `json:"region"`
}

// Override of the gate, for one release, with a name and an end.
type Override struct {
	// Release is the only release that it lets pass.
	Release    string `json:"release"`
	Reason     string `json:"reason"`
	ApprovedBy string `json:"approvedBy"`
	// Until is the last day on which it counts, 2006-01-02 in UTC.
	Until string `json:"until"`
}

// Protected says whether stateful resources are kept from deletion; left out means yes.
func (e Environment) Protected() bool { return e.Protect == nil || *e.Protect }

// Protects is whether deletion of a cluster, and of what belongs to it, is
// refused: in a protected environment, unless the cluster retires.
func (s Stack) Protects(key string) bool {
	return s.Environment.Protected() && s.Clusters[key].State != cluster.Retiring
}

// ClusterName is the name in AWS of the cluster with a key.
func ClusterName(stack, key string) string { return stack + "-" + key }

// ClusterRelease is the release that a cluster runs: its own, else the stack's.
func (s Stack) ClusterRelease(key string) string {
	if own := s.Clusters[key].Release; own != "" {
		return own
	}
	return s.Release
}

// ClustersIn are the keys of the clusters in a network, sorted.
func (s Stack) ClustersIn(network string) []string {
	var out []string
	for _, key := range sortedKeys(s.Clusters) {
		if s.Clusters[key].Network == network {
			out = append(out, key)
		}
	}
	return out
}

// Meshes are the keys of the clusters that have Istio, sorted.
func (s Stack) Meshes() []string {
	if s.Mesh == nil {
		return nil
	}
	var out []string
	for _, key := range sortedKeys(s.Clusters) {
		if _, ok := s.Mesh.For(key); ok {
			out = append(out, key)
		}
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
