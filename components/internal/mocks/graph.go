package mocks

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Resource is one resource as the engine was asked for it.
type Resource struct {
	Type, Name, Parent, Provider string
	Dependencies, Ignore         []string
	Protect, Retain              bool
	DeleteFirst                  bool // before it is replaced
	Inputs                       resource.PropertyMap
}

// Graph are resources by URN.
type Graph map[string]Resource

// Graph is everything that was registered.
func (r *Recorder) Graph() Graph {
	out := Graph{}
	for _, args := range r.Registered() {
		rpc := args.RegisterRPC
		out[urnOf(args)] = Resource{
			Type: args.TypeToken, Name: args.Name, Parent: rpc.GetParent(), Provider: args.Provider, Dependencies: rpc.GetDependencies(),
			Ignore: rpc.GetIgnoreChanges(), Protect: rpc.GetProtect(), Retain: rpc.GetRetainOnDelete(), DeleteFirst: rpc.GetDeleteBeforeReplace(),
			Inputs: args.Inputs,
		}
	}
	return out
}

// Plain are the inputs as encoding/json would decode them.
func (r Resource) Plain() map[string]any { return r.Inputs.Mappable() }

// Find is the only resource of a type whose name ends so, with its URN.
func (g Graph) Find(t testing.TB, typ, suffix string) (string, Resource) {
	t.Helper()
	var urns []string
	for urn, r := range g {
		if r.Type == typ && strings.HasSuffix(r.Name, suffix) {
			urns = append(urns, urn)
		}
	}
	if len(urns) != 1 {
		t.Fatalf("%d resources of type %s end in %q: %v", len(urns), typ, suffix, urns)
	}
	return urns[0], g[urns[0]]
}

// Names are the logical names of a type, sorted.
func (g Graph) Names(typ string) []string {
	var out []string
	for _, r := range g {
		if r.Type == typ {
			out = append(out, r.Name)
		}
	}
	slices.Sort(out)
	return out
}

// Reaches says whether from depends on to, directly, through others, through
// its parent, which the engine registers first, or through its provider.
func (g Graph) Reaches(from, to string) bool {
	seen := map[string]bool{}
	var walk func(string) bool
	walk = func(urn string) bool {
		if urn == to {
			return true
		}
		if seen[urn] {
			return false
		}
		seen[urn] = true
		r := g[urn]
		if slices.ContainsFunc(r.Dependencies, walk) || r.Parent != "" && walk(r.Parent) {
			return true
		}
		id := strings.LastIndex(r.Provider, "::") // it is referred to as <urn>::<id>
		return id > 0 && walk(r.Provider[:id])
	}
	return walk(from)
}
