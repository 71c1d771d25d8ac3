package imports

import (
	"fmt"
	"strings"
)

// Rule forbids direct imports between rooms of the module.
type Rule struct {
	// Why is printed with every violation.
	Why string
	// From and To take short names such as "components/network/spec".
	From func(pkg string) bool
	To   func(from, to string) bool
}

// Rules are the import rules of docs/ARCHITECTURE.md.
var Rules = []Rule{
	{
		Why:  "components never import each other: stacks/ hands over field by field, so that each is testable and replaceable alone",
		From: func(p string) bool { return component(p) != "" },
		To:   func(from, to string) bool { return component(to) != "" && component(to) != component(from) },
	},
	{
		Why:  "components never import stacks: the composition knows the components, not the other way round",
		From: func(p string) bool { return in(p, "components") },
		To:   func(_, to string) bool { return in(to, "stacks") },
	},
	{
		Why:  "the sandbox is a cloud: it knows nothing of the program that runs on it, or it would only prove itself",
		From: func(p string) bool { return in(p, "sandbox") },
		To:   func(_, to string) bool { return in(to, "components") || in(to, "stacks") || in(to, "cmd") },
	},
	{
		Why:  "only cmd/ and tests/ import the sandbox: what runs on a real account must not link a simulated one",
		From: func(p string) bool { return !in(p, "sandbox") && !in(p, "cmd") && !in(p, "tests") },
		To:   func(_, to string) bool { return in(to, "sandbox") },
	},
	{
		Why:  "nothing imports cmd/ but cmd/ and tests/: it is where printing and exit codes live",
		From: func(p string) bool { return !in(p, "cmd") && !in(p, "tests") },
		To:   func(_, to string) bool { return in(to, "cmd") },
	},
	{
		Why:  "bootstrap makes an account before there is a stack, and stacks know its names only: neither needs the other to compile",
		From: func(p string) bool { return in(p, "bootstrap") || in(p, "stacks") || in(p, "infra") },
		To: func(from, to string) bool {
			return in(from, "bootstrap") && in(to, "stacks") || !in(from, "bootstrap") && (in(to, "bootstrap") || in(to, "components/account"))
		},
	},
	{
		Why:  "nothing outside tests/ imports tests/",
		From: func(p string) bool { return !in(p, "tests") },
		To:   func(_, to string) bool { return in(to, "tests") },
	},
	{
		Why:  "internal/ is used by every room, so it uses none",
		From: func(p string) bool { return in(p, "internal") },
		To:   func(_, to string) bool { return !in(to, "internal") },
	},
}

// component is the name of the component that a package belongs to; "" for
// components/internal, which all share, and for what is no component.
func component(pkg string) string {
	rest, ok := strings.CutPrefix(pkg, "components/")
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(rest, "/")
	if name == "internal" {
		return ""
	}
	return name
}

// Violations are the broken rules, one sentence each.
func (g Graph) Violations(rules []Rule) []string {
	var out []string
	for _, from := range g.Packages() {
		for _, path := range g[Module+"/"+from] {
			to, ours := short(path)
			if !ours {
				continue
			}
			for _, r := range rules {
				if r.From(from) && r.To(from, to) {
					out = append(out, fmt.Sprintf("%s imports %s: %s", from, to, r.Why))
				}
			}
		}
	}
	return out
}

// Pure are the packages of decisions: no Pulumi SDK below them, so that they
// test in milliseconds and every room can use them.
var Pure = []string{
	"internal/finding", "internal/facts", "internal/strict",
	"components/network/spec", "components/network/plan", "components/cluster/spec", "components/mesh/spec", "components/mesh/plan", "components/mesh/trust",
	"components/sample/spec", "components/account/spec", "stacks/scaffold", "internal/reference",
	"components/edge/spec", "components/edge/routes", "components/observability/spec", "components/observability/capacity", "components/observability/collector", "components/observability/logpipe", "components/observability/measure", "components/observability/alerts", "components/internal/address", "components/internal/gatewayapi",
	"stacks/config", "stacks/release", "stacks/cost", "stacks/capacity", "stacks/promotion", "stacks/contract", "stacks/upgrade",
	"cmd/ladder/report", "cmd/ladder/progress", "cmd/ladder/diagram", "internal/svg", "cmd/ladder/comment",
}

// Impure are the chains from packages to the first import path that begins
// with one of prefixes.
func (g Graph) Impure(packages []string, prefixes ...string) []string {
	var out []string
	for _, pkg := range packages {
		chain := g.Chain(Module+"/"+pkg, func(p string) bool {
			for _, prefix := range prefixes {
				if strings.HasPrefix(p, prefix) {
					return true
				}
			}
			return false
		})
		if chain != nil {
			out = append(out, pkg+" must stay pure: "+strings.Join(chain, " -> "))
		}
	}
	return out
}
