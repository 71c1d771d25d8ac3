package deps

import (
	"time"

	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/world"
)

// Verbs of operations.
const (
	Create = "create"
	Update = "update"
	Delete = "delete"
	Read   = "read"
)

// Operation is what a provider did, or would have done.
type Operation struct {
	URN string
	// Verb is Create, Update, Delete or Read.
	Verb string
	// Kind is the Pulumi token of the resource; ID is the object's.
	Kind, ID string
	// Service is the API that was called: "ec2", "eks", "kubernetes".
	Service string
	// Latency is virtual: what the operation takes on a real account.
	Latency time.Duration
}

// Cluster is what sandbox/aws tells the inside of a cluster. sandbox/kube
// implements it; both act in the transaction they are given.
type Cluster interface {
	InstallAddon(tx *world.Tx, clusterEndpoint, addonName, version string, config map[string]any)
	RemoveAddon(tx *world.Tx, clusterEndpoint, addonName string)
	NodeAdded(tx *world.Tx, clusterEndpoint string, node *world.Object)
	NodeRemoved(tx *world.Tx, clusterEndpoint, nodeName string)
}

// Deps is handed to the New of every provider package.
type Deps struct {
	World *world.World
	// Rules are the laws in force; nil means all of them.
	Rules *rule.Set
	// Record takes every operation; nil means that nobody listens.
	Record func(Operation)
	// AccountID and CallerARN are who the simulated credentials are.
	AccountID, CallerARN string
	// Kube is the inside of clusters; nil in unit tests of other services.
	Kube Cluster
}

// Report records an operation if anybody listens.
func (d Deps) Report(op Operation) {
	if d.Record != nil {
		d.Record(op)
	}
}
