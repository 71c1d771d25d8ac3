package aws_test

import (
	"testing"

	"github.com/ladder-platform/ladder/sandbox/aws"
)

func TestPoliciesAreEvaluatedAsIAMDoes(t *testing.T) {
	doc := func(statements string) []string {
		return []string{`{"Version":"2012-10-17","Statement":[` + statements + `]}`}
	}
	const (
		read    = `{"Effect":"Allow","Action":["s3:Get*","s3:List*"],"Resource":"arn:aws:s3:::logs/*"}`
		never   = `{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::logs/secret/*"}`
		names   = `{"Effect":"Allow","Action":"route53:ChangeResourceRecordSets","Resource":"*","Condition":{"ForAllValues:StringLike":{"route53:Names":["_acme-challenge.*"]},"ForAllValues:StringEquals":{"route53:Types":["TXT"]}}}`
		tagged  = `{"Effect":"Allow","Action":"ec2:DeleteVolume","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/Owner":["a","b"]}}}`
		other   = `{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`
		absent  = `{"Effect":"Allow","Action":"ec2:CreateTags","Resource":"*","Condition":{"Null":{"aws:RequestTag/Owner":"true"}}}`
		strange = `{"Effect":"Allow","Action":"ec2:RunInstances","Resource":"*","Condition":{"NumericLessThan":{"ec2:Size":"3"}}}`
		guard   = `{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"NumericLessThan":{"ec2:Size":"3"}}}`
	)
	ask := func(action, resource string, context ...string) aws.Ask {
		a := aws.Ask{Action: action, Resource: resource, Context: map[string][]string{}}
		for i := 0; i+1 < len(context); i += 2 {
			a.Context[context[i]] = append(a.Context[context[i]], context[i+1])
		}
		return a
	}
	for sentence, c := range map[string]struct {
		documents []string
		ask       aws.Ask
		want      bool
	}{
		"what is allowed":                       {doc(read), ask("s3:GetObject", "arn:aws:s3:::logs/a/b"), true},
		"actions have no case":                  {doc(read), ask("S3:getobject", "arn:aws:s3:::logs/a"), true},
		"another action":                        {doc(read), ask("s3:PutObject", "arn:aws:s3:::logs/a"), false},
		"another resource":                      {doc(read), ask("s3:GetObject", "arn:aws:s3:::data/a"), false},
		"resources have case":                   {doc(read), ask("s3:GetObject", "arn:aws:s3:::LOGS/a"), false},
		"a denial beside an allowance":          {doc(read + "," + never), ask("s3:GetObject", "arn:aws:s3:::logs/secret/x"), false},
		"a denial of something else":            {doc(read + "," + never), ask("s3:GetObject", "arn:aws:s3:::logs/x"), true},
		"no document":                           {nil, ask("s3:GetObject", "arn:aws:s3:::logs/x"), false},
		"a second document":                     {append(doc(never), doc(read)...), ask("s3:GetObject", "arn:aws:s3:::logs/x"), true},
		"everything but":                        {doc(other), ask("ec2:DescribeVpcs", "*"), true},
		"what is left out of everything but":    {doc(other), ask("iam:GetRole", "*"), false},
		"all of several values":                 {doc(names), ask("route53:ChangeResourceRecordSets", "z", "route53:names", "_acme-challenge.a.example.com", "route53:types", "TXT"), true},
		"one of several values is another":      {doc(names), ask("route53:ChangeResourceRecordSets", "z", "route53:names", "_acme-challenge.a", "route53:names", "www.example.com", "route53:types", "TXT"), false},
		"another type":                          {doc(names), ask("route53:ChangeResourceRecordSets", "z", "route53:names", "_acme-challenge.a", "route53:types", "A"), false},
		"one of the values of a condition":      {doc(tagged), ask("ec2:DeleteVolume", "v", "aws:resourcetag/owner", "b"), true},
		"none of the values of a condition":     {doc(tagged), ask("ec2:DeleteVolume", "v", "aws:ResourceTag/Owner", "c"), false},
		"a key that is not there":               {doc(tagged), ask("ec2:DeleteVolume", "v"), false},
		"a key that must not be there":          {doc(absent), ask("ec2:CreateTags", "v"), true},
		"a key that must not be there, and is":  {doc(absent), ask("ec2:CreateTags", "v", "aws:RequestTag/Owner", "x"), false},
		"an allowance under a strange operator": {doc(strange), ask("ec2:RunInstances", "i", "ec2:Size", "2"), false},
		"a denial under a strange operator":     {doc(read + "," + guard), ask("s3:GetObject", "arn:aws:s3:::logs/x", "ec2:Size", "2"), false},
		"a document that is none":               {[]string{"{"}, ask("s3:GetObject", "arn:aws:s3:::logs/x"), false},
	} {
		t.Run(sentence, func(t *testing.T) {
			if got := aws.Allowed(c.documents, c.ask); got != c.want {
				t.Errorf("allowed %v, want %v", got, c.want)
			}
		})
	}
}
