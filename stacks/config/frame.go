package config

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/internal/strict"
)

// disableDefaults is the setting that makes a forgotten provider fail.
const disableDefaults = "pulumi:disable-default-providers"

// topLevel are the keys of a Pulumi stack file. Source: pulumi
// sdk/go/common/workspace, ProjectStack, v3.250.0.
var topLevel = []string{"config", "secretsprovider", "encryptedkey", "encryptionsalt", "environment"}

// frame checks what surrounds the ladder: sections, and returns them in one
// mapping without their namespace; nil when there is no config. lost are
// sections that stand where the program does not see them.
func frame(doc *yaml.Node) (root *yaml.Node, lost []string, out finding.List) {
	root = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: doc.Line}
	add := func(n *yaml.Node, path, fix, format string, args ...any) {
		out = append(out, finding.Finding{Severity: finding.Error, Line: n.Line, Path: path, Message: fmt.Sprintf(format, args...), Fix: fix})
	}
	if doc.Kind != yaml.MappingNode {
		add(doc, "", "begin with config:", "is not a stack file")
		return nil, nil, out
	}
	var config *yaml.Node
	for i := 0; i+1 < len(doc.Content); i += 2 {
		switch key := doc.Content[i]; {
		case key.Value == "config" && config == nil:
			config = doc.Content[i+1]
		case key.Value == "config":
			add(key, "config", "keep one", "is given twice")
		case strings.HasPrefix(key.Value, Namespace):
			lost = append(lost, strings.TrimPrefix(key.Value, Namespace))
			add(key, strings.TrimPrefix(key.Value, Namespace), "indent it below config:", "stands outside config, where Pulumi does not see it")
		case !slices.Contains(topLevel, key.Value):
			add(key, key.Value, strict.Suggest(key.Value, append([]string(nil), topLevel...)), "is not a key of a Pulumi stack file")
		}
	}
	if config == nil || config.Kind != yaml.MappingNode {
		add(doc, "config", "begin with config: and the ladder: sections below it", "is missing or not a section")
		return nil, nil, out
	}
	sections := sortedKeys(strict.Fields(reflect.TypeFor[Stack]()))
	disabled := false
	for i := 0; i+1 < len(config.Content); i += 2 {
		key, value := config.Content[i], config.Content[i+1]
		name, ours := strings.CutPrefix(key.Value, Namespace)
		switch {
		case ours:
			short := *key
			short.Value = name
			root.Content = append(root.Content, &short, value)
		case key.Value == disableDefaults:
			disabled = true
			if value.Kind != yaml.SequenceNode || len(value.Content) != 1 || value.Content[0].Value != "*" {
				add(value, disableDefaults, `write ["*"]`, "leaves default providers on")
			}
		case strings.HasPrefix(key.Value, "pulumi:"):
		case slices.Contains(sections, key.Value):
			lost = append(lost, key.Value)
			add(key, key.Value, "write "+Namespace+key.Value, "has no namespace, so the program does not see it")
		case strings.HasPrefix(key.Value, "aws:"), strings.HasPrefix(key.Value, "kubernetes:"):
			add(key, key.Value, "remove it, and use ladder:environment", "has no effect: providers are made by the program")
		default:
			if _, name, ok := strings.Cut(key.Value, ":"); ok {
				lost = append(lost, name)
			}
			add(key, key.Value, "remove it, or correct the namespace to "+Namespace, "is of no namespace that this project uses")
		}
	}
	if !disabled {
		add(config, disableDefaults, fmt.Sprintf(`add %s: ["*"]`, disableDefaults), "is missing, so a resource without an explicit provider could reach another account")
	}
	return root, lost, out
}

// secretKey matches keys that hold a secret by their name. Names of things that
// only lead to secrets (secretPrefixes, secretName, secretArn) do not.
var secretKey = regexp.MustCompile(`(?i)(?:password|passwd|passphrase|secret|token|credential|api-?_?key|private-?_?key|access-?_?key)s?$`)

// secretValues match literals that are secrets by their form. Sources: IAM
// user guide, "Unique identifiers" (AKIA, ASIA); RFC 7468; RFC 7519; GitHub,
// GitLab and Slack token formats as published.
var secretValues = []struct {
	what string
	form *regexp.Regexp
}{
	{"an AWS access key", regexp.MustCompile(`\b(?:AKIA|ASIA)[A-Z2-7]{16}\b`)},
	{"a private key", regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----`)},
	{"a JSON Web Token", regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.`)},
	{"an access token", regexp.MustCompile(`\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,}|glpat-[A-Za-z0-9_-]{20}|xox[abprs]-[A-Za-z0-9-]{10,})`)},
	{"a URL with a password", regexp.MustCompile(`://[^/\s:@]+:[^/\s:@]+@`)},
}

const useSecretsManager = "put it into Secrets Manager and name the entry (clusters.<key>.externalSecrets); if it was ever committed, replace it"

// secrets finds literal secrets in the sections. A finding never shows the value.
func secrets(root *yaml.Node) finding.List {
	var out finding.List
	walk(root, "", func(path string, key, value *yaml.Node) bool {
		at := value.Line
		if key != nil {
			at = key.Line
		}
		add := func(format string, args ...any) {
			out = append(out, finding.Finding{Severity: finding.Error, Line: at, Path: path, Message: fmt.Sprintf(format, args...), Fix: useSecretsManager})
		}
		switch {
		case value.Kind == yaml.MappingNode && len(value.Content) == 2 && value.Content[0].Value == "secure":
			add("is an encrypted secret; configuration holds none, because it ends in Helm values and state")
			return false
		case value.Kind != yaml.ScalarNode || value.Value == "":
			return true
		}
		for _, s := range secretValues {
			if s.form.MatchString(value.Value) {
				add("holds what looks like %s", s.what)
				return true
			}
		}
		if key != nil && secretKey.MatchString(key.Value) {
			add("looks like a secret by its name")
		}
		return true
	})
	return out
}

// walk visits every value below n with its path; visit says whether to go deeper.
func walk(n *yaml.Node, path string, visit func(path string, key, value *yaml.Node) bool) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			at := finding.Under(path, n.Content[i].Value)
			if visit(at, n.Content[i], n.Content[i+1]) {
				walk(n.Content[i+1], at, visit)
			}
		}
	case yaml.SequenceNode:
		for i, item := range n.Content {
			at := fmt.Sprintf("%s[%d]", path, i)
			if visit(at, nil, item) {
				walk(item, at, visit)
			}
		}
	}
}

// withoutSecrets leaves out what decoding has to say about places that hold a
// secret: it could show the value, and removing it settles both.
func withoutSecrets(in, secret finding.List) finding.List {
	var out finding.List
	for _, f := range in {
		drop := false
		for _, s := range secret {
			drop = drop || f.Path == s.Path || strings.HasPrefix(f.Path, s.Path+".")
		}
		if !drop {
			out = append(out, f)
		}
	}
	return out
}
