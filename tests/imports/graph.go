package imports

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
)

// Module is the module path that short names are relative to.
const Module = "github.com/ladder-platform/ladder"

// Graph is packages by import path with what each imports.
type Graph map[string][]string

// Load asks the go command for patterns and everything below them, without compiling.
func Load(dir string, patterns ...string) (Graph, error) {
	cmd := exec.Command("go", append([]string{"list", "-e", "-deps", "-json=ImportPath,Imports,Standard,Error"}, patterns...)...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list %s: %w\n%s", strings.Join(patterns, " "), err, stderr.String())
	}
	g := Graph{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath string
			Imports    []string
			Standard   bool
			Error      *struct{ Err string }
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return g, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list %s: decode: %w", strings.Join(patterns, " "), err)
		}
		if p.Error != nil {
			return nil, fmt.Errorf("go list: package %s: %s", p.ImportPath, p.Error.Err)
		}
		if !p.Standard {
			g[p.ImportPath] = p.Imports
		}
	}
}

// Chain is the shortest way of imports from one package to the first that
// match accepts; nil when there is none.
func (g Graph) Chain(from string, match func(string) bool) []string {
	prev := map[string]string{from: ""}
	for queue := []string{from}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		if at != from && match(at) {
			var chain []string
			for p := at; p != ""; p = prev[p] {
				chain = append(chain, p)
			}
			slices.Reverse(chain)
			return chain
		}
		next := slices.Clone(g[at])
		slices.Sort(next)
		for _, n := range next {
			if _, seen := prev[n]; !seen {
				prev[n] = at
				queue = append(queue, n)
			}
		}
	}
	return nil
}

// Packages are the module's own packages by short name, sorted.
func (g Graph) Packages() []string {
	var out []string
	for p := range g {
		if name, ok := short(p); ok {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// short is the path inside the module: "sandbox/world".
func short(path string) (string, bool) {
	if path == Module {
		return ".", true
	}
	return strings.CutPrefix(path, Module+"/")
}

// in says whether a short name is room or lies below it.
func in(name, room string) bool { return name == room || strings.HasPrefix(name, room+"/") }
