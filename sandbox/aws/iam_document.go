package aws

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/schema"
)

// policyText is what the provider checks of a policy without AWS: that it is JSON.
func (c *call) policyText(in map[string]any, key string) []schema.Failure {
	text, ok := in[key].(string)
	if !ok || !c.on(rulePolicyJSON) {
		return nil
	}
	name := map[string]string{"assumeRolePolicy": "assume_role_policy"}[key]
	if name == "" {
		name = key
	}
	var doc any
	trimmed := strings.TrimSpace(text)
	switch err := json.Unmarshal([]byte(text), &doc); {
	case trimmed == "":
		return []schema.Failure{{Path: key, Reason: rulePolicyJSON.Errorf(name, "policy is empty").Error()}}
	case !strings.HasPrefix(trimmed, "{"):
		return []schema.Failure{{Path: key, Reason: rulePolicyJSON.Errorf(name, "leading space characters are not allowed").Error()}}
	case err != nil:
		return []schema.Failure{{Path: key, Reason: rulePolicyJSON.Errorf(name, err.Error()).Error()}}
	}
	return nil
}

// minified is a document without white space, which IAM does not count.
func minified(text string) string {
	var doc any
	if json.Unmarshal([]byte(text), &doc) != nil {
		return text
	}
	b, err := json.Marshal(doc)
	if err != nil {
		return text
	}
	return string(b)
}

// document is what IAM itself checks of a policy. trust: who may assume a role;
// it has principals and no resources. most is the size quota, 0 for none.
func (c *call) document(action, text string, trust bool, quota string, most int) error {
	if most > 0 && len(minified(text)) > most && c.on(rulePolicySize) {
		return c.refuse(action, rulePolicySize, quota, most)
	}
	if problem := grammar(text, trust); problem != "" && c.on(rulePolicyDocument) {
		return c.refuse(action, rulePolicyDocument, problem)
	}
	return nil
}

var (
	actionForm   = regexp.MustCompile(`^(\*|[a-zA-Z0-9-]+:[a-zA-Z0-9*?]+)$`)
	resourceForm = regexp.MustCompile(`^(\*|arn:[^:]*:[^:]*:[^:]*:[^:]*:.+)$`)
)

// grammar returns IAM's complaint about a document, or "". Source: IAM user
// guide, grammar of the JSON policy language; texts as quoted in public issues.
func grammar(text string, trust bool) string {
	var doc map[string]any
	if json.Unmarshal([]byte(text), &doc) != nil {
		return "This policy contains invalid Json"
	}
	for k := range doc {
		if k != "Version" && k != "Id" && k != "Statement" {
			return "Syntax errors in policy."
		}
	}
	if v, ok := doc["Version"]; ok && v != "2012-10-17" && v != "2008-10-17" {
		return "Syntax errors in policy."
	}
	statements, ok := doc["Statement"].([]any)
	if !ok {
		single, isOne := doc["Statement"].(map[string]any)
		if !isOne {
			return "Syntax errors in policy."
		}
		statements = []any{single}
	}
	sids := map[string]bool{}
	for _, s := range statements {
		st, ok := s.(map[string]any)
		if !ok {
			return "Syntax errors in policy."
		}
		if sid := str(st, "Sid"); sid != "" {
			if sids[sid] {
				return "Statement IDs (SID) in a single policy must be unique."
			}
			sids[sid] = true
		}
		if problem := statement(st, trust); problem != "" {
			return problem
		}
	}
	return ""
}

var statementKeys = []string{"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition"}

func statement(st map[string]any, trust bool) string {
	for k := range st {
		if !slices.Contains(statementKeys, k) {
			return "Syntax errors in policy."
		}
	}
	if e := str(st, "Effect"); e != "Allow" && e != "Deny" {
		return "Syntax errors in policy."
	}
	actions := append(elements(st["Action"]), elements(st["NotAction"])...)
	if len(actions) == 0 {
		return "Policy statement must contain actions."
	}
	for _, a := range actions {
		if !actionForm.MatchString(a) {
			return "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
		}
	}
	resources := append(elements(st["Resource"]), elements(st["NotResource"])...)
	switch {
	case trust && len(resources) > 0:
		return "Has prohibited field Resource"
	case trust && st["Principal"] == nil && st["NotPrincipal"] == nil:
		return "Missing required field Principal"
	case !trust && st["Principal"] != nil:
		return "Policy document should not specify a principal."
	case !trust && len(resources) == 0:
		return "Policy statement must contain resources."
	}
	for _, r := range resources {
		if !resourceForm.MatchString(r) {
			return fmt.Sprintf("Resource %s must be in ARN format or \"*\".", r)
		}
	}
	return ""
}

// elements: a policy element is one string or several.
func elements(v any) []string {
	switch x := v.(type) {
	case string:
		return []string{x}
	case []any:
		var out []string
		for _, e := range x {
			if s, ok := e.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}

// getPolicyDocument renders a document as the data source does.
func getPolicyDocument(c *call) (map[string]any, error) {
	version := str(c.in, "version")
	if version == "" {
		version = "2012-10-17"
	}
	doc := map[string]any{"Version": version}
	if id := str(c.in, "policyId"); id != "" {
		doc["Id"] = id
	}
	statements := []any{}
	for _, s := range dicts(c.in, "statements") {
		out := map[string]any{"Effect": "Allow"}
		if e := str(s, "effect"); e != "" {
			out["Effect"] = e
		}
		if sid := str(s, "sid"); sid != "" {
			out["Sid"] = sid
		}
		for from, to := range map[string]string{"actions": "Action", "notActions": "NotAction", "resources": "Resource", "notResources": "NotResource"} {
			if l := strs(s, from); len(l) > 0 {
				out[to] = oneOrMany(l)
			}
		}
		if p := principalsOf(s, "principals"); p != nil {
			out["Principal"] = p
		}
		if p := principalsOf(s, "notPrincipals"); p != nil {
			out["NotPrincipal"] = p
		}
		if cond := conditionsOf(s); len(cond) > 0 {
			out["Condition"] = cond
		}
		statements = append(statements, out)
	}
	doc["Statement"] = statements
	pretty, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return nil, err
	}
	small, err := json.Marshal(doc)
	if err != nil {
		return nil, err
	}
	return map[string]any{"id": hash(string(pretty), 9), "json": string(pretty), "minifiedJson": string(small)}, nil
}

func oneOrMany(l []string) any {
	if len(l) == 1 {
		return l[0]
	}
	sorted := slices.Clone(l)
	slices.Sort(sorted)
	return sorted
}

func principalsOf(s map[string]any, key string) any {
	out := map[string]any{}
	for _, p := range dicts(s, key) {
		if str(p, "type") == "*" {
			return "*"
		}
		out[str(p, "type")] = oneOrMany(strs(p, "identifiers"))
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

func conditionsOf(s map[string]any) map[string]any {
	out := map[string]any{}
	for _, cond := range dicts(s, "conditions") {
		test := str(cond, "test")
		m, _ := out[test].(map[string]any)
		if m == nil {
			m = map[string]any{}
			out[test] = m
		}
		m[str(cond, "variable")] = oneOrMany(strs(cond, "values"))
	}
	return out
}
