package scaffold

import (
	"bytes"
	_ "embed"
	"fmt"
	"text/template"

	"github.com/ladder-platform/ladder/internal/finding"
)

//go:embed stack.yaml.tmpl
var freshText string

// fresh is a stack that follows nobody. Its text is a template of ours, so a
// mistake in it is a mistake of the build.
var fresh = template.Must(template.New("stack").Option("missingkey=error").Parse(freshText))

// File is the text of a new stack file, or why there can be none. What it says
// is for config check to judge.
func File(a Answers, others []Other) ([]byte, finding.List) {
	if found := a.check(others); len(found) > 0 {
		return nil, found
	}
	if up, follows := find(others, a.After); follows {
		return follow(a, up, others)
	}
	var out bytes.Buffer
	err := fresh.Execute(&out, map[string]any{"A": a, "Zones": zones(a.Region, 3)})
	if err != nil {
		var found finding.List
		found.Add("", "say so to whoever maintains this program", "the template cannot be filled in: %s", err)
		return nil, found
	}
	return out.Bytes(), nil
}

// Quoted is a value as YAML text, whatever is in it. For the template.
func (a Answers) Quoted(v string) string { return fmt.Sprintf("%q", v) }
