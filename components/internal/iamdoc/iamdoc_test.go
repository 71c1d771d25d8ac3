package iamdoc

import (
	"strings"
	"testing"
)

func TestDocument(t *testing.T) {
	tests := map[string]struct {
		in   []Statement
		want string
	}{
		"a single value is a scalar, several are sorted": {
			in: []Statement{{Sid: "Read", Actions: []string{"s3:ListBucket", "s3:GetObject"}, Resources: []string{"arn:aws:s3:::b"}}},
			want: `{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":["s3:GetObject","s3:ListBucket"],` +
				`"Resource":"arn:aws:s3:::b"}]}`,
		},
		"everything with a reason, and the reason stays out": {
			in:   []Statement{{Actions: []string{"ec2:DescribeImages"}, Resources: []string{"*"}, EveryResource: "describe calls know no resource"}},
			want: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:DescribeImages","Resource":"*"}]}`,
		},
		"a condition": {
			in: []Statement{{Actions: []string{"sqs:SendMessage"}, Resources: []string{"arn:q"},
				Conditions: map[string]map[string][]string{"StringEquals": {"aws:ResourceTag/a": {"b"}}}}},
			want: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"arn:q",` +
				`"Condition":{"StringEquals":{"aws:ResourceTag/a":"b"}}}]}`,
		},
		"a refusal over everything needs no reason": {
			in: []Statement{{Deny: true, Actions: []string{"sqs:SendMessage"}, Resources: []string{"*"},
				Principals: map[string][]string{"AWS": {"*"}}}},
			want: `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"sqs:SendMessage","Resource":"*"}]}`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := Document(tt.in...)
			if err != nil {
				t.Fatal(err)
			}
			if got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestDocumentRefuses(t *testing.T) {
	ok := Statement{Sid: "A", Actions: []string{"s3:GetObject"}, Resources: []string{"arn:aws:s3:::b/*"}}
	tests := map[string]struct {
		in   []Statement
		want string
	}{
		"no statement":                 {nil, "no statement"},
		"every resource and no reason": {[]Statement{{Actions: ok.Actions, Resources: []string{"*"}}}, `over resource "*"`},
		"a reason and no star":         {[]Statement{{Actions: ok.Actions, Resources: ok.Resources, EveryResource: "x"}}, "has no such resource"},
		"every action":                 {[]Statement{{Actions: []string{"*"}, Resources: ok.Resources}}, "every action"},
		"no action":                    {[]Statement{{Resources: ok.Resources}}, "no action"},
		"no resource":                  {[]Statement{{Actions: ok.Actions}}, "no resource"},
		"an empty resource":            {[]Statement{{Actions: ok.Actions, Resources: []string{""}}}, "empty"},
		"a sid twice":                  {[]Statement{ok, ok}, "same sid"},
		"a sid with a hyphen":          {[]Statement{{Sid: "a-b", Actions: ok.Actions, Resources: ok.Resources}}, "letters and digits"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := Document(tt.in...)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %q and error %v, want an error with %q", got, err, tt.want)
			}
		})
	}
}

func TestTrust(t *testing.T) {
	want := `{"Version":"2012-10-17","Statement":[{"Sid":"AllowEksAuthToAssumeRoleForPodIdentity","Effect":"Allow",` +
		`"Principal":{"Service":"pods.eks.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"]}]}`
	if got := PodIdentityTrust(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := ServiceTrust("ec2.amazonaws.com"); !strings.Contains(got, `"Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"`) {
		t.Errorf("service trust is %s", got)
	}
}
