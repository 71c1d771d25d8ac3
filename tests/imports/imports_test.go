package imports_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/tests/imports"
)

const root = "../.."

func TestRoomsImportOnlyWhatTheyMay(t *testing.T) {
	g, err := imports.Load(root, "./...")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range g.Violations(imports.Rules) {
		t.Error(v)
	}
	known := map[string]bool{}
	for _, p := range g.Packages() {
		known[p] = true
	}
	for _, p := range imports.Pure {
		if !known[p] {
			t.Errorf("imports.Pure names %q, and there is no such package; mend the list in rules.go", p)
		}
	}
	for _, v := range g.Impure(imports.Pure, "github.com/pulumi/") {
		t.Error(v)
	}
	for _, v := range g.Impure([]string{"sandbox/world", "sandbox/rule"}, "github.com/pulumi/", "google.golang.org/grpc") {
		t.Error(v + " (the world is data: no engine and no wire in it)")
	}
}

// graph builds a graph of the module's packages from "from: to to" lines.
func graph(lines ...string) imports.Graph {
	g := imports.Graph{}
	for _, l := range lines {
		from, to, _ := strings.Cut(l, ": ")
		var paths []string
		for _, p := range strings.Fields(to) {
			if !strings.Contains(p, ".") {
				p = imports.Module + "/" + p
			}
			paths = append(paths, p)
		}
		if !strings.Contains(from, ".") {
			from = imports.Module + "/" + from
		}
		g[from] = paths
	}
	return g
}

// The rules themselves are tested, so that a rule that can never fail is found.
func TestEachRuleCatchesItsCase(t *testing.T) {
	cases := map[string]struct {
		line string
		want string // "" means allowed
	}{
		"a component imports another":        {"components/network: components/cluster/spec", "components never import each other"},
		"a component imports its own spec":   {"components/network: components/network/spec", ""},
		"a component imports what is shared": {"components/network: components/internal/tags", ""},
		"shared code imports a component":    {"components/internal/tags: components/network", ""},
		"a component imports stacks":         {"components/cluster: stacks/release", "components never import stacks"},
		"shared code imports stacks":         {"components/internal/tags: stacks/config", "components never import stacks"},
		"the sandbox imports a component":    {"sandbox/aws: components/network/plan", "the sandbox is a cloud"},
		"the sandbox imports stacks":         {"sandbox: stacks", "the sandbox is a cloud"},
		"the sandbox imports facts":          {"sandbox/aws: internal/facts", ""},
		"stacks import the sandbox":          {"stacks: sandbox", "only cmd/ and tests/ import the sandbox"},
		"the program imports the sandbox":    {"infra: sandbox/world", "only cmd/ and tests/ import the sandbox"},
		"the command imports the sandbox":    {"cmd/ladder/cli: sandbox", ""},
		"tests import the sandbox":           {"tests/scenario: sandbox", ""},
		"a neighbour by name only":           {"stacks: sandboxed/thing", ""},
		"stacks import the command":          {"stacks: cmd/ladder/report", "nothing imports cmd/"},
		"the command imports tests":          {"cmd/ladder/cli: tests/imports", "nothing outside tests/"},
		"internal imports a room":            {"internal/facts: components/network/spec", "internal/ is used by every room"},
		"internal imports internal":          {"internal/facts: internal/finding", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := graph(c.line).Violations(imports.Rules)
			switch {
			case c.want == "" && len(got) > 0:
				t.Errorf("allowed, and refused with %q", got)
			case c.want != "" && !strings.Contains(strings.Join(got, "\n"), c.want):
				t.Errorf("want a violation with %q, got %q", c.want, got)
			}
		})
	}
}

func TestChainIsTheShortestWay(t *testing.T) {
	g := graph("a: b c", "b: d", "c: github.com/pulumi/x", "d: c")
	got := g.Impure([]string{"a"}, "github.com/pulumi/")
	m := imports.Module + "/"
	want := []string{"a must stay pure: " + m + "a -> " + m + "c -> github.com/pulumi/x"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("chain (-want +got):\n%s", diff)
	}
	if got := g.Impure([]string{"a"}, "github.com/none/"); got != nil {
		t.Errorf("want no chain, got %q", got)
	}
}
