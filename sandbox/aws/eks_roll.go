package aws

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/ladder-platform/ladder/sandbox/deps"
	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/world"
)

// evictionLimit is how long EKS tries to evict the pods of a node. Source: EKS
// user guide, "Understand each phase of node updates": 15 minutes, then
// PodEvictionFailure, or with a reduced desired size the node's end.
const evictionLimit = 15 * time.Minute

var rulePodEviction = rule.Register(rule.Rule{
	Name: "eks.pod-eviction", Service: "eks",
	Source: "EKS user guide, managed node update behaviour, PodEvictionFailure; botocore eks ErrorCode",
	Text:   "PodEvictionFailure: Reached max retries while trying to evict pods from nodes in node group %s (simulated detail: PodDisruptionBudget %s)",
})

// scale adds or removes nodes until n run.
func (c *call) scale(cluster *world.Object, n int) error {
	have := c.nodesOf(c.obj.ID)
	for i := len(have); i < n; i++ {
		if err := c.launch(cluster, i); err != nil {
			return err
		}
	}
	c.shrink(cluster, n)
	return nil
}

// shrink ends nodes until n run. EKS evicts their pods first, and ends a node
// whose pods no budget lets go all the same. Source: EKS user guide, "Managed
// node group concepts".
func (c *call) shrink(cluster *world.Object, n int) {
	left := c.nodesOf(c.obj.ID)
	var surplus []*world.Object
	for len(left) > n {
		i := surplusNode(left)
		surplus, left = append(surplus, left[i]), slices.Delete(left, i, i+1)
	}
	for _, node := range surplus {
		c.drain(cluster, []*world.Object{node}, deps.Drain{Limit: evictionLimit})
		c.terminate(cluster, node)
	}
}

// surplusNode is the one that Auto Scaling takes: of the zone with the most nodes.
func surplusNode(nodes []*world.Object) int {
	perSubnet := map[string]int{}
	for _, n := range nodes {
		perSubnet[str(n.Attrs, "subnetId")]++
	}
	at := 0
	for i, n := range nodes {
		if cmp.Compare(perSubnet[str(n.Attrs, "subnetId")], perSubnet[str(nodes[at].Attrs, "subnetId")]) >= 0 {
			at = i
		}
	}
	return at
}

// drain moves the pods of nodes elsewhere; without an inside of the cluster
// there are none.
func (c *call) drain(cluster *world.Object, nodes []*world.Object, d deps.Drain) (time.Duration, *deps.Blocked) {
	endpoint := str(cluster.Attrs, "endpoint")
	if c.p.deps.Kube == nil || endpoint == "" {
		return 0, nil
	}
	d.URN = string(c.urn)
	for _, n := range nodes {
		d.Nodes = append(d.Nodes, str(n.Attrs, "nodeName"))
	}
	return c.p.deps.Kube.Drain(c.tx, endpoint, d)
}

// settle lets pods that wait start on the nodes as they are, before these change.
func (c *call) settle(cluster *world.Object) {
	if endpoint := str(cluster.Attrs, "endpoint"); c.p.deps.Kube != nil && endpoint != "" {
		c.p.deps.Kube.NodeAdded(c.tx, endpoint, nil)
	}
}

// roll replaces every node: new ones first, up to two per zone or
// maxUnavailable; then, so many at a time, old ones are emptied and end, and
// Auto Scaling launches a new one for each; then the surplus ends. Source: EKS
// user guide, "Understand each phase of node updates".
func (c *call) roll(cluster *world.Object) error {
	old := c.nodesOf(c.obj.ID)
	at := c.unavailable(len(old))
	c.latency = batches(len(old), at) * nodeGroupRoll
	if len(old) == 0 {
		return nil
	}
	c.settle(cluster)
	surge := max(2*len(strs(c.obj.Attrs, "subnetIds")), at)
	launched := 0
	launch := func() error {
		launched++
		if err := c.launch(cluster, launched-1); err != nil {
			return fmt.Errorf("waiting for EKS Node Group (%s) version update: unexpected state 'Failed', wanted target 'Successful'. last error: %w", c.obj.ID, err)
		}
		return nil
	}
	for range surge {
		if err := launch(); err != nil {
			return err
		}
	}
	var failed error
	ended := map[string]bool{}
	exchange := func(n *world.Object) {
		ended[n.ID] = true
		c.terminate(cluster, n)
		if failed == nil {
			failed = launch()
		}
	}
	took, blocked := c.drain(cluster, old, deps.Drain{
		AtOnce: at, Each: nodeGroupRoll, Limit: evictionLimit, Forced: boolean(c.in, "forceUpdateVersion") || !c.on(rulePodEviction),
		Gone: func(name string) {
			for _, n := range old {
				if str(n.Attrs, "nodeName") == name {
					exchange(n)
				}
			}
		},
	})
	if blocked != nil {
		return fmt.Errorf("waiting for EKS Node Group (%s) version update: unexpected state 'Failed', wanted target 'Successful'. last error: %w",
			c.obj.ID, rulePodEviction.Errorf(c.attr("nodeGroupName"), blocked.Budget))
	}
	for _, n := range old {
		if !ended[n.ID] {
			exchange(n)
		}
	}
	c.latency = max(c.latency, took)
	if failed == nil {
		c.shrink(cluster, len(old))
	}
	return failed
}
