package iamdoc

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const version = "2012-10-17" // the policy language's version, not a date of ours

// Statement allows, or with Deny refuses, actions on resources.
type Statement struct {
	// Sid names the statement: letters and digits only, unique in its document.
	Sid string
	// Deny turns the statement round.
	Deny    bool
	Actions []string
	// Resources are ARNs. "*" needs EveryResource.
	Resources []string
	// EveryResource is the reason why the statement is over "*": usually that
	// the action knows no resource-level permission. It is not part of the JSON.
	EveryResource string
	// Conditions by operator, then key.
	Conditions map[string]map[string][]string
	// Principals by kind (AWS, Service, Federated), for trust and resource policies only.
	Principals map[string][]string
}

// Document renders statements as a policy, or says what is wrong with them.
func Document(statements ...Statement) (string, error) {
	if len(statements) == 0 {
		return "", errors.New("iam document: it has no statement")
	}
	out := document{Version: version}
	seen := map[string]bool{}
	for i, s := range statements {
		if err := s.check(seen); err != nil {
			return "", fmt.Errorf("iam document: statement %q (number %d): %w", s.Sid, i+1, err)
		}
		out.Statement = append(out.Statement, s.render())
	}
	b, err := json.Marshal(out)
	if err != nil {
		return "", fmt.Errorf("iam document: encode: %w", err)
	}
	return string(b), nil
}

// DocumentOutput is Document for resources that are known late: build gets the
// resolved ARNs in the order of late. build must be pure.
func DocumentOutput(late []pulumi.StringInput, build func(arns []string) []Statement) pulumi.StringOutput {
	ins := make(pulumi.StringArray, len(late))
	copy(ins, late)
	return ins.ToStringArrayOutput().ApplyT(func(arns []string) (string, error) {
		return Document(build(arns)...)
	}).(pulumi.StringOutput)
}

// ServiceTrust is the trust policy by which AWS services take the role.
func ServiceTrust(services ...string) string {
	return mustDocument(Statement{
		Actions: []string{"sts:AssumeRole"}, Principals: map[string][]string{"Service": services},
	})
}

// PodIdentityTrust is the trust policy by which EKS Pod Identity takes the
// role for pods; it tags the session with cluster, namespace and service account.
// Source: EKS user guide, "Create IAM role with trust policy required by EKS Pod Identity", read 2026-11.
func PodIdentityTrust() string {
	return mustDocument(Statement{
		Sid: "AllowEksAuthToAssumeRoleForPodIdentity", Actions: []string{"sts:AssumeRole", "sts:TagSession"},
		Principals: map[string][]string{"Service": {"pods.eks.amazonaws.com"}},
	})
}

// mustDocument is for documents that are constants of this program.
func mustDocument(statements ...Statement) string {
	doc, err := Document(statements...)
	if err != nil {
		panic(err) // unreachable from configuration: the statements are written here
	}
	return doc
}

func (s Statement) check(seen map[string]bool) error {
	switch {
	case strings.Trim(s.Sid, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "":
		return errors.New("the sid may hold letters and digits only")
	case s.Sid != "" && seen[s.Sid]:
		return errors.New("another statement has the same sid")
	case len(s.Actions) == 0:
		return errors.New("it has no action")
	case slices.Contains(s.Actions, "*"):
		return errors.New("it allows every action; name them")
	case len(s.Resources) == 0 && len(s.Principals) == 0:
		return errors.New("it has no resource")
	case !s.Deny && len(s.Principals) == 0 && slices.Contains(s.Resources, "*") && s.EveryResource == "":
		return errors.New(`it is over resource "*"; name the resources, or give the reason in EveryResource`)
	case s.EveryResource != "" && !slices.Contains(s.Resources, "*"):
		return errors.New(`it gives a reason for "*" and has no such resource`)
	case slices.Contains(s.Resources, "") || slices.Contains(s.Actions, ""):
		return errors.New("it holds an empty action or resource")
	}
	seen[s.Sid] = true
	return nil
}

func (s Statement) render() statement {
	out := statement{Sid: s.Sid, Effect: "Allow", Action: sorted(s.Actions), Resource: sorted(s.Resources)}
	if s.Deny {
		out.Effect = "Deny"
	}
	if len(s.Principals) > 0 {
		out.Principal = map[string]scalarOrList{}
		for kind, names := range s.Principals {
			out.Principal[kind] = sorted(names)
		}
	}
	if len(s.Conditions) > 0 {
		out.Condition = map[string]map[string]scalarOrList{}
		for op, keys := range s.Conditions {
			out.Condition[op] = map[string]scalarOrList{}
			for key, values := range keys {
				out.Condition[op][key] = sorted(values)
			}
		}
	}
	return out
}

func sorted(in []string) scalarOrList {
	out := slices.Clone(in)
	slices.Sort(out)
	return slices.Compact(out)
}

type document struct {
	Version   string      `json:"Version"`
	Statement []statement `json:"Statement"`
}

type statement struct {
	Sid       string                             `json:"Sid,omitempty"`
	Effect    string                             `json:"Effect"`
	Principal map[string]scalarOrList            `json:"Principal,omitempty"`
	Action    scalarOrList                       `json:"Action"`
	Resource  scalarOrList                       `json:"Resource,omitempty"`
	Condition map[string]map[string]scalarOrList `json:"Condition,omitempty"`
}

// scalarOrList renders one element as a string: AWS returns policies in that
// form, and a list of one in a KMS policy shows as a difference forever
// (facts/providers.md D8.26).
type scalarOrList []string

func (l scalarOrList) MarshalJSON() ([]byte, error) {
	if len(l) == 1 {
		return json.Marshal(l[0])
	}
	return json.Marshal([]string(l))
}
