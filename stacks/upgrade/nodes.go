package upgrade

import (
	"fmt"
	"slices"
	"strings"

	cluster "github.com/ladder-platform/ladder/components/cluster/spec"
	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/stacks/release"
)

// groupPlan is what the node groups of one cluster go through.
type groupPlan struct {
	edits, drainEdits, removeEdits []Edit
	steps, drains, removals        []Step
}

// groups plans every node group of a cluster.
func (p *planner) groups(key string) groupPlan {
	var out groupPlan
	c := p.config(key)
	zones := p.in.Stack.Networks[c.Network].Zones
	for _, name := range sortedKeys(c.NodeGroups) {
		one := cluster.Config{NodeGroups: map[string]cluster.NodeGroup{name: c.NodeGroups[name]}}
		slots := one.Slots(zones, p.in.From.Name)
		if c.NodeGroups[name].Upgrade == cluster.BlueGreen {
			p.blueGreen(&out, key, c.NodeGroups[name], slots)
			continue
		}
		for _, s := range slots {
			if s.Release != p.in.From.Name {
				p.otherRelease(key, s)
				continue
			}
			if c.NodeGroups[name].Slots[s.Slot].Release != "" {
				out.edits = append(out.edits, Edit{Path: slotPath(key, s) + ".release", Old: quote(p.in.From.Name), New: quote(p.in.To.Name)})
			}
			out.steps = append(out.steps, p.rolling(key, s))
		}
	}
	return out
}

func slotPath(key string, s cluster.NodeSlot) string {
	return "clusters." + key + ".nodeGroups." + s.Group + ".slots." + s.Slot
}

// image is what nodes of a slot run on a release.
func (p *planner) images(key string, s cluster.NodeSlot) (was, now string) {
	of := func(r release.Release) string {
		return r.Kubernetes.Version + ", " + s.AMIFamily + " " + p.config(key).AMIVersion(r.ForCluster(), s.AMIFamily)
	}
	return of(p.in.From), of(p.in.To)
}

// nodes of a slot: what runs, else what the file asks for.
func (p *planner) nodes(key string, s cluster.NodeSlot) (n int, known bool) {
	if n, ok := p.in.Live[key+"/"+s.Group+"/"+s.Slot]; ok {
		return n, true
	}
	return max(s.Desired, s.Min), false
}

func (p *planner) rolling(key string, s cluster.NodeSlot) Step {
	n, known := p.nodes(key, s)
	batch := max(s.MaxUnavailable, 1)
	was, now := p.images(key, s)
	size := fmt.Sprintf("%d nodes run", n)
	if !known {
		size = fmt.Sprintf("%d nodes asked for in the file (how many run was not read)", n)
	}
	return Step{
		Phase: PhaseNodes, Cluster: key, What: fmt.Sprintf("node group %s, slot %s", s.Group, s.Slot), Resources: []string{p.id(key, "ng-"+s.Name())},
		From: was, To: now, How: fmt.Sprintf("in place; EKS adds nodes, then drains the old ones %d at a time", batch), Disruption: PodsMove,
		Effect: fmt.Sprintf("every pod of the group is evicted once, budgets respected; %s, %d at most; a budget that cannot be met ends it with PodEvictionFailure", size, s.Max),
		Span:   measured(facts.LatencyNodeRoll, batches(n, batch), batches(s.Max, batch)), Addresses: p.addresses(key, "group "+s.Group),
		Check: append([]string{"kubectl get pdb -A   # before: no ALLOWED DISRUPTIONS of 0"}, checkNodes(s)...),
		Back:  "not in place: EKS takes no node group to an older version; a blueGreen slot on the old release takes the pods back",
	}
}

func checkNodes(s cluster.NodeSlot) []string {
	return []string{
		fmt.Sprintf("kubectl get nodes -l ladder/group=%s,ladder/slot=%s   # all Ready, one VERSION", s.Group, s.Slot),
		"kubectl get pods -A --field-selector=status.phase=Pending   # nothing that waits",
	}
}

// batches that EKS drains one after another.
func batches(nodes, batch int) int { return max(1, (nodes+batch-1)/batch) }

// otherRelease is a slot that is on neither side of the climb.
func (p *planner) otherRelease(key string, s cluster.NodeSlot) {
	if s.Release == p.in.To.Name {
		return
	}
	p.out.Findings.Add(slotPath(key, s)+".release", fmt.Sprintf("bring the slot to %q, or drain and remove it, before the climb", p.in.From.Name),
		"the slot runs release %q, neither %q nor %q", s.Release, p.in.From.Name, p.in.To.Name)
}

// blueGreen plans a second slot beside the live one, the move, and the removal.
func (p *planner) blueGreen(out *groupPlan, key string, g cluster.NodeGroup, slots []cluster.NodeSlot) {
	var live []cluster.NodeSlot
	there := false // a slot on the new release was begun already
	for _, s := range slots {
		switch {
		case s.State == cluster.Draining:
			p.out.Findings.Add(slotPath(key, s), "finish the climb before: run up until it is drained, then ladder plan --write removes the entry",
				"the slot still drains; the proof of addresses has room for two slots, not three")
		case s.Release == p.in.From.Name:
			live = append(live, s)
		case s.Release == p.in.To.Name:
			there = true
		default:
			p.otherRelease(key, s)
		}
	}
	if len(live) > 1 {
		p.out.Findings.Add("clusters."+key+".nodeGroups."+live[0].Group+".slots", "drain and remove all but one before the climb", "%d slots are live on release %q", len(live), p.in.From.Name)
	}
	for _, old := range live {
		next := nextSlot(old.Slot, g.Slots)
		if !there {
			p.newSlot(out, key, g, old, next)
			there = true
		}
		p.drain(out, key, old)
	}
}

// nextSlot is a key for the slot that takes over.
func nextSlot(old string, taken map[string]cluster.Slot) string {
	name := map[string]string{"blue": "green", "green": "blue"}[old]
	if name == "" {
		name = "next"
	}
	base := name
	for i := 2; name == old || has(taken, name); i++ {
		name = fmt.Sprintf("%s%d", base, i)
	}
	return name
}

func has(m map[string]cluster.Slot, key string) bool { _, ok := m[key]; return ok }

func (p *planner) newSlot(out *groupPlan, key string, g cluster.NodeGroup, old cluster.NodeSlot, next string) {
	n, known := p.nodes(key, old)
	why := fmt.Sprintf("as many nodes as slot %s runs", old.Slot)
	if !known {
		why = fmt.Sprintf("as many nodes as the file asks for: how many slot %s really runs was not read, correct it", old.Slot)
	}
	n = min(max(n, g.Min), g.Max)
	if g.Slots[old.Slot].Release == "" {
		out.edits = append(out.edits, Edit{Path: slotPath(key, old) + ".release", New: quote(p.in.From.Name), Why: "the old slot stays as it is while the stack's release moves"})
	}
	fresh := old
	fresh.Slot = next
	out.edits = append(out.edits, Edit{Path: slotPath(key, fresh), New: slotYAML(g.Slots[old.Slot], n), Why: why + "; without a release it follows the cluster's"})
	was, now := p.images(key, old)
	out.steps = append(out.steps, Step{
		Phase: PhaseNodes, Cluster: key, What: fmt.Sprintf("node group %s, new slot %s beside %s", old.Group, next, old.Slot), Resources: []string{p.id(key, "ng-"+fresh.Name())},
		From: was, To: now, How: "created; nothing is replaced", Disruption: None, Effect: fmt.Sprintf("%d more nodes run, and cost, until the old slot is gone", n),
		Span: measured(facts.LatencyNodeGroupCreate, 1, 1), Addresses: p.addresses(key, "group "+old.Group), Check: checkNodes(fresh),
		Back: fmt.Sprintf("set slots.%s.state: draining, run up, remove the entry, run up", next),
	})
}

// slotYAML is the new slot: the old one's own shape, if it has any, and the size.
func slotYAML(old cluster.Slot, desired int) string {
	var parts []string
	add := func(name string, values []string) {
		if len(values) > 0 {
			parts = append(parts, name+": ["+strings.Join(values, ", ")+"]")
		}
	}
	add("instanceTypes", old.InstanceTypes)
	if old.AMIFamily != "" {
		parts = append(parts, "amiFamily: "+old.AMIFamily)
	}
	if old.Capacity != "" {
		parts = append(parts, "capacity: "+old.Capacity)
	}
	add("zones", slices.Clone(old.Zones))
	parts = append(parts, fmt.Sprintf("desired: %d", desired))
	return "{ " + strings.Join(parts, ", ") + " }"
}

func (p *planner) drain(out *groupPlan, key string, old cluster.NodeSlot) {
	was, _ := p.images(key, old)
	step := Step{
		Phase: PhaseNodes, Cluster: key, Resources: []string{p.id(key, "ng-"+old.Name())}, From: was,
		What: fmt.Sprintf("node group %s, slot %s", old.Group, old.Slot),
	}
	out.drainEdits = append(out.drainEdits, drainEdit(key, old))
	out.drains = append(out.drains, p.draining(step, key, old))
	out.removeEdits = append(out.removeEdits, removeEdit(key, old))
	gone := step
	gone.To, gone.How, gone.Disruption = "", "deleted", None
	gone.Resources = append(slices.Clone(step.Resources), p.drainJob(key, old))
	gone.Effect = "nothing, as the slot is empty; protection ended when it began to drain"
	gone.Check = []string{p.aws("list-nodegroups --cluster-name %s", p.name(key))}
	gone.Back = "add the entry again: a new group is made on its release"
	out.removals = append(out.removals, gone)
}

// drainJob is the logical name of the Job that empties a slot.
func (p *planner) drainJob(key string, s cluster.NodeSlot) string {
	return p.id(key, "drain-"+s.Name())
}

func drainEdit(key string, old cluster.NodeSlot) Edit {
	return Edit{Path: slotPath(key, old) + ".state", New: cluster.Draining, Why: "its nodes take nothing new, and a Job moves their pods"}
}

func removeEdit(key string, old cluster.NodeSlot) Edit {
	return Edit{Path: slotPath(key, old), Old: "the whole entry", Why: "refused until the record says that the slot is drained"}
}

// drainNode is what the Job gives the pods of one node, in minutes
// (components/cluster/drain.go).
const drainNode = 15

func (p *planner) draining(step Step, key string, old cluster.NodeSlot) Step {
	n, _ := p.nodes(key, old)
	step.To, step.How, step.Disruption = "draining", "in place: taint "+cluster.DrainingTaint+", minimum 0; then a Job evicts its pods node after node", PodsMove
	step.Resources = append(step.Resources, p.drainJob(key, old))
	step.Effect = fmt.Sprintf("pods of %d nodes move once, through the Eviction API: budgets respected; a pod that cannot go within %d minutes stops the run", n, drainNode)
	step.Check = []string{
		fmt.Sprintf("kubectl -n kube-system logs -l batch.kubernetes.io/job-name=%s --all-containers --prefix   # while it runs", p.jobName(old)),
		fmt.Sprintf("for n in $(kubectl get nodes -l ladder/group=%s,ladder/slot=%s -o name); do kubectl get pods -A -o wide --field-selector spec.nodeName=${n#node/}; done   # DaemonSets only", old.Group, old.Slot),
	}
	step.Back = fmt.Sprintf("remove slots.%s.state and run up: the taint goes; then kubectl uncordon -l ladder/group=%s,ladder/slot=%s", old.Slot, old.Group, old.Slot)
	return step
}

// jobName is the Job's in Kubernetes.
func (p *planner) jobName(s cluster.NodeSlot) string {
	return "ladder-drain-" + s.Name() + "-" + strings.ToLower(strings.NewReplacer(".", "-", "_", "-").Replace(s.Release))
}
