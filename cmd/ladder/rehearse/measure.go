package rehearse

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"

	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/sandbox/kube"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/stacks/config"
)

const (
	kindCluster   = "aws:eks/cluster:Cluster"
	kindNode      = "kube:v1/Node"
	kindInstance  = "hidden:ec2/Instance"
	kindInterface = "hidden:ec2/NetworkInterface"
	kindGroup     = "aws:eks/nodeGroup:NodeGroup"
	kindSubnet    = "aws:ec2/subnet:Subnet"
)

// The workload that a rehearsal puts into each cluster: small enough for every
// shipped stack, with a budget that one pod at a time may leave.
const (
	workloadID      = "rehearsal/web"
	replicas        = 3
	minimumReplicas = 2
)

// clustersOf are the stage's clusters in the world.
func (r *run) clustersOf(tx *world.Tx, s *stage) []*world.Object {
	var out []*world.Object
	for _, key := range sortedKeys(s.cfg.Clusters) {
		name := config.ClusterName(s.Name, key)
		out = append(out, tx.Find(kindCluster, "", func(o *world.Object) bool { return o.ID == name })...)
	}
	return out
}

// measure looks at the stage under way; after is the kind of the operation before.
func (r *run) measure(after string) {
	r.box.World().View(func(tx *world.Tx) {
		nodes := 0
		clusters := r.clustersOf(tx, r.now)
		for _, c := range clusters {
			endpoint, _ := c.Attrs["endpoint"].(string)
			nodes += r.skew(tx, c, endpoint)
			r.workload(tx, endpoint, after)
		}
		if r.climb.From != "" && (r.climb.Nodes < 0 || nodes < r.climb.Nodes) {
			r.climb.Nodes = nodes
		}
		r.addresses(tx)
	})
}

// skew counts ready nodes and compares their kubelets with the control plane.
func (r *run) skew(tx *world.Tx, c *world.Object, endpoint string) (ready int) {
	version, _ := c.Attrs["version"].(string)
	control, ok := facts.MinorNumber(version)
	for _, n := range tx.Find(kindNode, endpoint, nil) {
		if is, _ := n.Attrs["ready"].(bool); is {
			ready++
		}
		if kubelet, known := kubeletOf(n); ok && known {
			r.climb.Skew = max(r.climb.Skew, control-kubelet)
		}
	}
	return ready
}

// kubeletOf a node is 35 of v1.35 or v1.35.6-eks-1.
func kubeletOf(n *world.Object) (int, bool) {
	text, _ := n.Attrs["kubeletVersion"].(string)
	parts := strings.SplitN(strings.TrimPrefix(text, "v"), ".", 3)
	if len(parts) < 2 {
		return 0, false
	}
	return facts.MinorNumber(parts[0] + "." + parts[1])
}

func (r *run) workload(tx *world.Tx, endpoint, after string) {
	desired, ready, _ := kube.Placement(tx, endpoint, "apps/v1", "Deployment", workloadID)
	if desired == 0 {
		return
	}
	if w := r.climb.Workload; w == nil || ready < w.Ready {
		r.climb.Workload = &Workload{Replicas: desired, Minimum: minimumReplicas, Ready: ready, After: after}
	}
}

// addresses looks for the subnet of the stage with the fewest free addresses.
func (r *run) addresses(tx *world.Tx) {
	const reserved = 5 // of every subnet. Source: EC2 CreateSubnet (facts, network_formulas)
	prefix := "urn:pulumi:" + r.now.Name + "::"
	free := map[string]int{}
	names := map[string]string{}
	for _, s := range tx.Find(kindSubnet, "", func(o *world.Object) bool { return strings.HasPrefix(o.URN, prefix) }) {
		block, _ := s.Attrs["cidrBlock"].(string)
		p, err := netip.ParsePrefix(block)
		if err != nil {
			continue
		}
		free[s.ID] = 1<<(32-p.Bits()) - reserved
		names[s.ID] = s.URN[strings.LastIndex(s.URN, "::")+2:] + " " + block
	}
	for _, i := range tx.Find(kindInterface, "", nil) {
		subnet, _ := i.Attrs["subnetId"].(string)
		if _, ours := free[subnet]; ours {
			single, _ := i.Attrs["privateIps"].([]any)
			prefixes, _ := i.Attrs["prefixes"].([]any)
			free[subnet] -= len(single) + 16*len(prefixes) // a prefix is a /28
		}
	}
	for _, id := range sortedKeys(free) {
		if a := r.climb.Addresses; a == nil || free[id] < a.Free {
			r.climb.Addresses = &Addresses{Subnet: names[id], Free: free[id]}
		}
	}
}

// settle puts the workload into each cluster that does not have it.
func (r *run) settle(s *stage) error {
	return r.box.World().Tx(func(tx *world.Tx) error {
		for _, c := range r.clustersOf(tx, s) {
			endpoint, _ := c.Attrs["endpoint"].(string)
			if _, there := tx.Get(world.Key{Kind: "kube:apps/v1/Deployment", Scope: endpoint, ID: workloadID}); there {
				continue
			}
			for _, o := range workload() {
				o.Scope, o.Owner, o.Created = endpoint, "seed", tx.Now()
				tx.Put(o)
			}
		}
		return nil
	})
}

// workload is a Deployment with a budget, as world objects.
func workload() []*world.Object {
	labels := map[string]any{"app": "web"}
	metadata := func() map[string]any {
		return map[string]any{"namespace": "rehearsal", "name": "web", "labels": labels}
	}
	requests := map[string]any{"requests": map[string]any{"cpu": "50m", "memory": "64Mi"}}
	pod := map[string]any{"containers": []any{map[string]any{"name": "web", "image": "registry.k8s.io/pause:3.10", "resources": requests}}}
	selector := map[string]any{"matchLabels": labels}
	return []*world.Object{
		{Kind: "kube:v1/Namespace", ID: "rehearsal", Name: "rehearsal", Attrs: map[string]any{
			"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": "rehearsal"}}},
		{Kind: "kube:apps/v1/Deployment", ID: workloadID, Name: "web", Attrs: map[string]any{
			"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata(),
			"spec": map[string]any{"replicas": float64(replicas), "selector": selector,
				"template": map[string]any{"metadata": map[string]any{"labels": labels}, "spec": pod}}}},
		{Kind: "kube:policy/v1/PodDisruptionBudget", ID: workloadID, Name: "web", Attrs: map[string]any{
			"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": metadata(),
			"spec": map[string]any{"minAvailable": float64(minimumReplicas), "selector": selector}}},
	}
}

// leftovers says what the climb left behind: objects that the state does not
// know, machines without their group, interfaces without their machine, nodes
// on another minor, and replicas below the budget.
func (r *run) leftovers(c *Climb, s *stage, to string, state []byte) error {
	var doc struct {
		Deployment struct {
			Resources []struct {
				URN string `json:"urn"`
			} `json:"resources"`
			Pending []json.RawMessage `json:"pending_operations"`
		} `json:"deployment"`
	}
	if err := json.Unmarshal(state, &doc); err != nil {
		return fmt.Errorf("rehearse %s: read its state: %w", s.Name, err)
	}
	if n := len(doc.Deployment.Pending); n > 0 {
		c.problem("%d operations are pending in the state", n)
	}
	known := map[string]bool{}
	for _, res := range doc.Deployment.Resources {
		known[res.URN] = true
	}
	minor, err := minorOf(to)
	if err != nil {
		return err
	}
	prefix := "urn:pulumi:" + s.Name + "::"
	r.box.World().View(func(tx *world.Tx) {
		for _, o := range tx.Find("", "", func(o *world.Object) bool { return strings.HasPrefix(o.URN, prefix) && !known[o.URN] }) {
			c.problem("left over: %s %s, which the state does not know", o.Kind, o.ID)
		}
		for _, i := range tx.Find(kindInstance, "", func(o *world.Object) bool { return strings.HasPrefix(o.URN, prefix) }) {
			group, _ := i.Attrs["nodeGroup"].(string)
			if _, ok := tx.Get(world.Key{Kind: kindGroup, Scope: i.Scope, ID: group}); group != "" && !ok {
				c.problem("left over: instance %s of the group %s, which is gone", i.ID, group)
			}
		}
		for _, e := range tx.Find(kindInterface, "", func(o *world.Object) bool { return strings.HasPrefix(o.URN, prefix) }) {
			instance, _ := e.Attrs["instanceId"].(string)
			_, node := tx.Get(world.Key{Kind: kindInstance, Scope: e.Scope, ID: instance})
			_, own := tx.Get(world.Key{Kind: "aws:ec2/instance:Instance", Scope: e.Scope, ID: instance})
			if instance != "" && !node && !own {
				c.problem("left over: interface %s of the instance %s, which is gone", e.ID, instance)
			}
		}
		for _, cluster := range r.clustersOf(tx, s) {
			endpoint, _ := cluster.Attrs["endpoint"].(string)
			for _, n := range tx.Find(kindNode, endpoint, nil) {
				if kubelet, ok := kubeletOf(n); ok && kubelet != minor {
					c.problem("node %s is on 1.%d, the release on 1.%d", n.ID, kubelet, minor)
				}
			}
		}
	})
	if w := c.Workload; w != nil && w.Ready < w.Minimum {
		c.problem("availability: %d of %d replicas were ready after %s, the budget asks for %d", w.Ready, w.Replicas, w.After, w.Minimum)
	}
	return nil
}

func (c *Climb) problem(format string, args ...any) {
	c.Problems = append(c.Problems, fmt.Sprintf(format, args...))
}
