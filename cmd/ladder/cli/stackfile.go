package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// stackFile is a stack by name, with the file that configures it.
type stackFile struct {
	Name string
	// Path is absolute; Shown is what messages call it.
	Path  string
	Shown string
}

// shipped are the stacks of the repository in the order of promotion.
var shipped = []string{"dev", "stg", "prd"}

// findStack takes a stack name, or the path of a stack file whose base name
// then names the stack: tests/stacks/karpenter.yaml is the stack karpenter.
// file, when given, is the stack's file instead of Pulumi.<name>.yaml.
func (g *Global) findStack(project, arg, file string) (stackFile, error) {
	isPath := strings.ContainsRune(arg, filepath.Separator) || strings.HasSuffix(arg, ".yaml") || strings.HasSuffix(arg, ".yml")
	name := arg
	if isPath {
		name = strings.TrimPrefix(strings.TrimSuffix(strings.TrimSuffix(filepath.Base(arg), ".yaml"), ".yml"), "Pulumi.")
	}
	if name == "" || strings.ContainsFunc(name, func(r rune) bool { return !isNameRune(r) }) {
		return stackFile{}, usagef("stack name %q may hold letters, digits, dots, hyphens and underscores only", name)
	}
	switch {
	case file != "" && isPath:
		return stackFile{}, usagef("give either the path %q as STACK or --stack-file %q, not both", arg, file)
	case file != "":
		return opened(name, file)
	case isPath:
		return opened(name, arg)
	}
	path := filepath.Join(project, "Pulumi."+name+".yaml")
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return stackFile{}, usagef("there is no stack %q: no file Pulumi.%s.yaml in %s; stacks here: %s", name, name, project, strings.Join(stacksIn(project), ", "))
	}
	return stackFile{Name: name, Path: path, Shown: filepath.Base(path)}, nil
}

func isNameRune(r rune) bool {
	return r == '.' || r == '-' || r == '_' || (r >= '0' && r <= '9') || (r >= 'a' && r <= 'z') || (r >= 'A' && r <= 'Z')
}

func opened(name, path string) (stackFile, error) {
	info, err := os.Stat(path)
	if err != nil {
		return stackFile{}, usagef("stack file %q cannot be read: %w", path, errors.Unwrap(err))
	}
	if info.IsDir() {
		return stackFile{}, usagef("stack file %q is a directory", path)
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return stackFile{}, fmt.Errorf("stack file %q: %w", path, err)
	}
	return stackFile{Name: name, Path: abs, Shown: path}, nil
}

// stacksIn are the names of the project's stack files: the shipped ones in
// the order of promotion, then the others.
func stacksIn(project string) []string {
	matches, err := filepath.Glob(filepath.Join(project, "Pulumi.*.yaml"))
	if err != nil {
		return nil // only a malformed pattern, and project is a directory
	}
	var out []string
	for _, m := range matches {
		out = append(out, strings.TrimSuffix(strings.TrimPrefix(filepath.Base(m), "Pulumi."), ".yaml"))
	}
	slices.SortFunc(out, func(a, b string) int {
		ia, ib := slices.Index(shipped, a), slices.Index(shipped, b)
		switch {
		case ia >= 0 && ib >= 0:
			return ia - ib
		case ia >= 0:
			return -1
		case ib >= 0:
			return 1
		}
		return strings.Compare(a, b)
	})
	return out
}
