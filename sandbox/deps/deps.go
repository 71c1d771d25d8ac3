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
	// Drain moves pods off nodes. It says how long that takes, and what stopped
	// it; nil when every node is empty.
	Drain(tx *world.Tx, clusterEndpoint string, d Drain) (time.Duration, *Blocked)
}

// Drain is an order to move pods off nodes through the Eviction API.
type Drain struct {
	// URN is the resource whose operation it is.
	URN string
	// Nodes in order. All are cordoned first, then AtOnce of them (at least one)
	// are emptied side by side.
	Nodes  []string
	AtOnce int
	// Each is what a batch takes at least, Limit what it may take; 0 is no limit.
	Each, Limit time.Duration
	// Forced takes pods away that a budget would keep.
	Forced bool
	// Gone is told of each node that is empty, and may remove it; nil keeps it.
	Gone func(node string)
}

// Blocked is why a drain ended before its nodes were empty.
type Blocked struct {
	// Pod is "<namespace>/<name>" of the workload whose pod stays.
	Pod string
	// Budget is the PodDisruptionBudget that keeps it, "<namespace>/<name>".
	Budget string
	// Why is the API server's answer to the eviction.
	Why string
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
