package sandbox

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/ladder-platform/ladder/sandbox/engine"
	"github.com/ladder-platform/ladder/sandbox/world"
)

// Recovery is what Recover found and did.
type Recovery struct {
	// Unlocked: the lock of a killed run was cleared.
	Unlocked bool `json:"unlocked"`
	// Adopted exist in the cloud, were in no state, and are now.
	Adopted []Adopted `json:"adopted,omitempty"`
	// Replaced are in the state as what the next up deletes: leftovers of a
	// replacement, and second objects of the same resource.
	Replaced []Adopted `json:"replaced,omitempty"`
	// Cleared are the pending operations that were taken out of the state,
	// as "creating <urn>".
	Cleared []string `json:"cleared,omitempty"`
	// Settled are the Helm commands that brought releases back which a killed
	// run had left half way; Pulumi has none of its own.
	Settled []string `json:"settled,omitempty"`
	// Orphans exist in the cloud and cannot be adopted, because neither the
	// state nor the program knows their resource. What the program wanted
	// retained when its resource went is none.
	Orphans []Adopted `json:"orphans,omitempty"`
	// Refresh is the refresh at the end; nil when there was nothing to do.
	Refresh *Result `json:"-"`
}

// Adopted is one object and the resource that it belongs to.
type Adopted struct {
	URN string `json:"urn"`
	ID  string `json:"id"`
}

// Recover brings a stack's state and the cloud together after a run that was
// killed, or whose answers were lost: it clears the lock, puts into the state
// what exists but is not recorded, takes out pending operations, and refreshes.
// The engine itself would create a second object (measured, see docs/sandbox.md).
func (s *Sandbox) Recover(ctx context.Context, p Program) (*Recovery, error) {
	r := &Recovery{}
	locked, err := s.engine.Locked(p)
	if err != nil {
		return nil, err
	}
	if locked {
		if err := s.engine.Cancel(ctx, p); err != nil {
			return r, err
		}
		r.Unlocked = true
	}
	state, err := s.engine.State(p)
	if err != nil {
		return r, err
	}
	if len(state.Deployment.Resources) == 0 && len(state.Deployment.PendingOperations) == 0 {
		return r, nil
	}
	if r.Settled, err = s.settle(p.Stack, prefixOf(state)); err != nil {
		return r, err
	}
	changed, err := s.adopt(ctx, p, state, r)
	if err != nil {
		return r, err
	}
	if changed {
		if err := s.engine.SetState(ctx, p, state); err != nil {
			return r, err
		}
	}
	if changed || r.Unlocked || len(r.Settled) > 0 {
		r.Refresh, err = s.Refresh(ctx, p)
	}
	return r, err
}

// adopt edits the state and says whether there was anything to edit.
func (s *Sandbox) adopt(ctx context.Context, p Program, state *engine.State, r *Recovery) (bool, error) {
	d := state.Deployment
	pending := map[string]*apitype.ResourceV3{}
	for i, op := range d.PendingOperations {
		r.Cleared = append(r.Cleared, string(op.Type)+" "+string(op.Resource.URN))
		if op.Type == apitype.OperationTypeCreating {
			pending[string(op.Resource.URN)] = &d.PendingOperations[i].Resource
		}
	}
	unrecorded := s.unrecorded(state)
	var plan engine.Plan
	for urn := range unrecorded {
		if pending[urn] == nil && plan == nil {
			var err error
			if _, plan, err = s.preview(ctx, p); plan == nil && err != nil {
				return false, fmt.Errorf("recover %s: ask the program what %s is: %w", p.Stack, urn, err)
			}
		}
	}
	urns := make([]string, 0, len(unrecorded))
	for urn := range unrecorded {
		urns = append(urns, urn)
	}
	sort.Strings(urns)
	for _, urn := range urns {
		s.adoptURN(state, urn, unrecorded[urn], pending[urn], plan, r)
	}
	changed := len(d.PendingOperations)+len(r.Adopted)+len(r.Replaced) > 0
	d.PendingOperations = nil
	d.Resources = inOrder(d.Resources)
	return changed, nil
}

// noteRetained writes down which objects the state would leave behind, so that
// they are no orphans once it does.
func (s *Sandbox) noteRetained(p Program) error {
	state, err := s.engine.State(p)
	if err != nil {
		return err
	}
	retain := map[string]bool{}
	for _, r := range state.Deployment.Resources {
		if r.Custom {
			retain[string(r.URN)+" "+string(r.ID)] = r.RetainOnDelete
		}
	}
	return s.world.Tx(func(tx *world.Tx) error {
		for _, o := range tx.Find("", "", func(o *world.Object) bool {
			want, recorded := retain[o.URN+" "+o.ID]
			return o.Owner == world.OwnerPulumi && recorded && o.Retain != want
		}) {
			o.Retain = !o.Retain
			tx.Put(o)
		}
		return nil
	})
}

// settle brings the Helm releases of a stack back that a killed run left half
// way, as a person would, and says with which commands.
func (s *Sandbox) settle(stack, prefix string) ([]string, error) {
	inside, ok := interior(s.options).(interface {
		Settle(tx *world.Tx, o *world.Object) (string, error)
	})
	if !ok {
		return nil, nil
	}
	var out []string
	err := s.world.Tx(func(tx *world.Tx) error {
		out = nil
		for _, o := range tx.Find("", "", func(o *world.Object) bool {
			return o.Owner == world.OwnerPulumi && prefix != "" && strings.HasPrefix(o.URN, prefix)
		}) {
			command, err := inside.Settle(tx, o)
			if err != nil {
				return fmt.Errorf("recover %s: %w", stack, err)
			}
			if command != "" {
				out = append(out, command)
			}
		}
		return nil
	})
	return out, err
}

// unrecorded are the objects that the stack made and its state does not have,
// by URN, the newest last.
func (s *Sandbox) unrecorded(state *engine.State) map[string][]*world.Object {
	type entry struct{ urn, id string }
	recorded := map[entry]bool{}
	prefix := prefixOf(state)
	// A pending operation may have its id already, when the engine was killed
	// between the answer and the next write; it is no record yet.
	for _, r := range state.Deployment.Resources {
		recorded[entry{string(r.URN), string(r.ID)}] = true
	}
	found := map[string][]*world.Object{}
	s.world.View(func(tx *world.Tx) {
		for _, o := range tx.Find("", "", func(o *world.Object) bool {
			return o.Owner == world.OwnerPulumi && prefix != "" && strings.HasPrefix(o.URN, prefix) && !leaving(o)
		}) {
			if !recorded[entry{o.URN, o.ID}] && !o.Retain {
				found[o.URN] = append(found[o.URN], o)
			}
		}
	})
	for _, objects := range found {
		sort.SliceStable(objects, func(i, j int) bool { return objects[i].Created.Before(objects[j].Created) })
	}
	return found
}

// prefixOf is what every URN of a stack begins with; "" of an empty state.
func prefixOf(state *engine.State) string {
	urns := []resource.URN{}
	for _, r := range state.Deployment.Resources {
		urns = append(urns, r.URN)
	}
	for _, op := range state.Deployment.PendingOperations {
		urns = append(urns, op.Resource.URN)
	}
	for _, urn := range urns {
		if parts := strings.SplitN(string(urn), "::", 3); len(parts) == 3 {
			return parts[0] + "::" + parts[1] + "::"
		}
	}
	return ""
}

// leaving are objects that were deleted and linger, such as keys and gateways.
func leaving(o *world.Object) bool {
	state := strings.ToLower(strings.ReplaceAll(o.State, "_", ""))
	return strings.HasPrefix(o.Kind, "hidden:") || state == "deleted" || state == "deleting" || state == "pendingdeletion"
}

// adoptURN decides what the unrecorded objects of one resource are.
func (s *Sandbox) adoptURN(state *engine.State, urn string, objects []*world.Object, pending *apitype.ResourceV3, plan engine.Plan, r *Recovery) {
	current := state.Resource(urn)
	wanted, fresh := pending, true
	if wanted == nil {
		wanted, fresh = fromPlan(plan, urn, current)
	}
	if wanted == nil {
		for _, o := range objects {
			r.Orphans = append(r.Orphans, Adopted{urn, o.ID})
		}
		return
	}
	d := state.Deployment
	if fresh {
		last := objects[len(objects)-1]
		objects = objects[:len(objects)-1]
		if current != nil {
			s.setAside(d, current, r)
		}
		d.Resources = append(d.Resources, entryOf(*wanted, last.ID, false))
		r.Adopted = append(r.Adopted, Adopted{urn, last.ID})
	}
	for _, o := range objects {
		d.Resources = append(d.Resources, entryOf(*wanted, o.ID, true))
		r.Replaced = append(r.Replaced, Adopted{urn, o.ID})
	}
}

// setAside makes the recorded resource what the next up deletes, or takes it
// out when its object was deleted before the replacement was made.
func (s *Sandbox) setAside(d *apitype.DeploymentV3, current *apitype.ResourceV3, r *Recovery) {
	exists := false
	s.world.View(func(tx *world.Tx) {
		exists = len(tx.Find("", "", func(o *world.Object) bool {
			return o.URN == string(current.URN) && o.ID == string(current.ID) && !leaving(o)
		})) > 0
	})
	if exists && !current.PendingReplacement {
		current.Delete = true
		r.Replaced = append(r.Replaced, Adopted{string(current.URN), string(current.ID)})
		return
	}
	d.Resources = slices.DeleteFunc(d.Resources, func(e apitype.ResourceV3) bool {
		return e.URN == current.URN && e.ID == current.ID && !e.Delete
	})
}

func entryOf(r apitype.ResourceV3, id string, remove bool) apitype.ResourceV3 {
	r.ID, r.Delete, r.PendingReplacement = resource.ID(id), remove, false
	if r.Outputs == nil || !remove {
		r.Outputs = r.Inputs // the refresh that follows reads the real ones
	}
	return r
}

// fromPlan makes the state entry of a resource from what the program wants.
// fresh is false when the recorded object is the one that is wanted.
func fromPlan(plan engine.Plan, urn string, current *apitype.ResourceV3) (entry *apitype.ResourceV3, fresh bool) {
	p, known := plan[urn]
	if !known || p.Goal == nil {
		if current == nil {
			return nil, false
		}
		c := *current
		return &c, false
	}
	if current != nil && !slices.ContainsFunc(p.Steps, func(op apitype.OpType) bool { return strings.Contains(string(op), "replace") }) {
		c := *current
		return &c, false
	}
	g := p.Goal
	inputs := map[string]any{}
	if current != nil {
		for k, v := range current.Inputs {
			inputs[k] = v
		}
	}
	for _, k := range g.InputDiff.Deletes {
		delete(inputs, k)
	}
	for _, changes := range []map[string]any{g.InputDiff.Adds, g.InputDiff.Updates} {
		for k, v := range changes {
			inputs[k] = v
		}
	}
	return &apitype.ResourceV3{
		URN: resource.URN(urn), Custom: g.Custom, Type: g.Type, Inputs: inputs, Parent: g.Parent, Protect: g.Protect,
		Dependencies: g.Dependencies, Provider: g.Provider, PropertyDependencies: g.PropertyDependencies,
		AdditionalSecretOutputs: g.AdditionalSecretOutputs, IgnoreChanges: g.IgnoreChanges,
	}, true
}

// inOrder puts every resource behind what it depends on, as the engine asks,
// and else leaves the order alone.
func inOrder(in []apitype.ResourceV3) []apitype.ResourceV3 {
	byURN := map[resource.URN][]int{}
	for i, r := range in {
		byURN[r.URN] = append(byURN[r.URN], i)
	}
	out := make([]apitype.ResourceV3, 0, len(in))
	placed := make([]bool, len(in))
	var place func(i int)
	place = func(i int) {
		if placed[i] {
			return
		}
		placed[i] = true
		for _, urn := range needs(in[i]) {
			for _, j := range byURN[urn] {
				if urn != in[i].URN && !in[j].Delete {
					place(j)
				}
			}
		}
		out = append(out, in[i])
	}
	for i := range in {
		place(i)
	}
	return out
}

func needs(r apitype.ResourceV3) []resource.URN {
	all := append([]resource.URN{r.Parent, r.DeletedWith}, r.Dependencies...)
	for _, urns := range r.PropertyDependencies {
		all = append(all, urns...)
	}
	if i := strings.LastIndex(r.Provider, "::"); i > 0 {
		all = append(all, resource.URN(r.Provider[:i]))
	}
	return all
}
