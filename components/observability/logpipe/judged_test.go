package logpipe

import (
	"testing"

	"github.com/ladder-platform/ladder/components/observability/spec"
	"github.com/ladder-platform/ladder/internal/golden"
)

// TestWhatTheJudgeRuns: a Lua interpreter runs the script (tests/upstream/logging),
// in a module of its own, so it goes there as a file.
func TestWhatTheJudgeRuns(t *testing.T) {
	c := spec.Config{Logs: &spec.Logs{
		Loki: &spec.Loki{}, Redact: &spec.Redact{Values: spec.Redactions},
		Drop: []spec.Drop{{Namespace: "kube-system", Contains: "/healthz?x=[1]"}, {Container: "noise"}},
	}}
	golden.File(t, "../../../tests/upstream/logging/testdata/rules.lua", planOf(c).RulesScript())
}
