package imports_test

import (
	"sort"
	"strings"
	"testing"

	"github.com/ladder-platform/ladder/tests/imports"
)

const (
	awsSDK        = "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/"
	kubernetesSDK = "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/"
)

// forbidden are imports that cost more than they give, with what each costs to
// compile (docs/adr/0001-compile-cost.md) and what to use instead.
var forbidden = map[string]string{
	kubernetesSDK + "helm/v3": "195 s and all 69 API groups; use components/internal/helm",
	kubernetesSDK + "helm/v4": "drags in yaml and with it all API groups; use components/internal/helm",
	kubernetesSDK + "yaml":    "all 69 API groups; use components/internal/kube",
	kubernetesSDK + "yaml/v2": "all 69 API groups; use components/internal/kube",
	awsSDK + "wafv2":          "53 CPU-seconds and 4.2 GB; register the ACL through a typed wrapper in components/internal",
	awsSDK + "s3":             "8 CPU-seconds for six small resources; use components/internal/bucket",
	awsSDK + "quicksight":     "large and never needed here",
	awsSDK + "cloudwatch":     "7 CPU-seconds; use components/internal/cloudwatch",
	awsSDK + "route53":        "6 CPU-seconds; use components/internal/dns",
	awsSDK + "ssm":            "5 CPU-seconds for one kind; stacks registers it by its token",
	awsSDK + "lb":             "5 CPU-seconds; components/edge and components/internal/nlb register theirs by token",
	awsSDK + "kms":            "2 CPU-seconds; use components/internal/kms",
	awsSDK + "vpc":            "2 CPU-seconds; use components/internal/sgrule",
}

// budget is the number of packages of each SDK that the program may compile:
// as many as it uses, none to spare. Two of aws (autoscaling, cloudformation)
// and one of kubernetes (storage/v1) come with pulumi-eks. The sum is what a cold
// build costs; raise a number in the pull request that needs it, with `make
// bench` before and after.
var budget = map[string]int{
	awsSDK:        6,
	kubernetesSDK: 4,
}

// TestNobodyUsesTypedKubernetesObjects: a package that does compiles 7,000
// functions that the SDK's metadata types bring, generic ones, so they are made
// anew in every package: 3 CPU-seconds each.
func TestNobodyUsesTypedKubernetesObjects(t *testing.T) {
	g, err := imports.Load(root, "./infra")
	if err != nil {
		t.Fatal(err)
	}
	for p, imported := range g {
		if !strings.HasPrefix(p, imports.Module) {
			continue
		}
		for _, to := range imported {
			if strings.HasPrefix(to, kubernetesSDK) {
				t.Errorf("%s imports %s; use components/internal/kube", p, to)
			}
		}
	}
}

func TestTheProgramKeepsItsCompileBudget(t *testing.T) {
	g, err := imports.Load(root, "./infra")
	if err != nil {
		t.Fatal(err)
	}
	infra := imports.Module + "/infra"
	chain := func(path string) string {
		return strings.Join(g.Chain(infra, func(p string) bool { return p == path }), "\n    -> ")
	}
	for path, why := range forbidden {
		if _, there := g[path]; there {
			t.Errorf("%s: %s\n       %s", path, why, chain(path))
		}
	}
	for sdk, limit := range budget {
		var used []string
		for p := range g {
			if strings.HasPrefix(p, sdk) {
				used = append(used, p)
			}
		}
		sort.Strings(used)
		if len(used) == 0 {
			t.Errorf("no package of %s is compiled: the budget looks at the wrong import path", sdk)
		}
		if len(used) > limit {
			t.Errorf("%d packages of %s, the budget is %d (docs/adr/0001-compile-cost.md); each with the import that brings it:", len(used), sdk, limit)
			for _, p := range used {
				t.Errorf("  %s", chain(p))
			}
		}
	}
}

// TestBootstrapIsSmall: it registers what it makes by tokens, so that a pull
// request to it compiles in seconds.
func TestBootstrapIsSmall(t *testing.T) {
	g, err := imports.Load(root, "./bootstrap")
	if err != nil {
		t.Fatal(err)
	}
	seen := false
	for p := range g {
		seen = seen || strings.HasPrefix(p+"/", awsSDK)
		if strings.HasPrefix(p, kubernetesSDK) || strings.HasPrefix(p, awsSDK) && !allowed[p] {
			t.Errorf("bootstrap compiles %s; register the resource by its token (components/account)", p)
		}
	}
	if !seen {
		t.Error("no package of the aws SDK is compiled: this looks at the wrong import path")
	}
}

// allowed come with the provider's own package.
var allowed = map[string]bool{awsSDK + "internal": true}
