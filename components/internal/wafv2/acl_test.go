package wafv2

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/mocks"
)

func run(t *testing.T, program func(*pulumi.Context) error) (map[string]map[string]any, error) {
	t.Helper()
	r := &mocks.Recorder{Answer: func(args pulumi.MockResourceArgs, out resource.PropertyMap) {
		out["arn"] = resource.NewProperty("arn:" + args.Name)
	}}
	err := r.Run(program)
	return mocks.Inputs(r.ByType()), err
}

func TestRules(t *testing.T) {
	got, err := run(t, func(ctx *pulumi.Context) error {
		_, err := NewACL(ctx, "waf", ACLArgs{Description: "d", Rules: []Rule{
			{Name: "deny", Priority: 1, Action: Block, IPSet: pulumi.String("arn:set")},
			{Name: "rate", Priority: 2, Action: Count, Rate: &Rate{2000, 300}},
			{Name: "common", Priority: 3, Action: Block, Managed: &Managed{Name: "Common", Version: "Version_1.0", CountRules: []string{"Size"}}},
			{Name: "sqli", Priority: 4, Action: Count, Managed: &Managed{Name: "SQLi"}},
		}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	seen := func(name string) map[string]any {
		return map[string]any{"cloudwatchMetricsEnabled": true, "sampledRequestsEnabled": true, "metricName": name}
	}
	none := map[string]any{}
	want := []any{
		map[string]any{"name": "deny", "priority": 1., "visibilityConfig": seen("deny"), "action": map[string]any{"block": none},
			"statement": map[string]any{"ipSetReferenceStatement": map[string]any{"arn": "arn:set"}}},
		map[string]any{"name": "rate", "priority": 2., "visibilityConfig": seen("rate"), "action": map[string]any{"count": none},
			"statement": map[string]any{"rateBasedStatement": map[string]any{"aggregateKeyType": "IP", "limit": 2000., "evaluationWindowSec": 300.}}},
		map[string]any{"name": "common", "priority": 3., "visibilityConfig": seen("common"), "overrideAction": map[string]any{"none": none},
			"statement": map[string]any{"managedRuleGroupStatement": map[string]any{"vendorName": "AWS", "name": "Common", "version": "Version_1.0",
				"ruleActionOverrides": []any{map[string]any{"name": "Size", "actionToUse": map[string]any{"count": none}}}}}},
		map[string]any{"name": "sqli", "priority": 4., "visibilityConfig": seen("sqli"), "overrideAction": map[string]any{"count": none},
			"statement": map[string]any{"managedRuleGroupStatement": map[string]any{"vendorName": "AWS", "name": "SQLi"}}},
	}
	if diff := cmp.Diff(want, got[tokenACL]["rules"]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRulesThatCannotBe(t *testing.T) {
	tests := map[string]struct {
		rule Rule
		want string
	}{
		"no statement":           {Rule{Name: "x", Action: Block}, "it has 0 statements, want one"},
		"two statements":         {Rule{Name: "x", Action: Block, Rate: &Rate{}, Managed: &Managed{}}, "it has 2 statements, want one"},
		"a group that lets pass": {Rule{Name: "x", Action: Allow, Managed: &Managed{}}, `action "allow" is not one that such a rule can have`},
		"no action":              {Rule{Name: "x", Rate: &Rate{}}, `action "" is not one that such a rule can have`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := run(t, func(ctx *pulumi.Context) error {
				_, err := NewACL(ctx, "waf", ACLArgs{Rules: []Rule{tt.rule}})
				return err
			})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error is %v, want %q", err, tt.want)
			}
		})
	}
}

func TestLogging(t *testing.T) {
	for all, filtered := range map[bool]bool{true: false, false: true} {
		got, err := run(t, func(ctx *pulumi.Context) error {
			_, err := NewLogging(ctx, "logs", LoggingArgs{ACL: pulumi.String("arn:acl"), LogGroup: pulumi.String("arn:logs"), RedactHeaders: []string{"cookie"}, AllRequests: all})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		in := got[tokenLogging]
		if diff := cmp.Diff([]any{map[string]any{"singleHeader": map[string]any{"name": "cookie"}}}, in["redactedFields"]); diff != "" {
			t.Errorf("redacted (-want +got):\n%s", diff)
		}
		if _, there := in["loggingFilter"]; there != filtered {
			t.Errorf("all requests %v: a filter is there: %v", all, there)
		}
	}
}
