package judge

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
)

var fetchActions = sync.OnceValues(FetchActions)

func TestActionsOfPoliciesExist(t *testing.T) {
	total := 0
	report(t, "IAM documents, grammar and actions", func() string { return fmt.Sprintf("%d documents", total) })
	actions, err := fetchActions()
	if err != nil {
		t.Fatal(err)
	}
	unknown := map[string]bool{}
	for _, stack := range shared.stacks {
		for _, policy := range stack.Policies {
			total++
			findings, notChecked := actions.Check(policy.Document)
			for _, f := range findings {
				t.Errorf("%s: %s: %s", stack.Name, policy.Name, f)
			}
			for _, action := range notChecked {
				unknown[action] = true
			}
		}
	}
	for _, action := range slices.Sorted(maps.Keys(unknown)) {
		t.Logf("not checked here, no Go module describes the service: %s", action)
	}
	if total == 0 {
		t.Error("no stack exports an IAM document")
	}
}

func TestBadPoliciesAreRefused(t *testing.T) {
	actions, err := fetchActions()
	if err != nil {
		t.Fatal(err)
	}
	statement := func(s string) string { return `{"Version":"2012-10-17","Statement":[` + s + `]}` }
	for name, c := range map[string]struct {
		document         string
		want, notChecked []string
	}{
		"an action that exists":      {document: statement(`{"Effect":"Allow","Action":"eks:DescribeCluster","Resource":"*"}`)},
		"a pattern that matches":     {document: statement(`{"Effect":"Allow","Action":["kms:ReEncrypt*"],"Resource":"*"}`)},
		"a permission-only action":   {document: statement(`{"Effect":"Allow","Action":"iam:PassRole","Resource":"*"}`)},
		"another case of letters":    {document: statement(`{"Effect":"Allow","Action":"EC2:runinstances","Resource":"*"}`)},
		"a service without a module": {document: statement(`{"Effect":"Allow","Action":"eks-auth:AssumeRoleForPodIdentity","Resource":"*"}`), notChecked: []string{"eks-auth:AssumeRoleForPodIdentity"}},
		"a plural that does not exist": {
			document: statement(`{"Sid":"A","Effect":"Allow","Action":"eks:DescribeClusters","Resource":"*"}`),
			want:     []string{`statement 1 "A": action "eks:DescribeClusters" does not exist`},
		},
		"a pattern that matches nothing": {
			document: statement(`{"Sid":"A","Effect":"Allow","Action":"sqs:Fetch*","Resource":"*"}`),
			want:     []string{`statement 1 "A": action "sqs:Fetch*" does not exist`},
		},
		"a misspelt key": {
			document: statement(`{"Effect":"Allow","Actions":"eks:DescribeCluster","Resource":"*"}`),
			want:     []string{`json: unknown field "Actions"`},
		},
		"an effect that is none": {
			document: statement(`{"Sid":"A","Effect":"allowed","Action":"eks:DescribeCluster","Resource":"*"}`),
			want:     []string{`statement 1 "A": Effect "allowed" is neither Allow nor Deny`},
		},
		"neither resource nor principal": {
			document: statement(`{"Sid":"A","Effect":"Allow","Action":"eks:DescribeCluster"}`),
			want:     []string{`statement 1 "A": it names neither a resource nor a principal`},
		},
		"an old version without statement": {
			document: `{"Version":"2008-10-17"}`,
			want:     []string{`Version "2008-10-17": policy variables need 2012-10-17`, "no statement"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			findings, notChecked := actions.Check(c.document)
			if !slices.Equal(findings, c.want) || !slices.Equal(notChecked, c.notChecked) {
				t.Errorf("findings %q, not checked %q; want %q, %q", findings, notChecked, c.want, c.notChecked)
			}
		})
	}
}
