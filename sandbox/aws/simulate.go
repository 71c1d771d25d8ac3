package aws

import (
	"path"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/world"
)

// Ask is one call that somebody wants to make.
type Ask struct {
	Action, Resource string
	// Context has the values of condition keys; several of one key are those of
	// a request with several entries. A key that is not here is absent.
	Context map[string][]string
}

// Allowed says whether identity policies let a call through: something allows
// it and nothing denies it. Source: IAM user guide, policy evaluation logic and
// condition operators, read 2026-11. An operator that is not known here holds
// for a denial and does not for an allowance.
func Allowed(documents []string, ask Ask) bool {
	allowed := false
	for _, text := range documents {
		for _, st := range statementsOf(text) {
			deny := str(st, "Effect") == "Deny"
			if !concerns(st, ask) || !conditionsHold(dict(st, "Condition"), ask.Context, deny) {
				continue
			}
			if deny {
				return false
			}
			allowed = true
		}
	}
	return allowed
}

// concerns: the statement is about the action and the resource.
func concerns(st map[string]any, ask Ask) bool {
	action := anyMatches(elements(st["Action"]), ask.Action)
	if not := elements(st["NotAction"]); len(not) > 0 {
		action = !anyMatches(not, ask.Action)
	}
	matches := func(patterns []string) bool {
		return slices.ContainsFunc(patterns, func(p string) bool { return wildcard(p, ask.Resource) })
	}
	resource := matches(elements(st["Resource"]))
	if not := elements(st["NotResource"]); len(not) > 0 {
		resource = !matches(not)
	}
	return action && resource
}

func conditionsHold(conditions map[string]any, context map[string][]string, unknown bool) bool {
	for operator, keys := range conditions {
		m, _ := keys.(map[string]any)
		for key, want := range m {
			if !conditionHolds(operator, elements(want), lookupKey(context, key), unknown) {
				return false
			}
		}
	}
	return true
}

// lookupKey: names of condition keys have no case.
func lookupKey(context map[string][]string, key string) []string {
	for k, v := range context {
		if strings.EqualFold(k, key) {
			return v
		}
	}
	return nil
}

func conditionHolds(operator string, want, have []string, unknown bool) bool {
	all, forAll := strings.CutPrefix(operator, "ForAllValues:")
	name := strings.TrimPrefix(all, "ForAnyValue:")
	name, ifExists := strings.CutSuffix(name, "IfExists")
	if name == "Null" {
		return len(want) == 1 && (want[0] == "true") == (len(have) == 0)
	}
	if len(have) == 0 {
		return forAll || ifExists || strings.Contains(name, "Not")
	}
	match := map[string]func(p, v string) bool{
		"StringEquals": func(p, v string) bool { return p == v }, "StringLike": wildcard, "ArnLike": wildcard, "ArnEquals": wildcard,
		"StringEqualsIgnoreCase": strings.EqualFold, "Bool": strings.EqualFold,
	}[strings.Replace(name, "Not", "", 1)]
	if match == nil {
		return unknown
	}
	one := func(v string) bool {
		return slices.ContainsFunc(want, func(p string) bool { return match(p, v) }) != strings.Contains(name, "Not")
	}
	if forAll {
		return !slices.ContainsFunc(have, func(v string) bool { return !one(v) })
	}
	return slices.ContainsFunc(have, one)
}

// PodPolicies are the documents of the role that a service account's pods get
// by Pod Identity, and whether there is such a role. AWS's own managed policies
// have no documents here.
func PodPolicies(tx *world.Tx, cluster *world.Object, namespace, account string) (documents []string, ok bool) {
	owner, _, _ := strings.Cut(cluster.Scope, "/")
	for _, a := range tx.Find(typePodIdentity, cluster.Scope, where("clusterName", cluster.ID)) {
		if str(a.Attrs, "namespace") != namespace || str(a.Attrs, "serviceAccount") != account {
			continue
		}
		role, found := tx.Get(world.Key{Kind: typeRole, Scope: owner, ID: path.Base(str(a.Attrs, "roleArn"))})
		if !found {
			return nil, false
		}
		return documentsOf(tx, owner, role), true
	}
	return nil, false
}
