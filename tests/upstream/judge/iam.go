package judge

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

const (
	kindPolicy = "Policy"
	// policyAPI is the apiVersion under which a stack's IAM documents are exported.
	policyAPI = "iam/2012-10-17"
)

// Policy is one IAM document of a stack.
type Policy struct {
	Name, Document string
}

// actionSource is the AWS SDK module of one IAM service prefix. Its API
// operations are files api_op_<Operation>.go, generated from AWS's own models.
type actionSource struct {
	prefix, service, version, sum string
}

// actionSources are the services that documents name. eks-auth and eks-mcp have no
// module in reach, and are reported as not checked.
var actionSources = []actionSource{
	{"autoscaling", "autoscaling", "v1.79.3", "h1:rrKLs73MLM663wC1R9kMufXEpY2FlFIzlvihpmSs6/s="},
	{"ec2", "ec2", "v1.344.0", "h1:rQ+3Zx8QxtueSIcnVMFdUej6C3P8BCwxMd3gUyNrAIw="},
	{"ecr", "ecr", "v1.67.3", "h1:v5kYXZewxtfqBkhzch8inwWDhG2KDomwoRlJkclgydk="},
	{"eks", "eks", "v1.105.3", "h1:7/mGwC4Nw6Q/PFSzTEeowM2wNdKbj2Lvl8ACSql87sM="},
	{"elasticfilesystem", "efs", "v1.41.18", "h1:gyHxFihkAMu1IDaU6rGErifwJuc5KF2kEEeRa9+CfOM="},
	{"elasticloadbalancing", "elasticloadbalancingv2", "v1.63.7", "h1:rD7lrlDKT92x234gsIhxK/Bn9SnYwb+X92vy2tKdNoI="},
	{"iam", "iam", "v1.64.7", "h1:Ty8TzDRp6VDxMQqKlysiAifaliBpqOebAnCOGLOir8c="},
	{"kms", "kms", "v1.62.3", "h1:ywsv//lHW4eNLKzKOEXI7sl1XguonYF6JJzUgd1qX8c="},
	{"logs", "cloudwatchlogs", "v1.91.1", "h1:qi8dO85WlVJxLiP0we/0mtHdXeNH8pjj6PSgBTLEhSs="},
	{"pricing", "pricing", "v1.51.3", "h1:s0T262iz0iaD4uZ21sr6fVTjTUEzm8I+3oLSIHTmpxk="},
	{"s3", "s3", "v1.114.7", "h1:LX9Ycda/ysKwuWOIyMjqBoChT6FHZYtXwToyLgupq3k="},
	{"secretsmanager", "secretsmanager", "v1.50.9", "h1:MtW0YCjuaE2rLhbjqeIM2XKH9fe/0XIAZg6R4Eb8+4M="},
	{"sqs", "sqs", "v1.52.9", "h1:WpXbZ1utezHF9fKbm0Zk2PYNx7W9roidB75AWoZO3+I="},
	{"ssm", "ssm", "v1.81.3", "h1:KUSaT5H9i+Ra0psV7lwYCwVjG3c5DqgPBPgQJqldH44="},
	{"sts", "sts", "v1.51.7", "h1:jUQJqK8P6dQMPQtEO+kj1ujg09GZjT3tMMKZrrc9fEw="},
}

// permissionOnly are actions that are no operation of their own. Source: AWS
// Service Authorization Reference, the pages of these services, read 2026-11.
var permissionOnly = map[string]string{
	"s3:ListBucket":               "ListObjects and ListObjectsV2",
	"s3:ListMultipartUploadParts": "ListParts",
	"iam:PassRole":                "checked when a role is handed to a service",
	"sts:TagSession":              "checked when AssumeRole carries session tags",
	"kms:ReEncryptFrom":           "one half of ReEncrypt",
	"kms:ReEncryptTo":             "the other half of ReEncrypt",
	"eks:AccessKubernetesApi":     "the console's view into a cluster",
	"logs:CreateLogDelivery":      "vended logs",
}

// Actions knows which IAM actions exist.
type Actions map[string][]string

// FetchActions reads the operations of every service.
func FetchActions() (Actions, error) {
	actions := Actions{}
	for _, s := range actionSources {
		fetched, err := Source{Module: "github.com/aws/aws-sdk-go-v2/service/" + s.service, Version: s.version, Sum: s.sum}.Fetch()
		if err != nil {
			return nil, err
		}
		files, err := filepath.Glob(filepath.Join(fetched.Dir, "api_op_*.go"))
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "api_op_"), ".go")
			actions[s.prefix] = append(actions[s.prefix], strings.ToLower(name))
		}
		if len(files) == 0 {
			return nil, fmt.Errorf("%s: no operation in the module", fetched.Module)
		}
	}
	for name := range permissionOnly {
		prefix, action, _ := strings.Cut(name, ":")
		actions[prefix] = append(actions[prefix], strings.ToLower(action))
	}
	return actions, nil
}

// oneOrMore is a JSON string or an array of them, as policy documents allow both.
type oneOrMore []string

// UnmarshalJSON takes either form.
func (o *oneOrMore) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*o = oneOrMore{one}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(o))
}

// document is the whole grammar of a policy. Source: IAM user guide, "Grammar of
// the IAM JSON policy language", read 2026-11.
type document struct {
	Version   string
	ID        string `json:"Id"`
	Statement []struct {
		Sid                                      string
		Effect                                   string
		Principal, NotPrincipal                  any
		Action, NotAction, Resource, NotResource oneOrMore
		Condition                                map[string]map[string]oneOrMore
	}
}

// Check returns what is wrong with a document, and the services of its actions
// that no module describes.
func (a Actions) Check(text string) (findings, notChecked []string) {
	var d document
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&d); err != nil {
		return []string{err.Error()}, nil
	}
	if d.Version != "2012-10-17" {
		findings = append(findings, fmt.Sprintf("Version %q: policy variables need 2012-10-17", d.Version))
	}
	for i, s := range d.Statement {
		where := fmt.Sprintf("statement %d %q", i+1, s.Sid)
		if s.Effect != "Allow" && s.Effect != "Deny" {
			findings = append(findings, fmt.Sprintf("%s: Effect %q is neither Allow nor Deny", where, s.Effect))
		}
		if (len(s.Action) == 0) == (len(s.NotAction) == 0) {
			findings = append(findings, where+": exactly one of Action and NotAction is needed")
		}
		if s.Principal == nil && s.NotPrincipal == nil && len(s.Resource) == 0 && len(s.NotResource) == 0 {
			findings = append(findings, where+": it names neither a resource nor a principal")
		}
		for _, action := range slices.Concat(s.Action, s.NotAction) {
			known, exists := a.has(action)
			switch {
			case !known:
				notChecked = append(notChecked, action)
			case !exists:
				findings = append(findings, fmt.Sprintf("%s: action %q does not exist", where, action))
			}
		}
	}
	if len(d.Statement) == 0 {
		findings = append(findings, "no statement")
	}
	return findings, notChecked
}

// has says whether the service is known and whether the pattern matches an action of it.
func (a Actions) has(pattern string) (known, exists bool) {
	if pattern == "*" {
		return true, true
	}
	prefix, action, ok := strings.Cut(pattern, ":")
	if !ok {
		return true, false
	}
	names, known := a[strings.ToLower(prefix)]
	return known, slices.ContainsFunc(names, func(name string) bool {
		matches, err := path.Match(strings.ToLower(action), name)
		return err == nil && matches
	})
}
