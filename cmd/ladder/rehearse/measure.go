package rehearse

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/deps"
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
	kindBindings  = "hidden:kube/Bindings"
	kindRelease   = "kube:helm.sh/v3/Release"
)

// live is a cluster of the simulated cloud.
type live struct {
	key, name, endpoint string
	object              *world.Object
}

// clustersOf are the stage's clusters in the world.
func (r *run) clustersOf(tx *world.Tx, s *stage) []live {
	var out []live
	for _, key := range sortedKeys(s.cfg.Clusters) {
		name := config.ClusterName(s.Name, key)
		for _, o := range tx.Find(kindCluster, "", func(o *world.Object) bool { return o.ID == name }) {
			endpoint, _ := o.Attrs["endpoint"].(string)
			out = append(out, live{key, name, endpoint, o})
		}
	}
	return out
}

// moment is a measurement that waits for its virtual time, which is known when
// the run has ended: At is counted from the begin of the operation on URN, or
// from its end where between is set.
type moment struct {
	urn, verb string
	between   bool
	Instant
}

// measure looks at the stage under way between two operations; op is the one
// that has just ended.
func (r *run) measure(op deps.Operation) {
	r.box.World().View(func(tx *world.Tx) {
		r.measuring.Lock()
		defer r.measuring.Unlock()
		sum := Instant{After: strings.TrimSpace(op.Verb + " " + kindOf(op.Kind))}
		clusters := r.clustersOf(tx, r.now)
		for _, c := range clusters {
			sum.Nodes += r.skew(tx, c)
			r.fits(tx, c)
			for _, w := range kube.Running(tx, c.endpoint) {
				sum.add(w)
				r.climb.see(c.name, w, sum.After, zonesOf(tx, c.endpoint, w))
			}
		}
		if len(clusters) == 0 {
			return
		}
		if r.climb.From != "" && (r.climb.Nodes < 0 || sum.Nodes < r.climb.Nodes) {
			r.climb.Nodes = sum.Nodes
		}
		if free := r.addresses(tx); free != nil {
			sum.Free = free.Free
			if a := r.climb.Addresses; a == nil || free.Free < a.Free {
				r.climb.Addresses = free
			}
		}
		r.moments = append(r.moments, moment{urn: op.URN, verb: op.Verb, between: true, Instant: sum})
	})
}

// sample is told what ran inside an operation. It must not touch the world.
func (r *run) sample(s kube.Sample) {
	if r.climb == nil {
		return
	}
	r.measuring.Lock()
	defer r.measuring.Unlock()
	in := Instant{At: s.At, After: s.Cause, Cluster: s.Cluster, Nodes: s.Nodes, FreeCPU: s.FreeCPU, Inside: true}
	for _, w := range s.Workloads {
		in.add(w)
		r.climb.see(s.Cluster, w, s.Cause, 0)
	}
	if c := r.climb.Capacity; c == nil || s.FreeCPU < c.Free {
		r.climb.Capacity = &Capacity{Cluster: s.Cluster, Nodes: s.Nodes, Open: s.Open, CPU: s.CPU, Free: s.FreeCPU, After: s.Cause}
	}
	r.moments = append(r.moments, moment{urn: s.URN, Instant: in})
}

// skew counts ready nodes and compares their kubelets with the control plane.
func (r *run) skew(tx *world.Tx, c live) (ready int) {
	version, _ := c.object.Attrs["version"].(string)
	control, ok := facts.MinorNumber(version)
	for _, n := range tx.Find(kindNode, c.endpoint, nil) {
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

// addresses is the subnet of the stage with the fewest free ones, nil when it
// has none.
func (r *run) addresses(tx *world.Tx) *Addresses {
	const reserved = 5 // of every subnet. Source: EC2 CreateSubnet (facts, network_formulas)
	prefix := "urn:pulumi:" + r.now.Name + "::"
	free, names := map[string]int{}, map[string]string{}
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
	var out *Addresses
	for _, id := range sortedKeys(free) {
		if out == nil || free[id] < out.Free {
			out = &Addresses{Subnet: names[id], Free: free[id]}
		}
	}
	return out
}

// timeline gives every measurement its virtual time from the run's operations.
func (r *run) timeline(result *sandbox.Result) []Instant {
	times := map[string]sandbox.Operation{}
	for _, op := range result.Operations {
		if verb := verbOf(op.Op); verb != "" {
			times[op.URN+" "+verb] = op
		}
		if op.Op != "same" {
			times[op.URN] = op
		}
	}
	var out []Instant
	for _, m := range r.moments {
		op, ok := times[m.urn+" "+m.verb]
		if !ok {
			op, ok = times[m.urn]
		}
		if !ok && m.urn != "" {
			continue // a read
		}
		m.At += op.Start
		if m.between {
			m.At = op.End
		}
		out = append(out, m.Instant)
	}
	return sortInstants(out)
}

// verbOf is the provider's word for the engine's, "" for what changes nothing.
func verbOf(op string) string {
	switch {
	case strings.HasPrefix(op, "create"):
		return deps.Create
	case op == "update":
		return deps.Update
	case strings.HasPrefix(op, "delete"):
		return deps.Delete
	}
	return ""
}

// zonesOf is over how many zones the replicas of a workload stand; 0 is unknown.
func zonesOf(tx *world.Tx, endpoint string, w kube.Availability) int {
	bindings, ok := tx.Get(world.Key{Kind: kindBindings, Scope: endpoint, ID: "pods"})
	if !ok {
		return 0
	}
	one, _ := bindings.Attrs["kube:apps/v1/"+w.Kind+" "+w.ID].(map[string]any)
	nodes, _ := one["nodes"].([]any)
	zones := map[any]bool{}
	for _, name := range nodes {
		id, _ := name.(string)
		if n, ok := tx.Get(world.Key{Kind: kindNode, Scope: endpoint, ID: id}); ok && n.Attrs["zone"] != nil {
			zones[n.Attrs["zone"]] = true
		}
	}
	return len(zones)
}

// see remembers a workload in its worst instant from the first good one on, and
// the fewest zones that it stood in.
func (c *Climb) see(cluster string, w kube.Availability, after string, zones int) {
	name := cluster + " " + w.Kind + " " + w.ID
	i := slices.IndexFunc(c.Workloads, func(have *Workload) bool { return have.Name == name })
	if i < 0 {
		if w.Ready == 0 || w.Ready < w.Minimum {
			return // it is only just coming up
		}
		c.Workloads = append(c.Workloads, &Workload{Name: name, Desired: w.Desired, Minimum: w.Minimum, Ready: w.Ready, Budget: w.Budget, After: after, Zones: zones})
		return
	}
	have := c.Workloads[i]
	if w.Ready-w.Minimum < have.Ready-have.Minimum {
		have.Desired, have.Minimum, have.Ready, have.After, have.Budget = w.Desired, w.Minimum, w.Ready, after, w.Budget
	}
	if zones > 0 && (have.Zones == 0 || zones < have.Zones) {
		have.Zones = zones
	}
}

// availability says which workloads were below their budget, and warns of those
// that have none and were gone altogether: nobody promised them anything.
func (c *Climb) availability() {
	for _, w := range c.Workloads {
		switch {
		case w.Ready < w.Minimum:
			c.problem("availability: %d of %d replicas of %s were ready after %q, its budget %s asks for %d", w.Ready, w.Desired, w.Name, w.After, w.Budget, w.Minimum)
		case w.Ready == 0 && w.Desired > 1:
			c.Warnings = append(c.Warnings, fmt.Sprintf("none of %d replicas of %s was ready after %q: it has no PodDisruptionBudget, so a drain may take all at once", w.Desired, w.Name, w.After))
		}
	}
}

func (c *Climb) problem(format string, args ...any) {
	c.Problems = append(c.Problems, fmt.Sprintf(format, args...))
}

// kindOf is the last part of a resource's token: "NodeGroup".
func kindOf(token string) string { return token[strings.LastIndex(token, ":")+1:] }
