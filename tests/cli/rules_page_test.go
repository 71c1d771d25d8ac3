package cli_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/cmd/ladder/cli"
)

const rulesPage = "../../docs/sandbox-rules.md"

const rulesHead = `# The laws of the simulated cloud

Written by ` + "`make golden`" + ` from ` + "`ladder sandbox rules --format markdown`" + `. Each law is broken by a test
through the real engine, and the same input passes when the law is turned off
(all of them at the provider, one of each service through the engine):
sandbox/aws/cases with sandbox/aws/engine_test.go, sandbox/kube, tests/rules. What
no law covers of the types that the stacks register is in tests/rules/coverage.md;
what the simulated cloud does not model is in docs/sandbox.md.

`

// TestTheRulesPageIsFresh compares the page with the rules of the program.
func TestTheRulesPageIsFresh(t *testing.T) {
	var out, errs bytes.Buffer
	if code := cli.Main([]string{"sandbox", "rules", "--format", "markdown"}, strings.NewReader(""), &out, &errs); code != 0 {
		t.Fatalf("exit %d: %s", code, errs.String())
	}
	want := rulesHead + out.String()
	if os.Getenv("LADDER_GOLDEN") != "" {
		if err := os.WriteFile(rulesPage, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(rulesPage)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("docs/sandbox-rules.md is stale, run make golden (-want +got):\n%s", diff)
	}
}
