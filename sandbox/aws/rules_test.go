package aws_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/ladder-platform/ladder/sandbox/aws/cases"
	"github.com/ladder-platform/ladder/sandbox/rule"
)

// TestEveryRuleRefuses breaks each rule and wants AWS's words; with the rule
// off, the same input is accepted.
func TestEveryRuleRefuses(t *testing.T) {
	for _, c := range cases.All() {
		t.Run(c.Rule+"/"+c.Sentence, func(t *testing.T) {
			b := newBench(t, nil)
			err := b.run(c)
			if err == nil || !strings.Contains(err.Error(), c.Text) {
				t.Fatalf("refusal:\n got %v\nwant %s", err, c.Text)
			}
			var half *plugin.InitError
			if errors.As(err, &half) != c.Saved {
				t.Errorf("object saved with the error: %v, want %v", !c.Saved, c.Saved)
			}
			var off rule.Set
			off.Disable(c.Rule)
			if err := newBench(t, &off).run(c); err != nil && (len(c.Behind) == 0 || strings.Contains(err.Error(), c.Text)) {
				t.Errorf("with the rule off: %v", err)
			}
			for _, name := range c.Behind {
				off.Disable(name)
			}
			if err := newBench(t, &off).run(c); err != nil {
				t.Errorf("with the rule and those behind it off: %v", err)
			}
		})
	}
}

// TestAnOrderRuleIsAboutWhatStandsAgainst: without the objects that a case
// names, the same deletion goes through.
func TestAnOrderRuleIsAboutWhatStandsAgainst(t *testing.T) {
	for _, c := range cases.All() {
		if (c.Then.Op == "delete") != (c.Against != "" || c.Own) || c.Against != "" && c.Own {
			t.Errorf("%s, %s: a deletion says what stands against it, or that it is its own, nothing else does: %q", c.Rule, c.Sentence, c.Against)
		}
		if c.Against == "" {
			continue
		}
		t.Run(c.Rule+"/"+c.Sentence, func(t *testing.T) {
			b := newBench(t, nil)
			b.prepare(c)
			gone := 0
			for _, s := range slices.Backward(c.Given) {
				if s.Type != c.Against || s.Op != "" {
					continue
				}
				if err := b.remove(s.Type, s.Name); err != nil {
					t.Fatalf("%s %q itself: %v", s.Type, s.Name, err)
				}
				gone++
			}
			if err := b.do(c.Then); err != nil || gone == 0 {
				t.Errorf("without %d of %s: %v", gone, c.Against, err)
			}
		})
	}
}

// TestEveryRuleHasACase: a rule that nothing breaks is a rule that nobody knows works.
func TestEveryRuleHasACase(t *testing.T) {
	broken := map[string]bool{}
	for _, c := range cases.All() {
		broken[c.Rule] = true
	}
	ours := map[string]bool{"aws": true, "ec2": true, "iam": true, "kms": true, "acmpca": true, "logs": true, "cloudwatch": true, "efs": true, "sqs": true, "sns": true, "ssm": true, "eks": true,
		"elb": true, "acm": true, "route53": true, "waf": true, "s3": true, "servicequotas": true, "opensearch": true, "msk": true, "amp": true}
	for _, r := range rule.All() {
		room, _, _ := strings.Cut(r.Name, ".")
		if ours[room] && !broken[r.Name] {
			t.Errorf("rule %s has no case; add one to sandbox/aws/cases", r.Name)
		}
		delete(broken, r.Name)
	}
	for name := range broken {
		t.Errorf("a case breaks the rule %s, which is not registered", name)
	}
}
