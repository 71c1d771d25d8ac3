package scenario

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// maxPaths is how many paths a graph may have below any of its resources. When a
// step of a destroy fails, the engine walks every one of them (pulumi 3.250.0,
// pkg/resource/graph, markAsDependency remembers nothing), at roughly a million
// in half a second; with edges from each thing to all before it a mesh had
// twelve thousand million, and a refused destroy never came back.
const maxPaths = 12_000_000

// mustBeWalkable keeps a failed destroy from hanging.
func mustBeWalkable(t *testing.T, resources []apitype.ResourceV3) {
	t.Helper()
	most, where := paths(resources)
	t.Logf("%d resources, %d paths below %s", len(resources), most, where)
	if most > maxPaths {
		t.Errorf("%d paths below %s, want at most %d: let resources depend on the last thing before them, not on all", most, where, maxPaths)
	}
}

// paths is the largest number of paths below any resource, and whose it is.
func paths(resources []apitype.ResourceV3) (most int, where resource.URN) {
	below := map[resource.URN]int{}
	for _, r := range resources { // the state is in the order of dependencies
		edges := slices.Clone(r.Dependencies)
		for _, deps := range r.PropertyDependencies {
			edges = append(edges, deps...)
		}
		edges = append(edges, r.DeletedWith)
		if i := strings.LastIndex(r.Provider, "::"); i > 0 {
			edges = append(edges, resource.URN(r.Provider[:i]))
		}
		n := 1
		for _, e := range edges {
			n += below[e]
		}
		if below[r.URN] = n; n > most {
			most, where = n, r.URN
		}
	}
	return most, where
}

func TestPathsAreCounted(t *testing.T) {
	// A chain of ten, and beside it ten layers of two, each on both of the one before.
	var chain, wide []apitype.ResourceV3
	for layer := range 10 {
		one := apitype.ResourceV3{URN: layerURN(layer, "one")}
		if layer > 0 {
			one.Dependencies = []resource.URN{layerURN(layer-1, "one")}
		}
		chain = append(chain, one)
		for _, side := range []string{"a", "b"} {
			r := apitype.ResourceV3{URN: layerURN(layer, side)}
			if layer > 0 {
				r.Dependencies = []resource.URN{layerURN(layer-1, "a"), layerURN(layer-1, "b")}
			}
			wide = append(wide, r)
		}
	}
	if n, where := paths(chain); n != 10 || where != layerURN(9, "one") {
		t.Errorf("%d paths below %s, want 10", n, where)
	}
	if n, _ := paths(wide); n != 1023 {
		t.Errorf("%d paths, want 1023: one, and twice those of the layer before", n)
	}
	lent := []apitype.ResourceV3{{URN: "p"}, {URN: "d", Provider: "p::id"}, {URN: "e", DeletedWith: "d", PropertyDependencies: map[resource.PropertyKey][]resource.URN{"x": {"d"}}}}
	if n, _ := paths(lent); n != 5 {
		t.Errorf("%d paths, want 5: provider, deletedWith and properties count", n)
	}
}

func layerURN(layer int, side string) resource.URN {
	return resource.URN(fmt.Sprintf("%s-%d", side, layer))
}
