package trace

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/world"
)

// firewall asks the web ACL before an ALB. Rules are asked by priority; one that
// allows or blocks ends it, one that counts does not.
// Source: WAF developer guide, how rules are evaluated.
func (r *run) firewall(lb *world.Object) bool {
	for _, a := range r.find(kindACLOf, lb.Scope, where("resourceArn", lb.ID)) {
		for _, acl := range r.find(kindACL, lb.Scope, where("arn", nested.Text(a.Attrs, "webAclArn"))) {
			return r.acl(acl)
		}
	}
	return true
}

func (r *run) acl(acl *world.Object) bool {
	rules := nested.Objects(acl.Attrs, "rules")
	slices.SortFunc(rules, func(a, b map[string]any) int {
		return cmp.Compare(nested.Number(a, "priority"), nested.Number(b, "priority"))
	})
	what := shown(acl)
	for _, rule := range rules {
		label := what + ", rule " + nested.Text(rule, "name")
		matched, why := r.statement(acl.Scope, nested.Object(rule, "statement"))
		does := does(rule)
		switch {
		case why != "" && does != "":
			r.unknown("firewall", label, "%s; %s what matches: not decided here", why, does)
		case why != "":
			r.unknown("firewall", label, "%s; not decided here", why)
		case !matched:
		case does == "blocks":
			return r.refused(blockedStatus(rule), "firewall", label, "blocks %s", addresses(r.client))
		case does == "allows":
			r.hop("firewall", label, "lets %s in, and no later rule is asked", addresses(r.client))
			return true
		default:
			r.hop("firewall", label, "%s %s", does, addresses(r.client))
		}
	}
	if nested.Object(acl.Attrs, "defaultAction", "block") != nil {
		return r.refused(403, "firewall", what, "blocks what no rule allows")
	}
	r.hop("firewall", what, "lets pass what no rule blocks")
	return true
}

// does is a rule's action in a word.
func does(rule map[string]any) string {
	for _, a := range []struct{ key, word string }{{"block", "blocks"}, {"allow", "allows"}, {"count", "counts"}, {"captcha", "asks for a captcha of"}, {"challenge", "challenges"}} {
		if nested.Object(rule, "action", a.key) != nil {
			return a.word
		}
	}
	if nested.Object(rule, "overrideAction", "count") != nil {
		return "counts"
	}
	return "blocks"
}

func blockedStatus(rule map[string]any) int {
	if n := nested.Number(rule, "action", "block", "customResponse", "responseCode"); n > 0 {
		return n
	}
	return 403
}

// statement says whether a statement matches, or why that is not known here.
func (r *run) statement(scope string, st map[string]any) (matched bool, unknown string) {
	switch {
	case nested.Object(st, "ipSetReferenceStatement") != nil:
		arn := nested.Text(st, "ipSetReferenceStatement", "arn")
		for _, set := range r.find(kindIPSet, scope, where("arn", arn)) {
			blocks := nested.Texts(set.Attrs, "addresses")
			if slices.ContainsFunc(blocks, func(b string) bool { return covers(b, r.client) }) {
				return true, ""
			}
			if slices.ContainsFunc(blocks, func(b string) bool { return overlaps(b, r.client) }) {
				return false, "holds a part of " + addresses(r.client)
			}
		}
		return false, ""
	case nested.Object(st, "rateBasedStatement") != nil:
		window := nested.Number(st, "rateBasedStatement", "evaluationWindowSec")
		if window == 0 {
			window = 300
		}
		return false, "more than " + itoa(nested.Number(st, "rateBasedStatement", "limit")) + " requests in " + itoa(window) + " seconds from one address"
	case nested.Object(st, "managedRuleGroupStatement") != nil:
		return false, "the group " + nested.Text(st, "managedRuleGroupStatement", "name") + " looks at the request's content"
	case nested.Object(st, "notStatement") != nil:
		for _, inner := range nested.Objects(st, "notStatement", "statements") {
			m, why := r.statement(scope, inner)
			return !m && why == "", why
		}
	case nested.Object(st, "andStatement") != nil, nested.Object(st, "orStatement") != nil:
		return r.combined(scope, st)
	}
	for k, v := range st {
		if v != nil {
			return false, "looks at the request by " + strings.TrimSuffix(k, "Statement")
		}
	}
	return false, ""
}

func (r *run) combined(scope string, st map[string]any) (matched bool, unknown string) {
	or := nested.Object(st, "orStatement") != nil
	key := map[bool]string{true: "orStatement", false: "andStatement"}[or]
	for _, inner := range nested.Objects(st, key, "statements") {
		m, why := r.statement(scope, inner)
		switch {
		case why != "":
			unknown = why
		case m == or:
			return or, "" // one is enough to decide
		}
	}
	return !or && unknown == "", unknown
}
