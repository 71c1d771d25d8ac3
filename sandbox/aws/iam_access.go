package aws

import (
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/world"
)

var (
	ruleAssume = rule.Register(rule.Rule{
		Name: "iam.assume-role", Service: "iam",
		Source: "STS API, AssumeRole, AccessDenied: the role's trust policy must name the caller; aws-sdk-go-base, CannotAssumeRoleError; read 2026-11",
		Text:   "Cannot assume IAM Role: operation error STS: AssumeRole, https response error StatusCode: 403, api error AccessDenied: User: %s is not authorized to perform: sts:AssumeRole on resource: %s",
	})
	ruleParameterRead = rule.Register(rule.Rule{
		Name: "ssm.parameter-read-allowed", Service: "ssm",
		Source: "IAM user guide, policy evaluation logic: what no policy allows is denied; SSM API, GetParameter, AccessDeniedException; read 2026-11",
		Text:   "operation error SSM: GetParameter, https response error StatusCode: 400, api error AccessDeniedException: User: %s is not authorized to perform: ssm:GetParameter on resource: %s because no identity-based policy allows the ssm:GetParameter action",
	})
)

// assume makes the provider act as a role, in that role's account. A role that
// the world does not have was made before the stacks, as a bootstrap does, and
// lets everybody in; one that it has is asked.
func (p *provider) assume(arn string) error {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return nil // refused by what needs the account
	}
	account, name := parts[4], path.Base(parts[5])
	trusted := true
	p.deps.World.View(func(tx *world.Tx) {
		if role, ok := tx.Get(world.Key{Kind: typeRole, Scope: account, ID: name}); ok {
			trusted = trusts(str(role.Attrs, "assumeRolePolicy"), p.deps.CallerARN, p.deps.AccountID)
		}
	})
	if !trusted && p.deps.Rules.On(ruleAssume) {
		return ruleAssume.Errorf(p.deps.CallerARN, arn)
	}
	p.conf.account, p.conf.role = account, name
	p.conf.callerARN = "arn:aws:sts::" + account + ":assumed-role/" + name + "/ladder"
	return nil
}

// trusts says whether a trust policy lets a caller in: by its role, its
// session, or its whole account.
func trusts(policy, caller, account string) bool {
	names := []string{"*", account, "arn:aws:iam::" + account + ":root", caller}
	if parts := strings.Split(caller, "/"); strings.Contains(caller, ":assumed-role/") && len(parts) > 1 {
		names = append(names, "arn:aws:iam::"+account+":role/"+parts[1])
	}
	return slices.ContainsFunc(statementsOf(policy), func(st map[string]any) bool {
		who := elements(st["Principal"])
		if m, ok := st["Principal"].(map[string]any); ok {
			who = append(who, elements(m["AWS"])...)
		}
		return str(st, "Effect") == "Allow" && anyMatches(elements(st["Action"]), "sts:AssumeRole") &&
			slices.ContainsFunc(who, func(w string) bool { return slices.Contains(names, w) })
	})
}

// statementsOf a policy document.
func statementsOf(text string) []map[string]any {
	var doc map[string]any
	if json.Unmarshal([]byte(text), &doc) != nil {
		return nil
	}
	if one, ok := doc["Statement"].(map[string]any); ok {
		return []map[string]any{one}
	}
	return dicts(doc, "Statement")
}

// anyMatches says whether one of the patterns, with * and ?, is for a name. Names
// of actions have no case.
func anyMatches(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return wildcard(strings.ToLower(p), strings.ToLower(name)) })
}

// wildcard matches * with any text, slashes too, and ? with one character.
func wildcard(pattern, text string) bool {
	for pattern != "" {
		switch pattern[0] {
		case '*':
			for i := 0; i <= len(text); i++ {
				if wildcard(pattern[1:], text[i:]) {
					return true
				}
			}
			return false
		case '?':
			if text == "" {
				return false
			}
		default:
			if text == "" || text[0] != pattern[0] {
				return false
			}
		}
		pattern, text = pattern[1:], text[1:]
	}
	return text == ""
}

// readers are AWS's own policies that let every parameter be read.
var readers = []string{"AdministratorAccess", "PowerUserAccess", "ReadOnlyAccess", "AmazonSSMReadOnlyAccess", "AmazonSSMFullAccess"}

// mayRead asks the policies of the role that the provider has assumed. Whoever
// runs the program without one is its deployer, who may. Conditions are not
// modelled.
func (c *call) mayRead(name string) error {
	role := c.p.conf.role
	obj, ok := c.tx.Get(world.Key{Kind: typeRole, Scope: c.account(), ID: role})
	if role == "" || !ok || !c.on(ruleParameterRead) {
		return nil
	}
	arn := "arn:aws:ssm:" + c.region() + ":" + c.account() + ":parameter/" + strings.TrimPrefix(name, "/")
	allowed := false
	for _, text := range c.policiesOf(obj) {
		for _, st := range statementsOf(text) {
			if !anyMatches(elements(st["Action"]), "ssm:GetParameter") || !anyMatches(elements(st["Resource"]), arn) {
				continue
			}
			if str(st, "Effect") == "Deny" {
				return ruleParameterRead.Errorf(c.p.conf.callerARN, arn)
			}
			allowed = true
		}
	}
	for _, a := range c.tx.Find(typeAttachment, c.account(), where("role", role)) {
		allowed = allowed || slices.Contains(readers, path.Base(str(a.Attrs, "policyArn")))
	}
	if !allowed {
		return ruleParameterRead.Errorf(c.p.conf.callerARN, arn)
	}
	return nil
}

// policiesOf are the documents of a role: inline, beside it, and attached.
func (c *call) policiesOf(role *world.Object) []string { return documentsOf(c.tx, c.account(), role) }

func documentsOf(tx *world.Tx, account string, role *world.Object) []string {
	var out []string
	for _, p := range dicts(role.Attrs, "inlinePolicies") {
		out = append(out, str(p, "policy"))
	}
	for _, p := range tx.Find(typeRolePolicy, account, where("role", role.ID)) {
		out = append(out, str(p.Attrs, "policy"))
	}
	for _, a := range tx.Find(typeAttachment, account, where("role", role.ID)) {
		if p, ok := tx.Get(world.Key{Kind: typePolicy, Scope: account, ID: str(a.Attrs, "policyArn")}); ok {
			out = append(out, str(p.Attrs, "policy"))
		}
	}
	return out
}
