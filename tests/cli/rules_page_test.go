package cli_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/ladder-platform/ladder/cmd/ladder/cli"
	"github.com/ladder-platform/ladder/internal/golden"
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
	golden.File(t, rulesPage, rulesHead+out.String())
}
