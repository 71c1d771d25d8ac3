package kube

import (
	"github.com/ladder-platform/ladder/sandbox/deps"
	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/world"
)

// Inside is what happens in clusters when AWS changes them; it is deps.Cluster.
type Inside struct {
	rules    *rule.Set
	onSample func(Sample)
}

var _ deps.Cluster = (*Inside)(nil)

// NewInside makes the interior of every simulated cluster.
func NewInside(rules *rule.Set) *Inside { return &Inside{rules: rules} }

// Listen has f told of what runs while pods move; see Sample.
func (in *Inside) Listen(f func(Sample)) *Inside {
	in.onSample = f
	return in
}

// open is the API server behind an endpoint, as the cluster's own machinery uses it.
func (in *Inside) open(tx *world.Tx, endpoint string) *api {
	a := &api{tx: tx, rules: in.rules, scope: endpoint, minor: defaultMinor, onSample: in.onSample}
	if cluster := clusterAt(tx, endpoint); cluster != nil {
		a.adopt(cluster)
		a.bootstrap(cluster)
	}
	return a
}

func (a *api) adopt(cluster *world.Object) {
	a.name, a.aws, a.minor = cluster.ID, cluster.Scope, minorOf(nested.Text(cluster.Attrs, "version"))
	if n := nested.Text(cluster.Attrs, "name"); n != "" {
		a.name = n
	}
}

// NodeAdded registers a node and lets pods start on it.
func (in *Inside) NodeAdded(tx *world.Tx, endpoint string, node *world.Object) {
	if node != nil {
		if _, there := tx.Get(node.Key()); !there {
			tx.Put(node)
		}
	}
	in.open(tx, endpoint).reconcile()
}

// NodeRemoved takes a node away; its pods find another one if they can.
func (in *Inside) NodeRemoved(tx *world.Tx, endpoint, name string) {
	key := world.Key{Kind: kindNode, Scope: endpoint, ID: name}
	node, _ := tx.Get(key)
	tx.Delete(key)
	a := in.open(tx, endpoint)
	a.lost(node)
	a.reconcile()
}

// ClusterRemoved takes everything inside a cluster with it.
func (in *Inside) ClusterRemoved(tx *world.Tx, endpoint string) {
	if endpoint == "" {
		return
	}
	for _, o := range tx.Find("", endpoint, nil) {
		tx.Delete(o.Key())
	}
}

// reconcile runs the controllers once: Karpenter launches nodes for pods that fit
// nowhere, pods without a node get one, and controllers put their finalizers on
// what they watch.
func (a *api) reconcile() {
	a.manageGateways()
	a.provision()
	a.bind(a.schedule())
	a.protect()
	a.closeWebhooks()
}

// namespaces of every cluster. Source: Kubernetes 1.36, "Initial namespaces", read 2026-11.
var initialNamespaces = []string{"default", "kube-node-lease", "kube-public", "kube-system"}

// bootstrap makes what a new EKS cluster contains, once: the initial namespaces,
// the gp2 StorageClass, and (unless bootstrapSelfManagedAddons is false) the
// self-managed kube-proxy, CoreDNS and VPC CNI. Source: EKS user guide,
// "Create a cluster" and "Amazon EKS add-ons", read 2026-11.
func (a *api) bootstrap(cluster *world.Object) {
	if _, done := a.tx.Get(world.Key{Kind: "kube:v1/Namespace", Scope: a.scope, ID: "kube-system"}); done {
		return
	}
	const owner = "service:eks"
	for _, ns := range initialNamespaces {
		a.ensure(plainObject("v1", "Namespace", "", ns), owner)
	}
	a.ensure(service("default", "kubernetes", "", "ClusterIP", 443), owner)
	a.ensure(map[string]any{
		"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": metadata("", "gp2", nil),
		"provisioner": "kubernetes.io/aws-ebs", "volumeBindingMode": "WaitForFirstConsumer", "reclaimPolicy": "Delete",
	}, owner)
	for _, name := range []string{"system-cluster-critical", "system-node-critical"} {
		a.ensure(plainObject("scheduling.k8s.io/v1", "PriorityClass", "", name), owner)
	}
	if self, said := cluster.Attrs["bootstrapSelfManagedAddons"].(bool); said && !self {
		return
	}
	for _, name := range []string{"coredns", "kube-proxy", "vpc-cni"} {
		for _, o := range addons[name].objects(nil) {
			a.ensure(o, owner)
		}
	}
}
