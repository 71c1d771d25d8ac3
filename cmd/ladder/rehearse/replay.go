package rehearse

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/internals"

	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/stacks/upgrade"
)

// takeOver makes what a state tells of in the simulated cloud, resource by
// resource, and then runs the stage's file on it at the release that it runs:
// what that changes is what the file and the environment differ in.
func (r *run) takeOver(ctx context.Context, s *stage, first Step) error {
	if r.State.Release != r.Path[0] {
		return fmt.Errorf("rehearse %s: its state runs release %s and the rehearsal begins at %s; use --from %s", s.Name, r.State.Release, r.Path[0], r.State.Release)
	}
	// The file as it is but for the release: what is under way stays under way.
	same := Step{Title: "taken over from its state", To: first.To, Edits: []upgrade.Edit{{Path: "release", New: quoted(first.To)}}}
	program, err := r.program(s, same)
	if err != nil {
		return err
	}
	r.Say("%s begins as its state of %d resources", s.Name, len(r.State.resources))
	replay := program
	p := &player{state: r.State, world: r.box.World(), made: map[string]pulumi.Resource{}, names: &renames{exact: map[string]string{}}}
	replay.Run = p.run
	if _, err := r.box.Up(ctx, replay); err != nil {
		return fmt.Errorf("rehearse %s: make what its state tells of: %w", s.Name, err)
	}
	if err := r.settle(); err != nil {
		return err
	}
	if err := r.up(ctx, s, same); err != nil {
		return err
	}
	c := r.report.Climbs[len(r.report.Climbs)-1]
	// What the state did not tell is no difference.
	untold := names(r.State.untold)
	c.Operations = slices.DeleteFunc(c.Operations, func(op Operation) bool { return op.Op == "create" && slices.Contains(untold, op.Name) })
	if n := len(c.Operations); n > 0 {
		var what []string
		for _, op := range c.Operations {
			what = append(what, op.Op+" "+op.Name)
		}
		r.report.Notes = append(r.report.Notes, fmt.Sprintf("the file of %s differs from its state by %d operations, which were done before the climb: %s", s.Name, n, strings.Join(what, ", ")))
	}
	return nil
}

// player registers the resources of a state again.
type player struct {
	state *State
	world *world.World
	made  map[string]pulumi.Resource // by URN
	names *renames
}

func (p *player) run(ctx *pulumi.Context) error {
	for _, e := range p.state.resources {
		if err := p.register(ctx, e); err != nil {
			return fmt.Errorf("%s %q: %w", e.Type, e.name(), err)
		}
	}
	for name, v := range p.state.outputs {
		ctx.Export(name, input(p.names.in(ungenerated(v))))
	}
	return nil
}

// register makes one resource and waits for it, because those after it refer to
// what it came to be called.
func (p *player) register(ctx *pulumi.Context, e exported) error {
	opts := p.options(e)
	if !e.Custom {
		c := &pulumi.ResourceState{}
		if err := ctx.RegisterComponentResource(e.Type, e.name(), c, opts...); err != nil {
			return err
		}
		p.made[e.URN] = c
		_, err := internals.UnsafeAwaitOutput(ctx.Context(), c.URN())
		return err
	}
	var res pulumi.CustomResource = &pulumi.CustomResourceState{}
	if strings.HasPrefix(e.Type, typeProviders) {
		res = &pulumi.ProviderResourceState{}
	}
	props, _ := input(p.names.in(e.given())).(pulumi.Map)
	if err := ctx.RegisterResource(e.Type, e.name(), props, res, opts...); err != nil {
		return err
	}
	p.made[e.URN] = res
	got, err := internals.UnsafeAwaitOutput(ctx.Context(), res.ID())
	if err != nil {
		return err
	}
	id := fmt.Sprint(got.Value)
	p.names.learn(e.ID, id)
	p.world.View(func(tx *world.Tx) {
		for _, o := range tx.Find("", "", func(o *world.Object) bool { return o.URN == e.URN && o.Owner == world.OwnerPulumi }) {
			p.names.compare(e.Outputs, o.Attrs)
		}
	})
	return nil
}

// options of a resource as the state has them.
func (p *player) options(e exported) []pulumi.ResourceOption {
	opts := []pulumi.ResourceOption{pulumi.Protect(e.Protect), pulumi.RetainOnDelete(e.RetainOnDelete)}
	if parent, ok := p.made[e.Parent]; ok {
		opts = append(opts, pulumi.Parent(parent))
	}
	if i := strings.LastIndex(e.Provider, "::"); i > 0 {
		if provider, ok := p.made[e.Provider[:i]].(pulumi.ProviderResource); ok {
			opts = append(opts, pulumi.Provider(provider))
		}
	}
	var after []pulumi.Resource
	for _, urn := range e.Dependencies {
		if d, ok := p.made[urn]; ok {
			after = append(after, d)
		}
	}
	return append(opts, pulumi.DependsOn(after))
}

// input is a JSON value as a program hands it over.
func input(v any) pulumi.Input {
	switch v := v.(type) {
	case string:
		return pulumi.String(v)
	case bool:
		return pulumi.Bool(v)
	case float64:
		return pulumi.Float64(v)
	case []any:
		out := make(pulumi.Array, len(v))
		for i, e := range v {
			out[i] = input(e)
		}
		return out
	case map[string]any:
		out := pulumi.Map{}
		for k, e := range v {
			if e != nil {
				out[k] = input(e)
			}
		}
		return out
	}
	return pulumi.String("")
}

// renames are what things are called in the simulated cloud, by what they are
// called in the state.
type renames struct {
	exact map[string]string
	// within are long enough to be looked for inside other texts: ids, ARNs, addresses.
	within   []string
	replacer *strings.Replacer
}

// minName is the shortest text that is looked for inside others; a shorter one
// might be a word.
const minName = 8

// unlikeWords matches what is looked for inside others: what has a digit, ARNs,
// and names that end with the engine's random digits, which may all be letters.
var unlikeWords = regexp.MustCompile(`[0-9:]|-[a-f]{7,8}$`)

func (n *renames) learn(old, now string) {
	if old == "" || now == "" || old == now {
		return
	}
	if _, known := n.exact[old]; known {
		return
	}
	n.exact[old] = now
	if len(old) >= minName && unlikeWords.MatchString(old) {
		n.within = append(n.within, old)
		n.replacer = nil
	}
}

// compare learns from two values of one shape.
func (n *renames) compare(old, now any) {
	switch was := old.(type) {
	case string:
		if is, ok := now.(string); ok {
			n.learn(was, is)
		}
	case map[string]any:
		if is, ok := now.(map[string]any); ok {
			for k, v := range was {
				n.compare(v, is[k])
			}
		}
	case []any:
		if is, ok := now.([]any); ok {
			for i := range min(len(was), len(is)) {
				n.compare(was[i], is[i])
			}
		}
	}
}

// in is a value with every name in it replaced.
func (n *renames) in(v any) any {
	switch v := v.(type) {
	case string:
		if now, ok := n.exact[v]; ok {
			return now
		}
		return n.replace(v)
	case map[string]any:
		out := map[string]any{}
		for k, e := range v {
			out[n.replace(k)] = n.in(e)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = n.in(e)
		}
		return out
	}
	return v
}

func (n *renames) replace(s string) string {
	if n.replacer == nil {
		// The longest first: one may be part of another.
		slices.SortStableFunc(n.within, func(a, b string) int { return len(b) - len(a) })
		var pairs []string
		for _, old := range n.within {
			pairs = append(pairs, old, n.exact[old])
		}
		n.replacer = strings.NewReplacer(pairs...)
	}
	return n.replacer.Replace(s)
}
