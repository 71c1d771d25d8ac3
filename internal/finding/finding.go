// Package finding is the one form in which bad input is reported: where it is,
// what it says, what was expected and what to do about it. A validator returns
// every finding at once; nobody has to fix a file one error at a time.
package finding

import (
	"errors"
	"fmt"
	"sort"
	"strings"
)

// Severity says whether a finding stops the run.
type Severity string

const (
	// Error stops the run before anything is registered.
	Error Severity = "error"
	// Warning is shown and does not stop the run.
	Warning Severity = "warning"
)

// Finding is one mistake in one place.
type Finding struct {
	Severity Severity `json:"severity"`
	// File is the stack file, for example "Pulumi.prd.yaml"; "" where the
	// input did not come from a file.
	File string `json:"file,omitempty"`
	// Line is the line in File, from 1; 0 means unknown.
	Line int `json:"line,omitempty"`
	// Path is the full configuration path, for example "networks.main.cidr".
	Path string `json:"path"`
	// Message says what is wrong, quoting the value with %q.
	Message string `json:"message"`
	// Fix says what to do, as an imperative: "use /22 or larger".
	Fix string `json:"fix,omitempty"`
}

// String is the one-line form: "file:line: path: message; fix".
func (f Finding) String() string {
	var b strings.Builder
	if f.File != "" {
		b.WriteString(f.File)
		if f.Line > 0 {
			fmt.Fprintf(&b, ":%d", f.Line)
		}
		b.WriteString(": ")
	}
	if f.Severity == Warning {
		b.WriteString("warning: ")
	}
	if f.Path != "" {
		b.WriteString(f.Path + ": ")
	}
	b.WriteString(f.Message)
	if f.Fix != "" {
		b.WriteString("; " + f.Fix)
	}
	return b.String()
}

// List is a set of findings. The zero value is an empty list.
type List []Finding

// Add appends an error at path. fix may be "".
func (l *List) Add(path, fix, format string, args ...any) {
	*l = append(*l, Finding{Severity: Error, Path: path, Message: fmt.Sprintf(format, args...), Fix: fix})
}

// Warn appends a warning at path. fix may be "".
func (l *List) Warn(path, fix, format string, args ...any) {
	*l = append(*l, Finding{Severity: Warning, Path: path, Message: fmt.Sprintf(format, args...), Fix: fix})
}

// Join appends other with every path put under prefix.
func (l *List) Join(prefix string, other List) {
	for _, f := range other {
		f.Path = Under(prefix, f.Path)
		*l = append(*l, f)
	}
}

// Under joins two configuration paths.
func Under(prefix, path string) string {
	switch {
	case prefix == "":
		return path
	case path == "":
		return prefix
	case strings.HasPrefix(path, "["):
		return prefix + path
	}
	return prefix + "." + path
}

// Sort orders by file, line, path and message, so that output is stable.
func (l List) Sort() {
	sort.SliceStable(l, func(i, j int) bool {
		a, b := l[i], l[j]
		switch {
		case a.File != b.File:
			return a.File < b.File
		case a.Line != b.Line:
			return a.Line < b.Line
		case a.Path != b.Path:
			return a.Path < b.Path
		}
		return a.Message < b.Message
	})
}

// Errors returns only the findings that stop the run.
func (l List) Errors() List {
	var out List
	for _, f := range l {
		if f.Severity != Warning {
			out = append(out, f)
		}
	}
	return out
}

// Err is nil when nothing in the list stops the run, and otherwise one error
// whose text has a line per finding.
func (l List) Err() error {
	errs := l.Errors()
	if len(errs) == 0 {
		return nil
	}
	lines := make([]string, len(errs))
	for i, f := range errs {
		lines[i] = f.String()
	}
	return errors.New(strings.Join(lines, "\n"))
}
